//! Charts as HTML and SVG: a comparison of cells, a sweep over a parameter, a tally of outcomes, threads over time. They are functions of
//! plain data and know nothing of cells.
//!
//! Every picture has its numbers in a table. Widths are in percent and texts in pixels, so that a text has 12 px on a phone
//! too. Colours are attributes that the style sheet overrides, for readers of feeds; nothing has a `style` or an id.

mod axis;
mod bars;
mod compare;
mod describe;
mod fit;
mod labels;
mod plot;
mod ratio;
mod strip;
mod sweep;
mod tally;
mod timeline;
mod unit;

pub use compare::{Bar, Comparison};
pub(super) use ratio::Told;
pub use strip::{Run, Runs, Strip};
pub use sweep::{Ideal, Point, Series, Sweep};
pub use tally::Tally;
pub use timeline::Threads;
pub use unit::Unit;

use super::escape;
use crate::cells::statistics::half_width;

/// What stands for a value that is not known.
const MISSING: &str = "–";

/// The colours of the light theme, for readers without the style sheet, by the number of their class: `s0` is grey, for
/// what things are compared with. Okabe and Ito's hues, darkened until texts of them can be read on white.
const COLOURS: [&str; 5] = ["#6a7280", "#0072b2", "#c04d00", "#007a59", "#aa4a80"];

/// A measured value with its 95 % interval, if there were enough runs for one. In the unit that the chart names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The value, usually a median.
    pub value: f64,
    /// Where it lies with a confidence of 95 %.
    pub interval: Option<(f64, f64)>,
}

impl Measured {
    /// The same without what no chart can show; nothing, if that is the value.
    fn known(self) -> Option<Measured> {
        let interval = self.interval.filter(|(low, high)| is_usual(*low) && is_usual(*high) && low <= high);
        is_usual(self.value).then_some(Measured { value: self.value, interval })
    }

    /// The value in words, with the digits that its interval supports.
    pub(super) fn text(self, unit: Unit) -> String {
        unit.format(self.value, self.interval.map(half_width))
    }

    /// Half the width of the interval in words: `30 µs`.
    pub(super) fn half_width_text(self, unit: Unit) -> Option<String> {
        self.interval.map(|interval| unit.format(half_width(interval), None))
    }

    /// The interval in words, the unit at its end alone: `1.89–1.96 ms`.
    fn interval_text(self, unit: Unit) -> Option<String> {
        let interval = self.interval?;
        let [low, high] = [interval.0, interval.1].map(|end| unit.format(end, Some(half_width(interval))));
        let low = match (low.split_once(' '), high.split_once(' ')) {
            (Some((number, one)), Some((_, other))) if one == other => number,
            _ => &low,
        };
        Some(format!("{low}–{high}"))
    }

    /// The value and its interval: `1.92 ms (1.89–1.96 ms)`.
    fn full_text(self, unit: Unit) -> String {
        match self.interval_text(unit) {
            Some(interval) => format!("{} ({interval})", self.text(unit)),
            None => self.text(unit),
        }
    }

    /// The value and half the width of its interval: `1.92 ms ± 35 µs`.
    fn short_text(self, unit: Unit) -> String {
        match self.interval {
            Some(interval) => format!("{} ± {}", self.text(unit), unit.format(half_width(interval), None)),
            None => self.text(unit),
        }
    }

    /// The smallest and the largest value to draw.
    fn ends(self) -> (f64, f64) {
        let (low, high) = self.interval.unwrap_or((self.value, self.value));
        (low.min(self.value), high.max(self.value))
    }
}

/// Whether it is a number, and neither so large nor so small that what is computed of it may not be one.
fn is_usual(number: f64) -> bool {
    number == 0.0 || (1e-100..1e100).contains(&number.abs())
}

/// Why things that are drawn together were not measured together, as a badge with what it means.
fn mixed(why: Option<&str>) -> String {
    let paragraph = |why: &str| format!("<p><span class=\"badge mixed\">mixed</span> {}</p>\n", escape::text(why));
    why.map(paragraph).unwrap_or_default()
}

/// What surrounds every chart, with the notes below it.
fn framed(chart: &str, notes: &[&str]) -> String {
    let notes: String = notes.iter().map(|note| format!("<p>{}</p>\n", escape::text(note))).collect();
    format!("<div class=\"chart\">\n{chart}{notes}</div>\n")
}

/// A coordinate with no more digits than can be seen.
fn coordinate(value: f64) -> String {
    let value = if value.is_finite() { (value * 10.0).round() / 10.0 + 0.0 } else { 0.0 };
    format!("{value}")
}

#[cfg(test)]
mod tests;
