//! Looking after a program while the supervisor waits.

#![expect(clippy::disallowed_methods, reason = "a clock, and the sizes of files that programs write")]

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use libc::pid_t;

use super::descriptor::{process_descriptor, wait_for};
use super::trace::Tracer;
use super::{Job, descendants};

/// How often a program is looked at. Not more often: it is done while the program is timed.
const GLANCE: Duration = Duration::from_millis(50);

/// A program that runs, and who waits for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch<'a> {
    /// What it was started as.
    pub(super) job: &'a Job,
    /// Closed at the other end when nobody waits any more.
    pub(super) socket: &'a UnixStream,
    /// Its main process, a child that was not yet waited for.
    pub(super) program: pid_t,
    /// What records what it does, if that is to be known.
    pub(super) tracer: Option<&'a Tracer>,
}

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// The process did that was waited for.
    Ended,
    /// Its time was over.
    Late,
    /// The program wrote more than its limit.
    Flooded,
    /// It had more processes and threads than its limit.
    Crowded,
    /// Nobody waits for it any more.
    Abandoned,
}

impl Watch<'_> {
    /// Waits for the end of a child, the program or one that asks it questions, and sees to it that the program keeps to
    /// its limits meanwhile.
    pub(super) fn until_end_of(&self, child: pid_t, deadline: Instant) -> io::Result<Seen> {
        let process = process_descriptor(child)?;
        let period = self.tracer.map_or(GLANCE, |tracer| tracer.period().min(GLANCE));
        let mut next = Instant::now() + GLANCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let seen = wait_for(process.as_fd(), self.socket.as_fd(), left.min(period))?;
            if let Some(tracer) = self.tracer {
                tracer.look();
            }
            if seen.readable {
                return Ok(Seen::Ended);
            } else if seen.closed {
                return Ok(Seen::Abandoned);
            } else if !left.is_zero() && Instant::now() < next {
                continue;
            }
            next = Instant::now() + GLANCE;
            if self.is_flooded() {
                return Ok(Seen::Flooded);
            } else if self.is_crowded(child) {
                return Ok(Seen::Crowded);
            } else if left.is_zero() {
                return Ok(Seen::Late);
            }
        }
    }

    /// Whether the program wrote more than its limit.
    pub(super) fn is_flooded(&self) -> bool {
        let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
        size(&self.job.stdout).max(size(&self.job.stderr)) > self.job.limits.output
    }

    /// Whether it has more processes and threads than its limit. Leaves the end of `child` to be seen by others.
    pub(super) fn is_crowded(&self, child: pid_t) -> bool {
        descendants::reap_orphans(&[self.program, child]);
        let most = self.job.limits.processes as usize;
        descendants::count(most) > most
    }
}
