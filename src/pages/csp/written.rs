use std::collections::BTreeMap;

use super::Blocked;
use super::found::Found;
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
                    for thing in handlers.into_iter().chain(loaded) {
                        let place = within(&html, &thing.what).unwrap_or_else(|| html.clone());
                        written.places.entry(thing).or_insert(place);
                    }
                }
                Embed::Code(code) => written.code.push(code),
            }
        }
        written
    }

    pub(super) fn place(&self, thing: &Blocked) -> Option<Span> {
        self.places.get(thing).cloned().or_else(|| self.code.iter().find_map(|code| within(code, &thing.what)))
    }
}

/// Where something first stands in a part of a post, with its ampersands as they are or escaped.
fn within(part: &Span, what: &str) -> Option<Span> {
    let escaped = what.replace('&', "&amp;");
    [what, &escaped].into_iter().find_map(|it| part.text().find(it).map(|at| part.part(at..at + it.len())))
}
