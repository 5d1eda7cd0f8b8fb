//! What a reader must know of a result before he trusts it: a few words beside it, and in its details what they mean and what
//! can be done.

use super::output::in_words;
use crate::cells::{Cell, Machine, Record, Verb};

/// A half-width of the 95 % interval from which on a median is called noisy, as a share of it.
const NOISY: f64 = 0.1;

/// A warning.
#[derive(Debug, PartialEq)]
pub(super) struct Badge {
    /// Its class, which gives it its sign and its colour.
    pub(super) class: &'static str,
    /// What stands beside the result.
    pub(super) words: String,
    /// What it is called in the details.
    pub(super) name: &'static str,
    /// What it means.
    pub(super) meaning: String,
}

/// All warnings about a result. `here` is the machine that the page is built on, `refused` why its code, which has changed
/// since, could not run there.
pub(super) fn of(cell: &Cell, record: &Record, here: Option<&Machine>, refused: Option<&str>) -> Vec<Badge> {
    let stale = refused.map(|why| Badge {
        class: "stale",
        words: "stale: source changed since this run".to_owned(),
        name: "Stale",
        meaning: format!("this is what an earlier version of the code did; it was not run again, because {why}"),
    });
    let drift = here.filter(|_| refused.is_none()).map(|here| record.machine.drift(here)).unwrap_or_default();
    let drifted = (!drift.is_empty()).then(|| Badge {
        class: "drift",
        words: "drifted".to_owned(),
        name: "Drifted",
        meaning: format!("not run again since then; this page was built with {}", drift.join(", ")),
    });
    let busy = record.machine.busy.then(|| Badge {
        class: "busy",
        words: "busy machine".to_owned(),
        name: "Busy",
        meaning:
            "others still used the machine when measuring began, after a wait for quiet; measure again when it is idle"
                .to_owned(),
    });
    let measured = if cell.verb == Verb::Bench && cell.options.trials.is_none() { Some(record) } else { None };
    let noisy = measured.and_then(noisy);
    let starting = measured.and_then(|record| mostly_startup(cell, record));
    [stale, drifted, busy, noisy, starting].into_iter().flatten().collect()
}

/// The case with the widest interval, if that is wide.
fn noisy(record: &Record) -> Option<Badge> {
    let share = |case: &crate::cells::CaseRecord| {
        let wall = &case.measured.as_ref()?.wall;
        wall.half_width().map(|half| half / wall.median).filter(|share| share.is_finite())
    };
    let widest = record.cases.iter().filter_map(|case| Some((share(case)?, case)));
    let (share, case) =
        widest.max_by(|(one, _), (other, _)| one.total_cmp(other)).filter(|(share, _)| *share >= NOISY)?;
    let at = if case.params.is_empty() { String::new() } else { format!(" with {}", in_words(&case.params)) };
    Some(Badge {
        class: "noisy",
        words: format!("noisy: ± {:.0} %{at}", 100.0 * share),
        name: "Noisy",
        meaning:
            "its runs differ so much that the 95 % interval of the median is wide; a quieter machine or more time \
                  (max-time) makes it narrower"
                .to_owned(),
    })
}

fn mostly_startup(cell: &Cell, record: &Record) -> Option<Badge> {
    record.cases.iter().filter_map(|case| case.measured.as_ref()).find(|measured| measured.is_largely_startup())?;
    let part = match cell.language.names[0].as_str() {
        "rust" => " with cell::measure",
        "python" => " with cell.measure",
        _ => "",
    };
    Some(Badge {
        class: "starting",
        words: format!("largely start-up: time a part{part}"),
        name: "Largely start-up",
        meaning: "a program of its language that does nothing takes more than a third of its time".to_owned(),
    })
}
