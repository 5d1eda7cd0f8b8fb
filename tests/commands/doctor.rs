//! `doctor`.

use serde_json::Value;

use crate::support::{Said, Site, finish, tree};

/// A language whose tool is nowhere.
const NOWHERE: &str = "[languages.nowhere]\ntitle = \"Nowhere\"\ncomment = \"#\"\nfile = \"cell.x\"\n\
    check = [\"no-such-tool\", \"{file}\"]\nrun = [\"no-such-tool\", \"{file}\"]\nversion = [\"no-such-tool\", \"--version\"]\n";

fn examined(site: &Site) -> (Said, Value) {
    let said = site.blog(&["doctor", "--json"]);
    let json = serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {said:?}"));
    (said, json)
}

fn tool<'j>(json: &'j Value, name: &str) -> &'j Value {
    json["languages"].as_array().unwrap().iter().find(|tool| tool["language"] == name).unwrap()
}

#[test]
fn the_tools_of_every_language_are_told_and_whether_cells_need_them() {
    let site = Site::new(&[("blog.toml", NOWHERE), ("content/a.md", "```sh,run\necho 1\n```\n")]);
    let (said, json) = examined(&site);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "what no cell needs may be missing");
    assert_eq!(tool(&json, "sh")["cells"], 1);
    assert!(tool(&json, "rust")["version"].as_str().unwrap().starts_with("rustc "), "{json:#}");
    let nowhere = tool(&json, "nowhere");
    assert_eq!((&nowhere["version"], &nowhere["needed"]), (&Value::Null, &Value::Bool(false)));
    assert_eq!(nowhere["trouble"], "missing: install `no-such-tool`");

    site.write("content/b.md", "+++\ndraft = true\n+++\n```nowhere,run\nx\n```\n");
    let (said, json) = examined(&site);
    assert_eq!((said.code, &json["ill"]), (1, &Value::Bool(true)), "{json:#}");
    assert_eq!(said.stderr, "error: cells of this site need what is missing here\n");
    let text = site.blog(&["doctor"]).stdout;
    assert!(text.contains("    Nowhere     missing: install `no-such-tool` (1 cell needs it)\n"), "{text}");

    site.write("content/b.md", "```nowhere,run\n#| missing = \"show\"\nx\n```\n");
    let (said, json) = examined(&site);
    assert_eq!((said.code, &tool(&json, "nowhere")["cells"]), (0, &Value::from(1)), "{json:#}");
}

#[test]
fn a_tool_is_asked_in_the_version_that_the_site_pins() {
    let pinned = NOWHERE.replace("no-such-tool", "sh").replace("\"--version\"", "\"-c\", \"echo $WHICH\"");
    let settings = format!("{pinned}pin = {{ file = \".which\", env = \"WHICH\" }}\n");
    let site = Site::new(&[("blog.toml", settings.as_str()), (".which", "7.1\n")]);
    assert_eq!(tool(&examined(&site).1, "nowhere")["version"], "7.1");
}

#[test]
fn the_machine_the_caches_and_the_site_are_told() {
    let site = Site::new(&[("blog.toml", ""), ("content/a.md", "```sh,run\necho 1\n```\n[dead](nowhere.md)\n")]);
    site.write(".blog/tools.json", [b' '; 2000]);
    let (said, json) = examined(&site);
    assert_eq!(said.code, 0, "a wrong site is for `check` to tell");
    assert_eq!(
        json["site"],
        serde_json::json!({"folder": ".", "config": "blog.toml", "errors": 1, "cells": 1, "to_run": 1})
    );
    assert!(json["machine"]["cores"].as_u64().unwrap() > 0 && json["machine"]["memory"].as_u64().unwrap() > 0);
    assert!(json["others"].as_f64().unwrap() >= 0.0);
    assert_eq!(json["quiet"].as_bool().unwrap(), json["others"].as_f64().unwrap() < 0.1, "{json:#}");
    assert!(json["tracing"].is_string() != json["no_tracing"].is_string(), "{json:#}");
    assert!(json["caches"][0]["bytes"].as_u64().unwrap() >= 2000, "{json:#}");
    let text = site.blog(&["doctor"]).stdout;
    for part in [
        "Site\n",
        "settings  blog.toml\n",
        "1 cell, 1 without a result\n",
        "1 place: `blog check`",
        "Languages\n",
        "Machine\n",
        "    network    cells can",
        "    timelines  ",
        "Caches\n",
        ".blog",
        " kB: what is remembered ",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!site.path("public").exists() && !site.path("results").exists());
}

#[test]
fn where_there_is_no_site_the_machine_is_told_all_the_same() {
    let site = Site::new(&[]);
    let (said, json) = examined(&site);
    assert_eq!((said.code, &json["site"]), (0, &Value::Null));
    assert!(site.blog(&["doctor"]).stdout.contains("no site here: `blog init DIR` begins one\n"));
    assert_eq!(site.blog(&["doctor", "--root", "nowhere"]).code, 2);
    let mut command = site.command(&["doctor", "--json"]);
    command.env("XDG_CACHE_HOME", site.around().join("cache"));
    let json: Value = serde_json::from_str(&finish(command).stdout).unwrap();
    assert_eq!(json["caches"][0]["bytes"], 0, "{json:#}");
    assert!(tree(&site.path("")).is_empty());
}
