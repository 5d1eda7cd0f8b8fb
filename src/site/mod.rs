//! From articles to a [`Site`]: every article in its place, and what only the whole can know.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

use crate::article::Article;
use crate::config::Config;
use crate::content::slug;
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

impl Taxonomy {
    /// What readers call it.
    pub fn title(&self) -> &'static str {
        if self.name == "tags" { "Tags" } else { "Categories" }
    }
}

impl Site {
    /// Puts every article in its place.
    pub fn assemble(config: Config, articles: Vec<Article>, files: Vec<(SitePath, SitePath)>) -> Site {
        let (mut pages, mut articles): (Vec<_>, Vec<_>) = articles.into_iter().partition(Article::stands_alone);
        pages.sort_by(|a, b| a.post.address.cmp(&b.post.address));
        articles.sort_by(order);
        let taxonomies = vec![
            taxonomy("tags", &articles, |article| &article.post.meta.tags),
            taxonomy("categories", &articles, |article| &article.post.meta.categories),
        ];
        let series = series(&articles);
        Site { config, articles, pages, taxonomies, series, files }
    }
}

/// The order of lists: by weight, those without one behind; then newest first, those without a date behind.
fn order(a: &Article, b: &Article) -> Ordering {
    let weight = |article: &Article| (article.post.meta.weight.is_none(), article.post.meta.weight);
    let date = |article: &Article| article.post.meta.date.as_ref().map(jiff::Zoned::timestamp);
    weight(a).cmp(&weight(b)).then_with(|| date(b).cmp(&date(a))).then_with(|| a.post.address.cmp(&b.post.address))
}

/// Sorts articles into terms. Names that differ in case alone are one term; names that differ otherwise never share an
/// address, whatever their slugs.
fn taxonomy(name: &'static str, articles: &[Article], names: impl Fn(&Article) -> &Vec<String>) -> Taxonomy {
    let mut by_name: BTreeMap<String, (String, Vec<usize>)> = BTreeMap::new();
    for (index, article) in articles.iter().enumerate() {
        for term in names(article) {
            let (_, members) = by_name.entry(term.to_lowercase()).or_insert_with(|| (term.clone(), Vec::new()));
            if members.last() != Some(&index) {
                members.push(index);
            }
        }
    }
    let folder = SitePath::new(name).expect("a plain name");
    let mut taken = HashSet::new();
    let terms = by_name
        .into_values()
        .map(|(name, articles)| {
            let address = Address::folder(folder.join(&unique(&slug(&name), &mut taken)));
            Term { name, address, articles }
        })
        .collect();
    Taxonomy { name, address: Address::folder(folder), terms }
}

/// A slug that is not taken: itself, else with a number behind.
fn unique(slug: &str, taken: &mut HashSet<String>) -> SitePath {
    let numbered = (2..).map(|number| format!("{slug}-{number}"));
    let free = std::iter::once(slug.to_owned())
        .chain(numbered)
        .find(|name| !taken.contains(name))
        .expect("numbers do not end");
    taken.insert(free.clone());
    SitePath::new(&free).expect("slugs are plain names")
}

fn series(articles: &[Article]) -> Vec<Series> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, article) in articles.iter().enumerate() {
        if let Some(name) = &article.post.meta.series {
            by_name.entry(name).or_default().push(index);
        }
    }
    by_name
        .into_iter()
        .filter(|(_, members)| members.len() > 1)
        .map(|(name, mut members)| {
            members.sort_by_key(|index| articles[*index].post.meta.date.as_ref().map(jiff::Zoned::timestamp));
            Series { name: name.to_owned(), articles: members }
        })
        .collect()
}
