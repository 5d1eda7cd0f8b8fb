use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Figures, Sample};

/// The fewest undisturbed runs that figures may be taken from alone: fewer have no interval.
const FEWEST_UNDISTURBED: usize = 6;

/// What was measured of the runs of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Runs that the figures are taken from: the undisturbed ones, or all if those are fewer than six.
    pub runs: usize,
    /// Those of them that others disturbed: none, unless fewer than six were undisturbed.
    pub disturbed: usize,
    /// Disturbed runs besides, which the figures are not taken from.
    pub left_out: usize,
    /// Whether `wall` is the time of a part that the program measured itself, and not that of the whole process.
    pub section: bool,
    /// The elapsed time, ns.
    pub wall: Figures,
    /// The time of the processor, ns; of the whole process in any case.
    pub cpu: Figures,
    /// The peak of memory, bytes.
    pub rss: Figures,
    /// Cores used on average: time of the processor by elapsed time, of the whole process.
    pub parallelism: Figures,
    /// The numbers that the program told, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Figures>,
}

impl Summary {
    /// The figures of some runs; nothing for none.
    pub fn of(samples: &[Sample]) -> Option<Self> {
        let counted = counted(samples);
        let figures = |figure: &dyn Fn(&Sample) -> f64| Figures::of(&counted.iter().map(figure).collect::<Vec<f64>>());
        let sections: Option<Vec<f64>> = counted.iter().map(|sample| sample.section).collect();
        let wall = match &sections {
            Some(sections) => Figures::of(sections)?,
            None => figures(&|sample| sample.wall as f64)?,
        };
        let names: BTreeSet<&String> = counted.iter().flat_map(|sample| sample.values.keys()).collect();
        let told =
            |name: &String| counted.iter().filter_map(|sample| sample.values.get(name).copied()).collect::<Vec<f64>>();
        Some(Summary {
            runs: counted.len(),
            disturbed: counted.iter().filter(|sample| sample.disturbed).count(),
            left_out: samples.len() - counted.len(),
            section: sections.is_some(),
            wall,
            cpu: figures(&|sample| sample.cpu as f64)?,
            rss: figures(&|sample| sample.rss as f64)?,
            parallelism: figures(&|sample| sample.cpu as f64 / (sample.wall as f64).max(1.0))?,
            values: names.into_iter().filter_map(|name| Some((name.clone(), Figures::of(&told(name))?))).collect(),
        })
    }
}

/// The samples that figures are taken from. Left out by cause, never by value.
pub(super) fn counted(samples: &[Sample]) -> Vec<Sample> {
    let undisturbed: Vec<Sample> = samples.iter().filter(|sample| !sample.disturbed).cloned().collect();
    if undisturbed.len() >= FEWEST_UNDISTURBED { undisturbed } else { samples.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(walls: &[(u64, bool)]) -> Vec<Sample> {
        let sample = |&(wall, disturbed): &(u64, bool)| Sample {
            wall,
            cpu: wall * 3,
            rss: wall + 1,
            disturbed,
            ..Sample::default()
        };
        walls.iter().map(sample).collect()
    }

    #[test]
    fn what_never_ran_has_no_figures() {
        assert_eq!(Summary::of(&[]), None);
    }

    #[test]
    fn six_undisturbed_runs_stand_for_all() {
        let mut walls = vec![(900, true), (10, false), (20, false), (30, false), (40, false), (50, false), (60, false)];
        let summary = Summary::of(&samples(&walls)).expect("it ran");
        assert_eq!((summary.runs, summary.disturbed, summary.left_out), (6, 0, 1));
        assert_eq!((summary.wall.median, summary.wall.interval()), (35.0, Some((10.0, 60.0))));
        assert_eq!((summary.wall.min, summary.wall.max, summary.rss.max), (10.0, 60.0, 61.0));

        walls.pop();
        let summary = Summary::of(&samples(&walls)).expect("it ran");
        assert_eq!((summary.runs, summary.disturbed, summary.left_out), (6, 1, 0), "five alone would have no interval");
        assert!(summary.wall.max > 899.0);
    }

    #[test]
    fn one_run_has_no_interval() {
        let summary = Summary::of(&samples(&[(500, false)])).expect("it ran");
        assert_eq!((summary.runs, summary.wall.median, summary.wall.interval()), (1, 500.0, None));
        assert_eq!((summary.cpu.median, summary.parallelism.median, summary.rss.median), (1500.0, 3.0, 501.0));
    }

    #[test]
    fn a_section_that_every_run_measured_is_its_time() {
        let with = |section| Sample { section, ..samples(&[(500, false)]).remove(0) };
        let summary = Summary::of(&[with(Some(7.0)), with(Some(9.0))]).expect("it ran");
        assert_eq!((summary.section, summary.wall.median, summary.parallelism.median), (true, 8.0, 3.0));
        let summary = Summary::of(&[with(Some(7.0)), with(None)]).expect("it ran");
        assert_eq!((summary.section, summary.wall.median), (false, 500.0));
    }

    #[test]
    fn numbers_that_were_told_have_figures_of_their_own() {
        let with =
            |hits| Sample { values: BTreeMap::from([("hits".to_owned(), hits)]), ..samples(&[(1, false)]).remove(0) };
        let summary = Summary::of(&[with(3.0), with(5.0), Sample::default()]).expect("it ran");
        assert_eq!((summary.values["hits"].median, summary.values["hits"].n), (4.0, 2));
    }
}
