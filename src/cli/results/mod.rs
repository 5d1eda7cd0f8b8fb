//! Stored results: a table of them, how they differ from those of a revision, and which nobody needs any more.

mod revision;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub(super) use table::{aligned, table};

use super::args::{Diff, Gc, Global, ListResults};
use super::build::sound;
use super::report::Report;
use super::site::OpenSite;
use super::{Failed, Outcome, put};
use crate::build::{Built, CellResult};
use crate::cells::{Record, changes, in_a_line};
use crate::source::SitePath;

/// What is known of a stored result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It is of the code that stands in the post.
    Current,
    /// It is of other code than that.
    Stale,
    /// The cell has none.
    Missing,
    /// There is no such cell any more.
    Orphan,
    /// It is no record.
    Unreadable,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Current => "current",
            State::Stale => "stale",
            State::Missing => "missing",
            State::Orphan => "orphan",
            State::Unreadable => "unreadable",
        }
    }
}

/// A stored result, or a cell without one.
#[derive(Debug, Serialize)]
struct Row {
    post: String,
    cell: String,
    state: State,
    /// What it says, in a line.
    says: Option<String>,
    date: Option<String>,
    machine: Option<String>,
    toolchain: Option<String>,
}

/// A cell: its post below `content/`, without extension, and its name.
type Place = (SitePath, String);

/// Prints every stored result and every cell.
pub(super) fn list(global: &Global, options: &ListResults, report: Report) -> Outcome {
    let mut site = OpenSite::open(global, options.selection, None)?;
    let built = site.build_with_all_posts(report);
    let known: BTreeMap<Place, &CellResult> = places(&built);
    let stored = site.store().list();
    let mut rows: Vec<Row> = known.iter().map(|(place, result)| row(&site, place, Some(result))).collect();
    rows.extend(stored.iter().filter(|place| !known.contains_key(*place)).map(|place| row(&site, place, None)));
    if options.json {
        let json = serde_json::to_string_pretty(&rows)?;
        put(format!("{json}\n").as_bytes())?;
        return sound(&built, &site, report);
    }
    let mut lines = vec![["cell", "result", "state", "date", "toolchain"].map(str::to_owned)];
    lines.extend(rows.into_iter().map(|row| {
        let name = format!("{}#{}", row.post, row.cell);
        let date = row.date.unwrap_or_default();
        [name, row.says.unwrap_or_default(), row.state.name().to_owned(), date, row.toolchain.unwrap_or_default()]
    }));
    put(printable(&aligned(&lines)).as_bytes())?;
    // Of posts that cannot be read no cell is known, and results of theirs look like orphans.
    sound(&built, &site, report)
}

/// A text that comes from files, without what a terminal would obey.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

fn places(built: &Built) -> BTreeMap<Place, &CellResult> {
    built.results.iter().map(|result| ((result.post.clone(), result.cell.clone()), result)).collect()
}

fn row(site: &OpenSite, (post, cell): &Place, known: Option<&CellResult>) -> Row {
    let read = site.store().read(post, cell);
    let (state, record) = match (known, read) {
        (_, Err(_)) => (State::Unreadable, None),
        (Some(_), Ok(None)) => (State::Missing, None),
        (None, Ok(record)) => (State::Orphan, record),
        (Some(CellResult { record: Some(current), .. }), Ok(Some(record))) if current.program == record.program => {
            (State::Current, Some(record))
        }
        (Some(_), Ok(record)) => (State::Stale, record),
    };
    let machine = record.as_ref().map(|record| record.machine.clone());
    Row {
        post: post.to_string(),
        cell: cell.clone(),
        state,
        says: record.as_ref().map(in_a_line),
        date: machine.as_ref().map(|machine| machine.date.clone()),
        machine: machine.as_ref().map(|machine| format!("{}, {} cores", machine.cpu, machine.cores)),
        toolchain: machine.map(|machine| machine.toolchain),
    }
}

/// Prints how stored results differ from those of a revision.
pub(super) fn diff(global: &Global, options: &Diff) -> Outcome {
    if options.revision.is_empty() || options.revision.starts_with('-') {
        return Err(Failed::Usage(format!("`{}` is no revision", options.revision.escape_debug())));
    }
    let site = OpenSite::open(global, super::args::Selection::default(), None)?;
    let old = revision::records(site.root(), &options.revision)?;
    let now: Vec<Place> = site.store().list();
    let all: BTreeSet<&Place> = old.keys().chain(&now).collect();
    let mut out = String::new();
    for place in all {
        let (post, cell) = place;
        let read = site.store().read(post, cell);
        let lines = match (old.get(place), read) {
            (_, Err(why)) => vec![why],
            (Some(Err(why)), Ok(_)) => vec![format!("that of {} cannot be read: {why}", options.revision)],
            (None, Ok(Some(new))) => vec![format!("new: {}", in_a_line(&new))],
            (Some(Ok(old)), Ok(None)) => vec![format!("gone: {}", in_a_line(old))],
            (Some(Ok(old)), Ok(Some(new))) => changed(old, &new),
            (None, Ok(None)) => Vec::new(),
        };
        if !lines.is_empty() {
            out += &printable(&format!("{post}#{cell}\n"));
        }
        for line in lines {
            out += &printable(&format!("    {line}\n"));
        }
    }
    if out.is_empty() {
        out = format!("all {} results say what those of {} say\n", now.len(), options.revision);
    }
    put(out.as_bytes())
}

fn changed(old: &Record, new: &Record) -> Vec<String> {
    let changes = changes(old, new);
    // Only the figures behind what is said are others.
    if changes.is_empty() && old != new {
        return vec![format!("measured again, and nothing that is told has changed: {}", in_a_line(new))];
    }
    changes
}

/// Removes stored results of cells that are gone, and lock files that no cell needs.
pub(super) fn gc(global: &Global, options: &Gc, report: Report) -> Outcome {
    let mut site = OpenSite::open(global, super::args::Selection::default(), None)?;
    // A cell that could not be read would be missed.
    let built = site.build_with_all_posts(report);
    sound(&built, &site, report)?;
    let known = places(&built);
    let is_record = |(post, cell): &Place| matches!(site.store().read(post, cell), Ok(Some(_)));
    let unknown = site.store().list().into_iter().filter(|place| !known.contains_key(place));
    let orphans: Vec<Place> = unknown.filter(is_record).collect();
    let needed: BTreeSet<&String> = built.results.iter().filter_map(|result| result.packages.as_ref()).collect();
    let locks: Vec<String> = site.locks().list()?.into_iter().filter(|name| !needed.contains(name)).collect();
    let results = orphans.iter().map(|(post, cell)| format!("results/{post}/{cell}\n"));
    put(results.chain(locks.iter().map(|name| format!("locks/{name}.lock\n"))).collect::<String>().as_bytes())?;
    let count = orphans.len() + locks.len();
    if options.dry_run {
        report.say("Would remove", &format!("{count} results and lock files"));
        return Ok(());
    }
    if !orphans.is_empty() {
        site.store().remove(&orphans)?;
    }
    for name in &locks {
        site.locks().remove(name)?;
    }
    report.say("Removed", &format!("{count} results and lock files"));
    Ok(())
}
