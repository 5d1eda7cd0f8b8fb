//! From the body of a post to a [`Document`]: Markdown as events that know their place.

use pulldown_cmark::Event;

use crate::source::Span;

/// The Markdown of a post, parsed, with everything done to it that the post alone decides.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its blocks and texts in order.
    pub pieces: Vec<Piece>,
    /// Its headings in order, for the table of contents and as targets of links.
    pub headings: Vec<Heading>,
    /// The piece before which its summary ends, by `<!-- more -->`.
    pub more: Option<usize>,
    /// Words of its prose; code is not counted.
    pub words: usize,
}

/// One event of a document.
#[derive(Debug, Clone)]
pub enum Piece {
    /// What pulldown-cmark saw, ready to become HTML.
    Event(Event<'static>),
    /// The start of a link or an image whose target is yet to be looked up (the event is `Event::Start`).
    Reference(Event<'static>, Span),
    /// A fenced or indented code block, whole.
    Fence(Fence),
}

/// A code block as written.
#[derive(Debug, Clone)]
pub struct Fence {
    /// The text behind the opening fence; nothing for indented code.
    pub info: Option<Span>,
    /// The code, each line ended by `\n`.
    pub code: String,
    /// Where each line of the code stands.
    pub lines: Vec<Span>,
    /// Where the whole block stands.
    pub span: Span,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its anchor, unique in the post.
    pub id: String,
    /// Its text without any markup.
    pub text: String,
}
