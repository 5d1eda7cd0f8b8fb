use serde::{Deserialize, Serialize};

/// What did happen when a program was built and run, with its measurements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What its compiler said, if it was built.
    pub build: Option<BuildLog>,
    /// How its last run ended; nothing if it never ran.
    pub exit: Option<Exit>,
    /// What that run printed, cut at the limit.
    pub stdout: String,
    /// What that run wrote to standard error, cut at the limit.
    pub stderr: String,
    /// Every run that counts, in order; disturbed ones too.
    pub samples: Vec<Sample>,
    /// Where that was.
    pub machine: Machine,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// Killed after its limit of time.
    TimedOut,
    /// Killed because it wrote more than its limit.
    TooMuchOutput,
    /// Killed because it had more processes and threads than its limit.
    TooManyProcesses,
}

impl Exit {
    /// The exit code of a Rust program that panicked (`std::process`, "Termination").
    pub const PANICKED: i32 = 101;
}

/// What a compiler said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildLog {
    /// Whether it made a program.
    pub success: bool,
    /// Its messages, in order.
    pub messages: Vec<CompilerMessage>,
}

impl BuildLog {
    /// The codes of its messages.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.messages.iter().filter_map(|message| message.code.as_deref())
    }
}

/// One message of a compiler.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompilerMessage {
    /// `error`, `warning` and so on; `text` for a compiler that only prints.
    pub level: String,
    /// `E0382`, if it has one.
    pub code: Option<String>,
    /// The line of the program's file that it is about, from 1.
    pub line: Option<usize>,
    /// The message in a line.
    pub message: String,
    /// The message as the compiler draws it, with ANSI colours.
    pub rendered: String,
}

/// One run of a program, as a whole process from its start to its end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Elapsed time by `CLOCK_MONOTONIC`, ns.
    pub wall: u64,
    /// User and system time of the process and the children that it waited for, ns.
    pub cpu: u64,
    /// Largest resident set of any one of them, bytes.
    pub rss: u64,
    /// Processor time that others used meanwhile, ns.
    pub foreign: u64,
    /// Whether others used so much of it that the figures of this run say little.
    pub disturbed: bool,
}

/// Where and with what a program ran. No host or user name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name.
    pub cpu: String,
    /// Processors that the program could use.
    pub cores: usize,
    /// Main memory, bytes.
    pub memory: u64,
    /// Kernel and its version: `Linux 6.18.44`.
    pub system: String,
    /// What the language's tool says of its version.
    pub toolchain: String,
    /// When, as an RFC 3339 timestamp in UTC to the second.
    pub date: String,
    /// Whether others used it still, after a wait for quiet, when a program began to be run repeatedly.
    #[serde(default)]
    pub busy: bool,
}
