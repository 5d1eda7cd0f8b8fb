//! From a document and what its cells did to HTML.

mod ansi;
mod block;
pub mod chart;
mod escape;
mod figure;
mod highlight;
mod highlighter;
mod marks;
mod render;
mod results;
mod rich;

use std::collections::BTreeMap;

pub use figure::{Charts, Figure, Headline, HeadlineBar};
pub use highlighter::Highlighter;

use self::figure::Canvas;
use self::marks::mark_lines;
use self::render::{Body, Drawing, render};
use crate::content::{self, Post};
use crate::images::Size;
use crate::markdown::{Document, Heading, Piece, plain_text};
use crate::source::{Address, Diagnostics, SitePath};

/// A post as HTML.
#[derive(Debug, Clone)]
pub struct Article {
    /// The post.
    pub post: Post,
    /// Its body.
    pub html: String,
    /// Its summary: the part before `<!-- more -->`, the description, or the first paragraph.
    pub summary: String,
    /// The summary as plain text, for `<meta name="description">`.
    pub description: String,
    /// Its prose and the code that it shows, without markup, blocks parted by line breaks: what a reader may look for.
    pub text: String,
    /// Its headings in order.
    pub headings: Vec<Heading>,
    /// Words of its prose.
    pub words: usize,
    /// Minutes that it takes to read, at least 1.
    pub minutes: usize,
    /// Its cells in order.
    pub cells: Vec<CellSummary>,
    /// The number that stands for it where it is shared.
    pub headline: Option<Headline>,
    /// What its cells show as files of their own, and what was measured of them, by names beside the page.
    pub files: Vec<(String, Vec<u8>)>,
    /// Which of those files holds what was measured.
    pub results: Option<String>,
}

/// What lists say of a cell.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CellSummary {
    /// Its name in the post.
    pub id: String,
    /// `run`, `bench`, `check` or `lib`.
    pub verb: &'static str,
    /// Its language.
    pub language: String,
    /// The number of the line that its fence opens in.
    pub line: usize,
}

/// What is known of pictures, by where an image leads.
pub type Pictures = BTreeMap<String, Picture>;

/// What is known of a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    /// Its size, if it says one.
    pub size: Option<Size>,
    /// Copies of it, by their width in pixels: where each is published, from the root of the host.
    pub copies: Vec<(u32, String)>,
}

/// Where an article is drawn for.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// Where it is published, from the root of the host.
    pub url: &'a str,
    /// The folder that files beside it are published in, from the root of the host, with a slash at its end.
    pub folder: &'a str,
    /// Whether the HTML of cells is published as it is.
    pub trusted: bool,
    /// What is known of the pictures that it shows.
    pub pictures: &'a Pictures,
    /// Colours code.
    pub highlighter: &'a Highlighter<'a>,
}

impl Article {
    /// Renders a post. `figures` are those of its cells by the number of their fence; all other fences are only shown.
    pub fn render(
        post: Post,
        document: &Document,
        figures: &BTreeMap<usize, Figure<'_>>,
        headline: Option<Headline>,
        setting: Setting<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Article {
        let key = content::key(post.source.path());
        let of_results = name_beside(&post, "results.json");
        let mut canvas = Canvas {
            out: String::new(),
            files: Vec::new(),
            diagnostics: Diagnostics::default(),
            highlighter: setting.highlighter,
            folder: setting.folder,
            post: &key,
            results: &format!("{}{of_results}", setting.folder),
            trusted: setting.trusted,
        };
        let draw = |(index, fence)| match figures.get(&index) {
            Some(figure) => {
                figure.draw(&mut canvas);
                Drawing { html: std::mem::take(&mut canvas.out), has_id: true }
            }
            None => Drawing { html: figure::plain(fence, setting.highlighter), has_id: false },
        };
        let drawings: Vec<Drawing> = document.fences().enumerate().map(draw).collect();
        let Canvas { mut files, diagnostics: wrong, .. } = canvas;
        diagnostics.extend(wrong);
        let measured = results::to_json(setting.url, figures.values());
        let results = measured.is_some().then_some(of_results);
        files.extend(results.clone().zip(measured));
        let Body { html, summary, plain_summary } = render(document, &drawings, setting.pictures, setting.url);
        let (summary, description) = match &post.meta.description {
            None => (summary, plain_summary),
            Some(said) if document.more.is_some() => (summary, said.clone()),
            Some(said) => (format!("<p>{}</p>\n", escape::text(said)), said.clone()),
        };
        Article {
            html,
            summary,
            description,
            text: text(document, figures),
            headings: document.headings.clone(),
            words: document.words,
            minutes: render::minutes(document.words),
            cells: figures.values().map(Figure::summary).collect(),
            headline,
            files,
            results,
            post,
        }
    }

    /// The address of the picture that shows it where it is shared.
    pub fn card_address(&self) -> Address {
        self.beside(&name_beside(&self.post, "card.png"))
    }

    /// The address of the file that holds what was measured, if anything was.
    pub fn results_address(&self) -> Option<Address> {
        Some(self.beside(self.results.as_ref()?))
    }

    fn beside(&self, name: &str) -> Address {
        let name = SitePath::new(name).expect("a name made of that of the page");
        Address::file(self.post.address.output_file().parent().join(&name))
    }

    /// Whether it stands outside of the lists of posts.
    pub fn stands_alone(&self) -> bool {
        self.post.meta.layout.as_deref().is_some_and(|layout| layout.trim_end_matches(".html") == "page")
    }
}

/// The prose of a document and the code that its fences show, in order.
fn text(document: &Document, figures: &BTreeMap<usize, Figure<'_>>) -> String {
    let mut fences = 0..;
    let parts = document.pieces.split_inclusive(|piece| matches!(piece, Piece::Fence(_))).map(|pieces| {
        let code = match pieces.last() {
            Some(Piece::Fence(fence)) => match fences.next().and_then(|number| figures.get(&number)) {
                Some(figure) => figure.code().unwrap_or_default(),
                None => fence.code.clone(),
            },
            _ => String::new(),
        };
        plain_text(pieces) + &code
    });
    parts.collect()
}

/// A name for a file beside a page: as it is where the page has a folder of its own, else with the name of the page.
fn name_beside(post: &Post, name: &str) -> String {
    let file = post.address.output_file();
    match file.name().rsplit_once('.') {
        Some(("index", "html")) | None => name.to_owned(),
        Some((page, _)) => format!("{page}-{name}"),
    }
}
