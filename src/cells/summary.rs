use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::statistics::trend;
use super::{Cause, Figures, Sample};

/// The fewest undisturbed runs that figures may be taken from alone: fewer have no interval.
pub(super) const FEWEST_UNDISTURBED: usize = 6;

/// What was measured of the runs of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Runs that the figures are taken from: the undisturbed ones, or all if those are fewer than six.
    pub runs: usize,
    /// Those of them that others disturbed: none, unless fewer than six were undisturbed.
    pub disturbed: usize,
    /// Disturbed runs besides, which the figures are not taken from.
    pub left_out: usize,
    /// How many runs each cause disturbed, those that are left out with the others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub causes: BTreeMap<Cause, usize>,
    /// How the elapsed time goes with the order of the runs, if more than by chance: the rank correlation, from −1 for runs
    /// that became faster all the time to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<f64>,
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
    /// What starting takes of `wall`, if an empty program was run in the same rounds; nothing of a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub startup: Option<Startup>,
    /// The numbers that the program told, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Figures>,
}

/// What an empty program of the same language takes, started in the same way and run in the same rounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Startup {
    /// Its elapsed time, ns.
    pub empty: Figures,
    /// The elapsed time of the program less that of the empty one, within each round, ns.
    pub rest: Figures,
}

impl Startup {
    /// Of the runs that have such a partner, if there are any.
    fn of(samples: &[Sample]) -> Option<Startup> {
        let pairs = samples.iter().filter_map(|sample| Some((sample.wall as f64, sample.startup? as f64)));
        let (empty, rest): (Vec<f64>, Vec<f64>) = pairs.map(|(wall, empty)| (empty, wall - empty)).unzip();
        Some(Startup { empty: Figures::of(&empty)?, rest: Figures::of(&rest)? })
    }
}

/// A program that takes less than so many times what an empty one does says more of starting than of itself.
const LARGELY_STARTUP: f64 = 3.0;

impl Summary {
    /// Whether starting a process is more than a third of its elapsed time, so that the program had better measure what it does
    /// by itself.
    pub fn is_largely_startup(&self) -> bool {
        let is_large = |startup: &Startup| self.wall.median < LARGELY_STARTUP * startup.empty.median;
        self.startup.as_ref().is_some_and(is_large)
    }

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
            disturbed: counted.iter().filter(|sample| sample.disturbed.is_some()).count(),
            left_out: samples.len() - counted.len(),
            causes: causes(samples),
            trend: trend(&counted.iter().map(Sample::time).collect::<Vec<f64>>()),
            section: sections.is_some(),
            wall,
            cpu: figures(&|sample| sample.cpu as f64)?,
            rss: figures(&|sample| sample.rss as f64)?,
            parallelism: figures(&|sample| sample.cpu as f64 / (sample.wall as f64).max(1.0))?,
            startup: if sections.is_none() { Startup::of(&counted) } else { None },
            values: names.into_iter().filter_map(|name| Some((name.clone(), Figures::of(&told(name))?))).collect(),
        })
    }
}

fn causes(samples: &[Sample]) -> BTreeMap<Cause, usize> {
    let mut causes = BTreeMap::new();
    for cause in samples.iter().filter_map(|sample| sample.disturbed) {
        *causes.entry(cause).or_default() += 1;
    }
    causes
}

/// The samples that figures are taken from. Left out by cause, never by value.
pub(super) fn counted(samples: &[Sample]) -> Vec<Sample> {
    let undisturbed: Vec<Sample> = samples.iter().filter(|sample| sample.disturbed.is_none()).cloned().collect();
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
            disturbed: disturbed.then_some(Cause::Programs),
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
        assert_eq!(summary.causes, BTreeMap::from([(Cause::Programs, 1)]));
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
        let with = |section| Sample { section, startup: Some(400), ..samples(&[(500, false)]).remove(0) };
        let summary = Summary::of(&[with(Some(7.0)), with(Some(9.0))]).expect("it ran");
        assert_eq!(summary.startup, None, "starting is no part of it");
        assert_eq!((summary.section, summary.wall.median, summary.parallelism.median), (true, 8.0, 3.0));
        let summary = Summary::of(&[with(Some(7.0)), with(None)]).expect("it ran");
        assert_eq!((summary.section, summary.wall.median, summary.is_largely_startup()), (false, 500.0, true));
    }

    #[test]
    fn starting_is_told_by_the_empty_runs_of_the_same_rounds() {
        let with = |wall, startup| Sample { startup, ..samples(&[(wall, false)]).remove(0) };
        let runs = [with(100, Some(40)), with(110, Some(45)), with(120, None), with(130, Some(70))];
        let summary = Summary::of(&runs).expect("it ran");
        let startup = summary.startup.as_ref().expect("three runs have a partner");
        assert_eq!((startup.empty.median, startup.rest.median, startup.rest.n), (45.0, 60.0, 3));
        assert!(summary.is_largely_startup(), "115 is less than 3 × 45");
        let summary = Summary::of(&[with(100, Some(33))]).expect("it ran");
        assert!(!summary.is_largely_startup());
        assert_eq!(Summary::of(&[with(100, None)]).expect("it ran").startup, None);
    }

    #[test]
    fn runs_that_become_slower_have_a_trend() {
        let walls: Vec<(u64, bool)> = (100..109).map(|wall| (wall, false)).collect();
        assert_eq!(Summary::of(&samples(&walls)).expect("it ran").trend, Some(1.0));
        assert_eq!(Summary::of(&samples(&[(100, false); 9])).expect("it ran").trend, None);
    }

    #[test]
    fn numbers_that_were_told_have_figures_of_their_own() {
        let with =
            |hits| Sample { values: BTreeMap::from([("hits".to_owned(), hits)]), ..samples(&[(1, false)]).remove(0) };
        let summary = Summary::of(&[with(3.0), with(5.0), Sample::default()]).expect("it ran");
        assert_eq!((summary.values["hits"].median, summary.values["hits"].n), (4.0, 2));
    }
}
