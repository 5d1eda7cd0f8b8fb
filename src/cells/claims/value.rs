use super::{Key, Unit};
use crate::cells::quantity::{format_ns, format_number, format_ratio, format_size};
use crate::source::{Diagnostic, Span};

/// What a key stands for, or an expression of keys.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Something measured or counted.
    Quantity(Quantity),
    /// A fact in words, such as the machine's name.
    Text(String),
}

/// A number with its unit and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// The number: ns, bytes, 1/ns or bytes/ns, as its unit says.
    pub value: f64,
    /// Half the width of its 95 % interval of confidence, in the same unit; nothing if none is known.
    pub half_width: Option<f64>,
    /// What it is measured in.
    pub unit: Unit,
    /// Whether it is the quotient of two times, two sizes, … and so is read as "so many times as much".
    pub(super) ratio: bool,
}

/// What is known of a post's cells.
pub trait Facts {
    /// What a key stands for.
    ///
    /// # Errors
    /// Says at `place`, where the key is written, that there is no such cell, parameter or value, or that it has not been
    /// measured.
    fn look_up(&self, key: &Key, place: &Span) -> Result<Value, Diagnostic>;
}

impl Quantity {
    /// A quantity in ns, bytes, 1/ns or bytes/ns, as the unit says, with half the width of its interval, if it has one.
    pub fn new(value: f64, half_width: Option<f64>, unit: Unit) -> Self {
        Quantity { value, half_width, unit, ratio: false }
    }

    /// The quantity for a reader, with no more digits than its interval supports: `1.92 ms`, `2,000`, `3.4×`, `1.2 GB/s`.
    pub fn text(&self) -> String {
        self.text_with(self.half_width)
    }

    /// Whether it is read as "so many times as much".
    pub fn is_ratio(&self) -> bool {
        self.ratio
    }

    /// The quantity with four digits, to tell it from one that has the same text.
    pub(super) fn exact_text(&self) -> String {
        self.text_with(Some(0.0))
    }

    fn text_with(&self, half_width: Option<f64>) -> String {
        const SECOND: f64 = 1e9;
        let size = self.value.abs();
        let per_second = half_width.map(|width| width * SECOND);
        let text = match self.unit {
            Unit::TIME => format_ns(size, half_width),
            Unit::SIZE => format_size(size, half_width),
            Unit::RATE => format!("{}/s", format_ratio(size * SECOND, per_second)),
            Unit::THROUGHPUT => format!("{}/s", format_size(size * SECOND, per_second)),
            _ if self.ratio => format!("{}×", format_ratio(size, half_width)),
            _ => format_number(size, half_width),
        };
        if self.value < 0.0 { format!("−{text}") } else { text }
    }
}

impl Value {
    /// The value for a reader; see [`Quantity::text`].
    pub fn text(&self) -> String {
        match self {
            Value::Quantity(quantity) => quantity.text(),
            Value::Text(text) => text.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_the_unit_and_the_digits_that_are_known() {
        let ratio = Quantity { ratio: true, ..Quantity::new(3.412, None, Unit::NUMBER) };
        for (quantity, text) in [
            (Quantity::new(1_923_400.0, Some(340_000.0), Unit::TIME), "1.92 ms"),
            (Quantity::new(-1_923_400.0, Some(340_000.0), Unit::TIME), "−1.92 ms"),
            (Quantity::new(0.0, None, Unit::TIME), "0 ns"),
            (Quantity::new(2_123_456.0, None, Unit::SIZE), "2.1 MB"),
            (Quantity::new(1.234, Some(0.1), Unit::THROUGHPUT), "1.23 GB/s"),
            (Quantity::new(0.000_523_4, None, Unit::RATE), "520,000/s"),
            (Quantity::new(2_000.0, None, Unit::NUMBER), "2,000"),
            (Quantity::new(3.412, None, Unit::NUMBER), "3.41"),
            (ratio, "3.4×"),
            (Quantity { half_width: Some(0.12), ..ratio }, "3.41×"),
        ] {
            assert_eq!(Value::Quantity(quantity).text(), text);
        }
        assert_eq!(Value::Text("Some Processor".to_owned()).text(), "Some Processor");
    }

    #[test]
    fn exact_texts_tell_near_quantities_apart() {
        let texts = |ns: f64| {
            let quantity = Quantity::new(ns, None, Unit::TIME);
            (quantity.text(), quantity.exact_text())
        };
        assert_eq!(texts(1_920_000.0), ("1.9 ms".to_owned(), "1.920 ms".to_owned()));
        assert_eq!(texts(1_940_000.0), ("1.9 ms".to_owned(), "1.940 ms".to_owned()));
    }
}
