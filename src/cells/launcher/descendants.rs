//! Ending what a program left behind: jobs in the background, daemons, children of children; and files.

#![expect(clippy::disallowed_methods, reason = "only the kernel knows who is whose child")]

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use libc::pid_t;

use super::process::{self, Children};

/// Rounds of looking for children, so that a process that does not die cannot hold up a build for ever: about 10 s.
const ROUNDS: u32 = 10_000;

/// Kills the children of this process, which adopts orphans, until it has none. Children of children become its own as
/// soon as their parents are gone, whatever session or process group they moved to.
pub(super) fn kill_all() {
    for _ in 0..ROUNDS {
        if let Children::Gone = reap_all() {
            return;
        }
        children().into_iter().for_each(kill_with_group);
        thread::sleep(Duration::from_millis(1));
    }
}

fn reap_all() -> Children {
    loop {
        match process::reap_any() {
            Children::Reaped => {}
            rest => return rest,
        }
    }
}

/// Removes a folder while programs that still die may write to it.
pub(super) fn remove_beside(folder: &Path) {
    for _ in 0..100 {
        if fs::remove_dir_all(folder).is_ok() || !folder.exists() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Kills a child with its whole process group, in which nobody can then fork faster than we kill.
fn kill_with_group(child: pid_t) {
    let own = process::group_of(0);
    if let Some(group) = process::group_of(child).filter(|group| Some(*group) != own) {
        process::kill_group(group);
    }
    process::kill(child);
}

/// The children of this process.
fn children() -> Vec<pid_t> {
    let own = std::process::id().cast_signed();
    let listed = fs::read_to_string(format!("/proc/self/task/{own}/children"));
    listed.map_or_else(|_| search(own), |list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect())
}

/// The same for a kernel without `CONFIG_PROC_CHILDREN`: all processes, by their parents.
fn search(parent: pid_t) -> Vec<pid_t> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse::<pid_t>().ok();
    let is_ours = |pid: &pid_t| {
        fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| parent_of(&stat) == Some(parent))
    };
    processes.filter_map(number).filter(is_ours).collect()
}

/// The parent in a line of `proc_pid_stat(5)`: `12 (a name) S 7 …`. A name can hold blanks and brackets.
fn parent_of(stat: &str) -> Option<pid_t> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_found_behind_any_name() {
        assert_eq!(parent_of("12 (sh) S 7 12 12 0 -1"), Some(7));
        assert_eq!(parent_of("12 (a) S 99 (b) R 7 12"), Some(7));
        assert_eq!(parent_of(""), None);
    }

    #[test]
    fn a_search_finds_the_children_of_a_process() {
        let parent = std::os::unix::process::parent_id().cast_signed();
        assert!(search(parent).contains(&std::process::id().cast_signed()));
    }
}
