//! What the modules `cell` write is what is read of it.

use blog::cells::{Emission, Exit, Program};
use blog::source::Span;

use crate::languages::programs;
use crate::programs::{end, outcome, words};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("emission::rust_says_what_is_understood_in_every_edition", rust_is_understood),
    ("emission::python_says_what_is_understood", python_is_understood),
    ("emission::threads_do_not_mix_their_lines", threads_do_not_mix),
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
        program = Program { run: Some(alone.collect()), ..program };
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
        let Emission::Span { thread, start, end, .. } = span else { panic!("{span:?}") };
        let now = now();
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
