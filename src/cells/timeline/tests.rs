//! Events that were recorded, and what is kept of them. Events are lines `TIME THREAD WHAT`, with times in µs.

use super::{Phase, Timeline, from_text, to_text};
use crate::cells::{Event, Trace, What};

/// The events of some lines.
pub(super) fn trace(text: &str) -> Trace {
    let event = |line: &str| {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        let argument = words.get(3).copied().unwrap_or_default().to_owned();
        let what = match words[2] {
            "on" => What::On,
            "waits" => What::Waits,
            "preempted" => What::Preempted,
            "named" => What::Named(argument),
            "executes" => What::Executed(argument),
            "started" => What::Started { process: argument.parse().unwrap() },
            "ended" => What::Ended,
            _ => return None,
        };
        Some(Event { at: words[0].parse::<u64>().unwrap() * 1000, thread: words[1].parse().unwrap(), what })
    };
    let lines = text.lines().filter(|line| !line.is_empty());
    Trace { events: lines.filter_map(event).collect(), lost: 0, cut: false }
}

/// The phases of lines `START THREAD span END NAME`.
fn phases(text: &str) -> Vec<Phase> {
    let phase = |line: &str| {
        let [start, thread, "span", end, name] = line.split(' ').collect::<Vec<_>>()[..] else { return None };
        let time = |text: &str| text.parse::<u64>().unwrap() * 1000;
        Some(Phase { name: name.to_owned(), thread: thread.parse().unwrap(), start: time(start), end: time(end) })
    };
    text.lines().filter_map(phase).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "writes what is expected when it is asked to")]
fn what_was_recorded_becomes_what_is_kept() {
    for (name, events, expected) in [
        ("two", include_str!("testdata/two.events"), include_str!("testdata/two.trace")),
        ("gil", include_str!("testdata/gil.events"), include_str!("testdata/gil.trace")),
    ] {
        let timeline = Timeline::of(&trace(events), &phases(events));
        let text = to_text(&Ok(timeline.clone()));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(format!("src/cells/timeline/testdata/{name}.trace"), &text).unwrap();
            continue;
        }
        assert_eq!(text, expected, "{name}");
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
