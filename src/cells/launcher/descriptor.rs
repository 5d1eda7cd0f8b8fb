//! Descriptors: handing them to another process, waiting for them, locking them.

#![expect(unsafe_code, reason = "calls of Linux that the standard library has no safe name for")]

use std::io;
use std::mem::{MaybeUninit, size_of};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;
use std::time::Duration;

use libc::{c_int, pid_t};

use super::check;

/// The most that one descriptor needs as ancillary data of a message, `unix(7)`, rounded up.
const CONTROL: usize = 64;

/// Room for ancillary data, aligned as `cmsg(3)` asks.
#[repr(C, align(8))]
struct Control([u8; CONTROL]);

/// Two sockets connected to each other that keep the borders of messages.
pub(super) fn message_sockets() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut fds: [RawFd; 2] = [-1; 2];
    let kind = libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC;
    // SAFETY: `fds` has room for the two descriptors.
    check(unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, fds.as_mut_ptr()) })?;
    // SAFETY: the call succeeded, so both are open and nobody else's.
    Ok(unsafe { (OwnedFd::from_raw_fd(fds[0]), OwnedFd::from_raw_fd(fds[1])) })
}

/// Sends a descriptor, `SCM_RIGHTS` in `unix(7)`.
pub(super) fn send_descriptor(socket: BorrowedFd<'_>, descriptor: BorrowedFd<'_>) -> io::Result<()> {
    let mut byte = [0_u8];
    let mut control = Control([0; CONTROL]);
    let mut part = libc::iovec { iov_base: byte.as_mut_ptr().cast(), iov_len: byte.len() };
    let mut message = message(&mut part, &mut control);
    // SAFETY: `message` points at `part` and `control`, which live on; one descriptor fits into `CONTROL` bytes, so
    // the first header and its data lie within it.
    let sent = unsafe {
        message.msg_controllen = libc::CMSG_SPACE(size_of::<RawFd>() as u32) as _;
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        (*header).cmsg_len = libc::CMSG_LEN(size_of::<RawFd>() as u32) as _;
        ptr::write_unaligned(libc::CMSG_DATA(header).cast::<RawFd>(), descriptor.as_raw_fd());
        libc::sendmsg(socket.as_raw_fd(), &raw const message, libc::MSG_NOSIGNAL)
    };
    if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Waits for a descriptor; nothing when the other end is closed.
pub(super) fn receive_descriptor(socket: BorrowedFd<'_>) -> io::Result<Option<OwnedFd>> {
    let mut byte = [0_u8];
    let mut control = Control([0; CONTROL]);
    let mut part = libc::iovec { iov_base: byte.as_mut_ptr().cast(), iov_len: byte.len() };
    let mut message = message(&mut part, &mut control);
    // SAFETY: `message` points at `part` and `control`, which live on.
    match unsafe { libc::recvmsg(socket.as_raw_fd(), &raw mut message, libc::MSG_CMSG_CLOEXEC) } {
        ..0 => Err(io::Error::last_os_error()),
        0 => Ok(None),
        // SAFETY: the kernel filled `message`, so the header, if there is one, is whole; the descriptor behind it
        // was opened for us alone.
        _ => unsafe {
            let header = libc::CMSG_FIRSTHDR(&raw const message);
            if header.is_null() || (*header).cmsg_type != libc::SCM_RIGHTS {
                return Err(io::Error::other("a message without a descriptor"));
            }
            let descriptor = ptr::read_unaligned(libc::CMSG_DATA(header).cast::<RawFd>());
            Ok(Some(OwnedFd::from_raw_fd(descriptor)))
        },
    }
}

fn message(part: &mut libc::iovec, control: &mut Control) -> libc::msghdr {
    // SAFETY: all zeros is a `msghdr` without address, data and flags.
    let mut message: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    message.msg_iov = part;
    message.msg_iovlen = 1;
    message.msg_control = control.0.as_mut_ptr().cast();
    message.msg_controllen = CONTROL as _;
    message
}

/// A descriptor that becomes readable when a child ends, `pidfd_open(2)`; since Linux 5.3.
pub(super) fn process_descriptor(pid: pid_t) -> io::Result<OwnedFd> {
    // SAFETY: takes two numbers and touches no memory of ours.
    let descriptor = check(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) } as c_int)?;
    // SAFETY: the call succeeded, so it is open and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// What [`wait_for`] saw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// There is something to read.
    pub(super) readable: bool,
    /// The other end is closed.
    pub(super) closed: bool,
}

/// Waits until the first descriptor can be read or the other end of the second is closed, but no longer than `time`.
pub(super) fn wait_for(readable: BorrowedFd<'_>, closed: BorrowedFd<'_>, time: Duration) -> io::Result<Seen> {
    let mut fds = [
        libc::pollfd { fd: readable.as_raw_fd(), events: libc::POLLIN, revents: 0 },
        libc::pollfd { fd: closed.as_raw_fd(), events: 0, revents: 0 },
    ];
    let milliseconds = c_int::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(c_int::MAX);
    // SAFETY: `fds` is an array of two.
    match check(unsafe { libc::poll(fds.as_mut_ptr(), 2, milliseconds) }) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(Seen { readable: false, closed: false }),
        Err(error) => Err(error),
        Ok(_) => Ok(Seen { readable: fds[0].revents != 0, closed: fds[1].revents != 0 }),
    }
}

/// Holds the lock of an open file until that is closed, `flock(2)`. Calls `wait` before it waits for another process that
/// holds it.
pub(in crate::cells) fn lock(file: BorrowedFd<'_>, wait: impl FnOnce()) -> io::Result<()> {
    match flock(file, libc::LOCK_EX | libc::LOCK_NB) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        other => return other,
    }
    wait();
    loop {
        match flock(file, libc::LOCK_EX) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

fn flock(file: BorrowedFd<'_>, operation: c_int) -> io::Result<()> {
    // SAFETY: the descriptor is open.
    check(unsafe { libc::flock(file.as_raw_fd(), operation) }).map(drop)
}
