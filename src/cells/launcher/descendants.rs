//! Ending what a program left behind: jobs in the background, daemons, children of children; and files.

#![expect(clippy::disallowed_methods, reason = "only the kernel knows who is whose child")]

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
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
    fn a_search_finds_the_children_of_a_process() {
        let parent = std::os::unix::process::parent_id().cast_signed();
        assert!(search(parent).contains(&std::process::id().cast_signed()));
    }
}
