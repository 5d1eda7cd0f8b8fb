use std::sync::LazyLock;

use crate::data::{Table, read_toml};
use crate::source::{SitePath, Source};

/// How the code of a language is checked, built and run: an entry of `languages.toml`.
///
/// In command lines `{file}` stands for the file that holds the code, `{program}` for what the build makes of it, and
/// `{edition}` for the edition of a Rust cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// What authors call it in info strings.
    pub names: Vec<String>,
    /// What readers call it.
    pub title: String,
    /// What begins a comment that ends with its line.
    pub comment: String,
    /// The file that the code is written to.
    pub file: String,
    /// The command line that checks the code and runs nothing.
    pub check: Vec<String>,
    /// The command line that makes a program of it, for a compiled language.
    pub build: Option<Vec<String>>,
    /// The command line that runs it.
    pub run: Vec<String>,
    /// The command line that prints the version of its tool.
    pub version: Vec<String>,
    /// The command line that prints the path of the real interpreter, where a shim may stand in front of it.
    pub resolve: Option<Vec<String>>,
    /// Whether it is Rust: rustdoc's rules apply, and messages come as rustc's JSON.
    pub rust: bool,
}

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let path = SitePath::new("languages.toml").expect("a name");
    let source = Source::new(path, include_str!("languages.toml"));
    let table = read_toml(&source.span(0..source.text().len())).expect("the embedded table is TOML");
    let entry = |entry: crate::data::Entry| {
        let table = entry.node.table().expect("every language is a table");
        Language::read(entry.key, table)
    };
    table.entries.into_iter().map(entry).collect()
});

impl Language {
    /// The language that an info string names, whatever the case.
    pub fn named(name: &str) -> Option<&'static Language> {
        LANGUAGES.iter().find(|language| language.names.iter().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// Every name of every language.
    pub fn names() -> impl Iterator<Item = &'static str> {
        LANGUAGES.iter().flat_map(|language| &language.names).map(String::as_str)
    }

    fn read(name: String, mut table: Table) -> Language {
        let mut words = |key: &str| table.take(key).map(|node| node.strings().expect("a list of words"));
        let text = |words: Option<Vec<String>>| {
            words.and_then(|words| words.into_iter().next()).expect("a key of every language")
        };
        Language {
            rust: name == "rust",
            names: [vec![name], words("aliases").unwrap_or_default()].concat(),
            title: text(words("title")),
            comment: text(words("comment")),
            file: text(words("file")),
            check: words("check").expect("every language can be checked"),
            build: words("build"),
            run: words("run").expect("every language can be run"),
            version: words("version").expect("every language has a version"),
            resolve: words("resolve"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_languages_can_be_read() {
        assert_eq!(Language::named("RS").unwrap().title, "Rust");
        assert_eq!(Language::named("py").unwrap().comment, "#");
        assert!(Language::named("sh").unwrap().build.is_none());
        assert_eq!(Language::named("cobol"), None);
        assert!(Language::names().count() >= 3);
    }
}
