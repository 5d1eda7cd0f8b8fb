use crate::build::CellResult;
use crate::cells::{CaseRecord, Figures, Record, format_ns};

/// What was measured of the selected cells, a line a case; nothing if there are none.
pub(in crate::cli) fn table(results: &[CellResult]) -> String {
    let mut rows = vec![["cell", "median", "range", "runs", "ended"].map(str::to_owned)];
    for result in results.iter().filter(|result| result.selected) {
        let name = format!("{}#{}", result.post, result.cell);
        match &result.record {
            Some(record) => rows.extend(of_record(&name, record)),
            None => rows.push([name, String::new(), String::new(), String::new(), "no result".to_owned()]),
        }
    }
    if rows.len() > 1 { aligned(&rows) } else { String::new() }
}

fn of_record(name: &str, record: &Record) -> Vec<[String; 5]> {
    if record.cases.is_empty() {
        let end = if record.compiled == Some(true) { "compiles" } else { "does not compile" };
        return vec![[name.to_owned(), String::new(), String::new(), String::new(), end.to_owned()]];
    }
    record.cases.iter().map(|case| of_case(name, case)).collect()
}

fn of_case(name: &str, case: &CaseRecord) -> [String; 5] {
    let params: Vec<String> = case.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let name = if params.is_empty() { name.to_owned() } else { format!("{name}[{}]", params.join(",")) };
    let wall = case.measured.as_ref().map(|measured| measured.wall);
    let range = |wall: Figures| {
        let in_digits = |ns| format_ns(ns, wall.half_width());
        if wall.n > 1 { format!("{} … {}", in_digits(wall.min), in_digits(wall.max)) } else { String::new() }
    };
    let ends: Vec<String> = case
        .ends
        .iter()
        .map(|end| if case.ends.len() > 1 { format!("{} × {}", end.count, end.exit) } else { end.exit.to_string() })
        .collect();
    [
        name,
        wall.map(|wall| wall.time()).unwrap_or_default(),
        wall.map(range).unwrap_or_default(),
        wall.map(|wall| wall.n.to_string()).unwrap_or_default(),
        ends.join(", "),
    ]
}

/// Rows as lines, the columns one above the other.
pub(in crate::cli) fn aligned(rows: &[[String; 5]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(widths).map(|(text, width)| format!("{text:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}
