use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::watch;

use super::Preview;
use crate::output::Output;
use crate::source::{Address, SitePath};

/// What is shown at a moment. It never changes; a later one takes its place.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// Tells this run of the server from others.
    session: u64,
    /// Counts what was shown before it.
    number: u64,
    /// The last build that went well.
    pub(super) site: Option<Arc<Preview>>,
    /// What is wrong with the build after that one.
    pub(super) errors: Arc<[String]>,
    /// The cell that the build under way is at, if it has to run any.
    running: Option<Arc<str>>,
    /// For every file that changed since the server started: the number of the site in which it last did.
    touched: BTreeMap<SitePath, u64>,
}

/// What a page is told so that it can bring itself up to date.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct News {
    /// What is shown now.
    version: String,
    /// Whether the page comes from another run of the server, of which nothing is known.
    unknown: bool,
    /// The files that changed since, as links.
    changed: Vec<String>,
    errors: Arc<[String]>,
    /// The cell that is compiled or run.
    running: Option<Arc<str>>,
}

impl Shown {
    /// Its name, by which a page says what it shows.
    pub(super) fn version(&self) -> String {
        format!("{:016x}-{}", self.session, self.number)
    }

    /// What happened since another version, the current one if none is given.
    pub(super) fn since(&self, version: Option<&str>) -> News {
        let number = match version {
            None => Some(self.number),
            Some(version) => version.split_once('-').and_then(|(session, number)| {
                number.parse().ok().filter(|_| session == format!("{:016x}", self.session))
            }),
        };
        let after = number.unwrap_or(self.number);
        let newer = self.touched.iter().filter(|(_, number)| **number > after);
        let base = self.site.as_ref().map_or("", |site| &site.base_path);
        News {
            version: self.version(),
            unknown: number.is_none(),
            changed: newer.map(|(path, _)| format!("{base}{}", address(path).href())).collect(),
            errors: Arc::clone(&self.errors),
            running: self.running.clone(),
        }
    }
}

/// The address at which a file is shown.
pub(super) fn address(path: &SitePath) -> Address {
    if path.name() == "index.html" { Address::folder(path.parent()) } else { Address::file(path.clone()) }
}

/// What is shown, as it changes.
#[derive(Debug)]
pub(super) struct Live(watch::Sender<Arc<Shown>>);

impl Live {
    /// Nothing yet: the first build is under way.
    pub(super) fn new() -> Self {
        let session = RandomState::new().hash_one("session");
        let (errors, touched) = (Arc::default(), BTreeMap::new());
        let nothing = Shown { session, number: 0, site: None, errors, running: None, touched };
        Live(watch::Sender::new(Arc::new(nothing)))
    }

    /// What is shown now.
    pub(super) fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.0.borrow())
    }

    /// What is shown now, and then each time that it changes.
    pub(super) fn follow(&self) -> watch::Receiver<Arc<Shown>> {
        self.0.subscribe()
    }

    /// Says that a build is at a cell, which may take long. The site that is shown stays the same.
    pub(super) fn run(&self, cell: &str) {
        self.replace(Shown { running: Some(cell.into()), ..(*self.shown()).clone() });
    }

    /// Shows a site, and says how many of its files are others than before. Pages hear of it only if any is, or if there
    /// were errors or a cell ran.
    pub(super) fn show(&self, preview: Preview) -> usize {
        let old = self.shown();
        let changed = differences(old.site.as_deref(), &preview);
        let count = changed.len();
        if count > 0 || old.site.is_none() || !old.errors.is_empty() || old.running.is_some() {
            let number = old.number + 1;
            let mut touched = old.touched.clone();
            touched.extend(changed.into_iter().map(|path| (path, number)));
            let (site, errors) = (Some(Arc::new(preview)), Arc::default());
            self.replace(Shown { number, site, errors, running: None, touched, ..*old });
        }
        count
    }

    /// Shows what is wrong over the last good site.
    pub(super) fn fail(&self, errors: &[String]) {
        let old = self.shown();
        if *old.errors != *errors || old.running.is_some() {
            self.replace(Shown { number: old.number + 1, errors: errors.into(), running: None, ..(*old).clone() });
        }
    }

    fn replace(&self, shown: Shown) {
        self.0.send_replace(Arc::new(shown));
    }
}

/// The files that differ between two sites, all of them if the whole site moved.
fn differences(old: Option<&Preview>, new: &Preview) -> Vec<SitePath> {
    let nothing = Output::default();
    let old = match old {
        Some(old) if old.base_path == new.base_path => &old.output,
        _ => &nothing,
    };
    let newer = new.output.iter().filter(|(path, bytes)| old.get(path) != Some(bytes));
    let gone = old.iter().filter(|(path, _)| new.output.get(path).is_none());
    newer.chain(gone).map(|(path, _)| path.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> Preview {
        let mut output = Output::default();
        for (path, text) in files {
            output.insert(SitePath::new(path).unwrap(), text.as_bytes());
        }
        Preview { output, base_path: "/blog".to_owned() }
    }

    #[test]
    fn a_page_learns_what_changed_since_it_was_answered() {
        let live = Live::new();
        live.show(site(&[("a/index.html", "1"), ("b.css", "1"), ("c d.png", "1")]));
        let first = live.shown().version();
        assert_eq!(live.show(site(&[("a/index.html", "2"), ("b.css", "1"), ("c d.png", "1")])), 1);
        let second = live.shown().version();
        assert_eq!(live.show(site(&[("a/index.html", "2"), ("b.css", "2"), ("index.html", "1")])), 3);
        let now = live.shown();
        assert_eq!(now.since(Some(&first)).changed, ["/blog/a/", "/blog/b.css", "/blog/c%20d.png", "/blog/"]);
        assert_eq!(now.since(Some(&second)).changed, ["/blog/b.css", "/blog/c%20d.png", "/blog/"]);
        assert_eq!(now.since(Some(&now.version())).changed, [""; 0]);
        assert_eq!(now.since(None).changed, [""; 0]);
    }

    #[test]
    fn a_version_of_another_run_is_unknown() {
        let shown = Live::new().shown();
        for version in [Live::new().shown().version(), String::new(), "x-1".to_owned(), format!("{}x", shown.version())]
        {
            assert!(shown.since(Some(&version)).unknown, "{version}");
        }
        assert!(!shown.since(Some(&shown.version())).unknown);
    }

    #[test]
    fn pages_hear_only_of_what_they_would_show() {
        let live = Live::new();
        let mut following = live.follow();
        let mut heard = |step: &str, expected: bool| {
            assert_eq!(following.has_changed().unwrap(), expected, "{step}");
            following.mark_unchanged();
        };
        live.show(site(&[]));
        heard("the first site, though it is empty", true);
        live.show(site(&[("a", "1")]));
        heard("a file is new", true);
        live.show(site(&[("a", "1")]));
        heard("nothing changed", false);
        live.fail(&["wrong".to_owned()]);
        heard("a build failed", true);
        live.fail(&["wrong".to_owned()]);
        heard("it failed in the same way", false);
        assert_eq!(live.show(site(&[("a", "1")])), 0);
        heard("it is mended", true);
        assert!(live.shown().errors.is_empty());
        let version = live.shown().version();
        live.run("a.md#cell");
        heard("a cell runs", true);
        assert_eq!(live.shown().since(None).running.as_deref(), Some("a.md#cell"));
        assert_eq!(live.shown().version(), version, "the site is the same");
        live.show(site(&[("a", "1")]));
        heard("it ran and gave the same", true);
        live.run("a.md#cell");
        live.fail(&["wrong".to_owned()]);
        assert_eq!(live.shown().since(None).running, None);
    }

    #[test]
    fn a_failed_build_keeps_the_last_good_site() {
        let live = Live::new();
        live.show(site(&[("a", "1")]));
        live.fail(&["wrong".to_owned()]);
        assert!(live.shown().site.is_some());
    }
}
