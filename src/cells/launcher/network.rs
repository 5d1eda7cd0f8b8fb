//! Cutting this process, and with it all that it starts, off from the network.

#![expect(unsafe_code, reason = "calls of Linux that the standard library has no safe name for")]
#![expect(clippy::disallowed_methods, reason = "a user namespace is set up by writing to /proc")]

use std::fs;
use std::io;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;

use libc::{c_char, c_int};

use super::check;
use crate::cells::Net;

/// Moves this process to a network of its own, `network_namespaces(7)`, in which there is nothing but a loopback
/// interface.
///
/// # Errors
/// A machine on which that is not permitted, with what can be done.
pub(super) fn enter(net: Net) -> io::Result<()> {
    let entered = match net {
        Net::Host => return Ok(()),
        Net::Loopback => leave_network().and_then(|()| raise_loopback()),
        Net::None => leave_network(),
    };
    entered.map_err(|error| {
        io::Error::other(format!(
            "this machine does not let programs be cut off from the network: {error}; `net = \"host\"` lets the cell have it"
        ))
    })
}

/// With the rights of the administrator if we have them, else with those that a user has in a namespace of his own.
fn leave_network() -> io::Result<()> {
    match unshare(libc::CLONE_NEWNET) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
        other => return other,
    }
    // SAFETY: these have no preconditions and do not fail.
    let (user, group) = unsafe { (libc::geteuid(), libc::getegid()) };
    unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET)?;
    // Everybody stays who he is. The groups can only be mapped by one who cannot change them: `user_namespaces(7)`.
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
}

fn unshare(namespaces: c_int) -> io::Result<()> {
    // SAFETY: takes a number. No thread can be left behind in the old namespaces, for this is the only one.
    check(unsafe { libc::unshare(namespaces) }).map(drop)
}

/// Switches the loopback interface on, `SIOCSIFFLAGS` in `netdevice(7)`. The kernel gives it its addresses.
fn raise_loopback() -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    let mut name = [0; libc::IFNAMSIZ];
    for (to, from) in name.iter_mut().zip(b"lo") {
        *to = from.cast_signed() as c_char;
    }
    let flags = (libc::IFF_UP | libc::IFF_RUNNING) as _;
    let request = libc::ifreq { ifr_name: name, ifr_ifru: libc::__c_anonymous_ifr_ifru { ifru_flags: flags } };
    // SAFETY: the request is valid during the call, and has the part that this call reads.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &raw const request) }).map(drop)
}
