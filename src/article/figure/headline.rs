//! The number that stands for a post where it is shared.

use crate::article::chart::{Bar, Measured, Told, Unit};

/// A number with a word about what it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    /// The number, with its unit and how well it is known: `1.8×`, `1.92 ms ± 30 µs`.
    pub number: String,
    /// What it is: `as fast as one thread`, `median time of spin`.
    pub what: String,
    /// What is compared, in order; nothing if nothing is.
    pub bars: Vec<HeadlineBar>,
}

/// One of the things that are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadlineBar {
    /// What it is called.
    pub name: String,
    /// What was measured of it: `1.92 ms`.
    pub value: String,
    /// That by the largest of what is compared, in percent.
    pub percent: f64,
    /// Whether the number is about it.
    pub subject: bool,
}

impl Headline {
    /// The number that an author chose: the value of an expression.
    pub fn chosen(number: String, expression: &str) -> Headline {
        Headline { number, what: expression.to_owned(), bars: Vec::new() }
    }

    /// The ratio that differs most from 1, of those that are told from it.
    pub(super) fn of_comparison(bars: &[Bar<'_>], unit: Unit) -> Option<Headline> {
        let baseline = bars.iter().find(|bar| bar.baseline)?;
        let distance = |bar: &Bar<'_>| bar.ratio.map_or(0.0, |ratio| ratio.value.ln().abs());
        let (at, told) = bars
            .iter()
            .enumerate()
            .filter_map(|(at, bar)| Some((at, Told::of(bar.ratio?, unit)?)))
            .max_by(|(a, _), (b, _)| distance(&bars[*a]).total_cmp(&distance(&bars[*b])))?;
        let largest = bars.iter().map(|bar| bar.value.value).fold(0.0, f64::max);
        let drawn = bars.iter().enumerate().map(|(number, bar)| HeadlineBar {
            name: bar.label.to_owned(),
            value: bar.value.text(unit),
            percent: if largest > 0.0 { 100.0 * bar.value.value / largest } else { 0.0 },
            subject: number == at,
        });
        Some(Headline {
            number: told.times,
            what: format!("{} as {}", told.kind, baseline.label),
            bars: drawn.collect(),
        })
    }

    /// A median by itself.
    pub(super) fn of_median(value: Measured, unit: Unit, quantity: &str, name: &str) -> Headline {
        let half = value.half_width_text(unit).map(|half| format!(" ± {half}")).unwrap_or_default();
        Headline { number: value.text(unit) + &half, what: format!("median {quantity} of {name}"), bars: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(label: &str, value: f64, ratio: Option<(f64, f64)>) -> Bar<'_> {
        let measured = |value, interval| Measured { value, interval };
        let ratio = ratio.map(|(low, high)| measured(f64::midpoint(low, high), Some((low, high))));
        Bar { label, href: None, value: measured(value, None), ratio, baseline: ratio.is_none() }
    }

    #[test]
    fn the_ratio_that_differs_most_is_told() {
        let bars = [
            bar("one", 4e6, None),
            bar("two", 2e6, Some((0.49, 0.51))),
            bar("four", 1e6, Some((0.245, 0.255))),
            bar("odd", 4e6, Some((0.9, 1.1))),
        ];
        let headline = Headline::of_comparison(&bars, Unit::Time).unwrap();
        assert_eq!((&*headline.number, &*headline.what), ("4.00×", "as fast as one"));
        let drawn: Vec<_> = headline.bars.iter().map(|bar| (&*bar.name, bar.percent, bar.subject)).collect();
        assert_eq!(drawn, [("one", 100.0, false), ("two", 50.0, false), ("four", 25.0, true), ("odd", 100.0, false)]);
        let slower = [bar("one", 4e6, None), bar("two", 2e6, Some((2.9, 3.1)))];
        assert_eq!(Headline::of_comparison(&slower, Unit::Time).unwrap().what, "as long as one");
    }

    #[test]
    fn no_difference_is_no_headline() {
        let bars = [bar("one", 4e6, None), bar("odd", 4e6, Some((0.9, 1.1)))];
        assert_eq!(Headline::of_comparison(&bars, Unit::Time), None);
        assert_eq!(Headline::of_comparison(&bars[1..], Unit::Time), None);
    }

    #[test]
    fn a_median_has_its_interval() {
        let value = Measured { value: 1_920_000.0, interval: Some((1_890_000.0, 1_950_000.0)) };
        let headline = Headline::of_median(value, Unit::Time, "time", "spin");
        assert_eq!((&*headline.number, &*headline.what), ("1.920 ms ± 30 µs", "median time of spin"));
    }
}
