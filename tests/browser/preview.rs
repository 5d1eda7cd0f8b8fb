//! What `serve` shows over a page: what is wrong, and which cell runs.

use std::fs::{self, File};
use std::process::Child;

use serde_json::json;

use crate::Check;
use crate::chromium::Page;
use crate::gallery::Gallery;
use crate::support::{Site, wait_for};

pub(crate) const CHECKS: &[Check] = &[
    ("an_error_is_read_without_scrolling_sideways_and_leaves_the_page_in_place", panel),
    ("a_page_says_which_cell_runs", mark),
];

/// The panel, and the line about a cell.
const PANEL: &str = "document.querySelector('[role=alert]')?.shadowRoot.querySelector('dialog')";
const MARK: &str = "document.querySelector('[role=status]')?.shadowRoot?.textContent";

/// A preview that is ended with its check.
struct Preview<'s> {
    site: &'s Site,
    child: Child,
}

impl Drop for Preview<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Preview<'_> {
    /// Starts a preview, and shows a page of it in a window of 320 px.
    fn open<'s>(site: &'s Site, page: &Page<'_>, path: &str) -> Preview<'s> {
        let log = File::create(site.around().join("log")).unwrap();
        let child = site.command(&["serve", "--port", "0"]).stderr(log).spawn().unwrap();
        let preview = Preview { site, child };
        preview.wait_for("Built ");
        page.resize(320);
        page.open(&(preview.wait_for("Serving ").split(' ').next().unwrap().to_owned() + path));
        preview
    }

    /// Waits until the preview says something, and gives what follows in that line.
    fn wait_for(&self, beginning: &str) -> String {
        let log = || fs::read_to_string(self.site.around().join("log")).unwrap();
        let line = wait_for(|| Some(log().lines().find_map(|line| line.strip_prefix(beginning))?.to_owned()));
        line.unwrap_or_else(|| panic!("{}", log()))
    }
}

/// A post with some text.
fn post(text: &str) -> String {
    format!("+++\ntitle = \"A\"\ndate = 2026-01-01\n+++\n{text}\n{}", "A paragraph.\n\n".repeat(100))
}

fn panel(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    let link = "[A link](nowhere/with/a/name/that/is/longer/than/a/telephone/is/wide.md)";
    let (good, bad) = (post(""), post(&format!("{} {link} {}", "words ".repeat(20), "words ".repeat(20))));
    let site = Site::new(&[("blog.toml", "title = 'A preview'\n"), ("content/a.md", &*good)]);
    let _preview = Preview::open(&site, &page, "a/");
    page.evaluate("scrollTo({ top: 1000, behavior: 'instant' })");
    site.write("content/a.md", &bad);
    page.wait_until(PANEL);
    let said = page.evaluate(&format!("{PANEL}.innerText"));
    assert!(said.as_str().unwrap().contains("there is no `content/nowhere/with"), "{said}");
    let wide = page.evaluate(&format!(
        "[{PANEL}, ...{PANEL}.querySelectorAll('*')]
            .filter((part) => part.scrollWidth > part.clientWidth).map(({{ localName }}) => localName)"
    ));
    assert_eq!(wide, json!([]), "parts that are scrolled sideways");
    site.write("content/a.md", &good);
    page.wait_until(&format!("!{PANEL}"));
    assert_eq!(page.evaluate("scrollY"), 1000);
}

fn mark(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    let site = Site::new(&[("blog.toml", "title = 'A preview'\n"), ("content/a.md", &*post(""))]);
    let _preview = Preview::open(&site, &page, "a/");
    let sign = site.around().join("sign");
    let cell = format!("```sh,run:slow\nwhile ! [ -e {} ]; do sleep 0.01; done; echo over\n```\n", sign.display());
    site.write("content/a.md", post(&cell));
    page.wait_until(&format!("{MARK} === 'Running content/a.md#slow …'"));
    File::create(sign).unwrap();
    page.wait_until("document.querySelector('#cell-slow .out')?.textContent.trim() === 'over'");
    assert_eq!(page.evaluate(MARK), json!(null));
}
