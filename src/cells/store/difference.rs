//! How one record of a cell differs from another, in words.

use super::churn::differs;
use crate::cells::{CaseRecord, Exit, Figures, Machine, Record, format_ns};

/// What has changed between two records of one cell, a phrase each; nothing if they say the same but for noise.
pub fn changes(old: &Record, new: &Record) -> Vec<String> {
    let mut changes = Vec::new();
    if old.program != new.program {
        changes.push("its code, its options or its packages are others".to_owned());
    }
    if old.compiled != new.compiled {
        let now = if new.compiled == Some(true) { "it compiles now" } else { "it does not compile any more" };
        changes.push(now.to_owned());
    }
    if old.messages != new.messages {
        changes.push("the compiler says something else".to_owned());
    }
    changes.extend(of_machines(&old.machine, &new.machine));
    for case in &new.cases {
        let with: Vec<String> = case.params.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        let with = if with.is_empty() { String::new() } else { format!("{}: ", with.join(", ")) };
        match old.cases.iter().find(|before| before.params == case.params) {
            Some(before) => changes.extend(of_cases(before, case).into_iter().map(|change| format!("{with}{change}"))),
            None => changes.push(format!("{with}a new case")),
        }
    }
    let gone = old.cases.iter().filter(|case| !new.cases.iter().any(|now| now.params == case.params)).count();
    if gone > 0 {
        changes.push(format!("{gone} cases less"));
    }
    changes
}

fn of_machines(old: &Machine, new: &Machine) -> Vec<String> {
    let facts = [
        (&old.toolchain, &new.toolchain),
        (&old.cpu, &new.cpu),
        (&old.cores.to_string(), &new.cores.to_string()),
        (&old.system, &new.system),
    ];
    let names = ["toolchain", "processor", "cores", "system"];
    let differing = facts.iter().zip(names).filter(|((old, new), _)| old != new);
    differing.map(|((old, new), name)| format!("{name}: {old} → {new}")).collect()
}

fn of_cases(old: &CaseRecord, new: &CaseRecord) -> Vec<String> {
    let mut changes = Vec::new();
    let ends = |case: &CaseRecord| -> Vec<Exit> { case.ends.iter().map(|end| end.exit).collect() };
    if ends(old) != ends(new) {
        changes.push(format!("it ended with {} → {}", in_words(&ends(old)), in_words(&ends(new))));
    }
    let printed = |case: &CaseRecord| case.ends.iter().map(|end| end.stdout.clone()).collect::<Vec<_>>();
    if printed(old) != printed(new) {
        changes.push(first_difference(&printed(old).concat(), &printed(new).concat()));
    }
    if let (Some(old), Some(new)) = (&old.measured, &new.measured) {
        changes.extend(of_times("", &old.wall, &new.wall));
        changes.extend(of_times("CPU ", &old.cpu, &new.cpu));
        for (name, now) in &new.values {
            if let Some(before) = old.values.get(name).filter(|before| differs(before, now)) {
                changes.push(format!("{name}: {} → {}", before.median, now.median));
            }
        }
    }
    changes
}

fn of_times(what: &str, old: &Figures, new: &Figures) -> Option<String> {
    if !differs(old, new) {
        return None;
    }
    let (before, now) = (old.time(), new.time());
    Some(format!("{what}{before} → {now}, {:.2} times as long", new.median / old.median.max(f64::MIN_POSITIVE)))
}

fn in_words(exits: &[Exit]) -> String {
    if exits.is_empty() {
        "nothing".to_owned()
    } else {
        exits.iter().map(Exit::to_string).collect::<Vec<_>>().join(", ")
    }
}

fn first_difference(old: &str, new: &str) -> String {
    let (mut old, mut new) = (old.lines(), new.lines());
    loop {
        match (old.next(), new.next()) {
            (Some(before), Some(now)) if before == now => {}
            (before, now) => {
                let line =
                    |line: Option<&str>| line.map_or("nothing".to_owned(), |line| format!("`{}`", line.escape_debug()));
                return format!("it prints {} → {}", line(before), line(now));
            }
        }
    }
}

/// What a record says, in a line.
pub fn in_a_line(record: &Record) -> String {
    let [case] = record.cases.as_slice() else {
        return match record.cases.len() {
            0 if record.compiled == Some(true) => "compiles".to_owned(),
            0 => "does not compile".to_owned(),
            cases => format!("{cases} cases"),
        };
    };
    let runs = case.measured.as_ref().map(|measured| measured.wall);
    match (case.ends.as_slice(), runs) {
        ([end], Some(wall)) if end.exit == Exit::Code(0) && wall.n > 1 => format!("{} in {} runs", wall.time(), wall.n),
        ([end], Some(wall)) if end.exit == Exit::Code(0) => format_ns(wall.median, None),
        (ends, _) => {
            let counted = |end: &crate::cells::End| format!("{} × {}", end.count, end.exit);
            ends.iter().map(counted).collect::<Vec<_>>().join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::{Case, End, Outcome, Sample};
    use crate::source::Hash;

    fn record(walls: &[u64], stdout: &str, exit: Exit) -> Record {
        let end = End {
            exit,
            count: walls.len() as u32,
            threads: Vec::new(),
            shown: Vec::new(),
            stdout: stdout.to_owned(),
            stderr: String::new(),
            misunderstood: None,
        };
        let samples = walls.iter().map(|&wall| Sample { wall, ..Sample::default() }).collect();
        let case = Case { ends: vec![end], samples, ..Case::default() };
        let machine = Machine { toolchain: "rustc 1".to_owned(), cores: 2, ..Machine::default() };
        let outcome = Outcome {
            build: None,
            cases: vec![case],
            timeline: None,
            perfetto: Vec::new(),
            session: "s".to_owned(),
            machine,
        };
        Record::of(&Hash::of_bytes(b"x"), &outcome)
    }

    const MS: u64 = 1_000_000;

    #[test]
    fn noise_is_no_change_and_a_faster_program_is() {
        let old = record(&[100, 101, 102, 103, 104, 105].map(|ms| ms * MS), "a\n", Exit::Code(0));
        let same = record(&[101, 102, 103, 104, 105, 106].map(|ms| ms * MS), "a\n", Exit::Code(0));
        assert_eq!(changes(&old, &same), [""; 0]);
        let fast = record(&[50, 51, 52, 53, 54, 55].map(|ms| ms * MS), "a\n", Exit::Code(0));
        assert_eq!(changes(&old, &fast), ["102.5 ms ± 2.5 ms → 52.5 ms ± 2.5 ms, 0.51 times as long"]);
    }

    #[test]
    fn what_it_printed_how_it_ended_and_where_are_told() {
        let old = record(&[MS], "a\nb\n", Exit::Code(0));
        let mut new = record(&[MS], "a\nc\n", Exit::Code(3));
        new.machine.toolchain = "rustc 2".to_owned();
        new.machine.cores = 4;
        assert_eq!(
            changes(&old, &new),
            ["toolchain: rustc 1 → rustc 2", "cores: 2 → 4", "it ended with code 0 → code 3", "it prints `b` → `c`",]
        );
    }

    #[test]
    fn a_record_in_a_line() {
        assert_eq!(in_a_line(&record(&[5 * MS], "", Exit::Code(0))), "5.0 ms");
        assert_eq!(in_a_line(&record(&[5 * MS; 9], "", Exit::Code(0))), "5.000 ms ± 0 ns in 9 runs");
        assert_eq!(in_a_line(&record(&[5 * MS], "", Exit::Signal(9))), "1 × signal 9");
    }
}
