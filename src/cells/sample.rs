use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One run of a program, as a whole process from its start to its end. What an earlier version did not keep is nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sample {
    /// Elapsed time by `CLOCK_MONOTONIC`, ns.
    pub wall: u64,
    /// User and system time of the process and the children that it waited for, ns.
    pub cpu: u64,
    /// Largest resident set of any one of them, bytes.
    pub rss: u64,
    /// Times that they gave up a processor to wait.
    pub voluntary: u64,
    /// Times that a processor was taken from them.
    pub involuntary: u64,
    /// Pages that they touched and that were not there for them yet.
    pub faults: u64,
    /// What others had to do with that.
    pub interference: Interference,
    /// Who took so much that the figures of this run say little, if anybody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disturbed: Option<Cause>,
    /// The round that it was run in: those of one round were run right after another.
    pub round: u32,
    /// The elapsed time of an empty program of the same language in the same round, ns; nothing if there was none, or if that
    /// was disturbed where enough others were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub startup: Option<u64>,
    /// The middle one of the times that the program took of a part of itself, ns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<f64>,
    /// The numbers that the program told, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, f64>,
}

impl Sample {
    /// What is compared of it, ns: the time of the part that the program measured, else that of the whole process.
    pub fn time(&self) -> f64 {
        self.section.unwrap_or(self.wall as f64)
    }
}

/// What others took from a run while it lasted, ns.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Interference {
    /// Processor time that other programs used, on the processors that this one could use.
    pub foreign: u64,
    /// Processor time that the hypervisor of a virtual machine gave to others.
    pub steal: u64,
    /// How long a quota of a control group kept threads from running.
    pub throttled: u64,
    /// How long at least one thread of the machine, ours or not, waited for a processor, where the kernel tells: its
    /// pressure stall information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressure: Option<u64>,
}

impl Interference {
    /// The processor time that others had, ns.
    pub fn taken(&self) -> f64 {
        self.foreign as f64 + self.steal as f64
    }
}

/// Why the figures of a run say little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// Other programs used the processors.
    Programs,
    /// The hypervisor of a virtual machine gave them to others.
    Hypervisor,
    /// A quota of a control group stopped it.
    Quota,
}
