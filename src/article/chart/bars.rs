//! A table whose last column holds a bar for each row.

use std::fmt::Write;

use super::{COLOURS, Measured, coordinate};

/// A column: what stands in its head, as HTML, and its class.
pub(super) type Column = (String, &'static str);

/// A row, its texts as HTML.
pub(super) struct Row {
    /// What it is about.
    pub(super) head: String,
    /// The columns between that and the bar.
    pub(super) cells: Vec<String>,
    /// What the bar shows.
    pub(super) bar: Option<Measured>,
    /// The number of its colour.
    pub(super) colour: usize,
}

/// Right of the longest bar is room for the end of its whisker.
const WIDTH: f64 = 990.0;

/// Draws the table. `columns` are all but the last one, which shows what `quantity` names.
pub(super) fn table(class: &str, caption: &str, columns: &[Column], quantity: &str, rows: &[Row]) -> String {
    let mut out = format!("<table class=\"{class}\">\n<caption>{caption}</caption>\n<thead><tr>");
    for (name, class) in columns {
        let _ = write!(out, "<th scope=\"col\"{}>{name}</th>", class_of(class));
    }
    let _ = write!(out, "<th scope=\"col\" class=\"bar\">{}</th></tr></thead>\n<tbody>\n", capitalised(quantity));
    let ends = rows.iter().filter_map(|row| row.bar).map(Measured::ends);
    let range = ends.fold((0.0, 0.0), |(low, high): (f64, f64), ends| (low.min(ends.0), high.max(ends.1)));
    for row in rows {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", row.head);
        for (cell, (_, class)) in row.cells.iter().zip(&columns[1..]) {
            let _ = write!(out, "<td{}>{cell}</td>", class_of(class));
        }
        let bar = row.bar.map(|bar| draw(bar, row.colour, range)).unwrap_or_default();
        let _ = writeln!(out, "<td class=\"bar\">{bar}</td></tr>");
    }
    out.push_str("</tbody></table>\n");
    out
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}

fn class_of(class: &str) -> String {
    if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") }
}

/// A bar from zero to the value, with the interval as a whisker. Hidden from screen readers: the row says the same.
fn draw(bar: Measured, colour: usize, (low, high): (f64, f64)) -> String {
    let x = |value: f64| if high > low { (value - low) / (high - low) * WIDTH } else { 0.0 };
    let (from, to) = (coordinate(x(0.0)), coordinate(x(bar.value)));
    let whisker = bar.interval.map(|(low, high)| {
        let (low, high) = (coordinate(x(low)), coordinate(x(high)));
        format!(
            "<path stroke=\"currentColor\" stroke-width=\"1.5\" vector-effect=\"non-scaling-stroke\" \
             d=\"M{low} 6V14M{low} 10H{high}M{high} 6V14\"/>"
        )
    });
    format!(
        "<svg viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" width=\"100%\" height=\"20\" aria-hidden=\"true\">\
         <path class=\"s{colour}\" color=\"{}\" fill=\"currentColor\" d=\"M{from} 4H{to}V16H{from}\"/>{}</svg>",
        COLOURS[colour],
        whisker.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(value: f64, interval: Option<(f64, f64)>, range: (f64, f64)) -> Vec<String> {
        let svg = draw(Measured { value, interval }, 1, range);
        svg.split(" d=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn bars_begin_at_zero_and_end_at_the_value() {
        let table = [
            (10.0, None, (0.0, 10.0), vec!["M0 4H990V16H0"]),
            (5.0, Some((4.0, 6.0)), (0.0, 10.0), vec!["M0 4H495V16H0", "M396 6V14M396 10H594M594 6V14"]),
            (-5.0, None, (-5.0, 5.0), vec!["M495 4H0V16H495"]),
            (0.0, Some((0.0, 0.0)), (0.0, 0.0), vec!["M0 4H0V16H0", "M0 6V14M0 10H0M0 6V14"]),
            (f64::MAX, None, (f64::MIN, f64::MAX), vec!["M0 4H0V16H0"]),
        ];
        for (value, interval, range, paths) in table {
            assert_eq!(bar(value, interval, range), paths, "{value} of {range:?}");
        }
    }
}
