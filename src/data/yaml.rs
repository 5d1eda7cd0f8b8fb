mod guard;
mod places;

use std::fmt;

use serde::de::{DeserializeSeed, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor};

use self::places::Places;
use super::{Entry, Node, Table, Value};
use crate::source::{Code, Diagnostic, Span};

pub use self::places::yaml_key;

/// How many times its own length a document may grow by aliases.
const GROWTH: usize = 4;

/// Reads a span as a YAML document whose root is a mapping; an empty one is an empty table.
///
/// What Hugo and Jekyll read is read: keys that stand twice, keys that are no strings (they become their text), tags
/// (ignored), tabs as white space. Dates are strings. Anchors and aliases work as long as they do not multiply; merge
/// keys are refused, because they would hide what a post says.
///
/// # Errors
/// What the parser finds wrong at its place; a document that is too large or nested too deeply to be parsed at all.
pub fn read_yaml(document: &Span) -> Result<Table, Diagnostic> {
    guard::check(document)?;
    let text = document.text();
    match parse(text, document) {
        // The parser refuses some tabs that others take for blanks. One byte for one byte: places stay true.
        Err(_) if text.contains('\t') => parse(&text.replace('\t', " "), document),
        read => read,
    }
}

fn parse(text: &str, document: &Span) -> Result<Table, Diagnostic> {
    let mut reader = Reader { places: Places::new(text, document), budget: text.len() * GROWTH + 1 };
    let root = match (NodeSeed { reader: &mut reader, depth: 0 }).deserialize(serde_yaml::Deserializer::from_str(text))
    {
        Ok(root) => root,
        Err(error) => return Err(explain(&error, text, document)),
    };
    match root.value {
        Value::Table(table) => Ok(table),
        Value::Null => Ok(Table { span: document.clone(), entries: Vec::new() }),
        other => Err(Diagnostic::error(Code::NotYaml, format!("expected keys and values, found {}", other.kind()))
            .at(document.first_line(), "")
            .help("write one `key: value` a line")),
    }
}

/// What the parser says, in the author's terms.
fn explain(error: &serde_yaml::Error, text: &str, document: &Span) -> Diagnostic {
    let said = error.to_string();
    let (problem, context) = said.split_once(" at line ").unwrap_or((said.as_str(), ""));
    let place = error.location().map_or(0, |location| offset(text, location.line(), location.column()));
    // What is never closed is noticed at the end; its beginning is the better place.
    let opened = (place >= text.trim_end().len()).then(|| opening(context)).flatten();
    let at = opened.map_or(place, |(line, column)| offset(text, line, column));
    let width = text[at..].chars().next().map_or(0, char::len_utf8);
    let span = document.part(at..at + width);
    match problem {
        "recursion limit exceeded" => guard::too_deep(span),
        _ if problem == "repetition limit exceeded" || problem.ends_with(TOO_MUCH) => {
            Diagnostic::error(Code::YamlTooLarge, "aliases repeat too much")
                .at(if width == 0 { document.first_line() } else { span }, "")
                .help("write the values out")
        }
        _ if problem.ends_with(MERGE) => Diagnostic::error(Code::MergeKey, "a merge key (`<<`)")
            .at(span, "would hide what it sets")
            .help("write the keys out"),
        _ => Diagnostic::error(Code::NotYaml, "this is not YAML").at(span, problem).help(
            "a text that holds `: ` or ` #`, or begins with one of @ % & * ! | > [ { ' \" ` - ?, must stand in quotes",
        ),
    }
}

/// The second place that a message of the parser names, from 1: `…, while parsing a flow sequence at line 1 column 4`.
fn opening(context: &str) -> Option<(usize, usize)> {
    let (_, place) = context.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    Some((line.parse().ok()?, column.parse().ok()?))
}

/// The byte offset of a line and a column in characters, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let line = text[start..].lines().next().unwrap_or("");
    start + line.char_indices().nth(column - 1).map_or(line.len(), |(at, _)| at)
}

/// The error of a reader whose budget is spent; the parser puts the path of the value before it.
const TOO_MUCH: &str = "more values than its length allows";

/// The error of a key that merges a table into another.
const MERGE: &str = "a merge key";

/// Builds nodes from what the parser sees.
struct Reader<'a> {
    places: Places<'a>,
    /// Nodes and bytes that may still be read.
    budget: usize,
}

impl Reader<'_> {
    fn spend<E: serde::de::Error>(&mut self, cost: usize) -> Result<(), E> {
        self.budget = self.budget.checked_sub(cost).ok_or_else(|| E::custom(TOO_MUCH))?;
        Ok(())
    }

    fn scalar<E: serde::de::Error>(&mut self, value: Value) -> Result<Node, E> {
        self.spend(1)?;
        Ok(Node { span: self.places.scalar(&value), value })
    }
}

/// Reads one value.
struct NodeSeed<'r, 'a> {
    reader: &'r mut Reader<'a>,
    /// How many lists and tables it stands in.
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_, '_> {
    type Value = Node;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_, '_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Node, E> {
        self.reader.scalar(Value::Null)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Node, E> {
        self.visit_unit()
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Node, E> {
        self.reader.scalar(Value::Boolean(value))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Node, E> {
        self.reader.scalar(Value::Integer(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Node, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => self.visit_str(&number.to_string()),
        }
    }

    fn visit_i128<E: serde::de::Error>(self, number: i128) -> Result<Node, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u128<E: serde::de::Error>(self, number: u128) -> Result<Node, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Node, E> {
        self.reader.scalar(Value::Float(number))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Node, E> {
        self.reader.spend(text.len())?;
        self.reader.scalar(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        self.reader.spend(1)?;
        let span = self.reader.places.container(self.depth == 0);
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element_seed(NodeSeed { reader: self.reader, depth: self.depth + 1 })? {
            nodes.push(node);
        }
        Ok(Node { value: Value::List(nodes), span })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        self.reader.spend(1)?;
        let span = self.reader.places.container(self.depth == 0);
        let mut entries = Vec::new();
        while let Some(key) = map.next_key_seed(KeySeed)? {
            self.reader.spend(key.len())?;
            let key_span = self.reader.places.key(&key, self.depth == 0);
            let node = map.next_value_seed(NodeSeed { reader: self.reader, depth: self.depth + 1 })?;
            entries.push(Entry { key, key_span, node });
        }
        Ok(Node { value: Value::Table(Table { span: span.clone(), entries }), span })
    }

    /// A value with a tag, which is not looked at.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Node, A::Error> {
        let (_, value) = tagged.variant::<IgnoredAny>()?;
        value.newtype_variant_seed(self)
    }
}

/// Reads a key as the text that it is written as.
struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = String;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key that is text")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<String, E> {
        if key == "<<" { Err(E::custom(MERGE)) } else { Ok(key.to_owned()) }
    }
}

#[cfg(test)]
mod tests;
