//! How often a program is run. Knows nothing of processes: a run is whatever its caller makes of it.

use std::time::Duration;

use super::statistics::{LOOKS, is_enough};
use super::summary::counted;
use super::{Exit, Plan, Sample};

/// A first run that takes so much longer than the second was still warming up something, and the second may have been too.
const STILL_WARMING: f64 = 1.2;

/// How one run went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Run {
    /// How it ended.
    pub(super) exit: Exit,
    /// What it took.
    pub(super) sample: Sample,
}

/// What came of all runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Series {
    /// How the last one ended.
    pub(super) exit: Option<Exit>,
    /// The runs that count, in order.
    pub(super) samples: Vec<Sample>,
}

/// Runs a program as its plan says. A run that ends in a way that the plan does not name is the last one, and counts.
/// `budget` is what the runs that count may take together, where the plan does not say how many; one always may.
///
/// # Errors
/// What a run gives as an error.
pub(super) fn execute<E>(plan: &Plan, budget: Duration, mut run: impl FnMut() -> Result<Run, E>) -> Result<Series, E> {
    let mut runs = Runs { run: &mut run, series: Series::default(), codes: &[] };
    match plan {
        Plan::Build => {}
        Plan::Once => {
            runs.one()?;
        }
        Plan::Repeat { reps, warmup, codes } => {
            runs.codes = codes;
            if runs.warm_up(*warmup)? {
                match *reps {
                    Some(reps) => runs.exactly(reps)?,
                    None => runs.until_narrow(budget)?,
                }
            }
        }
    }
    Ok(runs.series)
}

struct Runs<'a, F> {
    run: &'a mut F,
    series: Series,
    /// Those with which a run may end without being the last; any, if there are none.
    codes: &'a [i32],
}

impl<E, F: FnMut() -> Result<Run, E>> Runs<'_, F> {
    /// Runs once more. Tells whether there may be another run.
    fn one(&mut self) -> Result<bool, E> {
        let run = (self.run)()?;
        self.series.exit = Some(run.exit);
        self.series.samples.push(run.sample);
        Ok(matches!(run.exit, Exit::Code(code) if self.codes.is_empty() || self.codes.contains(&code)))
    }

    /// Runs whose samples do not count, unless they fail: so many, or else one, and the next one too if the first was
    /// much slower than that.
    fn warm_up(&mut self, warmup: Option<u32>) -> Result<bool, E> {
        for _ in 0..warmup.unwrap_or(2) {
            if !self.one()? {
                let failed = self.series.samples.pop();
                self.series.samples = failed.into_iter().collect();
                return Ok(false);
            }
        }
        let kept = match (warmup, self.series.samples.as_slice()) {
            (None, [first, second]) if first.wall as f64 <= STILL_WARMING * second.wall as f64 => 1,
            _ => 0,
        };
        self.series.samples.drain(..self.series.samples.len() - kept);
        Ok(true)
    }

    fn exactly(&mut self, reps: u32) -> Result<(), E> {
        while self.series.samples.len() < reps as usize {
            if !self.one()? {
                break;
            }
        }
        Ok(())
    }

    /// Looks at the samples at certain numbers of undisturbed ones, until they are enough or the time is spent. Disturbed
    /// runs are repeated, but not without end.
    fn until_narrow(&mut self, budget: Duration) -> Result<(), E> {
        for look in LOOKS {
            while self.undisturbed() < look && self.series.samples.len() < 2 * look {
                if self.is_spent(budget) || !self.one()? {
                    return Ok(());
                }
            }
            let walls: Vec<f64> = counted(&self.series.samples).iter().map(|sample| sample.wall as f64).collect();
            if is_enough(&walls) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Only by runs that count: what warms up slowly would be left without any.
    fn is_spent(&self, budget: Duration) -> bool {
        let spent: u64 = self.series.samples.iter().map(|sample| sample.wall).sum();
        !self.series.samples.is_empty() && Duration::from_nanos(spent) >= budget
    }

    fn undisturbed(&self) -> usize {
        self.series.samples.iter().filter(|sample| !sample.disturbed).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Repeatedly, as long as the code is 0.
    fn repeat(reps: Option<u32>, warmup: Option<u32>) -> Plan {
        Plan::Repeat { reps, warmup, codes: vec![0] }
    }

    fn adaptive() -> Plan {
        repeat(None, None)
    }

    fn run(wall: u64) -> Run {
        Run { exit: Exit::Code(0), sample: Sample { wall, cpu: wall, rss: 1, foreign: 0, disturbed: false } }
    }

    fn disturbed(wall: u64) -> Run {
        Run { sample: Sample { disturbed: true, ..run(wall).sample }, ..run(wall) }
    }

    fn failed(wall: u64) -> Run {
        Run { exit: Exit::Code(3), ..run(wall) }
    }

    /// Executes a plan on runs that are given by their number, from 0. Gives the samples' times and how many runs it took.
    fn execute_on(plan: &Plan, budget: u64, by_number: impl Fn(u64) -> Run) -> (Vec<u64>, u64, Option<Exit>) {
        let mut runs = 0;
        let series = execute(plan, Duration::from_nanos(budget), || -> Result<Run, ()> {
            runs += 1;
            Ok(by_number(runs - 1))
        });
        let series = series.expect("no run gives an error");
        (series.samples.iter().map(|sample| sample.wall).collect(), runs, series.exit)
    }

    #[test]
    fn a_plan_to_build_runs_nothing_and_one_to_run_once_runs_once() {
        assert_eq!(execute_on(&Plan::Build, 99, run), (vec![], 0, None));
        assert_eq!(execute_on(&Plan::Once, 99, failed), (vec![0], 1, Some(Exit::Code(3))));
    }

    #[test]
    fn the_first_run_warms_up_and_the_second_too_if_the_first_was_slow() {
        let plan = repeat(Some(2), None);
        assert_eq!(execute_on(&plan, 0, |n| run([120, 100, 101, 102][n as usize])).0, [100, 101]);
        assert_eq!(execute_on(&plan, 0, |n| run([121, 100, 101, 102][n as usize])).0, [101, 102]);
    }

    #[test]
    fn the_author_decides_how_many_runs_warm_up_and_how_many_count() {
        for (warmup, reps) in [(0, 1), (0, 5), (3, 2), (1, 40)] {
            let plan = repeat(Some(reps), Some(warmup));
            let expected: Vec<u64> = (u64::from(warmup)..u64::from(warmup + reps)).collect();
            let (samples, runs, _) = execute_on(&plan, 0, disturbed);
            assert_eq!((samples, runs), (expected, u64::from(warmup + reps)), "{plan:?}");
        }
    }

    #[test]
    fn runs_that_are_alike_end_at_nine_and_others_at_thirty() {
        assert_eq!(execute_on(&adaptive(), u64::MAX, |_| run(100)).0.len(), 9);
        assert_eq!(execute_on(&adaptive(), u64::MAX, |n| run(100 + n % 7 * 10)).0.len(), 30);
    }

    #[test]
    fn time_ends_it_earlier() {
        assert_eq!(execute_on(&adaptive(), 700, |n| run(100 + n % 2)).0.len(), 7);
        assert_eq!(execute_on(&adaptive(), 150, |_| run(100)).0.len(), 2);
    }

    #[test]
    fn warming_up_takes_nothing_from_the_time_of_the_runs_that_count() {
        assert_eq!(
            execute_on(&adaptive(), 10_000, |n| run([6_000, 4_600, 4_500, 4_400, 4_300][n as usize])).0.len(),
            3
        );
        assert_eq!(execute_on(&adaptive(), 10, |n| run([60, 40, 30][n as usize])).0, [30], "one always counts");
        assert_eq!(execute_on(&adaptive(), 10, |n| run([60, 59][n as usize])).0, [59], "and here it has run by then");
    }

    #[test]
    fn disturbed_runs_are_kept_and_repeated() {
        let (samples, runs, _) =
            execute_on(&adaptive(), u64::MAX, |n| if n % 3 == 2 { disturbed(900) } else { run(100) });
        assert_eq!(samples.iter().filter(|wall| **wall == 100).count(), 9);
        assert_eq!((samples.len(), runs), (13, 14));
    }

    #[test]
    fn on_a_machine_that_is_never_quiet_there_is_an_end() {
        assert_eq!(execute_on(&adaptive(), u64::MAX, |_| disturbed(100)).0.len(), 12);
        assert_eq!(execute_on(&adaptive(), u64::MAX, |n| disturbed(100 + n % 7 * 10)).0.len(), 60);
    }

    #[test]
    fn a_run_that_fails_is_the_last_and_counts() {
        let fail_at = |at: u64| move |n: u64| if n == at { failed(7) } else { run(100) };
        assert_eq!(execute_on(&adaptive(), u64::MAX, fail_at(0)), (vec![7], 1, Some(Exit::Code(3))));
        assert_eq!(execute_on(&adaptive(), u64::MAX, fail_at(1)), (vec![7], 2, Some(Exit::Code(3))));
        assert_eq!(execute_on(&adaptive(), u64::MAX, fail_at(3)), (vec![100, 100, 7], 4, Some(Exit::Code(3))));
    }

    #[test]
    fn runs_go_on_while_they_end_as_announced() {
        let with = |codes| Plan::Repeat { reps: Some(5), warmup: Some(1), codes };
        let third = |n| if n == 2 { failed(7) } else { Run { exit: Exit::Code(1), ..run(100) } };
        for (codes, samples) in [(vec![1], 2), (vec![1, 3], 5), (vec![], 5), (vec![0], 1)] {
            assert_eq!(execute_on(&with(codes.clone()), 0, third).0.len(), samples, "{codes:?}");
        }
        for exit in [Exit::Signal(11), Exit::TimedOut, Exit::TooMuchOutput] {
            assert_eq!(execute_on(&with(vec![]), 0, |_| Run { exit, ..run(100) }).1, 1, "{exit:?}");
        }
    }

    #[test]
    fn an_error_of_the_machine_is_passed_on() {
        assert_eq!(execute(&Plan::Once, Duration::MAX, || Err("no more processes")), Err("no more processes"));
    }
}
