//! From the body of a post to a [`Document`]: Markdown as events that know their place.

mod alternative;
mod anchors;
mod autolink;
mod characters;
mod code_spans;
mod destination;
mod embeds;
mod fence;
mod links;
mod math;
mod notes;
mod parse;
mod plain;
mod raw_html;
mod targets;
mod template_code;
mod values;

pub use embeds::{Embed, embeds};
pub use links::{LooseEnd, resolve};
pub use math::Math;
pub use notes::Note;
pub use parse::parse;
pub use plain::plain_text;
pub use targets::Targets;
pub use values::{Settled, Value};

use pulldown_cmark::Event;

use crate::source::Span;

/// The Markdown of a post, parsed, with everything done to it that the post alone decides.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its blocks and texts in order. Footnotes stand at the end, in the order of their numbers.
    pub pieces: Vec<Piece>,
    /// Its headings in order, for the table of contents and as targets of links.
    pub headings: Vec<Heading>,
    /// Ids and names of elements in its raw HTML: further targets of links.
    pub anchors: Vec<String>,
    /// The images of its prose whose files are of the site: where each leads, and where that is written. Known when its
    /// links are [resolved](resolve).
    pub images: Vec<(String, Span)>,
    /// The piece before which its summary ends, by `<!-- more -->`.
    pub more: Option<usize>,
    /// Words of its prose; code blocks are not counted. Each character of Chinese, Japanese and Korean is one.
    pub words: usize,
}

impl Document {
    /// Its code blocks in order.
    pub fn fences(&self) -> impl Iterator<Item = &Fence> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Fence(fence) => Some(fence),
            _ => None,
        })
    }

    /// Whether a link may lead to `#anchor`.
    pub fn has_anchor(&self, anchor: &str) -> bool {
        self.anchor_names().any(|name| name == anchor)
    }

    /// What links into it may name behind `#`.
    pub fn anchor_names(&self) -> impl Iterator<Item = &str> {
        self.headings.iter().map(|heading| heading.id.as_str()).chain(self.anchors.iter().map(String::as_str))
    }
}

/// One event of a document.
#[derive(Debug, Clone)]
pub enum Piece {
    /// What pulldown-cmark saw, ready to become HTML.
    Event(Event<'static>),
    /// The start of a link or an image whose target is yet to be looked up (the event is `Event::Start`), and where that
    /// target is written.
    Reference(Event<'static>, Span),
    /// A fenced or indented code block, whole.
    Fence(Fence),
    /// A formula.
    Math(Math),
    /// A footnote, or a reference to one.
    Note(Note),
    /// A value of a cell.
    Value(Value),
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
    /// Whether it stands within a block quote or an alert: another's code, which is shown and never run.
    pub quoted: bool,
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

#[cfg(test)]
pub(crate) mod tests;
