//! How often programs are run, and in which order. Knows nothing of processes: a run is whatever its caller makes of it.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::quotients;
use super::random::Random;
use super::statistics::{LOOKS, is_enough};
use super::summary::{FEWEST_UNDISTURBED, counted};
use super::{Exit, Metric, Repeat, Sample};

/// A first run that takes so much longer than the second was still warming up something, and the second may have been too.
const STILL_WARMING: f64 = 1.2;

/// How many times the time of one program those have together that are compared.
const TIMES_TOGETHER: u64 = 2;

/// A program that is measured with one set of values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contender<'p> {
    /// How it is measured.
    pub(super) plan: &'p Repeat,
    /// The contender that it is compared with, by its number, and by what.
    pub(super) against: Option<(usize, &'p Metric)>,
    /// The empty program that starts as it does, by its number.
    pub(super) empty: Option<usize>,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// A contender's.
    Contender(usize),
    /// An empty program's.
    Empty(usize),
}

/// How one run went.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    /// How it ended.
    pub(super) exit: Exit,
    /// What it took.
    pub(super) sample: Sample,
}

/// Measures contenders: runs each of them once in every round, in an order drawn from `seed`, so that whatever else happens
/// on the machine meets all of them alike. Those that are compared run the same rounds until all of them and their ratios are
/// known well enough. One that ends in a way that its plan does not name is not run any more; such a run counts. An empty
/// program runs in each round in which one does that starts like it, unless it has failed: nothing may be no program. Gives
/// the runs that count, for each.
///
/// # Errors
/// What a run gives as an error.
pub(super) fn measure<E>(
    contenders: &[Contender<'_>],
    seed: u64,
    mut run: impl FnMut(Turn) -> Result<Run, E>,
) -> Result<Vec<Vec<Sample>>, E> {
    let mut all: Vec<Measured<'_>> = contenders.iter().map(|&contender| Measured::of(contender)).collect();
    let mut sets = Set::all(contenders);
    let mut empties: BTreeMap<(usize, u32), Sample> = BTreeMap::new();
    let mut failed: BTreeSet<usize> = BTreeSet::new();
    let mut random = Random::new(seed);
    for round in 1.. {
        let running: Vec<usize> = sets.iter_mut().flat_map(|set| set.running(&all)).collect();
        if running.is_empty() {
            break;
        }
        let wanted: BTreeSet<usize> = running.iter().filter_map(|&at| all[at].wanted_empty()).collect();
        let mut order: Vec<Turn> = running.into_iter().map(Turn::Contender).collect();
        order.extend(wanted.difference(&failed).copied().map(Turn::Empty));
        random.shuffle(&mut order);
        for turn in order {
            let Run { exit, sample } = run(turn)?;
            match turn {
                Turn::Contender(at) => all[at].take(exit, Sample { round, ..sample }),
                Turn::Empty(at) if exit == Exit::Code(0) => drop(empties.insert((at, round), sample)),
                Turn::Empty(at) => drop(failed.insert(at)),
            }
        }
    }
    Ok(all.into_iter().map(|measured| measured.with_startup(&empties)).collect())
}

/// A contender and its runs until now.
struct Measured<'p> {
    contender: Contender<'p>,
    /// The elapsed times of the runs that warmed up.
    warmup: Vec<u64>,
    samples: Vec<Sample>,
    failed: bool,
    /// Whether its last run took the time of a part of itself.
    has_section: bool,
}

impl<'p> Measured<'p> {
    fn of(contender: Contender<'p>) -> Self {
        Measured { contender, warmup: Vec::new(), samples: Vec::new(), failed: false, has_section: false }
    }

    /// Takes a run. One that warms up does not count, unless it fails.
    fn take(&mut self, exit: Exit, sample: Sample) {
        self.has_section = sample.section.is_some();
        let codes = &self.contender.plan.codes;
        self.failed = !matches!(exit, Exit::Code(code) if codes.is_empty() || codes.contains(&code));
        if !self.failed && self.warms_up(&sample) {
            self.warmup.push(sample.wall);
        } else {
            self.samples.push(sample);
        }
    }

    /// Whether this run warms up: so many do, or else the first, and the second too if the first was much slower.
    fn warms_up(&self, sample: &Sample) -> bool {
        match (self.contender.plan.warmup, self.warmup.as_slice()) {
            (Some(runs), before) => before.len() < runs as usize,
            (None, []) => true,
            (None, [first]) => *first as f64 > STILL_WARMING * sample.wall as f64,
            (None, _) => false,
        }
    }

    /// Whether it runs until enough is known, and not so often as its author wants.
    fn is_adaptive(&self) -> bool {
        !self.failed && self.contender.plan.reps.is_none()
    }

    /// Its runs, each with what starting took in the same round. Disturbed runs of the empty program are left out where enough
    /// were not.
    fn with_startup(self, empties: &BTreeMap<(usize, u32), Sample>) -> Vec<Sample> {
        let empty = |sample: &Sample| empties.get(&(self.contender.empty?, sample.round));
        let is_quiet = |empty: &&Sample| empty.disturbed.is_none();
        let enough = self.samples.iter().filter_map(empty).filter(is_quiet).count() >= FEWEST_UNDISTURBED;
        let startup = |sample: &Sample| Some(empty(sample).filter(|empty| !enough || is_quiet(empty))?.wall);
        let startups: Vec<Option<u64>> = self.samples.iter().map(startup).collect();
        self.samples.into_iter().zip(startups).map(|(sample, startup)| Sample { startup, ..sample }).collect()
    }

    /// Whether its author wants more runs of it.
    fn is_wanted(&self) -> bool {
        !self.failed && self.contender.plan.reps.is_some_and(|reps| self.samples.len() < reps as usize)
    }

    fn spent(&self) -> u64 {
        self.samples.iter().map(|sample| sample.wall).sum()
    }

    /// The empty program that has to run with it: none if it measures a part of itself, of which starting is no part.
    fn wanted_empty(&self) -> Option<usize> {
        self.contender.empty.filter(|_| !self.has_section)
    }
}

/// Contenders that are compared with each other, or one that is compared with none.
struct Set {
    members: Vec<usize>,
    /// How many of the numbers of runs at which to look have been reached.
    look: usize,
    /// Whether those that run until enough is known have done so.
    done: bool,
}

impl Set {
    fn all(contenders: &[Contender<'_>]) -> Vec<Set> {
        let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, contender) in contenders.iter().enumerate() {
            sets.entry(contender.against.map_or(at, |(base, _)| base)).or_default().push(at);
        }
        sets.into_values().map(|members| Set { members, look: 0, done: false }).collect()
    }

    /// Those of its members that run in the next round.
    fn running(&mut self, all: &[Measured<'_>]) -> Vec<usize> {
        let adaptive: Vec<&Measured<'_>> =
            self.members.iter().map(|&at| &all[at]).filter(|one| one.is_adaptive()).collect();
        self.done = self.done || self.is_done(&adaptive, all);
        let runs = |&at: &usize| all[at].is_wanted() || (all[at].is_adaptive() && !self.done);
        self.members.iter().copied().filter(runs).collect()
    }

    /// Whether there is no further round: enough is known, or their time is spent. Only by runs that count: what warms up
    /// slowly would be left without any.
    fn is_done(&mut self, adaptive: &[&Measured<'_>], all: &[Measured<'_>]) -> bool {
        if adaptive.iter().any(|one| one.samples.is_empty()) {
            return false;
        }
        let longest = adaptive.iter().map(|one| one.contender.plan.max_time).max().unwrap_or_default();
        let together = if self.members.len() > 1 { longest.saturating_mul(TIMES_TOGETHER) } else { longest };
        let spent: u64 = adaptive.iter().map(|one| one.spent()).sum();
        let is_long = || adaptive.iter().all(|one| one.spent() >= one.contender.plan.min_time);
        spent >= together || (self.is_enough(adaptive, all) && is_long())
    }

    /// Whether more rounds would tell nobody more. Looks at certain numbers of rounds in which nothing was disturbed. Others
    /// are repeated, but not without end.
    fn is_enough(&mut self, adaptive: &[&Measured<'_>], all: &[Measured<'_>]) -> bool {
        let rounds = adaptive.iter().map(|one| one.samples.len()).min().unwrap_or_default();
        let undisturbed = undisturbed_rounds(adaptive);
        while let Some(&look) = LOOKS.get(self.look) {
            if undisturbed < look && rounds < 2 * look {
                return false;
            }
            if adaptive.iter().all(|one| is_known(one, all)) {
                return true;
            }
            self.look += 1;
        }
        true
    }
}

/// How many rounds there were in which each of some contenders ran and none was disturbed.
fn undisturbed_rounds(of: &[&Measured<'_>]) -> usize {
    let mut quiet: BTreeMap<u32, usize> = BTreeMap::new();
    for sample in of.iter().flat_map(|one| &one.samples).filter(|sample| sample.disturbed.is_none()) {
        *quiet.entry(sample.round).or_default() += 1;
    }
    quiet.into_values().filter(|&quiet| quiet == of.len()).count()
}

/// Whether the interval of a contender's time is narrow, and that of its ratio to what it is compared with.
fn is_known(one: &Measured<'_>, all: &[Measured<'_>]) -> bool {
    let times: Vec<f64> = counted(&one.samples).iter().map(Sample::time).collect();
    let ratios = match one.contender.against {
        Some((base, metric)) if all[base].is_adaptive() => quotients(metric, &one.samples, &all[base].samples),
        _ => Vec::new(),
    };
    is_enough(&times) && (ratios.is_empty() || is_enough(&ratios))
}

#[cfg(test)]
mod calibration;
#[cfg(test)]
mod tests;
