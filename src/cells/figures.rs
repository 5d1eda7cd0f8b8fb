use serde::{Deserialize, Serialize};

use super::quantity::format_ns;
use super::statistics::{deviation, half_width, median, median_interval};

/// The figures by which a number that was measured several times is told. All in the unit of the number: ns for times, bytes
/// for sizes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// How often it was measured.
    pub n: usize,
    /// The middle value.
    pub median: f64,
    /// Where the 95 % interval of the median begins; nothing for fewer than six values.
    pub low: Option<f64>,
    /// Where it ends.
    pub high: Option<f64>,
    /// The arithmetic mean.
    pub mean: f64,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// The median distance from the median, as a robust standard deviation.
    pub mad: f64,
}

impl Figures {
    /// The figures of some values; nothing for none.
    pub fn of(values: &[f64]) -> Option<Figures> {
        let interval = median_interval(values);
        Some(Figures {
            n: values.len(),
            median: median(values)?,
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
            mean: values.iter().sum::<f64>() / values.len() as f64,
            min: values.iter().copied().fold(f64::INFINITY, f64::min),
            max: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            mad: deviation(values)?,
        })
    }

    /// The figures of the same values, each divided by a number.
    #[must_use]
    pub fn per(&self, divisor: f64) -> Figures {
        let per = |value: f64| value / divisor;
        Figures {
            n: self.n,
            median: per(self.median),
            low: self.low.map(per),
            high: self.high.map(per),
            mean: per(self.mean),
            min: per(self.min),
            max: per(self.max),
            mad: per(self.mad),
        }
    }

    /// The 95 % interval of the median, if there are enough values for one.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.low.zip(self.high)
    }

    /// A time in words: the median, with half the width of its interval if it has one.
    pub fn time(&self) -> String {
        match self.half_width() {
            Some(half) => format!("{} ± {}", format_ns(self.median, Some(half)), format_ns(half, None)),
            None => format_ns(self.median, None),
        }
    }

    /// Half the width of that interval.
    pub fn half_width(&self) -> Option<f64> {
        self.interval().map(half_width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_values_have_an_interval_and_one_has_none() {
        assert_eq!(Figures::of(&[]), None);
        let one = Figures::of(&[5.0]).expect("there is a value");
        assert_eq!(
            (one.n, one.median, one.interval(), one.mean, one.min, one.max, one.mad),
            (1, 5.0, None, 5.0, 5.0, 5.0, 0.0)
        );
        let six = Figures::of(&[6.0, 1.0, 2.0, 3.0, 4.0, 8.0]).expect("there are values");
        assert_eq!((six.median, six.interval(), six.half_width(), six.mean), (3.5, Some((1.0, 8.0)), Some(3.5), 4.0));
    }
}
