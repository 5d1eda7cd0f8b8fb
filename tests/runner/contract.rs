//! What every runner keeps to: the real one and its double alike.

use std::collections::BTreeMap;

use blog::cells::{
    BuildLog, CompilerMessage, Exit, LocalRunner, Outcome, Plan, Prepared, Program, Reply, Runner, RunnerError,
    Scripted,
};

use crate::programs::{end, execute, execute_all, repeat, rust, samples, sh, sweep, trials, words};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("contract::the_real_runner_keeps_the_contract", |machine| keeps_the_contract::<LocalRunner>(&machine.runner)),
    ("contract::the_double_keeps_the_contract", |_| keeps_the_contract::<Scripted>(&double())),
    ("contract::the_double_counts_what_it_is_asked_for", the_double_counts),
];

const MOVED: &str = "fn main() {\n    let a = String::new();\n    drop(a);\n    drop(a);\n}\n";

/// A double that knows what the programs of the contract would do.
fn double() -> Scripted {
    let text = |text: &str| Reply { stdout: text.to_owned(), ..Reply::default() };
    let message = CompilerMessage {
        level: "error".to_owned(),
        code: Some("E0382".to_owned()),
        line: Some(4),
        columns: None,
        message: "use of moved value: `a`".to_owned(),
        rendered: "error[E0382]".to_owned(),
    };
    let refusal = Reply { build: Some(BuildLog { success: false, messages: vec![message] }), ..Reply::default() };
    Scripted::new()
        .reply("echo hello", text("hello\n"))
        .reply("exit 3", Reply { exit: Exit::Code(3), stderr: "bad\n".to_owned(), ..text("") })
        .reply("drop(a);\n    drop(a);", refusal)
        .reply("println!", text("built\n"))
        .missing("no-such-interpreter")
        .missing("no-such-compiler")
}

fn keeps_the_contract<R: Runner>(runner: &R) {
    runs_once(runner);
    runs_repeatedly(runner);
    stops_at_an_end_that_is_not_announced(runner);
    builds(runner);
    misses_tools(runner);
    answers_for_each_of_several(runner);
    has_a_case_for_each_combination(runner);
    tries(runner);
}

fn go(runner: &impl Runner, program: &Program) -> (Prepared, Outcome) {
    let log = runner.prepare(program).expect("its tools are here");
    let prepared = runner.prepare(program).expect("a program can be prepared twice");
    (log, execute(runner, program, prepared))
}

fn runs_once(runner: &impl Runner) {
    let (prepared, outcome) = go(runner, &sh("echo hello"));
    assert_eq!((prepared.build, &outcome.build), (None, &None));
    let case = &outcome.cases[0];
    assert!(case.params.is_empty() && case.others == 0 && end(&outcome).count == 1, "{case:?}");
    assert_eq!((end(&outcome).exit, &*end(&outcome).stdout, &*end(&outcome).stderr), (Exit::Code(0), "hello\n", ""));
    assert_eq!(samples(&outcome).len(), 1);
    assert!(samples(&outcome)[0].wall > 0 && samples(&outcome)[0].rss > 0);
    let machine = outcome.machine;
    assert!(machine.cores > 0 && machine.memory > 0 && !machine.cpu.is_empty(), "{machine:?}");
    assert!(machine.system.starts_with("Linux ") && !machine.toolchain.is_empty(), "{machine:?}");
    assert!(machine.date.ends_with('Z'), "{machine:?}");
}

fn runs_repeatedly(runner: &impl Runner) {
    let plan = |reps| repeat(reps, Some(1), &[0]);
    let exactly = go(runner, &Program { plan: plan(Some(7)), ..sh("echo hello") }).1;
    assert_eq!(
        (samples(&exactly).len(), &*end(&exactly).stdout),
        (7, "hello\n"),
        "the last run's output, not that of all"
    );
    let adaptive = go(runner, &Program { plan: plan(None), ..sh("echo hello") }).1;
    let runs = samples(&adaptive).len();
    assert!((1..=60).contains(&runs), "{runs} runs");
}

fn stops_at_an_end_that_is_not_announced(runner: &impl Runner) {
    let failing = sh("echo bad >&2; exit 3");
    for plan in [Plan::Once, repeat(Some(7), None, &[0])] {
        let outcome = go(runner, &Program { plan, ..failing.clone() }).1;
        assert_eq!((end(&outcome).exit, samples(&outcome).len()), (Exit::Code(3), 1));
        assert_eq!(end(&outcome).stderr, "bad\n");
    }
    let announced = repeat(Some(7), None, &[3]);
    let outcome = go(runner, &Program { plan: announced, ..failing }).1;
    assert_eq!((end(&outcome).exit, samples(&outcome).len()), (Exit::Code(3), 7));
}

fn builds(runner: &impl Runner) {
    let good = rust("fn main() { println!(\"built\"); }");
    let (prepared, outcome) = go(runner, &good);
    assert_eq!(prepared.build, Some(BuildLog { success: true, messages: Vec::new() }));
    assert_eq!((end(&outcome).exit, &*end(&outcome).stdout), (Exit::Code(0), "built\n"));

    for only_built in [Program { plan: Plan::Build, ..good.clone() }, Program { run: None, ..good }] {
        let outcome = go(runner, &only_built).1;
        assert_eq!(outcome.cases, [], "it never ran");
        assert!(outcome.build.expect("it was built").success);
    }

    let (prepared, outcome) = go(runner, &rust(MOVED));
    assert_eq!(outcome.cases, [], "nothing to run");
    let log = outcome.build.expect("it was built");
    assert_eq!(prepared.build.as_ref(), Some(&log));
    assert!(!log.success);
    let told: Vec<_> = log.messages.iter().map(|told| (told.code.as_deref(), told.line)).collect();
    assert!(told.contains(&(Some("E0382"), Some(4))), "{told:?}");
}

fn misses_tools(runner: &impl Runner) {
    let interpreter = Program { run: Some(words("no-such-interpreter {file}")), ..sh("") };
    let version = Program { version: words("no-such-interpreter --version"), ..sh("") };
    let mut compiler = rust("fn main() {}");
    compiler.build.as_mut().expect("Rust is built").command = words("no-such-compiler {file}");
    for (program, tool) in
        [(interpreter, "no-such-interpreter"), (version, "no-such-interpreter"), (compiler, "no-such-compiler")]
    {
        assert_eq!(runner.prepare(&program).err(), Some(RunnerError::Missing(tool.to_owned())));
    }
}

fn answers_for_each_of_several(runner: &impl Runner) {
    let measured = Program { plan: repeat(Some(4), Some(0), &[0]), ..sh("echo hello") };
    let swept = Program { sweep: sweep("threads", &["1", "2"]), ..measured.clone() };
    let outcomes = execute_all(runner, &[&measured, &rust(MOVED), &swept, &sh("echo bad >&2; exit 3")]);
    let [first, broken, second, once] = outcomes.as_slice() else { panic!("one for each: {outcomes:?}") };
    assert!(outcomes.iter().all(|outcome| outcome.session == first.session), "they were run in one session");
    assert_eq!((broken.cases.as_slice(), end(once).exit), (&[][..], Exit::Code(3)), "in their order");
    assert_eq!((first.cases.len(), second.cases.len()), (1, 2));
    for case in first.cases.iter().chain(&second.cases) {
        let rounds: Vec<u32> = case.samples.iter().map(|sample| sample.round).collect();
        assert_eq!((rounds.as_slice(), case.ends[0].count), (&[1, 2, 3, 4][..], 4));
    }
}

fn has_a_case_for_each_combination(runner: &impl Runner) {
    let combinations = [sweep("threads", &["1", "2"]), sweep("queue-size", &["8", "9"])].concat();
    for (plan, runs) in [(Plan::Once, 1), (repeat(Some(2), Some(0), &[0]), 2), (trials(2, u64::MAX, &[]), 2)] {
        let outcome = go(runner, &Program { plan, sweep: combinations.clone(), ..sh("echo hello") }).1;
        let case = |threads: &str, queue: &str| {
            BTreeMap::from([("threads", threads), ("queue-size", queue)].map(|(a, b)| (a.to_owned(), b.to_owned())))
        };
        let params: Vec<_> = outcome.cases.iter().map(|case| case.params.clone()).collect();
        assert_eq!(params, [case("1", "8"), case("1", "9"), case("2", "8"), case("2", "9")]);
        for case in &outcome.cases {
            assert_eq!((case.samples.len(), case.ends.len(), &*case.ends[0].stdout), (runs, 1, "hello\n"));
        }
    }
}

fn tries(runner: &impl Runner) {
    for (code, exit) in [("echo hello", Exit::Code(0)), ("echo bad >&2; exit 3", Exit::Code(3))] {
        let outcome = go(runner, &Program { plan: trials(5, u64::MAX, &[]), ..sh(code) }).1;
        let end = end(&outcome);
        assert_eq!((end.exit, end.count, samples(&outcome).len()), (exit, 5, 5), "no end is the last");
    }
}

fn the_double_counts(_: &Machine) {
    let double = double();
    assert_eq!((double.prepared(), double.executed()), (0, 0));
    go(&double, &sh("echo hello"));
    assert_eq!((double.prepared(), double.executed()), (2, 1));
    execute_all(&double, &[&sh("echo hello"), &sh("exit 3")]);
    assert_eq!((double.prepared(), double.executed()), (4, 3));
}
