//! How much of each kind a timeline has at most, so that a picture of it is at most 3 kB when it is sent, even if nothing of it
//! is alike.

/// The most lanes, and rows under the lens.
pub const LANES: usize = 14;

/// The most marks of all lanes together, where nothing is under a lens.
pub const MARKS: usize = 300;

/// The same where something is.
pub const MARKS_BESIDE_ZOOM: usize = 210;

/// How many marks take as much room as what is told of a lane: its name, a sentence, and a row of the table.
pub const LANE: usize = 9;

/// And as what is told of a span.
pub const SPAN: usize = 4;

/// And as what is told of a task, besides its times, which take as much as a mark each.
pub const TASK: usize = 5;

/// The most spans.
pub const SPANS: usize = 14;

/// The most tasks.
pub const TASKS: usize = 9;

/// The most times of all tasks together.
pub const TIMES: usize = 18;

/// The most steps of the number of threads that ran at once.
pub const STEPS: usize = 60;

/// The most marks under the lens.
pub const ZOOMED: usize = 110;

/// How many of these take as much room as what is told of a row.
pub const ROW: usize = 6;

/// The most ends of waits under the lens.
pub const WAKES: usize = 32;
