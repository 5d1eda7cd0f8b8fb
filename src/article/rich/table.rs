//! CSV as a table.

use std::fmt::Write;

use csv::{ReaderBuilder, StringRecord};

use crate::article::{block, escape};

/// How many cells a table may have: more are not read by anybody, and make a page slow.
const MOST_CELLS: usize = 20_000;

/// The name of each column, and the rows below.
struct Table {
    head: StringRecord,
    rows: Vec<StringRecord>,
}

/// CSV (RFC 4180) as a table whose first row names the columns; so many rows stand openly, the others behind a summary. The
/// error is a sentence.
pub(super) fn csv(text: &str, id: &str, open: usize) -> Result<String, String> {
    let table = Table::read(text)?;
    let (open, more) = table.rows.split_at(block::openly(table.rows.len(), open));
    let mut out = String::new();
    if more.is_empty() || !open.is_empty() {
        table.draw(open, &format!("Table of {id}"), &mut out);
    }
    if !more.is_empty() {
        let _ = writeln!(out, "<details class=\"more\"><summary>{} more rows</summary>", more.len());
        table.draw(more, &format!("More of the table of {id}"), &mut out);
        out.push_str("</details>\n");
    }
    Ok(out)
}

impl Table {
    fn read(text: &str) -> Result<Table, String> {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut records = reader.records().map(|record| record.map_err(|why| format!("this is not CSV: {why}")));
        let head = records.next().ok_or("this CSV has no row")??;
        let mut rows = Vec::new();
        for (record, number) in records.zip(2_usize..) {
            let record = record?;
            if record.len() != head.len() {
                let (found, wanted) = (fields(record.len()), head.len());
                return Err(format!("row {number} of this CSV has {found}, but the first row has {wanted}"));
            }
            rows.push(record);
            if rows.len() * head.len() > MOST_CELLS {
                break;
            }
        }
        if (rows.len() + 1) * head.len() > MOST_CELLS {
            return Err(format!("this CSV has more than {MOST_CELLS} fields, too many for a page"));
        }
        Ok(Table { head, rows })
    }

    fn draw(&self, rows: &[StringRecord], label: &str, out: &mut String) {
        let classes: Vec<&str> =
            (0..self.head.len()).map(|column| if self.is_numeric(column) { " class=\"right\"" } else { "" }).collect();
        let _ = write!(
            out,
            "<div class=\"rich table\" role=\"group\" tabindex=\"0\" aria-label=\"{label}\">\n<table><thead><tr>"
        );
        for (name, class) in self.head.iter().zip(&classes) {
            let name = escape::text(name.trim());
            // A column without a name has no heading, as that of the row numbers in the exports of many tools.
            let _ = if name.is_empty() {
                write!(out, "<td{class}></td>")
            } else {
                write!(out, "<th scope=\"col\"{class}>{name}</th>")
            };
        }
        out.push_str("</tr></thead><tbody>\n");
        for row in rows {
            out.push_str("<tr>");
            for (field, class) in row.iter().zip(&classes) {
                let _ = write!(out, "<td{class}>{}</td>", escape::text(field.trim()));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table>\n</div>\n");
    }

    /// Whether a column holds numbers and nothing else, gaps aside.
    fn is_numeric(&self, column: usize) -> bool {
        let mut fields =
            self.rows.iter().filter_map(|row| row.get(column)).map(str::trim).filter(|field| !field.is_empty());
        let mut any = false;
        let all = fields.all(|field| {
            any |= field.contains(|c: char| c.is_ascii_digit());
            field.parse::<f64>().is_ok()
        });
        any && all
    }
}

fn fields(count: usize) -> String {
    if count == 1 { "1 field".to_owned() } else { format!("{count} fields") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_names_the_columns_and_numbers_stand_right() {
        assert_eq!(
            csv("name,n\r\n\"a, \"\"b\"\"\n<c>\", 1.5\r\nd,-2e3\nNaN,\n", "t", 40).unwrap(),
            "<div class=\"rich table\" role=\"group\" tabindex=\"0\" aria-label=\"Table of t\">\n\
             <table><thead><tr><th scope=\"col\">name</th><th scope=\"col\" class=\"right\">n</th></tr></thead><tbody>\n\
             <tr><td>a, \"b\"\n&lt;c&gt;</td><td class=\"right\">1.5</td></tr>\n\
             <tr><td>d</td><td class=\"right\">-2e3</td></tr>\n\
             <tr><td>NaN</td><td class=\"right\"></td></tr>\n\
             </tbody></table>\n</div>\n"
        );
    }

    #[test]
    fn a_column_is_numeric_if_all_of_it_is() {
        for (column, numeric) in [
            (&["1", "2"][..], true),
            (&["1", "", "-0.5"], true),
            (&["nan", "1", "inf"], true),
            (&["nan", "inf"], false),
            (&["1", "2 ms"], false),
            (&["2026-11-22"], false),
            (&["", ""], false),
            (&[], false),
        ] {
            let rows = column.iter().map(|field| StringRecord::from(vec!["x", field])).collect();
            let table = Table { head: StringRecord::from(vec!["a", "b"]), rows };
            assert_eq!(table.is_numeric(1), numeric, "{column:?}");
        }
    }

    #[test]
    fn a_column_without_a_name_has_no_heading() {
        assert!(
            csv("\u{feff},a\n0,x\n", "t", 40)
                .unwrap()
                .contains("<tr><td class=\"right\"></td><th scope=\"col\">a</th></tr>")
        );
    }

    #[test]
    fn rows_beyond_the_wanted_number_are_folded() {
        let rows = |count: usize| (0..count).map(|row| format!("{row}\n")).collect::<String>();
        for (count, open, more) in
            [(5, 3, None), (6, 3, Some("3 more rows")), (9, 0, Some("9 more rows")), (0, 0, None)]
        {
            let html = csv(&format!("n\n{}", rows(count)), "t", open).unwrap();
            let (before, behind) = html.split_once("<details class=\"more\"><summary>").unwrap_or((&html, ""));
            assert_eq!(behind.split_once('<').map(|(summary, _)| summary), more, "{count} rows");
            let opened = if more.is_some() { open } else { count };
            assert_eq!(before.matches("<tr><td").count(), opened, "{count} rows");
            assert_eq!(html.matches("<tr><td").count(), count);
            assert_eq!(html.matches("<th").count() - html.matches("<thead").count(), html.matches("<table").count());
        }
    }

    #[test]
    fn what_is_no_table_is_an_error() {
        for (text, why) in [
            ("", "this CSV has no row"),
            ("\n\n", "this CSV has no row"),
            ("a,b\n1,2\n3\n", "row 3 of this CSV has 1 field, but the first row has 2"),
            ("a,b\n1,2,3\n", "row 2 of this CSV has 3 fields, but the first row has 2"),
            ("a,b\n\"1,2\n3,4\n", "row 2 of this CSV has 1 field, but the first row has 2"),
        ] {
            assert_eq!(csv(text, "t", 40), Err(why.to_owned()), "{text}");
        }
        for text in ["a\n".repeat(1_000_000), ",".repeat(1_000_000), ",,,\n".repeat(100_000)] {
            assert_eq!(csv(&text, "t", 40), Err("this CSV has more than 20000 fields, too many for a page".to_owned()));
        }
    }
}
