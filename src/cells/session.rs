use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Assembled, Cell, Plan, Prepared, Record, Runner, RunnerError, Store, Trouble, judge};
use crate::source::{Diagnostic, Diagnostics, Hash, SitePath};

/// A cell that needs a result.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// The post that it stands in: its path below `content/`, without extension.
    pub post: &'a SitePath,
    /// The cell.
    pub cell: &'a Cell,
    /// Its program.
    pub assembled: &'a Assembled,
}

/// What a cell has to show.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It ran, now or earlier.
    Recorded(Box<Record>),
    /// It could not run here, and its author wants that said: why.
    NotRun(String),
}

/// What a session is doing.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// So many cells have to be run; the others have their results.
    Planned(usize),
    /// A cell was compiled, or needs no compiling.
    Prepared(&'a Cell),
    /// A cell begins to run.
    Running(&'a Cell),
    /// A cell has its result.
    Finished(&'a Cell, &'a Record),
}

/// Gets every task its answer, in the order of the tasks: from the store where that has it, else by running it.
///
/// Everything compiles first, in parallel; then one program at a time runs, with nothing else of ours beside it. Each
/// record is stored as soon as it is there. A task that goes wrong has no answer and a diagnostic.
pub fn answer(
    tasks: &[Task<'_>],
    runner: &dyn Runner,
    store: &Store,
    progress: &(dyn Fn(Progress<'_>) + Sync),
    diagnostics: &mut Diagnostics,
) -> Vec<Option<Answer>> {
    let keys: Vec<Hash> = tasks.iter().map(|task| Hash::of(&task.assembled.program)).collect();
    let stored: Vec<Option<Record>> = tasks.par_iter().zip(&keys).map(|(task, key)| task.stored(key, store)).collect();
    progress(Progress::Planned(stored.iter().filter(|record| record.is_none()).count()));

    let prepared: Vec<Option<Result<Prepared, RunnerError>>> = tasks
        .par_iter()
        .zip(&stored)
        .map(|(task, stored)| {
            stored.is_none().then(|| {
                let prepared = runner.prepare(&task.assembled.program);
                progress(Progress::Prepared(task.cell));
                prepared
            })
        })
        .collect();

    let mut session = Session { runner, store, progress, missing: BTreeMap::new(), diagnostics };
    let answers = tasks
        .iter()
        .zip(keys)
        .zip(stored.into_iter().zip(prepared))
        .map(|((task, key), (stored, prepared))| match (stored, prepared) {
            (Some(record), _) => Some(Answer::Recorded(Box::new(record))),
            (None, Some(prepared)) => session.run(*task, &key, prepared),
            (None, None) => unreachable!("what has no record was prepared"),
        })
        .collect();
    session.say_what_is_missing();
    answers
}

/// The answers that the store has, in the order of the tasks; nothing is run.
pub fn stored(tasks: &[Task<'_>], store: &Store) -> Vec<Option<Answer>> {
    let record = |task: &Task<'_>| store.get(task.post, &task.cell.id, &Hash::of(&task.assembled.program));
    tasks.par_iter().map(record).map(|record| record.map(|record| Answer::Recorded(Box::new(record)))).collect()
}

impl Task<'_> {
    /// The stored record, unless it shows a failure that the author does not want to publish: that one is tried again.
    fn stored(&self, key: &Hash, store: &Store) -> Option<Record> {
        let record = store.get(self.post, &self.cell.id, key)?;
        (self.cell.options.on_error == Trouble::Show || judge::as_announced(self.cell, &record)).then_some(record)
    }
}

struct Session<'a> {
    runner: &'a dyn Runner,
    store: &'a Store,
    progress: &'a (dyn Fn(Progress<'_>) + Sync),
    /// The cells that a missing tool keeps from running, by tool.
    missing: BTreeMap<String, Vec<Cell>>,
    diagnostics: &'a mut Diagnostics,
}

impl Session<'_> {
    fn run(&mut self, task: Task<'_>, key: &Hash, prepared: Result<Prepared, RunnerError>) -> Option<Answer> {
        if task.assembled.program.plan != Plan::Build {
            (self.progress)(Progress::Running(task.cell));
        }
        let outcome = match prepared.and_then(|prepared| self.runner.execute(&task.assembled.program, prepared)) {
            Ok(outcome) => outcome,
            Err(RunnerError::Missing(tool)) => return self.missing(task.cell, tool),
            Err(RunnerError::Failed(why)) => {
                let message = format!("cell `{}` could not be run", task.cell.id);
                self.diagnostics.push(Diagnostic::error(message).at(task.cell.info.clone(), "").note(why));
                return None;
            }
        };
        if let Some(wrong) = judge::judge(task.cell, task.assembled, &outcome)
            && task.cell.options.on_error == Trouble::Fail
        {
            self.diagnostics.push(wrong);
            return None;
        }
        let record = Record::of(key, &outcome);
        if let Err(error) = self.store.put(task.post, &task.cell.id, &record, &outcome.samples) {
            let message = format!("the result of cell `{}` cannot be stored", task.cell.id);
            self.diagnostics.push(Diagnostic::warning(message).at(task.cell.info.clone(), "").note(error.to_string()));
        }
        (self.progress)(Progress::Finished(task.cell, &record));
        Some(Answer::Recorded(Box::new(record)))
    }

    fn missing(&mut self, cell: &Cell, tool: String) -> Option<Answer> {
        match cell.options.missing {
            Trouble::Show => Some(Answer::NotRun(format!("{tool} is not on this machine"))),
            Trouble::Fail => {
                self.missing.entry(tool).or_default().push(cell.clone());
                None
            }
        }
    }

    /// One error a tool, with every cell that needs it.
    fn say_what_is_missing(self) {
        for (tool, cells) in self.missing {
            let mut error = Diagnostic::error(format!("`{tool}` is not on this machine"));
            for cell in &cells {
                error = error.at(cell.info.clone(), "needs it");
            }
            self.diagnostics.push(error.help(format!(
                "install `{tool}`, or build without these results by `missing = \"show\"` under `[cells]` in blog.toml"
            )));
        }
    }
}
