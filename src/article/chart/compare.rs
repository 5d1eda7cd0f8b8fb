//! The comparison of a group.

use super::bars::{Row, table};
use super::{MISSING, Measured, Unit, escape, framed, mixed, ratio};

/// Cells of a group, measured against one of them.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// What is compared, in a few words.
    pub title: &'a str,
    /// What was measured: `time`, `peak memory`.
    pub quantity: &'a str,
    /// What it was measured in.
    pub unit: Unit,
    /// The cells in order.
    pub bars: &'a [Bar<'a>],
    /// Why they cannot be compared by ratios, if they were not measured together, in a sentence.
    pub mixed: Option<&'a str>,
}

/// One of the cells.
#[derive(Debug, Clone, Copy)]
pub struct Bar<'a> {
    /// What it is called.
    pub label: &'a str,
    /// Where it is found.
    pub href: Option<&'a str>,
    /// What was measured.
    pub value: Measured,
    /// That, divided by the baseline's; without a unit. Nothing for the baseline, and where the two cannot be compared.
    pub ratio: Option<Measured>,
    /// Whether it is the one with which the others are compared.
    pub baseline: bool,
}

impl Comparison<'_> {
    /// Draws a table with a bar for each cell.
    pub fn draw(&self) -> String {
        let with_intervals =
            self.bars.iter().any(|bar| bar.value.known().is_some_and(|value| value.interval.is_some()));
        let quantity = escape::text(self.quantity);
        let whiskers = if with_intervals { ", with its 95 % interval" } else { "" };
        let caption = format!("{}: median {quantity}{whiskers}.", escape::text(self.title));
        let mut columns = vec![("Cell".to_owned(), ""), ("Median".to_owned(), "num")];
        if with_intervals {
            columns.push(("95 % interval".to_owned(), "num ci"));
        }
        columns.push((self.against(), ""));
        let rows: Vec<Row> = self.bars.iter().map(|bar| self.row(bar, with_intervals)).collect();
        framed(&(table("compare", &caption, &columns, &quantity, &rows) + &mixed(self.mixed)), &[])
    }

    /// The head of the column of ratios.
    fn against(&self) -> String {
        let baseline = self.bars.iter().find(|bar| bar.baseline);
        baseline.map_or("Ratio".to_owned(), |bar| format!("Against {}", escape::text(bar.label)))
    }

    fn row(&self, bar: &Bar<'_>, with_intervals: bool) -> Row {
        // Names of cells are long words, which may be broken where their own words end.
        let label = escape::text(bar.label).replace('_', "_<wbr/>");
        let head = match bar.href {
            Some(href) => format!("<a href=\"{}\">{label}</a>", escape::url(href)),
            None => label,
        };
        let value = bar.value.known();
        let ratio = match bar.ratio {
            _ if bar.baseline => "baseline".to_owned(),
            Some(ratio) => unbroken(&ratio::words(ratio, self.unit)),
            None => MISSING.to_owned(),
        };
        let mut cells = vec![value.map_or(MISSING.to_owned(), |value| value.text(self.unit))];
        if with_intervals {
            cells.push(value.and_then(|value| value.interval_text(self.unit)).unwrap_or(MISSING.to_owned()));
        }
        cells.push(ratio);
        Row { head, cells, bar: value, colour: usize::from(!bar.baseline) }
    }
}

/// Words with what stands in brackets at their end kept on one line.
fn unbroken(words: &str) -> String {
    match words.split_once(" (") {
        Some((verdict, interval)) => format!("{verdict} <span class=\"whole\">({interval}</span>"),
        None => words.to_owned(),
    }
}
