use super::*;
use crate::memo::Memo;

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 3 4\"><script>alert(1)</script></svg>";

fn drawn(mime: &str, data: &[u8]) -> Result<Drawn, String> {
    let memo = Memo::default();
    let setting = Setting { id: "plot", alt: "A line", file: "a/plot-1", trusted: false, open: 3 };
    draw(mime, data, &setting, &Highlighter::new(&memo))
}

fn html_of(mime: &str, data: &str) -> String {
    let Drawn { html, file } = drawn(mime, data.as_bytes()).unwrap();
    assert_eq!(file, None, "{mime}");
    html
}

#[test]
fn the_media_type_decides_how_data_is_shown() {
    for (mime, data, part) in [
        ("text/plain", "\x1b[31mred\x1b[0m <b>\n", "<samp><span class=\"a1\">red</span> &lt;b&gt;\n</samp>"),
        (
            "text/html",
            "<b>x</b><script>",
            "<div class=\"rich\" role=\"group\" tabindex=\"0\" aria-label=\"Output of plot\">\n<b>x</b>\n",
        ),
        ("Text/HTML; charset=utf-8", "<i>x</i>", "\n<i>x</i>\n"),
        ("text/csv", "a\n1\n", "aria-label=\"Table of plot\""),
        (
            "application/json",
            "{\"a\":1}",
            "<pre class=\"out\" role=\"group\" aria-label=\"Output of plot\"><samp>{\n  ",
        ),
    ] {
        let html = html_of(mime, data);
        assert!(html.contains(part), "{mime}: {html}");
    }
}

#[test]
fn a_picture_is_a_file_beside_the_page() {
    let Drawn { html, file } = drawn("image/svg+xml", SVG.as_bytes()).unwrap();
    assert_eq!(file.as_deref(), Some("a/plot-1.svg"));
    assert_eq!(
        html,
        "<div class=\"rich\"><img src=\"a/plot-1.svg\" alt=\"A line\" width=\"3\" height=\"4\" loading=\"lazy\" decoding=\"async\"></div>\n"
    );
}

#[test]
fn json_is_highlighted_and_folded_line_by_line() {
    let html = html_of("application/json", r#"{"a":"<b>","b":[1,2,3]}"#);
    let (open, more) = html.split_once("<details class=\"more\"><summary>5 more lines</summary>").unwrap();
    assert!(open.contains("&lt;b&gt;") && !open.contains("<b>"), "{open}");
    assert!(more.contains("<span class=\"n\">3</span>"), "{more}");
    assert_eq!(html.matches("<span").count(), html.matches("</span>").count());
}

#[test]
fn an_unknown_type_is_an_error_that_lists_the_known_ones() {
    let known = "`text/plain`, `text/html`, `text/csv`, `application/json`, `image/svg+xml`, `image/png`, `image/jpeg`, \
        `image/webp`, `image/gif`";
    for mime in ["text/markdown", "image/svg", "", "text/html,text/csv", "text/\u{1b}html"] {
        let why = format!("a cell cannot show `{}`; it can show {known}", mime.escape_debug());
        assert_eq!(drawn(mime, b"x"), Err(why));
    }
}

#[test]
fn data_that_is_not_of_its_type_is_an_error() {
    for (mime, data, why) in [
        ("image/png", SVG.as_bytes(), "this is not a PNG image, or only the beginning of one"),
        ("image/svg+xml", b"\x89PNG\r\n\x1a\n", "this SVG is not UTF-8 text"),
        ("text/plain", b"\xff", "this is not UTF-8 text"),
        ("text/html", b"\xff", "this is not UTF-8 text"),
        ("text/csv", b"", "this CSV has no row"),
        ("application/json", b"{", "this is not JSON: EOF while parsing an object at line 1 column 1"),
        ("text/html", &vec![b' '; LARGEST_TEXT + 1], "this is more than 1 MiB of text, too much for a page"),
    ] {
        assert_eq!(drawn(mime, data), Err(why.to_owned()), "{mime}");
    }
}
