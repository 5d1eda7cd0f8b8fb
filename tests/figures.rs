//! What a page shows of a measurement: built from posts in memory and results that say what a test wants them to.

#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

use std::collections::BTreeMap;

use blog::build::{Request, Tools, build};
use blog::cells::{Cause, Figures, Locks, Policy, Record, Reply, Sample, Scripted, Startup, Store, Summary};
use blog::memo::Memo;
use blog::source::SitePath;
use blog::world::Memory;

/// A post with its results.
struct Site {
    folder: tempfile::TempDir,
    runner: Scripted,
    post: String,
}

impl Site {
    fn new(post: &str, runner: Scripted) -> Site {
        Site { folder: tempfile::tempdir().unwrap(), runner, post: post.to_owned() }
    }

    fn store(&self) -> Store {
        Store::new(self.folder.path().join("results"))
    }

    /// The body of the post as HTML. It is an error if the build has one.
    fn page(&self) -> String {
        let mut world = Memory::default();
        world.insert(SitePath::new("content/a post/index.md").unwrap(), self.post.as_bytes());
        let request = Request {
            config: SitePath::new("blog.toml").unwrap(),
            base_url: None,
            now: jiff::Timestamp::UNIX_EPOCH,
            publish: Vec::new(),
            policy: Policy::Missing,
            only: Vec::new(),
            env: BTreeMap::new(),
        };
        let tools = Tools {
            world: &world,
            runner: &self.runner,
            store: &self.store(),
            locks: &Locks::new(self.folder.path().join("locks")),
            against: None,
            memo: &Memo::load(&self.folder.path().join("memo")),
            progress: &|_| {},
        };
        let built = build(&tools, &request);
        let said: Vec<String> = built.diagnostics.iter().map(ToString::to_string).collect();
        assert!(!built.diagnostics.has_errors(), "{said:?}");
        built.site.articles[0].html.clone()
    }

    /// Changes the stored result of a cell.
    fn change(&self, cell: &str, change: impl FnOnce(&mut Record)) {
        let post = SitePath::new("a post/index").unwrap();
        let mut record = self.store().read(&post, cell).unwrap().unwrap();
        change(&mut record);
        self.store().put(&post, cell, &record).unwrap();
    }
}

fn summary(record: &mut Record) -> &mut Summary {
    record.cases[0].measured.as_mut().unwrap()
}

fn figures(values: [f64; 9]) -> Figures {
    Figures::of(&values).unwrap()
}

/// The texts of all elements with this beginning and end, tags left out.
fn texts(html: &str, start: &str, end: &str) -> Vec<String> {
    let plain = |html: &str| {
        let mut parts = html.split('<');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |out, part| out + part.split_once('>').map_or("", |(_, text)| text))
    };
    html.split(start).skip(1).map(|rest| plain(&rest[..rest.find(end).unwrap()])).collect()
}

/// What is said in the details of the only cell, by its name.
fn details(html: &str) -> BTreeMap<String, String> {
    let list = html.split(" popover ").nth(1).unwrap();
    let names = texts(list, "<dt>", "</dt>");
    names.into_iter().zip(texts(list, "<dd>", "</dd>")).collect()
}

/// A change of a result.
type Change<'a> = &'a dyn Fn(&mut Record);

const BENCH: &str = "```python,bench:spin\nspin()\n```\n";

#[test]
fn a_result_tells_how_it_came_about() {
    let site = Site::new(BENCH, Scripted::new());
    let html = site.page();
    assert_eq!(html.matches("popovertarget=\"cell-spin_how\"").count(), 1, "{html}");
    assert_eq!(html.matches("id=\"cell-spin_how\"").count(), 1, "{html}");
    let details = details(&html);
    for (name, text) in [
        ("Toolchain", "python3 0.0"),
        ("Machine", "Scripted Processor, 4 cores, 8.0 GB of memory"),
        ("System", "Linux 0.0"),
        ("Date", "2000-01-01 00:00 UTC"),
        ("Runs", "9"),
        ("95\u{a0}% interval", "the median lies between 1.000 ms and 1.000 ms (order statistics)"),
        ("Range", "best 1.000 ms, worst 1.000 ms"),
        (
            "Start-up",
            "a program that does nothing took 100.0 µs ± 0 ns in the same rounds; the time beyond that is 900.0 µs ± 0 ns",
        ),
        ("Order", "drawn anew for each round, from the seed scripted"),
        ("Again", "blog run 'a post'#spin --rerun"),
    ] {
        assert_eq!(details.get(name).map(String::as_str), Some(text), "{name} in {details:?}");
    }
    let digest = &details["Program"];
    assert!(digest.starts_with("digest ") && digest.ends_with(" (matches this page)"), "{digest}");
    assert_eq!(details.len(), 11, "{details:?}");
    let line = texts(&html, "<dl class=\"st\">", "</dl>");
    assert_eq!(
        line,
        ["median1.000 ms ± 0 nsruns9of which start-up100.0 µsCPU900.0 µscores used0.9000peak memory2.000 MB"]
    );
    assert_eq!(texts(&html, "<summary>", "</summary>"), ["All 9 runs"]);
    assert!(html.contains("<a href=\"/a-post/results.json\">All numbers</a>"), "{html}");
}

#[test]
fn what_must_be_known_of_a_result_is_said_beside_it_and_in_its_details() {
    let wide = || figures([0.8e6, 0.8e6, 0.9e6, 1e6, 1e6, 1e6, 1.1e6, 1.2e6, 1.2e6]);
    let starting = |record: &mut Record| {
        let empty = figures([5e5; 9]);
        summary(record).startup = Some(Startup { empty, rest: empty });
    };
    let table: [(Change<'_>, &str, &str, &str); 5] = [
        (
            &|record| record.machine.busy = true,
            "busy machine",
            "Busy",
            "others still used the machine when measuring began, after a wait for quiet; measure again when it is idle",
        ),
        (
            &|record| record.machine.cores = 2,
            "drifted",
            "Drifted",
            "not run again since then; this page was built with 4 cores",
        ),
        (
            &|record| summary(record).wall = wide(),
            "noisy: ± 20\u{a0}%",
            "Noisy",
            "its runs differ so much that the 95\u{a0}% interval of the median is wide; a quieter machine or more time (max-time) makes it narrower",
        ),
        (
            &starting,
            "largely start-up: time a part with cell.measure",
            "Largely start-up",
            "a program of its language that does nothing takes more than a third of its time",
        ),
        (
            &|record| summary(record).trend = Some(0.75),
            "",
            "Trend",
            "runs became slower as they went on (rank correlation 0.75), so something else changed meanwhile",
        ),
    ];
    for (change, badge, name, meaning) in table {
        let site = Site::new(BENCH, Scripted::new());
        site.page();
        site.change("spin", change);
        let html = site.page();
        let badges: Vec<String> = texts(&html, "<span class=\"badge ", "</span>");
        let badges: Vec<&str> = badges.iter().filter_map(|badge| Some(badge.split_once('>')?.1)).collect();
        let expected: Vec<&str> = ["ran", badge].into_iter().filter(|badge| !badge.is_empty()).collect();
        assert_eq!(badges, expected);
        assert_eq!(details(&html).get(name).map(String::as_str), Some(meaning));
    }
}

#[test]
fn starting_is_told_as_a_part_of_the_time_if_it_is_one() {
    let startup = |empty: f64, rest: [f64; 9]| Some(Startup { empty: figures([empty; 9]), rest: figures(rest) });
    let around = |value: f64| [-2.0, -1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0].map(|off| value + 1e5 * off);
    for (startup, part, details_say) in [
        (
            startup(4e4, around(9.6e5)),
            None,
            "took 40.00 µs ± 0 ns in the same rounds; the time beyond that is 960 µs ± 100 µs",
        ),
        (startup(5e4, around(9.5e5)), Some("50.00 µs"), "the time beyond that is 950 µs ± 100 µs"),
        (startup(1.1e6, around(-1e5)), Some("all of it"), "in the same rounds, from which this one cannot be told"),
    ] {
        let site = Site::new(BENCH, Scripted::new());
        site.page();
        site.change("spin", |record| summary(record).startup = startup);
        let html = site.page();
        let said = &details(&html)["Start-up"];
        assert!(said.ends_with(details_say), "{said}");
        let line = html.split("<dt>of which start-up</dt><dd>").nth(1).map(|rest| rest.split('<').next().unwrap());
        assert_eq!(line, part);
    }
}

#[test]
fn disturbed_runs_are_counted_by_their_causes() {
    let disturbed = Sample { disturbed: Some(Cause::Programs), ..Reply::default().sample };
    let site = Site::new(BENCH, Scripted::new().reply("spin", Reply { sample: disturbed, ..Reply::default() }));
    let html = site.page();
    let runs = &details(&html)["Runs"];
    assert!(runs.ends_with(" by other programs") && runs.contains("; disturbed: "), "{runs}");
    assert!(html.contains("Hollow: disturbed by others."), "{html}");
    site.change("spin", |record| {
        let measured = summary(record);
        (measured.runs, measured.disturbed, measured.left_out) = (9, 0, 3);
        measured.causes = BTreeMap::from([(Cause::Hypervisor, 1), (Cause::Quota, 2)]);
    });
    let html = site.page();
    assert_eq!(details(&html)["Runs"], "9; disturbed and left out: 1 by the hypervisor, 2 by a quota");
    assert!(html.contains("<dt>disturbed</dt><dd>1 by the hypervisor, 2 by a quota, left out</dd>"), "{html}");
}

#[test]
fn an_earlier_result_is_shown_as_stale_where_the_code_cannot_run() {
    let post = BENCH.replace("spin()", "#| missing = \"show\"\nspin()");
    let mut site = Site::new(&post, Scripted::new());
    site.page();
    site.post = post.replace("spin()", "spin(2)");
    site.runner = Scripted::new().missing("python3");
    let html = site.page();
    assert!(
        html.contains("<figure class=\"cell skip\" id=\"cell-spin\">") && html.contains("<samp>scripted\n"),
        "{html}"
    );
    assert!(html.contains("<span class=\"badge stale\">stale: source changed since this run</span>"), "{html}");
    let details = details(&html);
    assert_eq!(
        details["Stale"],
        "this is what an earlier version of the code did; it was not run again, because python3 is not on this machine"
    );
    assert!(details["Program"].ends_with(" (of an earlier version than that on this page)"), "{details:?}");
}

#[test]
fn cells_of_different_sessions_are_a_mixed_comparison() {
    let post = "```python,bench:one\n#| group = \"both\"\nspin()\n```\n\n```python,bench:other\n#| group = \"both\"\nspin()\n```\n";
    let site = Site::new(post, Scripted::new());
    assert!(!site.page().contains("badge mixed"));
    site.change("one", |record| record.session = "another".to_owned());
    let html = site.page();
    let why = "Measured in different sessions and not interleaved, so no ratios are given.";
    assert!(html.contains(&format!("<p><span class=\"badge mixed\">mixed</span> {why}</p>")), "{html}");
}

#[test]
fn a_part_is_not_compared_with_a_whole() {
    let post = "```python,bench:one\n#| group = \"both\"\nspin()\n```\n\n```python,bench:other\n#| group = \"both\"\nspin()\n```\n";
    let site = Site::new(post, Scripted::new());
    assert!(!site.page().contains("badge mixed"));
    site.change("one", |record| record.cases[0].measured.as_mut().unwrap().section = true);
    let why = "Some take the time of a part of themselves, others that of the whole, so no ratios are given.";
    assert!(site.page().contains(why));
}

#[test]
fn a_sweep_over_workers_tells_the_law_that_it_obeys() {
    let site = Site::new("```python,bench:spin\n#| sweep.threads = [1, 2, 4]\nspin()\n```\n", Scripted::new());
    let law = "Amdahl’s law fits spin with 25.0\u{a0}% (24.2–25.8\u{a0}%) of the work serial.";
    let html = site.page();
    assert!(html.contains("<p>Amdahl’s law fits spin with 100."), "no time depends on the threads: {html}");
    site.change("spin", |record| {
        for (case, threads) in record.cases.iter_mut().zip([1.0, 2.0, 4.0]) {
            let time = 1e8 * (0.25 + 0.75 / threads);
            let values = [0.98, 0.99, 0.99, 1.0, 1.0, 1.0, 1.01, 1.01, 1.02].map(|share| share * time);
            case.measured.as_mut().unwrap().wall = figures(values);
        }
    });
    let html = site.page();
    assert!(html.contains(law), "{:?}", texts(&html, "<p>", "</p>"));
}

/// They may be changed by hand, or badly merged.
#[test]
fn numbers_that_nobody_measured_are_no_trouble() {
    let post = format!("{BENCH}\n```python,bench:swept\n#| sweep.n = [1, 2, 3]\nspin()\n```\n");
    let site = Site::new(&post, Scripted::new());
    site.page();
    let most = i64::MAX as usize;
    for odd in [f64::NAN, f64::INFINITY, f64::MAX, -1.0, 0.0, 5e-324] {
        let figures =
            Figures { n: most, median: odd, low: Some(odd), high: Some(odd), mean: odd, min: odd, max: odd, mad: odd };
        let odd_one = Summary {
            runs: most,
            disturbed: most,
            left_out: most,
            causes: BTreeMap::from([(Cause::Quota, most)]),
            trend: None,
            section: false,
            wall: figures,
            cpu: figures,
            rss: figures,
            parallelism: figures,
            startup: Some(Startup { empty: figures, rest: figures }),
            values: BTreeMap::new(),
        };
        for cell in ["spin", "swept"] {
            site.change(cell, |record| {
                record.cases.iter_mut().for_each(|case| case.measured = Some(odd_one.clone()));
            });
        }
        let html = site.page();
        assert_eq!(html.matches("<dt>runs</dt>").count(), 2, "{odd}: {html}");
        assert!(!html.contains("NaN") && !html.contains("inf"), "{odd}: {html}");
    }
}

#[test]
fn the_playground_is_offered_where_a_program_needs_nothing_of_ours() {
    let long = format!("```rust,run:long\n// {}\nprintln!();\n```\n", "x".repeat(6000));
    let post = "```rust,run:plain\n# use std::thread;\nprintln!(\"1 + 1 & more\");\n```\n\
        ```rust,run:args\n//| args = ['x']\nprintln!();\n```\n\
        ```rust,run:sweep\n//| sweep.n = [1, 2]\nprintln!(\"{}\", cell::param(\"n\"));\n```\n\
        ```python,run:python\nprint()\n```\n";
    let html = Site::new(&format!("{post}{long}"), Scripted::default()).page();
    let links = texts(&html, "<a class=\"play\" href=\"", "\"");
    assert_eq!(links.len(), 1, "{links:?}");
    assert!(
        links[0].starts_with("https://play.rust-lang.org/?version=stable&amp;mode=release&amp;edition=2024&amp;code=")
    );
    assert!(links[0].contains("use%20std%3A%3Athread%3B") && links[0].contains("%221%20%2B%201%20%26%20more%22"));
}
