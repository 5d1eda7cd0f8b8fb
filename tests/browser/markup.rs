//! Validators of HTML.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::Check;
use crate::gallery::Gallery;
use crate::support::finish;
use crate::tools::{or_left_out, program};

pub(crate) const CHECKS: &[Check] = &[
    ("every_page_says_what_it_is", head),
    ("html_validate_finds_nothing", html_validate),
    ("the_validator_of_the_w3c_finds_nothing", vnu),
];

/// What stands in the folder of this test and what `npm ci` put there.
fn here(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(path)
}

/// Pages have titles of their own, and descriptions.
fn head(gallery: &Gallery) {
    let mut titles = BTreeMap::new();
    let moved = |path: &String| path.starts_with("old.html") || path.starts_with("old/markdown");
    for (path, html) in
        gallery.full.files().into_iter().filter(|(path, _)| path.ends_with("index.html") && !moved(path))
    {
        let html = String::from_utf8(html).unwrap();
        let between =
            |start: &str, end: &str| html.split(start).nth(1).and_then(|rest| rest.split(end).next()).unwrap_or("");
        let (title, description) = (between("<title>", "</title>"), between("name=\"description\" content=\"", "\""));
        assert!(!description.trim().is_empty(), "{path} has no description");
        let other = titles.insert(title.to_owned(), path.clone());
        assert!(!title.is_empty() && other.is_none(), "{path} is called {title:?}, as is {other:?}");
    }
}

fn html_validate(gallery: &Gallery) {
    let tool = program(&["node"]).and(Some(here("node_modules/.bin/html-validate"))).filter(|tool| tool.exists());
    let Some(tool) = or_left_out(tool, "html-validate", "whether pages are valid") else { return };
    let mut command = Command::new(tool);
    command.arg("--config").arg(here(".htmlvalidate.json"));
    command.args(["--ext", "html"]).args([gallery.full.folder(), gallery.empty.folder()]);
    let said = finish(command);
    assert_eq!(said.code, 0, "{said:?}");
}

fn vnu(gallery: &Gallery) {
    let tool =
        program(&["java"]).and(Some(here("node_modules/vnu-jar/build/dist/vnu.jar"))).filter(|tool| tool.exists());
    let Some(jar) = or_left_out(tool, "vnu.jar or Java", "whether pages are valid") else { return };
    let mut command = Command::new("java");
    // It reads files from the disk, of which no page can be the host: what a page may load is seen in Chromium.
    command
        .arg("-jar")
        .arg(jar)
        .args(["--skip-non-html", "--filterpattern", ".* violates Content Security Policy .*"])
        .args([gallery.full.folder(), gallery.empty.folder()]);
    let said = finish(command);
    assert!(said.code == 0 && said.stdout.is_empty() && said.stderr.is_empty(), "{said:?}");
}
