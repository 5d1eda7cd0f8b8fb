use pulldown_cmark::{Event, Parser, Tag};

use super::code_spans::CodeSpans;
use super::destination::Link;
use super::parse::OPTIONS;
use crate::source::Span;

/// What a post brings into its page besides text.
#[derive(Debug, Clone)]
pub enum Embed {
    /// An image of Markdown: where it leads, and where that is written.
    Image(String, Span),
    /// A tag, or a block, of raw HTML.
    Html(Span),
    /// A block of code, which may be that of a cell.
    Code(Span),
}

/// What the body of a post brings into its page, in order.
pub fn embeds(body: &Span) -> Vec<Embed> {
    let code_spans = CodeSpans::find(body.text(), OPTIONS);
    let mut events = Parser::new_ext(code_spans.masked(), OPTIONS).into_offset_iter();
    let mut found = Vec::new();
    // Where the block of raw HTML ends whose lines follow.
    let mut block_ends = 0;
    while let Some((event, range)) = events.next() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => found.push(Embed::Code(body.part(range))),
            Event::Start(Tag::HtmlBlock) => {
                block_ends = range.end;
                found.push(Embed::Html(body.part(range)));
            }
            Event::Html(_) | Event::InlineHtml(_) if range.start >= block_ends => {
                found.push(Embed::Html(body.part(range)));
            }
            Event::Start(tag @ Tag::Image { .. }) => {
                let Some(link) = Link::of(&tag) else { continue };
                let definition = events.reference_definitions().get(link.label).map(|it| it.span.clone());
                found.push(Embed::Image(link.url.to_owned(), link.place(body, range, definition)));
            }
            _ => {}
        }
    }
    found
}
