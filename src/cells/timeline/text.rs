//! Timelines as text, as they are kept beside a record: a value or a mark a line.

use std::fmt::Write;
use std::str::{FromStr, Lines};

use super::{Lane, Mark, Method, Row, Span, Task, Timeline, Totals, Wait, Wake, Zoom};

/// What begins the text of what could not be had.
const REFUSED: &str = "none: ";

/// The numbers that stand at the beginning, in their order.
const KEYS: [&str; 11] =
    ["method", "length", "cropped", "more", "ran", "most", "grain", "unshown", "lost", "cut", "foreign"];

/// Methods by their numbers, and what is waited for by its letter.
const METHODS: [Method; 4] = [Method::Samples, Method::Switches, Method::Reasons, Method::Wakeups];
const WAITS: [(&str, Wait); 6] = [
    ("-", Wait::Nothing),
    ("t", Wait::Thread),
    ("s", Wait::Sleep),
    ("i", Wait::Io),
    ("j", Wait::Join),
    ("u", Wait::Unknown),
];

/// A timeline, or why there is none, as text.
pub fn to_text(timeline: &Result<Timeline, String>) -> String {
    let timeline = match timeline {
        Ok(timeline) => timeline,
        Err(why) => return format!("{REFUSED}{}\n", why.replace('\n', " ")),
    };
    let Timeline { length, cropped, more, ran, most, grain, unshown, lost, foreign, .. } = *timeline;
    let method = METHODS.iter().position(|method| *method == timeline.method).unwrap_or(0) as u64;
    let cut = u64::from(timeline.cut);
    let mut out = String::new();
    let numbers = [method, length, cropped, more, ran, most, grain, unshown, lost, cut, foreign];
    for (key, number) in KEYS.iter().zip(numbers) {
        let _ = writeln!(out, "{key} {number}");
    }
    for lane in &timeline.lanes {
        let Lane { name, threads, process, start, .. } = lane;
        let Totals { running, ready, thread, sleep, io, join, unknown, turns } = lane.totals;
        let _ = writeln!(
            out,
            "lane {threads} {process} {start} {running} {ready} {thread} {sleep} {io} {join} {unknown} {turns} {name}"
        );
        for Span { name, start, end } in &lane.spans {
            let _ = writeln!(out, "span {start} {end} {name}");
        }
        write_marks(&lane.marks, &mut out);
    }
    for Task { name, times } in &timeline.tasks {
        let _ = writeln!(out, "task {name}");
        for (start, end) in times {
            let _ = writeln!(out, "time {start} {end}");
        }
    }
    out.push_str("cores\n");
    write_marks(&timeline.cores, &mut out);
    if let Some(Zoom { start, length, rows, wakes }) = &timeline.zoom {
        let _ = writeln!(out, "zoom {start} {length}");
        for Row { name, start, marks } in rows {
            let _ = writeln!(out, "row {start} {name}");
            write_marks(marks, &mut out);
        }
        for Wake { at, by, of } in wakes {
            let _ = writeln!(out, "wake {at} {by} {of}");
        }
    }
    out
}

fn write_marks(marks: &[Mark], out: &mut String) {
    for Mark { length, running, ready, wait } in marks {
        let letter = WAITS.iter().find(|(_, known)| known == wait).map_or("-", |(letter, _)| letter);
        let _ = writeln!(out, "{length} {running} {ready} {letter}");
    }
}

/// Reads what [`to_text`] wrote; nothing if it is not that.
pub fn from_text(text: &str) -> Option<Result<Timeline, String>> {
    if let Some(why) = text.strip_prefix(REFUSED) {
        return Some(Err(why.trim_end().to_owned()));
    }
    let mut text = text.lines();
    let mut numbers = [0; KEYS.len()];
    for (key, number) in KEYS.iter().zip(&mut numbers) {
        *number = text.next()?.strip_prefix(key)?.trim_start().parse().ok()?;
    }
    let [method, length, cropped, more, ran, most, grain, unshown, lost, cut, foreign] = numbers;
    let method = *METHODS.get(usize::try_from(method).ok()?)?;
    let cut = cut != 0;
    let known = Timeline {
        method,
        length,
        cropped,
        more,
        ran,
        most,
        grain,
        unshown,
        lost,
        cut,
        foreign,
        ..Timeline::default()
    };
    Some(Ok(read_parts(text, known)?))
}

fn read_parts(text: Lines<'_>, mut timeline: Timeline) -> Option<Timeline> {
    let mut has_cores = false;
    for line in text {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("lane", rest) => {
                let ([threads, process, start, running, ready, thread, sleep, io, join, unknown, turns], name) =
                    numbers(rest)?;
                let totals = Totals { running, ready, thread, sleep, io, join, unknown, turns };
                timeline.lanes.push(Lane { name, threads, process, start, totals, ..Lane::default() });
            }
            ("span", rest) => {
                let ([start, end], name) = numbers(rest)?;
                timeline.lanes.last_mut()?.spans.push(Span { name, start, end });
            }
            ("task", name) => timeline.tasks.push(Task { name: name.to_owned(), times: Vec::new() }),
            ("time", rest) => {
                let ([start, end], _) = numbers(rest)?;
                timeline.tasks.last_mut()?.times.push((start, end));
            }
            ("cores", _) => has_cores = true,
            ("zoom", rest) => {
                let ([start, length], _) = numbers(rest)?;
                timeline.zoom = Some(Zoom { start, length, ..Zoom::default() });
            }
            ("row", rest) => {
                let ([start], name) = numbers(rest)?;
                timeline.zoom.as_mut()?.rows.push(Row { name, start, marks: Vec::new() });
            }
            ("wake", rest) => {
                let ([at, by, of], _) = numbers(rest)?;
                timeline.zoom.as_mut()?.wakes.push(Wake { at, by, of });
            }
            _ => {
                let ([length, running, ready], letter) = numbers(line)?;
                let wait = WAITS.iter().find(|(known, _)| *known == letter)?.1;
                let marks = match &mut timeline.zoom {
                    Some(zoom) => &mut zoom.rows.last_mut()?.marks,
                    None if has_cores => &mut timeline.cores,
                    None => &mut timeline.lanes.last_mut()?.marks,
                };
                marks.push(Mark { length, running, ready, wait });
            }
        }
    }
    has_cores.then_some(timeline)
}

/// So many numbers and what follows them.
fn numbers<const N: usize>(line: &str) -> Option<([u64; N], String)> {
    let mut words = line.splitn(N + 1, ' ');
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = u64::from_str(words.next()?).ok()?;
    }
    Some((numbers, words.next().unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline() -> Timeline {
        let mark = |length, running, ready, wait| Mark { length, running, ready, wait };
        let span = |name: &str, start, end| Span { name: name.to_owned(), start, end };
        let main = Lane {
            name: "main".to_owned(),
            threads: 1,
            process: 1,
            start: 0,
            marks: vec![mark(60, 4, 0, Wait::Nothing), mark(40, 0, 0, Wait::Join)],
            totals: Totals { running: 60, join: 40, turns: 1, ..Totals::default() },
            spans: vec![span("load", 5, 50), span("store", 50, 60)],
        };
        let marks = vec![mark(50, 2, 1, Wait::Io), mark(40, 0, 3, Wait::Sleep)];
        let other = Lane { name: "a b".to_owned(), threads: 3, process: 2, start: 10, marks, ..main.clone() };
        let row = Row { name: "a b".to_owned(), start: 5, marks: vec![mark(7, 0, 0, Wait::Thread)] };
        Timeline {
            method: Method::Wakeups,
            length: 100,
            cropped: 7,
            lanes: vec![main, other],
            more: 3,
            tasks: vec![Task { name: "fetch 1".to_owned(), times: vec![(3, 30), (40, 50)] }, Task::default()],
            cores: vec![mark(10, 4, 0, Wait::Nothing), mark(90, 8, 0, Wait::Nothing)],
            ran: 150,
            most: 2,
            grain: 1,
            zoom: Some(Zoom { start: 1, length: 9, rows: vec![row], wakes: vec![Wake { at: 2, by: 1, of: 0 }] }),
            unshown: 4,
            lost: 5,
            cut: true,
            foreign: 6,
        }
    }

    #[test]
    fn it_comes_back_as_it_was() {
        for timeline in [Ok(timeline()), Ok(Timeline::default()), Err("the kernel refuses".to_owned())] {
            assert_eq!(from_text(&to_text(&timeline)), Some(timeline));
        }
    }

    #[test]
    fn what_is_none_is_not_read() {
        let text = to_text(&Ok(timeline()));
        for broken in [
            "",
            "x",
            &text[..text.len() / 3],
            &text.replace("lane 1", "lane x"),
            &text.replace("cores", "core"),
            &text.replace("length 100", "length -1"),
            &text.replace("60 4 0 -", "60 4 0"),
            &text.replace("40 0 0 j", "40 0 0 x"),
            &text.replace("method 3", "method 9"),
        ] {
            assert_eq!(from_text(broken), None, "{broken}");
        }
    }
}
