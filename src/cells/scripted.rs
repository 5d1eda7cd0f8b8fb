use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::rounds::{self, Contender, Run, Turn};
use super::{
    Batch, BuildLog, Case, End, Exit, Machine, Member, Outcome, PackageSet, Plan, Prepared, Program, Runner,
    RunnerError, Sample,
};

/// What a run of an empty program takes, ns.
const EMPTY: u64 = 100_000;

/// A runner that starts nothing: each program ends as the script says. Counts what it was asked to do.
#[derive(Debug, Default)]
pub struct Scripted {
    replies: Vec<(String, Reply)>,
    missing: BTreeSet<String>,
    prepared: AtomicUsize,
    executed: AtomicUsize,
}

/// What a program does.
#[derive(Debug, Clone)]
pub struct Reply {
    /// What its compiler says, if it has one; nothing stands for success without a message.
    pub build: Option<BuildLog>,
    /// How each of its runs ends.
    pub exit: Exit,
    /// What each run prints.
    pub stdout: String,
    /// What each run writes to standard error.
    pub stderr: String,
    /// What each run takes.
    pub sample: Sample,
}

impl Default for Reply {
    /// A run of a millisecond that prints `scripted`.
    fn default() -> Self {
        Reply {
            build: None,
            exit: Exit::Code(0),
            stdout: "scripted\n".to_owned(),
            stderr: String::new(),
            sample: Sample { wall: 1_000_000, cpu: 900_000, rss: 2_000_000, ..Sample::default() },
        }
    }
}

impl Scripted {
    /// A runner whose programs all do what [`Reply::default`] says.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has programs whose code contains `part` do this; the first part that is found counts.
    pub fn reply(mut self, part: &str, reply: Reply) -> Self {
        self.replies.push((part.to_owned(), reply));
        self
    }

    /// Has a tool be missing on this machine.
    pub fn missing(mut self, tool: &str) -> Self {
        self.missing.insert(tool.to_owned());
        self
    }

    /// How many programs were to be prepared until now.
    pub fn prepared(&self) -> usize {
        self.prepared.load(Ordering::Relaxed)
    }

    /// How many programs were to be executed until now.
    pub fn executed(&self) -> usize {
        self.executed.load(Ordering::Relaxed)
    }

    fn reply_to(&self, program: &Program) -> Reply {
        let found = self.replies.iter().find(|(part, _)| program.code.contains(part));
        found.map(|(_, reply)| reply.clone()).unwrap_or_default()
    }
}

impl Runner for Scripted {
    fn lock(&self, set: &PackageSet) -> Result<String, RunnerError> {
        Ok(format!("# {}\n", set.name()))
    }

    fn here(&self, program: &Program) -> Option<Machine> {
        Some(machine(program))
    }

    fn provide(&self, _: &Program) -> Result<(), RunnerError> {
        Ok(())
    }

    fn prepare(&self, program: &Program) -> Result<Prepared, RunnerError> {
        self.prepared.fetch_add(1, Ordering::Relaxed);
        let build = program.build.as_ref().map(|build| &build.command);
        for tool in
            build.into_iter().chain(&program.run).chain([&program.version]).filter_map(|command| command.first())
        {
            if self.missing.contains(tool) {
                return Err(RunnerError::Missing(tool.clone()));
            }
        }
        let log = |()| self.reply_to(program).build.unwrap_or(BuildLog { success: true, messages: Vec::new() });
        Ok(Prepared { folder: None, packages: None, build: build.map(|_| ()).map(log) })
    }

    fn execute(&self, batch: Batch<'_>) -> Vec<Result<Outcome, RunnerError>> {
        self.executed.fetch_add(batch.members.len(), Ordering::Relaxed);
        batch.members.into_iter().map(|member| Ok(self.outcome(member))).collect()
    }
}

impl Scripted {
    fn outcome(&self, Member { program, prepared, empty }: Member<'_>) -> Outcome {
        let reply = self.reply_to(program);
        let works = program.run.is_some() && prepared.build.as_ref().is_none_or(|build| build.success);
        let samples = match &program.plan {
            _ if !works => Vec::new(),
            Plan::Build => Vec::new(),
            Plan::Once => vec![reply.sample.clone()],
            Plan::Trials { trials, .. } => vec![reply.sample.clone(); *trials as usize],
            Plan::Repeat(plan) => {
                let run = |turn| -> Result<Run, RunnerError> {
                    Ok(match turn {
                        Turn::Contender(_) => Run { exit: reply.exit, sample: reply.sample.clone() },
                        Turn::Empty(_) => {
                            Run { exit: Exit::Code(0), sample: Sample { wall: EMPTY, ..Sample::default() } }
                        }
                    })
                };
                let contender = Contender { plan, against: None, empty };
                rounds::measure(&[contender], 1, run).unwrap_or_default().concat()
            }
        };
        let end = End {
            exit: reply.exit,
            count: samples.len() as u32,
            threads: Vec::new(),
            shown: Vec::new(),
            stdout: reply.stdout,
            stderr: reply.stderr,
            misunderstood: None,
        };
        let case = |params| Case { params, ends: vec![end.clone()], others: 0, samples: samples.clone() };
        let ran = works && program.plan != Plan::Build;
        Outcome {
            build: prepared.build,
            cases: if ran { program.cases().into_iter().map(case).collect() } else { Vec::new() },
            timeline: (ran && program.timeline).then(|| Err("a scripted run has no threads".to_owned())),
            perfetto: Vec::new(),
            session: "scripted".to_owned(),
            machine: machine(program),
        }
    }
}

/// A machine that no reader will take for a real one.
fn machine(program: &Program) -> Machine {
    Machine {
        cpu: "Scripted Processor".to_owned(),
        cores: 4,
        memory: 8_000_000_000,
        system: "Linux 0.0".to_owned(),
        toolchain: format!("{} 0.0", program.version.first().map_or("scripted", String::as_str)),
        tool: "blog 0.0".to_owned(),
        date: "2000-01-01T00:00:00Z".to_owned(),
        ..Machine::default()
    }
}
