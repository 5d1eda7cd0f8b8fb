//! Measuring alone: no second `blog` that measures at the same time, and as few others as possible.

#![expect(clippy::disallowed_methods, reason = "the door to the lock file, and to the clock of the wait for quiet")]

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, thread};

use super::failed;
use crate::cells::RunnerError;
use crate::cells::launcher::{self, Load};
use crate::source::system_says;

/// How long the use of the machine is observed.
pub(super) const GLANCE: Duration = Duration::from_millis(250);

/// The machine is quiet when others use less than a tenth of one core.
pub(super) const QUIET: f64 = 0.10;

/// Waits until no other `blog` of this user is measuring, and keeps others from it until the file is closed. Calls `wait`
/// first if there is one.
pub(super) fn lock(wait: fn()) -> Result<File, RunnerError> {
    let path = lock_path().map_err(failed)?;
    hold(&path, wait)
        .map_err(|error| RunnerError::Failed(format!("cannot lock {}: {}", path.display(), system_says(&error))))
}

fn hold(path: &Path, wait: impl FnOnce()) -> io::Result<File> {
    let file = open(path)?;
    launcher::lock(file.as_fd(), wait)?;
    Ok(file)
}

/// Not through a link: in a folder that all may write to, somebody could have laid one to a file of the user's.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600).custom_flags(libc::O_NOFOLLOW).open(path)
}

/// In the folder that belongs to the user's session, else in the one for temporary files under the user's number.
fn lock_path() -> io::Result<PathBuf> {
    let session = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_dir());
    Ok(match session {
        Some(folder) => folder.join("blog-measuring.lock"),
        None => env::temp_dir().join(format!("blog-measuring-{}.lock", fs::metadata("/proc/self")?.uid())),
    })
}

/// Waits until others use next to nothing of the machine, but not for ever: runs that they disturb are told apart anyway.
/// Tells whether it became quiet; without any patience nobody looks, and it is taken for quiet.
pub(super) fn wait(patience: Duration) -> bool {
    let start = Instant::now();
    while start.elapsed() < patience {
        if others() < QUIET {
            return true;
        }
    }
    patience.is_zero()
}

/// How many cores others use on average, as a glance tells.
pub(super) fn others() -> f64 {
    let (load, glance) = (Load::now(), Instant::now());
    thread::sleep(GLANCE);
    Load::now().since(load).taken() / glance.elapsed().as_nanos() as f64
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn two_cannot_hold_the_lock_and_the_second_says_that_it_waits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = hold(&path, || panic!("nobody holds it")).unwrap();
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            let said = sender.clone();
            scope.spawn(move || {
                let second = hold(&path, move || said.send("waits").unwrap()).unwrap();
                sender.send("holds").unwrap();
                second
            });
            assert_eq!(receiver.recv(), Ok("waits"));
            assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err(), "it waits");
            drop(first);
            assert_eq!(receiver.recv(), Ok("holds"), "until the first has let go");
        });
    }

    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &path).unwrap();
        assert!(hold(&path, || ()).is_err());
        assert!(!folder.path().join("elsewhere").exists());
    }
}
