//! Finds the numbers that an author wrote in a sentence.

use std::ops::Range;

use super::{Disagreement, Unit};

/// A number in a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number<'a> {
    /// The bytes of the number and of its unit, but not of `/s`, which may stand further on: `2,000 updates/s`.
    pub(super) range: Range<usize>,
    /// What it amounts to, in ns, bytes, 1/ns or bytes/ns.
    pub(super) value: f64,
    /// Its unit; a number of anything else, such as threads, is a plain one.
    pub(super) unit: Unit,
    /// What makes it per cent, as written: ` %`.
    pub(super) percent: Option<&'a str>,
}

/// Words behind a number that are part of it.
const MULTIPLES: [(&str, f64); 3] = [("thousand", 1e3), ("million", 1e6), ("billion", 1e9)];

/// Every number in a text but those behind `±`, and those within words such as `x86` or `i7-4770`.
///
/// # Errors
/// Says of a number that it cannot be read: `1,9`, `3–4`.
pub(super) fn numbers(text: &str) -> Result<Vec<Number<'_>>, Disagreement> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|offset| at + offset) {
        if is_in_word(&text[..start]) {
            at = start + length_of(&text[start..], char::is_alphanumeric);
            continue;
        }
        let number = number(text, start)?;
        at = number.range.end;
        if !text[..number.range.start].trim_end().ends_with('±') {
            found.push(number);
        }
    }
    Ok(found)
}

/// Whether what follows this text continues a word.
fn is_in_word(before: &str) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    before.ends_with(in_word) || before.strip_suffix('-').is_some_and(|before| before.ends_with(in_word))
}

/// Reads the number whose first digit stands at a byte.
fn number(text: &str, start: usize) -> Result<Number<'_>, Disagreement> {
    let end = start + digits_length(&text[start..]);
    let unreadable = |end: usize, why: &str| Disagreement::Unreadable(format!("`{}` {why}", &text[start..end]));
    let mut value = parsed(&text[start..end])
        .ok_or_else(|| unreadable(end, "is no number: a point stands before decimals, a comma before three digits"))?;
    let dash = length_of(&text[end..], |c| matches!(c, '-' | '–' | '—'));
    if dash > 0 && text[end + dash..].starts_with(|c: char| c.is_ascii_digit()) {
        let upper = end + dash + digits_length(&text[end + dash..]);
        return Err(unreadable(upper, "is a range; one number can be compared"));
    }
    let sign = sign_length(&text[..start]);
    if sign > 0 {
        value = -value;
    }
    Ok(with_unit(text, start - sign..end, value))
}

/// Reads what stands behind a number.
fn with_unit(text: &str, range: Range<usize>, value: f64) -> Number<'_> {
    let (mut value, mut end) = (value, range.end);
    let (word, word_end) = word_behind(text, end);
    if let Some((_, factor)) = MULTIPLES.iter().find(|(name, _)| *name == word) {
        value *= factor;
        end = word_end;
    }
    let (word, word_end) = word_behind(text, end);
    let unit = Unit::named(word);
    let percent = unit.filter(|(_, unit)| *unit == Unit::NUMBER).map(|_| &text[end..word_end]);
    let (factor, mut unit) = unit.unwrap_or((1.0, Unit::NUMBER));
    if percent.is_some() || unit != Unit::NUMBER {
        end = word_end;
    }
    value *= factor;
    if is_per_second(&text[end..]) || is_per_second(&text[word_end..]) {
        value *= 1e-9;
        unit = unit.per(Unit::TIME);
    }
    Number { range: range.start..end, value, unit, percent }
}

/// The word that stands behind a byte, after blanks or none, and where it ends.
fn word_behind(text: &str, at: usize) -> (&str, usize) {
    let start = at + length_of(&text[at..], char::is_whitespace);
    let rest = &text[start..];
    let length = if rest.starts_with('%') { 1 } else { length_of(rest, char::is_alphanumeric) };
    (&rest[..length], start + length)
}

/// Whether a text begins with `/s` or ` per second`.
fn is_per_second(text: &str) -> bool {
    let text = text.trim_start();
    let rest = ["/ s", "/s", "per second"].into_iter().find_map(|name| text.strip_prefix(name));
    rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// The length of the minus at the end of a text, if it is one.
fn sign_length(before: &str) -> usize {
    let Some(sign) = before.chars().next_back().filter(|c| matches!(c, '-' | '−')) else { return 0 };
    sign.len_utf8()
}

/// The length of the digits at the start of a text, with the separators between them, and an exponent.
fn digits_length(text: &str) -> usize {
    let mut end = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        if c.is_ascii_digit() {
            end = at + 1;
        } else if before.is_some_and(is_separator) || !(is_separator(c) || c == '.') {
            break;
        }
        before = Some(c);
    }
    let exponent = text[end..].strip_prefix('e').map_or("", |rest| rest.strip_prefix(['+', '-']).unwrap_or(rest));
    let digits = length_of(exponent, |c| c.is_ascii_digit());
    if digits > 0 { text.len() - exponent.len() + digits } else { end }
}

/// What sets groups of three digits apart: a comma, `_`, an apostrophe, a no-break space, a thin one, both at once.
fn is_separator(c: char) -> bool {
    matches!(c, ',' | '_' | '\'' | '’' | '\u{a0}' | '\u{2009}' | '\u{202f}')
}

/// The number that digits with separators stand for. Groups have three digits, and one separator.
fn parsed(text: &str) -> Option<f64> {
    let mantissa = text.find(['.', 'e']).unwrap_or(text.len());
    let whole = &text[..mantissa];
    let groups: Vec<&str> = whole.split(is_separator).collect();
    let mut separators = whole.chars().filter(|c| is_separator(*c));
    let first = separators.next();
    let regular = groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
    if first.is_some_and(|first| !regular || separators.any(|other| other != first)) {
        return None;
    }
    let number: f64 = format!("{}{}", groups.concat(), &text[mantissa..]).parse().ok()?;
    number.is_finite().then_some(number)
}

/// How many bytes at the start of a text are such characters.
fn length_of(text: &str, such: impl Fn(char) -> bool) -> usize {
    text.find(|c| !such(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of a text with the texts that they stand in.
    fn read(text: &str) -> Vec<(&str, f64, Unit)> {
        numbers(text).unwrap().into_iter().map(|number| (&text[number.range], number.value, number.unit)).collect()
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for (text, range, value, unit) in [
            ("1.9 ms", "1.9 ms", 1.9e6, Unit::TIME),
            ("took 1.9ms.", "1.9ms", 1.9e6, Unit::TIME),
            ("1.9\u{202f}\u{3bc}s", "1.9\u{202f}\u{3bc}s", 1.9e3, Unit::TIME),
            ("about 2 seconds", "2 seconds", 2e9, Unit::TIME),
            ("1.5 GiB", "1.5 GiB", 1_610_612_736.0, Unit::SIZE),
            ("about 3.4×, roughly", "3.4", 3.4, Unit::NUMBER),
            ("3.4x", "3.4", 3.4, Unit::NUMBER),
            ("2,000", "2,000", 2_000.0, Unit::NUMBER),
            ("1,234,567.5 of them", "1,234,567.5", 1_234_567.5, Unit::NUMBER),
            ("2\u{2009}000", "2\u{2009}000", 2_000.0, Unit::NUMBER),
            ("2_000", "2_000", 2_000.0, Unit::NUMBER),
            ("1.2 million updates", "1.2 million", 1.2e6, Unit::NUMBER),
            ("93 %", "93 %", 0.93, Unit::NUMBER),
            ("93% of", "93%", 0.93, Unit::NUMBER),
            ("93 percent", "93 percent", 0.93, Unit::NUMBER),
            ("2e6", "2e6", 2e6, Unit::NUMBER),
            ("2e-6", "2e-6", 2e-6, Unit::NUMBER),
            ("-3", "-3", -3.0, Unit::NUMBER),
            ("is −3 ms", "−3 ms", -3e6, Unit::TIME),
            ("2,000/s", "2,000", 2e-6, Unit::RATE),
            ("2,000 updates/s", "2,000", 2e-6, Unit::RATE),
            ("2,000 updates per second", "2,000", 2e-6, Unit::RATE),
            ("1.2 GB/s", "1.2 GB", 1.2, Unit::THROUGHPUT),
            ("2,000/set", "2,000", 2_000.0, Unit::NUMBER),
            ("1.92 ms ± 0.03 ms", "1.92 ms", 1.92e6, Unit::TIME),
            ("8, or so", "8", 8.0, Unit::NUMBER),
            ("on x86 and utf-8, an i7-4770 lost 3.", "3", 3.0, Unit::NUMBER),
        ] {
            let found = read(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            let (found_range, found_value, found_unit) = found[0];
            assert_eq!((found_range, found_unit), (range, unit), "{text}");
            assert!((found_value - value).abs() <= 1e-12 * value.abs(), "{text}: {found_value}");
        }
    }

    #[test]
    fn a_text_may_hold_none_or_several() {
        assert_eq!(read("three times as fast as R2D2"), []);
        assert_eq!(read("8 threads need 2 s"), [("8", 8.0, Unit::NUMBER), ("2 s", 2e9, Unit::TIME)]);
    }

    #[test]
    fn any_text_is_read_or_refused() {
        let pieces = ["1", "000", ",", ".", "e", "-", "–", "±", "%", "/s", "\u{a0}", "é", "ms", "million", "²"];
        for first in pieces {
            for second in pieces {
                for third in pieces {
                    let text = ["1", first, second, third].concat();
                    let found = numbers(&text).unwrap_or_default();
                    assert!(found.iter().all(|number| number.value.is_finite()), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_looks_like_a_number_and_is_none_is_an_error() {
        for (text, message) in [
            ("1,9 ms", "`1,9` is no number: a point stands before decimals, a comma before three digits"),
            ("1,234_567", "`1,234_567` is no number: a point stands before decimals, a comma before three digits"),
            ("1234,567", "`1234,567` is no number: a point stands before decimals, a comma before three digits"),
            ("1.95.0", "`1.95.0` is no number: a point stands before decimals, a comma before three digits"),
            ("1e999", "`1e999` is no number: a point stands before decimals, a comma before three digits"),
            ("3–4 ms", "`3–4` is a range; one number can be compared"),
            ("3-4.5 ms", "`3-4.5` is a range; one number can be compared"),
        ] {
            assert_eq!(numbers(text), Err(Disagreement::Unreadable(message.to_owned())), "{text}");
        }
    }
}
