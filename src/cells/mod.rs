//! Fences that run: from [`Fence`](crate::markdown::Fence) to cell to [`Program`] to [`Outcome`].

mod launcher;
mod local;
mod outcome;
mod program;
mod quantity;
mod repeat;
mod runner;
mod scripted;
pub mod statistics;
mod summary;

pub use launcher::{Ended, Job, Launcher, Running};
pub use local::{LocalRunner, Patience};
pub use outcome::{BuildLog, CompilerMessage, Exit, Machine, Outcome, Sample};
pub use program::{Build, Limits, Plan, Program};
pub use quantity::{format_bytes, format_ns};
pub use runner::{Prepared, Runner, RunnerError};
pub use scripted::{Reply, Scripted};
pub use summary::Summary;
