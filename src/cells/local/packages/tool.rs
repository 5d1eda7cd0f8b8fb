use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cells::local::scratch::Scratch;
use crate::cells::local::{environment, failed, tools};
use crate::cells::{Exit, Job, Launcher, Limits, Net, RunnerError};

/// What a package manager may use up. What it writes is little, but the limit is one for the files that it downloads, too.
const OF_PACKAGES: Limits = Limits { time: 900_000_000_000, memory: u64::MAX, output: 4 << 30, processes: 8192 };

/// So much of what it says is read, bytes.
const READ: u64 = 16 << 20;

/// So many lines of it are quoted.
const QUOTED: usize = 30;

/// Where a package manager believes to work, as far as the reader of its messages is concerned.
const SHOWN: &str = "/packages";

/// What runs the command lines of a package manager, in a folder.
pub(super) struct Tool<'a> {
    pub(super) launcher: &'a Launcher,
    /// Absolute.
    pub(super) folder: &'a Path,
    /// Variables by which the tools learn which version of them the site pins.
    pub(super) pins: &'a BTreeMap<String, String>,
}

impl Tool<'_> {
    /// The path of something in its folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Runs a command line, with some variables more. Gives what it prints.
    ///
    /// # Errors
    /// A program that is missing or fails: what it said.
    pub(super) fn run(&self, command: &[String], env: &[(&str, String)]) -> Result<String, RunnerError> {
        let temporary = tempfile::tempdir_in(self.launcher.scratch()).map_err(failed)?;
        let scratch = Scratch::new(temporary.path());
        scratch.make_build_folder().map_err(failed)?;
        let (program, rest) =
            command.split_first().ok_or_else(|| RunnerError::Failed("an empty command line".to_owned()))?;
        let mut environment = environment::of_a_package_manager(&scratch.build_folder(), self.pins);
        environment.extend(env.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let job = Job {
            command: [tools::find(program)?].iter().chain(rest).cloned().collect(),
            env: environment,
            folder: self.folder.to_path_buf(),
            stdin: scratch.stdin(),
            stdout: scratch.stdout(),
            stderr: scratch.stderr(),
            limits: OF_PACKAGES,
            merge: false,
            net: Net::Host,
            stacks: None,
            dump_signal: None,
            trace: None,
        };
        let exit = self.launcher.run(&job).map_err(failed)?.exit;
        let said = |file: &Path| scratch.read_answer(file, READ).map_err(failed);
        if exit == Exit::Code(0) {
            return said(&job.stdout);
        }
        let text = said(&job.stderr)?.replace(&*self.folder.to_string_lossy(), SHOWN);
        let name = Path::new(program).file_name().unwrap_or_default().to_string_lossy().into_owned();
        Err(RunnerError::Failed(failure(&name, exit, &text)))
    }
}

/// What is told of a command line that failed.
fn failure(program: &str, exit: Exit, said: &str) -> String {
    let how = match exit {
        Exit::Code(code) => format!("failed with code {code}"),
        Exit::Signal(signal) => format!("was killed by signal {signal}"),
        Exit::TimedOut => format!("was stopped after {} min", OF_PACKAGES.time / 60_000_000_000),
        Exit::TooManyProcesses => "started too many processes and was stopped".to_owned(),
        Exit::TooMuchOutput => format!("wrote more than {} GiB and was stopped", OF_PACKAGES.output >> 30),
    };
    let said = essential(said);
    if said.is_empty() { format!("`{program}` {how}") } else { format!("`{program}` {how}: {said}") }
}

/// From the first error on, and all if there is none called so: what comes before tells of progress and warnings.
fn essential(said: &str) -> String {
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let is_error = |line: &&str| line.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("error"));
    let first = lines.iter().position(is_error).unwrap_or_default();
    let text = lines.into_iter().skip(first).take(QUOTED).collect::<Vec<_>>().join("\n");
    let mark = text.get(..7).filter(|mark| mark.eq_ignore_ascii_case("error: "));
    text[mark.map_or(0, str::len)..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_failure_says_begins_with_its_error() {
        for (exit, said, told) in [
            (
                Exit::Code(101),
                "    Updating index\nwarning: x\n\nerror: no matching package named `a` found\n\nrequired by b\n",
                "`tool` failed with code 101: no matching package named `a` found\nrequired by b",
            ),
            (Exit::Code(1), "\nERROR: No such thing\n", "`tool` failed with code 1: No such thing"),
            (Exit::Code(101), "error[E0308]: types\n", "`tool` failed with code 101: error[E0308]: types"),
            (Exit::Code(2), "usage: é\n", "`tool` failed with code 2: usage: é"),
            (Exit::Signal(9), "", "`tool` was killed by signal 9"),
            (Exit::TimedOut, "", "`tool` was stopped after 15 min"),
        ] {
            assert_eq!(failure("tool", exit, said), told);
        }
        assert_eq!(essential(&"error\n".repeat(99)).lines().count(), QUOTED);
    }
}
