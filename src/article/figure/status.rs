use crate::cells::{Cell, Exit, Record, format_ns};

/// How a cell ended.
pub(super) struct Status {
    /// Whether that is how programs end that have no trouble.
    pub(super) good: bool,
    /// In words.
    pub(super) words: String,
}

impl Status {
    pub(super) fn of(cell: &Cell, record: &Record) -> Status {
        if cell.options.trials.is_some() && !record.cases.is_empty() {
            let ends = record.cases.iter().map(|case| case.ends.len()).max().unwrap_or_default();
            let words = match ends {
                _ if record.cases.iter().any(|case| case.others > 0) => format!("ended in more than {ends} ways"),
                0 | 1 => "always ended alike".to_owned(),
                _ => format!("ended in {ends} ways"),
            };
            return Status { good: true, words };
        }
        let mut ends = record.cases.iter().flat_map(|case| &case.ends).map(|end| end.exit);
        let Some(first) = ends.next() else {
            let compiles = record.compiled == Some(true);
            let end = if compiles { "compiles" } else { "does not compile" };
            return Status::announced(end, compiles, compiles != cell.words.compile_fail);
        };
        // Of several cases the worst counts.
        let exit = std::iter::once(first).chain(ends).find(|exit| !cell.announces(*exit)).unwrap_or(first);
        Status::announced(&end_in_words(cell, exit), exit == Exit::Code(0), cell.announces(exit))
    }

    /// An end that is good, or is not but may be what the author announced.
    fn announced(end: &str, good: bool, announced: bool) -> Status {
        match (good, announced) {
            (true, true) => Status { good: true, words: end.to_owned() },
            (false, true) => Status { good: false, words: format!("{end}, as expected") },
            (_, false) => Status { good: false, words: end.to_owned() },
        }
    }
}

/// How a run ended.
pub(super) fn end_in_words(cell: &Cell, exit: Exit) -> String {
    match exit {
        Exit::Code(0) if cell.words.should_panic => "did not panic".to_owned(),
        Exit::Code(0) if cell.announces(exit) => "ran".to_owned(),
        Exit::Code(Exit::PANICKED) if cell.language.rustdoc => "panicked, exit code 101".to_owned(),
        Exit::Code(code) => format!("ended with exit code {code}"),
        Exit::Signal(signal) => format!("was killed by signal {signal}"),
        Exit::TimedOut => format!("timed out after {}", format_ns(cell.options.timeout as f64, None)),
        Exit::TooMuchOutput => "was killed: it printed too much".to_owned(),
        Exit::TooManyProcesses => "was killed: it started too many processes".to_owned(),
    }
}
