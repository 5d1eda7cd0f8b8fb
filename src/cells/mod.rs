//! Fences that run: from [`Fence`](crate::markdown::Fence) to cell to [`Program`] to [`Outcome`].

mod outcome;
mod program;
mod runner;

pub use outcome::{BuildLog, CompilerMessage, Exit, Machine, Outcome, Sample};
pub use program::{Build, Limits, Plan, Program};
pub use runner::{Prepared, Runner, RunnerError};
