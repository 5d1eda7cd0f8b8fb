//! What the threads of a program do, where the kernel records nothing: looked at again and again.

#![expect(clippy::disallowed_methods, reason = "only the kernel knows what threads do, and its clock when")]

use std::collections::HashMap;
use std::fs;
use std::io;
use std::time::Duration;

use libc::{c_long, pid_t};

use super::descendants;
use super::process;
use super::trace::{Event, MOST, What};
use crate::cells::timeline::Wait;

/// The most processes and threads that are looked at: to look takes time from them.
const MOST_PROCESSES: usize = 64;
const MOST_THREADS: usize = 128;

/// Looks at threads and remembers what changed.
#[derive(Debug, Default)]
pub(super) struct Sampler {
    threads: HashMap<pid_t, Thread>,
    events: Vec<Event>,
}

/// A thread as it was found last.
#[derive(Debug)]
struct Thread {
    seen: Seen,
    /// When that was, by `CLOCK_MONOTONIC`, ns.
    at: u64,
}

/// A thread as it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    name: String,
    state: State,
    processor: u32,
    /// How long it was without a processor that it could have used, ever, ns.
    delay: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Runnable,
    Waiting(Wait),
}

impl Sampler {
    /// How often it looks. A tenth of that would take a fifth of a core, and from the program if it wants all.
    pub(super) const PERIOD: Duration = Duration::from_millis(1);

    /// Begins to look.
    ///
    /// # Errors
    /// A machine that does not show what threads do.
    pub(super) fn begin() -> io::Result<Self> {
        let own = std::process::id().cast_signed();
        seen(own, own).map(|_| Sampler::default()).ok_or_else(|| io::ErrorKind::Unsupported.into())
    }

    /// Looks at every thread of the program and of what it started.
    pub(super) fn look(&mut self) {
        let mut living = Vec::new();
        let processes = descendants::all(MOST_PROCESSES).into_iter().take(MOST_PROCESSES);
        let threads = processes.flat_map(|pid| descendants::threads(pid).into_iter().map(move |id| (pid, id)));
        for (pid, id) in threads.take(MOST_THREADS) {
            let at = process::monotonic();
            if let Some(seen) = seen(pid, id) {
                self.update(pid, id, seen, at);
                living.push(id);
            }
        }
        let gone: Vec<pid_t> = self.threads.keys().copied().filter(|id| !living.contains(id)).collect();
        let at = process::monotonic();
        for id in gone {
            let processor = self.threads.remove(&id).map_or(0, |thread| thread.seen.processor);
            self.push(id, at, processor, What::Ended);
        }
    }

    /// What was seen.
    pub(super) fn finish(self) -> Vec<Event> {
        self.events
    }

    fn update(&mut self, pid: pid_t, id: pid_t, seen: Seen, at: u64) {
        let processor = seen.processor;
        let before = self.threads.get(&id).map(|thread| (thread.seen.clone(), thread.at));
        if before.is_none() {
            let of_process = self.threads.get(&pid).map(|thread| thread.seen.name.clone());
            if self.events.is_empty() {
                self.push(id, at, processor, What::Executed(seen.name.clone()));
            } else {
                let [process, by] = [pid, pid].map(pid_t::cast_unsigned);
                self.push(id, at, processor, What::Started { process, by });
                if of_process.as_ref() != Some(&seen.name) {
                    self.push(id, at, processor, What::Named(seen.name.clone()));
                }
            }
        } else if before.as_ref().is_some_and(|(before, _)| before.name != seen.name) {
            self.push(id, at, processor, What::Named(seen.name.clone()));
        }
        let known = before.as_ref().map(|(before, at)| (before.state, before.delay, *at));
        let is_new = known.is_none_or(|(state, ..)| state != seen.state);
        match (seen.state, known) {
            (State::Waiting(wait), _) if is_new => self.push(id, at, processor, What::Waits(wait)),
            // That it was without a processor is known when it has one again.
            (State::Runnable, Some((_, delay, last))) if seen.delay > delay => {
                self.push(id, at.saturating_sub(seen.delay - delay).max(last), processor, What::Preempted);
                self.push(id, at, processor, What::On);
            }
            (State::Runnable, _) if is_new => self.push(id, at, processor, What::On),
            _ => {}
        }
        self.threads.insert(id, Thread { seen, at });
    }

    fn push(&mut self, id: pid_t, at: u64, processor: u32, what: What) {
        // One more than are kept, which tells that there were more.
        if self.events.len() <= MOST {
            self.events.push(Event { at, thread: id.cast_unsigned(), processor, what });
        }
    }
}

/// Nothing for a thread that has ended.
fn seen(pid: pid_t, id: pid_t) -> Option<Seen> {
    let read = |file: &str| {
        let bytes = fs::read(format!("/proc/{pid}/task/{id}/{file}")).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    Seen::read(&read("stat")?, &read("schedstat").unwrap_or_default(), &read("syscall").unwrap_or_default())
}

impl Seen {
    /// From `proc_pid_stat(5)`, of which the fields 3 and 39 are the state and the processor; the second number of
    /// `schedstat`; and `proc_pid_syscall(5)`.
    fn read(stat: &str, schedstat: &str, syscall: &str) -> Option<Seen> {
        let (name, rest) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let state = match *fields.first()? {
            "Z" | "X" => return None,
            "R" => State::Runnable,
            _ => State::Waiting(wait(syscall)),
        };
        Some(Seen {
            name: name.split_once('(')?.1.to_owned(),
            state,
            processor: fields.get(36).and_then(|field| field.parse().ok()).unwrap_or(0),
            delay: schedstat.split_ascii_whitespace().nth(1).and_then(|field| field.parse().ok()).unwrap_or(0),
        })
    }
}

/// What a thread waits for in a system call: its number and its arguments.
fn wait(syscall: &str) -> Wait {
    let mut words = syscall.split_ascii_whitespace();
    let Some(number) = words.next().and_then(|number| number.parse::<c_long>().ok()) else { return Wait::Unknown };
    let arguments: Vec<&str> = words.collect();
    let known = CALLS.iter().chain(OLD_CALLS).find(|(known, ..)| *known == number);
    // To look at no file until some time is to sleep.
    let is_zero = |at: usize| arguments.get(at) == Some(&"0x0");
    known.map_or(Wait::Unknown, |(_, wait, files)| if files.is_some_and(is_zero) { Wait::Sleep } else { *wait })
}

/// The calls in which programs wait, what for, and which of the arguments says how many files are looked at.
const CALLS: &[(c_long, Wait, Option<usize>)] = &[
    (libc::SYS_futex, Wait::Thread, None),
    (libc::SYS_futex_waitv, Wait::Thread, None),
    (libc::SYS_semtimedop, Wait::Thread, None),
    (libc::SYS_nanosleep, Wait::Sleep, None),
    (libc::SYS_clock_nanosleep, Wait::Sleep, None),
    (libc::SYS_wait4, Wait::Join, None),
    (libc::SYS_waitid, Wait::Join, None),
    (libc::SYS_ppoll, Wait::Io, Some(1)),
    (libc::SYS_pselect6, Wait::Io, Some(0)),
    (libc::SYS_epoll_pwait, Wait::Io, None),
    (libc::SYS_epoll_pwait2, Wait::Io, None),
    (libc::SYS_io_uring_enter, Wait::Io, None),
    (libc::SYS_accept, Wait::Io, None),
    (libc::SYS_accept4, Wait::Io, None),
    (libc::SYS_connect, Wait::Io, None),
    (libc::SYS_read, Wait::Io, None),
    (libc::SYS_readv, Wait::Io, None),
    (libc::SYS_pread64, Wait::Io, None),
    (libc::SYS_recvfrom, Wait::Io, None),
    (libc::SYS_recvmsg, Wait::Io, None),
    (libc::SYS_write, Wait::Io, None),
    (libc::SYS_writev, Wait::Io, None),
    (libc::SYS_pwrite64, Wait::Io, None),
    (libc::SYS_sendto, Wait::Io, None),
    (libc::SYS_sendmsg, Wait::Io, None),
    (libc::SYS_openat, Wait::Io, None),
    (libc::SYS_flock, Wait::Io, None),
    (libc::SYS_fcntl, Wait::Io, None),
    (libc::SYS_fsync, Wait::Io, None),
    (libc::SYS_fdatasync, Wait::Io, None),
    (libc::SYS_msgrcv, Wait::Io, None),
    (libc::SYS_msgsnd, Wait::Io, None),
];

/// Those that Linux has not given to architectures that came later.
#[cfg(target_arch = "x86_64")]
const OLD_CALLS: &[(c_long, Wait, Option<usize>)] = &[
    (libc::SYS_poll, Wait::Io, Some(1)),
    (libc::SYS_select, Wait::Io, Some(0)),
    (libc::SYS_epoll_wait, Wait::Io, None),
    (libc::SYS_open, Wait::Io, None),
];
#[cfg(not(target_arch = "x86_64"))]
const OLD_CALLS: &[(c_long, Wait, Option<usize>)] = &[];

#[cfg(test)]
mod tests {
    use super::*;

    fn told(sampler: Sampler) -> Vec<(u64, u32, What)> {
        sampler.finish().into_iter().map(|event| (event.at, event.thread, event.what)).collect()
    }

    #[test]
    fn what_changes_between_two_looks_is_an_event() {
        let seen = |name: &str, state, delay| Seen { name: name.to_owned(), state, processor: 1, delay };
        let mut sampler = Sampler::default();
        for (id, at, looked) in [
            (7, 10, seen("sh", State::Runnable, 0)),
            (8, 10, seen("sh", State::Runnable, 0)),
            (7, 20, seen("sh", State::Waiting(Wait::Thread), 0)),
            (8, 20, seen("left", State::Runnable, 0)),
            (7, 30, seen("sh", State::Waiting(Wait::Thread), 0)),
            (8, 30, seen("left", State::Runnable, 4)),
            (7, 40, seen("sh", State::Runnable, 99)),
        ] {
            sampler.update(7, id, looked, at);
        }
        let started = What::Started { process: 7, by: 7 };
        assert_eq!(
            told(sampler),
            [
                (10, 7, What::Executed("sh".to_owned())),
                (10, 7, What::On),
                (10, 8, started),
                (10, 8, What::On),
                (20, 7, What::Waits(Wait::Thread)),
                (20, 8, What::Named("left".to_owned())),
                (26, 8, What::Preempted),
                (30, 8, What::On),
                (30, 7, What::Preempted),
                (40, 7, What::On),
            ]
        );
    }

    #[test]
    fn that_there_was_more_than_is_kept_can_be_seen() {
        let states = [State::Runnable, State::Waiting(Wait::Sleep)];
        let mut sampler = Sampler::default();
        for (at, state) in states.iter().cycle().take(2 * MOST).enumerate() {
            let seen = Seen { name: "sh".to_owned(), state: *state, processor: 0, delay: 0 };
            sampler.update(7, 7, seen, at as u64);
        }
        assert_eq!(sampler.finish().len(), MOST + 1);
    }

    #[test]
    fn a_thread_is_read_from_what_the_kernel_tells() {
        let stat = |state: &str| format!("8 (a) b) {state} 1 {} 3 0", "0 ".repeat(34));
        let of = |state: &str, syscall: &str| Seen::read(&stat(state), "100 2000 7\n", syscall);
        let running = Seen { name: "a) b".to_owned(), state: State::Runnable, processor: 3, delay: 2000 };
        assert_eq!(of("R", "running\n"), Some(running));
        assert_eq!(of("Z", ""), None);
        let (poll, sleep) = (libc::SYS_ppoll, libc::SYS_clock_nanosleep);
        for (syscall, expected) in [
            (format!("{} 0x1 0x80 0x0", libc::SYS_futex), Wait::Thread),
            (format!("{sleep} 0x0 0x0"), Wait::Sleep),
            (format!("{poll} 0x7f00 0x1 0x5 0x0"), Wait::Io),
            (format!("{poll} 0x7f00 0x0 0x5 0x0"), Wait::Sleep),
            (format!("{} 0x0 0x7f00", libc::SYS_read), Wait::Io),
            (format!("{} 0x0", libc::SYS_wait4), Wait::Join),
            (format!("{} 0x0", libc::SYS_getpid), Wait::Unknown),
            (String::new(), Wait::Unknown),
        ] {
            assert_eq!(of("S", &syscall).unwrap().state, State::Waiting(expected), "{syscall}");
        }
    }
}
