#![expect(clippy::disallowed_methods, reason = "the output folder is emptied here")]

use std::fs;
use std::path::Path;

use super::place::{Place, look};
use super::stage::Stage;
use super::{WriteError, manifest};

/// What became of an output folder that was emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cleared {
    /// How many files were removed that builds had written.
    pub removed: usize,
    /// Whether something is left in the folder: what no build wrote.
    pub kept: bool,
}

/// Removes what builds wrote to a folder, by its manifest, and the folder too if nothing else is in it.
///
/// # Errors
/// What the system refuses.
pub fn clear(folder: &Path) -> Result<Cleared, WriteError> {
    if !folder.is_dir() {
        return Ok(Cleared { removed: 0, kept: false });
    }
    let ours = manifest::read(folder)?;
    let place = Place { folder, ours: &ours };
    let mut removed = 0;
    for path in &ours {
        removed += usize::from(place.remove(path)?);
    }
    Stage::clear(folder)?;
    let manifest = folder.join(manifest::NAME);
    // Last, so that a removal that is cut short can be finished by another.
    if look(&manifest)?.is_some_and(|metadata| metadata.is_file()) {
        fs::remove_file(&manifest).map_err(|error| WriteError::io("remove", &manifest, error))?;
    }
    // Fails where something is left in it; a folder behind a link stays too.
    Ok(Cleared { removed, kept: fs::remove_dir(folder).is_err() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Output, write};
    use super::*;
    use crate::source::SitePath;

    fn built() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut output = Output::default();
        for path in ["index.html", "a/index.html", "a/b/c.png"] {
            output.insert(SitePath::new(path).unwrap(), path.as_bytes());
        }
        write(&output, &folder.path().join("public"), |_| ()).unwrap();
        folder
    }

    fn left(folder: &Path) -> BTreeSet<String> {
        let all = walkdir::WalkDir::new(folder).min_depth(1).into_iter().map(|entry| entry.unwrap().into_path());
        all.map(|path| path.strip_prefix(folder).unwrap().display().to_string()).collect()
    }

    #[test]
    fn a_folder_that_holds_nothing_else_goes_as_a_whole() {
        let folder = built();
        let public = folder.path().join("public");
        fs::create_dir(public.join(".blog-stage")).unwrap();
        assert_eq!(clear(&public).unwrap(), Cleared { removed: 3, kept: false });
        assert!(left(folder.path()).is_empty());
        assert_eq!(clear(&public).unwrap(), Cleared { removed: 0, kept: false }, "what is not there is clean");
    }

    #[test]
    fn what_no_build_wrote_stays() {
        let folder = built();
        let public = folder.path().join("public");
        fs::create_dir_all(public.join(".git")).unwrap();
        for path in ["CNAME", "a/mine", ".git/HEAD"] {
            fs::write(public.join(path), "mine").unwrap();
        }
        fs::write(public.join(".blog-manifest"), "index.html\na/index.html\na/b/c.png\n.git/HEAD\n../mine\n").unwrap();
        fs::write(folder.path().join("mine"), "mine").unwrap();
        assert_eq!(clear(&public).unwrap(), Cleared { removed: 3, kept: true });
        let kept = ["mine", "public", "public/.git", "public/.git/HEAD", "public/CNAME", "public/a", "public/a/mine"];
        assert_eq!(left(folder.path()), kept.map(str::to_owned).into());
        assert_eq!(clear(&public).unwrap(), Cleared { removed: 0, kept: true }, "without a manifest nothing is ours");
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed() {
        let folder = built();
        let (public, outside) = (folder.path().join("public"), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("index.html"), "theirs").unwrap();
        fs::remove_dir_all(public.join("a")).unwrap();
        std::os::unix::fs::symlink(outside.path(), public.join("a")).unwrap();
        assert_eq!(clear(&public).unwrap(), Cleared { removed: 1, kept: true });
        assert_eq!(left(outside.path()), ["index.html".to_owned()].into());
    }
}
