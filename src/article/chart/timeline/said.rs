//! What the program says that it does: brackets with a name.

use std::fmt::Write;

use super::super::{coordinate, escape};
use super::pens::thousandths;
use crate::cells::timeline::{Span, Task};

/// How high a bracket is, and one below the other, px.
pub(super) const BRACKET: u64 = 14;
pub(super) const STEP: u64 = 17;

/// Spans within spans within spans are drawn below each other; deeper ones are not.
const DEEPEST: usize = 3;

/// How much of the width of a phone a character takes, at most, in percent.
const CHARACTER: f64 = 2.5;

/// Brackets, in a picture that is 1000 wide, and their names.
#[derive(Default)]
pub(super) struct Said {
    grounds: String,
    edges: String,
    /// The names, in a picture whose width is not known.
    pub(super) names: String,
}

impl Said {
    /// Whether nothing was said.
    pub(super) fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }

    /// Draws spans of a thread from `top` on, and tells how high they are together, px. A name is cut off where its span ends.
    pub(super) fn spans(&mut self, spans: &[Span], length: u64, top: u64) -> u64 {
        let mut height = 0;
        for (depth, span) in placed(spans) {
            let top = top + depth as u64 * STEP;
            self.bracket(span.start, span.end, length, top);
            let share = |time: u64| time.min(length) as f64 / length.max(1) as f64 * 100.0;
            let _ = write!(
                self.names,
                "<svg x=\"{}%\" y=\"{top}\" width=\"{}%\" height=\"{BRACKET}\"><text x=\"5\" y=\"10\">{}</text></svg>",
                coordinate(share(span.start)),
                coordinate((share(span.end) - share(span.start)).max(0.3)),
                escape::text(&span.name)
            );
            height = height.max((depth as u64 + 1) * STEP);
        }
        height
    }

    /// Draws a task from `top` on. Its name begins where it does, or stands before it if there is no room at the right.
    pub(super) fn task(&mut self, task: &Task, name: &str, length: u64, top: u64) {
        for &(start, end) in &task.times {
            self.bracket(start, end, length, top);
        }
        let share = |time: Option<u64>| time.unwrap_or(0).min(length) as f64 / length.max(1) as f64 * 100.0;
        let start = share(task.times.first().map(|time| time.0));
        let end = share(task.times.last().map(|time| time.1));
        let room = name.chars().count() as f64 * CHARACTER;
        let (x, shift, anchor) = match () {
            () if start + room <= 100.0 => (start, 5, ""),
            () if room <= start => (start, -5, " text-anchor=\"end\""),
            () if room <= end => (end, -5, " text-anchor=\"end\""),
            () => (0.0, 5, ""),
        };
        let (x, y, name) = (coordinate(x), top + 10, escape::text(name));
        let _ = write!(self.names, "<text x=\"{x}%\" dx=\"{shift}\" y=\"{y}\"{anchor}>{name}</text>");
    }

    fn bracket(&mut self, start: u64, end: u64, length: u64, top: u64) {
        let from = thousandths(start, length);
        // A little less, so that one ends before the next begins.
        let width = thousandths(end, length).saturating_sub(from + 2).max(1);
        let _ = write!(self.grounds, "M{from} {}h{width}", top + BRACKET / 2);
        let _ = write!(self.edges, "M{from} {top}v{BRACKET}h{width}");
    }

    /// The brackets.
    pub(super) fn draw(&self) -> String {
        if self.is_empty() { String::new() } else { drawn(&self.grounds, &self.edges) }
    }

    /// One as a sample, 26 px wide and 12 px high.
    pub(super) fn sample() -> String {
        drawn("M2 6h23", "M2 0v11h23")
    }
}

fn drawn(grounds: &str, edges: &str) -> String {
    let path = "path vector-effect=\"non-scaling-stroke\"";
    format!(
        "<g stroke=\"currentColor\"><{path} stroke-width=\"{BRACKET}\" stroke-opacity=\".1\" d=\"{grounds}\"/>\
         <{path} stroke-width=\"1.5\" d=\"{edges}\"/></g>"
    )
}

/// The spans with how many others are above them, those that begin first on top.
fn placed(spans: &[Span]) -> impl Iterator<Item = (usize, &Span)> {
    let mut ends: Vec<u64> = Vec::new();
    spans.iter().filter_map(move |span| {
        let depth = ends.iter().position(|end| *end <= span.start).unwrap_or(ends.len());
        if depth >= DEEPEST {
            return None;
        }
        ends.resize(ends.len().max(depth + 1), 0);
        ends[depth] = span.end;
        Some((depth, span))
    })
}
