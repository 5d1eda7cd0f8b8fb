//! The process that starts one program, watches it and leaves nothing of it behind.

#![expect(clippy::disallowed_methods, reason = "the door through which programs are started, and their clock")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use libc::pid_t;

use super::confine::{Bounds, confine};
use super::descriptor::{process_descriptor, wait_for};
use super::{Ended, Exit, Job, Load, descendants, process, reply};

/// How often the size of the output is looked at. Not more often: it is done while the program is timed.
const GLANCE: Duration = Duration::from_millis(50);

/// No file that a program writes may become larger, bytes; a flood grows up to this between two glances.
const LARGEST_FILE: u64 = 256 << 20;

/// Files that a program may have open: enough for a server with thousands of connections.
const OPEN_FILES: u64 = 4096;

/// Why the watch over a program ended.
enum Watched {
    /// The program did.
    Ended,
    /// Its limit of time had come.
    Late,
    /// It wrote more than its limit.
    Flooded,
    /// Nobody waits for it any more.
    Abandoned,
}

/// Does the job that arrives at a socket.
pub(super) fn supervise(mut socket: UnixStream) -> io::Result<()> {
    process::forget_children(false);
    // A session for each job, so that no program can move into the process group of another job.
    process::leave_session()?;
    let mut text = Vec::new();
    socket.read_to_end(&mut text)?;
    let ended = serde_json::from_slice(&text).map_err(io::Error::from).and_then(|job| run(&job, &socket));
    reply(&mut socket, ended);
    Ok(())
}

fn run(job: &Job, socket: &UnixStream) -> io::Result<Ended> {
    process::adopt_orphans()?;
    let mut command = command(job)?;
    let before = Load::now();
    let start = Instant::now();
    let pid = start_program(&mut command, job)?;
    let watched = watch(pid, job, socket, start);
    let wall = start.elapsed();
    process::kill_group(pid);
    process::kill(pid);
    let (status, usage) = process::wait_for_child(pid)?;
    descendants::kill_all();
    Ok(Ended {
        exit: exit(&watched?, ExitStatus::from_raw(status), job),
        wall: wall.as_nanos() as u64,
        cpu: usage.cpu,
        rss: usage.rss,
        voluntary: usage.voluntary,
        involuntary: usage.involuntary,
        foreign: Load::now().foreign_since(before),
    })
}

fn command(job: &Job) -> io::Result<Command> {
    let (program, args) = job.command.split_first().ok_or_else(|| io::Error::other("an empty command line"))?;
    // Appending, so that two writers of one file, or a program that empties it, leave no holes.
    let output = |path: &Path| {
        File::create(path)?;
        OpenOptions::new().append(true).open(path)
    };
    let mut command = Command::new(program);
    command.args(args).env_clear().envs(&job.env).current_dir(&job.folder).process_group(0);
    command.stdin(File::open(&job.stdin)?).stdout(output(&job.stdout)?).stderr(output(&job.stderr)?);
    let file = LARGEST_FILE.max(job.limits.output.saturating_add(1));
    confine(&mut command, Bounds { memory: job.limits.memory, file, files: OPEN_FILES });
    Ok(command)
}

fn start_program(command: &mut Command, job: &Job) -> io::Result<pid_t> {
    let child = command.spawn().map_err(|error| io::Error::other(format!("{}: {error}", job.command[0])))?;
    // Of all processes the first to go when memory runs out. A kernel without this setting is no reason to fail.
    let _ = fs::write(format!("/proc/{}/oom_score_adj", child.id()), "1000");
    Ok(child.id().cast_signed())
}

fn watch(pid: pid_t, job: &Job, socket: &UnixStream, start: Instant) -> io::Result<Watched> {
    let limit = Duration::from_nanos(job.limits.time);
    let program = process_descriptor(pid)?;
    loop {
        let left = limit.saturating_sub(start.elapsed());
        let seen = wait_for(program.as_fd(), socket.as_fd(), left.min(GLANCE))?;
        if seen.readable {
            return Ok(Watched::Ended);
        } else if seen.closed {
            return Ok(Watched::Abandoned);
        } else if is_flooded(job) {
            return Ok(Watched::Flooded);
        } else if start.elapsed() >= limit {
            return Ok(Watched::Late);
        }
    }
}

fn is_flooded(job: &Job) -> bool {
    let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    size(&job.stdout).max(size(&job.stderr)) > job.limits.output
}

/// More output than allowed is that, however the program ended: whether the supervisor, the kernel or the program itself
/// was first is chance.
fn exit(watched: &Watched, status: ExitStatus, job: &Job) -> Exit {
    match (watched, status.code()) {
        _ if is_flooded(job) => Exit::TooMuchOutput,
        (Watched::Flooded, _) => Exit::TooMuchOutput,
        (Watched::Late, _) => Exit::TimedOut,
        (Watched::Ended | Watched::Abandoned, Some(code)) => Exit::Code(code),
        (Watched::Ended | Watched::Abandoned, None) => Exit::Signal(status.signal().unwrap_or_default()),
    }
}
