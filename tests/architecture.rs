//! The table in ARCHITECTURE.md says which part may import which others. This test reads the table and the sources and
//! compares them: an import that the table does not permit fails, and so does a permission that nothing uses.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that reads the sources")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn parts_import_what_the_table_permits_and_nothing_else() {
    assert_eq!(found(), permitted());
}

#[test]
fn parts_import_only_parts_that_stand_above_them() {
    let order: Vec<String> = rows().into_iter().map(|(part, _)| part).collect();
    for (part, imports) in permitted() {
        let at = order.iter().position(|other| *other == part);
        for import in imports {
            let import_at = order.iter().position(|other| *other == import);
            assert!(import_at.is_some() && import_at < at, "`{part}` may not import `{import}`, which stands below it");
        }
    }
}

#[test]
fn the_table_marks_the_doors_that_the_sources_open() {
    let marked: BTreeSet<String> =
        table_lines().filter(|line| line.contains('⌂')).map(|line| part_of_row(&line)).collect();
    let mut open = BTreeSet::new();
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        if text.contains("clippy::disallowed_methods") {
            open.insert(part(&file));
        }
    }
    assert_eq!(open, marked);
}

#[test]
fn the_archived_yaml_reader_is_named_in_one_file() {
    let naming: Vec<PathBuf> =
        sources().into_iter().filter(|file| fs::read_to_string(file).unwrap().contains("serde_yaml::")).collect();
    assert!(naming.len() == 1, "{naming:?}");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Rows of the table: a part and the parts that it may import.
fn rows() -> Vec<(String, BTreeSet<String>)> {
    table_lines()
        .map(|line| {
            let imports = line.split('|').nth(3).expect("a row has three columns");
            (
                part_of_row(&line),
                imports.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
            )
        })
        .collect()
}

fn table_lines() -> impl Iterator<Item = String> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, parts) = text.split_once("## Parts").expect("a chapter about the parts");
    let rows: Vec<String> = parts.lines().filter(|line| line.starts_with("| `")).map(str::to_owned).collect();
    assert!(rows.len() > 10, "the table of parts is not there");
    rows.into_iter()
}

fn part_of_row(line: &str) -> String {
    let name = line.split('`').nth(1).expect("a row begins with a name");
    name.trim_end_matches('/').trim_end_matches(".rs").to_owned()
}

fn permitted() -> Imports {
    rows().into_iter().collect()
}

/// What each part really imports, by the `crate::` paths in its files.
fn found() -> Imports {
    let mut found = Imports::new();
    for file in sources() {
        let own = part(&file);
        let text = fs::read_to_string(&file).unwrap();
        let imports = found.entry(own.clone()).or_default();
        for (at, _) in text.match_indices("crate::") {
            let name: String = text[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if name != own && !name.is_empty() {
                imports.insert(name);
            }
        }
    }
    found
}

/// The part that a source file belongs to: its folder below `src`, or its own name.
fn part(file: &Path) -> String {
    let inner = file.strip_prefix(root().join("src")).unwrap();
    let first = inner.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// Every source file but the crate's two roots.
fn sources() -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(root().join("src")).into_iter().map(|entry| entry.unwrap().into_path());
    let wanted = |file: &PathBuf| {
        file.extension().is_some_and(|extension| extension == "rs")
            && !file.ends_with("src/lib.rs")
            && !file.ends_with("src/main.rs")
    };
    let files: Vec<PathBuf> = files.filter(wanted).collect();
    assert!(files.len() > 20);
    files
}
