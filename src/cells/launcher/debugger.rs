//! Where threads are in the source of their program, as `gdb` tells it.

#![expect(clippy::disallowed_methods, reason = "starts a debugger, which is looked for where programs are")]

use std::collections::HashMap;
use std::env;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libc::pid_t;

use super::confine::{Bounds, confine};

/// What a debugger may use up: it reads the debug information of everything that a program is linked with.
const BOUNDS: Bounds = Bounds { memory: 4 << 30, file: MOST_TEXT, files: 1024, processes: u64::MAX };

/// No answer of a debugger is longer, bytes.
const MOST_TEXT: u64 = 4 << 20;

/// Nothing that the program brings along is executed, nothing is downloaded, and nothing is said that differs from run to
/// run.
const SETTINGS: [&str; 8] = [
    "set auto-load off",
    "set debuginfod enabled off",
    "set width 0",
    "set style enabled off",
    "set print address off",
    "set print frame-arguments none",
    "set print entry-values no",
    "set filename-display relative",
];

/// A debugger that tells where the threads of one process stand.
pub(super) struct Debugger {
    command: Command,
    answer: File,
}

impl Debugger {
    /// The path of `gdb`, if it is on this machine.
    pub(super) fn find() -> Option<PathBuf> {
        // What is not absolute would depend on the folder that we happen to be in.
        let folders = env::var_os("PATH")?;
        let mut folders = env::split_paths(&folders).filter(|folder| folder.is_absolute());
        folders.find_map(|folder| Some(folder.join("gdb")).filter(|path| path.is_file()))
    }

    /// One that will be attached to a process.
    pub(super) fn of(program: &Path, pid: pid_t) -> io::Result<Self> {
        let answer = tempfile::tempfile()?;
        let mut command = Command::new(program);
        command.args(["-nx", "-batch"]).args(SETTINGS.iter().flat_map(|setting| ["-iex", setting]));
        command.args(["-p", &pid.to_string(), "-ex", "thread apply all bt 32"]);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").env("HOME", "/").current_dir("/");
        command.stdin(Stdio::null()).stdout(answer.try_clone()?).stderr(Stdio::null());
        confine(&mut command, BOUNDS);
        Ok(Debugger { command, answer })
    }

    /// Starts it.
    pub(super) fn start(&mut self) -> io::Result<pid_t> {
        self.command.spawn().map(|child| child.id().cast_signed())
    }

    /// Where each thread is in a file, once it has ended; see [`frames`].
    pub(super) fn frames(mut self, file: &str) -> io::Result<HashMap<pid_t, Vec<String>>> {
        let mut bytes = Vec::new();
        self.answer.rewind()?;
        self.answer.read_to_end(&mut bytes)?;
        Ok(frames(&String::from_utf8_lossy(&bytes), file))
    }
}

/// The frames of each thread that are in a file, from what `thread apply all bt` prints: the number that the kernel gave
/// the thread stands in its heading.
fn frames(text: &str, file: &str) -> HashMap<pid_t, Vec<String>> {
    let mut all: HashMap<pid_t, Vec<String>> = HashMap::new();
    let mut thread = None;
    for line in text.lines() {
        if line.starts_with("Thread ") {
            thread = thread_of(line);
        } else if let (Some(thread), Some(frame)) = (thread, frame(line, file)) {
            all.entry(thread).or_default().push(frame);
        }
    }
    all
}

/// `Thread 2 (Thread 0x7f19… (LWP 17380) "left"):`, or without the library for threads `Thread 2 (LWP 17380 "left"):`.
fn thread_of(heading: &str) -> Option<pid_t> {
    let number = heading.split_once("(LWP ")?.1;
    number[..number.find(|c: char| !c.is_ascii_digit())?].parse().ok()
}

/// `#5  cell::take (...) at cell.rs:2` as `cell.rs:2 in take`. A file of another folder is another file, for Rust's own
/// library has a `cell.rs` too.
fn frame(line: &str, file: &str) -> Option<String> {
    let (call, place) = line.strip_prefix('#')?.rsplit_once(" at ")?;
    let (path, line) = place.rsplit_once(':')?;
    if path.strip_prefix("./").unwrap_or(path) != file {
        return None;
    }
    // What stands before the first blank is the frame's number, what begins with the last bracket its arguments. Types
    // in a name can have brackets and blanks.
    let (_, call) = call.split_once(' ')?;
    let function = call.rsplit_once(" (").map_or(call, |(function, _)| function).trim();
    let own = file.rsplit('/').next()?.split('.').next()?;
    let function = function.strip_prefix(own).and_then(|rest| rest.strip_prefix("::")).unwrap_or(function);
    Some(format!("{file}:{line} in {function}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of gdb 13.1, shortened.
    const TEXT: &str = r#"[New LWP 17380]
[Thread debugging using libthread_db enabled]
syscall () at ../sysdeps/unix/sysv/linux/x86_64/syscall.S:38

Thread 2 (Thread 0x7f193b53e6c0 (LWP 17380) "left"):
#0  syscall () at ../sysdeps/unix/sysv/linux/x86_64/syscall.S:38
#1  std::sys::sync::mutex::futex::Mutex::lock_contended () at library/std/src/sys/sync/mutex/futex.rs:61
#2  core::cell::RefCell<i32>::borrow<i32> () at library/core/src/cell.rs:9
#5  cell::take (...) at cell.rs:2
#6  {closure#0} () at cell.rs:5
#7  cell::apply<fn(i32) -> (), ()> () at ./cell.rs:7
#17 start_thread (arg=...) at ./nptl/pthread_create.c:442
#18 clone3 () from /lib/x86_64-linux-gnu/libc.so.6

Thread 1 (LWP 17378 "a (LWP 5)"):
#0  std::thread::thread::Thread::park () at library/std/src/thread/thread.rs:121
#5  main () at cell.rs:4
Backtrace stopped: at cell.rs:5
[Inferior 1 (process 17378) detached]
"#;

    #[test]
    fn frames_of_the_programs_own_file_are_kept() {
        let told = frames(TEXT, "cell.rs");
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(
            told[&17380],
            ["cell.rs:2 in take", "cell.rs:5 in {closure#0}", "cell.rs:7 in apply<fn(i32) -> (), ()>"]
        );
        assert_eq!(told[&17378], ["cell.rs:4 in main"]);
    }

    #[test]
    fn what_is_no_answer_has_no_frames() {
        for text in
            ["", "ptrace: Operation not permitted.\n", "Thread \n#0\n#1 at\n# at cell.rs:\n", "#0 f () at cell.rs:1"]
        {
            assert!(frames(text, "cell.rs").is_empty(), "{text}");
        }
    }
}
