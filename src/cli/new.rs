//! `new`: the beginning of a post.

use jiff::civil::Date;

use super::args::{Global, New};
use super::report::Report;
use super::{Failed, Outcome, init, programs, site};
use crate::cells::Languages;
use crate::config::Config;
use crate::content::{self, Post, slug};
use crate::source::{Diagnostics, SitePath, Source};
use crate::world::{Disk, World};

/// How front matter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notation {
    Toml,
    Yaml,
}

pub(super) fn new(global: &Global, options: &New, report: Report) -> Outcome {
    if options.title.trim().is_empty() {
        return Err(Failed::Usage("a post needs a title".to_owned()));
    }
    // What is wrong with the settings and with other posts is for a build to say.
    let unsaid = &mut Diagnostics::default();
    let root = site::find_root(global)?;
    let config = site::read_config(&root, global, unsaid)?;
    let languages = Languages::read(config.languages.as_ref(), unsaid);
    if let Some(unknown) = options.lang.as_ref().filter(|name| languages.named(name).is_none()) {
        let known: Vec<&str> = languages.iter().map(|language| language.names[0].as_str()).collect();
        return Err(Failed::Usage(format!("cells are not written in `{unknown}`, but in {}", known.join(", "))));
    }
    let editor = if options.edit { Some(programs::editor()?) } else { None };
    let notation = match (options.toml, options.yaml) {
        (true, _) => Notation::Toml,
        (_, true) => Notation::Yaml,
        _ => notation_of_newest(&Disk::new(&root), &config),
    };
    let text = text(options, notation, site::today(&config));
    // Behind the text is where writing begins, or in its cell.
    let line = text.lines().count() + 1 - usize::from(options.lang.is_some()) * 2;
    let folder = root.join("content");
    let file = folder.join(format!("{}.md", slug(&options.title)));
    init::create_new(&file, &text)?;
    let shown = file.strip_prefix(".").unwrap_or(&file);
    report.say("Created", &format!("{}:{line}", shown.display()));
    editor.map_or(Ok(()), |editor| programs::edit(&editor, &file, line))
}

/// A post with nothing but its front matter, and a first cell if a language is asked for.
fn text(options: &New, notation: Notation, today: Date) -> String {
    // Text between quotes, and lists of it, are written as in JSON by both.
    let json = |value: serde_json::Value| value.to_string();
    let mut keys = vec![("title", json(options.title.as_str().into())), ("date", today.to_string())];
    if options.draft {
        keys.push(("draft", "true".to_owned()));
    }
    if let Some(series) = &options.series {
        keys.push(("series", json(series.as_str().into())));
    }
    let tags: Vec<&str> = options.tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()).collect();
    keys.push(("tags", json(tags.into())));
    let (fence, is) = match notation {
        Notation::Toml => ("+++", " = "),
        Notation::Yaml => ("---", ": "),
    };
    let keys: String = keys.iter().map(|(key, value)| format!("{key}{is}{value}\n")).collect();
    let cell = options.lang.as_ref().map(|lang| format!("```{lang},run\n\n```\n")).unwrap_or_default();
    format!("{fence}\n{keys}{fence}\n\n{cell}")
}

/// How the newest post is written.
fn notation_of_newest(world: &Disk, config: &Config) -> Notation {
    let content = SitePath::new("content").expect("a plain name");
    let posts = world.list(&content).unwrap_or_default().into_iter().filter(content::is_post);
    let read = |path: SitePath| {
        let source = Source::decode(path.clone(), world.read(&path).ok()?).ok()?;
        Post::read(source, config, &mut Diagnostics::default())
    };
    let newest = posts.filter_map(read).max_by(|a, b| a.meta.date.cmp(&b.meta.date));
    let is_yaml = newest.is_some_and(|post| post.source.text().trim_start().starts_with("---"));
    if is_yaml { Notation::Yaml } else { Notation::Toml }
}
