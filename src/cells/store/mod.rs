#![expect(clippy::disallowed_methods, reason = "the door to stored results")]

mod churn;
mod difference;
mod transaction;

use std::io;
use std::path::{Path, PathBuf};

use self::transaction::Transaction;
use super::Record;
use crate::source::{Hash, SitePath, system_says};

pub use churn::is_news;
pub use difference::{changes, in_a_line};

/// What a store has of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A record of the program.
    Record(Box<Record>),
    /// One of another program: what the cell was before.
    Stale(Box<Record>),
    /// Nothing.
    Nothing,
    /// Something that is no record: which file, and what is wrong with it.
    Unreadable(String),
}

/// Results of cells in a folder, made to be committed: `<post>/<cell>.toml`, with what it printed in `.out` and `.err` and
/// every run in `.samples.json` beside it.
#[derive(Debug, Clone)]
pub struct Store {
    results: PathBuf,
}

impl Store {
    /// The store in the folder for results, which need not be there.
    pub fn new(results: impl Into<PathBuf>) -> Self {
        Store { results: results.into() }
    }

    /// The record of a cell, if there is one of this very program.
    pub fn get(&self, post: &SitePath, cell: &str, program: &Hash) -> Found {
        match self.read(post, cell) {
            Ok(Some(record)) if record.is_of(program) => Found::Record(Box::new(record)),
            Ok(Some(record)) => Found::Stale(Box::new(record)),
            Ok(None) => Found::Nothing,
            Err(why) => Found::Unreadable(why),
        }
    }

    /// The record of a cell, of whatever program, if there is one. The error says which file is wrong, and why.
    pub fn read(&self, post: &SitePath, cell: &str) -> Result<Option<Record>, String> {
        self.read_as_it_is(post, cell).or_else(|_| {
            // Somebody may be changing it, or was killed while doing so.
            let again = transaction::recovered(&self.results, || self.read_as_it_is(post, cell));
            again.map_err(|error| format!("results/{post}/{cell}.toml: {error}"))?
        })
    }

    fn read_as_it_is(&self, post: &SitePath, cell: &str) -> Result<Option<Record>, String> {
        let folder = self.results.join(post.as_str());
        let name = format!("results/{post}/{cell}");
        let Some(text) = read(&folder.join(format!("{cell}.toml"))).map_err(|why| format!("{name}.toml: {why}"))?
        else {
            return Ok(None);
        };
        let text = String::from_utf8(text).map_err(|_| format!("{name}.toml: it is not UTF-8 text"))?;
        let mut record = match Record::from_toml(&text) {
            Ok(Some(record)) => record,
            Ok(None) => return Ok(None),
            Err(why) => return Err(format!("{name}.toml: {why}")),
        };
        let is_whole = record.fill_in(|extension| {
            let bytes = read(&folder.join(format!("{cell}.{extension}")));
            bytes.map(Option::unwrap_or_default).map_err(|why| format!("{name}.{extension}: {why}"))
        })?;
        if is_whole {
            Ok(Some(record))
        } else {
            Err(format!("{name}.out and what else is beside it are not those of {name}.toml"))
        }
    }

    /// Keeps a record in place of the one before, all of its files in one step.
    ///
    /// # Errors
    /// A folder for results that cannot be written to.
    pub fn put(&self, post: &SitePath, cell: &str, record: &Record) -> io::Result<()> {
        let text = toml::to_string(record).map_err(io::Error::other)?;
        let place = |extension: &str| Path::new(post.as_str()).join(format!("{cell}.{extension}"));
        let mut change = Transaction::begin(&self.results)?;
        let texts = record.texts();
        let keeps = |extension: &str| extension == "toml" || texts.contains_key(extension);
        for old in self.files_of(post, cell).into_iter().filter(|extension| !keeps(extension)) {
            change.remove(place(&old));
        }
        for (extension, bytes) in &texts {
            change.put(place(extension), bytes)?;
        }
        change.put(place("toml"), text.as_bytes())?;
        change.commit()
    }

    /// Every cell that has a record: its post and its name, in order. What is no record is passed over, and links are not
    /// followed.
    pub fn list(&self) -> Vec<(SitePath, String)> {
        let all = walkdir::WalkDir::new(&self.results).min_depth(2).sort_by_file_name().into_iter().flatten();
        let record = |entry: walkdir::DirEntry| {
            let inner = entry.path().strip_prefix(&self.results).ok()?.to_str()?;
            let (folder, name) = inner.rsplit_once('/')?;
            let cell = name.strip_suffix(".toml").filter(|cell| !cell.is_empty() && !cell.contains('.'))?;
            let is_record = entry.file_type().is_file() && !folder.starts_with('.');
            is_record.then_some((SitePath::new(folder).ok()?, cell.to_owned()))
        };
        all.filter_map(record).collect()
    }

    /// Removes records, all in one step.
    ///
    /// # Errors
    /// A folder for results that cannot be written to.
    pub fn remove(&self, records: &[(SitePath, String)]) -> io::Result<()> {
        let mut change = Transaction::begin(&self.results)?;
        for (post, cell) in records {
            for extension in self.files_of(post, cell) {
                change.remove(Path::new(post.as_str()).join(format!("{cell}.{extension}")));
            }
        }
        change.commit()
    }

    /// Removes the folder, if nothing is left in it.
    pub fn remove_if_empty(&self) {
        // Fails where something is in it.
        let _ = std::fs::remove_dir(&self.results);
    }

    /// What follows the name of a cell and a dot in the names of its files. A folder is not ours, nor is a name that no record
    /// gives.
    fn files_of(&self, post: &SitePath, cell: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.results.join(post.as_str())).into_iter().flatten().flatten();
        let of_cell = |entry: std::fs::DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            if entry.file_type().ok()?.is_dir() {
                return None;
            }
            let extension = name.strip_prefix(cell)?.strip_prefix('.')?;
            is_of_a_record(extension).then(|| extension.to_owned())
        };
        entries.filter_map(of_cell).collect()
    }
}

/// Whether a record may have a file whose name ends so: see [`Record::texts`].
fn is_of_a_record(extension: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let of_an_end = |prefix: &str| prefix.split_once('-').is_some_and(|(case, end)| is_number(case) && is_number(end));
    let kind = extension.split_once('.').filter(|(prefix, _)| of_an_end(prefix)).map_or(extension, |(_, rest)| rest);
    let shown = kind.strip_prefix("shown-").and_then(|rest| rest.split_once('.'));
    matches!(kind, "toml" | "out" | "err" | "trace" | "pftrace" | "samples.json")
        || shown
            .is_some_and(|(number, word)| is_number(number) && word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Reads a file, if it is there. A folder, a pipe or a device is none: reading it may never end.
fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(system_says(&error)),
        Ok(metadata) if !metadata.is_file() => return Err("it is no file".to_owned()),
        Ok(_) => {}
    }
    match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some).map_err(|error| system_says(&error)),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::cells::{Case, End, Exit, Machine, Outcome, Sample};

    fn outcome() -> Outcome {
        let sample = Sample { wall: 1_500_000, cpu: 1_000_000, rss: 2 << 20, ..Sample::default() };
        let end = End {
            exit: Exit::Code(0),
            count: 9,
            threads: Vec::new(),
            shown: Vec::new(),
            stdout: "out\n".into(),
            stderr: String::new(),
            misunderstood: None,
        };
        Outcome {
            build: None,
            cases: vec![Case { ends: vec![end], samples: vec![sample; 9], ..Case::default() }],
            timeline: None,
            perfetto: Vec::new(),
            session: "s".to_owned(),
            machine: Machine { cores: 2, toolchain: "rustc 1.95.0".into(), ..Machine::default() },
        }
    }

    fn kept(folder: &Path) -> (Store, SitePath, Hash, Record) {
        let store = Store::new(folder.join("results"));
        let (post, program) = (SitePath::new("posts/gil").unwrap(), Hash::of_bytes(b"x"));
        let record = Record::of(&program, &outcome());
        store.put(&post, "a", &record).unwrap();
        (store, post, program, record)
    }

    fn found(record: Record) -> Found {
        Found::Record(Box::new(record))
    }

    #[test]
    fn a_record_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let (store, post, program, record) = kept(folder.path());
        assert_eq!(store.get(&post, "a", &program), found(record.clone()));
        assert_eq!(store.get(&post, "b", &program), Found::Nothing);
        assert_eq!(store.get(&post, "a", &Hash::of_bytes(b"y")), Found::Stale(Box::new(record)));
    }

    #[test]
    fn a_file_that_is_no_record_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (store, post, program, record) = kept(folder.path());
        let file = folder.path().join("results/posts/gil/a.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let newer = text.replace("format = 3", "format = 4");
        for (broken, why) in [
            ("", "it is no record: missing field `format`"),
            ("format = 3\n", "it is no record: missing field `program`"),
            (&text[..text.len() / 2], "it is no record: "),
            ("\0", "it is no record: "),
            (&newer, "it is of format 4, which only a newer `blog` reads"),
        ] {
            std::fs::write(&file, broken).unwrap();
            let Found::Unreadable(said) = store.get(&post, "a", &program) else { panic!("{broken}") };
            assert!(said.starts_with(&format!("results/posts/gil/a.toml: {why}")), "{said}");
        }
        std::fs::write(&file, text.replace("format = 3", "format = 2")).unwrap();
        assert_eq!(store.get(&post, "a", &program), Found::Nothing, "of an earlier format");
        std::fs::write(&file, b"\xff").unwrap();
        assert!(matches!(store.get(&post, "a", &program), Found::Unreadable(_)));
        std::fs::write(&file, text).unwrap();
        assert_eq!(store.get(&post, "a", &program), found(record));
        std::fs::write(file.with_extension("out"), "something else").unwrap();
        assert!(matches!(store.get(&post, "a", &program), Found::Unreadable(_)), "what it printed is another's");
        std::fs::remove_file(&file).unwrap();
        std::fs::create_dir(&file).unwrap();
        assert!(matches!(store.get(&post, "a", &program), Found::Unreadable(_)), "a folder");
    }

    #[test]
    fn files_have_the_mode_of_any_new_file() {
        let folder = tempfile::tempdir().unwrap();
        kept(folder.path());
        let mode = |file: &str| std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        std::fs::write(folder.path().join("any"), "").unwrap();
        for file in ["results/posts/gil/a.toml", "results/posts/gil/a.out", "results/posts/gil/a.samples.json"] {
            assert_eq!(mode(file), mode("any"), "{file}");
        }
    }

    #[test]
    fn records_are_listed_and_removed_with_all_of_their_files() {
        let folder = tempfile::tempdir().unwrap();
        let (store, post, _, record) = kept(folder.path());
        store.put(&post, "a-b", &record).unwrap();
        std::fs::write(folder.path().join("results/posts/gil/a.2-1.out"), "").unwrap();
        std::fs::write(folder.path().join("results/README.md"), "not ours").unwrap();
        std::fs::create_dir(folder.path().join("results/posts/gil/a.bak")).unwrap();
        for name in ["a.2-1.shown-1.svg", "a.shown-2.html", "a.pftrace", "a.shown.txt", "a.notes.md", "a.x-1.out"] {
            std::fs::write(folder.path().join("results/posts/gil").join(name), "").unwrap();
        }
        store.put(&post, "a", &record).unwrap();
        assert_eq!(store.list(), [(post.clone(), "a-b".to_owned()), (post.clone(), "a".to_owned())]);
        store.remove(&[(post.clone(), "a".to_owned())]).unwrap();
        assert_eq!(store.list(), [(post.clone(), "a-b".to_owned())]);
        std::fs::remove_dir(folder.path().join("results/posts/gil/a.bak")).expect("a folder is not ours");
        for name in ["a.shown.txt", "a.notes.md", "a.x-1.out"] {
            std::fs::remove_file(folder.path().join("results/posts/gil").join(name)).expect("a name of no record");
        }
        assert_eq!(std::fs::read_dir(folder.path().join("results/posts/gil")).unwrap().count(), 3);
        store.remove(&[(post, "a-b".to_owned())]).unwrap();
        let left: Vec<_> = std::fs::read_dir(folder.path().join("results")).unwrap().flatten().collect();
        assert_eq!(left.len(), 1, "what is not ours stays: {left:?}");
    }

    #[test]
    fn a_record_holds_one_value_a_line_and_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        kept(folder.path());
        let text = std::fs::read_to_string(folder.path().join("results/posts/gil/a.toml")).unwrap();
        assert!(text.starts_with("format = 3\nprogram = \""), "{text}");
        assert!(text.contains("\n[cases.measured.wall]\nn = 9\nmedian = "), "{text}");
        assert!(!text.contains(folder.path().to_str().unwrap()));
        assert!(!folder.path().join("results/posts/gil/a.err").exists());
    }
}
