//! The door through which a build sees files: a folder of the author's, or a map in memory for tests.

mod disk;
mod memory;

use std::io;

pub use disk::Disk;
pub use memory::Memory;

use crate::source::SitePath;

/// The files of a site, as a build sees them.
pub trait World: Sync {
    /// Every file below a folder, sorted. A folder that is not there holds none. What tools leave lying about is left out,
    /// names that begin with a dot are not.
    ///
    /// # Errors
    /// A folder that cannot be read.
    fn list(&self, folder: &SitePath) -> io::Result<Vec<SitePath>>;

    /// The symbolic links below a folder, sorted. They are not listed as files, since they may lead out of the site.
    ///
    /// # Errors
    /// A folder that cannot be read.
    fn links(&self, _folder: &SitePath) -> io::Result<Vec<SitePath>> {
        Ok(Vec::new())
    }

    /// Whether a file, or a folder that it lies in, is a symbolic link.
    fn is_behind_link(&self, _file: &SitePath) -> bool {
        false
    }

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

/// Whether a path, or a folder that it lies in, has a name that begins with a dot.
pub fn is_hidden(path: &SitePath) -> bool {
    path.segments().any(|segment| segment.starts_with('.'))
}

/// Whether a name is one under which tools keep things of their own beside an author's files: a repository, the looks of
/// a folder on macOS, and the locks, backup copies and swap files (which tell the names of user and machine) of editors.
fn is_of_a_tool(name: &str) -> bool {
    let is_swap_file = name.starts_with('.') && name.strip_suffix(".swp").is_some();
    matches!(name, ".git" | ".DS_Store") || name.starts_with(".#") || name.ends_with('~') || is_swap_file
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "a site is laid out in a temporary folder")]

    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::new(text).unwrap()
    }

    #[test]
    fn hidden_files_are_listed_and_those_of_tools_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut memory = Memory::default();
        for file in [
            "static/.git/HEAD",
            "static/.nojekyll",
            "static/.well-known/x",
            "static/.DS_Store",
            "static/a/.#b.css",
            "static/a/.b.css.swp",
            "static/a/.gitignore",
            "static/a/b.css",
            "static/a/b.css~",
            "static/old~/b.css",
            "statics/a",
        ] {
            let place = folder.path().join(file);
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::write(place, "").unwrap();
            memory.insert(path(file), "");
        }
        let disk = Disk::new(folder.path());
        for world in [&disk as &dyn World, &memory] {
            let listed = world.list(&path("static")).unwrap();
            assert_eq!(
                listed.iter().map(SitePath::as_str).collect::<Vec<_>>(),
                ["static/.nojekyll", "static/.well-known/x", "static/a/.gitignore", "static/a/b.css"]
            );
            assert_eq!(world.list(&path("nowhere")).unwrap(), []);
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_told_and_not_listed() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(folder.path());
        std::fs::create_dir_all(folder.path().join("content/a")).unwrap();
        std::fs::write(folder.path().join("content/w.md"), "").unwrap();
        for (target, link) in [("/etc", "content/etc"), ("../w.md", "content/a/w.md"), ("nowhere", "content/a/.#w.md")]
        {
            symlink(target, folder.path().join(link)).unwrap();
        }
        assert_eq!(disk.list(&path("content")).unwrap(), [path("content/w.md")]);
        assert_eq!(disk.links(&path("content")).unwrap(), [path("content/a/w.md"), path("content/etc")]);
        symlink("content", folder.path().join("static")).unwrap();
        assert_eq!(disk.links(&path("static")).unwrap(), [path("static/a/w.md"), path("static/etc")]);
    }

    #[test]
    fn a_name_that_begins_with_a_dot_hides_what_is_in_it() {
        for (text, hidden) in [(".a", true), ("a/.b/c", true), ("a/b.c", false), ("a./b", false), ("", false)] {
            assert_eq!(is_hidden(&path(text)), hidden, "{text}");
        }
    }
}
