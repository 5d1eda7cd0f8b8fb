//! What the threads of a run did over time, as much of it as a picture shows.

mod joins;
mod lanes;
pub mod limits;
mod marks;
mod observe;
mod perfetto;
mod reduce;
mod spans;
#[cfg(test)]
mod tests;
mod text;
mod zoom;

use serde::{Deserialize, Serialize};

pub use self::observe::Phase;
pub use self::perfetto::to_perfetto;
pub use self::text::{from_text, to_text};

/// The threads of a run over time. Times are µs from where it begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeline {
    /// How it was recorded.
    pub method: Method,
    /// From where it begins to where it ends.
    pub length: u64,
    /// What came before it begins, the start of the program.
    pub cropped: u64,
    /// The threads that are shown, in the order in which they started.
    pub lanes: Vec<Lane>,
    /// How many threads there were besides, which did less.
    pub more: u64,
    /// What the program said that it did, where that is no part of what a thread did: one thread had several at once.
    pub tasks: Vec<Task>,
    /// How many threads ran at once, theirs included, in quarters.
    pub cores: Vec<Mark>,
    /// The processor time of all threads.
    pub ran: u64,
    /// The most that ran at once.
    pub most: u64,
    /// Pieces shorter than this are put together.
    pub grain: u64,
    /// Where pieces are so short that they are put together, a part in which they are not.
    pub zoom: Option<Zoom>,
    /// Spans and tasks that are not shown, shorter than those that are.
    pub unshown: u64,
    /// Records that the kernel lost.
    pub lost: u64,
    /// Whether it ends before the run did, since too much happened.
    pub cut: bool,
    /// How long threads were ready while none of them had the processor that they got next: for so long others had it.
    pub foreign: u64,
}

/// How a timeline was recorded, by what that tells, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Method {
    /// Context switches, what each wait is for, and who ended it when.
    Wakeups,
    /// Context switches, and what each wait is for.
    Reasons,
    /// Context switches.
    #[default]
    Switches,
    /// The state of each thread, looked at again and again.
    Samples,
}

/// A thread over time, or several of one name of which no two lived at once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lane {
    /// What it is called: `main`, the name that it gave itself, or one made up.
    pub name: String,
    /// How many threads.
    pub threads: u64,
    /// The number of its process in the order in which they started, from 1.
    pub process: u64,
    /// When it started.
    pub start: u64,
    /// What it did from then to its end, without a gap.
    pub marks: Vec<Mark>,
    /// How long it was in each state.
    pub totals: Totals,
    /// What it said that it did: one after the other, or one within the other.
    pub spans: Vec<Span>,
}

/// What a thread waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Wait {
    /// It does not wait, or there is no thread.
    #[default]
    Nothing,
    /// Another thread: a lock, a condition, a channel. The kernel knows all of these as a futex.
    Thread,
    /// A point in time.
    Sleep,
    /// A file, a pipe, a socket.
    Io,
    /// The end of a thread or a process that it started.
    Join,
    /// What is not known.
    Unknown,
}

/// A piece of time in which a thread did one thing, or several in so short a time that only their shares can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    /// How long it is.
    pub length: u64,
    /// The share of it that the thread ran, in quarters.
    pub running: u64,
    /// The share that it could have run, but had no processor, in quarters.
    pub ready: u64,
    /// What it waited for the rest of it, or for most of that.
    pub wait: Wait,
}

/// How long a thread was in each state, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// It ran.
    pub running: u64,
    /// It could have run, but had no processor.
    pub ready: u64,
    /// It waited for another thread.
    pub thread: u64,
    /// It slept.
    pub sleep: u64,
    /// It waited for a file, a pipe, a socket.
    pub io: u64,
    /// It waited for the end of what it had started.
    pub join: u64,
    /// It waited for something that is not known.
    pub unknown: u64,
    /// How often it was given a processor.
    pub turns: u64,
}

/// A phase of work, under a name, that moves between threads or shares one with others: what an asynchronous program does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Task {
    /// The name.
    pub name: String,
    /// When it began and ended, each time that it did, in order; none overlap.
    pub times: Vec<(u64, u64)>,
}

/// A part of a timeline as under a lens. Times are ns, from where it begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Zoom {
    /// Where it begins, ns from where the timeline does.
    pub start: u64,
    /// Its length.
    pub length: u64,
    /// The threads that do something in it.
    pub rows: Vec<Row>,
    /// Who ended whose wait, as far as it is known.
    pub wakes: Vec<Wake>,
}

/// A thread under the lens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Its name, and that of its lane.
    pub name: String,
    /// When it started, if it was not there from the beginning.
    pub start: u64,
    /// What it did from then on.
    pub marks: Vec<Mark>,
}

/// The end of a thread's wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wake {
    /// When.
    pub at: u64,
    /// Which row's thread ended it, from 0.
    pub by: u64,
    /// Which row's thread had waited.
    pub of: u64,
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

impl Totals {
    /// How long it waited, for whatever it was.
    pub fn waiting(&self) -> u64 {
        let Totals { thread, sleep, io, join, unknown, .. } = self;
        thread.saturating_add(*sleep).saturating_add(*io).saturating_add(*join).saturating_add(*unknown)
    }
}

impl Timeline {
    /// How many threads ran at once, on average.
    pub fn cores_used(&self) -> f64 {
        self.ran as f64 / self.length.max(1) as f64
    }
}
