use serde::{Deserialize, Serialize};

use super::quantity::format_ns;
use super::statistics::{deviation, half_width, median, median_interval};
use super::{Outcome, Sample};

/// The fewest undisturbed runs that figures may be taken from alone: fewer have no interval.
const FEWEST_UNDISTURBED: usize = 6;

/// The figures of an outcome that stand on a page. Times in ns, sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Runs that the figures are taken from: the undisturbed ones, or all if those are fewer than six.
    pub runs: usize,
    /// Those of them that others disturbed: none, unless fewer than six were undisturbed.
    pub disturbed: usize,
    /// Disturbed runs besides, which the figures are not taken from.
    #[serde(default)]
    pub left_out: usize,
    /// The middle one of the elapsed times.
    pub median: f64,
    /// Its 95 % interval of confidence; nothing for fewer than six runs.
    pub interval: Option<(f64, f64)>,
    /// The shortest elapsed time.
    pub min: f64,
    /// The longest elapsed time.
    pub max: f64,
    /// How far the elapsed times lie from the median, as a robust standard deviation.
    pub deviation: f64,
    /// The middle one of the times of the processor.
    pub cpu: f64,
    /// Cores used on average: time of the processor by elapsed time.
    pub parallelism: f64,
    /// The middle one of the peaks of memory.
    pub rss: f64,
    /// The highest peak of memory.
    pub rss_max: f64,
}

impl Summary {
    /// The figures of an outcome; nothing if it never ran.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let counted = counted(&outcome.samples);
        let figures =
            |figure: fn(&Sample) -> u64| -> Vec<f64> { counted.iter().map(|sample| figure(sample) as f64).collect() };
        let (wall, cpu, rss) =
            (figures(|sample| sample.wall), figures(|sample| sample.cpu), figures(|sample| sample.rss));
        let (median_wall, median_cpu) = (median(&wall)?, median(&cpu)?);
        Some(Summary {
            runs: counted.len(),
            disturbed: counted.iter().filter(|sample| sample.disturbed).count(),
            left_out: outcome.samples.len() - counted.len(),
            median: median_wall,
            interval: median_interval(&wall),
            min: wall.iter().copied().fold(f64::INFINITY, f64::min),
            max: wall.iter().copied().fold(0.0, f64::max),
            deviation: deviation(&wall)?,
            cpu: median_cpu,
            parallelism: median_cpu / median_wall.max(1.0),
            rss: median(&rss)?,
            rss_max: rss.iter().copied().fold(0.0, f64::max),
        })
    }

    /// The elapsed time in words: the median, with half the width of its interval if it has one.
    pub fn time(&self) -> String {
        match self.interval.map(half_width) {
            Some(half) => format!("{} ± {}", format_ns(self.median, Some(half)), format_ns(half, None)),
            None => format_ns(self.median, None),
        }
    }
}

/// The samples that figures are taken from. Left out by cause, never by value.
pub(super) fn counted(samples: &[Sample]) -> Vec<Sample> {
    let undisturbed: Vec<Sample> = samples.iter().filter(|sample| !sample.disturbed).copied().collect();
    if undisturbed.len() >= FEWEST_UNDISTURBED { undisturbed } else { samples.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::Machine;

    fn outcome(walls: &[(u64, bool)]) -> Outcome {
        let sample =
            |&(wall, disturbed): &(u64, bool)| Sample { wall, cpu: wall * 3, rss: wall + 1, foreign: 0, disturbed };
        Outcome {
            build: None,
            exit: None,
            stdout: String::new(),
            stderr: String::new(),
            samples: walls.iter().map(sample).collect(),
            machine: Machine::default(),
        }
    }

    #[test]
    fn what_never_ran_has_no_figures() {
        assert_eq!(Summary::of(&outcome(&[])), None);
    }

    #[test]
    fn six_undisturbed_runs_stand_for_all() {
        let mut walls = vec![(900, true), (10, false), (20, false), (30, false), (40, false), (50, false), (60, false)];
        let summary = Summary::of(&outcome(&walls)).expect("it ran");
        assert_eq!((summary.runs, summary.disturbed, summary.left_out), (6, 0, 1));
        assert_eq!((summary.median, summary.interval), (35.0, Some((10.0, 60.0))));
        assert_eq!((summary.min, summary.max, summary.rss_max), (10.0, 60.0, 61.0));

        walls.pop();
        let summary = Summary::of(&outcome(&walls)).expect("it ran");
        assert_eq!((summary.runs, summary.disturbed, summary.left_out), (6, 1, 0), "five alone would have no interval");
        assert!(summary.max > 899.0);
    }

    #[test]
    fn one_run_has_no_interval() {
        let summary = Summary::of(&outcome(&[(500, false)])).expect("it ran");
        assert_eq!((summary.runs, summary.median, summary.interval), (1, 500.0, None));
        assert_eq!((summary.cpu, summary.parallelism, summary.rss), (1500.0, 3.0, 501.0));
    }
}
