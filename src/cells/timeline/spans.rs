//! What programs said that they did: spans of threads, and tasks, which are of no thread.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::lanes::stem;
use super::observe::{Phase, Thread};
use super::{Span, Task, limits};

/// How much later than it started a thread can be seen first, ns: where threads are only looked at now and then.
const LATE: u64 = 5_000_000;

/// The most phases that are told apart.
const MOST_PHASES: usize = 10_000;

/// Phases in their places. Times are µs from where the timeline begins.
#[derive(Debug, Clone, Default)]
pub(super) struct Placed {
    /// Each with the thread whose it is, in the order of threads and of their starts.
    spans: Vec<(usize, Span)>,
    /// In the order in which they began first.
    pub(super) tasks: Vec<Task>,
    /// Those that are left out so far.
    unshown: u64,
}

impl Phase {
    /// Whether a thread began it.
    fn is_of(&self, thread: &Thread) -> bool {
        let (start, end) = thread.life();
        self.thread == u64::from(thread.number) && start <= self.start.saturating_add(LATE) && self.start < end
    }
}

/// The threads, by the kernel's numbers of them.
pub(super) struct Owners<'t> {
    threads: &'t [Thread],
    places: HashMap<u64, Vec<usize>>,
}

impl<'t> Owners<'t> {
    pub(super) fn of(threads: &'t [Thread]) -> Self {
        let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, thread) in threads.iter().enumerate() {
            places.entry(thread.number.into()).or_default().push(at);
        }
        Owners { threads, places }
    }

    /// Which thread began a phase, by its place in the list.
    pub(super) fn owner(&self, phase: &Phase) -> Option<usize> {
        self.places.get(&phase.thread)?.iter().copied().find(|&at| phase.is_of(&self.threads[at]))
    }
}

impl Placed {
    /// Those of known threads. A phase that ended on another thread than it began, or that another one of its thread
    /// overlaps without lying in it, is no span but the time of a task; and so are all that are called like it.
    pub(super) fn of(threads: &[Thread], phases: &[Phase], (begin, end): (u64, u64)) -> Placed {
        let owners = Owners::of(threads);
        let time = |time: u64| (time.clamp(begin, end) - begin) / 1000;
        let placed = |phase: &Phase| {
            let at = owners.owner(phase)?;
            let span = Span { name: phase.name.clone(), start: time(phase.start), end: time(phase.end) };
            Some((at, span, phase.to != phase.thread))
        };
        let mut known: Vec<(usize, Span, bool)> = phases.iter().filter_map(placed).collect();
        known.sort_by_key(|(at, span, _)| (*at, span.start, Reverse(span.end)));
        let left_out = known.len().saturating_sub(MOST_PHASES);
        known.truncate(MOST_PHASES);
        let of_tasks = of_tasks(&known);
        let is_of_task = |(_, span, _): &(usize, Span, bool)| of_tasks.contains(stem(&span.name));
        let (times, spans): (Vec<_>, Vec<_>) = known.clone().into_iter().partition(is_of_task);
        let (tasks, unshown) = tasks(times.into_iter().map(|(_, span, _)| span).collect());
        let spans = spans.into_iter().map(|(at, span, _)| (at, span)).collect();
        Placed { spans, tasks, unshown: unshown + left_out as u64 }
    }

    /// The longest of those whose threads are shown, and how many others there are.
    pub(super) fn limited_to(self, shown: &[usize]) -> (Placed, u64) {
        let Placed { mut spans, tasks, mut unshown } = self;
        spans.retain(|(at, _)| shown.contains(at));
        spans.sort_by_key(|(_, span)| Reverse(span.end - span.start));
        unshown += spans.len().saturating_sub(limits::SPANS) as u64;
        spans.truncate(limits::SPANS);
        spans.sort_by_key(|(at, span)| (*at, span.start, Reverse(span.end)));
        (Placed { spans, tasks, unshown: 0 }, unshown)
    }

    /// As much room as how many marks they need.
    pub(super) fn count(&self) -> usize {
        let tasks: usize = self.tasks.iter().map(|task| limits::TASK + task.times.len()).sum();
        limits::SPAN * self.spans.len() + tasks
    }

    /// The spans of some threads.
    pub(super) fn spans_of(&self, threads: &[usize]) -> Vec<Span> {
        self.spans.iter().filter(|(at, _)| threads.contains(at)).map(|(_, span)| span.clone()).collect()
    }
}

/// What those are called that are of tasks, but for the numbers by which they are told apart. They are in the order of threads
/// and of their starts.
fn of_tasks(known: &[(usize, Span, bool)]) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<&(usize, Span, bool)> = Vec::new();
    for one in known {
        let (at, span, has_moved) = one;
        open.retain(|(of, earlier, _)| of == at && earlier.end > span.start);
        for (_, earlier, _) in open.iter().filter(|(_, earlier, _)| earlier.end < span.end) {
            names.extend([stem(&earlier.name).to_owned(), stem(&span.name).to_owned()]);
        }
        if *has_moved {
            names.insert(stem(&span.name).to_owned());
        }
        open.push(one);
    }
    names
}

/// The tasks of some times, and how many of these are left out. Times of one name that overlap are of different tasks.
fn tasks(mut times: Vec<Span>) -> (Vec<Task>, u64) {
    times.sort_by_key(|span| (span.start, span.end));
    let mut named: BTreeMap<String, Vec<Task>> = BTreeMap::new();
    let all = times.len();
    for Span { name, start, end } in times {
        let tasks = named.entry(name.clone()).or_default();
        let is_free = |task: &&mut Task| task.times.last().is_none_or(|(_, last)| *last <= start);
        match tasks.iter_mut().find(is_free) {
            Some(task) => task.times.push((start, end)),
            None => {
                let name = if tasks.is_empty() { name } else { format!("{name} #{}", tasks.len() + 1) };
                tasks.push(Task { name, times: vec![(start, end)] });
            }
        }
    }
    let mut tasks: Vec<Task> = named.into_values().flatten().collect();
    let length = |(start, end): &(u64, u64)| end - start;
    tasks.sort_by_key(|task| Reverse(task.times.iter().map(length).sum::<u64>()));
    tasks.truncate(limits::TASKS);
    let mut lengths: Vec<u64> = tasks.iter().flat_map(|task| task.times.iter().map(length)).collect();
    if lengths.len() > limits::TIMES {
        lengths.sort_unstable_by_key(|length| Reverse(*length));
        let shortest = lengths[limits::TIMES - 1];
        let mut room = limits::TIMES - lengths.iter().filter(|length| **length > shortest).count();
        for task in &mut tasks {
            task.times.retain(|time| {
                let fits = length(time) > shortest || (length(time) == shortest && room > 0);
                room -= usize::from(fits && length(time) == shortest);
                fits
            });
        }
        tasks.retain(|task| !task.times.is_empty());
    }
    tasks.sort_by_key(|task| task.times[0]);
    let shown: usize = tasks.iter().map(|task| task.times.len()).sum();
    (tasks, (all - shown) as u64)
}

#[cfg(test)]
mod tests {
    use super::super::observe::observe;
    use super::super::tests::{phases, trace};
    use super::*;

    /// Two threads from 0 to 1000 µs.
    const TWO: &str = "0 7 executes x\n0 8 started 7 7\n0 8 on\n1000 8 ended\n1000 7 ended";

    fn placed(text: &str) -> Placed {
        let threads = observe(&trace(TWO)).threads;
        Placed::of(&threads, &phases(text), (0, 1_000_000))
    }

    /// Spans as `name of thread`, and tasks with their times.
    fn told(text: &str) -> (Vec<String>, Vec<String>) {
        let Placed { spans, tasks, .. } = placed(text);
        let task = |task: Task| format!("{} {:?}", task.name, task.times);
        (
            spans.iter().map(|(at, span)| format!("{} of {at}", span.name)).collect(),
            tasks.into_iter().map(task).collect(),
        )
    }

    #[test]
    fn what_is_one_after_or_within_the_other_is_of_its_thread() {
        let (spans, tasks) =
            told("0 7 span 100 7 a\n10 7 span 20 7 b\n20 7 span 100 7 c\n50 8 span 150 8 a\n0 9 span 10 9 x");
        assert_eq!(spans, ["a of 0", "b of 0", "c of 0", "a of 1"]);
        assert_eq!(tasks, [""; 0]);
    }

    #[test]
    fn what_overlaps_or_moves_is_of_a_task_with_all_that_are_called_so() {
        let (spans, tasks) = told(
            "0 7 span 900 7 all\n10 7 span 50 7 fetch 1\n20 7 span 40 7 fetch 2\n30 7 span 60 7 fetch 3\n\
             70 8 span 80 8 fetch 1\n200 7 span 300 8 moves\n400 8 span 500 8 sum",
        );
        assert_eq!(spans, ["all of 0", "sum of 1"]);
        assert_eq!(
            tasks,
            ["fetch 1 [(10, 50), (70, 80)]", "fetch 2 [(20, 40)]", "fetch 3 [(30, 60)]", "moves [(200, 300)]"]
        );
    }

    #[test]
    fn of_one_name_at_once_there_are_several_tasks() {
        let (_, tasks) = told("0 7 span 50 7 get\n10 7 span 60 7 get\n55 7 span 70 7 get\n65 7 span 80 7 get");
        assert_eq!(tasks, ["get [(0, 50), (55, 70)]", "get #2 [(10, 60), (65, 80)]"]);
    }

    #[test]
    fn the_longest_are_shown_and_the_others_counted() {
        let text: String =
            (0..200).map(|n| format!("{n} 7 span {} 7 {}{}\n", n + 30 + n / 2, ["a", "b"][n % 2], n / 8)).collect();
        let (placed, unshown) = placed(&text).limited_to(&[0]);
        assert_eq!(placed.tasks.len(), limits::TASKS);
        let times: usize = placed.tasks.iter().map(|task| task.times.len()).sum();
        assert!(times <= limits::TIMES);
        assert_eq!(unshown, 200 - times as u64);
        let text: String = (0..100).map(|n| format!("{} 7 span {} 7 a\n", 10 * n, 10 * n + 1 + n / 20)).collect();
        let (placed, unshown) = super::tests::placed(&text).limited_to(&[0]);
        assert_eq!((placed.spans.len(), unshown), (limits::SPANS, 86));
        assert!(placed.spans.iter().all(|(_, span)| span.end - span.start >= 4));
    }
}
