//! A part of a timeline in which every piece is seen, where in the whole they are too short for that.

use std::collections::BTreeSet;

use super::marks::Level;
use super::observe::{Piece, State, Thread, Woken};
use super::{Row, Wake, Zoom, limits};

/// How many turns on a processor are to be seen in it.
const TURNS: usize = 40;

/// Of a thread's time so much must be in pieces that are too short to be seen, and it must live for so much of the whole.
const SHARE: f64 = 0.25;
const LIFE: f64 = 0.1;

/// A part with some 40 turns of usual length, if threads take turns too short to be seen: shorter than `grain`, ns.
pub(super) fn of(
    threads: &[Thread],
    names: &[String],
    wakes: &[Woken],
    window: (u64, u64),
    grain: u64,
) -> Option<Zoom> {
    let hasty: Vec<usize> = (0..threads.len()).filter(|&at| is_hasty(&threads[at], window, grain)).collect();
    let is_turn = |piece: &&Piece| piece.state == State::Running && piece.to - piece.from < grain;
    let of_thread = |&at: &usize| threads[at].pieces.iter().filter(is_turn).map(move |piece| (piece.from, at));
    let mut turns: Vec<(u64, usize)> = hasty.iter().flat_map(of_thread).collect();
    turns.sort_unstable();
    let mut steps: Vec<u64> = turns.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    steps.sort_unstable();
    // Several can begin at once.
    let length = (TURNS as u64 * steps.get(steps.len() / 2)?).clamp(1, window.1 - window.0);
    let start = busiest(&turns, length).min(window.1 - length);
    Some(magnified(threads, names, wakes, window.0, (start, fitting(threads, wakes, start, length))))
}

fn is_hasty(thread: &Thread, (begin, end): (u64, u64), grain: u64) -> bool {
    let lengths = || thread.pieces.iter().map(|piece| piece.to - piece.from);
    let (all, short) = (lengths().sum::<u64>(), lengths().filter(|length| *length < grain).sum::<u64>());
    short as f64 >= SHARE * all as f64 && all as f64 > LIFE * (end - begin) as f64
}

/// Where a part of some length should begin: where there are the most turns, but no more than are to be seen, of the most
/// threads. Of many such places the one in the middle is the least special.
fn busiest(turns: &[(u64, usize)], length: u64) -> u64 {
    let mut best = (0, 0);
    let mut places: Vec<u64> = Vec::new();
    let mut end = 0;
    for (from, (at, _)) in turns.iter().enumerate() {
        end += turns[end..].iter().take_while(|(turn, _)| *turn < at + length).count();
        let inside = &turns[from..end.min(from + TURNS)];
        if inside.len() < best.0 {
            continue;
        }
        let several = inside.iter().map(|(_, thread)| thread).collect::<BTreeSet<_>>().len();
        let this = (inside.len(), several);
        if this > best {
            best = this;
            places.clear();
        }
        if this == best {
            places.push(*at);
        }
    }
    places.get(places.len() / 2).copied().unwrap_or(0)
}

/// Of a length so much that there are not too many marks, nor ends of waits.
fn fitting(threads: &[Thread], wakes: &[Woken], start: u64, mut length: u64) -> u64 {
    let count = |length: u64| -> usize {
        let pieces = threads.iter().map(|thread| inside(thread, (start, start + length)).len());
        pieces.filter(|pieces| *pieces > 1).map(|pieces| limits::ROW + pieces).sum()
    };
    let ends = |length: u64| within(wakes, (start, start + length)).count();
    while (count(length) > limits::ZOOMED || ends(length) > limits::WAKES) && length > 1 {
        length -= length.div_ceil(8);
    }
    length
}

/// The pieces of a thread in some time.
fn inside(thread: &Thread, (begin, end): (u64, u64)) -> &[Piece] {
    let from = thread.pieces.partition_point(|piece| piece.to <= begin);
    let to = thread.pieces.partition_point(|piece| piece.from < end);
    &thread.pieces[from..to.max(from)]
}

/// The ends of waits in some time.
fn within(wakes: &[Woken], (begin, end): (u64, u64)) -> impl Iterator<Item = &Woken> {
    wakes.iter().filter(move |wake| (begin..end).contains(&wake.at))
}

fn magnified(threads: &[Thread], names: &[String], wakes: &[Woken], origin: u64, (start, length): (u64, u64)) -> Zoom {
    let part = (start, start + length);
    // A thread that waits, or is ready, all the time does nothing in it.
    let does = |at: &usize| match inside(&threads[*at], part) {
        [] => false,
        [one] => one.state == State::Running,
        _ => true,
    };
    let mut shown: Vec<usize> = (0..threads.len()).filter(does).collect();
    shown.sort_by_key(|&at| std::cmp::Reverse(inside(&threads[at], part).len()));
    shown.truncate(limits::LANES);
    shown.sort_unstable();
    let row = |&at: &usize| {
        let pieces = inside(&threads[at], part);
        let clipped = |piece: &Piece| Piece { from: piece.from.max(start), to: piece.to.min(part.1), ..*piece };
        Row {
            name: names[at].clone(),
            start: pieces.first().map_or(0, |piece| piece.from.saturating_sub(start)),
            marks: pieces.iter().map(|piece| Level::of(&clipped(piece)).mark()).collect(),
        }
    };
    let place = |thread: usize| shown.iter().position(|at| *at == thread).map(|at| at as u64);
    let wake = |wake: &Woken| Some(Wake { at: wake.at - start, by: place(wake.by)?, of: place(wake.of)? });
    let wakes = within(wakes, part).filter_map(wake).take(limits::WAKES).collect();
    Zoom { start: start - origin, length, rows: shown.iter().map(row).collect(), wakes }
}

#[cfg(test)]
mod tests {
    use super::super::observe::{Observed, names, observe};
    use super::super::tests::trace;
    use super::*;

    const WINDOW: (u64, u64) = (0, 100_000_000);

    fn zoom(text: &str, grain: u64) -> Option<Zoom> {
        let Observed { threads, wakes } = observe(&trace(text));
        super::of(&threads, &names(&threads), &wakes, WINDOW, grain)
    }

    /// Two threads that take turns of 10 µs from 50 ms on for as long as is said, beside one that waits; each wakes the other.
    fn turns(count: u64) -> String {
        let start = "0 7 executes x\n1 8 started 7 7\n1 9 started 7 7\n2 7 waits join\n3 8 waits thread\n";
        let turn = |n: u64| {
            let (at, one, other) = (50_000 + 10 * n, 8 + n % 2, 9 - n % 2);
            format!("{at} {other} waits thread\n{at}.1 {one} woken {other}\n{at}.4 {one} on\n")
        };
        let turns: String = (0..count).map(turn).collect();
        format!("{start}{turns}100000 8 ended\n100000 9 ended\n100000 7 ended\n")
    }

    #[test]
    fn turns_too_short_to_be_seen_are_seen_under_the_lens() {
        let zoom = zoom(&turns(4_000), 100_000).unwrap();
        assert!((300_000..500_000).contains(&zoom.length), "some 40 turns: {}", zoom.length);
        assert!((60_000_000..80_000_000).contains(&zoom.start), "in the middle of them: {}", zoom.start);
        assert_eq!(zoom.rows.iter().map(|row| &*row.name).collect::<Vec<_>>(), ["thread 1", "thread 2"]);
        for row in &zoom.rows {
            assert_eq!(row.marks.iter().map(|mark| mark.length).sum::<u64>(), zoom.length);
            let is_exact = |mark: &super::super::Mark| [0, 4].contains(&mark.running) && [0, 4].contains(&mark.ready);
            assert!(row.marks.iter().all(is_exact), "{row:?}");
        }
        assert!(zoom.rows.iter().map(|row| row.marks.len()).sum::<usize>() <= limits::ZOOMED);
        assert!((20..=limits::WAKES).contains(&zoom.wakes.len()));
        assert!(zoom.wakes.iter().all(|wake| wake.by != wake.of && wake.at < zoom.length));
    }

    #[test]
    fn what_can_be_seen_needs_no_lens() {
        assert_eq!(zoom(&turns(4_000), 5_000), None, "every turn can be seen");
        assert_eq!(zoom(&turns(200), 100_000), None, "but for a moment");
        assert_eq!(zoom("", 1000), None);
        assert_eq!(zoom("0 7 executes x\n100000 7 ended", 1000), None);
    }
}
