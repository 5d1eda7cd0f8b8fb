//! Traces in the format of Perfetto, <https://perfetto.dev/docs/reference/trace-packet-proto>: a message of packets in the
//! encoding of Protocol Buffers. What threads did stands there as the kernel's own `ftrace` would have recorded it, and what
//! programs said that they did as slices of tracks.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::lanes::stem;
use super::observe::{Observed, Phase, Thread, names, observe};
use super::spans::Owners;
use super::{Timeline, Wait};
use crate::cells::{Event, Trace, What};

/// The largest file, bytes: it is stored beside the record, and stores are committed.
const LARGEST: usize = 256 << 10;

/// The most events that are kept, if they are as small as can be. Of so many there is a phase.
const MOST: usize = 8_000;
const EVENTS_PER_PHASE: usize = 4;

/// Two threads that follow each other on a processor so soon are one switch, ns.
const AT_ONCE: u64 = 5_000;

/// Fields of `Trace` and `TracePacket`, by their numbers.
const PACKET: u32 = 1;
const FTRACE_EVENTS: u32 = 1;
const PROCESS_TREE: u32 = 2;
const CLOCK_SNAPSHOT: u32 = 6;
const TIMESTAMP: u32 = 8;
const SEQUENCE: u32 = 10;
const TRACK_EVENT: u32 = 11;
const SEQUENCE_FLAGS: u32 = 13;
const CLOCK: u32 = 58;
const TRACK_DESCRIPTOR: u32 = 60;

/// `BUILTIN_CLOCK_MONOTONIC`, and `BUILTIN_CLOCK_BOOTTIME`, in which the times of `ftrace` are read.
const MONOTONIC: u64 = 3;
const BOOT_TIME: u64 = 6;

/// `SEQ_INCREMENTAL_STATE_CLEARED`; `TYPE_SLICE_BEGIN` and `TYPE_SLICE_END`.
const CLEARED: u64 = 1;
const BEGIN: u64 = 1;
const END: u64 = 2;

/// States of threads that give up a processor, as the kernel names them: it could go on, it sleeps, it waits for a device, it
/// is dead.
const RUNNABLE: u64 = 0;
const INTERRUPTIBLE: u64 = 1;
const DEVICE: u64 = 2;
const DEAD: u64 = 0x10;

/// The usual priority of threads.
const PRIORITY: u64 = 120;

/// Whoever has a processor that none of the threads has. Nobody knows who it is: it is said to be idle.
const NOBODY: (u32, &str) = (0, "swapper");

/// A message as bytes.
#[derive(Debug, Clone, Default)]
struct Message(Vec<u8>);

impl Message {
    fn number(mut self, field: u32, value: u64) -> Self {
        self.varint(u64::from(field) << 3);
        self.varint(value);
        self
    }

    fn bytes(mut self, field: u32, bytes: &[u8]) -> Self {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    fn text(self, field: u32, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    fn message(self, field: u32, message: &Message) -> Self {
        self.bytes(field, &message.0)
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    fn varint(&mut self, mut value: u64) {
        while value > 0x7f {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// A trace with the phases in which its threads said to be, for Perfetto. Of a very long one the beginning of the part that is
/// shown, as much as fits, and the part under the lens in any case.
pub fn to_perfetto(trace: &Trace, phases: &[Phase], timeline: &Timeline) -> Vec<u8> {
    let Observed { threads, .. } = observe(trace);
    let mut most = MOST;
    loop {
        let file = packed(trace, &threads, phases, timeline, most);
        if file.len() <= LARGEST || most == 0 {
            return file;
        }
        most -= most.div_ceil(4);
    }
}

/// With at most so many events.
fn packed(trace: &Trace, threads: &[Thread], phases: &[Phase], timeline: &Timeline, most: usize) -> Vec<u8> {
    let begin = trace.events.first().map_or(0, |event| event.at);
    let end = trace.events.last().map_or(0, |event| event.at);
    let shown = begin + timeline.cropped * 1000;
    let focus = timeline.zoom.as_ref().map_or(shown, |zoom| shown + zoom.start + zoom.length / 2);
    let part = &trace.events[kept(&trace.events, shown, focus, most)];
    let phases = placed(threads, phases, end, most / EVENTS_PER_PHASE);
    // Those that did something in it, or said something.
    let mut told: BTreeSet<u32> = part.iter().map(|event| event.thread).collect();
    told.extend(phases.iter().map(|phase| phase.thread.number));
    let mut out = Message::default().message(PACKET, &clocks(begin)).message(PACKET, &processes(threads, &told));
    for (processor, events) in switches(part, &names_by_number(threads)) {
        let bundle = events
            .iter()
            .fold(Message::default().number(1, processor.into()), |bundle, event| bundle.message(2, event));
        out = out.message(PACKET, &Message::default().message(FTRACE_EVENTS, &bundle));
    }
    tracks(threads, &phases, timeline).iter().fold(out, |out, packet| out.message(PACKET, packet)).0
}

/// Which events are kept: at most so many, from where something is shown, or around the middle of the lens.
fn kept(events: &[Event], shown: u64, focus: u64, most: usize) -> Range<usize> {
    if events.len() <= most {
        return 0..events.len();
    }
    let at = |time| events.partition_point(|event| event.at < time);
    let start = if at(focus) - at(shown) < most / 2 { at(shown) } else { at(focus) - most / 2 };
    let start = start.min(events.len() - most);
    start..start + most
}

/// All times are of one clock. `ftrace` has another one, which differs by the time that the machine slept: it did not.
fn clocks(at: u64) -> Message {
    let clock = |id| Message::default().number(1, id).number(2, at);
    let snapshot = Message::default().message(1, &clock(BOOT_TIME)).message(1, &clock(MONOTONIC)).number(2, MONOTONIC);
    Message::default().message(CLOCK_SNAPSHOT, &snapshot)
}

fn names_by_number(threads: &[Thread]) -> BTreeMap<u32, String> {
    threads.iter().map(|thread| thread.number).zip(names(threads)).collect()
}

/// Of the threads with these numbers, and their processes.
fn processes(all: &[Thread], told: &BTreeSet<u32>) -> Message {
    let names = names_by_number(all);
    let mut tree = Message::default();
    let threads = || all.iter().filter(|thread| told.contains(&thread.number));
    let of_told: BTreeSet<u32> = threads().map(|thread| thread.process).collect();
    for thread in all.iter().filter(|thread| thread.number == thread.process && of_told.contains(&thread.number)) {
        let process = Message::default().number(1, thread.number.into()).text(3, &names[&thread.number]);
        tree = tree.message(1, &process);
    }
    for thread in threads() {
        let (number, process) = (thread.number.into(), thread.process.into());
        tree =
            tree.message(2, &Message::default().number(1, number).text(2, &names[&thread.number]).number(3, process));
    }
    Message::default().message(PROCESS_TREE, &tree)
}

/// What happened on a processor so far.
#[derive(Default)]
struct Processor {
    events: Vec<Message>,
    /// The thread that has it.
    current: u32,
    /// One that gave it up just now: when, and in which state.
    gone: Option<(u64, u64)>,
}

impl Processor {
    /// Another thread has the processor from now on.
    fn switch(&mut self, at: u64, state: u64, next: u32, names: &BTreeMap<u32, String>) {
        let name = |number: u32| names.get(&number).map_or(NOBODY.1, |name| name);
        let switch = Message::default()
            .text(1, name(self.current))
            .number(2, self.current.into())
            .number(3, PRIORITY)
            .number(4, state)
            .text(5, name(next))
            .number(6, next.into())
            .number(7, PRIORITY);
        self.push(at, self.current, 4, &switch);
        self.current = next;
    }

    /// Nobody took it since it was given up.
    fn settle(&mut self, names: &BTreeMap<u32, String>) {
        if let Some((at, state)) = self.gone.take() {
            self.switch(at, state, NOBODY.0, names);
        }
    }

    fn push(&mut self, at: u64, thread: u32, field: u32, what: &Message) {
        self.events.push(Message::default().number(1, at).number(2, thread.into()).message(field, what));
    }
}

/// The events of each processor, in the order of time, where each switch begins with the thread with which the one before
/// ended.
fn switches(events: &[Event], names: &BTreeMap<u32, String>) -> BTreeMap<u32, Vec<Message>> {
    let mut processors: BTreeMap<u32, Processor> = BTreeMap::new();
    for Event { at, thread, processor, what } in events {
        let processor = processors.entry(*processor).or_default();
        let state = match what {
            What::Waits(Wait::Io) => DEVICE,
            What::Waits(_) => INTERRUPTIBLE,
            What::Preempted => RUNNABLE,
            What::Ended => DEAD,
            What::On | What::Executed(_) if processor.current == *thread && processor.gone.is_none() => continue,
            What::On | What::Executed(_) => {
                if processor.gone.is_some_and(|(gone, _)| gone + AT_ONCE < *at) {
                    processor.settle(names);
                }
                let (_, state) = processor.gone.take().unwrap_or((*at, RUNNABLE));
                processor.switch(*at, state, *thread, names);
                continue;
            }
            What::Woken { by } => {
                processor.settle(names);
                let woken = Message::default().text(1, names.get(thread).map_or("", |name| name));
                let woken = woken.number(2, (*thread).into()).number(3, PRIORITY).number(4, 1);
                processor.push(*at, by.unwrap_or(NOBODY.0), 20, &woken);
                continue;
            }
            What::Started { .. } | What::Named(_) => continue,
        };
        processor.settle(names);
        if processor.events.is_empty() {
            processor.current = *thread;
        }
        if processor.current == *thread {
            processor.gone = Some((*at, state));
        }
    }
    let settled = |(number, mut processor): (u32, Processor)| {
        processor.settle(names);
        (number, processor.events)
    };
    processors.into_iter().map(settled).collect()
}

/// A phase with the thread that began it.
struct Said<'p> {
    name: &'p str,
    thread: &'p Thread,
    start: u64,
    end: u64,
}

/// The first phases of known threads, at most so many. None ends later than what was recorded: a program can say anything.
fn placed<'p>(threads: &'p [Thread], phases: &'p [Phase], last: u64, most: usize) -> Vec<Said<'p>> {
    let owners = Owners::of(threads);
    let said = |phase: &'p Phase| {
        let thread = &threads[owners.owner(phase)?];
        let end = phase.end.min(last).max(phase.start + 1);
        Some(Said { name: &phase.name, thread, start: phase.start, end })
    };
    let mut known: Vec<Said<'p>> = phases.iter().filter_map(said).collect();
    known.sort_by_key(|phase| (phase.start, Reverse(phase.end)));
    known.truncate(most);
    known
}

/// A track for each thread and task that said something, and what that was.
fn tracks(threads: &[Thread], phases: &[Said<'_>], timeline: &Timeline) -> Vec<Message> {
    let of_tasks: Vec<&str> = timeline.tasks.iter().map(|task| stem(&task.name)).collect();
    let names = names_by_number(threads);
    let mut packets = Vec::new();
    let mut of_threads: BTreeMap<u32, u64> = BTreeMap::new();
    // Of each name as many tracks as there are at once, each with the end of the last slice on it.
    let mut of_names: BTreeMap<&str, Vec<(u64, u64)>> = BTreeMap::new();
    let mut slices: Vec<(u64, u64, Reverse<u64>, u64, &str)> = Vec::new();
    for &Said { name, thread, start, end } in phases {
        let next = packets.len() as u64 + 1;
        let (pid, tid) = (thread.process.into(), thread.number.into());
        let track = if of_tasks.contains(&stem(name)) {
            let tracks = of_names.entry(name).or_default();
            if let Some((track, last)) = tracks.iter_mut().find(|(_, last)| *last <= start) {
                *last = end;
                *track
            } else {
                tracks.push((next, end));
                let process = Message::default().number(1, pid);
                packets.push(Message::default().number(1, next).text(2, name).message(3, &process));
                next
            }
        } else {
            *of_threads.entry(thread.number).or_insert_with(|| {
                let thread = Message::default().number(1, pid).number(2, tid).text(5, &names[&thread.number]);
                packets.push(Message::default().number(1, next).message(4, &thread));
                next
            })
        };
        slices.push((start, BEGIN, Reverse(end), track, name));
        slices.push((end, END, Reverse(end), track, name));
    }
    // What ends when something else begins ends first.
    slices.sort_unstable_by_key(|(at, kind, end, ..)| (*at, Reverse(*kind), *end));
    let mut flags = Some(CLEARED);
    let mut packet = || {
        let packet = Message::default().number(SEQUENCE, 1);
        flags.take().into_iter().fold(packet, |packet, flags| packet.number(SEQUENCE_FLAGS, flags))
    };
    let described: Vec<Message> = packets.iter().map(|track| packet().message(TRACK_DESCRIPTOR, track)).collect();
    let slice = |(at, kind, _, track, name): &(u64, u64, Reverse<u64>, u64, &str)| {
        let event = Message::default().number(9, *kind).number(11, *track);
        let event = if *kind == BEGIN { event.text(23, name) } else { event };
        packet().number(TIMESTAMP, *at).number(CLOCK, MONOTONIC).message(TRACK_EVENT, &event)
    };
    let slices = slices.iter().map(slice).collect();
    [described, slices].concat()
}
