//! What templates may see.
//!
//! Every template sees `site` (a [`SiteView`]) and the fields of a [`View`]. Those that a page has no use for are empty,
//! never missing, so that a template may ask for any of them.
//!
//! Besides Tera's own, there are two functions: `url(path="/about/")` is the link to an address of the site, and
//! `asset(path="style.css")` the link to a file of `static/`, with a digest of what it holds.

mod build;
mod card;
mod date;
mod json_ld;
mod toc;

use serde::Serialize;

pub(super) use self::build::{Views, within};
pub use self::card::{BarView, CardView, ImageView};
pub use self::date::DateView;
pub use self::toc::HeadingView;
use crate::article::CellSummary;

/// `site`: the site as a whole.
#[derive(Debug, Serialize)]
pub struct SiteView<'s> {
    /// Its name.
    pub title: &'s str,
    /// A sentence about it; empty if there is none.
    pub description: &'s str,
    /// The language of its texts, as a BCP 47 tag: `en`.
    pub language: &'s str,
    /// Who writes it.
    pub author: Option<&'s str>,
    /// The absolute URL of its home page.
    pub url: String,
    /// The home page, as a link within the site.
    pub home: String,
    /// The feed, as a link within the site.
    pub feed: String,
    /// The archive, as a link within the site.
    pub archive: String,
    /// The page of the search, as a link within the site; nothing if there is none.
    pub search: Option<String>,
    /// The Content Security Policy of its pages; nothing if there is none. Before a page is published, hashes of its scripts and
    /// styles are put in.
    pub csp: Option<String>,
    /// The absolute URL of the sitemap.
    pub sitemap: String,
    /// The entries of its header: those of `[menu]`, else the archive and the taxonomies in use.
    pub menu: Vec<LinkView<'s>>,
    /// How many posts it has.
    pub count: usize,
    /// `[extra]` of `blog.toml`.
    pub extra: &'s serde_json::Map<String, serde_json::Value>,
}

/// What stands in a page besides `site`.
#[derive(Debug, Serialize)]
pub struct View<'s> {
    /// The page that is drawn. For a redirect, the page that it leads to.
    pub page: PageView<'s>,
    /// The posts that it lists: one page of the home page or of a term; in a feed those that it holds, in full; on the pages
    /// `search` and `texts` all of them, and the pages that stand alone.
    pub posts: Vec<PageView<'s>>,
    /// Its place among the pages of the same list.
    pub pager: Option<PagerView>,
    /// `tags` or `categories`, on their indexes and the pages of their terms.
    pub taxonomy: Option<&'static str>,
    /// The tag or the category whose page it is.
    pub term: Option<TermView<'s>>,
    /// The terms of the taxonomy, on its index; on the page of a term, the others that its posts have most often.
    pub terms: Vec<TermView<'s>>,
    /// All posts by year, the newest first, in the archive.
    pub years: Vec<YearView<'s>>,
    /// In a feed, the absolute URL of the page that shows the same posts.
    pub alternate: Option<String>,
    /// All pages, in the sitemap.
    pub locations: Vec<LocationView>,
    /// What stands on a card, in `card.svg`.
    pub card: Option<CardView>,
}

/// A page. In lists `html` and `text` are nothing and `headings`, `series`, `previous`, `next`, `related` and `json_ld` are left out.
#[derive(Debug, Serialize)]
pub struct PageView<'s> {
    /// `home`, `post`, `page`, `terms` (an index), `term`, `archive`, `search`, `texts` (of all articles), `404`, `redirect`, `feed`, `sitemap`, `robots` or `card`.
    pub kind: &'static str,
    /// Its title.
    pub title: &'s str,
    /// Its address, as a link within the site.
    pub url: String,
    /// Its absolute URL.
    pub permalink: String,
    /// A line of plain text about it; may be empty.
    pub description: &'s str,
    /// What the author put under `description`, if anything.
    pub lede: Option<&'s str>,
    /// When it was published.
    pub date: Option<DateView>,
    /// When it was changed last: of a post, if it says so; of a feed, the newest of its posts.
    pub updated: Option<DateView>,
    /// Whether it is not meant to be published yet.
    pub draft: bool,
    /// The Markdown file that it was made of, relative to the site.
    pub source: Option<&'s str>,
    /// Its summary, as HTML.
    pub summary: &'s str,
    /// Its body, as HTML.
    pub html: Option<&'s str>,
    /// Its prose and its code without markup, on the page `texts`.
    pub text: Option<&'s str>,
    /// Its headings, as a tree.
    pub headings: Vec<HeadingView<'s>>,
    /// Words of its prose.
    pub words: usize,
    /// Minutes that it takes to read.
    pub minutes: usize,
    /// Its tags.
    pub tags: Vec<TermView<'s>>,
    /// Its categories.
    pub categories: Vec<TermView<'s>>,
    /// Who wrote it: its own authors, else the site's.
    pub authors: Vec<&'s str>,
    /// The series that it is a part of.
    pub series: Option<SeriesView<'s>>,
    /// The post before it by date.
    pub previous: Option<LinkView<'s>>,
    /// The post after it by date.
    pub next: Option<LinkView<'s>>,
    /// The posts outside its series that share most tags and categories with it, rare ones first; at most three.
    pub related: Vec<LinkView<'s>>,
    /// Its cells in order.
    pub cells: &'s [CellSummary],
    /// What was measured of its cells, with every run, as JSON: a link within the site. Nothing if nothing was measured.
    pub results: Option<String>,
    /// The feed of its term, as a link within the site.
    pub feed: Option<String>,
    /// The picture that shows it where it is shared: its author's, its card, else that of the site.
    pub image: Option<ImageView>,
    /// What machines read of a post and of the home page, by schema.org: JSON without any `<`, so that it may stand in a script.
    pub json_ld: Option<String>,
    /// `extra` of its front matter and every key there that has no meaning to `blog`.
    pub extra: &'s serde_json::Map<String, serde_json::Value>,
}

/// A name and where it leads.
#[derive(Debug, Clone, Serialize)]
pub struct LinkView<'s> {
    /// What to call it.
    pub name: &'s str,
    /// Where it leads, within the site.
    pub url: String,
}

/// The place of a page among the pages of one list.
#[derive(Debug, Serialize)]
pub struct PagerView {
    /// Its number, from 1.
    pub number: usize,
    /// How many pages the list has.
    pub count: usize,
    /// The page before it, with newer posts.
    pub previous: Option<String>,
    /// The page behind it, with older posts.
    pub next: Option<String>,
}

/// A tag or a category.
#[derive(Debug, Serialize)]
pub struct TermView<'s> {
    /// Its name.
    pub name: &'s str,
    /// Its page, as a link within the site.
    pub url: String,
    /// How many posts it has.
    pub count: usize,
    /// Its feed, as a link within the site.
    pub feed: String,
}

/// The series of a post.
#[derive(Debug, Serialize)]
pub struct SeriesView<'s> {
    /// Its name.
    pub name: &'s str,
    /// The place of this post in it, from 1.
    pub part: usize,
    /// Its posts, the oldest first.
    pub parts: Vec<LinkView<'s>>,
}

/// The posts of a year.
#[derive(Debug, Serialize)]
pub struct YearView<'s> {
    /// The year; nothing for posts without a date.
    pub year: Option<i16>,
    /// Its posts, the newest first.
    pub posts: Vec<PageView<'s>>,
}

/// An entry of the sitemap.
#[derive(Debug, Serialize)]
pub struct LocationView {
    /// The absolute URL.
    pub url: String,
    /// When the page changed last.
    pub updated: Option<DateView>,
}
