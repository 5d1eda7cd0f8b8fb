//! Durations, sizes and numbers as a reader wants to see them.

/// A duration in ns, to the second digit of its uncertainty: `1.923 ms` for 1,923,400 ± 34,000 ns. Without one, with two
/// digits in all. Never with more than four.
pub fn format_ns(ns: f64, half_width: Option<f64>) -> String {
    format_scaled(ns, half_width, &[(9, "s"), (6, "ms"), (3, "µs"), (0, "ns")])
}

/// A size in bytes, to the second digit of its uncertainty, as [`format_ns`]; as [`format_bytes`] without one.
pub fn format_size(bytes: f64, half_width: Option<f64>) -> String {
    if half_width.is_none() || bytes < 0.5 {
        return format_bytes(bytes.round() as u64);
    }
    // Nobody counts parts of a byte.
    let whole = round_to(bytes, last_digit(bytes, half_width).max(0));
    if whole < 1_000.0 {
        return format!("{whole} B");
    }
    format_scaled(bytes.max(1_000.0), half_width, &[(12, "TB"), (9, "GB"), (6, "MB"), (3, "kB")])
}

/// A plain number that is not negative, to the second digit of its uncertainty. Without one, a whole number is taken for a
/// count and written out (`2,000,000`); others have three digits, and as many as stand before the point.
pub(super) fn format_number(value: f64, half_width: Option<f64>) -> String {
    let exact = half_width.is_none_or(|width| width == 0.0);
    if exact && value.fract() == 0.0 && value < LONGEST_PLAIN {
        return with_commas(&format!("{value:.0}"));
    }
    match half_width {
        Some(_) => format_decimal(value, |value| last_digit(value, half_width)),
        None => format_decimal(value, |value| {
            let third = magnitude(value) - 2;
            if value < LONGEST_PLAIN { third.min(0) } else { third }
        }),
    }
}

/// A number that is not negative and that nobody counted, such as a ratio: to the second digit of its uncertainty; with
/// two digits in all without one.
pub fn format_ratio(value: f64, half_width: Option<f64>) -> String {
    format_decimal(value, |value| last_digit(value, half_width))
}

/// Numbers from here on are written with an exponent.
const LONGEST_PLAIN: f64 = 1e15;

/// Numbers below this one as well.
const SMALLEST_PLAIN: f64 = 1e-4;

/// What is smaller is taken for nothing: the step that it would be rounded to is no normal number.
const NOTHING: f64 = 1e-300;

/// What is larger is taken for endless: rounded, it may be no number.
const ENDLESS: f64 = 1e300;

/// A number down to the digit that `last` names as a power of ten; it is asked again of the rounded number.
fn format_decimal(value: f64, last: impl Fn(f64) -> i32) -> String {
    if value.is_nan() || value < NOTHING {
        return "0".to_owned();
    }
    if value > ENDLESS {
        return "∞".to_owned();
    }
    let rounded = round_to(value, last(value));
    let digit = last(rounded);
    if (SMALLEST_PLAIN..LONGEST_PLAIN).contains(&rounded) {
        let decimals = usize::try_from(-digit).unwrap_or(0);
        return with_commas(&format!("{rounded:.decimals$}"));
    }
    let decimals = usize::try_from(magnitude(rounded) - digit).unwrap_or(0);
    format!("{rounded:.decimals$e}")
}

/// A value in the largest of its units, each with its power of ten, that is not larger than the value.
fn format_scaled(value: f64, half_width: Option<f64>, units: &[(i32, &str)]) -> String {
    let smallest = units.last().expect("every table of units has one");
    if value.is_nan() || value < NOTHING {
        return format!("0 {}", smallest.1);
    }
    if value > ENDLESS {
        return format!("∞ {}", smallest.1);
    }
    let rounded = round_to(value, last_digit(value, half_width));
    let (scale, unit) = units.iter().find(|(scale, _)| *scale <= magnitude(rounded)).unwrap_or(smallest);
    // Asked again, since rounding may have added a digit in front: 996 to 1000.
    let decimals = usize::try_from(scale - last_digit(rounded, half_width)).unwrap_or(0);
    format!("{:.decimals$} {unit}", rounded / power(*scale))
}

/// The power of ten of the last digit that is worth showing.
fn last_digit(value: f64, half_width: Option<f64>) -> i32 {
    let leading = magnitude(value);
    let supported = match half_width {
        Some(width) if width > 0.0 => magnitude(width) - 1,
        Some(_) => i32::MIN,
        None => leading - 1,
    };
    supported.clamp(leading - 3, leading)
}

fn round_to(value: f64, digit: i32) -> f64 {
    let step = power(digit);
    (value / step).round() * step
}

/// Sets the digits before the point in groups of three.
fn with_commas(number: &str) -> String {
    let point = number.find('.').unwrap_or(number.len());
    let mut text = String::with_capacity(number.len() + point / 3);
    for (at, digit) in number.char_indices() {
        if at > 0 && at < point && (point - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size in bytes with two or three digits: `2.1 MB`. A megabyte is a million bytes.
pub fn format_bytes(bytes: u64) -> String {
    let (unit, scale) = match bytes {
        999_500_000.. => ("GB", 1e9),
        999_500.. => ("MB", 1e6),
        1_000.. => ("kB", 1e3),
        _ => return format!("{bytes} B"),
    };
    let value = bytes as f64 / scale;
    let decimals = usize::from(value < 9.95);
    format!("{value:.decimals$} {unit}")
}

/// The power of ten of the first digit.
fn magnitude(value: f64) -> i32 {
    value.log10().floor() as i32
}

fn power(exponent: i32) -> f64 {
    10_f64.powi(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::random::Random;

    #[test]
    fn durations_have_no_more_digits_than_their_interval_supports() {
        let table = [
            (1_923_400.0, Some(34_000.0), "1.923 ms"),
            (1_923_400.0, Some(340_000.0), "1.92 ms"),
            (1_923_400.0, Some(3_400_000.0), "1.9 ms"),
            (1_923_400.0, Some(340_000_000.0), "2 ms"),
            (47_312.0, Some(1_200.0), "47.3 µs"),
            (834_000_000.0, Some(120_000_000.0), "830 ms"),
            (1_234_567_890.0, Some(120_000_000.0), "1.23 s"),
            (999_960.0, Some(1_200.0), "1.000 ms"),
            (75_300_000_000.0, Some(2_000_000_000.0), "75.3 s"),
            (750.0, Some(11.0), "750 ns"),
        ];
        for (ns, half_width, text) in table {
            assert_eq!(format_ns(ns, half_width), text, "{ns} ± {half_width:?}");
        }
    }

    #[test]
    fn durations_without_an_interval_have_two_digits() {
        for (ns, text) in [
            (1_923_400.0, "1.9 ms"),
            (47_312.0, "47 µs"),
            (123_400_000.0, "120 ms"),
            (996_000_000.0, "1.0 s"),
            (3.0, "3.0 ns"),
            (0.0, "0 ns"),
            (f64::NAN, "0 ns"),
            (5e-324, "0 ns"),
            (f64::MAX, "∞ ns"),
        ] {
            assert_eq!(format_ns(ns, None), text, "{ns}");
        }
    }

    #[test]
    fn an_interval_of_no_width_does_not_give_endless_digits() {
        assert_eq!(format_ns(1_923_456.0, Some(0.0)), "1.923 ms");
    }

    #[test]
    fn sizes_with_an_interval_have_its_digits() {
        for (bytes, half_width, text) in [
            (2_123_456.0, Some(34_000.0), "2.123 MB"),
            (2_123_456.0, Some(340_000.0), "2.12 MB"),
            (999_600.0, Some(34_000.0), "1.000 MB"),
            (3.2e12, Some(1e12), "3.2 TB"),
            (512.0, Some(0.0), "512 B"),
            (947.0, Some(300.0), "950 B"),
            (950.0, Some(90_000.0), "1 kB"),
            (999.6, Some(1.0), "1.000 kB"),
            (0.0, Some(1.0), "0 B"),
            (2_123_456.0, None, "2.1 MB"),
        ] {
            assert_eq!(format_size(bytes, half_width), text, "{bytes} ± {half_width:?}");
        }
    }

    #[test]
    fn counts_are_written_out_and_other_numbers_are_rounded() {
        for (value, half_width, text) in [
            (0.0, None, "0"),
            (8.0, None, "8"),
            (999.0, None, "999"),
            (2_000_123.0, None, "2,000,123"),
            (2_000_123.0, Some(0.0), "2,000,123"),
            (2_000_123.0, Some(1_200.0), "2,000,000"),
            (1_234.56, Some(120.0), "1,230"),
            (1_234.56, None, "1,235"),
            (999_999.7, None, "1,000,000"),
            (2.345_67, None, "2.35"),
            (0.012_345, None, "0.0123"),
            (9.999, None, "10.0"),
            (0.1, Some(0.0), "0.1000"),
            (2e15, None, "2.00e15"),
            (3.456e-7, None, "3.46e-7"),
            (f64::NAN, None, "0"),
            (1e-310, None, "0"),
        ] {
            assert_eq!(format_number(value, half_width), text, "{value} ± {half_width:?}");
        }
    }

    #[test]
    fn ratios_have_two_digits_or_those_of_their_interval() {
        for (value, half_width, text) in [
            (3.412, None, "3.4"),
            (9.96, None, "10"),
            (123.4, None, "120"),
            (0.7123, None, "0.71"),
            (3.412, Some(0.12), "3.41"),
            (3.412, Some(2.0), "3.4"),
            (3.412, Some(50.0), "3"),
            (f64::MAX, Some(f64::NAN), "∞"),
            (0.0, None, "0"),
        ] {
            assert_eq!(format_ratio(value, half_width), text, "{value} ± {half_width:?}");
        }
    }

    /// The number that is shown, in the unit that the value was given in, and the power of ten of its last digit. Zeros that
    /// fill a whole number up to the point are none of its digits.
    fn read(text: &str) -> (f64, i32) {
        let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
        let units =
            [("", 0), ("ns", 0), ("µs", 3), ("ms", 6), ("s", 9), ("B", 0), ("kB", 3), ("MB", 6), ("GB", 9), ("TB", 12)];
        let unit = units.into_iter().find(|(name, _)| *name == unit).expect("a known unit").1;
        let number = number.replace(',', "");
        let (digits, exponent) = number.split_once('e').unwrap_or((&number, "0"));
        let scale = unit + exponent.parse::<i32>().expect("an exponent");
        let length = |text: &str| i32::try_from(text.len()).expect("a short text");
        let last = match digits.split_once('.') {
            Some((_, decimals)) => -length(decimals),
            None => length(digits) - length(digits.trim_end_matches('0')),
        };
        (digits.parse::<f64>().expect("digits") * power(scale), scale + last)
    }

    #[test]
    fn no_digit_is_shown_that_the_interval_does_not_support_and_none_is_wrong() {
        let mut random = Random::new(3);
        let mut between =
            |low: f64, high: f64| low + (high - low) * (random.next() >> 11) as f64 / (1_u64 << 53) as f64;
        let formats: [fn(f64, Option<f64>) -> String; 4] = [format_ns, format_size, format_number, format_ratio];
        for _ in 0..5_000 {
            let value = 10_f64.powf(between(0.0, 11.0));
            let half = value * 10_f64.powf(between(-7.0, 2.0));
            for (at, format) in formats.iter().enumerate() {
                let text = format(value, Some(half));
                let (shown, last) = read(&text);
                let supported = (magnitude(half) - 1).min(magnitude(shown * (1.0 + 1e-9)));
                assert!(last >= supported, "{at}: {text} for {value} ± {half}");
                let step = power(last) * (0.5 + 1e-6);
                assert!((shown - value).abs() <= step, "{at}: {text} for {value} ± {half}");
            }
        }
    }

    #[test]
    fn sizes_have_two_or_three_digits() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (2_123_456, "2.1 MB"),
            (9_960_000, "10 MB"),
            (34_500_000, "34 MB"),
            (820_600_000, "821 MB"),
            (999_700_000, "1.0 GB"),
            (1_234_000_000, "1.2 GB"),
        ] {
            assert_eq!(format_bytes(bytes), text, "{bytes}");
        }
    }
}
