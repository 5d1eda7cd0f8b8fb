//! What threads are seen to do is what they did.

use blog::cells::timeline::{Lane, Method, Phase, Timeline, Totals};
use blog::cells::{Emission, Ended, Exit, Job, Limits, Program};

use crate::languages::programs;
use crate::programs::{end, job, outcome, sh, survivors};
use crate::recorded::{GIL, traced};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("timeline::threads_run_at_once_and_sleepers_wait", threads_run_at_once),
    ("timeline::what_is_waited_for_is_known", what_is_waited_for_is_known),
    ("timeline::there_is_a_method_for_everybody", there_is_a_method_for_everybody),
    ("timeline::limits_hold_while_threads_are_recorded", limits_hold_while_threads_are_recorded),
    ("timeline::spans_are_of_their_threads", spans_are_of_their_threads),
    ("timeline::tasks_have_rows_of_their_own", tasks_have_rows_of_their_own),
    ("timeline::threads_of_python_have_their_names", threads_of_python_have_their_names),
    ("timeline::processes_have_their_names", processes_have_their_names),
    ("timeline::it_is_of_a_run_of_its_own", it_is_of_a_run_of_its_own),
];

/// Two threads that are busy for 200 ms of their own processor time each, which the kernel's clock of each thread tells, and
/// one that sleeps.
const BUSY: &str = "
use std::time::Duration;
use std::thread;
#[repr(C)]
struct Timespec { seconds: i64, nanoseconds: i64 }
unsafe extern \"C\" { fn clock_gettime(clock: i32, time: *mut Timespec) -> i32; }
fn used() -> Duration {
    let mut time = Timespec { seconds: 0, nanoseconds: 0 };
    unsafe { clock_gettime(3, &mut time) };
    Duration::new(time.seconds as u64, time.nanoseconds as u32)
}
fn main() {
    thread::scope(|scope| {
        for name in [\"left\", \"right\"] {
            let busy = || cell::span(\"busy\", || while used() < Duration::from_millis(200) {});
            thread::Builder::new().name(name.into()).spawn_scoped(scope, busy).unwrap();
        }
        let asleep = || thread::sleep(Duration::from_millis(150));
        thread::Builder::new().name(\"asleep\".into()).spawn_scoped(scope, asleep).unwrap();
    });
}
";

/// The timeline of a program; nothing where this machine gives none.
fn timeline(machine: &Machine, program: Program) -> Option<Timeline> {
    let outcome = outcome(machine, &Program { timeline: true, ..program });
    assert_eq!(end(&outcome).exit, Exit::Code(0), "{outcome:?}");
    let timeline = outcome.timeline.expect("it was asked for");
    timeline.inspect_err(|why| println!("not tried here, since {why}")).ok()
}

fn lane<'t>(timeline: &'t Timeline, name: &str) -> &'t Lane {
    timeline.lanes.iter().find(|lane| lane.name == name).unwrap_or_else(|| panic!("{name} is in {timeline:?}"))
}

/// Whether both busy threads ran for as long as they did by their own clocks, and 2 % more at most: they start and end besides.
/// Looking now and then tells no better.
fn is_exact(timeline: &Timeline) -> bool {
    let ran = |name| lane(timeline, name).totals.running;
    timeline.method == Method::Samples || ["left", "right"].iter().all(|name| (200_000..=204_000).contains(&ran(name)))
}

fn threads_run_at_once(machine: &Machine) {
    let text = format!("```rust,run:a\n{BUSY}```\n");
    let program = programs(&text).remove(0).program;
    // A processor that a hypervisor takes away is not counted by the clock of a thread, and the records know nothing of it.
    let mut tries = (0..3).map_while(|_| timeline(machine, program.clone()));
    let Some(mut timeline) = tries.next() else { return };
    while !is_exact(&timeline) {
        timeline = tries.next().unwrap_or_else(|| panic!("never within 2 %: {timeline:?}"));
    }
    for name in ["left", "right"] {
        let spans = &lane(&timeline, name).spans;
        let [span] = spans.as_slice() else { panic!("one span: {spans:?}") };
        assert!(span.name == "busy" && span.end - span.start >= 199_000, "{span:?}");
    }
    let asleep = lane(&timeline, "asleep").totals;
    // Where threads are looked at now and then, none is seen from its very beginning.
    let unseen = if timeline.method == Method::Samples { 20_000 } else { 0 };
    assert!(asleep.waiting() + unseen >= 148_000 && asleep.running < 10_000, "{asleep:?}");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Where others want the cores too, the two may have to share one.
    assert!(timeline.most > 1 || timeline.foreign > 0 || cores == 1, "{} at once on {cores} cores", timeline.most);
    assert!(timeline.ran + unseen >= 398_000 && timeline.lost == 0 && !timeline.cut, "{timeline:?}");
    let main = lane(&timeline, "main").totals;
    assert!(main.waiting() > main.running, "it waits for the others: {main:?}");
}

/// One thread sleeps with a lock, one waits for the lock, one reads what is written when that was had, and the first one
/// waits for all of them.
const WAITING: &str = "
use std::io::{Read, Write};
use std::sync::{Arc, Barrier, Mutex};
use std::thread::{Builder, sleep};
use std::time::Duration;
fn main() {
let lock = Arc::new(Mutex::new(()));
let begun = Arc::new(Barrier::new(2));
let (mut from, mut to) = std::os::unix::net::UnixStream::pair().unwrap();
let (holds, begins) = (lock.clone(), begun.clone());
let asleep = Builder::new().name(\"asleep\".into()).spawn(move || {
    let _held = holds.lock().unwrap();
    begins.wait();
    sleep(Duration::from_millis(150));
});
begun.wait();
let waits = Builder::new().name(\"waits\".into()).spawn(move || {
    drop(lock.lock().unwrap());
    to.write_all(b\"x\").unwrap();
});
let reads = Builder::new().name(\"reads\".into()).spawn(move || from.read_exact(&mut [0]).unwrap());
for thread in [asleep, waits, reads] {
    thread.unwrap().join().unwrap();
}
}
";

/// By each method that tells. Without wake-ups a join is told by its time, which others who want the processors can spoil; and
/// a thread that begins late for want of one waits for less.
fn what_is_waited_for_is_known(machine: &Machine) {
    for most in [Method::Wakeups, Method::Reasons, Method::Samples] {
        let mut wrong = None;
        for _ in 0..3 {
            let (trace, _) = traced(machine, most, "waiting.rs", WAITING);
            if trace.method == Method::Switches {
                println!("what is waited for is not told to this user");
                break;
            }
            let timeline = Timeline::of(&trace, &[]);
            wrong = is_waiting(&timeline).err().map(|name| format!("{name} in {timeline:?}"));
            if wrong.is_none() {
                break;
            }
        }
        assert_eq!(wrong, None, "by {most:?} in three tries");
    }
}

/// Whether each thread waits for what it should, most of its time by far; else which one does not.
fn is_waiting(timeline: &Timeline) -> Result<(), &'static str> {
    let of = |name: &str| lane(timeline, name).totals;
    let expected = [
        ("asleep", of("asleep").sleep),
        ("waits", of("waits").thread),
        ("reads", of("reads").io),
        ("main", of("main").join),
    ];
    let is_wrong = |(name, time): &(&'static str, u64)| {
        let Totals { running, ready, .. } = of(name);
        time + running + ready < 130_000 || *time < 75_000
    };
    expected.into_iter().find(is_wrong).map_or(Ok(()), |(name, _)| Err(name))
}

fn limits_hold_while_threads_are_recorded(machine: &Machine) {
    for most in [Method::Wakeups, Method::Switches, Method::Samples] {
        let mark = format!("recorded-{most:?}-{}", std::process::id());
        let endless = job(&mark, &["/bin/sh", "-c", "(setsid sleep 600 &) & sleep 600"]);
        let limits = Limits { time: 300_000_000, ..endless.limits };
        let ended = machine.launcher.run(&Job { trace: Some(most), limits, ..endless }).expect("a shell is here");
        assert_eq!(ended.exit, Exit::TimedOut, "{most:?}");
        assert_eq!(survivors(&mark), [""; 0], "{most:?}");
        let timeline = Timeline::of(&ended.trace.expect("it was asked for").expect("there is always a method"), &[]);
        assert!(timeline.lanes.iter().filter(|lane| lane.name == "sleep").count() == 2, "{timeline:?}");
    }
}

/// By each method: also by looking now and then, which sees threads late.
fn spans_are_of_their_threads(machine: &Machine) {
    for most in [Method::Reasons, Method::Switches, Method::Samples] {
        let (trace, said) = traced(machine, most, "gil.py", GIL);
        let timeline = Timeline::of(&trace, &said.into_iter().filter_map(phase).collect::<Vec<_>>());
        for name in ["thread 1", "thread 2"] {
            let Lane { spans, totals, .. } = lane(&timeline, name);
            let [span] = spans.as_slice() else { panic!("one span by {most:?}: {timeline:?}") };
            assert_eq!(span.name, "count");
            assert!(totals.running > 0 && span.end > span.start, "{totals:?}");
        }
    }
}

fn phase(said: Emission) -> Option<Phase> {
    match said {
        Emission::Span { name, thread, to, start, end } => Some(Phase { name, thread, to, start, end }),
        _ => None,
    }
}

/// Three tasks of one thread that wait at once, within a span of that thread.
const TASKS: &str = "
import asyncio, cell
async def fetch(n):
    with cell.span(f'fetch {n}'):
        await asyncio.sleep(0.05 + n / 100)
async def main():
    with cell.span('all'):
        await asyncio.gather(*(fetch(n) for n in range(3)))
asyncio.run(main())
";

/// A guard that goes on elsewhere than it began, as those of an asynchronous runtime with several threads do.
const MOVES: &str = "
use std::{thread, time::Duration};
let fetch = cell::enter(\"fetch\");
let elsewhere = thread::spawn(move || {
    thread::sleep(Duration::from_millis(50));
    drop(fetch);
    cell::span(\"sum\", || thread::sleep(Duration::from_millis(10)));
});
elsewhere.join().unwrap();
";

fn tasks_have_rows_of_their_own(machine: &Machine) {
    let of = |info: &str, code: &str| programs(&format!("```{info}\n{code}```\n")).remove(0).program;
    let Some(python) = timeline(machine, of("python,run:a", TASKS)) else { return };
    let names: Vec<&str> = python.tasks.iter().map(|task| &*task.name).collect();
    assert_eq!(names, ["fetch 0", "fetch 1", "fetch 2"]);
    for (task, least) in python.tasks.iter().zip([50_000, 60_000, 70_000]) {
        let [(start, end)] = task.times[..] else { panic!("once: {task:?}") };
        assert!(end - start >= least && start < 40_000, "all at once: {task:?}");
    }
    let names = |lane: &Lane| lane.spans.iter().map(|span| span.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(lane(&python, "main")), ["all"]);
    if python.method != Method::Switches {
        assert!(lane(&python, "main").totals.io >= 50_000, "a loop of events waits for any: {python:?}");
    }
    let Some(rust) = timeline(machine, of("rust,run:a", MOVES)) else { return };
    assert_eq!(rust.tasks.iter().map(|task| &*task.name).collect::<Vec<_>>(), ["fetch"]);
    assert_eq!(names(lane(&rust, "thread 1")), ["sum"]);
}

/// Threads of Python that are named by it or by the program, a pool's, and a process that is forked. It must not find out.
const NAMED: &str = "
import os, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
def work(): time.sleep(0.03)
threads = [threading.Thread(target=work, name=name) for name in ['left', None, 'a very long name-12']]
for thread in threads: thread.start()
with ThreadPoolExecutor(2) as pool:
    list(pool.map(time.sleep, [0.02, 0.02]))
if os.fork() == 0:
    work()
    os._exit(0)
os.wait()
assert not any('names' in folder for folder in sys.path), sys.path
assert 'here' in sys.modules['sitecustomize'].__dict__, 'the one that its author put there'
threading.Thread(target=work, name='as ever').start()
class Nameless(threading.Thread):
    name = None
    def run(self): time.sleep(0.001)
for odd in [threading.Thread(target=work, name='\\ud800'), Nameless()]:
    odd.start()
    odd.join()
";

fn threads_of_python_have_their_names(machine: &Machine) {
    let mut program = programs(&format!("```python,run:a\n#| timeline = true\n{NAMED}```\n")).remove(0).program;
    program.files.insert("sitecustomize.py".to_owned(), "here = True".to_owned());
    program.env.insert("PYTHONPATH".to_owned(), ".".to_owned());
    let Some(timeline) = timeline(machine, program) else { return };
    let names: Vec<&str> = timeline.lanes.iter().map(|lane| &*lane.name).collect();
    assert_eq!(
        names,
        [
            "main",
            "left",
            "Thread-1 (work)",
            "a very long -12",
            "ThreadPoolE-0_0",
            "ThreadPoolE-0_1",
            "child 1",
            "as ever",
            "?",
            "thread 1"
        ],
    );
}

/// By each method, whichever this machine has: a shell waits for a program that sleeps.
fn there_is_a_method_for_everybody(machine: &Machine) {
    for most in [Method::Wakeups, Method::Reasons, Method::Switches, Method::Samples] {
        let job = Job { trace: Some(most), ..job("traced", &["/bin/sh", "-c", "sleep 0.1; true"]) };
        let Ended { trace, .. } = machine.launcher.run(&job).expect("a shell is here");
        let trace = trace.expect("it was asked for").expect("there is always a method");
        println!("at most {most:?}: {:?}", trace.method);
        assert!(trace.method >= most && trace.lost == 0, "{trace:?}");
        let timeline = Timeline::of(&trace, &[]);
        let (main, sleep) = (lane(&timeline, "main").totals, lane(&timeline, "sleep").totals);
        let (join, slept) = match trace.method {
            Method::Switches => (main.unknown, sleep.unknown),
            _ => (main.join, sleep.sleep),
        };
        assert!(join >= 90_000 && slept >= 90_000, "{timeline:?}");
    }
}

fn processes_have_their_names(machine: &Machine) {
    let Some(timeline) = timeline(machine, sh("sleep 0.05 &\nwait\n")) else { return };
    let sleep = lane(&timeline, "sleep");
    assert!(sleep.process == 2 && sleep.totals.waiting() >= 49_000, "{sleep:?}");
    assert_eq!(lane(&timeline, "main").process, 1);
}

fn it_is_of_a_run_of_its_own(machine: &Machine) {
    let program = Program {
        sweep: vec![("naps".to_owned(), vec!["0".to_owned(), "0.05".to_owned()])],
        timeline: true,
        ..sh("echo $CELL_NAPS; sleep $CELL_NAPS")
    };
    let outcome = outcome(machine, &program);
    let printed: Vec<&str> = outcome.cases.iter().map(|case| &*case.ends[0].stdout).collect();
    assert_eq!(printed, ["0\n", "0.05\n"]);
    assert!(outcome.cases.iter().all(|case| case.samples.len() == 1), "{outcome:?}");
    let Ok(timeline) = outcome.timeline.expect("it was asked for") else { return };
    assert!(timeline.length + timeline.cropped >= 50_000, "of the last case: {timeline:?}");
}
