//! Feeds and the sitemap: by the rules that they must keep, and read back by a reader that knows nothing of us.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

use crate::Check;
use crate::gallery::{Gallery, Published};

pub(crate) const CHECKS: &[Check] = &[
    ("feeds_keep_the_rules_of_rfc_4287", rules),
    ("feeds_are_read_as_they_are_meant", read_back),
    ("the_sitemap_keeps_the_rules_of_its_protocol", sitemap),
];

const ATOM: &str = "http://www.w3.org/2005/Atom";
const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// Every feed of a site, by its path.
fn feeds(site: &Published) -> Vec<(String, String)> {
    let is_feed = |path: &String| path == "feed.xml" || path.ends_with("/feed.xml");
    site.files().into_iter().filter(|(path, _)| is_feed(path)).map(|(path, bytes)| (path, text(bytes))).collect()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("RFC 3629")
}

/// The children of an element with this name in the namespace of Atom.
fn children<'a, 'i>(of: Node<'a, 'i>, name: &'static str) -> Vec<Node<'a, 'i>> {
    of.children().filter(|child| child.has_tag_name((ATOM, name))).collect()
}

/// The text of the only child with this name.
fn only<'a>(of: Node<'a, '_>, name: &'static str, section: &str) -> &'a str {
    let found = children(of, name);
    assert_eq!(found.len(), 1, "{section}: exactly one {name} in {of:?}");
    found[0].text().unwrap_or_default()
}

fn rules(gallery: &Gallery) {
    let full = feeds(&gallery.full);
    assert!(full.len() > 10 && full.iter().any(|(path, _)| path.starts_with("categories/")), "{}", full.len());
    for (path, feed) in full.iter().chain(&feeds(&gallery.empty)) {
        // 2: a well-formed XML document; nothing in it is defined by a document type.
        let document = Document::parse(feed).unwrap_or_else(|error| panic!("{path}: {error}"));
        let root = document.root_element();
        assert!(root.has_tag_name((ATOM, "feed")), "2: {root:?}");
        assert!(
            root.attribute(("http://www.w3.org/XML/1998/namespace", "lang")).is_some_and(|lang| !lang.is_empty()),
            "2"
        );
        known_children(
            root,
            &[
                "author",
                "category",
                "contributor",
                "generator",
                "icon",
                "id",
                "link",
                "logo",
                "rights",
                "subtitle",
                "title",
                "updated",
                "entry",
            ],
            "4.1.1",
        );
        common(root, "4.1.1");
        assert!(children(root, "author").len() == 1, "4.1.1: an author, since not every entry has one");
        links(root, "4.1.1");
        let own: Vec<&str> = hrefs(root, "self");
        assert_eq!(own, [gallery_url(gallery, path, feed)], "4.1.1: a link to itself, as it is published");
        let mut seen = BTreeSet::new();
        for entry in children(root, "entry") {
            known_children(
                entry,
                &[
                    "author",
                    "category",
                    "content",
                    "contributor",
                    "id",
                    "link",
                    "published",
                    "rights",
                    "source",
                    "summary",
                    "title",
                    "updated",
                ],
                "4.1.2",
            );
            let id = common(entry, "4.1.2");
            links(entry, "4.1.2");
            assert!(seen.insert(id), "4.1.1: no two entries with the id {id} and one time");
            for name in ["content", "published", "summary"] {
                assert!(children(entry, name).len() <= 1, "4.1.2: no more than one {name}");
            }
            for content in children(entry, "content") {
                assert_eq!(content.attribute("type"), Some("html"), "4.1.3.1");
                assert!(content.children().all(|child| child.is_text()), "4.1.3.3: html has no child elements");
                assert!(
                    content.attribute(("http://www.w3.org/XML/1998/namespace", "base")).is_some_and(is_absolute),
                    "2"
                );
            }
            for published in children(entry, "published") {
                date(published.text().unwrap_or_default(), "3.3");
            }
            let from = children(entry, "published")[0].text();
            assert!(from <= children(entry, "updated")[0].text(), "4.2.15: updated after it was published");
        }
        let newest = children(root, "entry").iter().map(|entry| only(*entry, "updated", "4.1.2")).max();
        assert!(newest.is_none_or(|newest| newest <= only(root, "updated", "4.1.1")), "4.2.15: {path}");
    }
}

/// The URL of a feed as it is published.
fn gallery_url(gallery: &Gallery, path: &str, feed: &str) -> String {
    let is_full = feed.contains(gallery.full.base_url);
    let site = if is_full { &gallery.full } else { &gallery.empty };
    let path = percent_encoding::utf8_percent_encode(path, &URL).to_string();
    format!("{}/{path}", site.base_url)
}

/// What is escaped in a path beside what is not ASCII: nothing that our addresses hold.
const URL: percent_encoding::AsciiSet = percent_encoding::CONTROLS.add(b' ');

/// The rules for what feeds and entries both have; the id.
fn common<'a>(of: Node<'a, '_>, section: &str) -> &'a str {
    let id = only(of, "id", section);
    assert!(is_absolute(id), "4.2.6: an IRI, not relative: {id}");
    only(of, "title", section);
    date(only(of, "updated", section), "3.3");
    for author in children(of, "author") {
        assert!(!only(author, "name", "3.2.1").is_empty(), "3.2.1");
    }
    for category in children(of, "category") {
        assert!(category.attribute("term").is_some_and(|term| !term.is_empty()), "4.2.2.1");
    }
    for name in ["title", "subtitle", "summary", "rights"] {
        for construct in children(of, name) {
            assert!(matches!(construct.attribute("type"), None | Some("text")), "3.1.1: {name} is plain text");
            assert!(construct.children().all(|child| child.is_text()), "3.1.1.1: plain text has no child elements");
        }
    }
    id
}

fn known_children(of: Node<'_, '_>, known: &[&str], section: &str) {
    for child in of.children().filter(Node::is_element) {
        assert!(
            child.tag_name().namespace() == Some(ATOM) && known.contains(&child.tag_name().name()),
            "{section}: {child:?}"
        );
    }
}

fn links(of: Node<'_, '_>, section: &str) {
    let mut alternates = BTreeSet::new();
    for link in children(of, "link") {
        let href = link.attribute("href").expect("4.2.7.1: an href");
        assert!(is_absolute(href), "4.2.7.1: {href}");
        assert!(link.children().next().is_none(), "4.2.7: no content");
        if matches!(link.attribute("rel"), None | Some("alternate")) {
            let pair = (link.attribute("type"), link.attribute("hreflang"));
            assert!(alternates.insert(pair), "{section}: one alternate of each type and language");
        }
    }
    assert!(!alternates.is_empty(), "{section}: a page beside it");
}

fn hrefs<'a>(of: Node<'a, '_>, rel: &str) -> Vec<&'a str> {
    children(of, "link")
        .iter()
        .filter(|link| link.attribute("rel") == Some(rel))
        .filter_map(|link| link.attribute("href"))
        .collect()
}

fn is_absolute(iri: &str) -> bool {
    iri.starts_with("https://") || iri.starts_with("http://")
}

/// RFC 3339, with a capital `T` and `Z`.
fn date(text: &str, section: &str) {
    assert!(text.parse::<jiff::Timestamp>().is_ok() && text.as_bytes()[10] == b'T', "{section}: {text}");
}

fn read_back(gallery: &Gallery) {
    for (path, xml) in feeds(&gallery.full) {
        let feed = feed_rs::parser::parse(xml.as_bytes()).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(feed.title.is_some_and(|title| title.content.contains("A gallery")), "{path}");
        assert!(!feed.entries.is_empty(), "{path}");
        for entry in &feed.entries {
            let url = &entry.links[0].href;
            let page = url.strip_prefix(gallery.full.base_url).unwrap_or_else(|| panic!("{path}: {url}"));
            let page = percent_encoding::percent_decode_str(page).decode_utf8().unwrap();
            let html = gallery.full.read(&format!("{page}index.html"));
            let title = &entry.title.as_ref().unwrap().content;
            assert!(unescape(&html).contains(title), "{path}: the page {url} does not have the title {title}");
            let content = entry.content.as_ref().and_then(|content| content.body.as_ref()).unwrap();
            assert!(content.starts_with('<') && content.contains("<p"), "{path}: {content}");
            assert!(entry.published.is_some() && entry.updated.is_some(), "{path}");
        }
    }
    let all = feed_rs::parser::parse(gallery.full.read("feed.xml").as_bytes()).unwrap();
    let post = all.entries.iter().find(|entry| entry.links[0].href.ends_with("/markdown/")).unwrap();
    let names: Vec<&str> = post.authors.iter().map(|author| author.name.as_deref().unwrap_or_default()).collect();
    assert_eq!(names, ["Ada Example", "Grace Example"]);
    let terms: Vec<&str> = post.categories.iter().map(|category| category.term.as_str()).collect();
    assert!(terms.contains(&"Prose & such") && terms.contains(&"C++") && terms.contains(&"並行"), "{terms:?}");
    assert_eq!(post.published.unwrap().to_rfc3339()[..10], *"2026-03-01");
    assert_eq!(post.updated.unwrap().to_rfc3339()[..10], *"2026-03-02");
}

fn unescape(html: &str) -> String {
    html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/// <https://www.sitemaps.org/protocol.html>
fn sitemap(gallery: &Gallery) {
    let text = gallery.full.read("sitemap.xml");
    assert!(text.len() < 50 << 20, "50 MB at most");
    let document = Document::parse(&text).unwrap();
    let root = document.root_element();
    assert!(root.has_tag_name((SITEMAP, "urlset")));
    let urls: Vec<Node<'_, '_>> = root.children().filter(Node::is_element).collect();
    assert!(!urls.is_empty() && urls.len() <= 50_000);
    let mut seen = BTreeSet::new();
    for url in urls {
        assert!(url.has_tag_name((SITEMAP, "url")));
        let names: Vec<&str> = url.children().filter(Node::is_element).map(|child| child.tag_name().name()).collect();
        assert!(names == ["loc"] || names == ["loc", "lastmod"], "{names:?}");
        let child = |name: &'static str| url.children().find(|child| child.has_tag_name((SITEMAP, name)))?.text();
        let place = child("loc").unwrap();
        assert!(place.len() < 2048 && place.is_ascii(), "{place}");
        assert!(place.starts_with("https://example.org/a/b/"), "below the folder of the sitemap: {place}");
        assert!(seen.insert(place.to_owned()), "{place} stands there twice");
        if let Some(changed) = child("lastmod") {
            date(changed, "lastmod");
        }
    }
    for (path, is_listed) in [
        ("", true),
        ("/markdown/", true),
        ("/about/", true),
        ("/old.html", false),
        ("/404.html", false),
        ("/draft/", false),
    ] {
        let url = format!("https://example.org/a/b{}", if path.is_empty() { "/" } else { path });
        assert_eq!(seen.contains(&url), is_listed, "{url}");
    }
}
