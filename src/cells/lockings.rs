//! Which versions of packages a session uses.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Bench, LockedPackages, Program, RunnerError, Task};
use crate::source::{Code, Diagnostic, Diagnostics, system_says};

/// The versions of packages that are used in this session.
pub(super) struct Lockings<'a> {
    bench: Bench<'a>,
    /// By the name of the set; nothing for those that cannot be had, with what failed.
    chosen: BTreeMap<String, Result<String, RunnerError>>,
}

impl<'a> Lockings<'a> {
    /// None yet.
    pub(super) fn of(bench: Bench<'a>) -> Self {
        Lockings { bench, chosen: BTreeMap::new() }
    }

    /// Why a program's packages cannot be had.
    pub(super) fn failure(&self, program: &Program) -> Option<RunnerError> {
        let name = program.packages.as_ref()?.set.name();
        self.chosen.get(&name)?.as_ref().err().cloned()
    }

    /// A task's program with the versions of its packages, which are chosen now if it may run and that was never done.
    pub(super) fn locked<'t>(
        &mut self,
        task: &Task<'t>,
        may_run: bool,
        diagnostics: &mut Diagnostics,
    ) -> Cow<'t, Program> {
        let program = &task.assembled.program;
        let Some(LockedPackages { set, .. }) = &program.packages else { return Cow::Borrowed(program) };
        let name = set.name();
        if !self.chosen.contains_key(&name) {
            match self.bench.locks.get(&name) {
                Ok(Some(lock)) => drop(self.chosen.insert(name.clone(), Ok(lock))),
                Ok(None) if may_run => {
                    let chosen = self.bench.runner.lock(set);
                    if let Ok(lock) = &chosen
                        && let Err(error) = self.bench.locks.put(&name, lock)
                    {
                        let message = format!("the versions of packages cannot be kept in `locks/{name}.lock`");
                        let warning = Diagnostic::warning(Code::NotStored, message).at(task.cell.info.clone(), "");
                        diagnostics.push(warning.note(system_says(&error)));
                    }
                    self.chosen.insert(name.clone(), chosen);
                }
                Ok(None) => {}
                Err(error) => {
                    let why = format!("`locks/{name}.lock` cannot be read: {}", system_says(&error));
                    self.chosen.insert(name.clone(), Err(RunnerError::Failed(why)));
                }
            }
        }
        let lock = self.chosen.get(&name).and_then(|chosen| chosen.as_ref().ok()).cloned();
        let packages = Some(LockedPackages { set: set.clone(), lock });
        Cow::Owned(Program { packages, ..program.clone() })
    }
}
