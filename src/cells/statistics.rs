//! The few figures by which a measurement is told, and when it has been measured often enough.
//!
//! Robust ones only: on a machine that others use too, a few runs take much longer, and an interval of the mean then
//! misses its target more often than not.

/// Numbers of runs at which the order-statistic interval is close to 95 %, so that it is worth a look.
pub const LOOKS: [usize; 10] = [6, 9, 12, 15, 17, 20, 23, 25, 28, 30];

/// The half-width of the interval, as a share of the median, at which more runs would tell nobody more.
const NARROW: f64 = 0.025;

/// The fewest runs that are enough, however alike they are.
const FEWEST: usize = 9;

/// The middle value; between the two middle ones, if there is no single one. Nothing for no values.
pub fn median(values: &[f64]) -> Option<f64> {
    median_of_sorted(&sorted(values))
}

/// The median's interval of confidence of at least 95 %: from the k-th smallest value to the k-th largest, where the
/// median lies outside with the probability of fewer than k heads in n throws of a coin. Makes no assumption about the
/// distribution. Nothing for fewer than six values. H. A. David and H. N. Nagaraja, *Order Statistics*, 3rd ed., §7.1.
pub fn median_interval(values: &[f64]) -> Option<(f64, f64)> {
    let k = rank(values.len())?;
    let sorted = sorted(values);
    Some((sorted[k - 1], sorted[sorted.len() - k]))
}

/// The median distance from the median, times 1.4826: for a normal distribution that is its standard deviation.
pub fn deviation(values: &[f64]) -> Option<f64> {
    let middle = median(values)?;
    let distances: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    median(&distances).map(|distance| 1.4826 * distance)
}

/// Half the width of an interval.
pub fn half_width((low, high): (f64, f64)) -> f64 {
    (high - low) / 2.0
}

/// Whether more runs are not worth their time: the interval of the median is narrow, and there are at least nine values.
pub fn is_enough(values: &[f64]) -> bool {
    let (Some(middle), Some(interval)) = (median(values), median_interval(values)) else {
        return false;
    };
    values.len() >= FEWEST && half_width(interval) <= NARROW * middle
}

/// How values go with the order in which they were measured, if more than by chance: the rank correlation ρ of C. Spearman,
/// *The Proof and Measurement of Association between Two Things* (1904), from −1 for values that fall all the time to 1 for
/// values that rise. Nothing unless |ρ| > 0.5 and is larger than chance makes it in one of twenty series of so many values,
/// of which it has about the deviation 1 / √(n − 1).
pub fn trend(values: &[f64]) -> Option<f64> {
    let places: Vec<f64> = (0..values.len()).map(|place| place as f64).collect();
    let rho = correlation(&ranks(values), &places)?;
    (rho.abs() > (1.96 / (values.len() as f64 - 1.0).sqrt()).max(0.5)).then_some(rho)
}

/// The place of each value among all, from 0; that in the middle for those that are alike.
fn ranks(values: &[f64]) -> Vec<f64> {
    let sorted = sorted(values);
    let rank = |value: &f64| {
        let below = sorted.partition_point(|other| other.total_cmp(value).is_lt());
        let up_to = sorted.partition_point(|other| other.total_cmp(value).is_le());
        (below + up_to - 1) as f64 / 2.0
    };
    values.iter().map(rank).collect()
}

/// The correlation of K. Pearson; nothing if all values of one series are alike.
fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let centred = |values: &[f64]| -> Vec<f64> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| value - mean).collect()
    };
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (a, b) = (centred(a), centred(b));
    let scale = (product(&a, &a) * product(&b, &b)).sqrt();
    (scale > 0.0).then(|| product(&a, &b) / scale)
}

/// The largest k such that fewer than k heads in n throws have a probability of at most 2.5 %.
fn rank(n: usize) -> Option<usize> {
    // The probabilities of 0, 1, 2, … heads, as logarithms because 2⁻ⁿ soon is no number any more.
    let mut logarithm = n as f64 * 0.5_f64.ln();
    let mut sum = 0.0;
    let mut k = 0;
    while k < n {
        sum += logarithm.exp();
        if sum > 0.025 {
            break;
        }
        logarithm += ((n - k) as f64 / (k + 1) as f64).ln();
        k += 1;
    }
    (k > 0).then_some(k)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

fn median_of_sorted(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    Some(if sorted.len().is_multiple_of(2) { f64::midpoint(sorted[middle - 1], upper) } else { upper })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::noise::Noise;
    use crate::cells::random::Random;

    #[test]
    fn the_median_is_the_middle_value() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 5.0]), Some(5.0));
        assert_eq!(median(&[9.0, 1.0, 5.0, 6.0]), Some(5.5));
    }

    #[test]
    fn the_interval_is_bounded_by_the_values_of_the_published_table() {
        let table = [(6, 1), (9, 2), (10, 2), (12, 3), (15, 4), (17, 5), (20, 6), (23, 7), (25, 8), (28, 9), (30, 10)];
        for (n, k) in table {
            assert_eq!(rank(n), Some(k), "{n} values");
            let values: Vec<f64> = (1..=n).rev().map(|value| value as f64).collect();
            assert_eq!(median_interval(&values), Some((k as f64, (n + 1 - k) as f64)), "{n} values");
        }
        assert_eq!(LOOKS.map(|n| rank(n).is_some()), [true; 10]);
    }

    #[test]
    fn fewer_than_six_values_have_no_interval() {
        for n in 0..6 {
            assert_eq!(median_interval(&vec![1.0; n]), None, "{n} values");
        }
    }

    #[test]
    fn many_values_have_a_rank_too() {
        // n/2 − 1.96·√n/2, the normal approximation, is off by less than two.
        for n in [100, 1_000, 10_000_usize] {
            let approximate = n as f64 / 2.0 - 0.98 * (n as f64).sqrt();
            assert!((rank(n).expect("enough values") as f64 - approximate).abs() < 2.0, "{n} values");
        }
    }

    #[test]
    fn the_deviation_ignores_what_is_far_out() {
        assert_eq!(deviation(&[]), None);
        assert_eq!(deviation(&[1.0, 2.0, 3.0, 4.0, 1e9]), Some(1.4826));
    }

    #[test]
    fn nine_like_values_are_enough_and_eight_or_unlike_ones_are_not() {
        assert!(is_enough(&[1.0; 9]));
        assert!(!is_enough(&[1.0; 8]));
        assert!(!is_enough(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.1, 1.1, 1.1, 1.1]));
        assert!(is_enough(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.04, 9.0]));
        assert!(!is_enough(&[]));
    }

    #[test]
    fn a_trend_is_told_if_it_is_more_than_chance() {
        let rising: Vec<f64> = (0..9).map(f64::from).collect();
        let falling: Vec<f64> = rising.iter().map(|value| -value).collect();
        assert_eq!((trend(&rising), trend(&falling)), (Some(1.0), Some(-1.0)));
        assert_eq!(trend(&[1.0, 2.0, 3.0, 4.0]), None, "so few are in order by chance");
        assert_eq!(trend(&[5.0; 9]), None);
        assert_eq!(trend(&[1.0, 9.0, 2.0, 8.0, 3.0, 7.0, 4.0, 6.0, 5.0]), None);
        // With ties: the ranks are ½, ½, 2, 4, 4, 4, 6, 7, 8.
        let rho = trend(&[1.0, 1.0, 2.0, 3.0, 3.0, 3.0, 4.0, 5.0, 6.0]).expect("it rises");
        assert!((rho - (57.5_f64 / 60.0).sqrt()).abs() < 1e-9, "{rho}");
        assert_eq!((trend(&[]), trend(&[1.0])), (None, None));
    }

    #[test]
    fn the_interval_holds_the_true_median_as_often_as_it_says() {
        let mut random = Random::new(1);
        let truth = median(&(0..100_001).map(|run| Noise::Spiky.time(&mut random, run)).collect::<Vec<_>>())
            .expect("there are values");
        for n in [9, 15, 30] {
            let holds = |_: &usize| {
                let values: Vec<f64> = (0..n).map(|run| Noise::Spiky.time(&mut random, run)).collect();
                median_interval(&values).is_some_and(|(low, high)| (low..=high).contains(&truth))
            };
            let held = (0..2_000).filter(holds).count();
            assert!((1_860..2_000).contains(&held), "{held} of 2000 intervals of {n} values");
        }
    }
}
