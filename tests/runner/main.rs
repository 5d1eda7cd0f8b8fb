//! Programs are really started, measured and ended. A test binary with its own `main`, since the launcher has to be forked
//! before there is a thread.

#![expect(clippy::disallowed_methods, reason = "looks at processes and files from outside of the library")]

#[path = "../support/checks.rs"]
mod checks;

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
type Check = checks::Check<Machine>;

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
    checks::run(&checks.concat(), &machine)
}
