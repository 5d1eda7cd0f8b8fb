//! The kernel's records of context switches, `perf_event_open(2)`: what of it we need.

#![expect(
    unsafe_code,
    reason = "calls of Linux that the standard library has no safe name for, and memory shared with it"
)]

use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU64, Ordering};

use libc::c_int;

use super::check;

/// `struct perf_event_attr` as far as Linux 4.1 has it (`PERF_ATTR_SIZE_VER3`), from `linux/perf_event.h`.
#[repr(C)]
#[derive(Default)]
struct Attributes {
    kind: u32,
    size: u32,
    config: u64,
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    flags: u64,
    wakeup_events: u32,
    bp_type: u32,
    config1: u64,
    config2: u64,
    branch_sample_type: u64,
    sample_regs_user: u64,
    sample_stack_user: u32,
    clock: i32,
}

/// `PERF_TYPE_SOFTWARE` and `PERF_TYPE_TRACEPOINT`.
const SOFTWARE: u32 = 1;
const TRACEPOINT: u32 = 2;

/// `PERF_COUNT_SW_CONTEXT_SWITCHES`, and `PERF_COUNT_SW_DUMMY`: an event that never happens, for the records that come with
/// it.
const CONTEXT_SWITCHES: u64 = 3;
const DUMMY: u64 = 9;

/// `PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU`: what stands at the end of every record, and at the beginning of a
/// sample. `PERF_SAMPLE_CALLCHAIN` and `PERF_SAMPLE_RAW`: what can follow there.
const SAMPLE: u64 = 1 << 1 | 1 << 2 | 1 << 7;
const CALL_CHAIN: u64 = 1 << 5;
const RAW: u64 = 1 << 10;

/// By their places: `sample_id_all`, `use_clockid`.
const DATED: u64 = 1 << 18 | 1 << 25;

/// `disabled`, `inherit`, `comm`, `enable_on_exec`, `task`, `comm_exec`, `context_switch`.
const OF_PROGRAMS: u64 = DATED | 1 | 1 << 1 | 1 << 9 | 1 << 12 | 1 << 13 | 1 << 24 | 1 << 26;

/// Without it an ordinary user is refused.
const EXCLUDE_KERNEL: u64 = 1 << 5;

/// `exclude_callchain_user`: where a program stands is not what is asked.
const KERNEL_CHAIN: u64 = 1 << 22;

/// `PERF_FLAG_FD_CLOEXEC`.
const CLOSE_ON_EXEC: c_int = 1 << 3;

/// What an ordinary user may lock for each processor, `perf_event_mlock_kb`, less the page that describes it; bytes. Who may
/// lock more needs it where there is more to record, but not without end on a machine with many processors.
const RING: usize = 512 << 10;
const LARGE_RING: usize = 8 << 20;
const LARGE_RINGS: usize = 64 << 20;

/// Where `struct perf_event_mmap_page` has `data_head` and `data_tail`, bytes.
const HEAD: usize = 1024;
const TAIL: usize = 1032;

/// What a processor is to record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The context switches of programs that descendants of this process execute, their names, starts and ends. Anybody may.
    Switches,
    /// The same, and where in the kernel a thread stands that gives up its processor: a sample before each such record.
    Reasons,
    /// Whoever wakes whom on that processor: samples of a tracepoint with this number.
    Wakeups(u64),
}

impl Source {
    fn attributes(self) -> Attributes {
        let (kind, config, sample_type, flags) = match self {
            Source::Switches => (SOFTWARE, DUMMY, SAMPLE, OF_PROGRAMS | EXCLUDE_KERNEL),
            Source::Reasons => (SOFTWARE, CONTEXT_SWITCHES, SAMPLE | CALL_CHAIN, OF_PROGRAMS | KERNEL_CHAIN),
            Source::Wakeups(tracepoint) => (TRACEPOINT, tracepoint, SAMPLE | RAW, DATED),
        };
        let sample_period = u64::from(self != Source::Switches);
        let (size, clock) = (size_of::<Attributes>() as u32, libc::CLOCK_MONOTONIC);
        Attributes { kind, size, config, sample_period, sample_type, flags, clock, ..Attributes::default() }
    }

    /// The process that is recorded with its descendants: this one, or whoever uses the processor.
    fn process(self) -> c_int {
        if let Source::Wakeups(_) = self { -1 } else { 0 }
    }

    fn size(self, processors: usize) -> usize {
        let large = LARGE_RING.min((LARGE_RINGS / processors.max(1) + 1).next_power_of_two() / 2);
        if self == Source::Switches { RING } else { large.max(RING) }
    }
}

/// What one processor recorded, in memory shared with the kernel.
#[derive(Debug)]
pub(super) struct Ring {
    base: NonNull<u8>,
    /// Of the page that describes the ring, and of the ring itself, bytes.
    page: usize,
    size: usize,
    /// Recording ends when this is closed.
    _event: OwnedFd,
}

impl Ring {
    /// Has a processor, one of so many, record from now on.
    ///
    /// # Errors
    /// A kernel that refuses, or that cannot do it.
    pub(super) fn of_processor(processor: c_int, processors: usize, source: Source) -> io::Result<Ring> {
        let event = open(processor, source)?;
        // SAFETY: takes a number.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096);
        let mut size = source.size(processors).max(page);
        loop {
            match map(&event, page + size) {
                Ok(base) => return Ok(Ring { base, page, size, _event: event }),
                // Less may be left of what this user may lock.
                Err(error) if error.kind() != io::ErrorKind::PermissionDenied || size <= page => return Err(error),
                Err(_) => size /= 2,
            }
        }
    }

    /// Takes what was recorded since the last time: whole records, one after another.
    pub(super) fn drain(&mut self, into: &mut Vec<u8>) {
        let (head, tail) = (self.counter(HEAD), self.counter(TAIL));
        let (from, to) = (tail.load(Ordering::Relaxed), head.load(Ordering::Acquire));
        let length = usize::try_from(to - from).unwrap_or(0).min(self.size);
        let start = usize::try_from(from % self.size as u64).unwrap_or(0);
        let first = length.min(self.size - start);
        // SAFETY: both parts lie within the ring, which is mapped behind the first page, and the kernel does not write
        // there before it sees the new tail.
        unsafe {
            let ring = self.base.add(self.page);
            into.extend_from_slice(std::slice::from_raw_parts(ring.add(start).as_ptr(), first));
            into.extend_from_slice(std::slice::from_raw_parts(ring.as_ptr(), length - first));
        }
        tail.store(to, Ordering::Release);
    }

    fn counter(&self, at: usize) -> &AtomicU64 {
        // SAFETY: it lies in the first page, is aligned, and both sides change it by whole words only.
        unsafe { AtomicU64::from_ptr(self.base.add(at).as_ptr().cast()) }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: mapped by us, with this length, and referred to by nobody else.
        unsafe { libc::munmap(self.base.as_ptr().cast(), self.page + self.size) };
    }
}

/// An event. One of programs is off until a descendant, which inherits it, executes one.
fn open(processor: c_int, source: Source) -> io::Result<OwnedFd> {
    let (attributes, group) = (source.attributes(), -1);
    // SAFETY: the attributes are valid during the call and have the size that they name.
    let event = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            &raw const attributes,
            source.process(),
            processor,
            group,
            CLOSE_ON_EXEC,
        )
    };
    let event = check(event as c_int)?;
    // SAFETY: the call succeeded, so it is open and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(event) })
}

fn map(event: &OwnedFd, length: usize) -> io::Result<NonNull<u8>> {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a new mapping, at a place that the kernel chooses.
    let base = unsafe { libc::mmap(ptr::null_mut(), length, access, libc::MAP_SHARED, event.as_raw_fd(), 0) };
    if base == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    NonNull::new(base.cast()).ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}
