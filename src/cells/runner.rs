use super::{BuildLog, Machine, Metric, Outcome, PackageSet, Program, Provided};

/// What can build and run programs: the machine, or a double in tests.
pub trait Runner: Sync {
    /// Chooses versions of packages: the text of a lock file.
    ///
    /// # Errors
    /// Packages that do not exist or do not fit together, a registry that does not answer, a tool that is not on this machine.
    fn lock(&self, set: &PackageSet) -> Result<String, RunnerError>;

    /// What this machine is now, as far as that is known without starting a program: what the tool said last of its version,
    /// if it was ever asked. Nothing, if nobody looks.
    fn here(&self, program: &Program) -> Option<Machine>;

    /// Gets the packages of a program, unless they are there or it needs none. Several sets may be asked for at once.
    ///
    /// # Errors
    /// Packages that cannot be had or do not compile, a tool that is not on this machine.
    fn provide(&self, program: &Program) -> Result<(), RunnerError>;

    /// Builds a program, whose packages have been [provided](Runner::provide). May be called for several programs at once.
    ///
    /// # Errors
    /// A tool that is not on this machine, or a machine that fails; not a program that does not compile.
    fn prepare(&self, program: &Program) -> Result<Prepared, RunnerError>;

    /// Runs prepared programs as their plans say; those that are to be run repeatedly take turns, so that they can be
    /// compared. Called for one batch at a time, after all programs have been prepared, so that nothing else of ours runs
    /// beside what is measured. Gives the outcome of each member, in their order.
    ///
    /// # Errors
    /// A machine that fails; not a program that does.
    fn execute(&self, batch: Batch<'_>) -> Vec<Result<Outcome, RunnerError>>;
}

/// Programs that are run by themselves, with nothing else of ours beside them.
#[derive(Debug, Default)]
pub struct Batch<'a> {
    /// The programs.
    pub members: Vec<Member<'a>>,
    /// Empty programs, which tell what starting takes.
    pub empties: Vec<(&'a Program, &'a Prepared)>,
    /// The member that the others are compared with, by its number, and by what.
    pub comparison: Option<(usize, &'a Metric)>,
}

/// A program of a batch.
#[derive(Debug)]
pub struct Member<'a> {
    /// The program.
    pub program: &'a Program,
    /// What was made of it.
    pub prepared: Prepared,
    /// The empty program that starts as it does, by its number.
    pub empty: Option<usize>,
}

/// A program that is ready to run, or that did not compile.
#[derive(Debug)]
pub struct Prepared {
    /// The scratch folder that holds it; removed when this is dropped. A double needs none.
    pub folder: Option<tempfile::TempDir>,
    /// What its compiler said.
    pub build: Option<BuildLog>,
    /// The packages that it needs.
    pub packages: Option<Provided>,
}

/// Why a program could not even be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunnerError {
    /// The language's tool is not on this machine; its name.
    Missing(String),
    /// The machine failed at something: what, and what it said.
    Failed(String),
}

/// A runner for builds that start no program.
#[derive(Debug, Clone, Copy)]
pub struct NoRunner;

impl Runner for NoRunner {
    fn lock(&self, _: &PackageSet) -> Result<String, RunnerError> {
        Err(NoRunner::refusal())
    }

    fn here(&self, _: &Program) -> Option<Machine> {
        None
    }

    fn provide(&self, _: &Program) -> Result<(), RunnerError> {
        Err(NoRunner::refusal())
    }

    fn prepare(&self, _: &Program) -> Result<Prepared, RunnerError> {
        Err(NoRunner::refusal())
    }

    fn execute(&self, batch: Batch<'_>) -> Vec<Result<Outcome, RunnerError>> {
        batch.members.iter().map(|_| Err(NoRunner::refusal())).collect()
    }
}

impl NoRunner {
    fn refusal() -> RunnerError {
        RunnerError::Failed("this command starts no programs".to_owned())
    }
}
