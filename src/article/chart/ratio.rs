//! How a value compares with the baseline's, in words that its interval supports.

use super::unit::{grouped, magnitude};
use super::{MISSING, Measured, Unit};
use crate::cells::statistics::half_width;

/// A ratio to the baseline in words. Which words is decided by its interval alone, as it is printed: where it holds 1, no
/// difference was found. (An interval of a ratio, not two intervals that do or do not overlap: Kalibera and Jones 2013.)
pub(super) fn words(ratio: Measured, unit: Unit) -> String {
    let Some(ratio) = ratio.known().filter(|ratio| ratio.value > 0.0) else { return MISSING.to_owned() };
    let Some((low, high)) = ratio.interval.filter(|(low, _)| *low > 0.0) else {
        return format!("ratio {}, too few runs to judge", grouped(ratio.value, magnitude(ratio.value) - 1));
    };
    match told(ratio.value, (low, high), unit) {
        Some(Told { times, kind, interval }) => format!("{times} {kind} ({interval})"),
        None => no_difference((low, high)),
    }
}

/// A ratio that is told from 1.
pub(in crate::article) struct Told {
    /// `1.9×`.
    pub(in crate::article) times: String,
    /// `as fast`, `as long` or `as much`.
    pub(in crate::article) kind: &'static str,
    interval: String,
}

impl Told {
    /// What is told of a ratio, if it is told from 1.
    pub(in crate::article) fn of(ratio: Measured, unit: Unit) -> Option<Told> {
        let ratio = ratio.known().filter(|ratio| ratio.value > 0.0)?;
        told(ratio.value, ratio.interval.filter(|(low, _)| *low > 0.0)?, unit)
    }
}

fn told(ratio: f64, (low, high): (f64, f64), unit: Unit) -> Option<Told> {
    // Of two times the shorter one is told by how many times it would fit.
    let (ratio, (low, high), kind) = match unit {
        Unit::Time if high < 1.0 => (1.0 / ratio, (1.0 / high, 1.0 / low), "as fast"),
        Unit::Time => (ratio, (low, high), "as long"),
        Unit::Bytes | Unit::Number => (ratio, (low, high), "as much"),
    };
    let digits = [1, 2].map(|digits| last_digit((low, high), digits));
    let last = digits.into_iter().find(|last| is_told_from_one((low, high), *last))?;
    let times = format!("{}×", grouped(ratio, last));
    Some(Told { times, kind, interval: format!("{}–{}", grouped(low, last), grouped(high, last)) })
}

fn no_difference(interval: (f64, f64)) -> String {
    let last = last_digit(interval, 1);
    format!("no difference found ({}–{})", grouped(interval.0, last), grouped(interval.1, last))
}

/// The power of ten of the last of so many digits of the interval's half-width, among the first four of its upper end.
fn last_digit(interval: (f64, f64), digits: i32) -> i32 {
    let leading = magnitude(interval.1);
    (magnitude(half_width(interval)) + 1 - digits).clamp(leading - 3, leading)
}

/// Whether both ends still lie on one side of 1 when they are rounded.
fn is_told_from_one((low, high): (f64, f64), last: i32) -> bool {
    let half_a_step = 0.5 * 10_f64.powi(last);
    low >= 1.0 + half_a_step || high < 1.0 - half_a_step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_decides_the_words() {
        let table = [
            (1.0, Some((0.97, 1.04)), "no difference found (0.97–1.04)"),
            (1.5, Some((0.8, 2.3)), "no difference found (0.8–2.3)"),
            (1.1, Some((1.0, 1.2)), "no difference found (1.0–1.2)"),
            (0.526, Some((0.5, 0.5556)), "1.9× as fast (1.8–2.0)"),
            (2.1, Some((2.0, 2.2)), "2.1× as long (2.0–2.2)"),
            (171.3, Some((163.0, 184.0)), "170× as long (160–180)"),
            (1.012, Some((1.004, 1.02)), "1.012× as long (1.004–1.020)"),
            // One digit would print 1.0 and a second does not.
            (1.12, Some((1.03, 1.23)), "1.12× as long (1.03–1.23)"),
            (1.1, Some((1.0004, 1.21)), "no difference found (1.0–1.2)"),
            (0.8, Some((0.6, 0.9999)), "no difference found (0.6–1.0)"),
            (2.0, Some((2.0, 2.0)), "2.000× as long (2.000–2.000)"),
            (1.0, Some((1.0, 1.0)), "no difference found (1.000–1.000)"),
            (0.5333, None, "ratio 0.53, too few runs to judge"),
            (2.0, Some((f64::NAN, 3.0)), "ratio 2.0, too few runs to judge"),
            (f64::NAN, None, "–"),
            (f64::INFINITY, Some((1.0, 2.0)), "–"),
            (0.0, None, "–"),
        ];
        for (value, interval, text) in table {
            assert_eq!(words(Measured { value, interval }, Unit::Time), text, "{value} {interval:?}");
        }
    }

    #[test]
    fn what_is_no_time_is_more_or_less() {
        for (value, interval, text) in
            [(0.48, (0.45, 0.51), "0.48× as much (0.45–0.51)"), (2.1, (2.0, 2.2), "2.1× as much (2.0–2.2)")]
        {
            assert_eq!(words(Measured { value, interval: Some(interval) }, Unit::Bytes), text, "{value}");
        }
    }
}
