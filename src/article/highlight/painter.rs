//! Lines to HTML by a grammar.

use syntect::parsing::{
    BasicScopeStackOp, ParseState, ParsingError, ScopeError, ScopeStack, SyntaxReference, SyntaxSet,
};

use super::tokens::{Kind, Level};
use crate::article::escape::escape_into;

/// Writes the lines of one block in order: what a line means depends on those before it.
pub(super) struct Painter<'set> {
    set: &'set SyntaxSet,
    state: ParseState,
    scopes: ScopeStack,
    /// What the scopes mean, one level a scope, and one below for code without any.
    levels: Vec<Level>,
    /// The line with its end, without which grammars do not see that it ends.
    line: String,
}

/// Why a grammar could not go on.
#[derive(Debug)]
pub(super) struct Stuck;

impl From<ParsingError> for Stuck {
    fn from(_: ParsingError) -> Self {
        Stuck
    }
}

impl From<ScopeError> for Stuck {
    fn from(_: ScopeError) -> Self {
        Stuck
    }
}

impl<'set> Painter<'set> {
    pub(super) fn new(set: &'set SyntaxSet, syntax: &SyntaxReference) -> Self {
        let (state, scopes) = (ParseState::new(syntax), ScopeStack::new());
        Painter { set, state, scopes, levels: vec![Level::default()], line: String::new() }
    }

    /// The HTML of a line that has no `\n`.
    pub(super) fn line(&mut self, line: &str) -> Result<String, Stuck> {
        self.line.clear();
        self.line.push_str(line);
        self.line.push('\n');
        let changes = self.state.parse_line(&self.line, self.set)?;
        let mut runs = Runs::new(line);
        for (at, change) in changes {
            runs.extend(at, self.level());
            let levels = &mut self.levels;
            self.scopes.apply_with_hook(&change, |change, _| match change {
                BasicScopeStackOp::Push(scope) => {
                    let parent = levels.last().copied().unwrap_or_default();
                    levels.push(parent.within(scope));
                }
                BasicScopeStackOp::Pop => _ = levels.pop(),
            })?;
        }
        runs.extend(line.len(), self.level());
        Ok(runs.finish())
    }

    fn level(&self) -> Level {
        self.levels.last().copied().unwrap_or_default()
    }
}

/// The elements of a line: neighbours of one kind make one run, over blanks between them too.
struct Runs<'line> {
    line: &'line str,
    html: String,
    /// The kind of the run that is open, where it began, and where its last character that is no blank ends.
    kind: Kind,
    start: usize,
    end: usize,
    /// How far the line is read.
    read: usize,
}

impl<'line> Runs<'line> {
    fn new(line: &'line str) -> Self {
        Runs { line, html: String::with_capacity(line.len() * 2), kind: Kind::Plain, start: 0, end: 0, read: 0 }
    }

    /// Reads on up to a place: what stands before it has this level.
    fn extend(&mut self, to: usize, level: Level) {
        let to = to.min(self.line.len());
        let text = &self.line[self.read..to];
        let begin = std::mem::replace(&mut self.read, to);
        let kind = level.kind(text);
        if kind == self.kind {
            self.end = to;
        } else if !text.trim_start().is_empty() {
            self.close(begin);
            (self.kind, self.start, self.end) = (kind, begin, to);
        }
    }

    /// Writes the open run, and as plain text the blanks between its end and a place.
    fn close(&mut self, upto: usize) {
        let run = &self.line[self.start..self.end];
        match self.kind.class() {
            Some(class) if !run.is_empty() => {
                self.html.push_str("<span class=\"");
                self.html.push_str(class);
                self.html.push_str("\">");
                escape_into(run, &mut self.html);
                self.html.push_str("</span>");
            }
            _ => escape_into(run, &mut self.html),
        }
        escape_into(&self.line[self.end..upto], &mut self.html);
    }

    fn finish(mut self) -> String {
        self.close(self.line.len());
        self.html
    }
}
