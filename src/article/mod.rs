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
mod rich;

use std::collections::BTreeMap;

pub use figure::Figure;
pub use highlighter::Highlighter;
pub use marks::mark_lines;
pub use rich::{Drawn, Setting, draw};

use self::render::{Body, Drawing, render};
use crate::content::Post;
use crate::markdown::{Document, Heading};

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
    /// Its headings in order.
    pub headings: Vec<Heading>,
    /// Words of its prose.
    pub words: usize,
    /// Minutes that it takes to read, at least 1.
    pub minutes: usize,
    /// Its cells in order.
    pub cells: Vec<CellSummary>,
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

impl Article {
    /// Renders a post. `figures` are those of its cells by the number of their fence; all other fences are only shown. `url`
    /// is where the post is published, from the root of the host.
    pub fn render(
        post: Post,
        document: &Document,
        url: &str,
        figures: &BTreeMap<usize, Figure<'_>>,
        highlighter: &Highlighter<'_>,
    ) -> Article {
        let draw = |(index, fence)| match figures.get(&index) {
            Some(figure) => Drawing { html: figure.draw(highlighter), has_id: true },
            None => Drawing { html: figure::plain(fence, highlighter), has_id: false },
        };
        let drawings: Vec<Drawing> = document.fences().enumerate().map(draw).collect();
        let Body { html, summary, plain_summary } = render(document, &drawings, url);
        let (summary, description) = match &post.meta.description {
            None => (summary, plain_summary),
            Some(said) if document.more.is_some() => (summary, said.clone()),
            Some(said) => (format!("<p>{}</p>\n", escape::text(said)), said.clone()),
        };
        Article {
            html,
            summary,
            description,
            headings: document.headings.clone(),
            words: document.words,
            minutes: render::minutes(document.words),
            cells: figures.values().map(Figure::summary).collect(),
            post,
        }
    }

    /// Whether it stands outside of the lists of posts.
    pub fn stands_alone(&self) -> bool {
        self.post.meta.layout.as_deref().is_some_and(|layout| layout.trim_end_matches(".html") == "page")
    }
}
