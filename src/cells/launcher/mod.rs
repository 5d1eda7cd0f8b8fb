//! A small process that starts, times and ends all others.
//!
//! A program inherits the peak memory of whoever starts it, and copying a large process takes long. So `main` forks a
//! [`Launcher`] while it is still small, and that one forks a supervisor for each [`Job`]:
//!
//! ```text
//! blog ──── socket ────▶ launcher                         a descriptor for each job
//!   └── job's socket ──────┴▶ supervisor ──▶ program      the job, how it ended
//! ```
//!
//! A job's socket is also its life line: a supervisor that finds it closed, because `blog` is no longer interested or no
//! longer alive, kills all that it started. And the launcher, when its own socket closes, removes all scratch folders: Ctrl+C
//! leaves `blog` no time for that.

#[cfg(not(target_os = "linux"))]
compile_error!("programs are started and measured by means of Linux alone");

mod confine;
mod debugger;
mod descendants;
mod descriptor;
mod load;
mod network;
mod perf;
mod process;
mod quota;
mod reasons;
mod records;
mod sampler;
mod supervisor;
mod threads;
mod trace;
mod wakeups;
mod watch;

use std::collections::BTreeMap;
use std::env;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use libc::{c_int, pid_t};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub(super) use self::descendants::remove;
pub(super) use self::descriptor::lock;
pub(super) use self::load::{Load, cause};
use self::process::Side;
pub use self::threads::ThreadState;
pub use self::trace::{Event, Trace, What};
use super::timeline::Method;
use super::{Exit, Interference, Limits, Net};

/// The process that starts programs. It ends when this is dropped or `blog` dies.
#[derive(Debug)]
pub struct Launcher {
    socket: UnixStream,
    pid: pid_t,
    scratch: PathBuf,
}

/// A program to start.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// The absolute path of the program, or one relative to `folder` with a `/` in it; its arguments.
    pub command: Vec<String>,
    /// Its whole environment.
    pub env: BTreeMap<String, String>,
    /// The folder that it starts in.
    pub folder: PathBuf,
    /// The file that it reads as standard input.
    pub stdin: PathBuf,
    /// The file that its standard output is written to, emptied before.
    pub stdout: PathBuf,
    /// The file that its standard error is written to, emptied before.
    pub stderr: PathBuf,
    /// What it may use up.
    pub limits: Limits,
    /// Whether its standard error goes to the file of its standard output too, in the order in which both were written.
    /// The file of its standard error is empty then.
    pub merge: bool,
    /// What it can reach by network.
    pub net: Net,
    /// Has it told where its threads stand when its time is over: the name of the program's own file, as its compiler was
    /// given it, whose lines are told too where there is a debugger.
    pub stacks: Option<String>,
    /// A signal on which it tells that by itself, on its standard error. When its time is over it is sent that, and has a
    /// second more.
    pub dump_signal: Option<c_int>,
    /// Whether to record what its threads do, which takes time from them: by no method that tells more than this.
    pub trace: Option<Method>,
}

/// What a supervisor is asked for.
#[derive(Debug, Serialize, Deserialize)]
enum Request<J> {
    /// To run a program.
    Run(J),
    /// To cut itself off from the network as for a program.
    Isolate,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// By itself or not.
    pub exit: Exit,
    /// `CLOCK_MONOTONIC` from before its start to when it had ended, ns.
    pub wall: u64,
    /// User and system time of it and the children that it waited for, ns.
    pub cpu: u64,
    /// Largest resident set of any one of them, bytes.
    pub rss: u64,
    /// Times that they gave up a processor to wait.
    pub voluntary: u64,
    /// Times that a processor was taken from them.
    pub involuntary: u64,
    /// Pages that they touched and that were not there for them yet.
    pub faults: u64,
    /// What others had to do with that.
    pub interference: Interference,
    /// Where its threads stood when its time was over, if it was to be told.
    pub threads: Vec<ThreadState>,
    /// What its threads did, if that was to be recorded; else why that could not be.
    pub trace: Option<Result<Trace, String>>,
}

/// A program that runs. Dropped, it is killed with everything that it started.
#[derive(Debug)]
pub struct Running {
    socket: UnixStream,
}

impl Launcher {
    /// Forks the launcher. Must come first in `main`: before any thread, and before there is much memory to copy.
    ///
    /// # Errors
    /// A process that has threads by now, no folder for temporary files, and whatever the kernel refuses.
    pub fn start() -> io::Result<Self> {
        let (ours, theirs) = descriptor::message_sockets()?;
        // Under the one name by which programs can get to know it, so that this can be told from what else they say.
        let place = env::temp_dir();
        let place = place.canonicalize().map_err(|error| io::Error::other(format!("{}: {error}", place.display())))?;
        let folder = tempfile::Builder::new().prefix("blog-").tempdir_in(place)?;
        match process::fork()? {
            Side::Parent(pid) => Ok(Launcher { socket: UnixStream::from(ours), pid, scratch: folder.keep() }),
            Side::Child => {
                drop(ours);
                never_return(|| launch(theirs, &folder.keep()))
            }
        }
    }

    /// A folder for everything that programs leave behind, which goes with the launcher.
    pub fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// Starts a program. Several may run at once.
    ///
    /// # Errors
    /// A launcher that is gone.
    pub fn begin(&self, job: &Job) -> io::Result<Running> {
        self.ask(&Request::Run(job)).map(|socket| Running { socket })
    }

    /// Whether programs can be cut off from the network on this machine, which is found out by trying.
    pub fn can_isolate(&self) -> bool {
        self.ask(&Request::Isolate).and_then(answer::<()>).is_ok()
    }

    /// Has a supervisor do something, of which it will tell at the socket.
    fn ask(&self, request: &Request<&Job>) -> io::Result<UnixStream> {
        let (mut ours, theirs) = UnixStream::pair()?;
        descriptor::send_descriptor(self.socket.as_fd(), theirs.as_fd())?;
        drop(theirs);
        ours.write_all(&serde_json::to_vec(request)?)?;
        ours.shutdown(Shutdown::Write)?;
        Ok(ours)
    }

    /// Starts a program and waits for its end.
    ///
    /// # Errors
    /// A program that cannot be started, or a machine that fails.
    pub fn run(&self, job: &Job) -> io::Result<Ended> {
        self.begin(job)?.wait()
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        // Not by closing it: a process that was forked later may have a copy. Either fails only if the launcher is gone.
        let _ = self.socket.shutdown(Shutdown::Both);
        let _ = process::wait_for_child(self.pid);
    }
}

impl Running {
    /// Waits for the end of the program and of everything that it started.
    ///
    /// # Errors
    /// A program that cannot be started, or a machine that fails.
    pub fn wait(self) -> io::Result<Ended> {
        answer(self.socket)
    }
}

/// Waits for what a supervisor tells.
fn answer<T: DeserializeOwned>(mut socket: UnixStream) -> io::Result<T> {
    let mut reply = Vec::new();
    socket.read_to_end(&mut reply)?;
    if reply.is_empty() {
        return Err(io::Error::other("the process that supervises programs was killed"));
    }
    serde_json::from_slice::<Result<T, String>>(&reply)?.map_err(io::Error::other)
}

/// What the launcher does: fork a supervisor for each socket that arrives, until `blog` has closed its end.
fn launch(socket: OwnedFd, scratch: &Path) -> io::Result<()> {
    process::leave_session()?;
    process::ignore_interrupts();
    process::forget_children(true);
    while let Some(job) = descriptor::receive_descriptor(socket.as_fd())? {
        let mut job = UnixStream::from(job);
        match process::fork() {
            Ok(Side::Parent(_)) => {}
            Ok(Side::Child) => {
                drop(socket);
                never_return(|| supervisor::supervise(job))
            }
            Err(error) => reply::<()>(&mut job, Err(error)),
        }
    }
    descendants::remove_beside(scratch);
    Ok(())
}

/// Tells `blog` what came of its request.
fn reply<T: Serialize>(socket: &mut UnixStream, result: io::Result<T>) {
    let text = serde_json::to_vec(&result.map_err(|error| error.to_string())).expect("numbers and text can be written");
    // Nobody waits for it any more if it cannot be sent.
    let _ = socket.write_all(&text);
}

/// Runs the part of a copied process and ends it. Not even a panic may return to what the original goes on with.
fn never_return(part: impl FnOnce() -> io::Result<()>) -> ! {
    match catch_unwind(AssertUnwindSafe(part)) {
        Ok(Ok(())) => process::exit(0),
        Ok(Err(_)) | Err(_) => process::exit(1),
    }
}

/// The result of a call to the kernel.
fn check(result: c_int) -> io::Result<c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}
