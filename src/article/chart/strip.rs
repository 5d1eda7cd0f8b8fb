//! All runs of a cell, a dot each.

use std::fmt::Write;

use super::axis::Axis;
use super::labels::fitting;
use super::{COLOURS, MISSING, Measured, Unit, coordinate, escape, framed, half_width, is_usual};

/// The runs of a cell.
#[derive(Debug, Clone, Copy)]
pub struct Strip<'a> {
    /// What was measured, in a few words.
    pub title: &'a str,
    /// What it was measured in.
    pub unit: Unit,
    /// A row for each case.
    pub rows: &'a [Runs<'a>],
    /// Where the numbers are found, as a URL.
    pub data: &'a str,
}

/// The runs of one case.
#[derive(Debug, Clone, Copy)]
pub struct Runs<'a> {
    /// Which case it is; empty for the only one.
    pub label: &'a str,
    /// Its runs in order.
    pub runs: &'a [Run],
    /// Their median, or that of those that were not disturbed.
    pub median: Measured,
}

/// A run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// What was measured.
    pub value: f64,
    /// Whether others disturbed it.
    pub disturbed: bool,
}

/// Rows beyond these are left to the data, so that the picture stays small and can be taken in.
const MOST_ROWS: usize = 6;

/// The height of the dots of a row in px.
const BAND: f64 = 20.0;

/// What is free above and below them.
const FREE: f64 = 8.0;

/// What the name of a row takes.
const NAME: f64 = 14.0;

/// The most characters of marks and the blanks between them that have room below a picture on a phone.
const ROOM: f64 = 30.0;

/// What is drawn: shapes in a space 1000 wide, which is stretched, and texts, which are not.
#[derive(Default)]
struct Drawing {
    shapes: String,
    texts: String,
    /// The height of what is drawn so far, in px.
    height: f64,
}

impl Strip<'_> {
    /// Draws it; nothing, if no run has a value that can be drawn.
    pub fn draw(&self) -> String {
        let rows = &self.rows[..self.rows.len().min(MOST_ROWS)];
        let values: Vec<f64> = rows.iter().flat_map(Runs::known).map(|(_, run)| run.value).collect();
        if values.is_empty() {
            return String::new();
        }
        let (axis, marks) = Axis::around(&values);
        let mut drawing = Drawing::default();
        for row in rows {
            row.draw(&axis, &mut drawing);
        }
        self.marks(&axis, &marks, &mut drawing);
        let Drawing { shapes, texts, height } = drawing;
        let (title, key) = (escape::text(self.title), self.key(rows));
        let sentences: Vec<String> = rows.iter().map(|row| row.sentence(self.unit)).collect();
        let sentences = escape::text(&sentences.join(" "));
        let picture = format!(
            "<p>{title}. {key}</p>\n<svg class=\"strip\" role=\"img\" width=\"100%\" height=\"{height}\" font-size=\"12\">\
             <title>{title}</title><desc>{sentences}</desc><svg x=\"9%\" width=\"82%\" overflow=\"visible\" fill=\"currentColor\">\
             <svg viewBox=\"0 0 1000 {height}\" preserveAspectRatio=\"none\" overflow=\"visible\">{shapes}</svg>{texts}</svg></svg>\n"
        );
        framed(&picture, &[])
    }

    /// What the signs mean, and where the numbers are, as HTML.
    fn key(&self, rows: &[Runs<'_>]) -> String {
        let mut key = "A dot is a run, the first one on top. Line: the median".to_owned();
        if rows.iter().any(|row| row.median.known().is_some_and(|median| median.interval.is_some())) {
            key.push_str(", in its 95 % interval");
        }
        key.push('.');
        if rows.iter().any(|row| row.disturbed() > 0) {
            key.push_str(" Hollow: disturbed by others.");
        }
        let left = self.rows.len() - rows.len();
        if left > 0 {
            let _ = write!(key, " Of {} cases the first {MOST_ROWS} are shown.", self.rows.len());
        }
        let _ = write!(key, " <a href=\"{}\">All numbers</a>.", escape::url(self.data));
        key
    }

    /// The marks of the axis below the rows.
    fn marks(&self, axis: &Axis, marks: &[f64], drawing: &mut Drawing) {
        let greatest = marks.iter().fold(0.0_f64, |greatest, mark| greatest.max(mark.abs()));
        let text = |mark: f64| self.unit.mark(mark, if axis.logarithmic { mark } else { greatest });
        let texts: Vec<String> = marks.iter().map(|mark| text(*mark)).collect();
        let places: Vec<(f64, f64, usize)> =
            marks.iter().zip(&texts).map(|(mark, text)| (*mark, axis.share(*mark), text.chars().count())).collect();
        let bottom = drawing.height;
        let lines: String =
            places.iter().map(|place| format!("M{} 0V{bottom}", coordinate(place.1 * 1000.0))).collect();
        drawing.shapes.push_str(&path("stroke-opacity=\".25\"", &lines));
        drawing.texts.push_str("<g text-anchor=\"middle\">");
        for ((place, text), _) in places.iter().zip(&texts).zip(fitting(&places, ROOM)).filter(|(_, fits)| *fits) {
            let (x, y) = (coordinate(place.1 * 100.0), bottom + NAME);
            let _ = write!(drawing.texts, "<text x=\"{x}%\" y=\"{y}\">{text}</text>");
        }
        drawing.texts.push_str("</g>");
        drawing.height = bottom + NAME + FREE / 2.0;
    }
}

impl Runs<'_> {
    /// The runs whose values are known, with their places among all.
    fn known(&self) -> impl Iterator<Item = (usize, &Run)> {
        self.runs.iter().enumerate().filter(|(_, run)| is_usual(run.value))
    }

    fn disturbed(&self) -> usize {
        self.runs.iter().filter(|run| run.disturbed).count()
    }

    /// Draws the row below what was drawn so far.
    fn draw(&self, axis: &Axis, drawing: &mut Drawing) {
        if !self.label.is_empty() {
            drawing.height += NAME;
            let (y, label) = (drawing.height - 2.0, escape::text(self.label));
            let _ = write!(drawing.texts, "<text x=\"4\" y=\"{y}\">{label}</text>");
        }
        let x = |value: f64| coordinate(axis.share(value) * 1000.0);
        let (top, bottom) = (drawing.height, drawing.height + BAND + 2.0 * FREE);
        if let Some(median) = self.median.known() {
            if let Some((low, high)) = median.interval {
                let (from, to) = (x(low), x(high));
                let _ = write!(drawing.shapes, "<path fill-opacity=\".15\" d=\"M{from} {top}H{to}V{bottom}H{from}\"/>");
            }
            let middle = x(median.value);
            drawing.shapes.push_str(&path("stroke-width=\"2\"", &format!("M{middle} {top}V{bottom}")));
        }
        let last = self.runs.len().saturating_sub(1).max(1) as f64;
        let dots = |disturbed: bool| -> String {
            let of_kind = self.known().filter(|(_, run)| run.disturbed == disturbed);
            let y = |at: usize| (top + FREE + BAND * at as f64 / last).round();
            // A line of no length with round ends is a dot, which stretching leaves round.
            let x = |run: &Run| (axis.share(run.value) * 1000.0).round();
            of_kind.map(|(at, run)| format!("M{} {}h0", x(run), y(at))).collect()
        };
        let (calm, disturbed) = (dots(false), dots(true));
        let colour = format!("<g class=\"s1\" color=\"{}\" stroke-linecap=\"round\">", COLOURS[1]);
        drawing.shapes.push_str(&colour);
        if !calm.is_empty() {
            drawing.shapes.push_str(&path("stroke-width=\"6\"", &calm));
        }
        if !disturbed.is_empty() {
            drawing.shapes.push_str(&path("stroke-width=\"7\"", &disturbed));
            drawing.shapes.push_str(&path("class=\"hole\" color=\"#fff\" stroke-width=\"4\"", &disturbed));
        }
        drawing.shapes.push_str("</g>");
        drawing.height = bottom;
    }

    /// What the row shows.
    fn sentence(&self, unit: Unit) -> String {
        let values = || self.known().map(|(_, run)| run.value);
        let half_width = self.median.interval.map(half_width);
        let [least, greatest] = [values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max)]
            .map(|end| unit.format(end, half_width));
        let name = if self.label.is_empty() { String::new() } else { format!("With {}: ", self.label) };
        let median = self.median.known().map_or(MISSING.to_owned(), |median| median.full_text(unit));
        let runs = match self.runs.len() {
            0 => return String::new(),
            1 => return format!("{name}1 run of {least}."),
            runs => format!("{name}{runs} runs from {least} to {greatest}, their median {median}"),
        };
        match self.disturbed() {
            0 => format!("{runs}."),
            disturbed => format!("{runs}; {disturbed} of them disturbed."),
        }
    }
}

/// A line whose width is not stretched.
fn path(attributes: &str, d: &str) -> String {
    format!("<path fill=\"none\" stroke=\"currentColor\" vector-effect=\"non-scaling-stroke\" {attributes} d=\"{d}\"/>")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, texts};
    use super::*;

    const MEDIAN: Measured = Measured { value: 1.92e6, interval: Some((1.89e6, 1.96e6)) };

    fn runs(values: &[f64], disturbed: &[usize]) -> Vec<Run> {
        values.iter().enumerate().map(|(at, &value)| Run { value, disturbed: disturbed.contains(&at) }).collect()
    }

    fn draw(rows: &[Runs<'_>], data: &str) -> String {
        Strip { title: "Runs of <spin>", unit: Unit::Time, rows, data }.draw()
    }

    #[test]
    fn all_runs_are_drawn() {
        let one = runs(&[1.95e6, 1.9e6, 2.4e6, 1.89e6, 1.96e6, 1.92e6, 1.91e6], &[2]);
        let html = draw(&[Runs { label: "", runs: &one, median: MEDIAN }], "results.json");
        check(&html);
        assert_eq!(html, include_str!("testdata/strip.html"));
        let few = runs(&[8e6, 8.2e6], &[]);
        let rows = [
            Runs { label: "threads = 1", runs: &few, median: Measured { value: 8.1e6, interval: None } },
            Runs { label: "threads = 2", runs: &one, median: MEDIAN },
        ];
        let html = draw(&rows, "results.json");
        check(&html);
        assert_eq!(html, include_str!("testdata/strip-rows.html"));
    }

    #[test]
    fn runs_are_told_in_sentences() {
        let one = runs(&[1.9e6, 2.4e6, 1.92e6, 1.95e6], &[1]);
        let single = runs(&[5e6], &[]);
        let row = |label, runs, median| Runs { label, runs, median };
        let rows = [
            row("", &*one, MEDIAN),
            row("n = 2", &*single, Measured { value: 5e6, interval: None }),
            row("n = 3", &[], MEDIAN),
        ];
        let html = draw(&rows, "a b.json");
        let document = roxmltree::Document::parse(&html).unwrap();
        assert_eq!(texts(&document, "title"), ["Runs of <spin>"]);
        assert_eq!(
            texts(&document, "desc"),
            ["4 runs from 1.900 ms to 2.400 ms, their median 1.920 ms (1.890–1.960 ms); 1 of them disturbed. \
              With n = 2: 1 run of 5.0 ms. "]
        );
        assert_eq!(
            texts(&document, "p"),
            ["Runs of <spin>. A dot is a run, the first one on top. Line: the median, in its 95\u{a0}% interval. \
              Hollow: disturbed by others. All numbers."]
        );
        assert!(html.contains("<a href=\"a%20b.json\">"), "{html}");
    }

    #[test]
    fn rows_beyond_six_are_left_out() {
        let one = runs(&[1e6, 2e6], &[]);
        let rows = [Runs { label: "n", runs: &one, median: MEDIAN }; 12];
        let html = draw(&rows, "results.json");
        assert!(html.contains("Of 12 cases the first 6 are shown.") && html.matches("With n: ").count() == 6, "{html}");
    }

    #[test]
    fn no_runs_are_too_odd() {
        for values in [&[][..], &[f64::NAN, f64::INFINITY], &[0.0], &[5.0; 4], &[-1.0, 1e99, f64::NAN], &[1e-320, 1e90]]
        {
            for median in [MEDIAN, Measured { value: f64::NAN, interval: None }] {
                let html = draw(&[Runs { label: "a", runs: &runs(values, &[0]), median }], "results.json");
                assert_eq!(html.is_empty(), !values.iter().any(|value| is_usual(*value)), "{values:?}");
                if !html.is_empty() {
                    check(&html);
                }
            }
        }
    }
}
