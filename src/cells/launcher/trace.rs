//! What the threads of a program did, as the kernel records it.

use std::cell::RefCell;
use std::collections::HashSet;
use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::load;
use super::perf::{Ring, Source};
use super::reasons::Reasons;
use super::records::{Samples, read};
use super::sampler::Sampler;
use super::wakeups::Tracepoint;
use crate::cells::timeline::{Method, Wait};

/// What was recorded of the threads of a program and of everything that it started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// How.
    pub method: Method,
    /// How many processors the program could use.
    pub processors: usize,
    /// In the order of time.
    pub events: Vec<Event>,
    /// How many records the kernel could not keep.
    pub lost: u64,
    /// Whether there was more than is kept: it goes on after the last event.
    pub cut: bool,
}

/// Something that happened to a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When, by `CLOCK_MONOTONIC`, ns.
    pub at: u64,
    /// The kernel's number of the thread.
    pub thread: u32,
    /// The number of the processor on which it happened.
    pub processor: u32,
    /// What.
    pub what: What,
}

/// What happens to threads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// It is another's copy or was started by another, and can run.
    Started {
        /// The process that it belongs to.
        process: u32,
        /// The thread that started it.
        by: u32,
    },
    /// It has a new name, of at most 15 bytes.
    Named(String),
    /// It has a new name because it executes a program from here on.
    Executed(String),
    /// It was given a processor.
    On,
    /// It gave up its processor to wait.
    Waits(Wait),
    /// Its processor was taken from it while it could have gone on.
    Preempted,
    /// It need not wait any longer.
    Woken {
        /// The thread that saw to it, if it was one.
        by: Option<u32>,
    },
    /// It ended.
    Ended,
}

/// The most events that are kept.
pub(super) const MOST: usize = 50_000;

/// The most that is kept of what all processors recorded, bytes; a switch takes some 80, with its reason some 250.
const MOST_BYTES: usize = 64 << 20;

/// How often what was recorded is taken, before there is no room left.
const DRAINING: Duration = Duration::from_millis(20);

/// All methods, the one that tells most first.
const METHODS: [Method; 4] = [Method::Wakeups, Method::Reasons, Method::Switches, Method::Samples];

/// Records what the programs do that this process starts from now on.
#[derive(Debug)]
pub(super) struct Tracer {
    method: Method,
    processors: usize,
    recorder: RefCell<Recorder>,
}

#[derive(Debug)]
enum Recorder {
    Kernel { rings: Vec<Kept>, reasons: Option<Reasons>, tracepoint: Option<Tracepoint> },
    Sampler(Sampler),
}

/// What one processor recorded of one source.
#[derive(Debug)]
struct Kept {
    source: Source,
    ring: Ring,
    bytes: Vec<u8>,
    full: bool,
}

impl Tracer {
    /// Begins to record by the method that tells most of those that this machine allows, but none that tells more than
    /// `most`.
    ///
    /// # Errors
    /// In a phrase, why it allows none.
    pub(super) fn begin(most: Method) -> Result<Self, String> {
        let processors = load::processors();
        let tried = METHODS.into_iter().filter(|method| *method >= most);
        let begun = tried.map(|method| Some((method, Recorder::begin(method, &processors).ok()?)));
        let (method, recorder) =
            begun.flatten().next().ok_or("this machine tells nothing of the threads of programs")?;
        Ok(Tracer { method, processors: processors.len(), recorder: RefCell::new(recorder) })
    }

    /// How often [`Tracer::look`] is to be called.
    pub(super) fn period(&self) -> Duration {
        if self.method == Method::Samples { Sampler::PERIOD } else { DRAINING }
    }

    /// Takes what was recorded until now, or looks at what the threads do.
    pub(super) fn look(&self) {
        match &mut *self.recorder.borrow_mut() {
            Recorder::Kernel { rings, .. } => drain(rings),
            Recorder::Sampler(sampler) => sampler.look(),
        }
    }

    /// Everything that was recorded.
    pub(super) fn finish(self) -> Trace {
        let Tracer { method, processors, recorder } = self;
        let mut trace = Trace { method, processors, events: Vec::new(), lost: 0, cut: false };
        let mut last = u64::MAX;
        match recorder.into_inner() {
            Recorder::Sampler(sampler) => trace.events = sampler.finish(),
            Recorder::Kernel { mut rings, mut reasons, tracepoint } => {
                drain(&mut rings);
                for Kept { source, bytes, full, .. } in rings {
                    let before = trace.events.len();
                    let mut samples = match (source, &mut reasons, tracepoint) {
                        (Source::Reasons, Some(reasons), _) => Samples::Reasons(reasons),
                        (Source::Wakeups(_), _, Some(tracepoint)) => Samples::Wakeups(tracepoint),
                        _ => Samples::None,
                    };
                    read(&bytes, &mut samples, &mut trace);
                    if full {
                        last = last.min(trace.events[before..].last().map_or(0, |event| event.at));
                    }
                }
            }
        }
        trace.keep(last);
        trace
    }
}

impl Recorder {
    fn begin(method: Method, processors: &[usize]) -> io::Result<Recorder> {
        if method == Method::Samples {
            return Sampler::begin().map(Recorder::Sampler);
        }
        let reasons = if method <= Method::Reasons { Some(Reasons::open()?) } else { None };
        let tracepoint = if method == Method::Wakeups { Some(Tracepoint::find()?) } else { None };
        let switches = if reasons.is_some() { Source::Reasons } else { Source::Switches };
        let sources = [Some(switches), tracepoint.map(|tracepoint| Source::Wakeups(tracepoint.number))];
        let rings =
            sources.into_iter().flatten().flat_map(|source| processors.iter().map(move |number| (source, number)));
        let kept = |(source, number): (Source, &usize)| {
            let number = i32::try_from(*number).map_err(io::Error::other)?;
            let ring = Ring::of_processor(number, processors.len(), source)?;
            Ok(Kept { source, ring, bytes: Vec::new(), full: false })
        };
        let rings = rings.map(kept).collect::<io::Result<Vec<_>>>()?;
        Ok(Recorder::Kernel { rings, reasons, tracepoint })
    }
}

fn drain(rings: &mut [Kept]) {
    let most = MOST_BYTES / rings.len().max(1);
    for Kept { ring, bytes, full, .. } in rings {
        let before = bytes.len();
        ring.drain(bytes);
        if *full || bytes.len() > most {
            bytes.truncate(before);
            *full = true;
        }
    }
}

impl Trace {
    /// Puts the events in their order, and keeps those of the program that are whole until some time.
    fn keep(&mut self, last: u64) {
        let own = |event: &Event| match event.what {
            What::Woken { .. } => None,
            _ => Some(event.thread),
        };
        let own: HashSet<u32> = self.events.iter().filter_map(own).collect();
        // Whoever is woken on a processor is recorded there.
        self.events.retain(|event| own.contains(&event.thread));
        self.events.sort_by_key(|event| event.at);
        let all = self.events.len();
        self.events.truncate(self.events.partition_point(|event| event.at <= last).min(MOST));
        self.cut |= self.events.len() < all;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(events: Vec<Event>) -> Trace {
        Trace { method: Method::Switches, processors: 1, events, lost: 0, cut: false }
    }

    #[test]
    fn what_is_kept_ends_where_one_processor_was_full() {
        let event = |at| Event { at, thread: 1, processor: 0, what: What::On };
        for (last, expected, cut) in [(u64::MAX, &[1, 2, 3][..], false), (2, &[1, 2], true), (0, &[], true)] {
            let mut trace = trace([3, 1, 2].map(event).to_vec());
            trace.keep(last);
            assert_eq!(trace.events.iter().map(|event| event.at).collect::<Vec<_>>(), expected);
            assert_eq!(trace.cut, cut);
        }
        let mut trace = trace((0..=MOST as u64).map(event).collect());
        trace.keep(u64::MAX);
        assert_eq!((trace.events.len(), trace.cut), (MOST, true));
    }

    #[test]
    fn nobody_else_s_thread_is_kept() {
        let event = |at, thread, what| Event { at, thread, processor: 0, what };
        let woken = What::Woken { by: Some(9) };
        let mut trace = trace(vec![event(1, 7, What::On), event(2, 7, woken.clone()), event(3, 8, woken)]);
        trace.keep(u64::MAX);
        assert_eq!(trace.events.iter().map(|event| event.at).collect::<Vec<_>>(), [1, 2]);
        assert!(!trace.cut);
    }
}
