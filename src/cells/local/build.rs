//! Running a compiler.

use super::scratch::Scratch;
use super::tools::Tools;
use super::{environment, failed, messages};
use crate::cells::{Build, BuildLog, CompilerMessage, Exit, Job, Launcher, Limits, Net, Program, RunnerError};

/// What a compiler may use up: more address space than programs, since it reserves much and uses little.
const OF_A_BUILD: Limits = Limits { time: 60_000_000_000, memory: 8 << 30, output: 4 << 20, processes: 4096 };

/// Builds a program.
///
/// # Errors
/// A compiler that did not come to a verdict, besides a machine that fails: it says nothing about the program.
pub(super) fn build(
    launcher: &Launcher,
    tools: &Tools,
    program: &Program,
    build: &Build,
    scratch: &Scratch,
) -> Result<BuildLog, RunnerError> {
    scratch.make_build_folder().and_then(|()| scratch.write_code(program)).map_err(failed)?;
    let mut command = scratch.fill_in(&build.command, program);
    let compiler = command.first_mut().ok_or_else(|| RunnerError::Failed("an empty command line".to_owned()))?;
    *compiler = tools.find(launcher, compiler, program)?;
    let job = Job {
        command,
        env: environment::of_a_tool(&scratch.build_folder(), &program.tool_env, &program.pins),
        folder: scratch.build_folder(),
        stdin: scratch.stdin(),
        stdout: scratch.stdout(),
        stderr: scratch.stderr(),
        limits: OF_A_BUILD,
        merge: false,
        net: Net::Host,
        stacks: None,
        dump_signal: None,
        trace: None,
    };
    let ended = launcher.run(&job).map_err(failed)?;
    let said = |file| scratch.read(file, OF_A_BUILD.output).map_err(failed);
    let text = said(&job.stderr)?;
    let mut messages = if build.json_messages {
        messages::of_rustc(&text, &program.file)
    } else {
        // Some compilers say all that they have to say on standard output.
        messages::plain(&(text + &said(&job.stdout)?), &program.file)
    };
    let code = verdict(ended.exit, &messages)?;
    if code != 0 && messages.is_empty() {
        messages.push(silent_failure(code));
    }
    Ok(BuildLog { success: code == 0, messages })
}

/// The code with which a compiler ended by itself.
fn verdict(exit: Exit, messages: &[CompilerMessage]) -> Result<i32, RunnerError> {
    let last = messages.last().map(|last| format!("; it said last: {}", last.message)).unwrap_or_default();
    Err(RunnerError::Failed(match exit {
        Exit::Code(code) => return Ok(code),
        Exit::Signal(signal) => format!("the compiler was killed by signal {signal}{last}"),
        Exit::TimedOut => format!("the compiler was stopped after {} s{last}", OF_A_BUILD.time / 1_000_000_000),
        Exit::TooMuchOutput => format!("the compiler wrote more than {} MiB and was stopped", OF_A_BUILD.output >> 20),
        Exit::TooManyProcesses => {
            format!("the compiler had more than {} processes and threads and was stopped", OF_A_BUILD.processes)
        }
    }))
}

/// What stands for the words of a compiler that failed without any.
fn silent_failure(code: i32) -> CompilerMessage {
    let message = format!("the compiler failed with code {code} and said nothing");
    let rendered = format!("error: {message}\n");
    CompilerMessage { level: "error".to_owned(), code: None, line: None, columns: None, message, rendered }
}
