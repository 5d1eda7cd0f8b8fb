//! `--json`: what a command does, an event a line.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Said, Site, finish};

/// Every event with its keys, as the guide describes them.
const EVENTS: [(&str, &[&str]); 5] = [
    ("cell_started", &["event", "post", "cell", "phase"]),
    ("cell_finished", &["event", "post", "cell", "state", "why", "compiled", "cases"]),
    (
        "diagnostic",
        &["event", "severity", "code", "message", "place", "related", "detail", "notes", "help", "replacement"],
    ),
    ("page_written", &["event", "url", "path"]),
    ("build_finished", &["event", "ok", "errors", "warnings", "files", "took_ns"]),
];

/// The events of a command, each of which is as described.
fn events(said: &Said) -> Vec<Value> {
    let known: BTreeMap<&str, &[&str]> = EVENTS.into_iter().collect();
    let read = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let keys: Vec<&String> = event.as_object().unwrap().keys().collect();
        assert_eq!(keys, known[event["event"].as_str().unwrap()], "{line}");
        event
    };
    said.stdout.lines().map(read).collect()
}

/// Events in a word or two each.
fn in_short(events: &[Value]) -> Vec<String> {
    let word = |event: &Value, key: &str| event[key].as_str().unwrap_or_default().to_owned();
    let short = |event: &Value| match event["event"].as_str().unwrap() {
        "cell_started" => format!("{} {}", word(event, "phase"), word(event, "cell")),
        "cell_finished" => format!("{} {}", word(event, "state"), word(event, "cell")),
        "diagnostic" => word(event, "severity"),
        "page_written" => word(event, "path"),
        _ => format!("ok: {}", event["ok"]),
    };
    events.iter().map(short).collect()
}

#[test]
fn a_build_tells_programs_what_it_does() {
    let site = Site::new(&[
        (
            "blog.toml",
            "base_url = \"https://a.example/b\"\n[languages.nope]\ntitle = \"Nope\"\ncomment = \"#\"\nfile = \"x\"\n\
              check = [\"no-such-tool\"]\nrun = [\"no-such-tool\"]\nversion = [\"no-such-tool\"]\n",
        ),
        ("content/x/index.md", "```sh,bench:fast\n#| reps = 7\necho hello\n```\n"),
    ]);
    let said = site.blog(&["build", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("Ran content/x/index.md#fast ") && said.stderr.contains("Built "), "{said:?}");
    let all = events(&said);
    let (cells, rest) = all.split_at(3);
    assert_eq!(in_short(cells), ["compile fast", "run fast", "ran fast"]);
    assert_eq!(cells[2]["post"], "x/index");
    let case = &cells[2]["cases"][0];
    assert_eq!((&case["params"], &case["ends"][0]["exit"]), (&serde_json::json!({}), &"code 0".into()));
    let (runs, median) = (case["runs"].as_u64().unwrap(), case["median_ns"].as_f64().unwrap());
    let interval: Vec<f64> = serde_json::from_value(case["interval_ns"].clone()).unwrap();
    assert!(runs >= 6 && interval[0] <= median && median <= interval[1], "{case}");
    let page = rest.iter().find(|event| event["path"] == "x/index.html").unwrap();
    assert_eq!(page["url"], "https://a.example/b/x/");
    let end = rest.last().unwrap();
    let new = rest.iter().filter(|event| event["event"] == "page_written").count();
    assert_eq!(end["files"], serde_json::json!({"new": new, "changed": 0, "unchanged": 0, "removed": 0}));

    let said = site.blog(&["build", "--json", "-q"]);
    assert_eq!(in_short(&events(&said)), ["stored fast", "ok: true"]);
    assert_eq!(said.stderr, "");

    site.write("content/x/index.md", "```sh,run:bad\nexit 3\n```\n\n```nope,run:odd\n#| missing = \"show\"\n```\n");
    for (args, files) in
        [(&["build", "--json"][..], "null"), (&["run", "--json"], "null"), (&["verify", "--json"], "null")]
    {
        let said = site.blog(args);
        assert_eq!(said.code, 1, "{said:?}");
        let all = events(&said);
        let short = in_short(&all);
        for part in ["failed bad", "skipped odd", "error", "ok: false"] {
            assert!(short.iter().any(|found| found == part), "{args:?}: {short:?}");
        }
        assert_eq!(all.last().unwrap()["files"].to_string(), files, "{args:?}");
    }
}

#[test]
fn a_diagnostic_is_the_same_as_check_tells_it() {
    let site = Site::new(&[("content/a.md", "+++\ntgas = []\n+++\n[dead](nowhere.md)\n")]);
    let mut told = events(&site.blog(&["build", "--json"]));
    assert_eq!(told.pop().unwrap()["errors"], 1);
    for event in &mut told {
        event.as_object_mut().unwrap().remove("event");
    }
    let check: Vec<Value> = serde_json::from_str(&site.blog(&["check", "--format", "json"]).stdout).unwrap();
    assert_eq!(told, check);
}

#[test]
fn events_come_as_they_happen() {
    let site = Site::new(&[("content/x.md", "```sh,run:slow\n#| timeout = \"50s\"\nsleep 40\n```\n")]);
    let mut child = site.command(&["build", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut phases = lines.map(|line| serde_json::from_str::<Value>(&line).unwrap()["phase"].clone());
    assert!(phases.any(|phase| phase == "run"));
    assert!(child.try_wait().unwrap().is_none(), "the cell still sleeps");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_workflow_of_github_gets_its_lines_marked() {
    let site = Site::new(&[("content/a.md", "[dead](nowhere.md)\n")]);
    for command in ["build", "run", "check"] {
        let mut command = site.command(&[command]);
        command.env("GITHUB_ACTIONS", "true");
        let said = finish(command);
        assert!(said.stderr.contains("\n::error ") && said.stderr.contains(",file=content/a.md,line=1,"), "{said:?}");
        assert_eq!(said.stdout, "");
    }
    assert!(!site.blog(&["build"]).stderr.contains("::error"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure_and_a_full_disk_is() {
    let site = Site::new(&[("content/x.md", "```sh,run\necho hello\n```\n")]);
    let blog = env!("CARGO_BIN_EXE_blog");
    for args in [
        "list",
        "list --json",
        "build --json",
        "run",
        "results list",
        "schema config",
        "man",
        "completions zsh",
        "explain",
    ] {
        let mut command = Command::new("bash");
        command.args(["-c", &format!("{blog} {args} | true; exit ${{PIPESTATUS[0]}}")]).current_dir(site.path(""));
        let said = finish(command);
        assert_eq!((said.code, said.stderr.contains("panic")), (0, false), "{args}: {said:?}");
    }
    for args in ["list", "doctor", "run", "schema config", "results list", "explain"] {
        let mut command = Command::new("bash");
        command.args(["-c", &format!("{blog} {args} >/dev/full")]).current_dir(site.path(""));
        let said = finish(command);
        let expected = "error: standard output cannot be written: No space left on device\n";
        assert!(said.code == 1 && said.stderr.ends_with(expected), "{args}: {said:?}");
    }
}
