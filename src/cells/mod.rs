//! Fences that run: from [`Fence`](crate::markdown::Fence) to cell to [`Program`] to [`Outcome`].

mod assemble;
mod cell;
mod info;
mod judge;
mod language;
mod launcher;
mod options;
mod outcome;
mod program;
mod quantity;
mod record;
mod relocate;
mod repeat;
mod runner;
mod rust;
mod session;
pub mod statistics;
mod store;
mod summary;

pub use assemble::{Assembled, assemble};
pub use cell::{Cell, Line};
pub use info::{Info, RustdocWords, Verb};
pub use language::Language;
pub use launcher::{Ended, Job, Launcher, Running};
pub use options::{Options, Show, Trouble};
pub use outcome::{BuildLog, CompilerMessage, Exit, Machine, Outcome, Sample};
pub use program::{Build, Limits, Plan, Program};
pub use quantity::{format_bytes, format_ns};
pub use record::Record;
pub use relocate::{Relocation, line_named};
pub use runner::{Prepared, Runner, RunnerError};
pub use session::{Answer, Progress, Task, answer, stored};
pub use store::Store;
pub use summary::Summary;
