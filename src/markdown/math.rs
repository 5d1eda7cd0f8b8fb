use std::error::Error;

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::{Parser, ParserError, Storage, push_mathml};

/// A formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Math {
    /// As written, without the dollar signs.
    pub tex: String,
    /// The `math` element that shows it.
    pub mathml: String,
}

/// Formulas longer than this, in bytes, are not typeset: nested ones take time that grows with the square of it.
const LONGEST: usize = 10_000;

impl Math {
    /// Typesets TeX, as a block or in a line of text.
    ///
    /// # Errors
    /// Says in a phrase why it cannot be typeset.
    pub(super) fn typeset(tex: &str, block: bool) -> Result<Math, String> {
        if tex.len() > LONGEST {
            return Err(format!("longer than {LONGEST} bytes"));
        }
        // pulldown-latex 0.8 panics where the number behind this command is too large or no ASCII character.
        if tex.contains(r"\char") {
            return Err(r"`\char` is not supported: write the character itself".into());
        }
        let storage = Storage::new();
        let events: Vec<_> = Parser::new(tex, &storage).collect::<Result<_, _>>().map_err(|error| reason(&error))?;
        let display_mode = if block { DisplayMode::Block } else { DisplayMode::Inline };
        let config = RenderConfig { display_mode, ..RenderConfig::default() };
        let mut mathml = String::new();
        push_mathml(&mut mathml, events.into_iter().map(Ok::<_, ParserError>), config)
            .map_err(|error| error.to_string())?;
        Ok(Math { tex: tex.to_owned(), mathml })
    }
}

/// The message of the innermost error, which has no drawing in it.
fn reason(error: &ParserError) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// Whether dollar signs that Markdown takes for those of a formula are amounts of money: `US$5 or $7`. Pandoc's rule that
/// a digit may not follow the closing one, and that no Latin letter may stand before the opening one.
pub(super) fn is_money(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(|c| c.is_ascii_alphabetic()) || after.is_some_and(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_elements() {
        let mathml = |tex, block| Math::typeset(tex, block).unwrap().mathml;
        let inline = mathml("x^2", false);
        assert!(inline.starts_with("<math display=\"inline\">") && inline.contains("<msup>"), "{inline}");
        assert!(mathml(r"\sum_{i=1}^n i", true).starts_with("<math display=\"block\">"));
        assert!(mathml(r"\text{a<b}", false).contains("a&lt;b"));
    }

    #[test]
    fn what_cannot_be_typeset_has_a_reason_in_one_line() {
        for tex in
            [r"\nonsense", "{", "x^^2", r"\frac{1", r"\", r"\def\a{\a}\a", r"\charé", r"\char99999999999999999999"]
        {
            let reason = Math::typeset(tex, false).unwrap_err();
            assert!(!reason.is_empty() && !reason.contains('\n'), "{tex}: {reason}");
        }
        assert!(Math::typeset(&"x".repeat(LONGEST + 1), false).is_err());
    }

    #[test]
    fn deep_formulas_are_typeset() {
        let deep = format!("{}x{}", r"\frac{".repeat(500), "}{2}".repeat(500));
        assert!(Math::typeset(&deep, true).is_ok());
    }
}
