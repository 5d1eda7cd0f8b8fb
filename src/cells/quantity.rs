//! Durations and sizes as a reader wants to see them.

/// A duration in ns, to the second digit of its uncertainty: `1.923 ms` for 1,923,400 ± 34,000 ns. Without one, with two
/// digits in all. Never with more than four.
pub fn format_ns(ns: f64, half_width: Option<f64>) -> String {
    if ns.is_nan() || ns <= 0.0 {
        return "0 ns".to_owned();
    }
    let step = power(last_digit(ns, half_width));
    let rounded = (ns / step).round() * step;
    let (unit, scale) = match magnitude(rounded) {
        9.. => ("s", 9),
        6.. => ("ms", 6),
        3.. => ("µs", 3),
        _ => ("ns", 0),
    };
    // Asked again, since rounding may have added a digit in front: 996 to 1000.
    let decimals = usize::try_from(scale - last_digit(rounded, half_width)).unwrap_or(0);
    format!("{:.decimals$} {unit}", rounded / power(scale))
}

/// The power of ten of the last digit that is worth showing.
fn last_digit(ns: f64, half_width: Option<f64>) -> i32 {
    let leading = magnitude(ns);
    let supported = match half_width {
        Some(width) if width > 0.0 => magnitude(width) - 1,
        Some(_) => i32::MIN,
        None => leading - 1,
    };
    supported.clamp(leading - 3, leading)
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
        ] {
            assert_eq!(format_ns(ns, None), text, "{ns}");
        }
    }

    #[test]
    fn an_interval_of_no_width_does_not_give_endless_digits() {
        assert_eq!(format_ns(1_923_456.0, Some(0.0)), "1.923 ms");
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
