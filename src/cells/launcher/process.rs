//! Processes: copying this one, waiting for others, ending them.

#![expect(unsafe_code, reason = "calls of Linux that the standard library has no safe name for")]
#![expect(clippy::disallowed_methods, reason = "only the kernel knows how many threads there are")]

use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use libc::{c_int, pid_t};

use super::check;

/// Which side of a fork this is.
pub(super) enum Side {
    /// The one that was there before, and the other's number.
    Parent(pid_t),
    /// The copy.
    Child,
}

/// What a process used, from `getrusage(2)`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usage {
    /// User and system time, ns. Only their sum is exact.
    pub(super) cpu: u64,
    /// Largest resident set, bytes.
    pub(super) rss: u64,
    /// Times that it gave up a processor to wait.
    pub(super) voluntary: u64,
    /// Times that a processor was taken from it.
    pub(super) involuntary: u64,
    /// Pages that it touched and that were not there for it yet, those that came from a disk among them.
    pub(super) faults: u64,
}

/// Whose usage is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose {
    /// This process's.
    Own,
    /// That of its descendants that ended and were waited for.
    Children,
}

/// What [`reap_any`] found.
pub(super) enum Children {
    /// One had ended and is now gone.
    Reaped,
    /// There are some, but none of them has ended.
    Running,
    /// There are none.
    Gone,
}

/// Makes a copy of this process.
///
/// # Errors
/// A second thread, besides what the kernel refuses: locks that it holds would stay locked in the copy.
pub(super) fn fork() -> io::Result<Side> {
    if std::fs::read_dir("/proc/self/task")?.count() > 1 {
        return Err(io::Error::other("a process with threads cannot be copied"));
    }
    // SAFETY: this is the only thread, so the child is not restricted to functions that are safe in signal handlers.
    match check(unsafe { libc::fork() })? {
        0 => Ok(Side::Child),
        pid => Ok(Side::Parent(pid)),
    }
}

/// Ends this process without running any more of it: no destructors, no handlers of its parent's.
pub(super) fn exit(code: c_int) -> ! {
    // SAFETY: has no preconditions.
    unsafe { libc::_exit(code) }
}

/// Leaves the terminal and the session of the parent, so that Ctrl+C does not arrive here.
pub(super) fn leave_session() -> io::Result<()> {
    // SAFETY: has no preconditions.
    check(unsafe { libc::setsid() }).map(drop)
}

/// Ignores the signals with which a terminal or a service manager ends a whole job: the closed socket says it too.
pub(super) fn ignore_interrupts() {
    for signal in [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP, libc::SIGTERM, libc::SIGPIPE] {
        // SAFETY: installs no handler that could run.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
}

/// Has the kernel clear away children by itself when they end, or keep them for [`wait_for_child`]: `sigaction(2)`.
pub(super) fn forget_children(forget: bool) {
    let action = if forget { libc::SIG_IGN } else { libc::SIG_DFL };
    // SAFETY: installs no handler that could run.
    unsafe { libc::signal(libc::SIGCHLD, action) };
}

/// Makes this process the parent of every descendant whose own parent ended, `PR_SET_CHILD_SUBREAPER` in `prctl(2)`.
pub(super) fn adopt_orphans() -> io::Result<()> {
    // SAFETY: takes numbers and touches no memory of ours.
    check(unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }).map(drop)
}

/// Waits for a child to end. Gives its status as in `waitpid(2)`, and what it and the children that it waited for used.
pub(super) fn wait_for_child(pid: pid_t) -> io::Result<(c_int, Usage)> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    loop {
        // SAFETY: both pointers are valid during the call.
        match check(unsafe { libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr()) }) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            // SAFETY: filled by the call; zeros would be a valid value too.
            Ok(_) => return Ok((status, Usage::from(unsafe { usage.assume_init() }))),
        }
    }
}

/// Clears away one child that has ended, if there is one.
pub(super) fn reap_any() -> Children {
    // SAFETY: a null pointer means that the status is not wanted.
    match check(unsafe { libc::waitpid(-1, ptr::null_mut(), libc::WNOHANG) }) {
        Ok(0) => Children::Running,
        Ok(_) => Children::Reaped,
        // ECHILD: the only failure that a call with `WNOHANG` has.
        Err(_) => Children::Gone,
    }
}

/// Clears away a child, if it has ended.
pub(super) fn reap(child: pid_t) {
    // SAFETY: a null pointer means that the status is not wanted.
    unsafe { libc::waitpid(child, ptr::null_mut(), libc::WNOHANG) };
}

/// Has this process, but none that it starts later, run before all ordinary ones, `sched(7)`: however many there are, it sees
/// and kills them faster than they fork. Refused to others than the administrator, whom `RLIMIT_NPROC` does not hold.
pub(super) fn take_precedence() {
    let lowest = libc::sched_param { sched_priority: 1 };
    // SAFETY: the pointer is valid during the call.
    unsafe { libc::sched_setscheduler(0, libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK, &raw const lowest) };
}

/// What this process or its children used until now.
pub(super) fn usage(whose: Whose) -> Usage {
    let who = match whose {
        Whose::Own => libc::RUSAGE_SELF,
        Whose::Children => libc::RUSAGE_CHILDREN,
    };
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is valid during the call, and zeros are a valid value.
    unsafe {
        libc::getrusage(who, usage.as_mut_ptr());
        Usage::from(usage.assume_init())
    }
}

impl From<libc::rusage> for Usage {
    fn from(raw: libc::rusage) -> Self {
        let ns = |time: libc::timeval| time.tv_sec as u64 * 1_000_000_000 + time.tv_usec as u64 * 1_000;
        Usage {
            cpu: ns(raw.ru_utime) + ns(raw.ru_stime),
            rss: raw.ru_maxrss as u64 * 1024,
            voluntary: raw.ru_nvcsw as u64,
            involuntary: raw.ru_nivcsw as u64,
            faults: raw.ru_minflt as u64 + raw.ru_majflt as u64,
        }
    }
}

/// Kills a child that was not yet waited for, so that its number cannot be another's by now.
pub(super) fn kill(child: pid_t) {
    send(child, libc::SIGKILL);
}

/// Sends a signal to a child that was not yet waited for.
pub(super) fn send(child: pid_t, signal: c_int) {
    // SAFETY: takes numbers. A number that is no signal's is refused.
    unsafe { libc::kill(child, signal) };
}

/// Kills a process group at once: nobody in it can fork while the kernel does it.
pub(super) fn kill_group(group: pid_t) {
    // SAFETY: takes numbers.
    unsafe { libc::killpg(group, libc::SIGKILL) };
}

/// The group that a process belongs to; 0 stands for this process.
pub(super) fn group_of(pid: pid_t) -> Option<pid_t> {
    // SAFETY: takes a number.
    check(unsafe { libc::getpgid(pid) }).ok()
}

/// `CLOCK_MONOTONIC`, ns.
pub(super) fn monotonic() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a place for what the call writes. This clock exists everywhere.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

/// The unit of `/proc/stat`, as so many in a second.
pub(super) fn ticks_per_second() -> u64 {
    // SAFETY: takes a number.
    u64::try_from(unsafe { libc::sysconf(libc::_SC_CLK_TCK) }).unwrap_or(100).max(1)
}
