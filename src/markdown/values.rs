//! Values of cells in prose: `` `cell:spin.wall.median` ``, `[1.9 ms](cell:spin.wall.median)` and `![scaling](cell:lock.chart)`.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::{Document, Piece};
use crate::source::Span;

/// A value of a cell that stands in prose.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is the value of, as its author wrote it: what follows `cell:`.
    pub expression: Span,
    /// All of it: the code span, link or image.
    pub span: Span,
    /// What the author wrote for those who read the source: the text of a link, or the alternative text of an image.
    pub written: Option<String>,
    /// Whether it is written as an image.
    pub image: bool,
    /// Whether it is all of its paragraph.
    pub alone: bool,
}

/// What a page shows of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// A text, with a link to what was measured and a word about that.
    Measured {
        /// The text.
        text: String,
        /// Where the link leads.
        href: String,
        /// The word.
        title: String,
    },
    /// A text.
    Text(String),
    /// A block of HTML, which stands in the place of the paragraph that holds the value and nothing else.
    Block(String),
}

/// What marks a value.
const MARK: &str = "cell:";

/// The value that a code span is; `at` is where it stands in `body`. `cell::measure` is none.
pub(super) fn in_code(code: &str, body: &Span, at: &Range<usize>) -> Option<Value> {
    is_value(code).then_some(())?;
    let text = &body.text()[at.clone()];
    let start = text.find(MARK)? + MARK.len();
    let end = text.trim_end_matches(['`', ' ', '\n']).len();
    let expression = body.part(at.start + start..at.start + end.max(start));
    Some(Value { expression, span: body.part(at.clone()), written: None, image: false, alone: false })
}

/// The expression in the target of a link, which is written at `place`.
pub(super) fn in_target(url: &str, place: &Span) -> Option<Span> {
    is_value(url).then_some(())?;
    let start = place.text().find(MARK)? + MARK.len();
    let end = place.text().trim_end_matches('>').len();
    Some(place.part(start..end.max(start)))
}

/// Whether a code span or a target may be a value.
pub(super) fn is_value(text: &str) -> bool {
    text.strip_prefix(MARK).is_some_and(|rest| !rest.starts_with(':') && !rest.trim().is_empty())
}

impl Document {
    /// The values in its prose, in order.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Value(value) => Some(value),
            _ => None,
        })
    }

    /// Puts what a page shows in the place of each value; where nothing is known, what its author wrote.
    pub fn settle(&mut self, mut settled: impl FnMut(&Value) -> Option<Settled>) {
        let mut pieces = Vec::with_capacity(self.pieces.len());
        // Where what stands before the summary's end has gone.
        let mut more = None;
        for (at, piece) in std::mem::take(&mut self.pieces).into_iter().enumerate() {
            if self.more == Some(at) {
                more = Some(pieces.len());
            }
            let Piece::Value(value) = piece else {
                pieces.push(piece);
                continue;
            };
            match settled(&value).unwrap_or_else(|| Settled::Text(value.written.unwrap_or_default())) {
                Settled::Text(text) => pieces.push(Piece::Event(Event::Text(text.into()))),
                Settled::Measured { text, href, title } => {
                    let (link_type, id) = (LinkType::Inline, CowStr::Borrowed(""));
                    let link = Tag::Link { link_type, dest_url: href.into(), title: title.into(), id };
                    pieces.push(Piece::Event(Event::Start(link)));
                    pieces.push(Piece::Event(Event::Text(text.into())));
                    pieces.push(Piece::Event(Event::End(TagEnd::Link)));
                }
                Settled::Block(html) => pieces.push(Piece::Event(Event::Html(html.into()))),
            }
        }
        self.more = self.more.map(|at| more.unwrap_or(at));
        self.pieces = pieces;
        self.take_blocks_out_of_paragraphs();
    }

    /// A paragraph that holds a block and nothing else becomes that block.
    fn take_blocks_out_of_paragraphs(&mut self) {
        for at in 1..self.pieces.len().saturating_sub(1) {
            let [before, block, behind] = &mut self.pieces[at - 1..=at + 1] else { continue };
            let alone = matches!(before, Piece::Event(Event::Start(Tag::Paragraph)))
                && matches!(block, Piece::Event(Event::Html(_)))
                && matches!(behind, Piece::Event(Event::End(TagEnd::Paragraph)));
            if alone {
                for paragraph in [before, behind] {
                    *paragraph = Piece::Event(Event::Html(CowStr::Borrowed("")));
                }
            }
        }
    }
}
