//! All that a program started, and ending what it left behind: jobs in the background, daemons, children of children; and
//! files.

#![expect(clippy::disallowed_methods, reason = "only the kernel knows who is whose child")]

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::thread;
use std::time::Duration;

use libc::pid_t;

use super::process::{self, Children};

/// Rounds of looking for children, so that a process that does not die cannot hold up a build for ever: about 10 s.
const ROUNDS: u32 = 10_000;

/// Kills the children of this process, which adopts orphans, until it has none. Children of children become its own as
/// soon as their parents are gone, whatever session or process group they moved to; their numbers cannot be another's by
/// then, as those of processes further down could.
pub(super) fn kill_all() {
    for _ in 0..ROUNDS {
        if let Children::Gone = reap_all() {
            return;
        }
        kill_with_groups(&children());
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
        if remove(folder).is_ok() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Removes a folder, if it is there, with everything in it; also what a program forbade its owner to change.
///
/// # Errors
/// What still cannot be removed, named.
pub(in crate::cells) fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            unlock_folders(folder)?;
            fs::remove_dir_all(folder).map_err(|error| named(folder, &error))
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(named(folder, &error)),
        _ => Ok(()),
    }
}

/// Lets the owner of a folder and of all folders in it change what they hold. Follows no links.
fn unlock_folders(folder: &Path) -> io::Result<()> {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let unlocked = fs::set_permissions(&folder, Permissions::from_mode(0o700)).and_then(|()| fs::read_dir(&folder));
        let entries = unlocked.map_err(|error| named(&folder, &error))?.flatten();
        folders.extend(entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|e| e.path()));
    }
    Ok(())
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{} cannot be removed: {error}", path.display()))
}

/// Kills children with their whole process groups, in which nobody can then fork faster than we kill.
fn kill_with_groups(children: &[pid_t]) {
    let own = process::group_of(0);
    let groups = children.iter().filter_map(|child| process::group_of(*child)).filter(|group| Some(*group) != own);
    groups.collect::<BTreeSet<pid_t>>().into_iter().for_each(process::kill_group);
    children.iter().copied().for_each(process::kill);
}

/// Clears away orphans that ended, lest they are taken for living; all children but those that we started ourselves.
pub(super) fn reap_orphans(ours: &[pid_t]) {
    children().into_iter().filter(|child| !ours.contains(child)).for_each(process::reap);
}

/// How many threads all descendants of this process have together; more than `most` are not counted to the end. Those of
/// them that ended count until their parents have taken notice, as they do for the kernel.
pub(super) fn count(most: usize) -> usize {
    let threads = |pid| fs::metadata(format!("/proc/{pid}/task")).map_or(0, |folder| threads_in(&folder));
    all(most).into_iter().map(threads).sum()
}

/// How many threads this process's user runs on the whole machine.
pub(super) fn count_of_user() -> usize {
    let folder = |pid| fs::metadata(format!("/proc/{pid}/task")).ok();
    let Some(own) = folder(std::process::id().cast_signed()) else { return 0 };
    let folders = numbers("/proc").into_iter().filter_map(folder);
    folders.filter(|folder| folder.uid() == own.uid()).map(|folder| threads_in(&folder)).sum()
}

/// A folder has a link from each folder in it, and two more; `proc_pid_task(5)` has one for each thread.
fn threads_in(folder: &fs::Metadata) -> usize {
    folder.nlink().saturating_sub(2) as usize
}

/// All descendants of this process, parents before their children; not many more than `most`.
pub(super) fn all(most: usize) -> Vec<pid_t> {
    let own = std::process::id().cast_signed();
    match listed(own) {
        Some(children) => descend(children, most, |pid| listed(pid).unwrap_or_default()),
        None => {
            let parents = parents();
            descend(of_parent(own, &parents), most, |pid| of_parent(pid, &parents))
        }
    }
}

fn descend(children: Vec<pid_t>, most: usize, of: impl Fn(pid_t) -> Vec<pid_t>) -> Vec<pid_t> {
    let mut found = children;
    let mut at = 0;
    while at < found.len() && found.len() <= most {
        found.extend(of(found[at]));
        at += 1;
    }
    found
}

/// The children of this process.
fn children() -> Vec<pid_t> {
    let own = std::process::id().cast_signed();
    listed(own).unwrap_or_else(|| of_parent(own, &parents()))
}

/// The threads of a process, in the order of their numbers.
pub(super) fn threads(pid: pid_t) -> Vec<pid_t> {
    let mut threads = numbers(&format!("/proc/{pid}/task"));
    threads.sort_unstable();
    threads
}

/// The children of a process as the kernel lists them; nothing for a process that is gone, and for a kernel without
/// `CONFIG_PROC_CHILDREN`.
fn listed(pid: pid_t) -> Option<Vec<pid_t>> {
    let of_thread = |thread: pid_t| fs::read_to_string(format!("/proc/{pid}/task/{thread}/children")).ok();
    let lists: Vec<String> = threads(pid).into_iter().filter_map(of_thread).collect();
    let children = lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|pid| pid.parse().ok());
    (!lists.is_empty()).then(|| children.collect())
}

/// All processes, each with its parent.
fn parents() -> Vec<(pid_t, pid_t)> {
    let parent = |pid| Some((pid, parent_of(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?));
    numbers("/proc").into_iter().filter_map(parent).collect()
}

fn of_parent(parent: pid_t, parents: &[(pid_t, pid_t)]) -> Vec<pid_t> {
    parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid).collect()
}

/// The numbers among the names in a folder.
fn numbers(folder: &str) -> Vec<pid_t> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
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
    fn folders_that_their_owner_may_not_change_are_removed_and_links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (doomed, other) = (folder.path().join("doomed"), folder.path().join("other"));
        for folder in ["doomed/closed/deep", "doomed/hidden", "other"] {
            fs::create_dir_all(doomed.with_file_name(folder)).unwrap();
        }
        fs::write(doomed.join("closed/deep/file"), "").unwrap();
        fs::write(doomed.join("hidden/file"), "").unwrap();
        std::os::unix::fs::symlink(&other, doomed.join("link")).unwrap();
        for (folder, mode) in [("closed/deep", 0o500), ("closed", 0o500), ("hidden", 0o000), ("../other", 0o500)] {
            fs::set_permissions(doomed.join(folder), Permissions::from_mode(mode)).unwrap();
        }
        remove(&doomed).unwrap();
        assert!(!doomed.exists());
        assert_eq!(fs::metadata(&other).unwrap().permissions().mode() & 0o777, 0o500);
        remove(&doomed).expect("what is not there needs no removing");
    }

    #[test]
    fn what_cannot_be_removed_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = remove(&file).expect_err("it is no folder").to_string();
        assert!(error.starts_with(&format!("{} cannot be removed: ", file.display())), "{error}");
    }

    #[test]
    fn descendants_are_found_by_either_way() {
        let parent = std::os::unix::process::parent_id().cast_signed();
        let own = std::process::id().cast_signed();
        assert!(of_parent(parent, &parents()).contains(&own));
        assert!(threads(own).len() > 1, "the test has a thread beside the main one");
    }

    #[test]
    fn a_descent_goes_level_by_level_and_no_further_than_asked() {
        let tree = [(2, 1), (3, 1), (4, 2), (5, 3), (6, 4), (7, 99)];
        let down = |most| descend(of_parent(1, &tree), most, |pid| of_parent(pid, &tree));
        assert_eq!(down(100), [2, 3, 4, 5, 6]);
        assert_eq!(down(2), [2, 3, 4]);
        assert_eq!(down(0), [2, 3]);
    }
}
