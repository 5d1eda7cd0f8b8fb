//! What is written, read by a reader of our own.

use super::*;
use crate::cells::timeline::tests::{phases, trace};

/// A field of a message.
enum Field<'m> {
    Number(u64),
    Bytes(&'m [u8]),
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let length = bytes.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    let (number, rest) = bytes.split_at(length);
    *bytes = rest;
    number.iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f))
}

fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let value = varint(&mut bytes);
        let field = if key.is_multiple_of(8) {
            Field::Number(value)
        } else {
            assert_eq!(key % 8, 2);
            let (inner, rest) = bytes.split_at(value as usize);
            bytes = rest;
            Field::Bytes(inner)
        };
        fields.push((key >> 3, field));
    }
    fields
}

fn messages(bytes: &[u8], number: u64) -> Vec<&[u8]> {
    let inner = |(field, value)| match value {
        Field::Bytes(bytes) if field == number => Some(bytes),
        _ => None,
    };
    fields(bytes).into_iter().filter_map(inner).collect()
}

fn number(bytes: &[u8], number: u64) -> Option<u64> {
    fields(bytes).into_iter().find_map(|(field, value)| match value {
        Field::Number(value) if field == number => Some(value),
        _ => None,
    })
}

fn text(bytes: &[u8], number: u64) -> String {
    messages(bytes, number).first().map_or(String::new(), |bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

fn exported(events: &str) -> Vec<u8> {
    let (trace, phases) = (trace(events), phases(events));
    to_perfetto(&trace, &phases, &Timeline::of(&trace, &phases))
}

/// The packets as lines.
fn told(bytes: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    for packet in messages(bytes, 1) {
        for snapshot in messages(packet, 6) {
            let clock = |clock: &&[u8]| format!("{}={}", number(clock, 1).unwrap(), number(clock, 2).unwrap());
            let clocks: Vec<String> = messages(snapshot, 1).iter().map(clock).collect();
            lines.push(format!("clocks {} of {}", clocks.join(" "), number(snapshot, 2).unwrap()));
        }
        for tree in messages(packet, 2) {
            lines.extend(messages(tree, 1).iter().map(|p| format!("process {} {}", number(p, 1).unwrap(), text(p, 3))));
            lines.extend(
                messages(tree, 2)
                    .iter()
                    .map(|t| format!("thread {} of {} {}", number(t, 1).unwrap(), number(t, 3).unwrap(), text(t, 2))),
            );
        }
        for bundle in messages(packet, 1) {
            let processor = number(bundle, 1).unwrap();
            for event in messages(bundle, 2) {
                let at = number(event, 1).unwrap() / 1000;
                for s in messages(event, 4) {
                    let of = |field| number(s, field).unwrap();
                    lines.push(format!("{at} @{processor} {} {} -> {} {}", of(2), of(4), of(6), text(s, 5)));
                }
                for w in messages(event, 20) {
                    let (by, of) = (number(event, 2).unwrap(), number(w, 2).unwrap());
                    lines.push(format!("{at} @{processor} {by} wakes {of} {}", text(w, 1)));
                }
            }
        }
        for track in messages(packet, 60) {
            let thread = messages(track, 4).first().map(|thread| number(thread, 2).unwrap());
            lines.push(format!("track {} {:?} {}", number(track, 1).unwrap(), thread, text(track, 2)));
        }
        for event in messages(packet, 11) {
            let kind = if number(event, 9) == Some(1) { "begins" } else { "ends" };
            let (at, track) = (number(packet, 8).unwrap() / 1000, number(event, 11).unwrap());
            assert_eq!((number(packet, 58), number(packet, 10)), (Some(3), Some(1)));
            lines.push(format!("{at} track {track} {kind} {}", text(event, 23)).trim_end().to_owned());
        }
    }
    lines
}

#[test]
fn all_that_is_known_is_told() {
    let events = "0 7@0 executes x\n10 8@0 started 7 7\n20 8@1 on\n21 8@1 named left\n30 7@0 waits thread\n40 8@1 preempted\n\
        42 9@1 started 7 8\n43 9@1 on\n60 9@1 waits io\n63 8@1 on\n70 7@1 woken 8\n72 7@0 on\n80 8@1 ended\n90 7@0 ended\n\
        1 7 span 5 7 begin\n5 7 span 9 7 begin\n20 8 span 50 8 get 1\n30 8 span 60 8 get 2\n";
    assert_eq!(
        told(&exported(events)),
        [
            "clocks 6=0 3=0 of 3",
            "process 7 main",
            "thread 7 of 7 main",
            "thread 8 of 7 left",
            "thread 9 of 7 thread 1",
            "0 @0 0 0 -> 7 main",
            "30 @0 7 1 -> 0 swapper",
            "72 @0 0 0 -> 7 main",
            "90 @0 7 16 -> 0 swapper",
            "20 @1 0 0 -> 8 left",
            "43 @1 8 0 -> 9 thread 1",
            "63 @1 9 2 -> 8 left",
            "70 @1 8 wakes 7 main",
            "80 @1 8 16 -> 0 swapper",
            "track 1 Some(7) ",
            "track 2 None get 1",
            "track 3 None get 2",
            "1 track 1 begins begin",
            "5 track 1 ends",
            "5 track 1 begins begin",
            "9 track 1 ends",
            "20 track 2 begins get 1",
            "30 track 3 begins get 2",
            "50 track 2 ends",
            "60 track 3 ends",
        ]
    );
}

/// Of what was really recorded: on each processor times are in order, and who is switched from is who was switched to.
#[test]
fn the_chain_on_each_processor_is_whole() {
    for events in [
        include_str!("../testdata/convoy.events"),
        include_str!("../testdata/pipeline.events"),
        include_str!("../testdata/python.events"),
        include_str!("../testdata/haste.events"),
    ] {
        let bytes = exported(events);
        let mut count = 0;
        for bundle in messages(&bytes, 1).into_iter().flat_map(|packet| messages(packet, 1)) {
            let (mut last, mut current) = (0, None);
            for event in messages(bundle, 2) {
                let at = number(event, 1).unwrap();
                assert!(at >= last);
                last = at;
                for switch in messages(event, 4) {
                    let (from, to) = (number(switch, 2), number(switch, 6));
                    assert!(current.is_none_or(|current| Some(current) == from), "at {at}");
                    assert_ne!(from, to, "at {at}");
                    current = to;
                    count += 1;
                }
            }
        }
        assert!(count > 40, "{count}");
    }
}

#[test]
fn of_too_much_the_part_under_the_lens_is_kept() {
    let event = |at| Event { at, thread: 1, processor: 0, what: What::On };
    let events: Vec<Event> = (0..50_000).map(event).collect();
    for (shown, focus, expected) in [(0, 100, 0), (500, 600, 500), (500, 30_000, 20_000), (500, 49_999, 30_000)] {
        assert_eq!(kept(&events, shown, focus, 20_000), expected..expected + 20_000, "{focus}");
    }
    assert_eq!(kept(&events[..9], 3, 4, 9), 0..9);
}

/// Stores are committed: whatever a program does and says, its file is small.
#[test]
fn no_file_is_large() {
    let name = "a name of fifteen bytes".repeat(2);
    let many_turns = |n: u32| (7 + n % 2, if n % 4 < 2 { What::On } else { What::Waits(Wait::Thread) });
    let many_threads = |n: u32| match n % 3 {
        0 => (100 + n, What::Started { process: 100 + n, by: 7 }),
        1 => (99 + n, What::Executed(name[..15].to_owned())),
        _ => (98 + n, What::Ended),
    };
    let events = |what: &dyn Fn(u32) -> (u32, What)| -> Trace {
        let event = |n: u32| {
            let (thread, what) = what(n);
            Event { at: u64::from(n) * 1000, thread, processor: 0, what }
        };
        Trace { events: (0..50_000).map(event).collect(), ..trace("0 7 executes x") }
    };
    let said = |n: u64| Phase { name: name.clone(), thread: 7, to: 7, start: n * 900, end: n * 900 + 450 };
    let phases: Vec<Phase> = (0..50_000).map(said).collect();
    for (what, trace, phases) in [
        ("turns", events(&many_turns), &[][..]),
        ("threads", events(&many_threads), &[][..]),
        ("phases", events(&many_turns), &phases[..]),
    ] {
        let timeline = Timeline::of(&trace, phases);
        let file = to_perfetto(&trace, phases, &timeline);
        assert!((LARGEST / 2..=LARGEST).contains(&file.len()), "{} bytes for {what}", file.len());
    }
}

#[test]
fn what_a_program_says_of_a_time_after_its_end_is_not_believed() {
    let text = format!("0 7@0 executes x\n90 7@0 ended\n5 7 span {} 7 on\n", u64::MAX / 1000);
    assert_eq!(told(&exported(&text))[6..], ["5 track 1 begins on", "90 track 1 ends"]);
}
