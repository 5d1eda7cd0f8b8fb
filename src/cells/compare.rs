//! Comparing cells that were measured interleaved.

use std::collections::BTreeMap;

use super::summary::FEWEST_UNDISTURBED;
use super::{Case, Cell, Figures, Metric, Outcome, Params, Record, RunnerError, Sample, Task};
use crate::source::{Code, Diagnostic, Diagnostics, Hash};

/// What the cases of a cell took, by what the baseline took.
#[derive(Debug, PartialEq)]
pub(super) struct Ratios {
    baseline: String,
    metric: String,
    by_case: Vec<(Params, Figures)>,
}

impl Ratios {
    /// Keeps them with the record of the cell.
    pub(super) fn add_to(self, record: &mut Record) {
        for (params, ratio) in self.by_case {
            if let Some(case) = record.cases.iter_mut().find(|case| case.params == params) {
                case.baseline = Some(self.baseline.clone());
                case.metric = Some(self.metric.clone());
                case.ratio = Some(ratio);
            }
        }
    }
}

/// The ratios of a batch of tasks to the baseline among them; nothing for that itself, and if there is none.
pub(super) fn ratios(tasks: &[(Task<'_>, Hash)], results: &[Result<Outcome, RunnerError>]) -> Vec<Option<Ratios>> {
    let baseline = baseline_of(tasks);
    let of_baseline = baseline.and_then(|at| results.get(at)?.as_ref().ok());
    let of = |at: usize, result: &Result<Outcome, RunnerError>| {
        let (outcome, base) = (result.as_ref().ok()?, of_baseline?);
        if Some(at) == baseline {
            return None;
        }
        let metric = &tasks[at].0.cell.options.metric;
        let case = |case: &Case| {
            let base = &base.cases[partner(&case.params, base.cases.iter().map(|base| &base.params))?];
            let ratio = Figures::of(&quotients(metric, &case.samples, &base.samples))?;
            Some((case.params.clone(), ratio))
        };
        Some(Ratios {
            baseline: tasks[baseline?].0.cell.id.clone(),
            metric: metric.name().to_owned(),
            by_case: outcome.cases.iter().filter_map(case).collect(),
        })
    };
    results.iter().enumerate().map(|(at, result)| of(at, result)).collect()
}

/// Which of a batch of tasks the others are compared with; nothing for one that is by itself.
pub(super) fn baseline_of(tasks: &[(Task<'_>, Hash)]) -> Option<usize> {
    let cells: Vec<&Cell> = tasks.iter().map(|(task, _)| task.cell).collect();
    if cells.len() > 1 { baseline(&cells) } else { None }
}

/// Which of a group's cells the others are compared with: the one whose author says so, else the first.
pub fn baseline(cells: &[&Cell]) -> Option<usize> {
    cells.iter().position(|cell| cell.options.baseline).or((!cells.is_empty()).then_some(0))
}

/// Says of the groups of a post what keeps their cells from being compared.
pub(super) fn check_groups(cells: &[Cell], diagnostics: &mut Diagnostics) {
    for (at, cell) in cells.iter().enumerate() {
        let before = |other: &&Cell| other.options.group == cell.options.group;
        let Some(group) = &cell.options.group else {
            if cell.options.baseline {
                let error = Diagnostic::error(
                    Code::BaselineOfNothing,
                    format!("cell `{}` is the baseline of no group", cell.id),
                );
                diagnostics.push(error.at(cell.info.clone(), "").help("name its group by `group`"));
            }
            continue;
        };
        if let Some(first) = cells[..at].iter().filter(|other| other.options.baseline).find(before)
            && cell.options.baseline
        {
            let error = Diagnostic::error(Code::TwoBaselines, format!("two cells are the baseline of group `{group}`"));
            let error = error.at(cell.info.clone(), "the second").at(first.info.clone(), "the first");
            diagnostics.push(error.help("leave `baseline` out in one of them"));
        }
        if let Some(first) = cells[..at].iter().find(before)
            && first.options.metric != cell.options.metric
        {
            let error = Diagnostic::error(
                Code::DifferentMetrics,
                format!("the cells of group `{group}` are compared by different metrics"),
            );
            let error = error.at(cell.info.clone(), format!("by `{}`", cell.options.metric));
            let error = error.at(first.info.clone(), format!("by `{}`", first.options.metric));
            diagnostics.push(error.help("set the same `metric` in each of them"));
        }
    }
}

/// Which of the baseline's cases one with these values is compared with, by its number: that with the same, or the only one.
pub(super) fn partner<'a>(params: &Params, base: impl Iterator<Item = &'a Params>) -> Option<usize> {
    let base: Vec<&Params> = base.collect();
    base.iter().position(|base| *base == params).or((base.len() == 1).then_some(0))
}

/// The quotient of each round in which neither run was disturbed, or of all rounds if those are fewer than six: what slows down
/// both runs of a round does not change it. T. Kalibera and R. Jones, *Rigorous Benchmarking in Reasonable Time* (2013).
pub(super) fn quotients(metric: &Metric, samples: &[Sample], base: &[Sample]) -> Vec<f64> {
    let base: BTreeMap<u32, &Sample> = base.iter().map(|sample| (sample.round, sample)).collect();
    let pairs: Vec<(&Sample, &Sample)> =
        samples.iter().filter_map(|sample| Some((sample, *base.get(&sample.round)?))).collect();
    let sections = pairs.iter().all(|(sample, base)| sample.section.is_some() && base.section.is_some());
    let of = |pairs: &mut dyn Iterator<Item = &(&Sample, &Sample)>| -> Vec<f64> {
        let quotient = |&(sample, base): &(&Sample, &Sample)| {
            let (sample, base) = match metric {
                // Not a part of the one by the whole of the other.
                Metric::Wall if !sections => (sample.wall as f64, base.wall as f64),
                _ => (metric.of(sample)?, metric.of(base)?),
            };
            Some(sample / base)
        };
        pairs.filter_map(quotient).filter(|ratio| ratio.is_finite()).collect()
    };
    let undisturbed = of(&mut pairs.iter().filter(|(sample, base)| sample.disturbed.or(base.disturbed).is_none()));
    if undisturbed.len() >= FEWEST_UNDISTURBED { undisturbed } else { of(&mut pairs.iter()) }
}

impl Metric {
    /// As authors write it.
    pub fn name(&self) -> &str {
        match self {
            Metric::Wall => "wall",
            Metric::Cpu => "cpu",
            Metric::Value(name) => name,
        }
    }

    /// What a run took, in its unit.
    fn of(&self, sample: &Sample) -> Option<f64> {
        match self {
            Metric::Wall => Some(sample.time()),
            Metric::Cpu => Some(sample.cpu as f64),
            Metric::Value(name) => sample.values.get(name).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::Cause;

    fn samples(walls: &[u64]) -> Vec<Sample> {
        walls.iter().zip(1..).map(|(&wall, round)| Sample { wall, round, ..Sample::default() }).collect()
    }

    #[test]
    fn a_ratio_is_that_within_rounds() {
        // What slows down both runs of a round does not show.
        let base = samples(&[100, 200, 100, 300, 100, 100, 500]);
        let twice = samples(&[200, 400, 200, 600, 200, 200, 1000]);
        let figures = Figures::of(&quotients(&Metric::Wall, &twice, &base)).expect("there are pairs");
        assert_eq!((figures.median, figures.interval(), figures.n), (2.0, Some((2.0, 2.0)), 7));
    }

    #[test]
    fn rounds_without_a_partner_and_disturbed_ones_are_left_out() {
        let base = samples(&[100; 7]);
        let mut other = samples(&[300, 300, 300, 300, 300, 300, 900, 1]);
        other[6].disturbed = Some(Cause::Programs);
        let figures = Figures::of(&quotients(&Metric::Wall, &other, &base)).expect("there are pairs");
        assert_eq!((figures.median, figures.n), (3.0, 6));
        assert_eq!(quotients(&Metric::Value("x".to_owned()), &other, &base), [0.0; 0]);
    }
}
