//! Recording what the threads of a program do, in runs of their own.

use super::execute::{Ready, job};
use super::{LocalRunner, failed};
use crate::cells::statistics::median;
use crate::cells::summary::counted;
use crate::cells::timeline::{Method, Phase, Timeline, to_perfetto};
use crate::cells::{Case, Emission, Ended, Exit, Job, Plan, RunnerError, Trace};

/// How many runs are recorded at most until one is like those that were timed, and nobody disturbed it.
const RUNS: usize = 3;

/// How much longer or shorter than those a run may take, as a share of their median; and for how much of the time of all
/// processors its threads may have had to wait for one that somebody else had.
const UNLIKE: f64 = 0.1;
const FOREIGN: f64 = 0.05;

/// What threads did in a run.
#[derive(Debug)]
pub(super) struct Traced {
    /// As it is drawn.
    pub(super) timeline: Timeline,
    /// As Perfetto reads it.
    pub(super) perfetto: Vec<u8>,
}

impl LocalRunner {
    /// More runs of the last case, of which nothing is kept but what the threads did in one of them: the one that was
    /// disturbed least. Else, in a phrase, why that could not be recorded.
    pub(super) fn trace(&self, one: &Ready<'_>) -> Result<Result<Traced, String>, RunnerError> {
        let mut most = Method::Wakeups;
        let mut best: Option<(f64, Traced)> = None;
        let mut runs = 0;
        while runs < RUNS {
            let (ended, phases) = self.traced_run(one, most)?;
            let trace = match ended.trace.as_ref() {
                Some(Ok(trace)) => trace,
                Some(Err(why)) => return Ok(Err(why.clone())),
                None => break,
            };
            if let Some(less) = less_detailed(trace) {
                most = less;
                continue;
            }
            runs += 1;
            let timeline = Timeline::of(trace, &phases);
            let oddity = disturbance(&timeline, trace.processors)
                .max(unlikeness(&timed(&one.program.plan, &one.cases), ended.wall));
            if best.as_ref().is_none_or(|(least, _)| oddity < *least) {
                let perfetto = to_perfetto(trace, &phases, &timeline);
                best = Some((oddity, Traced { timeline, perfetto }));
            }
            // One that hung would hang again.
            if oddity <= 1.0 || !matches!(ended.exit, Exit::Code(_)) {
                break;
            }
        }
        Ok(best.map(|(_, traced)| traced).ok_or_else(|| "nothing was recorded".to_owned()))
    }

    fn traced_run(&self, one: &Ready<'_>, most: Method) -> Result<(Ended, Vec<Phase>), RunnerError> {
        let Ready { program, scratch, cases, .. } = one;
        let params = cases.last().map(|case| case.params.clone()).unwrap_or_default();
        scratch.renew_run_folder(program).map_err(failed)?;
        let mut job = job(program, &one.command, scratch, &params);
        if let Some(names) = &program.thread_names {
            let folder = scratch.write_thread_names(names).map_err(failed)?.to_string_lossy().into_owned();
            let others = job.env.get(&names.env).filter(|folders| !folders.is_empty());
            let folders = others.map_or(folder.clone(), |others| format!("{folder}:{others}"));
            job.env.insert(names.env.clone(), folders);
        }
        let net = program.net.unwrap_or_else(|| self.net());
        let ended = self.launcher.run(&Job { net, trace: Some(most), ..job }).map_err(failed)?;
        let said = scratch.read_emitted().map_err(failed)?.unwrap_or_default();
        let phases = Emission::read_all(&said).filter_map(|said| phase(said.ok()?)).collect();
        Ok((ended, phases))
    }
}

/// The method to try instead where there was too much to record by this one.
fn less_detailed(trace: &Trace) -> Option<Method> {
    match trace.method {
        _ if trace.lost == 0 => None,
        Method::Wakeups => Some(Method::Reasons),
        Method::Reasons => Some(Method::Switches),
        Method::Switches | Method::Samples => None,
    }
}

/// How much others disturbed a run: more than 1 if it is worth another one.
fn disturbance(timeline: &Timeline, processors: usize) -> f64 {
    timeline.foreign as f64 / (timeline.length.max(1) * processors.max(1) as u64) as f64 / FOREIGN
}

/// How long the runs of the last case took whose figures are shown, ns; nothing if it was not run to be timed.
fn timed(plan: &Plan, cases: &[Case]) -> Vec<f64> {
    let timed = cases.last().filter(|_| matches!(plan, Plan::Repeat(_)));
    timed.iter().flat_map(|case| counted(&case.samples)).map(|sample| sample.wall as f64).collect()
}

/// How little a run is like those that were timed: more than 1 if it is worth another one.
fn unlikeness(timed: &[f64], wall: u64) -> f64 {
    median(timed).map_or(0.0, |median| (wall as f64 / median - 1.0).abs() / UNLIKE)
}

fn phase(said: Emission) -> Option<Phase> {
    match said {
        Emission::Span { name, thread, to, start, end } => Some(Phase { name, thread, to, start, end }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::{Cause, Repeat, Sample};

    #[test]
    fn what_others_disturbed_is_nothing_to_be_like() {
        let sample = |wall| Sample { wall, ..Sample::default() };
        let disturbed = vec![Sample { disturbed: Some(Cause::Programs), ..sample(900) }; 7];
        let samples = [disturbed, vec![sample(100); 6]].concat();
        let cases = [Case::default(), Case { samples, ..Case::default() }];
        let plan = Repeat { reps: None, warmup: None, min_time: 0, max_time: 0, codes: Vec::new() };
        assert_eq!(timed(&Plan::Repeat(plan), &cases), [100.0; 6]);
        assert_eq!(timed(&Plan::Once, &cases), [0.0; 0]);
    }

    #[test]
    fn where_records_are_lost_less_is_recorded() {
        for (method, lost, expected) in [
            (Method::Wakeups, 0, None),
            (Method::Wakeups, 1, Some(Method::Reasons)),
            (Method::Reasons, 9, Some(Method::Switches)),
            (Method::Switches, 9, None),
        ] {
            let trace = Trace { method, processors: 2, events: Vec::new(), lost, cut: false };
            assert_eq!(less_detailed(&trace), expected);
        }
    }

    #[test]
    fn a_run_is_unlike_those_that_were_timed_by_a_tenth() {
        for (wall, is_unlike) in [(100, false), (109, false), (91, false), (112, true), (88, true)] {
            assert_eq!(unlikeness(&[90.0, 100.0, 180.0], wall) > 1.0, is_unlike, "{wall}");
        }
        assert!(unlikeness(&[], 7) < 1.0, "none was");
    }

    #[test]
    fn a_run_is_disturbed_if_others_had_a_twentieth_of_the_cores() {
        for (foreign, is_disturbed) in [(99, false), (101, true)] {
            let timeline = Timeline { foreign, length: 1000, ..Timeline::default() };
            assert_eq!(disturbance(&timeline, 2) > 1.0, is_disturbed, "{foreign}");
        }
    }
}
