//! Laws of scaling, fitted to the times that a fixed amount of work takes so many workers.
//!
//! The universal scalability law of N. J. Gunther (*Guerrilla Capacity Planning*, 2007, chapter 4) says how throughput grows
//! with n workers: as n / (1 + σ (n − 1) + κ n (n − 1)), where σ is the share of contention and κ that of keeping data
//! coherent. Without κ it is the law of G. M. Amdahl (*Validity of the Single Processor Approach*, 1967), and σ the serial
//! share of the work. The time, its inverse, is linear in t₁, t₁ σ and t₁ κ, so that least squares have one solution.

use super::Measured;
use super::unit::{grouped, magnitude};

/// How far a point may be from a law that fits, as a share of it, if its interval is no wider.
const CLOSE: f64 = 0.05;

/// The widest uncertainty of a share that still says something.
const VAGUE: f64 = 0.15;

/// A law that fits, with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Law {
    /// Amdahl's.
    Amdahl {
        /// The share of the work that one worker alone can do.
        serial: Estimate,
        /// Of how many points. Two are met exactly, whatever the law: A. H. Karp and H. P. Flatt, *Measuring parallel processor
        /// performance* (1990).
        points: usize,
    },
    /// Gunther's.
    Universal {
        /// The share of contention, σ.
        contention: Estimate,
        /// That of coherency, κ.
        coherency: Estimate,
        /// The number of workers with the highest throughput.
        peak: Estimate,
    },
}

/// A parameter and how uncertain it is, as half of its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Estimate {
    value: f64,
    half_width: f64,
}

/// Workers and the time that they took.
type Timed = (f64, Measured);

impl Law {
    /// The law for a line whose points are in the order of their workers: the universal one where throughput falls beyond a
    /// peak and that fits, else Amdahl's, of the points that have a core for each worker. Nothing if there are too few points
    /// with an interval, if none of the two fits, or if its parameters are too uncertain to be told.
    pub(super) fn of(points: &[Timed], cores: Option<usize>) -> Option<Law> {
        let known = |(workers, time): &&Timed| *workers >= 1.0 && time.value > 0.0 && time.interval.is_some();
        let points: Vec<Timed> = points.iter().filter(known).copied().collect();
        let universal = if has_peak(&points) { Law::universal(&points) } else { None };
        let has_cores = |(workers, _): &&Timed| cores.is_none_or(|cores| *workers <= cores as f64);
        universal.or_else(|| Law::amdahl(&points.iter().filter(has_cores).copied().collect::<Vec<_>>()))
    }

    fn amdahl(points: &[Timed]) -> Option<Law> {
        let times = Times::of(points, 2)?;
        let solve = |times: &[f64]| least_squares::<2>(&times_of(points, times));
        let [one, of_serial] = solve(&times.medians)?;
        let errors = times.errors(&[one, of_serial, 0.0])?;
        let serial = times.estimate(&errors, |times| solve(times).map(|[one, serial]| serial / one))?;
        // Computed of times that are all the same, the share is 1 but for rounding.
        let is_share = serial.low() < 1.0 + 1e-9 && serial.high() > 0.0 && serial.half_width <= VAGUE;
        is_share.then_some(Law::Amdahl { serial, points: points.len() })
    }

    fn universal(points: &[Timed]) -> Option<Law> {
        let times = Times::of(points, 4)?;
        let solve = |times: &[f64]| least_squares::<3>(&times_of(points, times));
        let coefficients = solve(&times.medians)?;
        let errors = times.errors(&coefficients)?;
        let estimate = |of: &dyn Fn([f64; 3]) -> f64| times.estimate(&errors, |times| solve(times).map(of));
        let contention = estimate(&|[one, contention, _]| contention / one)?;
        let coherency = estimate(&|[one, _, coherency]| coherency / one)?;
        // Gunther 2007, equation 4.33, as σ = a / t₁ and κ = b / t₁.
        let peak = estimate(&|[one, contention, coherency]| ((one - contention) / coherency).sqrt())?;
        let is_told = contention.high() > 0.0
            && contention.half_width <= VAGUE
            && coherency.low() > 0.0
            && peak.half_width < peak.value / 2.0;
        is_told.then_some(Law::Universal { contention, coherency, peak })
    }

    /// What it says of a line with this name, in a sentence. `parameter` is what counts the workers.
    pub(super) fn sentence(&self, label: &str, parameter: &str) -> String {
        match self {
            Law::Amdahl { serial, points: 2 } => {
                let serial = serial.share();
                format!("By Amdahl’s law {serial} of {label} is serial; two points cannot tell whether the law fits.")
            }
            Law::Amdahl { serial, .. } => {
                let serial = serial.share();
                format!("Amdahl’s law fits {label} with {serial} of the work serial.")
            }
            Law::Universal { contention, coherency, peak } => format!(
                "The universal scalability law fits {label} with a contention of {}, a coherency of {}, and its peak at {parameter} = {}.",
                contention.share(),
                coherency.share(),
                peak.number()
            ),
        }
    }
}

/// Whether throughput falls again, by more than its intervals, behind a point that is not the first.
fn has_peak(points: &[Timed]) -> bool {
    let best = points.iter().enumerate().min_by(|(_, one), (_, other)| one.1.value.total_cmp(&other.1.value));
    let (Some((at, (_, best))), Some((_, last))) = (best, points.last()) else { return false };
    at > 0 && last.ends().0 > best.ends().1
}

/// The times that a law is fitted to.
struct Times {
    workers: Vec<f64>,
    medians: Vec<f64>,
    /// Half of the widths of their intervals.
    half_widths: Vec<f64>,
}

impl Times {
    /// Nothing for fewer points than that.
    fn of(points: &[Timed], fewest: usize) -> Option<Times> {
        let half_width = |(_, time): &Timed| time.ends().1.max(time.value) / 2.0 - time.ends().0 / 2.0;
        (points.len() >= fewest).then(|| Times {
            workers: points.iter().map(|point| point.0).collect(),
            medians: points.iter().map(|point| point.1.value).collect(),
            half_widths: points.iter().map(half_width).collect(),
        })
    }

    /// How far each time may be off: half of its interval, or what the law misses it by, whatever is more. Nothing if that says
    /// that the law does not fit.
    fn errors(&self, coefficients: &[f64; 3]) -> Option<Vec<f64>> {
        let error = |((workers, time), half_width): ((&f64, &f64), &f64)| {
            let law: f64 = basis::<3>(*workers).iter().zip(coefficients).map(|(basis, of)| basis * of).sum();
            let missed = (law - time).abs();
            (missed <= half_width.max(CLOSE * time)).then(|| half_width.max(missed))
        };
        self.workers.iter().zip(&self.medians).zip(&self.half_widths).map(error).collect()
    }

    /// A parameter that is computed from the times. Its uncertainty is what moving each time by its error moves it by, the
    /// errors taken as independent.
    fn estimate(&self, errors: &[f64], of: impl Fn(&[f64]) -> Option<f64>) -> Option<Estimate> {
        let value = of(&self.medians).filter(|value| value.is_finite())?;
        let mut variance = 0.0;
        for (at, error) in errors.iter().enumerate() {
            let moved = |by: f64| {
                let mut times = self.medians.clone();
                times[at] += by;
                of(&times).filter(|value| value.is_finite())
            };
            variance += ((moved(*error)? - moved(-error)?) / 2.0).powi(2);
        }
        Some(Estimate { value, half_width: variance.sqrt() })
    }
}

impl Estimate {
    fn low(self) -> f64 {
        self.value - self.half_width
    }

    fn high(self) -> f64 {
        self.value + self.half_width
    }

    /// A share in percent, with one digit of its uncertainty: `8 % (6–10 %)`, `at most 2 %`.
    fn share(self) -> String {
        let percent = |share: f64| self.digits(100.0, share.clamp(0.0, 1.0));
        if self.low() <= 0.0 {
            return format!("at most {} %", percent(self.high()));
        }
        let [value, low, high] = [self.value, self.low(), self.high()].map(percent);
        format!("{value} % ({low}–{high} %)")
    }

    /// A number, with one digit of its uncertainty: `22 (20–24)`.
    fn number(self) -> String {
        let [value, low, high] = [self.value, self.low(), self.high()].map(|end| self.digits(1.0, end));
        format!("{value} ({low}–{high})")
    }

    fn digits(self, scale: f64, value: f64) -> String {
        grouped(scale * value, magnitude(scale * self.half_width).clamp(-4, 0))
    }
}

/// What the coefficients of the time are multiplied with: 1 / n, (n − 1) / n, n − 1.
fn basis<const N: usize>(workers: f64) -> [f64; N] {
    let all = [1.0 / workers, (workers - 1.0) / workers, workers - 1.0];
    std::array::from_fn(|at| all[at])
}

/// Workers with times in place of those that were measured.
fn times_of<'t>(points: &'t [Timed], times: &'t [f64]) -> Vec<(f64, f64)> {
    points.iter().map(|point| point.0).zip(times.iter().copied()).collect()
}

/// The coefficients with the least sum of squares of what they miss each time by, as a share of it. Nothing if the points do
/// not decide them.
fn least_squares<const N: usize>(times: &[(f64, f64)]) -> Option<[f64; N]> {
    // The normal equations, each with its right side.
    let mut matrix = [[0.0; N]; N];
    let mut right = [0.0; N];
    for (workers, time) in times {
        let row = basis::<N>(*workers).map(|basis| basis / time);
        for (at, one) in row.iter().enumerate() {
            for (of, other) in row.iter().enumerate() {
                matrix[at][of] += one * other;
            }
            right[at] += one;
        }
    }
    // Gauss and Jordan. The matrix is positive definite, so that no rows need to be exchanged.
    for at in 0..N {
        let pivot = matrix[at][at];
        if pivot.abs() < f64::MIN_POSITIVE || pivot.is_nan() {
            return None;
        }
        let (pivots, its_right) = (matrix[at], right[at]);
        for other in (0..N).filter(|other| *other != at) {
            let factor = matrix[other][at] / pivot;
            for (entry, of_pivot) in matrix[other].iter_mut().zip(pivots) {
                *entry -= factor * of_pivot;
            }
            right[other] -= factor * its_right;
        }
    }
    Some(std::array::from_fn(|at| right[at] / matrix[at][at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times of so many workers by a law, each with an interval of this half-width as a share.
    fn times(workers: &[f64], share: f64, mut law: impl FnMut(f64) -> f64) -> Vec<Timed> {
        let measured =
            |time: f64| Measured { value: time, interval: Some(((1.0 - share) * time, (1.0 + share) * time)) };
        workers.iter().map(|&workers| (workers, measured(law(workers)))).collect()
    }

    fn amdahl(serial: f64) -> impl Fn(f64) -> f64 {
        move |n: f64| 1e8 * (serial + (1.0 - serial) / n)
    }

    fn universal(contention: f64, coherency: f64) -> impl Fn(f64) -> f64 {
        move |n: f64| 1e8 * (1.0 + contention * (n - 1.0) + coherency * n * (n - 1.0)) / n
    }

    fn sentence(points: &[Timed], cores: usize) -> Option<String> {
        Law::of(points, Some(cores)).map(|law| law.sentence("spin", "threads"))
    }

    #[test]
    fn amdahls_law_finds_the_serial_share() {
        let workers = [1.0, 2.0, 4.0, 8.0];
        for (serial, error, expected) in [
            (0.08, 0.01, "8.0 % (7.7–8.3 %)"),
            (0.08, 0.05, "8 % (7–9 %)"),
            (0.5, 0.01, "50.0 % (49.1–50.9 %)"),
            (0.0, 0.01, "at most 0.2 %"),
            (1.0, 0.01, "100 % (99–100 %)"),
        ] {
            let expected = format!("Amdahl’s law fits spin with {expected} of the work serial.");
            assert_eq!(sentence(&times(&workers, error, amdahl(serial)), 8), Some(expected), "{serial} ± {error}");
        }
    }

    #[test]
    fn the_universal_law_finds_contention_coherency_and_the_peak() {
        let points = times(&[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0], 0.01, universal(0.05, 0.002));
        let expected = "The universal scalability law fits spin with a contention of 5.0 % (4.8–5.2 %), a coherency of \
                        0.200 % (0.196–0.204 %), and its peak at threads = 21.8 (21.6–22.0).";
        assert_eq!(sentence(&points, 8).as_deref(), Some(expected));
    }

    #[test]
    fn workers_without_a_core_are_not_amdahls() {
        let full = |n: f64| amdahl(0.1)(n.min(4.0));
        let points = times(&[1.0, 2.0, 4.0, 8.0, 16.0], 0.01, full);
        assert!(sentence(&points, 4).is_some_and(|text| text.contains("with 10.0 % (")), "{:?}", sentence(&points, 4));
        assert_eq!(sentence(&points, 16), None, "the knee is no law's");
        let two =
            "By Amdahl’s law 10\u{a0}% (8–12\u{a0}%) of spin is serial; two points cannot tell whether the law fits.";
        assert_eq!(sentence(&points, 2).as_deref(), Some(two));
        assert_eq!(sentence(&points, 1), None, "one point decides nothing");
        let crowded = |n: f64| if n > 2.5 { 1.3 * full(2.0) } else { full(n) };
        assert!(sentence(&times(&[1.0, 2.0, 4.0, 8.0], 0.01, crowded), 2).is_some(), "a peak that is no law's");
    }

    #[test]
    fn what_fits_badly_or_is_not_known_well_is_not_told() {
        let workers = [1.0, 2.0, 4.0, 8.0];
        let bumpy = |n: f64| if (1.5..2.5).contains(&n) { 1.4 * amdahl(0.1)(n) } else { amdahl(0.1)(n) };
        let rising = |n: f64| 1e8 * n;
        let mut few = times(&workers, 0.01, amdahl(0.1));
        few[1].1.interval = None;
        few[2].1.interval = None;
        few[3].1.interval = None;
        for (points, why) in [
            (times(&workers, 0.01, bumpy), "one is far off"),
            (times(&workers, 0.6, amdahl(0.1)), "the intervals are wide"),
            (times(&workers, 0.01, rising), "it is no speed-up"),
            (times(&[1.0, 2.0, 8.0], 0.01, universal(0.05, 0.05)), "three points for three parameters"),
            (few, "only one has runs enough"),
            (Vec::new(), "there are none"),
        ] {
            assert_eq!(sentence(&points, 8), None, "{why}");
        }
    }

    #[test]
    fn the_interval_of_a_share_holds_it_as_often_as_it_says() {
        // Twelve numbers between 0 and 1 are about normal, with a deviation of 1; 1.96 of that is half of an interval.
        let mut state = 1_u64;
        let mut noise = || -> f64 {
            let uniform = |_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 11) as f64 / (1_u64 << 53) as f64
            };
            (0..12).map(uniform).sum::<f64>() - 6.0
        };
        let mut held = 0;
        for _ in 0..1_000 {
            let points = times(&[1.0, 2.0, 4.0, 8.0], 0.0196, |n| amdahl(0.2)(n) * (1.0 + 0.01 * noise()));
            let law = Law::of(&points, None).expect("it fits");
            let Law::Amdahl { serial, .. } = law else { panic!("{law:?}") };
            held += usize::from(serial.low() <= 0.2 && 0.2 <= serial.high());
        }
        assert!((930..=999).contains(&held), "{held} of 1000");
    }

    #[test]
    fn no_times_are_too_odd() {
        let workers = [1e-300, 1.0, 1.0, 2.0, 1e300];
        for law in [|_| 0.0, |_| 1e-300, |_| 1e100, |n: f64| -n, |_| f64::NAN] {
            let points = times(&workers, 0.01, law);
            if let Some(law) = Law::of(&points, None) {
                assert!(!law.sentence("", "").contains("NaN"), "{points:?}");
            }
        }
    }
}
