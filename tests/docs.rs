//! The tables for authors name what the code knows, and nothing else.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that reads the project's texts")]

use std::fs;
use std::path::Path;

use blog::cells::{Languages, Options, Verb};
use blog::config::Config;

/// The page of the demo that describes cells.
const CELLS: &str = "content/docs/cells.md";

/// The names in the first column of every table whose first column has this head, in order: its code spans, of which
/// `[languages.NAME]` names `languages`.
fn column(file: &str, head: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let mut names = Vec::new();
    let mut wanted = false;
    for line in text.lines() {
        let first = line.strip_prefix('|').and_then(|row| row.split('|').next()).map(str::trim);
        wanted = first.is_some() && (wanted || first == Some(head));
        let spans = first.filter(|_| wanted).unwrap_or_default().split('`').skip(1).step_by(2);
        names.extend(spans.map(|span| span.trim_matches(['[', ']']).split('.').next().unwrap().to_owned()));
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
    assert_same(column("README.md", "Key"), Config::KEYS, "README.md");
}

#[test]
fn a_column_is_read_from_its_tables_alone() {
    let rows = column(CELLS, "Media type");
    assert_eq!(rows.first().map(String::as_str), Some("text/plain"));
    assert!(rows.len() > 5 && !rows.contains(&"rust".to_owned()), "{rows:?}");
}
