//! The HTML that a cell wrote.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;

/// Elements that are kept: text, lists, tables, figures. Of others only the text is.
const TAGS: [&str; 61] = [
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Elements whose text is no text for readers, or none that makes sense by itself.
const WITH_CONTENT: [&str; 18] = [
    "button",
    "embed",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "option",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "xmp",
];

/// Elements without an end tag, or whose end tag may be left out: no number of them is nested by itself (HTML Living Standard,
/// 13.1.2).
const END_THEMSELVES: [&str; 24] = [
    "br", "caption", "col", "colgroup", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead", "tr",
];

/// How many elements may be open at once. Browsers nest a few more; the parser needs the square of it.
const DEEPEST: usize = 500;

/// What is kept of an element beside `lang` and `title`.
const ATTRIBUTES: [(&str, &[&str]); 10] = [
    ("a", &["href"]),
    ("bdo", &["dir"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("details", &["open"]),
    ("img", &["alt", "height", "src", "width"]),
    ("ol", &["start"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan", "scope"]),
    ("time", &["datetime"]),
];

/// Takes out of HTML what is not listed here.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::empty();
    cleaner
        .tags(HashSet::from(TAGS))
        .clean_content_tags(HashSet::from(WITH_CONTENT))
        .tag_attributes(ATTRIBUTES.map(|(tag, names)| (tag, names.iter().copied().collect())).into())
        .generic_attributes(HashSet::from(["lang", "title"]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "data"]))
        .attribute_filter(kept)
        .link_rel(Some("noopener noreferrer"));
    cleaner
});

/// The value of an attribute that may be kept. A picture has to be in the page, for a page asks no other host for anything;
/// a link may not be a page of its own making.
fn kept<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    // Browsers ignore these characters in a scheme (URL Living Standard, 4.4).
    let start: String = value.chars().filter(|c| *c > ' ').take("data:image/".len()).collect();
    let start = start.to_ascii_lowercase();
    let may = match (element, attribute) {
        ("img", "src") => start == "data:image/",
        ("a", "href") => !start.starts_with("data:"),
        _ => true,
    };
    may.then_some(Cow::Borrowed(value))
}

/// A cell's own HTML in a frame that scrolls. Unless it is trusted, what could run, style, send or collide with the page is
/// taken out: scripts, styles, handlers, forms, frames, classes, ids. The error is a sentence.
pub(super) fn html(text: &str, id: &str, trusted: bool) -> Result<String, String> {
    if !trusted && is_too_deep(text) {
        return Err(format!("this HTML is nested more than {DEEPEST} deep"));
    }
    let body = if trusted { Cow::Borrowed(text) } else { Cow::Owned(CLEANER.clean(text).to_string()) };
    let body = body.trim();
    Ok(format!("<div class=\"rich\" role=\"group\" tabindex=\"0\" aria-label=\"Output of {id}\">\n{body}\n</div>\n"))
}

/// Whether more elements are open at once than may be, as far as start and end tags tell.
fn is_too_deep(text: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for tag in text.split('<').skip(1) {
        let (ends, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name = &tag[..tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len())];
        let same = |other: &&str| other.eq_ignore_ascii_case(name);
        if ends {
            open.truncate(open.iter().rposition(same).unwrap_or(open.len()));
        } else if !name.is_empty() && !END_THEMSELVES.iter().any(same) {
            open.push(name);
        }
        if open.len() > DEEPEST {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        let framed = html(text, "plot", false).unwrap();
        let body = framed
            .strip_prefix("<div class=\"rich\" role=\"group\" tabindex=\"0\" aria-label=\"Output of plot\">\n")
            .and_then(|rest| rest.strip_suffix("\n</div>\n"));
        body.expect("a frame").to_owned()
    }

    #[test]
    fn tables_figures_lists_and_code_are_kept() {
        for text in [
            "<table><caption>C</caption><thead><tr><th scope=\"col\">a</th></tr></thead><tbody><tr><td colspan=\"2\">1</td></tr></tbody></table>",
            "<figure><img src=\"data:image/png;base64,AAAA\" alt=\"a\" width=\"1\" height=\"2\"><figcaption>F</figcaption></figure>",
            "<ol start=\"3\"><li>a<ul><li>b</li></ul></li></ol><dl><dt>t</dt><dd>d</dd></dl>",
            "<pre><code>a &lt; b\n  c</code></pre><p>H<sub>2</sub>O <kbd>x</kbd></p>",
            "<details><summary>more</summary>text</details>",
        ] {
            assert_eq!(cleaned(text), text);
        }
    }

    #[test]
    fn links_lead_out_of_the_page_and_do_nothing_else() {
        let rel = "rel=\"noopener noreferrer\"";
        for (href, kept) in [
            ("https://a.b/?x=1&amp;y", true),
            ("mailto:a@b.c", true),
            ("../other/", true),
            ("#cell-a", true),
            ("javascript:alert(1)", false),
            ("JaVa&#x09;script:alert(1)", false),
            (" &#1;javascript:alert(1)", false),
            ("vbscript:x", false),
            ("data:text/html,<script>alert(1)</script>", false),
            ("da&#10;ta:text/html,x", false),
            ("file:///a", false),
        ] {
            let link = if kept { format!("<a href=\"{href}\" {rel}>x</a>") } else { format!("<a {rel}>x</a>") };
            assert_eq!(cleaned(&format!("<a href=\"{href}\" target=\"_top\" ping=\"https://a.b\">x</a>")), link);
        }
    }

    #[test]
    fn pictures_ask_nobody() {
        for src in ["https://a.b/c.png", "//a.b/c.png", "c.png", "data:text/html,x", "javascript:alert(1)"] {
            assert_eq!(cleaned(&format!("<img src=\"{src}\" srcset=\"{src}\" alt=\"a\">")), "<img alt=\"a\">", "{src}");
        }
    }

    #[test]
    fn what_could_run_style_send_or_collide_is_taken_out() {
        for (text, clean) in [
            ("a<script>alert(1)</script>b", "ab"),
            ("a<SCRIPT/x>alert(1)</script >b", "ab"),
            ("a<script>alert(1)", "a"),
            ("<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)"),
            ("<style>body{display:none}</style>x", "x"),
            ("<p style=\"position:fixed\" class=\"cell\" id=\"cell-a\" onclick=\"x()\" data-x=\"1\">t</p>", "<p>t</p>"),
            ("<p name=\"a\" autofocus tabindex=\"1\" contenteditable role=\"alert\">t</p>", "<p>t</p>"),
            ("<form action=\"https://a.b\"><input name=\"x\"><button>go</button></form>t", "t"),
            ("<iframe src=\"https://a.b\">x</iframe>t", "t"),
            ("<object data=\"x\">x</object><embed src=\"x\">t", "t"),
            ("<svg><script>alert(1)</script><text>x</text></svg>t", "t"),
            ("<math><mi>x</mi></math>t", "t"),
            (
                "<base href=\"https://a.b\"><meta http-equiv=\"refresh\" content=\"0\"><link rel=\"stylesheet\" href=\"x\">t",
                "t",
            ),
            ("<!doctype html><html><head><title>T</title></head><body onload=\"x()\"><h1>H</h1></body></html>", "H"),
            ("<!-- a --><p>t<!--> <img src=x onerror=alert(1)>", "<p>t <img></p>"),
            ("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<img>\"&gt;"),
            ("<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">", "<p></p><img>\"&gt;"),
        ] {
            assert_eq!(cleaned(text), clean, "{text}");
        }
    }

    #[test]
    fn the_frame_cannot_be_left() {
        for (text, clean) in [
            ("</div></figure></main><p>t", "<p>t</p>"),
            ("<div><b>t", "<div><b>t</b></div>"),
            ("<table><tr><td>t", "<table><tbody><tr><td>t</td></tr></tbody></table>"),
            ("</samp></code></pre>t<", "t&lt;"),
            ("<td>t</td>", "t"),
            ("<a title='\">", ""),
        ] {
            assert_eq!(cleaned(text), clean, "{text}");
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_an_error() {
        let deep = Err("this HTML is nested more than 500 deep".to_owned());
        for tag in ["<div>", "<B >", "<table>", "<ul><li>", "<div></span>", "<div><p></p>", "<svg><g/>", "<a<", "<x-y>"]
        {
            assert_eq!(html(&tag.repeat(50_000), "plot", false), deep, "{tag}");
        }
        for tag in
            ["<p>", "<td>", "<div></DIV>", "<br/>", "<tr><td>", "<div><b></div>", "<!-- a -->", "a < b", "<", "</b>"]
        {
            let html = html(&tag.repeat(50_000), "plot", false);
            assert!(html.is_ok(), "{tag}");
        }
        assert!(cleaned(&("<div>".repeat(400) + "t")).contains("<div>t</div>"));
    }

    #[test]
    fn trusted_html_stays_as_it_is() {
        let text = "<script>plot()</script><p style=\"color:red\">t</p>";
        assert!(html(text, "plot", true).unwrap().contains(text));
    }
}
