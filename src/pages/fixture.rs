//! Sites made by hand, for tests.

use crate::article::{Article, CellSummary};
use crate::config::{BaseUrl, Config};
use crate::content::{Meta, Post};
use crate::markdown::Heading;
use crate::pages::{Artifact, Theme, draw};
use crate::site::{Series, Site, Taxonomy, Term};
use crate::source::{Address, Diagnostics, SitePath, Source};
use crate::world::Memory;

pub(super) fn path(text: &str) -> SitePath {
    SitePath::new(text).unwrap()
}

pub(super) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// An article at `/NAME/` that was published at noon of a day in UTC, or has no date where that is empty.
pub(super) fn article(name: &str, day: &str) -> Article {
    let text = format!("+++\ntitle = '{name}'\naliases = ['/old/{name}/']\n+++\nText.\n");
    let source = Source::new(path(&format!("content/{name}.md")), text.clone());
    let meta = Meta {
        title: name.to_owned(),
        date: (!day.is_empty()).then(|| format!("{day}T12:00:00+00:00[UTC]").parse().unwrap()),
        updated: None,
        publish: None,
        expires: None,
        draft: false,
        tags: Vec::new(),
        categories: Vec::new(),
        description: None,
        aliases: Vec::new(),
        weight: None,
        layout: None,
        authors: Vec::new(),
        series: None,
        card: None,
        image: None,
        cells: None,
        extra: serde_json::Map::new(),
    };
    let body = source.span(text.len() - "Text.\n".len()..text.len());
    Article {
        post: Post { source, body, meta, address: address(name), bundle: None },
        html: "<p>Text.</p>\n".to_owned(),
        summary: "<p>Text.</p>".to_owned(),
        description: "Text.".to_owned(),
        text: "Text.".to_owned(),
        headings: ["One", "Two"]
            .map(|text| Heading { level: 2, id: text.to_lowercase(), text: text.to_owned() })
            .into(),
        words: 1,
        minutes: 1,
        cells: vec![CellSummary { id: "cell-1".to_owned(), verb: "run", language: "rust".to_owned(), line: 5 }],
        results: None,
        headline: None,
        files: Vec::new(),
    }
}

/// A site below a path, with these articles in this order.
pub(super) fn site(articles: Vec<Article>) -> Site {
    let base_url = BaseUrl::parse("https://example.org/notes").unwrap();
    let taxonomy = |name: &'static str| Taxonomy { name, address: address(name), terms: Vec::new() };
    Site {
        config: Config { title: "Notes".to_owned(), base_url, ..Config::default() },
        articles,
        pages: Vec::new(),
        taxonomies: vec![taxonomy("tags"), taxonomy("categories")],
        series: Vec::new(),
        files: Vec::new(),
    }
}

/// A tag at `/tags/SLUG/` with the articles of these indexes.
pub(super) fn tag(name: &str, slug: &str, articles: &[usize]) -> Term {
    Term { name: name.to_owned(), address: address(&format!("tags/{slug}")), articles: articles.to_vec() }
}

pub(super) fn series(name: &str, articles: &[usize]) -> Series {
    Series { name: name.to_owned(), articles: articles.to_vec() }
}

/// Templates and files of a site's own.
pub(super) fn world(files: &[(&str, &str)]) -> Memory {
    let mut world = Memory::default();
    for (name, text) in files {
        world.insert(path(name), *text);
    }
    world
}

/// What became of a site and what was wrong with it.
pub(super) struct Drawn {
    artifacts: Vec<Artifact>,
    pub(super) diagnostics: Diagnostics,
}

/// Draws a site with some templates and files of its own.
pub(super) fn drawn(site: &Site, files: &[(&str, &str)]) -> Drawn {
    let mut diagnostics = Diagnostics::default();
    let theme = Theme::load(&world(files), &site.config, &mut diagnostics);
    Drawn { artifacts: draw(site, &theme, &crate::memo::Memo::default(), &mut diagnostics), diagnostics }
}

impl Drawn {
    /// The text of a file; fails where there is none.
    #[track_caller]
    pub(super) fn text(&self, file: &str) -> &str {
        self.find(file).unwrap_or_else(|| panic!("there is no {file}"))
    }

    /// The text of a file, if it is one.
    pub(super) fn find(&self, file: &str) -> Option<&str> {
        let artifact = self.artifacts.iter().find(|artifact| artifact.path == path(file))?;
        std::str::from_utf8(&artifact.bytes).ok()
    }

    /// Every file.
    pub(super) fn paths(&self) -> Vec<&str> {
        self.artifacts.iter().map(|artifact| artifact.path.as_str()).collect()
    }

    /// One line for each diagnostic.
    pub(super) fn said(&self) -> Vec<String> {
        self.diagnostics.iter().map(ToString::to_string).collect()
    }
}
