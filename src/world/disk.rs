#![expect(clippy::disallowed_methods, reason = "the door to the author's files")]

use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::{World, is_of_a_tool};
use crate::source::SitePath;

/// A site in a folder of this machine.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The site in the folder `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Disk { root: root.into() }
    }

    /// The folder of the site.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl World for Disk {
    fn list(&self, folder: &SitePath) -> io::Result<Vec<SitePath>> {
        self.find(folder, |kind| kind.is_file())
    }

    fn links(&self, folder: &SitePath) -> io::Result<Vec<SitePath>> {
        self.find(folder, |kind| kind.is_symlink())
    }

    fn is_behind_link(&self, file: &SitePath) -> bool {
        let mut path = self.root.clone();
        file.segments().any(|segment| {
            path.push(segment);
            path.is_symlink()
        })
    }

    fn read(&self, file: &SitePath) -> io::Result<Vec<u8>> {
        let path = self.root.join(file.as_str());
        // Reading a pipe or a device may never end.
        if !std::fs::metadata(&path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is there, but it is not a file"));
        }
        std::fs::read(path)
    }
}

impl Disk {
    fn find(&self, folder: &SitePath, wanted: impl Fn(FileType) -> bool) -> io::Result<Vec<SitePath>> {
        let top = self.root.join(folder.as_str());
        if !top.is_dir() {
            return Ok(Vec::new());
        }
        let listed = |entry: &walkdir::DirEntry| {
            entry.depth() == 0 || entry.file_name().to_str().is_none_or(|name| !is_of_a_tool(name))
        };
        let mut files = Vec::new();
        for entry in WalkDir::new(&top).follow_links(false).into_iter().filter_entry(listed) {
            let entry = entry?;
            if entry.depth() > 0 && wanted(entry.file_type()) {
                files.push(self.site_path(entry.path())?);
            }
        }
        files.sort();
        Ok(files)
    }

    fn site_path(&self, path: &Path) -> io::Result<SitePath> {
        let inner = path.strip_prefix(&self.root).unwrap_or(path);
        let text = inner.to_str().ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, format!("the file name {} is not UTF-8", inner.display()))
        })?;
        SitePath::new(text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}
