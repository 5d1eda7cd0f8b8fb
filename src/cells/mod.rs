//! Fences that run: from [`Fence`](crate::markdown::Fence) to cell to [`Program`] to [`Outcome`].

mod assemble;
mod cell;
mod info;
mod language;
mod options;
mod outcome;
mod program;
mod relocate;
mod runner;
mod rust;

pub use assemble::{Assembled, assemble};
pub use cell::{Cell, Line};
pub use info::{Info, RustdocWords, Verb};
pub use language::Language;
pub use options::{Options, Show, Trouble};
pub use outcome::{BuildLog, CompilerMessage, Exit, Machine, Outcome, Sample};
pub use program::{Build, Limits, Plan, Program};
pub use relocate::{Relocation, line_named};
pub use runner::{Prepared, Runner, RunnerError};
