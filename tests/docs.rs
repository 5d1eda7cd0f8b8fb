//! The tables for authors name what the code knows, and nothing else.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that reads the project's texts")]

use std::fs;
use std::path::Path;

use blog::cells::{Languages, Options, Verb};
use blog::config::Config;
use blog::content::front_matter_schema;
use blog::source::{Diagnostics, SitePath, Source};

/// The pages of the guide.
const CELLS: &str = "content/docs/cells.md";
const POSTS: &str = "content/docs/posts.md";
const SETTINGS: &str = "content/docs/configuration.md";
const TEMPLATES: &str = "content/docs/templates.md";

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// The names in the first column of every table whose first column has this head, in order, of which `[languages.NAME]`
/// names `languages`.
fn column(file: &str, head: &str) -> Vec<String> {
    let name = |span: &String| span.trim_matches(['[', ']']).split('.').next().unwrap().to_owned();
    spans(file, head).iter().map(name).collect()
}

/// The code spans in the first column of every table whose first column has this head, in order.
fn spans(file: &str, head: &str) -> Vec<String> {
    let text = read(file);
    let mut names = Vec::new();
    let mut wanted = false;
    for line in text.lines() {
        let first = line.strip_prefix('|').and_then(|row| row.split('|').next()).map(str::trim);
        wanted = first.is_some() && (wanted || first == Some(head));
        let spans = first.filter(|_| wanted).unwrap_or_default().split('`').skip(1).step_by(2);
        names.extend(spans.map(str::to_owned));
    }
    names
}

/// The same names, none of them twice, in whatever order.
fn assert_same<'a>(found: Vec<String>, known: impl IntoIterator<Item = &'a str>, what: &str) {
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    let known = known.into_iter().map(str::to_owned).collect();
    assert_eq!(sorted(found), sorted(known), "{what}: on the left what is described, on the right what there is");
}

#[test]
fn every_option_is_described_once() {
    assert_same(column(CELLS, "Option"), Options::KEYS, CELLS);
}

#[test]
fn every_verb_is_described_once() {
    for file in [CELLS, "README.md"] {
        assert_same(column(file, "Verb"), Verb::ALL.map(|(name, _)| name), file);
    }
}

#[test]
fn every_language_is_listed_by_all_of_its_names() {
    assert_same(column(CELLS, "Names"), Languages::default().names(), CELLS);
}

#[test]
fn every_key_of_a_language_is_described_once() {
    assert_same(column(CELLS, "Key"), Languages::KEYS, CELLS);
}

#[test]
fn every_setting_of_a_site_is_described_once() {
    assert_same(column(SETTINGS, "Key"), Config::KEYS, SETTINGS);
}

/// What `blog.toml` with this text means; it must be right.
fn config(text: &str) -> Config {
    let mut diagnostics = Diagnostics::default();
    let config = Config::read(&Source::new(SitePath::new("blog.toml").unwrap(), text), &mut diagnostics);
    assert!(diagnostics.iter().next().is_none(), "{text}\n{}", diagnostics.iter().next().unwrap());
    config
}

#[test]
fn the_defaults_of_settings_are_those_of_the_code() {
    let text = read(SETTINGS);
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix("` |")?.split_once('`'));
    let settings: Vec<String> =
        rows.map(|(key, rest)| format!("{key} = {}", rest.rsplit('`').next().unwrap())).collect();
    assert!(settings.len() > 7, "{settings:?}");
    assert_eq!(format!("{:?}", config(&settings.join("\n"))), format!("{:?}", Config::default()));
}

#[test]
fn the_example_of_settings_sets_all_of_them() {
    let text = read(SETTINGS);
    let example = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    config(example);
    let table: toml::Table = example.parse().unwrap();
    assert_same(table.keys().cloned().collect(), Config::KEYS, "the example");
}

#[test]
fn every_key_of_front_matter_is_described_once() {
    let known = front_matter_schema();
    assert_same(column(POSTS, "Key"), known.keys().map(String::as_str), POSTS);
}

#[test]
fn every_template_is_described_once() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_same(spans(TEMPLATES, "Template"), names.iter().map(String::as_str), TEMPLATES);
}

#[test]
fn a_column_is_read_from_its_tables_alone() {
    let rows = column(CELLS, "Media type");
    assert_eq!(rows.first().map(String::as_str), Some("text/plain"));
    assert!(rows.len() > 5 && !rows.contains(&"rust".to_owned()), "{rows:?}");
}

#[test]
fn the_guide_is_read_in_the_order_of_its_index() {
    let index = read("content/docs/index.md");
    let links = index.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    let pages: Vec<&str> = links.map(|line| line.split("](").nth(1).unwrap().split(')').next().unwrap()).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/docs");
    let names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let others =
        names.iter().map(String::as_str).filter(|name| name.strip_suffix(".md").is_some_and(|stem| stem != "index"));
    assert_same(pages.iter().map(|&page| page.to_owned()).collect(), others, "content/docs/index.md");
    let last_line = |page: &str| read(&format!("content/docs/{page}")).lines().last().unwrap().to_owned();
    for pair in pages.windows(2) {
        let (before, behind) = (last_line(pair[0]), last_line(pair[1]));
        assert!(before.contains("Next: [") && before.ends_with(&format!("]({}).", pair[1])), "{}: {before}", pair[0]);
        assert!(
            behind.starts_with("Before: [") && behind.contains(&format!("]({}).", pair[0])),
            "{}: {behind}",
            pair[1]
        );
    }
}
