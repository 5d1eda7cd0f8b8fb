//! Which waits for other threads are waits for their ends.

use std::collections::HashMap;

use super::Wait;
use super::observe::{State, Thread, Woken};

/// The end of a thread is recorded a little before it is told to whoever waits for it, and sometimes a little after; ns.
const FAREWELL: u64 = 2_000_000;
const EARLY_FAREWELL: u64 = 1_000_000;

/// A wait for another thread is one for its end if it ends when a thread ends that the waiting one had started: to the
/// kernel, both are the same. Where it is known who ended the wait, that must be the thread that ended; else, or if it was
/// the kernel on that thread's behalf, time has to tell.
pub(super) fn tell_joins(threads: &mut [Thread], wakes: &[Woken], living: &HashMap<u32, usize>) {
    let started: Vec<Option<usize>> = threads.iter().map(|thread| thread.by).collect();
    let has_ended = |at: usize, thread: &Thread| living.get(&thread.number) != Some(&at);
    let ends = threads.iter().enumerate().map(|(at, thread)| has_ended(at, thread).then(|| thread.life().1));
    let ends: Vec<Option<u64>> = ends.collect();
    let mut of_children: Vec<Vec<u64>> = vec![Vec::new(); threads.len()];
    for (by, end) in started.iter().zip(&ends).filter_map(|(by, end)| by.zip(*end)) {
        of_children[by].push(end);
    }
    for ends in &mut of_children {
        ends.sort_unstable();
    }
    let enders: HashMap<(usize, u64), usize> = wakes.iter().map(|wake| ((wake.of, wake.at), wake.by)).collect();
    for (at, thread) in threads.iter_mut().enumerate() {
        for piece in thread.pieces.iter_mut().filter(|piece| piece.state == State::Waiting(Wait::Thread)) {
            let latest = piece.to + FAREWELL;
            let is_join = match enders.get(&(at, piece.to)) {
                Some(&ender) => started[ender] == Some(at) && ends[ender].is_some_and(|end| end <= latest),
                None => {
                    let earliest = piece.to.saturating_sub(EARLY_FAREWELL).max(piece.from + 1);
                    let ends = &of_children[at];
                    ends.get(ends.partition_point(|end| *end < earliest)).is_some_and(|end| *end <= latest)
                }
            };
            if is_join {
                piece.state = State::Waiting(Wait::Join);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::observe::observe;
    use super::super::observe::tests::told;
    use super::super::tests::trace;

    #[test]
    fn a_wait_for_a_thread_that_one_started_until_it_ends_is_a_join() {
        let start = "0 7 executes x\n1 8 started 7 7\n2 9 started 7 8\n3 7 waits thread\n4 8 waits thread\n";
        let main = |rest: &str| told(&observe(&trace(&format!("{start}{rest}"))))[0].clone();
        let joined = "main of 1: 0-3 Running, 3-5100 Waiting(Join), 5100-6000 Running";
        let waited = joined.replace("Join", "Thread");
        // By time alone: a little after or before the end, and only of what it started itself.
        assert_eq!(main("5000 8 ended\n5100 7 on\n6000 7 ended"), joined);
        assert_eq!(main("5100 7 on\n5900 8 ended\n6000 7 ended"), joined);
        assert_eq!(main("2000 8 ended\n5100 7 on\n6000 7 ended"), waited);
        assert_eq!(main("5000 9 ended\n5100 7 on\n6000 7 ended"), waited);
        // By who ended the wait.
        let ready =
            |end: &str| format!("main of 1: 0-3 Running, 3-5100 Waiting({end}), 5100-5101 Ready, 5101-6000 Running");
        assert_eq!(main("5000 8 ended\n5100 7 woken 8\n5101 7 on\n6000 7 ended"), ready("Join"));
        assert_eq!(main("5000 8 ended\n5100 7 woken 9\n5101 7 on\n6000 7 ended"), ready("Thread"));
    }
}
