//! Programs that do nothing: what they take is what starting takes.

use super::{Plan, Prepared, Program, RunnerError};
use crate::source::Hash;

/// The empty programs of a session, each once.
#[derive(Debug, Default)]
pub(super) struct Empties {
    programs: Vec<(Hash, Program)>,
    prepared: Vec<Option<Prepared>>,
}

impl Empties {
    /// The number of the program that starts as this one does and is empty, with this code; nothing if this one is not measured.
    pub(super) fn of(&mut self, program: &Program, code: &str) -> Option<usize> {
        if !matches!(program.plan, Plan::Repeat(_)) {
            return None;
        }
        let empty = program.with_code(code);
        let key = Hash::of(&empty);
        let known = self.programs.iter().position(|(other, _)| *other == key);
        Some(known.unwrap_or_else(|| {
            self.programs.push((key, empty));
            self.prepared.push(None);
            self.programs.len() - 1
        }))
    }

    /// All of them, in order.
    pub(super) fn programs(&self) -> impl Iterator<Item = &Program> {
        self.programs.iter().map(|(_, program)| program)
    }

    /// Keeps what was made of one. That it cannot be had is no error: an empty file is no program in every language.
    pub(super) fn keep(&mut self, at: usize, prepared: Result<Prepared, RunnerError>) {
        let compiles = |prepared: &Prepared| prepared.build.as_ref().is_none_or(|build| build.success);
        self.prepared[at] = prepared.ok().filter(compiles);
    }

    /// One of them, if it can be run.
    pub(super) fn get(&self, at: usize) -> Option<(&Program, &Prepared)> {
        Some((&self.programs.get(at)?.1, self.prepared.get(at)?.as_ref()?))
    }
}
