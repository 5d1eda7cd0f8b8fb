//! Code spans win over formulas. pulldown-cmark lets the one win that begins first, so that in "it costs $10, and `$HOME`
//! is code" a formula would reach into the code.

use std::borrow::Cow;
use std::collections::HashMap;

use pulldown_cmark::{CowStr, Event, Options, Parser};

/// The code spans of a text that hold dollar signs.
pub(super) struct CodeSpans<'a> {
    text: Cow<'a, str>,
    /// The code in each of them, by where it begins.
    codes: HashMap<usize, CowStr<'a>>,
}

impl<'a> CodeSpans<'a> {
    pub(super) fn find(text: &'a str, options: Options) -> Self {
        let mut spans = CodeSpans { text: Cow::Borrowed(text), codes: HashMap::new() };
        if !(text.contains('$') && text.contains('`')) {
            return spans;
        }
        for (event, range) in Parser::new_ext(text, options.difference(Options::ENABLE_MATH)).into_offset_iter() {
            if let Event::Code(code) = event
                && code.contains('$')
            {
                // No formula can begin or end at a letter.
                let hidden = text[range.clone()].replace('$', "x");
                spans.text.to_mut().replace_range(range.clone(), &hidden);
                spans.codes.insert(range.start, code);
            }
        }
        spans
    }

    /// The text with other characters for the dollar signs in code spans.
    pub(super) fn masked(&self) -> &str {
        &self.text
    }

    /// The event that was read from the masked text at `start`, its code as written.
    pub(super) fn unmask<'e>(&'e self, event: Event<'e>, start: usize) -> Event<'e> {
        match (&event, self.codes.get(&start)) {
            (Event::Code(_), Some(code)) => Event::Code(CowStr::Borrowed(code)),
            _ => event,
        }
    }
}
