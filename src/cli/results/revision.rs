#![expect(clippy::disallowed_methods, reason = "asks git for the files of a revision")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::cells::Record;
use crate::source::SitePath;

/// The records of a revision: by post and cell, each as far as it can be read.
pub(super) type Records = BTreeMap<(SitePath, String), Result<Record, String>>;

/// Reads the records that git keeps in a revision of the site.
///
/// # Errors
/// A sentence, if there is no git, no repository or no such revision.
pub(super) fn records(root: &Path, revision: &str) -> Result<Records, String> {
    let tree = format!("{revision}^{{tree}}");
    let known = git(root, &["rev-parse", "--verify", "--quiet", &tree], Stdio::null())?;
    if !known.status.success() {
        let inside = git(root, &["rev-parse", "--git-dir"], Stdio::null())?.status.success();
        return Err(if inside {
            format!("git knows no revision `{}`", revision.escape_debug())
        } else {
            "this site is not in a git repository".to_owned()
        });
    }
    let listing = git(root, &["ls-tree", "-r", "-z", revision, "--", "results/"], Stdio::null())?;
    let blobs = blobs(&String::from_utf8_lossy(&succeeded(listing)?.stdout));
    let contents = contents(root, &blobs)?;
    let files: BTreeMap<&str, &[u8]> =
        blobs.iter().map(|(path, _)| path.as_str()).zip(contents.iter().map(Vec::as_slice)).collect();
    Ok(files.iter().filter_map(|(path, bytes)| record(path, bytes, &files)).collect())
}

/// The regular files in what `git ls-tree -r -z` prints: path and object.
fn blobs(listing: &str) -> Vec<(String, String)> {
    let entry = |entry: &str| {
        let (facts, path) = entry.split_once('\t')?;
        let mut facts = facts.split(' ');
        let (mode, kind, object) = (facts.next()?, facts.next()?, facts.next()?);
        (mode.starts_with("100") && kind == "blob").then(|| (path.to_owned(), object.to_owned()))
    };
    listing.split('\0').filter_map(entry).collect()
}

/// What each of these objects holds, in their order.
fn contents(root: &Path, blobs: &[(String, String)]) -> Result<Vec<Vec<u8>>, String> {
    let asked: String = blobs.iter().flat_map(|(_, object)| [object.as_str(), "\n"]).collect();
    let answers =
        succeeded(git(root, &["cat-file", "--batch"], written(&asked).map_err(|error| error.to_string())?.into())?)?;
    let mut rest = answers.stdout.as_slice();
    let mut contents = Vec::new();
    for _ in blobs {
        // `<object> blob <size>`, a line break, the bytes, a line break: `git-cat-file(1)`, "Batch output".
        let unexpected = || "git printed something unexpected".to_owned();
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(unexpected)?;
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let size: usize = head.rsplit(' ').next().and_then(|size| size.parse().ok()).ok_or_else(unexpected)?;
        let bytes = rest.get(end + 1..end + 1 + size).ok_or_else(unexpected)?;
        contents.push(bytes.to_vec());
        rest = rest.get(end + size + 2..).unwrap_or_default();
    }
    Ok(contents)
}

/// A file that holds a text, to be read from its beginning.
fn written(text: &str) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(text.as_bytes())?;
    file.rewind()?;
    Ok(file)
}

fn record(
    path: &str,
    bytes: &[u8],
    files: &BTreeMap<&str, &[u8]>,
) -> Option<((SitePath, String), Result<Record, String>)> {
    let (folder, name) = path.strip_prefix("results/")?.rsplit_once('/')?;
    let cell = name.strip_suffix(".toml").filter(|cell| !cell.is_empty() && !cell.contains('.'))?;
    let post = SitePath::new(folder).ok()?;
    let read = |text: &str| -> Result<Record, String> {
        let record = Record::from_toml(text)?;
        let mut record = record.ok_or_else(|| "it is of an earlier format".to_owned())?;
        let stem = path.trim_end_matches("toml");
        let beside = |extension: &str| files.get(format!("{stem}{extension}").as_str()).map(|bytes| bytes.to_vec());
        record.fill_in(|extension| Ok::<_, String>(beside(extension).unwrap_or_default()))?;
        Ok(record)
    };
    let record = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned()).and_then(read);
    Some(((post, cell.to_owned()), record))
}

/// Runs git in the site's folder. Neither hooks nor other programs that the repository names are run.
fn git(root: &Path, arguments: &[&str], stdin: Stdio) -> Result<Output, String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]);
    let output = command.args(arguments).stdin(stdin).output();
    output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "`git` is not on this machine".to_owned(),
        _ => format!("`git` cannot be started: {error}"),
    })
}

fn succeeded(output: Output) -> Result<Output, String> {
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("git failed: {}", said.lines().next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_other_repositories_are_no_files() {
        let listing =
            "100644 blob aa\tresults/a/x.toml\x00120000 blob bb\tresults/a/link\x00160000 commit cc\tresults/sub\0";
        assert_eq!(blobs(listing), [("results/a/x.toml".to_owned(), "aa".to_owned())]);
        assert_eq!(blobs(""), []);
    }
}
