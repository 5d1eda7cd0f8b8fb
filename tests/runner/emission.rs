//! What the modules `cell` write is what is read of it.

use std::collections::BTreeMap;

use blog::cells::{Emission, Exit, Limits, Program};
use blog::source::Span;

use crate::languages::programs;
use crate::programs::{end, outcome, repeat, samples, sh, trials, words};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("emission::rust_says_what_is_understood_in_every_edition", rust_is_understood),
    ("emission::python_says_what_is_understood", python_is_understood),
    ("emission::threads_do_not_mix_their_lines", threads_do_not_mix),
    ("emission::what_a_run_says_is_kept_with_it", what_a_run_says_is_kept_with_it),
    ("emission::what_is_not_understood_is_told", what_is_not_understood_is_told),
    ("emission::one_run_of_many_that_is_not_understood_is_told", one_run_that_is_not_understood),
    ("emission::a_parameter_that_is_not_there_is_said_at_its_place", a_missing_parameter),
];

const RUST: &str = "
#![deny(warnings)]
use std::hint::black_box;
fn main() {
    let threads: usize = cell::param(\"max-threads\");
    let sum = cell::measure(|| (0..threads as u64).fold(0_u64, |a, b| a ^ black_box(b) * b));
    assert_eq!(sum, 12);
    cell::value(\"hits\", threads);
    cell::value(\"ratio\", &-0.25_f32);
    let five = cell::span(\"phase\", || 2 + 3);
    let again = cell::enter(\"a guard\");
    std::thread::spawn(move || drop(again)).join().unwrap();
    cell::show(\"text/plain\", \"\\\"é\\\\\\n\");
    cell::show(\"image/png\", [255, five, 1, 2]);
    if let Some(said) = std::env::var_os(\"CELL_EMIT\") {
        print!(\"{}\", std::fs::read_to_string(said).unwrap());
    }
}
";

const PYTHON: &str = "
import cell, os
threads = cell.param('max-threads')
calls = 0
def work():
    global calls
    calls += 1
    return sum(range(threads))
assert cell.measure(work) == 6 and calls > 9
cell.value('hits', threads)
cell.value('ratio', -0.25)
with cell.span('phase'):
    five = 5
assert cell.span('again', lambda: 5) == 5
cell.show('text/plain', '\"é\\\\\\n')
cell.show('image/png', bytes([255, five, 1, 2]))
if 'CELL_EMIT' in os.environ:
    print(open(os.environ['CELL_EMIT']).read(), end='')
";

/// What a program says that prints all that it said; nothing of a program that is run as by hand.
fn said(machine: &Machine, info: &str, code: &str, heard: bool) -> Vec<Emission> {
    let mut program = programs(&format!("```{info}\n{code}\n```\n")).remove(0).program;
    program.env.insert("CELL_MAX_THREADS".to_owned(), "4".to_owned());
    if !heard {
        let alone = words("env -u CELL_EMIT").into_iter().chain(program.run.into_iter().flatten());
        program = Program { run: Some(alone.collect()), resolve: BTreeMap::new(), ..program };
    }
    let outcome = outcome(machine, &program);
    assert!(outcome.build.as_ref().is_none_or(|build| build.messages.is_empty()), "{:?}", outcome.build);
    assert_eq!((end(&outcome).exit, &*end(&outcome).stderr), (Exit::Code(0), ""), "{info}");
    let said = Emission::read_all(end(&outcome).stdout.as_bytes());
    said.map(|line| line.expect("what the module writes is understood")).collect()
}

fn is_understood(emissions: &[Emission]) {
    let Emission::Measure(samples) = &emissions[0] else { panic!("{emissions:?}") };
    assert!((1..=9).contains(&samples.len()) && samples.iter().all(|ns| (0.1..1e6).contains(ns)), "{samples:?}");
    let value = |name: &str, number| Emission::Value { name: name.to_owned(), number };
    assert_eq!(emissions[1..3], [value("hits", 4.0), value("ratio", -0.25)]);
    let spans = emissions[3..].iter().take_while(|said| matches!(said, Emission::Span { .. })).count();
    for span in &emissions[3..3 + spans] {
        let Emission::Span { name, thread, to, start, end } = span else { panic!("{span:?}") };
        let now = now();
        assert_eq!(thread != to, name == "a guard", "{span:?}");
        assert!(*thread > 0 && *start > 0 && start <= end && *end <= now, "{span:?} before {now}");
    }
    let show = |mime: &str, data: &[u8]| Emission::Show { mime: mime.to_owned(), data: data.to_vec() };
    assert_eq!(emissions[3 + spans..], [show("text/plain", "\"é\\\n".as_bytes()), show("image/png", &[255, 5, 1, 2])]);
}

/// The time since the machine started, ns: `CLOCK_MONOTONIC` is behind it by the time that the machine slept.
fn now() -> u64 {
    let uptime = std::fs::read_to_string("/proc/uptime").expect("there is /proc");
    let seconds: f64 = uptime.split(' ').next().and_then(|word| word.parse().ok()).expect("a number");
    // It is told in hundredths.
    (seconds * 1e9) as u64 + 10_000_000
}

fn rust_is_understood(machine: &Machine) {
    for edition in [2015, 2018, 2021, 2024] {
        let info = format!("rust,edition{edition},run");
        is_understood(&said(machine, &info, RUST, true));
    }
    assert_eq!(said(machine, "rust,run", RUST, false), []);
}

fn python_is_understood(machine: &Machine) {
    is_understood(&said(machine, "python,run", PYTHON, true));
    assert_eq!(said(machine, "python,run", PYTHON, false), []);
}

fn threads_do_not_mix(machine: &Machine) {
    let code = "
        std::thread::scope(|scope| for thread in 0..4 {
            scope.spawn(move || for n in 0..100 { cell::span(\"phase\", || n + thread); });
        });
        print!(\"{}\", std::fs::read_to_string(std::env::var_os(\"CELL_EMIT\").unwrap()).unwrap());";
    let emissions = said(machine, "rust,run", code, true);
    let threads = |said: &Emission| if let Emission::Span { thread, .. } = said { Some(*thread) } else { None };
    let threads: std::collections::BTreeSet<u64> = emissions.iter().filter_map(threads).collect();
    assert_eq!((emissions.len(), threads.len()), (400, 4));
}

fn what_a_run_says_is_kept_with_it(machine: &Machine) {
    let log = tempfile::tempdir().expect("there is room");
    let log = log.path().join("log").display().to_string();
    let script = format!(
        r#"printf . >> '{log}'; n=$(wc -c < '{log}')
        say() {{ echo "{{\"$1\":$2}}" >> "$CELL_EMIT"; }}
        say measure "[$n.5]"; say measure '[40,2000]'
        say value '{{"name":"hits","number":7}}'; say value "{{\"name\":\"hits\",\"number\":$n}}"
        say value '{{"name":"ratio","number":-0.25}}'
        say span '{{"name":"phase","thread":1,"start":1,"end":2}}'
        say show '{{"type":"text/html","data":"<b>"}}'; say show '{{"type":"image/png","base64":"/wE="}}'"#
    );
    let plan = repeat(Some(2), Some(1), &[0]);
    let outcome = outcome(machine, &Program { plan, ..sh(&script) });
    let end = end(&outcome);
    assert_eq!((end.exit, &*end.stderr, end.misunderstood.as_deref()), (Exit::Code(0), "", None));
    let shown: Vec<_> = end.shown.iter().map(|shown| (&*shown.mime, shown.data.as_slice())).collect();
    assert_eq!(shown, [("text/html", &b"<b>"[..]), ("image/png", &[255, 1])], "of one run, not of all");
    for (sample, run) in samples(&outcome).iter().zip([2.0, 3.0]) {
        assert_eq!(sample.section, Some(40.0), "the middle one");
        assert_eq!(sample.values, [("hits".to_owned(), run), ("ratio".to_owned(), -0.25)].into(), "the last of a name");
    }
    let silent = crate::programs::outcome(machine, &sh("exit 0"));
    assert_eq!((samples(&silent)[0].section, samples(&silent)[0].values.len()), (None, 0));
}

fn what_is_not_understood_is_told(machine: &Machine) {
    let replaced = "it replaced the file that it should append to";
    for (script, why) in [
        (
            r#"echo '{"measure":[1]}' >> "$CELL_EMIT"; echo hits: 3 >> "$CELL_EMIT""#,
            "line 2, `hits: 3`: expected value",
        ),
        (r#"head -c 9000000 /dev/zero > "$CELL_EMIT""#, "it says more than 8 MiB"),
        (r#"rm "$CELL_EMIT""#, replaced),
        (r#"rm "$CELL_EMIT"; mkdir "$CELL_EMIT""#, replaced),
        (r#"rm "$CELL_EMIT"; mkfifo "$CELL_EMIT""#, replaced),
        (r#"echo kept > kept; ln -sf "$PWD/kept" "$CELL_EMIT""#, replaced),
    ] {
        let program = sh(script);
        let limits = Limits { output: 16 << 20, ..program.limits };
        let plan = trials(3, u64::MAX, &[]);
        let outcome = outcome(machine, &Program { limits, plan, ..program });
        assert_eq!((end(&outcome).exit, end(&outcome).count), (Exit::Code(0), 3), "{script}: {outcome:?}");
        assert_eq!(end(&outcome).misunderstood.as_deref(), Some(why), "{script}");
    }
}

fn one_run_that_is_not_understood(machine: &Machine) {
    for plan in [trials(4, u64::MAX, &[]), repeat(Some(3), Some(1), &[0])] {
        let log = tempfile::tempdir().expect("there is room");
        let log = log.path().join("log").display().to_string();
        let script = format!("printf . >> '{log}'; [ $(wc -c < '{log}') != 3 ] || echo hits: 3 >> \"$CELL_EMIT\"");
        let outcome = outcome(machine, &Program { plan, ..sh(&script) });
        assert_eq!(end(&outcome).misunderstood.as_deref(), Some("line 1, `hits: 3`: expected value"));
    }
}

fn a_missing_parameter(machine: &Machine) {
    for (info, code, last) in [
        ("rust,run", "let _: u8 = cell::param(\"a\");", "the parameter `a` is not set: there is no variable CELL_A"),
        ("python,run", "import cell; cell.param(\"a\")", "the parameter `a` is not set: there is no variable CELL_A"),
    ] {
        let assembled = programs(&format!("```{info}\n{code}\n```\n")).remove(0);
        let outcome = outcome(machine, &assembled.program);
        assert!(end(&outcome).exit != Exit::Code(0) && end(&outcome).stderr.contains(last), "{}", end(&outcome).stderr);
        let line = blog::cells::line_named(&end(&outcome).stderr, &assembled.program.file, info.starts_with("rust"));
        assert_eq!(line.and_then(|line| assembled.place(line)).map(Span::line), Some(2), "{}", end(&outcome).stderr);
    }
}
