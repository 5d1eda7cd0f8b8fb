//! Cases, turns and trials of programs that are really run.

use std::fs;

use blog::cells::{End, Exit, Input, Plan, Prepared, Program, Runner, RunnerError};
use blog::source::SitePath;

use crate::programs::{batch, end, execute_all, outcome, repeat, rust, samples, sh, sweep, trials};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("cases::those_that_are_measured_take_turns", those_that_are_measured_take_turns),
    ("cases::each_batch_is_a_session_of_its_own", each_batch_is_a_session_of_its_own),
    ("cases::values_arrive_in_variables", values_arrive_in_variables),
    ("cases::trials_are_told_apart_by_how_they_end_and_what_they_print", trials_are_told_apart),
    ("cases::trials_stop_when_their_time_is_spent", trials_stop_when_their_time_is_spent),
    ("cases::two_outputs_can_be_one", two_outputs_can_be_one),
    ("cases::inputs_are_new_in_each_run", inputs_are_new_in_each_run),
];

/// What programs leave in a file that outlives their runs.
fn log(act: impl FnOnce(&str)) -> String {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("log");
    act(&path.display().to_string());
    fs::read_to_string(path).expect("somebody wrote to it")
}

fn those_that_are_measured_take_turns(machine: &Machine) {
    let log = log(|log| {
        let measured = |name: &str| Program {
            plan: repeat(Some(8), Some(1), &[0]),
            ..sh(&format!("printf {name}$CELL_THREADS. >> '{log}'"))
        };
        let swept = Program { sweep: sweep("threads", &["1", "2"]), ..measured("b") };
        let once = Program { plan: Plan::Once, ..measured("once") };
        execute_all(&machine.runner, &[&measured("a"), &swept, &once]);
    });
    let runs: Vec<&str> = log.split_terminator('.').collect();
    assert_eq!(runs[0], "once", "what is not measured");
    let rounds: Vec<&[&str]> = runs[1..].chunks(3).collect();
    assert_eq!(rounds.len(), 9, "one warms up");
    for round in rounds {
        let mut round = round.to_vec();
        round.sort_unstable();
        assert_eq!(round, ["a", "b1", "b2"], "{log}");
    }
}

fn each_batch_is_a_session_of_its_own(machine: &Machine) {
    let session = || outcome(machine, &sh("exit 0")).session;
    assert_ne!(session(), session());
    let (good, elsewhere) = (sh("echo good"), Prepared { folder: None, build: None, packages: None });
    let prepared = machine.runner.prepare(&good).expect("its tools are here");
    let mut outcomes = machine.runner.execute(batch([(&good, elsewhere), (&good, prepared)]));
    let second = outcomes.pop().expect("one for each").expect("it is not that one's fault");
    assert_eq!(end(&second).stdout, "good\n");
    let refused = RunnerError::Failed("a program that was prepared elsewhere".to_owned());
    assert_eq!(outcomes, [Err(refused)]);
}

fn values_arrive_in_variables(machine: &Machine) {
    let sweep = [sweep("threads", &["1", "2"]), sweep("queue-size", &["a b"])].concat();
    let program = Program { sweep, ..sh("echo $CELL_THREADS, $CELL_QUEUE_SIZE") };
    let outcome = outcome(machine, &program);
    let printed: Vec<_> = outcome.cases.iter().map(|case| &*case.ends[0].stdout).collect();
    assert_eq!(printed, ["1, a b\n", "2, a b\n"]);
}

/// How often a program ended in which way.
fn tally(ends: &[End]) -> Vec<(Exit, &str, u32)> {
    ends.iter().map(|end| (end.exit, &*end.stdout, end.count)).collect()
}

fn trials_are_told_apart(machine: &Machine) {
    log(|log| {
        let script = format!(
            "printf . >> '{log}'; n=$(wc -c < '{log}')
            case $((n % 5)) in
                0) echo lost $n; exit 1;;
                1) echo took ${{n}}ms; echo $n >&2;;
                2) kill -SEGV $$;;
                *) echo kept;;
            esac"
        );
        let outcome = outcome(machine, &Program { plan: trials(10, u64::MAX, &["[0-9]+ms"]), ..sh(&script) });
        let [case] = outcome.cases.as_slice() else { panic!("{outcome:?}") };
        let (zero, lost) = (Exit::Code(0), Exit::Code(1));
        assert_eq!(
            tally(&case.ends),
            [
                (zero, "kept\n", 4),
                (zero, "took 1ms\n", 2),
                (Exit::Signal(11), "", 2),
                (lost, "lost 5\n", 1),
                (lost, "lost 10\n", 1)
            ]
        );
        assert_eq!((case.ends[1].stderr.as_str(), case.others, case.samples.len()), ("1\n", 0, 10));
    });
}

fn trials_stop_when_their_time_is_spent(machine: &Machine) {
    for (max_time, most) in [(1, 1), (300_000_000, 3)] {
        let outcome = outcome(machine, &Program { plan: trials(1000, max_time, &[]), ..sh("sleep 0.1") });
        let runs = samples(&outcome).len();
        assert!((1..=most).contains(&runs), "{runs} runs of 100 ms or more in {max_time} ns");
        assert_eq!(end(&outcome).count as usize, runs);
    }
}

fn two_outputs_can_be_one(machine: &Machine) {
    let both = sh("echo 1; echo 2 >&2; echo 3; sh -c 'echo 4 >&2'");
    let told = |merge| {
        let outcome = outcome(machine, &Program { merge, ..both.clone() });
        (end(&outcome).stdout.clone(), end(&outcome).stderr.clone())
    };
    assert_eq!(told(true), ("1\n2\n3\n4\n".to_owned(), String::new()));
    assert_eq!(told(false), ("1\n3\n".to_owned(), "2\n4\n".to_owned()));
}

fn inputs_are_new_in_each_run(machine: &Machine) {
    let input = |path: &str, bytes: &[u8]| Input { path: SitePath::new(path).expect("a path"), bytes: bytes.to_vec() };
    let inputs = vec![input("numbers.csv", b"1,2\n"), input("data/deep/any", b"\xff\0")];
    let script = "cat numbers.csv; wc -c < data/deep/any; echo 3 > numbers.csv; rm -r data";
    let script = Program { inputs: inputs.clone(), plan: repeat(Some(3), Some(1), &[0]), ..sh(script) };
    assert_eq!(end(&outcome(machine, &script)).stdout, "1,2\n2\n");
    let code = "fn main() { print!(\"{}\", std::fs::read_to_string(\"numbers.csv\").unwrap()); }";
    assert_eq!(end(&outcome(machine, &Program { inputs, ..rust(code) })).stdout, "1,2\n");
}
