//! `check --format`.

use serde_json::Value;

use crate::support::{Site, finish};

/// A site with a warning and an error.
fn wrong() -> Site {
    Site::new(&[
        ("blog.toml", "title = \"Notes\"\n"),
        ("content/a.md", "+++\ntgas = [\"a\"]\n+++\n[dead](nowhere.md)\n"),
    ])
}

#[test]
fn what_is_wrong_is_told_as_it_was_asked_for_and_the_exit_code_is_the_same() {
    let site = wrong();
    let human = site.blog(&["check", "--format", "human"]);
    assert_eq!((human.code, human.stdout.as_str()), (1, ""));
    assert!(human == site.blog(&["check"]));
    for (format, sign) in [
        ("json", "\"path\": \"content/a.md\",\n      \"line\": 4,\n      \"column\": 8,"),
        ("sarif", "\"uri\": \"content/a.md\""),
        ("github", ",file=content/a.md,line=4,endLine=4,col=8,endColumn=18::"),
    ] {
        let said = site.blog(&["check", "--format", format]);
        assert_eq!((said.code, said.stderr.as_str()), (1, ""), "{format}: {said:?}");
        assert!(said.stdout.contains(sign), "{format}: {said:?}");
        // Without colours and whoever asks.
        assert!(said == site.blog(&["check", "--format", format, "--color", "always"]), "{format}");
    }
    site.write("content/a.md", "Text.\n");
    for (format, nothing) in [("json", "[]\n"), ("github", "")] {
        let said = site.blog(&["check", "--format", format]);
        assert_eq!((said.code, said.stdout.as_str()), (0, nothing), "{format}: {said:?}");
        assert!(said.stderr.ends_with("nothing is wrong\n"), "{said:?}");
    }
    assert_eq!(site.blog(&["check", "--format", "xml"]).code, 2);
}

#[test]
fn every_diagnostic_is_in_the_log_with_its_severity() {
    let site = wrong();
    let log: Value = serde_json::from_str(&site.blog(&["check", "--format", "sarif"]).stdout).unwrap();
    assert_eq!((&log["version"], log["runs"].as_array().unwrap().len()), (&"2.1.0".into(), 1));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let levels: Vec<&Value> = results.iter().map(|result| &result["level"]).collect();
    assert_eq!(levels, ["warning", "error"]);
    let rules: Vec<&Value> =
        log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    assert!(results.iter().all(|result| rules.contains(&&result["ruleId"])), "{log:#}");
    assert!(results[0]["message"]["text"].as_str().unwrap().ends_with("help: did you mean `tags`?"), "{log:#}");
}

#[test]
fn files_are_named_from_where_blog_was_called() {
    let site = wrong();
    let mut command = site.command(&["check", "--format", "github", "--root", "site"]);
    command.current_dir(site.around());
    let said = finish(command);
    assert!(said.stdout.contains("file=site/content/a.md,"), "{said:?}");
}

#[test]
fn warnings_fail_a_strict_check_alone() {
    let site = Site::new(&[("content/a.md", "+++\ntgas = []\n+++\n")]);
    for (args, code, end) in [
        (&["check"][..], 0, " files of the site, 1 warning\n"),
        (&["check", "--strict"], 1, "error: 1 warning, which `--strict` does not let pass\n"),
        (&["check", "--strict", "--format", "json"], 1, "error: 1 warning, which `--strict` does not let pass\n"),
    ] {
        let said = site.blog(args);
        assert_eq!(said.code, code, "{args:?}: {said:?}");
        assert!(said.stderr.ends_with(end), "{args:?}: {said:?}");
    }
    site.write("content/a.md", "Text.\n");
    assert_eq!(site.blog(&["check", "--strict"]).code, 0);
}
