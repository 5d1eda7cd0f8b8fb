use super::highlight;
use crate::memo::Memo;
use crate::source::Hash;

/// Highlights code, each block once: highlighting takes longer than everything else that a build without cells does.
#[derive(Debug)]
pub struct Highlighter<'m> {
    memo: &'m Memo,
    version: Hash,
}

impl<'m> Highlighter<'m> {
    /// A highlighter that keeps its answers in a memory.
    pub fn new(memo: &'m Memo) -> Self {
        Highlighter { memo, version: highlight::version() }
    }

    /// The HTML of each line of some code; without markup if its language is not known.
    pub(super) fn lines(&self, language: &str, code: &str) -> String {
        let question = (self.version.to_string(), language, code);
        self.memo.answer(&question, || highlight::lines(language, code).join("\n"))
    }
}
