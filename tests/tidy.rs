//! Rules about the text of the project that no lint knows.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that reads the sources")]

use std::fs;
use std::path::{Path, PathBuf};

/// Files that tell more than one story are usually longer.
const LONGEST_FILE: usize = 450;

fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let wanted = |path: &PathBuf| {
        path.extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| extensions.contains(&extension))
    };
    let ours = walkdir::WalkDir::new(top).into_iter().filter_entry(|entry| entry.file_name() != "node_modules");
    let all = ours.map(|entry| entry.unwrap().into_path());
    let found: Vec<PathBuf> = all.filter(wanted).collect();
    assert!(!found.is_empty(), "{folder} holds nothing to look at");
    found
}

#[test]
fn source_files_are_short() {
    for file in files("src", &["rs"]) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines", file.display());
    }
}

#[test]
fn nothing_is_left_unfinished() {
    // Put together here so that this file does not find itself.
    let marks = ["TO", "FIX", "X"].map(|start| {
        format!(
            "{start}{}",
            if start == "TO" {
                "DO"
            } else if start == "X" {
                "XX"
            } else {
                "ME"
            }
        )
    });
    for file in ["src", "tests", "benches"].iter().flat_map(|folder| files(folder, &["rs", "toml", "sh", "py"])) {
        let text = fs::read_to_string(&file).unwrap();
        for mark in &marks {
            assert!(!text.contains(mark.as_str()), "{} holds a {mark}", file.display());
        }
        let silenced = format!("#[{}", "allow(");
        assert!(!text.contains(&silenced), "{}: use #[expect(…, reason = …)]", file.display());
    }
}

#[test]
fn texts_end_with_one_line_break_and_hold_no_trailing_blanks() {
    for file in files("src", &["rs", "toml"]).into_iter().chain(files("templates", &["html", "xml", "txt"])) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{}", file.display());
        for (number, line) in text.lines().enumerate() {
            assert!(line == line.trim_end(), "{}:{} ends in blanks", file.display(), number + 1);
        }
    }
}
