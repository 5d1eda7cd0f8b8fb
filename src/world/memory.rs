use std::collections::BTreeMap;
use std::io;

use super::{World, is_of_a_tool};
use crate::source::SitePath;

/// A site held in memory.
#[derive(Debug, Clone, Default)]
pub struct Memory(BTreeMap<SitePath, Vec<u8>>);

impl Memory {
    /// Puts a file there, in place of one that already is.
    pub fn insert(&mut self, file: SitePath, bytes: impl Into<Vec<u8>>) {
        self.0.insert(file, bytes.into());
    }

    /// Takes a file away.
    pub fn remove(&mut self, file: &SitePath) {
        self.0.remove(file);
    }
}

impl World for Memory {
    fn list(&self, folder: &SitePath) -> io::Result<Vec<SitePath>> {
        let listed = |path: &&SitePath| path.below(folder).is_some_and(|inner| !inner.segments().any(is_of_a_tool));
        Ok(self.0.keys().filter(listed).cloned().collect())
    }

    fn read(&self, file: &SitePath) -> io::Result<Vec<u8>> {
        self.0.get(file).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
