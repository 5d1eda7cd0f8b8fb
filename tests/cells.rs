//! Compiling of cells: one call of the compiler for each cell whose program is new, and none for any other.

#![expect(clippy::disallowed_methods, reason = "a program stands in front of the compiler and takes notes on the disk")]
#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

mod support;

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use support::{Said, Site, finish, tree};

/// A site, with a `rustc` before the real one that writes down each call.
struct Watched {
    site: Site,
}

impl Watched {
    fn new(files: &[(&str, &str)]) -> Self {
        let watched = Watched { site: Site::new(files) };
        let folder = watched.site.around().join("bin");
        fs::create_dir(&folder).unwrap();
        fs::write(watched.log(), "").unwrap();
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$*\" >> '{}'\nexec '{}' \"$@\"\n",
            watched.log().display(),
            real_compiler().display(),
        );
        fs::write(folder.join("rustc"), script).unwrap();
        fs::set_permissions(folder.join("rustc"), Permissions::from_mode(0o755)).unwrap();
        watched
    }

    fn log(&self) -> PathBuf {
        self.site.around().join("calls")
    }

    /// Builds the site. Says how that ended, and how many cells were compiled: calls that are to leave a file behind, unlike
    /// those that ask for the version.
    fn build(&self) -> (Said, usize) {
        fs::write(self.log(), "").unwrap();
        let path = env::var_os("PATH").unwrap();
        let folders = [self.site.around().join("bin")].into_iter().chain(env::split_paths(&path));
        let mut command = self.site.command(&["build"]);
        command.env("PATH", env::join_paths(folders).unwrap());
        let said = finish(command);
        let log = fs::read_to_string(self.log()).unwrap();
        (said, log.lines().filter(|call| call.contains(" -o ")).count())
    }

    /// Builds the site, which is well, and gives the number of cells that were compiled.
    fn compiled(&self) -> usize {
        let (said, compiled) = self.build();
        assert_eq!(said.code, 0, "{said:?}");
        compiled
    }

    /// The same after an edit of a post.
    fn compiled_after(&self, post: &str, from: &str, to: &str) -> usize {
        let text = self.site.read(post);
        assert!(text.contains(from), "{text}");
        self.site.write(post, text.replacen(from, to, 1));
        self.compiled()
    }

    /// The cells that have a result.
    fn stored(&self) -> Vec<String> {
        let files = tree(&self.site.path("results")).into_keys();
        files.filter_map(|file| file.strip_suffix(".toml").map(str::to_owned)).collect()
    }
}

fn real_compiler() -> PathBuf {
    let path = env::var_os("PATH").unwrap();
    let mut candidates = env::split_paths(&path).map(|folder| folder.join("rustc"));
    candidates.find(|path| path.is_file()).expect("what compiled this test is on the PATH")
}

const ONE: &str = "Prose.\n\n```rust,run:a\nprintln!(\"a\");\n```\n\n```rust,run:b\nprintln!(\"b\");\n```\n\n\
                   ```rust,check:c\nlet c = 3;\n```\n\n```rust\nfn main() {}\n```\n";
const TWO: &str = "```rust,run:d\nprintln!(\"d\");\n```\n\n```rust,compile_fail,check:e\nlet e: u8 = \"e\";\n```\n";

#[test]
fn each_cell_is_compiled_once() {
    let site = Watched::new(&[("content/one.md", ONE), ("content/two.md", TWO)]);
    assert_eq!(site.compiled(), 5);
    // Where a compiler lies is no part of what its cells are.
    let said = site.site.build();
    assert!(said.stderr.contains("(0 new, 0 changed)"), "{said:?}");
    assert_eq!(site.compiled(), 0);
    // It is not even asked for its version.
    assert_eq!(fs::read_to_string(site.log()).unwrap(), "");
    let prose = "More of it, above the cells.\n\n## And a heading";
    assert_eq!(site.compiled_after("content/one.md", "Prose.", prose), 0);
    assert_eq!(site.compiled_after("content/one.md", "fn main() {}", "fn main() { }"), 0, "it is only shown");
    assert_eq!(fs::read_to_string(site.log()).unwrap(), "");
}

#[test]
fn an_edited_cell_is_compiled_alone() {
    let site = Watched::new(&[("content/one.md", ONE), ("content/two.md", TWO)]);
    site.compiled();
    for (post, from, to) in [
        ("content/one.md", "(\"b\")", "(\"b, edited\")"),
        ("content/one.md", "let c = 3;", "let c = 4;"),
        ("content/two.md", "\"e\"", "\"e, edited\""),
        ("content/two.md", "```rust,run:d\n", "```rust,run:d\n//| profile = \"debug\"\n"),
        ("content/two.md", "```rust,run:d\n", "```rust,run:new\nprintln!(\"new\");\n```\n\n```rust,run:d\n"),
    ] {
        assert_eq!(site.compiled_after(post, from, to), 1, "{to}");
        assert_eq!(site.compiled(), 0, "{to}");
    }
}

#[test]
fn the_cells_that_use_an_edited_one_are_compiled() {
    let site = Watched::new(&[
        ("content/one.md", ONE),
        (
            "content/libs.md",
            "```rust,lib:base\nfn base() -> u8 { 1 }\n```\n\n\
             ```rust,lib:more\n//| use = \"base\"\nfn more() -> u8 { base() + 1 }\n```\n\n\
             ```rust,run:on-base\n//| use = \"base\"\nprintln!(\"{}\", base());\n```\n\n\
             ```rust,run:on-more\n//| use = \"more\"\nprintln!(\"{}\", more());\n```\n\n\
             ```rust,run:alone\nprintln!(\"alone\");\n```\n",
        ),
    ]);
    assert_eq!(site.compiled(), 6, "those that are only used are not compiled by themselves");
    assert_eq!(site.compiled_after("content/libs.md", "base() + 1", "base() + 2"), 1);
    assert_eq!(site.compiled_after("content/libs.md", "u8 { 1 }", "u8 { 3 }"), 2);
    assert_eq!(site.site.read("results/libs/on-more.out"), "5\n");
}

#[test]
fn a_cell_that_fails_keeps_no_other_from_being_compiled_run_and_stored() {
    for (mistake, mended) in
        [("let a: u8 = \"a\";", "let a = 1;"), ("std::process::exit(3);", "std::process::exit(0);")]
    {
        let failing = format!("```rust,run:failing\n{mistake}\n```\n\n{TWO}");
        let site = Watched::new(&[("content/one.md", ONE), ("content/two.md", &failing)]);
        let (said, compiled) = site.build();
        assert_eq!((said.code, compiled), (1, 6), "{said:?}");
        assert_eq!(site.stored(), ["one/a", "one/b", "one/c", "two/d", "two/e"], "{mistake}");
        let (said, compiled) = site.build();
        assert_eq!((said.code, compiled), (1, 1), "{said:?}");
        assert_eq!(site.compiled_after("content/two.md", mistake, mended), 1, "{mended}");
        assert_eq!(site.stored().len(), 6, "{mended}");
    }
}
