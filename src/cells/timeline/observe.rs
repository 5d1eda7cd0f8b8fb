//! From what the kernel recorded to what each thread did.

use std::collections::HashMap;

use super::Wait;
use crate::cells::{Trace, What};

/// A thread and all that it did. Times by the kernel's clock, ns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thread {
    /// The kernel's number of it.
    pub(super) number: u32,
    /// The number of its process; that of its first thread is the same.
    pub(super) process: u32,
    /// The name that it was given, if it was.
    pub(super) name: Option<String>,
    /// What it did, one after the other, without a gap.
    pub(super) pieces: Vec<Piece>,
    /// Since when it does what it does now, and what that is; nothing if it ended.
    now: Option<(u64, State)>,
}

/// What a thread did for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) state: State,
}

/// What a thread does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It has a processor.
    Running,
    /// It could run, but has no processor.
    Ready,
    /// It waits.
    Waiting(Wait),
}

/// A part of a thread's work to which the program gave a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// The kernel's number of the thread.
    pub thread: u64,
    /// When it began, by `CLOCK_MONOTONIC`, ns.
    pub start: u64,
    /// When it ended, ns.
    pub end: u64,
}

impl Thread {
    fn new(number: u32, process: u32, at: u64, state: State) -> Self {
        Thread { number, process, name: None, pieces: Vec::new(), now: Some((at, state)) }
    }

    /// Ends what it did until now.
    fn turn(&mut self, at: u64, next: Option<State>) {
        if let Some((from, state)) = self.now.filter(|(from, _)| *from < at) {
            match self.pieces.last_mut().filter(|last| last.state == state) {
                Some(last) => last.to = at,
                None => self.pieces.push(Piece { from, to: at, state }),
            }
        }
        self.now = next.map(|state| (at, state));
    }

    /// When it started and ended.
    pub(super) fn life(&self) -> (u64, u64) {
        let end = self.pieces.last().map_or(0, |piece| piece.to);
        (self.pieces.first().map_or(end, |piece| piece.from), end)
    }
}

/// The threads of a trace, in the order in which they started. Numbers are used again by the kernel: the last thread with a
/// number is meant.
pub(super) fn threads(trace: &Trace) -> Vec<Thread> {
    let mut threads: Vec<Thread> = Vec::new();
    let mut living: HashMap<u32, usize> = HashMap::new();
    for event in &trace.events {
        let (at, number) = (event.at, event.thread);
        if let What::Started { process } = event.what {
            living.insert(number, threads.len());
            threads.push(Thread::new(number, process, at, State::Ready));
            continue;
        }
        // The first thread was there before the recording; with records lost, others may have been.
        let index = *living.entry(number).or_insert_with(|| {
            threads.push(Thread::new(number, number, at, State::Running));
            threads.len() - 1
        });
        let thread = &mut threads[index];
        match &event.what {
            What::On => thread.turn(at, Some(State::Running)),
            What::Waits => thread.turn(at, Some(State::Waiting(Wait::Unknown))),
            What::Preempted => thread.turn(at, Some(State::Ready)),
            What::Named(name) | What::Executed(name) => thread.name = Some(name.clone()),
            What::Started { .. } => {}
            What::Ended => {
                thread.turn(at, None);
                living.remove(&number);
            }
        }
    }
    let end = trace.events.last().map_or(0, |event| event.at);
    for thread in &mut threads {
        thread.turn(end, None);
    }
    threads.retain(|thread| !thread.pieces.is_empty());
    threads
}

/// What threads are called. The first one is `main`; those without a name of their own are numbered.
pub(super) fn names(threads: &[Thread]) -> Vec<String> {
    let mut unnamed = 0;
    let processes = processes(threads);
    let name = |(at, thread): (usize, &Thread)| {
        let own = thread.name.as_deref().map(|name| name.replace(|c: char| c.is_control(), " "));
        match own.filter(|name| !name.trim().is_empty()) {
            _ if at == 0 => "main".to_owned(),
            Some(name) => name.trim().to_owned(),
            None if thread.number == thread.process => format!("process {}", processes[at]),
            None => {
                unnamed += 1;
                format!("thread {unnamed}")
            }
        }
    };
    threads.iter().enumerate().map(name).collect()
}

/// The numbers of their processes, from 1.
pub(super) fn processes(threads: &[Thread]) -> Vec<u64> {
    let mut seen: Vec<u32> = Vec::new();
    let mut number = |thread: &Thread| {
        let at = seen.iter().position(|process| *process == thread.process);
        let at = at.unwrap_or_else(|| {
            seen.push(thread.process);
            seen.len() - 1
        });
        at as u64 + 1
    };
    threads.iter().map(&mut number).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::trace;
    use super::*;

    fn told(threads: &[Thread]) -> Vec<String> {
        let piece = |piece: &Piece| format!("{}-{} {:?}", piece.from / 1000, piece.to / 1000, piece.state);
        let names = names(threads).into_iter().zip(processes(threads));
        let pieces = threads.iter().map(|thread| thread.pieces.iter().map(piece).collect::<Vec<_>>().join(", "));
        names.zip(pieces).map(|((name, process), pieces)| format!("{name} of {process}: {pieces}")).collect()
    }

    #[test]
    fn a_thread_is_in_one_state_after_the_other() {
        let trace = trace(
            "10 7 executes sh\n20 8 started 7\n22 8 on\n25 7 waits\n30 8 preempted\n33 8 on\n34 8 named io\n40 8 ended\n41 7 on\n50 7 ended",
        );
        assert_eq!(
            told(&threads(&trace)),
            [
                "main of 1: 10-25 Running, 25-41 Waiting(Unknown), 41-50 Running",
                "io of 1: 20-22 Ready, 22-30 Running, 30-33 Ready, 33-40 Running",
            ]
        );
    }

    #[test]
    fn threads_without_a_name_are_numbered_and_numbers_may_come_again() {
        let trace = trace(
            "0 7 executes sh\n1 8 started 7\n2 8 ended\n3 8 started 7\n4 8 on\n5 9 started 9\n6 5 started 5\n6 5 executes sort\n9 7 waits\n12 7 on",
        );
        assert_eq!(
            told(&threads(&trace)),
            [
                "main of 1: 0-9 Running, 9-12 Waiting(Unknown)",
                "thread 1 of 1: 1-2 Ready",
                "thread 2 of 1: 3-4 Ready, 4-12 Running",
                "process 2 of 2: 5-12 Ready",
                "sort of 3: 6-12 Ready",
            ]
        );
    }

    #[test]
    fn odd_traces_are_no_trouble() {
        assert_eq!(threads(&trace("")), []);
        assert_eq!(told(&threads(&trace("5 1 ended\n6 1 ended\n7 2 on\n9 3 on"))), ["main of 1: 7-9 Running"]);
    }
}
