//! The picture of a sweep.

use std::fmt::Write;

use super::axis::Axis;
use super::labels::{fitting, shortened, spread};
use super::sweep::{Line, Sweep};
use super::{COLOURS, Measured, Unit, coordinate, escape};

/// Lines and their axes.
pub(super) struct Plot<'a> {
    sweep: &'a Sweep<'a>,
    lines: &'a [Line<'a>],
    x: Axis,
    y: Axis,
    /// Marks of the vertical axis.
    marks: Vec<f64>,
    /// What the first line would be, as parameters and values.
    ideal: Vec<(f64, f64)>,
}

/// Where the upper end of the vertical axis is, in px from the top.
const TOP: f64 = 20.0;

/// Where its lower end is.
const BOTTOM: f64 = 200.0;

/// Dashes and marks of the lines in order, so that none needs its colour. A mark lies around its point.
const SHAPES: [(&str, &str); 4] = [
    ("", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0"),
    ("8 4", "M-3.5-3.5h7v7h-7z"),
    ("2 3", "M0-5l4.5 8.5h-9z"),
    ("10 3 2 3", "M0-5l5 5-5 5-5-5z"),
];

/// The most characters beside the end of a line, and those for which the narrow margin is enough.
const LONGEST_LABEL: usize = 13;
const SHORT_LABEL: usize = 8;

impl<'a> Plot<'a> {
    /// The height of the picture in px.
    pub(super) const HEIGHT: u32 = 236;

    /// Finds the axes on which everything has its place.
    pub(super) fn of(sweep: &'a Sweep<'a>, lines: &'a [Line<'a>]) -> Plot<'a> {
        let points = || lines.iter().flat_map(|line| &line.points);
        let x = Axis::of_parameters(&points().map(|point| point.0).collect::<Vec<_>>());
        let ideal = ideal(sweep, lines, &x);
        let ideal_ends = [ideal.first(), ideal.last()].into_iter().flatten().map(|point| point.1);
        let values: Vec<f64> = points().map(|point| point.2.value).chain(ideal_ends).collect();
        let ends: Vec<f64> = points().map(|point| point.2.ends()).flat_map(|(low, high)| [low, high]).collect();
        let (y, marks) = Axis::of_values(&values, &ends);
        let is_straight = x.logarithmic && y.logarithmic;
        let ideal = if is_straight { ideal.first().into_iter().chain(ideal.last()).copied().collect() } else { ideal };
        Plot { sweep, lines, x, y, marks, ideal }
    }

    /// Whether the horizontal and the vertical axis are logarithmic.
    pub(super) fn logarithmic(&self) -> (bool, bool) {
        (self.x.logarithmic, self.y.logarithmic)
    }

    /// The line for which an ideal is drawn.
    pub(super) fn ideal_of(&self) -> Option<&str> {
        self.lines.first().filter(|_| !self.ideal.is_empty()).map(|line| line.label)
    }

    /// The number of cores beyond which the picture is shaded.
    pub(super) fn crowded_from(&self) -> Option<usize> {
        self.sweep.cores.filter(|cores| self.x.share(*cores as f64) < 1.0)
    }

    /// The class of the picture, by the room that its labels need at the right.
    pub(super) fn class(&self) -> &'static str {
        if self.has_long_labels() { "plot long" } else { "plot" }
    }

    fn has_long_labels(&self) -> bool {
        self.lines.iter().any(|line| line.label.chars().count() > SHORT_LABEL)
    }

    /// The part of the picture below its title. At the right of the lines is room for their labels on a phone; the style sheet
    /// makes a picture so much wider than its box that there is no more of it on a wide page. (It cannot set the width of an
    /// inner `svg`.)
    pub(super) fn draw(&self) -> String {
        let (width, room) = if self.has_long_labels() { (43, 18.0) } else { (54, 22.0) };
        let mut out = format!(
            "<svg x=\"54\" width=\"{width}%\" height=\"{}\" overflow=\"visible\" fill=\"currentColor\">",
            Self::HEIGHT
        );
        self.crowded(&mut out);
        self.grid(&mut out);
        self.parameters(room, &mut out);
        let labels = self.label_places();
        for (at, line) in self.lines.iter().enumerate() {
            self.line(at, line, labels[at], &mut out);
        }
        if let Some(label) = labels.get(self.lines.len()) {
            let path = self.stretched(self.ideal.iter().copied());
            let _ = write!(
                out,
                "<g class=\"s0\" color=\"{}\" fill=\"currentColor\">{}{}</g>",
                COLOURS[0],
                curve("stroke-width=\"1.5\" stroke-dasharray=\"1 5\" stroke-linecap=\"round\"", &path),
                end_label("ideal", *label)
            );
        }
        out.push_str("</svg>");
        out
    }

    /// The part where workers share cores.
    fn crowded(&self, out: &mut String) {
        let Some(cores) = self.crowded_from() else { return };
        let share = self.x.share(cores as f64);
        let (at, height) = (percent(share), BOTTOM - TOP);
        let (anchor, aside) = if share > 0.5 { (" text-anchor=\"end\"", -4) } else { ("", 4) };
        let name = if cores == 1 { "core" } else { "cores" };
        let _ = write!(
            out,
            "<rect x=\"{at}\" y=\"{TOP}\" width=\"{}\" height=\"{height}\" fill-opacity=\".1\"/>\
             <text x=\"{at}\" dx=\"{aside}\" y=\"14\"{anchor}>{cores} {name}</text>",
            percent(1.0 - share)
        );
    }

    /// The marks of the vertical axis and their lines.
    fn grid(&self, out: &mut String) {
        let lines: String =
            self.marks.iter().map(|mark| format!("M0 {}H1000", coordinate(self.height(*mark)))).collect();
        out.push_str(&curve("stroke-opacity=\".25\"", &lines));
        out.push_str("<g text-anchor=\"end\">");
        let greatest = self.marks.iter().fold(0.0_f64, |greatest, mark| greatest.max(mark.abs()));
        for mark in &self.marks {
            // On an axis of equal steps all marks have one unit.
            let like = if self.y.logarithmic { *mark } else { greatest };
            let _ = write!(
                out,
                "<text x=\"-8\" y=\"{}\">{}</text>",
                coordinate(self.height(*mark) + 4.0),
                self.sweep.unit.mark(*mark, like)
            );
        }
        out.push_str("</g>");
    }

    /// The marks of the horizontal axis, at the parameters that were measured, as far as there is room for so many
    /// characters on a phone, and its name.
    fn parameters(&self, room: f64, out: &mut String) {
        let mut parameters: Vec<f64> = self.lines.iter().flat_map(|line| &line.points).map(|point| point.0).collect();
        parameters.sort_by(f64::total_cmp);
        parameters.dedup();
        let texts: Vec<String> = parameters.iter().map(|parameter| Unit::Number.mark(*parameter, *parameter)).collect();
        let places: Vec<(f64, f64, usize)> = parameters
            .iter()
            .zip(&texts)
            .map(|(parameter, text)| (*parameter, self.x.share(*parameter), text.chars().count()))
            .collect();
        out.push_str("<g text-anchor=\"middle\">");
        for ((place, text), _) in places.iter().zip(&texts).zip(fitting(&places, room)).filter(|(_, fits)| *fits) {
            let _ = write!(out, "<text x=\"{}\" y=\"216\">{text}</text>", percent(place.1));
        }
        let _ = write!(out, "<text x=\"50%\" y=\"232\">{}</text></g>", escape::text(self.sweep.parameter));
    }

    /// A line, its points and its label.
    fn line(&self, at: usize, line: &Line<'_>, label: f64, out: &mut String) {
        let (dashes, mark) = SHAPES[at % SHAPES.len()];
        let colour = 1 + at % SHAPES.len();
        let _ = write!(out, "<g class=\"s{colour}\" color=\"{}\" fill=\"currentColor\">", COLOURS[colour]);
        let path = self.stretched(line.points.iter().map(|point| (point.0, point.2.value)));
        let dashes = if dashes.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dashes}\"") };
        out.push_str(&curve(&format!("stroke-width=\"2.5\"{dashes}"), &path));
        for (parameter, _, value) in &line.points {
            let (x, y) = (percent(self.x.share(*parameter)), self.height(value.value));
            let whisker = self.whisker(*value, y);
            let _ = write!(
                out,
                "<svg x=\"{x}\" y=\"{y}\" overflow=\"visible\"><path stroke=\"currentColor\" d=\"{mark}{whisker}\"/></svg>"
            );
        }
        out.push_str(&end_label(line.label, label));
        out.push_str("</g>");
    }

    /// A whisker around a point, if its mark does not cover it.
    fn whisker(&self, value: Measured, y: f64) -> String {
        let (low, high) = value.ends();
        let (down, up) = (self.height(low) - y, self.height(high) - y);
        if down.max(-up) < 4.0 {
            return String::new();
        }
        format!("M0 {down}V{up}M-3 {down}h6M-3 {up}h6")
    }

    /// The heights of the labels of all lines, and of the ideal's.
    fn label_places(&self) -> Vec<f64> {
        let lines = self.lines.iter().filter_map(|line| line.points.last()).map(|point| point.2.value);
        let wanted: Vec<f64> =
            lines.chain(self.ideal.last().map(|point| point.1)).map(|value| self.height(value)).collect();
        spread(&wanted, 14.0, TOP, BOTTOM)
    }

    /// How far below the top of the picture a value lies, in px: whole ones, since parts of them cannot be seen.
    fn height(&self, value: f64) -> f64 {
        (BOTTOM - self.y.share(value) * (BOTTOM - TOP)).round()
    }

    /// A path through points, in a picture that is 1000 wide.
    fn stretched(&self, points: impl Iterator<Item = (f64, f64)>) -> String {
        let place =
            |(parameter, value)| format!("{} {}", (self.x.share(parameter) * 1000.0).round(), self.height(value));
        format!("M{}", points.map(place).collect::<Vec<_>>().join("L"))
    }
}

/// The ideal course of the first line, where there is one.
fn ideal(sweep: &Sweep<'_>, lines: &[Line<'_>], x: &Axis) -> Vec<(f64, f64)> {
    let (Some(ideal), Some(first)) = (sweep.ideal, lines.first().and_then(|line| line.points.first())) else {
        return Vec::new();
    };
    let (first, value) = (first.0, first.2.value);
    if first <= 0.0 {
        return Vec::new();
    }
    let at = |parameter| (parameter, ideal.at((first, value), parameter));
    x.sampled(17).map(at).filter(|(parameter, value)| *parameter >= first && value.is_finite()).collect()
}

/// A path that is as wide as the picture, with lines of an even width.
fn curve(attributes: &str, path: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 1000 {}\" preserveAspectRatio=\"none\" overflow=\"visible\"><path fill=\"none\" \
         stroke=\"currentColor\" vector-effect=\"non-scaling-stroke\" {attributes} d=\"{path}\"/></svg>",
        Plot::HEIGHT
    )
}

/// What stands beside the end of a line.
fn end_label(label: &str, y: f64) -> String {
    let text = escape::text(&shortened(label, LONGEST_LABEL));
    format!("<text x=\"100%\" dx=\"10\" y=\"{}\">{text}</text>", coordinate(y + 4.0))
}

/// A share of the width.
fn percent(share: f64) -> String {
    format!("{}%", coordinate(share * 100.0))
}
