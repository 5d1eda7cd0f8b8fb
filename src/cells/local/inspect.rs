//! What this machine has for cells, for an author who wonders.

use std::collections::BTreeMap;

use super::scratch::Scratch;
use super::tools::{self, Whose};
use super::{LocalRunner, environment, failed, machine, quiet};
use crate::cells::timeline::Method;
use crate::cells::{Job, Language, Machine, Net, RunnerError};

/// What cells of whatever language find here.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// The machine; no tool was asked.
    pub machine: Machine,
    /// How many cores others used on average for a moment.
    pub others: f64,
    /// Whether that is so little that measuring would begin at once.
    pub quiet: bool,
    /// Whether cells can be cut off from the network.
    pub isolates: bool,
    /// How threads can be recorded, else in a phrase why they cannot.
    pub tracing: Result<Method, String>,
}

impl LocalRunner {
    /// Looks at the machine, and tries what has to be tried.
    ///
    /// # Errors
    /// A machine on which no program can be started.
    pub fn conditions(&self) -> Result<Conditions, RunnerError> {
        let others = quiet::others();
        Ok(Conditions {
            machine: machine::describe(),
            others,
            quiet: others < quiet::QUIET,
            isolates: self.net() == Net::Loopback,
            tracing: self.tracing()?,
        })
    }

    /// What the tool of a language says of its version, where the site pins one by these variables.
    ///
    /// # Errors
    /// A tool that is not there, or that says nothing.
    pub fn tool(&self, language: &Language, pins: &BTreeMap<String, String>) -> Result<String, RunnerError> {
        let Language { version, resolve, env, .. } = language;
        self.tools.version(&self.launcher, Whose { version, resolve, env, pins })
    }

    /// The best of the methods, by a program that is recorded.
    fn tracing(&self) -> Result<Result<Method, String>, RunnerError> {
        let folder = tempfile::tempdir_in(self.launcher.scratch()).map_err(failed)?;
        let scratch = Scratch::new(folder.path());
        scratch.make_build_folder().map_err(failed)?;
        let command = [tools::find("sh")?, "-c".to_owned(), ":".to_owned()].to_vec();
        let env = environment::of_a_cell(&scratch.build_folder());
        let job = Job { trace: Some(Method::Wakeups), ..tools::job(command, env, &scratch) };
        let trace = self.launcher.run(&job).map_err(failed)?.trace;
        Ok(trace.unwrap_or_else(|| Err("nothing was recorded".to_owned())).map(|trace| trace.method))
    }
}
