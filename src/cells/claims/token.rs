use std::ops::Range;

use super::{Key, Quantity, Unit};
use crate::source::{Code, Diagnostic, Span};

/// A word of the language.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Literal(Quantity),
    Key(Key),
    Operator(Operator),
    Comparison(Comparison),
    And,
    Or,
    Open,
    Close,
}

/// An operator of arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// How two quantities are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

/// Longer ones first, so that `<=` is not read as `<`.
const SIGNS: [(&str, Token); 12] = [
    ("<=", Token::Comparison(Comparison::LessOrEqual)),
    (">=", Token::Comparison(Comparison::GreaterOrEqual)),
    ("==", Token::Comparison(Comparison::Equal)),
    ("!=", Token::Comparison(Comparison::NotEqual)),
    ("<", Token::Comparison(Comparison::Less)),
    (">", Token::Comparison(Comparison::Greater)),
    ("+", Token::Operator(Operator::Add)),
    ("-", Token::Operator(Operator::Subtract)),
    ("*", Token::Operator(Operator::Multiply)),
    ("/", Token::Operator(Operator::Divide)),
    ("(", Token::Open),
    (")", Token::Close),
];

impl Comparison {
    /// As it is written.
    pub(super) fn sign(self) -> &'static str {
        SIGNS.iter().find(|(_, token)| *token == Token::Comparison(self)).expect("all comparisons are listed").0
    }
}

/// Signs that mean the same elsewhere.
const FOREIGN: [(&str, &str); 11] = [
    ("×", "*"),
    ("·", "*"),
    ("÷", "/"),
    ("−", "-"),
    ("–", "-"),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("=", "=="),
    ("&&", "and"),
    ("||", "or"),
];

/// The words of a text, each with its bytes.
pub(super) fn tokens(text: &Span) -> Result<Vec<(Token, Range<usize>)>, Diagnostic> {
    let mut tokens = Vec::new();
    let mut start = 0;
    loop {
        start += blanks(&text.text()[start..]);
        if start == text.text().len() {
            return Ok(tokens);
        }
        let (token, end) = token(text, start)?;
        tokens.push((token, start..end));
        start = end;
    }
}

/// The word that starts at a byte, which is no blank, and where it ends.
fn token(text: &Span, start: usize) -> Result<(Token, usize), Diagnostic> {
    let rest = &text.text()[start..];
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return literal(text, start).map(|(quantity, end)| (Token::Literal(quantity), end));
    }
    if let Some((sign, token)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
        return Ok((token.clone(), start + sign.len()));
    }
    if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return match name(rest) {
            "and" => Ok((Token::And, start + 3)),
            "or" => Ok((Token::Or, start + 2)),
            _ => Key::read(text, start).map(|(key, end)| (Token::Key(key), end)),
        };
    }
    if let Some((sign, meant)) = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign)) {
        let error = Diagnostic::error(Code::ClaimSyntax, format!("`{sign}` is no operator"));
        let place = text.part(start..start + sign.len());
        return Err(error.at(place.clone(), "").replace(format!("write `{meant}`"), place, *meant));
    }
    let sign: String = rest.chars().take(1).collect();
    let message = format!("`{}` has no meaning here", sign.escape_debug());
    Err(Diagnostic::error(Code::ClaimSyntax, message).at(text.part(start..start + sign.len()), ""))
}

/// A number, and the unit behind it if there is one: `1_000`, `1.5e6`, `20%`, `512 MiB`.
fn literal(text: &Span, start: usize) -> Result<(Quantity, usize), Diagnostic> {
    let rest = &text.text()[start..];
    let length = number_length(rest);
    let unit_at = length + blanks(&rest[length..]);
    let name = unit_name(&rest[unit_at..]);
    let place = start + unit_at..start + unit_at + name.len();
    let (factor, unit, end) = match Unit::named(name) {
        Some((factor, unit)) => (factor, unit, place.end),
        None if name.is_empty() => (1.0, Unit::NUMBER, start + length),
        None => {
            let error = Diagnostic::error(Code::UnknownUnit, format!("`{name}` is no unit")).at(text.part(place), "");
            return Err(error.suggest(name, Unit::names().filter(|unit| unit.len() > 1)));
        }
    };
    // What is too large for a number is read as an infinite one.
    let number = rest[..length].replace('_', "").parse().unwrap_or(f64::INFINITY) * factor;
    if number.is_finite() {
        return Ok((Quantity::new(number, None, unit), end));
    }
    Err(Diagnostic::error(Code::TooLarge, "this number is too large").at(text.part(start..end), ""))
}

/// How many bytes belong to the number at the start of a text that starts with a digit.
fn number_length(text: &str) -> usize {
    let digits =
        |from: usize| text[from..].find(|c: char| !c.is_ascii_digit() && c != '_').map_or(text.len(), |at| from + at);
    let digit_at = |at: usize| text[at..].starts_with(|c: char| c.is_ascii_digit());
    let mut end = digits(0);
    if text[end..].starts_with('.') && digit_at(end + 1) {
        end = digits(end + 1);
    }
    if text[end..].starts_with('e') {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        if digit_at(end + 1 + sign) {
            end = digits(end + 1 + sign);
        }
    }
    end
}

/// The name of a unit at the start of a text; empty if what stands there is something else: a sign, `and`, or a key.
fn unit_name(text: &str) -> &str {
    if text.starts_with('%') {
        return &text[..1];
    }
    let name = if text.starts_with(char::is_alphabetic) { name(text) } else { "" };
    let is_key = text[name.len()..].starts_with(['.', '[']);
    if is_key || matches!(name, "and" | "or") { "" } else { name }
}

/// The letters, digits and `_` at the start of a text.
fn name(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SitePath, Source};

    fn read(text: &str) -> Result<Vec<(Token, Range<usize>)>, String> {
        let source = Source::new(SitePath::new("a.md").unwrap(), text);
        tokens(&source.span(0..text.len())).map_err(|error| match error.remedy() {
            Some(help) => format!("{error} ({help})"),
            None => error.to_string(),
        })
    }

    #[test]
    fn literals_carry_their_unit() {
        for (text, value, unit) in [
            ("0", 0.0, Unit::NUMBER),
            ("1_000.5", 1_000.5, Unit::NUMBER),
            ("1.5e3", 1_500.0, Unit::NUMBER),
            ("2e-3", 0.002, Unit::NUMBER),
            ("20%", 0.2, Unit::NUMBER),
            ("20 %", 0.2, Unit::NUMBER),
            ("2 ms", 2e6, Unit::TIME),
            ("1.5s", 1.5e9, Unit::TIME),
            ("3 \u{b5}s", 3e3, Unit::TIME),
            ("3 \u{3bc}s", 3e3, Unit::TIME),
            ("3us", 3e3, Unit::TIME),
            ("2 min", 120e9, Unit::TIME),
            ("512 MiB", 536_870_912.0, Unit::SIZE),
            ("4kB", 4_000.0, Unit::SIZE),
        ] {
            let token = Token::Literal(Quantity::new(value, None, unit));
            assert_eq!(read(text).unwrap(), [(token, 0..text.len())], "{text}");
        }
    }

    #[test]
    fn a_word_behind_a_number_is_not_always_its_unit() {
        let shape = |text: &str| read(text).unwrap().into_iter().map(|(_, range)| range).collect::<Vec<_>>();
        assert_eq!(shape("2 and 3 or 4"), [0..1, 2..5, 6..7, 8..10, 11..12]);
        assert_eq!(shape("2 s.wall"), [0..1, 2..8]);
        assert_eq!(shape("2 s[a=1].wall"), [0..1, 2..13]);
        assert_eq!(shape("2 s-1"), [0..3, 3..4, 4..5]);
    }

    #[test]
    fn signs_stand_with_or_without_blanks() {
        let signs = "<= >= == != < > + - * / ( )";
        let spaced: Vec<Token> = read(signs).unwrap().into_iter().map(|(token, _)| token).collect();
        assert_eq!(spaced, SIGNS.map(|(_, token)| token));
        assert_eq!(read("1<=-2").unwrap().len(), 4);
        assert_eq!(read(" \t\n ").unwrap(), []);
    }

    #[test]
    fn what_is_no_word_is_said_at_its_place() {
        for (text, message) in [
            ("1 + §", "a.md:1:5: error[E604]: `§` has no meaning here"),
            ("1 × 2", "a.md:1:3: error[E604]: `×` is no operator (write `*`)"),
            ("1 = 2", "a.md:1:3: error[E604]: `=` is no operator (write `==`)"),
            ("1 < 2 && 2 < 3", "a.md:1:7: error[E604]: `&&` is no operator (write `and`)"),
            ("2 MBi", "a.md:1:3: error[E607]: `MBi` is no unit (did you mean `MB`?)"),
            ("2 KB", "a.md:1:3: error[E607]: `KB` is no unit (did you mean `kB`?)"),
            ("2x", "a.md:1:2: error[E607]: `x` is no unit"),
            ("1 + 1e999", "a.md:1:5: error[E610]: this number is too large"),
            ("1e305 s", "a.md:1:1: error[E610]: this number is too large"),
            (".5", "a.md:1:1: error[E604]: `.` has no meaning here"),
            ("5.", "a.md:1:2: error[E604]: `.` has no meaning here"),
        ] {
            assert_eq!(read(text).unwrap_err(), message, "{text}");
        }
    }
}
