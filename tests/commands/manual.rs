//! `completions` and `man`.

use std::collections::BTreeSet;
use std::process::Command;

use crate::support::{Site, finish, tree};
use crate::tools::{or_left_out, program};

/// The commands that `--help` lists.
fn commands(help: &str) -> BTreeSet<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    lines
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_shell_gets_a_script_that_knows_every_command() {
    let site = Site::new(&[]);
    let commands = commands(&site.blog(&["--help"]).stdout);
    assert!(commands.contains("build") && commands.contains("help"), "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = site.blog(&["completions", shell]);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{shell}");
        for word in commands.iter().map(String::as_str).chain(["frozen", "base-url", "dry-run"]) {
            assert!(said.stdout.contains(word), "{shell}: {word}");
        }
    }
    let said = site.blog(&["completions", "cmd"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("bash, elvish, fish, powershell, zsh"), "{said:?}");
    assert!(tree(&site.path("")).is_empty());
}

#[test]
fn a_shell_completes_with_its_script() {
    let site = Site::new(&[]);
    let complete = site.blog(&["completions", "bash"]).stdout;
    for (line, wanted) in [
        (&["blog", "ver"][..], &["verify"][..]),
        (&["blog", "build", "--lo"], &["--locked"]),
        (&["blog", "results", ""], &["list", "diff", "gc", "help"]),
        (&["blog", "check", "--color", ""], &["auto", "always", "never"]),
    ] {
        let words = line.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
        let [.., before, last] = line else { unreachable!("each has two words") };
        let call = format!("COMP_WORDS=({words}); COMP_CWORD={}; _blog blog '{last}' '{before}'", line.len() - 1);
        let mut bash = Command::new("bash");
        bash.args(["--norc", "-c", &format!("{complete}\n{call}\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"")]);
        let said = finish(bash);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{line:?}");
        let found: BTreeSet<&str> = said.stdout.lines().collect();
        assert!(wanted.iter().all(|word| found.contains(word)), "{line:?}: {found:?}");
        assert!(!found.contains("new"), "{line:?}: {found:?}");
    }
}

/// What fish offers behind a line, and whether zsh completes an option: with their scripts, which they say nothing else of.
#[test]
fn fish_and_zsh_complete_with_their_scripts() {
    let site = Site::new(&[]);
    let script = |shell: &str| site.blog(&["completions", shell]).stdout;
    if let Some(fish) = or_left_out(program(&["fish"]), "fish", "completing in it") {
        site.write("blog.fish", script("fish"));
        for (line, wanted) in [
            ("blog ver", &["verify"][..]),
            ("blog build --lo", &["--locked"]),
            ("blog check --format ", &["github", "human", "json", "sarif"]),
            ("blog completions ", &["bash", "elvish", "fish", "powershell", "zsh"]),
            ("blog schema ", &["config", "front-matter"]),
        ] {
            let mut shell = Command::new(&fish);
            shell.args(["--no-config", "-c", &format!("source blog.fish; complete -C '{line}'")]);
            shell.current_dir(site.path(""));
            let said = finish(shell);
            let found: Vec<&str> = said.stdout.lines().filter_map(|line| line.split('\t').next()).collect();
            assert_eq!((found.as_slice(), said.stderr.as_str()), (wanted, ""), "{line}");
        }
    }
    if let Some(zsh) = or_left_out(program(&["zsh"]), "zsh", "completing in it") {
        site.write("completions/_blog", script("zsh"));
        // What is typed is echoed too, so that what is waited for must not be all typed.
        let typed = r#"
            zmodload zsh/zpty
            zpty shell "$0" -f -i
            zpty -w shell 'PS1= fpath=($PWD/completions $fpath); autoload -U compinit; compinit -u -D; print rea""dy'
            zpty -r shell said '*ready*'
            zpty -w -n shell $'blog build --lo\t'
            zpty -r shell said '*--lo*cked*'
            zpty -w -n shell $'\C-ublog completions pow\t'
            zpty -r shell said '*pow*ershell*'
        "#;
        let mut shell = Command::new(&zsh);
        shell.args(["-f", "-c", typed]).arg(&zsh).env("TERM", "xterm").current_dir(site.path(""));
        let said = finish(shell);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{said:?}");
    }
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let site = Site::new(&[]);
    let page = site.blog(&["man"]);
    assert_eq!((page.code, page.stderr.as_str()), (0, ""));
    assert!(page.stdout.contains(".TH blog 1") && page.stdout.contains("blog\\-build(1)"), "{page:?}");
    assert!(tree(&site.path("")).is_empty());

    let said = site.blog(&["man", "--dir", "man/man1"]);
    assert_eq!(said.code, 0, "{said:?}");
    let pages = tree(&site.path("man/man1"));
    assert_eq!(said.stderr, format!("Written {} pages to man/man1\n", pages.len()));
    let mut commands = commands(&site.blog(&["--help"]).stdout);
    commands.remove("help");
    for command in &commands {
        assert!(pages.contains_key(&format!("blog-{command}.1")), "{command}: {:?}", pages.keys());
    }
    let text = String::from_utf8_lossy(&pages["blog-results-gc.1"]);
    assert!(text.contains("dry\\-run") && text.contains("base\\-url"), "{text}");
    assert_eq!(pages["blog.1"], page.stdout.as_bytes());
    assert_eq!(site.blog(&["man", "--dir", "man/man1/blog.1"]).code, 1, "a file is no folder");
}
