//! From pieces of time to as few marks as a picture has room for.

use super::observe::{Piece, State};
use super::{Mark, Wait};

/// No piece is put together with others that is longer than this part of the whole: it can be seen.
const FINEST: u64 = 1000;

/// A value for a while: by how many processors it is used, how many it lacks, and what is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    pub(super) length: u64,
    pub(super) running: u64,
    pub(super) ready: u64,
    pub(super) wait: Wait,
}

impl Level {
    pub(super) fn of(piece: &Piece) -> Level {
        let is = |state| u64::from(piece.state == state);
        let wait = match piece.state {
            State::Waiting(wait) => wait,
            State::Running | State::Ready => Wait::Nothing,
        };
        Level { length: piece.to - piece.from, running: is(State::Running), ready: is(State::Ready), wait }
    }

    /// Nothing at all, between two threads that share a lane.
    pub(super) fn gap(length: u64) -> Level {
        Level { length, running: 0, ready: 0, wait: Wait::Nothing }
    }

    /// The mark of it alone, in whatever unit its length has.
    pub(super) fn mark(self) -> Mark {
        Mark { length: self.length, running: 4 * self.running, ready: 4 * self.ready, wait: self.wait }
    }
}

/// The marks of each row, so few that all have room, and how short pieces may be to be shown by themselves, ns.
pub(super) fn reduced(rows: &[Vec<Level>], length: u64, room: usize, most: u64) -> (u64, Vec<Vec<Mark>>) {
    let mut grain = (length / FINEST).max(1000);
    loop {
        let marks: Vec<Vec<Mark>> = rows.iter().map(|row| marks(row, grain, most)).collect();
        if marks.iter().map(Vec::len).sum::<usize>() <= room || grain > length {
            return (grain, marks);
        }
        grain += grain / 2;
    }
}

/// Marks for pieces that are long enough; others are put together until they are. A gap in a bar that nobody could see would
/// only make it look broken.
fn marks(row: &[Level], grain: u64, most: u64) -> Vec<Mark> {
    let mut marks = Marks { list: Vec::new(), done: 0, shown: 0, most };
    let mut mixed = Sum::default();
    for level in row {
        if level.length >= grain {
            let mixed = std::mem::take(&mut mixed);
            let is_unseen = mixed.running == 0 && mixed.length < grain / 2;
            match marks.list.last().copied().filter(|_| is_unseen) {
                Some(last) => marks.extend(mixed.length, last),
                None => marks.push(mixed),
            }
            marks.push(Sum::of(level));
            continue;
        }
        mixed.add(level);
        if mixed.length >= grain {
            marks.push(std::mem::take(&mut mixed));
        }
    }
    marks.push(mixed);
    marks.list
}

/// Pieces put together.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    length: u64,
    running: u64,
    ready: u64,
    /// By what is waited for.
    waits: [u64; WAITS.len()],
}

/// What is waited for, by its place in a sum.
const WAITS: [Wait; 5] = [Wait::Thread, Wait::Sleep, Wait::Io, Wait::Join, Wait::Unknown];

impl Sum {
    fn of(level: &Level) -> Sum {
        let mut sum = Sum::default();
        sum.add(level);
        sum
    }

    fn add(&mut self, level: &Level) {
        self.length += level.length;
        self.running += level.length * level.running;
        self.ready += level.length * level.ready;
        if let Some(at) = WAITS.iter().position(|wait| *wait == level.wait) {
            self.waits[at] += level.length;
        }
    }

    /// What is waited for most.
    fn wait(&self) -> Wait {
        let longest = self.waits.iter().zip(WAITS).max_by_key(|(length, _)| **length);
        longest.filter(|(length, _)| **length > 0).map_or(Wait::Nothing, |(_, wait)| wait)
    }
}

/// Marks that follow each other, in whole µs.
struct Marks {
    list: Vec<Mark>,
    /// The length of all pieces, ns, and of all marks, µs.
    done: u64,
    shown: u64,
    /// The most quarters that a mark can have.
    most: u64,
}

impl Marks {
    fn push(&mut self, sum: Sum) {
        // What there was at all is seen.
        let quarters = |part: u64| if part == 0 { 0 } else { ((4 * part + sum.length / 2) / sum.length).max(1) };
        let running = quarters(sum.running).min(self.most);
        let ready = quarters(sum.ready).min(self.most - running);
        let wait = if running + ready < 4 { sum.wait() } else { Wait::Nothing };
        self.extend(sum.length, Mark { length: 0, running, ready, wait });
    }

    /// Adds so many ns that are like a mark, whatever the length of that.
    fn extend(&mut self, length: u64, like: Mark) {
        self.done += length;
        let length = self.done / 1000 - self.shown;
        self.shown += length;
        let like = Mark { length, ..like };
        match self.list.last_mut().filter(|last| Mark { length, ..**last } == like) {
            _ if length == 0 => {}
            Some(last) => last.length += length,
            None => self.list.push(like),
        }
    }
}
