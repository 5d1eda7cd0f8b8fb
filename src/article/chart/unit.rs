//! Values in words, with no more digits than their interval supports, and the marks of an axis.

use crate::cells::{format_bytes, format_ns};

/// What a value is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A duration in ns.
    Time,
    /// A size in bytes.
    Bytes,
    /// A number without a unit.
    Number,
}

/// From this number on a number is written with a power of ten.
const HUGE: f64 = 1e15;

/// Below this one too.
const TINY: f64 = 1e-6;

impl Unit {
    /// A value to the second digit of its uncertainty. Without one it has two digits, as nothing is known of more; a number
    /// that was counted is shown whole.
    pub(super) fn format(self, value: f64, half_width: Option<f64>) -> String {
        match (self, half_width) {
            (Unit::Time, _) => format_ns(value, half_width),
            (Unit::Bytes, None) => format_bytes(value as u64),
            (Unit::Number, None | Some(0.0)) if value.fract() == 0.0 => grouped(value, 0),
            _ => self.scaled(value, half_width),
        }
    }

    /// A value in the largest unit that it fills.
    fn scaled(self, value: f64, half_width: Option<f64>) -> String {
        let rounded = round_to(value, last_digit(value, half_width));
        let (exponent, name) = self.step(rounded);
        // Asked again, since rounding may have added a digit in front: 996 to 1000.
        let last = last_digit(rounded, half_width);
        format!("{}{name}", grouped(rounded / 10_f64.powi(exponent), last - exponent))
    }

    /// A mark of an axis as people write it: `10 ms`, `0.5 s`. `like` is the value whose unit it is written in.
    pub(super) fn mark(self, value: f64, like: f64) -> String {
        if value == 0.0 {
            return "0".to_owned();
        }
        let (exponent, name) = self.step(like);
        let scaled = value / 10_f64.powi(exponent);
        if self != Unit::Number {
            return format!("{}{name}", plain(scaled));
        }
        // 20k and 1.5M, but 16,384.
        let short = [(9, "G"), (6, "M"), (3, "k")].into_iter().find_map(|(exponent, name)| {
            let tenths = value / 10_f64.powi(exponent - 1);
            let is_short = value.abs() >= 1e4 && tenths.abs() >= 10.0 && tenths.abs() < 1e4 && tenths.fract() == 0.0;
            is_short.then(|| format!("{}{name}", tenths / 10.0))
        });
        short.unwrap_or_else(
            || if value.abs() < HUGE && value.fract() == 0.0 { grouped(value, 0) } else { plain(value) },
        )
    }

    /// The largest unit that a value fills: its power of ten and its name.
    fn step(self, value: f64) -> (i32, &'static str) {
        let steps: &[(i32, &str)] = match self {
            Unit::Time => &[(9, " s"), (6, " ms"), (3, " µs"), (0, " ns")],
            Unit::Bytes => &[(9, " GB"), (6, " MB"), (3, " kB"), (0, " B")],
            Unit::Number => &[(0, "")],
        };
        let fills = |step: &&(i32, &'static str)| value.abs() >= 10_f64.powi(step.0);
        *steps.iter().find(fills).unwrap_or(&steps[steps.len() - 1])
    }
}

/// The power of ten of the first digit.
pub(super) fn magnitude(value: f64) -> i32 {
    // A hair more, so that half of 2.0 − 1.8 counts as 0.1.
    (value.abs() * (1.0 + 1e-9)).log10().floor().clamp(-400.0, 400.0) as i32
}

/// The power of ten of the last digit that is worth showing: the second of the half-width, among the first four of the value.
fn last_digit(value: f64, half_width: Option<f64>) -> i32 {
    let half_width = half_width.unwrap_or(value).abs();
    let leading = magnitude(if value == 0.0 { half_width } else { value });
    if value == 0.0 && half_width == 0.0 {
        return 0;
    }
    (magnitude(half_width) - 1).clamp(leading - 3, leading)
}

/// A value rounded to a multiple of a power of ten.
fn round_to(value: f64, exponent: i32) -> f64 {
    let step = 10_f64.powi(exponent);
    let rounded = (value / step).round() * step;
    if rounded.is_finite() { rounded } else { value }
}

/// A number that ends with the digit of this power of ten, with commas from 10,000 on.
pub(super) fn grouped(value: f64, last: i32) -> String {
    if value.abs() >= HUGE || (value != 0.0 && value.abs() < TINY) {
        return plain(value);
    }
    let decimals = usize::try_from(-last).unwrap_or(0);
    // Minus zero is zero.
    let digits = format!("{:.decimals$}", round_to(value, last) + 0.0);
    let whole = digits.find('.').unwrap_or(digits.len());
    let first = usize::from(digits.starts_with('-'));
    if whole - first < 5 {
        return digits;
    }
    let comma = |at: usize| if at > first && at < whole && (whole - at).is_multiple_of(3) { "," } else { "" };
    digits.char_indices().map(|(at, digit)| format!("{}{digit}", comma(at))).collect()
}

/// The shortest form of a number, without the noise of its last binary digits.
fn plain(value: f64) -> String {
    let value = round_to(value, magnitude(value) - 5);
    if value != 0.0 && !(TINY..HUGE).contains(&value.abs()) {
        let text = format!("{value:.3e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'));
    }
    let text = format!("{value:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_no_more_digits_than_their_interval_supports() {
        let table = [
            (Unit::Time, 1_923_400.0, Some(34_000.0), "1.923 ms"),
            (Unit::Time, 1_923_400.0, None, "1.9 ms"),
            (Unit::Bytes, 2_123_456.0, Some(120_000.0), "2.12 MB"),
            (Unit::Bytes, 2_123_456.0, Some(2_000_000.0), "2.1 MB"),
            (Unit::Bytes, 999_996.0, Some(100.0), "1.000 MB"),
            (Unit::Bytes, 2_123_456.0, None, "2.1 MB"),
            (Unit::Bytes, -5.0, None, "0 B"),
            (Unit::Bytes, 0.0, Some(0.0), "0 B"),
            (Unit::Number, 1234.6, Some(12.0), "1235"),
            (Unit::Number, 123_456.0, Some(1_200.0), "123,500"),
            (Unit::Number, -0.012_34, Some(0.001), "-0.0123"),
            (Unit::Number, 0.0, Some(0.5), "0.00"),
            (Unit::Number, -0.001, Some(9.0), "-0.001"),
            (Unit::Number, 1_234_567.0, Some(0.0), "1,234,567"),
            (Unit::Number, 997.0, None, "997"),
            (Unit::Number, 0.333_33, None, "0.33"),
            (Unit::Number, 1e300, None, "1e300"),
            (Unit::Number, 1.5e-12, None, "1.5e-12"),
        ];
        for (unit, value, half_width, text) in table {
            assert_eq!(unit.format(value, half_width), text, "{value} ± {half_width:?}");
        }
    }

    #[test]
    fn marks_are_written_as_people_write_them() {
        let table = [
            (Unit::Time, 1e6, 1e6, "1 ms"),
            (Unit::Time, 2e7, 2e7, "20 ms"),
            (Unit::Time, 5e5, 1.5e6, "0.5 ms"),
            (Unit::Time, 1.5e11, 1.5e11, "150 s"),
            (Unit::Time, 0.5, 0.5, "0.5 ns"),
            (Unit::Bytes, 5e8, 5e8, "500 MB"),
            (Unit::Number, 0.0, 5.0, "0"),
            (Unit::Number, 8.0, 8.0, "8"),
            (Unit::Number, 0.1 + 0.2, 1.0, "0.3"),
            (Unit::Number, -2.5, 5.0, "-2.5"),
            (Unit::Number, 1024.0, 1024.0, "1024"),
            (Unit::Number, 20_000.0, 20_000.0, "20k"),
            (Unit::Number, 16_384.0, 16_384.0, "16,384"),
            (Unit::Number, 1_500_000.0, 1_500_000.0, "1.5M"),
            (Unit::Number, 1e20, 1e20, "1e20"),
            (Unit::Number, 1e-7, 1e-7, "1e-7"),
        ];
        for (unit, value, like, text) in table {
            assert_eq!(unit.mark(value, like), text, "{value} like {like}");
        }
    }
}
