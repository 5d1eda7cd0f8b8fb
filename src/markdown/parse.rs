use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::autolink::{self, Mark, Target};
use super::code_spans::CodeSpans;
use super::destination::Link;
use super::math::{Math, is_money};
use super::notes::{self, Definition};
use super::template_code::TemplateCode;
use super::{Document, Fence, Piece, Value, alternative, anchors, fence, plain, plain_text, raw_html, values};
use crate::content::Post;
use crate::source::{Code, Diagnostic, Diagnostics, Span};

/// GitHub Flavored Markdown with definition lists and maths. No typographic quotes: authors' characters are their own.
pub(super) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_DEFINITION_LIST)
    .union(Options::ENABLE_MATH);

/// Reads the Markdown of a post.
pub fn parse(post: &Post, diagnostics: &mut Diagnostics) -> Document {
    let body = &post.body;
    let mut reader = Reader::new(body, diagnostics);
    let code_spans = CodeSpans::find(body.text(), OPTIONS);
    let mut events = Parser::new_ext(code_spans.masked(), OPTIONS).into_offset_iter();
    while let Some((event, range)) = events.next() {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                fence::warn_if_open(body, &kind, range.clone(), reader.diagnostics);
                let fence = fence::read(body, &kind, range, reader.quotes > 0, &mut events);
                reader.fence(fence);
            }
            Event::Start(tag @ (Tag::Link { .. } | Tag::Image { .. })) => {
                let label = Link::of(&tag).map_or("", |link| link.label);
                let definition = events.reference_definitions().get(label).map(|definition| definition.span.clone());
                reader.start_link(tag, range, definition);
            }
            event => {
                let event = code_spans.unmask(event, &range);
                reader.event(event, range);
            }
        }
    }
    reader.finish()
}

/// A document that is being put together from events.
struct Reader<'a> {
    body: &'a Span,
    diagnostics: &'a mut Diagnostics,
    /// What was read of the body or, inside a footnote, of that.
    pieces: Vec<Piece>,
    /// The footnotes that are open, each with the pieces that were read before it.
    open_notes: Vec<(String, Range<usize>, Vec<Piece>)>,
    definitions: Vec<Definition>,
    /// Text that may go on in the next event: pulldown-cmark splits it at every special character.
    text: String,
    /// The emphasis in that text: where its marks stand in it, and what they mean.
    emphasis: Vec<(Mark, Event<'static>)>,
    /// How many links are open.
    links: usize,
    /// The images that are open: where each stands in the body, and the first piece of its text.
    images: Vec<(Range<usize>, usize)>,
    /// The link or image whose target is a value of a cell: the first piece of its text, and the value
    /// without that text.
    value: Option<(usize, Value)>,
    /// How many block quotes are open.
    quotes: usize,
    /// The element of raw HTML that is open and holds no links of ours.
    opaque: Option<&'static str>,
    /// Whether a comment in raw HTML is open.
    comment: bool,
    /// The block of raw HTML that is open: its first piece and its text.
    html: Option<(usize, String)>,
    more: Option<usize>,
    anchors: Vec<String>,
    /// Where each anchor was given that an author gave a heading.
    given: HashMap<String, Span>,
    template_code: TemplateCode,
}

impl<'a> Reader<'a> {
    fn new(body: &'a Span, diagnostics: &'a mut Diagnostics) -> Self {
        Reader {
            body,
            diagnostics,
            pieces: Vec::new(),
            open_notes: Vec::new(),
            definitions: Vec::new(),
            text: String::new(),
            emphasis: Vec::new(),
            links: 0,
            images: Vec::new(),
            value: None,
            quotes: 0,
            opaque: None,
            comment: false,
            html: None,
            more: None,
            anchors: Vec::new(),
            given: HashMap::new(),
            template_code: TemplateCode::default(),
        }
    }

    fn finish(mut self) -> Document {
        self.flush();
        self.template_code.warn(self.body, self.diagnostics);
        let mut pieces = notes::place(self.pieces, self.definitions, self.diagnostics);
        let headings = anchors::give(&mut pieces);
        let words = plain::count_words(&plain_text(&pieces));
        Document { pieces, headings, anchors: self.anchors, images: Vec::new(), more: self.more, words }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if let Event::Text(_) | Event::Html(_) | Event::InlineHtml(_) = event {
            self.template_code.look(self.body.text(), range.clone());
        }
        match event {
            Event::Text(text) => self.text.push_str(&text),
            Event::InlineMath(tex) => self.math(&tex, range, false),
            Event::DisplayMath(tex) => self.math(&tex, range, true),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
            | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => self.emphasis(event, &range),
            Event::Code(ref code) => {
                let value = values::in_code(code, self.body, &range);
                self.push(value.map_or_else(|| Piece::Event(event.into_static()), Piece::Value));
            }
            Event::Start(tag) => self.start(tag, range),
            Event::End(end) => self.end(end),
            Event::Html(ref html) | Event::InlineHtml(ref html) => {
                self.flush();
                self.diagnostics.extend(alternative::of_html(html, &self.body.part(range), &mut self.comment));
                self.raw_html(html);
                self.push(Piece::Event(event.into_static()));
            }
            event => self.push(Piece::Event(event.into_static())),
        }
    }

    /// Adds a piece behind the text that was read before it.
    fn push(&mut self, piece: Piece) {
        self.flush();
        self.pieces.push(piece);
    }

    /// The start or the end of emphasis, which stands at `range`. Its marks may turn out to be part of a URL.
    fn emphasis(&mut self, event: Event<'_>, range: &Range<usize>) {
        let source = &self.body.text()[range.clone()];
        let opens = matches!(event, Event::Start(_));
        let length = match event {
            Event::Start(Tag::Emphasis) | Event::End(TagEnd::Emphasis) => 1,
            Event::Start(Tag::Strikethrough) | Event::End(TagEnd::Strikethrough) if !source.starts_with("~~") => 1,
            _ => 2,
        };
        let start = self.text.len();
        self.text.push_str(if opens { &source[..length] } else { &source[source.len() - length..] });
        self.emphasis.push((Mark { range: start..self.text.len(), opens }, event.into_static()));
    }

    /// Adds the text that was read, with its bare URLs as links.
    fn flush(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        let (marks, events): (Vec<Mark>, Vec<_>) = std::mem::take(&mut self.emphasis).into_iter().unzip();
        let linkable = self.links == 0 && self.images.is_empty() && self.opaque.is_none();
        let links = if linkable { autolink::find(&text, &marks) } else { Vec::new() };
        let mut emphasis = marks.into_iter().zip(events).peekable();
        let mut from = 0;
        for link in links {
            while let Some((mark, event)) = emphasis.next_if(|(mark, _)| mark.range.start < link.range.start) {
                self.text_piece(&text[from..mark.range.start]);
                self.pieces.push(Piece::Event(event));
                from = mark.range.end;
            }
            while emphasis.next_if(|(mark, _)| mark.range.start < link.reach).is_some() {}
            self.text_piece(&text[from..link.range.start]);
            from = link.range.end;
            self.autolink(&text[link.range], link.target);
        }
        for (mark, event) in emphasis {
            self.text_piece(&text[from..mark.range.start]);
            self.pieces.push(Piece::Event(event));
            from = mark.range.end;
        }
        self.text_piece(&text[from..]);
    }

    fn autolink(&mut self, text: &str, target: Target) {
        let (link_type, target) = match target {
            Target::Url(url) => (LinkType::Autolink, url),
            Target::Mail(address) => (LinkType::Email, address),
        };
        let (title, id) = (CowStr::Borrowed(""), CowStr::Borrowed(""));
        self.pieces.push(Piece::Event(Event::Start(Tag::Link { link_type, dest_url: target.into(), title, id })));
        self.text_piece(text);
        self.pieces.push(Piece::Event(Event::End(TagEnd::Link)));
    }

    fn text_piece(&mut self, text: &str) {
        if !text.is_empty() {
            self.pieces.push(Piece::Event(Event::Text(CowStr::from(text.to_owned()))));
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        self.flush();
        match &tag {
            Tag::FootnoteDefinition(label) => {
                self.open_notes.push((label.to_string(), range, std::mem::take(&mut self.pieces)));
                return;
            }
            Tag::Heading { id: Some(id), .. } => self.given_anchor(id, range),
            Tag::BlockQuote(_) => self.quotes += 1,
            Tag::HtmlBlock => self.html = Some((self.pieces.len(), String::new())),
            _ => {}
        }
        self.pieces.push(Piece::Event(Event::Start(tag.into_static())));
    }

    /// A code block, or the formula that it holds.
    fn fence(&mut self, fence: Fence) {
        match fence::tex(&fence).map(|tex| self.typeset(tex, fence.span.clone(), true)) {
            Some(Some(math)) => {
                self.push(Piece::Event(Event::Start(Tag::Paragraph)));
                self.push(Piece::Math(math));
                self.push(Piece::Event(Event::End(TagEnd::Paragraph)));
            }
            Some(None) | None => self.push(Piece::Fence(fence)),
        }
    }

    fn start_link(&mut self, tag: Tag<'_>, range: Range<usize>, definition: Option<Range<usize>>) {
        self.flush();
        match &tag {
            Tag::Image { .. } => self.images.push((range.clone(), self.pieces.len() + 1)),
            _ => self.links += 1,
        }
        let link = Link::of(&tag).filter(|link| link.is_local() || values::is_value(link.url));
        let span = self.body.part(range.clone());
        let place = link.map(|link| link.place(self.body, range, definition));
        if let (Some(link), Some(place)) = (Link::of(&tag), &place)
            && let Some(expression) = values::in_target(link.url, place)
        {
            let image = matches!(tag, Tag::Image { .. });
            self.value = Some((self.pieces.len(), Value { expression, span, written: None, image, alone: false }));
            return;
        }
        let event = Event::Start(tag.into_static());
        self.pieces.push(match place {
            Some(place) => Piece::Reference(event, place),
            None => Piece::Event(event),
        });
    }

    fn end(&mut self, end: TagEnd) {
        self.flush();
        match end {
            TagEnd::FootnoteDefinition => {
                let (label, range, outer) = self.open_notes.pop().expect("pulldown-cmark's events are balanced");
                let pieces = std::mem::replace(&mut self.pieces, outer);
                self.definitions.push(Definition { label, span: self.body.part(range), pieces });
                return;
            }
            TagEnd::HtmlBlock => self.end_html_block(),
            TagEnd::BlockQuote(_) => self.quotes -= 1,
            TagEnd::Link => {
                self.links -= 1;
                if self.links == 0 && self.images.is_empty() && self.end_value(false) {
                    return;
                }
            }
            TagEnd::Image => {
                let (range, start) = self.images.pop().expect("pulldown-cmark's events are balanced");
                if self.images.is_empty() && self.end_value(true) {
                    return;
                }
                // What stands in an image is part of its text, images too.
                if self.images.is_empty()
                    && let Piece::Event(Event::Start(Tag::Image { dest_url, .. }))
                    | Piece::Reference(Event::Start(Tag::Image { dest_url, .. }), _) = &self.pieces[start - 1]
                {
                    let alt = plain_text(&self.pieces[start..]);
                    self.diagnostics.extend(alternative::of_image(dest_url, &alt, &self.body.part(range)));
                }
            }
            TagEnd::Paragraph => {
                self.opaque = None;
                if let [.., Piece::Event(Event::Start(Tag::Paragraph)), Piece::Value(value)] = &mut self.pieces[..] {
                    value.alone = true;
                }
            }
            // An element that a line of text leaves open is forgotten with the line.
            TagEnd::Heading(_) | TagEnd::TableCell | TagEnd::Item => self.opaque = None,
            _ => {}
        }
        self.pieces.push(Piece::Event(Event::End(end)));
    }

    /// Ends the link or image that is a value, if one is open.
    fn end_value(&mut self, image: bool) -> bool {
        let Some((start, value)) = self.value.take_if(|(_, value)| value.image == image) else { return false };
        let written = plain_text(&self.pieces.split_off(start));
        self.pieces.push(Piece::Value(Value { written: Some(written), ..value }));
        true
    }

    fn given_anchor(&mut self, id: &str, range: Range<usize>) {
        let span = self.body.part(range).first_line();
        if let Some(first) = self.given.get(id) {
            self.diagnostics.push(
                Diagnostic::warning(Code::HeadingAnchorTwice, format!("two headings have the anchor `{id}`"))
                    .at(span, "this one gets a number behind it")
                    .at(first.clone(), "the first one")
                    .help("give one of them another anchor, and the links to it"),
            );
        } else {
            self.given.insert(id.to_owned(), span);
        }
    }

    fn raw_html(&mut self, html: &str) {
        self.opaque = raw_html::opaque_after(html, self.opaque);
        self.anchors.extend(raw_html::ids(html).into_iter().filter(|id| !id.is_empty()).map(str::to_owned));
        match &mut self.html {
            Some((_, block)) => block.push_str(html),
            None if raw_html::is_more(html) => self.end_summary(self.pieces.len()),
            None => {}
        }
    }

    fn end_html_block(&mut self) {
        self.comment = false;
        if let Some((start, html)) = self.html.take()
            && raw_html::is_more(&html)
        {
            self.end_summary(start);
        }
    }

    /// Ends the summary before a piece of the body.
    fn end_summary(&mut self, at: usize) {
        if self.open_notes.is_empty() {
            self.more.get_or_insert(at);
        }
    }

    /// A formula, or an amount of money. In the text of an image it stays as it is written.
    fn math(&mut self, tex: &str, range: Range<usize>, block: bool) {
        let body = self.body.text();
        let money = !block && is_money(body[..range.start].chars().next_back(), body[range.end..].chars().next());
        if money || !self.images.is_empty() {
            self.text.push_str(&body[range]);
            return;
        }
        let source = || Piece::Event(Event::Code(body[range.clone()].to_owned().into()));
        let math = self.typeset(tex, self.body.part(range.clone()), block);
        self.push(math.map_or_else(source, Piece::Math));
    }

    /// A formula that stands at `span`, with a warning if it cannot be typeset.
    fn typeset(&mut self, tex: &str, span: Span, block: bool) -> Option<Math> {
        let help = if span.text().starts_with('$') {
            "correct its TeX, or write `\\$` where dollars are meant"
        } else {
            "correct its TeX"
        };
        let warn = |reason| {
            let warning = Diagnostic::warning(Code::Formula, "this formula cannot be typeset");
            self.diagnostics.push(warning.at(span, reason).help(help));
        };
        Math::typeset(tex, block).map_err(warn).ok()
    }
}
