//! What a sweep over a parameter found.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::bars::{Row, table};
use super::plot::Plot;
use super::{MISSING, Measured, Unit, describe, escape, framed, is_usual, mixed};

/// Cells measured at several values of one parameter.
#[derive(Debug, Clone, Copy)]
pub struct Sweep<'a> {
    /// What was measured, in a few words.
    pub title: &'a str,
    /// The parameter: `threads`.
    pub parameter: &'a str,
    /// What was measured: `time`.
    pub quantity: &'a str,
    /// What it was measured in.
    pub unit: Unit,
    /// A series for each cell; with several parameters, for each combination of the others.
    pub series: &'a [Series<'a>],
    /// How the first series would go on from its first point if nothing were lost, for a parameter that counts workers.
    pub ideal: Option<Ideal>,
    /// The number of cores, for such a parameter: beyond it workers share them.
    pub cores: Option<usize>,
    /// Why they cannot be compared by their values, if they were not measured together, in a sentence.
    pub mixed: Option<&'a str>,
}

/// A cell at the values of the parameter.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    /// What it is called; beyond 13 characters only parts of it fit beside its line.
    pub label: &'a str,
    /// What was measured.
    pub points: &'a [Point<'a>],
}

/// One value of the parameter.
#[derive(Debug, Clone, Copy)]
pub struct Point<'a> {
    /// The value as the author wrote it.
    pub at: &'a str,
    /// What was measured there.
    pub value: Measured,
}

/// What nothing lost means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ideal {
    /// The value halves when the parameter doubles: the time of a fixed amount of work.
    Inverse,
    /// The value doubles when the parameter does: operations in a second.
    Proportional,
}

/// More lines than colours that can be told apart are no picture.
const MOST_SERIES: usize = 4;

/// A point of a line: the parameter, how it is written, and the value.
pub(super) type Placed<'a> = (f64, &'a str, Measured);

/// A series whose parameters are numbers, in their order, without points that nothing is known of.
pub(super) struct Line<'a> {
    /// What it is called.
    pub(super) label: &'a str,
    /// At least one.
    pub(super) points: Vec<Placed<'a>>,
}

impl Sweep<'_> {
    /// Draws it: a picture with its data below, if the parameter is a number that took at least two values, and there are at
    /// most four series; else a table with a bar for each point.
    pub fn draw(&self) -> String {
        let drawn = self.lines().map_or_else(|| self.bars(), |lines| self.chart(&lines));
        framed(&(drawn + &mixed(self.mixed)), &[])
    }

    /// The series as lines, if a picture can be drawn of them.
    pub(super) fn lines(&self) -> Option<Vec<Line<'_>>> {
        let lines: Vec<Line<'_>> = self.series.iter().map(line).collect::<Option<_>>()?;
        let mut parameters = lines.iter().flat_map(|line| &line.points).map(|point| point.0);
        let first = parameters.next()?;
        (lines.len() <= MOST_SERIES && parameters.any(|parameter| (parameter - first).abs() > 0.0))
            .then(|| lines.into_iter().filter(|line| !line.points.is_empty()).collect())
    }

    fn chart(&self, lines: &[Line<'_>]) -> String {
        let plot = Plot::of(self, lines);
        let title = escape::text(&describe::title(self));
        let description = escape::text(&describe::sentences(self, lines));
        let mut out = format!("<p>{title}. {}</p>\n", escape::text(&describe::key(self, &plot)));
        let _ = writeln!(
            out,
            "<svg class=\"{}\" role=\"img\" overflow=\"visible\" width=\"100%\" height=\"{}\" font-size=\"12\"><title>{title}</title><desc>{description}</desc>{}</svg>",
            plot.class(),
            Plot::HEIGHT,
            plot.draw()
        );
        let laws = describe::laws(self, lines);
        if !laws.is_empty() {
            let _ = writeln!(out, "<p>{}</p>", escape::text(&laws));
        }
        out.push_str(
            "<details class=\"data\"><summary>Data</summary>\n<p>Medians ± half of their 95 % intervals.</p>\n",
        );
        out.push_str(&self.data());
        out.push_str("</details>\n");
        out
    }

    /// The numbers of the picture: a row for each value of the parameter.
    fn data(&self) -> String {
        // A box that may have to be scrolled must be within reach of keys.
        let mut out =
            "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Data\"><table>\n<thead><tr>".to_owned();
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape::text(self.parameter));
        for series in self.series {
            let _ = write!(out, "<th scope=\"col\" class=\"num\">{}</th>", escape::text(series.label));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for at in self.values() {
            let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape::text(at));
            for series in self.series {
                let point = series.points.iter().find(|point| point.at == at).and_then(|point| point.value.known());
                let text = point.map_or(MISSING.to_owned(), |value| value.short_text(self.unit));
                let _ = write!(out, "<td class=\"num\">{text}</td>");
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table></div>\n");
        out
    }

    /// Every value of the parameter as it is written: numbers in their order, others in the order of the series.
    fn values(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        let points = self.series.iter().flat_map(|series| series.points);
        let mut values: Vec<&str> = points.map(|point| point.at).filter(|at| seen.insert(*at)).collect();
        if let Some(numbers) = values.iter().map(|at| number(at)).collect::<Option<Vec<f64>>>() {
            let mut order: Vec<(f64, &str)> = numbers.into_iter().zip(values).collect();
            order.sort_by(|one, other| one.0.total_cmp(&other.0));
            values = order.into_iter().map(|(_, at)| at).collect();
        }
        values
    }

    /// A bar for each point.
    fn bars(&self) -> String {
        let (parameter, quantity) = (escape::text(self.parameter), escape::text(self.quantity));
        let caption = format!("{}, with 95 % intervals.", escape::text(&describe::title(self)));
        let head = if self.series.len() > 1 { format!("Cell, {parameter}") } else { parameter };
        let columns = [(head, ""), ("Median".to_owned(), "num"), ("95 % interval".to_owned(), "num ci")];
        let points = self.series.iter().flat_map(|series| series.points.iter().map(move |point| (series, point)));
        let rows: Vec<Row> = points.map(|(series, point)| self.row(series, point)).collect();
        table("compare", &caption, &columns, &quantity, &rows)
    }

    fn row(&self, series: &Series<'_>, point: &Point<'_>) -> Row {
        let value = point.value.known();
        let name = if self.series.len() > 1 { format!("{}, {}", series.label, point.at) } else { point.at.to_owned() };
        let interval = value.and_then(|value| value.interval_text(self.unit));
        let cells = vec![
            value.map_or(MISSING.to_owned(), |value| value.text(self.unit)),
            interval.unwrap_or(MISSING.to_owned()),
        ];
        Row { head: escape::text(&name), cells, bar: value, colour: 1 }
    }
}

impl Ideal {
    /// The ideal value at a parameter, from a point that was measured.
    pub(super) fn at(self, (parameter, value): (f64, f64), other: f64) -> f64 {
        match self {
            Ideal::Inverse => value * parameter / other,
            Ideal::Proportional => value * other / parameter,
        }
    }
}

/// A series as a line; nothing, if a parameter is no number.
fn line<'a>(series: &Series<'a>) -> Option<Line<'a>> {
    let mut points = Vec::new();
    for point in series.points {
        let parameter = number(point.at)?;
        points.extend(point.value.known().map(|value| (parameter, point.at, value)));
    }
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    Some(Line { label: series.label, points })
}

/// A parameter that is a number.
fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number| is_usual(*number))
}
