use std::collections::HashMap;

use pulldown_cmark::Event;

use super::Piece;
use crate::source::{Code, Diagnostic, Diagnostics, Span};

/// A part of what makes a footnote. Notes are numbered from 1 in the order in which they are first referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// In the text: the `nth` reference, from 1, to a note.
    Reference {
        /// The note's number.
        number: usize,
        /// How many references to it there are up to this one.
        nth: usize,
    },
    /// At the end of the document: the start of a note.
    Start {
        /// Its number.
        number: usize,
    },
    /// The end of a note.
    End {
        /// Its number.
        number: usize,
        /// How many references to it there are; at least 1.
        references: usize,
    },
}

impl Note {
    /// The id of a note's element.
    pub fn id(number: usize) -> String {
        format!("fn-{number}")
    }

    /// The id of a reference's element.
    pub fn reference_id(number: usize, nth: usize) -> String {
        if nth == 1 { format!("fnref-{number}") } else { format!("fnref-{number}-{nth}") }
    }
}

/// A footnote as written.
#[derive(Debug)]
pub(super) struct Definition {
    /// What stands between `[^` and `]`.
    pub(super) label: String,
    /// Where it stands.
    pub(super) span: Span,
    /// Its text.
    pub(super) pieces: Vec<Piece>,
}

/// Puts the notes behind the body in the order of their first references, those within notes after those in the body.
/// A note that nothing refers to is left out with a warning, and so is a second one of the same label.
pub(super) fn place(body: Vec<Piece>, definitions: Vec<Definition>, diagnostics: &mut Diagnostics) -> Vec<Piece> {
    let mut notes = Notes::new(definitions, diagnostics);
    let mut pieces = notes.number(body);
    let mut bodies = Vec::new();
    while let Some(note) = notes.order.get(bodies.len()) {
        let text = std::mem::take(&mut notes.definitions[note.definition].pieces);
        let text = notes.number(text);
        bodies.push(text);
    }
    for (index, (body, note)) in bodies.into_iter().zip(&notes.order).enumerate() {
        let number = index + 1;
        pieces.push(Piece::Note(Note::Start { number }));
        pieces.extend(body);
        pieces.push(Piece::Note(Note::End { number, references: note.references }));
    }
    notes.warn_of_unused(diagnostics);
    pieces
}

/// The notes of a document while their references are numbered.
struct Notes {
    definitions: Vec<Definition>,
    /// Which definition has a label, in lower case.
    by_label: HashMap<String, usize>,
    /// The number of each definition that was referred to.
    numbers: HashMap<usize, usize>,
    /// The notes that were referred to; the first has the number 1.
    order: Vec<Numbered>,
}

struct Numbered {
    definition: usize,
    references: usize,
}

impl Notes {
    fn new(definitions: Vec<Definition>, diagnostics: &mut Diagnostics) -> Self {
        let mut by_label: HashMap<String, usize> = HashMap::new();
        for (index, definition) in definitions.iter().enumerate() {
            let first = *by_label.entry(fold(&definition.label)).or_insert(index);
            if first != index {
                diagnostics.push(
                    Diagnostic::warning(
                        Code::FootnoteTwice,
                        format!("the footnote `[^{}]` is defined twice", definition.label),
                    )
                    .at(definition.span.first_line(), "this one is left out")
                    .at(definitions[first].span.first_line(), "this one is shown")
                    .help("take one of them away, or give it another label"),
                );
            }
        }
        Notes { definitions, by_label, numbers: HashMap::new(), order: Vec::new() }
    }

    /// Gives each reference its number. One that pulldown-cmark matches by other rules of case than ours stays text.
    fn number(&mut self, pieces: Vec<Piece>) -> Vec<Piece> {
        let number = |piece| match piece {
            Piece::Event(Event::FootnoteReference(label)) => match self.by_label.get(&fold(&label)) {
                Some(definition) => self.reference(*definition),
                None => Piece::Event(Event::Text(format!("[^{label}]").into())),
            },
            other => other,
        };
        pieces.into_iter().map(number).collect()
    }

    fn reference(&mut self, definition: usize) -> Piece {
        let order = &mut self.order;
        let number = *self.numbers.entry(definition).or_insert_with(|| {
            order.push(Numbered { definition, references: 0 });
            order.len()
        });
        let note = &mut order[number - 1];
        note.references += 1;
        Piece::Note(Note::Reference { number, nth: note.references })
    }

    fn warn_of_unused(&self, diagnostics: &mut Diagnostics) {
        for (index, Definition { label, span, .. }) in self.definitions.iter().enumerate() {
            if self.by_label.get(&fold(label)) == Some(&index) && !self.numbers.contains_key(&index) {
                diagnostics.push(
                    Diagnostic::warning(Code::UnusedFootnote, format!("nothing refers to the footnote `[^{label}]`"))
                        .at(span.first_line(), "left out of the page")
                        .help(format!("refer to it by `[^{label}]`, or remove it")),
                );
            }
        }
    }
}

fn fold(label: &str) -> String {
    label.to_lowercase()
}
