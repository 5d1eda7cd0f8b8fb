//! `list`.

use serde_json::{Value, json};

use super::site;

fn pages(output: &str) -> Vec<Value> {
    serde_json::from_str(output).unwrap_or_else(|error| panic!("{error}\n{output}"))
}

#[test]
fn every_page_is_listed_with_every_field() {
    let site = site();
    site.write(
        "content/cell.md",
        "+++\naliases = [\"/old/\"]\n+++\n\n```sh,run:greeting\necho hello\n```\n\n```rust,check\nfn main() {}\n```\n",
    );
    site.write("content/about.md", "+++\nlayout = \"page\"\n+++\nx\n");
    let said = site.blog(&["list", "--json", "--base-url", "https://a.example/b"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    let pages = pages(&said.stdout);
    let fields = ["source", "url", "output", "kind", "title", "date", "draft", "tags", "categories", "cells"];
    for page in &pages {
        assert!(fields.iter().all(|field| page.get(field).is_some()), "{page}");
        assert!(page["url"].as_str().unwrap().starts_with("https://a.example/b/"), "{page}");
    }
    let of = |source: &str| {
        pages.iter().find(|page| page["source"] == source).unwrap_or_else(|| panic!("{source} is missing"))
    };
    assert_eq!(
        *of("content/good.md"),
        json!({
            "source": "content/good.md", "url": "https://a.example/b/good/", "output": "good/index.html", "kind": "post", "title": "Good",
            "date": "2024-05-06T00:00:00+00:00", "draft": false, "left_out": null, "tags": ["a"], "categories": ["B"], "cells": [],
        })
    );
    assert_eq!(
        of("content/cell.md")["cells"],
        json!([
            {"id": "greeting", "verb": "run", "language": "sh", "line": 5},
            {"id": "cell-1", "verb": "check", "language": "rust", "line": 9},
        ])
    );
    assert_eq!(of("content/about.md")["kind"], "page");
    for why in ["draft", "future", "expired"] {
        let page = of(&format!("content/{why}.md"));
        assert_eq!((&page["left_out"], &page["draft"]), (&why.into(), &(why == "draft").into()), "{why}");
    }
    let mut kinds: Vec<&str> = pages.iter().map(|page| page["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            "404", "archive", "card", "feed", "home", "page", "post", "redirect", "robots", "search", "sitemap",
            "term", "terms", "texts"
        ]
    );

    // Nothing is run and nothing is written.
    assert!(!site.path("results").exists() && !site.path("public").exists());
}

#[test]
fn what_is_listed_as_published_is_what_a_build_writes() {
    let site = site();
    site.build();
    let listed = pages(&site.blog(&["list", "--json"]).stdout);
    let mut outputs: Vec<&str> =
        listed.iter().filter(|page| page["left_out"].is_null()).map(|page| page["output"].as_str().unwrap()).collect();
    outputs.sort_unstable();
    let mut written: Vec<String> = crate::support::tree(&site.path("public")).into_keys().collect();
    let is_file_of_theme =
        |path: &str| [".blog-manifest", "style.css", "page.js", "search.js", "favicon.svg"].contains(&path);
    written.retain(|path| !is_file_of_theme(path) && path != "search/index.json" && !path.starts_with("search/parts/"));
    assert_eq!(outputs, written);
}

#[test]
fn people_get_a_line_a_page() {
    let said = site().blog(&["list"]);
    assert_eq!(said.code, 0);
    for line in [
        "post     http://localhost:4000/good/ content/good.md",
        "post     http://localhost:4000/draft/ content/draft.md (draft)",
        "home     http://localhost:4000/ -",
    ] {
        assert!(said.stdout.lines().any(|found| found == line), "{line}\n{}", said.stdout);
    }
}
