use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, TagEnd};

use super::Fence;
use crate::source::{Code, Diagnostic, Diagnostics, Span};

/// Reads a code block, whose start has just been seen at `range` of `body`, within a block quote or not, up to its
/// end.
pub(super) fn read<'e>(
    body: &Span,
    kind: &CodeBlockKind<'_>,
    range: Range<usize>,
    quoted: bool,
    events: &mut impl Iterator<Item = (Event<'e>, Range<usize>)>,
) -> Fence {
    let mut lines = Lines { body, code: String::new(), spans: Vec::new(), open: None };
    for (event, range) in events {
        match event {
            Event::Text(text) => lines.push(&text, range),
            Event::End(TagEnd::CodeBlock) => break,
            _ => {}
        }
    }
    let info = match kind {
        CodeBlockKind::Fenced(_) => Some(info(body, range.start)),
        CodeBlockKind::Indented => None,
    };
    let (code, lines) = lines.finish();
    Fence { info, code, lines, span: body.part(range), quoted }
}

/// Warns of a fence at `range` of `body` that is not closed: what was meant as prose is then code.
pub(super) fn warn_if_open(body: &Span, kind: &CodeBlockKind<'_>, range: Range<usize>, diagnostics: &mut Diagnostics) {
    let text = &body.text()[range.clone()];
    let opening = text.lines().next().unwrap_or_default();
    let marks = |line: &str| {
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'));
        mark.map_or("", |mark| &line[..line.len() - line.trim_start_matches(mark).len()]).to_owned()
    };
    let fence = marks(opening.trim_start());
    // The last line may stand in a list or a quote, whose marks precede it.
    let last = text.lines().skip(1).last().unwrap_or_default().trim_matches([' ', '\t', '>']);
    let is_closed = last.starts_with(&fence) && marks(last) == last;
    if matches!(kind, CodeBlockKind::Fenced(_)) && !is_closed {
        let place = body.part(range.start..range.start + opening.trim_end().len());
        diagnostics.push(
            Diagnostic::warning(Code::OpenFence, "a code fence is not closed")
                .at(place, "all that follows is code")
                .help("close it by a line of the same marks"),
        );
    }
}

/// The TeX in a code block, if it is one of GitHub's, ```` ```math ````.
pub(super) fn tex(fence: &Fence) -> Option<&str> {
    let language = fence.info.as_ref()?.text().split_whitespace().next()?;
    (language == "math").then(|| fence.code.trim())
}

/// The text behind the opening fence, without blanks around it.
fn info(body: &Span, start: usize) -> Span {
    let line = body.text()[start..].lines().next().unwrap_or_default();
    let fence = line.trim_start_matches(' ').chars().next().unwrap_or('`');
    let behind = line.trim_start_matches(' ').trim_start_matches(fence);
    let text = behind.trim();
    let at = start + (line.len() - behind.len()) + (behind.len() - behind.trim_start().len());
    body.part(at..at + text.len())
}

/// The lines of a code block, put together from the texts that pulldown-cmark gives: one for several lines where they
/// are contiguous, several for one where a tab stands half inside the indentation.
struct Lines<'a> {
    body: &'a Span,
    code: String,
    spans: Vec<Span>,
    /// Where the line stands that has no line break yet.
    open: Option<Range<usize>>,
}

impl Lines<'_> {
    fn push(&mut self, text: &str, range: Range<usize>) {
        let literal = text.len() == range.len();
        let mut at = range.start;
        for part in text.split_inclusive('\n') {
            let place = if literal { at..at + part.len() } else { range.clone() };
            at += part.len();
            let line = self.open.take().unwrap_or(place.start..place.start);
            let ends = part.ends_with('\n');
            let line = line.start..place.end - usize::from(ends && literal);
            self.code.push_str(part);
            if ends {
                self.spans.push(self.body.part(line));
            } else {
                self.open = Some(line);
            }
        }
    }

    fn finish(mut self) -> (String, Vec<Span>) {
        if let Some(line) = self.open.take() {
            self.code.push('\n');
            self.spans.push(self.body.part(line));
        }
        (self.code, self.spans)
    }
}
