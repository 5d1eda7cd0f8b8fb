#![expect(clippy::disallowed_methods, reason = "removes the files of the cache")]

use std::io;
use std::path::Path;

use super::Failed;
use super::report::counted;
use super::site::{ANSWERS, TOOLS};
use crate::cells::Store;
use crate::output::{self, Cleared};

/// Empties the output folder; what to say of it, if anything was there.
pub(super) fn output(folder: &Path) -> Result<Option<String>, Failed> {
    let Cleared { removed, kept } = output::clear(folder)?;
    let rest = if kept { "; what no build wrote is still there" } else { "" };
    Ok((removed > 0).then(|| format!("{} of the site from {}{rest}", counted(removed, "file"), folder.display())))
}

/// Removes what is remembered between builds, and its folder if nothing else is in it.
pub(super) fn cache(folder: &Path) -> io::Result<Option<String>> {
    // A link leads to a folder of somebody's.
    if !folder.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Ok(None);
    }
    let mut removed = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(is_remembered) && !entry.file_type()?.is_dir() {
            std::fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    let rest = if std::fs::remove_dir(folder).is_err() { "; what no build wrote is still there" } else { "" };
    Ok((removed > 0).then(|| format!("{} of the cache from {}{rest}", counted(removed, "file"), folder.display())))
}

/// Whether a file of the cache is a build's: one that it keeps, or one that it was writing when it was killed.
fn is_remembered(name: &str) -> bool {
    let is_half_written = name
        .strip_prefix(".tmp")
        .is_some_and(|drawn| drawn.len() == 6 && drawn.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    [TOOLS, ANSWERS].contains(&name) || is_half_written
}

/// Removes every stored result. What cannot be read as one may be another's.
pub(super) fn results(store: &Store) -> io::Result<Option<String>> {
    let mut records = store.list();
    records.retain(|(post, cell)| matches!(store.read(post, cell), Ok(Some(_))));
    if records.is_empty() {
        return Ok(None);
    }
    store.remove(&records)?;
    store.remove_if_empty();
    Ok(Some(format!("{} from results/", counted(records.len(), "stored result"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_builds_leave_in_the_cache_is_theirs() {
        for name in ["tools.json", "answers", ".tmpAb3xYz"] {
            assert!(is_remembered(name), "{name}");
        }
        for name in ["notes", ".gitignore", ".tmp", ".tmpAb3xYzz", ".tmp../../", "tools.json~"] {
            assert!(!is_remembered(name), "{name}");
        }
    }
}
