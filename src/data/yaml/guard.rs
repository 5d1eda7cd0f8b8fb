//! What must hold before the YAML parser may see a document: its time grows with the square of the nesting.

use crate::source::{Code, Diagnostic, Span};

/// The largest document, in bytes.
const LARGEST: usize = 64 * 1024;

/// The most opening brackets. Each costs the parser time in proportion to those still open; so many cost milliseconds.
/// They are counted without regard to quotes and comments: a count that cannot be deceived.
const MOST_BRACKETS: usize = 2_000;

/// Refuses a document that the parser could not be given.
pub(super) fn check(document: &Span) -> Result<(), Diagnostic> {
    let text = document.text();
    if text.len() > LARGEST {
        return Err(
            Diagnostic::error(Code::YamlTooLarge, "more than 64 KiB of YAML").at(document.first_line(), "begins here")
        );
    }
    if let Some((at, _)) = text.match_indices(['[', '{']).nth(MOST_BRACKETS) {
        return Err(too_deep(document.part(at..at + 1)));
    }
    let control = |(_, c): &(usize, char)| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    if let Some((at, c)) = text.char_indices().find(control) {
        let span = document.part(at..at + c.len_utf8());
        return Err(Diagnostic::error(Code::NotYaml, format!("a control character (U+{:04X}) in YAML", u32::from(c)))
            .at(span, "")
            .help("remove it, or write it as an escape within double quotes"));
    }
    Ok(())
}

/// The error of lists and tables in one another.
pub(super) fn too_deep(at: Span) -> Diagnostic {
    Diagnostic::error(Code::YamlTooLarge, "too many lists or tables in one another").at(at, "").help("write it flatter")
}
