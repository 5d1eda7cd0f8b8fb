//! What a command does, for programs: a JSON object a line on standard output, as it happens. `content/docs/commands.md` describes
//! them to authors.

use std::io::Write;
use std::time::Duration;

use serde::Serialize;

use super::findings::Finding;
use crate::cells::{Answer, CaseRecord, Cell, Params, Progress, Record};
use crate::config::BaseUrl;
use crate::content;
use crate::output::Written;
use crate::source::{Address, SitePath};

/// Something that happened.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event<'e> {
    /// A cell begins to be compiled, or to run.
    CellStarted { post: String, cell: &'e str, phase: Phase },
    /// A cell has its result, or will have none.
    CellFinished {
        post: String,
        cell: &'e str,
        state: State,
        /// Why it was skipped.
        why: Option<&'e str>,
        /// Whether it compiled, if it was only to be compiled or did not.
        compiled: Option<bool>,
        /// A cell without a sweep has one.
        cases: Vec<Case<'e>>,
    },
    /// Something that the author should know.
    Diagnostic(Finding<'e>),
    /// A file of the site was written, since it was not there or was another.
    PageWritten { url: String, path: &'e str },
    /// The command is at its end.
    BuildFinished {
        /// Whether nothing went wrong.
        ok: bool,
        errors: usize,
        warnings: usize,
        /// What became of the site's files, if it was written.
        files: Option<Files>,
        took_ns: u64,
    },
}

/// What a cell is about to do.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    Compile,
    Run,
}

/// Where a cell's result comes from.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// It ran now.
    Ran,
    /// It ran earlier.
    Stored,
    /// It went wrong, which a diagnostic says.
    Failed,
    /// It cannot run here, and its author wants that shown.
    Skipped,
}

/// One combination of the values of a sweep.
#[derive(Debug, Serialize)]
pub(super) struct Case<'e> {
    params: &'e Params,
    ends: Vec<End>,
    /// How often it ran, if that was measured.
    runs: Option<usize>,
    median_ns: Option<f64>,
    /// The 95 % interval of the median, if there are enough runs for one.
    interval_ns: Option<[f64; 2]>,
}

#[derive(Debug, Serialize)]
struct End {
    exit: String,
    count: u32,
}

/// Counts of files.
#[derive(Debug, Serialize)]
pub(super) struct Files {
    new: usize,
    changed: usize,
    unchanged: usize,
    removed: usize,
}

impl<'e> Event<'e> {
    /// What there is to say of a step of a cell.
    pub(super) fn of_cell(progress: Progress<'e>) -> Option<Self> {
        let post = |cell: &Cell| content::key(cell.info.source().path()).to_string();
        let started = |cell: &'e Cell, phase| Event::CellStarted { post: post(cell), cell: &cell.id, phase };
        let finished = |cell: &'e Cell, state, why, record: Option<&'e Record>| Event::CellFinished {
            post: post(cell),
            cell: &cell.id,
            state,
            why,
            compiled: record.and_then(|record| record.compiled),
            cases: record.map(|record| record.cases.iter().map(Case::of).collect()).unwrap_or_default(),
        };
        Some(match progress {
            Progress::Planned(_) | Progress::Prepared(_) => return None,
            Progress::Stored(cell, record) => finished(cell, State::Stored, None, Some(record)),
            Progress::Preparing(cell) => started(cell, Phase::Compile),
            Progress::Running(cell) => started(cell, Phase::Run),
            Progress::Finished(cell, Some(Answer::Recorded(record))) => finished(cell, State::Ran, None, Some(record)),
            Progress::Finished(cell, Some(Answer::NotRun { why, .. })) => {
                finished(cell, State::Skipped, Some(why), None)
            }
            Progress::Finished(cell, None) => finished(cell, State::Failed, None, None),
        })
    }

    /// A file that was written.
    pub(super) fn of_file(path: &'e SitePath, base_url: &BaseUrl) -> Self {
        let address =
            if path.name() == "index.html" { Address::folder(path.parent()) } else { Address::file(path.clone()) };
        Event::PageWritten { url: base_url.absolute(&address), path: path.as_str() }
    }

    /// The end of a command that found so many errors and warnings.
    pub(super) fn end(ok: bool, (errors, warnings): (usize, usize), written: Option<&Written>, took: Duration) -> Self {
        let files =
            written.map(|&Written { new, changed, unchanged, removed }| Files { new, changed, unchanged, removed });
        Event::BuildFinished { ok, errors, warnings, files, took_ns: took.as_nanos() as u64 }
    }

    /// Writes it in a line. Whoever no longer listens keeps no build from going on.
    pub(super) fn say(&self) {
        let mut line = serde_json::to_vec(self).expect("numbers and text can be written");
        line.push(b'\n');
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all(&line).and_then(|()| stdout.flush());
    }
}

impl<'e> Case<'e> {
    fn of(case: &'e CaseRecord) -> Self {
        let wall = case.measured.as_ref().map(|measured| measured.wall);
        Case {
            params: &case.params,
            ends: case.ends.iter().map(|end| End { exit: end.exit.to_string(), count: end.count }).collect(),
            runs: case.measured.as_ref().map(|measured| measured.runs),
            median_ns: wall.map(|wall| wall.median),
            interval_ns: wall.and_then(|wall| Some([wall.low?, wall.high?])),
        }
    }
}
