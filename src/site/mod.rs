//! From articles to a [`Site`]: every article in its place, and what only the whole can know.

use crate::article::Article;
use crate::config::Config;
use crate::source::{Address, SitePath};

/// The whole site, before it is drawn.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its settings.
    pub config: Config,
    /// Every article that lists show: by weight, then newest first, those without a date last.
    pub articles: Vec<Article>,
    /// Articles that stand alone (`layout = "page"`), by address.
    pub pages: Vec<Article>,
    /// Tags and categories, in this order.
    pub taxonomies: Vec<Taxonomy>,
    /// Series of more than one part, by name.
    pub series: Vec<Series>,
    /// Files published as they are: where each goes and where it comes from.
    pub files: Vec<(SitePath, SitePath)>,
}

/// A way to sort articles into terms.
#[derive(Debug, Clone)]
pub struct Taxonomy {
    /// `tags` or `categories`.
    pub name: &'static str,
    /// Its index.
    pub address: Address,
    /// Its terms, by name without regard to case.
    pub terms: Vec<Term>,
}

/// A tag or a category.
#[derive(Debug, Clone)]
pub struct Term {
    /// As the first article wrote it.
    pub name: String,
    /// Its first page.
    pub address: Address,
    /// Indexes into [`Site::articles`], in the same order.
    pub articles: Vec<usize>,
}

/// Articles that belong together, the oldest first.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Indexes into [`Site::articles`], oldest first.
    pub articles: Vec<usize>,
}
