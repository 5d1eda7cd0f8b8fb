use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything that decides what happens when a cell runs, and nothing else: its digest is the key of its stored result.
/// No place in the post, no path of this machine, no clock.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Program {
    /// Number of the runner's own way of doing things; raised when old results no longer hold.
    pub runner: u32,
    /// The file that the code is written to, in the folder that the program runs in: `cell.rs`.
    pub file: String,
    /// What is written to it.
    pub code: String,
    /// How it is built before it runs, if its language has that.
    pub build: Option<Build>,
    /// Its command line, the interpreter first. `{file}` and `{program}` stand for the file and what the build made of
    /// it. Nothing if it is only built.
    pub run: Option<Vec<String>>,
    /// The command line that prints the version of the language's tool: `rustc --version`.
    pub version: Vec<String>,
    /// A command line that prints the path of the real interpreter behind a shim, if the language has one.
    pub resolve: Option<Vec<String>>,
    /// Arguments that follow `run`.
    pub args: Vec<String>,
    /// Environment variables besides the few that every cell gets.
    pub env: BTreeMap<String, String>,
    /// What it reads from its standard input.
    pub stdin: String,
    /// What it may use up.
    pub limits: Limits,
    /// How often it runs.
    pub plan: Plan,
}

/// How a program is built.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Build {
    /// The command line, with `{file}` and `{program}` as in [`Program::run`].
    pub command: Vec<String>,
    /// Whether messages come as rustc's JSON, a line each on standard error, or as plain text.
    pub json_messages: bool,
}

/// What a program may use up before it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Wall time of one run, ns.
    pub time: u64,
    /// Address space of one process, bytes.
    pub memory: u64,
    /// What it writes to each of standard output and standard error, bytes.
    pub output: u64,
    /// Processes and threads at once.
    pub processes: u32,
}

/// What a program can reach by network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Net {
    /// Whatever this machine can.
    Host,
    /// Itself alone, by the addresses of the loopback interface.
    Loopback,
    /// Nothing.
    None,
}

/// How often a program runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Plan {
    /// Never: it is only built.
    Build,
    /// Once.
    Once,
    /// Repeatedly, until its interval is narrow or its time is used up.
    Repeat {
        /// Exactly so many times, if the author says so.
        reps: Option<u32>,
        /// Runs before the first that counts; one, and one more where the first was slow, if the author is silent.
        warmup: Option<u32>,
        /// The codes that a run may end with; any, if there are none. One that ends otherwise is the last.
        codes: Vec<i32>,
    },
}
