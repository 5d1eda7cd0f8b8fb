//! From a document and what its cells did to HTML.

pub mod ansi;
mod escape;
pub mod highlight;

use crate::content::Post;
use crate::markdown::Heading;

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
    /// Its language as written.
    pub language: String,
    /// The number of the line that its fence opens in.
    pub line: usize,
}
