//! Events that were recorded, and what is kept of them. Events are lines `TIME THREAD WHAT`, with times in µs.

use super::{Method, Phase, Timeline, Wait, from_text, to_text};
use crate::cells::{Event, Trace, What};

/// The events of some lines.
pub(super) fn trace(text: &str) -> Trace {
    let lines = text.lines().filter(|line| !line.is_empty());
    let events: Vec<Event> = lines.filter_map(event).collect();
    let is_by = |what: fn(&What) -> bool| events.iter().any(|event| what(&event.what));
    let method = if is_by(|what| matches!(what, What::Woken { .. })) {
        Method::Wakeups
    } else if is_by(|what| matches!(what, What::Waits(wait) if *wait != Wait::Unknown)) {
        Method::Reasons
    } else {
        Method::Switches
    };
    Trace { method, processors: 2, events, lost: 0, cut: false }
}

/// `TIME THREAD WHAT`, where a processor may follow the thread: `7@1`.
fn event(line: &str) -> Option<Event> {
    let words: Vec<&str> = line.splitn(4, ' ').collect();
    let argument = words.get(3).copied().unwrap_or_default();
    let what = match words[2] {
        "on" => What::On,
        "waits" => What::Waits(WAITS.iter().find(|(word, _)| *word == argument).unwrap().1),
        "preempted" => What::Preempted,
        "woken" => What::Woken { by: argument.parse().ok() },
        "named" => What::Named(argument.to_owned()),
        "executes" => What::Executed(argument.to_owned()),
        "started" => {
            let (process, by) = argument.split_once(' ').unwrap();
            What::Started { process: process.parse().unwrap(), by: by.parse().unwrap() }
        }
        "ended" => What::Ended,
        _ => return None,
    };
    let (thread, processor) = words[1].split_once('@').unwrap_or((words[1], "0"));
    let [thread, processor] = [thread, processor].map(|word| word.parse().unwrap());
    Some(Event { at: time(words[0]), thread, processor, what })
}

/// ns from µs with up to three decimals.
fn time(text: &str) -> u64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<3}").parse().unwrap()
}

const WAITS: [(&str, Wait); 5] =
    [("-", Wait::Unknown), ("thread", Wait::Thread), ("sleep", Wait::Sleep), ("io", Wait::Io), ("join", Wait::Join)];

/// The phases of lines `START THREAD span END TO NAME`.
pub(super) fn phases(text: &str) -> Vec<Phase> {
    let phase = |line: &str| {
        let [start, thread, "span", end, to, name] = line.splitn(6, ' ').collect::<Vec<_>>()[..] else { return None };
        let [thread, to] = [thread, to].map(|text| text.parse().unwrap());
        Some(Phase { name: name.to_owned(), thread, to, start: time(start), end: time(end) })
    };
    text.lines().filter_map(phase).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "writes what is expected when it is asked to")]
fn what_was_recorded_becomes_what_is_kept() {
    for (name, events, expected) in [
        ("two", include_str!("testdata/two.events"), include_str!("testdata/two.trace")),
        ("gil", include_str!("testdata/gil.events"), include_str!("testdata/gil.trace")),
        ("python", include_str!("testdata/python.events"), include_str!("testdata/python.trace")),
        ("convoy", include_str!("testdata/convoy.events"), include_str!("testdata/convoy.trace")),
        ("pipeline", include_str!("testdata/pipeline.events"), include_str!("testdata/pipeline.trace")),
        ("sleepers", include_str!("testdata/sleepers.events"), include_str!("testdata/sleepers.trace")),
        ("async", include_str!("testdata/async.events"), include_str!("testdata/async.trace")),
        ("haste", include_str!("testdata/haste.events"), include_str!("testdata/haste.trace")),
    ] {
        let timeline = Timeline::of(&trace(events), &phases(events));
        let text = to_text(&Ok(timeline.clone()));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(format!("src/cells/timeline/testdata/{name}.trace"), &text).unwrap();
            continue;
        }
        assert_eq!(text, expected, "{name}");
        let lanes = timeline.lanes.iter().map(|lane| lane.marks.len() + lane.spans.len());
        let tasks = timeline.tasks.iter().map(|task| task.times.len());
        let zoom = timeline.zoom.iter().flat_map(|zoom| zoom.rows.iter().map(|row| row.marks.len()));
        let wakes = timeline.zoom.iter().map(|zoom| zoom.wakes.len());
        let all: usize = lanes.chain(tasks).chain(zoom).chain(wakes).chain([timeline.cores.len()]).sum();
        assert!(all <= 400, "{name} has {all} marks");
        assert_eq!(from_text(&text), Some(Ok(timeline)));
    }
}

/// Two threads need the lock of one interpreter, two others do not.
#[test]
fn the_cores_in_use_tell_threads_that_run_from_threads_that_take_turns() {
    let of = |events: &str| Timeline::of(&trace(events), &phases(events));
    let (two, gil) = (of(include_str!("testdata/two.events")), of(include_str!("testdata/gil.events")));
    assert!(two.cores_used() > 1.2 && gil.cores_used() < 1.01, "{} and {}", two.cores_used(), gil.cores_used());
    let names = |timeline: &Timeline| timeline.lanes.iter().map(|lane| lane.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&two), ["main", "left", "right", "thread 1"]);
    assert_eq!(names(&gil), ["main", "thread 1", "thread 2"]);
    assert!(gil.cropped > 10_000, "an interpreter takes long to start: {}", gil.cropped);
}
