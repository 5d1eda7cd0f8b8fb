#![expect(clippy::disallowed_methods, reason = "files of a site are written here")]

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::place::{File, look};
use super::{WriteError, manifest};
use crate::source::SitePath;

/// A folder within the output that holds files until all of them are written.
pub(super) struct Stage<'a> {
    output: &'a Path,
    path: PathBuf,
}

impl<'a> Stage<'a> {
    pub(super) const NAME: &'static str = ".blog-stage";

    /// Removes what a build that was killed left behind.
    pub(super) fn clear(output: &Path) -> Result<(), WriteError> {
        let path = output.join(Stage::NAME);
        let removed = match look(&path)? {
            None => Ok(()),
            Some(metadata) if metadata.is_dir() => fs::remove_dir_all(&path),
            Some(_) => fs::remove_file(&path),
        };
        removed.map_err(|error| WriteError::io("remove", &path, error))
    }

    pub(super) fn new(output: &'a Path) -> Result<Self, WriteError> {
        let path = output.join(Stage::NAME);
        fs::create_dir(&path).map_err(|error| WriteError::io("create", &path, error))?;
        Ok(Stage { output, path })
    }

    /// Writes files and gives their paths here.
    pub(super) fn fill(&self, files: &[File<'_>]) -> Result<Vec<PathBuf>, WriteError> {
        let write = |(number, file): (usize, &File<'_>)| {
            let path = self.path.join(number.to_string());
            self.put(&path, file.bytes, file.path.as_str())?;
            Ok(path)
        };
        files.par_iter().enumerate().map(write).collect()
    }

    pub(super) fn replace_manifest<'p>(&self, paths: impl IntoIterator<Item = &'p SitePath>) -> Result<(), WriteError> {
        let temporary = self.path.join("manifest");
        self.put(&temporary, &manifest::render(paths), manifest::NAME)?;
        move_to(&temporary, &self.output.join(manifest::NAME))
    }

    fn put(&self, path: &Path, bytes: &[u8], meant_for: &str) -> Result<(), WriteError> {
        let mut options = OpenOptions::new();
        let written = options.write(true).create_new(true).open(path).and_then(|mut file| file.write_all(bytes));
        written.map_err(|error| WriteError::io("write", &self.output.join(meant_for), error))
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next build.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Moves a file to its place, over a file or link that is there.
pub(super) fn move_to(temporary: &Path, place: &Path) -> Result<(), WriteError> {
    fs::rename(temporary, place).map_err(|error| WriteError::io("write", place, error))
}
