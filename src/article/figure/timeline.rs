//! What the threads of a cell did over time.

use std::ops::RangeInclusive;

use super::Canvas;
use super::output::in_words;
use crate::article::chart::Threads;
use crate::article::escape;
use crate::cells::timeline::{Timeline, from_text};
use crate::cells::{Cell, Record, Verb};

/// How long the extra run may take until it is told to be unlike the timed ones, in medians of those.
const ALIKE: RangeInclusive<f64> = 0.9..=1.1;

/// Draws the threads, if they were to be recorded, and publishes their trace; a line that says why they could not be.
pub(super) fn draw(cell: &Cell, record: &Record, canvas: &mut Canvas<'_>) {
    let timeline = match from_text(&record.timeline) {
        None => return,
        Some(Err(why)) => return canvas.out.push_str(&refused(&why)),
        Some(Ok(timeline)) => timeline,
    };
    let case = record.cases.last();
    let with = case.filter(|case| !case.params.is_empty());
    let with = with.map_or(String::new(), |case| format!(" with {}", in_words(&case.params)));
    let title = format!("Threads of {}{with}", cell.options.label.as_ref().unwrap_or(&cell.id));
    // A single run, or the time of a part, is nothing to compare a run with.
    let timed = case.and_then(|case| case.measured.as_ref()).filter(|timed| cell.verb == Verb::Bench && !timed.section);
    let note = timed.and_then(|timed| compared(&timeline, timed.wall.median));
    let notes: Vec<&str> = note.iter().map(String::as_str).collect();
    let file = (!record.perfetto.is_empty()).then(|| format!("cell-{}.pftrace", cell.id));
    let trace = file.as_ref().map(|file| format!("{}{file}", canvas.folder));
    let (cores, trace) = (record.machine.cores, trace.as_deref());
    canvas.out.push_str(&Threads { title: &title, timeline: &timeline, cores, notes: &notes, trace }.draw());
    canvas.files.extend(file.map(|file| (file, record.perfetto.clone())));
}

fn refused(why: &str) -> String {
    format!("<div class=\"chart\">\n<p>There is no timeline of its threads: {}.</p>\n</div>\n", escape::text(why))
}

/// How long the extra run took beside those that were timed, whose median is given in ns; nothing if that is not known.
fn compared(timeline: &Timeline, median: f64) -> Option<String> {
    let ratio = timeline.cropped.saturating_add(timeline.length) as f64 * 1000.0 / median;
    if timeline.cut || !ratio.is_finite() {
        return None;
    }
    let unlike = if ALIKE.contains(&ratio) { "" } else { ", so it may not be like those" };
    Some(format!("It took {ratio:.2} × the median of the timed runs{unlike}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_line() {
        let html = refused("the kernel says <no>");
        assert!(html.contains("<p>There is no timeline of its threads: the kernel says &lt;no&gt;.</p>"), "{html}");
    }

    #[test]
    fn an_extra_run_is_compared_with_those_that_were_timed() {
        for (cropped, length, cut, expected) in [
            (0, 1_000, false, Some("1.00 × the median of the timed runs.")),
            (100, 1_000, false, Some("1.10 × the median of the timed runs.")),
            (100, 1_020, false, Some("1.12 × the median of the timed runs, so it may not be like those.")),
            (0, 890, false, Some("0.89 × the median of the timed runs, so it may not be like those.")),
            (0, 500, true, None),
        ] {
            let timeline = Timeline { length, cropped, cut, ..Timeline::default() };
            let expected = expected.map(|expected| format!("It took {expected}"));
            assert_eq!(compared(&timeline, 1e6), expected, "{cropped} + {length}");
        }
        assert_eq!(compared(&Timeline::default(), 0.0), None);
    }
}
