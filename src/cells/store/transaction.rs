//! Replacing several files in one step.
//!
//! New files are written to a journal, a hidden folder beside the old ones. The journal becomes valid by one rename; from
//! then on the change has happened, whatever becomes of this process: who opens the folder next finishes it. Before that,
//! nothing has happened. A process that changes the folder holds its lock.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cells::launcher;

/// The folder of the journal.
const JOURNAL: &str = ".journal";

/// The file that makes it valid: what is to be done.
const PLAN: &str = "plan.json";

/// A folder whose files are replaced in steps, by whoever holds its lock.
pub(super) struct Transaction {
    folder: PathBuf,
    steps: Vec<Step>,
    _lock: File,
}

/// What is to be done to one file. Doing it twice is doing it once.
#[derive(Debug, Serialize, Deserialize)]
enum Step {
    /// A file of the journal, by its number, takes its place.
    Put(usize, PathBuf),
    /// It goes.
    Remove(PathBuf),
}

impl Step {
    /// Whether it stays below the folder and finds no folder where a file should be. A plan may be anybody's: a folder of
    /// results is copied and committed.
    fn check(&self, folder: &Path) -> io::Result<()> {
        let (Step::Put(_, path) | Step::Remove(path)) = self;
        let wrong = |why: &str| Err(io::Error::other(format!("{}: {why}", path.display())));
        if path.components().any(|part| !matches!(part, Component::Normal(_))) || path.file_name().is_none() {
            return wrong("it is not below the folder");
        }
        let is_folder = |path: &Path| match fs::symlink_metadata(folder.join(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            other => other.map(|metadata| Some(metadata.is_dir())),
        };
        // From the outside in: a link is seen before anything is looked for behind it.
        let above: Vec<&Path> = path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()).collect();
        for above in above.into_iter().rev() {
            if is_folder(above)? == Some(false) {
                return wrong("a link or a file is where a folder should be");
            }
        }
        if is_folder(path)? == Some(true) { wrong("a folder is where a file should be") } else { Ok(()) }
    }
}

impl Transaction {
    /// Begins a change of a folder, which is made if it is not there, once nobody else changes it; finishes what somebody
    /// else left behind.
    pub(super) fn begin(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let lock = lock(folder)?;
        recover(folder)?;
        Ok(Transaction { folder: folder.to_owned(), steps: Vec::new(), _lock: lock })
    }

    /// Puts a file at a path below the folder, in place of what may be there.
    pub(super) fn put(&mut self, path: PathBuf, bytes: &[u8]) -> io::Result<()> {
        let journal = self.folder.join(JOURNAL);
        fs::create_dir_all(&journal)?;
        let number = self.steps.len();
        let mut file = File::create(journal.join(number.to_string()))?;
        // A mode like that of any new file: it will be committed.
        file.write_all(bytes)?;
        file.sync_data()?;
        self.steps.push(Step::Put(number, path));
        Ok(())
    }

    /// Removes a file below the folder.
    pub(super) fn remove(&mut self, path: PathBuf) {
        self.steps.push(Step::Remove(path));
    }

    /// Does all of it, or nothing if something is in the way: a valid journal has to be one that can be finished.
    pub(super) fn commit(self) -> io::Result<()> {
        self.steps.iter().try_for_each(|step| step.check(&self.folder))?;
        let journal = self.folder.join(JOURNAL);
        fs::create_dir_all(&journal)?;
        let mode = Permissions::from_mode(0o666);
        let mut plan = tempfile::Builder::new().prefix("plan-").permissions(mode).tempfile_in(&journal)?;
        plan.write_all(&serde_json::to_vec(&self.steps)?)?;
        plan.as_file().sync_data()?;
        plan.persist(journal.join(PLAN))?;
        finish(&self.folder, &self.steps)
    }
}

/// Finishes what a process left behind that was killed on its way, and then looks at the folder while nobody changes it.
pub(super) fn recovered<T>(folder: &Path, look: impl FnOnce() -> T) -> io::Result<T> {
    let _lock = lock(folder)?;
    recover(folder)?;
    Ok(look())
}

/// Locks the folder itself, so that there is no file for that; until it is dropped.
fn lock(folder: &Path) -> io::Result<File> {
    let file = File::open(folder)?;
    launcher::lock(file.as_fd(), || ())?;
    Ok(file)
}

fn recover(folder: &Path) -> io::Result<()> {
    let journal = folder.join(JOURNAL);
    if !journal.exists() {
        return Ok(());
    }
    let plan = fs::read(journal.join(PLAN)).ok();
    // A plan that is there is whole, since it came there by a rename; one that cannot be done is not ours, or not any more.
    let steps: Option<Vec<Step>> = plan.and_then(|plan| serde_json::from_slice(&plan).ok());
    let steps = steps.filter(|steps| steps.iter().all(|step| step.check(folder).is_ok()));
    finish(folder, &steps.unwrap_or_default())
}

fn finish(folder: &Path, steps: &[Step]) -> io::Result<()> {
    let journal = folder.join(JOURNAL);
    let absent = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    for step in steps {
        match step {
            Step::Put(number, path) => {
                let path = folder.join(path);
                fs::create_dir_all(path.parent().unwrap_or(folder))?;
                // Not there any more where it was done before.
                absent(fs::rename(journal.join(number.to_string()), path))?;
            }
            Step::Remove(path) => {
                absent(fs::remove_file(folder.join(path)))?;
                remove_empty(folder, folder.join(path).parent());
            }
        }
    }
    // The plan first: without it the rest means nothing.
    absent(fs::remove_file(journal.join(PLAN)))?;
    absent(fs::remove_dir_all(journal))
}

/// Removes a folder that holds nothing any more, and those above it up to the outermost.
fn remove_empty(outermost: &Path, folder: Option<&Path>) {
    let mut folder = folder;
    while let Some(inner) = folder.filter(|inner| *inner != outermost) {
        // Fails if there is something in it.
        if fs::remove_dir(inner).is_err() {
            return;
        }
        folder = inner.parent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path) -> Vec<String> {
        let all = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
        let files = all.filter(|entry| entry.file_type().is_file());
        files.map(|entry| entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned()).collect()
    }

    fn put(folder: &Path, files: &[(&str, &str)]) -> Transaction {
        let mut transaction = Transaction::begin(folder).unwrap();
        for (path, text) in files {
            transaction.put(path.into(), text.as_bytes()).unwrap();
        }
        transaction
    }

    #[test]
    fn files_come_and_go_together() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = put(folder.path(), &[("a/b/x.toml", "1"), ("a/b/x.out", "2")]);
        first.remove("nowhere/y".into());
        first.commit().unwrap();
        assert_eq!(files(folder.path()), ["a/b/x.out", "a/b/x.toml"]);
        let mut second = put(folder.path(), &[("c", "3")]);
        second.remove("a/b/x.toml".into());
        second.remove("a/b/x.out".into());
        second.commit().unwrap();
        assert_eq!(files(folder.path()), ["c"]);
        assert!(!folder.path().join("a").exists(), "nor the folders that held nothing else");
    }

    #[test]
    fn a_plan_that_leaves_the_folder_is_thrown_away() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("results");
        let victim = outside.path().join("victim");
        for plan in [
            r#"[{"Put":[0,"../new"]}]"#.to_owned(),
            r#"[{"Put":[0,"link/new"]}]"#.to_owned(),
            r#"[{"Put":[0,""]}]"#.to_owned(),
            r#"[{"Put":[0,"x"]},{"Remove":"../victim"}]"#.to_owned(),
            format!(r#"[{{"Remove":{victim:?}}}]"#),
            r#"[{"Remove":"link/victim"}]"#.to_owned(),
        ] {
            fs::create_dir_all(folder.join(JOURNAL)).unwrap();
            fs::write(folder.join(JOURNAL).join("0"), "new").unwrap();
            fs::write(folder.join(JOURNAL).join(PLAN), &plan).unwrap();
            fs::write(&victim, "old").unwrap();
            let _ = std::os::unix::fs::symlink("..", folder.join("link"));
            drop(Transaction::begin(&folder).unwrap());
            assert_eq!(files(outside.path()), ["victim"], "{plan}");
        }
    }

    #[test]
    fn a_folder_in_the_way_stops_one_change_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/x.toml")).unwrap();
        let change = put(folder.path(), &[("a/x.out", "new"), ("a/x.toml", "new")]);
        assert_eq!(change.commit().unwrap_err().to_string(), "a/x.toml: a folder is where a file should be");
        put(folder.path(), &[("a/y.toml", "new")]).commit().unwrap();
        assert_eq!(files(folder.path()), ["a/y.toml"]);
    }

    #[test]
    fn a_folder_that_came_in_the_way_of_a_plan_does_not_stop_the_next() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("x")).unwrap();
        fs::create_dir(folder.path().join(JOURNAL)).unwrap();
        fs::write(folder.path().join(JOURNAL).join(PLAN), r#"[{"Remove":"x"}]"#).unwrap();
        put(folder.path(), &[("y", "new")]).commit().unwrap();
        assert_eq!(files(folder.path()), ["y"]);
    }

    #[test]
    fn what_was_not_committed_has_not_happened() {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), &[("x", "old")]).commit().unwrap();
        drop(put(folder.path(), &[("x", "new")]));
        assert_eq!(files(folder.path()), [".journal/0", "x"]);
        drop(Transaction::begin(folder.path()).unwrap());
        assert_eq!(
            (files(folder.path()), fs::read_to_string(folder.path().join("x")).unwrap()),
            (vec!["x".into()], "old".into())
        );
    }

    #[test]
    fn what_was_committed_is_finished_by_whoever_comes_next() {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), &[("x", "old"), ("z", "old")]).commit().unwrap();
        let journal = folder.path().join(JOURNAL);
        fs::create_dir(&journal).unwrap();
        // As it is when a process is killed after its first step.
        fs::write(folder.path().join("x"), "new").unwrap();
        fs::write(journal.join("1"), "new").unwrap();
        fs::write(journal.join(PLAN), r#"[{"Put":[0,"x"]},{"Put":[1,"y"]},{"Remove":"z"}]"#).unwrap();
        recovered(folder.path(), || ()).unwrap();
        assert_eq!(files(folder.path()), ["x", "y"]);
        recovered(folder.path(), || ()).unwrap();
    }

    #[test]
    fn a_journal_that_is_none_is_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(JOURNAL)).unwrap();
        fs::write(folder.path().join(JOURNAL).join(PLAN), "no plan").unwrap();
        recovered(folder.path(), || ()).unwrap();
        assert!(files(folder.path()).is_empty());
    }
}
