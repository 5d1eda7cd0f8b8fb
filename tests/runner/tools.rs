//! Interpreters and compilers of this machine.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use std::process::Command;

use blog::cells::{Exit, Program, Runner, RunnerError};

use crate::programs::{end, outcome, rust, sh, tool, words};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("tools::python_runs_without_its_shim", python_runs_without_its_shim),
    ("tools::an_interpreter_behind_a_shim_is_resolved", an_interpreter_behind_a_shim_is_resolved),
    ("tools::a_tool_that_does_not_answer_is_told", a_tool_that_does_not_answer_is_told),
    ("tools::a_tool_that_is_installed_meanwhile_is_found", a_tool_that_is_installed_meanwhile_is_found),
    ("tools::no_compiler_is_taken_from_a_folder_above", no_compiler_is_taken_from_above),
    ("tools::warnings_come_with_a_program", warnings_come_with_a_program),
    ("tools::a_compiler_that_only_prints_is_quoted", a_compiler_that_only_prints_is_quoted),
    ("tools::a_silent_failure_of_a_compiler_gets_a_reason", a_silent_failure_of_a_compiler_gets_a_reason),
    (
        "tools::a_compiler_without_a_verdict_is_a_failure_of_the_machine",
        a_compiler_without_a_verdict_is_a_failure_of_the_machine,
    ),
];

fn python_runs_without_its_shim(machine: &Machine) {
    let python = Program {
        file: "cell.py".to_owned(),
        run: Some(words("python3 {file}")),
        version: words("python3 --version"),
        resolve: resolve("python3", ["python3", "-c", "import sys; print(sys.executable)"]),
        ..sh("import sys\nprint(sys.argv[0], 'shims' in sys.executable)\n1 / 0")
    };
    let outcome = outcome(machine, &python);
    assert_eq!((end(&outcome).exit, &*end(&outcome).stdout), (Exit::Code(1), "cell.py False\n"));
    assert!(end(&outcome).stderr.contains("File \"/cell/cell.py\", line 3"), "{}", end(&outcome).stderr);
    assert!(outcome.machine.toolchain.starts_with("Python 3."), "{:?}", outcome.machine);
}

fn an_interpreter_behind_a_shim_is_resolved(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let shim = folder.path().join("shim").display().to_string();
    fs::write(&shim, "#!/bin/sh\nexit 127\n").expect("the folder is ours");
    fs::set_permissions(&shim, Permissions::from_mode(0o755)).expect("so is the file");
    let resolved = |answer: &str| Program {
        run: Some(vec![shim.clone(), "-c".to_owned(), "exit".to_owned()]),
        resolve: resolve(&shim, ["sh", "-c", answer]),
        ..sh("")
    };
    assert_eq!(end(&outcome(machine, &resolved("command -v sh"))).exit, Exit::Code(0));
    let missing = machine.runner.prepare(&resolved("echo /no/such/interpreter"));
    assert_eq!(missing.err(), Some(RunnerError::Missing("/no/such/interpreter".to_owned())));
    let missing = machine.runner.prepare(&resolved("exit 127"));
    assert_eq!(missing.err(), Some(RunnerError::Missing(shim.clone())));
    let by_another_name = Program { run: Some(words("sh {file}")), ..resolved("exit 127") };
    assert_eq!(end(&outcome(machine, &by_another_name)).exit, Exit::Code(0));
}

/// How the real one of a program is found.
fn resolve(name: &str, command: [&str; 3]) -> BTreeMap<String, Vec<String>> {
    BTreeMap::from([(name.to_owned(), command.map(str::to_owned).to_vec())])
}

fn a_tool_that_does_not_answer_is_told(machine: &Machine) {
    let silent =
        Program { version: ["sh", "-c", "echo broken >&2; exit 1"].map(str::to_owned).to_vec(), ..tool("true") };
    let Err(RunnerError::Failed(text)) = machine.runner.prepare(&silent) else { panic!("it did not answer") };
    assert_eq!(text, "`sh -c echo broken >&2; exit 1` did not answer: broken\n");
}

fn a_tool_that_is_installed_meanwhile_is_found(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("tool").display().to_string();
    let program = Program { version: vec![path.clone()], ..tool("true") };
    assert_eq!(machine.runner.prepare(&program).err(), Some(RunnerError::Missing(path.clone())));
    let install = |says: &str| {
        fs::write(&path, format!("#!/bin/sh\n{says}\n")).expect("the folder is ours");
        fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("so is the file");
    };
    install("exit 1");
    assert!(matches!(machine.runner.prepare(&program), Err(RunnerError::Failed(_))));
    install("echo version 1");
    assert_eq!(outcome(machine, &program).machine.toolchain, "version 1");
    install("echo version 2");
    assert_eq!(outcome(machine, &program).machine.toolchain, "version 1", "an answer is asked for once");
}

fn warnings_come_with_a_program(machine: &Machine) {
    let outcome = outcome(machine, &rust("fn main() {\n    let unused = 1;\n}\n"));
    let log = outcome.build.as_ref().expect("it was built");
    assert!(log.success && end(&outcome).exit == Exit::Code(0));
    let warning = &log.messages[0];
    assert_eq!(
        (&*warning.level, warning.code.as_deref(), warning.line),
        ("warning", Some("unused_variables"), Some(2))
    );
    assert!(warning.rendered.contains("\u{1b}[") && warning.rendered.contains("cell.rs:2:9"), "{}", warning.rendered);
}

fn no_compiler_is_taken_from_above(_: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let planted = "[toolchain]\npath = \"/no/such/toolchain\"\n";
    fs::write(folder.path().join("rust-toolchain.toml"), planted).expect("the folder is ours");
    let ourselves = fs::read_link("/proc/self/exe").expect("there is /proc");
    let mut same = Command::new(ourselves);
    same.arg("warnings_come").env_remove("RUSTUP_TOOLCHAIN").env("TMPDIR", folder.path());
    let same = same.env("XDG_RUNTIME_DIR", folder.path()).output().expect("it just started");
    assert!(same.status.success(), "{}", String::from_utf8_lossy(&same.stdout));
}

/// A program whose compiler is a shell command.
fn compiled_by(command: &str) -> Program {
    let mut program = rust("");
    let build = program.build.as_mut().expect("Rust is built");
    build.command = ["sh", "-c", command].map(str::to_owned).to_vec();
    build.json_messages = false;
    program
}

fn a_compiler_that_only_prints_is_quoted(machine: &Machine) {
    let outcome = outcome(machine, &compiled_by("echo $PWD/{file}: no good >&2; exit 1"));
    let log = outcome.build.expect("it was built");
    assert_eq!((log.success, log.messages.len()), (false, 1));
    assert_eq!(log.messages[0].rendered, "/cell/cell.rs: no good\n");
}

fn a_silent_failure_of_a_compiler_gets_a_reason(machine: &Machine) {
    let log = outcome(machine, &compiled_by("exit 9")).build.expect("it was built");
    let messages: Vec<&str> = log.messages.iter().map(|message| &*message.message).collect();
    assert_eq!((log.success, &*messages), (false, &["the compiler failed with code 9 and said nothing"][..]));
}

fn a_compiler_without_a_verdict_is_a_failure_of_the_machine(machine: &Machine) {
    for (command, why) in [
        ("kill -SEGV $$", "the compiler was killed by signal 11"),
        ("echo no memory >&2; kill -ABRT $$", "the compiler was killed by signal 6; it said last: no memory"),
        ("yes >&2", "the compiler wrote more than 4 MiB and was stopped"),
    ] {
        let refused = machine.runner.prepare(&compiled_by(command));
        assert_eq!(refused.err(), Some(RunnerError::Failed(why.to_owned())), "{command}");
    }
}
