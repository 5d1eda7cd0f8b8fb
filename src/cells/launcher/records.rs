//! The records of `perf_event_open(2)`, from bytes to events.

use super::reasons::Reasons;
use super::trace::{Event, Trace, What};
use super::wakeups::Tracepoint;
use crate::cells::timeline::Wait;

/// The kinds of records, `enum perf_event_type`, and the flags of `misc` that tell more of them.
const LOST: u32 = 2;
const COMM: u32 = 3;
const EXIT: u32 = 4;
const FORK: u32 = 7;
const SAMPLE: u32 = 9;
const SWITCH: u32 = 14;
const COMM_EXEC: u16 = 1 << 13;
const SWITCH_OUT: u16 = 1 << 13;
const SWITCH_OUT_PREEMPT: u16 = 1 << 14;

/// A header: the kind, `misc`, and the size of the whole record. What follows it in samples, and ends all others: process,
/// thread, time, processor.
const HEADER: usize = 8;
const ORIGIN: usize = 24;

/// What the samples of a processor say.
#[derive(Debug)]
pub(super) enum Samples<'a> {
    /// There are none.
    None,
    /// Where a thread stands that is about to give up the processor.
    Reasons(&'a mut Reasons),
    /// Who wakes whom.
    Wakeups(Tracepoint),
}

/// Adds to a trace what a processor recorded. A record that is not whole is the last.
pub(super) fn read(mut bytes: &[u8], samples: &mut Samples<'_>, trace: &mut Trace) {
    // A thread that is about to give up its processor, and what for.
    let mut reason: Option<(u32, Wait)> = None;
    while let Some(size) = u16_at(bytes, 6).map(usize::from).filter(|size| *size >= HEADER + ORIGIN) {
        let Some((record, rest)) = bytes.split_at_checked(size) else { return };
        bytes = rest;
        match (u32_at(record, 0), &mut *samples) {
            (Some(LOST), _) => trace.lost += u64_at(record, HEADER + 8).unwrap_or(0),
            (Some(SAMPLE), Samples::Reasons(reasons)) => {
                reason =
                    u32_at(record, HEADER + 4).zip(chain(record)).map(|(thread, chain)| (thread, reasons.of(&chain)));
            }
            (Some(SAMPLE), Samples::Wakeups(tracepoint)) => trace.events.extend(woken(record, *tracepoint)),
            _ => {
                let known = |thread| reason.filter(|(of, _)| *of == thread).map_or(Wait::Unknown, |(_, wait)| wait);
                trace.events.extend(event(record, known));
            }
        }
    }
}

/// The places in the kernel, the innermost first.
fn chain(sample: &[u8]) -> Option<Vec<u64>> {
    let length = usize::try_from(u64_at(sample, HEADER + ORIGIN)?).ok()?;
    let place = |at: usize| u64_at(sample, HEADER + ORIGIN + 8 + 8 * at);
    (0..length.min(sample.len())).map(place).collect()
}

fn woken(sample: &[u8], tracepoint: Tracepoint) -> Option<Event> {
    let (by, at, processor) = origin(sample, HEADER)?;
    let (thread, by_a_thread) = tracepoint.woken(sample.get(HEADER + ORIGIN..)?)?;
    Some(Event { at, thread, processor, what: What::Woken { by: by_a_thread.then_some(by) } })
}

fn event(record: &[u8], reason: impl Fn(u32) -> Wait) -> Option<Event> {
    let misc = u16_at(record, 4)?;
    let end = record.len() - ORIGIN;
    let (thread, at, processor) = origin(record, end)?;
    let of = |thread, what| Some(Event { at, thread, processor, what });
    match u32_at(record, 0)? {
        SWITCH if misc & SWITCH_OUT == 0 => of(thread, What::On),
        SWITCH if misc & SWITCH_OUT_PREEMPT != 0 => of(thread, What::Preempted),
        SWITCH => of(thread, What::Waits(reason(thread))),
        FORK => {
            let what = What::Started { process: u32_at(record, HEADER)?, by: u32_at(record, HEADER + 12)? };
            of(u32_at(record, HEADER + 8)?, what)
        }
        EXIT => of(u32_at(record, HEADER + 8)?, What::Ended),
        COMM => {
            let name = record.get(HEADER + 8..end)?.split(|byte| *byte == 0).next()?;
            let name = String::from_utf8_lossy(name).into_owned();
            let what = if misc & COMM_EXEC == 0 { What::Named(name) } else { What::Executed(name) };
            of(u32_at(record, HEADER + 4)?, what)
        }
        _ => None,
    }
}

/// The thread, the time and the processor.
fn origin(record: &[u8], at: usize) -> Option<(u32, u64, u32)> {
    Some((u32_at(record, at + 4)?, u64_at(record, at + 8)?, u32_at(record, at + 16)?))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_ne_bytes(*bytes))
}

/// A number in the kernel's order of bytes.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_ne_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::timeline::Method;

    /// A record as the kernel writes it, other than a sample.
    fn record(kind: u32, misc: u16, body: &[u8], thread: u32, at: u64) -> Vec<u8> {
        whole(kind, misc, &[body, &origin(thread, at)].concat())
    }

    fn whole(kind: u32, misc: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(misc.to_ne_bytes());
        bytes.extend(((HEADER + body.len()) as u16).to_ne_bytes());
        bytes.extend(body);
        bytes
    }

    fn origin(thread: u32, at: u64) -> Vec<u8> {
        [words(&[7, thread]), at.to_ne_bytes().to_vec(), words(&[3, 0])].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }

    fn read_all(bytes: &[u8], samples: &mut Samples<'_>) -> Trace {
        let mut trace = Trace { method: Method::Switches, processors: 4, events: Vec::new(), lost: 0, cut: false };
        read(bytes, samples, &mut trace);
        trace
    }

    fn event(at: u64, thread: u32, what: What) -> Event {
        Event { at, thread, processor: 3, what }
    }

    #[test]
    fn records_are_understood() {
        let name = |name: &str| [words(&[7, 8]), format!("{name:\0<8}").into_bytes()].concat();
        for (bytes, thread, what) in [
            (record(SWITCH, 0, &[], 8, 5), 8, What::On),
            (record(SWITCH, SWITCH_OUT, &[], 8, 5), 8, What::Waits(Wait::Unknown)),
            (record(SWITCH, SWITCH_OUT | SWITCH_OUT_PREEMPT, &[], 8, 5), 8, What::Preempted),
            (record(FORK, 0, &words(&[7, 7, 9, 8, 0, 0]), 8, 5), 9, What::Started { process: 7, by: 8 }),
            (record(EXIT, 0, &words(&[7, 7, 9, 8, 0, 0]), 8, 5), 9, What::Ended),
            (record(COMM, 0, &name("work"), 8, 5), 8, What::Named("work".to_owned())),
            (record(COMM, COMM_EXEC, &name("sh"), 8, 5), 8, What::Executed("sh".to_owned())),
        ] {
            assert_eq!(read_all(&bytes, &mut Samples::None).events, [event(5, thread, what)]);
        }
        let lost = read_all(&record(LOST, 0, &words(&[1, 0, 33, 0]), 8, 5), &mut Samples::None);
        assert_eq!((lost.lost, lost.events), (33, Vec::new()));
        assert_eq!(read_all(&record(99, 0, &[0; 16], 8, 5), &mut Samples::None).events, [], "a kind that is not known");
    }

    /// A reason is that of the switch that follows it, and of the same thread.
    #[test]
    fn samples_say_why_a_thread_waits_and_who_woke_it() {
        let mut reasons = Reasons::of_symbols("ffffffff81000100 t do_nanosleep\n");
        let chain = [1, 0xffff_ffff_8100_0110_u64].map(u64::to_ne_bytes).concat();
        let sample = |thread| whole(SAMPLE, 0, &[origin(thread, 4), chain.clone()].concat());
        let switches = [8, 9].map(|thread| record(SWITCH, SWITCH_OUT, &[], thread, 5));
        let bytes = [sample(8), switches[0].clone(), switches[1].clone()].concat();
        let waits = [(8, Wait::Sleep), (9, Wait::Unknown)].map(|(thread, wait)| event(5, thread, What::Waits(wait)));
        assert_eq!(read_all(&bytes, &mut Samples::Reasons(&mut reasons)).events, waits);

        let tracepoint = Tracepoint::read("308", "field:u8 common_flags;\toffset:2;\nfield:pid_t pid;\toffset:4;");
        let raw = [words(&[8]), vec![0; 4], words(&[9])].concat();
        let sample = whole(SAMPLE, 0, &[origin(8, 4), raw].concat());
        let events = read_all(&sample, &mut Samples::Wakeups(tracepoint.unwrap())).events;
        assert_eq!(events, [event(4, 9, What::Woken { by: Some(8) })]);
    }

    #[test]
    fn what_is_no_record_ends_the_reading() {
        let whole = record(SWITCH, 0, &[], 8, 5);
        for length in 0..whole.len() {
            let bytes = [&whole[..], &whole[..length]].concat();
            assert_eq!(read_all(&bytes, &mut Samples::None).events.len(), 1, "{length} bytes too many");
        }
        assert_eq!(read_all(&[0; 64], &mut Samples::None).events, []);
        let mut reasons = Reasons::of_symbols("");
        let short = whole_of_nothing();
        assert_eq!(
            read_all(&short, &mut Samples::Reasons(&mut reasons)).events,
            [],
            "a sample without what it should hold"
        );
    }

    fn whole_of_nothing() -> Vec<u8> {
        whole(SAMPLE, 0, &origin(8, 5))
    }
}
