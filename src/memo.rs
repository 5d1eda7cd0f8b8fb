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

/// Bytes by the digest of what they answer. One file holds them all; those that a build did not ask for are not in the
/// file that it leaves.
#[derive(Debug, Default)]
pub struct Memo {
    file: Option<PathBuf>,
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
        Memo { file: Some(file.to_owned()), kept: read_entries(&bytes), ..Memo::default() }
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
        let key = Hash::of(question);
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

    /// Writes what was asked for, if that differs from what the file holds, and remembers it.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn save(&mut self) -> io::Result<()> {
        let asked = std::mem::take(self.asked.get_mut().expect("no holder panics"));
        let same = !std::mem::take(self.grown.get_mut()) && asked.len() == self.kept.len();
        self.kept = asked;
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
        for (key, answer) in &self.kept {
            bytes.extend(key.bytes());
            bytes.extend(u32::try_from(answer.len()).map_err(io::Error::other)?.to_le_bytes());
            bytes.extend(&**answer);
        }
        out.write_all(&bytes)?;
        out.persist(file)?;
        Ok(())
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
