//! Data that authors write, in TOML or YAML, as one kind of value that knows its place.
//!
//! Configuration, front matter and the option lines of cells are all read from a [`Table`]: each key is taken out of it
//! and checked, and what is left over at the end is unknown.

pub mod schema;
mod toml;
mod yaml;

pub use self::toml::{read_toml, read_toml_lines};
pub use self::yaml::{read_yaml, yaml_key};

use crate::source::{Code, Diagnostic, Span};

/// Keys and their values in the order in which they were written.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Where the whole table stands.
    pub span: Span,
    /// What it holds. YAML lets a key stand twice; the last one counts.
    pub entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key as written.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// What it is set to.
    pub node: Node,
}

/// A value and where it stands. In YAML, whose parser tells no places, a list or a table stands at its key, and so does a
/// text that is not written as it reads (with escapes, over several lines).
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
}

/// A value of either notation.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// YAML's `null` and keys with nothing behind them.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or exponent.
    Float(f64),
    /// Text.
    String(String),
    /// TOML's own dates and times. YAML has none: its dates are strings.
    Datetime(::toml::value::Datetime),
    /// Several values.
    List(Vec<Node>),
    /// Values by name.
    Table(Table),
}

impl Table {
    /// Takes a key out, if it is there; its case does not matter.
    pub fn take(&mut self, key: &str) -> Option<Node> {
        let mut last = None;
        while let Some(at) = self.entries.iter().position(|entry| entry.key.eq_ignore_ascii_case(key)) {
            last = Some(self.entries.remove(at).node);
        }
        last
    }

    /// The value of a key; its case does not matter.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.iter().rfind(|entry| entry.key.eq_ignore_ascii_case(key)).map(|entry| &entry.node)
    }

    /// The table as JSON, for templates.
    pub fn to_json(&self) -> serde_json::Map<String, serde_json::Value> {
        self.entries.iter().map(|entry| (entry.key.clone(), entry.node.to_json())).collect()
    }
}

impl Node {
    /// The text of a string.
    ///
    /// # Errors
    /// Any other value, as for all of the following.
    pub fn string(self) -> Result<String, Diagnostic> {
        match self.value {
            Value::String(text) => Ok(text),
            other => Err(mismatch("a string", &other, self.span)),
        }
    }

    /// `true` or `false`.
    pub fn boolean(self) -> Result<bool, Diagnostic> {
        match self.value {
            Value::Boolean(value) => Ok(value),
            other => Err(mismatch("`true` or `false`", &other, self.span)),
        }
    }

    /// A whole number.
    pub fn integer(self) -> Result<i64, Diagnostic> {
        match self.value {
            Value::Integer(value) => Ok(value),
            other => Err(mismatch("a whole number", &other, self.span)),
        }
    }

    /// The strings of a list, or the only one; `null` is no string. Numbers count as the text that they are written as.
    pub fn strings(self) -> Result<Vec<String>, Diagnostic> {
        let text = |node: Node| match node.number_as_written() {
            Some(number) => Ok(number),
            None => node.string(),
        };
        match self.value {
            Value::Null => Ok(Vec::new()),
            Value::List(nodes) => nodes.into_iter().filter(|node| node.value != Value::Null).map(text).collect(),
            Value::Table(_) => Err(mismatch("a string or a list of strings", &self.value, self.span)),
            _ => text(self).map(|text| vec![text]),
        }
    }

    /// The digits of a number as its author wrote them where its place is known: `3.10` is another version than `3.1`.
    pub fn number_as_written(&self) -> Option<String> {
        let written = self.span.text();
        let digits = written.replace('_', "");
        match self.value {
            Value::Integer(number) if digits.parse() == Ok(number) => Some(written.to_owned()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Float(number) if digits.parse() == Ok(number) => Some(written.to_owned()),
            Value::Float(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A table.
    pub fn table(self) -> Result<Table, Diagnostic> {
        match self.value {
            Value::Table(table) => Ok(table),
            other => Err(mismatch("a table", &other, self.span)),
        }
    }

    /// The value as JSON, for templates; dates are strings.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Boolean(value) => (*value).into(),
            Value::Integer(value) => (*value).into(),
            Value::Float(value) => (*value).into(),
            Value::String(value) => value.as_str().into(),
            Value::Datetime(value) => value.to_string().into(),
            Value::List(nodes) => nodes.iter().map(Node::to_json).collect(),
            Value::Table(table) => table.to_json().into(),
        }
    }
}

impl Value {
    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "nothing",
            Value::Boolean(_) => "a boolean",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a number",
            Value::String(_) => "a string",
            Value::Datetime(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

fn mismatch(wanted: &str, found: &Value, span: Span) -> Diagnostic {
    let error = Diagnostic::error(Code::WrongType, format!("expected {wanted}, found {}", found.kind()))
        .at(span.clone(), format!("should be {wanted}"));
    let written = span.text();
    // In YAML a value may stand at its key, where nothing can be written.
    let is_written = |text: &str| written.len() == text.len() + 2 && written.get(1..=text.len()) == Some(text);
    // Not one like `007`, which a string may be and a number of TOML may not.
    let is_plain = |text: &str| text.parse().is_ok_and(|number: i64| number.to_string() == text);
    match (wanted, found) {
        ("a string", Value::Boolean(_) | Value::Integer(_) | Value::Float(_))
            if written.parse::<f64>().is_ok() || written.parse::<bool>().is_ok() =>
        {
            let quoted = format!("\"{written}\"");
            error.replace("write it in quotes", span, quoted)
        }
        ("a whole number", Value::String(text)) if is_written(text) && is_plain(text) => {
            error.replace("write it without quotes", span, text)
        }
        ("`true` or `false`", Value::String(text)) if is_written(text) && text.parse::<bool>().is_ok() => {
            error.replace("write it without quotes", span, text)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SitePath, Source};

    #[test]
    fn what_quotes_are_wrong_about_is_written_anew() {
        for (written, wanted, anew) in [
            ("5", "a string", Some("\"5\"")),
            ("true", "a string", Some("\"true\"")),
            ("1_000", "a string", None),
            ("'5'", "a whole number", Some("5")),
            ("\"-5\"", "a whole number", Some("-5")),
            ("'007'", "a whole number", None),
            ("'5 '", "a whole number", None),
            ("\"\\u0035\"", "a whole number", None),
            ("'true'", "`true` or `false`", Some("true")),
            ("'yes'", "`true` or `false`", None),
        ] {
            let source = Source::new(SitePath::new("a.toml").unwrap(), format!("a = {written}\n"));
            let table = read_toml(&source.span(0..source.text().len())).unwrap();
            let Entry { node, .. } = table.entries.into_iter().next().unwrap();
            let error = match wanted {
                "a string" => node.string().map(drop),
                "a whole number" => node.integer().map(drop),
                _ => node.boolean().map(drop),
            };
            let error = error.unwrap_err();
            let found = error.replacement().map(|(place, text)| (place.text(), text));
            assert_eq!(found, anew.map(|anew| (written, anew)), "{written}");
        }
    }
}
