//! How often compilers are called: once for each cell whose program is new, and never for anything else.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::support::{Said, Site, finish};

/// Stands in front of the real compiler. Notes the first line of every program that is compiled.
const COMPILER: &str = r#"#!/bin/sh
for last; do :; done
case $last in *.rs) grep -m 1 -o '//! .*' "$last" >> "${0%/*}/compiled" ;; esac
PATH=${PATH#*:} exec rustc "$@"
"#;

/// A site whose compiler counts.
struct Counted {
    site: Site,
}

impl Counted {
    fn new(files: &[(&str, &str)]) -> Counted {
        let site = Site::new(files);
        let compiler = site.around().join("bin/rustc");
        fs::create_dir(compiler.parent().unwrap()).unwrap();
        fs::write(&compiler, COMPILER).unwrap();
        fs::set_permissions(compiler, Permissions::from_mode(0o755)).unwrap();
        Counted { site }
    }

    /// Builds the site with programs from these folders. Tells what was compiled, in order of names.
    fn build(&self, path: &str) -> (Said, Vec<String>) {
        let mut command = self.site.command(&["build"]);
        command.env("PATH", path);
        let said = finish(command);
        let log = self.site.around().join("bin/compiled");
        let mut compiled: Vec<String> =
            fs::read_to_string(&log).unwrap_or_default().lines().map(|line| line[4..].to_owned()).collect();
        let _ = fs::remove_file(log);
        compiled.sort();
        (said, compiled)
    }

    /// The same, with the compiler that counts in front of the others.
    fn compiled(&self) -> (Said, Vec<String>) {
        let path = std::env::var("PATH").unwrap();
        self.build(&format!("{}:{path}", self.site.around().join("bin").display()))
    }
}

/// A cell that is called so and does this.
fn cell(info: &str, name: &str, code: &str) -> String {
    format!("```rust,{info}:{name}\n//! {name}\n{code}\n```\n\n")
}

/// A post with such cells, and more below.
fn post(cells: &[String]) -> String {
    format!("Prose.\n\n{}", cells.concat())
}

#[test]
fn what_was_edited_is_compiled_and_nothing_else() {
    let threads = "let sum: u64 = std::thread::scope(|s| s.spawn(|| (1..=10).sum::<u64>()).join().unwrap());\nprintln!(\"{sum}\");";
    let lib = cell("lib", "lib", "fn twice(n: u64) -> u64 { 2 * n }").replace("//! lib\n", "");
    let used = cell("run", "used", "println!(\"{}\", twice(21));").replace("//! used", "//| use = [\"lib\"]\n//! used");
    let first = post(&[cell("run", "a", threads), cell("check", "b", "let n = 1;"), lib, used]);
    let second = post(&[cell("run", "c", "println!(\"c\");"), cell("compile_fail,check", "d", "let n: u8 = 256;")]);
    let counted = Counted::new(&[("content/one.md", &first), ("content/two.md", &second)]);
    let edit = |file: &str, from: &str, to: &str, expected: &[&str]| {
        let text = counted.site.read(file);
        assert!(text.contains(from), "{from}");
        counted.site.write(file, text.replacen(from, to, 1));
        let (said, compiled) = counted.compiled();
        assert_eq!(
            (said.code, &*compiled),
            (0, expected.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>().as_slice()),
            "{to}: {said:?}"
        );
    };
    edit("content/one.md", "Prose", "Prose", &["a", "b", "c", "d", "used"]);
    edit("content/one.md", "Prose", "Prose", &[]);
    edit("content/one.md", "Prose", "More\n\nProse", &[]);
    edit("content/two.md", "```rust,run:c\n", "```rust,run:c\n//| caption = \"Said\"\n", &[]);
    edit("content/one.md", "1..=10", "1..=11", &["a"]);
    edit("content/two.md", "\"c\"", "\"C\"", &["c"]);
    edit("content/two.md", "256", "257", &["d"]);
    edit("content/one.md", "2 * n", "n * 2", &["used"]);
    edit("content/one.md", "```rust,check:b\n", "```rust,check:b\n//| edition = \"2021\"\n", &["b"]);
    edit("content/one.md", "Prose", "```rust,run:new\n//! new\n```\n\nProse", &["new"]);

    let empty = counted.site.around().join("session").display().to_string();
    let (said, compiled) = counted.build(&empty);
    assert_eq!((said.code, compiled.len()), (0, 0), "all is there, so no program need be: {said:?}");
    counted.site.write("content/three.md", post(&[cell("run", "e", "")]));
    let (said, _) = counted.build(&empty);
    assert!(said.code == 1 && said.stderr.contains("`rustc` is not on this machine"), "{said:?}");
}

#[test]
fn a_cell_that_fails_is_compiled_again_and_its_neighbours_are_not() {
    let good = |name: &str| cell("run", name, &format!("println!(\"{name} ran\");"));
    let wrong = cell("run", "wrong", "let n: u8 = \"\";");
    let panics = cell("run", "panics", "panic!(\"on purpose\");");
    let counted = Counted::new(&[
        ("content/one.md", &post(&[wrong, good("a"), panics, good("b")])),
        ("content/two.md", &post(&[good("c")])),
    ]);
    let (said, compiled) = counted.compiled();
    assert_eq!((said.code, compiled.join(" ").as_str()), (1, "a b c panics wrong"), "{said:?}");
    assert!(said.stderr.contains("E0308") && said.stderr.contains("on purpose"), "{said:?}");
    for (result, output) in [("one/a", "a ran\n"), ("one/b", "b ran\n"), ("two/c", "c ran\n")] {
        assert_eq!(counted.site.read(&format!("results/{result}.out")), output);
    }
    let (said, compiled) = counted.compiled();
    assert_eq!((said.code, compiled.join(" ").as_str()), (1, "panics wrong"), "{said:?}");
    counted.site.write("content/one.md", post(&[good("wrong"), good("a"), good("panics"), good("b")]));
    let (said, compiled) = counted.compiled();
    assert_eq!((said.code, compiled.join(" ").as_str()), (0, "panics wrong"), "{said:?}");
}
