//! What is told of programs that do not end, and of the order of what they print.

use std::fs;
use std::path::Path;
use std::process::Command;

use blog::cells::{Dump, Ended, Exit, Job, Limits, Net, Program};

use crate::programs::{end, job, outcome, rust, sh, survivors, trials, within, words};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("hung::both_streams_can_be_one", both_streams_can_be_one),
    ("hung::a_deadlock_tells_where_its_threads_stand", a_deadlock_tells_where_its_threads_stand),
    ("hung::of_trials_that_hang_one_tells_where_its_threads_stand", one_of_several_tells),
    ("hung::a_program_is_asked_by_its_signal_and_what_it_says_is_kept", a_program_is_asked_by_its_signal),
    ("hung::every_process_is_told_and_what_it_waits_for", every_process_is_told_and_what_it_waits_for),
    ("hung::a_program_can_say_itself_where_it_stands", a_program_can_say_itself_where_it_stands),
    ("hung::a_program_that_says_nothing_is_not_waited_for", a_program_that_says_nothing_is_not_waited_for),
];

/// A job whose output goes to a folder.
fn printing(folder: &Path, command: &[&str]) -> Job {
    let (stdout, stderr) = (folder.join("stdout"), folder.join("stderr"));
    Job { stdout, stderr, folder: folder.to_path_buf(), ..job("hung", command) }
}

fn both_streams_can_be_one(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let script = "i=0; while [ $i -lt 50 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done; sh -c 'echo last >&2'";
    let job = printing(folder.path(), &["/bin/sh", "-c", script]);
    let expected: String = (0..50).map(|i| format!("out {i}\nerr {i}\n")).collect();
    let read = |file| fs::read_to_string(folder.path().join(file)).expect("it was made");
    machine.launcher.run(&Job { merge: true, ..job.clone() }).expect("it starts");
    assert_eq!((read("stdout"), read("stderr")), (expected + "last\n", String::new()));
    machine.launcher.run(&job).expect("it starts");
    assert_eq!((read("stdout").lines().count(), read("stderr").lines().count()), (50, 51), "and need not");
}

/// Runs a job for so long, and checks that its end is the limit of time and that nothing of it is left.
fn hang(machine: &Machine, milliseconds: u64, job: &Job) -> Ended {
    let limits = Limits { time: milliseconds * 1_000_000, ..job.limits };
    let ended = machine.launcher.run(&Job { limits, ..job.clone() }).expect("it starts");
    assert_eq!(ended.exit, Exit::TimedOut, "{ended:?}");
    assert!(ended.wall < (milliseconds + 900) * 1_000_000, "questions are not its time: {ended:?}");
    assert_eq!(survivors("hung"), [""; 0]);
    ended
}

const DEADLOCK: &str = r#"use std::sync::{Barrier, Mutex};

#[inline(never)]
fn take(first: &Mutex<i32>, second: &Mutex<i32>, both: &Barrier) {
    let _first = first.lock().unwrap();
    both.wait();
    let _second = second.lock().unwrap();
}

fn main() {
    let (a, b, both) = (Mutex::new(1), Mutex::new(2), Barrier::new(2));
    std::thread::scope(|scope| {
        let start = |name: &str| std::thread::Builder::new().name(name.to_owned());
        start("left").spawn_scoped(scope, || take(&a, &b, &both)).unwrap();
        start("right").spawn_scoped(scope, || take(&b, &a, &both)).unwrap();
    });
}
"#;

fn a_deadlock_tells_where_its_threads_stand(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    fs::write(folder.path().join("cell.rs"), DEADLOCK).expect("the folder is ours");
    let options = ["--edition=2021", "-Copt-level=3", "-Cdebuginfo=line-tables-only", "-oprogram", "cell.rs"];
    let built = Command::new("rustc").args(options).current_dir(folder.path()).status();
    assert!(built.expect("there is a compiler").success());
    let job = Job { stacks: Some("cell.rs".to_owned()), ..printing(folder.path(), &["./program"]) };
    let ended = hang(machine, 500, &job);
    let told: Vec<_> = ended.threads.iter().map(|thread| (thread.process, &*thread.name, &*thread.wait)).collect();
    assert_eq!(told, [(1, "program", "futex"), (1, "left", "futex"), (1, "right", "futex")]);
    let elsewhere = Job { net: Net::Loopback, ..job };
    assert_eq!(hang(machine, 500, &elsewhere).threads, ended.threads, "it is the same each time");
    if Path::new("/usr/bin/gdb").exists() {
        assert!(ended.threads[0].frames[0].ends_with(" in main"), "{ended:?}");
        assert_eq!([&*ended.threads[1].frames[0], &*ended.threads[2].frames[0]], ["cell.rs:7 in take"; 2]);
    }
}

fn one_of_several_tells(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let log = folder.path().join("log").display().to_string();
    let main = format!(
        "fn main() {{
    use std::io::Write;
    let mut log = std::fs::File::options().create(true).append(true).open({log:?}).unwrap();
    log.write_all(b\".\").unwrap();
    println!(\"{{}}\", log.metadata().unwrap().len());"
    );
    let mut program = within(500, rust(&DEADLOCK.replace("fn main() {", &main)));
    program.build.as_mut().expect("Rust is built").command.push("-Cdebuginfo=line-tables-only".to_owned());
    let outcome = outcome(machine, &Program { plan: trials(2, u64::MAX, &[]), ..program });
    let [first, second] = outcome.cases[0].ends.as_slice() else { panic!("they print different numbers: {outcome:?}") };
    assert_eq!((first.exit, &*first.stdout), (Exit::TimedOut, "1\n"));
    assert_eq!((second.exit, &*second.stdout), (Exit::TimedOut, "2\n"));
    let told: Vec<_> = first.threads.iter().map(|thread| (&*thread.name, &*thread.wait)).collect();
    assert_eq!(told, [("program", "futex"), ("left", "futex"), ("right", "futex")]);
    assert_eq!(second.threads, [], "it is known by then");
    if Path::new("/usr/bin/gdb").exists() {
        assert_eq!([&*first.threads[1].frames[0], &*first.threads[2].frames[0]], ["cell.rs:7 in take"; 2]);
    }
}

fn a_program_is_asked_by_its_signal(machine: &Machine) {
    let dump = Dump { signal: 6, env: [("PYTHONFAULTHANDLER".to_owned(), "1".to_owned())].into() };
    let python = Program {
        file: "cell.py".to_owned(),
        run: Some(words("/usr/bin/python3 -u {file}")),
        dump: Some(dump),
        plan: trials(1, u64::MAX, &[]),
        ..sh("import threading\nprint('before')\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()")
    };
    let outcome = outcome(machine, &within(500, python));
    assert_eq!((end(&outcome).exit, &*end(&outcome).stdout), (Exit::TimedOut, "before\n"));
    let said = &end(&outcome).stderr;
    assert!(said.contains("File \"/cell/cell.py\", line 5 in <module>"), "{said}");
}

fn every_process_is_told_and_what_it_waits_for(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let script = "sleep 600 & (while :; do :; done) & wait";
    let job = printing(folder.path(), &["/bin/sh", "-c", script]);
    assert_eq!(hang(machine, 200, &job).threads, [], "it was not to be told");
    let ended = hang(machine, 200, &Job { stacks: Some("cell.sh".to_owned()), ..job });
    let told: Vec<_> = ended.threads.iter().map(|thread| (thread.process, &*thread.name, &*thread.wait)).collect();
    // Which call a shell and `sleep` wait in is for their authors to choose.
    let (waits, told): (Vec<_>, Vec<_>) = told.iter().map(|(process, name, wait)| (*wait, (*process, *name))).unzip();
    assert_eq!(told, [(1, "sh"), (2, "sleep"), (3, "sh")]);
    assert!(waits[0].contains("wait") || waits[0].contains("suspend"), "{waits:?}");
    assert!(waits[1].ends_with("nanosleep") && waits[2] == "running", "{waits:?}");
}

fn a_program_can_say_itself_where_it_stands(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let code = "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()\n";
    fs::write(folder.path().join("cell.py"), code).expect("the folder is ours");
    let mut job = Job { dump_signal: Some(6), ..printing(folder.path(), &["/usr/bin/python3", "cell.py"]) };
    job.env.insert("PYTHONFAULTHANDLER".to_owned(), "1".to_owned());
    hang(machine, 500, &job);
    let said = fs::read_to_string(&job.stderr).expect("it was made");
    assert!(said.contains("cell.py\", line 4 in <module>"), "{said}");
}

fn a_program_that_says_nothing_is_not_waited_for(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let deaf = "trap '' ABRT; while :; do sleep 600; done";
    let job = Job { dump_signal: Some(6), ..printing(folder.path(), &["/bin/sh", "-c", deaf]) };
    let began = std::time::Instant::now();
    hang(machine, 200, &job);
    assert!(began.elapsed().as_secs() < 10, "it got a second");
}
