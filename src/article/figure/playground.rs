use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::cells::{Assembled, Cell};

/// What stands in a query as it is ([RFC 3986](https://www.rfc-editor.org/rfc/rfc3986#section-2.3), unreserved).
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The longest URL that is worth its bytes on the page, bytes. Servers take 8 kB.
const LONGEST: usize = 6000;

/// A link that opens the program of a cell in the Rust Playground, if it runs there as it did here: one in Rust that needs
/// nothing but the standard library.
pub(super) fn url(cell: &Cell, assembled: &Assembled) -> Option<String> {
    let (program, options) = (&assembled.program, &cell.options);
    let alone = program.packages.is_none()
        && program.files.is_empty()
        && program.inputs.is_empty()
        && program.args.is_empty()
        && program.env.is_empty()
        && program.stdin.is_empty()
        && program.sweep.is_empty()
        && options.features.is_empty()
        && options.rustflags.is_empty()
        && program.net.is_none();
    if !cell.language.rustdoc || !alone {
        return None;
    }
    let mode = if options.release { "release" } else { "debug" };
    let code = utf8_percent_encode(&program.code, IN_QUERY);
    let url = format!("https://play.rust-lang.org/?version=stable&mode={mode}&edition={}&code={code}", options.edition);
    (url.len() <= LONGEST).then_some(url)
}
