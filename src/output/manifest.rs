#![expect(clippy::disallowed_methods, reason = "the list of written files is read back from the output folder")]

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::WriteError;
use crate::source::SitePath;

/// The file in the output folder that lists, one path a line, what builds wrote there. Only these may be removed.
pub(super) const NAME: &str = ".blog-manifest";

/// The paths that the manifest of a folder lists; none where there is no manifest.
///
/// The folder may come from anywhere, so a line counts only if it is a whole line, stays inside and is no part of a
/// repository that lives in the folder (a worktree for publishing).
pub(super) fn read(folder: &Path) -> Result<BTreeSet<SitePath>, WriteError> {
    let path = folder.join(NAME);
    let bytes = match path.symlink_metadata() {
        Ok(metadata) if metadata.is_file() => {
            std::fs::read(&path).map_err(|error| WriteError::io("read", &path, error))?
        }
        Ok(_) => return Ok(BTreeSet::new()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(WriteError::io("read", &path, error)),
    };
    let (lines, _cut_off) = bytes.split_at(bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1));
    Ok(lines.split(|&byte| byte == b'\n').filter_map(entry).collect())
}

fn entry(line: &[u8]) -> Option<SitePath> {
    let text = std::str::from_utf8(line).ok()?;
    let path = SitePath::new(text).ok()?;
    let ours = !text.is_empty() && path.as_str() == text && !path.segments().any(|segment| segment == ".git");
    ours.then_some(path)
}

/// The bytes of a manifest.
pub(super) fn render<'a>(paths: impl IntoIterator<Item = &'a SitePath>) -> Vec<u8> {
    let mut text = String::new();
    for path in paths {
        text.push_str(path.as_str());
        text.push('\n');
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_cut_off_or_leads_elsewhere_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let lines = b"a/index.html\n/etc/passwd\n../x\na/../../x\n\n.\na//b\n.git/config\n\xff\nb.html\nb.ht";
        std::fs::write(folder.path().join(NAME), lines).unwrap();
        let paths = read(folder.path()).unwrap();
        assert_eq!(paths.iter().map(SitePath::as_str).collect::<Vec<_>>(), ["a/index.html", "b.html"]);
        assert_eq!(render(&paths), b"a/index.html\nb.html\n");
    }

    #[test]
    fn no_manifest_lists_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).unwrap().is_empty());
        std::fs::create_dir(folder.path().join(NAME)).unwrap();
        assert!(read(folder.path()).unwrap().is_empty());
    }
}
