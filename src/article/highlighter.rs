use super::escape;
use super::highlight::{highlight, version};
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
        Highlighter { memo, version: version() }
    }

    /// The HTML of some code, with the same ends of lines; without markup if its language is not known.
    pub(super) fn html(&self, language: &str, code: &str) -> String {
        let question = (self.version.to_string(), language, code);
        let html = || highlight(language, code).unwrap_or_else(|| escape::text(code));
        // What is remembered may have been changed on the disk.
        String::from_utf8_lossy(&self.memo.answer(&question, || html().into_bytes())).into_owned()
    }
}
