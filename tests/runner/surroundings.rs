//! What a program sees around itself.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use blog::cells::{Exit, Limits, Program};

use crate::programs::{end, eventually, outcome, repeat, rust, sh, tool};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("surroundings::its_environment_is_scrubbed", its_environment_is_scrubbed),
    ("surroundings::it_gets_arguments_input_and_variables", it_gets_arguments_input_and_variables),
    ("surroundings::it_inherits_no_descriptors", it_inherits_no_descriptors),
    (
        "surroundings::it_starts_with_default_signals_and_no_way_to_more_rights",
        it_starts_with_default_signals_and_no_way_to_more_rights,
    ),
    ("surroundings::it_has_a_new_folder_in_each_run", it_has_a_new_folder_in_each_run),
    ("surroundings::its_folder_has_one_name_in_all_that_it_says", its_folder_has_one_name),
    ("surroundings::that_name_holds_behind_a_link_too", that_name_holds_behind_a_link_too),
    ("surroundings::it_cannot_exceed_its_memory", it_cannot_exceed_its_memory),
    ("surroundings::it_has_no_terminal", it_has_no_terminal),
    ("surroundings::what_it_prints_may_be_any_bytes", what_it_prints_may_be_any_bytes),
];

/// What a program prints.
fn printed(machine: &Machine, program: &Program) -> String {
    let outcome = outcome(machine, program);
    assert_eq!((end(&outcome).exit, &*end(&outcome).stderr), (Exit::Code(0), ""), "{:?} {}", program.run, program.code);
    end(&outcome).stdout.clone()
}

fn its_environment_is_scrubbed(machine: &Machine) {
    assert!(env::var_os("CARGO_MANIFEST_DIR").is_some(), "a variable of ours that it must not see");
    let text = printed(machine, &tool("env"));
    let mut names: Vec<_> = text.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    names.sort_unstable();
    assert_eq!(names, ["CELL_EMIT", "HOME", "LANG", "PATH", "TERM", "TMPDIR"]);
    assert!(text.contains("HOME=/cell\n") && text.contains("TMPDIR=/cell\n"), "{text}");

    let measured = repeat(Some(1), Some(0), &[0]);
    let text = printed(machine, &Program { plan: measured, ..tool("env") });
    assert!(text.contains("CELL_PADDING="), "its size varies from run to run");
}

fn it_gets_arguments_input_and_variables(machine: &Machine) {
    let program = Program {
        args: vec!["a b".to_owned(), "$HOME {file}".to_owned()],
        env: BTreeMap::from([("GREETING".to_owned(), "good day".to_owned())]),
        stdin: "one\ntwo\n".to_owned(),
        ..sh("echo \"$#|$1|$2|$GREETING\"; cat")
    };
    assert_eq!(printed(machine, &program), "2|a b|$HOME {file}|good day\none\ntwo\n");
}

fn it_inherits_no_descriptors(machine: &Machine) {
    assert_eq!(printed(machine, &tool("ls /proc/self/fd")), "0\n1\n2\n3\n", "the last is what `ls` opens itself");
}

fn it_starts_with_default_signals_and_no_way_to_more_rights(machine: &Machine) {
    let status = printed(machine, &tool("cat /proc/self/status"));
    for field in ["SigBlk:", "SigIgn:", "SigCgt:"] {
        let mask = status.lines().find_map(|line| line.strip_prefix(field)).expect("it is in every status");
        let mask = u64::from_str_radix(mask.trim(), 16).expect("it is hexadecimal");
        // The C library keeps 32 and 33 to itself.
        assert_eq!(mask & !(0b11 << 31), 0, "{field}");
    }
    assert!(status.contains("NoNewPrivs:\t1\n"), "no way to more rights");
}

fn it_has_a_new_folder_in_each_run(machine: &Machine) {
    let plan = repeat(Some(3), Some(1), &[0]);
    let mess = "ls; echo new > file; mkdir -p folder/deep; echo new > folder/deep/file; rm cell.sh; \
        chmod 000 file folder/deep; chmod 500 folder .";
    let script = Program { plan, ..sh(mess) };
    assert_eq!(printed(machine, &script), "cell.sh\n");
    let left = fs::read_dir(&machine.scratch).expect("it is there").count();
    assert_eq!(left, 0, "nothing is left when all runs are over");
    let built = rust("fn main() { println!(\"{}\", std::fs::read_dir(\".\").unwrap().count()); }");
    assert_eq!(printed(machine, &built), "2\n", "the file and the program");
}

fn its_folder_has_one_name(machine: &Machine) {
    assert_eq!(
        printed(machine, &sh("pwd; pwd -P; echo $HOME/x; cd ..; ls -d $TMPDIR")),
        "/cell\n/cell\n/cell/x\n/cell\n"
    );
    let panicking = rust("fn main() { panic!(\"oh\") }");
    let outcome = outcome(machine, &panicking);
    assert_eq!(end(&outcome).exit, Exit::Code(101));
    assert!(end(&outcome).stderr.contains("panicked at cell.rs:1:13:\noh\n"), "{}", end(&outcome).stderr);
}

fn that_name_holds_behind_a_link_too(_: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let (real, link) = (folder.path().join("real"), folder.path().join("link"));
    fs::create_dir(&real).expect("the folder is ours");
    symlink(&real, &link).expect("the folder is ours");
    let ourselves = fs::read_link("/proc/self/exe").expect("there is /proc");
    let mut same = Command::new(ourselves);
    same.arg("its_folder_has_one_name").env("TMPDIR", &link).env("XDG_RUNTIME_DIR", folder.path());
    let same = same.output().expect("it just started");
    assert!(same.status.success(), "{}", String::from_utf8_lossy(&same.stdout));
    eventually("nothing is left there", || fs::read_dir(&real).is_ok_and(|mut entries| entries.next().is_none()));
}

fn it_cannot_exceed_its_memory(machine: &Machine) {
    let greedy = rust("fn main() { println!(\"{}\", std::hint::black_box(vec![1_u8; 400 << 20]).len()); }");
    let limit = |memory| Program { limits: Limits { memory, ..greedy.limits }, ..greedy.clone() };
    assert_eq!(end(&outcome(machine, &limit(1 << 30))).exit, Exit::Code(0));
    assert_eq!(end(&outcome(machine, &limit(200 << 20))).exit, Exit::Signal(6), "Rust aborts");
}

fn it_has_no_terminal(machine: &Machine) {
    let program = sh("if (: < /dev/tty) 2> /dev/null; then echo terminal; else echo none; fi");
    assert_eq!(printed(machine, &program), "none\n");
}

fn what_it_prints_may_be_any_bytes(machine: &Machine) {
    assert_eq!(printed(machine, &sh(r"printf 'a\377\000b'")), "a\u{fffd}\0b");
    let text = printed(machine, &sh("echo a long first line; echo two > /dev/stdout; echo three"));
    assert!(text.ends_with("two\nthree\n"), "no holes where a program empties its own output: {text:?}");
}
