#![expect(clippy::disallowed_methods, reason = "the door to stored results")]

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Record, Sample};
use crate::source::{Hash, SitePath};

/// Results of cells in a folder, made to be committed: `<post>/<cell>.toml` with `.out` and `.err` beside it. Raw samples
/// go to a cache folder that is not.
#[derive(Debug, Clone)]
pub struct Store {
    results: PathBuf,
    cache: PathBuf,
}

impl Store {
    /// The store in the folders for results and for the cache; neither needs to be there.
    pub fn new(results: impl Into<PathBuf>, cache: impl Into<PathBuf>) -> Self {
        Store { results: results.into(), cache: cache.into() }
    }

    /// The record of a cell, if there is one of this very program. A record that cannot be read, or is of another format
    /// or program, is as good as none.
    pub fn get(&self, post: &SitePath, cell: &str, program: &Hash) -> Option<Record> {
        let path = |extension: &str| self.results.join(post.as_str()).join(format!("{cell}.{extension}"));
        let text = read(&path("toml")).ok()?;
        let mut record: Record = toml::from_str(&text).ok()?;
        record
            .fill_in(|extension| match read(&path(extension)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
                other => other.map(String::into_bytes),
            })
            .ok()?;
        (record.is_of(program) && record.is_whole()).then_some(record)
    }

    /// Keeps a record in place of the one before, and then the raw samples in the cache, if that can be written to. Each
    /// file is written whole or not at all, the one that makes the record valid last.
    ///
    /// # Errors
    /// A folder for results that cannot be written to.
    pub fn put(&self, post: &SitePath, cell: &str, record: Record, samples: &[&[Sample]]) -> io::Result<Record> {
        let text = toml::to_string(&record).map_err(io::Error::other)?;
        let folder = self.results.join(post.as_str());
        std::fs::create_dir_all(&folder)?;
        let remove = |name: String| match std::fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
        // Between here and the end there is no record, rather than one that fits only half of its files.
        remove(format!("{cell}.toml"))?;
        for (extension, bytes) in record.texts() {
            write(&folder, &format!("{cell}.{extension}"), &bytes)?;
        }
        write(&folder, &format!("{cell}.toml"), text.as_bytes())?;
        // The record tells all that a page shows; a cache that cannot be written to is no reason to do without it.
        let _ = self.put_samples(post, cell, samples);
        Ok(record)
    }

    fn put_samples(&self, post: &SitePath, cell: &str, samples: &[&[Sample]]) -> io::Result<()> {
        let folder = self.cache.join("samples").join(post.as_str());
        std::fs::create_dir_all(&folder)?;
        write(&folder, &format!("{cell}.json"), &serde_json::to_vec(samples)?)
    }
}

/// Reads a file. A pipe or a device is none: reading it may never end.
fn read(path: &Path) -> io::Result<String> {
    if std::fs::metadata(path)?.is_file() {
        std::fs::read_to_string(path)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// Writes a file that others may read and change as far as the user's mask lets them: it will be committed.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file =
        tempfile::Builder::new().prefix(".").permissions(Permissions::from_mode(0o666)).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(folder.join(name))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::{Case, End, Exit, Machine, Outcome};

    fn outcome() -> Outcome {
        let sample = Sample { wall: 1_500_000, cpu: 1_000_000, rss: 2 << 20, ..Sample::default() };
        let end = End {
            exit: Exit::Code(0),
            count: 9,
            shown: Vec::new(),
            stdout: "out\n".into(),
            stderr: String::new(),
            misunderstood: None,
        };
        Outcome {
            build: None,
            cases: vec![Case { ends: vec![end], samples: vec![sample; 9], ..Case::default() }],
            session: "s".to_owned(),
            machine: Machine { cores: 2, toolchain: "rustc 1.95.0".into(), ..Machine::default() },
        }
    }

    fn kept(folder: &Path) -> (Store, SitePath, Hash, Record) {
        let store = Store::new(folder.join("results"), folder.join("cache"));
        let (post, program) = (SitePath::new("posts/gil").unwrap(), Hash::of_bytes(b"x"));
        let record = Record::of(&program, &outcome());
        store.put(&post, "a", record.clone(), &[&outcome().cases[0].samples]).unwrap();
        (store, post, program, record)
    }

    #[test]
    fn a_record_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let (store, post, program, record) = kept(folder.path());
        assert_eq!(store.get(&post, "a", &program), Some(record));
        assert_eq!(store.get(&post, "b", &program), None);
        assert_eq!(store.get(&post, "a", &Hash::of_bytes(b"y")), None, "a record of another program");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let (store, post, program, _) = kept(folder.path());
        let file = folder.path().join("results/posts/gil/a.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        for broken in ["", "format = 1\n", &text[..text.len() / 2], "\0", &text.replace("format = 2", "format = 0")] {
            std::fs::write(&file, broken).unwrap();
            assert_eq!(store.get(&post, "a", &program), None, "{broken}");
        }
        std::fs::write(&file, text).unwrap();
        assert!(store.get(&post, "a", &program).is_some());
        std::fs::remove_file(file.with_extension("out")).unwrap();
        assert_eq!(store.get(&post, "a", &program), None, "what it printed is gone");
    }

    #[test]
    fn a_record_does_not_depend_on_the_cache() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("cache"), "a file where the folder should be").unwrap();
        let (store, post, program, record) = kept(folder.path());
        assert_eq!(store.get(&post, "a", &program), Some(record));
    }

    #[test]
    fn files_have_the_mode_of_any_new_file() {
        let folder = tempfile::tempdir().unwrap();
        kept(folder.path());
        let mode = |file: &str| std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        std::fs::write(folder.path().join("any"), "").unwrap();
        for file in ["results/posts/gil/a.toml", "results/posts/gil/a.out", "cache/samples/posts/gil/a.json"] {
            assert_eq!(mode(file), mode("any"), "{file}");
        }
    }

    #[test]
    fn a_record_holds_one_value_a_line_and_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        kept(folder.path());
        let text = std::fs::read_to_string(folder.path().join("results/posts/gil/a.toml")).unwrap();
        assert!(text.starts_with("format = 2\nprogram = \""), "{text}");
        assert!(!text.contains(folder.path().to_str().unwrap()));
        assert!(!folder.path().join("results/posts/gil/a.err").exists());
    }
}
