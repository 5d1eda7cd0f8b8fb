use serde::{Deserialize, Serialize};

use super::{BuildLog, Exit, Machine, Outcome, Summary};
use crate::source::Hash;

/// What is kept of an outcome, and all that a page shows of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Version of this format.
    pub format: u32,
    /// Digest of the program: the record holds as long as that is the same.
    pub program: String,
    /// How the program ended; nothing if it was only compiled.
    pub exit: Option<Exit>,
    /// Whether it compiled; nothing if its language needs no compiling.
    pub compiled: Option<bool>,
    /// The codes of the compiler's messages: `E0382`.
    pub codes: Vec<String>,
    /// How long it took; nothing if it never ran.
    pub measured: Option<Summary>,
    /// Digest of what it printed, which is kept beside the record.
    pub printed: String,
    /// Where that was.
    pub machine: Machine,
    /// What it printed.
    #[serde(skip)]
    pub stdout: String,
    /// What it wrote to standard error, or what the compiler said if it never ran.
    #[serde(skip)]
    pub stderr: String,
}

impl Record {
    /// The version of the format that this program writes and reads.
    pub const FORMAT: u32 = 1;

    /// What is kept of an outcome of the program with the given digest.
    pub fn of(program: &Hash, outcome: &Outcome) -> Record {
        let said = |outcome: &Outcome| -> String {
            let messages = outcome.build.iter().flat_map(|build| &build.messages);
            messages.flat_map(|message| [message.rendered.trim_end(), "\n\n"]).collect()
        };
        let stderr = if outcome.exit.is_some() { outcome.stderr.clone() } else { said(outcome) };
        Record {
            format: Record::FORMAT,
            program: program.to_string(),
            exit: outcome.exit,
            compiled: outcome.build.as_ref().map(|build| build.success),
            codes: outcome.build.iter().flat_map(BuildLog::codes).map(str::to_owned).collect(),
            measured: Summary::of(outcome),
            machine: outcome.machine.clone(),
            stdout: outcome.stdout.clone(),
            printed: digest(&outcome.stdout, &stderr),
            stderr,
        }
    }

    /// Whether it is a record of this program in this format, and what was printed is there as it was.
    pub fn holds(&self, program: &Hash) -> bool {
        self.format == Record::FORMAT
            && self.program == program.to_string()
            && self.printed == digest(&self.stdout, &self.stderr)
    }
}

fn digest(stdout: &str, stderr: &str) -> String {
    Hash::of(&(stdout, stderr)).short()
}
