//! The door through which a build sees files: a folder of the author's, or a map in memory for tests.

mod disk;
mod memory;

use std::io;

pub use disk::Disk;
pub use memory::Memory;

use crate::source::SitePath;

/// The files of a site, as a build sees them.
pub trait World: Sync {
    /// Every file below a folder, sorted. A folder that is not there holds none. Names that begin with a dot are left out.
    ///
    /// # Errors
    /// A folder that cannot be read.
    fn list(&self, folder: &SitePath) -> io::Result<Vec<SitePath>>;

    /// The bytes of a file.
    ///
    /// # Errors
    /// A file that is not there or cannot be read.
    fn read(&self, file: &SitePath) -> io::Result<Vec<u8>>;

    /// The bytes of a file, or nothing where there is no such file.
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    fn read_if_there(&self, file: &SitePath) -> io::Result<Option<Vec<u8>>> {
        match self.read(file) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
