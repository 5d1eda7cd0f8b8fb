use super::{Body, Drawing, minutes, render};
use crate::article::{Picture, Pictures};
use crate::markdown::{Piece, parse, tests::post};
use crate::source::Diagnostics;

/// A picture with copies, and one that only says its size.
fn pictures() -> Pictures {
    let copies = |urls: &[(u32, &str)]| urls.iter().map(|&(width, url)| (width, url.to_owned())).collect();
    let sized = Picture { size: Some((300, 150)), copies: copies(&[(100, "/p-100.webp"), (300, "/p-300.webp")]) };
    let plain = Picture { size: Some((30, 15)), copies: Vec::new() };
    Pictures::from([("/p.jpg".to_owned(), sized), ("/q.svg".to_owned(), plain)])
}

/// The body of a post whose figures are `[figure 0]` and so on.
fn body(markdown: &str) -> Body {
    let document = parse(&post("content/a.md", markdown), &mut Diagnostics::default());
    let draw = |at| Drawing { html: format!("<pre>figure {at}</pre>\n"), has_id: false };
    let drawings: Vec<_> = (0..document.fences().count()).map(draw).collect();
    render(&document, &drawings, &pictures(), "/blog/a/")
}

fn check(cases: &[(&str, &str)]) {
    for (markdown, html) in cases {
        assert_eq!(body(markdown).html, *html, "{markdown}");
    }
}

#[test]
fn amounts_of_money_beside_code_leave_links_and_notes_alone() {
    let html =
        body("Set $A, see [docs][d] and a note[^n], run `x`, then ($B).\n\n[d]: https://d.example\n[^n]: Here.\n").html;
    for part in
        ["Set $A, see <a href=\"https://d.example\">docs</a>", "role=\"doc-noteref\"", "run <code>x</code>, then ($B)."]
    {
        assert!(html.contains(part), "{part} is not in\n{html}");
    }
    assert_eq!(body("> $$ `a`\n===\n`b` $$\n").html.matches("<h1").count(), 0);
}

#[test]
fn plain_commonmark() {
    check(&[
        ("a *b* **c** `d` ~~e~~\\\nf", "<p>a <em>b</em> <strong>c</strong> <code>d</code> <del>e</del><br>\nf</p>\n"),
        ("\"quotes\" -- and...", "<p>\"quotes\" -- and...</p>\n"),
        ("[x](https://a.example/w_(y)_z)", "<p><a href=\"https://a.example/w_(y)_z\">x</a></p>\n"),
        (
            "[x](https://a.example \"t\\\"><b>\")",
            "<p><a href=\"https://a.example\" title=\"t&quot;&gt;&lt;b&gt;\">x</a></p>\n",
        ),
        ("a :tada: b {: .class}\n{: .note}", "<p>a :tada: b {: .class}\n{: .note}</p>\n"),
        ("{{< youtube x >}} {% include x %}", "<p>{{&lt; youtube x &gt;}} {% include x %}</p>\n"),
        ("term\n: what it is\n", "<dl>\n<dt>term</dt>\n<dd>what it is</dd>\n</dl>\n"),
        (
            "- [ ] a\n- [x] b\n",
            "<ul>\n<li><input type=\"checkbox\" disabled aria-label=\"Not done\">\na</li>\n<li><input type=\"checkbox\" checked disabled aria-label=\"Done\">\nb</li>\n</ul>\n",
        ),
        (
            "a\n\n```x\ny\n```\n\n- b\n\n  ```\n  ```\n",
            "<p>a</p>\n<pre>figure 0</pre>\n<ul>\n<li>\n<p>b</p>\n<pre>figure 1</pre>\n</li>\n</ul>\n",
        ),
        ("&#0; &#xD800; &#99999999999;", "<p>\u{FFFD} \u{FFFD} &amp;#99999999999;</p>\n"),
    ]);
}

#[test]
fn raw_html_survives() {
    check(&[
        (
            "<script async src=\"https://a.example/e.js\"></script>\n",
            "<script async src=\"https://a.example/e.js\"></script>\n",
        ),
        (
            "<script>\nif (a < b && c) {\n\n  \"*d*\"\n}\n</script>\n",
            "<script>\nif (a < b && c) {\n\n  \"*d*\"\n}\n</script>\n",
        ),
        ("<img src=\"x.png\">\n", "<img src=\"x.png\">\n"),
        ("<div class=\"a\">\n\n*b*\n\n</div>\n", "<div class=\"a\">\n<p><em>b</em></p>\n</div>\n"),
        ("a <kbd>b</kbd> c", "<p>a <kbd>b</kbd> c</p>\n"),
        ("<!-- a\n\n```rust,run\n```\n-->\n", "<!-- a\n\n```rust,run\n```\n-->\n"),
    ]);
}

#[test]
fn headings_carry_an_anchor() {
    check(&[
        (
            "## A & \"b\"",
            "<h2 id=\"a--b\">A &amp; \"b\" <a class=\"anchor\" href=\"#a--b\" aria-label=\"Link to A &amp; &quot;b&quot;\">#</a></h2>\n",
        ),
        (
            "# x {#given .c}",
            "<h1 id=\"given\" class=\"c\">x <a class=\"anchor\" href=\"#given\" aria-label=\"Link to x\">#</a></h1>\n",
        ),
    ]);
}

#[test]
fn bare_links_are_linked_where_text_is() {
    check(&[
        (
            "https://a.example/a_b_c?d=1&e=2.",
            "<p><a href=\"https://a.example/a_b_c?d=1&amp;e=2\">https://a.example/a_b_c?d=1&amp;e=2</a>.</p>\n",
        ),
        ("*www.a.example*", "<p><em><a href=\"http://www.a.example\">www.a.example</a></em></p>\n"),
        ("me@a.example", "<p><a href=\"mailto:me@a.example\">me@a.example</a></p>\n"),
        ("看https://a.example。", "<p>看<a href=\"https://a.example\">https://a.example</a>。</p>\n"),
        ("`https://a.example`", "<p><code>https://a.example</code></p>\n"),
        ("[https://a.example](https://b.example)", "<p><a href=\"https://b.example\">https://a.example</a></p>\n"),
        ("<https://a.example>", "<p><a href=\"https://a.example\">https://a.example</a></p>\n"),
        ("<a href=\"x\">https://a.example</a>", "<p><a href=\"x\">https://a.example</a></p>\n"),
        (
            "<a href=\"x\">a\n\nwww.b.example",
            "<p><a href=\"x\">a</p>\n<p><a href=\"http://www.b.example\">www.b.example</a></p>\n",
        ),
        ("<code>https://a.example</code>", "<p><code>https://a.example</code></p>\n"),
        (
            "<a name=\"x\">https://a.example",
            "<p><a name=\"x\"><a href=\"https://a.example\">https://a.example</a></p>\n",
        ),
        ("<div>\nhttps://a.example\n</div>", "<div>\nhttps://a.example\n</div>"),
    ]);
}

#[test]
fn emphasis_within_a_bare_link_is_part_of_its_address() {
    let link = |url: &str| format!("<a href=\"{url}\">{url}</a>");
    for (markdown, before, url, behind) in [
        ("https://a.example/x/__init__.py", "", "https://a.example/x/__init__.py", ""),
        ("see https://a.example/a*b*c, d", "see ", "https://a.example/a*b*c", ", d"),
        ("https://a.example/_a_b_ c", "", "https://a.example/_a_b", "_ c"),
        ("https://a.example/~~a~~/**b _c_**/d", "", "https://a.example/~~a~~/", "<strong>b <em>c</em></strong>/d"),
        ("https://a.example/*a **b** c*d", "", "https://a.example/", "<em>a <strong>b</strong> c</em>d"),
        ("https://a.example/**a*b*c**/d", "", "https://a.example/**a*b*c**/d", ""),
        ("*see https://a.example/a*", "<em>see ", "https://a.example/a", "</em>"),
        ("**https://a.example**", "<strong>", "https://a.example", "</strong>"),
        ("*https://a.example/a*b", "<em>", "https://a.example/a", "</em>b"),
        ("*https://a.example/a**b**c*", "<em>", "https://a.example/a**b**c", "</em>"),
        ("*a\nhttps://a.example/b* c", "<em>a\n", "https://a.example/b", "</em> c"),
        ("https://a.example/*`b`*", "", "https://a.example/", "<em><code>b</code></em>"),
        ("https://a.example**粗体**", "", "https://a.example", "<strong>粗体</strong>"),
        ("https://a.example/ **b**", "", "https://a.example/", " <strong>b</strong>"),
    ] {
        assert_eq!(body(markdown).html, format!("<p>{before}{}{behind}</p>\n", link(url)), "{markdown}");
    }
    check(&[
        ("_me@a.example_", "<p><em><a href=\"mailto:me@a.example\">me@a.example</a></em></p>\n"),
        (
            "[*https://a.example/*b*c*](https://b.example)",
            "<p><a href=\"https://b.example\"><em>https://a.example/<em>b</em>c</em></a></p>\n",
        ),
    ]);
}

#[test]
fn images_are_escaped() {
    check(&[
        (
            "![a *b* `c`](https://a.example/x.png)",
            "<p><img src=\"https://a.example/x.png\" alt=\"a b c\" decoding=\"async\"></p>\n",
        ),
        (
            "![](<https://a.example/x y&z.png> \"t\\\"\")",
            "<figure>\n<img src=\"https://a.example/x%20y&amp;z.png\" alt=\"\" decoding=\"async\">\n<figcaption>t&quot;</figcaption>\n</figure>\n",
        ),
        (
            "[![a](https://a.example/x)](https://b.example)",
            "<p><a href=\"https://b.example\"><img src=\"https://a.example/x\" alt=\"a\" decoding=\"async\"></a></p>\n",
        ),
        (
            "![\" onerror=\"x](https://a.example/$x$ '\"$y$').",
            "<p><img src=\"https://a.example/$x$\" alt=\"&quot; onerror=&quot;x\" title=\"&quot;$y$\" decoding=\"async\">.</p>\n",
        ),
        (
            "![a $x$ https://a.example [b](c)](https://a.example/x)",
            "<p><img src=\"https://a.example/x\" alt=\"a $x$ https://a.example b\" decoding=\"async\"></p>\n",
        ),
    ]);
}

#[test]
fn tables_align_by_class() {
    check(&[(
        "a|b|c|d\n:-|:-:|-:|-\n1|2|3|4\n",
        "<div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"Table\">\n<table><thead><tr><th class=\"left\">a</th><th class=\"center\">b</th>\
         <th class=\"right\">c</th><th>d</th></tr></thead><tbody>\n<tr><td class=\"left\">1</td><td class=\"center\">2</td>\
         <td class=\"right\">3</td><td>4</td></tr>\n</tbody></table>\n</div>\n",
    )]);
}

#[test]
fn alerts_are_notes() {
    for (kind, class, title) in [
        ("NOTE", "note", "Note"),
        ("TIP", "tip", "Tip"),
        ("IMPORTANT", "important", "Important"),
        ("WARNING", "warning", "Warning"),
        ("CAUTION", "caution", "Caution"),
    ] {
        let html = format!(
            "<div class=\"alert alert-{class}\" role=\"note\">\n<p class=\"alert-title\">{title}</p>\n<p>a</p>\n</div>\n"
        );
        check(&[(&format!("> [!{kind}]\n> a\n"), &html)]);
    }
    check(&[("> [!OTHER]\n> a\n", "<blockquote>\n<p>[!OTHER]\na</p>\n</blockquote>\n")]);
}

#[test]
fn formulas_are_mathml_and_wrong_ones_their_source() {
    let html = body("a $x$ b\n\n$$\ny\n$$\n").html;
    assert!(html.starts_with("<p>a <math display=\"inline\">") && html.contains("<math display=\"block\">"), "{html}");
    assert!(!html.contains('$'), "{html}");
    check(&[
        ("a $\\no$ b", "<p>a <code>$\\no$</code> b</p>\n"),
        ("costs $5 and $10, US$5/US$10", "<p>costs $5 and $10, US$5/US$10</p>\n"),
        ("`$x$` \\$5\\$", "<p><code>$x$</code> $5$</p>\n"),
    ]);
}

#[test]
fn code_wins_over_formulas() {
    check(&[
        ("It costs $10, and `$HOME` is code.", "<p>It costs $10, and <code>$HOME</code> is code.</p>\n"),
        ("Its number is $$, and `$$` too", "<p>Its number is $$, and <code>$$</code> too</p>\n"),
        (
            "$a `b` *c* [d](https://a.example)$ e",
            "<p>$a <code>b</code> <em>c</em> <a href=\"https://a.example\">d</a>$ e</p>\n",
        ),
        ("> $a\n> `b`$", "<blockquote>\n<p>$a\n<code>b</code>$</p>\n</blockquote>\n"),
        ("$a ` b$", "<p>$a ` b$</p>\n"),
        ("a `` $`x`$ `` `$ y`", "<p>a <code>$`x`$</code> <code>$ y</code></p>\n"),
        (
            "![a $b `$c`](https://a.example/x)",
            "<p><img src=\"https://a.example/x\" alt=\"a $b $c\" decoding=\"async\"></p>\n",
        ),
    ]);
    let html = body("$x$ costs $5, `$y` and $z$").html;
    assert_eq!((html.matches("<math").count(), html.matches("<code>$y</code>").count()), (2, 1), "{html}");
    assert!(body("$$\\text{``x''}$$").html.contains("<math"));
}

#[test]
fn a_fence_of_maths_is_a_formula() {
    let formula = body("$$x^2$$").html;
    assert!(formula.contains("<math display=\"block\">"), "{formula}");
    for markdown in ["```math\nx^2\n```\n", "~~~ math\nx^2\n~~~", "> ```math\n> x^2\n> ```\n"] {
        assert!(body(markdown).html.contains(&formula), "{markdown}");
    }
    check(&[
        ("```math\n\\no\n```\n", "<pre>figure 0</pre>\n"),
        ("```mathematica\nx\n```\n", "<pre>figure 0</pre>\n"),
        ("    math\n", "<pre>figure 0</pre>\n"),
    ]);
}

#[test]
fn footnotes_stand_at_the_end_in_the_order_of_their_references() {
    let back = |number, nth: &str, mark| format!(" <a role=\"doc-backlink\" href=\"#fnref-{number}{nth}\">↩{mark}</a>");
    let reference = |number, nth: &str| {
        format!("<sup><a role=\"doc-noteref\" id=\"fnref-{number}{nth}\" href=\"#fn-{number}\">{number}</a></sup>")
    };
    let section = |notes: &str| {
        format!(
            "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Footnotes\">\n<ol>\n{notes}</ol>\n</section>\n"
        )
    };
    let note = |number, text: &str| format!("<li id=\"fn-{number}\">\n{text}</li>\n");
    // The second is referred to first, twice, in another case; the first only by the second; the third never.
    let html = format!(
        "<p>a{} b{}</p>\n{}",
        reference(1, ""),
        reference(1, "-2"),
        section(
            &(note(
                1,
                &format!("<p>Two{}.{}{}</p>\n", reference(2, ""), back(1, "", ""), back(1, "-2", "<sup>2</sup>"))
            ) + &note(2, &format!("<p>One.</p>\n<pre>figure 0</pre>\n{}", back(2, "", ""))))
        )
    );
    check(&[("a[^B] b[^b]\n\n[^a]: One.\n\n    ```\n    ```\n[^b]: Two[^a].\n[^c]: Three.\n", &html)]);
    check(&[("[^none] a", "<p>[^none] a</p>\n")]);
    let twice = body("a[^1]\n\n[^1]: kept\n\n[^1]: dropped\n").html;
    assert!(twice.contains("kept") && !twice.contains("dropped"), "{twice}");
}

#[test]
fn summaries() {
    for (markdown, summary, plain) in [
        ("First *one*.\n\nSecond.", "<p>First <em>one</em>.</p>\n", "First one."),
        ("# T\n\n![i](https://a.example/x)\n\n- l\n\n> q\n\nText[^1].\n\n[^1]: n", "<p>Text.</p>\n", "Text."),
        ("- a\n\n  b\n", "<p>a</p>\n", "a"),
        ("```\n```\n", "", ""),
        ("", "", ""),
        ("a\n\n## B\n\nc\n<!-- more -->\nd", "<p>a</p>\n<h2>B</h2>\n<p>c</p>\n", "a B c"),
        ("a\n\n```\n```\n\nb\n\n<!--more-->\n\nd", "<p>a</p>\n<pre>figure 0</pre>\n<p>b</p>\n", "a b"),
        ("*a <!--more--> b*", "<p><em>a </em></p>\n", "a"),
        ("> - a <!--MORE-->\n\nb", "<blockquote>\n<ul>\n<li>a </li>\n</ul>\n</blockquote>\n", "a"),
        ("<!-- more -->\n\na", "", ""),
        ("`<!-- more -->` a\n\nb", "<p><code>&lt;!-- more --&gt;</code> a</p>\n", "<!-- more --> a"),
        ("[a](https://a.example)\nb & c", "<p><a href=\"https://a.example\">a</a>\nb &amp; c</p>\n", "a b & c"),
    ] {
        let body = body(markdown);
        assert_eq!((body.summary.as_str(), body.plain_summary.as_str()), (summary, plain), "{markdown}");
    }
}

#[test]
fn links_within_the_page_lead_to_it_from_a_summary() {
    for (target, from_summary) in
        [("#part", "/blog/a/#part"), ("#", "/blog/a/#"), ("?x=1", "/blog/a/?x=1"), ("/b/#part", "/b/#part")]
    {
        let link = |to| format!("<p><a href=\"{to}\">below</a></p>\n");
        let Body { html, summary, .. } = body(&format!("[below]({target})\n\n# Part"));
        assert!(html.starts_with(&link(target)), "{html}");
        assert_eq!(summary, link(from_summary));
    }
}

#[test]
fn reading_takes_at_least_a_minute() {
    assert_eq!([0, 1, 200, 201, 1000].map(minutes), [1, 1, 1, 2, 5]);
}

#[test]
fn hostile_links_cannot_leave_their_attribute() {
    let html = body("[a](javascript:x\"onclick=\"y) ![b](/x.png '\" onerror=\"alert(1)') [c](</x\"onload=\">)").html;
    assert!(!html.contains("\"on") && !html.contains("\" on"), "{html}");
}

#[test]
fn deep_and_wide_documents_are_rendered() {
    let repeated = |part: &str, times: usize| part.repeat(times);
    let table = format!("{0}\n{1}\n{0}\n", repeated("a|", 20_000), repeated("-|", 20_000));
    let narrow = format!("{}\n{}\n{}", repeated("a|", 300), repeated("-|", 300), repeated("a\n", 300));
    let notes: Vec<_> = (0..5_000).map(|at| format!("[^{at}]\n\n[^{at}]: x[^{}]\n\n", at + 1)).collect();
    let headings = repeated("# a\n", 5_000);
    for markdown in [
        repeated("[", 100_000),
        repeated("![", 100_000),
        repeated(">", 100_000),
        repeated("> ", 100_000),
        repeated("*", 100_000),
        repeated("*a **a ", 50_000),
        repeated("$", 50_000),
        repeated("$x$", 5_000),
        repeated("`", 100_000),
        repeated("- ", 50_000),
        repeated("<a ", 50_000),
        repeated("<div\n", 20_000),
        repeated("www.a.example/)", 20_000),
        repeated("*a https://a.example/*", 10_000),
        format!("{}{}", repeated("*a ", 2_000), repeated("https://a.example/*", 2_000)),
        repeated("$x `$` ", 10_000),
        repeated("![a](b", 20_000),
        repeated("[a](b)", 20_000),
        table,
        narrow,
        notes.concat(),
        headings,
    ] {
        let body = body(&markdown);
        assert!(!body.html.is_empty());
        assert!(body.summary.len() <= body.html.len());
    }
}

#[test]
fn a_figure_that_is_missing_is_nothing() {
    let document = parse(&post("content/a.md", "a\n\n```\n```\n"), &mut Diagnostics::default());
    assert!(document.pieces.iter().any(|piece| matches!(piece, Piece::Fence(_))));
    assert_eq!(render(&document, &[], &Pictures::new(), "/a/").html, "<p>a</p>\n");
}

#[test]
fn pictures_have_their_room_and_their_copies() {
    let set = "<picture><source type=\"image/webp\" srcset=\"/p-100.webp 100w, /p-300.webp 300w\" \
               sizes=\"(max-width: 44rem) calc(100vw - 2rem), 42rem\">";
    let copied = format!("{set}<img src=\"/p.jpg\" alt=\"b\" width=\"300\" height=\"150\"");
    check(&[
        (
            "![a](/q.svg) ![b](/p.jpg)",
            &format!(
                "<p><img src=\"/q.svg\" alt=\"a\" width=\"30\" height=\"15\" decoding=\"async\"> {copied} \
                 loading=\"lazy\" decoding=\"async\"></picture></p>\n"
            ),
        ),
        ("![b](/p.jpg)", &format!("<p>{copied} decoding=\"async\"></picture></p>\n")),
        (
            "![a](https://a.example/p.jpg)",
            "<p><img src=\"https://a.example/p.jpg\" alt=\"a\" decoding=\"async\"></p>\n",
        ),
    ]);
    assert!(body("![b](/p.jpg) text").summary.contains("loading=\"lazy\""), "there are others on the page");
}

#[test]
fn an_image_with_a_title_by_itself_is_a_figure() {
    check(&[
        (
            "a\n\n![b *c*](/q.svg \"T & t\")\n",
            "<p>a</p>\n<figure>\n<img src=\"/q.svg\" alt=\"b c\" width=\"30\" height=\"15\" decoding=\"async\">\n\
             <figcaption>T &amp; t</figcaption>\n</figure>\n",
        ),
        ("![b](x.png \"t\") c", "<p><img src=\"x.png\" alt=\"b\" title=\"t\" decoding=\"async\"> c</p>\n"),
        ("![b](x.png)", "<p><img src=\"x.png\" alt=\"b\" decoding=\"async\"></p>\n"),
    ]);
}
