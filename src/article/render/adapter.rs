use std::collections::VecDeque;

use pulldown_cmark::{Alignment, BlockQuoteKind, CowStr, Event, Tag, TagEnd};

use super::Drawing;
use super::image::Image;
use crate::article::{Pictures, escape};
use crate::markdown::{Note, Piece, plain_text};

/// How much of a document is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent<'a> {
    /// All of it.
    Whole,
    /// A summary that stands on a page with others: without ids and what needs them.
    Summary {
        /// The address of the document, from the root of the host.
        url: &'a str,
    },
}

/// The pieces of a document as events that pulldown-cmark renders as they should be.
pub(super) struct Adapter<'a> {
    pieces: &'a [Piece],
    at: usize,
    drawings: std::slice::Iter<'a, Drawing>,
    extent: Extent<'a>,
    pictures: &'a Pictures,
    /// How many images were shown: the first one of an article may be what a reader waits for, so it is not loaded lazily.
    images: usize,
    /// Whether the paragraph that is open is the figure of an image.
    figure: bool,
    /// What comes before the next piece.
    ready: VecDeque<Event<'a>>,
    /// The heading that is open: where its text begins, and its id.
    heading: Option<(usize, &'a str)>,
    table: Table,
    /// Whether the list of footnotes is open.
    notes: bool,
    /// Whether the back links of the footnote that is open are written.
    back_links: bool,
}

/// Where in a table we are.
#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    head: bool,
    column: usize,
}

impl<'a> Adapter<'a> {
    pub(super) fn new(
        pieces: &'a [Piece],
        drawings: &'a [Drawing],
        extent: Extent<'a>,
        pictures: &'a Pictures,
    ) -> Self {
        Adapter {
            pieces,
            at: 0,
            drawings: drawings.iter(),
            extent,
            pictures,
            images: 0,
            figure: false,
            ready: VecDeque::new(),
            heading: None,
            table: Table::default(),
            notes: false,
            back_links: false,
        }
    }

    fn piece(&mut self, piece: &'a Piece) {
        match piece {
            Piece::Event(event) | Piece::Reference(event, _) => self.event(event),
            Piece::Fence(_) => {
                let wanted = |drawing: &&Drawing| self.extent == Extent::Whole || !drawing.has_id;
                if let Some(drawing) = self.drawings.next().filter(wanted) {
                    self.ready.push_back(Event::Html(drawing.html.as_str().into()));
                }
            }
            Piece::Math(math) => self.ready.push_back(Event::InlineHtml(math.mathml.as_str().into())),
            Piece::Note(note) => self.note(*note),
            // Without results of cells, as far as its author wrote it.
            Piece::Value(value) => {
                self.ready.push_back(Event::Text(value.written.as_deref().unwrap_or_default().into()));
            }
        }
    }

    fn event(&mut self, event: &'a Event<'static>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(*tag),
            // pulldown-cmark writes these as XML, and a box without a name.
            Event::Rule => self.html("<hr>\n".into()),
            Event::HardBreak => self.inline("<br>\n".into()),
            Event::TaskListMarker(done) => self.inline(task(*done).into()),
            other => self.ready.push_back(borrowed(other)),
        }
    }

    fn start(&mut self, tag: &'a Tag<'static>) {
        match tag {
            Tag::Heading { level, id, classes, attrs } => {
                let whole = self.extent == Extent::Whole;
                self.heading = id.as_deref().filter(|_| whole).map(|id| (self.at, id));
                let id = id.as_deref().filter(|_| whole).map(CowStr::from);
                let tag = Tag::Heading { level: *level, id, classes: classes.clone(), attrs: attrs.clone() };
                self.ready.push_back(Event::Start(tag));
            }
            Tag::Table(alignments) => {
                self.table = Table { alignments: alignments.clone(), ..Table::default() };
                self.html("<div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"Table\">\n".into());
                self.ready.push_back(Event::Start(Tag::Table(Vec::new())));
            }
            Tag::TableHead | Tag::TableRow => {
                self.table.head = *tag == Tag::TableHead;
                self.table.column = 0;
                self.ready.push_back(Event::Start(tag.clone()));
            }
            Tag::TableCell => self.table_cell(),
            Tag::BlockQuote(Some(kind)) => {
                let (class, title) = alert(*kind);
                let start = format!("<div class=\"alert alert-{class}\" role=\"note\">");
                self.html(format!("{start}\n<p class=\"alert-title\">{title}</p>\n"));
            }
            Tag::Paragraph if self.is_figure() => {
                self.figure = true;
                self.html("<figure>\n".into());
            }
            Tag::Image { dest_url, title, .. } => self.image(dest_url, title),
            Tag::Link { .. } => self.link(tag.clone()),
            other => self.ready.push_back(Event::Start(other.clone())),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        if let TagEnd::Heading(_) = tag
            && let Some((start, id)) = self.heading.take()
        {
            let text = plain_text(&self.pieces[start..self.at]);
            let (id, text) = (escape::attribute(id), escape::attribute(text.trim()));
            self.inline(format!(" <a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to {text}\">#</a>"));
        }
        if tag == TagEnd::Paragraph
            && let Some(Piece::Note(Note::End { number, references })) = self.pieces.get(self.at)
        {
            self.write_back_links(*number, *references);
        }
        if tag == TagEnd::Paragraph && std::mem::take(&mut self.figure) {
            return self.html("</figure>\n".into());
        }
        self.ready.push_back(end(tag));
    }

    /// Whether the paragraph whose start was just read is an image with a title and nothing else. Its title is its caption then,
    /// since a title is shown to those alone who point at the image with a mouse.
    fn is_figure(&self) -> bool {
        let rest = &self.pieces[self.at..];
        let Some(
            Piece::Event(Event::Start(Tag::Image { title, .. }))
            | Piece::Reference(Event::Start(Tag::Image { title, .. }), _),
        ) = rest.first()
        else {
            return false;
        };
        let is_end = |piece: &Piece| matches!(piece, Piece::Event(Event::End(TagEnd::Image | TagEnd::Paragraph)));
        let behind = rest.iter().position(is_end).and_then(|end| rest.get(end + 1));
        !title.is_empty() && matches!(behind, Some(Piece::Event(Event::End(TagEnd::Paragraph))))
    }

    fn table_cell(&mut self) {
        let class = match self.table.alignments.get(self.table.column) {
            Some(Alignment::Left) => Some("left"),
            Some(Alignment::Center) => Some("center"),
            Some(Alignment::Right) => Some("right"),
            Some(Alignment::None) | None => None,
        };
        self.table.column += 1;
        match class {
            Some(class) if self.table.head => self.inline(format!("<th class=\"{class}\">")),
            Some(class) => self.inline(format!("<td class=\"{class}\">")),
            None => self.ready.push_back(Event::Start(Tag::TableCell)),
        }
    }

    fn link(&mut self, mut tag: Tag<'a>) {
        if let Extent::Summary { url } = self.extent
            && let Tag::Link { dest_url, .. } = &mut tag
            && dest_url.starts_with(['#', '?'])
        {
            *dest_url = format!("{url}{dest_url}").into();
        }
        self.ready.push_back(Event::Start(tag));
    }

    /// An image whose start was just read; its alternative text is the text up to its end.
    fn image(&mut self, url: &str, title: &str) {
        let mut alt = String::new();
        let mut open = 1;
        while let Some(piece) = self.pieces.get(self.at) {
            self.at += 1;
            match piece {
                Piece::Event(Event::Start(_)) | Piece::Reference(..) => open += 1,
                Piece::Event(Event::End(_)) => open -= 1,
                Piece::Event(Event::Text(text) | Event::Code(text)) => alt.push_str(text),
                Piece::Event(Event::SoftBreak | Event::HardBreak) => alt.push(' '),
                _ => {}
            }
            if open == 0 {
                break;
            }
        }
        let image = Image {
            url,
            alt: &alt,
            title: Some(title).filter(|title| !title.is_empty() && !self.figure),
            lazy: self.images > 0 || self.extent != Extent::Whole,
        };
        self.images += 1;
        self.inline(image.html(self.pictures.get(url)));
        if self.figure {
            self.html(format!("\n<figcaption>{}</figcaption>\n", escape::attribute(title)));
        }
    }

    fn note(&mut self, note: Note) {
        if self.extent != Extent::Whole {
            return;
        }
        match note {
            Note::Reference { number, nth } => self.inline(format!(
                "<sup><a role=\"doc-noteref\" id=\"{}\" href=\"#{}\">{number}</a></sup>",
                Note::reference_id(number, nth),
                Note::id(number)
            )),
            Note::Start { number } => {
                if !self.notes {
                    self.notes = true;
                    self.html(
                        "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Footnotes\">\n<ol>\n".into(),
                    );
                }
                self.back_links = false;
                self.html(format!("<li id=\"{}\">\n", Note::id(number)));
            }
            Note::End { number, references } => {
                if !self.back_links {
                    self.write_back_links(number, references);
                }
                self.html("</li>\n".into());
            }
        }
    }

    fn write_back_links(&mut self, number: usize, references: usize) {
        self.back_links = true;
        for nth in 1..=references {
            let id = Note::reference_id(number, nth);
            let which = if nth == 1 { String::new() } else { format!("<sup>{nth}</sup>") };
            self.inline(format!(" <a role=\"doc-backlink\" href=\"#{id}\">↩{which}</a>"));
        }
    }

    fn html(&mut self, html: String) {
        self.ready.push_back(Event::Html(html.into()));
    }

    fn inline(&mut self, html: String) {
        self.ready.push_back(Event::InlineHtml(html.into()));
    }
}

impl<'a> Iterator for Adapter<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            match self.pieces.get(self.at) {
                Some(piece) => {
                    self.at += 1;
                    self.piece(piece);
                }
                None if self.notes => {
                    self.notes = false;
                    self.html("</ol>\n</section>\n".into());
                }
                None => return None,
            }
        }
    }
}

/// The end of an element, whose start the adapter may have written itself.
pub(super) fn end(tag: TagEnd) -> Event<'static> {
    match tag {
        TagEnd::BlockQuote(Some(_)) => Event::Html("</div>\n".into()),
        TagEnd::Table => Event::Html("</tbody></table>\n</div>\n".into()),
        other => Event::End(other),
    }
}

/// An event without a copy of its text.
fn borrowed<'a>(event: &'a Event<'static>) -> Event<'a> {
    match event {
        Event::Text(text) => Event::Text(CowStr::Borrowed(text)),
        Event::Code(text) => Event::Code(CowStr::Borrowed(text)),
        Event::Html(text) => Event::Html(CowStr::Borrowed(text)),
        Event::InlineHtml(text) => Event::InlineHtml(CowStr::Borrowed(text)),
        other => other.clone(),
    }
}

/// The box of a task, which readers only look at.
fn task(done: bool) -> &'static str {
    if done {
        "<input type=\"checkbox\" checked disabled aria-label=\"Done\">\n"
    } else {
        "<input type=\"checkbox\" disabled aria-label=\"Not done\">\n"
    }
}

/// The class and the title of an alert.
fn alert(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("note", "Note"),
        BlockQuoteKind::Tip => ("tip", "Tip"),
        BlockQuoteKind::Important => ("important", "Important"),
        BlockQuoteKind::Warning => ("warning", "Warning"),
        BlockQuoteKind::Caution => ("caution", "Caution"),
    }
}
