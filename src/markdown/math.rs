use std::error::Error;

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::event::{Content, Event};
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
        push_mathml(&mut mathml, events.into_iter().map(escapable).map(Ok::<_, ParserError>), config)
            .map_err(|error| error.to_string())?;
        let mut mathml = escape(&mathml);
        if block {
            // It may be wider than the window; keys must be able to scroll it.
            let start = "<span class=\"formula\" role=\"group\" tabindex=\"0\" aria-label=\"Formula\">";
            mathml = format!("{start}{mathml}</span>");
        }
        Ok(Math { tex: tex.to_owned(), mathml })
    }
}

/// The name of an operator as text where it holds markup: pulldown-latex 0.8 writes names as they are.
fn escapable(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Content(Content::Function(name)) if name.contains(['<', '>', '&']) => {
            Event::Content(Content::Text(name))
        }
        other => other,
    }
}

/// Escapes the `<` and `&` that pulldown-latex 0.8 writes as they are: those of a symbol, which stands alone in its
/// element, so that neither a tag nor a reference can begin there.
fn escape(mathml: &str) -> String {
    let mut escaped = String::with_capacity(mathml.len());
    for (at, c) in mathml.char_indices() {
        let next = mathml[at + c.len_utf8()..].chars().next();
        let begins = next.is_some_and(|next| next == '/' || next.is_ascii_alphabetic());
        match c {
            '<' if !begins => escaped.push_str("&lt;"),
            '&' if !begins => escaped.push_str("&amp;"),
            _ => escaped.push(c),
        }
    }
    escaped
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
        let block = mathml(r"\sum_{i=1}^n i", true);
        assert!(block.starts_with(
            "<span class=\"formula\" role=\"group\" tabindex=\"0\" aria-label=\"Formula\"><math display=\"block\">"
        ));
        assert!(block.ends_with("</math></span>"), "{block}");
        assert!(mathml(r"\text{a<b}", false).contains("a&lt;b"));
    }

    #[test]
    fn elements_are_well_formed() {
        for (tex, text) in [
            ("a<b", "a&lt;b"),
            ("a>b", "a>b"),
            (r"\&", "&amp;"),
            (r"\text{a\&b}", r"a\&amp;b"),
            (r"\text{a<b}", "a&lt;b"),
            (r"a \not< b", "a&lt;\u{338}b"),
            (r"\begin{matrix} a & b < c \\ d & e \end{matrix}", "ab&lt;cde"),
            (r"\operatorname{a<b>\&}", r"a&lt;b&gt;\&amp;"),
            (r"\lt \mathrm{\&}", "&lt;&amp;"),
        ] {
            let mathml = Math::typeset(tex, false).unwrap().mathml;
            assert_eq!(text_of(&mathml), Ok(text.to_owned()), "{tex}: {mathml}");
        }
    }

    /// The text of some elements, its references left as they are; an error where they are not well formed.
    fn text_of(xml: &str) -> Result<String, String> {
        let mut text = String::new();
        let mut open = Vec::new();
        let mut parts = xml.split('<');
        text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let (tag, behind) = part.split_once('>').ok_or_else(|| format!("`{part}` is no tag"))?;
            let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase()) {
                return Err(format!("`{tag}` is no tag"));
            }
            if tag.starts_with('/') {
                if open.pop() != Some(name) {
                    return Err(format!("`{tag}` ends nothing"));
                }
            } else if !tag.ends_with('/') {
                open.push(name);
            }
            let named = |part: &str| ["amp;", "lt;", "gt;", "nbsp;"].iter().any(|name| part.starts_with(name));
            if !behind.split('&').skip(1).all(named) {
                return Err(format!("`{behind}` is no text"));
            }
            text.push_str(behind);
        }
        if open.is_empty() { Ok(text) } else { Err(format!("{open:?} are open")) }
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
