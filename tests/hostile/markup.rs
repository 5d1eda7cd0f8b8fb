//! Markdown that takes parsers long, or tries to become more than text.

use super::{Attack, Built, End, Refused, attack, lines, try_all};

fn text(name: &str, text: impl std::fmt::Display, end: End) -> Attack {
    attack(name, "content/x.md", format!("+++\ntitle = \"x\"\n+++\n{text}\n"), end)
}

#[test]
fn no_markdown_takes_long() {
    const MANY: usize = 100_000;
    let ticks: String = (1..1_000).map(|length| "`".repeat(length) + " ").collect();
    let notes = lines(5_000, |n| format!("[^{n}]: see [^{}]", (n + 1) % 5_000));
    let calls = lines(5_000, |n| format!("[^{n}]"));
    let definitions = lines(5_000, |n| format!("[a{n}]: https://a.example/{n}"));
    let uses = lines(5_000, |n| format!("[a{n}]"));
    let table = format!("|{}\n|{}\n{}", "a|".repeat(5_000), "-|".repeat(5_000), "|a\n".repeat(5_000));
    let mut attacks = vec![
        text("100,000 brackets", "[".repeat(MANY), Built),
        text("100,000 pairs of brackets", "[".repeat(MANY) + &"]".repeat(MANY), Built),
        text("nested lists", lines(1_000, |depth| "  ".repeat(depth) + "- x"), Built),
        text("nested quotations", lines(1_000, |depth| ">".repeat(depth) + " x"), Built),
        text("nested notes", lines(300, |depth| format!("{}[^{depth}]: x", "    ".repeat(depth))), Built),
        text("code spans of every length", ticks, Built),
        text("5,000 footnotes in a circle", format!("{calls}\n\n{notes}"), Built),
        text("5,000 definitions", format!("{definitions}\n{uses}"), Built),
        text(
            "a definition that is used often",
            format!("[a]: /{}\n\n{}", "x".repeat(50_000), "[a] ".repeat(20_000)),
            Built,
        ),
        text("a table that grows", table, Built),
        text("10,000 equal headings", "# a\n\n".repeat(10_000), Built),
        text("10,000 headings", lines(10_000, |n| format!("{} heading {n}\n", "#".repeat(1 + n % 6))), Built),
        text("attributes of a heading", format!("# a {{{}}}", "#a .b ".repeat(10_000)), Built),
        text("a long line", "x".repeat(1 << 20), Built),
        text("many lines", "x\n".repeat(MANY), Built),
        text("a formula in formulas", format!("${}1{}$", r"\frac{".repeat(5_000), "}{2}".repeat(5_000)), Built),
        text("a formula of itself", r"$\def\a{\a\a}\a$ $\newcommand{\b}{\b\b}\b$", Built),
        text(
            "control characters",
            (1..32_u8).map(char::from).chain("\u{7f}\u{202e}\u{feff}\u{ffff}".chars()).collect::<String>(),
            Built,
        ),
        text("references to no character", "&#0; &#xD800; &#x110000; &#99999999999;", Built),
    ];
    let repeated = [
        "[",
        "![",
        "[a](",
        "[](<",
        "> ",
        "- ",
        "1. ",
        "*a **a ",
        "_",
        "~~a ",
        "$",
        "$a ",
        "$$a ",
        "[^1] ",
        "[^a]: ",
        "http://",
        "www.a.",
        "http://a ",
        "a@",
        "<",
        "<a ",
        "<!-- ",
        "<![CDATA[",
        "<?",
        "<!A ",
        "<a href=\"",
        "<div>\n",
        "<img ",
        "<img src='x",
        "<img src=x>",
        "![](data:,x) ",
        "![a](data:,x \"b\")\n\n",
        "&",
        "&amp;",
        "\\",
        "> [!NOTE]\n",
        "- [ ] ",
        "<!-- more -->\n\n",
        "{{< x >}}",
        "{% raw %}",
        "\"",
        "**",
        "^a^ ",
        "[[a]] ",
        "`` ",
        "```\n",
        "|",
        "a|b\n-|-\n",
        ": ",
        " \\\n",
        "\r",
        "\u{301}",
        "{",
        "\t",
    ];
    attacks.extend(
        repeated.map(|part| text(&format!("{part:?} again and again"), part.repeat(MANY / part.len().max(2)), Built)),
    );
    try_all(attacks);
}

#[test]
fn no_code_takes_long_to_highlight() {
    let blocks = [
        ("rust", "("),
        ("rust", "fn a<"),
        ("rust", "\"\\"),
        ("rust", "/*"),
        ("rust", "r#\""),
        ("rust", "fn a() {\n"),
        ("rust", "'a"),
        ("python", "f\"{"),
        ("python", "'''"),
        ("sh", "$(("),
        ("sh", "<<E"),
        ("markdown", "["),
        ("html", "<a "),
        ("javascript", "/(a"),
        ("toml", "a = ["),
        ("yaml", "- "),
        ("json", "["),
        ("css", "a{"),
        ("console", "$ "),
        ("cpp", "template<"),
        ("none", "x"),
    ];
    let attack = |(language, part): (&str, &str)| {
        let code = part.repeat(30_000);
        text(&format!("{part:?} in {language}"), format!("```{language}\n{code}\n```"), Built)
    };
    try_all(blocks.into_iter().map(attack).collect());
}

#[test]
fn attributes_cannot_be_broken_out_of() {
    try_all(vec![
        text("the title of a link", r#"[a](https://a.example "\"><script>alert(1)</script>")"#, Built),
        text("the title of a picture", "![b](https://a.example/x.png '\" onerror=\"alert(1)')", Built),
        text("the text of a picture", "![\"><b onerror=\"alert(1)\">](https://a.example/x.png)", Built),
        text("an info string", "```rust\"><script>alert(1)</script>\nfn main(){}\n```", Built),
        text("attributes in an info string", "``` {.x onerror=\"alert(1)\" style=\"a\"}\nx\n```", Built),
        text("an info string of tildes", "~~~\" onerror=\"alert(1)\nx\n~~~", Built),
        text("a bare URL", "https://a.example/\"'onerror=\"alert(1)", Built),
        text("a formula", r"$\text{<script>alert(1)</script>}$ $<script>alert(1)</script>$", Built),
        text("code", "```html\n<script>alert(1)</script>\n```\n\n`<script>alert(1)</script>`", Built),
    ]);
}

#[test]
fn links_out_of_the_site_are_refused() {
    try_all(vec![
        text("to a file", "[a](../../../../etc/passwd)", Refused("is dead")),
        text("to an encoded file", "![c](%2e%2e/%2e%2e/etc/passwd)", Refused("is dead")),
        text(
            "with a line break",
            "[c](java&#10;script:alert(1))",
            Refused("error[E201]: the link `java␊script:alert(1)` is dead"),
        ),
    ]);
}
