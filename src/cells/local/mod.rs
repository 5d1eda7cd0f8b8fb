//! The real [`Runner`]: programs of this machine, in scratch folders.

mod build;
mod environment;
mod execute;
mod inspect;
mod machine;
mod messages;
mod packages;
mod quiet;
mod scratch;
mod tally;
mod tools;
mod trace;

use std::io;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

pub use self::inspect::Conditions;
pub use self::packages::{Packages, Provided};
use self::scratch::Scratch;
use self::tools::Tools;
use super::{
    Batch, Launcher, LockedPackages, Machine, Net, Outcome, PackageSet, Prepared, Program, Runner, RunnerError,
};
use crate::source::system_says;

/// Builds, runs and measures programs on this machine.
#[derive(Debug)]
pub struct LocalRunner {
    launcher: Launcher,
    patience: Patience,
    tools: Tools,
    packages: Option<Packages>,
    /// Whether this machine can cut programs off from the network, once that was tried.
    isolates: OnceLock<bool>,
    /// This machine, once somebody asked.
    here: OnceLock<Machine>,
    /// Whether the last wait for quiet was in vain.
    tired: AtomicBool,
}

/// How long measuring may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For others to stop using the machine, before programs are run repeatedly. 30 s, if nobody says so; and no longer than
    /// three times what measuring them may take. Where that was in vain, nobody waits again before the machine has once been
    /// quiet: a blog with a hundred benches would take most of an hour longer on a machine that never is. Such records say that
    /// the machine was [busy](Machine::busy).
    pub quiet: Duration,
    /// What is done before the runner waits for another `blog` that measures, however long that takes.
    pub wait: fn(),
}

impl Default for Patience {
    fn default() -> Self {
        Patience { quiet: Duration::from_secs(30), wait: || () }
    }
}

impl LocalRunner {
    /// A runner that starts its programs through `launcher`.
    pub fn new(launcher: Launcher, patience: Patience) -> Self {
        LocalRunner {
            launcher,
            patience,
            tools: Tools::default(),
            packages: Packages::users_folder().map(Packages::new),
            isolates: OnceLock::new(),
            here: OnceLock::new(),
            tired: AtomicBool::new(false),
        }
    }

    /// Has it remember in a file what tools say of their versions, from one process to the next.
    #[must_use]
    pub fn remembering(mut self, file: PathBuf) -> Self {
        self.tools = Tools::remembering(file);
        self
    }

    fn packages(&self) -> Result<&Packages, RunnerError> {
        let homeless = "there is no folder for packages: neither `XDG_CACHE_HOME` nor `HOME` is set";
        self.packages.as_ref().ok_or_else(|| RunnerError::Failed(homeless.to_owned()))
    }

    /// What programs reach of the network whose authors do not say: only themselves, where the machine can do that.
    fn net(&self) -> Net {
        let isolates = *self.isolates.get_or_init(|| self.launcher.can_isolate());
        if isolates { Net::Loopback } else { Net::Host }
    }

    /// Waits for others to stop using the machine, at most so long. Tells whether they did.
    fn is_quiet(&self, longest: Duration) -> bool {
        let tired = self.tired.load(Ordering::Relaxed);
        let patience = self.patience.quiet.min(longest);
        let quiet = quiet::wait(if tired { patience.min(quiet::GLANCE) } else { patience });
        self.tired.store(!quiet, Ordering::Relaxed);
        quiet
    }

    /// Learns, unless that is known, what nobody needs before a program runs.
    fn learn(&self, program: &Program) -> Result<(), RunnerError> {
        if program.run.is_some() && program.net.is_none() {
            self.net();
        }
        self.tools.version(&self.launcher, program).map(drop)
    }

    fn build(&self, program: &Program) -> Result<Prepared, RunnerError> {
        let packages = self.provided(program)?;
        let folder = tempfile::tempdir_in(self.launcher.scratch()).map_err(failed)?;
        let build = match &program.build {
            None => None,
            Some(build) => {
                let scratch = Scratch::new(folder.path()).with_packages(packages.as_ref());
                Some(build::build(&self.launcher, &self.tools, program, build, &scratch)?)
            }
        };
        Ok(Prepared { folder: Some(folder), build, packages })
    }

    /// The packages of a program, if it needs any.
    fn provided(&self, program: &Program) -> Result<Option<Provided>, RunnerError> {
        let Some(LockedPackages { set, lock }) = &program.packages else { return Ok(None) };
        let unlocked = || RunnerError::Failed("no versions of its packages were chosen".to_owned());
        let lock = lock.as_ref().ok_or_else(unlocked)?;
        let toolchain = self.tools.version(&self.launcher, program)?;
        self.packages()?.provide(&self.launcher, set, lock, &toolchain).map(Some)
    }

    /// This machine, with the version of a program's tool.
    fn machine(&self, program: &Program) -> Result<Machine, RunnerError> {
        Ok(Machine { toolchain: self.tools.version(&self.launcher, program)?, ..machine::describe() })
    }
}

impl Runner for LocalRunner {
    fn lock(&self, set: &PackageSet) -> Result<String, RunnerError> {
        self.packages()?.lock(&self.launcher, set)
    }

    fn here(&self, program: &Program) -> Option<Machine> {
        let here = self.here.get_or_init(machine::describe).clone();
        Some(Machine { toolchain: self.tools.last_version(program).unwrap_or_default(), ..here })
    }

    fn provide(&self, program: &Program) -> Result<(), RunnerError> {
        self.provided(program).map(drop)
    }

    fn prepare(&self, program: &Program) -> Result<Prepared, RunnerError> {
        self.tools.command(&self.launcher, program)?;
        thread::scope(|scope| {
            let known = scope.spawn(|| self.learn(program));
            let prepared = self.build(program);
            known.join().unwrap_or_else(|panic| resume_unwind(panic))?;
            prepared
        })
    }

    fn execute(&self, batch: Batch<'_>) -> Vec<Result<Outcome, RunnerError>> {
        self.execute_all(&batch)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn failed(error: io::Error) -> RunnerError {
    RunnerError::Failed(system_says(&error))
}
