//! What this machine is, as far as a reader of its measurements wants to know.

#![expect(clippy::disallowed_methods, reason = "the door to what the kernel tells of the machine, and to the date")]

use std::{env, fs, thread};

use jiff::{Timestamp, Unit};

use crate::cells::Machine;

/// This machine now, but for the toolchain and who else uses it.
pub(super) fn describe() -> Machine {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let now = Timestamp::now();
    Machine {
        cpu: processor(&read("/proc/cpuinfo")).unwrap_or_else(|| env::consts::ARCH.to_owned()),
        cores: cores(),
        memory: memory(&read("/proc/meminfo")).unwrap_or_default(),
        system: format!("Linux {}", read("/proc/sys/kernel/osrelease").trim()),
        toolchain: String::new(),
        tool: concat!("blog ", env!("CARGO_PKG_VERSION")).to_owned(),
        date: now.round(Unit::Second).unwrap_or(now).to_string(),
        governor: Some(read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").trim().to_owned())
            .filter(|governor| !governor.is_empty()),
        load: load(&read("/proc/loadavg")),
        busy: false,
    }
}

/// Processors that a program can use; knows of affinity and of the quotas of control groups.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// The name of the first processor. Some architectures tell none.
fn processor(cpuinfo: &str) -> Option<String> {
    let name = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'))?.1;
    Some(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Main memory, bytes.
fn memory(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// The load average over the last minute.
fn load(loadavg: &str) -> Option<f64> {
    loadavg.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_the_kernel_are_understood() {
        let cpuinfo =
            "processor\t: 0\nmodel name\t: Some  Processor @ 2.10GHz\n\nprocessor\t: 1\nmodel name\t: Other\n";
        assert_eq!(processor(cpuinfo).as_deref(), Some("Some Processor @ 2.10GHz"));
        assert_eq!(processor("processor\t: 0\nBogoMIPS\t: 50.00\n"), None);
        assert_eq!(memory("MemTotal:        8000000 kB\nMemFree: 1 kB\n"), Some(8_192_000_000));
        assert_eq!(memory(""), None);
        assert_eq!(load("0.24 0.90 2.48 2/102 13879\n"), Some(0.24));
        assert_eq!(load(""), None);
    }

    #[test]
    fn the_date_is_a_timestamp_to_the_second() {
        let date = describe().date;
        let parsed: Timestamp = date.parse().expect("RFC 3339");
        assert_eq!((parsed.subsec_nanosecond(), date.len()), (0, "2026-01-01T00:00:00Z".len()));
    }
}
