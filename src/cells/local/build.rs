//! Running a compiler.

use super::scratch::{self, Scratch};
use super::{environment, failed, messages, tools};
use crate::cells::{Build, BuildLog, CompilerMessage, Exit, Job, Launcher, Limits, Program, RunnerError};

/// What a compiler may use up: more address space than programs, since it reserves much and uses little.
const OF_A_BUILD: Limits = Limits { time: 60_000_000_000, memory: 8 << 30, output: 4 << 20 };

/// Builds a program.
pub(super) fn build(
    launcher: &Launcher,
    program: &Program,
    build: &Build,
    scratch: &Scratch,
) -> Result<BuildLog, RunnerError> {
    scratch.make_build_folder().and_then(|()| scratch.write_code(program)).map_err(failed)?;
    let mut command = scratch::fill_in(&build.command, program);
    let compiler = command.first_mut().ok_or_else(|| RunnerError::Failed("an empty command line".to_owned()))?;
    *compiler = tools::find(compiler)?;
    let job = Job {
        command,
        env: environment::of_a_tool(&scratch.build_folder()),
        folder: scratch.build_folder(),
        stdin: scratch.stdin(),
        stdout: scratch.stdout(),
        stderr: scratch.stderr(),
        limits: OF_A_BUILD,
    };
    let ended = launcher.run(&job).map_err(failed)?;
    let text = scratch.read(&job.stderr, OF_A_BUILD.output).map_err(failed)?;
    let mut messages =
        if build.json_messages { messages::of_rustc(&text, &program.file) } else { messages::plain(&text) };
    let success = ended.exit == Exit::Code(0);
    if !success {
        messages.extend(reason(ended.exit, messages.is_empty()));
    }
    Ok(BuildLog { success, messages })
}

/// Why a compiler failed, where it did not say so itself.
fn reason(exit: Exit, silent: bool) -> Option<CompilerMessage> {
    let text = match exit {
        Exit::Code(_) if !silent => return None,
        Exit::Code(code) => format!("the compiler failed with code {code} and said nothing"),
        Exit::Signal(signal) => format!("the compiler was ended by signal {signal}"),
        Exit::TimedOut => format!("the compiler was stopped after {} s", OF_A_BUILD.time / 1_000_000_000),
        Exit::TooMuchOutput => format!("the compiler wrote more than {} MiB", OF_A_BUILD.output >> 20),
    };
    let rendered = format!("error: {text}\n");
    Some(CompilerMessage { level: "error".to_owned(), code: None, line: None, message: text, rendered })
}
