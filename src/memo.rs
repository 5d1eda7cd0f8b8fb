#![expect(clippy::disallowed_methods, reason = "the door to remembered answers")]
//! Answers that are dear to compute, kept between builds by the digest of their question.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::source::Hash;

/// Bytes by the digest of what they answer. Those that a build did not ask for are forgotten with it.
#[derive(Debug, Default)]
pub struct Memo {
    file: Option<PathBuf>,
    /// What one file holds.
    lasting: Answers,
    /// What ends with the process.
    passing: Answers,
}

#[derive(Debug, Default)]
struct Answers {
    kept: HashMap<Hash, Arc<[u8]>>,
    asked: Mutex<HashMap<Hash, Arc<[u8]>>>,
    grown: AtomicBool,
}

/// First bytes of the file: its format.
const MAGIC: &[u8; 8] = b"blog-m1\n";

impl Memo {
    /// What the file remembers. A file that is not there, is cut off or is another's holds what can be read of it.
    pub fn load(file: &Path) -> Self {
        // Reading a pipe or a device may never end.
        let is_file = std::fs::metadata(file).is_ok_and(|metadata| metadata.is_file());
        let bytes = if is_file { std::fs::read(file).unwrap_or_default() } else { Vec::new() };
        let lasting = Answers { kept: read_entries(&bytes), ..Answers::default() };
        Memo { file: Some(file.to_owned()), lasting, ..Memo::default() }
    }

    /// The answer to a question, computed if it is not remembered. `question` holds all that decides the answer.
    pub fn answer(&self, question: &impl serde::Serialize, compute: impl FnOnce() -> Vec<u8>) -> Arc<[u8]> {
        let Ok(answer) = self.try_answer(question, || Ok::<_, Infallible>(compute()));
        answer
    }

    /// The same where there may be no answer, which is not remembered.
    ///
    /// # Errors
    /// Those of `compute`.
    pub fn try_answer<E>(
        &self,
        question: &impl serde::Serialize,
        compute: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Arc<[u8]>, E> {
        self.lasting.answer(Hash::of(question), compute)
    }

    /// The same for what is not worth the file: later builds of this process alone remember it.
    ///
    /// # Errors
    /// Those of `compute`.
    pub fn try_answer_in_process<E>(
        &self,
        question: &impl serde::Serialize,
        compute: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Arc<[u8]>, E> {
        self.passing.answer(Hash::of(question), compute)
    }

    /// Writes what was asked for, if that differs from what the file holds, and remembers it.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn save(&mut self) -> io::Result<()> {
        self.passing.turn();
        let same = !self.lasting.turn();
        match &self.file {
            Some(file) if !same => self.write(file),
            _ => Ok(()),
        }
    }

    fn write(&self, file: &Path) -> io::Result<()> {
        let folder = file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut out = tempfile::Builder::new().permissions(Permissions::from_mode(0o666)).tempfile_in(folder)?;
        let mut bytes = MAGIC.to_vec();
        for (key, answer) in &self.lasting.kept {
            bytes.extend(key.bytes());
            bytes.extend(u32::try_from(answer.len()).map_err(io::Error::other)?.to_le_bytes());
            bytes.extend(&**answer);
        }
        out.write_all(&bytes)?;
        out.persist(file)?;
        Ok(())
    }
}

impl Answers {
    fn answer<E>(&self, key: Hash, compute: impl FnOnce() -> Result<Vec<u8>, E>) -> Result<Arc<[u8]>, E> {
        let mut answer = self.kept.get(&key).cloned();
        if answer.is_none() {
            self.grown.store(true, Ordering::Relaxed);
            answer = self.asked.lock().expect("no holder panics").get(&key).cloned();
        }
        let answer = match answer {
            Some(answer) => answer,
            None => compute()?.into(),
        };
        self.asked.lock().expect("no holder panics").insert(key, answer.clone());
        Ok(answer)
    }

    /// Keeps what was asked for, and tells whether that is another than what was kept.
    fn turn(&mut self) -> bool {
        let asked = std::mem::take(self.asked.get_mut().expect("no holder panics"));
        let differs = std::mem::take(self.grown.get_mut()) || asked.len() != self.kept.len();
        self.kept = asked;
        differs
    }
}

fn read_entries(bytes: &[u8]) -> HashMap<Hash, Arc<[u8]>> {
    let mut entries = HashMap::new();
    let Some(mut rest) = bytes.strip_prefix(MAGIC) else { return entries };
    while let Some((key, behind)) = rest.split_first_chunk::<32>() {
        let Some((length, behind)) = behind.split_first_chunk::<4>() else { break };
        let Some((answer, behind)) = behind.split_at_checked(u32::from_le_bytes(*length) as usize) else { break };
        entries.insert(Hash::from_bytes(*key), answer.into());
        rest = behind;
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(memo: &Memo, question: &str) -> bool {
        let mut computed = false;
        let answer = memo.answer(&question, || {
            computed = true;
            question.to_uppercase().into_bytes()
        });
        assert_eq!(*answer, *question.to_uppercase().as_bytes());
        computed
    }

    #[test]
    fn answers_are_remembered_until_a_build_does_not_ask_for_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cache/memo");
        let mut memo = Memo::load(&file);
        assert_eq!((ask(&memo, "a"), ask(&memo, "b"), ask(&memo, "a")), (true, true, false));
        memo.save().unwrap();

        let mut memo = Memo::load(&file);
        assert!(!ask(&memo, "a"));
        memo.save().unwrap();
        assert!(!ask(&memo, "a"), "it is remembered within the process too");

        let memo = Memo::load(&file);
        assert_eq!((ask(&memo, "a"), ask(&memo, "b")), (false, true));
    }

    #[test]
    fn what_is_for_the_process_is_in_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("memo");
        let mut memo = Memo::load(&file);
        let ask = |memo: &Memo| {
            let mut computed = false;
            let answer = memo.try_answer_in_process(&"a", || {
                computed = true;
                Ok::<_, Infallible>(vec![1])
            });
            assert_eq!(*answer.unwrap(), [1]);
            computed
        };
        assert_eq!((ask(&memo), ask(&memo)), (true, false));
        memo.save().unwrap();
        assert!(!ask(&memo) && !file.exists());
        memo.save().unwrap();
        memo.save().unwrap();
        assert!(ask(&memo), "no build asked for it");
    }

    #[test]
    fn the_file_has_the_mode_of_any_new_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut memo = Memo::load(&folder.path().join("memo"));
        assert!(ask(&memo, "a"));
        memo.save().unwrap();
        std::fs::write(folder.path().join("any"), "").unwrap();
        let mode = |file: &str| std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode("memo"), mode("any"));
    }

    #[test]
    fn a_file_cut_off_anywhere_holds_what_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("memo");
        let mut memo = Memo::load(&file);
        assert!(ask(&memo, "a"));
        memo.save().unwrap();
        let bytes = std::fs::read(&file).unwrap();
        for length in 0..bytes.len() {
            assert_eq!(read_entries(&bytes[..length]).len(), 0);
        }
        assert_eq!(read_entries(&bytes).len(), 1);
        assert_eq!(read_entries(b"something else entirely, and long enough to be read").len(), 0);
    }
}
