//! The site that is looked at, built and served.

use std::path::{Path, PathBuf};

use blog::cells::{Figures, Record, Store};
use blog::source::SitePath;

use crate::chromium::{Chromium, Page};
use crate::server::Server;
use crate::support::{Site, tree};
use crate::tools::{or_left_out, program};

/// Everything that pages can hold, published below a path, and a site that holds nothing.
pub(crate) struct Gallery {
    pub(crate) full: Published,
    pub(crate) empty: Published,
    chromium: Option<Chromium>,
}

/// A site as it was written, and its server.
pub(crate) struct Published {
    site: Site,
    /// The scheme, the host and the path that it is published at by its configuration, without a slash at the end.
    pub(crate) base_url: &'static str,
    /// The path of that.
    pub(crate) prefix: &'static str,
    pub(crate) server: Server,
}

impl Published {
    fn serve(site: Site, base_url: &'static str) -> Published {
        let host = base_url.find("//").unwrap() + 2;
        let prefix = base_url[host..].find('/').map_or("", |at| &base_url[host + at..]);
        let server = Server::start(site.path("public"), prefix);
        Published { site, base_url, prefix, server }
    }

    /// The folder that it was written to.
    pub(crate) fn folder(&self) -> PathBuf {
        self.site.path("public")
    }

    /// A file of it.
    pub(crate) fn read(&self, path: &str) -> String {
        self.site.read(&format!("public/{path}"))
    }

    /// Every file of it, by its path.
    pub(crate) fn files(&self) -> crate::support::Tree {
        tree(&self.folder())
    }
}

/// Pages of the full gallery: what each is, and its path.
pub(crate) const PAGES: [(&str, &str); 20] = [
    ("the home page", "/"),
    ("the second page of a list", "/page/2/"),
    ("a post with all of Markdown", "/markdown/"),
    ("a post with all kinds of cells", "/cells/"),
    ("a post with three cells and three charts", "/three/"),
    ("a post with pictures", "/pictures/"),
    ("a post in Arabic", "/arabic/"),
    ("a post in Chinese", "/chinese/"),
    ("a draft", "/draft/"),
    ("a page", "/about/"),
    ("the index of tags", "/tags/"),
    ("the index of categories", "/categories/"),
    ("a tag", "/tags/cells/"),
    ("the second page of a tag", "/tags/cells/page/2/"),
    ("a category", "/categories/everything/"),
    ("the archive", "/archive/"),
    ("the search", "/search/"),
    ("the search with results", "/search/?q=cells"),
    ("the page of all texts", "/search/all/"),
    ("a page that is not there", "/there/is/nothing/here"),
];

/// Pages of the empty site.
const EMPTY: [(&str, &str); 5] = [
    ("an empty home page", "/"),
    ("an empty index of tags", "/tags/"),
    ("an empty archive", "/archive/"),
    ("a search of nothing", "/search/"),
    ("no texts", "/search/all/"),
];

impl Gallery {
    /// Builds both sites and starts a browser, if there is one.
    pub(crate) fn build() -> Gallery {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/gallery");
        let full = Site::new(&[]);
        for (path, bytes) in tree(&source) {
            full.write(&path, bytes);
        }
        let drafts = ["build", "--drafts"];
        let built = full.blog(&drafts);
        assert_eq!(built.code, 0, "{built:?}");
        change_results(&Store::new(full.path("results")));
        let built = full.blog(&drafts);
        assert_eq!(built.code, 0, "{built:?}");
        let empty = Site::new(&[("blog.toml", "title = 'An empty site'\n")]);
        empty.build();
        let program = program(&["chromium", "chromium-browser", "google-chrome"]);
        let program = or_left_out(program, "Chromium", "how pages look and behave in a browser");
        Gallery {
            full: Published::serve(full, "https://example.org/a/b"),
            empty: Published::serve(empty, "http://localhost:4000"),
            chromium: program.map(|program| Chromium::start(&program)),
        }
    }

    /// A tab of its own, if there is a browser.
    pub(crate) fn page(&self) -> Option<Page<'_>> {
        self.chromium.as_ref().map(Chromium::page)
    }

    /// Every kind of page of both sites: what it is, and where it is served.
    pub(crate) fn pages(&self) -> Vec<(&'static str, String)> {
        let full = PAGES.iter().map(|(what, path)| (*what, self.full.server.url(path)));
        full.chain(EMPTY.iter().map(|(what, path)| (*what, self.empty.server.url(path)))).collect()
    }
}

/// Makes results say what readers must be warned of, which no program does at will.
fn change_results(store: &Store) {
    let post = SitePath::new("cells").unwrap();
    let change = |from: &str, to: &str, change: fn(&mut Record)| {
        let mut record = store.read(&post, from).unwrap().unwrap();
        change(&mut record);
        store.put(&post, to, &record).unwrap();
    };
    change("drifted", "drifted", |record| "a shell of last year".clone_into(&mut record.machine.toolchain));
    change("busy", "busy", |record| record.machine.busy = true);
    change("noisy", "noisy", |record| {
        let times = [1e6, 2e6, 3e6, 4e6, 5e6, 6e6, 7e6, 8e6, 9e6];
        record.cases[0].measured.as_mut().unwrap().wall = Figures::of(&times).unwrap();
    });
    change("mixed-one", "mixed-one", |record| "another".clone_into(&mut record.session));
    change("quiet", "stale", |_| ());
}
