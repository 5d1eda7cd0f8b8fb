//! What a program may not inherit, and what it may not exceed.

#![expect(unsafe_code, reason = "what a program starts with is set between fork and exec")]

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::check;

/// What a program is held to by the kernel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Address space, bytes.
    pub(super) memory: u64,
    /// Size of each file that it writes, bytes.
    pub(super) file: u64,
    /// Open files.
    pub(super) files: u64,
    /// Processes and threads of its user, all others of the same user included. Does not hold the administrator.
    pub(super) processes: u64,
}

/// Has a command start in a session of its own, within bounds, with default signals, without inherited descriptors and without a way to more
/// rights; and be killed if this process dies.
pub(super) fn confine(command: &mut Command, bounds: Bounds) {
    let parent = std::process::id();
    // SAFETY: the closure runs in a copy of this process, and it neither allocates nor takes a lock.
    unsafe { command.pre_exec(move || bind(parent, bounds)) };
}

fn bind(parent: u32, bounds: Bounds) -> io::Result<()> {
    for signal in 1..=libc::SIGRTMAX() {
        // SAFETY: installs no handler that could run. Refused for SIGKILL, SIGSTOP and those of the C library.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    limit(libc::RLIMIT_AS as _, bounds.memory)?;
    limit(libc::RLIMIT_FSIZE as _, bounds.file)?;
    limit(libc::RLIMIT_NOFILE as _, bounds.files)?;
    limit(libc::RLIMIT_NPROC as _, bounds.processes)?;
    // Not 0: in spite of that the kernel would pipe a core dump to a handler, `core(5)`.
    limit(libc::RLIMIT_CORE as _, 1)?;
    // SAFETY: these take numbers and touch no memory of ours.
    unsafe {
        // Nothing that it does can then take away our share of the processors either, `sched(7)`, "autogroup".
        check(libc::setsid())?;
        // Since Linux 5.11. Our own descriptors are closed anyway; this is for those of whoever started us.
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC);
        check(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))?;
        check(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL))?;
        // Where only ancestors may debug, the parent's debugger may too: Yama. Refused by a kernel without that.
        libc::prctl(libc::PR_SET_PTRACER, libc::c_ulong::from(parent), 0, 0, 0);
        // It may have died before it was asked to pass that on.
        if libc::getppid().cast_unsigned() != parent {
            libc::_exit(127);
        }
    }
    Ok(())
}

fn limit(resource: u32, wanted: u64) -> io::Result<()> {
    let mut limits = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is valid during the call.
    check(unsafe { libc::getrlimit(resource as _, &raw mut limits) })?;
    let value = wanted.min(limits.rlim_max);
    let limits = libc::rlimit { rlim_cur: value, rlim_max: value };
    // SAFETY: as above.
    check(unsafe { libc::setrlimit(resource as _, &raw const limits) }).map(drop)
}
