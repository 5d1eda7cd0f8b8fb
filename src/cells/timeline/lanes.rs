//! Which threads are shown, and which of them share a lane.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::marks::Level;
use super::observe::{Piece, State, Thread};

/// Threads that are shown in one lane, of which no two lived at once, in the order in which they started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// What it is called.
    pub(super) name: String,
    /// The threads, by their places in the list of threads.
    pub(super) threads: Vec<usize>,
}

impl Row {
    /// What its threads did.
    pub(super) fn pieces<'t>(&'t self, threads: &'t [Thread]) -> impl Iterator<Item = &'t Piece> + Clone {
        self.threads.iter().flat_map(|&at| &threads[at].pieces)
    }

    /// The same from its start to its end, without a gap.
    pub(super) fn levels(&self, threads: &[Thread]) -> Vec<Level> {
        let mut levels: Vec<Level> = Vec::new();
        let mut end = None;
        for piece in self.pieces(threads) {
            let gap = end.filter(|end| *end < piece.from).map(|end| Level::gap(piece.from - end));
            levels.extend(gap);
            levels.push(Level::of(piece));
            end = Some(piece.to);
        }
        levels
    }

    fn ran(&self, threads: &[Thread]) -> u64 {
        let running = self.pieces(threads).filter(|piece| piece.state == State::Running);
        running.map(|piece| piece.to - piece.from).sum()
    }
}

/// At most so many lanes for threads that do something, in the order in which they started. Where there are more threads,
/// those of one kind share lanes; then the first thread and those that ran longest are shown.
pub(super) fn rows(threads: &[Thread], names: &[String], processes: &[u64], most: usize) -> Vec<Row> {
    let shown: Vec<usize> = (0..threads.len()).filter(|&at| !threads[at].pieces.is_empty()).collect();
    let alone = |at: usize| Row { name: names[at].clone(), threads: vec![at] };
    if shown.len() <= most {
        return shown.into_iter().map(alone).collect();
    }
    let mut rows: Vec<Row> = Vec::new();
    // The rows of each kind.
    let mut kinds: BTreeMap<(u64, &str), Vec<usize>> = BTreeMap::new();
    for at in shown {
        let row = kinds.entry((processes[at], stem(&names[at]))).or_default();
        let start = threads[at].life().0;
        // They are in the order of their starts, so that the last one ended last.
        let is_free =
            |row: &usize| rows[*row].threads.last().is_some_and(|&at| at != 0 && threads[at].life().1 <= start);
        match row.iter().copied().find(is_free) {
            Some(row) => rows[row].threads.push(at),
            None => {
                row.push(rows.len());
                rows.push(alone(at));
            }
        }
    }
    for row in rows.iter_mut().filter(|row| row.threads.len() > 1) {
        let same = row.threads.iter().all(|&at| names[at] == row.name);
        row.name = if same { row.name.clone() } else { format!("{}…", stem(&row.name)) };
    }
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&at| (rows[at].threads[0] != 0, Reverse(rows[at].ran(threads))));
    order.truncate(most);
    order.sort_unstable();
    order.into_iter().map(|at| rows[at].clone()).collect()
}

/// What names that are told apart by a number have in common.
pub(super) fn stem(name: &str) -> &str {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let stem = stem.trim_end_matches([' ', '-', '_', '#', ':', '.', '/']);
    if stem.is_empty() { name } else { stem }
}

#[cfg(test)]
mod tests {
    use super::super::observe::{names, observe, processes};
    use super::super::tests::trace;
    use super::*;

    fn of(text: &str, most: usize) -> Vec<(String, usize)> {
        let threads = observe(&trace(text)).threads;
        let rows = rows(&threads, &names(&threads), &processes(&threads), most);
        rows.into_iter().map(|row| (row.name, row.threads.len())).collect()
    }

    /// Sixty threads of which up to three live at once.
    fn sixty() -> String {
        let lines = (0..60).flat_map(|n| {
            let (at, thread) = (10 + 10 * n, 100 + n);
            [
                (at, format!("{thread} started 7 7")),
                (at + 1, format!("{thread} on")),
                (at + 1, format!("{thread} named w-{n}")),
                (at + 25, format!("{thread} ended")),
            ]
        });
        let mut lines: Vec<(u64, String)> = lines.collect();
        lines.extend([(0, "7 executes x".to_owned()), (900, "7 ended".to_owned())]);
        lines.sort_by_key(|(at, _)| *at);
        lines.iter().map(|(at, line)| format!("{at} {line}\n")).collect()
    }

    #[test]
    fn many_short_threads_share_few_lanes() {
        let expected = [("main", 1), ("w…", 20), ("w…", 20), ("w…", 20)].map(|(name, n)| (name.to_owned(), n));
        assert_eq!(of(&sixty(), 14), expected);
        assert_eq!(of(&sixty(), 60).len(), 4);
        assert_eq!(of(&sixty(), 61).len(), 61, "each alone where there is room");
        assert_eq!(of(&sixty(), 3).len(), 3);
    }

    #[test]
    fn between_threads_of_a_lane_there_is_nothing() {
        let threads = observe(&trace("0 7 executes x\n1 8 started 7 7\n2 8 ended\n5 9 started 7 7\n9 9 ended")).threads;
        let row = Row { name: "w…".to_owned(), threads: vec![1, 2] };
        let levels = row.levels(&threads);
        assert_eq!(
            levels.iter().map(|level| (level.length / 1000, level.ready)).collect::<Vec<_>>(),
            [(1, 1), (3, 0), (4, 1)]
        );
    }

    #[test]
    fn names_with_numbers_have_a_stem() {
        for (name, expected) in
            [("worker-12", "worker"), ("thread 1", "thread"), ("t1", "t"), ("sh", "sh"), ("12", "12")]
        {
            assert_eq!(stem(name), expected);
        }
    }
}
