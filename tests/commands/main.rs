//! The program as its user meets it: commands, options, exit codes and what is said.

#![expect(clippy::disallowed_methods, reason = "calls the program and looks at what it wrote")]
#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

#[path = "../support/golden.rs"]
mod golden;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tools.rs"]
mod tools;

mod beginning;
mod cells;
mod checking;
mod cleaning;
mod doctor;
mod errors;
mod events;
mod explaining;
mod interrupting;
mod listing;
mod manual;
mod options;
mod results;
mod schema;
mod serving;

use support::Site;

/// A site with one post of each fate.
fn site() -> Site {
    Site::new(&[
        ("blog.toml", "title = \"Notes\"\n"),
        (
            "content/good.md",
            "+++\ntitle = \"Good\"\ntags = [\"a\"]\ncategories = [\"B\"]\ndate = 2024-05-06\n+++\nText.\n",
        ),
        ("content/draft.md", "+++\ntitle = \"Draft\"\ndraft = true\n+++\nText.\n"),
        ("content/future.md", "+++\ntitle = \"Future\"\ndate = 2999-01-01\n+++\nText.\n"),
        ("content/expired.md", "+++\ntitle = \"Expired\"\nexpiryDate = 2001-01-01\n+++\nText.\n"),
    ])
}

#[test]
fn the_exit_code_tells_a_wrong_site_from_a_wrong_command() {
    let site = site();
    for (args, code, sign) in [
        (&["build"][..], 0, "Built"),
        (&["check"], 0, "Checked"),
        (&["list"], 0, ""),
        (&["--version"], 0, ""),
        (&["--help"], 0, ""),
        (&["help"], 0, ""),
        (&["help", "build"], 0, ""),
        (&[], 2, "Usage: blog"),
        (&["frob"], 2, "'frob'"),
        (&["build", "--nope"], 2, "'--nope'"),
        (&["build", "--color", "blue"], 2, "'blue'"),
        (&["build", "--base-url", "ftp://a.example"], 2, "https://"),
        (&["build", "-q", "-v"], 2, "cannot be used with"),
        (&["build", "extra"], 2, "'extra'"),
        (&["new"], 2, "<TITLE>"),
        (&["new", "A post", "--lang", "cobol"], 2, "cells are not written in `cobol`, but in rust, python"),
        (&["new", "A post", "--toml", "--yaml"], 2, "cannot be used with"),
        (&["new", "A post", "--edit"], 2, "`--edit` needs the name of an editor"),
        (&["serve", "--port", "99999"], 2, "99999"),
        (&["serve", "--host", "192.0.2.1"], 1, "cannot listen on 192.0.2.1"),
        (&["build", "--root", "nowhere"], 2, "error: nowhere is not a folder"),
        (&["build", "--config", "nowhere.toml"], 2, "error: nowhere.toml is not a file in the site's folder"),
        (&["build", "--config", "/etc/passwd"], 2, "error: /etc/passwd is not a file in the site's folder"),
    ] {
        let said = site.blog(args);
        assert_eq!(said.code, code, "{args:?}: {said:?}");
        assert!(said.stderr.contains(sign), "{args:?}: {said:?}");
    }
    site.write("content/wrong.md", "[nowhere](nowhere.md)\n");
    for command in ["build", "check", "list"] {
        let said = site.blog(&[command]);
        assert_eq!(said.code, 1, "{command}: {said:?}");
        assert!(said.stderr.contains(" --> content/wrong.md:1:11\n"), "{command}: {said:?}");
        assert!(said.stderr.ends_with("error: the site is wrong in 1 place\n"), "{command}: {said:?}");
        assert_eq!(said.stdout, "", "{command}");
    }
}

#[test]
fn help_names_every_option_of_a_command() {
    let site = Site::new(&[]);
    let global =
        ["--progress", "--root", "--config", "--output", "--base-url", "--quiet", "--verbose", "--color", "--help"];
    for (command, own) in [
        ("build", &["--drafts", "--future", "--locked", "--frozen", "--json"][..]),
        ("run", &["--drafts", "--future", "--rerun", "--json", "[POST[#CELL]]"]),
        ("verify", &["--drafts", "--future", "[POST[#CELL]]"]),
        ("check", &["--drafts", "--future", "--strict", "--format", "sarif", "github"]),
        ("serve", &["--drafts", "--future", "--port", "--host", "--open", "4000", "127.0.0.1"]),
        ("explain", &["[CODE]"]),
        ("list", &["--json"]),
        ("clean", &["--results"]),
        ("new", &["--series", "--tags", "--lang", "--draft", "--edit", "--yaml", "--toml", "<TITLE>"]),
        ("init", &["[DIR]", "--ci", "github"]),
        ("doctor", &["--json"]),
        ("schema", &["front-matter", "config"]),
        ("completions", &["<SHELL>", "powershell"]),
        ("man", &["--dir"]),
    ] {
        let said = site.blog(&[command, "--help"]);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{command}");
        for option in own.iter().chain(&global) {
            assert!(said.stdout.contains(option), "{command} --help does not mention {option}\n{}", said.stdout);
        }
        assert!(site.blog(&["--help"]).stdout.contains(&format!("\n  {command} ")), "{command}");
    }
}

#[test]
fn a_build_says_how_many_posts_it_left_out_and_why() {
    let site = site();
    let said = site.build();
    let left_out = "Left out 3 posts: 1 draft (`--drafts` publishes them), 1 of the future (`--future` publishes them), 1 expired\n";
    assert!(said.stderr.starts_with(left_out), "{said:?}");
    assert_eq!(said.stdout, "");
    for (args, there) in [
        (&["build"][..], ["good"].as_slice()),
        (&["build", "--drafts"], &["draft", "good"]),
        (&["build", "--future"], &["future", "good"]),
        (&["build", "--drafts", "--future"], &["draft", "future", "good"]),
        (&["build"], &["good"]),
    ] {
        assert_eq!(site.blog(args).code, 0);
        let posts = ["draft", "expired", "future", "good"];
        let published = posts.into_iter().filter(|post| site.path(&format!("public/{post}")).exists());
        assert_eq!(published.collect::<Vec<_>>(), there, "{args:?}");
    }
}

#[test]
fn check_does_everything_but_write_the_site() {
    let site = site();
    site.write("content/cell.md", "```sh,run\necho hello\n```\n");
    let said = site.blog(&["check"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("Checked ") && said.stderr.contains("nothing is wrong\n"), "{said:?}");
    assert!(!site.path("public").exists());
    assert_eq!(site.read("results/cell/cell-1.out"), "hello\n", "what ran need not run again");

    site.write("content/cell.md", "```sh,run\nexit 4\n```\n\n[nowhere](nowhere.md)\n");
    let said = site.blog(&["check"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains("ended with exit code 4") && said.stderr.contains("is dead"), "{said:?}");
    assert!(said.stderr.ends_with("error: the site is wrong in 2 places\n"), "{said:?}");
}
