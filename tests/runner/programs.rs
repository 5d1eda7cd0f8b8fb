//! Programs to run, and looking for what they leave behind.

use std::collections::BTreeMap;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

use blog::cells::{
    Batch, Build, End, Job, Languages, Limits, Member, Net, Outcome, Plan, Prepared, Program, Repeat, Runner, Sample,
};

use crate::Machine;

/// A shell script.
pub(crate) fn sh(code: &str) -> Program {
    Program {
        runner: 1,
        file: "cell.sh".to_owned(),
        code: code.to_owned(),
        files: BTreeMap::new(),
        build: None,
        run: Some(words("sh {file}")),
        version: words("uname -s"),
        resolve: BTreeMap::new(),
        tool_env: words("RUSTUP_HOME RUSTUP_TOOLCHAIN CARGO_HOME PYENV_ROOT PYENV_VERSION"),
        pins: BTreeMap::new(),
        args: Vec::new(),
        env: BTreeMap::new(),
        stdin: String::new(),
        limits: Limits { time: 20_000_000_000, memory: 1 << 30, output: 64 << 10, processes: 512 },
        plan: Plan::Once,
        sweep: Vec::new(),
        timeline: false,
        thread_names: None,
        merge: false,
        net: Some(Net::Host),
        dump: None,
        packages: None,
        inputs: Vec::new(),
    }
}

/// A program that is found on the path, without any script.
pub(crate) fn tool(command: &str) -> Program {
    Program { run: Some(words(command)), ..sh("") }
}

/// A Rust program.
pub(crate) fn rust(code: &str) -> Program {
    let command = "rustc --edition 2021 -O --error-format=json --json=diagnostic-rendered-ansi -o {program} {file}";
    Program {
        file: "cell.rs".to_owned(),
        build: Some(Build { command: words(command), json_messages: true }),
        run: Some(words("{program}")),
        version: words("rustc --version"),
        resolve: Languages::default().named("rust").expect("it is embedded").resolve.clone(),
        ..sh(code)
    }
}

pub(crate) fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// The same with another limit of time.
pub(crate) fn within(milliseconds: u64, program: Program) -> Program {
    let limits = Limits { time: milliseconds * 1_000_000, ..program.limits };
    Program { limits, ..program }
}

/// The same with a variable by which its processes can be found.
pub(crate) fn marked(mark: &str, program: Program) -> Program {
    Program { env: BTreeMap::from([("CELL_MARK".to_owned(), mark.to_owned())]), ..program }
}

/// A command for the launcher, with a mark, whose standard streams are the null device.
pub(crate) fn job(mark: &str, command: &[&str]) -> Job {
    let env = [("CELL_MARK", mark), ("PATH", "/usr/bin:/bin")];
    Job {
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        env: env.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        folder: "/".into(),
        stdin: "/dev/null".into(),
        stdout: "/dev/null".into(),
        stderr: "/dev/null".into(),
        limits: Limits { time: 60_000_000_000, memory: 1 << 30, output: 1 << 20, processes: 512 },
        merge: false,
        net: Net::Host,
        stacks: None,
        dump_signal: None,
        trace: None,
    }
}

/// Prepares and executes a program.
pub(crate) fn outcome(machine: &Machine, program: &Program) -> Outcome {
    let prepared = machine.runner.prepare(program).expect("its tools are here");
    execute(&machine.runner, program, prepared)
}

/// Executes a prepared program by itself.
pub(crate) fn execute(runner: &impl Runner, program: &Program, prepared: Prepared) -> Outcome {
    runner.execute(batch([(program, prepared)])).remove(0).expect("this machine works")
}

/// Prepares programs and executes them together.
pub(crate) fn execute_all(runner: &impl Runner, programs: &[&Program]) -> Vec<Outcome> {
    let prepared = programs.iter().map(|program| (*program, runner.prepare(program).expect("its tools are here")));
    let outcomes = runner.execute(batch(prepared));
    outcomes.into_iter().map(|outcome| outcome.expect("this machine works")).collect()
}

/// Programs that run together, and are not compared.
pub(crate) fn batch<'a>(programs: impl IntoIterator<Item = (&'a Program, Prepared)>) -> Batch<'a> {
    let member = |(program, prepared)| Member { program, prepared, empty: None };
    Batch { members: programs.into_iter().map(member).collect(), ..Batch::default() }
}

/// The end of a program that ended in one way.
pub(crate) fn end(outcome: &Outcome) -> &End {
    let [case] = outcome.cases.as_slice() else { panic!("it ran: {outcome:?}") };
    let [end] = case.ends.as_slice() else { panic!("it ended in one way: {outcome:?}") };
    end
}

/// Its runs.
pub(crate) fn samples(outcome: &Outcome) -> &[Sample] {
    outcome.cases.first().map_or(&[], |case| &case.samples)
}

/// Repeatedly, so often or as often as it takes for a third of a second.
pub(crate) fn repeat(reps: Option<u32>, warmup: Option<u32>, codes: &[i32]) -> Plan {
    Plan::Repeat(Repeat { reps, warmup, min_time: 0, max_time: 300_000_000, codes: codes.to_vec() })
}

/// So many times, but no more once they took so long, ns.
pub(crate) fn trials(trials: u32, max_time: u64, redact: &[&str]) -> Plan {
    Plan::Trials { trials, max_time, redact: redact.iter().map(|pattern| (*pattern).to_owned()).collect() }
}

/// With each of some values of a name.
pub(crate) fn sweep(name: &str, values: &[&str]) -> Vec<(String, Vec<String>)> {
    vec![(name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())]
}

/// The command lines of living processes with a mark.
pub(crate) fn survivors(mark: &str) -> Vec<String> {
    let wanted = format!("CELL_MARK={mark}");
    let processes = fs::read_dir("/proc").expect("there is /proc").flatten();
    let is_marked = |environment: &[u8]| environment.split(|byte| *byte == 0).any(|entry| entry == wanted.as_bytes());
    processes
        .filter(|process| fs::read(process.path().join("environ")).is_ok_and(|environment| is_marked(&environment)))
        .map(|process| fs::read_to_string(process.path().join("cmdline")).unwrap_or_default())
        .collect()
}

/// Waits until something is so, but not for ever.
pub(crate) fn eventually(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if is_so() {
            return;
        }
        sleep(Duration::from_millis(10));
    }
    panic!("never: {what}");
}
