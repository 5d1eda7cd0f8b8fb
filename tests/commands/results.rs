//! `blog results`: what is stored, how it differs from a revision, what nobody needs any more.

use std::process::Command;

use crate::support::Site;

const POST: &str =
    "+++\ntitle = \"A\"\ndate = 2024-01-02\n+++\n\n```sh,run:one\necho one\n```\n\n```sh,run:two\necho two\n```\n";

fn site() -> Site {
    let site = Site::new(&[("blog.toml", ""), ("content/a.md", POST)]);
    let built = site.blog(&["build"]);
    assert_eq!(built.code, 0, "{built:?}");
    site
}

fn git(site: &Site, args: &[&str]) {
    let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
    let output = Command::new("git").current_dir(site.path("")).args(identity).args(args).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// A repository whose first revision holds the results of a site.
fn repository() -> Site {
    let site = site();
    git(&site, &["init", "-q"]);
    git(&site, &["add", "content", "results"]);
    git(&site, &["commit", "-q", "-m", "one"]);
    site
}

/// The state of each result.
fn states(site: &Site) -> Vec<(String, String)> {
    let listed = site.blog(&["results", "list", "--json"]);
    assert_eq!(listed.code, 0, "{listed:?}");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&listed.stdout).unwrap();
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
    rows.iter().map(|row| (format!("{}#{}", text(row, "post"), text(row, "cell")), text(row, "state"))).collect()
}

fn expected(states: &[(&str, &str)]) -> Vec<(String, String)> {
    states.iter().map(|(place, state)| ((*place).to_owned(), (*state).to_owned())).collect()
}

#[test]
fn every_result_and_every_cell_is_listed_with_its_state() {
    let site = site();
    assert_eq!(states(&site), expected(&[("a#one", "current"), ("a#two", "current")]));
    let listed = site.blog(&["results", "list"]).stdout;
    assert!(listed.starts_with("cell ") && listed.contains("\na#one "), "{listed}");

    site.write("content/a.md", POST.replace("echo one", "echo 1").replace("run:two", "run:three"));
    std::fs::write(site.path("results/a/broken.toml"), "nonsense").unwrap();
    assert_eq!(
        states(&site),
        expected(&[("a#one", "stale"), ("a#three", "missing"), ("a#broken", "unreadable"), ("a#two", "orphan")])
    );
}

#[test]
fn results_of_cells_that_are_gone_are_removed_and_drafts_keep_theirs() {
    let site = site();
    site.write("locks/rust-00000000.lock", "");
    let draft = "+++\ntitle = \"D\"\ndraft = true\n+++\n\n```sh,run:kept\necho kept\n```\n";
    site.write("content/draft.md", draft);
    assert_eq!(site.blog(&["build", "--drafts"]).code, 0);
    site.write("content/a.md", POST.replace("run:two", "run:three"));

    let dry = site.blog(&["results", "gc", "--dry-run"]);
    assert_eq!((dry.code, dry.stdout.as_str()), (0, "results/a/two\nlocks/rust-00000000.lock\n"), "{dry:?}");
    assert!(site.path("results/a/two.toml").exists());
    assert_eq!(site.blog(&["results", "gc"]).stdout, dry.stdout);
    for (file, kept) in [
        ("results/a/one.toml", true),
        ("results/a/two.toml", false),
        ("results/a/two.out", false),
        ("results/draft/kept.toml", true),
        ("locks/rust-00000000.lock", false),
    ] {
        assert_eq!(site.path(file).exists(), kept, "{file}");
    }
}

#[test]
fn nothing_is_removed_from_a_site_that_cannot_be_read() {
    let site = site();
    site.write("content/a.md", "+++\ntitle =\n+++\n");
    let gc = site.blog(&["results", "gc"]);
    assert_eq!(gc.code, 1, "{gc:?}");
    assert!(site.path("results/a/two.toml").exists());
}

#[test]
fn a_difference_is_told_by_what_it_means() {
    let site = repository();
    let same = site.blog(&["results", "diff"]);
    assert_eq!((same.code, same.stdout.as_str()), (0, "all 2 results say what those of HEAD say\n"), "{same:?}");

    site.write("content/a.md", POST.replace("echo one", "echo 1").replace("run:two", "run:three"));
    assert_eq!(site.blog(&["build"]).code, 0);
    assert_eq!(site.blog(&["results", "gc"]).code, 0);
    let diff = site.blog(&["results", "diff", "HEAD"]);
    assert_eq!(diff.code, 0, "{diff:?}");
    for part in [
        "a#one\n    its code, its options or its packages are others\n    it prints `one` → `1`\n",
        "a#three\n    new: ",
        "a#two\n    gone: ",
    ] {
        assert!(diff.stdout.contains(part), "{part}: {diff:?}");
    }
}

#[test]
fn what_is_no_revision_is_said() {
    let site = site();
    let outside = site.blog(&["results", "diff"]);
    assert_eq!((outside.code, outside.stderr.as_str()), (1, "error: this site is not in a git repository\n"));
    git(&site, &["init", "-q"]);
    let unknown = site.blog(&["results", "diff", "v9"]);
    assert_eq!((unknown.code, unknown.stderr.as_str()), (1, "error: git knows no revision `v9`\n"));
    let option = site.blog(&["results", "diff", "--", "--output=x"]);
    assert_eq!((option.code, option.stderr.as_str()), (2, "error: `--output=x` is no revision\n"));
}

#[test]
fn a_record_of_a_revision_that_cannot_be_read_is_told_and_the_others_are_compared() {
    let site = site();
    let file = site.path("results/a/one.toml");
    let good = std::fs::read_to_string(&file).unwrap();
    git(&site, &["init", "-q"]);
    std::fs::write(&file, "nonsense").unwrap();
    git(&site, &["add", "results"]);
    git(&site, &["commit", "-q", "-m", "broken"]);
    std::fs::write(&file, good).unwrap();
    let diff = site.blog(&["results", "diff"]);
    assert_eq!(diff.code, 0, "{diff:?}");
    assert!(diff.stdout.starts_with("a#one\n    that of HEAD cannot be read: it is no record: "), "{diff:?}");
    assert!(!diff.stdout.contains("a#two"), "{diff:?}");
}

#[test]
fn nothing_in_a_record_reaches_the_terminal_as_a_command() {
    let site = repository();
    let file = site.path("results/a/one.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let hostile = text.replace("toolchain = \"", "toolchain = \"\\u001B]0;x\\u0007");
    assert_ne!(hostile, text);
    std::fs::write(&file, hostile).unwrap();
    for args in [&["results", "list", "--color", "always"][..], &["results", "diff", "--color", "always"]] {
        let said = site.blog(args);
        assert!(!said.stdout.contains("\u{1b}]"), "{said:?}");
        assert!(said.stdout.contains("\u{fffd}]0;x"), "{said:?}");
    }
}

#[test]
fn results_of_a_post_that_cannot_be_read_are_not_silently_orphans() {
    let site = site();
    site.write("content/a.md", "+++\ntitle =\n+++\n");
    let listed = site.blog(&["results", "list"]);
    assert_eq!(listed.code, 1, "{listed:?}");
    assert!(listed.stdout.contains("a#one"), "{listed:?}");
}
