//! Running prepared programs, each case as often as its plan says.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use regex::Regex;

use super::scratch::Scratch;
use super::trace::Traced;
use super::{LocalRunner, environment, failed, machine, quiet};
use crate::cells::expect::{compiled, redacted};
use crate::cells::launcher::cause;
use crate::cells::rounds::{self, Run};
use crate::cells::statistics::median;
use crate::cells::{
    Case, Emission, End, Ended, Exit, Job, Misunderstood, Net, Outcome, Params, Plan, Prepared, Program, Repeat,
    RunnerError, Sample, Shown,
};

/// How many ways of ending are kept apart. Programs that end in a different way each time have more to say than fits on a
/// page.
const MOST_ENDS: usize = 20;

/// How many rich outputs a run may have: each is a part of a page, or a file.
const MOST_SHOWN: usize = 64;

/// A program that can be run, and what is known of it.
pub(super) struct Ready<'p> {
    pub(super) program: &'p Program,
    pub(super) command: Vec<String>,
    pub(super) scratch: Scratch,
    pub(super) cases: Vec<Case>,
    traced: Option<Result<Traced, String>>,
    /// Removes the scratch folder when this is dropped.
    _folder: tempfile::TempDir,
}

/// One case of one program.
struct Contender {
    ready: usize,
    case: usize,
}

impl LocalRunner {
    /// Runs a batch of programs alone.
    pub(super) fn execute_all(&self, programs: Vec<(&Program, Prepared)>) -> Vec<Result<Outcome, RunnerError>> {
        let seed = RandomState::new().hash_one(0);
        let mut ready = Vec::new();
        let mut outcomes: Vec<Result<(Outcome, Option<usize>), RunnerError>> = programs
            .into_iter()
            .map(|(program, prepared)| {
                let outcome = Outcome {
                    build: prepared.build.clone(),
                    cases: Vec::new(),
                    timeline: None,
                    perfetto: Vec::new(),
                    session: format!("{seed:016x}"),
                    machine: self.machine(program)?,
                };
                let one = self.ready(program, prepared)?;
                let at = one.is_some().then_some(ready.len());
                ready.extend(one);
                Ok((outcome, at))
            })
            .collect();
        let ran = if ready.is_empty() { Ok(false) } else { self.run_all(&mut ready, seed) };
        for (outcome, at) in outcomes.iter_mut().flatten() {
            let Some(at) = *at else { continue };
            outcome.cases = std::mem::take(&mut ready[at].cases);
            let traced = ready[at].traced.take();
            outcome.perfetto = traced.iter().flatten().flat_map(|traced| traced.perfetto.clone()).collect();
            outcome.timeline = traced.map(|traced| traced.map(|traced| traced.timeline));
            outcome.machine.busy = ran == Ok(true);
        }
        let result = |outcome: Result<(Outcome, Option<usize>), RunnerError>| match (outcome?, &ran) {
            ((_, Some(_)), Err(error)) => Err(error.clone()),
            ((outcome, _), _) => Ok(outcome),
        };
        outcomes.into_iter().map(result).collect()
    }

    fn ready<'p>(&self, program: &'p Program, prepared: Prepared) -> Result<Option<Ready<'p>>, RunnerError> {
        let Some(command) = self.tools.command(&self.launcher, program)? else { return Ok(None) };
        if program.plan == Plan::Build || prepared.build.as_ref().is_some_and(|build| !build.success) {
            return Ok(None);
        }
        let Prepared { folder, packages, .. } = prepared;
        let command = packages.as_ref().and_then(|packages| packages.run.clone()).unwrap_or(command);
        let folder = folder.ok_or_else(|| RunnerError::Failed("a program that was prepared elsewhere".to_owned()))?;
        let cases = program.cases().into_iter().map(|params| Case { params, ..Case::default() }).collect();
        let scratch = Scratch::new(folder.path()).with_packages(packages.as_ref());
        Ok(Some(Ready { program, command, scratch, cases, traced: None, _folder: folder }))
    }

    /// Runs every case. Tells whether others kept using the machine.
    fn run_all(&self, ready: &mut [Ready<'_>], seed: u64) -> Result<bool, RunnerError> {
        let _alone = quiet::lock(self.patience.wait)?;
        let measured = ready.iter().any(|ready| matches!(ready.program.plan, Plan::Repeat(_)));
        let busy = measured && !quiet::wait(self.patience.quiet);
        for one in ready.iter_mut() {
            for case in 0..one.cases.len() {
                match &one.program.plan {
                    Plan::Build | Plan::Repeat(_) => {}
                    Plan::Once => {
                        let (end, sample) = self.run(one, case, false)?;
                        one.cases[case].ends = vec![end];
                        one.cases[case].samples = vec![sample];
                    }
                    Plan::Trials { trials, max_time, redact } => self.tally(one, case, *trials, *max_time, redact)?,
                }
            }
        }
        self.measure(ready, seed)?;
        for one in ready {
            if one.program.timeline {
                one.traced = Some(self.trace(one)?);
            }
            // Dropping the folder would not remove all that a program can leave behind. The launcher tries again in the end.
            let _ = one.scratch.remove_run_folder();
        }
        Ok(busy)
    }

    /// Measures all cases of all programs that are to be run repeatedly, taking turns.
    fn measure(&self, ready: &mut [Ready<'_>], seed: u64) -> Result<(), RunnerError> {
        let mut contenders = Vec::new();
        let mut plans: Vec<&Repeat> = Vec::new();
        for (at, one) in ready.iter().enumerate() {
            if let Plan::Repeat(plan) = &one.program.plan {
                contenders.extend((0..one.cases.len()).map(|case| Contender { ready: at, case }));
                plans.extend((0..one.cases.len()).map(|_| plan));
            }
        }
        let mut last: Vec<Option<End>> = contenders.iter().map(|_| None).collect();
        let samples = rounds::measure(&plans, seed, |at| {
            let contender = &contenders[at];
            let (end, sample) = self.run(&ready[contender.ready], contender.case, true)?;
            let exit = end.exit;
            let earlier = last[at].take().and_then(|end| end.misunderstood);
            last[at] = Some(End { misunderstood: earlier.or(end.misunderstood), ..end });
            Ok(Run { exit, sample })
        })?;
        for ((contender, samples), end) in contenders.iter().zip(samples).zip(last) {
            let case = &mut ready[contender.ready].cases[contender.case];
            case.ends = end.into_iter().map(|end| End { count: samples.len() as u32, ..end }).collect();
            case.samples = samples;
        }
        Ok(())
    }

    /// Runs a case so many times and counts how differently it ends.
    fn tally(
        &self,
        one: &mut Ready<'_>,
        case: usize,
        trials: u32,
        max_time: u64,
        redact: &[String],
    ) -> Result<(), RunnerError> {
        let redact = compiled(redact);
        let mut tally = Tally { redact: &redact, ends: Vec::new(), others: 0 };
        let mut spent = 0;
        for _ in 0..trials {
            let (end, sample) = self.run(one, case, tally.has_hung())?;
            spent += sample.wall;
            one.cases[case].samples.push(sample);
            tally.count(end);
            if spent >= max_time {
                break;
            }
        }
        (one.cases[case].ends, one.cases[case].others) = tally.finish();
        Ok(())
    }

    /// One run, in a folder that no earlier run has seen.
    /// `looked` says whether it is already known where a run that hangs stands: to look again takes a debugger a second.
    fn run(&self, one: &Ready<'_>, case: usize, looked: bool) -> Result<(End, Sample), RunnerError> {
        let Ready { program, scratch, .. } = one;
        scratch.renew_run_folder(program).map_err(failed)?;
        let job = job(program, &one.command, scratch, &one.cases[case].params);
        let net = program.net.unwrap_or_else(|| self.net());
        let stacks = (!looked).then(|| program.file.clone());
        let ended = self.launcher.run(&Job { net, stacks, ..job }).map_err(failed)?;
        let said = Said::read(scratch.read_emitted().map_err(failed)?);
        let end = End {
            exit: ended.exit,
            count: 1,
            threads: ended.threads.clone(),
            shown: said.shown,
            stdout: scratch.read(&scratch.stdout(), program.limits.output).map_err(failed)?,
            stderr: scratch.read(&scratch.stderr(), program.limits.output).map_err(failed)?,
            misunderstood: said.misunderstood,
        };
        let sample =
            Sample { section: median(&said.sections), values: said.values, ..sample(&ended, machine::cores()) };
        Ok((end, sample))
    }
}

/// What a run said by the file for that.
#[derive(Default)]
struct Said {
    /// The times of parts of it, ns. Those of one process depend on each other, so their median is one sample.
    sections: Vec<f64>,
    values: BTreeMap<String, f64>,
    shown: Vec<Shown>,
    misunderstood: Option<String>,
}

impl Said {
    fn read(bytes: Result<Vec<u8>, String>) -> Said {
        let mut said = Said::default();
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(why) => return Said { misunderstood: Some(why), ..said },
        };
        for emission in Emission::read_all(&bytes) {
            match emission {
                Ok(Emission::Measure(samples)) => said.sections.extend(samples),
                Ok(Emission::Value { name, number }) => {
                    said.values.insert(name, number);
                }
                Ok(Emission::Show { .. }) if said.shown.len() == MOST_SHOWN => {
                    said.misunderstood.get_or_insert_with(|| format!("it shows more than {MOST_SHOWN} outputs"));
                }
                Ok(Emission::Show { mime, data }) => said.shown.push(Shown { mime, data }),
                Ok(Emission::Span { .. }) => {}
                Err(Misunderstood { line, text, why }) => {
                    said.misunderstood.get_or_insert_with(|| format!("line {line}, `{text}`: {why}"));
                }
            }
        }
        said
    }
}

/// How often runs ended in which way.
struct Tally<'r> {
    redact: &'r [Regex],
    /// Each with what of its output counts.
    ends: Vec<(String, End)>,
    others: u32,
}

impl Tally<'_> {
    fn has_hung(&self) -> bool {
        self.ends.iter().any(|(_, end)| end.exit == Exit::TimedOut)
    }

    fn count(&mut self, end: End) {
        let output = redacted(&end.stdout, self.redact);
        let same = |(known, kept): &&mut (String, End)| kept.exit == end.exit && *known == output;
        let room = self.ends.len() < MOST_ENDS;
        match self.ends.iter_mut().find(same) {
            Some((_, known)) => {
                known.count += 1;
                known.misunderstood = known.misunderstood.take().or(end.misunderstood);
            }
            None if room => self.ends.push((output, end)),
            None => self.others += 1,
        }
    }

    /// The ends, the most frequent first, and the runs that ended in yet other ways.
    fn finish(self) -> (Vec<End>, u32) {
        let mut ends: Vec<End> = self.ends.into_iter().map(|(_, end)| end).collect();
        ends.sort_by_key(|end| std::cmp::Reverse(end.count));
        (ends, self.others)
    }
}

/// What the launcher is asked for to run a program with some values.
pub(super) fn job(program: &Program, command: &[String], scratch: &Scratch, params: &Params) -> Job {
    let mut env = environment::of_a_cell(&scratch.run_folder());
    env.extend(program.dump.iter().flat_map(|dump| dump.env.clone()));
    env.extend(program.env.clone());
    env.insert("CELL_EMIT".to_owned(), scratch.emitted().to_string_lossy().into_owned());
    env.extend(params.iter().map(|(name, value)| (parameter_variable(name), value.clone())));
    if let Plan::Repeat(_) = program.plan {
        environment::pad(&mut env);
    }
    Job {
        command: scratch.fill_in(command, program).into_iter().chain(program.args.clone()).collect(),
        env,
        folder: scratch.run_folder(),
        stdin: scratch.stdin(),
        stdout: scratch.stdout(),
        stderr: scratch.stderr(),
        limits: program.limits,
        merge: program.merge,
        net: Net::Host,
        stacks: None,
        dump_signal: program.dump.as_ref().map(|dump| dump.signal),
        trace: None,
    }
}

/// The variable in which a program finds a value: `CELL_THREADS`.
fn parameter_variable(name: &str) -> String {
    format!("CELL_{}", name.to_uppercase().replace('-', "_"))
}

fn sample(ended: &Ended, cores: usize) -> Sample {
    Sample {
        wall: ended.wall,
        cpu: ended.cpu,
        rss: ended.rss,
        interference: ended.interference.clone(),
        disturbed: cause(&ended.interference, ended.wall, cores),
        ..Sample::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(code: i32, stdout: &str) -> End {
        End {
            exit: Exit::Code(code),
            count: 1,
            threads: Vec::new(),
            shown: Vec::new(),
            stdout: stdout.to_owned(),
            stderr: String::new(),
            misunderstood: None,
        }
    }

    #[test]
    fn ends_are_told_apart_by_exit_and_output() {
        let redact = [Regex::new("[0-9]+µs").unwrap()];
        let mut tally = Tally { redact: &redact, ends: Vec::new(), others: 0 };
        for (code, stdout) in [(0, "a 3µs"), (0, "b"), (1, "b"), (0, "b"), (0, "a 77µs"), (0, "b")] {
            tally.count(end(code, stdout));
        }
        let (ends, others) = tally.finish();
        let told: Vec<_> = ends.iter().map(|end| (end.exit, &*end.stdout, end.count)).collect();
        assert_eq!(told, [(Exit::Code(0), "b", 3), (Exit::Code(0), "a 3µs", 2), (Exit::Code(1), "b", 1)]);
        assert_eq!(others, 0);
    }

    #[test]
    fn one_run_of_many_that_is_not_understood_is_told() {
        let mut tally = Tally { redact: &[], ends: Vec::new(), others: 0 };
        for misunderstood in [None, Some("line 1".to_owned()), Some("line 2".to_owned()), None] {
            tally.count(End { misunderstood, ..end(0, "a") });
        }
        let (ends, _) = tally.finish();
        assert_eq!((ends[0].count, ends[0].misunderstood.as_deref()), (4, Some("line 1")));
    }

    #[test]
    fn ends_beyond_those_that_fit_on_a_page_are_only_counted() {
        let mut tally = Tally { redact: &[], ends: Vec::new(), others: 0 };
        (0..100).for_each(|n| tally.count(end(0, &n.to_string())));
        let (ends, others) = tally.finish();
        assert_eq!((ends.len(), others), (MOST_ENDS, 80));
    }

    #[test]
    fn a_value_arrives_in_a_variable() {
        assert_eq!(parameter_variable("queue-size"), "CELL_QUEUE_SIZE");
    }
}
