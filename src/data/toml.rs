use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, Node, Table, Value};
use crate::source::{Diagnostic, Span};

/// Reads a span as a TOML document.
///
/// # Errors
/// What the parser finds wrong, each at its place.
pub fn read_toml(document: &Span) -> Result<Table, Diagnostic> {
    match DeTable::parse(document.text()) {
        Ok(table) => Ok(Reader { document }.table(table.span(), table.into_inner())),
        Err(error) => {
            let span = document.part(error.span().unwrap_or(0..0));
            Err(Diagnostic::error("this is not TOML").at(span, error.message().trim()))
        }
    }
}

struct Reader<'a> {
    document: &'a Span,
}

impl Reader<'_> {
    fn table(&self, span: Range<usize>, table: DeTable<'_>) -> Table {
        let entry = |(key, value): (Spanned<_>, Spanned<DeValue<'_>>)| Entry {
            key_span: self.document.part(key.span()),
            key: String::from(key.into_inner()),
            node: self.node(value),
        };
        let mut entries: Vec<Entry> = table.into_iter().map(entry).collect();
        // The parser keeps keys sorted; places tell the order in which they were written.
        entries.sort_by_key(|entry| entry.key_span.range().start);
        Table { span: self.document.part(span), entries }
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
        Node { value, span: self.document.part(span) }
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
    fn an_error_stands_where_it_is() {
        assert_eq!(read("title = \"x\"\ntitle = 1\n").unwrap_err().to_string(), "a.md:3:1: error: this is not TOML");
        assert!(read(&format!("a = {}", "[".repeat(100_000))).is_err());
    }
}
