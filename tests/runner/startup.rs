//! What starting takes is measured beside what is measured.

use blog::cells::Summary;

use crate::calibration::{built, case};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("startup::an_empty_program_of_each_language_runs_beside_a_bench", beside_a_bench),
    ("startup::a_part_of_a_program_needs_none", a_part_needs_none),
];

/// An info string and code, for the languages whose tools are on every machine that develops this.
const BENCHES: [(&str, &str); 6] = [
    ("rust", "std::thread::sleep(std::time::Duration::from_millis(20));"),
    ("python", "import time\ntime.sleep(0.02)"),
    ("sh", "sleep 0.02"),
    ("bash", "sleep 0.02"),
    ("c", "#include <unistd.h>\nusleep(20000);"),
    ("c++", "#include <unistd.h>\nusleep(20000);"),
];

fn beside_a_bench(machine: &Machine) {
    let cell = |(at, (language, code)): (usize, &(&str, &str))| {
        let comment = if ["rust", "c", "c++"].contains(language) { "//" } else { "#" };
        format!("```{language},bench:b{at}\n{comment}| reps = 6\n{code}\n```\n\n")
    };
    let built = built(machine, &BENCHES.iter().enumerate().map(cell).collect::<String>());
    for (at, (language, _)) in BENCHES.iter().enumerate() {
        let measured = measured(case(&built, &format!("b{at}")).measured.as_ref());
        let startup = measured.startup.as_ref().unwrap_or_else(|| panic!("{language}: no empty program ran"));
        assert!(startup.empty.min > 0.0 && startup.rest.max < measured.wall.max, "{language}: {startup:?}");
        assert_eq!((startup.empty.n, startup.rest.n), (6, 6), "{language}");
    }
}

fn a_part_needs_none(machine: &Machine) {
    let built =
        built(machine, "```rust,bench:part\n//| reps = 3\ncell::measure(|| std::hint::black_box(1) + 1);\n```\n");
    let measured = measured(case(&built, "part").measured.as_ref());
    assert!(measured.section && measured.startup.is_none(), "{measured:?}");
}

fn measured(summary: Option<&Summary>) -> &Summary {
    summary.expect("it was measured")
}
