#![expect(clippy::disallowed_methods, reason = "files of the output folder are compared and removed here")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::{Output, WriteError, Written};
use crate::source::SitePath;

/// A file to be written.
pub(super) struct File<'a> {
    pub(super) path: &'a SitePath,
    pub(super) bytes: &'a [u8],
}

/// What is known of a file's place before anything is written.
#[derive(Clone, Copy, PartialEq)]
enum Found {
    Nothing,
    /// Other bytes that an earlier build wrote.
    OtherBytes,
    SameBytes,
    /// Something that no build wrote and that holds other bytes.
    Foreign,
}

/// What there is to do.
pub(super) struct Compared<'a> {
    /// Files to write.
    pub(super) todo: Vec<File<'a>>,
    /// Files that no build wrote and that hold what this one would write: they stay others' files.
    pub(super) theirs: BTreeSet<&'a SitePath>,
    /// How many there are, with none removed yet.
    pub(super) written: Written,
}

/// An output folder with the files that earlier builds wrote there.
pub(super) struct Place<'a> {
    pub(super) folder: &'a Path,
    pub(super) ours: &'a BTreeSet<SitePath>,
}

impl Place<'_> {
    pub(super) fn of(&self, path: &SitePath) -> PathBuf {
        self.folder.join(path.as_str())
    }

    /// The files that have to be written, those that others wrote with the very bytes, and a count of all.
    pub(super) fn compare<'a>(&self, output: &'a Output) -> Result<Compared<'a>, WriteError> {
        let files: Vec<File<'a>> = output.iter().map(|(path, bytes)| File { path, bytes }).collect();
        let folders: BTreeSet<SitePath> = files.iter().map(|file| file.path.parent()).collect();
        let there: BTreeMap<SitePath, bool> = folders
            .into_par_iter()
            .map(|folder| Ok((folder.clone(), self.has_folder(&folder)?)))
            .collect::<Result<_, WriteError>>()?;
        let found: Vec<Found> = files
            .par_iter()
            .map(|file| if there[&file.path.parent()] { self.find(file) } else { Ok(Found::Nothing) })
            .collect::<Result<_, WriteError>>()?;
        let foreign = files.iter().zip(&found).filter(|(_, found)| **found == Found::Foreign);
        let foreign: Vec<&SitePath> = foreign.map(|(file, _)| file.path).collect();
        if !foreign.is_empty() {
            return Err(WriteError::foreign(self.folder, &foreign));
        }
        let count = |wanted| found.iter().filter(|found| **found == wanted).count();
        let written = Written {
            new: count(Found::Nothing),
            changed: count(Found::OtherBytes),
            unchanged: count(Found::SameBytes),
            removed: 0,
        };
        let (done, todo): (Vec<_>, Vec<_>) =
            files.into_iter().zip(&found).partition(|(_, found)| **found == Found::SameBytes);
        let theirs = done.into_iter().map(|(file, _)| file.path).filter(|path| !self.ours.contains(path));
        Ok(Compared { theirs: theirs.collect(), todo: todo.into_iter().map(|(file, _)| file).collect(), written })
    }

    /// Whether a folder is there, reached by no link. A file that an earlier build wrote may still stand in its way.
    fn has_folder(&self, folder: &SitePath) -> Result<bool, WriteError> {
        for part in with_ancestors(folder) {
            let path = self.of(&part);
            match look(&path)? {
                None => return Ok(false),
                Some(metadata) if metadata.is_dir() => {}
                Some(metadata) if !metadata.is_symlink() && self.ours.contains(&part) => return Ok(false),
                Some(metadata) => return Err(in_the_way(&path, &metadata)),
            }
        }
        Ok(true)
    }

    fn find(&self, file: &File<'_>) -> Result<Found, WriteError> {
        let path = self.of(file.path);
        let Some(metadata) = look(&path)? else { return Ok(Found::Nothing) };
        if metadata.is_dir() {
            return if self.is_ours_alone(file.path)? { Ok(Found::Nothing) } else { Err(in_the_way(&path, &metadata)) };
        }
        let same = metadata.is_file()
            && metadata.len() == file.bytes.len() as u64
            && fs::read(&path).map_err(|error| WriteError::io("read", &path, error))? == file.bytes;
        Ok(match (same, self.ours.contains(file.path)) {
            (true, _) => Found::SameBytes,
            (false, true) => Found::OtherBytes,
            (false, false) => Found::Foreign,
        })
    }

    /// Whether a folder holds nothing but what earlier builds wrote.
    fn is_ours_alone(&self, folder: &SitePath) -> Result<bool, WriteError> {
        for entry in WalkDir::new(self.of(folder)).follow_links(false).min_depth(1) {
            let entry = entry.map_err(|error| WriteError::io("look at", &self.of(folder), error.into()))?;
            let inner = entry.path().strip_prefix(self.folder).ok().and_then(Path::to_str);
            let Some(inner) = inner.and_then(|inner| SitePath::new(inner).ok()) else { return Ok(false) };
            let ours = if entry.file_type().is_dir() {
                self.ours.iter().any(|file| file.below(&inner).is_some())
            } else {
                self.ours.contains(&inner)
            };
            if !ours {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Removes a file that an earlier build wrote, and the folders that are empty without it.
    pub(super) fn remove(&self, stale: &SitePath) -> Result<bool, WriteError> {
        let path = self.of(stale);
        for folder in with_ancestors(&stale.parent()) {
            if !look(&self.of(&folder))?.is_some_and(|metadata| metadata.is_dir()) {
                return Ok(false);
            }
        }
        if look(&path)?.is_none_or(|metadata| metadata.is_dir()) {
            return Ok(false);
        }
        fs::remove_file(&path).map_err(|error| WriteError::io("remove", &path, error))?;
        for folder in with_ancestors(&stale.parent()).iter().rev() {
            // Fails where something is left in it, and then the folders around it hold something too.
            if fs::remove_dir(self.of(folder)).is_err() {
                break;
            }
        }
        Ok(true)
    }

    /// Makes the folders that the files need, and takes away empty ones that stand where a file belongs.
    pub(super) fn make_room(&self, files: &[File<'_>]) -> Result<(), WriteError> {
        let folders: BTreeSet<SitePath> = files.iter().map(|file| file.path.parent()).collect();
        folders
            .par_iter()
            .try_for_each(|folder| with_ancestors(folder).iter().try_for_each(|part| make_folder(&self.of(part))))?;
        files.par_iter().try_for_each(|file| {
            let path = self.of(file.path);
            match look(&path)? {
                Some(metadata) if metadata.is_dir() => {
                    fs::remove_dir(&path).map_err(|_not_empty| in_the_way(&path, &metadata))
                }
                _ => Ok(()),
            }
        })
    }
}

/// What stands at a path, without following a link; nothing where a part of the path is missing or no folder.
pub(super) fn look(path: &Path) -> Result<Option<Metadata>, WriteError> {
    match path.symlink_metadata() {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(WriteError::io("look at", path, error)),
    }
}

/// Makes a folder where there is none; another thread may be making it too.
fn make_folder(path: &Path) -> Result<(), WriteError> {
    match look(path)? {
        Some(metadata) if metadata.is_dir() => Ok(()),
        Some(metadata) => Err(in_the_way(path, &metadata)),
        None => match fs::create_dir(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(WriteError::io("create", path, error)),
            _ => Ok(()),
        },
    }
}

fn in_the_way(path: &Path, metadata: &Metadata) -> WriteError {
    let what = if metadata.is_symlink() {
        "is a symbolic link where the site needs a folder"
    } else if metadata.is_dir() {
        "is a folder with files of others where the site needs a file"
    } else {
        "is a file that no build wrote, where the site needs a folder"
    };
    WriteError::refusal(path, what, "move it away and build again")
}

/// A folder and those around it, outermost first, without the output folder itself.
fn with_ancestors(folder: &SitePath) -> Vec<SitePath> {
    let inner = Some(folder.clone()).filter(|folder| *folder != SitePath::default());
    let mut chain: Vec<SitePath> =
        std::iter::successors(inner, |folder| Some(folder.parent()).filter(|parent| *parent != SitePath::default()))
            .collect();
    chain.reverse();
    chain
}
