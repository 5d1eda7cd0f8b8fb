//! The rows of a timeline. Where a thread runs there is a bar, where it is ready stripes, where it waits a line: the shape
//! tells them apart, the colour only helps.

use std::fmt::Write;

use super::{COLOURS, coordinate, escape};
use crate::cells::timeline::{Lane, Mark, Span};

/// How high a bar and the outline of a span are, px.
const BAR: u64 = 12;
const OUTLINE: u64 = 15;

/// Spans within spans within spans are drawn above each other; deeper ones are not.
const DEEPEST: usize = 3;

/// The paths of all rows, in a picture that is 1000 wide: one for each state and, in quarters, how much of the height of a
/// bar it takes.
pub(super) struct Paths {
    length: u64,
    waiting: Pen,
    running: [Pen; 4],
    ready: [Pen; 4],
}

/// A path of horizontal lines.
#[derive(Default)]
struct Pen {
    path: String,
    /// Where it is: the end of the last line, and the height in halves of a px.
    at: Option<(u64, u64)>,
}

impl Pen {
    /// Draws a line from one place to another, at a height in halves of a px.
    fn line(&mut self, from: u64, to: u64, y: u64) {
        let to = to.max(from + 1);
        let _ = match self.at {
            Some((x, last)) if last == y && x == from => write!(self.path, "h{}", to - from),
            Some((x, last)) if last == y && x < from => write!(self.path, "m{} 0h{}", from - x, to - from),
            _ => write!(self.path, "M{from} {}h{}", coordinate(y as f64 / 2.0), to - from),
        };
        self.at = Some((to, y));
    }
}

impl Paths {
    /// No paths yet, of a timeline that is so long, µs.
    pub(super) fn new(length: u64) -> Self {
        Paths { length, waiting: Pen::default(), running: Default::default(), ready: Default::default() }
    }

    /// Draws a row whose bars stand on `base`, px from the top.
    pub(super) fn lane(&mut self, lane: &Lane, base: u64) {
        let mut at = lane.start;
        for Mark { length, running, ready, .. } in lane.marks.iter().copied() {
            let (running, ready) = (running.min(4), ready.min(4 - running.min(4)));
            let from = thousandths(at, self.length);
            at = at.saturating_add(length);
            let to = thousandths(at, self.length);
            if running + ready < 4 {
                self.waiting.line(from, to, 2 * base - BAR);
            }
            // A line of the width of the share, so that its middle is half of that above what it stands on.
            let quarter = BAR / 4;
            if let Some(pen) = running.checked_sub(1).and_then(|at| self.running.get_mut(at as usize)) {
                pen.line(from, to, 2 * base - running * quarter);
            }
            if let Some(pen) = ready.checked_sub(1).and_then(|at| self.ready.get_mut(at as usize)) {
                pen.line(from, to, 2 * base - 2 * running * quarter - ready * quarter);
            }
        }
    }

    /// The paths of all rows.
    pub(super) fn draw(&self) -> String {
        let groups = [
            (0, "", std::slice::from_ref(&self.waiting)),
            (2, " stroke-dasharray=\"1.5 2\"", &self.ready),
            (1, "", &self.running),
        ];
        let mut out = String::new();
        for (colour, dashes, pens) in groups {
            let _ = write!(out, "<g class=\"s{colour}\" color=\"{}\"{dashes}>", COLOURS[colour]);
            for (width, pen) in (1..).zip(pens).filter(|(_, pen)| !pen.path.is_empty()) {
                let width = if colour == 0 { "1.5".to_owned() } else { (width * BAR / 4).to_string() };
                let _ = write!(
                    out,
                    "<path vector-effect=\"non-scaling-stroke\" stroke-width=\"{width}\" d=\"{}\"/>",
                    pen.path
                );
            }
            out.push_str("</g>");
        }
        out
    }
}

/// How high a row is below its text, px.
pub(super) fn row_height(lane: &Lane) -> u64 {
    let deepest = placed(&lane.spans).map(|(depth, _)| depth + 1).max().unwrap_or(0);
    BAR + 2 + deepest as u64 * OUTLINE
}

/// The spans of a row, from `top` on, each as wide as it is long and with its name in it as far as there is room.
pub(super) fn spans(lane: &Lane, length: u64, top: u64) -> String {
    let mut out = String::new();
    for (depth, span) in placed(&lane.spans) {
        let share = |time: u64| time as f64 / length.max(1) as f64 * 100.0;
        let _ = write!(
            out,
            "<svg x=\"{}%\" y=\"{}\" width=\"{}%\" height=\"14\"><rect width=\"100%\" height=\"100%\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/><text x=\"4\" y=\"11\">{}</text></svg>",
            coordinate(share(span.start)),
            top + depth as u64 * OUTLINE,
            coordinate(share(span.end.saturating_sub(span.start)).max(0.3)),
            escape::text(&span.name)
        );
    }
    if out.is_empty() {
        return out;
    }
    format!("<g class=\"s3\" color=\"{}\">{out}</g>", COLOURS[3])
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

/// An area that is as high as there are quarters, each `unit` px, and stands on `base`.
pub(super) fn strip(marks: &[Mark], length: u64, base: u64, unit: f64) -> String {
    let (mut out, mut at) = (format!("M0 {base}"), 0_u64);
    for mark in marks {
        at = at.saturating_add(mark.length);
        let y = base as f64 - mark.running as f64 * unit;
        let _ = write!(out, "V{}H{}", coordinate(y), thousandths(at, length));
    }
    let _ = write!(out, "V{base}z");
    out
}

/// Where a time lies in a picture that is 1000 wide.
fn thousandths(at: u64, length: u64) -> u64 {
    (at as f64 / length.max(1) as f64 * 1000.0).round().clamp(0.0, 1000.0) as u64
}
