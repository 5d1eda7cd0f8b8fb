//! The whole site as a value, and its way to a folder.

mod clear;
mod error;
mod manifest;
mod place;
mod refuse;
mod stage;
mod writer;

pub use clear::{Cleared, clear};
pub use error::WriteError;
pub use refuse::refuse_sources;
pub use writer::{Written, write};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::SitePath;

/// Every file of a built site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    files: BTreeMap<SitePath, Arc<[u8]>>,
}

impl Output {
    /// Adds a file, in place of one that already has its path.
    pub fn insert(&mut self, path: SitePath, bytes: impl Into<Arc<[u8]>>) {
        self.files.insert(path, bytes.into());
    }

    /// The bytes of a file.
    pub fn get(&self, path: &SitePath) -> Option<&Arc<[u8]>> {
        self.files.get(path)
    }

    /// Every file, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&SitePath, &Arc<[u8]>)> {
        self.files.iter()
    }
}
