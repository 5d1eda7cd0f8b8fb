//! Programs that nobody waits for any more.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio, exit, id};

use blog::cells::{Exit, Launcher, Running};

use crate::programs::{eventually, job, survivors};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("abandoned::a_dropped_program_is_killed", a_dropped_program_is_killed),
    ("abandoned::programs_die_with_us", programs_die_with_us),
    ("abandoned::a_program_that_cannot_start_is_an_error", a_program_that_cannot_start_is_an_error),
    ("abandoned::programs_run_side_by_side", programs_run_side_by_side),
    ("abandoned::no_launcher_is_forked_beside_threads", no_launcher_is_forked_beside_threads),
];

/// The argument with which this binary starts a program and waits to be killed.
pub(crate) const MODE: &str = "--wait-to-be-killed";

/// Starts a command, with a mark, whose standard streams are the null device.
pub(crate) fn begin(machine: &Machine, mark: &str, command: &[&str]) -> Running {
    machine.launcher.begin(&job(mark, command)).expect("the launcher lives")
}

const FAMILY: [&str; 3] = ["/bin/sh", "-c", "setsid sleep 600 & (sleep 600 &) & sleep 600"];

fn a_dropped_program_is_killed(machine: &Machine) {
    let mark = format!("dropped-{}", id());
    let running = begin(machine, &mark, &FAMILY);
    eventually("the program has started all", || survivors(&mark).len() >= 4);
    drop(running);
    eventually("the program is gone", || survivors(&mark).is_empty());
}

/// What this binary does in its other mode.
pub(crate) fn wait_to_be_killed(machine: &Machine) -> ! {
    let mark = format!("orphaned-{}", id());
    let running = begin(machine, &mark, &FAMILY);
    eventually("the program has started all", || survivors(&mark).len() >= 4);
    println!("{mark} {}", machine.launcher.scratch().display());
    exit(i32::from(running.wait().is_err()));
}

fn programs_die_with_us(_: &Machine) {
    let ourselves = fs::read_link("/proc/self/exe").expect("there is /proc");
    let mut child = Command::new(ourselves).arg(MODE).stdout(Stdio::piped()).spawn().expect("it just started");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("it is a pipe");
    BufReader::new(stdout).read_line(&mut line).expect("it tells its mark and its scratch folder");
    let (mark, scratch) = line.trim().split_once(' ').expect("both");
    assert!(!survivors(mark).is_empty() && fs::exists(scratch).expect("the disk works"));
    child.kill().expect("it lives");
    assert_eq!(child.wait().expect("it is ours").signal(), Some(9));
    eventually("the program is gone", || survivors(mark).is_empty());
    eventually("its folder is gone", || !fs::exists(scratch).expect("the disk works"));
}

fn a_program_that_cannot_start_is_an_error(machine: &Machine) {
    for command in ["/no/such/program", "/etc/passwd", "/"] {
        let error = machine.launcher.run(&job("", &[command])).expect_err(command);
        assert!(error.to_string().starts_with(&format!("{command}: ")), "{error}");
    }
    assert!(machine.launcher.run(&job("", &[])).is_err(), "an empty command line");
}

fn programs_run_side_by_side(machine: &Machine) {
    let wait_for_each_other = |own: &str, other: &str| {
        begin(machine, "pair", &["/bin/sh", "-c", &format!("mkdir {own}; until [ -d {other} ]; do sleep 0.01; done")])
    };
    let folder = tempfile::tempdir().expect("there is room");
    let (left, right) = (folder.path().join("left"), folder.path().join("right"));
    let (left, right) = (left.display().to_string(), right.display().to_string());
    let pair = [wait_for_each_other(&left, &right), wait_for_each_other(&right, &left)];
    for running in pair {
        let ended = running.wait().expect("both end");
        assert_eq!(ended.exit, Exit::Code(0));
        assert!(ended.voluntary > 0, "{ended:?}");
    }
}

fn no_launcher_is_forked_beside_threads(_: &Machine) {
    let refused = std::thread::spawn(Launcher::start).join().expect("it does not panic");
    assert!(refused.is_err());
}
