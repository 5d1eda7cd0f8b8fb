//! The compilers and interpreters of this machine: where they are, and what they say of themselves.

#![expect(clippy::disallowed_methods, reason = "the door to the file that remembers versions")]

use std::collections::{BTreeMap, HashMap};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{env, fs};

use super::scratch::Scratch;
use super::{environment, failed};
use crate::cells::{Exit, Job, Launcher, Limits, Net, Program, RunnerError};
use crate::source::Hash;

/// What a tool may use up while it answers a question.
const OF_AN_ANSWER: Limits = Limits { time: 20_000_000_000, memory: 4 << 30, output: 64 << 10, processes: 512 };

/// What a shell, and a proxy like pyenv's, ends with if there is no such program.
const NOT_FOUND: Exit = Exit::Code(127);

/// A command line, the names of the environment variables that the tool is given where the author has them, and those by which
/// a site pins its version.
type Question = (Vec<String>, Vec<String>, BTreeMap<String, String>);

/// What was answered to a question, if it was yet.
type Answer = Arc<Mutex<Option<String>>>;

/// Whose tools are asked: how their version is asked for, and what decides which of them answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose<'a> {
    pub(super) version: &'a [String],
    pub(super) resolve: &'a BTreeMap<String, Vec<String>>,
    pub(super) env: &'a [String],
    pub(super) pins: &'a BTreeMap<String, String>,
}

impl<'a> From<&'a Program> for Whose<'a> {
    fn from(program: &'a Program) -> Self {
        Whose { version: &program.version, resolve: &program.resolve, env: &program.tool_env, pins: &program.pins }
    }
}

/// Answers of tools, each asked for until it is given: what is missing may be installed meanwhile.
#[derive(Debug, Default)]
pub(super) struct Tools {
    answers: Mutex<HashMap<Question, Answer>>,
    /// What was said last of versions, by the digest of the question, and the file that keeps it.
    last: Option<(PathBuf, Mutex<BTreeMap<String, String>>)>,
}

impl Tools {
    /// Tools whose versions are remembered in a file. One that cannot be read remembers nothing.
    pub(super) fn remembering(file: PathBuf) -> Self {
        let kept = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Tools { last: Some((file, Mutex::new(kept.unwrap_or_default()))), ..Tools::default() }
    }

    /// What a tool said of its version when it was last asked.
    pub(super) fn last_version(&self, program: &Program) -> Option<String> {
        let question = question(program.version.clone(), program.into());
        let (_, last) = self.last.as_ref()?;
        last.lock().unwrap_or_else(PoisonError::into_inner).get(&Hash::of(&question).short()).cloned()
    }

    /// Remembers what a tool said. Nothing depends on it but what a page says of a machine that has changed.
    fn remember(&self, question: &Question, answer: &str) {
        let Some((file, last)) = &self.last else { return };
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.insert(Hash::of(question).short(), answer.to_owned()).as_deref() != Some(answer)
            && let Some(folder) = file.parent()
            && fs::create_dir_all(folder).is_ok()
            && let Ok(mut new) = tempfile::NamedTempFile::new_in(folder)
            && serde_json::to_writer_pretty(&mut new, &*last).is_ok()
        {
            let _ = new.persist(file);
        }
    }

    /// What a tool says of its version: the first line.
    ///
    /// # Errors
    /// A tool that is not there, or that says nothing.
    pub(super) fn version<'a>(&self, launcher: &Launcher, whose: impl Into<Whose<'a>>) -> Result<String, RunnerError> {
        let whose = whose.into();
        let Some((first, rest)) = whose.version.split_first() else { return Ok(String::new()) };
        let path = self.find(launcher, first, whose)?;
        let answer = self.ask(launcher, first, [path].iter().chain(rest).cloned().collect(), whose)?;
        self.remember(&question(whose.version.to_vec(), whose), &answer);
        Ok(answer)
    }

    /// The command line that runs a program, without its arguments, with the path of the real interpreter. Nothing for a
    /// program that does not run.
    ///
    /// # Errors
    /// An interpreter that is not there.
    pub(super) fn command(&self, launcher: &Launcher, program: &Program) -> Result<Option<Vec<String>>, RunnerError> {
        let Some((first, rest)) = program.run.as_deref().and_then(<[String]>::split_first) else { return Ok(None) };
        let first = if first == "{program}" { first.clone() } else { self.find(launcher, first, program)? };
        Ok(Some([first].iter().chain(rest).cloned().collect()))
    }

    /// The path of what the command lines of a program's language call so: of the real one, where a shim may stand in front
    /// of it.
    ///
    /// # Errors
    /// A program that is not there.
    pub(super) fn find<'a>(
        &self,
        launcher: &Launcher,
        name: &str,
        whose: impl Into<Whose<'a>>,
    ) -> Result<String, RunnerError> {
        let (found, whose) = (find(name)?, whose.into());
        match whose.resolve.get(name).and_then(|resolve| resolve.split_first()) {
            None => Ok(found),
            Some((first, rest)) => {
                let command = [find(first)?].iter().chain(rest).cloned().collect();
                find(&self.ask(launcher, name, command, whose)?)
            }
        }
    }

    /// The answer to a question about a tool, which is called by some name.
    fn ask(
        &self,
        launcher: &Launcher,
        name: &str,
        command: Vec<String>,
        whose: Whose<'_>,
    ) -> Result<String, RunnerError> {
        let question = question(command, whose);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = Arc::clone(answers.entry(question.clone()).or_default());
        drop(answers);
        // Kept locked while the tool answers, so that nobody asks the same meanwhile.
        let mut answer = answer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*answer {
            return Ok(known.clone());
        }
        let given = ask(launcher, name, question)?;
        *answer = Some(given.clone());
        Ok(given)
    }
}

fn question(command: Vec<String>, whose: Whose<'_>) -> Question {
    (command, whose.env.to_vec(), whose.pins.clone())
}

/// So many characters of a command line are quoted.
const MOST_OF_A_LINE: usize = 60;

fn ask(launcher: &Launcher, name: &str, (command, names, pins): Question) -> Result<String, RunnerError> {
    let folder = tempfile::tempdir_in(launcher.scratch()).map_err(failed)?;
    let scratch = Scratch::new(folder.path());
    let env = environment::of_a_tool(&scratch.build_folder(), &names, &pins);
    scratch.make_build_folder().map_err(failed)?;
    let ended = launcher.run(&job(command.clone(), env, &scratch)).map_err(failed)?;
    let said = |file: &Path| scratch.read_answer(file, OF_AN_ANSWER.output).map_err(failed);
    let answer = said(&scratch.stdout())?;
    match (ended.exit, answer.lines().next()) {
        (Exit::Code(0), Some(line)) => Ok(line.trim().to_owned()),
        (NOT_FOUND, _) => Err(RunnerError::Missing(name.to_owned())),
        _ => {
            let first = Path::new(&command[0]).file_name().unwrap_or_default().to_string_lossy().into_owned();
            let line = [first].iter().chain(&command[1..]).cloned().collect::<Vec<_>>().join(" ");
            // A short script may stand in it, of which nobody needs more to know it again.
            let shown: String = line.chars().take(MOST_OF_A_LINE).collect();
            let line = if shown == line { line } else { shown + "…" };
            Err(RunnerError::Failed(format!("`{line}` did not answer: {}", said(&scratch.stderr())?)))
        }
    }
}

/// What has a tool answer.
pub(super) fn job(command: Vec<String>, env: BTreeMap<String, String>, scratch: &Scratch) -> Job {
    Job {
        command,
        env,
        // Shims look for settings in each folder above, and everybody can put some into that for temporary files.
        folder: "/".into(),
        stdin: scratch.stdin(),
        stdout: scratch.stdout(),
        stderr: scratch.stderr(),
        limits: OF_AN_ANSWER,
        merge: false,
        net: Net::Host,
        stacks: None,
        dump_signal: None,
        trace: None,
    }
}

/// The path of a program: itself, or where it lies in a folder that programs are looked for in.
pub(super) fn find(name: &str) -> Result<String, RunnerError> {
    let path = environment::path();
    // What is not absolute would depend on the folder that we happen to be in. Joined to any, an absolute name is itself.
    let mut candidates = env::split_paths(&path).filter(|folder| folder.is_absolute()).map(|folder| folder.join(name));
    let found = candidates.find(|path| is_program(path));
    found.as_deref().and_then(Path::to_str).map(str::to_owned).ok_or_else(|| RunnerError::Missing(name.to_owned()))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_name_or_path() {
        let sh = find("sh").expect("there is a shell everywhere");
        assert!(sh.starts_with('/') && sh.ends_with("/sh"), "{sh}");
        assert_eq!(find(&sh), Ok(sh));
    }

    #[test]
    fn what_is_no_program_is_missing() {
        for name in ["no-such-program", "/etc/passwd", "/", ""] {
            assert_eq!(find(name), Err(RunnerError::Missing(name.to_owned())), "{name}");
        }
    }
}
