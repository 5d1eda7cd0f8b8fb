use jiff::Zoned;

use super::{
    DateView, LinkView, LocationView, PageView, PagerView, SeriesView, SiteView, TermView, View, YearView, json_ld, toc,
};
use crate::article::Article;
use crate::config::BaseUrl;
use crate::pages::csp;
use crate::pages::pager::Sheet;
use crate::pages::plan::{self, Page, Subject};
use crate::pages::relations::Relations;
use crate::site::{Site, Taxonomy, Term};
use crate::source::Address;

/// How many posts a feed holds, the newest. Each is there in full and stands in the feed of each of its terms, so that
/// feeds soon outweigh the pages.
const FEED_LENGTH: usize = 10;

/// Gathers what templates see.
#[derive(Debug)]
pub(in crate::pages) struct Views<'s> {
    pub(super) site: &'s Site,
    relations: Relations<'s>,
    /// The `extra` of pages that have none.
    nothing: serde_json::Map<String, serde_json::Value>,
}

impl<'s> Views<'s> {
    /// The views of a site.
    pub(in crate::pages) fn of(site: &'s Site) -> Self {
        Views { site, relations: Relations::of(site), nothing: serde_json::Map::new() }
    }

    /// What every page sees of the site.
    pub(in crate::pages) fn site(&self) -> SiteView<'_> {
        let config = &self.site.config;
        SiteView {
            title: &config.title,
            description: &config.description,
            language: &config.language,
            author: config.author.as_deref(),
            url: config.base_url.absolute(&Address::home()),
            home: self.local(&Address::home()),
            feed: self.local(&plan::feed()),
            archive: self.local(&plan::archive()),
            search: config.search.then(|| self.local(&plan::search())),
            csp: config.csp.as_ref().map(csp::template),
            sitemap: config.base_url.absolute(&plan::sitemap()),
            menu: self.menu(),
            count: self.site.articles.len(),
            extra: &config.extra,
        }
    }

    fn menu(&self) -> Vec<LinkView<'_>> {
        let config = &self.site.config;
        if !config.menu.is_empty() {
            let entry = |(name, link): &'s (String, String)| LinkView { name, url: within(&config.base_url, link) };
            return config.menu.iter().map(entry).collect();
        }
        let in_use = self.site.taxonomies.iter().filter(|taxonomy| !taxonomy.terms.is_empty());
        let archive = LinkView { name: "Archive", url: self.local(&plan::archive()) };
        let index = |it: &Taxonomy| LinkView { name: it.title(), url: self.local(&it.address) };
        std::iter::once(archive).chain(in_use.map(index)).collect()
    }

    /// What a page sees.
    pub(in crate::pages) fn view(&self, page: &Page<'s>) -> View<'_> {
        let config = &self.site.config;
        let blank = || self.blank(page.kind(), page.title(self.site), &page.address);
        match page.subject {
            Subject::Home(sheet) => {
                let json_ld = Some(json_ld::site(config));
                let page = PageView { description: &config.description, json_ld, ..blank() };
                let posts = sheet.range().map(|at| self.listed(at)).collect();
                View { posts, pager: Some(self.pager(sheet, &Address::home())), ..only(page) }
            }
            Subject::Post(at, _) => only(self.post(at)),
            Subject::Standalone(article) => only(whole(self.article("page", article), article)),
            Subject::Redirect(article) => only(self.article("redirect", article)),
            Subject::Archive => View { years: self.years(), ..only(blank()) },
            Subject::Search => View { posts: self.all().map(|(_, view)| view).collect(), ..only(blank()) },
            Subject::Texts => {
                let text = |(article, view): (&'s Article, _)| PageView { text: Some(&article.text), ..view };
                View { posts: self.all().map(text).collect(), ..only(blank()) }
            }
            Subject::Index(taxonomy) => {
                let terms = taxonomy.terms.iter().map(|term| self.term(term)).collect();
                View { taxonomy: Some(taxonomy.name), terms, ..only(blank()) }
            }
            Subject::Term(taxonomy, term, sheet) => {
                let feed = Some(self.local(&plan::feed_of(term)));
                let page = PageView { feed, ..blank() };
                let posts = term.articles[sheet.range()].iter().map(|at| self.listed(*at)).collect();
                let pager = Some(self.pager(sheet, &term.address));
                let terms = self.relations.besides(taxonomy, term).into_iter().map(|term| self.term(term)).collect();
                let term = Some(self.term(term));
                View { taxonomy: Some(taxonomy.name), term, terms, posts, pager, ..only(page) }
            }
            Subject::Feed => self.feed(blank(), &Address::home(), 0..self.site.articles.len()),
            Subject::TermFeed(term) => self.feed(blank(), &term.address, term.articles.iter().copied()),
            Subject::Sitemap => View { locations: self.locations(), ..only(blank()) },
            Subject::NotFound | Subject::Robots => only(blank()),
            Subject::Card(None) => View { card: Some(self.site_card()), ..only(blank()) },
            Subject::Card(Some(article)) => {
                View { card: Some(self.card(article)), ..only(self.article("card", article)) }
            }
        }
    }

    /// A page that no file was written for.
    fn blank<'v>(&'v self, kind: &'static str, title: &'v str, address: &Address) -> PageView<'v> {
        PageView {
            kind,
            title,
            url: self.local(address),
            permalink: self.site.config.base_url.absolute(address),
            description: "",
            lede: None,
            date: None,
            updated: None,
            draft: false,
            source: None,
            summary: "",
            html: None,
            text: None,
            headings: Vec::new(),
            words: 0,
            minutes: 0,
            tags: Vec::new(),
            categories: Vec::new(),
            authors: self.site.config.author.as_deref().into_iter().collect(),
            series: None,
            previous: None,
            next: None,
            related: Vec::new(),
            cells: &[],
            results: None,
            feed: None,
            image: self.site.config.cards.then(|| self.site_image()),
            json_ld: None,
            extra: &self.nothing,
        }
    }

    /// An article without its body and its relations.
    pub(super) fn article(&self, kind: &'static str, article: &'s Article) -> PageView<'_> {
        let meta = &article.post.meta;
        let blank = self.blank(kind, &meta.title, &article.post.address);
        let authors = match &*meta.authors {
            [] => blank.authors,
            own => own.iter().map(String::as_str).collect(),
        };
        PageView {
            description: &article.description,
            lede: meta.description.as_deref(),
            date: self.date(meta.date.as_ref()),
            updated: self.date(meta.updated.as_ref()),
            draft: meta.draft,
            source: Some(article.post.source.path().as_str()),
            summary: &article.summary,
            words: article.words,
            minutes: article.minutes,
            authors,
            cells: &article.cells,
            results: article.results_address().map(|address| self.local(&address)),
            image: self.image(article),
            extra: &meta.extra,
            ..blank
        }
    }

    /// A post as lists show it.
    fn listed(&self, at: usize) -> PageView<'_> {
        let terms = |name: &str| {
            let terms = self.relations.terms(at).iter().filter(|(taxonomy, _)| taxonomy.name == name);
            terms.map(|(_, term)| self.term(term)).collect()
        };
        let article = self.article("post", &self.site.articles[at]);
        PageView { tags: terms("tags"), categories: terms("categories"), ..article }
    }

    /// A post with all that belongs to it.
    fn post(&self, at: usize) -> PageView<'_> {
        let (previous, next) = self.relations.neighbours(at);
        let series = self.relations.series(at).map(|(series, place)| SeriesView {
            name: &series.name,
            part: place + 1,
            parts: series.articles.iter().map(|at| self.link(*at)).collect(),
        });
        let page = whole(self.listed(at), &self.site.articles[at]);
        PageView {
            series,
            previous: previous.map(|at| self.link(at)),
            next: next.map(|at| self.link(at)),
            related: self.relations.related(at).into_iter().map(|at| self.link(at)).collect(),
            json_ld: Some(json_ld::post(&page, &self.site.config)),
            ..page
        }
    }

    /// Every article as lists show it: the posts, then the pages that stand alone.
    fn all(&self) -> impl Iterator<Item = (&'s Article, PageView<'_>)> {
        let posts = self.site.articles.iter().enumerate().map(|(at, article)| (article, self.listed(at)));
        posts.chain(self.site.pages.iter().map(|article| (article, self.article("page", article))))
    }

    /// The feed of some articles, which stand on the page at `shown`.
    fn feed<'v>(&'v self, page: PageView<'v>, shown: &Address, articles: impl IntoIterator<Item = usize>) -> View<'v> {
        let mut newest = self.relations.newest(articles);
        newest.truncate(FEED_LENGTH);
        let changes = newest.iter().filter_map(|at| changed(&self.site.articles[*at]));
        // A feed must say when it was updated (RFC 4287, section 4.1.1); one without posts never was.
        let never = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
        let updated = self.date(Some(changes.max().unwrap_or(&never)));
        let posts = newest.into_iter().map(|at| whole(self.listed(at), &self.site.articles[at])).collect();
        let alternate = Some(self.site.config.base_url.absolute(shown));
        View { posts, alternate, ..only(PageView { updated, ..page }) }
    }

    fn years(&self) -> Vec<YearView<'_>> {
        let dated = self.relations.newest(0..self.site.articles.len());
        let undated = (0..self.site.articles.len()).filter(|at| self.site.articles[*at].post.meta.date.is_none());
        let posts: Vec<PageView<'_>> = dated.into_iter().chain(undated).map(|at| self.listed(at)).collect();
        let mut years: Vec<YearView<'_>> = Vec::new();
        for post in posts {
            let year = post.date.as_ref().map(|date| date.year);
            match years.last_mut() {
                Some(last) if last.year == year => last.posts.push(post),
                _ => years.push(YearView { year, posts: vec![post] }),
            }
        }
        years
    }

    fn locations(&self) -> Vec<LocationView> {
        let config = &self.site.config;
        let articles = self
            .site
            .articles
            .iter()
            .chain(&self.site.pages)
            // Their pages tell search engines to pass them over.
            .filter(|article| !article.post.meta.draft)
            .map(|article| (&article.post.address, self.date(changed(article))));
        let indexes = self.site.taxonomies.iter().filter(|taxonomy| !taxonomy.terms.is_empty()).flat_map(|taxonomy| {
            std::iter::once(&taxonomy.address).chain(taxonomy.terms.iter().map(|term| &term.address))
        });
        let (home, archive) = (Address::home(), plan::archive());
        std::iter::once((&home, None))
            .chain(articles)
            .chain(std::iter::once((&archive, None)))
            .chain(indexes.map(|address| (address, None)))
            .map(|(address, updated)| LocationView { url: config.base_url.absolute(address), updated })
            .collect()
    }

    fn pager(&self, sheet: Sheet, first: &Address) -> PagerView {
        let url = |sheet: Sheet| self.local(&sheet.address(first));
        PagerView {
            number: sheet.number,
            count: sheet.count,
            previous: sheet.previous().map(url),
            next: sheet.next().map(url),
        }
    }

    fn term(&self, term: &'s Term) -> TermView<'s> {
        let feed = self.local(&plan::feed_of(term));
        TermView { name: &term.name, url: self.local(&term.address), count: term.articles.len(), feed }
    }

    fn link(&self, at: usize) -> LinkView<'s> {
        let post = &self.site.articles[at].post;
        LinkView { name: &post.meta.title, url: self.local(&post.address) }
    }

    pub(super) fn date(&self, date: Option<&Zoned>) -> Option<DateView> {
        date.map(|date| DateView::of(date, &self.site.config.time_zone))
    }

    pub(super) fn local(&self, address: &Address) -> String {
        self.site.config.base_url.local(address)
    }
}

/// When an article changed last.
fn changed(article: &Article) -> Option<&Zoned> {
    article.post.meta.updated.as_ref().or(article.post.meta.date.as_ref())
}

/// A page and nothing besides.
fn only(page: PageView<'_>) -> View<'_> {
    View {
        page,
        posts: Vec::new(),
        pager: None,
        taxonomy: None,
        term: None,
        terms: Vec::new(),
        years: Vec::new(),
        alternate: None,
        locations: Vec::new(),
        card: None,
    }
}

/// The view of an article with its body.
fn whole<'v>(view: PageView<'v>, article: &'v Article) -> PageView<'v> {
    PageView { html: Some(&article.html), headings: toc::nest(&article.headings), ..view }
}

/// A link as an author writes it: one that begins with a single `/` is meant from the root of the site.
pub(in crate::pages) fn within(base: &BaseUrl, link: &str) -> String {
    let from_root = link.starts_with('/') && !link.starts_with("//");
    if from_root { format!("{}{link}", base.path()) } else { link.to_owned() }
}
