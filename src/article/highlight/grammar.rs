//! Grammars, each loaded when it is first asked for.

use std::sync::LazyLock;

use syntect::parsing::{SyntaxDefinition, SyntaxReference, SyntaxSet, SyntaxSetBuilder};

/// The crates whose grammars and parser these are, as `Cargo.lock` has them.
pub(super) const CRATES: &[&str] = &["onig 6.5.3", "syntect 5.3.0", "two-face 0.5.2+bat-0.26.1"];

const RUST: &str = include_str!("../../../syntaxes/rust.sublime-syntax");
const PYTHON: &str = include_str!("../../../syntaxes/python.sublime-syntax");
const CONSOLE: &str = include_str!("../../../syntaxes/console.sublime-syntax");

/// The texts of `blog`'s own grammars.
pub(super) const OWN: &[&str] = &[RUST, PYTHON, CONSOLE];

/// A grammar and the set in which its references lead somewhere.
#[derive(Clone, Copy)]
pub(super) struct Grammar {
    pub set: &'static SyntaxSet,
    pub syntax: &'static SyntaxReference,
}

/// Rust up to edition 2024.
pub(super) fn rust() -> Grammar {
    static SET: LazyLock<SyntaxSet> = LazyLock::new(|| own(&[RUST]));
    first_of(&SET)
}

/// Python up to 3.14.
pub(super) fn python() -> Grammar {
    static SET: LazyLock<SyntaxSet> = LazyLock::new(|| own(&[PYTHON]));
    first_of(&SET)
}

/// A session in a terminal, of a shell or of Python.
pub(super) fn console() -> Grammar {
    static SET: LazyLock<SyntaxSet> = LazyLock::new(|| own(&[CONSOLE, PYTHON]));
    first_of(&SET)
}

/// The grammar among two-face's that has this name or is meant for this file extension, unless it is plain text.
pub(super) fn bundled(token: &str) -> Option<Grammar> {
    static SET: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);
    let set = &*SET;
    let syntax = set.find_syntax_by_name(token).or_else(|| set.find_syntax_by_token(token))?;
    (syntax.name != "Plain Text").then_some(Grammar { set, syntax })
}

fn own(texts: &[&str]) -> SyntaxSet {
    let mut builder = SyntaxSetBuilder::new();
    for text in texts {
        builder.add(SyntaxDefinition::load_from_str(text, true, None).expect("tests load every embedded grammar"));
    }
    builder.build()
}

fn first_of(set: &'static SyntaxSet) -> Grammar {
    Grammar { set, syntax: &set.syntaxes()[0] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_own_grammar_loads_and_refers_to_nothing_that_is_missing() {
        for grammar in [rust(), python(), console()] {
            assert!(grammar.set.find_unlinked_contexts().is_empty(), "{}", grammar.syntax.name);
        }
    }

    #[test]
    fn the_crates_are_those_of_the_lock_file() {
        let lock = include_str!("../../../Cargo.lock");
        for name_and_version in CRATES {
            let (name, version) = name_and_version.split_once(' ').unwrap();
            let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
            assert!(lock.contains(&entry), "CRATES names another version of {name} than Cargo.lock");
        }
    }
}
