//! Every folder below `tests/suite/` is a small site with what is expected of it. The program builds a copy of it; then
//!
//! - `expected/` holds files that the output must have, each with these very bytes;
//! - `absent.txt` names files that it must not have, one a line;
//! - `files.txt` names every file that it has;
//! - `said.txt` holds the exit code and what the program said on standard error.
//!
//! `args.txt` holds the arguments, `build` if there is none. Sites without templates get those of `tests/suite/_templates`, which draw the
//! body of a post and nothing else. What differs from run to run (measured values in `<dd>`) is compared as `[..]`.
//!
//! `UPDATE=1 cargo test --test suite` writes the expected files that are there anew.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test that runs the program in folders of its own"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn every_site_is_built_as_expected() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let mut cases: Vec<PathBuf> = fs::read_dir(&suite).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.is_dir() && !name(case).starts_with('_'));
    cases.sort();
    assert!(cases.len() > 10, "the suite is not there");
    let failures: Vec<String> = cases.iter().flat_map(|case| Case::build(case, &suite).compare()).collect();
    assert!(failures.is_empty(), "{} differences\n\n{}", failures.len(), failures.join("\n\n"));
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// A site of the suite, built.
struct Case {
    folder: PathBuf,
    copy: tempfile::TempDir,
    said: String,
}

impl Case {
    fn build(folder: &Path, suite: &Path) -> Case {
        let copy = tempfile::tempdir().unwrap();
        copy_tree(folder, copy.path());
        if !folder.join("templates").exists() {
            copy_tree(&suite.join("_templates"), &copy.path().join("templates"));
        }
        let args = fs::read_to_string(folder.join("args.txt")).unwrap_or_else(|_| "build".to_owned());
        let output = Command::new(env!("CARGO_BIN_EXE_blog"))
            .args(args.split_whitespace())
            .args(["--color", "never", "--root"])
            .arg(copy.path())
            .output()
            .unwrap();
        let code = output.status.code().expect("the program ended by itself");
        let stderr = String::from_utf8(output.stderr).unwrap();
        Case { folder: folder.to_owned(), said: format!("exit code {code}\n{stderr}"), copy }
    }

    fn public(&self) -> PathBuf {
        self.copy.path().join("public")
    }

    fn compare(&self) -> Vec<String> {
        let mut failures = Vec::new();
        for expected in files(&self.folder.join("expected")) {
            let file = self.folder.join("expected").join(&expected);
            match fs::read_to_string(self.public().join(&expected)) {
                Ok(found) => failures.extend(self.differ(&file, &found)),
                Err(error) => failures.push(format!("{}: {expected}: {error}\n{}", name(&self.folder), self.said)),
            }
        }
        for absent in self.lines("absent.txt") {
            if self.public().join(&absent).exists() {
                failures.push(format!("{}: {absent} should not be there", name(&self.folder)));
            }
        }
        if self.folder.join("files.txt").exists() {
            let listing: String = files(&self.public()).iter().flat_map(|file| [file.as_str(), "\n"]).collect();
            failures.extend(self.differ(&self.folder.join("files.txt"), &listing));
        }
        if self.folder.join("said.txt").exists() {
            failures.extend(self.differ(&self.folder.join("said.txt"), &self.said));
        } else if !self.said.starts_with("exit code 0\n") {
            failures.push(format!("{}: {}", name(&self.folder), self.said));
        }
        failures
    }

    fn lines(&self, file: &str) -> Vec<String> {
        fs::read_to_string(self.folder.join(file)).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    fn differ(&self, file: &Path, found: &str) -> Option<String> {
        let found = steady(found);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(file, &found).unwrap();
            return None;
        }
        let expected = fs::read_to_string(file).unwrap();
        if expected == found {
            return None;
        }
        let place = file.strip_prefix(self.folder.parent().unwrap()).unwrap().display();
        Some(format!("{place} differs\n--- expected\n{expected}\n--- found\n{found}\n--- said\n{}", self.said))
    }
}

/// A text with every measured value as `[..]`: what stands in `<dd>`, and times behind "in".
fn steady(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("<dd>") {
        out.push_str(&rest[..at]);
        out.push_str("<dd>[..]</dd>");
        rest = &rest[at..];
        rest = rest.find("</dd>").map_or("", |end| &rest[end + 5..]);
    }
    out.push_str(rest);
    // The last line of a build: "Built 3 pages in 12 ms".
    let lines = out.split_inclusive('\n').map(|line| match line.find(" in ") {
        Some(at) if line.starts_with("Built ") => format!("{} in [..]\n", &line[..at]),
        _ => line.to_owned(),
    });
    lines.collect()
}

/// Every file below a folder, by its path in there.
fn files(folder: &Path) -> BTreeSet<String> {
    if !folder.exists() {
        return BTreeSet::new();
    }
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap());
    let inner = |entry: walkdir::DirEntry| entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    entries.filter(|entry| entry.file_type().is_file()).map(inner).collect()
}

fn copy_tree(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), target).unwrap();
    }
}
