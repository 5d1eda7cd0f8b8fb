//! Where the threads of programs stand that do not end.

#![expect(clippy::disallowed_methods, reason = "only the kernel knows what threads wait for")]

use std::fs;
use std::io;

use libc::{c_long, pid_t};
use serde::{Deserialize, Serialize};

use super::descendants;

/// What a thread did when its program was found not to end. Holds no number that another run would not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadState {
    /// Which process of the program it belongs to, from 1 in the order in which parents start children.
    pub process: u32,
    /// Its name; that of the program, unless it was given one.
    pub name: String,
    /// The system call in which it waits, `futex`; what the kernel calls its wait, if that is all that it tells; or
    /// `running`, `sleeping`, `stopped`.
    pub wait: String,
    /// Where it is in the program's own file, the innermost place first: `cell.rs:12 in take`. Nothing without a
    /// debugger, or without debug information.
    pub frames: Vec<String>,
}

/// A thread's state and its number, by which a debugger knows it.
#[derive(Debug)]
pub(super) struct Thread {
    /// Its number.
    pub(super) id: pid_t,
    /// Its state, so far without frames.
    pub(super) state: ThreadState,
}

/// The threads of everything that descends from this process, but not many more than `most`.
pub(super) fn of_descendants(most: usize) -> Vec<(pid_t, Vec<Thread>)> {
    let processes = descendants::all(most).into_iter().map(|pid| (pid, of_process(pid)));
    let living = processes.filter(|(_, threads)| !threads.is_empty());
    let number = |(process, (pid, mut threads)): (u32, (pid_t, Vec<Thread>))| {
        for thread in &mut threads {
            thread.state.process = process;
        }
        (pid, threads)
    };
    (1..).zip(living).map(number).collect()
}

fn of_process(pid: pid_t) -> Vec<Thread> {
    descendants::threads(pid).into_iter().filter_map(|id| Some(Thread { id, state: state(pid, id)? })).collect()
}

/// Nothing for a thread that has ended.
fn state(pid: pid_t, id: pid_t) -> Option<ThreadState> {
    let read = |file: &str| -> io::Result<String> {
        fs::read(format!("/proc/{pid}/task/{id}/{file}")).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    // Who may not be asked where he waits can still be asked whether he does.
    let of = |file: &str| read(file).unwrap_or_default();
    let wait = wait(&read("stat").ok()?, &of("syscall"), &of("wchan"))?;
    Some(ThreadState { process: 0, name: of("comm").trim_end().to_owned(), wait, frames: Vec::new() })
}

/// What a thread waits for, from `proc_pid_stat(5)`, `proc_pid_syscall(5)` and `proc_pid_wchan(5)`.
fn wait(stat: &str, syscall: &str, wchan: &str) -> Option<String> {
    let state = stat.rsplit_once(") ")?.1.chars().next()?;
    let asleep = match state {
        'Z' | 'X' => return None,
        'R' => return Some("running".to_owned()),
        'T' | 't' => return Some("stopped".to_owned()),
        'D' => "waiting for a device",
        _ => "sleeping",
    };
    let number = syscall.split(' ').next().and_then(|number| number.parse().ok()).filter(|number| *number >= 0);
    Some(match (number, wchan.trim()) {
        (Some(number), _) => name_of_call(number),
        (None, "" | "0") => asleep.to_owned(),
        (None, wchan) => wchan.to_owned(),
    })
}

fn name_of_call(number: c_long) -> String {
    let found = WAITING.iter().chain(WAITING_OF_OLD).find(|(known, _)| *known == number);
    found.map_or_else(|| format!("system call {number}"), |(_, name)| (*name).to_owned())
}

/// The calls in which programs wait.
const WAITING: &[(c_long, &str)] = &[
    (libc::SYS_accept, "accept"),
    (libc::SYS_accept4, "accept4"),
    (libc::SYS_clock_nanosleep, "clock_nanosleep"),
    (libc::SYS_connect, "connect"),
    (libc::SYS_epoll_pwait, "epoll_pwait"),
    (libc::SYS_fcntl, "fcntl"),
    (libc::SYS_flock, "flock"),
    (libc::SYS_fsync, "fsync"),
    (libc::SYS_futex, "futex"),
    (libc::SYS_io_uring_enter, "io_uring_enter"),
    (libc::SYS_msgrcv, "msgrcv"),
    (libc::SYS_nanosleep, "nanosleep"),
    (libc::SYS_ppoll, "ppoll"),
    (libc::SYS_pselect6, "pselect6"),
    (libc::SYS_read, "read"),
    (libc::SYS_readv, "readv"),
    (libc::SYS_recvfrom, "recvfrom"),
    (libc::SYS_recvmsg, "recvmsg"),
    (libc::SYS_restart_syscall, "restart_syscall"),
    (libc::SYS_rt_sigsuspend, "rt_sigsuspend"),
    (libc::SYS_rt_sigtimedwait, "rt_sigtimedwait"),
    (libc::SYS_semtimedop, "semtimedop"),
    (libc::SYS_sendmsg, "sendmsg"),
    (libc::SYS_sendto, "sendto"),
    (libc::SYS_wait4, "wait4"),
    (libc::SYS_waitid, "waitid"),
    (libc::SYS_write, "write"),
    (libc::SYS_writev, "writev"),
];

/// Those that Linux has not given to architectures that came later.
#[cfg(target_arch = "x86_64")]
const WAITING_OF_OLD: &[(c_long, &str)] = &[
    (libc::SYS_epoll_wait, "epoll_wait"),
    (libc::SYS_open, "open"),
    (libc::SYS_pause, "pause"),
    (libc::SYS_poll, "poll"),
    (libc::SYS_select, "select"),
];
#[cfg(not(target_arch = "x86_64"))]
const WAITING_OF_OLD: &[(c_long, &str)] = &[];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_by_its_call_or_else_by_what_else_is_known() {
        let futex = format!("{} 0x5575 0x89 0xffffffff 0x0 0x0 0xffffffff 0x7ffd 0x7f19\n", libc::SYS_futex);
        for (stat, syscall, wchan, expected) in [
            ("7 (a name) S 1 7", &*futex, "futex_do_wait", Some("futex")),
            ("7 (a) R (b) S 1 7", "999 0x0 0x0\n", "0", Some("system call 999")),
            ("7 (cell) S 1 7", "-1 0x7ffd 0x7f19\n", "do_exit\n", Some("do_exit")),
            ("7 (cell) S 1 7", "", "0", Some("sleeping")),
            ("7 (cell) D 1 7", "", "", Some("waiting for a device")),
            ("7 (cell) R 1 7", "running\n", "0", Some("running")),
            ("7 (cell) T 1 7", &*futex, "do_signal_stop", Some("stopped")),
            ("7 (cell) Z 1 7", "", "", None),
            ("", &*futex, "", None),
        ] {
            assert_eq!(wait(stat, syscall, wchan).as_deref(), expected, "{stat} {syscall} {wchan}");
        }
    }

    #[test]
    fn this_thread_has_a_name_and_a_state() {
        let own = std::process::id().cast_signed();
        let state = state(own, own).expect("the main thread lives");
        assert!(!state.name.is_empty() && !state.wait.is_empty(), "{state:?}");
    }
}
