//! Which results are news: a record is replaced only then, so that a change in version control is a change in the world.

use std::collections::BTreeSet;

use crate::cells::expect::{compiled, redacted};
use crate::cells::{CaseRecord, Cell, Exit, Figures, Machine, Record, timeline};

/// Of a single run nobody knows how it varies. A number that it told is news if it is this much larger or smaller.
const FACTOR: f64 = 2.0;

/// Whether a record of the same program says anything that the one before does not.
pub fn is_news(cell: &Cell, old: &Record, new: &Record) -> bool {
    let machine = |record: &Record| {
        // What says when and with what it was measured is not what was measured.
        let (date, tool) = (String::new(), String::new());
        Machine { date, tool, busy: false, load: None, ..record.machine.clone() }
    };
    old.compiled != new.compiled
        || old.codes != new.codes
        || old.messages != new.messages
        || is_told(old) != is_told(new)
        || machine(old) != machine(new)
        || old.cases.len() != new.cases.len()
        || old.cases.iter().zip(&new.cases).any(|(old, new)| is_news_of_case(cell, old, new))
}

/// Whether it says what its threads did. When they did it is never the same.
fn is_told(record: &Record) -> Option<bool> {
    timeline::from_text(&record.timeline).map(|timeline| timeline.is_ok())
}

fn is_news_of_case(cell: &Cell, old: &CaseRecord, new: &CaseRecord) -> bool {
    let outcomes = |case: &CaseRecord| -> BTreeSet<(Exit, String)> {
        let redact = compiled(&cell.options.redact);
        case.ends.iter().map(|end| (end.exit, redacted(&end.stdout, &redact))).collect()
    };
    let shown = |case: &CaseRecord| case.ends.iter().flat_map(|end| end.shown.clone()).collect::<Vec<_>>();
    let trials = cell.options.trials.is_some();
    if outcomes(old) != outcomes(new)
        || (!trials && shown(old) != shown(new))
        || old.params != new.params
        || (&old.baseline, &old.metric) != (&new.baseline, &new.metric)
    {
        return true;
    }
    let (Some(before), Some(now)) = (&old.measured, &new.measured) else { return old.measured != new.measured };
    let values = before.values.keys().ne(now.values.keys())
        || before.values.values().zip(now.values.values()).any(|(old, new)| differs(old, new) || jumps(old, new));
    let ratio = match (&old.ratio, &new.ratio) {
        (Some(old), Some(new)) => differs(old, new),
        (old, new) => old.is_some() != new.is_some(),
    };
    values || ratio || differs(&before.wall, &now.wall)
}

/// Whether two measurements of one thing differ by more than noise: the intervals of their medians do not meet, and the
/// medians lie further apart than values of either usually do. Without intervals nobody can tell.
pub(super) fn differs(old: &Figures, new: &Figures) -> bool {
    let (Some((old_low, old_high)), Some((new_low, new_high))) = (old.interval(), new.interval()) else { return false };
    let apart = old_high < new_low || new_high < old_low;
    apart && (old.median - new.median).abs() > old.mad.max(new.mad)
}

/// Whether a number that was told too few times for an interval is quite another one now.
fn jumps(old: &Figures, new: &Figures) -> bool {
    let (small, large) = (old.median.abs().min(new.median.abs()), old.median.abs().max(new.median.abs()));
    old.interval().zip(new.interval()).is_none() && large > FACTOR * small
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(values: &[f64]) -> Figures {
        Figures::of(values).unwrap()
    }

    #[test]
    fn noise_is_no_news() {
        let old = figures(&[100.0, 101.0, 102.0, 103.0, 104.0, 105.0]);
        for (values, news) in [
            (&[101.0, 102.0, 103.0, 104.0, 105.0, 106.0], false),
            (&[105.5, 105.6, 105.7, 105.8, 105.9, 106.0], true),
            (&[200.0, 201.0, 202.0, 203.0, 204.0, 205.0], true),
            // The intervals do not meet, but values spread wider than the medians differ.
            (&[99.0, 99.5, 40.0, 50.0, 99.2, 60.0], false),
        ] {
            assert_eq!(differs(&old, &figures(values)), news, "{values:?}");
        }
    }

    #[test]
    fn of_single_runs_only_numbers_that_jump_are_news() {
        for (old, new, news) in [(100.0, 190.0, false), (100.0, 201.0, true), (100.0, 49.0, true), (0.0, 0.0, false)] {
            let (old, new) = (figures(&[old]), figures(&[new]));
            assert_eq!((differs(&old, &new), jumps(&old, &new)), (false, news), "{old:?} {new:?}");
        }
    }
}
