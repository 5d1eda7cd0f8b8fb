//! From what the kernel recorded to what each thread did.

use std::collections::HashMap;

use super::Wait;
use super::joins::tell_joins;
use crate::cells::{Trace, What};

/// The threads of a trace, and who ended whose wait.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Observed {
    /// In the order in which they started.
    pub(super) threads: Vec<Thread>,
    /// In the order of time.
    pub(super) wakes: Vec<Woken>,
}

/// The end of a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Woken {
    /// When, ns.
    pub(super) at: u64,
    /// Which thread ended it, by its place in the list of threads.
    pub(super) by: usize,
    /// Which thread had waited.
    pub(super) of: usize,
}

/// A thread and all that it did. Times by the kernel's clock, ns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thread {
    /// The kernel's number of it.
    pub(super) number: u32,
    /// The number of its process; that of its first thread is the same.
    pub(super) process: u32,
    /// Which thread started it, by its place in the list, if that is known.
    pub(super) by: Option<usize>,
    /// The name that it was given, if it was.
    pub(super) name: Option<String>,
    /// What it did, one after the other, without a gap.
    pub(super) pieces: Vec<Piece>,
    /// Since when it does what it does now, and what that is; nothing if it ended.
    now: Option<(u64, State)>,
    /// When it was woken while it seemed to run still.
    early: Option<u64>,
}

/// What a thread did for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) state: State,
    /// The processor on which it ended: the one that the thread ran on, or was given next.
    pub(super) processor: u32,
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

/// A part of its work to which the program gave a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// The kernel's number of the thread on which it began.
    pub thread: u64,
    /// And of that on which it ended: an asynchronous program can go on elsewhere.
    pub to: u64,
    /// When it began, by `CLOCK_MONOTONIC`, ns.
    pub start: u64,
    /// When it ended, ns.
    pub end: u64,
}

/// How much sooner than a thread's giving up its processor the end of that wait can be recorded on another one, ns.
const RACE: u64 = 20_000;

impl Thread {
    fn new(number: u32, process: u32, by: Option<usize>, at: u64, state: State) -> Self {
        let now = Some((at, state));
        Thread { number, process, by, name: None, pieces: Vec::new(), now, early: None }
    }

    /// Ends what it did until now.
    fn turn(&mut self, at: u64, processor: u32, next: Option<State>) {
        if let Some((from, state)) = self.now.filter(|(from, _)| *from < at) {
            match self.pieces.last_mut().filter(|last| last.state == state) {
                Some(last) => (last.to, last.processor) = (at, processor),
                None => self.pieces.push(Piece { from, to: at, state, processor }),
            }
        }
        self.now = next.map(|state| (at, state));
    }

    fn is_waiting(&self) -> bool {
        matches!(self.now, Some((_, State::Waiting(_))))
    }

    /// It need not wait any longer.
    fn wake(&mut self, at: u64, processor: u32) {
        if self.is_waiting() {
            self.turn(at, processor, Some(State::Ready));
        } else if let Some((_, State::Running)) = self.now {
            self.early = Some(at);
        }
    }

    /// It is given a processor.
    fn run(&mut self, at: u64, processor: u32) {
        // If it was woken, then only in the moment in which it began to wait: it did not wait at all.
        if let Some((from, State::Waiting(_))) = self.now
            && self.early.is_some_and(|early| early + RACE >= from)
        {
            self.now = Some((from, State::Ready));
        }
        self.early = None;
        self.turn(at, processor, Some(State::Running));
    }

    /// When it started and ended.
    pub(super) fn life(&self) -> (u64, u64) {
        let end = self.pieces.last().map_or(0, |piece| piece.to);
        (self.pieces.first().map_or(end, |piece| piece.from), end)
    }
}

/// The threads of a trace. Numbers are used again by the kernel: the last thread with a number is meant.
pub(super) fn observe(trace: &Trace) -> Observed {
    let mut threads: Vec<Thread> = Vec::new();
    let mut wakes: Vec<Woken> = Vec::new();
    let mut living: HashMap<u32, usize> = HashMap::new();
    // Threads outlive what is recorded as their end: they tell of it.
    let mut known: HashMap<u32, usize> = HashMap::new();
    for event in &trace.events {
        let (at, number, processor) = (event.at, event.thread, event.processor);
        if let What::Started { process, by } = event.what {
            living.insert(number, threads.len());
            threads.push(Thread::new(number, process, known.get(&by).copied(), at, State::Ready));
            known.insert(number, threads.len() - 1);
            continue;
        }
        if let (What::Woken { .. }, None) = (&event.what, living.get(&number)) {
            continue;
        }
        // The first thread was there before the recording; with records lost, others may have been.
        let index = *living.entry(number).or_insert_with(|| {
            threads.push(Thread::new(number, number, None, at, State::Running));
            threads.len() - 1
        });
        known.insert(number, index);
        let thread = &mut threads[index];
        match &event.what {
            What::On => thread.run(at, processor),
            What::Waits(wait) => thread.turn(at, processor, Some(State::Waiting(*wait))),
            What::Preempted => thread.turn(at, processor, Some(State::Ready)),
            What::Woken { by } => {
                let by = by.and_then(|by| known.get(&by));
                if let Some(by) = by.filter(|by| **by != index && thread.is_waiting()) {
                    wakes.push(Woken { at, by: *by, of: index });
                }
                thread.wake(at, processor);
            }
            What::Named(name) | What::Executed(name) => thread.name = Some(name.clone()),
            What::Started { .. } => {}
            What::Ended => {
                thread.turn(at, processor, None);
                living.remove(&number);
            }
        }
    }
    let end = trace.events.last().map_or(0, |event| event.at);
    for thread in &mut threads {
        thread.turn(end, 0, None);
    }
    tell_joins(&mut threads, &wakes, &living);
    Observed { threads, wakes }.without_empty()
}

impl Observed {
    /// Without threads that did nothing.
    fn without_empty(self) -> Observed {
        let mut places = HashMap::new();
        let mut threads: Vec<Thread> = Vec::new();
        for (at, thread) in self.threads.into_iter().enumerate() {
            if !thread.pieces.is_empty() {
                places.insert(at, threads.len());
                let by = thread.by.and_then(|by| places.get(&by).copied());
                threads.push(Thread { by, ..thread });
            }
        }
        let moved = |wake: &Woken| Some(Woken { by: *places.get(&wake.by)?, of: *places.get(&wake.of)?, ..*wake });
        let wakes = self.wakes.iter().filter_map(moved).collect();
        Observed { threads, wakes }
    }
}

/// What threads are called. The first one is `main`; those without a name of their own are numbered.
pub(super) fn names(threads: &[Thread]) -> Vec<String> {
    let mut unnamed = 0;
    let processes = processes(threads);
    let name = |(at, thread): (usize, &Thread)| {
        // The kernel cuts names between bytes: what is left of a character is none.
        let whole = |name: &str| name.trim_end_matches(char::REPLACEMENT_CHARACTER).replace(char::is_control, " ");
        let own = thread.name.as_deref().map(whole);
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
pub(super) mod tests {
    use super::super::tests::trace;
    use super::*;

    pub(in crate::cells::timeline) fn told(observed: &Observed) -> Vec<String> {
        let threads = &observed.threads;
        let piece = |piece: &Piece| format!("{}-{} {:?}", piece.from / 1000, piece.to / 1000, piece.state);
        let names = names(threads).into_iter().zip(processes(threads));
        let pieces = threads.iter().map(|thread| thread.pieces.iter().map(piece).collect::<Vec<_>>().join(", "));
        names.zip(pieces).map(|((name, process), pieces)| format!("{name} of {process}: {pieces}")).collect()
    }

    #[test]
    fn a_thread_is_in_one_state_after_the_other() {
        let trace = trace(
            "10 7 executes sh\n20 8 started 7 7\n22 8 on\n25 7 waits -\n30 8 preempted\n33 8 on\n34 8 named io\n\
             35 8 waits io\n38 8 on\n40 8 ended\n41 7 on\n50 7 ended",
        );
        assert_eq!(
            told(&observe(&trace)),
            [
                "main of 1: 10-25 Running, 25-41 Waiting(Unknown), 41-50 Running",
                "io of 1: 20-22 Ready, 22-30 Running, 30-33 Ready, 33-35 Running, 35-38 Waiting(Io), 38-40 Running",
            ]
        );
    }

    #[test]
    fn threads_without_a_name_are_numbered_and_numbers_may_come_again() {
        let trace = trace(
            "0 7 executes sh\n1 8 started 7 7\n2 8 ended\n3 8 started 7 7\n4 8 on\n5 9 started 9 7\n6 5 started 5 7\n\
             6 5 executes sort\n9 7 waits -\n12 7 on",
        );
        assert_eq!(
            told(&observe(&trace)),
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
    fn of_a_name_that_was_cut_the_whole_characters_are_shown() {
        for (name, expected) in [("caf\u{fffd}", "caf"), ("a\u{7}b\u{1b}[1m ", "a b [1m"), ("\u{fffd}", "thread 1")] {
            let threads =
                observe(&trace(&format!("0 7 executes x\n1 8 started 7 7\n2 8 named {name}\n3 8 ended"))).threads;
            assert_eq!(names(&threads)[1], expected);
        }
    }

    #[test]
    fn a_thread_that_is_woken_is_ready_until_it_runs() {
        let observed = observe(&trace(
            "0 7 executes x\n10 8 started 7 7\n12 8 on\n20 8 waits thread\n40 8 woken 7\n44 8 on\n\
             50 8 waits sleep\n60 8 woken -\n61 8 on\n99 7 waits -\n100 8 waits -",
        ));
        assert_eq!(
            told(&observed)[1],
            "thread 1 of 1: 10-12 Ready, 12-20 Running, 20-40 Waiting(Thread), 40-44 Ready, 44-50 Running, \
             50-60 Waiting(Sleep), 60-61 Ready, 61-100 Running"
        );
        assert_eq!(observed.wakes, [Woken { at: 40_000, by: 0, of: 1 }], "a timer is nobody");
    }

    /// The processor on which a thread is woken may record that before the other one has recorded that it waits; and one that
    /// was about to wait may be woken long before it really does.
    #[test]
    fn who_is_woken_in_the_moment_of_giving_up_does_not_wait() {
        for (woken, state) in [(95, "Ready"), (20, "Waiting(Thread)")] {
            let text = format!("0 7 executes x\n{woken} 7 woken 3\n100 7 waits thread\n140 7 on\n150 7 ended");
            let expected = format!("main of 1: 0-100 Running, 100-140 {state}, 140-150 Running");
            assert_eq!(told(&observe(&trace(&text))), [expected], "{woken}");
        }
    }

    #[test]
    fn odd_traces_are_no_trouble() {
        assert_eq!(observe(&trace("")), Observed::default());
        let odd = "5 1 ended\n6 1 ended\n6 4 woken 1\n7 2 on\n9 3 on";
        assert_eq!(told(&observe(&trace(odd))), ["main of 1: 7-9 Running"]);
    }
}
