//! What the threads of a run did over time, as much of it as a picture shows.

mod observe;
mod reduce;
#[cfg(test)]
mod tests;
mod text;

pub use self::observe::Phase;
pub use self::text::{from_text, to_text};

/// The threads of a run over time. Times are µs from where it begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeline {
    /// From where it begins to where it ends.
    pub length: u64,
    /// What came before it begins, the start of the program.
    pub cropped: u64,
    /// The threads that are shown, in the order in which they started.
    pub lanes: Vec<Lane>,
    /// How many threads there were besides, which did less.
    pub more: u64,
    /// How many threads ran at once, theirs included, in quarters.
    pub cores: Vec<Mark>,
    /// The processor time of all threads.
    pub ran: u64,
    /// The most that ran at once.
    pub most: u64,
    /// Pieces shorter than this are put together.
    pub grain: u64,
    /// Spans that are not shown, shorter than those that are.
    pub unshown: u64,
    /// Records that the kernel lost.
    pub lost: u64,
    /// Whether it ends before the run did, since too much happened.
    pub cut: bool,
    /// Whether others used so much of the machine meanwhile that the run says little.
    pub disturbed: bool,
}

/// A thread over time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lane {
    /// What it is called: `main`, the name that it gave itself, or one made up.
    pub name: String,
    /// The number of its process in the order in which they started, from 1.
    pub process: u64,
    /// When it started.
    pub start: u64,
    /// What it did from then to its end, without a gap.
    pub marks: Vec<Mark>,
    /// How long it was in each state.
    pub totals: Totals,
    /// What it said that it did.
    pub spans: Vec<Span>,
}

/// A piece of time in which a thread did one thing, or several in so short a time that only their shares can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// How long it is.
    pub length: u64,
    /// The share of it that the thread ran, in quarters.
    pub running: u64,
    /// The share that it could have run, but had no processor, in quarters. The rest of it, it waited for something else.
    pub ready: u64,
}

/// How long a thread was in each state, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// It ran.
    pub running: u64,
    /// It could have run, but had no processor.
    pub ready: u64,
    /// It waited for something else, or slept.
    pub waiting: u64,
    /// How often it was given a processor.
    pub turns: u64,
}

/// A phase of a thread's work, with the name that the program gave to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its name.
    pub name: String,
    /// When it began.
    pub start: u64,
    /// When it ended.
    pub end: u64,
}

impl Lane {
    /// When it ended.
    pub fn end(&self) -> u64 {
        self.marks.iter().fold(self.start, |end, mark| end.saturating_add(mark.length))
    }
}

impl Timeline {
    /// How many threads ran at once, on average.
    pub fn cores_used(&self) -> f64 {
        self.ran as f64 / self.length.max(1) as f64
    }
}
