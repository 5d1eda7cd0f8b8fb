//! What stands in the place of an image for those who do not see it: every image needs a text, if only an empty one.

use super::destination::{Destination, is_template};
use crate::source::{Code, Diagnostic, Diagnostics, Span};

/// What is wrong with the alternative text of an image that leads to `url` and stands at `place`.
pub(super) fn of_image(url: &str, alt: &str, place: &Span) -> Diagnostics {
    let alt = alt.trim();
    let path = Destination::new(url).path;
    let name = path.rsplit('/').next().unwrap_or(path);
    // A destination with blanks stands between angle brackets.
    let written = if url.contains(' ') { format!("<{url}>") } else { url.to_owned() };
    let help = format!(
        "write `![what it shows]({written})`, or `<img src=\"{url}\" alt=\"\">` if it is there for decoration only"
    );
    let warning = if alt.is_empty() {
        missing(place)
    } else if name.contains('.') && alt.eq_ignore_ascii_case(name) {
        Diagnostic::warning(Code::NoAlternativeText, "the alternative text of this image is the name of its file")
            .at(place.clone(), "tells nothing to those who do not see it")
    } else {
        return Diagnostics::default();
    };
    warning.help(help).into()
}

/// What is wrong with those of elements `img` in raw HTML, which stands at `place`. `comment` tells whether a comment is open
/// before it, and then whether one is behind it. Those of templates are another's to judge.
pub(super) fn of_html(html: &str, place: &Span, comment: &mut bool) -> Diagnostics {
    let mut found = Diagnostics::default();
    let mut at = 0;
    while let Some(next) = html[at..].find(if *comment { "-->" } else { "<" }) {
        at += next;
        if *comment || html[at..].starts_with("<!--") {
            *comment = !*comment;
            at += if *comment { "<!--".len() } else { "-->".len() };
            continue;
        }
        if let Some(tag) = tag(&html[at + 1..], "img").filter(|tag| !is_template(tag) && !has_attribute(tag, "alt")) {
            let help = "add `alt=\"what it shows\"`, or `alt=\"\"` if it is there for decoration only";
            found.push(missing(&part(place, html, at, tag.len() + 2)).help(help));
        }
        at += 1;
    }
    found
}

fn missing(place: &Span) -> Diagnostic {
    Diagnostic::warning(Code::NoAlternativeText, "this image has no alternative text")
        .at(place.clone(), "is nothing to those who do not see it")
}

/// A part of some HTML in the source; all of it where the source reads otherwise.
fn part(place: &Span, html: &str, at: usize, length: usize) -> Span {
    if place.text().starts_with(html) { place.part(at..at + length) } else { place.clone() }
}

/// What stands between a `<` and the `>` of its tag, if it is an element of that name. Another `<` in it is a slip of the pen.
fn tag<'h>(text: &'h str, name: &str) -> Option<&'h str> {
    let is_named = text.get(..name.len())?.eq_ignore_ascii_case(name)
        && text[name.len()..].starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'));
    if !is_named {
        return None;
    }
    let mut quote = None;
    let end = text.char_indices().find(|&(_, c)| match quote {
        Some(open) => {
            quote = quote.filter(|_| c != open);
            false
        }
        None => {
            quote = Some(c).filter(|c| matches!(c, '"' | '\''));
            matches!(c, '<' | '>')
        }
    });
    end.filter(|(_, c)| *c == '>').map(|(end, _)| &text[..end])
}

/// Whether a tag has an attribute, with a value or without.
fn has_attribute(tag: &str, name: &str) -> bool {
    let mut quote = None;
    let mut bare = String::new();
    for c in tag.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => bare.push(c.to_ascii_lowercase()),
        }
    }
    bare.split(|c: char| c.is_whitespace() || c == '=').any(|word| word.trim_end_matches('/') == name)
}

#[cfg(test)]
mod tests {
    use crate::markdown::{parse, tests::post};
    use crate::source::{Code, Diagnostic, Diagnostics};

    #[test]
    fn an_image_needs_an_alternative_text() {
        let missing = "warning[E209]: this image has no alternative text";
        let name = "warning[E209]: the alternative text of this image is the name of its file";
        let of_html = "add `alt=\"what it shows\"`, or `alt=\"\"` if it is there for decoration only";
        for (markdown, place, said, help) in [
            (
                "a ![](b.png \"t\")",
                "1:3",
                missing,
                "write `![what it shows](b.png)`, or `<img src=\"b.png\" alt=\"\">` if it is there for decoration only",
            ),
            (
                "![ ](<https://a.example/b c.png>)",
                "1:1",
                missing,
                "write `![what it shows](<https://a.example/b c.png>)`, or `<img src=\"https://a.example/b c.png\" alt=\"\">` \
                 if it is there for decoration only",
            ),
            (
                "[![Turns.svg](x/turns.svg?v=1)](https://a.example)",
                "1:2",
                name,
                "write `![what it shows](x/turns.svg?v=1)`, or `<img src=\"x/turns.svg?v=1\" alt=\"\">` if it is there for \
                 decoration only",
            ),
            ("a <img src=\"b.png\" title='alt='>", "1:3", missing, of_html),
            ("<p>\n<IMG src=a/alt>\n</p>", "2:1", missing, of_html),
            ("> <div><img src=\"a>b\"/></div>", "1:8", missing, of_html),
            ("<div>\n<!-- a -->\n<img src=x></div>", "3:1", missing, of_html),
        ] {
            let mut found = Diagnostics::default();
            parse(&post("content/a.md", markdown), &mut found);
            let found: Vec<_> = found.iter().map(|it| (it.to_string(), it.remedy().unwrap())).collect();
            assert_eq!(found, [(format!("content/a.md:{place}: {said}"), help)], "{markdown}");
        }
    }

    #[test]
    fn these_images_have_one() {
        for markdown in [
            "![a *b*](c.png)",
            "![`x`](c.png)",
            "![$x$](c.png)",
            "![](cell:a.chart)",
            "<img alt src=x>",
            "<img src=\"a\" ALT=''/>",
            "<img src='{{ x }}'>",
            "<imgs> `<img>` <!-- <img> -->",
            "<div>\n<!--\n<img src=x>\n-->\n</div>",
            "    <img>",
        ] {
            let mut found = Diagnostics::default();
            parse(&post("content/a.md", markdown), &mut found);
            let mut codes = found.iter().map(Diagnostic::code);
            assert!(codes.all(|code| code != Code::NoAlternativeText), "{markdown}: {found:?}");
        }
    }
}
