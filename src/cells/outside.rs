//! What cells take from beside their post: code in files, inputs, the author's own environment variables.

use std::collections::BTreeMap;

use glob::{MatchOptions, Pattern};

use super::cell::Line;
use super::{Input, Language, Languages, Options};
use crate::data::{Node, read_toml};
use crate::source::{Code, Diagnostic, Diagnostics, SitePath, Source, Span, system_says};
use crate::world::World;

/// The most that the inputs of a cell may hold together, bytes: they are copied for every run.
const MOST_INPUT: usize = 64 << 20;

/// Where cells find what does not stand in their post.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// The files of the site.
    pub world: &'a dyn World,
    /// The author's environment variables.
    pub env: &'a BTreeMap<String, String>,
    /// The languages that cells can be written in.
    pub languages: &'a Languages,
}

/// The code of the file that a cell names, a line each. Only the marked part is shown, if there is to be one; the marks are
/// never.
pub(super) fn code(
    (name, place): &(String, Span),
    anchor: Option<&(String, Span)>,
    language: &Language,
    outside: Outside<'_>,
) -> Result<Vec<Line>, Diagnostic> {
    let source = read(name, place, outside)?;
    let mut lines = Vec::new();
    let mut open = anchor.is_none();
    let mut found = false;
    let mut start = 0;
    for text in source.text().split_inclusive('\n') {
        let line = text.trim_end_matches('\n');
        let span = source.span(start..start + line.len());
        start += text.len();
        let mark = mark(line, language);
        if let (Some((opens, name)), Some((wanted, _))) = (mark, anchor)
            && name == wanted
        {
            open = opens;
            found |= opens;
        }
        let shown = (open && mark.is_none()).then(|| line.to_owned());
        lines.push(Line { code: line.to_owned(), shown, span });
    }
    match anchor.filter(|_| !found) {
        None => Ok(lines),
        Some((anchor, place)) => {
            let marks = source.text().lines().filter_map(|line| mark(line, language)).map(|(_, name)| name);
            Err(Diagnostic::error(Code::NoSuchPart, format!("`{name}` has no part called `{}`", anchor.escape_debug()))
                .at(place.clone(), "")
                .help(format!("mark it there: `{0} ANCHOR: {anchor}` and `{0} ANCHOR_END: {anchor}`", language.comment))
                .suggest(anchor, marks))
        }
    }
}

/// A line such as `// ANCHOR: spin`, as mdBook has it: whether it opens the part, and the part's name.
fn mark<'l>(line: &'l str, language: &Language) -> Option<(bool, &'l str)> {
    let comment = line.trim().strip_prefix(&language.comment)?.trim_start();
    let opens = comment.strip_prefix("ANCHOR:").map(|name| (true, name.trim()));
    opens.or_else(|| comment.strip_prefix("ANCHOR_END:").map(|name| (false, name.trim())))
}

fn read(name: &str, place: &Span, outside: Outside<'_>) -> Result<Source, Diagnostic> {
    let wrong = |why: String| {
        Diagnostic::error(Code::UnreadableCode, "the code of this cell cannot be read").at(place.clone(), why)
    };
    let path = beside(place, name).map_err(|error| wrong(error.to_string()))?;
    let bytes = outside.world.read(&path).map_err(|error| {
        let error = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => system_says(&error),
        };
        wrong(format!("`{path}`: {error}")).help("name a file beside the post, or in a folder there")
    })?;
    if outside.world.is_behind_link(&path) {
        let error = wrong(format!("`{path}` is reached by a symbolic link"));
        return Err(error.help("put a copy there: a link may lead out of the site, so none is followed"));
    }
    Source::decode(path, bytes)
}

/// The path of what is named relative to the post.
fn beside(place: &Span, name: &str) -> Result<SitePath, crate::source::SitePathError> {
    // What is set for the whole site is named from there.
    Ok(place.source().path().parent().join(&SitePath::new(name)?))
}

/// The files that a cell reads, by their paths from the post.
pub(super) fn inputs(
    options: &Options,
    language: &Language,
    outside: Outside<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Input> {
    let mut inputs: BTreeMap<SitePath, Vec<u8>> = BTreeMap::new();
    for (pattern, place) in &options.inputs {
        for (path, bytes) in diagnostics.take(matching(pattern, place, outside)).into_iter().flatten() {
            if language.needs(path.as_str()) {
                let error = Diagnostic::error(Code::InputName, format!("an input cannot be called `{path}`"));
                let error = error.at(place.clone(), "the program has a file of its own by that name");
                diagnostics.push(error.help("give the file another name"));
            } else {
                inputs.insert(path, bytes);
            }
        }
        let size: usize = inputs.values().map(Vec::len).sum();
        if size > MOST_INPUT {
            let message = format!("the inputs of this cell hold more than {} MiB", MOST_INPUT >> 20);
            let error = Diagnostic::error(Code::TooManyInputs, message).at(place.clone(), "up to here");
            diagnostics.push(error.help("they are copied for every run: name fewer of them"));
            return Vec::new();
        }
    }
    inputs.into_iter().map(|(path, bytes)| Input { path, bytes }).collect()
}

fn matching(pattern: &str, place: &Span, outside: Outside<'_>) -> Result<Vec<(SitePath, Vec<u8>)>, Diagnostic> {
    let wrong =
        |why: String| Diagnostic::error(Code::UnreadableInputs, "these inputs cannot be read").at(place.clone(), why);
    let folder = place.source().path().parent();
    let compiled = Pattern::new(pattern).map_err(|error| wrong(error.msg.to_owned()))?;
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
    let listed = outside.world.list(&folder).map_err(|error| wrong(system_says(&error)))?;
    let mut found = Vec::new();
    for path in listed {
        let Some(inner) = path.below(&folder) else { continue };
        if compiled.matches_with(inner.as_str(), options) {
            let bytes =
                outside.world.read(&path).map_err(|error| wrong(format!("`{path}`: {}", system_says(&error))))?;
            found.push((inner, bytes));
        }
    }
    if found.is_empty() {
        return Err(
            wrong(format!("no file below `{folder}/` fits this")).help("inputs are named from the post's folder")
        );
    }
    Ok(found)
}

/// The version of the language's tools that the site pins, if it does, with the variable by which they learn it.
///
/// # Errors
/// A file that cannot be read, or that holds something that is no version.
pub fn pinned(language: &Language, world: &dyn World) -> Result<Option<(String, String)>, Diagnostic> {
    let Some(pin) = &language.pin else { return Ok(None) };
    let path = SitePath::new(&pin.file).map_err(|error| Diagnostic::error(Code::ToolVersion, error.to_string()))?;
    let unreadable = |why: String| Diagnostic::error(Code::ToolVersion, format!("`{path}` cannot be read")).note(why);
    let Some(bytes) = world.read_if_there(&path).map_err(|error| unreadable(system_says(&error)))? else {
        return Ok(None);
    };
    let source = Source::decode(path.clone(), bytes)?;
    let version = match &pin.key {
        None => source
            .text()
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::to_owned),
        Some(key) => {
            let mut table = Some(read_toml(&source.span(0..source.text().len()))?);
            let (folders, last) = key.rsplit_once('.').unwrap_or(("", key));
            for folder in folders.split('.').filter(|folder| !folder.is_empty()) {
                table = table.and_then(|mut table| table.take(folder)).map(Node::table).transpose()?;
            }
            table.and_then(|mut table| table.take(last)).map(Node::string).transpose()?
        }
    };
    // Not a path: what a clone brings along does not choose a program of its own.
    let plain = |version: &String| version.chars().all(|c| c.is_ascii_alphanumeric() || "._-+".contains(c));
    match version.filter(|version| !version.is_empty()) {
        Some(version) if !plain(&version) => {
            let message = format!("`{}` in `{path}` is no version", version.escape_debug());
            let rule = "write it in letters, digits and `.`, `_`, `-`, `+`, as in `1.95` or `stable`";
            Err(Diagnostic::error(Code::ToolVersion, message).help(rule))
        }
        version => Ok(version.map(|version| (pin.env.clone(), version))),
    }
}

/// The author's variables that a cell gets; those that are not set, it does not.
pub(super) fn variables(options: &Options, outside: Outside<'_>) -> BTreeMap<String, String> {
    let variable = |name: &String| Some((name.clone(), outside.env.get(name)?.clone()));
    options.env_inputs.iter().filter_map(variable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Memory;

    fn place() -> Span {
        Source::new(SitePath::new("content/locks/post.md").unwrap(), "x").span(0..1)
    }

    fn world() -> Memory {
        let mut world = Memory::default();
        for (path, text) in [
            (
                "content/locks/code/spin.rs",
                "use std;\n// ANCHOR: spin\nfn spin() {}\n// ANCHOR_END: spin\nfn main() {}\n",
            ),
            ("content/locks/data/a.csv", "1\n"),
            ("content/locks/data/deep/b.csv", "2\n"),
            ("content/locks/post.md", "x"),
        ] {
            world.insert(SitePath::new(path).unwrap(), text);
        }
        world
    }

    fn read(file: &str, anchor: Option<&str>) -> Result<(Vec<String>, Vec<String>), String> {
        let (world, env, languages) = (world(), BTreeMap::new(), Languages::default());
        let outside = Outside { world: &world, env: &env, languages: &languages };
        let anchor = anchor.map(|name| (name.to_owned(), place()));
        let rust = languages.named("rust").unwrap();
        let lines = code(&(file.to_owned(), place()), anchor.as_ref(), rust, outside);
        let split = |lines: Vec<Line>| {
            let shown = lines.iter().filter_map(|line| line.shown.clone()).collect();
            (lines.into_iter().map(|line| line.code).collect(), shown)
        };
        lines.map(split).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_runs_whole_and_shows_the_marked_part() {
        let (code, shown) = read("code/spin.rs", Some("spin")).unwrap();
        assert_eq!((code.len(), shown), (5, vec!["fn spin() {}".to_owned()]));
        let (code, shown) = read("code/spin.rs", None).unwrap();
        assert_eq!((code.len(), shown.len()), (5, 3), "marks are never shown");
    }

    #[test]
    fn files_and_parts_that_are_not_there_are_errors() {
        for (file, anchor) in
            [("code/none.rs", None), ("../post.md", None), ("/etc/passwd", None), ("code/spin.rs", Some("spni"))]
        {
            assert!(read(file, anchor).unwrap_err().starts_with("content/locks/post.md:1:1: error[E41"), "{file}");
        }
    }

    #[test]
    fn a_site_pins_the_version_of_tools_by_the_files_of_those() {
        let languages = Languages::default();
        let pin = |language: &str, file: &str, text: &str| {
            let mut world = Memory::default();
            world.insert(SitePath::new(file).unwrap(), text);
            let outside = Outside { world: &world, env: &BTreeMap::new(), languages: &languages };
            let pinned = pinned(languages.named(language).unwrap(), outside.world).map_err(|error| error.to_string());
            pinned.map(|pinned| pinned.map(|(name, version)| format!("{name}={version}")))
        };
        let toolchain = |text: &str| pin("rust", "rust-toolchain.toml", text);
        assert_eq!(toolchain("[toolchain]\nchannel = '1.90'\n"), Ok(Some("RUSTUP_TOOLCHAIN=1.90".to_owned())));
        assert_eq!(toolchain("[toolchain]\nprofile = 'minimal'\n"), Ok(None));
        assert_eq!(pin("python", ".python-version", "# ours\n3.12.1\n"), Ok(Some("PYENV_VERSION=3.12.1".to_owned())));
        assert_eq!(pin("sh", ".python-version", "3.12.1\n"), Ok(None));
        for text in ["[toolchain]\nchannel = '../x'\n", "[toolchain]\nchannel = 3\n", "nonsense", "toolchain = 1"] {
            assert!(toolchain(text).is_err(), "{text}");
        }
    }

    #[test]
    fn inputs_are_found_by_patterns_from_the_folder_of_the_post() {
        let (world, env, languages) = (world(), BTreeMap::new(), Languages::default());
        let outside = Outside { world: &world, env: &env, languages: &languages };
        let of = |patterns: &[&str]| {
            let inputs_of = patterns.iter().map(|pattern| ((*pattern).to_owned(), place())).collect();
            let mut diagnostics = Diagnostics::default();
            let rust = languages.named("rust").unwrap();
            let options = Options { inputs: inputs_of, ..Options::default() };
            let found = inputs(&options, rust, outside, &mut diagnostics);
            let found: Vec<String> = found.into_iter().map(|input| input.path.to_string()).collect();
            (found, diagnostics.iter().count())
        };
        assert_eq!(of(&["data/*.csv"]), (vec!["data/a.csv".to_owned()], 0));
        assert_eq!(of(&["**/*.csv", "data/a.csv"]).0.len(), 2);
        assert_eq!(of(&["*.txt", "[", "data/a.csv"]), (vec!["data/a.csv".to_owned()], 2));
    }
}
