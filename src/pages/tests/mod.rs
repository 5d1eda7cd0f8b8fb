//! Whole sites, from values made by hand to the text of their files.

mod card;
mod feed;
mod templates;

use super::fixture::{Drawn, address, article, drawn, path, series, site, tag};
use crate::article::Article;
use crate::site::Site;

/// A site that has some of everything.
fn small_site() -> Site {
    let mut articles = vec![article("c", "2026-11-01"), article("b", "2026-10-01"), article("a", "2025-01-01")];
    articles[1].post.meta.tags = vec!["C++".to_owned()];
    articles[1].post.meta.aliases = vec![address("old/b"), address("old/b"), address("b")];
    let mut site = site(articles);
    site.config.paginate = 2;
    site.pages = vec![article("about", "")];
    site.taxonomies[0].terms = vec![tag("C++", "c++", &[0, 1, 2]), tag("Nebenläufigkeit", "nebenläufigkeit", &[1])];
    site.series = vec![series("Locks", &[2, 0])];
    site
}

fn with(articles: Vec<Article>) -> Drawn {
    drawn(&site(articles), &[])
}

#[test]
fn a_site_has_these_files() {
    let site = drawn(&small_site(), &[]);
    let mut paths = site.paths();
    paths.sort_unstable();
    // Parts of the index are named by digests.
    paths.retain(|path| !path.starts_with("search/parts/"));
    assert_eq!(site.said(), [""; 0]);
    assert_eq!(
        paths,
        [
            "404.html",
            "a/card.png",
            "a/index.html",
            "about/card.png",
            "about/index.html",
            "archive/index.html",
            "b/card.png",
            "b/index.html",
            "c/card.png",
            "c/index.html",
            "card.png",
            "categories/index.html",
            "favicon.svg",
            "feed.xml",
            "index.html",
            "old/b/index.html",
            "page.js",
            "page/2/index.html",
            "robots.txt",
            "search.js",
            "search/all/index.html",
            "search/index.html",
            "search/index.json",
            "sitemap.xml",
            "style.css",
            "tags/c++/feed.xml",
            "tags/c++/index.html",
            "tags/c++/page/2/index.html",
            "tags/index.html",
            "tags/nebenläufigkeit/feed.xml",
            "tags/nebenläufigkeit/index.html",
        ]
    );
}

#[test]
fn every_link_begins_with_the_path_of_the_base_url() {
    let site = drawn(&small_site(), &[]);
    for file in site.paths() {
        let text = site.find(file).unwrap_or_default();
        for (at, _) in text.match_indices("href=\"").chain(text.match_indices("src=\"")) {
            let link = text[at..].split('"').nth(1).unwrap();
            let good = ["/notes/", "https://example.org/notes/", "#"].iter().any(|start| link.starts_with(start));
            assert!(good, "{file} links to {link}");
        }
    }
}

#[test]
fn a_post_names_its_neighbours_by_date_its_series_and_its_terms() {
    let site = drawn(&small_site(), &[]);
    let post = site.text("b/index.html");
    for part in [
        r#"<a rel="prev" href="/notes/a/">"#,
        r#"<a rel="next" href="/notes/c/">"#,
        r#"<a href="/notes/tags/nebenl%C3%A4ufigkeit/" rel="tag">Nebenläufigkeit</a>"#,
        r#"<time datetime="2026-10-01T12:00:00+00:00">1 October 2026</time>"#,
        r##"<a href="#one">One</a>"##,
        r#"<link rel="canonical" href="https://example.org/notes/b/">"#,
        "<div class=\"content\">\n<p>Text.</p>",
    ] {
        assert!(post.contains(part), "{part} is not in\n{post}");
    }
    assert!(site.text("c/index.html").contains("Part 2 of 2 in"));
    assert!(site.text("c/index.html").contains(r#"<li><a href="/notes/a/">a</a></li>"#));
}

#[test]
fn a_post_whose_cells_were_measured_leads_to_their_raw_data() {
    let (mut folder, mut file) = (article("a", "2026-01-01"), article("b", "2026-01-02"));
    folder.results = Some("results.json".to_owned());
    file.post.address = address("notes/b.html");
    file.results = Some("b-results.json".to_owned());
    let site = with(vec![folder, file, article("c", "2026-01-03")]);
    let link = |href: &str| format!(r#"<a href="{href}" type="application/json">Raw data (JSON)</a>"#);
    assert!(site.text("a/index.html").contains(&link("/notes/a/results.json")));
    assert!(site.text("notes/b.html").contains(&link("/notes/notes/b-results.json")));
    assert!(!site.text("c/index.html").contains("Raw data"));
}

#[test]
fn posts_without_a_date_have_no_neighbours_and_are_in_no_feed() {
    let site = with(vec![article("dated", "2026-01-01"), article("undated", "")]);
    assert!(!site.text("undated/index.html").contains("rel=\"prev\""));
    assert!(!site.text("feed.xml").contains("undated"));
    assert!(site.text("archive/index.html").contains("<h2>Undated</h2>"));
}

#[test]
fn an_empty_site_has_a_home_page_that_says_so() {
    let site = with(Vec::new());
    assert!(site.text("index.html").contains("There are no posts yet."));
    assert!(site.text("archive/index.html").contains("There are no posts yet."));
    assert!(site.text("feed.xml").contains("<updated>1970-01-01T00:00:00+00:00</updated>"));
    assert_eq!(site.said(), [""; 0]);
}

#[test]
fn an_alias_leads_to_its_post() {
    let mut post = article("new", "2026-01-01");
    post.post.meta.title = "<b> & \"q\"".to_owned();
    post.post.meta.aliases = vec![address("2018/old.html")];
    let site = with(vec![post]);
    let redirect = site.text("2018/old.html");
    for part in [
        r#"<meta http-equiv="refresh" content="0; url=/notes/new/">"#,
        r#"<link rel="canonical" href="https://example.org/notes/new/">"#,
        r#"<meta name="robots" content="noindex">"#,
        "<title>&lt;b&gt; &amp; &quot;q&quot; – Notes</title>",
    ] {
        assert!(redirect.contains(part), "{part} is not in\n{redirect}");
    }
}

#[test]
fn a_list_is_spread_over_pages() {
    let site = drawn(&small_site(), &[]);
    let (first, second) = (site.text("index.html"), site.text("page/2/index.html"));
    assert!(first.contains("/notes/c/") && first.contains("/notes/b/") && !first.contains("/notes/a/"));
    assert!(second.contains("/notes/a/") && !second.contains("/notes/b/"));
    assert!(first.contains(r#"<a rel="next" href="/notes/page/2/">"#));
    assert!(second.contains(r#"<a rel="prev" href="/notes/">"#));
}

#[test]
fn every_page_leads_to_the_feed_and_a_term_to_its_own_too_and_a_post_to_those_of_its_terms() {
    let site = drawn(&small_site(), &[]);
    let discovery = |file: &str| site.text(file).matches(r#"rel="alternate" type="application/atom+xml""#).count();
    for (file, feeds) in [("index.html", 1), ("404.html", 1), ("b/index.html", 3), ("tags/c++/index.html", 2)] {
        assert_eq!(discovery(file), feeds, "{file}");
    }
    assert!(site.text("b/index.html").contains(r#"title="C++ – Notes" href="/notes/tags/c++/feed.xml">"#));
}

#[test]
fn the_sitemap_holds_what_can_be_found_and_robots_txt_names_it() {
    let site = drawn(&small_site(), &[]);
    let map = site.text("sitemap.xml");
    assert!(map.contains("<loc>https://example.org/notes/b/</loc><lastmod>2026-10-01T12:00:00+00:00</lastmod>"));
    assert!(map.contains("<loc>https://example.org/notes/about/</loc>"));
    assert!(!map.contains("404") && !map.contains("/old/") && !map.contains("/page/2/"));
    assert!(site.text("robots.txt").ends_with("Sitemap: https://example.org/notes/sitemap.xml\n"));
}

#[test]
fn files_of_the_site_stand_in_for_those_of_the_theme() {
    let mut site = small_site();
    site.pages[0].post.address = address("404.html");
    let drawn = drawn(&site, &[("static/robots.txt", "own"), ("static/style.css", "own"), ("static/x.css", "x")]);
    assert_eq!((drawn.text("robots.txt"), drawn.text("style.css"), drawn.text("x.css")), ("own", "own", "x"));
    assert!(drawn.text("404.html").contains("<p>Text.</p>"));
    assert_eq!(drawn.said(), [""; 0]);
}

#[test]
fn a_locale_is_a_language_in_a_country() {
    let mut site = site(vec![article("a", "2026-01-01")]);
    for (language, locale) in [("pt-BR", Some("pt_BR")), ("de-at", Some("de_AT")), ("en", None), ("zh-Hans", None)] {
        site.config.language = language.to_owned();
        let drawn = drawn(&site, &[]);
        let tag = locale.map(|locale| format!(r#"<meta property="og:locale" content="{locale}">"#));
        let said = drawn.text("a/index.html").lines().find(|line| line.contains("og:locale"));
        assert_eq!(said, tag.as_deref(), "{language}");
    }
}

#[test]
fn drafts_say_so() {
    let mut post = article("idea", "2026-01-01");
    post.post.meta.draft = true;
    let site = with(vec![post]);
    for file in ["index.html", "idea/index.html"] {
        assert!(site.text(file).contains(">Draft</b>"), "{file}");
    }
    assert!(site.text("idea/index.html").contains(r#"<meta name="robots" content="noindex">"#));
}

#[test]
fn what_stands_in_the_way_of_something_else_is_said() {
    let mut site = site(vec![article("one", "2026-01-01"), article("tags", "2026-01-02")]);
    site.articles[0].post.meta.aliases = vec![address("/archive/"), address("/old/one/")];
    site.files = vec![(path("one/index.html"), path("content/one/index.html"))];
    let drawn = drawn(&site, &[("static/feed.xml", "<feed/>")]);
    assert_eq!(
        drawn.said(),
        [
            "error[E301]: two sources for `/feed.xml`: the feed and the file `static/feed.xml`",
            "content/one.md:1:1: error[E301]: two sources for `/archive/`: the archive and the alias `/archive/` of `content/one.md`",
            "content/one.md:1:1: error[E301]: two sources for `/one/`: `content/one.md` and the file `content/one/index.html`",
            "content/tags.md:1:1: error[E301]: two sources for `/tags/`: `content/tags.md` and the index of tags",
        ]
    );
}

/// The posts that a post calls related.
fn related(site: &Drawn, post: &str) -> Vec<String> {
    let Some((_, list)) = site.text(&format!("{post}/index.html")).split_once("<p id=\"pageRelated\">") else {
        return Vec::new();
    };
    let list = list.split("</ul>").next().unwrap();
    list.split("\">").skip(1).map(|link| link.split('<').next().unwrap().to_owned()).collect()
}

#[test]
fn a_post_names_those_that_share_rare_terms_with_it() {
    let names = ["f", "e", "d", "c", "b", "a"];
    let mut site = site((0..6).map(|at| article(names[at], &format!("2026-01-0{}", 6 - at))).collect());
    // All but `a` have the first tag; `f` and `b` share the second, and so do `f` and `c`, two parts of a series.
    site.taxonomies[0].terms = vec![tag("often", "often", &[0, 1, 2, 3, 4]), tag("rare", "rare", &[0, 3, 4])];
    site.series = vec![series("Parts", &[3, 0])];
    let drawn = drawn(&site, &[]);
    assert_eq!(related(&drawn, "f"), ["b", "e", "d"]);
    assert_eq!(related(&drawn, "e"), ["f", "d", "c"]);
    assert_eq!(related(&drawn, "a"), [""; 0]);
}

#[test]
fn the_page_of_a_term_says_how_many_posts_it_has_and_what_they_are_about_besides() {
    let site = drawn(&small_site(), &[]);
    let term = site.text("tags/nebenläufigkeit/index.html");
    assert!(term.contains("<p class=\"meta\">1 post · <a"), "{term}");
    assert!(term.contains("Often with <a href=\"/notes/tags/c++/\">C++</a></p>"), "{term}");
}

/// The JSON-LD of a page.
fn json_ld(page: &str) -> serde_json::Value {
    let (_, behind) = page.split_once("<script type=\"application/ld+json\">").unwrap();
    serde_json::from_str(behind.split("</script>").next().unwrap()).unwrap()
}

#[test]
fn what_machines_read_of_a_post_and_of_the_site() {
    let mut post = article("a", "2026-01-01");
    post.post.meta.title = "</script><b>\"&amp;".to_owned();
    post.post.meta.authors = vec!["Ada".to_owned()];
    let mut site = site(vec![post]);
    site.taxonomies[0].terms = vec![tag("C++", "c++", &[0])];
    let drawn = drawn(&site, &[]);
    assert_eq!(
        json_ld(drawn.text("a/index.html")),
        serde_json::json!({
            "@context": "https://schema.org",
            "@type": "BlogPosting",
            "headline": "</script><b>\"&amp;",
            "description": "Text.",
            "url": "https://example.org/notes/a/",
            "mainEntityOfPage": "https://example.org/notes/a/",
            "datePublished": "2026-01-01T12:00:00+00:00",
            "dateModified": "2026-01-01T12:00:00+00:00",
            "author": [{ "@type": "Person", "name": "Ada" }],
            "image": "https://example.org/notes/a/card.png",
            "keywords": ["C++"],
            "wordCount": 1,
            "inLanguage": "en",
            "isPartOf": { "@type": "Blog", "name": "Notes", "url": "https://example.org/notes/" },
        })
    );
    assert_eq!(
        json_ld(drawn.text("index.html")),
        serde_json::json!({
            "@context": "https://schema.org",
            "@type": "WebSite",
            "name": "Notes",
            "url": "https://example.org/notes/",
            "inLanguage": "en",
        })
    );
}
