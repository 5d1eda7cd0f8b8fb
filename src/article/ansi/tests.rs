use super::*;

const MESSAGE: &str = include_str!("testdata/E0382.ansi");

/// Terminal output as plain text: what [`to_html`] shows, without colours and links.
fn to_plain(text: &str) -> String {
    if !needs_terminal(text) {
        return text.to_owned();
    }
    let screen = played(text);
    let rows: Vec<String> = screen.rows().iter().map(|row| text_of(row.shown())).collect();
    rows.join("\n")
}

#[test]
fn a_message_of_rustc_keeps_its_colours() {
    assert_eq!(to_html(MESSAGE), include_str!("testdata/E0382.html"));
}

#[test]
fn a_message_of_rustc_reads_the_same_without_them() {
    assert_eq!(to_plain(MESSAGE), include_str!("testdata/E0382.txt"));
}

#[test]
fn text_without_controls_is_only_escaped() {
    for (text, html) in [("", ""), ("a < b\n\tc\n", "a &lt; b\n\tc\n"), ("ünï\n\n🦀", "ünï\n\n🦀")] {
        assert_eq!(to_html(text), html);
        assert_eq!(to_plain(text), text);
    }
}

#[test]
fn styles_become_classes() {
    for (text, html) in [
        ("\x1b[31mred\x1b[0m off", r#"<span class="a1">red</span> off"#),
        (
            "\x1b[1;91mboth\x1b[22m one\x1b[39m none",
            r#"<span class="a9 ab">both</span><span class="a9"> one</span> none"#,
        ),
        ("\x1b[38;5;208morange", r#"<span class="a9">orange</span>"#),
        ("\x1b[38;2;0;0;200mblue", r#"<span class="a4">blue</span>"#),
        ("\x1b[38:2::0:200:0mgreen \x1b[38:5:6mcyan", r#"<span class="a2">green </span><span class="a6">cyan</span>"#),
        ("\x1b[2mdim \x1b[32mgreen", r#"<span class="ad">dim </span><span class="a2">green</span>"#),
        ("\x1b[3;4;9mall\x1b[23;24;29m", r#"<span class="ai au as">all</span>"#),
        ("\x1b[4:3mcurly\x1b[4:0m not", r#"<span class="au">curly</span> not"#),
        ("\x1b[37;41malarm", r#"<span class="g1">alarm</span>"#),
        ("\x1b[7mreverse\x1b[27m \x1b[7;32mgreen", r#"<span class="ar">reverse</span> <span class="g2">green</span>"#),
        ("\x1b[58;5;1munderline's colour", "underline's colour"),
        ("\x1b[31m\x1b[31ma\x1b[0m\x1b[31mb", r#"<span class="a1">ab</span>"#),
        ("\x1b[999;1mb", r#"<span class="ab">b</span>"#),
    ] {
        assert_eq!(to_html(text), html, "{text:?}");
    }
}

#[test]
fn no_element_crosses_the_end_of_a_line() {
    assert_eq!(
        to_html("\x1b[31mone\ntwo\n\n\x1b]8;;https://a.b\x07thr\nee"),
        "<span class=\"a1\">one</span>\n<span class=\"a1\">two</span>\n\n<a href=\"https://a.b\"><span class=\"a1\">thr</span></a>\n\
         <a href=\"https://a.b\"><span class=\"a1\">ee</span></a>"
    );
}

#[test]
fn what_was_printed_last_is_shown() {
    for (name, text, plain) in [
        ("progress", "10 %\r50 %\r100 %\n", "100 %\n"),
        ("a shorter text over a longer one", "loading\rdone", "doneing"),
        ("wiped out by blanks", "loading\r       \rok\n", "ok\n"),
        ("erased to the end", "loading\r\x1b[Kok\n", "ok\n"),
        ("erased at all", "load\x1b[2K\rok", "ok"),
        ("erased to the beginning", "abcdef\x1b[3D\x1b[1K", "    ef"),
        ("CRLF", "a\r\nb\r\n", "a\nb\n"),
        ("backspace", "ab\x08c\x08\x08\x08\x08d", "dc"),
        ("spinner", "|\x08/\x08-\x08 \x08done", "done"),
        ("cursor up", "one: 0\ntwo: 0\n\x1b[2A\x1b[Kone: 1\n\x1b[1B", "one: 1\ntwo: 0\n"),
        ("previous and next line", "a\nb\nc\x1b[2FA\x1b[1EB", "A\nB\nc"),
        ("column", "abc\x1b[1GX\x1b[5GY", "Xbc Y"),
        ("position", "\x1b[2;3Hx\x1b[1;1Hy", "y\n  x"),
        ("save and restore", "a\x1b7bc\x1b8X\x1b[s..\x1b[uY", "aXY."),
        ("cleared", "old\nolder\x1b[2J\x1b[Hnew", "new"),
        ("row", "a\nb\nc\x1b[1dA", "aA\nb\nc"),
        ("characters erased", "abcdef\x1b[4D\x1b[2X", "ab  ef"),
        ("characters erased to the end", "abcdef\x1b[3G\x1b[99X", "ab"),
        ("index, next line, reverse index", "a\x1bDb\x1bEc\x1bM\x1bMd", "ad\n b\nc"),
        ("reset", "old\nolder\x1bcnew", "new"),
        ("cleared above", "a\nb\ncde\x1b[2D\x1b[1J", "\n\n  e"),
        ("cleared below", "a\nb\nc\x1b[2A\r\x1b[Jd", "d"),
        ("blanks that were printed", "a  \nb", "a  \nb"),
    ] {
        assert_eq!(to_plain(text), plain, "{name}");
        assert_eq!(to_html(text), plain, "{name}");
    }
}

#[test]
fn a_link_is_kept_if_it_is_https() {
    let link = |target: &str| to_html(&format!("\x1b]8;id=1;{target}\x1b\\E0382\x1b]8;;\x1b\\."));
    assert_eq!(link("https://a.b/?x=1&y;z"), r#"<a href="https://a.b/?x=1&amp;y;z">E0382</a>."#);
    for target in
        ["http://a.b", "javascript:alert(1)", "https://a.b/\" onclick=\"x", "https://a b", "https://ä", "https:", ""]
    {
        assert_eq!(link(target), "E0382.", "{target}");
    }
}

#[test]
fn what_a_page_has_no_use_for_is_dropped() {
    let attack =
        "\x1b]52;c;cHduZWQ=\x07\x1b[2J\x1b]0;owned\x07\x1b[31mred\0\u{202e}rtl </code><script>alert(1)</script>";
    assert_eq!(
        to_html(attack),
        "<span class=\"a1\">red\u{fffd}rtl &lt;/code&gt;&lt;script&gt;alert(1)&lt;/script&gt;</span>"
    );
    assert_eq!(to_plain("\x1b[?25l\x1b[?1049h\x07a\x0b\x0c\x1bPq#0;1\x1b\\b\x1b(B\x1b[6nc\x1b[?2004h"), "abc");
}

#[test]
fn an_unfinished_sequence_ends_with_the_text() {
    for text in ["a\x1b", "a\x1b[", "a\x1b[31", "a\x1b]8;;https://a.b", "a\x1bP"] {
        assert_eq!(to_plain(text), "a", "{text:?}");
    }
}

#[test]
fn a_few_orders_do_not_make_a_large_page() {
    for order in [
        "\x1b[65535C.\n",
        "\x1b[65535;65535H.",
        "\x1b[65535B.",
        "\x1b[99999999G.\n",
        "\x1b[1K\x1b[9G",
        "\x1b[2J.",
        "\x1b[65535d.",
        "\x1bD.",
        ".\n\x1b[1J",
        "\x1b[9X.",
        "\x1bc.",
    ] {
        let text = order.repeat(20_000);
        assert!(to_html(&text).len() < text.len() + 200_000, "{order:?}");
    }
}

#[test]
fn orders_to_a_terminal_never_reach_the_page() {
    for (name, text, plain) in [
        ("title", "a\x1b]2;title\x07b", "ab"),
        ("working folder", "a\x1b]7;file://host/home/me\x1b\\b", "ab"),
        ("clipboard", "a\x1b]52;c;cHduZWQ=\x1b\\b", "ab"),
        ("prompt mark", "\x1b]133;A\x07$ \x1b]133;B\x07ls", "$ ls"),
        ("device control", "a\x1bP+q544e\x1b\\b", "ab"),
        ("application program", "a\x1b_Gf=24;AAAA\x1b\\b", "ab"),
        ("privacy message", "a\x1b^secret\x1b\\b", "ab"),
        ("start of string", "a\x1bXsecret\x1b\\b", "ab"),
        ("a C1 control string in UTF-8 is not obeyed", "\u{9b}31ma\u{9d}0;t\x07", "\u{fffd}31ma\u{fffd}0;t"),
        ("C1 alone", "a\u{85}b", "a\u{fffd}b"),
        (
            "bidirectional overrides and isolates",
            "\r\u{202a}a\u{202e}b\u{2066}c\u{2069}",
            "\u{fffd}a\u{fffd}b\u{fffd}c\u{fffd}",
        ),
    ] {
        assert_eq!(to_html(text), plain, "{name}");
    }
}
