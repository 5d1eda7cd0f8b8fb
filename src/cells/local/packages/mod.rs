//! The packages that cells depend on: their versions are chosen once and then locked, and they are built or installed once,
//! for all cells of a user.
//!
//! They lie in a folder of the user's and not in that of a site: Cargo takes settings from every folder above the one that it
//! works in, and those of a site that somebody cloned are not to decide what is run.

#![expect(clippy::disallowed_methods, reason = "the door to the folder of packages")]

mod cargo;
mod installer;
mod tool;

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use self::tool::Tool;
use super::{environment, failed};
use crate::cells::{Launcher, PackageManager, PackageSet, RunnerError, launcher};
use crate::source::Hash;

/// Number of the way in which packages are provided; raised when what was provided before no longer holds.
const FORMAT: u32 = 1;

/// A folder that holds packages, a folder for each set of them. Several processes may share it.
#[derive(Debug)]
pub struct Packages {
    folder: PathBuf,
    /// Held while packages are made: one set at a time, since package managers use all processors by themselves.
    making: Mutex<()>,
}

/// Packages that are there to be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provided {
    /// What a compiler has to be told to find them.
    pub build_flags: Vec<String>,
    /// The command line that runs a cell with them, if it is not the language's own.
    pub run: Option<Vec<String>>,
    /// The folder that their sources lie in. Programs may say its name, which is of no concern to readers.
    pub sources: PathBuf,
}

/// What is kept of packages that have been provided: written last, so that there is none of those that have not.
#[derive(Serialize, Deserialize)]
struct Stamp {
    digest: String,
    provided: Provided,
}

impl Packages {
    /// Packages in a folder, which need not be there yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Packages { folder: folder.into(), making: Mutex::default() }
    }

    /// The folder that a user's packages belong in; nothing if neither `XDG_CACHE_HOME` nor `HOME` is set.
    pub fn users_folder() -> Option<PathBuf> {
        Some(environment::cache_folder()?.join("blog/packages"))
    }

    /// Chooses the versions of packages: the text of a lock file.
    ///
    /// # Errors
    /// Packages that do not exist or do not fit together, a registry that does not answer, and a package manager that is not
    /// on this machine.
    pub fn lock(&self, launcher: &Launcher, set: &PackageSet) -> Result<String, RunnerError> {
        let folder = self.make(&format!("{}-versions", set.name())).map_err(failed)?;
        let _held = hold(&folder).map_err(failed)?;
        let tool = Tool { launcher, folder: &folder, pins: &set.pins };
        match &set.manager {
            PackageManager::Cargo => cargo::lock(&tool, set),
            PackageManager::Installer(installer) => installer::lock(&tool, installer, &set.dependencies),
        }
    }

    /// Gets packages in locked versions, unless they are there. `toolchain` is what the compiler or the interpreter says of
    /// its version: packages serve only the one that they were made for. May be called for one set several times at once.
    ///
    /// # Errors
    /// As [`lock`](Packages::lock), a lock file that does not belong to the set, and packages that do not compile.
    pub fn provide(
        &self,
        launcher: &Launcher,
        set: &PackageSet,
        lock: &str,
        toolchain: &str,
    ) -> Result<Provided, RunnerError> {
        let digest = Hash::of(&(FORMAT, set, lock, toolchain, env::consts::ARCH));
        let folder = self.make(&format!("{}-{}", set.name(), digest.short())).map_err(failed)?;
        let _held = hold(&folder).map_err(failed)?;
        if let Some(provided) = read_stamp(&folder, &digest) {
            return Ok(provided);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let tool = Tool { launcher, folder: &folder, pins: &set.pins };
        let provided = match &set.manager {
            PackageManager::Cargo => cargo::provide(&tool, set, lock),
            PackageManager::Installer(installer) => installer::provide(&tool, installer, lock),
        }?;
        write_stamp(&folder, Stamp { digest: digest.to_string(), provided }).map_err(failed)
    }

    /// The folder with a name, under the path that has no link in it: that is how package managers call it.
    fn make(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.folder.join(name);
        let made = fs::create_dir_all(&folder).and_then(|()| folder.canonicalize());
        made.map_err(|error| io::Error::other(format!("cannot make {}: {error}", folder.display())))
    }
}

impl Provided {
    /// Whether its libraries and its interpreter are still there: somebody may have tidied up, or removed an interpreter.
    fn is_there(&self) -> bool {
        let externs = self.build_flags.windows(2).filter(|pair| pair[0] == "--extern");
        let mut libraries = externs.filter_map(|pair| pair[1].split_once('='));
        libraries.all(|(_, path)| Path::new(path).exists())
            && self.run.iter().flatten().take(1).all(|program| Path::new(program).exists())
    }
}

/// Waits until nobody else works in a folder, and keeps others from it until the file is closed.
fn hold(folder: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join("held"))?;
    launcher::lock(file.as_fd(), || ())?;
    Ok(file)
}

/// What was provided in a folder, if it was, and is still there.
fn read_stamp(folder: &Path, digest: &Hash) -> Option<Provided> {
    let stamp: Stamp = serde_json::from_slice(&fs::read(folder.join("stamp.json")).ok()?).ok()?;
    (stamp.digest == digest.to_string() && stamp.provided.is_there()).then_some(stamp.provided)
}

fn write_stamp(folder: &Path, stamp: Stamp) -> io::Result<Provided> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, &stamp)?;
    file.persist(folder.join("stamp.json"))?;
    Ok(stamp.provided)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_holds_as_long_as_what_it_names_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("libx.rlib");
        fs::write(&library, "").unwrap();
        let provided = Provided {
            build_flags: vec!["--extern".to_owned(), format!("x={}", library.display())],
            run: Some(vec!["/bin/sh".to_owned(), "{file}".to_owned()]),
            sources: PathBuf::from("/nowhere"),
        };
        let (digest, other) = (Hash::of_bytes(b"a"), Hash::of_bytes(b"b"));
        assert_eq!(read_stamp(folder.path(), &digest), None);
        write_stamp(folder.path(), Stamp { digest: digest.to_string(), provided: provided.clone() }).unwrap();
        assert_eq!(read_stamp(folder.path(), &digest), Some(provided));
        assert_eq!(read_stamp(folder.path(), &other), None);
        fs::remove_file(library).unwrap();
        assert_eq!(read_stamp(folder.path(), &digest), None);
        fs::write(folder.path().join("stamp.json"), "{").unwrap();
        assert_eq!(read_stamp(folder.path(), &digest), None);
    }
}
