//! What is measured is so.

use std::hint::black_box;
use std::time::Duration;

use blog::cells::{Launcher, LocalRunner, Patience, Plan, Program, Runner, Sample};

use crate::abandoned::begin;
use crate::programs::{end, execute, outcome, repeat, rust, samples, sh, tool};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("figures::a_sleep_takes_its_time_and_no_processor", a_sleep_takes_its_time_and_no_processor),
    ("figures::peak_memory_is_the_programs_own", peak_memory_is_the_programs_own),
    ("figures::memory_and_processor_time_of_threads_add_up", memory_and_processor_time_of_threads_add_up),
    ("figures::children_that_are_waited_for_count", children_that_are_waited_for_count),
    ("figures::a_machine_that_does_not_become_quiet_is_told", a_machine_that_does_not_become_quiet_is_told),
];

fn sample(machine: &Machine, program: &Program) -> Sample {
    samples(&outcome(machine, program))[0].clone()
}

fn a_sleep_takes_its_time_and_no_processor(machine: &Machine) {
    let sample = sample(machine, &tool("sleep 0.1"));
    assert!(sample.wall >= 100_000_000, "{sample:?}");
    assert!(sample.voluntary > 0 && sample.faults > 0, "{sample:?}");
    assert!(sample.cpu < 50_000_000, "{sample:?}");
}

fn peak_memory_is_the_programs_own(machine: &Machine) {
    let ballast = black_box(vec![1_u8; 200 << 20]);
    let sample = sample(machine, &tool("true"));
    assert!((100_000..20_000_000).contains(&sample.rss), "{sample:?}");
    drop(ballast);
}

/// Touches 64 MiB, counts in as many threads as its argument says, and prints the ticks of processor time that the kernel says it
/// used by then: user and system, the fields 14 and 15 of `proc_pid_stat(5)`.
const BUSY: &str = "
fn main() {
    let threads: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let memory = std::hint::black_box(vec![1_u8; 64 << 20]);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..200_000_000_u64).for_each(|number| drop(std::hint::black_box(number))));
        }
    });
    drop(memory);
    let stat = std::fs::read_to_string(\"/proc/self/stat\").unwrap();
    let ticks = |field: usize| stat.rsplit(')').next().unwrap().split(' ').nth(field - 2).unwrap().parse::<u64>().unwrap();
    print!(\"{}\", ticks(14) + ticks(15));
}";

fn memory_and_processor_time_of_threads_add_up(machine: &Machine) {
    const TICK: u64 = 10_000_000;
    for threads in ["0", "1", "2"] {
        let outcome = outcome(machine, &Program { args: vec![threads.to_owned()], ..rust(BUSY) });
        let (sample, ticks) = (&samples(&outcome)[0], end(&outcome).stdout.parse::<u64>().expect("a number of ticks"));
        assert!((64 << 20..80 << 20).contains(&sample.rss), "{sample:?}");
        // What it did until it asked counts, and little can have come after that.
        assert!(
            (ticks * TICK..(ticks + 10) * TICK).contains(&sample.cpu),
            "{threads} threads, {ticks} ticks: {sample:?}"
        );
    }
}

fn children_that_are_waited_for_count(machine: &Machine) {
    let count = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
    let by_child = sample(machine, &sh(&format!("sh -c '{count}'")));
    let by_itself = sample(machine, &sh(count));
    assert!(by_child.cpu as f64 > 0.5 * by_itself.cpu as f64, "{by_child:?} {by_itself:?}");
}

fn a_machine_that_does_not_become_quiet_is_told(machine: &Machine) {
    let patience = Patience { quiet: Duration::from_millis(600), wait: || () };
    let impatient = LocalRunner::new(Launcher::start().expect("there is no thread"), patience);
    let other = begin(machine, "busy", &["/bin/sh", "-c", "while :; do :; done"]);
    let is_busy = |plan| {
        let program = Program { plan, ..tool("true") };
        let prepared = impatient.prepare(&program).expect("its tools are here");
        execute(&impatient, &program, prepared).machine.busy
    };
    assert!(is_busy(repeat(Some(1), Some(0), &[0])));
    assert!(is_busy(repeat(Some(1), Some(0), &[0])), "a look is enough to see that it still is");
    assert!(!is_busy(Plan::Once), "nobody looks before a single run");
    drop(other);
}
