//! Which lines an author means: `3-5,8`.

use std::ops::RangeInclusive;

/// Reads the value of `hl`: numbers of lines and ranges of them, both ends included, separated by commas and counted from 1.
/// The error is a sentence that names what cannot be read.
pub fn line_ranges(text: &str) -> Result<Vec<RangeInclusive<usize>>, String> {
    text.split(',').map(|part| range(part.trim())).collect()
}

fn range(part: &str) -> Result<RangeInclusive<usize>, String> {
    let (first, last) = part.split_once('-').unwrap_or((part, part));
    let (first, last) = (number(first)?, number(last)?);
    if first > last {
        return Err(format!("`{part}` ends before it begins"));
    }
    Ok(first..=last)
}

fn number(text: &str) -> Result<usize, String> {
    let text = text.trim();
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(0) => Err("lines are counted from 1".to_owned()),
        Ok(number) if digits => Ok(number),
        _ => Err(format!("`{}` is no number of a line", text.escape_debug())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges_are_read() {
        for (text, ranges) in [
            ("3", vec![3..=3]),
            ("3-5,8", vec![3..=5, 8..=8]),
            (" 3 - 5 , 8 ", vec![3..=5, 8..=8]),
            ("8,1-1,2-9", vec![8..=8, 1..=1, 2..=9]),
        ] {
            assert_eq!(line_ranges(text), Ok(ranges), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (text, why) in [
            ("", "`` is no number of a line"),
            ("3,", "`` is no number of a line"),
            ("3-", "`` is no number of a line"),
            ("-3", "`` is no number of a line"),
            ("+3", "`+3` is no number of a line"),
            ("3-4-5", "`4-5` is no number of a line"),
            ("three\n", "`three` is no number of a line"),
            ("99999999999999999999999", "`99999999999999999999999` is no number of a line"),
            ("0-3", "lines are counted from 1"),
            ("5-3", "`5-3` ends before it begins"),
        ] {
            assert_eq!(line_ranges(text), Err(why.to_owned()), "{text}");
        }
    }
}
