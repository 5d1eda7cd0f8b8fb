//! What the codes of diagnostics mean, for a terminal.

use std::fmt::Write;

use anstyle::Style;

use crate::source::Code;

const HEADING: Style = Style::new().bold();

/// Every code with what is wrong, a line each.
pub(super) fn list() -> String {
    Code::ALL.iter().map(|code| format!("{HEADING}{code}{HEADING:#}  {}\n", code.title())).collect()
}

/// The page of a code, as it is written, with its headings in bold.
pub(super) fn page(code: Code) -> String {
    let mut page = format!("{HEADING}{code}: {}{HEADING:#}\n\n", code.title());
    let mut fence = None;
    for line in code.page().lines() {
        let marks = line.len() - line.trim_start_matches(['`', '~']).len();
        match fence {
            Some(open) if line == open => fence = None,
            None if marks >= 3 => fence = Some(&line[..marks]),
            _ => {}
        }
        let written = match fence {
            None if line.starts_with('#') => writeln!(page, "{HEADING}{line}{HEADING:#}"),
            _ => writeln!(page, "{line}"),
        };
        written.expect("a string takes what is written");
    }
    page
}

/// A code as an argument.
///
/// # Errors
/// Says where else to look.
pub(super) fn parse(text: &str) -> Result<Code, String> {
    Code::parse(text).ok_or_else(|| {
        let digits = text.strip_prefix(['E', 'e']).unwrap_or_default();
        if digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit()) {
            format!("that is a code of the Rust compiler: `rustc --explain {text}` knows it")
        } else {
            "no such code; `blog explain` lists them".to_owned()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_a_page_are_bold_and_nothing_within_its_examples() {
        for code in Code::ALL {
            let page = page(*code);
            let bold = page.lines().filter(|line| line.starts_with("\u{1b}[1m"));
            assert_eq!(
                bold.map(|line| anstream::adapter::strip_str(line).to_string()).collect::<Vec<_>>(),
                [format!("{code}: {}", code.title()), "## Wrong".to_owned(), "## Right".to_owned(),]
            );
        }
    }
}
