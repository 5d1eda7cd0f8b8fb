//! The blog that this project publishes as its demonstration. Its cells are not run here: building it is what `.ci/run` ends with.

#![expect(clippy::disallowed_methods, reason = "reads the posts as they lie on the disk")]
#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What is copied, so that nothing is written into the project.
const PARTS: [&str; 2] = ["blog.toml", "content"];

/// Times that prose may name, since the code beside it sets them.
const SET_BY_CODE: [(&str, &str); 1] = [("content/2026-05-12-asyncio.md", "20 ms")];

/// The folder of the pages of codes, whose titles say all.
const ERRORS: &str = "content/docs/errors/";

/// An article of the demonstration: what `blog list` says of it, and its file.
struct Article {
    listed: Value,
    source: String,
    text: String,
}

impl Article {
    fn front_matter(&self) -> &str {
        self.text.split(&self.text[..4]).nth(1).unwrap()
    }

    fn body(&self) -> &str {
        self.text.splitn(3, &self.text[..4]).nth(2).unwrap()
    }

    fn is_post(&self) -> bool {
        self.listed["kind"] == "post"
    }
}

/// Reads and links the whole site without running anything.
fn articles() -> Vec<Article> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = tempfile::tempdir().unwrap();
    for entry in PARTS.iter().flat_map(|part| walkdir::WalkDir::new(project.join(part))) {
        let entry = entry.unwrap();
        let to = copy.path().join(entry.path().strip_prefix(project).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir(to).unwrap();
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
    let output = Command::new(env!("CARGO_BIN_EXE_blog"))
        .args(["list", "--json", "--color", "never", "--root"])
        .arg(copy.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert_eq!(said, "", "links lead somewhere, and nothing else is wrong");
    let pages: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let article = |listed: Value| {
        let source = listed["source"].as_str()?.to_owned();
        Some(Article { text: fs::read_to_string(project.join(&source)).unwrap(), source, listed })
    };
    pages.into_iter().filter_map(article).collect()
}

#[test]
fn there_are_ten_posts_half_of_them_in_each_notation() {
    let articles = articles();
    let posts: Vec<&Article> = articles.iter().filter(|article| article.is_post()).collect();
    assert!(posts.len() >= 10, "{} posts", posts.len());
    let toml = posts.iter().filter(|post| post.text.starts_with("+++\n")).count();
    let yaml = posts.iter().filter(|post| post.text.starts_with("---\n")).count();
    assert_eq!(toml + yaml, posts.len());
    assert!(toml.abs_diff(yaml) <= 1, "{toml} in TOML, {yaml} in YAML");
}

#[test]
fn every_post_says_what_it_is_about_and_runs_something() {
    for article in articles() {
        let Article { listed, source, .. } = &article;
        let full = |field: &str| listed[field].as_array().is_some_and(|values| !values.is_empty());
        assert!(
            source.starts_with(ERRORS) || article.front_matter().lines().any(|line| line.starts_with("description")),
            "{source} has no description"
        );
        assert_eq!(listed["draft"], false, "{source}");
        if article.is_post() {
            for field in ["tags", "categories", "cells"] {
                assert!(full(field), "{source} has no {field}");
            }
            assert!(listed["date"].is_string(), "{source} has no date");
            assert_eq!(listed["left_out"], Value::Null, "{source} is not published");
        }
    }
}

#[test]
fn rust_python_and_shell_run_in_every_way() {
    let articles = articles();
    let cells = || articles.iter().flat_map(|article| article.listed["cells"].as_array().unwrap());
    let all = |field: &str| cells().map(|cell| cell[field].as_str().unwrap()).collect::<BTreeSet<_>>();
    assert!(all("language").is_superset(&BTreeSet::from(["rust", "python", "sh"])), "{:?}", all("language"));
    assert!(all("verb").is_superset(&BTreeSet::from(["run", "bench", "check", "lib"])), "{:?}", all("verb"));
}

#[test]
fn addresses_titles_and_cells_have_names_of_their_own() {
    let articles = articles();
    for field in ["url", "title"] {
        let names: BTreeSet<&str> = articles.iter().map(|article| article.listed[field].as_str().unwrap()).collect();
        assert_eq!(names.len(), articles.len(), "two articles have one {field}");
    }
    for article in &articles {
        let ids: Vec<&str> =
            article.listed["cells"].as_array().unwrap().iter().map(|cell| cell["id"].as_str().unwrap()).collect();
        let number = |id: &&str| id.strip_prefix("cell-").is_some_and(|rest| rest.parse::<usize>().is_ok());
        assert!(!ids.iter().any(number), "a cell of {} has no name", article.source);
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{}", article.source);
    }
}

/// Whether some cell of the demonstration has an option line that begins like this.
fn sets(articles: &[Article], option: &str) -> bool {
    let is_set = |line: &str| line.split_once("| ").is_some_and(|(_, rest)| rest.starts_with(option));
    articles.iter().flat_map(|article| article.body().lines()).any(is_set)
}

#[test]
fn the_demonstration_shows_what_cells_can_do() {
    let articles = articles();
    for option in [
        "anchor = ",
        "assert = ",
        "baseline = true",
        "deps.",
        "expect = ",
        "file = ",
        "group = ",
        "inputs = ",
        "output = ",
        "redact = ",
        "sweep.",
        "timeline = true",
        "tolerance = ",
        "trials = ",
    ] {
        assert!(sets(&articles, option), "no cell sets `{option}`");
    }
    let says = |text: &str| articles.iter().any(|article| article.text.contains(text));
    for (what, text) in [
        ("a crate for all cells of a post", "deps.tokio = "),
        ("the manifest of a script", "\n---\n[dependencies]\n"),
        ("a number that a cell tells", "cell::value("),
        ("a part of a cell that is timed", "cell::measure("),
        ("the value of a sweep", "cell::param("),
        ("a value in prose", " `cell:"),
        ("a checked number in prose", "](cell:"),
        ("a fact of the page", "`cell:page.cores`"),
        ("a phase of a thread", "cell::span("),
        ("a task of an asynchronous program", "cell.span("),
        ("a chart in its place", ".chart)\n"),
    ] {
        assert!(says(text), "nothing shows {what}: `{text}`");
    }
}

#[test]
fn cells_run_in_compiled_languages_besides_rust() {
    let articles = articles();
    let cells = articles.iter().flat_map(|article| article.listed["cells"].as_array().unwrap());
    let languages: BTreeSet<&str> = cells.map(|cell| cell["language"].as_str().unwrap()).collect();
    assert!(languages.is_superset(&BTreeSet::from(["c", "go"])), "{languages:?}");
}

#[test]
fn code_is_shared_by_several_cells() {
    let shared = |article: &Article| {
        let uses = |line: &&str| line.contains("| use = [");
        let lines: Vec<&str> = article.body().lines().filter(uses).collect();
        lines.iter().any(|line| lines.iter().filter(|other| *other == line).count() > 1)
    };
    assert!(articles().iter().any(shared));
}

/// Prose without what a build checks: no fences, no code spans, no values of cells.
fn prose(body: &str) -> String {
    let mut prose = String::new();
    let mut fence: Option<String> = None;
    for line in body.lines() {
        let marks: String = line.trim_start().chars().take_while(|c| matches!(c, '`' | '~')).collect();
        match &fence {
            Some(open) if marks.starts_with(open.as_str()) => fence = None,
            None if marks.len() >= 3 => fence = Some(marks),
            Some(_) => {}
            None => {
                let outside = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
                prose.push_str(&unchecked(&outside));
                prose.push('\n');
            }
        }
    }
    prose
}

/// A line without the texts of its links to measurements, such as `[1.9 ms](cell:spin.wall)`: these are checked by a build.
fn unchecked(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, behind)) = ["](cell:", "](<cell:"].iter().find_map(|mark| rest.split_once(mark)) {
        out.push_str(before.rsplit_once('[').map_or(before, |(before, _)| before));
        rest = behind.split_once(')').map_or("", |(_, rest)| rest);
    }
    out + rest
}

/// Every number with a unit of time or memory in a text: `12 ms`.
fn measurements(text: &str) -> Vec<String> {
    const UNITS: [&str; 22] = [
        "ns",
        "µs",
        "us",
        "ms",
        "s",
        "sec",
        "second",
        "seconds",
        "millisecond",
        "milliseconds",
        "microsecond",
        "microseconds",
        "nanosecond",
        "nanoseconds",
        "minute",
        "minutes",
        "KiB",
        "MiB",
        "GiB",
        "kB",
        "MB",
        "GB",
    ];
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let is_number = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_digit()) && word.chars().all(|c| c.is_ascii_digit() || ",._".contains(c))
    };
    let apart =
        words.windows(2).filter(|pair| is_number(pair[0]) && UNITS.contains(&pair[1])).map(|pair| pair.join(" "));
    let together = words.iter().filter(|word| {
        let at = word.find(|c: char| c.is_alphabetic()).unwrap_or(word.len());
        is_number(&word[..at]) && UNITS.contains(&&word[at..])
    });
    apart.chain(together.map(|word| (*word).to_owned())).collect()
}

#[test]
fn no_measurement_is_written_by_hand() {
    for article in articles() {
        let mut found = measurements(&prose(article.body()));
        found.retain(|text| !SET_BY_CODE.contains(&(article.source.as_str(), text.as_str())));
        assert_eq!(found, [""; 0], "{}", article.source);
    }
}

#[test]
fn the_scan_for_measurements_sees_them() {
    let text = "It took 12 ms, (3.5\u{a0}µs) or 40ns.\n\n```rust\n// 5 ms\n```\n\nSet to `7 ms`, 2 threads, 1,000 times; 64 MiB.\n";
    assert_eq!(measurements(&prose(text)), ["12 ms", "3.5 µs", "64 MiB", "40ns"]);
    let text = "From [5 ms](cell:a.wall) to 6 ms or [7 ms](<cell:b.wall / 2>), not [8 ms].\n";
    assert_eq!(measurements(&prose(text)), ["6 ms", "8 ms"]);
}
