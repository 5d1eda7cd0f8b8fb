//! Timelines as text, as they are kept beside a record: a value or a mark a line.

use std::fmt::Write;
use std::str::{FromStr, Lines};

use super::{Lane, Mark, Span, Timeline, Totals};

/// What begins the text of what could not be had.
const REFUSED: &str = "none: ";

/// A timeline, or why there is none, as text.
pub fn to_text(timeline: &Result<Timeline, String>) -> String {
    let timeline = match timeline {
        Ok(timeline) => timeline,
        Err(why) => return format!("{REFUSED}{}\n", why.replace('\n', " ")),
    };
    let Timeline { length, cropped, lanes, more, cores, ran, most, grain, unshown, lost, cut, disturbed } = timeline;
    let mut out = String::new();
    let [cut, disturbed] = &[cut, disturbed].map(|is| u64::from(*is));
    let numbers = [length, cropped, more, ran, most, grain, unshown, lost, cut, disturbed];
    for (key, number) in KEYS.iter().zip(numbers) {
        let _ = writeln!(out, "{key} {number}");
    }
    for lane in lanes {
        let Totals { running, ready, waiting, turns } = lane.totals;
        let Lane { name, process, start, .. } = lane;
        let _ = writeln!(out, "lane {process} {start} {running} {ready} {waiting} {turns} {name}");
        for Span { name, start, end } in &lane.spans {
            let _ = writeln!(out, "span {start} {end} {name}");
        }
        write_marks(&lane.marks, &mut out);
    }
    out.push_str("cores\n");
    write_marks(cores, &mut out);
    out
}

/// The numbers that stand at the beginning, in their order.
const KEYS: [&str; 10] = ["length", "cropped", "more", "ran", "most", "grain", "unshown", "lost", "cut", "disturbed"];

fn write_marks(marks: &[Mark], out: &mut String) {
    for Mark { length, running, ready } in marks {
        let _ = writeln!(out, "{length} {running} {ready}");
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
    let [length, cropped, more, ran, most, grain, unshown, lost, cut, disturbed] = numbers;
    let (cut, disturbed) = (cut != 0, disturbed != 0);
    let (lanes, cores) = read_lanes(text)?;
    Some(Ok(Timeline { length, cropped, lanes, more, cores, ran, most, grain, unshown, lost, cut, disturbed }))
}

fn read_lanes(text: Lines<'_>) -> Option<(Vec<Lane>, Vec<Mark>)> {
    let mut lanes: Vec<Lane> = Vec::new();
    let mut cores = None;
    for line in text {
        if let Some(rest) = line.strip_prefix("lane ") {
            let ([process, start, running, ready, waiting, turns], name) = numbers(rest)?;
            let totals = Totals { running, ready, waiting, turns };
            lanes.push(Lane { name, process, start, totals, ..Lane::default() });
        } else if let Some(rest) = line.strip_prefix("span ") {
            let ([start, end], name) = numbers(rest)?;
            lanes.last_mut()?.spans.push(Span { name, start, end });
        } else if line == "cores" {
            cores = Some(Vec::new());
        } else {
            let ([length, running, ready], _) = numbers(line)?;
            let marks = cores.as_mut().or(lanes.last_mut().map(|lane| &mut lane.marks))?;
            marks.push(Mark { length, running, ready });
        }
    }
    Some((lanes, cores?))
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
        let mark = |length, running, ready| Mark { length, running, ready };
        let span = |name: &str, start, end| Span { name: name.to_owned(), start, end };
        let main = Lane {
            name: "main".to_owned(),
            process: 1,
            start: 0,
            marks: vec![mark(60, 4, 0), mark(40, 0, 0)],
            totals: Totals { running: 60, ready: 0, waiting: 40, turns: 1 },
            spans: vec![span("load", 5, 50), span("store", 50, 60)],
        };
        let other = Lane { name: "a b".to_owned(), process: 2, start: 10, marks: vec![mark(90, 2, 1)], ..main.clone() };
        Timeline {
            length: 100,
            cropped: 7,
            lanes: vec![main, other],
            more: 3,
            cores: vec![mark(10, 4, 0), mark(90, 8, 0)],
            ran: 150,
            most: 2,
            grain: 1,
            unshown: 4,
            lost: 5,
            cut: true,
            disturbed: false,
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
            &text.replace("60 4 0", "60 4"),
        ] {
            assert_eq!(from_text(broken), None, "{broken}");
        }
    }
}
