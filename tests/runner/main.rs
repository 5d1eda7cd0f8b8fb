//! Programs are really started, measured and ended. A test binary with its own `main`, since the launcher has to be forked
//! before there is a thread.

#![expect(clippy::disallowed_methods, reason = "looks at processes and files from outside of the library")]

mod abandoned;
mod bombs;
mod calibration;
mod cases;
mod contract;
mod emission;
mod endings;
mod figures;
mod hung;
mod languages;
mod network;
mod packages;
mod programs;
mod recorded;
mod startup;
mod surroundings;
mod timeline;
mod tools;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use blog::cells::{Launcher, LocalRunner, Patience};

/// What every check has at hand.
struct Machine {
    launcher: Launcher,
    runner: LocalRunner,
    /// Where the runner has its folders.
    scratch: PathBuf,
}

/// A check and its name.
type Check = (&'static str, fn(&Machine));

fn main() -> ExitCode {
    let launcher = || Launcher::start().expect("there is no thread yet");
    let patience = Patience { quiet: Duration::ZERO, wait: || () };
    let ours = launcher();
    let scratch = ours.scratch().to_path_buf();
    let machine = Machine { launcher: launcher(), runner: LocalRunner::new(ours, patience), scratch };
    if std::env::args().any(|arg| arg == abandoned::MODE) {
        abandoned::wait_to_be_killed(&machine);
    }
    if std::env::args().any(|arg| arg == packages::MODE) {
        packages::run_with_packages(&machine);
        return ExitCode::SUCCESS;
    }
    let mut arguments = std::env::args().skip_while(|argument| argument != recorded::MODE).skip(1);
    if let Some(folder) = arguments.next() {
        recorded::record_into(&machine, folder.as_ref());
        return ExitCode::SUCCESS;
    }
    let checks = [
        contract::CHECKS,
        cases::CHECKS,
        endings::CHECKS,
        surroundings::CHECKS,
        figures::CHECKS,
        startup::CHECKS,
        calibration::CHECKS,
        tools::CHECKS,
        packages::CHECKS,
        languages::CHECKS,
        emission::CHECKS,
        timeline::CHECKS,
        network::CHECKS,
        hung::CHECKS,
        bombs::CHECKS,
        abandoned::CHECKS,
    ];
    run(&checks.concat(), &machine)
}

/// Runs the checks whose names contain one of the arguments, or all, and reports as libtest does.
fn run(checks: &[Check], machine: &Machine) -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(&**part));
    let chosen: Vec<&Check> = checks.iter().filter(|(name, _)| is_wanted(name)).collect();
    println!("\nrunning {} tests", chosen.len());
    let failed = chosen.iter().filter(|(name, check)| {
        let passed = catch_unwind(AssertUnwindSafe(|| check(machine))).is_ok();
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        !passed
    });
    let failed = failed.count();
    let result = if failed == 0 { "ok" } else { "FAILED" };
    let (passed, filtered) = (chosen.len() - failed, checks.len() - chosen.len());
    println!(
        "\ntest result: {result}. {passed} passed; {failed} failed; 0 ignored; 0 measured; {filtered} filtered out\n"
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
