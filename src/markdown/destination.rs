use std::borrow::Cow;
use std::ops::Range;

use percent_encoding::percent_decode_str;
use pulldown_cmark::{LinkType, Tag};

use crate::source::Span;

/// Where a link leads within the site, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Destination<'a> {
    /// The path as written; empty for a link within the page.
    pub(super) path: &'a str,
    /// `?` and what follows it, or nothing.
    pub(super) query: &'a str,
    /// What follows `#`.
    pub(super) fragment: Option<&'a str>,
}

impl<'a> Destination<'a> {
    pub(super) fn new(written: &'a str) -> Self {
        let (rest, fragment) = match written.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (written, None),
        };
        let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        Destination { path, query, fragment }
    }

    /// The path without percent-encoding.
    pub(super) fn decoded_path(&self) -> Cow<'a, str> {
        decode(self.path)
    }

    /// Query and fragment, as they follow the address of a page.
    pub(super) fn tail(&self) -> String {
        let fragment = self.fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
        format!("{}{fragment}", self.query)
    }
}

/// Decodes `%20` and the like, unless that gives no text.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

/// Whether a URL is to be looked up in the site: it has no scheme, names no host, and holds no template
/// language of another generator.
pub(super) fn is_local(written: &str) -> bool {
    let scheme = written.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    !written.is_empty() && !scheme && !written.starts_with("//") && !is_template(written)
}

/// Whether a text holds template language of another generator.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// The link or image that an element is.
pub(super) struct Link<'a> {
    /// How it is written.
    pub(super) kind: LinkType,
    /// Where it leads.
    pub(super) url: &'a str,
    /// The label of its definition, if it has one.
    pub(super) label: &'a str,
}

impl<'a> Link<'a> {
    /// The link or image, if the element is one.
    pub(super) fn of(tag: &'a Tag<'_>) -> Option<Self> {
        match tag {
            Tag::Link { link_type, dest_url, id, .. } | Tag::Image { link_type, dest_url, id, .. } => {
                Some(Link { kind: *link_type, url: dest_url, label: id })
            }
            _ => None,
        }
    }

    /// Whether its target is to be looked up in the site.
    pub(super) fn is_local(&self) -> bool {
        self.kind != LinkType::Email && is_local(self.url)
    }

    /// Where its target is written, as precisely as can be told: the destination in an inline link or in the definition
    /// of a reference, else the whole link, which stands at `range` of the body.
    pub(super) fn place(&self, body: &Span, range: Range<usize>, definition: Option<Range<usize>>) -> Span {
        let (within, opening) = match definition {
            Some(definition) => (definition, "]:"),
            None => (range.clone(), "]("),
        };
        let text = &body.text()[within.clone()];
        let from = text.rfind(opening).map_or(0, |at| at + opening.len());
        match text[from..].find(self.url) {
            Some(at) => body.part(within.start + from + at..within.start + from + at + self.url.len()),
            None => body.part(range),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_up_in_the_site() {
        for written in ["other.md", "../x/#part", "/posts/x.md", "@/x.md", "#part", "a/b:c", "?q", "pic.png"] {
            assert!(is_local(written), "{written}");
        }
        for written in [
            "https://a.example",
            "mailto:a@b.example",
            "cell:spin.wall",
            "//a.example/x",
            "",
            "{{site.url}}/x",
            "data:,x",
        ] {
            assert!(!is_local(written), "{written}");
        }
    }

    #[test]
    fn the_parts_of_a_destination() {
        let destination = Destination::new("a%20b.md?q=1#part");
        assert_eq!(destination, Destination { path: "a%20b.md", query: "?q=1", fragment: Some("part") });
        assert_eq!((&*destination.decoded_path(), destination.tail().as_str()), ("a b.md", "?q=1#part"));
        assert_eq!(Destination::new("%ff").decoded_path(), "%ff");
    }
}
