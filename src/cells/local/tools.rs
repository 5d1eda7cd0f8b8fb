//! The compilers and interpreters of this machine: where they are, and what they say of themselves.

use std::collections::HashMap;
use std::env;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::scratch::Scratch;
use super::{environment, failed};
use crate::cells::{Ended, Exit, Job, Launcher, Limits, Net, Program, RunnerError};

/// What a tool may use up while it answers a question.
const OF_AN_ANSWER: Limits = Limits { time: 20_000_000_000, memory: 4 << 30, output: 64 << 10, processes: 512 };

/// What a shell, and a proxy like pyenv's, ends with if there is no such program.
const NOT_FOUND: Exit = Exit::Code(127);

/// A command line, and the environment variables that the tool is given where the author has them.
type Question = (Vec<String>, Vec<String>);

/// Answers of tools, each asked for until it is given: what is missing may be installed meanwhile.
#[derive(Debug, Default)]
pub(super) struct Tools {
    answers: Mutex<HashMap<Question, String>>,
}

impl Tools {
    /// What a tool says of its version: the first line.
    pub(super) fn version(&self, launcher: &Launcher, program: &Program) -> Result<String, RunnerError> {
        if program.version.is_empty() { Ok(String::new()) } else { self.ask(launcher, &program.version, program) }
    }

    /// The command line that runs a program, without its arguments, with the path of the real interpreter. Nothing for a
    /// program that does not run.
    ///
    /// # Errors
    /// An interpreter that is not there.
    pub(super) fn command(&self, launcher: &Launcher, program: &Program) -> Result<Option<Vec<String>>, RunnerError> {
        let Some((first, rest)) = program.run.as_deref().and_then(<[String]>::split_first) else { return Ok(None) };
        let first = match &program.resolve {
            Some(resolve) => find(&self.ask(launcher, resolve, program)?)?,
            None if first == "{program}" => first.clone(),
            None => find(first)?,
        };
        Ok(Some([first].iter().chain(rest).cloned().collect()))
    }

    /// The variable that ties a program's tools to one version, and its value; nothing if there is nobody to say it.
    pub(super) fn pinned(&self, launcher: &Launcher, program: &Program) -> Option<(String, String)> {
        let pin = program.pin.as_ref()?;
        let answer = self.ask(launcher, &pin.command, program).ok()?;
        Some((pin.variable.clone(), answer.split_whitespace().next()?.to_owned()))
    }

    fn ask(&self, launcher: &Launcher, command: &[String], program: &Program) -> Result<String, RunnerError> {
        let question = (command.to_vec(), program.tool_env.clone());
        // Kept locked while the tool answers, so that nobody asks the same meanwhile.
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = answers.get(&question) {
            return Ok(answer.clone());
        }
        let answer = ask(launcher, &question)?;
        answers.insert(question, answer.clone());
        Ok(answer)
    }
}

fn ask(launcher: &Launcher, (command, names): &Question) -> Result<String, RunnerError> {
    let folder = tempfile::tempdir_in(launcher.scratch()).map_err(failed)?;
    let scratch = Scratch::new(folder.path());
    let (first, rest) = command.split_first().ok_or_else(|| RunnerError::Failed("an empty command line".to_owned()))?;
    let ended = run(launcher, [find(first)?].iter().chain(rest).cloned().collect(), names, &scratch)?;
    let said = |file: &Path| scratch.read(file, OF_AN_ANSWER.output).map_err(failed);
    let answer = said(&scratch.stdout())?;
    match (ended.exit, answer.lines().next()) {
        (Exit::Code(0), Some(line)) => Ok(line.trim().to_owned()),
        (NOT_FOUND, _) => Err(RunnerError::Missing(first.clone())),
        _ => Err(RunnerError::Failed(format!("`{}` did not answer: {}", command.join(" "), said(&scratch.stderr())?))),
    }
}

fn run(launcher: &Launcher, command: Vec<String>, names: &[String], scratch: &Scratch) -> Result<Ended, RunnerError> {
    scratch.make_build_folder().map_err(failed)?;
    let job = Job {
        command,
        env: environment::of_a_tool(&scratch.build_folder(), names),
        // Shims look for settings in each folder above; everybody can put some into that for temporary files.
        folder: "/".into(),
        stdin: scratch.stdin(),
        stdout: scratch.stdout(),
        stderr: scratch.stderr(),
        limits: OF_AN_ANSWER,
        merge: false,
        net: Net::Host,
        stacks: None,
        dump_signal: None,
        trace: false,
    };
    launcher.run(&job).map_err(failed)
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
