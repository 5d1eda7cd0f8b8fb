//! Posts for tests, and what a document knows beyond its HTML (which the tests of `article::render` look at).

use pulldown_cmark::{Event, Tag};

use super::{Document, Piece, Settled, Targets, parse, resolve};
use crate::config::BaseUrl;
use crate::content::{Meta, Post};
use crate::source::{Address, Diagnostics, Renderer, SitePath, Source, Span};

/// A post that is all body, published under its name.
pub(crate) fn post(path: &str, body: &str) -> Post {
    let source = Source::new(SitePath::new(path).unwrap(), body);
    let below = source.path().below(&SitePath::new("content").unwrap()).unwrap();
    let bundle = (below.stem() == "index").then(|| source.path().parent());
    let folder =
        if bundle.is_some() { below.parent() } else { below.parent().join(&SitePath::new(below.stem()).unwrap()) };
    let meta = Meta {
        title: String::new(),
        date: None,
        updated: None,
        publish: None,
        expires: None,
        draft: false,
        tags: Vec::new(),
        categories: Vec::new(),
        description: None,
        aliases: Vec::new(),
        weight: None,
        layout: None,
        authors: Vec::new(),
        series: None,
        card: None,
        image: None,
        cells: None,
        extra: serde_json::Map::new(),
    };
    Post { body: source.span(0..body.len()), address: Address::folder(folder), source, meta, bundle }
}

fn read(body: &str) -> (Document, Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let document = parse(&post("content/a.md", body), &mut diagnostics);
    (document, diagnostics.iter().map(ToString::to_string).collect())
}

#[test]
fn fences_are_read_whole_wherever_they_stand() {
    for (body, info, code) in [
        ("```rust,run\nfn main() {\n}\n```\n", Some("rust,run"), "fn main() {\n}\n"),
        ("~~~  py {file=\"a.py\"} \nx\n\n  y\n~~~", Some("py {file=\"a.py\"}"), "x\n\n  y\n"),
        ("```\nx\n```\n", Some(""), "x\n"),
        ("```rust\n```\n", Some("rust"), ""),
        ("   ```c\n   int x;\n     y\n   ```\n", Some("c"), "int x;\n  y\n"),
        ("> ```sh\n> a\n>\n>   b\n> ```\n", Some("sh"), "a\n\n  b\n"),
        ("- text\n\n  ```sh\n  a\n\n    b\n  ```\n", Some("sh"), "a\n\n  b\n"),
        ("1. ```py\n   if x:\n   \ty\n   ```\n", Some("py"), "if x:\n\ty\n"),
        ("-\t```py\n\tx\n\t\ty\n\t```\n", Some("py"), "x\n\ty\n"),
        ("```go\nx\n", Some("go"), "x\n"),
        ("```go\nx", Some("go"), "x\n"),
        ("````md\n```rust,run\n```\n````\n", Some("md"), "```rust,run\n```\n"),
        ("    indented\n\n      more\n", None, "indented\n\n  more\n"),
        ("\tindented", None, "indented\n"),
        ("```a\nwürde 中\n```", Some("a"), "würde 中\n"),
    ] {
        let (document, _) = read(body);
        let fence = document.fences().next().unwrap_or_else(|| panic!("no fence in {body:?}"));
        assert_eq!(document.fences().count(), 1, "{body:?}");
        assert_eq!((fence.info.as_ref().map(Span::text), fence.code.as_str()), (info, code), "{body:?}");
        let lines: Vec<&str> = fence.lines.iter().map(Span::text).collect();
        assert_eq!(lines, code.lines().collect::<Vec<_>>(), "{body:?}");
        assert!(body.contains(fence.span.text()) && !fence.span.text().is_empty());
    }
}

#[test]
fn lines_of_a_fence_stand_where_they_were_written() {
    let (document, _) = read("text\n\n> ```sh\n> a\n>\n> b\n> ```\n");
    let lines = &document.fences().next().unwrap().lines;
    let places: Vec<_> = lines.iter().map(|line| (line.line(), line.column())).collect();
    assert_eq!(places, [(4, 3), (5, 2), (6, 3)]);
}

#[test]
fn a_tab_that_is_half_indentation_keeps_its_line_in_place() {
    let (document, _) = read("-  ```py\n\tx\n\t\ty\n   ```\n");
    let fence = document.fences().next().unwrap();
    assert_eq!(fence.code, " x\n \ty\n");
    assert_eq!(fence.lines.iter().map(Span::line).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn fences_within_block_quotes_are_quoted() {
    for (body, quoted) in [
        ("> ```sh,run\n> a\n> ```\n", true),
        ("> [!NOTE]\n> ```sh,run\n> a\n> ```\n", true),
        ("> - b\n>\n>   ```sh,run\n>   a\n>   ```\n", true),
        ("- > > c\n  > ```sh,run\n  > a\n  > ```\n", true),
        ("> b\n\n```sh,run\na\n```\n", false),
        ("- ```sh,run\n  a\n  ```\n", false),
    ] {
        assert_eq!(read(body).0.fences().map(|fence| fence.quoted).collect::<Vec<_>>(), [quoted], "{body:?}");
    }
}

#[test]
fn code_in_comments_and_raw_html_is_no_fence() {
    for body in [
        "<!--\n```rust,run\nx\n```\n-->\n",
        "<!-- a\n\n```rust,run\nx\n```\n-->",
        "<pre>\n```rust,run\n```\n</pre>",
        "`` ```rust ``",
    ] {
        assert_eq!(read(body).0.fences().count(), 0, "{body:?}");
    }
}

#[test]
fn headings_get_githubs_anchors() {
    let (document, wrong) = read(
        "# A `b` *c*\n\n## A b c\n\nA b c 1\n=======\n\n### Given {#a-b-c-1 .x}\n\n# [Link](https://a.example) $x$![i](https://a.example/i)[^1]\n\n# fn 1\n\n# ?\n\n[^1]: n\n",
    );
    let headings: Vec<_> = document.headings.iter().map(|h| (h.level, h.id.as_str(), h.text.as_str())).collect();
    assert_eq!(
        headings,
        [
            (1, "a-b-c", "A b c"),
            (2, "a-b-c-2", "A b c"),
            (1, "a-b-c-1-1", "A b c 1"),
            (3, "a-b-c-1", "Given"),
            (1, "link-x", "Link x"),
            (1, "fn-1-1", "fn 1"),
            (1, "section", "?"),
        ]
    );
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn what_is_doubtful_is_said_at_its_place() {
    for (body, expected) in [
        ("# a {#x}\n\n# b {#x}\n", vec!["content/a.md:3:1: warning[E204]: two headings have the anchor `x`"]),
        ("a\n\n[^1]: n\n", vec!["content/a.md:3:1: warning[E206]: nothing refers to the footnote `[^1]`"]),
        (
            "a[^1]\n\n[^1]: n\n\n[^1]: m\n",
            vec!["content/a.md:5:1: warning[E205]: the footnote `[^1]` is defined twice"],
        ),
        // A note that only a left-out note refers to is left out too.
        (
            "[^a]: see[^b]\n\n[^b]: m\n",
            vec![
                "content/a.md:1:1: warning[E206]: nothing refers to the footnote `[^a]`",
                "content/a.md:3:1: warning[E206]: nothing refers to the footnote `[^b]`",
            ],
        ),
        ("a $\\nonsense$ b", vec!["content/a.md:1:3: warning[E207]: this formula cannot be typeset"]),
        ("a\n\n```math\n\\nonsense\n```\n", vec!["content/a.md:3:1: warning[E207]: this formula cannot be typeset"]),
        ("US$5 and US$10, $5-$10, it costs $5 or $7.", vec![]),
    ] {
        assert_eq!(read(body).1, expected, "{body:?}");
    }
}

#[test]
fn words_are_those_of_prose() {
    for (body, words) in [
        ("# One two\n\nthree **four**, `five`.\n\n```\nnot these\n```\n\n- six\n- se*ven*\n", 7),
        ("![not this](https://a.example/x) [this](https://a.example)", 1),
        ("多线程 is\nfast", 5),
        ("", 0),
    ] {
        assert_eq!(read(body).0.words, words, "{body:?}");
    }
}

#[test]
fn only_targets_in_the_site_are_references() {
    let (document, _) = read(
        "[a](other.md#x) ![b](<a b.png> \"other\") [c][r] [d](a\\_b.md) [e](https://a.example) <https://a.example> \
         www.a.example me@a.example [f](cell:x.wall) [g](#x) [h]({{site.url}}/x)\n\n[r]: /r/ 'R'\n",
    );
    let places: Vec<_> = document
        .pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Reference(Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }), span) => {
                Some((dest_url.to_string(), span.text().to_owned()))
            }
            _ => None,
        })
        .collect();
    let expected = [
        ("other.md#x", "other.md#x"),
        ("a b.png", "a b.png"),
        ("/r/", "/r/"),
        ("a_b.md", "[d](a\\_b.md)"),
        ("#x", "#x"),
    ];
    assert_eq!(places, expected.map(|(target, place)| (target.to_owned(), place.to_owned())));
}

/// A site of a few posts and files; the links of a post in it, and what is said about them.
fn linked(path: &str, body: &str, base: &str, complete: bool) -> (Vec<String>, Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let mut posts = [
        post(path, body),
        post("content/other.md", "# Part one\n\n<a name=\"raw\"></a>\n"),
        post("content/deep/gil/index.md", "# Über\n"),
    ];
    let mut documents: Vec<Document> = posts.iter().map(|post| parse(post, &mut diagnostics)).collect();
    let files = [("deep/gil/pic.png", "content/deep/gil/pic.png"), ("img/a b.png", "static/img/a b.png")]
        .map(|(to, from)| (SitePath::new(to).unwrap(), SitePath::new(from).unwrap()));
    let targets = Targets::new(posts.iter().zip(&documents)).with_files(files.iter().map(|(to, from)| (to, from)));
    let base = BaseUrl::parse(base).unwrap();
    let loose = resolve(&mut documents[0], &mut posts[0], &targets, &base, &mut diagnostics);
    if complete {
        let published = ["index.html", "tags/rust/index.html"];
        loose
            .into_iter()
            .filter_map(|end| end.check(|path| published.contains(&path.as_str())))
            .for_each(|dead| diagnostics.push(dead));
    }
    let links = documents[0].pieces.iter().filter_map(|piece| match piece {
        Piece::Event(Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })) => {
            Some(dest_url.to_string())
        }
        Piece::Reference(..) => panic!("a reference is left"),
        _ => None,
    });
    (links.collect(), diagnostics.iter().map(|one| Renderer { colour: false }.render(one)).collect())
}

#[test]
fn links_lead_to_where_their_targets_are_published() {
    for (path, written, expected) in [
        ("content/a.md", "other.md", "/blog/other/"),
        ("content/a.md", "./other.md#part-one", "/blog/other/#part-one"),
        ("content/a.md", "other.md?x=1#raw", "/blog/other/?x=1#raw"),
        ("content/a.md", "deep/gil/index.md", "/blog/deep/gil/"),
        ("content/a.md", "deep/gil", "/blog/deep/gil/"),
        ("content/a.md", "deep/gil/pic.png", "/blog/deep/gil/pic.png"),
        ("content/a.md", "deep/gil/index.md#%C3%BCber", "/blog/deep/gil/#%C3%BCber"),
        ("content/deep/a.md", "../other.md", "/blog/other/"),
        ("content/deep/a.md", "/other.md", "/blog/other/"),
        ("content/deep/a.md", "@/deep/gil/index.md", "/blog/deep/gil/"),
        ("content/deep/a.md", "../../static/img/a%20b.png", "/blog/img/a%20b.png"),
        ("content/a.md", "/img/a%20b.png", "/blog/img/a%20b.png"),
        // As browsers read it, from the address of the post: /a/.
        ("content/a.md", "../other/#part-one", "/blog/other/#part-one"),
        ("content/a.md", "../img/a%20b.png", "/blog/img/a%20b.png"),
        ("content/a.md", "/other/", "/blog/other/"),
        ("content/a.md", "/other", "/blog/other/"),
        ("content/a.md", "/blog/other/", "/blog/other/"),
        ("content/a.md", "/", "/blog/"),
        ("content/a.md", "/tags/rust/", "/blog/tags/rust/"),
        ("content/a.md", "../tags/rust/?x#y", "/blog/tags/rust/?x#y"),
        ("content/a.md", "/blog", "/blog"),
        ("content/a.md", "/blog?x", "/blog?x"),
        ("content/a.md", "#", "#"),
        ("content/a.md", "#cell-x", "#cell-x"),
        ("content/a.md", "?x=1", "?x=1"),
        ("content/a.md", "//b.example/x", "//b.example/x"),
        ("content/a.md", "../../{{ page }}", "../../{{ page }}"),
    ] {
        let (links, wrong) = linked(path, &format!("[x](<{written}>)"), "https://a.example/blog", true);
        assert_eq!((links, wrong), (vec![expected.to_owned()], Vec::new()), "{written} in {path}");
    }
    assert_eq!(linked("content/a.md", "[x](#b)\n\n# B\n", "https://a.example", true).0[0], "#b");
    assert_eq!(linked("content/a.md", "[x](/other/)", "https://a.example", true).0, ["/other/"]);
}

#[test]
fn dead_links_are_found_with_a_remedy() {
    for (written, message, remedy) in [
        ("othr.md", "error[E201]: the link `othr.md` is dead", "did you mean `other.md`?"),
        ("gone/other.md", "error[E201]: the link `gone/other.md` is dead", "did you mean `other.md`?"),
        ("../../../x.md", "error[E201]: the link `../../../x.md` is dead", "leads out of the site"),
        ("pic.png", "error[E201]: the link `pic.png` is dead", "did you mean `deep/gil/pic.png`?"),
        ("@/no.md", "error[E201]: the link `@/no.md` is dead", "there is no `content/no.md`"),
        (
            "other.md#part-on",
            "error[E203]: there is no anchor `#part-on` in `content/other.md`",
            "did you mean `part-one`?",
        ),
        ("/other/#x", "error[E203]: there is no anchor `#x` in `content/other.md`", "no heading"),
        ("#none", "warning[E203]: there is no anchor `#none` in this post", "no heading"),
        ("/gone/", "warning[E202]: nothing stands at `/gone/`", "link to a post by its source"),
    ] {
        let (links, wrong) = linked("content/a.md", &format!("text [x]({written})"), "https://a.example", true);
        assert_eq!((links.len(), wrong.len()), (1, 1), "{written}");
        assert!(wrong[0].starts_with(message) && wrong[0].contains(remedy), "{written}\n{}", wrong[0]);
        assert!(wrong[0].contains("content/a.md:1:10"), "{written}\n{}", wrong[0]);
    }
}

#[test]
fn nothing_is_dead_that_may_yet_be_published() {
    for written in ["/gone/", "pic2.png", "../x/"] {
        assert_eq!(linked("content/a.md", &format!("[x]({written})"), "https://a.example", false).1, [""; 0]);
    }
    assert_eq!(linked("content/a.md", "[x](/gone/)", "https://a.example/blog", false).0, ["/blog/gone/"]);
    assert_eq!(linked("content/a.md", "[x](/blog/gone/)", "https://a.example/blog", false).0, ["/blog/gone/"]);
    assert_eq!(linked("content/a.md", "[x](gone.md)", "https://a.example", false).1.len(), 1);
}

#[test]
fn values_of_cells_are_found_in_code_spans_links_and_images() {
    let body = "A `cell:spin.wall`, [1.9 *ms*](cell:spin[n=8].wall.median), ![the chart](cell:lock.chart) and [x][r], \
        [3×](<cell:a.wall / b.wall>) but `cell::measure`, `cell:`, `cells` and [cell](cell.md#x).\n\n[r]: cell:r.wall\n";
    let (document, _) = read(body);
    let values: Vec<_> = document
        .values()
        .map(|value| (value.expression.text(), value.written.as_deref().unwrap_or("-"), value.image))
        .collect();
    assert_eq!(
        values,
        [
            ("spin.wall", "-", false),
            ("spin[n=8].wall.median", "1.9 ms", false),
            ("lock.chart", "the chart", true),
            ("r.wall", "x", false),
            ("a.wall / b.wall", "3×", false),
        ]
    );
    for value in document.values() {
        let at = value.expression.range();
        assert_eq!(&body[at.start - 5..at.start], "cell:");
    }
}

#[test]
fn a_settled_value_is_text_a_link_or_a_block_in_place_of_its_paragraph() {
    let (mut document, _) =
        read("One `cell:a.wall` [2 s](cell:b.wall).\n\n![c](cell:c.chart)\n\n<!-- more -->\n\nEnd.\n");
    document.settle(|value| {
        Some(match value.expression.text() {
            "a.wall" => Settled::Text("1 ms".to_owned()),
            "b.wall" => {
                Settled::Measured { text: "2 ms".to_owned(), href: "#cell-b".to_owned(), title: "t".to_owned() }
            }
            _ => Settled::Block("<figure></figure>".to_owned()),
        })
    });
    assert_eq!(document.values().count(), 0);
    assert_eq!(super::plain_text(&document.pieces), "One 1 ms 2 ms.\nEnd.\n");
    let mut html = String::new();
    let events = document.pieces.iter().filter_map(|piece| match piece {
        Piece::Event(event) => Some(event.clone()),
        _ => None,
    });
    pulldown_cmark::html::push_html(&mut html, events);
    let expected = "<p>One 1 ms <a href=\"#cell-b\" title=\"t\">2 ms</a>.</p>\n<figure></figure>";
    assert!(html.starts_with(expected), "{html}");
    let more = document.more.expect("it has a summary");
    assert!(
        super::plain_text(&document.pieces[more..]).trim_start().starts_with("End"),
        "the summary still ends there"
    );
}
