//! Who wakes whom: the kernel's tracepoint `sched:sched_waking`.

#![expect(clippy::disallowed_methods, reason = "only the kernel knows its tracepoints")]

use std::fs;
use std::io;
use std::path::Path;

use super::records::u32_at;

/// Where the tracepoints of the kernel are described, if its administrator has that mounted: `tracefs`, now and formerly.
const FOLDERS: [&str; 2] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/// The number of the first namespace of processes, `PROC_PID_INIT_INO`. Tracepoints name threads by their numbers there.
const FIRST_NAMESPACE: &str = "pid:[4026531836]";

/// `TRACE_FLAG_HARDIRQ`, `TRACE_FLAG_SOFTIRQ` and `TRACE_FLAG_NMI`: it happened in an interrupt, which is not the doing of
/// the thread that had the processor.
const INTERRUPT: u8 = 0x08 | 0x10 | 0x40;

/// The tracepoint, as this kernel has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tracepoint {
    /// Its number.
    pub(super) number: u64,
    /// Where in its data the flags and the number of the woken thread stand, bytes.
    flags: usize,
    thread: usize,
}

impl Tracepoint {
    /// Finds it.
    ///
    /// # Errors
    /// A machine that does not tell.
    pub(super) fn find() -> io::Result<Self> {
        if fs::read_link("/proc/self/ns/pid")? != Path::new(FIRST_NAMESPACE) {
            return Err(io::Error::other("threads have other numbers here"));
        }
        let folders = FOLDERS.iter().map(|folder| Path::new(folder).join("events/sched/sched_waking"));
        let found = folders.into_iter().find_map(|folder| {
            let read = |file: &str| fs::read_to_string(folder.join(file)).ok();
            Tracepoint::read(&read("id")?, &read("format")?)
        });
        found.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// From its number and the description of its fields: `field:pid_t pid; offset:24; size:4; signed:1;`.
    pub(super) fn read(id: &str, format: &str) -> Option<Self> {
        let place = |name: &str| {
            let of = |line: &str| line.split(';').next().is_some_and(|field| field.ends_with(&format!(" {name}")));
            let line = format.lines().find(|line| of(line))?;
            line.split("offset:").nth(1)?.split(';').next()?.parse().ok()
        };
        Some(Tracepoint { number: id.trim().parse().ok()?, flags: place("common_flags")?, thread: place("pid")? })
    }

    /// The thread that is woken, and whether a thread does it, from a sample: its length and the data.
    pub(super) fn woken(self, raw: &[u8]) -> Option<(u32, bool)> {
        let data = raw.get(4..)?;
        let flags = data.get(self.flags)?;
        Some((u32_at(data, self.thread)?, flags & INTERRUPT == 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: &str = "name: sched_waking\nID: 308\nformat:\n\
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\
        \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n\
        \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\
        \n\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n\tfield:pid_t pid;\toffset:24;\tsize:4;\tsigned:1;\n";

    #[test]
    fn fields_are_where_the_kernel_says() {
        let tracepoint = Tracepoint::read("308\n", FORMAT);
        assert_eq!(tracepoint, Some(Tracepoint { number: 308, flags: 2, thread: 24 }));
        assert_eq!(Tracepoint::read("x", FORMAT), None);
        assert_eq!(Tracepoint::read("308", "name: sched_waking\n"), None);
    }

    #[test]
    fn an_interrupt_is_no_thread_s_doing() {
        let tracepoint = Tracepoint { number: 308, flags: 2, thread: 24 };
        for (flags, by_a_thread) in [(0, true), (1, true), (0x08, false), (0x11, false)] {
            let mut raw = vec![0; 40];
            raw[4 + 2] = flags;
            raw[4 + 24..4 + 28].copy_from_slice(&77_u32.to_ne_bytes());
            assert_eq!(tracepoint.woken(&raw), Some((77, by_a_thread)), "{flags}");
        }
        assert_eq!(tracepoint.woken(&[0; 20]), None);
    }
}
