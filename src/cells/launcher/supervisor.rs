//! The process that starts one program, watches it and leaves nothing of it behind.

#![expect(clippy::disallowed_methods, reason = "the door through which programs are started, and their clock")]

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use libc::pid_t;

use super::confine::{Bounds, confine};
use super::debugger::Debugger;
use super::trace::Tracer;
use super::watch::{Seen, Watch};
use super::{Ended, Exit, Job, Load, Request, ThreadState, descendants, network, process, reply, threads};
use crate::cells::Net;

/// No file that a program writes may become larger, bytes; a flood grows up to this between two glances.
const LARGEST_FILE: u64 = 256 << 20;

/// Files that a program may have open: enough for a server with thousands of connections.
const OPEN_FILES: u64 = 4096;

/// How many processes and threads the others of the same user may start meanwhile.
const SPARE_PROCESSES: u64 = 512;

/// How long a debugger may ask a program where its threads stand, and how many of its processes.
const QUESTIONS: Duration = Duration::from_secs(10);
const QUESTIONED: usize = 8;

/// How long a program may tell that itself.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Does what is asked for at a socket.
pub(super) fn supervise(mut socket: UnixStream) -> io::Result<()> {
    process::forget_children(false);
    // A session for each job, so that no program can move into the process group of another job.
    process::leave_session()?;
    let mut text = Vec::new();
    socket.read_to_end(&mut text)?;
    match serde_json::from_slice(&text) {
        Ok(Request::Run(job)) => {
            let ended = run(&job, &socket);
            reply(&mut socket, ended);
        }
        Ok(Request::Isolate) => reply(&mut socket, network::enter(Net::Loopback)),
        Err(error) => reply::<()>(&mut socket, Err(error.into())),
    }
    Ok(())
}

fn run(job: &Job, socket: &UnixStream) -> io::Result<Ended> {
    process::adopt_orphans()?;
    // Before rights are given up.
    let tracer = job.trace.map(Tracer::begin);
    network::enter(job.net)?;
    let mut command = command(job)?;
    let before = Load::now();
    let start = Instant::now();
    let program = start_program(&mut command, job)?;
    process::take_precedence();
    let watch = Watch { job, socket, program, tracer: tracer.as_ref().and_then(|tracer| tracer.as_ref().ok()) };
    let seen = watch.until_end_of(program, start + Duration::from_nanos(job.limits.time));
    let wall = start.elapsed();
    let (seen, threads) = match seen {
        // That it was too many, too, must not depend on whether the watch saw it before the program ended.
        Ok(Seen::Ended) if watch.is_crowded(program) => (Ok(Seen::Crowded), Vec::new()),
        Ok(Seen::Late) => (Ok(Seen::Late), question(&watch)),
        seen => (seen, Vec::new()),
    };
    process::kill_group(program);
    process::kill(program);
    let (status, usage) = process::wait_for_child(program)?;
    descendants::kill_all();
    Ok(Ended {
        exit: exit(seen?, ExitStatus::from_raw(status), &watch),
        wall: wall.as_nanos() as u64,
        cpu: usage.cpu,
        rss: usage.rss,
        voluntary: usage.voluntary,
        involuntary: usage.involuntary,
        faults: usage.faults,
        interference: Load::now().since(before),
        threads,
        trace: tracer.map(|tracer| tracer.map(Tracer::finish)),
    })
}

fn command(job: &Job) -> io::Result<Command> {
    let (program, args) = job.command.split_first().ok_or_else(|| io::Error::other("an empty command line"))?;
    // Appending, so that two writers of one file, or a program that empties it, leave no holes.
    let output = |path: &Path| {
        File::create(path)?;
        OpenOptions::new().append(true).open(path)
    };
    let (stdout, stderr) = (output(&job.stdout)?, output(&job.stderr)?);
    let stderr = if job.merge { stdout.try_clone()? } else { stderr };
    let mut command = Command::new(program);
    command.args(args).env_clear().envs(&job.env).current_dir(&job.folder);
    command.stdin(File::open(&job.stdin)?).stdout(stdout).stderr(stderr);
    let file = LARGEST_FILE.max(job.limits.output.saturating_add(1));
    // More than the watch allows, which is to say that it is too much: this is for what happens between two glances.
    let processes = descendants::count_of_user() as u64 + u64::from(job.limits.processes) + SPARE_PROCESSES;
    confine(&mut command, Bounds { memory: job.limits.memory, file, files: OPEN_FILES, processes });
    Ok(command)
}

fn start_program(command: &mut Command, job: &Job) -> io::Result<pid_t> {
    let child = command.spawn().map_err(|error| io::Error::other(format!("{}: {error}", job.command[0])))?;
    // Of all processes the first to go when memory runs out. A kernel without this setting is no reason to fail.
    let _ = fs::write(format!("/proc/{}/oom_score_adj", child.id()), "1000");
    Ok(child.id().cast_signed())
}

/// Has a program that is late tell where it stands, as far as it can be had: that it was late is the result, not this.
fn question(watch: &Watch<'_>) -> Vec<ThreadState> {
    let threads = watch.job.stacks.as_ref().map(|file| threads_and_frames(watch, file)).unwrap_or_default();
    if let Some(signal) = watch.job.dump_signal {
        process::send(watch.program, signal);
        let _ = watch.until_end_of(watch.program, Instant::now() + LAST_WORDS);
    }
    threads
}

fn threads_and_frames(watch: &Watch<'_>, file: &str) -> Vec<ThreadState> {
    let mut processes = threads::of_descendants(watch.job.limits.processes as usize);
    if let Some(gdb) = Debugger::find() {
        let deadline = Instant::now() + QUESTIONS;
        for (pid, threads) in processes.iter_mut().take(QUESTIONED) {
            let Ok(mut frames) = frames(watch, &gdb, *pid, file, deadline) else { break };
            for thread in threads {
                thread.state.frames = frames.remove(&thread.id).unwrap_or_default();
            }
        }
    }
    processes.into_iter().flat_map(|(_, threads)| threads).map(|thread| thread.state).collect()
}

fn frames(
    watch: &Watch<'_>,
    gdb: &Path,
    pid: pid_t,
    file: &str,
    deadline: Instant,
) -> io::Result<HashMap<pid_t, Vec<String>>> {
    let mut debugger = Debugger::of(gdb, pid)?;
    let child = debugger.start()?;
    let seen = watch.until_end_of(child, deadline);
    process::kill_group(child);
    process::wait_for_child(child)?;
    if seen? == Seen::Ended { debugger.frames(file) } else { Err(io::ErrorKind::TimedOut.into()) }
}

/// More output than allowed is that, however the program ended: whether the supervisor, the kernel or the program itself
/// was first is chance.
fn exit(seen: Seen, status: ExitStatus, watch: &Watch<'_>) -> Exit {
    match (seen, status.code()) {
        _ if watch.is_flooded() => Exit::TooMuchOutput,
        (Seen::Flooded, _) => Exit::TooMuchOutput,
        (Seen::Crowded, _) => Exit::TooManyProcesses,
        (Seen::Late, _) => Exit::TimedOut,
        (Seen::Ended | Seen::Abandoned, Some(code)) => Exit::Code(code),
        (Seen::Ended | Seen::Abandoned, None) => Exit::Signal(status.signal().unwrap_or_default()),
    }
}
