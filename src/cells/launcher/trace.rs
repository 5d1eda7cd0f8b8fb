//! What the threads of a program did, as the kernel records it.

use std::cell::RefCell;
use std::io;

use serde::{Deserialize, Serialize};

use super::load;
use super::perf::Ring;

/// What was recorded of the threads of a program and of everything that it started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
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
    },
    /// It has a new name, of at most 15 bytes.
    Named(String),
    /// It has a new name because it executes a program from here on.
    Executed(String),
    /// It was given a processor.
    On,
    /// It gave up its processor to wait.
    Waits,
    /// Its processor was taken from it while it could have gone on.
    Preempted,
    /// It ended.
    Ended,
}

/// The most events that are kept.
const MOST: usize = 50_000;

/// The most that is kept of what one processor recorded, bytes; a record of a switch has 32.
const MOST_BYTES: usize = 32 * MOST;

/// Records what the programs do that this process starts from now on.
#[derive(Debug)]
pub(super) struct Tracer {
    processors: RefCell<Vec<Processor>>,
}

#[derive(Debug)]
struct Processor {
    ring: Ring,
    bytes: Vec<u8>,
    full: bool,
}

impl Tracer {
    /// Begins to record.
    ///
    /// # Errors
    /// In a phrase, why the kernel does not do that.
    pub(super) fn begin() -> Result<Self, String> {
        let processor = |number| {
            let number = i32::try_from(number).map_err(io::Error::other)?;
            Ok(Processor { ring: Ring::of_processor(number)?, bytes: Vec::new(), full: false })
        };
        let processors = load::processors().into_iter().map(processor).collect::<io::Result<Vec<_>>>();
        processors.map(|processors| Tracer { processors: RefCell::new(processors) }).map_err(|error| refusal(&error))
    }

    /// Takes what was recorded until now, before the kernel has no room left.
    pub(super) fn drain(&self) {
        for Processor { ring, bytes, full } in self.processors.borrow_mut().iter_mut() {
            let before = bytes.len();
            ring.drain(bytes);
            if *full || bytes.len() > MOST_BYTES {
                bytes.truncate(before);
                *full = true;
            }
        }
    }

    /// Everything that was recorded.
    pub(super) fn finish(self) -> Trace {
        self.drain();
        let mut trace = Trace { events: Vec::new(), lost: 0, cut: false };
        let mut last = u64::MAX;
        for Processor { bytes, full, .. } in self.processors.into_inner() {
            let before = trace.events.len();
            read(&bytes, &mut trace);
            if full {
                last = last.min(trace.events[before..].last().map_or(0, |event| event.at));
            }
        }
        trace.keep(last);
        trace
    }
}

impl Trace {
    /// Puts the events in their order and keeps those that are whole until some time.
    fn keep(&mut self, last: u64) {
        self.events.sort_by_key(|event| event.at);
        let all = self.events.len();
        self.events.truncate(self.events.partition_point(|event| event.at <= last).min(MOST));
        self.cut |= self.events.len() < all;
    }
}

fn refusal(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::EACCES | libc::EPERM) => {
            "the kernel does not let this user trace programs (`perf_event_paranoid`)".to_owned()
        }
        Some(libc::ENOSYS | libc::ENOENT | libc::EINVAL | libc::EOPNOTSUPP) => {
            "this kernel does not record context switches".to_owned()
        }
        _ => format!("the kernel refuses to trace programs: {error}"),
    }
}

/// The kinds of records, `enum perf_event_type`, and the flags of `misc` that tell more of them.
const LOST: u32 = 2;
const COMM: u32 = 3;
const EXIT: u32 = 4;
const FORK: u32 = 7;
const SWITCH: u32 = 14;
const COMM_EXEC: u16 = 1 << 13;
const SWITCH_OUT: u16 = 1 << 13;
const SWITCH_OUT_PREEMPT: u16 = 1 << 14;

/// A header: the kind, `misc`, and the size of the whole record. What every record ends with: process, thread, time, processor.
const HEADER: usize = 8;
const TRAILER: usize = 24;

/// Reads records as the kernel wrote them. One that is not whole is the last.
fn read(mut bytes: &[u8], trace: &mut Trace) {
    while let Some(size) = u16_at(bytes, 6).map(usize::from).filter(|size| *size >= HEADER + TRAILER) {
        let Some((record, rest)) = bytes.split_at_checked(size) else { return };
        bytes = rest;
        if u32_at(record, 0) == Some(LOST) {
            trace.lost += u64_at(record, HEADER + 8).unwrap_or(0);
        }
        trace.events.extend(event(record));
    }
}

fn event(record: &[u8]) -> Option<Event> {
    let misc = u16_at(record, 4)?;
    let trailer = record.len() - TRAILER;
    let (thread, at) = (u32_at(record, trailer + 4)?, u64_at(record, trailer + 8)?);
    let of = |thread, what| Some(Event { at, thread, what });
    match u32_at(record, 0)? {
        SWITCH if misc & SWITCH_OUT == 0 => of(thread, What::On),
        SWITCH if misc & SWITCH_OUT_PREEMPT != 0 => of(thread, What::Preempted),
        SWITCH => of(thread, What::Waits),
        FORK => of(u32_at(record, HEADER + 8)?, What::Started { process: u32_at(record, HEADER)? }),
        EXIT => of(u32_at(record, HEADER + 8)?, What::Ended),
        COMM => {
            let name = record.get(HEADER + 8..trailer)?.split(|byte| *byte == 0).next()?;
            let name = String::from_utf8_lossy(name).into_owned();
            let what = if misc & COMM_EXEC == 0 { What::Named(name) } else { What::Executed(name) };
            of(u32_at(record, HEADER + 4)?, what)
        }
        _ => None,
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_ne_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_ne_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record as the kernel writes it.
    fn record(kind: u32, misc: u16, body: &[u8], thread: u32, at: u64) -> Vec<u8> {
        let size = (HEADER + body.len() + TRAILER) as u16;
        let mut bytes = Vec::new();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(misc.to_ne_bytes());
        bytes.extend(size.to_ne_bytes());
        bytes.extend(body);
        bytes.extend(7_u32.to_ne_bytes());
        bytes.extend(thread.to_ne_bytes());
        bytes.extend(at.to_ne_bytes());
        bytes.extend([0; 8]);
        bytes
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }

    fn read_all(bytes: &[u8]) -> Trace {
        let mut trace = Trace { events: Vec::new(), lost: 0, cut: false };
        read(bytes, &mut trace);
        trace
    }

    #[test]
    fn records_are_understood() {
        let name = |name: &str| [words(&[7, 8]), format!("{name:\0<8}").into_bytes()].concat();
        for (bytes, thread, what) in [
            (record(SWITCH, 0, &[], 8, 5), 8, What::On),
            (record(SWITCH, SWITCH_OUT, &[], 8, 5), 8, What::Waits),
            (record(SWITCH, SWITCH_OUT | SWITCH_OUT_PREEMPT, &[], 8, 5), 8, What::Preempted),
            (record(FORK, 0, &words(&[7, 7, 9, 8, 0, 0]), 8, 5), 9, What::Started { process: 7 }),
            (record(EXIT, 0, &words(&[7, 7, 9, 8, 0, 0]), 8, 5), 9, What::Ended),
            (record(COMM, 0, &name("work"), 8, 5), 8, What::Named("work".to_owned())),
            (record(COMM, COMM_EXEC, &name("sh"), 8, 5), 8, What::Executed("sh".to_owned())),
        ] {
            assert_eq!(read_all(&bytes).events, [Event { at: 5, thread, what }]);
        }
        let lost = record(LOST, 0, &words(&[1, 0, 33, 0]), 8, 5);
        assert_eq!(read_all(&lost), Trace { events: Vec::new(), lost: 33, cut: false });
        assert_eq!(read_all(&record(99, 0, &[0; 16], 8, 5)).events, [], "of a kind that is not known");
    }

    #[test]
    fn what_is_no_record_ends_the_reading() {
        let whole = record(SWITCH, 0, &[], 8, 5);
        for length in 0..whole.len() {
            let bytes = [&whole[..], &whole[..length]].concat();
            assert_eq!(read_all(&bytes).events.len(), 1, "{length} bytes too many");
        }
        assert_eq!(read_all(&[0; 64]).events, []);
    }

    #[test]
    fn what_is_kept_ends_where_one_processor_was_full() {
        let event = |at| Event { at, thread: 1, what: What::On };
        for (last, expected, cut) in [(u64::MAX, &[1, 2, 3][..], false), (2, &[1, 2], true), (0, &[], true)] {
            let mut trace = Trace { events: [3, 1, 2].map(event).to_vec(), lost: 0, cut: false };
            trace.keep(last);
            assert_eq!(trace.events.iter().map(|event| event.at).collect::<Vec<_>>(), expected);
            assert_eq!(trace.cut, cut);
        }
        let mut trace = Trace { events: (0..=MOST as u64).map(event).collect(), lost: 0, cut: false };
        trace.keep(u64::MAX);
        assert_eq!((trace.events.len(), trace.cut), (MOST, true));
    }

    #[test]
    fn a_refusal_is_told_in_a_phrase() {
        for (code, part) in
            [(libc::EACCES, "perf_event_paranoid"), (libc::ENOSYS, "does not record"), (libc::EMFILE, ": ")]
        {
            assert!(refusal(&io::Error::from_raw_os_error(code)).contains(part), "{code}");
        }
    }
}
