//! From files below `content/` to [`Post`]s: front matter in either notation with one meaning, dates, slugs, addresses.

use jiff::Zoned;

use crate::data::Table;
use crate::source::{Address, SitePath, Source, Span};

/// A Markdown file whose front matter is understood.
#[derive(Debug, Clone)]
pub struct Post {
    /// The file.
    pub source: Source,
    /// Its Markdown: what follows the front matter and, where that is the title, the first heading.
    pub body: Span,
    /// What its front matter, its name and its folder say.
    pub meta: Meta,
    /// Where it will stand.
    pub address: Address,
    /// The folder whose other files are published beside it, if the post is a bundle (`gil/index.md`).
    pub bundle: Option<SitePath>,
}

/// What is known about a post besides its text.
#[derive(Debug, Clone)]
pub struct Meta {
    /// `title`, else the first heading, else the file name.
    pub title: String,
    /// `date`, else the one in the file name. In the time zone that was written, else the site's.
    pub date: Option<Zoned>,
    /// `updated` or `lastmod`.
    pub updated: Option<Zoned>,
    /// `publishDate`: when it may be shown first, where that is not `date`.
    pub publish: Option<Zoned>,
    /// `expiryDate`: from when on it may not be shown.
    pub expires: Option<Zoned>,
    /// `draft`, or `published: false`.
    pub draft: bool,
    /// `tags` or `tag`, without doubles.
    pub tags: Vec<String>,
    /// `categories` or `category`, without doubles.
    pub categories: Vec<String>,
    /// `description`, `summary`, `excerpt` or `meta`.
    pub description: Option<String>,
    /// `aliases` or `redirect_from`: older addresses that lead here.
    pub aliases: Vec<Address>,
    /// `weight`: lower ones come first in lists, before those without.
    pub weight: Option<i64>,
    /// `layout` or `template`, as written.
    pub layout: Option<String>,
    /// `author` or `authors`.
    pub authors: Vec<String>,
    /// `series`.
    pub series: Option<String>,
    /// `cells`: options that every cell of the post inherits.
    pub cells: Option<Table>,
    /// `extra`, and every key that has no meaning here.
    pub extra: serde_json::Map<String, serde_json::Value>,
}
