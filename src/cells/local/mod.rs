//! The real [`Runner`]: programs of this machine, in scratch folders.

mod build;
mod environment;
mod machine;
mod messages;
mod quiet;
mod scratch;
mod tools;

use std::io;
use std::time::Duration;

use self::scratch::Scratch;
use self::tools::Tools;
use super::launcher::is_disturbed;
use super::repeat::{self, Run, Series};
use super::{Ended, Job, Launcher, Machine, Net, Outcome, Plan, Prepared, Program, Runner, RunnerError, Sample};

/// Builds, runs and measures programs on this machine.
#[derive(Debug)]
pub struct LocalRunner {
    launcher: Launcher,
    patience: Patience,
    tools: Tools,
}

/// How long measuring may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For others to stop using the machine, before a program is run repeatedly. 5 s, if nobody says so: builds and
    /// downloads that end soon are worth it, but it is spent anew for each bench, and a blog with a hundred of them on a
    /// machine that is never quiet would take most of an hour longer with 30 s. Such a record says that the machine was
    /// [busy](Machine::busy).
    pub quiet: Duration,
    /// For the runs of one program, where the author does not say how many.
    pub runs: Duration,
    /// What is done before the runner waits for another `blog` that measures, however long that takes.
    pub wait: fn(),
}

impl Default for Patience {
    fn default() -> Self {
        Patience { quiet: Duration::from_secs(5), runs: Duration::from_secs(10), wait: || () }
    }
}

impl LocalRunner {
    /// A runner that starts its programs through `launcher`.
    pub fn new(launcher: Launcher, patience: Patience) -> Self {
        LocalRunner { launcher, patience, tools: Tools::default() }
    }

    /// Runs a program alone. Tells also whether others kept using the machine.
    fn series(&self, program: &Program, command: &[String], scratch: &Scratch) -> Result<(Series, bool), RunnerError> {
        let _alone = quiet::lock(self.patience.wait)?;
        let busy = matches!(program.plan, Plan::Repeat { .. }) && !quiet::wait(self.patience.quiet);
        let cores = machine::cores();
        let series = repeat::execute(&program.plan, self.patience.runs, || {
            let job = job(program, command, scratch)?;
            let ended = self.launcher.run(&job).map_err(failed)?;
            Ok(Run { exit: ended.exit, sample: sample(&ended, cores) })
        })?;
        Ok((series, busy))
    }
}

impl Runner for LocalRunner {
    fn prepare(&self, program: &Program) -> Result<Prepared, RunnerError> {
        self.tools.version(&self.launcher, &program.version)?;
        self.tools.command(&self.launcher, program)?;
        let folder = tempfile::tempdir_in(self.launcher.scratch()).map_err(failed)?;
        let build = match &program.build {
            None => None,
            Some(build) => Some(build::build(&self.launcher, program, build, &Scratch::new(folder.path()))?),
        };
        Ok(Prepared { folder: Some(folder), build })
    }

    fn execute(&self, program: &Program, prepared: Prepared) -> Result<Outcome, RunnerError> {
        let Prepared { folder, build } = prepared;
        let mut outcome = Outcome {
            build,
            exit: None,
            stdout: String::new(),
            stderr: String::new(),
            samples: Vec::new(),
            machine: Machine {
                toolchain: self.tools.version(&self.launcher, &program.version)?,
                ..machine::describe()
            },
        };
        let Some(command) = self.tools.command(&self.launcher, program)? else { return Ok(outcome) };
        if outcome.build.as_ref().is_some_and(|build| !build.success) {
            return Ok(outcome);
        }
        let folder = folder.ok_or_else(|| RunnerError::Failed("a program that was prepared elsewhere".to_owned()))?;
        let scratch = Scratch::new(folder.path());
        let (series, busy) = self.series(program, &command, &scratch)?;
        outcome.machine.busy = busy;
        outcome.exit = series.exit;
        outcome.samples = series.samples;
        if outcome.exit.is_some() {
            outcome.stdout = scratch.read(&scratch.stdout(), program.limits.output).map_err(failed)?;
            outcome.stderr = scratch.read(&scratch.stderr(), program.limits.output).map_err(failed)?;
        }
        // Dropping the folder would not remove all that a program can leave behind. The launcher tries again in the end.
        let _ = scratch.remove_run_folder();
        Ok(outcome)
    }
}

/// One run, in a folder that no earlier run has seen.
fn job(program: &Program, command: &[String], scratch: &Scratch) -> Result<Job, RunnerError> {
    scratch.renew_run_folder(program).map_err(failed)?;
    let mut env = environment::of_a_cell(&scratch.run_folder());
    env.extend(program.env.clone());
    if let Plan::Repeat { .. } = program.plan {
        environment::pad(&mut env);
    }
    Ok(Job {
        command: scratch::fill_in(command, program).into_iter().chain(program.args.clone()).collect(),
        env,
        folder: scratch.run_folder(),
        stdin: scratch.stdin(),
        stdout: scratch.stdout(),
        stderr: scratch.stderr(),
        limits: program.limits,
        merge: false,
        net: Net::Host,
        stacks: None,
        dump_signal: None,
    })
}

fn sample(ended: &Ended, cores: usize) -> Sample {
    Sample {
        wall: ended.wall,
        cpu: ended.cpu,
        rss: ended.rss,
        foreign: ended.foreign,
        disturbed: is_disturbed(ended.foreign, ended.wall, cores),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn failed(error: io::Error) -> RunnerError {
    RunnerError::Failed(error.to_string())
}
