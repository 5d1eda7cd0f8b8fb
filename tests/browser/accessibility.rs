//! Violations that axe-core finds: <https://github.com/dequelabs/axe-core>.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::json;

use crate::chromium::Page;
use crate::gallery::Gallery;
use crate::tools::or_left_out;
use crate::{Check, SCHEMES, WIDTHS};

pub(crate) const CHECKS: &[Check] = &[
    ("every_page_is_accessible_in_both_schemes_at_every_width", every_page),
    ("what_a_reader_opens_is_accessible", what_is_opened),
    ("pages_on_paper_and_in_forced_colours_are_accessible", other_media),
];

/// A tab that scripts may be put into.
fn page(gallery: &Gallery) -> Option<(Page<'_>, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/node_modules/axe-core/axe.min.js");
    let script = or_left_out(fs::read_to_string(file).ok(), "axe-core", "whether pages are accessible")?;
    let page = gallery.page()?;
    page.call("Page.setBypassCSP", &json!({"enabled": true}));
    Some((page, script))
}

/// What axe found, and in which looks of which pages.
#[derive(Default)]
struct Violations(BTreeMap<String, Vec<String>>);

impl Violations {
    /// Judges the page as it is shown now.
    fn look(&mut self, page: &Page<'_>, look: &str) {
        let found = page.evaluate(
            "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, help, nodes }) =>
                nodes.map(({ html, any, all }) =>
                    [id + ': ' + help, html.slice(0, 300), ...[...any, ...all].map(({ message }) => message)].join('\\n    '))))",
        );
        for violation in found.as_array().unwrap() {
            self.0.entry(violation.as_str().unwrap().to_owned()).or_default().push(look.to_owned());
        }
    }

    fn look_in_every_way(&mut self, page: &Page<'_>, what: &str) {
        for width in WIDTHS {
            page.resize(width);
            for scheme in SCHEMES {
                page.emulate("screen", &[("prefers-color-scheme", scheme)]);
                self.look(page, &format!("{what}, {scheme}, {width} px"));
            }
        }
    }

    fn assert_none(&self) {
        let said = self.0.iter().map(|(violation, looks)| format!("{violation}\n  on {}\n", looks.join("; ")));
        assert!(self.0.is_empty(), "{} violations\n{}", self.0.len(), said.collect::<String>());
    }
}

fn every_page(gallery: &Gallery) {
    let Some((page, axe)) = page(gallery) else { return };
    let mut violations = Violations::default();
    for (what, url) in gallery.pages() {
        page.open(&url);
        if url.ends_with("?q=cells") {
            page.wait_until("document.querySelector('main [role=status] + ol')?.children.length");
        }
        page.evaluate(&axe);
        violations.look_in_every_way(&page, what);
    }
    // One that moved, before it leads to its place.
    let moved = gallery.full.read("old.html").replace("http-equiv=\"refresh\"", "name=\"moved\"");
    page.open(&gallery.full.server.url("/"));
    page.evaluate(&format!("document.open(), document.write({}), document.close()", json!(moved)));
    page.wait_until("document.readyState === 'complete'");
    page.evaluate(&axe);
    violations.look_in_every_way(&page, "a page that moved");
    violations.assert_none();
}

fn what_is_opened(gallery: &Gallery) {
    let Some((page, axe)) = page(gallery) else { return };
    let mut violations = Violations::default();
    for path in ["/cells/", "/three/", "/markdown/"] {
        page.open(&gallery.full.server.url(path));
        page.evaluate(&axe);
        page.evaluate(
            "document.querySelectorAll('details').forEach((details) => { details.open = true; });
            document.querySelector('[popover]')?.showPopover();",
        );
        violations.look_in_every_way(&page, path);
    }
    violations.assert_none();
}

fn other_media(gallery: &Gallery) {
    let Some((page, axe)) = page(gallery) else { return };
    let mut violations = Violations::default();
    for path in ["/", "/cells/", "/three/", "/markdown/"] {
        page.open(&gallery.full.server.url(path));
        page.evaluate(&axe);
        page.emulate("print", &[]);
        violations.look(&page, &format!("{path} on paper"));
        page.emulate("screen", &[("forced-colors", "active")]);
        violations.look(&page, &format!("{path} in forced colours"));
    }
    violations.assert_none();
}
