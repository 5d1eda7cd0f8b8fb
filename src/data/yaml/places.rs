//! Where keys and values stand. The parser tells it of errors alone, so they are looked for in the text, in its order.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use crate::data::Value;
use crate::source::Span;

/// How far behind what was found last the next key or value is looked for, in bytes.
const NEAR: usize = 2_000;

/// Among how many words a number or a flag is looked for: what stands before it is punctuation, or a comment.
const NEXT_WORDS: usize = 8;

/// Finds the places of keys and values as they are read.
pub(super) struct Places<'a> {
    text: &'a str,
    document: &'a Span,
    /// The keys of the root by name, where their lines begin with them.
    roots: HashMap<&'a str, VecDeque<Range<usize>>>,
    /// The end of what was found last.
    at: usize,
    /// The key that was found last.
    key: Range<usize>,
}

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str, document: &'a Span) -> Self {
        let mut roots: HashMap<_, VecDeque<_>> = HashMap::new();
        let mut start = 0;
        let mut indent = None;
        for line in text.split_inclusive('\n') {
            let inner = line.trim_start();
            let depth = line.len() - inner.len();
            if let Some(key) = yaml_key(inner).filter(|_| *indent.get_or_insert(depth) == depth) {
                let at = start + depth + key.start;
                roots.entry(&inner[key.clone()]).or_default().push_back(at..at + key.len());
            }
            start += line.len();
        }
        Places { text, document, roots, at: 0, key: 0..0 }
    }

    /// The place of the next key of this name.
    pub(super) fn key(&mut self, name: &str, root: bool) -> Span {
        let at_line_start = if root { self.roots.get_mut(name).and_then(VecDeque::pop_front) } else { None };
        if let Some(found) = at_line_start.or_else(|| self.find(name, |rest| yaml_colon(rest).is_some())) {
            self.at = found.end;
            self.key = found;
        }
        self.key_in_force()
    }

    /// The place of a list or a table: that of its key, or the document.
    pub(super) fn container(&self, root: bool) -> Span {
        if root { self.document.clone() } else { self.key_in_force() }
    }

    /// The place of the key whose value is being read.
    fn key_in_force(&self) -> Span {
        self.document.part(self.key.clone())
    }

    /// The place of the next scalar of this value; that of its key where it is not written as it reads.
    pub(super) fn scalar(&mut self, value: &Value) -> Span {
        let found = match value {
            Value::String(text) if !text.is_empty() => self.find(text, |rest| !rest.starts_with(is_word)),
            Value::Boolean(flag) => {
                self.token(|token| token.eq_ignore_ascii_case(if *flag { "true" } else { "false" }))
            }
            Value::Integer(number) => self.token(|token| token.parse() == Ok(*number)),
            Value::Float(number) => self.token(|token| token.parse() == Ok(*number)),
            _ => None,
        };
        let Some(found) = found else { return self.key_in_force() };
        self.at = found.end;
        self.document.part(found)
    }

    /// The next occurrence of a whole text, judged by what follows it.
    fn find(&self, text: &str, follows: impl Fn(&str) -> bool) -> Option<Range<usize>> {
        let near = self.near(text.len());
        let whole = |at: &usize| !near[..*at].ends_with(is_word) && follows(&self.text[self.at + at + text.len()..]);
        let at = self.at + near.match_indices(text).map(|(at, _)| at).find(whole)?;
        Some(at..at + text.len())
    }

    /// The next word that something holds of.
    fn token(&self, holds: impl Fn(&str) -> bool) -> Option<Range<usize>> {
        let near = self.near(0);
        let ends = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | '{' | '}' | ',');
        let mut words = near.split(ends).filter(|word| !word.is_empty()).take(NEXT_WORDS);
        let token = words.find(|token| holds(token))?;
        // A piece of a text begins where it lies in it.
        let at = self.at + (token.as_ptr() as usize - near.as_ptr() as usize);
        Some(at..at + token.len())
    }

    fn near(&self, length: usize) -> &'a str {
        let rest = &self.text[self.at..];
        let mut end = (NEAR + length).min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        &rest[..end]
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What stands behind the colon of a mapping, if that is what a text begins with (a closing quote may stand before it).
fn yaml_colon(text: &str) -> Option<&str> {
    let text = text.strip_prefix(['"', '\'']).unwrap_or(text);
    let value = text.trim_start_matches([' ', '\t']).strip_prefix(':')?;
    (value.is_empty() || value.starts_with(char::is_whitespace)).then_some(value)
}

/// The key, without quotes, of a line that begins with one: `title: x`, `"title": x`, `title:`.
pub fn yaml_key(line: &str) -> Option<Range<usize>> {
    let start = usize::from(line.starts_with(['"', '\'']));
    let end = match line.chars().next()? {
        quote @ ('"' | '\'') => 1 + line[1..].find(quote)?,
        '#' | '-' | '[' | '{' | '&' | '*' | '!' | '|' | '>' | '%' | '@' | '`' => return None,
        _ => line.match_indices(':').map(|(at, _)| at).find(|at| yaml_colon(&line[*at..]).is_some())?,
    };
    let key = start..start + line[start..end].trim_end().len();
    (!key.is_empty() && yaml_colon(&line[end..]).is_some()).then_some(key)
}
