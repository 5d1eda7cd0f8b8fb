//! How long quotas of control groups kept this process from running.

#![expect(clippy::disallowed_methods, reason = "only the kernel knows what a control group was refused")]

use std::fs;
use std::path::{Path, PathBuf};

/// Where control groups are found, on nearly every Linux.
const MOUNT: &str = "/sys/fs/cgroup";

/// How long the group of this process and those around it were throttled until now, ns. A processor that had nothing to run
/// is not counted. Nothing where no group has a quota.
pub(super) fn throttled() -> u64 {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    files(&groups).iter().filter_map(|file| fs::read_to_string(file).ok()).map(|stat| throttled_of(&stat)).sum()
}

/// The statistics of the group of a process, from `/proc/PID/cgroup`, and of those around it. Some of them may not be there:
/// in a container the path can be that of the host.
fn files(groups: &str) -> Vec<PathBuf> {
    // `4:cpu,cpuacct:/path` in the first version of control groups, `0::/path` in the second: `cgroups(7)`.
    let fields = |line: &str| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        Some((controllers.to_owned(), path.trim_start_matches('/').to_owned()))
    };
    let groups: Vec<(String, String)> = groups.lines().filter_map(fields).collect();
    let first = groups.iter().find(|(controllers, _)| controllers.split(',').any(|name| name == "cpu"));
    let Some((controllers, path)) = first.or(groups.iter().find(|(controllers, _)| controllers.is_empty())) else {
        return Vec::new();
    };
    let root = Path::new(MOUNT).join(controllers);
    let inside = if path.split('/').any(|part| part == "..") { Path::new("") } else { Path::new(path) };
    inside.ancestors().map(|group| root.join(group).join("cpu.stat")).collect()
}

/// What `cpu.stat` says: `throttled_usec` in the second version of control groups, `throttled_time` in ns in the first.
fn throttled_of(stat: &str) -> u64 {
    let value = |name: &str| -> Option<u64> {
        stat.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
    };
    value("throttled_time").or(value("throttled_usec").map(|us| us.saturating_mul(1000))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_of_control_groups_are_understood() {
        assert_eq!(throttled_of("nr_periods 9\nnr_throttled 3\nthrottled_time 5000\n"), 5000);
        assert_eq!(throttled_of("usage_usec 7\nnr_throttled 3\nthrottled_usec 5\nnr_bursts 0\n"), 5000);
        assert_eq!(throttled_of("usage_usec 7\n"), 0);
        for (groups, expected) in [
            ("2:cpu,cpuacct:/a/b\n0::/c\n", &["cpu,cpuacct/a/b", "cpu,cpuacct/a", "cpu,cpuacct"][..]),
            ("3:cpuset:/x\n1:cpu:/\n0::/\n", &["cpu"]),
            ("0::/user.slice/x\n", &["user.slice/x", "user.slice", ""]),
            ("0::/../../x\n", &[""]),
            ("3:cpuset:/x\n", &[]),
            ("", &[]),
        ] {
            let expected: Vec<PathBuf> =
                expected.iter().map(|group| Path::new(MOUNT).join(group).join("cpu.stat")).collect();
            assert_eq!(files(groups), expected, "{groups}");
        }
    }
}
