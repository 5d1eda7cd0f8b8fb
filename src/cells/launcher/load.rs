//! How much processor time everybody used, and what of that was not ours.

#![expect(clippy::disallowed_methods, reason = "only the kernel knows who used the machine")]

use std::fs;

use super::process::{self, Whose};
use super::quota;
use crate::cells::{Cause, Interference};

/// What was used until some moment, and what was refused.
#[derive(Debug, Clone, Copy)]
pub(in crate::cells) struct Load {
    /// By anybody, on the processors that this process may use, ns.
    busy: u64,
    /// What a hypervisor took from those, ns.
    steal: u64,
    /// By this process and its descendants that ended, ns.
    own: u64,
    /// How long quotas kept this process from running, ns.
    throttled: u64,
    /// How long threads waited for a processor, of anybody's; ns.
    pressure: Option<u64>,
}

impl Load {
    /// Until now.
    pub(in crate::cells) fn now() -> Self {
        let own = process::usage(Whose::Own).cpu + process::usage(Whose::Children).cpu;
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        let processors = processors();
        Load {
            busy: ticks(&stat, &processors, &BUSY) * tick(),
            steal: ticks(&stat, &processors, &STOLEN) * tick(),
            own,
            throttled: quota::throttled(),
            pressure: fs::read_to_string("/proc/pressure/cpu").ok().and_then(|text| pressure(&text)),
        }
    }

    /// What others had to do with this process since an earlier moment. What they used is exact to a tick for each processor.
    pub(in crate::cells) fn since(self, earlier: Load) -> Interference {
        let own = self.own.saturating_sub(earlier.own);
        Interference {
            foreign: self.busy.saturating_sub(earlier.busy).saturating_sub(own),
            steal: self.steal.saturating_sub(earlier.steal),
            throttled: self.throttled.saturating_sub(earlier.throttled),
            pressure: self.pressure.zip(earlier.pressure).map(|(now, then)| now.saturating_sub(then)),
        }
    }
}

/// The numbers of the processors that this process may use.
pub(super) fn processors() -> Vec<usize> {
    allowed(&fs::read_to_string("/proc/self/status").unwrap_or_default())
}

/// Why a run's figures say little, if they do. Others took more than 5 % of what the processors had to give, and for each of
/// them a tick that may be a mistake of the clock; more than they had to give cannot have been taken, so that the ticks alone
/// mark no run. Or a quota stopped it for more than 5 % of its time.
pub(in crate::cells) fn cause(of: &Interference, wall: u64, cores: usize) -> Option<Cause> {
    let given = wall * cores as u64;
    let taken = of.foreign.saturating_add(of.steal).min(given);
    if of.throttled > wall / 20 {
        Some(Cause::Quota)
    } else if taken > given / 20 + tick() * cores as u64 {
        Some(if of.steal > of.foreign { Cause::Hypervisor } else { Cause::Programs })
    } else {
        None
    }
}

/// The unit of `/proc/stat`, ns; 10 ms nearly everywhere.
fn tick() -> u64 {
    1_000_000_000 / process::ticks_per_second()
}

/// User, nice, system, irq and softirq: the fields 1, 2, 3, 6 and 7 of `proc_stat(5)`. Idle time and waiting for a disk are
/// nobody's; guests are counted as users already.
const BUSY: [usize; 5] = [0, 1, 2, 5, 6];

/// Steal: field 8.
const STOLEN: [usize; 1] = [7];

/// The sum of some fields of `/proc/stat` over some processors.
fn ticks(stat: &str, processors: &[usize], fields: &[usize]) -> u64 {
    let of_line = |line: &str| -> Option<u64> {
        let mut words = line.strip_prefix("cpu")?.split(' ');
        let number = words.next()?.parse().ok()?;
        let values: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
        let sum = fields.iter().filter_map(|&at| values.get(at)).sum();
        processors.contains(&number).then_some(sum)
    };
    stat.lines().filter_map(of_line).sum()
}

/// The time of `/proc/pressure/cpu` in which some thread waited for a processor, ns: `some avg10=0.00 … total=12345` in µs.
fn pressure(text: &str) -> Option<u64> {
    let some = text.lines().find_map(|line| line.strip_prefix("some "))?;
    let total: u64 = some.split(' ').find_map(|word| word.strip_prefix("total="))?.parse().ok()?;
    Some(total.saturating_mul(1000))
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
        assert_eq!(ticks(STAT, &[0], &BUSY), 100 + 1 + 20 + 2 + 3);
        assert_eq!(ticks(STAT, &[0, 1], &BUSY), 126 + 252);
        assert_eq!(ticks(STAT, &[0, 1], &STOLEN), 4 + 8);
        assert_eq!(ticks(STAT, &[7], &BUSY), 0);
        assert_eq!(ticks("cpu0 1 x\ncpu\n", &[0], &BUSY), 1);
    }

    #[test]
    fn pressure_is_read_where_the_kernel_tells_it() {
        assert_eq!(
            pressure("some avg10=0.00 avg60=0.75 avg300=4.30 total=34\nfull avg10=0.00 total=9\n"),
            Some(34_000)
        );
        assert_eq!(pressure(""), None);
    }

    #[test]
    fn lists_of_processors_have_ranges() {
        assert_eq!(allowed("Name:\tx\nCpus_allowed_list:\t0-2,5\n"), [0, 1, 2, 5]);
        assert_eq!(allowed("Cpus_allowed_list:\t3\n"), [3]);
        assert_eq!(allowed(""), [0_usize; 0]);
    }

    const MS: u64 = 1_000_000;

    #[test]
    fn a_run_is_disturbed_beyond_a_twentieth_of_the_machine_and_a_tick_for_each_processor() {
        let tick = tick();
        for (foreign, wall, cores, expected) in [
            (100 * MS + 2 * tick, 1_000 * MS, 2, None),
            (100 * MS + 2 * tick + 1, 1_000 * MS, 2, Some(Cause::Programs)),
            (50 * MS + tick + 1, 1_000 * MS, 1, Some(Cause::Programs)),
            (18_600_000, 5_500_000, 2, None),
            (900 * MS, tick, 4, None),
            (u64::MAX, 2 * tick, 2, Some(Cause::Programs)),
        ] {
            let others = Interference { foreign, ..Interference::default() };
            assert_eq!(cause(&others, wall, cores), expected, "{foreign} of {wall} ns on {cores}");
        }
    }

    #[test]
    fn what_took_most_is_the_cause() {
        for (foreign, steal, throttled, expected) in [
            (400, 0, 0, Some(Cause::Programs)),
            (0, 400, 0, Some(Cause::Hypervisor)),
            (70, 90, 0, Some(Cause::Hypervisor)),
            (90, 70, 0, Some(Cause::Programs)),
            (30, 30, 50, None),
            (400, 0, 51, Some(Cause::Quota)),
            (0, 0, 51, Some(Cause::Quota)),
        ] {
            let (foreign, steal, throttled) = (foreign * MS, steal * MS, throttled * MS);
            let others = Interference { foreign, steal, throttled, pressure: None };
            assert_eq!(cause(&others, 1_000 * MS, 2), expected, "{others:?}");
        }
    }

    #[test]
    fn what_we_used_ourselves_is_not_foreign() {
        let at = |busy, own| Load { busy, own, steal: busy, throttled: own, pressure: Some(busy) };
        let others = at(900, 500).since(at(100, 200));
        assert_eq!(others, Interference { foreign: 500, steal: 800, throttled: 300, pressure: Some(800) });
        assert_eq!(at(200, 500).since(at(100, 200)).foreign, 0, "ticks lag behind the exact clock");
        let silent = Load { pressure: None, ..at(0, 0) };
        assert_eq!(at(1, 1).since(silent).pressure, None);
    }
}
