use std::ops::Range;
use std::sync::Arc;

use super::{Code, Diagnostic, SitePath};

/// A text and the file of the site that it came from. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Source(Arc<Inner>);

#[derive(PartialEq, Eq)]
struct Inner {
    path: SitePath,
    text: String,
}

impl Source {
    /// A source of the text as given; see [`Source::decode`] for the bytes of a file.
    pub fn new(path: SitePath, text: impl Into<String>) -> Self {
        Source(Arc::new(Inner { path, text: text.into() }))
    }

    /// Reads the bytes of a file as UTF-8 text, without its byte order mark and with `\n` as the only line ending, so
    /// that nothing behind it needs to know of either.
    ///
    /// # Errors
    /// Names the line that holds the first byte which is not UTF-8.
    pub fn decode(path: SitePath, bytes: Vec<u8>) -> Result<Self, Diagnostic> {
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let span = Source::new(path, text).span(good..good + '\u{FFFD}'.len_utf8());
                return Err(Diagnostic::error(Code::NotUtf8, "this file is not UTF-8 text")
                    .at(span, "the first byte that is not UTF-8")
                    .help("save the file with the encoding UTF-8"));
            }
        };
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
        Ok(Source::new(path, text.replace("\r\n", "\n").replace('\r', "\n")))
    }

    /// The file of the site.
    pub fn path(&self) -> &SitePath {
        &self.0.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The part of the text between two byte offsets. Offsets beyond the end or inside a character are moved to the
    /// nearest ones before them that are neither, so that a span can always be drawn.
    pub fn span(&self, range: Range<usize>) -> Span {
        let floor = |mut at: usize| {
            at = at.min(self.text().len());
            while !self.text().is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = floor(range.start);
        Span { start, end: floor(range.end).max(start), source: self.clone() }
    }

    /// The line with the given number (from 1), without its line break; the empty end of the text where there is none.
    pub fn line(&self, number: usize) -> Span {
        let mut start = 0;
        for line in self.text().split_inclusive('\n').take(number.saturating_sub(1)) {
            start += line.len();
        }
        let length = self.text()[start..].find('\n').unwrap_or(self.text().len() - start);
        self.span(start..start + length)
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({})", self.path())
    }
}

/// A part of a source.
#[derive(Clone, PartialEq, Eq)]
pub struct Span {
    source: Source,
    start: usize,
    end: usize,
}

impl Span {
    /// The source that it is a part of.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Its byte offsets in the source.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.source.text()[self.range()]
    }

    /// The number of the line that it starts in, from 1.
    pub fn line(&self) -> usize {
        1 + self.source.text()[..self.start].matches('\n').count()
    }

    /// The column of its first character, from 1, in characters.
    pub fn column(&self) -> usize {
        let line = self.source.text()[..self.start].rfind('\n').map_or(0, |at| at + 1);
        1 + self.source.text()[line..self.start].chars().count()
    }

    /// Its first line, without the line break.
    pub fn first_line(&self) -> Span {
        self.part(0..self.text().find('\n').unwrap_or(self.text().len()))
    }

    /// The part of this span between two byte offsets relative to its start.
    pub fn part(&self, range: Range<usize>) -> Span {
        self.source.span(self.start + range.start..(self.start + range.end).min(self.end))
    }
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.source.path(), self.line(), self.column())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::decode(SitePath::new("a.md").unwrap(), text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn a_byte_order_mark_and_carriage_returns_are_not_part_of_the_text() {
        assert_eq!(source("\u{FEFF}+++\r\na\rb\r\n").text(), "+++\na\nb\n");
    }

    #[test]
    fn a_span_knows_its_line_and_column_in_characters() {
        let span = source("one\nzwö x\n").span(9..10);
        assert_eq!((span.line(), span.column(), span.text()), (2, 5, "x"));
    }

    #[test]
    fn a_span_outside_the_text_or_inside_a_character_is_moved() {
        assert_eq!(source("ö").span(1..9).range(), 0..2);
        assert_eq!(source("a").span(7..9).range(), 1..1);
    }

    #[test]
    fn bytes_that_are_not_text_are_an_error_at_their_place() {
        let error = Source::decode(SitePath::new("a.md").unwrap(), b"ok\nbad \xFF".to_vec()).unwrap_err();
        assert_eq!(format!("{:?}", error.span().unwrap()), "a.md:2:5");
    }
}
