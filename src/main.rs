//! The command line of `blog`.

use std::process::ExitCode;

use blog::cells::Launcher;

fn main() -> ExitCode {
    // The launcher is forked before anything else, while this process is small and has one thread: peak memory of a program
    // includes what its parent had, and a fork of a large process is slow.
    match Launcher::start() {
        Ok(launcher) => blog::cli::run(launcher),
        Err(error) => {
            eprintln!("error: the process that starts programs cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}
