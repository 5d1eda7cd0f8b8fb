use std::collections::BTreeSet;
use std::ops::Range;

use super::collisions::Origin;
use super::pager::{Sheet, sheets};
use crate::article::Article;
use crate::site::{Site, Taxonomy, Term};
use crate::source::{Address, SitePath};

/// A page that the site will have: where it stands, what asked for it, and what it is about. Cheap; what it shows is
/// gathered when it is drawn.
#[derive(Debug)]
pub struct Page<'s> {
    /// Where it stands.
    pub address: Address,
    /// What asked for it.
    pub origin: Origin<'s>,
    /// What it is about.
    pub(super) subject: Subject<'s>,
}

/// What a page is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject<'s> {
    Home(Sheet),
    /// An article of [`Site::articles`] and its index there.
    Post(usize, &'s Article),
    /// An article of [`Site::pages`].
    Standalone(&'s Article),
    Archive,
    Search,
    Texts,
    Index(&'s Taxonomy),
    Term(&'s Taxonomy, &'s Term, Sheet),
    NotFound,
    /// An alias of the article.
    Redirect(&'s Article),
    Feed,
    TermFeed(&'s Term),
    Sitemap,
    Robots,
    /// The picture that shows an article where it is shared; without one, the site.
    Card(Option<&'s Article>),
}

impl<'s> Page<'s> {
    /// What kind of page it is: `home`, `post`, `page`, `archive`, `search`, `texts` (of all articles), `terms` (an index), `term`,
    /// `404`, `redirect`, `feed`, `sitemap`, `robots` or `card`.
    pub fn kind(&self) -> &'static str {
        match self.subject {
            Subject::Home(_) => "home",
            Subject::Post(..) => "post",
            Subject::Standalone(_) => "page",
            Subject::Archive => "archive",
            Subject::Search => "search",
            Subject::Texts => "texts",
            Subject::Index(_) => "terms",
            Subject::Term(..) => "term",
            Subject::NotFound => "404",
            Subject::Redirect(_) => "redirect",
            Subject::Feed | Subject::TermFeed(_) => "feed",
            Subject::Sitemap => "sitemap",
            Subject::Robots => "robots",
            Subject::Card(_) => "card",
        }
    }

    /// What it is called.
    pub fn title(&self, site: &'s Site) -> &'s str {
        match self.subject {
            Subject::Home(_) | Subject::Feed | Subject::Card(None) => &site.config.title,
            Subject::Post(_, article)
            | Subject::Standalone(article)
            | Subject::Redirect(article)
            | Subject::Card(Some(article)) => &article.post.meta.title,
            Subject::Archive => "Archive",
            Subject::Search => "Search",
            Subject::Texts => "All texts",
            Subject::Index(taxonomy) => taxonomy.title(),
            Subject::Term(_, term, _) | Subject::TermFeed(term) => &term.name,
            Subject::NotFound => "Page not found",
            Subject::Sitemap => "Sitemap",
            Subject::Robots => "robots.txt",
        }
    }

    /// The article that it shows, if it shows one.
    pub fn article(&self) -> Option<&'s Article> {
        match self.subject {
            Subject::Post(_, article) | Subject::Standalone(article) => Some(article),
            _ => None,
        }
    }
}

/// Every page of the site, in a fixed order. `files` are the other files that will be published.
pub fn plan<'s>(site: &'s Site, files: &BTreeSet<&SitePath>) -> Vec<Page<'s>> {
    let mut pages = Vec::new();
    add_articles(site, &mut pages);
    // Files of the author's stand in for what every site has to have.
    let taken: BTreeSet<SitePath> = pages.iter().map(|page| page.address.output_file()).collect();
    let of_search = [(search(), "the search", Subject::Search), (texts(), "the page of all texts", Subject::Texts)];
    for (address, what, subject) in [
        (Address::file(file("404.html")), "the page for missing addresses", Subject::NotFound),
        (Address::file(file("robots.txt")), "robots.txt", Subject::Robots),
    ]
    .into_iter()
    .chain(of_search.into_iter().filter(|_| site.config.search))
    {
        let path = address.output_file();
        if !taken.contains(&path) && !files.contains(&path) {
            pages.push(Page { address, origin: Origin::generated(what), subject });
        }
    }
    add_list(&mut pages, &Address::home(), site, 0..site.articles.len(), "the home page", Subject::Home);
    for taxonomy in &site.taxonomies {
        let origin = Origin::generated(format!("the index of {}", taxonomy.name));
        pages.push(Page { address: taxonomy.address.clone(), origin, subject: Subject::Index(taxonomy) });
        for term in &taxonomy.terms {
            let what = format!("`{}` of {}", term.name, taxonomy.name);
            let subject = |sheet| Subject::Term(taxonomy, term, sheet);
            add_list(&mut pages, &term.address, site, 0..term.articles.len(), &what, subject);
            let origin = Origin::generated(format!("the feed of {what}"));
            pages.push(Page { address: feed_of(term), origin, subject: Subject::TermFeed(term) });
        }
    }
    for (address, what, subject) in [
        (archive(), "the archive", Subject::Archive),
        (feed(), "the feed", Subject::Feed),
        (sitemap(), "the sitemap", Subject::Sitemap),
    ] {
        pages.push(Page { address, origin: Origin::generated(what), subject });
    }
    if site.config.cards {
        add_cards(site, &mut pages);
    }
    pages
}

/// The cards of the site and of each article that brings no picture of its own.
fn add_cards<'s>(site: &'s Site, pages: &mut Vec<Page<'s>>) {
    let of_site = (card(), "the card of the site".to_owned(), None);
    let of_article = |article: &'s Article| {
        let what = format!("the card of `{}`", article.post.source.path());
        (article.card_address(), what, Some(article))
    };
    let articles = site.articles.iter().chain(&site.pages).filter(|article| article.post.meta.image.is_none());
    // Of articles that stand in each other's way that is said, and not of their cards too.
    let mut seen = BTreeSet::new();
    for (address, what, article) in std::iter::once(of_site).chain(articles.map(of_article)) {
        if seen.insert(address.href().to_lowercase()) {
            pages.push(Page { address, origin: Origin::generated(what), subject: Subject::Card(article) });
        }
    }
}

/// Articles with what redirects to them.
fn add_articles<'s>(site: &'s Site, pages: &mut Vec<Page<'s>>) {
    let posts = site.articles.iter().enumerate().map(|(at, article)| (article, Subject::Post(at, article)));
    let standalone = site.pages.iter().map(|article| (article, Subject::Standalone(article)));
    for (article, subject) in posts.chain(standalone) {
        let post = &article.post;
        pages.push(Page { address: post.address.clone(), origin: Origin::Article(article), subject });
        let mut seen = BTreeSet::from([post.address.output_file()]);
        for alias in &post.meta.aliases {
            if seen.insert(alias.output_file()) {
                let origin = Origin::Alias(article, alias);
                pages.push(Page { address: alias.clone(), origin, subject: Subject::Redirect(article) });
            }
        }
    }
}

/// The pages of a list that begins at `first`.
fn add_list<'s>(
    pages: &mut Vec<Page<'s>>,
    first: &Address,
    site: &Site,
    items: Range<usize>,
    what: &str,
    subject: impl Fn(Sheet) -> Subject<'s>,
) {
    for sheet in sheets(items.len(), site.config.paginate) {
        let origin = match sheet.number {
            1 => Origin::generated(what.to_owned()),
            number => Origin::generated(format!("page {number} of {what}")),
        };
        pages.push(Page { address: sheet.address(first), origin, subject: subject(sheet) });
    }
}

fn file(name: &str) -> SitePath {
    SitePath::new(name).expect("a plain name")
}

/// Where all posts stand by year.
pub(super) fn archive() -> Address {
    Address::folder(file("archive"))
}

/// Where every article stands with what can be looked up of it, and the files of the index.
pub(super) fn search() -> Address {
    Address::folder(file("search"))
}

/// Where the texts of all articles stand.
pub(super) fn texts() -> Address {
    Address::folder(search().path().join(&file("all")))
}

/// Where the card of the site stands.
pub(super) fn card() -> Address {
    Address::file(file("card.png"))
}

/// Where the feed of the site stands.
pub(super) fn feed() -> Address {
    Address::file(file("feed.xml"))
}

/// Where the feed of a term stands.
pub(super) fn feed_of(term: &Term) -> Address {
    Address::file(term.address.path().join(&file("feed.xml")))
}

/// Where the sitemap stands.
pub(super) fn sitemap() -> Address {
    Address::file(file("sitemap.xml"))
}
