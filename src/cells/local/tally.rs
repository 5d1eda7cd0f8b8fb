//! How differently runs of one program end.

use regex::Regex;

use crate::cells::expect::redacted;
use crate::cells::{End, Exit};

/// How many ways of ending are kept apart. Programs that end in a different way each time have more to say than fits on a
/// page.
const MOST_ENDS: usize = 20;

/// How often runs ended in which way.
pub(super) struct Tally<'r> {
    redact: &'r [Regex],
    /// Each with what of its output counts.
    ends: Vec<(String, End)>,
    others: u32,
}

impl<'r> Tally<'r> {
    /// None yet. What `redact` matches in an output is not told apart.
    pub(super) fn new(redact: &'r [Regex]) -> Self {
        Tally { redact, ends: Vec::new(), others: 0 }
    }

    /// Whether one of them did not end.
    pub(super) fn has_hung(&self) -> bool {
        self.ends.iter().any(|(_, end)| end.exit == Exit::TimedOut)
    }

    /// Counts a run.
    pub(super) fn count(&mut self, end: End) {
        let output = redacted(&end.stdout, self.redact);
        let same = |(known, kept): &&mut (String, End)| kept.exit == end.exit && *known == output;
        let room = self.ends.len() < MOST_ENDS;
        match self.ends.iter_mut().find(same) {
            Some((_, known)) => {
                known.count += 1;
                known.misunderstood = known.misunderstood.take().or(end.misunderstood);
            }
            None if room => self.ends.push((output, end)),
            None => self.others += 1,
        }
    }

    /// The ends, the most frequent first, and the runs that ended in yet other ways.
    pub(super) fn finish(self) -> (Vec<End>, u32) {
        let mut ends: Vec<End> = self.ends.into_iter().map(|(_, end)| end).collect();
        ends.sort_by_key(|end| std::cmp::Reverse(end.count));
        (ends, self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(code: i32, stdout: &str) -> End {
        End {
            exit: Exit::Code(code),
            count: 1,
            threads: Vec::new(),
            shown: Vec::new(),
            stdout: stdout.to_owned(),
            stderr: String::new(),
            misunderstood: None,
        }
    }

    #[test]
    fn ends_are_told_apart_by_exit_and_output() {
        let redact = [Regex::new("[0-9]+µs").unwrap()];
        let mut tally = Tally::new(&redact);
        for (code, stdout) in [(0, "a 3µs"), (0, "b"), (1, "b"), (0, "b"), (0, "a 77µs"), (0, "b")] {
            tally.count(end(code, stdout));
        }
        let (ends, others) = tally.finish();
        let told: Vec<_> = ends.iter().map(|end| (end.exit, &*end.stdout, end.count)).collect();
        assert_eq!(told, [(Exit::Code(0), "b", 3), (Exit::Code(0), "a 3µs", 2), (Exit::Code(1), "b", 1)]);
        assert_eq!(others, 0);
    }

    #[test]
    fn one_run_of_many_that_is_not_understood_is_told() {
        let mut tally = Tally::new(&[]);
        for misunderstood in [None, Some("line 1".to_owned()), Some("line 2".to_owned()), None] {
            tally.count(End { misunderstood, ..end(0, "a") });
        }
        let (ends, _) = tally.finish();
        assert_eq!((ends[0].count, ends[0].misunderstood.as_deref()), (4, Some("line 1")));
    }

    #[test]
    fn ends_beyond_those_that_fit_on_a_page_are_only_counted() {
        let mut tally = Tally::new(&[]);
        (0..100).for_each(|n| tally.count(end(0, &n.to_string())));
        let (ends, others) = tally.finish();
        assert_eq!((ends.len(), others), (MOST_ENDS, 80));
    }
}
