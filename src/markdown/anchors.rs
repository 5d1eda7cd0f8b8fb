use std::collections::HashMap;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::characters::is_word;
use super::{Heading, Note, Piece, plain_text};

/// Gives every heading its anchor, by GitHub's algorithm unless its author gave it one, and returns the headings.
pub(super) fn give(pieces: &mut [Piece]) -> Vec<Heading> {
    let found = find(pieces);
    let mut taken = Anchors::default();
    taken.reserve_notes(pieces);
    let mut ids: Vec<Option<String>> =
        found.iter().map(|heading| heading.explicit.as_deref().map(|id| taken.unique(id))).collect();
    let mut headings = Vec::new();
    for (found, id) in found.into_iter().zip(&mut ids) {
        let id = id.take().unwrap_or_else(|| taken.unique(&slug(&found.text)));
        if let Piece::Event(Event::Start(Tag::Heading { id: event_id, .. })) = &mut pieces[found.at] {
            *event_id = Some(id.clone().into());
        }
        headings.push(Heading { level: found.level, id, text: found.text });
    }
    headings
}

/// A heading whose anchor is not settled.
struct Found {
    at: usize,
    level: u8,
    explicit: Option<String>,
    text: String,
}

fn find(pieces: &[Piece]) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Event(Event::Start(Tag::Heading { level, id, .. })) = piece else { continue };
        let end = |piece: &Piece| matches!(piece, Piece::Event(Event::End(TagEnd::Heading(_))));
        let length = pieces[at..].iter().position(end).unwrap_or(0);
        found.push(Found {
            at,
            level: *level as u8,
            explicit: id.as_deref().filter(|id| !id.is_empty()).map(str::to_owned),
            text: plain_text(&pieces[at..at + length]).trim().to_owned(),
        });
    }
    found
}

/// GitHub's anchor of a heading: lower case, without what is neither of a word nor a blank or hyphen, hyphens for blanks.
fn slug(text: &str) -> String {
    let keep = |c| match c {
        ' ' => Some('-'),
        c if c == '-' || is_word(c) => Some(c),
        _ => None,
    };
    let slug: String = text.to_lowercase().chars().filter_map(keep).collect();
    // A heading of nothing but other characters; an id may not be empty.
    if slug.is_empty() { "section".to_owned() } else { slug }
}

/// The anchors that are taken, each with the number that was last put behind it to make another one unique.
#[derive(Default)]
struct Anchors(HashMap<String, usize>);

impl Anchors {
    /// The anchor itself if it is free, else with the first number behind it that makes it so.
    fn unique(&mut self, anchor: &str) -> String {
        let mut unique = anchor.to_owned();
        let mut number = self.0.get(anchor).copied().unwrap_or(0);
        while self.0.contains_key(&unique) {
            number += 1;
            unique = format!("{anchor}-{number}");
        }
        self.0.insert(anchor.to_owned(), number);
        self.0.entry(unique.clone()).or_insert(0);
        unique
    }

    /// Keeps headings such as "fn 1" off the ids of footnotes.
    fn reserve_notes(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            let id = match piece {
                Piece::Note(Note::Start { number }) => Note::id(*number),
                Piece::Note(Note::Reference { number, nth }) => Note::reference_id(*number, *nth),
                _ => continue,
            };
            self.0.insert(id, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn github_makes_anchors_so() {
        for (text, anchor) in [
            ("Hello World", "hello-world"),
            ("What's new in 2.0?", "whats-new-in-20"),
            ("foo & bar", "foo--bar"),
            ("C++, C# and snake_case", "c-c-and-snake_case"),
            ("a -- b", "a----b"),
            ("`Arc<Mutex<T>>`", "arcmutext"),
            ("Über Straße", "über-straße"),
            ("线程、锁", "线程锁"),
            ("नमस्ते", "नमस्ते"),
            ("🎉 Party", "-party"),
            ("x² + ½", "x--"),
            ("🎉", "section"),
        ] {
            assert_eq!(slug(text), anchor, "{text}");
        }
    }

    #[test]
    fn anchors_are_unique_also_beside_literal_numbers() {
        let mut taken = Anchors::default();
        let anchors: Vec<_> = ["a", "a", "a-1", "a", "a-1", "b-1", "b", "b"].map(|text| taken.unique(text)).into();
        assert_eq!(anchors, ["a", "a-1", "a-1-1", "a-2", "a-1-2", "b-1", "b", "b-2"]);
    }
}
