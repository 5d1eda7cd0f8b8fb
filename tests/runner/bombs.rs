//! Programs that start more than they may. Each of them would stop by itself, should nobody stop it.

use std::path::Path;
use std::process::id;

use blog::cells::{Ended, Exit, Job, Limits};

use crate::programs::{eventually, job, survivors};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("bombs::more_processes_than_allowed_are_killed", more_processes_than_allowed_are_killed),
    ("bombs::a_fork_bomb_is_defused", a_fork_bomb_is_defused),
    ("bombs::threads_count", threads_count),
    ("bombs::what_has_ended_does_not_count", what_has_ended_does_not_count),
    ("bombs::a_limit_is_for_one_program_not_for_all", a_limit_is_for_one_program_not_for_all),
];

fn limited(processes: u32, mark: &str, command: &[&str]) -> Job {
    let job = job(mark, command);
    Job { limits: Limits { processes, time: 20_000_000_000, ..job.limits }, ..job }
}

/// Runs a command that may have so many processes and threads, and checks that none of its processes lives.
fn run(machine: &Machine, processes: u32, folder: &Path, command: &[&str]) -> Ended {
    let mark = format!("bomb-{}", id());
    let ended = machine
        .launcher
        .run(&Job { folder: folder.to_path_buf(), ..limited(processes, &mark, command) })
        .expect("it starts");
    assert_eq!(survivors(&mark), [""; 0], "after {command:?}");
    ended
}

fn more_processes_than_allowed_are_killed(machine: &Machine) {
    let start = "i=0; while [ $i -lt 3000 ]; do sleep 600 & i=$((i+1)); done; ";
    for (name, script) in [
        ("quick", format!("{start} wait")),
        ("each in a session", start.replace("sleep", "setsid sleep") + "wait"),
        ("left behind", start.replace("3000", "200")),
        ("slow", start.replace("sleep 600 &", "sleep 600 & sleep 0.01;") + "wait"),
    ] {
        let ended = run(machine, 100, Path::new("/"), &["/bin/sh", "-c", &script]);
        assert_eq!(ended.exit, Exit::TooManyProcesses, "{name}");
        assert!(ended.wall < 15_000_000_000, "{name}: {ended:?}");
    }
}

/// Has the bomb run as a child, so that the program itself does not end.
const LEAD: &str = "import os, sys, time
if os.fork() == 0: exec(sys.argv[1])
time.sleep(600)";

/// Copies itself and both go on, twelve times: 4,096 processes.
const COPIES: &str = "import os, sys, time
for _ in range(12):
    if os.fork() == 0 and 'sessions' in sys.argv: os.setsid()
time.sleep(600)";

/// Starts two like itself and ends, for 4,000 processes or 20 seconds.
const ORPHANS: &str = "import os, sys, time
start = time.time()
turns = os.open('turns', os.O_RDWR | os.O_CREAT | os.O_APPEND)
while True:
    if os.fork() and os.fork(): os._exit(0)
    if 'sessions' in sys.argv: os.setsid()
    os.write(turns, b'.')
    if os.fstat(turns).st_size > 4000 or time.time() > start + 20: time.sleep(600)";

fn a_fork_bomb_is_defused(machine: &Machine) {
    for (code, sessions) in [(COPIES, ""), (COPIES, "sessions"), (ORPHANS, ""), (ORPHANS, "sessions")] {
        let folder = tempfile::tempdir().expect("there is room");
        let ended = run(machine, 256, folder.path(), &["/usr/bin/python3", "-c", LEAD, code, sessions]);
        assert_eq!(ended.exit, Exit::TooManyProcesses, "{sessions} {code}");
    }
}

fn threads_count(machine: &Machine) {
    let code = "import threading, time\nfor _ in range(300): threading.Thread(target=time.sleep, args=(0.5,)).start()";
    for (most, exit) in [(200, Exit::TooManyProcesses), (400, Exit::Code(0))] {
        let mut job = limited(most, "", &["/usr/bin/python3", "-c", code]);
        job.limits.memory = 8 << 30;
        assert_eq!(machine.launcher.run(&job).expect("it starts").exit, exit, "{most}");
    }
}

fn what_has_ended_does_not_count(machine: &Machine) {
    let daemons = "i=0; while [ $i -lt 200 ]; do (setsid true &); i=$((i+1)); done; sleep 0.2";
    assert_eq!(run(machine, 100, Path::new("/"), &["/bin/sh", "-c", daemons]).exit, Exit::Code(0));
}

fn a_limit_is_for_one_program_not_for_all(machine: &Machine) {
    let family = ["/bin/sh", "-c", "for _ in 1 2 3 4 5 6 7; do sleep 600 & done; wait"];
    let mark = format!("beside-{}", id());
    let others: Vec<_> =
        (0..3).map(|_| machine.launcher.begin(&limited(10, &mark, &family)).expect("the launcher lives")).collect();
    eventually("all have started all", || survivors(&mark).len() == 24);
    assert_eq!(run(machine, 10, Path::new("/"), &["/bin/sh", "-c", "sleep 0.2; sleep 0.2"]).exit, Exit::Code(0));
    assert_eq!(survivors(&mark).len(), 24, "nobody was killed for the sake of others");
    drop(others);
}
