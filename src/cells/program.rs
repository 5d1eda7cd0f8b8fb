use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Dump, PackageSet, ThreadNames};
use crate::source::{Hash, SitePath};

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
    /// What stands beside it, by name: modules that it imports.
    pub files: BTreeMap<String, String>,
    /// How it is built before it runs, if its language has that.
    pub build: Option<Build>,
    /// Its command line, the interpreter first. `{file}` and `{program}` stand for the file and what the build made of
    /// it. Nothing if it is only built.
    pub run: Option<Vec<String>>,
    /// The command line that prints the version of the language's tool: `rustc --version`.
    pub version: Vec<String>,
    /// Command lines that print the path of the real program behind a shim, by the name that other command lines call it by.
    pub resolve: BTreeMap<String, Vec<String>>,
    /// Environment variables that the language's tools are given where the author has them. The program is not.
    pub tool_env: Vec<String>,
    /// Variables by which those tools learn which version of them the site pins.
    pub pins: BTreeMap<String, String>,
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
    /// What it is run with, one case for each combination of values: `threads` and `["1", "2"]`. One case, if there are none.
    pub sweep: Vec<(String, Vec<String>)>,
    /// Whether its last case runs once more, to record what its threads do. By default no part of the key.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub timeline: bool,
    /// What has its threads tell their names meanwhile. By default no part of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_names: Option<ThreadNames>,
    /// Whether its two outputs are one, in the order in which they are written to.
    pub merge: bool,
    /// What it reaches of the network; if its author does not say, only itself, where the machine can do that.
    pub net: Option<Net>,
    /// How it is made to tell where it stands when it hangs; nothing for one that is measured.
    pub dump: Option<Dump>,
    /// The packages that it needs.
    pub packages: Option<LockedPackages>,
    /// Files of the author's that it finds in its folder.
    pub inputs: Vec<Input>,
}

/// The values that a case runs with, by their names.
pub type Params = BTreeMap<String, String>;

impl Program {
    /// A program of other code that is built and started in the same way, and measured: what starting takes, if the code is
    /// empty. It is given nothing, since it asks for nothing.
    #[must_use]
    pub fn with_code(&self, code: &str) -> Program {
        Program {
            code: code.to_owned(),
            files: BTreeMap::new(),
            args: Vec::new(),
            stdin: String::new(),
            plan: Plan::Repeat(Repeat { reps: None, warmup: None, min_time: 0, max_time: 0, codes: Vec::new() }),
            sweep: Vec::new(),
            timeline: false,
            thread_names: None,
            inputs: Vec::new(),
            ..self.clone()
        }
    }

    /// The values of each case, in order: those of the last name change fastest.
    pub fn cases(&self) -> Vec<Params> {
        self.sweep.iter().fold(vec![Params::new()], |cases, (name, values)| {
            let with = |case: &Params, value: &String| {
                let mut case = case.clone();
                case.insert(name.clone(), value.clone());
                case
            };
            cases.iter().flat_map(|case| values.iter().map(|value| with(case, value)).collect::<Vec<_>>()).collect()
        })
    }
}

/// Packages in the versions that are locked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LockedPackages {
    /// The packages.
    pub set: PackageSet,
    /// The text of their lock file; nothing as long as no versions were chosen.
    pub lock: Option<String>,
}

/// A file that a program finds in its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its path below that folder.
    pub path: SitePath,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// By its digest: keys are made of this.
impl Serialize for Input {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.path, Hash::of_bytes(&self.bytes).to_string()).serialize(serializer)
    }
}

/// What a program reaches of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Net {
    /// What the machine reaches.
    Host,
    /// Itself: a loopback interface of its own.
    Loopback,
    /// Nothing.
    None,
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

/// How often a program runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Plan {
    /// Never: it is only built.
    Build,
    /// Once.
    Once,
    /// Repeatedly, until its interval is narrow or its time is used up.
    Repeat(Repeat),
    /// So many times, to see how differently it ends.
    Trials {
        /// So many times.
        trials: u32,
        /// The wall time of all of them, ns.
        max_time: u64,
        /// What is not told apart: regular expressions, whose matches in an output count as the same.
        redact: Vec<String>,
    },
}

/// How a program is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repeat {
    /// Exactly so many times, if the author says so.
    pub reps: Option<u32>,
    /// Runs before the first that counts; one, and one more where the first was slow, if the author is silent.
    pub warmup: Option<u32>,
    /// The least wall time of the runs that count, ns.
    pub min_time: u64,
    /// The wall time of them after which there is no other, ns.
    pub max_time: u64,
    /// The codes that a run may end with; any, if there are none. One that ends otherwise is the last.
    pub codes: Vec<i32>,
}
