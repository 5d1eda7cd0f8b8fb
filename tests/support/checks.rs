//! Checks that share what is dear to make, in a test binary with a `main` of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// A check of something and its name.
pub(crate) type Check<T> = (&'static str, fn(&T));

/// Runs the checks whose names contain one of the arguments, or all, and reports as libtest does.
pub(crate) fn run<T>(checks: &[Check<T>], subject: &T) -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(&**part));
    let chosen: Vec<&Check<T>> = checks.iter().filter(|(name, _)| is_wanted(name)).collect();
    println!("\nrunning {} tests", chosen.len());
    let failed = chosen.iter().filter(|(name, check)| {
        let passed = catch_unwind(AssertUnwindSafe(|| check(subject))).is_ok();
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
