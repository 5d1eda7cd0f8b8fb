use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::empties::Empties;
use super::lockings::Lockings;
use super::prepare::{Step, prepare_all};
use super::{
    Assembled, Batch, Cell, Found, Locks, Member, Outcome, Plan, Prepared, Program, Record, Runner, RunnerError, Store,
    Trouble, compare, is_news, judge,
};
use crate::source::{Code, Diagnostic, Diagnostics, Hash, SitePath, system_says};

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
    /// It could not run here, and its author wants that said.
    NotRun {
        /// Why.
        why: String,
        /// What an earlier version of its code did, if that is stored.
        earlier: Option<Box<Record>>,
    },
}

/// Which cells are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Those without a result of this very program.
    Missing,
    /// Every one.
    All,
    /// None: that one would have to run is an error.
    Locked,
    /// None: those without a result show none.
    Nothing,
}

/// What a session is doing.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// So many cells have to be run; the others have their results.
    Planned(usize),
    /// The stored result of a cell is that of its code.
    Stored(&'a Cell, &'a Record),
    /// A cell is being compiled, if it needs that.
    Preparing(&'a Cell),
    /// A cell was compiled, or needs no compiling.
    Prepared(&'a Cell),
    /// A cell begins to run.
    Running(&'a Cell),
    /// A cell that had to run has its answer, or none if it went wrong.
    Finished(&'a Cell, Option<&'a Answer>),
}

/// What a session works with.
#[derive(Clone, Copy)]
pub struct Bench<'a> {
    /// What runs programs.
    pub runner: &'a dyn Runner,
    /// The results of earlier sessions.
    pub store: &'a Store,
    /// The versions of packages that earlier sessions chose.
    pub locks: &'a Locks,
    /// Is told what the session is doing.
    pub progress: &'a (dyn Fn(Progress<'_>) + Sync),
}

/// Gets every task its answer, in the order of the tasks: from the store where that has it, else by running it, as far as the
/// policy for each of them goes.
///
/// Everything compiles first, in parallel; then one program at a time runs, with nothing else of ours beside it. Cells of one
/// group take turns. Each record is stored as soon as it is there. A task that goes wrong has no answer and a diagnostic.
pub fn answer(
    tasks: &[Task<'_>],
    policies: &[Policy],
    bench: Bench<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Option<Answer>> {
    let may_run = |policy: &Policy| matches!(policy, Policy::Missing | Policy::All);
    let mut lockings = Lockings::of(bench);
    let programs: Vec<Cow<'_, Program>> =
        tasks.iter().zip(policies).map(|(task, policy)| lockings.locked(task, may_run(policy), diagnostics)).collect();
    let keys: Vec<Hash> = programs.iter().map(|program| Hash::of(&**program)).collect();
    let stored = |(task, (key, policy)): (&Task<'_>, (&Hash, &Policy))| match policy {
        Policy::All => (None, None),
        Policy::Missing | Policy::Locked | Policy::Nothing => task.stored(key, bench.store),
    };
    let read: Vec<(Option<Record>, Option<Diagnostic>)> =
        tasks.par_iter().zip(keys.par_iter().zip(policies)).map(stored).collect();
    let (stored, unreadable): (Vec<Option<Record>>, Vec<Option<Diagnostic>>) = read.into_iter().unzip();
    unreadable.into_iter().flatten().for_each(|warning| diagnostics.push(warning));
    for ((task, record), policy) in tasks.iter().zip(&stored).zip(policies) {
        if let (Some(record), true) = (record, *policy != Policy::Nothing) {
            (bench.progress)(Progress::Stored(task.cell, record));
        }
    }
    let runs = |at: usize| stored[at].is_none() && may_run(&policies[at]);
    (bench.progress)(Progress::Planned((0..tasks.len()).filter(|&at| runs(at)).count()));
    let failure = |at: usize| runs(at).then(|| lockings.failure(&programs[at]).map(Err)).flatten();
    let mut prepared: Vec<Option<Result<Prepared, RunnerError>>> = (0..tasks.len()).map(failure).collect();
    let wanted: Vec<usize> = (0..tasks.len()).filter(|&at| runs(at) && prepared[at].is_none()).collect();
    let mut empties = Empties::default();
    let mut empty = vec![None; tasks.len()];
    for &at in &wanted {
        empty[at] = empties.of(&programs[at], &tasks[at].assembled.empty);
    }
    let numbered: Vec<(usize, &Program)> = wanted.iter().map(|&at| (at, &*programs[at])).collect();
    let beyond = (tasks.len()..).zip(empties.programs());
    let step = |step: Step, at: usize| {
        if let Some(task) = tasks.get(at) {
            (bench.progress)(match step {
                Step::Begins => Progress::Preparing(task.cell),
                Step::Done => Progress::Prepared(task.cell),
            });
        }
    };
    for (at, result) in prepare_all(&numbered.into_iter().chain(beyond).collect::<Vec<_>>(), bench.runner, step) {
        match prepared.get_mut(at) {
            Some(of_task) => *of_task = Some(result),
            None => empties.keep(at - tasks.len(), result),
        }
    }

    refuse(tasks, policies, &stored, diagnostics);
    let batches = batches(tasks, &prepared);
    let recorded = |record: Option<Record>| record.map(|record| Answer::Recorded(Box::new(record)));
    let mut answers: Vec<Option<Answer>> = stored.into_iter().map(recorded).collect();
    let mut session = Session { bench, empties, missing: BTreeMap::new(), failed: BTreeSet::new(), diagnostics };
    for batch in batches {
        let take = |&at: &usize| {
            let (task, program) = (tasks[at], &*programs[at]);
            Some(Ready { task, program, key: keys[at], prepared: prepared[at].take()?, empty: empty[at] })
        };
        let ready: Vec<Ready<'_>> = batch.iter().filter_map(take).collect();
        for (at, answer) in batch.into_iter().zip(session.run(ready)) {
            answers[at] = answer;
        }
    }
    session.say_what_is_missing();
    answers
}

/// Says of each cell that may not run that it would have to.
fn refuse(tasks: &[Task<'_>], policies: &[Policy], stored: &[Option<Record>], diagnostics: &mut Diagnostics) {
    let is_refused = |((_, policy), record): &((&Task<'_>, &Policy), &Option<Record>)| {
        **policy == Policy::Locked && record.is_none()
    };
    let refused = tasks.iter().zip(policies).zip(stored).filter(is_refused);
    for (number, ((task, _), _)) in refused.enumerate() {
        let message = format!("cell `{}` has no stored result of this code and would have to run", task.cell.id);
        let error = Diagnostic::error(Code::ResultMissing, message).at(task.cell.info.clone(), "");
        let help = "build without `--locked` and `--frozen`, and commit `results/`";
        diagnostics.push(if number == 0 { error.help(help) } else { error });
    }
}

/// The tasks that are to be run, as their numbers: together those that are compared with each other.
fn batches(tasks: &[Task<'_>], prepared: &[Option<Result<Prepared, RunnerError>>]) -> Vec<Vec<usize>> {
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for at in (0..tasks.len()).filter(|&at| prepared[at].is_some()) {
        let same = |batch: &&mut Vec<usize>| tasks[at].is_compared_with(&tasks[batch[0]]);
        match batches.iter_mut().find(same) {
            Some(batch) => batch.push(at),
            None => batches.push(vec![at]),
        }
    }
    batches
}

impl Task<'_> {
    /// The stored record, unless it shows a failure that the author does not want to publish: that one is tried again. And
    /// what is to be said of one that cannot be read.
    fn stored(&self, key: &Hash, store: &Store) -> (Option<Record>, Option<Diagnostic>) {
        match store.get(self.post, &self.cell.id, key) {
            Found::Record(record) => {
                let wanted = self.cell.options.on_error == Trouble::Show || judge::as_announced(self.cell, &record);
                (wanted.then_some(*record), None)
            }
            Found::Stale(_) | Found::Nothing => (None, None),
            Found::Unreadable(why) => {
                let message = format!("the stored result of cell `{}` cannot be read", self.cell.id);
                let warning =
                    Diagnostic::warning(Code::ResultBroken, message).at(self.cell.info.clone(), "it counts as missing");
                (None, Some(warning.note(why)))
            }
        }
    }

    fn is_compared_with(&self, other: &Task<'_>) -> bool {
        let measured = |task: &Task<'_>| matches!(task.assembled.program.plan, Plan::Repeat(_) | Plan::Once);
        let group = &self.cell.options.group;
        group.is_some()
            && self.post == other.post
            && *group == other.cell.options.group
            && measured(self)
            && measured(other)
    }
}

/// A task whose program can be run.
struct Ready<'a> {
    task: Task<'a>,
    program: &'a Program,
    key: Hash,
    prepared: Result<Prepared, RunnerError>,
    /// The empty program that starts as it does, by its number.
    empty: Option<usize>,
}

/// What came of a task.
enum Ran<'a> {
    /// Its answer.
    Answered(Answer),
    /// A record that may be news.
    New(Box<New<'a>>),
}

/// A record, and the task that it is of.
struct New<'a> {
    task: Task<'a>,
    key: Hash,
    record: Record,
}

struct Session<'a> {
    bench: Bench<'a>,
    empties: Empties,
    /// The cells that a missing tool keeps from running, by tool.
    missing: BTreeMap<String, Vec<Cell>>,
    /// What the machine failed at, once said.
    failed: BTreeSet<String>,
    diagnostics: &'a mut Diagnostics,
}

impl Session<'_> {
    /// Runs a batch. Gives the answers in its order.
    fn run(&mut self, batch: Vec<Ready<'_>>) -> Vec<Option<Answer>> {
        let mut results: Vec<Option<Result<Outcome, RunnerError>>> = Vec::new();
        let tasks: Vec<(Task<'_>, Hash)> = batch.iter().map(|ready| (ready.task, ready.key)).collect();
        let baseline = compare::baseline_of(&tasks);
        let used: BTreeSet<usize> = batch.iter().filter_map(|ready| ready.empty).collect();
        let used: Vec<usize> = used.into_iter().filter(|&at| self.empties.get(at).is_some()).collect();
        let mut together = Batch::default();
        for (at, Ready { task, program, prepared, empty, .. }) in batch.into_iter().enumerate() {
            match prepared {
                Ok(prepared) => {
                    if program.plan != Plan::Build && prepared.build.as_ref().is_none_or(|build| build.success) {
                        (self.bench.progress)(Progress::Running(task.cell));
                    }
                    if baseline == Some(at) {
                        together.comparison = Some((together.members.len(), &task.cell.options.metric));
                    }
                    let empty = empty.and_then(|empty| used.iter().position(|&used| used == empty));
                    together.members.push(Member { program, prepared, empty });
                    results.push(None);
                }
                Err(error) => results.push(Some(Err(error))),
            }
        }
        together.empties = used.iter().filter_map(|&at| self.empties.get(at)).collect();
        let mut outcomes = self.bench.runner.execute(together).into_iter();
        let results: Vec<Result<Outcome, RunnerError>> = results
            .into_iter()
            .map(|known| known.or_else(|| outcomes.next()).expect("a runner gives an outcome for each program"))
            .collect();
        let ratios = compare::ratios(&tasks, &results);
        let ran = tasks
            .iter()
            .zip(results)
            .zip(ratios)
            .map(|(((task, key), result), ratios)| self.take(*task, key, result, ratios))
            .collect();
        let answers = self.keep(ran);
        for ((task, _), answer) in tasks.iter().zip(&answers) {
            (self.bench.progress)(Progress::Finished(task.cell, answer.as_ref()));
        }
        answers
    }

    /// What came of a task; nothing if it went wrong, which is said.
    fn take<'t>(
        &mut self,
        task: Task<'t>,
        key: &Hash,
        result: Result<Outcome, RunnerError>,
        ratios: Option<compare::Ratios>,
    ) -> Option<Ran<'t>> {
        let outcome = match result {
            Ok(outcome) => outcome,
            Err(RunnerError::Missing(tool)) => return self.missing(task, key, tool).map(Ran::Answered),
            Err(RunnerError::Failed(why)) => {
                let message = format!("cell `{}` could not be run", task.cell.id);
                let error = Diagnostic::error(Code::CannotRun, message).at(task.cell.info.clone(), "");
                let error = error.help("`blog doctor` tells what of this machine cells can use");
                // Cells may share what failed, such as their dependencies.
                self.diagnostics.push(if self.failed.insert(why.clone()) { error.note(why.trim_end()) } else { error });
                return None;
            }
        };
        // Not a failure that could be shown: nobody knows what it was to say.
        let misunderstood = judge::misunderstood(task.cell, &outcome);
        let failed = || judge::judge(task.cell, task.assembled, &outcome);
        let fails = task.cell.options.on_error == Trouble::Fail;
        if let Some(wrong) = misunderstood.or_else(|| if fails { failed() } else { None }) {
            self.diagnostics.push(wrong);
            return None;
        }
        let mut record = Record::of(key, &outcome);
        if let Some(ratios) = ratios {
            ratios.add_to(&mut record);
        }
        Some(Ran::New(Box::new(New { task, key: *key, record })))
    }

    /// Stores the records of a batch, unless there are some of the same programs, measured together, that say the same but for
    /// noise: all or none, since a comparison needs all of one session. Gives the ones that count.
    fn keep(&mut self, ran: Vec<Option<Ran<'_>>>) -> Vec<Option<Answer>> {
        let old = |ran: &Option<Ran<'_>>| {
            let Some(Ran::New(new)) = ran else { return None };
            match self.bench.store.get(new.task.post, &new.task.cell.id, &new.key) {
                Found::Record(old) => Some(*old),
                _ => None,
            }
        };
        let mut old: Vec<Option<Record>> = ran.iter().map(old).collect();
        let says_the_same = |(ran, old): (&Option<Ran<'_>>, &Option<Record>)| match (ran, old) {
            (Some(Ran::New(new)), Some(old)) => !is_news(new.task.cell, old, &new.record),
            (Some(Ran::New(_)), None) => false,
            _ => true,
        };
        let sessions: BTreeSet<&String> = old.iter().flatten().map(|record| &record.session).collect();
        if sessions.len() > 1 || !ran.iter().zip(&old).all(says_the_same) {
            old.fill(None);
        }
        ran.into_iter().zip(old).map(|(ran, old)| Some(self.keep_one(ran?, old))).collect()
    }

    fn keep_one(&mut self, ran: Ran<'_>, old: Option<Record>) -> Answer {
        let New { task, record, .. } = match ran {
            Ran::Answered(answer) => return answer,
            Ran::New(new) => *new,
        };
        let record = match old {
            Some(old) => old,
            None => {
                if let Err(error) = self.bench.store.put(task.post, &task.cell.id, &record) {
                    let message = format!("the result of cell `{}` cannot be stored", task.cell.id);
                    let warning = Diagnostic::warning(Code::NotStored, message).at(task.cell.info.clone(), "");
                    self.diagnostics.push(warning.note(system_says(&error)));
                }
                record
            }
        };
        Answer::Recorded(Box::new(record))
    }

    fn missing(&mut self, task: Task<'_>, key: &Hash, tool: String) -> Option<Answer> {
        match task.cell.options.missing {
            Trouble::Show => {
                let earlier = match self.bench.store.get(task.post, &task.cell.id, key) {
                    Found::Stale(record) => Some(record),
                    _ => None,
                };
                Some(Answer::NotRun { why: format!("{tool} is not on this machine"), earlier })
            }
            Trouble::Fail => {
                self.missing.entry(tool).or_default().push(task.cell.clone());
                None
            }
        }
    }

    /// One error a tool, with every cell that needs it.
    fn say_what_is_missing(self) {
        for (tool, cells) in self.missing {
            let mut error = Diagnostic::error(Code::ToolMissing, format!("`{tool}` is not on this machine"));
            for cell in &cells {
                error = error.at(cell.info.clone(), "needs it");
            }
            self.diagnostics.push(error.help(format!(
                "install `{tool}`, or build without these results by `missing = \"show\"` under `[cells]` in blog.toml"
            )));
        }
    }
}
