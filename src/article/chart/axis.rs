//! Axes: where values lie, and which of them are marked.

/// From a least value to a greatest, in equal steps or in equal ratios.
#[derive(Debug, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    /// Whether equal ratios take equal room.
    pub(super) logarithmic: bool,
}

/// About as many marks are enough.
const MARKS: usize = 6;

impl Axis {
    /// An axis that ends at the first and the last of these parameters.
    pub(super) fn of_parameters(parameters: &[f64]) -> Axis {
        let (low, high) = ends(parameters);
        Axis { low, high, logarithmic: is_wide(low, high) }
    }

    /// An axis on which all values lie, and its marks at numbers that are 1, 2 or 5 times a power of ten. In equal ratios, if
    /// `values` are positive and span a factor of four; else from zero. `ends_of_whiskers` may lie beyond it if they are not
    /// positive.
    pub(super) fn of_values(values: &[f64], ends_of_whiskers: &[f64]) -> (Axis, Vec<f64>) {
        let (least, greatest) = ends(values);
        let logarithmic = is_wide(least, greatest);
        let whiskers: Vec<f64> = ends_of_whiskers
            .iter()
            .copied()
            .filter(|end| !logarithmic || *end >= least / 10.0)
            .chain([least, greatest])
            .collect();
        let (low, high) = ends(&whiskers);
        let marks = if logarithmic { ratios(low, high) } else { steps(low.min(0.0), high.max(0.0)) };
        let (low, high) = ends(&marks);
        let marks = if logarithmic { thinned(&marks) } else { marks };
        (Axis { low, high, logarithmic }, marks)
    }

    /// An axis from a mark below all values to one above them, which need not begin at zero, and its marks.
    pub(super) fn around(values: &[f64]) -> (Axis, Vec<f64>) {
        let (low, high) = ends(values);
        let logarithmic = is_wide(low, high);
        // Values that are all alike have some room around them.
        let free = if low < high { 0.0 } else { 0.05 * low.abs().max(1e-9) };
        let marks = if logarithmic { ratios(low, high) } else { steps(low - free, high + free) };
        let (low, high) = ends(&marks);
        (Axis { low, high, logarithmic }, if logarithmic { thinned(&marks) } else { marks })
    }

    /// Where a value lies, from 0 at the least to 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        let share = if self.logarithmic {
            (value.max(f64::MIN_POSITIVE) / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
    }

    /// Values that lie evenly on it: two for a line that is straight there, more for a curve.
    pub(super) fn sampled(&self, count: usize) -> impl Iterator<Item = f64> {
        (0..count).map(move |at| {
            let share = at as f64 / (count - 1) as f64;
            if self.logarithmic {
                self.low * (self.high / self.low).powf(share)
            } else {
                self.low + (self.high - self.low) * share
            }
        })
    }
}

/// Multiples of 1, 2 or 5 times a power of ten from zero to the last that is not above `high`, at most six.
pub(super) fn marks_within(high: f64) -> Vec<f64> {
    let high = if high.is_normal() && high > 0.0 { high } else { 1.0 };
    let size = 10_f64.powf((high / MARKS as f64).log10().floor());
    let is_enough = |step: &f64| step * MARKS as f64 > high;
    let step = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * size).into_iter().find(is_enough).unwrap_or(high);
    (0..MARKS).map(|at| at as f64 * step).take_while(|mark| *mark <= high).collect()
}

fn ends(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)))
}

/// Whether values span so much that ratios show more than differences.
fn is_wide(low: f64, high: f64) -> bool {
    low > 0.0 && high / low >= 4.0 && (high / low).is_finite()
}

/// The numbers 1, 2 and 5 times a power of ten from the last below `low` to the first above `high`.
fn ratios(low: f64, high: f64) -> Vec<f64> {
    let first = low.log10().floor() as i32;
    let nice = |exponent: i32| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(exponent));
    // A hair less and more, since 10⁻³ is no binary fraction.
    let (below, above) = (low * (1.0 + 1e-9), high * (1.0 - 1e-9));
    let all: Vec<f64> = (first..).flat_map(nice).take_while(|mark| mark.is_finite()).take(3 * 700).collect();
    let from = all.iter().rposition(|mark| *mark <= below).unwrap_or(0);
    let to = all.iter().position(|mark| *mark >= above).unwrap_or(all.len() - 1);
    all[from..=to].to_vec()
}

/// Powers of ten alone, or every second or third or … of them, where there would be too many marks.
fn thinned(marks: &[f64]) -> Vec<f64> {
    if marks.len() <= MARKS {
        return marks.to_vec();
    }
    let exponent = |mark: f64| (mark * (1.0 + 1e-9)).log10().floor();
    let decades: Vec<f64> = marks.iter().copied().filter(|&mark| mark / 10_f64.powf(exponent(mark)) < 1.5).collect();
    let every = decades.len().div_ceil(MARKS).max(1);
    decades.into_iter().step_by(every).collect()
}

/// Multiples of 1, 2 or 5 times a power of ten that enclose `low..=high`, about five.
fn steps(low: f64, high: f64) -> Vec<f64> {
    let span = if high > low && (high - low).is_finite() { high - low } else { 1.0 };
    let size = 10_f64.powf((span / 4.0).log10().floor());
    let step =
        [1.0, 2.0, 5.0, 10.0].map(|digit| digit * size).into_iter().find(|step| *step * 4.0 >= span * (1.0 - 1e-9));
    let step = step.unwrap_or(span);
    // Counted in steps, so that no mark is off by what adding up loses.
    let (from, to) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil().max(1.0));
    (0..=MARKS).map(|at| from + at as f64).take_while(|at| *at <= to).map(|at| at * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_numbers_around_the_values() {
        let table: [(&[f64], bool, &[f64]); 11] = [
            (&[1.2e6, 9e6], true, &[1e6, 2e6, 5e6, 1e7]),
            (&[1.0, 8.0], true, &[1.0, 2.0, 5.0, 10.0]),
            (&[0.002, 0.02], true, &[0.002, 0.005, 0.01, 0.02]),
            (&[3e5, 4e8], true, &[1e6, 1e7, 1e8]),
            (&[1.0, 1e12], true, &[1.0, 1e3, 1e6, 1e9, 1e12]),
            (&[1.2e6, 1.3e6], false, &[0.0, 5e5, 1e6, 1.5e6]),
            (&[0.0, 8.0], false, &[0.0, 2.0, 4.0, 6.0, 8.0]),
            (&[-3.0, 5.0], false, &[-4.0, -2.0, 0.0, 2.0, 4.0, 6.0]),
            (&[7.0, 7.0], false, &[0.0, 2.0, 4.0, 6.0, 8.0]),
            (&[0.0, 0.0], false, &[0.0, 0.5]),
            (&[-1.0], false, &[-1.0, -0.5, 0.0, 0.5]),
        ];
        for (values, logarithmic, expected) in table {
            let (axis, marks) = Axis::of_values(values, &[]);
            assert_eq!(axis.logarithmic, logarithmic, "{values:?}");
            let near = |(mark, expected): (&f64, &f64)| (mark - expected).abs() <= expected.abs() * 1e-9;
            assert!(marks.len() == expected.len() && marks.iter().zip(expected).all(near), "{values:?}: {marks:?}");
        }
    }

    #[test]
    fn an_axis_around_values_need_not_begin_at_zero() {
        let table: [(&[f64], bool, &[f64]); 5] = [
            (&[1.21e6, 1.32e6], false, &[1.2e6, 1.25e6, 1.3e6, 1.35e6]),
            (&[7.0, 7.0], false, &[6.6, 6.8, 7.0, 7.2, 7.4]),
            (&[0.0], false, &[-5e-11, 0.0, 5e-11]),
            (&[-3.0, 5.0], false, &[-4.0, -2.0, 0.0, 2.0, 4.0, 6.0]),
            (&[1.2e6, 9e6], true, &[1e6, 2e6, 5e6, 1e7]),
        ];
        for (values, logarithmic, expected) in table {
            let (axis, marks) = Axis::around(values);
            assert_eq!(axis.logarithmic, logarithmic, "{values:?}");
            let near = |(mark, expected): (&f64, &f64)| (mark - expected).abs() <= expected.abs() * 1e-9;
            assert!(marks.len() == expected.len() && marks.iter().zip(expected).all(near), "{values:?}: {marks:?}");
        }
    }

    #[test]
    fn marks_within_a_length_are_round_numbers() {
        let table: [(f64, &[f64]); 6] = [
            (83.0, &[0.0, 20.0, 40.0, 60.0, 80.0]),
            (60.0, &[0.0, 20.0, 40.0, 60.0]),
            (59.0, &[0.0, 10.0, 20.0, 30.0, 40.0, 50.0]),
            (1e9, &[0.0, 2e8, 4e8, 6e8, 8e8, 1e9]),
            (0.0, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
            (f64::NAN, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        ];
        for (high, expected) in table {
            let marks = marks_within(high);
            let near = |(mark, expected): (&f64, &f64)| (mark - expected).abs() <= expected.abs() * 1e-9;
            assert!(marks.len() == expected.len() && marks.iter().zip(expected).all(near), "{high}: {marks:?}");
        }
    }

    #[test]
    fn every_value_lies_on_its_axis() {
        for values in [
            &[1.0, 3.0, 9.0][..],
            &[0.0, 0.0],
            &[5.0],
            &[-1.0, 1.0],
            &[1e-300, 1e300],
            &[f64::MIN, f64::MAX],
            &[1e-310, 1.0],
        ] {
            let (axis, marks) = Axis::of_values(values, &[0.0]);
            assert!(!marks.is_empty() && marks.len() <= 8, "{values:?}: {marks:?}");
            for value in values.iter().chain(&marks) {
                assert!((0.0..=1.0).contains(&axis.share(*value)), "{value} of {values:?}");
            }
        }
        let (axis, _) = Axis::of_values(&[1.0, 100.0], &[-5.0]);
        let shares = [0.0, 1.0, 10.0, 100.0, 1e9].map(|value| axis.share(value));
        assert_eq!(format!("{shares:?}"), "[0.0, 0.0, 0.5, 1.0, 1.0]");
    }

    #[test]
    fn parameters_lie_from_end_to_end() {
        let shares = |parameters: &[f64]| -> Vec<f64> {
            let axis = Axis::of_parameters(parameters);
            parameters.iter().map(|parameter| (axis.share(*parameter) * 1e6).round() / 1e6).collect()
        };
        assert_eq!(shares(&[1.0, 2.0, 4.0]), [0.0, 0.5, 1.0]);
        assert_eq!(shares(&[1.0, 2.0, 3.0]), [0.0, 0.5, 1.0]);
        assert_eq!(shares(&[0.0, 1.0, 4.0]), [0.0, 0.25, 1.0]);
        assert_eq!(shares(&[3.0]), [0.0]);
    }
}
