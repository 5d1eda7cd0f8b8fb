//! How often programs are run, and in which order. Knows nothing of processes: a run is whatever its caller makes of it.

use super::random::Random;
use super::statistics::{LOOKS, is_enough};
use super::summary::counted;
use super::{Exit, Repeat, Sample};

/// A first run that takes so much longer than the second was still warming up something, and the second may have been too.
const STILL_WARMING: f64 = 1.2;

/// How one run went.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    /// How it ended.
    pub(super) exit: Exit,
    /// What it took.
    pub(super) sample: Sample,
}

/// Measures contenders: warms up one after the other, and then runs each of them once in every round, in an order drawn from
/// `seed`, so that whatever else happens on the machine meets all of them alike. A contender that has enough runs, or ends in
/// a way that its plan does not name, is not run any more; such a run counts. Gives the runs that count, for each.
///
/// # Errors
/// What a run gives as an error.
pub(super) fn measure<E>(
    plans: &[&Repeat],
    seed: u64,
    mut run: impl FnMut(usize) -> Result<Run, E>,
) -> Result<Vec<Vec<Sample>>, E> {
    let mut contenders = Vec::new();
    for (at, plan) in plans.iter().enumerate() {
        let mut contender = Contender { plan, samples: Vec::new(), look: 0, done: false };
        contender.warm_up(|| run(at))?;
        contenders.push(contender);
    }
    let mut random = Random::new(seed);
    for round in 1.. {
        let mut order: Vec<usize> = (0..contenders.len()).filter(|&at| !contenders[at].is_done()).collect();
        if order.is_empty() {
            break;
        }
        // The run that is left of warming up was the first round.
        order.retain(|&at| round > 1 || contenders[at].samples.is_empty());
        random.shuffle(&mut order);
        for at in order {
            let Run { exit, sample } = run(at)?;
            contenders[at].take(exit, Sample { round, ..sample });
        }
    }
    Ok(contenders.into_iter().map(|contender| contender.samples).collect())
}

/// A program that is being measured.
struct Contender<'p> {
    plan: &'p Repeat,
    samples: Vec<Sample>,
    /// How many of the numbers of runs at which to look have been reached.
    look: usize,
    done: bool,
}

impl Contender<'_> {
    /// Runs whose samples do not count, unless they fail: so many, or else one, and the next one too if the first was
    /// much slower than that.
    fn warm_up<E>(&mut self, mut run: impl FnMut() -> Result<Run, E>) -> Result<(), E> {
        for _ in 0..self.plan.warmup.unwrap_or(2) {
            let Run { exit, sample } = run()?;
            self.take(exit, Sample { round: 1, ..sample });
            if self.done {
                let failed = self.samples.pop();
                self.samples = failed.into_iter().collect();
                return Ok(());
            }
        }
        let kept = match (self.plan.warmup, self.samples.as_slice()) {
            (None, [first, second]) if first.wall as f64 <= STILL_WARMING * second.wall as f64 => 1,
            _ => 0,
        };
        self.samples.drain(..self.samples.len() - kept);
        self.look = 0;
        Ok(())
    }

    /// Counts a run.
    fn take(&mut self, exit: Exit, sample: Sample) {
        self.samples.push(sample);
        let codes = &self.plan.codes;
        self.done = !matches!(exit, Exit::Code(code) if codes.is_empty() || codes.contains(&code));
    }

    /// Whether there is no further run: the runs are as many as the author wants, or enough by themselves, or
    /// their time is spent. Only by runs that count: what warms up slowly would be left without any.
    fn is_done(&mut self) -> bool {
        let runs = self.samples.len();
        if self.done {
            return true;
        }
        if let Some(reps) = self.plan.reps {
            return runs >= reps as usize;
        }
        let spent: u64 = self.samples.iter().map(|sample| sample.wall).sum();
        runs > 0 && (spent >= self.plan.max_time || (self.is_enough() && spent >= self.plan.min_time))
    }

    /// Whether more runs would tell nobody more. Looks at certain numbers of undisturbed runs. Disturbed ones are repeated,
    /// but not without end.
    fn is_enough(&mut self) -> bool {
        let undisturbed = self.samples.iter().filter(|sample| sample.disturbed.is_none()).count();
        while let Some(&look) = LOOKS.get(self.look) {
            if undisturbed < look && self.samples.len() < 2 * look {
                return false;
            }
            let times: Vec<f64> = counted(&self.samples).iter().map(Sample::time).collect();
            if is_enough(&times) {
                return true;
            }
            self.look += 1;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::Cause;

    fn plan(reps: Option<u32>, warmup: Option<u32>, max_time: u64) -> Repeat {
        Repeat { reps, warmup, min_time: 0, max_time, codes: vec![0] }
    }

    fn adaptive() -> Repeat {
        plan(None, None, u64::MAX)
    }

    fn run(wall: u64) -> Run {
        Run { exit: Exit::Code(0), sample: Sample { wall, cpu: wall, rss: 1, ..Sample::default() } }
    }

    fn disturbed(wall: u64) -> Run {
        Run { sample: Sample { disturbed: Some(Cause::Programs), ..run(wall).sample }, ..run(wall) }
    }

    fn failed(wall: u64) -> Run {
        Run { exit: Exit::Code(3), ..run(wall) }
    }

    /// Measures one program whose runs are given by their number, from 0. Gives the samples' times and how many runs it took.
    fn alone(plan: &Repeat, by_number: impl Fn(u64) -> Run) -> (Vec<u64>, u64) {
        let mut runs = 0;
        let samples = measure(&[plan], 1, |_| -> Result<Run, ()> {
            runs += 1;
            Ok(by_number(runs - 1))
        });
        (samples.expect("no run gives an error")[0].iter().map(|sample| sample.wall).collect(), runs)
    }

    #[test]
    fn the_first_run_warms_up_and_the_second_too_if_the_first_was_slow() {
        let plan = plan(Some(2), None, 0);
        assert_eq!(alone(&plan, |n| run([120, 100, 101, 102][n as usize])).0, [100, 101]);
        assert_eq!(alone(&plan, |n| run([121, 100, 101, 102][n as usize])).0, [101, 102]);
    }

    #[test]
    fn the_author_decides_how_many_runs_warm_up_and_how_many_count() {
        for (warmup, reps) in [(0, 1), (0, 5), (3, 2), (1, 40)] {
            let plan = plan(Some(reps), Some(warmup), 0);
            let expected: Vec<u64> = (u64::from(warmup)..u64::from(warmup + reps)).collect();
            assert_eq!(alone(&plan, disturbed), (expected, u64::from(warmup + reps)), "{plan:?}");
        }
    }

    #[test]
    fn runs_that_are_alike_end_at_nine_and_others_at_thirty() {
        assert_eq!(alone(&adaptive(), |_| run(100)).0.len(), 9);
        assert_eq!(alone(&adaptive(), |n| run(100 + n % 7 * 10)).0.len(), 30);
    }

    #[test]
    fn time_ends_it_earlier_or_later() {
        let within = |time| plan(None, None, time);
        assert_eq!(alone(&within(700), |n| run(100 + n % 2)).0.len(), 7);
        assert_eq!(alone(&within(150), |_| run(100)).0.len(), 2);
        assert_eq!(alone(&Repeat { min_time: 4_000, ..adaptive() }, |_| run(100)).0.len(), 40);
    }

    #[test]
    fn warming_up_takes_nothing_from_the_time_of_the_runs_that_count() {
        let within = |time| plan(None, None, time);
        assert_eq!(alone(&within(10_000), |n| run([6_000, 4_600, 4_500, 4_400, 4_300][n as usize])).0.len(), 3);
        assert_eq!(alone(&within(10), |n| run([60, 40, 30][n as usize])).0, [30], "one always counts");
        assert_eq!(alone(&within(10), |n| run([60, 59][n as usize])).0, [59], "and here it has run by then");
    }

    #[test]
    fn disturbed_runs_are_kept_and_repeated() {
        let (samples, runs) = alone(&adaptive(), |n| if n % 3 == 2 { disturbed(900) } else { run(100) });
        assert_eq!(samples.iter().filter(|wall| **wall == 100).count(), 9);
        assert_eq!((samples.len(), runs), (13, 14));
    }

    #[test]
    fn on_a_machine_that_is_never_quiet_there_is_an_end() {
        assert_eq!(alone(&adaptive(), |_| disturbed(100)).0.len(), 12);
        assert_eq!(alone(&adaptive(), |n| disturbed(100 + n % 7 * 10)).0.len(), 60);
    }

    #[test]
    fn a_run_that_fails_is_the_last_and_counts() {
        let fail_at = |at: u64| move |n: u64| if n == at { failed(7) } else { run(100) };
        assert_eq!(alone(&adaptive(), fail_at(0)), (vec![7], 1));
        assert_eq!(alone(&adaptive(), fail_at(1)), (vec![7], 2));
        assert_eq!(alone(&adaptive(), fail_at(3)), (vec![100, 100, 7], 4));
    }

    #[test]
    fn runs_go_on_while_they_end_as_announced() {
        let with = |codes| Repeat { codes, ..plan(Some(5), Some(1), 0) };
        let third = |n| if n == 2 { failed(7) } else { Run { exit: Exit::Code(1), ..run(100) } };
        for (codes, samples) in [(vec![1], 2), (vec![1, 3], 5), (vec![], 5), (vec![0], 1)] {
            assert_eq!(alone(&with(codes.clone()), third).0.len(), samples, "{codes:?}");
        }
        for exit in [Exit::Signal(11), Exit::TimedOut, Exit::TooMuchOutput] {
            assert_eq!(alone(&with(vec![]), |_| Run { exit, ..run(100) }).1, 1, "{exit:?}");
        }
    }

    #[test]
    fn contenders_take_turns_in_an_order_that_varies() {
        let plan = plan(Some(6), Some(0), 0);
        let mut order = Vec::new();
        let samples = measure(&[&plan, &plan, &plan], 7, |at| -> Result<Run, ()> {
            order.push(at);
            Ok(run(100))
        })
        .expect("no run gives an error");
        let rounds: Vec<&[usize]> = order.chunks(3).collect();
        assert_eq!(rounds.len(), 6);
        for round in &rounds {
            let mut sorted = round.to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2]);
        }
        assert!(rounds.iter().any(|round| round != &rounds[0]), "{rounds:?}");
        for samples in samples {
            assert_eq!(samples.iter().map(|sample| sample.round).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
        }
    }

    #[test]
    fn a_contender_that_has_enough_leaves_the_others_to_theirs() {
        let (few, many) = (plan(Some(1), Some(0), 0), plan(Some(3), Some(0), 0));
        let samples =
            measure(&[&few, &many], 7, |_| -> Result<Run, ()> { Ok(run(100)) }).expect("no run gives an error");
        assert_eq!(samples.iter().map(Vec::len).collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn an_error_of_the_machine_is_passed_on() {
        assert_eq!(measure(&[&adaptive()], 1, |_| Err("no more processes")), Err("no more processes"));
    }
}
