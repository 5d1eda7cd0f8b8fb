//! A document as HTML, its code blocks replaced by figures that others drew.

mod adapter;
mod image;

use pulldown_cmark::{Event, Tag, TagEnd, html};

use self::adapter::{Adapter, Extent};
use super::Pictures;
use crate::markdown::{Document, Note, Piece, plain_text};

/// The body of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Body {
    /// All of it.
    pub(super) html: String,
    /// What stands before `<!-- more -->`, else the first paragraph that has text; without footnotes, and without anchors
    /// that would collide with those of other summaries on a page.
    pub(super) summary: String,
    /// The summary without markup, on one line.
    pub(super) plain_summary: String,
}

/// A code block as HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drawing {
    /// The HTML.
    pub(super) html: String,
    /// Whether it has ids, so that it may not stand in a summary, several of which make a page.
    pub(super) has_id: bool,
}

/// Renders a document. `drawings[i]` is its `i`-th [`Piece::Fence`]; where there is none, nothing is shown. Links
/// within the page lead to `url`, where the document is published, from a summary that stands elsewhere.
pub(super) fn render(document: &Document, drawings: &[Drawing], pictures: &Pictures, url: &str) -> Body {
    let summary = summary(document);
    let closing = closing(summary);
    Body {
        html: to_html(Adapter::new(&document.pieces, drawings, Extent::Whole, pictures)),
        summary: to_html(Adapter::new(summary, drawings, Extent::Summary { url }, pictures).chain(closing)),
        plain_summary: plain_text(summary).split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// Minutes that it takes to read so many words, at 200 a minute; at least 1.
pub(super) fn minutes(words: usize) -> usize {
    words.div_ceil(200).max(1)
}

fn to_html<'a>(events: impl Iterator<Item = Event<'a>>) -> String {
    let mut text = String::new();
    html::push_html(&mut text, events);
    text
}

/// The pieces of the summary.
fn summary(document: &Document) -> &[Piece] {
    match document.more {
        Some(more) => &document.pieces[..more],
        None => first_paragraph(&document.pieces),
    }
}

/// The first paragraph with text in it, not within a list or quotation if there is one outside.
fn first_paragraph(pieces: &[Piece]) -> &[Piece] {
    let mut depth = 0_usize;
    let mut start = 0;
    let mut nested: &[Piece] = &[];
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Event(Event::Start(tag)) => {
                if *tag == Tag::Paragraph {
                    start = at;
                }
                depth += 1;
            }
            Piece::Event(Event::End(end)) => {
                depth = depth.saturating_sub(1);
                let paragraph = &pieces[start..=at];
                if *end == TagEnd::Paragraph && !plain_text(paragraph).trim().is_empty() {
                    if depth == 0 {
                        return paragraph;
                    }
                    if nested.is_empty() {
                        nested = paragraph;
                    }
                }
            }
            Piece::Reference(..) => depth += 1,
            Piece::Note(Note::Start { .. }) => break,
            _ => {}
        }
    }
    nested
}

/// The ends of the elements that are open behind some pieces: a summary may end within a paragraph.
fn closing(pieces: &[Piece]) -> Vec<Event<'static>> {
    let mut open = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Event(Event::Start(tag)) | Piece::Reference(Event::Start(tag), _) => open.push(tag.to_end()),
            Piece::Event(Event::End(_)) => {
                open.pop();
            }
            _ => {}
        }
    }
    open.into_iter().rev().map(adapter::end).collect()
}

#[cfg(test)]
mod tests;
