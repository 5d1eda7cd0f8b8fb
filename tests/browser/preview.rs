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
    ("prose_is_renewed_in_the_page_and_all_else_by_loading_it", renewal),
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

fn renewal(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    let site = Site::new(&[("blog.toml", "title = 'A preview'\n"), ("content/a.md", &*post(""))]);
    let _preview = Preview::open(&site, &page, "a/");
    // What was set in the page is there as long as it is not loaded anew.
    let mut edits = 0;
    let mut stays = |what: &str, save: &dyn Fn(&str)| {
        edits += 1;
        page.evaluate("window.stays = true");
        save(&format!(
            "Edit number {edits}. Note.[^a]\n\n```rust\nfn main() {{}}\n```\n\n[^a]: The note of edit {edits}."
        ));
        page.wait_until(&format!("document.querySelector('.content')?.innerText.includes('Edit number {edits}.')"));
        // One button, once the scripts of a page that is loaded have run.
        page.wait_until("document.querySelector('main .copy')");
        assert_eq!(page.evaluate("document.querySelectorAll('main .copy').length"), 1, "{what}");
        page.evaluate("document.querySelector('[role=doc-noteref]').focus()");
        page.wait_until(&format!("document.querySelector('.note')?.innerText.includes('edit {edits}')"));
        page.evaluate("Boolean(window.stays)")
    };
    let prose = |text: &str| site.write("content/a.md", post(text));
    assert_eq!(stays("prose", &prose), true);
    assert_eq!(stays("prose again", &prose), true);
    let title = |text: &str| site.write("content/a.md", post(text).replace("title = \"A\"", "title = \"B\""));
    assert_eq!(stays("the title", &title), true);
    assert_eq!(page.evaluate("document.title"), "B – A preview");
    let menu = |text: &str| {
        site.write("blog.toml", "title = 'Another name'\n");
        prose(text);
    };
    assert_eq!(stays("what stands around it", &menu), false);
    assert_eq!(page.evaluate("document.querySelector('.home').innerText"), "Another name");
    let script = |text: &str| prose(&format!("<script>document.body.dataset.ran = 'yes'</script>\n\n{text}"));
    assert_eq!(stays("a script in it", &script), false);
    assert_eq!(page.evaluate("document.body.dataset.ran"), "yes");
    assert_eq!(stays("a script that was in it", &prose), false);
    assert_eq!(stays("prose", &prose), true);
    // A script that says nothing of what it does.
    site.write("static/mine.js", "");
    let base =
        include_str!("../../templates/base.html").replace("</head>", "<script src=\"/mine.js\"></script></head>");
    site.write("templates/base.html", base);
    page.wait_until("document.querySelector('script[src=\"/mine.js\"]')");
    assert_eq!(stays("a script beside the theme's", &prose), false);
}
