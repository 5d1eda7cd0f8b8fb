#![expect(clippy::disallowed_methods, reason = "makes the first files of a site and of a post")]

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::args::Ci;
use crate::content::slug;

/// What tells that a folder holds a site.
const SIGNS: [&str; 2] = ["blog.toml", "content"];

const CONFIG: &str = "\
# Every key may be left out; `blog schema config` prints them all.
title = \"A new blog\"
description = \"Posts whose code runs\"
# author = \"Your name\"
# base_url = \"https://example.org\"

[cells]
# A reader without Python should still be able to build the site.
missing = \"show\"
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

/// Whether a folder holds a site.
pub(super) fn is_begun(folder: &Path) -> bool {
    SIGNS.iter().any(|sign| folder.join(sign).exists())
}

/// Makes the workflow that publishes a site; gives its file.
///
/// # Errors
/// A workflow that is already there, or a folder that cannot be written to.
pub(super) fn workflow(folder: &Path, Ci::Github: Ci) -> io::Result<PathBuf> {
    let workflows = folder.join(".github/workflows");
    std::fs::create_dir_all(&workflows)?;
    let file = workflows.join("blog.yml");
    create_new(&file, GITHUB).map(|()| file)
}

/// Makes the first files of a site; those that are already there are left alone.
///
/// # Errors
/// A folder that already holds a site, or that cannot be written to.
pub(super) fn init(folder: &Path, today: Date) -> io::Result<Vec<PathBuf>> {
    for sign in SIGNS {
        if folder.join(sign).exists() {
            let message = format!("{} already holds a site: it has {sign}", folder.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
    }
    std::fs::create_dir_all(folder.join("content"))?;
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

/// Makes a post with a title and today's date; gives its file.
///
/// # Errors
/// A post of that name that is already there, or a folder that cannot be written to.
pub(super) fn post(root: &Path, title: &str, yaml: bool, today: Date) -> io::Result<PathBuf> {
    let quoted = serde_json::Value::from(title).to_string();
    let text = if yaml {
        format!("---\ntitle: {quoted}\ndate: {today}\ntags: []\n---\n\n")
    } else {
        format!("+++\ntitle = {quoted}\ndate = {today}\ntags = []\n+++\n\n")
    };
    let file = root.join("content").join(format!("{}.md", slug(title)));
    std::fs::create_dir_all(root.join("content"))?;
    create_new(&file, &text).map(|()| file)
}

/// Makes a file that is not there yet.
fn create_new(file: &Path, text: &str) -> io::Result<()> {
    match create(file, text) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(io::Error::new(error.kind(), format!("{} is already there", file.display())))
        }
        result => result,
    }
}

fn create(file: &Path, text: &str) -> io::Result<()> {
    std::fs::OpenOptions::new().write(true).create_new(true).open(file)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 22);

    #[test]
    fn a_site_is_begun_once() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("notes");
        assert_eq!(init(&root, TODAY).unwrap().len(), 3);
        let hello = std::fs::read_to_string(root.join("content/hello-threads.md")).unwrap();
        assert!(hello.contains("\ndate = 2026-11-22\n"), "{hello}");
        assert!(init(&root, TODAY).unwrap_err().to_string().contains("already holds a site"));
    }

    #[test]
    fn a_post_is_begun_with_any_title_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let title = "\"C++\" & \\ the GIL: #1";
        for yaml in [false, true] {
            let file = post(folder.path(), title, yaml, TODAY).unwrap();
            assert!(post(folder.path(), title, yaml, TODAY).is_err());
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(text.contains("\\\"C++\\\" & \\\\ the GIL: #1\"\n"), "{text}");
            std::fs::remove_file(file).unwrap();
        }
    }
}
