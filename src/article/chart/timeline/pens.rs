//! What threads did, as paths.

use std::fmt::Write;

use super::super::coordinate;
use super::state::{BAR, State};
use crate::cells::timeline::Mark;

/// What is shorter in all is hardly seen, and needs no explanation.
const SEEN: u64 = 10;

/// The paths of all threads, in a picture that is 1000 wide: one for each state and width of its lines.
#[derive(Default)]
pub(super) struct Pens {
    pens: Vec<(State, u64, Pen)>,
}

/// A path of horizontal lines.
#[derive(Default)]
struct Pen {
    path: String,
    /// How long its lines are together.
    drawn: u64,
    /// Where it is: the end of the last line, and the height in halves of a px.
    at: Option<(u64, u64)>,
}

impl Pen {
    /// Draws a line from one place to another, at a height in halves of a px.
    fn line(&mut self, from: u64, to: u64, y: u64) {
        let to = to.max(from + 1);
        self.drawn = self.drawn.saturating_add(to - from);
        let _ = match self.at {
            Some((x, last)) if last == y && x == from => write!(self.path, "h{}", to - from),
            Some((x, last)) if last == y && x < from => write!(self.path, "m{} 0h{}", from - x, to - from),
            _ => write!(self.path, "M{from} {}h{}", coordinate(y as f64 / 2.0), to - from),
        };
        self.at = Some((to, y));
    }
}

impl Pens {
    /// Draws what a thread did from `start` on, with bars that stand on `base`, px from the top, in a picture of a time that is
    /// so long.
    pub(super) fn row(&mut self, start: u64, marks: &[Mark], length: u64, base: u64) {
        let mut at = start;
        for mark in marks {
            let from = thousandths(at, length);
            at = at.saturating_add(mark.length);
            let to = thousandths(at, length);
            let (running, ready, wait) = State::of(*mark);
            let quarter = BAR / 4;
            if let Some(wait) = wait {
                // In the middle of what is left above the bars; sharp there if it has an odd width.
                self.pen(wait, 0).line(from, to, 2 * base - BAR - (running + ready) * quarter + wait.width(0) % 2);
            }
            // A line of the width of the share, so that its middle is half of that above what it stands on.
            if running > 0 {
                self.pen(State::Running, running).line(from, to, 2 * base - running * quarter);
            }
            if ready > 0 {
                self.pen(State::Ready, ready).line(from, to, 2 * base - 2 * running * quarter - ready * quarter);
            }
        }
    }

    fn pen(&mut self, state: State, quarters: u64) -> &mut Pen {
        let width = state.width(quarters);
        let at = self.pens.iter().position(|pen| (pen.0, pen.1) == (state, width));
        let at = at.unwrap_or_else(|| {
            self.pens.push((state, width, Pen::default()));
            self.pens.len() - 1
        });
        &mut self.pens[at].2
    }

    /// The states that can be seen.
    pub(super) fn states(&self) -> impl Iterator<Item = State> {
        let drawn = |state: State| self.pens.iter().filter(|pen| pen.0 == state).map(|pen| pen.2.drawn).sum::<u64>();
        State::ALL.into_iter().filter(move |state| drawn(*state) >= SEEN)
    }

    /// The paths of all of them.
    pub(super) fn draw(&self) -> String {
        let of = |state: State| -> Vec<(u64, &str)> {
            let pens = self.pens.iter().filter(|pen| pen.0 == state);
            pens.map(|(_, width, pen)| (*width, pen.path.as_str())).collect()
        };
        State::ALL.iter().map(|state| state.draw(&of(*state))).collect()
    }
}

/// An area that is as high as there are quarters, each `unit` px, and stands on `base`.
pub(super) fn area(marks: &[Mark], length: u64, base: u64, unit: f64) -> String {
    let mut out = format!("M0 {base}");
    // Heights in tenths of a px, so that what is rounded does not add up.
    let (mut at, mut x, mut y) = (0_u64, 0, 0);
    for mark in marks {
        at = at.saturating_add(mark.length);
        let (to, height) = (thousandths(at, length), (mark.running as f64 * unit * 10.0).round() as i64);
        if height != y {
            let _ = write!(out, "v{}", coordinate((y.saturating_sub(height)) as f64 / 10.0));
        }
        let _ = write!(out, "h{}", to - x);
        (x, y) = (to, height);
    }
    let _ = write!(out, "V{base}z");
    out
}

/// Where a time lies in a picture that is 1000 wide.
pub(super) fn thousandths(at: u64, length: u64) -> u64 {
    (at as f64 / length.max(1) as f64 * 1000.0).round().clamp(0.0, 1000.0) as u64
}
