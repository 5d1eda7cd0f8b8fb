//! What is measured is compared with what is known: how long a sleep takes, that a program takes as long as itself, and what
//! another tool measures. The figures are printed, so that they can be read where the tests ran.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use blog::build::{Built, Request, Tools, build};
use blog::cells::{CaseRecord, Figures, Locks, Policy, Store};
use blog::memo::Memo;
use blog::source::SitePath;
use blog::world::Memory;

use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("calibration::a_sleep_is_as_long_as_it_is", a_sleep_is_as_long_as_it_is),
    ("calibration::a_program_takes_as_long_as_itself", a_program_takes_as_long_as_itself),
    ("calibration::another_tool_measures_the_same", another_tool_measures_the_same),
];

/// Builds a site of one post, with an empty store. Every cell runs.
pub(crate) fn built(machine: &Machine, post: &str) -> Built {
    let folder = tempfile::tempdir().expect("a folder");
    let mut world = Memory::default();
    world.insert(SitePath::new("content/a.md").expect("a name"), post);
    let tools = Tools {
        world: &world,
        runner: &machine.runner,
        store: &Store::new(folder.path().join("results")),
        locks: &Locks::new(folder.path().join("locks")),
        against: None,
        memo: &Memo::default(),
        progress: &|_| (),
    };
    let request = Request {
        config: SitePath::new("blog.toml").expect("a name"),
        base_url: None,
        now: jiff::Timestamp::now(),
        publish: Vec::new(),
        policy: Policy::Missing,
        only: Vec::new(),
        env: BTreeMap::new(),
    };
    let built = build(&tools, &request);
    assert!(!built.diagnostics.has_errors(), "{:?}", built.diagnostics);
    built
}

/// What was measured of the only case of a cell.
pub(crate) fn case<'b>(built: &'b Built, cell: &str) -> &'b CaseRecord {
    let result = built.results.iter().find(|result| result.cell == cell).expect("it ran");
    &result.record.as_ref().expect("it has a result").cases[0]
}

fn wall<'b>(built: &'b Built, cell: &str) -> &'b Figures {
    &case(built, cell).measured.as_ref().expect("it was measured").wall
}

/// What the kernel may add to a sleep without being asked, `PR_SET_TIMERSLACK` in `prctl(2)`, ns.
const SLACK: f64 = 50_000.0;

/// The part that a program times itself, and a process less the empty one of the same rounds, which may have been the slower one
/// to start.
fn a_sleep_is_as_long_as_it_is(machine: &Machine) {
    const SLEEP: f64 = 100_000_000.0;
    let sleep = "std::thread::sleep(std::time::Duration::from_millis(100))";
    let post = format!("```rust,bench:part\ncell::measure(|| {sleep});\n```\n\n```rust,bench:whole\n{sleep};\n```\n");
    let built = built(machine, &post);
    let (part, whole) = (wall(&built, "part"), wall(&built, "whole"));
    let measured = case(&built, "whole").measured.as_ref().expect("it was measured");
    let startup = measured.startup.as_ref().expect("an empty program ran too");
    println!(
        "  100 ms asleep: {} of a part; {} of a process, {} less the {} that an empty one takes",
        part.time(),
        whole.time(),
        startup.rest.time(),
        startup.empty.time()
    );
    assert!((SLEEP..=1.01 * SLEEP + SLACK).contains(&part.median), "a part: {} ns", part.median);
    // Starting takes longer and less evenly on a busy machine, which the interval tells.
    let (low, high) = startup.rest.low.zip(startup.rest.high).expect("it was measured six times at least");
    let near = 0.01 * SLEEP + SLACK;
    assert!((low - near..=high + near).contains(&SLEEP), "a process: {low} to {high} ns");
}

/// A loop that takes some milliseconds.
const LOOP: &str = "i=0; while [ $i -lt 4000 ]; do i=$((i+1)); done";

/// A hundred times, two cells of the same code are compared. Five of them may seem to be different, by the meaning of a
/// 95 % interval; more than fifteen come by chance once in 20,000 times.
fn a_program_takes_as_long_as_itself(machine: &Machine) {
    const PAIRS: usize = 100;
    let cell = |name: &str, pair: usize| format!("```sh,bench:{name}-{pair}\n#| group = \"g{pair}\"\n{LOOP}\n```\n\n");
    let post: String = (0..PAIRS).flat_map(|pair| [cell("a", pair), cell("b", pair)]).collect();
    let built = built(machine, &post);
    let is_different = |pair: &usize| {
        let ratio = case(&built, &format!("b-{pair}")).ratio.expect("it was compared");
        let (low, high) = ratio.interval().expect("there were rounds enough");
        !(low..=high).contains(&1.0)
    };
    let different = (0..PAIRS).filter(is_different).count();
    println!("  {different} of {PAIRS} comparisons of a program with itself find a difference");
    assert!(different <= 15, "{different} of {PAIRS}");
}

/// How often the two tools take turns, and how many runs each measures in a turn.
const TURNS: usize = 9;
const RUNS: usize = 3;

/// The tools take turns, so that a machine that changes changes for both. The 95 % interval of the ratio of their medians within
/// a turn holds a value that is less than five hundredths from one: our programs have another environment, and more limits.
fn another_tool_measures_the_same(machine: &Machine) {
    if Command::new("hyperfine").arg("--version").output().is_err() {
        println!("  not tried here, since there is no hyperfine");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("loop.sh");
    let code = [LOOP; 5].join("; ");
    fs::write(&script, &code).expect("it can be written");
    let theirs = || -> f64 {
        let out = folder.path().join("out.json");
        let mut hyperfine = Command::new("hyperfine");
        hyperfine.args(["--shell=none", "--warmup=1", &format!("--runs={RUNS}"), "--export-json"]).arg(&out);
        let said = hyperfine.arg(format!("sh {}", script.display())).output().expect("it starts");
        assert!(said.status.success(), "{said:?}");
        let json: serde_json::Value = serde_json::from_slice(&fs::read(&out).expect("it wrote")).expect("JSON");
        1e9 * json["results"][0]["median"].as_f64().expect("a number of seconds")
    };
    let post = format!("```sh,bench:ours\n#| reps = {RUNS}\n#| warmup = 1\n{code}\n```\n");
    let ours = || wall(&built(machine, &post), "ours").median;
    let turns: Vec<(f64, f64)> = (0..TURNS).map(|_| (ours(), theirs())).collect();
    let figures = |of: &dyn Fn(&(f64, f64)) -> f64| Figures::of(&turns.iter().map(of).collect::<Vec<_>>());
    let [ours, theirs, ratio] =
        [figures(&|turn| turn.0), figures(&|turn| turn.1), figures(&|turn| turn.0 / turn.1)].map(Option::unwrap);
    let (low, high) = ratio.interval().expect("there are turns enough");
    let median = ratio.median;
    println!("  a loop: {} here, {} by hyperfine, ratio {median:.3} ({low:.3}–{high:.3})", ours.time(), theirs.time());
    assert!(low <= 1.05 && high >= 0.95, "{turns:?}");
}
