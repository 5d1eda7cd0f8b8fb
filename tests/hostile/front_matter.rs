//! Front matter that is too much, broken, or hides that a post is a draft.

use super::{Attack, Built, End, Refused, SECRET, attack, lines, try_all};

fn toml(name: &str, front_matter: impl std::fmt::Display, end: End) -> Attack {
    attack(name, "content/x.md", format!("+++\n{front_matter}\n+++\nHello.\n"), end)
}

fn yaml(name: &str, front_matter: impl std::fmt::Display, end: End) -> Attack {
    attack(name, "content/x.md", format!("---\n{front_matter}\n---\nHello.\n"), end)
}

#[test]
fn front_matter_that_is_too_much_is_refused_at_once() {
    let laughs: String =
        "bcdefghij".chars().zip("abcdefghi".chars()).map(|(to, from)| line_of_laughs(to, from)).collect();
    let deep: String = lines(3_000, |depth| format!("{}a:", " ".repeat(depth)));
    let steps: String = lines(300, |depth| format!("{}a:", " ".repeat(depth)));
    try_all(vec![
        yaml(
            "aliases of aliases",
            format!("a: &a [lol,lol,lol]\n{laughs}title: x"),
            Refused("aliases repeat too much"),
        ),
        yaml("an alias of itself", "a: &a [*a]", Refused("aliases repeat too much")),
        yaml("100,000 nested lists", format!("title: {}", "[".repeat(100_000)), Refused("more than 64 KiB")),
        yaml("30,000 nested lists", format!("title: {}", "[".repeat(30_000)), Refused("too many lists or tables")),
        yaml("1,500 nested tables", format!("a: {}", "{a: ".repeat(1_500)), Refused("too many lists or tables")),
        yaml("3,000 nested blocks", deep, Refused("more than 64 KiB")),
        yaml("300 nested blocks", steps, Refused("too many lists or tables")),
        yaml("20,000 dashes", "- ".repeat(20_000), Built),
        yaml("20,000 question marks", "? ".repeat(20_000), Built),
        yaml("3,000 anchors", lines(3_000, |n| format!("a{n}: &a{n} x")), Built),
        yaml("a type of Python's", "a: !!python/object/apply:os.system [\"touch ../pwned\"]", Built),
        yaml("a merge key", "d: &d {draft: true}\n<<: *d", Refused("a merge key")),
        toml("100,000 nested lists", format!("a = {}", "[".repeat(100_000)), Refused("more than 64 KiB")),
        toml("10,000 nested tables", format!("a = {}", "{a=".repeat(10_000)), Refused("this is not TOML")),
        toml("20,000 dots", format!("{} = 1", vec!["a"; 20_000].join(".")), Refused("this is not TOML")),
        toml("a megabyte of title", format!("title = \"{}\"", "x".repeat(1 << 20)), Refused("more than 64 KiB")),
        toml("60,000 characters of title", format!("title = \"{}\"", "x".repeat(60_000)), Built),
        toml("5,000 keys", lines(5_000, |n| format!("k{n} = 1")), Built),
        toml("500 tags", format!("tags = {:?}", (0..500).map(|n| format!("t{n}")).collect::<Vec<_>>()), Built),
        toml(
            "1,000 aliases",
            format!("aliases = {:?}", (0..1_000).map(|n| format!("/a{n}")).collect::<Vec<_>>()),
            Built,
        ),
        attack("never closed", "content/x.md", format!("+++\n{}", "a = 1\n".repeat(200_000)), Refused("not closed")),
        attack("nothing but fences", "content/x.md", "---\n".repeat(100_000), Built),
    ]);
}

fn line_of_laughs(to: char, from: char) -> String {
    format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 9].join(","))
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_line() {
    try_all(vec![
        attack(
            "no UTF-8 in a title",
            "content/x.md",
            b"---\ntitle: \xff\xfe\n---\nx \xc3(\n",
            Refused("content/x.md:2"),
        ),
        attack(
            "no UTF-8 in a text",
            "content/x.md",
            b"+++\ntitle = \"x\"\n+++\n\nx \xc3(\n",
            Refused("content/x.md:5"),
        ),
        attack("no UTF-8 in the settings", "blog.toml", b"title = \"\xff\"\n", Refused("blog.toml:1")),
        attack("no UTF-8 in a template", "templates/post.html", b"\n\xff\n", Refused("templates/post.html:2")),
        attack("UTF-16", "content/x.md", b"\xff\xfe-\0-\0-\0\n\0", Refused("not UTF-8")),
        attack("every byte", "content/x.md", (0..=255).cycle().take(25_600).collect::<Vec<u8>>(), Refused("not UTF-8")),
        toml("NUL", "title = \"a\0b\"", Refused("this is not TOML")),
        yaml("NUL", "title: a\0b", Refused("control character")),
        toml("escaped NUL and others", r#"title = "\u0000\u001b[31m\u202e\uFFFF""#, Built),
        attack("NUL in a text", "content/x.md", "a\0b\n\n`\0`\n\n```\n\0\n```\n", Built),
    ]);
}

#[test]
fn a_draft_is_never_published_however_that_is_written() {
    let fields = [
        "draft: true",
        "draft: yes",
        "draft: on",
        "draft: \"true\"",
        "draft: 'yes'",
        "Draft: True",
        "DRAFT: TRUE",
        "draft : true",
        "\"draft\": true",
        "draft: !!bool true",
        "draft:\n  true",
        " draft: true",
        "draft: &a true",
        "draft: true # not yet",
        "draft: |\n  true",
        "{draft: true}",
        "{\"draft\": true}",
        "published: false",
        "published: no",
        "draft: 1",
        "draft: y",
        "draft: [true]",
        "date: 2999-01-01",
        "publishDate: 2999-01-01",
        "expiryDate: 2001-01-01",
    ];
    let mut posts: Vec<String> = fields.iter().map(|field| format!("---\n{field}\n---\n")).collect();
    let fields = [
        "draft = true",
        "draft=\"true\"",
        "Draft\t=\ttrue",
        "\"draft\" = true",
        "draft = 1",
        "draft.x = true",
        "published = false",
    ];
    posts.extend(fields.iter().map(|field| format!("+++\n{field}\n+++\n")));
    posts.extend(
        [
            "\u{feff}---\r\ntitle: x\r\ndraft: true\r\n---\r\n",
            "---\rdraft: true\r---\r",
            "\n  \n---\ndraft: true\n---\n",
            "---  \ndraft: true\n---\t\n",
            "\u{feff}+++\ndraft = true\n+++ \n",
            "---\ndraft: true\n...\n",
            "---\ndraft: true\n",
            "+++\ndraft = true\n---\n",
        ]
        .map(str::to_owned),
    );
    let folders = ["content/x.md", "content/x/index.md"];
    let attacks = posts.iter().enumerate().map(|(number, post)| {
        let refused =
            ["draft: 1", "draft: y\n", "draft: [", "draft = 1", "draft.x"].iter().any(|part| post.contains(part));
        let unclosed = post == "---\ndraft: true\n" || post.ends_with("+++\ndraft = true\n---\n");
        let end = if refused {
            Refused("expected `true` or `false`")
        } else if unclosed {
            Refused("not closed")
        } else {
            Built
        };
        attack(post, folders[number % 2], format!("{post}{SECRET}\n"), end)
    });
    try_all(attacks.collect());
}

#[test]
fn every_key_bears_every_kind_of_value() {
    let keys = [
        "title",
        "date",
        "updated",
        "draft",
        "tags",
        "categories",
        "description",
        "slug",
        "url",
        "aliases",
        "weight",
        "layout",
        "authors",
        "series",
        "cells",
        "extra",
        "summary",
        "published",
        "expiryDate",
        "publishDate",
    ];
    let values = [
        "[[]]",
        "{a={b=[1]}}",
        "[{},[],1]",
        "9223372036854775807",
        "-9223372036854775808",
        "1.8e308",
        "inf",
        "\"\"",
        "\"\\u0000\"",
        "false",
        "1979-05-27",
        "9999-12-31T23:59:59+14:00",
        "0000-01-01",
        "00:32:00",
        "\"../../x\"",
        "0xfffffffffffffffff",
    ];
    for key in keys {
        // All of them in one site: the errors of one post keep no other from being read.
        let site = super::Site::new(&[]);
        for (number, value) in values.iter().enumerate() {
            site.write(&format!("content/post-{number}.md"), format!("+++\n{key} = {value}\n+++\nHello.\n"));
        }
        let (_, wrong) = super::build_watched(&site);
        assert_eq!(wrong, [""; 0], "{key}");
    }
}
