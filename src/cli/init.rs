#![expect(clippy::disallowed_methods, reason = "makes the first files of a site, with today's date")]
//! `init`: the first files of a site.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;

use super::Outcome;
use super::args::{Ci, Init};
use super::report::Report;
use crate::config::Config;

/// What tells that a folder holds a site.
const SIGNS: [&str; 2] = ["blog.toml", "content"];

const CONFIG: &str = "\
# Every key may be left out; `blog schema config` prints them all.
title = \"A new blog\"
description = \"Posts whose code runs\"
# author = \"Your name\"
# base_url = \"https://example.org\"     # where the site will be published
# language = \"en\"
# time_zone = \"Europe/Vienna\"           # of dates without one
# paginate = 20                         # posts on a page of a list

[cells]
# A reader without Python should still be able to build the site.
missing = \"show\"
# timeout = \"10s\"
";

const HELLO: &str = r#"+++
title = "Hello, threads"
date = DATE
tags = ["rust", "python", "threads"]
+++

The code below ran when this page was built, and the time is a measurement.

```rust,run:hello
use std::thread;

fn main() {
    let threads: Vec<_> = (1..=3)
        .map(|n| thread::spawn(move || println!("hello from thread {n}")))
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
```

Here is the same in Python.

```python,run:hello-python
from threading import Thread

threads = [Thread(target=print, args=(f"hello from thread {n}",)) for n in (1, 2, 3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
```
"#;

const IGNORE: &str = "/public\n/.blog\n";

const GITHUB: &str = include_str!("github.yml");

pub(super) fn init(options: &Init, report: Report) -> Outcome {
    let folder = &options.dir;
    let adds_only = options.ci.is_some() && is_begun(folder);
    let mut made = Vec::new();
    if !adds_only {
        made = begin(folder, Timestamp::now().to_zoned(Config::default().time_zone).date())?;
    }
    if let Some(ci) = options.ci {
        made.push(workflow(folder, ci)?);
    }
    for file in made {
        report.say("Created", &file.strip_prefix(".").unwrap_or(&file).display().to_string());
    }
    if options.ci.is_some() {
        report.say("Note", "what is to be set on GitHub once stands at the head of the workflow");
    }
    if !adds_only {
        let go = if folder == Path::new(".") { String::new() } else { format!("cd {} && ", shell_word(folder)) };
        report.say("Next", &format!("{go}blog serve --open"));
    }
    Ok(())
}

/// A path as a word of a shell's command line: between quotes unless it is plain.
fn shell_word(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,@%".contains(c);
    if path.chars().all(is_plain) && !path.starts_with('-') {
        return path;
    }
    let end_of_options = if path.starts_with('-') { "-- " } else { "" };
    format!("{end_of_options}'{}'", path.replace('\'', r"'\''"))
}

/// Whether a folder holds a site.
fn is_begun(folder: &Path) -> bool {
    SIGNS.iter().any(|sign| folder.join(sign).exists())
}

/// Makes the workflow that publishes a site; gives its file.
///
/// # Errors
/// A workflow that is already there, or a folder that cannot be written to.
fn workflow(folder: &Path, Ci::Github: Ci) -> io::Result<PathBuf> {
    let file = folder.join(".github/workflows/blog.yml");
    create_new(&file, GITHUB).map(|()| file)
}

/// Makes the first files of a site; those that are already there are left alone.
///
/// # Errors
/// A folder that already holds a site, or that cannot be written to.
fn begin(folder: &Path, today: Date) -> io::Result<Vec<PathBuf>> {
    if folder.is_file() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, format!("{} is not a folder", folder.display())));
    }
    for sign in SIGNS {
        if folder.join(sign).exists() {
            let name = if folder == Path::new(".") { "this folder".into() } else { folder.display().to_string() };
            let message = format!("{name} already holds a site: it has {sign}");
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
    }
    let hello = HELLO.replace("DATE", &today.to_string());
    let mut made = Vec::new();
    for (name, text) in [("blog.toml", CONFIG), ("content/hello-threads.md", &hello), (".gitignore", IGNORE)] {
        match create(&folder.join(name), text) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(()) => made.push(folder.join(name)),
        }
    }
    Ok(made)
}

/// Makes a file that is not there yet.
pub(super) fn create_new(file: &Path, text: &str) -> io::Result<()> {
    match create(file, text) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(io::Error::new(
            error.kind(),
            format!("{} is already there", file.strip_prefix(".").unwrap_or(file).display()),
        )),
        result => result,
    }
}

/// The same; a file that is there is an error of its own kind.
fn create(file: &Path, text: &str) -> io::Result<()> {
    let made = file
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::OpenOptions::new().write(true).create_new(true).open(file)?.write_all(text.as_bytes()));
    made.map_err(|error| io::Error::new(error.kind(), format!("cannot write {}: {error}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::Options;
    use crate::source::{Diagnostic, Diagnostics, SitePath, Source};

    const TODAY: Date = jiff::civil::date(2026, 11, 22);

    #[test]
    fn a_site_is_begun_once() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("notes");
        assert_eq!(begin(&root, TODAY).unwrap().len(), 3);
        let hello = std::fs::read_to_string(root.join("content/hello-threads.md")).unwrap();
        assert!(hello.contains("\ndate = 2026-11-22\n"), "{hello}");
        assert!(begin(&root, TODAY).unwrap_err().to_string().contains("already holds a site"));
    }

    #[test]
    fn a_shell_is_told_the_folder_as_one_word() {
        for (folder, word) in [
            ("notes", "notes"),
            ("a/é-1.2", "a/é-1.2"),
            ("my notes", "'my notes'"),
            ("it's", r"'it'\''s'"),
            ("-n", "-- '-n'"),
        ] {
            assert_eq!(shell_word(Path::new(folder)), word);
        }
    }

    #[test]
    fn every_setting_that_is_suggested_is_one() {
        let suggested =
            |line: &str| line.strip_prefix("# ").filter(|line| line.contains(" = ")).unwrap_or(line).to_owned();
        let text: Vec<String> = CONFIG.lines().map(suggested).collect();
        let source = Source::new(SitePath::new("blog.toml").unwrap(), text.join("\n"));
        let mut diagnostics = Diagnostics::default();
        let config = Config::read(&source, &mut diagnostics);
        Options::default().apply(&config.cells.unwrap(), &mut diagnostics);
        let wrong: Vec<&str> = diagnostics.iter().map(Diagnostic::message).collect();
        assert!(wrong.is_empty() && config.paginate == 20 && config.author.is_some(), "{wrong:?}");
    }
}
