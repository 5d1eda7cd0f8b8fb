//! What is published besides pages and the files of the author's.

use std::sync::Arc;

use crate::article::Article;
use crate::output::Output;
use crate::source::{Code, Diagnostic, Diagnostics, SitePath};

/// Publishes what an article's cells show as files of their own and what was measured of them, beside it.
pub(super) fn files(article: &Article, output: &mut Output, diagnostics: &mut Diagnostics) {
    let folder = article.post.address.output_file().parent();
    for (name, bytes) in &article.files {
        let path = folder.join(&SitePath::new(name).expect("a name made of that of a cell"));
        if output.get(&path).is_some() {
            let error = Diagnostic::error(Code::AddressTwice, format!("two files would be published as `{path}`"));
            diagnostics.push(error.note("one of them is what cells show, or what was measured of them"));
        }
        output.insert(path, bytes.clone());
    }
}

/// Publishes copies of pictures: each with where it goes, and the file that it is of.
pub(super) fn copies(copies: Vec<(SitePath, SitePath, Arc<[u8]>)>, output: &mut Output, diagnostics: &mut Diagnostics) {
    for (to, from, bytes) in copies {
        if output.get(&to).is_some() {
            let error = Diagnostic::error(Code::AddressTwice, format!("two files would be published as `{to}`"));
            diagnostics.push(error.note(format!("one of them is a copy of `{from}`")));
        }
        output.insert(to, bytes);
    }
}
