//! What the threads of a cell did over time.

use super::output::in_words;
use crate::article::chart::Threads;
use crate::article::escape;
use crate::cells::timeline::{Timeline, from_text};
use crate::cells::{Cell, Record, Verb};

/// How much longer or shorter the extra run may take than the timed ones until that is said, as a factor.
const ALIKE: f64 = 1.1;

/// Draws the threads, if they were to be recorded; a line that says why they could not be.
pub(super) fn draw(cell: &Cell, record: &Record) -> String {
    let timeline = match from_text(&record.timeline) {
        None => return String::new(),
        Some(Err(why)) => return refused(&why),
        Some(Ok(timeline)) => timeline,
    };
    let case = record.cases.last();
    let with = case.filter(|case| !case.params.is_empty());
    let with = with.map_or(String::new(), |case| format!(" with {}", in_words(&case.params)));
    let title = format!("Threads of {}{with}", cell.options.label.as_ref().unwrap_or(&cell.id));
    // A single run, or the time of a part, is nothing to compare a run with.
    let timed = case.and_then(|case| case.measured.as_ref()).filter(|timed| cell.verb == Verb::Bench && !timed.section);
    let note = timed.and_then(|timed| unusual(&timeline, timed.wall.median));
    let notes: Vec<&str> = note.iter().map(String::as_str).collect();
    Threads { title: &title, timeline: &timeline, cores: record.machine.cores, notes: &notes }.draw()
}

/// The name of the file beside the page that Perfetto reads: the URL is that of the page's folder, `Canvas::folder`, and this.
pub(super) fn export(cell: &Cell) -> String {
    format!("cell-{}.pftrace", cell.id)
}

fn refused(why: &str) -> String {
    format!("<div class=\"chart\">\n<p>There is no timeline of its threads: {}.</p>\n</div>\n", escape::text(why))
}

/// A sentence for an extra run that took much more or less time than those that were timed, whose median is given in ns.
fn unusual(timeline: &Timeline, median: f64) -> Option<String> {
    let ratio = (timeline.cropped + timeline.length) as f64 * 1000.0 / median;
    let is_usual = timeline.cut || !ratio.is_finite() || (1.0 / ALIKE..=ALIKE).contains(&ratio);
    (!is_usual).then(|| format!("This run took {ratio:.1} times as long as the median of those that were timed."))
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
    fn an_extra_run_that_took_another_time_is_told() {
        for (cropped, length, cut, expected) in [
            (0, 1_000, false, None),
            (100, 1_000, false, None),
            (100, 1_020, false, Some("1.1")),
            (0, 500, false, Some("0.5")),
            (0, 500, true, None),
        ] {
            let timeline = Timeline { length, cropped, cut, ..Timeline::default() };
            let expected = expected
                .map(|ratio| format!("This run took {ratio} times as long as the median of those that were timed."));
            assert_eq!(unusual(&timeline, 1e6), expected, "{cropped} + {length}");
        }
        assert_eq!(unusual(&Timeline::default(), 0.0), None);
    }
}
