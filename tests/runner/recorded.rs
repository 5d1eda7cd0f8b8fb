//! Records the events that the tests of timelines read: `cargo test --test runner -- --record src/cells/timeline/testdata`.
//! Which of them hold ends of waits depends on what this machine allows whom.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use blog::cells::timeline::{Method, Wait};
use blog::cells::{Emission, Event, Job, Trace, What};

use crate::Machine;
use crate::programs::job;

/// The argument that asks for it. A folder follows.
pub(crate) const MODE: &str = "--record";

/// Two threads count, for which both need the lock of the interpreter.
pub(crate) const GIL: &str = "
import threading, cell
def count():
    with cell.span('count'):
        for _ in range(600_000): pass
threads = [threading.Thread(target=count) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
";

/// Four threads, each of which needs a lock for longer than it does not.
const CONVOY: &str = "
use std::{hint::black_box, sync::Mutex, thread, time::{Duration, Instant}};
fn busy(ms: u64) { let end = Instant::now() + Duration::from_millis(ms); while black_box(Instant::now()) < end {} }
fn main() {
    let lock = Mutex::new(());
    thread::scope(|scope| for n in 1..=4 {
        let work = || for _ in 0..4 { { let _held = lock.lock().unwrap(); busy(3); } busy(1); };
        thread::Builder::new().name(format!(\"worker-{n}\")).spawn_scoped(scope, work).unwrap();
    });
}
";

/// Three stages with little room between them, of which the second is slow.
const PIPELINE: &str = "
use std::{hint::black_box, sync::mpsc::sync_channel, thread::Builder, time::{Duration, Instant}};
fn busy(us: u64) { let end = Instant::now() + Duration::from_micros(us); while black_box(Instant::now()) < end {} }
fn main() {
    let ((to, from), (to_last, last)) = (sync_channel::<u32>(2), sync_channel::<u32>(2));
    let stages = [
        Builder::new().name(\"read\".into()).spawn(move || for n in 0..24 { busy(300); to.send(n).unwrap() }),
        Builder::new().name(\"parse\".into()).spawn(move || for n in from { busy(1500); to_last.send(n).unwrap() }),
        Builder::new().name(\"write\".into()).spawn(move || for _ in last { busy(200) }),
    ];
    for stage in stages { stage.unwrap().join().unwrap() }
}
";

/// More threads sleep at once than there are processors for them afterwards.
const SLEEPERS: &str = "
use std::{hint::black_box, thread, time::{Duration, Instant}};
fn busy(ms: u64) { let end = Instant::now() + Duration::from_millis(ms); while black_box(Instant::now()) < end {} }
fn main() {
    let sleeper = || { thread::sleep(Duration::from_millis(20)); busy(3) };
    thread::scope(|scope| for _ in 0..6 { scope.spawn(sleeper); });
}
";

/// Tasks of one thread that wait at once.
const ASYNC: &str = "
import asyncio, cell
async def fetch(n):
    with cell.span(f'fetch {n}'):
        await asyncio.sleep(0.01 + n / 500)
        sum(range(40_000))
        await asyncio.sleep(0.01)
async def main():
    with cell.span('all'):
        await asyncio.gather(*(fetch(n) for n in range(4)))
    with cell.span('again'):
        await fetch(0)
asyncio.run(main())
";

/// Two threads hand a number to and fro.
const HASTE: &str = "
use std::{sync::mpsc::channel, thread::Builder};
fn main() {
    let ((to, from), (back, again)) = (channel::<u32>(), channel::<u32>());
    let pong = Builder::new().name(\"pong\".into()).spawn(move || for n in from { back.send(n).unwrap() }).unwrap();
    Builder::new().name(\"ping\".into()).spawn(move || for n in 0..120 { to.send(n).unwrap(); again.recv().unwrap(); })
        .unwrap().join().unwrap();
    pong.join().unwrap();
}
";

/// Records all into a folder.
pub(crate) fn record_into(machine: &Machine, folder: &Path) {
    let (all, reasons) = (Method::Wakeups, Method::Reasons);
    for (name, most, file, code) in [
        ("gil", reasons, "gil.py", GIL),
        ("convoy", all, "convoy.rs", CONVOY),
        ("pipeline", all, "pipeline.rs", PIPELINE),
        ("sleepers", reasons, "sleepers.rs", SLEEPERS),
        ("async", reasons, "async.py", ASYNC),
        ("haste", all, "haste.rs", HASTE),
    ] {
        let (trace, said) = traced(machine, most, file, code);
        let text = text(&trace, &said);
        println!("{name}: {:?}, {} events, {} bytes", trace.method, trace.events.len(), text.len());
        fs::write(folder.join(name).with_extension("events"), text).expect("the folder is there");
    }
}

/// What a program does, recorded by no method that tells more than `most`, and what it says.
pub(crate) fn traced(machine: &Machine, most: Method, file: &str, code: &str) -> (Trace, Vec<Emission>) {
    let folder = machine.scratch.join(format!("recorded-{file}"));
    fs::create_dir_all(&folder).expect("a scratch folder");
    fs::write(folder.join(file), code).expect("a file in it");
    fs::write(folder.join("cell.py"), include_str!("../../src/cells/modules/cell.py")).expect("another one");
    let emitted = folder.join("emitted");
    let command = if Path::new(file).extension().is_some_and(|extension| extension == "rs") {
        let built =
            Command::new("rustc").args(["--edition=2021", "-O", file, "-o", "program"]).current_dir(&folder).status();
        assert!(built.expect("rustc is here").success());
        vec!["./program".to_owned()]
    } else {
        let found = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
        let python = String::from_utf8(found.expect("python3 is here").stdout).expect("a path");
        vec![python.trim().to_owned(), file.to_owned()]
    };
    let mut job = Job { command, folder, trace: Some(most), ..job("recorded", &[]) };
    job.env.insert("CELL_EMIT".to_owned(), emitted.to_string_lossy().into_owned());
    let ended = machine.launcher.run(&job).expect("it runs");
    let said = fs::read(emitted).unwrap_or_default();
    let trace = ended.trace.expect("it was asked for").expect("this machine can");
    (trace, Emission::read_all(&said).map(|said| said.expect("a span")).collect())
}

/// The events as lines, with times from the first one, and small numbers for threads.
fn text(trace: &Trace, said: &[Emission]) -> String {
    let start = trace.events.first().map_or(0, |event| event.at);
    let time = |at: u64| format!("{}.{:03}", (at - start) / 1000, (at - start) % 1000);
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    let mut small = |number: u32| {
        let next = 101 + numbers.len() as u32;
        *numbers.entry(number).or_insert(next)
    };
    let mut text = String::new();
    for Event { at, thread, processor, what } in &trace.events {
        let thread = small(*thread);
        let what = match what {
            What::Started { process, by } => format!("started {} {}", small(*process), small(*by)),
            What::Named(name) => format!("named {name}"),
            What::Executed(name) => format!("executes {name}"),
            What::On => "on".to_owned(),
            What::Waits(wait) => format!("waits {}", word(*wait)),
            What::Preempted => "preempted".to_owned(),
            What::Woken { by: Some(by) } => format!("woken {}", small(*by)),
            What::Woken { by: None } => "woken -".to_owned(),
            What::Ended => "ended".to_owned(),
        };
        let _ = writeln!(text, "{} {thread}@{processor} {what}", time(*at));
    }
    for emission in said {
        let Emission::Span { name, thread, to, start, end } = emission else { continue };
        let [thread, to] = [thread, to].map(|number| small(*number as u32));
        let _ = writeln!(text, "{} {thread} span {} {to} {name}", time(*start), time(*end));
    }
    text
}

fn word(wait: Wait) -> &'static str {
    match wait {
        Wait::Nothing | Wait::Unknown => "-",
        Wait::Thread => "thread",
        Wait::Sleep => "sleep",
        Wait::Io => "io",
        Wait::Join => "join",
    }
}
