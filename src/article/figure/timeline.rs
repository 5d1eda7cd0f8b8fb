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
    match from_text(&record.timeline) {
        None => String::new(),
        Some(Err(why)) => {
            format!(
                "<div class=\"chart\">\n<p>There is no timeline of its threads: {}.</p>\n</div>\n",
                escape::text(&why)
            )
        }
        Some(Ok(timeline)) => {
            let case = record.cases.last().filter(|case| !case.params.is_empty());
            let with = case.map_or(String::new(), |case| format!(" with {}", in_words(&case.params)));
            let title = format!("Threads of {}{with}", cell.options.label.as_ref().unwrap_or(&cell.id));
            let note = unusual(cell, record, &timeline);
            let notes: Vec<&str> = note.iter().map(String::as_str).collect();
            Threads { title: &title, timeline: &timeline, cores: record.machine.cores, notes: &notes }.draw()
        }
    }
}

/// A sentence for an extra run that took much more or less time than those that were timed.
fn unusual(cell: &Cell, record: &Record, timeline: &Timeline) -> Option<String> {
    let median = record.cases.last()?.measured.as_ref()?.wall.median;
    let ratio = (timeline.cropped + timeline.length) as f64 * 1000.0 / median;
    let is_unusual = cell.verb == Verb::Bench && !timeline.cut && !(1.0 / ALIKE..=ALIKE).contains(&ratio);
    is_unusual.then(|| format!("This run took {ratio:.1} times as long as the median of those that were timed."))
}
