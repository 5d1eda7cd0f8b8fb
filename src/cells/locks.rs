#![expect(clippy::disallowed_methods, reason = "the door to lock files")]

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// Lock files of the packages that cells need, made to be committed: `<name>.lock`, one for each set of packages, so that all
/// who build the site get the same versions.
#[derive(Debug, Clone)]
pub struct Locks {
    folder: PathBuf,
}

impl Locks {
    /// The lock files in a folder, which need not be there.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Locks { folder: folder.into() }
    }

    /// The text of a lock file, if there is one.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn get(&self, name: &str) -> io::Result<Option<String>> {
        match std::fs::read_to_string(self.path(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps the text of a lock file, whole or not at all.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn put(&self, name: &str, text: &str) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let mode = Permissions::from_mode(0o666);
        let mut file = tempfile::Builder::new().prefix(".").permissions(mode).tempfile_in(&self.folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(self.path(name))?;
        Ok(())
    }

    /// The names of all lock files, in order.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn list(&self) -> io::Result<Vec<String>> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let name = |entry: std::fs::DirEntry| Some(entry.file_name().to_str()?.strip_suffix(".lock")?.to_owned());
        let mut names: Vec<String> = entries.flatten().filter_map(name).filter(|name| !name.starts_with('.')).collect();
        names.sort();
        Ok(names)
    }

    /// Removes a lock file.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.path(name))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.lock"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let locks = Locks::new(folder.path().join("locks"));
        assert_eq!(locks.get("rust-1").unwrap(), None);
        locks.put("rust-1", "a\n").unwrap();
        locks.put("rust-1", "b\n").unwrap();
        assert_eq!(locks.get("rust-1").unwrap().as_deref(), Some("b\n"));
        assert_eq!(locks.list().unwrap(), ["rust-1"]);
        locks.remove("rust-1").unwrap();
        assert_eq!(locks.list().unwrap(), [""; 0]);
    }

    #[test]
    fn what_is_no_file_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("x.lock")).unwrap();
        assert!(Locks::new(folder.path()).get("x").is_err());
    }
}
