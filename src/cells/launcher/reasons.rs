//! What a thread waits for, by where it stands in the kernel.

#![expect(clippy::disallowed_methods, reason = "only the kernel knows what its functions are called")]

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek};

use crate::cells::timeline::Wait;

/// The names of the kernel's functions, `proc_kallsyms(5)`, and what was found out with them.
#[derive(Debug)]
pub(super) struct Reasons {
    file: File,
    /// Where functions begin, in order, and their names.
    symbols: Vec<(u64, String)>,
    known: HashMap<Vec<u64>, Wait>,
}

/// How much is read of the names to see whether they come with places, bytes. Some kernels begin with names that have none.
const GLANCE: u64 = 64 << 10;

/// From here on, addresses are no places but say what follows, `PERF_CONTEXT_MAX` and smaller ones.
const CONTEXTS: u64 = u64::MAX - 4095;

impl Reasons {
    /// Opens the names, as long as there are the rights to see places.
    ///
    /// # Errors
    /// A kernel that does not tell them.
    pub(super) fn open() -> io::Result<Self> {
        let mut file = File::open("/proc/kallsyms")?;
        let mut start = String::new();
        (&mut file).take(GLANCE).read_to_string(&mut start)?;
        if symbols(&start).is_empty() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(Reasons { file, symbols: Vec::new(), known: HashMap::new() })
    }

    /// What a thread waits for that stands at such places, the innermost first.
    pub(super) fn of(&mut self, chain: &[u64]) -> Wait {
        if let Some(known) = self.known.get(chain) {
            return *known;
        }
        if self.symbols.is_empty() {
            let mut text = String::new();
            // Of a kernel that does not tell its names any more, no reason is known.
            let _ = self.file.rewind().and_then(|()| self.file.read_to_string(&mut text));
            self.symbols = symbols(&text);
        }
        let places = chain.iter().filter(|place| **place < CONTEXTS);
        let names: Vec<&str> = places.filter_map(|place| self.name(*place)).collect();
        let wait = wait(&names);
        self.known.insert(chain.to_vec(), wait);
        wait
    }

    #[cfg(test)]
    pub(super) fn of_symbols(text: &str) -> Self {
        let file = tempfile::tempfile().expect("a folder for temporary files");
        Reasons { file, symbols: symbols(text), known: HashMap::new() }
    }

    fn name(&self, place: u64) -> Option<&str> {
        let after = self.symbols.partition_point(|(begin, _)| *begin <= place);
        Some(&self.symbols.get(after.checked_sub(1)?)?.1)
    }
}

/// The functions of lines `ffffffff81000000 T name`, in the order of their places. All places are 0 for who may not see them.
fn symbols(text: &str) -> Vec<(u64, String)> {
    let symbol = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let place = u64::from_str_radix(words.next()?, 16).ok().filter(|place| *place != 0)?;
        let is_code = matches!(words.next()?, "t" | "T" | "w" | "W");
        is_code.then_some((place, words.next()?.to_owned()))
    };
    let mut symbols: Vec<(u64, String)> = text.lines().filter_map(symbol).collect();
    symbols.sort();
    symbols
}

/// What gives up a processor on behalf of others: the beginnings of names. None of it says why.
const SCHEDULER: [&str; 12] = [
    "schedule",
    "__schedule",
    "io_schedule",
    "preempt_schedule",
    "perf_",
    "__perf_",
    "__traceiter",
    "wait_woken",
    "__wait_for_common",
    "wait_for_completion",
    "poll_schedule_timeout",
    "__cond_resched",
];

/// By the beginnings of the names of functions, what is waited for in them. What is not here is not known: the locks that
/// the kernel takes for itself, such as that of the address space when a process ends, are not what a program waits for.
const FUNCTIONS: [(&str, Wait); 55] = [
    ("futex_", Wait::Thread),
    ("__futex", Wait::Thread),
    ("do_futex", Wait::Thread),
    ("rt_mutex_", Wait::Thread),
    ("__rt_mutex", Wait::Thread),
    ("do_semtimedop", Wait::Thread),
    ("__do_semtimedop", Wait::Thread),
    ("do_nanosleep", Wait::Sleep),
    ("hrtimer_nanosleep", Wait::Sleep),
    ("alarm_timer_nsleep", Wait::Sleep),
    ("alarmtimer_do_nsleep", Wait::Sleep),
    ("timerfd_read", Wait::Sleep),
    ("do_wait", Wait::Join),
    ("__do_wait", Wait::Join),
    ("kernel_wait4", Wait::Join),
    ("kernel_waitid", Wait::Join),
    ("do_poll", Wait::Io),
    ("do_sys_poll", Wait::Io),
    ("do_select", Wait::Io),
    ("ep_poll", Wait::Io),
    ("do_epoll", Wait::Io),
    ("pipe_", Wait::Io),
    ("anon_pipe_", Wait::Io),
    ("fifo_", Wait::Io),
    ("wait_for_partner", Wait::Io),
    ("eventfd_", Wait::Io),
    ("inotify_", Wait::Io),
    ("io_cqring_wait", Wait::Io),
    ("sock_", Wait::Io),
    ("__sock", Wait::Io),
    ("sk_", Wait::Io),
    ("__skb_", Wait::Io),
    ("unix_", Wait::Io),
    ("tcp_", Wait::Io),
    ("udp_", Wait::Io),
    ("inet_", Wait::Io),
    ("n_tty_", Wait::Io),
    ("tty_", Wait::Io),
    ("do_msgrcv", Wait::Io),
    ("do_msgsnd", Wait::Io),
    ("wq_sleep", Wait::Io),
    ("folio_wait", Wait::Io),
    ("__folio_lock", Wait::Io),
    ("wait_on_page", Wait::Io),
    ("wait_on_buffer", Wait::Io),
    ("__wait_on_buffer", Wait::Io),
    ("bit_wait_io", Wait::Io),
    ("blk_", Wait::Io),
    ("submit_bio_wait", Wait::Io),
    ("jbd2_", Wait::Io),
    ("flock_lock", Wait::Io),
    ("fcntl_setlk", Wait::Io),
    ("locks_lock", Wait::Io),
    ("fuse_", Wait::Io),
    ("nfs_", Wait::Io),
];

/// What is waited for by a thread that stands in these functions, the innermost first. The first one that is not of the
/// scheduler says it: further out, a wait for memory during a read looks like one for a file.
fn wait(names: &[&str]) -> Wait {
    let is_of = |name: &str, starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    let first = names.iter().find(|name| !is_of(name, &SCHEDULER));
    let known = first.and_then(|name| FUNCTIONS.iter().find(|(start, _)| name.starts_with(start)));
    match known {
        Some((_, wait)) => *wait,
        // Whatever it is in, the kernel itself counts it as waiting for a device.
        None if names.iter().any(|name| is_of(name, &["io_schedule"])) => Wait::Io,
        None => Wait::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_by_the_first_function_that_is_not_the_scheduler_s() {
        for (chain, expected) in [
            ("__schedule schedule futex_do_wait __futex_wait futex_wait do_futex __x64_sys_futex", Wait::Thread),
            ("__schedule schedule do_nanosleep hrtimer_nanosleep common_nsleep", Wait::Sleep),
            ("__schedule schedule do_wait kernel_wait4 __do_sys_wait4", Wait::Join),
            ("__schedule schedule anon_pipe_read vfs_read ksys_read", Wait::Io),
            ("__schedule schedule schedule_hrtimeout_range_clock ep_poll do_epoll_wait", Wait::Io),
            ("__schedule schedule schedule_hrtimeout_range do_sys_poll __x64_sys_poll", Wait::Io),
            ("__schedule schedule schedule_timeout unix_stream_read_generic unix_stream_recvmsg", Wait::Io),
            ("__schedule schedule schedule_timeout inet_csk_accept inet_accept", Wait::Io),
            ("__schedule schedule io_schedule folio_wait_bit_common filemap_fault", Wait::Io),
            ("__schedule schedule io_schedule some_new_file_system vfs_read", Wait::Io),
            (
                "__schedule schedule schedule_preempt_disabled rwsem_down_write_slowpath down_write exit_mmap",
                Wait::Unknown,
            ),
            (
                "__schedule schedule schedule_preempt_disabled rwsem_down_read_slowpath do_user_addr_fault pipe_read",
                Wait::Unknown,
            ),
            ("__schedule schedule schedule_preempt_disabled __mutex_lock.constprop.0 futex_wake", Wait::Unknown),
            ("__schedule schedule do_exit do_group_exit", Wait::Unknown),
            ("", Wait::Unknown),
        ] {
            assert_eq!(wait(&chain.split_ascii_whitespace().collect::<Vec<_>>()), expected, "{chain}");
        }
    }

    #[test]
    fn places_lie_in_the_function_that_begins_before_them() {
        let text = "ffffffff81000200 t do_nanosleep\nffffffff81000100 T __schedule\nffffffff81000300 D jiffies\n\
            ffffffff81000400 t pipe_read\t[pipe]\n";
        let mut reasons = Reasons::of_symbols(text);
        assert_eq!(reasons.name(0xffff_ffff_8100_01ff), Some("__schedule"));
        assert_eq!(reasons.name(0xffff_ffff_8100_0401), Some("pipe_read"));
        assert_eq!(reasons.name(0xffff_ffff_8100_00ff), None);
        let kernel = u64::MAX - 127;
        let scheduler = 0xffff_ffff_8100_0101;
        for (place, expected) in [(0xffff_ffff_8100_0210, Wait::Sleep), (0xffff_ffff_8100_0410, Wait::Io)] {
            assert_eq!(reasons.of(&[kernel, scheduler, place]), expected);
        }
        assert_eq!(symbols("0000000000000000 T __schedule\n"), [], "for who may not see them");
    }
}
