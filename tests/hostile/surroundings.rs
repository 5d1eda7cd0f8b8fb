//! Surroundings that are broken: full disks, streams that take nothing, files in the places of folders, paths that are no text.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use super::{Site, build_watched};
use crate::support::{Said, finish};

const CELL: &str = "x\n\n```sh,run\necho hello\n```\n";

/// What a program says when the shell has changed one of its streams.
fn redirected(site: &Site, args: &str, stream: &str) -> Said {
    let command = site.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec \"$0\" {args} {stream}")]).arg(command.get_program()).current_dir(site.path(""));
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    finish(shell)
}

#[test]
fn what_cannot_be_said_keeps_nothing_from_being_done() {
    for (args, code) in [
        ("build", 0),
        ("run", 0),
        ("check", 0),
        ("build -v", 0),
        ("new Hello", 0),
        ("init ../other", 0),
        ("clean", 0),
        ("build --root nowhere", 2),
    ] {
        for stream in ["2>/dev/full", "2>&-", "<&-"] {
            let site = Site::new(&[("content/a.md", CELL)]);
            let said = redirected(&site, args, stream);
            assert_eq!(said.code, code, "{args} {stream}: {said:?}");
        }
    }
    let site = Site::new(&[("content/a.md", "[x](nowhere.md)\n")]);
    for args in ["build", "check --format json"] {
        let said = redirected(&site, args, "2>/dev/full");
        assert_eq!(said.code, 1, "{args}: {said:?}");
    }
}

#[test]
fn an_answer_that_cannot_be_given_is_an_error() {
    let site = Site::new(&[("content/a.md", CELL)]);
    for args in ["list", "explain", "explain E414", "doctor --json", "man", "completions bash", "schema config"] {
        let said = redirected(&site, args, ">/dev/full");
        assert_eq!(said.code, 1, "{args}: {said:?}");
        assert_eq!(said.stderr, "error: standard output cannot be written: No space left on device\n", "{args}");
    }
}

#[test]
fn a_file_in_the_place_of_a_folder_is_no_reason_to_fall() {
    for (place, code) in [(".blog", 0), ("results", 0), ("static", 0), ("templates", 0), ("public", 1)] {
        let site = Site::new(&[("content/a.md", CELL), (place, "a file\n")]);
        let (said, mut wrong) = build_watched(&site);
        // The file itself stands where a build may write.
        wrong.retain(|wrong| !wrong.starts_with("writes elsewhere"));
        assert_eq!((said.code, wrong), (code, Vec::new()), "{place}: {said:?}");
        assert_eq!(site.read(place), "a file\n");
    }
    let site = Site::new(&[("content/a.md", CELL), ("file", "a file\n")]);
    for args in [["man", "--dir", "file/x"], ["build", "--output", "file/x"], ["init", "file/x", "-q"]] {
        let said = site.blog(&args);
        assert_eq!(said.code, 1, "{args:?}: {said:?}");
        assert!(said.stderr.contains("file/x") && !said.stderr.contains("os error"), "{args:?}: {said:?}");
    }
}

#[test]
fn a_site_may_lie_anywhere_and_its_author_nowhere() {
    let site = Site::new(&[("content/a.md", CELL)]);
    let odd = site.around().join(std::ffi::OsStr::from_bytes(b"with blanks, \xe9"));
    fs::rename(site.path(""), &odd).unwrap();
    for args in [["build", "-v"], ["check", "-v"], ["list", "--json"], ["new", "Hello"], ["build", "--json"]] {
        let mut command = site.command(&args);
        command.current_dir(&odd).env_remove("HOME");
        let said = finish(command);
        assert_eq!(said.code, 0, "{args:?}: {said:?}");
    }
    assert!(odd.join("public/a/index.html").is_file());
}
