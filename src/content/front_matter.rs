//! Where front matter ends and Markdown begins.

use crate::data::{Table, read_toml, read_yaml, yaml_key};
use crate::source::{Code, Diagnostic, Source, Span};

use super::keys;

/// The largest front matter, in bytes.
const LARGEST: usize = 64 * 1024;

/// How front matter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notation {
    /// Between two lines `+++`.
    Toml,
    /// Between `---` and `---` or `...`.
    Yaml,
}

impl Notation {
    /// The notation whose front matter a line opens. Blanks behind a fence are not seen.
    fn opened_by(line: &str) -> Option<Self> {
        match line.trim_end() {
            "+++" => Some(Notation::Toml),
            "---" => Some(Notation::Yaml),
            _ => None,
        }
    }

    fn is_closed_by(self, line: &str) -> bool {
        match self {
            Notation::Toml => line.trim_end() == "+++",
            Notation::Yaml => matches!(line.trim_end(), "---" | "..."),
        }
    }

    fn fence(self) -> &'static str {
        match self {
            Notation::Toml => "+++",
            Notation::Yaml => "---",
        }
    }
}

/// Splits a post into what its front matter says and its Markdown. A post without front matter says nothing.
///
/// A line `---` is also Markdown's thematic break: it opens front matter only where keys follow it.
///
/// # Errors
/// Front matter that is never closed, is larger than 64 KiB, or is not in its notation.
pub(super) fn split(source: &Source) -> Result<(Table, Span), Diagnostic> {
    let text = source.text();
    let whole = source.span(0..text.len());
    let none = || Ok((Table { span: source.span(0..0), entries: Vec::new() }, whole.clone()));
    let opening_at = text.len() - text.trim_start().len();
    let start_of_line = text[..opening_at].rfind('\n').map_or(0, |at| at + 1);
    let opening = text[start_of_line..].split_inclusive('\n').next().unwrap_or("");
    let Some(notation) = Notation::opened_by(opening) else { return none() };

    let fence = source.span(start_of_line..start_of_line + opening.trim_end().len());
    let block_at = start_of_line + opening.len();
    let Some((block, body_at)) = close(notation, text, block_at) else {
        if notation == Notation::Yaml && holds_keys(&text[block_at..]) != Some(true) {
            return none();
        }
        return Err(Diagnostic::error(Code::UnclosedFrontMatter, "front matter is not closed")
            .at(fence, "opened here")
            .help(format!("close it by a line `{}`", notation.fence())));
    };
    if notation == Notation::Yaml && holds_keys(block) == Some(false) {
        return none();
    }
    if block.len() > LARGEST {
        return Err(Diagnostic::error(Code::LongFrontMatter, "front matter of more than 64 KiB")
            .at(fence, "opened here")
            .help("texts belong below the front matter, data into files"));
    }
    let document = source.span(block_at..block_at + block.len());
    let table = match notation {
        Notation::Toml => read_toml(&document),
        Notation::Yaml => read_yaml(&document),
    }?;
    Ok((table, source.span(body_at..text.len())))
}

/// The text up to the closing fence, and where the body behind that fence begins.
fn close(notation: Notation, text: &str, from: usize) -> Option<(&str, usize)> {
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        if notation.is_closed_by(line) {
            return Some((&text[from..at], at + line.len()));
        }
        at += line.len();
    }
    None
}

/// Whether a text begins with keys of YAML, as far as its first paragraph tells; nothing if there are only comments.
fn holds_keys(text: &str) -> Option<bool> {
    let is_nothing = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let mut paragraph = text.lines().skip_while(is_nothing).take_while(|line| !line.trim().is_empty());
    let first = paragraph.next()?.trim_start();
    let key = |line: &'_ str| yaml_key(line).map(|key| line[key].to_owned());
    let begins = first.starts_with('{') || key(first).is_some_and(|key| !key.contains(char::is_whitespace));
    Some(begins || paragraph.any(|line| key(line).is_some_and(|key| keys::is_known(&key))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SitePath;

    fn split_text(text: &str) -> Result<(String, String), String> {
        let source = Source::decode(SitePath::new("a.md").unwrap(), text.as_bytes().to_vec()).unwrap();
        let (table, body) = split(&source).map_err(|error| error.to_string())?;
        Ok((serde_json::to_string(&table.to_json()).unwrap(), body.text().to_owned()))
    }

    #[test]
    fn a_post_splits_as_its_author_meant() {
        let title = r#"{"title":"x"}"#;
        for (text, keys, body) in [
            ("", "{}", ""),
            ("Hello.\n", "{}", "Hello.\n"),
            ("---\ntitle: x\n---\nHello.\n", title, "Hello.\n"),
            ("+++\ntitle = 'x'\n+++\nHello.\n", title, "Hello.\n"),
            ("---   \ntitle: x\n---\t \n\nHello.", title, "\nHello."),
            ("+++ \ntitle = 'x'\n+++ \nHello.", title, "Hello."),
            ("---\ntitle: x\n---", title, ""),
            ("---\ntitle: x\n---\n", title, ""),
            ("---\ntitle: x\n...\nHello.\n", title, "Hello.\n"),
            ("\n \n---\ntitle: x\n---\nHello.\n", title, "Hello.\n"),
            ("---\n\n# a comment\n\ntitle: x\n\n---\nHello.\n", title, "Hello.\n"),
            ("---\n{title: x}\n---\nHello.\n", title, "Hello.\n"),
            ("\u{FEFF}---\r\ntitle: x\r\n---\r\nHello.\r\n", title, "Hello.\n"),
            ("---\n---\nHello.\n", "{}", "Hello.\n"),
            ("---\n# nothing yet\n---\nHello.\n", "{}", "Hello.\n"),
            ("+++\n+++\nHello.\n", "{}", "Hello.\n"),
            ("---\ntitle: x\n---\nA\n\n---\n\nB\n", title, "A\n\n---\n\nB\n"),
            // Thematic breaks.
            ("---\n\nHello.\n", "{}", "---\n\nHello.\n"),
            ("---\nHello, you.\n\n---\nMore.\n", "{}", "---\nHello, you.\n\n---\nMore.\n"),
            ("---\n- a\n- b\n\n---\n", "{}", "---\n- a\n- b\n\n---\n"),
            ("---\nWhat follows: a list.\n---\n", "{}", "---\nWhat follows: a list.\n---\n"),
            ("---\n# Heading\n", "{}", "---\n# Heading\n"),
            ("----\ntitle: x\n----\n", "{}", "----\ntitle: x\n----\n"),
            (" ---\ntitle: x\n---\n", "{}", " ---\ntitle: x\n---\n"),
        ] {
            assert_eq!(split_text(text), Ok((keys.to_owned(), body.to_owned())), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_split_is_one_error() {
        let large = format!("---\ntitle: {}\n---\n", "x".repeat(1_000_000));
        let brackets = format!("---\ntitle: {}\n---\n", "[".repeat(100_000));
        let dotted = format!("+++\n{}a = 1\n+++\n", "a.".repeat(20_000));
        for (text, error) in [
            ("---\ntitle: x\n\nHello.\n", "a.md:1:1: error[E101]: front matter is not closed"),
            ("\n+++\ntitle = 'x'\n", "a.md:2:1: error[E101]: front matter is not closed"),
            ("---\ntitle: x\n+++\n", "a.md:1:1: error[E101]: front matter is not closed"),
            ("---\ntitle x\ndate: 2020-01-01\n---\n", "a.md:3:5: error[E005]: this is not YAML"),
            ("+++\ntitle: x\n+++\n", "a.md:2:8: error[E004]: this is not TOML"),
            (&large, "a.md:1:1: error[E102]: front matter of more than 64 KiB"),
            (&brackets, "a.md:1:1: error[E102]: front matter of more than 64 KiB"),
            (&dotted, "a.md:2:1: error[E004]: this is not TOML"),
        ] {
            assert_eq!(split_text(text), Err(error.to_owned()), "{text:.40}");
        }
    }
}
