//! What threads are seen to do is what they did.

use blog::cells::timeline::{Lane, Timeline};
use blog::cells::{Exit, Program};

use crate::languages::programs;
use crate::programs::{end, outcome, sh};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("timeline::threads_run_at_once_and_sleepers_wait", threads_run_at_once),
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

fn threads_run_at_once(machine: &Machine) {
    let text = format!("```rust,run:a\n{BUSY}```\n");
    let program = programs(&text).remove(0).program;
    let Some(timeline) = timeline(machine, program) else { return };
    for name in ["left", "right"] {
        let Lane { totals, spans, .. } = lane(&timeline, name);
        // It is busy for so long by its own clock, and starts and ends besides.
        assert!((198_000..=212_000).contains(&totals.running), "{name}: {totals:?}");
        let [span] = spans.as_slice() else { panic!("one span: {spans:?}") };
        assert!(span.name == "busy" && span.end - span.start >= 199_000, "{span:?}");
    }
    let asleep = lane(&timeline, "asleep").totals;
    assert!(asleep.waiting() >= 148_000 && asleep.running < 10_000, "{asleep:?}");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Where others want the cores too, the two may have to share one.
    assert!(timeline.most > 1 || timeline.foreign > 0 || cores == 1, "{} at once on {cores} cores", timeline.most);
    assert!(timeline.ran >= 398_000 && timeline.lost == 0 && !timeline.cut, "{timeline:?}");
    let main = lane(&timeline, "main").totals;
    assert!(main.waiting() > main.running, "it waits for the others: {main:?}");
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
