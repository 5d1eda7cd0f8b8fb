use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, Node, Table, Value};
use crate::source::{Code, Diagnostic, Span};

/// Reads a span as a TOML document.
///
/// # Errors
/// The first thing that the parser finds wrong, at its place.
pub fn read_toml(document: &Span) -> Result<Table, Diagnostic> {
    Reader { place: &|range| document.part(range) }.read(document.text())
}

/// Reads spans as the lines of one TOML document: the option lines of a cell, each without its comment mark.
/// There is at least one.
///
/// # Errors
/// As [`read_toml`].
pub fn read_toml_lines(lines: &[Span]) -> Result<Table, Diagnostic> {
    let mut text = String::new();
    let mut starts = Vec::new();
    for line in lines {
        starts.push(text.len());
        text.push_str(line.text());
        text.push('\n');
    }
    let place = |range: Range<usize>| {
        let index = starts.partition_point(|start| *start <= range.start).saturating_sub(1);
        let (line, start) = (&lines[index], starts[index]);
        line.part(range.start - start..range.end - start)
    };
    Reader { place: &place }.read(&text)
}

struct Reader<'a> {
    /// Where a part of the parsed text stands in the author's file.
    place: &'a dyn Fn(Range<usize>) -> Span,
}

impl Reader<'_> {
    fn read(&self, text: &str) -> Result<Table, Diagnostic> {
        match DeTable::parse(text) {
            Ok(table) => Ok(self.table(table.span(), table.into_inner())),
            Err(error) => {
                let span = (self.place)(error.span().unwrap_or(0..0));
                Err(Diagnostic::error(Code::NotToml, "this is not TOML").at(span, error.message().trim()))
            }
        }
    }

    fn table(&self, span: Range<usize>, table: DeTable<'_>) -> Table {
        let entry = |(key, value): (Spanned<_>, Spanned<DeValue<'_>>)| Entry {
            key_span: (self.place)(key.span()),
            key: String::from(key.into_inner()),
            node: self.node(value),
        };
        let mut entries: Vec<Entry> = table.into_iter().map(entry).collect();
        // The parser keeps keys sorted; places tell the order in which they were written.
        entries.sort_by_key(|entry| entry.key_span.range().start);
        Table { span: (self.place)(span), entries }
    }

    fn node(&self, value: Spanned<DeValue<'_>>) -> Node {
        let span = value.span();
        let value = match value.into_inner() {
            DeValue::String(text) => Value::String(text.into_owned()),
            // Digits in another base than ten, or beyond 64 bits, are kept as what was written.
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Value::Integer(number),
                Err(_) => Value::String(number.as_str().to_owned()),
            },
            DeValue::Float(number) => match number.as_str().parse() {
                Ok(number) => Value::Float(number),
                Err(_) => Value::String(number.as_str().to_owned()),
            },
            DeValue::Boolean(value) => Value::Boolean(value),
            DeValue::Datetime(value) => Value::Datetime(value),
            DeValue::Array(values) => Value::List(values.into_iter().map(|value| self.node(value)).collect()),
            DeValue::Table(table) => Value::Table(self.table(span.clone(), table)),
        };
        Node { value, span: (self.place)(span) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SitePath, Source};

    fn read(text: &str) -> Result<Table, Diagnostic> {
        let source = Source::new(SitePath::new("a.md").unwrap(), format!("+++\n{text}+++\n"));
        read_toml(&source.span(4..4 + text.len()))
    }

    #[test]
    fn values_know_their_place_and_order() {
        let table = read("title = \"x\"\nTags = [1, \"b\"]\ncells.timeout = \"2s\"\n").unwrap();
        assert_eq!(
            table.entries.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(),
            ["title", "Tags", "cells"]
        );
        let tags = table.get("tags").unwrap();
        assert_eq!(format!("{:?}", tags.span), "a.md:3:8");
        assert_eq!(tags.clone().strings().unwrap(), ["1", "b"]);
        assert_eq!(
            serde_json::to_string(&table.to_json()).unwrap(),
            r#"{"title":"x","Tags":[1,"b"],"cells":{"timeout":"2s"}}"#
        );
    }

    #[test]
    fn lines_apart_are_one_document() {
        let source =
            Source::new(SitePath::new("a.md").unwrap(), "//| args = [\n//|   \"a\",\n//| ]\n//| exit = true\n");
        let lines: Vec<Span> =
            (1..=4).map(|line| source.line(line)).map(|line| line.part(3..line.text().len())).collect();
        let table = read_toml_lines(&lines).unwrap();
        assert_eq!(table.get("args").unwrap().clone().strings().unwrap(), ["a"]);
        assert_eq!(format!("{:?}", table.get("exit").unwrap().span), "a.md:4:12");
        assert_eq!(read_toml_lines(&lines[..2]).unwrap_err().to_string(), "a.md:2:11: error[E004]: this is not TOML");
    }

    #[test]
    fn an_error_stands_where_it_is() {
        assert_eq!(
            read("title = \"x\"\ntitle = 1\n").unwrap_err().to_string(),
            "a.md:3:1: error[E004]: this is not TOML"
        );
        assert!(read(&format!("a = {}", "[".repeat(100_000))).is_err());
    }
}
