//! What a page loads: how much, from where, and without a complaint of the browser.

use serde_json::{Value, json};

use crate::Check;
use crate::chromium::Page;
use crate::gallery::{Gallery, PAGES};
use crate::server::{Request, Server};
use crate::size::compressed;

pub(crate) const CHECKS: &[Check] = &[
    ("what_is_written_by_hand_is_small", files),
    ("a_page_loads_little", requests),
    ("a_page_loads_nothing_of_others_and_keeps_nothing", privacy),
    ("the_browser_has_no_complaint", complaints),
    ("a_page_that_moved_leads_to_its_place", redirect),
];

/// The most that the HTML of a post with three cells and three charts may have, compressed, in bytes.
const HTML: usize = 12_000;

/// The most that it may have with all that belongs to it.
const TOTAL: usize = 18_000;

/// The most requests of a page for which nothing is in the cache: itself, its style, its script, its icon.
const REQUESTS: usize = 4;

fn files(gallery: &Gallery) {
    for (file, most) in [("style.css", 4_500), ("page.js", 2_000), ("search.js", 2_500), ("three/index.html", HTML)] {
        let size = compressed(gallery.full.read(file).as_bytes());
        println!("    {file}: {size} bytes of {most}");
        assert!(size <= most, "{file} is sent as {size} bytes");
    }
}

/// What a page asks for when nothing of the site is in the cache.
fn cold(gallery: &Gallery, path: &str) -> Option<Vec<Request>> {
    let (page, server) = (gallery.page()?, &gallery.full.server);
    server.requests();
    page.open(&server.url(path));
    // Icons are asked for when all else is there, and not at all by some browsers without a window.
    page.evaluate("Promise.all([...document.querySelectorAll('link[rel=icon]')].map(({ href }) => fetch(href)))");
    let mut requests = server.requests();
    requests.sort_by(|one, other| one.target.cmp(&other.target));
    requests.dedup();
    Some(requests)
}

fn requests(gallery: &Gallery) {
    for (what, path) in PAGES.iter().filter(|(_, path)| !path.contains('?')) {
        let Some(requests) = cold(gallery, path) else { return };
        let own = format!("{}{path}", gallery.full.prefix);
        // The pictures of a post are its author's.
        let is_picture = |target: &str| *path != "/" && target != own && target.starts_with(&own);
        let theme = requests.iter().filter(|request| !is_picture(&request.target));
        let targets: Vec<&str> = theme.clone().map(|request| request.target.as_str()).collect();
        let html = requests.iter().find(|request| request.target == own).map_or(0, |page| compressed(&page.body));
        let total: usize = theme.map(|request| compressed(&request.body)).sum();
        println!("    {what}: {html} bytes of HTML, {total} in {} requests", targets.len());
        assert!(targets.len() <= REQUESTS, "{what}: {targets:?}");
        assert!(*path != "/three/" || total <= TOTAL, "{total} bytes");
    }
}

/// The URLs that a page asked for.
fn asked(page: &Page<'_>) -> Vec<String> {
    let urls = page.events("Network.requestWillBeSent").into_iter();
    urls.map(|event| event["request"]["url"].as_str().unwrap().to_owned()).collect()
}

fn privacy(gallery: &Gallery) {
    for (what, url) in gallery.pages() {
        let Some(page) = gallery.page() else { return };
        page.open(&url);
        let home = [&gallery.full.server, &gallery.empty.server].map(|server: &Server| server.url("/"));
        for asked in asked(&page) {
            assert!(home.iter().any(|home| asked.starts_with(home)) || asked.starts_with("data:"), "{what}: {asked}");
            let searches = asked.contains("/search.js") || asked.contains("/index.json") || asked.contains("/parts/");
            assert!(url.contains("?q=") || !searches, "{what} loads the search before it is used: {asked}");
        }
        assert_eq!(page.call("Network.getCookies", &json!({}))["cookies"], json!([]), "{what}");
        assert_eq!(page.evaluate("localStorage.length + sessionStorage.length"), 0, "{what}");
    }
}

/// Whatever the browser has to say of a page: errors, warnings, violations of its policy, issues.
fn said(page: &Page<'_>) -> Vec<Value> {
    [
        "Runtime.exceptionThrown",
        "Runtime.consoleAPICalled",
        "Log.entryAdded",
        "Audits.issueAdded",
        "Network.loadingFailed",
    ]
    .iter()
    .flat_map(|kind| page.events(kind))
    .collect()
}

fn complaints(gallery: &Gallery) {
    for (what, url) in gallery.pages() {
        let Some(page) = gallery.page() else { return };
        page.open(&url);
        // All that a reader may do: choose colours, copy code, open what is closed, search.
        page.evaluate(
            "document.querySelectorAll('button[type=button]').forEach((button) => button.click()),
            document.querySelectorAll('details').forEach((details) => { details.open = true; })",
        );
        page.find_search();
        page.call("Input.insertText", &json!({"text": "cells"}));
        page.wait_until("document.querySelector('search [role=status]')?.textContent");
        let (mut said, is_missing) = (said(&page), what == "a page that is not there");
        // A page that is not there is announced as one; and every picture that is loaded when it comes into sight and whose height
        // follows from its width, which is no fault: `nothing_moves_while_a_page_loads`.
        said.retain(|said| {
            said["issue"]["code"] != "LazyLoadImageIssue" && (said["entry"]["url"] != url || !is_missing)
        });
        assert!(said.is_empty(), "{what}: {said:#?}");
    }
}

fn redirect(gallery: &Gallery) {
    let Some(page) = gallery.page() else { return };
    for old in ["/old/markdown/", "/old.html"] {
        page.open(&gallery.full.server.url(old));
        page.wait_for_url(&gallery.full.server.url("/markdown/"));
    }
    assert_eq!(said(&page), [Value::Null; 0]);
}
