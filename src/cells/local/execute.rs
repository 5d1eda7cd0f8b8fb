//! Running prepared programs, each case as often as its plan says.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use super::scratch::Scratch;
use super::tally::Tally;
use super::trace::Traced;
use super::{LocalRunner, environment, failed, machine, quiet};
use crate::cells::compare::partner;
use crate::cells::expect::compiled;
use crate::cells::launcher::cause;
use crate::cells::rounds::{self, Contender, Run, Turn};
use crate::cells::statistics::median;
use crate::cells::{
    Batch, Case, Emission, End, Ended, Job, Member, Metric, Misunderstood, Net, Outcome, Params, Plan, Prepared,
    Program, RunnerError, Sample, Shown,
};

/// How many times as long as measuring itself it is worth to wait for quiet.
const PATIENCE: u32 = 3;

/// How many rich outputs a run may have: each is a part of a page, or a file.
const MOST_SHOWN: usize = 64;

/// A program that can be run, and what is known of it.
pub(super) struct Ready<'p> {
    pub(super) program: &'p Program,
    pub(super) command: Vec<String>,
    pub(super) scratch: Scratch,
    pub(super) cases: Vec<Case>,
    traced: Option<Result<Traced, String>>,
    /// The empty program that starts as it does, by its number.
    empty: Option<usize>,
}

/// What takes part in a batch.
struct Field<'p> {
    programs: Vec<Ready<'p>>,
    empties: Vec<Option<Ready<'p>>>,
    /// The program that the others are compared with, and by what.
    comparison: Option<(usize, &'p Metric)>,
}

impl LocalRunner {
    /// Runs a batch of programs alone.
    pub(super) fn execute_all(&self, batch: &Batch<'_>) -> Vec<Result<Outcome, RunnerError>> {
        let seed = RandomState::new().hash_one(0);
        let mut ready = Vec::new();
        let mut outcomes: Vec<Result<(Outcome, Option<usize>), RunnerError>> = batch
            .members
            .iter()
            .map(|Member { program, prepared, empty }| {
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
                ready.extend(one.map(|one| Ready { empty: *empty, ..one }));
                Ok((outcome, at))
            })
            .collect();
        let place = |member: usize| outcomes.get(member)?.as_ref().ok()?.1;
        let mut field = Field {
            programs: ready,
            empties: batch.empties.iter().map(|(program, prepared)| self.ready(program, prepared).ok()?).collect(),
            comparison: batch.comparison.and_then(|(member, metric)| Some((place(member)?, metric))),
        };
        let ran = if field.programs.is_empty() { Ok(false) } else { self.run_all(&mut field, seed) };
        for (outcome, at) in outcomes.iter_mut().flatten() {
            let Some(at) = *at else { continue };
            outcome.cases = std::mem::take(&mut field.programs[at].cases);
            let traced = field.programs[at].traced.take();
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

    /// What can be run of a program that was prepared; nothing if it is only built, or does not compile.
    fn ready<'p>(&self, program: &'p Program, prepared: &Prepared) -> Result<Option<Ready<'p>>, RunnerError> {
        let Some(command) = self.tools.command(&self.launcher, program)? else { return Ok(None) };
        if program.plan == Plan::Build || prepared.build.as_ref().is_some_and(|build| !build.success) {
            return Ok(None);
        }
        let Prepared { folder, packages, .. } = prepared;
        let command = packages.as_ref().and_then(|packages| packages.run.clone()).unwrap_or(command);
        let elsewhere = || RunnerError::Failed("a program that was prepared elsewhere".to_owned());
        let folder = folder.as_ref().ok_or_else(elsewhere)?;
        let cases = program.cases().into_iter().map(|params| Case { params, ..Case::default() }).collect();
        let scratch = Scratch::new(folder.path()).with_packages(packages.as_ref());
        Ok(Some(Ready { program, command, scratch, cases, traced: None, empty: None }))
    }

    /// Runs every case. Tells whether others kept using the machine.
    fn run_all(&self, field: &mut Field<'_>, seed: u64) -> Result<bool, RunnerError> {
        let _alone = quiet::lock(self.patience.wait)?;
        let longest = field.longest_time();
        let busy = longest.is_some_and(|longest| !self.is_quiet(PATIENCE * longest));
        for one in &mut field.programs {
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
        self.measure(field, seed)?;
        for one in &mut field.programs {
            if one.program.timeline {
                one.traced = Some(self.trace(one)?);
            }
        }
        for one in field.programs.iter().chain(field.empties.iter().flatten()) {
            // Dropping the folder would not remove all that a program can leave behind. The launcher tries again in the end.
            let _ = one.scratch.remove_run_folder();
        }
        Ok(busy)
    }

    /// Measures all cases of all programs that are to be run repeatedly, taking turns.
    fn measure(&self, field: &mut Field<'_>, seed: u64) -> Result<(), RunnerError> {
        let cases = field.cases();
        let contenders = field.contenders(&cases);
        let mut last: Vec<Option<End>> = contenders.iter().map(|_| None).collect();
        let samples = rounds::measure(&contenders, seed, |turn| {
            let at = match turn {
                Turn::Contender(at) => at,
                Turn::Empty(at) => {
                    let empty = field.empties[at].as_ref().expect("a contender has it");
                    let (end, sample) = self.run(empty, 0, true)?;
                    return Ok(Run { exit: end.exit, sample });
                }
            };
            let (program, case) = cases[at];
            let (end, sample) = self.run(&field.programs[program], case, true)?;
            let exit = end.exit;
            let earlier = last[at].take().and_then(|end| end.misunderstood);
            last[at] = Some(End { misunderstood: earlier.or(end.misunderstood), ..end });
            Ok(Run { exit, sample })
        })?;
        for (((program, case), samples), end) in cases.into_iter().zip(samples).zip(last) {
            let case = &mut field.programs[program].cases[case];
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
        let mut tally = Tally::new(&redact);
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

impl<'p> Field<'p> {
    /// Every case of the programs that are to be run repeatedly: the number of the program, and that of the case.
    fn cases(&self) -> Vec<(usize, usize)> {
        let repeated = |(_, one): &(usize, &Ready<'_>)| matches!(one.program.plan, Plan::Repeat(_));
        let cases =
            |(at, one): (usize, &Ready<'_>)| (0..one.cases.len()).map(move |case| (at, case)).collect::<Vec<_>>();
        self.programs.iter().enumerate().filter(repeated).flat_map(cases).collect()
    }

    /// The longest time that one of the programs that are to be run repeatedly may take for all its runs.
    fn longest_time(&self) -> Option<Duration> {
        let time = |one: &Ready<'_>| match &one.program.plan {
            Plan::Repeat(plan) => Some(Duration::from_nanos(plan.max_time)),
            _ => None,
        };
        self.programs.iter().filter_map(time).max()
    }

    fn contenders(&self, cases: &[(usize, usize)]) -> Vec<Contender<'p>> {
        let of = |&(program, case): &(usize, usize)| {
            let one = &self.programs[program];
            let Plan::Repeat(plan) = &one.program.plan else { return None };
            let against = self.comparison.filter(|(base, _)| *base != program).and_then(|(base, metric)| {
                let params = self.programs[base].cases.iter().map(|case| &case.params);
                let partner = (base, partner(&one.cases[case].params, params)?);
                Some((cases.iter().position(|case| *case == partner)?, metric))
            });
            let is_there = |at: &usize| self.empties.get(*at).is_some_and(Option::is_some);
            Some(Contender { plan, against, empty: one.empty.filter(is_there) })
        };
        cases.iter().filter_map(of).collect()
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
        voluntary: ended.voluntary,
        involuntary: ended.involuntary,
        faults: ended.faults,
        interference: ended.interference.clone(),
        disturbed: cause(&ended.interference, ended.wall, cores),
        ..Sample::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_arrives_in_a_variable() {
        assert_eq!(parameter_variable("queue-size"), "CELL_QUEUE_SIZE");
    }
}
