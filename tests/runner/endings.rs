//! However a program ends, nothing of it is left.

use std::fs;
use std::process;

use blog::cells::{Exit, Outcome, Program};

use crate::programs::{end, eventually, marked, outcome, samples, sh, survivors, tool, within};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("endings::codes_and_signals_are_told_apart", codes_and_signals_are_told_apart),
    ("endings::a_program_that_does_not_end_is_killed", a_program_that_does_not_end_is_killed),
    ("endings::nothing_that_a_program_started_outlives_it", nothing_that_a_program_started_outlives_it),
    ("endings::a_flood_of_output_is_cut_and_its_source_killed", a_flood_is_cut),
    ("endings::output_up_to_the_limit_is_whole", output_up_to_the_limit_is_whole),
    ("endings::supervisors_leave_no_zombies", supervisors_leave_no_zombies),
];

fn codes_and_signals_are_told_apart(machine: &Machine) {
    let table = [
        ("exit 0", Exit::Code(0)),
        ("exit 41", Exit::Code(41)),
        ("kill -TERM $$", Exit::Signal(15)),
        ("kill -SEGV $$", Exit::Signal(11)),
        ("kill -PIPE $$", Exit::Signal(13)),
        ("kill -INT $$", Exit::Signal(2)),
        ("kill -HUP $$", Exit::Signal(1)),
    ];
    for (code, exit) in table {
        assert_eq!(end(&outcome(machine, &sh(code))).exit, exit, "{code}");
    }
}

/// Executes a program and checks that none of its processes lives.
fn alone_after(machine: &Machine, name: &str, program: Program) -> Outcome {
    let mark = format!("{name}-{}", process::id());
    let outcome = outcome(machine, &marked(&mark, program));
    assert_eq!(survivors(&mark), [""; 0], "after {name}");
    outcome
}

fn a_program_that_does_not_end_is_killed(machine: &Machine) {
    let table = [
        ("plain", "echo before; sleep 600; echo after"),
        ("deaf", "echo before; trap '' TERM INT HUP QUIT; while :; do sleep 600; done"),
        ("stopped", "echo before; kill -STOP $$"),
        ("pipeline", "echo before; sleep 600 | sleep 600"),
        ("background", "echo before; sleep 600 & sleep 600 & wait"),
        ("daemon", "echo before; setsid sleep 600 & setsid setsid sh -c 'sleep 600 & wait' & sleep 600"),
        ("double fork", "echo before; (setsid sh -c '(sleep 600 &) &' &); sleep 600"),
        ("forking", "echo before; while :; do sleep 600 & sleep 0.01; done"),
        ("forking daemon", "echo before; setsid sh -c 'while :; do sleep 600 & sleep 0.01; done' & sleep 600"),
    ];
    for (name, code) in table {
        let outcome = alone_after(machine, name, within(500, sh(code)));
        assert_eq!((end(&outcome).exit, &*end(&outcome).stdout), (Exit::TimedOut, "before\n"), "{name}");
        assert!(samples(&outcome)[0].wall >= 500_000_000, "{name}");
    }
}

fn nothing_that_a_program_started_outlives_it(machine: &Machine) {
    let table = [
        ("background job", "sleep 600 & echo done"),
        ("daemon", "setsid sleep 600 & sleep 0.1; echo done"),
        ("double fork", "(setsid sh -c '(sleep 600 &) &' &); sleep 0.1; echo done"),
        ("parent of jobs", "setsid sh -c 'sleep 600 & sleep 600 & wait' & sleep 0.1; echo done"),
        ("chain", "echo 'sh ./link & exit' > link; setsid sh ./link & sleep 0.1; echo done"),
    ];
    for (name, code) in table {
        let outcome = alone_after(machine, name, sh(code));
        assert_eq!((end(&outcome).exit, &*end(&outcome).stdout), (Exit::Code(0), "done\n"), "{name}");
    }
}

fn a_flood_is_cut(machine: &Machine) {
    let table = [
        ("to stdout", "yes"),
        ("to stderr", "yes >&2"),
        ("by a child", "yes & wait"),
        ("by one that ends", "head -c 70000 /dev/zero"),
        ("by one that does not care", "trap '' XFSZ; while :; do head -c 1000000000 /dev/zero; done"),
    ];
    for (name, code) in table {
        let outcome = alone_after(machine, name, sh(code));
        assert_eq!(end(&outcome).exit, Exit::TooMuchOutput, "{name}");
        assert_eq!(end(&outcome).stdout.len().max(end(&outcome).stderr.len()), 64 << 10, "{name}");
    }
}

fn output_up_to_the_limit_is_whole(machine: &Machine) {
    let outcome = outcome(machine, &tool("head -c 65536 /dev/zero"));
    assert_eq!((end(&outcome).exit, end(&outcome).stdout.len()), (Exit::Code(0), 64 << 10));
}

fn supervisors_leave_no_zombies(machine: &Machine) {
    outcome(machine, &tool("true"));
    let children = |pid: &str| -> Vec<String> {
        let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        list.split_whitespace().map(str::to_owned).collect()
    };
    let launchers = children(&process::id().to_string());
    assert_eq!(launchers.len(), 2, "one of our own and one of the runner");
    eventually("no supervisor is left", || launchers.iter().all(|launcher| children(launcher).is_empty()));
}
