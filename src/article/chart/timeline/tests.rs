//! What holds for every picture of threads.

use super::super::tests::{check, sent, texts};
use super::*;
use crate::cells::timeline::{Mark, Method, Row, Span, Totals, Wait, Wake, Zoom, from_text};

const TWO: &str = include_str!("../../../cells/timeline/testdata/two.trace");
const ASYNC: &str = include_str!("../../../cells/timeline/testdata/async.trace");
const HASTE: &str = include_str!("../../../cells/timeline/testdata/haste.trace");

fn threads(timeline: &Timeline) -> Threads<'_> {
    Threads { title: "Threads of <two>", timeline, cores: 2, notes: &["A note."], trace: None }
}

pub(super) fn draw(timeline: &Timeline) -> String {
    let html = threads(timeline).draw();
    check(&html);
    html
}

fn read(text: &str) -> Timeline {
    from_text(text).unwrap().unwrap()
}

/// The texts of the elements of a name in what is drawn.
fn drawn(html: &str, name: &str) -> Vec<String> {
    texts(&roxmltree::Document::parse(html).unwrap(), name)
}

pub(super) fn mark(length: u64, running: u64, ready: u64, wait: Wait) -> Mark {
    Mark { length, running, ready, wait }
}

/// A thread that does these things one after the other.
pub(super) fn lane(name: &str, marks: Vec<Mark>) -> Lane {
    let totals = marks.iter().fold(Totals::default(), |mut totals, mark| {
        let quarters = |quarters: u64| mark.length * quarters / 4;
        let rest = quarters(4 - mark.running - mark.ready);
        totals.running += quarters(mark.running);
        totals.ready += quarters(mark.ready);
        match mark.wait {
            Wait::Nothing => {}
            Wait::Thread => totals.thread += rest,
            Wait::Sleep => totals.sleep += rest,
            Wait::Io => totals.io += rest,
            Wait::Join => totals.join += rest,
            Wait::Unknown => totals.unknown += rest,
        }
        totals
    });
    Lane { name: name.to_owned(), threads: 1, process: 1, marks, totals, ..Lane::default() }
}

/// A thread in each state for 100 ms.
fn in_all_states() -> Timeline {
    let waits = [Wait::Thread, Wait::Sleep, Wait::Io, Wait::Join, Wait::Unknown];
    let states = [mark(100_000, 4, 0, Wait::Nothing), mark(100_000, 0, 4, Wait::Nothing)];
    let marks = states.into_iter().chain(waits.map(|wait| mark(100_000, 0, 0, wait))).collect();
    Timeline { method: Method::Wakeups, length: 700_000, lanes: vec![lane("main", marks)], ..Timeline::default() }
}

#[test]
fn what_was_recorded_is_drawn() {
    for (name, trace, expected) in [
        ("two", TWO, include_str!("../testdata/two.html")),
        ("async", ASYNC, include_str!("../testdata/async.html")),
        ("haste", HASTE, include_str!("../testdata/haste.html")),
    ] {
        let html = draw(&read(trace));
        assert_eq!(html, expected, "{name}");
        assert!(sent(&html) <= 2_500, "{name} has {} bytes", sent(&html));
    }
}

#[test]
fn a_picture_is_told_in_sentences_and_in_tables() {
    let html = draw(&read(TWO));
    assert_eq!(drawn(&html, "title"), ["Threads of <two> over time"]);
    assert_eq!(
        drawn(&html, "desc"),
        ["36.9 ms long. Up to 2 of 2 cores were in use, 1.27 on average. main ran for 914 µs, waited for 36.0 ms. \
          left ran for 18.9 ms, was ready without a core for 9.12 ms, waited for 5.08 ms. \
          right ran for 22.9 ms, was ready without a core for 4.24 ms, waited for 8.87 ms. \
          thread 1 ran for 4.06 ms, was ready without a core for 987 µs, waited for 28.3 ms."]
    );
    assert_eq!(
        drawn(&html, "tr")[..2],
        ["threadlivedranreadywaitedturns", "main36.9 ms914 µs036.0 ms2"],
        "what no thread did has no column"
    );
    assert_eq!(drawn(&html, "tr")[5..7], ["partthreadfromtook", "firstleft877 µs12.0 ms"]);
    let shown = drawn(&html, "text");
    for text in ["main", "ran 18.9 ms", "cores in use, of 2", "1.27 on average", "first", "inner", "0", "10", "30 ms"] {
        assert!(shown.iter().any(|shown| shown == text), "{text} in {shown:?}");
    }
}

#[test]
fn each_state_has_a_shape_of_its_own_and_is_explained() {
    let timeline = in_all_states();
    let html = draw(&timeline);
    let meanings = [
        " running",
        " ready, no core",
        " waiting for another thread",
        " waiting for I/O",
        " sleeping",
        " waiting for something else",
        " waiting in join",
    ];
    assert_eq!(drawn(&html, "li"), meanings);
    let document = roxmltree::Document::parse(&html).unwrap();
    let is_sample = |node: &roxmltree::Node<'_, '_>| node.attribute("aria-hidden").is_some();
    let mut shapes: Vec<String> = document
        .descendants()
        .filter(is_sample)
        .map(|sample| {
            let lines = sample.descendants().filter(|node| node.has_tag_name("path") || node.has_tag_name("g"));
            lines
                .flat_map(|line| line.attributes().filter(|one| one.name().starts_with("stroke-")))
                .map(|attribute| format!("{}={} ", attribute.name(), attribute.value()))
                .collect()
        })
        .collect();
    shapes.sort();
    shapes.dedup();
    assert_eq!(shapes.len(), meanings.len(), "two are told apart by their colours alone: {shapes:?}");
    assert_eq!(
        drawn(&html, "desc"),
        [
            "700 ms long. At most one thread ran at a time, 0.00 on average. main ran for 100 ms, was ready without a core for 100 ms, \
          waited 100 ms for other threads, waited 100 ms for I/O, slept for 100 ms, waited 100 ms in join, \
          waited for 100 ms."
        ]
    );
}

#[test]
fn what_does_not_occur_is_not_explained() {
    let timeline = Timeline {
        lanes: vec![lane(
            "main",
            vec![mark(99, 4, 0, Wait::Nothing), mark(1, 0, 0, Wait::Unknown), mark(100, 0, 0, Wait::Nothing)],
        )],
        length: 200,
        ..Timeline::default()
    };
    let html = draw(&timeline);
    assert_eq!(drawn(&html, "li"), [" running"], "one part in two hundred is not seen");
    assert!(html.contains("d=\"M0 23h495\""), "{html}");
    assert_eq!(drawn(&draw(&Timeline::default()), "li"), [""; 0]);
}

#[test]
fn each_method_says_what_it_cannot_see() {
    for (method, words, wait) in [
        (
            Method::Wakeups,
            "context switches, wait reasons and wake-ups; timed runs never are. A note.",
            " waiting for something else",
        ),
        (
            Method::Reasons,
            "When a wait ended is not known, so it is drawn until the thread ran again.",
            " waiting for something else",
        ),
        (
            Method::Switches,
            "What a thread waits for is not known here, so every wait is the same thin line.",
            " waiting",
        ),
        (
            Method::Samples,
            "looked at every millisecond, so that short pieces are missed",
            " waiting for something else",
        ),
    ] {
        let lanes = vec![lane("main", vec![mark(100, 0, 0, Wait::Unknown)])];
        let html = draw(&Timeline { method, length: 100, lanes, ..Timeline::default() });
        assert!(drawn(&html, "p")[1].contains(words), "{html}");
        assert_eq!(drawn(&html, "li"), [wait]);
    }
}

#[test]
fn threads_of_one_name_and_of_several_processes_are_told_apart() {
    let main = lane("main", vec![mark(100, 4, 0, Wait::Nothing)]);
    let handlers = Lane { threads: 24, ..lane("handler &", vec![mark(50, 4, 0, Wait::Nothing)]) };
    let child = Lane { process: 2, ..lane("child 1", vec![mark(80, 4, 0, Wait::Nothing)]) };
    let timeline =
        Timeline { length: 100, lanes: vec![main, child, handlers], most: 3, ran: 230, ..Timeline::default() };
    let html = draw(&timeline);
    let texts = drawn(&html, "text");
    let heads: Vec<&str> = texts.iter().map(String::as_str).step_by(2).take(3).collect();
    assert_eq!(heads, ["main in process 1", "handler & ×24", "child 1 in process 2"], "a process together");
    assert_eq!(
        drawn(&html, "tr"),
        [
            "threadthreadsprocesslivedranturns",
            "main11100 µs100 µs0",
            "child 11280.0 µs80.0 µs0",
            "handler &24150.0 µs50.0 µs0"
        ]
    );
    assert_eq!(
        drawn(&html, "desc"),
        ["100 µs long. Up to 3 of 3 cores were in use, 2.30 on average. main in process 1 ran for 100 µs. \
          child 1 in process 2 ran for 80.0 µs. 24 threads called handler & in process 1 ran for 50.0 µs."]
    );
}

#[test]
fn tasks_stand_above_the_threads() {
    let task = |name: &str, times: &[(u64, u64)]| Task { name: name.to_owned(), times: times.to_vec() };
    let tasks = vec![
        task("fetch <1>", &[(0, 20_000), (50_000, 60_000)]),
        task("late", &[(96_000, 99_000)]),
        task("later than all others", &[(60_000, 99_000)]),
    ];
    let timeline = Timeline { length: 100_000, tasks, lanes: vec![lane("main", vec![])], ..Timeline::default() };
    let html = draw(&timeline);
    let texts = drawn(&html, "text");
    assert_eq!(
        texts[..6],
        [
            "fetch <1>, 30.0 ms",
            "late, 3.00 ms",
            "later than all others, 39.0 ms",
            "What the program says that it does",
            "What its threads do",
            "main"
        ]
    );
    for place in ["x=\"0%\" dx=\"5\" ", "x=\"96%\" dx=\"-5\" ", "x=\"99%\" dx=\"-5\" "] {
        assert!(html.contains(place), "{place} in {html}");
    }
    assert_eq!(drawn(&html, "li"), [" named by the program"]);
    assert_eq!(drawn(&html, "tr")[2..4], ["partthreadfromtook", "fetch <1>030.0 ms"]);
    assert!(
        drawn(&html, "desc")[0].contains("As the program says, fetch <1> took 30.0 ms, late took 3.00 ms, later"),
        "{html}"
    );
}

#[test]
fn what_is_under_the_lens_is_drawn_larger_below() {
    let row = |name: &str, marks: Vec<Mark>| Row { name: name.to_owned(), start: 0, marks };
    let rows = vec![
        row("ping", vec![mark(5_000, 4, 0, Wait::Nothing), mark(5_000, 0, 0, Wait::Thread)]),
        row("pong", vec![mark(5_000, 0, 0, Wait::Thread), mark(5_000, 4, 0, Wait::Nothing)]),
    ];
    let wakes = vec![Wake { at: 5_000, by: 0, of: 1 }, Wake { at: 7_500, by: 1, of: 0 }, Wake { at: 1, by: 7, of: 1 }];
    let zoom = Some(Zoom { start: 40_000, length: 10_000, rows, wakes });
    let html = draw(&Timeline { method: Method::Wakeups, length: 100, zoom, ..Timeline::default() });
    // Four lines from the whole to the part: its edges, and those that lead to its picture.
    assert!(html.contains("d=\"M400 0V45M500 0V45M400 64L0 78M500 64L1000 78\""), "{html}");
    let texts = drawn(&html, "text");
    let below = texts.iter().position(|text| text.starts_with("Under")).unwrap();
    assert_eq!(
        texts[below..],
        [
            "Under the lens: 10.0 µs from 40.0 µs on",
            "ping",
            "ran 5.00 µs",
            "pong",
            "ran 5.00 µs",
            "0",
            "2",
            "4",
            "6",
            "8",
            "10 µs"
        ]
    );
    for arrow in [
        "<svg x=\"50%\" overflow=\"visible\"><path d=\"M0 131V156",
        "<svg x=\"75%\" overflow=\"visible\"><path d=\"M0 156V131",
    ] {
        assert!(html.contains(arrow), "{arrow} in {html}");
    }
    assert_eq!(html.matches("overflow=\"visible\"><path").count(), 2, "an arrow from nowhere is none");
    assert_eq!(drawn(&html, "li"), [" running", " waiting for another thread", " wake-up"]);
    assert!(drawn(&html, "desc")[0].ends_with(
        "Below, 10.0 µs of it from 40.0 µs on are drawn larger, of ping, pong, who wake each other 3 times."
    ));
}

#[test]
fn marks_of_the_axis_do_not_touch_on_a_phone() {
    for (length, expected) in [
        (60_000, &["0", "20", "40", "60 ms"][..]),
        (258_000, &["0", "50", "100", "150", "250 ms"]),
        (500_000_000, &["0", "100", "200", "300", "400", "500 s"]),
    ] {
        let texts = drawn(&draw(&Timeline { length, ..Timeline::default() }), "text");
        assert_eq!(texts[2..], *expected, "{length}");
    }
}

#[test]
fn what_the_picture_does_not_show_is_said() {
    let timeline = Timeline {
        length: 100,
        cropped: 48_000,
        lanes: vec![Lane { totals: Totals::default(), ..lane("main", vec![mark(100, 1, 2, Wait::Nothing)]) }],
        more: 1,
        grain: 400,
        unshown: 2,
        lost: 3,
        cut: true,
        foreign: 60,
        ..Timeline::default()
    };
    let html = draw(&timeline);
    assert_eq!(
        drawn(&html, "p")[2..],
        ["Left out: the first 48.0 ms, in which the program starts. \
          Pieces shorter than 400 µs are put together: the height of each state is then its share. \
          Not shown: 1 more thread, which ran for less. Not shown: 2 more parts that the program named, which are shorter. \
          The kernel lost 3 records, so some of it may be wrong. \
          It ends before the program does, since too much happened to keep all of it. \
          For 60.0 µs in all, threads were ready while other programs had a core."]
    );
    assert!(drawn(&html, "desc")[0].contains("main did nothing."), "its totals are zero");
    let usual = Timeline { foreign: 10, ..timeline };
    assert!(!draw(&usual).contains("other programs"), "one part in twenty");
}

#[test]
fn the_whole_trace_is_a_link() {
    let timeline = read(TWO);
    let html = Threads { trace: Some("folder/a&b.pftrace"), ..threads(&timeline) }.draw();
    check(&html);
    assert!(html.contains("<a href=\"folder/a&amp;b.pftrace\" download=\"a&amp;b.pftrace\">"), "{html}");
    assert!(!draw(&timeline).contains("Perfetto"));
}

#[test]
fn odd_timelines_are_drawn_all_the_same() {
    let huge = mark(u64::MAX, u64::MAX, u64::MAX, Wait::Io);
    let span = Span { name: "x".to_owned(), start: 9, end: 3 };
    let totals = Totals { running: u64::MAX / 4, thread: u64::MAX, ..Totals::default() };
    let lane = Lane { start: 5, marks: vec![huge, huge], spans: vec![span], totals, ..Lane::default() };
    let row = Row { start: u64::MAX, marks: vec![huge, huge], ..Row::default() };
    let wake = Wake { at: u64::MAX, by: u64::MAX, of: 0 };
    let zoom = Zoom { start: u64::MAX, length: 0, rows: vec![row], wakes: vec![wake, Wake { by: 0, ..wake }] };
    let task = Task { name: "\u{202e}&".repeat(99), times: vec![(u64::MAX, 0), (7, u64::MAX)] };
    let odd = Timeline {
        length: 1,
        lanes: vec![lane.clone()],
        cores: vec![huge],
        tasks: vec![task, Task::default()],
        zoom: Some(zoom),
        ..Timeline::default()
    };
    draw(&odd);
    draw(&Timeline { most: u64::MAX / 8, foreign: u64::MAX, length: u64::MAX, ..odd });
    draw(&Timeline::default());
}
