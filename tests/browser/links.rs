//! Every link of a site that is published below a path.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::Check;
use crate::gallery::{Gallery, PAGES, Published};
use crate::server::file_of;

pub(crate) const CHECKS: &[Check] = &[
    ("every_link_leads_to_something_within_the_site", crawl),
    ("every_absolute_url_is_one_of_the_site", absolute),
    ("a_browser_misses_nothing", browser),
];

/// Attributes whose value is a URL, in HTML and in SVG.
const URLS: [&str; 8] = ["href", "src", "action", "poster", "data", "data-script", "formaction", "xlink:href"];

/// What a path ends in, behind its last dot.
fn kind(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

/// The names and values of all attributes of a document in which each value stands in double quotes, as all that we write.
fn attributes(html: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    for tag in html.split('<').skip(1).filter(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic())) {
        let mut rest = tag;
        while let Some((before, value)) = rest.split_once("=\"") {
            let Some((value, behind)) = value.split_once('"') else { break };
            let name = before.rsplit(char::is_whitespace).next().unwrap_or_default();
            found.push((name, value.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")));
            rest = behind;
        }
    }
    found
}

/// All URLs that a file names, as they stand there.
fn urls(path: &str, text: &str) -> Vec<String> {
    let mut urls = Vec::new();
    if ["html", "svg"].contains(&kind(path)) {
        for (name, value) in attributes(text) {
            match name {
                "srcset" | "imagesrcset" => {
                    let candidates = value.split(',').filter_map(|candidate| candidate.split_whitespace().next());
                    urls.extend(candidates.map(str::to_owned));
                }
                "content" if value.contains("url=") => urls.extend(value.split("url=").nth(1).map(str::to_owned)),
                name if URLS.contains(&name) => urls.push(value),
                _ => {}
            }
        }
    }
    if ["html", "svg", "css"].contains(&kind(path)) {
        let of_css = text.split("url(").skip(1).filter_map(|rest| rest.split_once(')'));
        urls.extend(of_css.map(|(url, _)| url.trim_matches(['"', '\'']).to_owned()));
    }
    urls
}

/// The URL that a link of a file means, without the scheme and the host if these are the site's; nothing if it leads elsewhere.
fn resolve(site: &Published, path: &str, url: &str) -> Option<String> {
    let host = &site.base_url[..site.base_url.len() - site.prefix.len()];
    let url = url.strip_prefix(host).unwrap_or(url);
    let elsewhere = ["https:", "http:", "mailto:", "data:", "//"].iter().any(|start| url.starts_with(start));
    if elsewhere {
        return None;
    }
    let own = format!("{}/{path}", site.prefix);
    Some(match url.chars().next() {
        Some('/') => url.to_owned(),
        Some('#') | None => own + url,
        // Relative ones have to be few and simple: a page is read at other addresses too, such as that of a missing page.
        _ => format!("{}/{url}", own.rsplit_once('/').unwrap().0),
    })
}

/// What is wrong with a link, if something is.
fn fault(site: &Published, files: &BTreeMap<String, Vec<u8>>, link: &str) -> Option<String> {
    let Some(file) = file_of(link, &site.folder(), site.prefix) else { return Some("leaves the site".to_owned()) };
    let path = file.strip_prefix(site.folder()).unwrap().to_str().unwrap();
    let Some(bytes) = files.get(path) else { return Some("leads to nothing".to_owned()) };
    let (_, fragment) = link.split_once('#').filter(|(_, fragment)| !fragment.is_empty())?;
    let id = percent_encoding::percent_decode_str(fragment).decode_utf8().unwrap();
    let html = String::from_utf8_lossy(bytes);
    let is_there = attributes(&html).iter().any(|(name, value)| *name == "id" && *value == id);
    (!is_there).then(|| "names no place of that page".to_owned())
}

fn crawl(gallery: &Gallery) {
    for site in [&gallery.full, &gallery.empty] {
        let files = site.files();
        let (mut wrong, mut links) = (String::new(), BTreeSet::new());
        for (path, bytes) in &files {
            let Ok(text) = std::str::from_utf8(bytes) else { continue };
            for url in urls(path, text) {
                let Some(link) = resolve(site, path, &url) else { continue };
                if let Some(fault) = fault(site, &files, &link) {
                    let _ = writeln!(wrong, "{path}: {url} {fault}");
                }
                links.insert(link.split(['?', '#']).next().unwrap_or_default().to_owned());
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
        let pages = files.keys().filter(|path| kind(path) == "html").count();
        println!("    {} files are linked from {pages} pages", links.len());
        assert!(links.len() >= 6, "{links:?}");
    }
    unreached(&gallery.full);
}

/// Every page can be reached from the home page by links.
fn unreached(site: &Published) {
    let files = site.files();
    let mut reached = BTreeSet::new();
    let mut next = vec!["index.html".to_owned()];
    while let Some(path) = next.pop() {
        let Some(text) = files.get(&path).and_then(|bytes| std::str::from_utf8(bytes).ok()) else { continue };
        if reached.insert(path.clone()) {
            let links = urls(&path, text).into_iter().filter_map(|url| resolve(site, &path, &url));
            let found = links.filter_map(|link| file_of(&link, &site.folder(), site.prefix));
            next.extend(found.map(|file| file.strip_prefix(site.folder()).unwrap().to_str().unwrap().to_owned()));
        }
    }
    let lonely = |path: &&String| kind(path) == "html" && !path.starts_with("old") && *path != "404.html";
    let missed: Vec<&String> = files.keys().filter(lonely).filter(|path| !reached.contains(*path)).collect();
    assert!(missed.is_empty(), "no link leads to {missed:?}");
}

/// Canonical addresses, those for social media, feeds, the sitemap, structured data: wherever the host is named.
fn absolute(gallery: &Gallery) {
    let site = &gallery.full;
    let files = site.files();
    let host = "https://example.org";
    let mut count = 0;
    for (path, bytes) in &files {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        for (at, _) in text.match_indices(host) {
            let end = |c: char| c.is_whitespace() || "\"'<>&)\\".contains(c);
            let url = text[at..].split(end).next().unwrap();
            let link = url.strip_prefix(host).unwrap();
            let link = if link == site.prefix { format!("{link}/") } else { link.to_owned() };
            let fault = fault(site, &files, &link);
            assert!(fault.is_none(), "{path}: {url} {}", fault.unwrap_or_default());
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
    for (path, names) in [("index.html", ["canonical", "og:url"]), ("markdown/index.html", ["canonical", "og:url"])] {
        for name in names {
            assert!(site.read(path).contains(&format!("\"{name}\"")), "{path} has no {name}");
        }
    }
}

fn browser(gallery: &Gallery) {
    for (what, path) in PAGES {
        let Some(page) = gallery.page() else { return };
        let server = &gallery.full.server;
        server.requests();
        page.open(&server.url(path));
        page.evaluate("document.querySelectorAll('img').forEach((image) => { image.loading = 'eager'; })");
        page.wait_until("[...document.images].every((image) => image.complete)");
        if path.ends_with("?q=cells") {
            page.wait_until("document.querySelector('main search li a')");
        }
        for request in server.requests() {
            let expected = if what == "a page that is not there" && request.target.ends_with(path) { 404 } else { 200 };
            assert_eq!(request.status, expected, "{what}: {}", request.target);
        }
        let broken =
            page.evaluate("[...document.images].filter((image) => !image.naturalWidth).map((image) => image.src)");
        assert_eq!(broken, serde_json::json!([]), "{what}");
        let failed = page.events("Network.loadingFailed");
        assert!(failed.is_empty(), "{what}: {failed:?}");
    }
}
