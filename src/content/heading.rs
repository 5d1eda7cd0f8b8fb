//! The heading that gives a post its title.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// The first heading of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FirstHeading {
    /// Its text without markup.
    pub text: String,
    /// Where the Markdown behind it begins, if it is of the first level and opens the body: then it is the title's own
    /// line and no part of the text.
    pub rest_at: Option<usize>,
}

/// Finds the first heading that is not empty.
pub(super) fn first_heading(body: &str) -> Option<FirstHeading> {
    let options = Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_MATH;
    let mut events = Parser::new_ext(body, options).into_offset_iter().enumerate();
    loop {
        let (at, (event, range)) = events.next()?;
        let Event::Start(Tag::Heading { level, .. }) = event else { continue };
        let inner = events.by_ref().map(|(_, (event, _))| event);
        let text = plain_text(inner.take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_)))));
        if !text.is_empty() {
            let opens = at == 0 && level == HeadingLevel::H1;
            return Some(FirstHeading { text, rest_at: opens.then_some(range.end) });
        }
    }
}

fn plain_text<'a>(events: impl Iterator<Item = Event<'a>>) -> String {
    let mut plain = String::new();
    for event in events {
        match event {
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                plain.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            _ => {}
        }
    }
    plain.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_heading_is_found_without_its_markup() {
        for (body, text, rest) in [
            ("# Title\n\nHello.\n", "Title", Some("\nHello.\n")),
            (
                "\n\n# The *real* `cost` of [a](b) <b>lock</b>[^1] #\n[^1]: x",
                "The real cost of a lock",
                Some("[^1]: x"),
            ),
            ("Two\nlines\n=====\nx", "Two lines", Some("x")),
            ("# Title {#anchor}\n", "Title", Some("")),
            ("## Second\nx", "Second", None),
            ("Hello.\n\n# Later\n", "Later", None),
            ("```sh\n# comment\n```\n# Later\n", "Later", None),
            ("    # code\n\n# Later\n", "Later", None),
            ("<!-- # no -->\n\n# Later\n", "Later", None),
            ("# \n\n# Later\n", "Later", None),
            ("# A &amp; B\n", "A & B", Some("")),
        ] {
            let found = first_heading(body).unwrap();
            assert_eq!((found.text.as_str(), found.rest_at.map(|at| &body[at..])), (text, rest), "{body:?}");
        }
        assert_eq!(first_heading("Hello.\n"), None);
        assert_eq!(first_heading(""), None);
    }
}
