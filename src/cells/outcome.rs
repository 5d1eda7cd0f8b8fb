use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::timeline::Timeline;
use super::{Params, Sample, ThreadState};

/// What did happen when a program was built and run, with its measurements.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What its compiler said, if it was built.
    pub build: Option<BuildLog>,
    /// What happened in each case of its sweep, in order; nothing if it never ran.
    pub cases: Vec<Case>,
    /// What its threads did in one more run of the last case, if that was to be recorded; else why that could not be.
    pub timeline: Option<Result<Timeline, String>>,
    /// The same in the format of Perfetto; empty if it was not recorded.
    pub perfetto: Vec<u8>,
    /// The session in which it was measured: what has the same was measured interleaved. It is the seed of the order in each
    /// round, as a hexadecimal number.
    pub session: String,
    /// Where that was.
    pub machine: Machine,
}

/// What happened with one set of values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Case {
    /// The values.
    pub params: Params,
    /// The ways in which runs ended, the most frequent first. One, unless it was run to see how differently it ends.
    pub ends: Vec<End>,
    /// Runs that ended in yet other ways, which are not kept.
    pub others: u32,
    /// Every run that counts, in order; disturbed ones too.
    pub samples: Vec<Sample>,
}

/// A way in which runs ended, and one of those runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// How.
    pub exit: Exit,
    /// How many runs.
    pub count: u32,
    /// Where its threads stood, if it was found not to end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub threads: Vec<ThreadState>,
    /// What it showed besides, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<Shown>,
    /// What it printed, cut at the limit.
    #[serde(skip)]
    pub stdout: String,
    /// What it wrote to standard error, cut at the limit.
    #[serde(skip)]
    pub stderr: String,
    /// Why what it told us was not understood.
    #[serde(skip)]
    pub misunderstood: Option<String>,
}

/// A rich output of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// What it is: `image/svg+xml`.
    pub mime: String,
    /// The output.
    #[serde(skip)]
    pub data: Vec<u8>,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
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

/// As it stands in records: `code 101`, `signal 9`, `timed out`.
impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Exit::Code(code) => write!(f, "code {code}"),
            Exit::Signal(signal) => write!(f, "signal {signal}"),
            Exit::TimedOut => f.write_str("timed out"),
            Exit::TooMuchOutput => f.write_str("too much output"),
            Exit::TooManyProcesses => f.write_str("too many processes"),
        }
    }
}

impl From<Exit> for String {
    fn from(exit: Exit) -> String {
        exit.to_string()
    }
}

impl TryFrom<String> for Exit {
    type Error = String;

    fn try_from(text: String) -> Result<Exit, String> {
        let number = |rest: &str| rest.parse().map_err(|_| format!("`{text}` is no end of a program"));
        match text.as_str() {
            "timed out" => Ok(Exit::TimedOut),
            "too much output" => Ok(Exit::TooMuchOutput),
            "too many processes" => Ok(Exit::TooManyProcesses),
            other => match other.split_once(' ') {
                Some(("code", code)) => number(code).map(Exit::Code),
                Some(("signal", signal)) => number(signal).map(Exit::Signal),
                _ => Err(format!("`{text}` is no end of a program")),
            },
        }
    }
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
    /// The characters of that line that it is about, counted from 1, if it is about some of them alone.
    pub columns: Option<Range<usize>>,
    /// The message in a line.
    pub message: String,
    /// The message as the compiler draws it, with ANSI colours.
    pub rendered: String,
}

/// Where and with what a program ran. No host or user name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
    /// What measured: `blog 0.1.0`.
    #[serde(default)]
    pub tool: String,
    /// When, as an RFC 3339 timestamp in UTC to the second.
    pub date: String,
    /// How the kernel chooses the frequency of its processors, where it does: `performance`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub governor: Option<String>,
    /// Threads that ran or wanted to, on average over the minute before, those of `blog` among them; if the kernel tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<f64>,
    /// Whether others used it still, after a wait for quiet, when a program began to be run repeatedly.
    #[serde(default)]
    pub busy: bool,
}

impl Machine {
    /// What has changed since, a phrase each: the compiler or interpreter, the processor, how many cores there are, how their
    /// frequency is chosen, the system.
    pub fn drift(&self, now: &Machine) -> Vec<String> {
        let cores = |machine: &Machine| format!("{} cores", machine.cores);
        let governor = |machine: &Machine| match &machine.governor {
            Some(governor) => format!("frequency governor {governor}"),
            None => String::new(),
        };
        let facts = [
            (self.toolchain.clone(), now.toolchain.clone()),
            (self.cpu.clone(), now.cpu.clone()),
            (cores(self), cores(now)),
            (governor(self), governor(now)),
            (self.system.clone(), now.system.clone()),
        ];
        // What nobody knows of now has not changed.
        facts.into_iter().filter(|(then, now)| then != now && !now.is_empty()).map(|(_, now)| now).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_changed_on_a_machine_is_named_as_it_is_now() {
        let machine = |toolchain: &str, cores| Machine { toolchain: toolchain.to_owned(), cores, ..Machine::default() };
        assert_eq!(machine("rustc 1", 2).drift(&machine("rustc 1", 2)), [""; 0]);
        assert_eq!(machine("rustc 1", 2).drift(&machine("rustc 2", 4)), ["rustc 2", "4 cores"]);
        assert_eq!(machine("rustc 1", 2).drift(&machine("", 2)), [""; 0], "it was never asked");
    }

    #[test]
    fn an_end_can_be_read_as_it_is_written() {
        for exit in [
            Exit::Code(0),
            Exit::Code(-3),
            Exit::Signal(9),
            Exit::TimedOut,
            Exit::TooMuchOutput,
            Exit::TooManyProcesses,
        ] {
            assert_eq!(Exit::try_from(String::from(exit)), Ok(exit));
        }
        for text in ["", "code", "code x", "signals 3", "timed"] {
            assert!(Exit::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
