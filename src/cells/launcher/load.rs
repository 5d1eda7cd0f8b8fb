//! How much processor time everybody used, and how much of that was not ours.

#![expect(clippy::disallowed_methods, reason = "only the kernel knows who used the machine")]

use std::fs;

use super::process::{self, Whose};

/// Processor time used until some moment.
#[derive(Debug, Clone, Copy)]
pub(in crate::cells) struct Load {
    /// By anybody, on the processors that this process may use, with what a hypervisor took from them; ns.
    busy: u64,
    /// By this process and its descendants that ended, ns.
    own: u64,
}

impl Load {
    /// Until now.
    pub(in crate::cells) fn now() -> Self {
        let own = process::usage(Whose::Own).cpu + process::usage(Whose::Children).cpu;
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        Load { busy: busy_ticks(&stat, &processors()) * tick(), own }
    }

    /// What others used since an earlier moment, ns. Exact to a tick for each processor.
    pub(in crate::cells) fn foreign_since(self, earlier: Load) -> u64 {
        let own = self.own.saturating_sub(earlier.own);
        self.busy.saturating_sub(earlier.busy).saturating_sub(own)
    }
}

/// The numbers of the processors that this process may use.
pub(super) fn processors() -> Vec<usize> {
    allowed(&fs::read_to_string("/proc/self/status").unwrap_or_default())
}

/// Whether others used so much that a run's figures say little: more than 5 % of what the processors had to give, and for
/// each of them a tick that may be a mistake of the clock. More than they had to give cannot have been used, so that the
/// ticks alone mark no run.
pub(in crate::cells) fn is_disturbed(foreign: u64, wall: u64, cores: usize) -> bool {
    let cores = cores as u64;
    foreign.min(wall * cores) > wall * cores / 20 + tick() * cores
}

/// The unit of `/proc/stat`, ns; 10 ms nearly everywhere.
fn tick() -> u64 {
    1_000_000_000 / process::ticks_per_second()
}

/// The sum of user, nice, system, irq, softirq and steal, the fields 1, 2, 3, 6, 7 and 8 of `proc_stat(5)`, over some
/// processors. Idle time and waiting for a disk are nobody's; guests are counted as users already.
fn busy_ticks(stat: &str, processors: &[usize]) -> u64 {
    let of_line = |line: &str| -> Option<u64> {
        let mut words = line.strip_prefix("cpu")?.split(' ');
        let number = words.next()?.parse().ok()?;
        let fields: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
        let busy = [0, 1, 2, 5, 6, 7].iter().filter_map(|&at| fields.get(at)).sum();
        processors.contains(&number).then_some(busy)
    };
    stat.lines().filter_map(of_line).sum()
}

/// The processors that a process may use, from `/proc/PID/status`: `Cpus_allowed_list:  0-3,8`.
fn allowed(status: &str) -> Vec<usize> {
    let ranges = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse::<usize>().ok()?..=last.parse().ok()?)
    };
    ranges.trim().split(',').filter_map(range).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "cpu  300 0 60 1000 50 0 6 9 0 0\n\
        cpu0 100 1 20 500 25 2 3 4 7 0\n\
        cpu1 200 2 40 500 25 4 6 8 0 0\n\
        intr 12345 0 9\n";

    #[test]
    fn only_processors_that_we_may_use_are_counted_and_idle_time_is_not() {
        assert_eq!(busy_ticks(STAT, &[0]), 100 + 1 + 20 + 2 + 3 + 4);
        assert_eq!(busy_ticks(STAT, &[0, 1]), 130 + 260);
        assert_eq!(busy_ticks(STAT, &[7]), 0);
        assert_eq!(busy_ticks("cpu0 1 x\ncpu\n", &[0]), 1);
    }

    #[test]
    fn lists_of_processors_have_ranges() {
        assert_eq!(allowed("Name:\tx\nCpus_allowed_list:\t0-2,5\n"), [0, 1, 2, 5]);
        assert_eq!(allowed("Cpus_allowed_list:\t3\n"), [3]);
        assert_eq!(allowed(""), [0_usize; 0]);
    }

    #[test]
    fn a_run_is_disturbed_beyond_a_twentieth_of_the_machine_and_a_tick_for_each_processor() {
        const MS: u64 = 1_000_000;
        let tick = tick();
        for (foreign, wall, cores, expected) in [
            (100 * MS + 2 * tick, 1_000 * MS, 2, false),
            (100 * MS + 2 * tick + 1, 1_000 * MS, 2, true),
            (50 * MS + tick + 1, 1_000 * MS, 1, true),
            (18_600_000, 5_500_000, 2, false),
            (900 * MS, tick, 4, false),
            (u64::MAX, 2 * tick, 2, true),
        ] {
            assert_eq!(is_disturbed(foreign, wall, cores), expected, "{foreign} of {wall} ns on {cores}");
        }
    }

    #[test]
    fn what_we_used_ourselves_is_not_foreign() {
        let at = |busy, own| Load { busy, own };
        assert_eq!(at(900, 500).foreign_since(at(100, 200)), 500);
        assert_eq!(at(200, 500).foreign_since(at(100, 200)), 0, "ticks lag behind the exact clock");
    }
}
