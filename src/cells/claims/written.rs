use std::fmt;
use std::ops::Range;

use super::prose::{Number, numbers};
use super::{Quantity, Value};

/// Why a text in a post does not agree with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disagreement {
    /// It says nothing that could be compared with the value.
    Unreadable(String),
    /// It says something else.
    Differs {
        /// The part of the text that is compared.
        written: String,
        /// The value as a reader sees it.
        measured: String,
    },
}

/// In a sentence: `` `2 ms` is written, but the value is 3.1 ms ``.
impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Disagreement::Unreadable(why) => f.write_str(why),
            Disagreement::Differs { written, measured } => {
                write!(f, "`{written}` is written, but the value is {measured}")
            }
        }
    }
}

impl std::error::Error for Disagreement {}

/// Whether a text such as `1.9 ms`, `about 3.4×`, `2,000 lost updates` or `93 %` agrees with a value: the number in it, with
/// its unit, differs from the value by no more than `tolerance` (0.2 for 20 %) times the value. A text with several
/// numbers is read where one of them has the unit of the value; one behind `±` does not count. A fact in words must be
/// written as it is.
///
/// # Errors
/// As [`Disagreement`] says.
pub fn agrees(written: &str, value: &Value, tolerance: f64) -> Result<(), Disagreement> {
    let differs = |written: &str, measured| Err(Disagreement::Differs { written: written.trim().to_owned(), measured });
    match value {
        Value::Text(text) if written.split_whitespace().eq(text.split_whitespace()) => Ok(()),
        Value::Text(text) => differs(written, text.clone()),
        Value::Quantity(quantity) => {
            let number = number_of(written, quantity)?;
            // The last summand is the rounding of computers.
            let allowed = (tolerance + 1e-12) * quantity.value.abs();
            if (number.value - quantity.value).abs() <= allowed {
                return Ok(());
            }
            differs(&written[number.range.clone()], text_like(&number, quantity))
        }
    }
}

/// A text with the number in it replaced by the value as a reader sees it, and its other words kept: `about 3.4×` and 3.61
/// become `about 3.6×`.
///
/// # Errors
/// As [`agrees`], where nothing can be compared.
pub fn rewritten(written: &str, value: &Value) -> Result<String, Disagreement> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        Value::Quantity(quantity) => {
            let number = number_of(written, quantity)?;
            let Range { start, end } = number.range;
            Ok(format!("{}{}{}", &written[..start], text_like(&number, quantity), &written[end..]))
        }
    }
}

/// The number in a text that is meant to be the quantity.
fn number_of<'a>(written: &'a str, quantity: &Quantity) -> Result<Number<'a>, Disagreement> {
    let unreadable = |why: String| Err(Disagreement::Unreadable(why));
    let written = written.trim_end();
    let all = numbers(written)?;
    let mut fitting = all.iter().filter(|number| number.unit == quantity.unit);
    match (fitting.next(), fitting.next()) {
        (Some(number), None) => Ok(number.clone()),
        (Some(_), Some(_)) => unreadable(format!("`{written}` holds more than one number that could be meant")),
        (None, _) if all.is_empty() => unreadable(format!("`{written}` holds no number")),
        (None, _) => {
            unreadable(format!("`{written}` does not hold {}, but the value is {}", quantity.unit, quantity.text()))
        }
    }
}

/// A quantity, to stand in the place of a number: per cent for per cent. `×` and `/s` are the author's, and stay.
fn text_like(number: &Number<'_>, quantity: &Quantity) -> String {
    let (factor, sign) = number.percent.map_or((1.0, ""), |sign| (100.0, sign));
    let (value, half_width) = (factor * quantity.value, quantity.half_width.map(|width| factor * width));
    let text = Quantity { value, half_width, ..*quantity }.text();
    format!("{}{sign}", text.trim_end_matches('×').trim_end_matches("/s"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::claims::Unit;

    fn ratio(value: f64) -> Quantity {
        Quantity { ratio: true, ..number(value) }
    }

    fn number(value: f64) -> Quantity {
        Quantity::new(value, None, Unit::NUMBER)
    }

    fn time(ns: f64) -> Quantity {
        Quantity::new(ns, Some(34_000.0), Unit::TIME)
    }

    #[test]
    fn a_text_agrees_within_the_tolerance() {
        for (written, quantity, tolerance, agreed) in [
            ("1.9 ms", time(1_923_400.0), 0.2, true),
            ("1.9 ms", time(1_923_400.0), 0.01, false),
            ("1,923.4 µs", time(1_923_400.0), 0.0, true),
            ("1.9 µs", time(1_923_400.0), 0.2, false),
            ("1.2", number(1.0), 0.2, true),
            ("1.21", number(1.0), 0.2, false),
            ("0.8", number(1.0), 0.2, true),
            ("0.79", number(1.0), 0.2, false),
            ("-3", number(-3.0), 0.0, true),
            ("3", number(-3.0), 0.2, false),
            ("about 3.4×", ratio(3.6), 0.2, true),
            ("2,000 lost updates", number(2_000.0), 0.0, true),
            ("2,001 lost updates", number(2_000.0), 0.0, false),
            ("0 lost", number(0.0), 0.2, true),
            ("1 lost", number(0.0), 0.2, false),
            ("93 %", number(0.934), 0.01, true),
            ("93", number(0.934), 0.01, false),
            ("1.2 GiB", Quantity::new(1.3e9, None, Unit::SIZE), 0.05, true),
            ("520,000 updates/s", Quantity::new(5.2e-4, None, Unit::RATE), 0.0, true),
            ("8 threads need 1.9 ms", time(1_923_400.0), 0.2, true),
        ] {
            let result = agrees(written, &Value::Quantity(quantity), tolerance);
            assert_eq!(result.is_ok(), agreed, "{written}: {result:?}");
            assert!(!matches!(result, Err(Disagreement::Unreadable(_))), "{written}: {result:?}");
        }
    }

    #[test]
    fn a_disagreement_says_both() {
        for (written, quantity, message) in [
            ("about 3.4× as fast", ratio(5.0), "`3.4` is written, but the value is 5.0"),
            ("3.1 ms", time(1_923_400.0), "`3.1 ms` is written, but the value is 1.923 ms"),
            ("50 %", ratio(0.934), "`50 %` is written, but the value is 93 %"),
            ("eight", number(8.0), "`eight` holds no number"),
            ("", number(8.0), "`` holds no number"),
            ("3", time(1_923_400.0), "`3` does not hold a time, but the value is 1.923 ms"),
            ("3 ms", number(3.0), "`3 ms` does not hold a plain number, but the value is 3"),
            ("3 of 4", number(3.0), "`3 of 4` holds more than one number that could be meant"),
            ("3 ms, no, 4 ms", time(3e6), "`3 ms, no, 4 ms` holds more than one number that could be meant"),
        ] {
            let error = agrees(written, &Value::Quantity(quantity), 0.2).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn a_fact_in_words_must_be_written_as_it_is() {
        let fact = Value::Text("Some Processor".to_owned());
        assert_eq!(agrees(" Some\nProcessor ", &fact, 0.2), Ok(()));
        let error = agrees("Some processor", &fact, 0.2).unwrap_err();
        assert_eq!(error.to_string(), "`Some processor` is written, but the value is Some Processor");
        assert_eq!(rewritten("Any", &fact).as_deref(), Ok("Some Processor"));
    }

    #[test]
    fn a_rewritten_text_keeps_its_words() {
        let throughput = Quantity::new(1.34, None, Unit::THROUGHPUT);
        for (written, quantity, text) in [
            ("about 3.4×, mostly", ratio(3.61), "about 3.6×, mostly"),
            ("3.4 times", ratio(3.61), "3.6 times"),
            ("1,900 µs on 8 threads", time(2_123_400.0), "2.123 ms on 8 threads"),
            ("2,000 lost updates", number(1_997.0), "1,997 lost updates"),
            ("1.2 million updates", number(1_234_567.0), "1,234,567 updates"),
            ("93 % of all", number(0.95), "95 % of all"),
            ("93%", ratio(0.9512), "95%"),
            ("1.2 GB/s", throughput, "1.3 GB/s"),
            ("500,000 updates/s", Quantity::new(5.2e-4, None, Unit::RATE), "520,000 updates/s"),
            ("-3 ms", time(-3_100_000.0), "−3.100 ms"),
        ] {
            assert_eq!(rewritten(written, &Value::Quantity(quantity)).as_deref(), Ok(text));
        }
        assert!(rewritten("eight", &Value::Quantity(number(8.0))).is_err());
    }
}
