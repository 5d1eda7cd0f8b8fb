//! Sites that mean ill, or look as if they did. Each ends by itself, as well or with an error that says why, writes nothing outside of
//! its own folder, and publishes neither drafts nor scripts out of values.

#![expect(clippy::disallowed_methods, reason = "sites are laid out and looked at on the disk")]
#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

#[path = "../support/mod.rs"]
mod support;

mod cells;
mod files;
mod front_matter;
mod markup;
mod surroundings;
mod values;

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;

use support::{Said, Site, Tree, tree};

/// Text that no page may show: that of drafts, and of files beside the site.
const SECRET: &str = "never-to-be-published";

/// What a value tries to become in a page.
const SCRIPT: &str = "\"'><script>alert(1)</script>";

/// How the building of a site ends.
#[derive(Clone, Copy)]
enum End {
    /// With exit code 0.
    Built,
    /// With exit code 1 and a message that holds this.
    Refused(&'static str),
}

use End::{Built, Refused};

/// A site that is made of one file besides a good post.
struct Attack {
    name: String,
    path: String,
    bytes: Vec<u8>,
    end: End,
}

fn attack(name: &str, path: &str, bytes: impl Into<Vec<u8>>, end: End) -> Attack {
    Attack { name: name.to_owned(), path: path.to_owned(), bytes: bytes.into(), end }
}

/// Lines by their number, from 0.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|number| line(number) + "\n").collect()
}

/// Builds each of the sites, and gathers what is wrong with them.
fn try_all(attacks: Vec<Attack>) {
    let failures: Vec<String> = attacks.into_par_iter().flat_map(|attack| attack.try_it()).collect();
    assert!(failures.is_empty(), "{} failures\n\n{}", failures.len(), failures.join("\n\n"));
}

impl Attack {
    fn try_it(&self) -> Vec<String> {
        let site = Site::new(&[("content/good.md", "A good post.\n")]);
        site.write(&self.path, &self.bytes);
        let (said, mut wrong) = build_watched(&site);
        let as_expected = match self.end {
            Built => said.code == 0,
            Refused(why) => said.code == 1 && said.stderr.contains(why),
        };
        if !as_expected {
            wrong.push(format!("ends with {said:?}"));
        }
        wrong.iter().map(|wrong| format!("{}: {wrong}", self.name)).collect()
    }
}

/// Builds a site and says what no site may do, whatever it is made of.
fn build_watched(site: &Site) -> (Said, Vec<String>) {
    std::fs::create_dir(site.around().join("beside")).unwrap();
    std::fs::write(site.around().join("beside/secret.md"), SECRET).unwrap();
    let before = guarded(site);
    let said = site.blog(&["build"]);
    let mut wrong = Vec::new();
    if said.code > 1 || ["panicked", "\u{1b}", "(os error"].iter().any(|sign| said.stderr.contains(sign)) {
        wrong.push(format!("{said:?}"));
    }
    let after = guarded(site);
    if after != before {
        let names = |tree: &Tree| tree.keys().cloned().collect::<BTreeSet<_>>();
        let differing: Vec<String> = names(&after).symmetric_difference(&names(&before)).cloned().collect();
        wrong.push(format!("writes elsewhere: {differing:?}"));
    }
    wrong.extend(look_at_output(&site.path("public")));
    (said, wrong)
}

/// The site and its surroundings, without what a build may write to.
fn guarded(site: &Site) -> Tree {
    let writable = ["site/public/", "site/results/", "site/.blog/", "session/", "temporary/blog-measuring-"];
    let mut guarded = tree(site.around());
    guarded.retain(|path, _| !writable.iter().any(|folder| path.starts_with(folder)));
    guarded
}

/// What is wrong with a finished site.
fn look_at_output(public: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    if !public.exists() {
        return wrong;
    }
    for (path, bytes) in tree(public) {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        if text.contains(SECRET) {
            wrong.push(format!("{path} holds what is secret"));
        }
        match Path::new(&path).extension().and_then(|extension| extension.to_str()) {
            Some("html") => wrong.extend(foreign_script(&text).map(|script| format!("{path} holds {script}"))),
            Some("xml") => {
                wrong.extend(roxmltree::Document::parse(&text).err().map(|error| format!("{path}: {error}")));
            }
            _ => {}
        }
    }
    wrong
}

/// The first script or handler in a page that is not the theme's.
fn foreign_script(html: &str) -> Option<String> {
    let own = |script: &str| {
        ["<script>try{document", "<script src=\"/page", "<script type=\"application/ld+json\">{"]
            .iter()
            .any(|own| script.starts_with(own))
    };
    let scripts = html.match_indices("<script").map(|(at, _)| &html[at..]).filter(|script| !own(script));
    let values = html.match_indices("=\"javascript:").map(|(at, _)| &html[at..]);
    let handlers = html.match_indices(" onerror=\"").map(|(at, _)| &html[at..]);
    scripts.chain(values).chain(handlers).next().map(|script| script.chars().take(60).collect())
}

#[test]
fn the_eyes_of_these_tests_are_open() {
    assert_eq!(foreign_script("<script>try{document</script><script src=\"/page.js\">"), None);
    for html in ["<p><script>alert(1)", "<a href=\"javascript:x\">", "<img src=\"\" onerror=\"x\">"] {
        assert!(foreign_script(html).is_some(), "{html}");
    }
    for xml in ["<a>\u{1}</a>", "<a>&nbsp;</a>", "<a><b></a>", "<a b=\"<\"/>", "<a/><a/>"] {
        assert!(roxmltree::Document::parse(xml).is_err(), "{xml}");
    }
}
