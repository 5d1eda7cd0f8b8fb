//! Code spans win over formulas. pulldown-cmark lets the one win that begins first, so that in "it costs $10, and `$HOME`
//! is code" a formula would reach into the code. So the dollar signs that are no marks of formulas are hidden from it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Options, Parser};

/// A Markdown text without the dollar signs that code spans keep from being marks of formulas.
pub(super) struct CodeSpans<'a> {
    text: &'a str,
    masked: Cow<'a, str>,
    /// The code in each code span with a dollar sign, by where it begins.
    codes: HashMap<usize, CowStr<'a>>,
    /// Where dollar signs outside of code spans are hidden, in order.
    dollars: Vec<usize>,
}

/// How often a text is read anew, at most, because without some formulas others appeared.
const READINGS: usize = 8;

impl<'a> CodeSpans<'a> {
    pub(super) fn find(text: &'a str, options: Options) -> Self {
        let mut spans = CodeSpans { text, masked: Cow::Borrowed(text), codes: HashMap::new(), dollars: Vec::new() };
        if !(text.contains('$') && text.contains('`')) {
            return spans;
        }
        let mut ranges = Vec::new();
        for (event, range) in Parser::new_ext(text, options.difference(Options::ENABLE_MATH)).into_offset_iter() {
            let Event::Code(code) = event else { continue };
            if code.contains('$') {
                // No formula can begin or end at a letter.
                let hidden = text[range.clone()].replace('$', "x");
                spans.masked.to_mut().replace_range(range.clone(), &hidden);
                spans.codes.insert(range.start, code);
            }
            ranges.push(range);
        }
        for _ in 0..READINGS {
            let false_marks = spans.false_marks(&ranges, options);
            if false_marks.is_empty() {
                break;
            }
            for at in false_marks {
                // Punctuation, as the dollar sign is, and without a meaning in Markdown.
                spans.masked.to_mut().replace_range(at..=at, "%");
                spans.dollars.push(at);
            }
        }
        spans.dollars.sort_unstable();
        spans
    }

    /// The dollar signs around what looks like a formula but holds code. A backtick without its counterpart rules out a
    /// formula in a line of text, but not a displayed one, where TeX has it as a quotation mark.
    fn false_marks(&self, codes: &[Range<usize>], options: Options) -> Vec<usize> {
        let holds_code = |range: &Range<usize>| {
            let next = codes.partition_point(|code| code.end <= range.start);
            codes.get(next).is_some_and(|code| code.start < range.end)
        };
        let mut marks = Vec::new();
        for (event, range) in Parser::new_ext(&self.masked, options).into_offset_iter() {
            match event {
                Event::InlineMath(_) if self.text[range.clone()].contains('`') => {
                    marks.extend([range.start, range.end - 1]);
                }
                Event::DisplayMath(_) if holds_code(&range) => {
                    marks.extend([range.start, range.start + 1, range.end - 2, range.end - 1]);
                }
                _ => {}
            }
        }
        marks
    }

    /// The text with other characters for those dollar signs.
    pub(super) fn masked(&self) -> &str {
        &self.masked
    }

    /// The event that was read from the masked text at `range`, as its author wrote it.
    pub(super) fn unmask<'e>(&'e self, event: Event<'e>, range: &Range<usize>) -> Event<'e> {
        match (&event, self.codes.get(&range.start)) {
            (Event::Code(_), Some(code)) => Event::Code(CowStr::Borrowed(code)),
            (Event::Text(text), _) if text.len() == range.len() && self.hides_in(range) => {
                Event::Text(CowStr::Borrowed(&self.text[range.clone()]))
            }
            _ => event,
        }
    }

    fn hides_in(&self, range: &Range<usize>) -> bool {
        let next = self.dollars.partition_point(|at| *at < range.start);
        self.dollars.get(next).is_some_and(|at| *at < range.end)
    }
}
