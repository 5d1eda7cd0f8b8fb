//! From the site to [`Artifact`]s: pages by templates, feeds, the sitemap.

use crate::source::SitePath;

/// Bytes at a path of the output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Where they are written to.
    pub path: SitePath,
    /// What is written.
    pub bytes: Vec<u8>,
}
