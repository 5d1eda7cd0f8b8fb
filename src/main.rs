//! The command line of `blog`.

use std::process::ExitCode;

fn main() -> ExitCode {
    blog::cli::run()
}
