use std::collections::{BTreeMap, HashMap};

use super::Blocked;
use super::found::Found;
use super::handlers::is_handler;
use crate::markdown::{Embed, embeds};
use crate::source::Span;

/// Where an author wrote what a page loads.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// In raw HTML and images.
    places: BTreeMap<Blocked, Span>,
    /// Blocks of code: what a cell shows may be written in its code.
    code: Vec<Span>,
}

impl Written {
    pub(super) fn in_post(body: &Span) -> Self {
        let mut written = Written::default();
        for embed in embeds(body) {
            match embed {
                Embed::Image(what, place) => {
                    written.places.entry(Blocked { directive: "img-src", what }).or_insert(place);
                }
                Embed::Html(html) => {
                    let Found { handlers, loaded, .. } = Found::in_page(html.text());
                    let words = words(html.text());
                    for thing in handlers.into_iter().chain(loaded) {
                        let at = words.get(thing.what.as_str()).map(|&at| html.part(at..at + thing.what.len()));
                        let place = at.or_else(|| within(&html, &thing.what)).unwrap_or_else(|| html.clone());
                        written.places.entry(thing).or_insert(place);
                    }
                }
                Embed::Code(code) => written.code.push(code),
            }
        }
        written
    }

    pub(super) fn place(&self, thing: &Blocked) -> Option<Span> {
        // The name of an attribute is in code of all kinds; a URL is written where it is meant.
        let code = if is_handler(&thing.what) { &[][..] } else { &self.code };
        self.places.get(thing).cloned().or_else(|| code.iter().find_map(|code| within(code, &thing.what)))
    }
}

/// What stands between blanks and quotes in raw HTML, such as the URLs of attributes, and where it first does: to look for each of
/// thousands of pictures from the beginning would take a while.
fn words(html: &str) -> HashMap<&str, usize> {
    let mut words = HashMap::new();
    let mut at = 0;
    for word in html.split([' ', '\n', '"', '\'']) {
        words.entry(word).or_insert(at);
        at += word.len() + 1;
    }
    words
}

/// Where something first stands in a part of a post, with its ampersands as they are or escaped.
fn within(part: &Span, what: &str) -> Option<Span> {
    let escaped = what.replace('&', "&amp;");
    [what, &escaped].into_iter().find_map(|it| part.text().find(it).map(|at| part.part(at..at + it.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SitePath, Source};

    #[test]
    fn words_of_html_are_known_by_their_first_place() {
        let html = "<p\tid='é'> <img\nalt='' src=\"//a/x\"> //a/x";
        let words = words(html);
        assert_eq!(words["//a/x"], html.find("//a/x").unwrap());
        assert_eq!(words["é"], html.find('é').unwrap());
    }

    #[test]
    fn what_a_template_does_is_not_blamed_on_code_that_only_looks_so() {
        let text = "```html\n<b onclick='x()'><img src='//a/x'>\n```\n\n<p ONLOAD='x()'>\n";
        let source = Source::new(SitePath::new("a.md").unwrap(), text);
        let written = Written::in_post(&source.span(0..text.len()));
        for (directive, what, place) in [
            ("script-src", "onclick", None),
            ("script-src", "onload", Some(5)),
            ("img-src", "//a/x", Some(2)),
            ("img-src", "//b/x", None),
        ] {
            let found = written.place(&Blocked { directive, what: what.to_owned() });
            assert_eq!(found.map(|span| span.line()), place, "{what}");
        }
    }
}
