//! From what each thread did to what can be drawn of it.

use super::observe::{Piece, State, Thread, names, processes, threads};
use super::{Lane, Mark, Method, Phase, Span, Timeline, Totals, Wait};
use crate::cells::Trace;

/// The most threads, marks and spans of them, marks of all together, and spans alone that are shown.
const MOST_LANES: usize = 14;
const MOST_MARKS: usize = 260;
const MOST_STEPS: usize = 80;
const MOST_SPANS: usize = 40;

/// How long before the first further thread a timeline begins, ns.
const LEAD: u64 = 2_000_000;

/// No piece is put together with others that is longer than this part of the whole: it can be seen.
const FINEST: u64 = 1000;

/// A value for a while: by how many processors it is used, how many it lacks, and what is waited for.
#[derive(Debug, Clone, Copy)]
struct Level {
    length: u64,
    running: u64,
    ready: u64,
    wait: Wait,
}

impl Timeline {
    /// What a trace shows of threads, and of the phases in which they said to be.
    pub fn of(trace: &Trace, phases: &[Phase]) -> Timeline {
        let mut threads = threads(trace);
        let names = names(&threads);
        let processes = processes(&threads);
        let window = window(&threads, phases);
        for thread in &mut threads {
            clip(&mut thread.pieces, window);
        }
        let shown = busiest(&threads);
        let (phases, unshown) = longest(&threads, &shown, phases, window);
        let levels =
            shown.iter().map(|&at| threads[at].pieces.iter().map(level).collect()).collect::<Vec<Vec<Level>>>();
        let room = MOST_MARKS - phases.len();
        let (grain, marks) = reduced(&levels, window.1 - window.0, room, 4);
        let lanes = shown.iter().zip(marks).map(|(&at, marks)| Lane {
            name: names[at].clone(),
            threads: 1,
            process: processes[at],
            start: (threads[at].life().0.max(window.0) - window.0) / 1000,
            marks,
            totals: totals(&threads[at].pieces),
            spans: phases.iter().filter(|(thread, _)| *thread == at).map(|(_, span)| span.clone()).collect(),
        });
        let together = together(&threads, window);
        let most = together.iter().map(|level| level.running).max().unwrap_or(0);
        let cores = reduced(&[together], window.1 - window.0, MOST_STEPS, 4 * most).1.remove(0);
        Timeline {
            method: Method::Switches,
            length: (window.1 - window.0) / 1000,
            cropped: (window.0 - threads.first().map_or(window.0, |_| start(trace))) / 1000,
            lanes: lanes.collect(),
            more: (threads.iter().filter(|thread| !thread.pieces.is_empty()).count() - shown.len()) as u64,
            tasks: Vec::new(),
            cores,
            ran: threads.iter().map(|thread| totals(&thread.pieces).running).sum(),
            most,
            grain: grain / 1000,
            zoom: None,
            unshown: unshown as u64,
            lost: trace.lost,
            cut: trace.cut,
            foreign: 0,
        }
    }
}

fn start(trace: &Trace) -> u64 {
    trace.events.first().map_or(0, |event| event.at)
}

/// From when to when something is shown: from the first phase, or from a little before there is a second thread, whichever
/// comes first. A start that takes longer than all the rest would leave no room for that.
fn window(threads: &[Thread], phases: &[Phase]) -> (u64, u64) {
    let lives = || threads.iter().map(Thread::life);
    let start = lives().map(|(start, _)| start).min().unwrap_or(0);
    let end = lives().map(|(_, end)| end).max().unwrap_or(0);
    let known = |phase: &&Phase| threads.iter().any(|thread| is_of(phase, thread));
    let phase = phases.iter().filter(known).map(|phase| phase.start).min();
    let further = threads.get(1).map(|thread| thread.life().0.saturating_sub(LEAD));
    let begin = phase.into_iter().chain(further).min().unwrap_or(start);
    (begin.clamp(start, end), end)
}

fn is_of(phase: &Phase, thread: &Thread) -> bool {
    let (start, end) = thread.life();
    phase.thread == u64::from(thread.number) && start <= phase.start && phase.start < end
}

fn clip(pieces: &mut Vec<Piece>, (begin, _): (u64, u64)) {
    pieces.retain(|piece| piece.to > begin);
    if let Some(first) = pieces.first_mut() {
        first.from = first.from.max(begin);
    }
}

/// The first thread and those that ran longest, in the order in which they started.
fn busiest(threads: &[Thread]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..threads.len()).filter(|&at| !threads[at].pieces.is_empty()).collect();
    order.sort_by_key(|&at| (at != 0, std::cmp::Reverse(totals(&threads[at].pieces).running)));
    order.truncate(MOST_LANES);
    order.sort_unstable();
    order
}

/// The longest phases of these threads, each with its thread, in the order of their starts; and how many there are besides.
fn longest(
    threads: &[Thread],
    shown: &[usize],
    phases: &[Phase],
    (begin, end): (u64, u64),
) -> (Vec<(usize, Span)>, usize) {
    let placed = |phase: &Phase| {
        let at = shown.iter().copied().find(|&at| is_of(phase, &threads[at]))?;
        let time = |time: u64| (time.clamp(begin, end) - begin) / 1000;
        Some((at, Span { name: phase.name.clone(), start: time(phase.start), end: time(phase.end) }))
    };
    let mut spans: Vec<(usize, Span)> = phases.iter().filter_map(placed).collect();
    spans.sort_by_key(|(_, span)| std::cmp::Reverse(span.end - span.start));
    let unshown = spans.len().saturating_sub(MOST_SPANS);
    spans.truncate(MOST_SPANS);
    spans.sort_by_key(|(at, span)| (*at, span.start, std::cmp::Reverse(span.end)));
    (spans, unshown)
}

fn totals(pieces: &[Piece]) -> Totals {
    let of = |state| pieces.iter().filter(move |piece| piece.state == state);
    let time = |state| of(state).map(|piece| piece.to - piece.from).sum::<u64>() / 1000;
    let waited = |wait| time(State::Waiting(wait));
    Totals {
        running: time(State::Running),
        ready: time(State::Ready),
        thread: waited(Wait::Thread),
        sleep: waited(Wait::Sleep),
        io: waited(Wait::Io),
        join: waited(Wait::Join),
        unknown: waited(Wait::Unknown),
        turns: of(State::Running).count() as u64,
    }
}

fn level(piece: &Piece) -> Level {
    let is = |state| u64::from(piece.state == state);
    let wait = match piece.state {
        State::Waiting(wait) => wait,
        State::Running | State::Ready => Wait::Nothing,
    };
    Level { length: piece.to - piece.from, running: is(State::Running), ready: is(State::Ready), wait }
}

/// How many threads ran at once.
fn together(threads: &[Thread], (begin, end): (u64, u64)) -> Vec<Level> {
    let mut changes: Vec<(u64, i64)> = Vec::new();
    let pieces = threads.iter().flat_map(|thread| &thread.pieces);
    for piece in pieces.filter(|piece| piece.state == State::Running) {
        changes.extend([(piece.from, 1), (piece.to, -1)]);
    }
    changes.push((end, 0));
    // At the same time one first gives up its processor before another takes it.
    changes.sort_unstable();
    let (mut since, mut running, mut levels) = (begin, 0_i64, Vec::new());
    for (at, change) in changes {
        if at > since {
            levels.push(Level { length: at - since, running: running.unsigned_abs(), ready: 0, wait: Wait::Nothing });
            since = at;
        }
        running += change;
    }
    levels
}

/// The marks of each row, so few that all have room, and how short pieces may be to be shown by themselves, ns.
fn reduced(rows: &[Vec<Level>], length: u64, room: usize, most: u64) -> (u64, Vec<Vec<Mark>>) {
    let mut grain = (length / FINEST).max(1000);
    loop {
        let marks: Vec<Vec<Mark>> = rows.iter().map(|row| marks(row, grain, most)).collect();
        if marks.iter().map(Vec::len).sum::<usize>() <= room || grain > length {
            return (grain, marks);
        }
        grain += grain / 2;
    }
}

/// Marks for pieces that are long enough; others are put together until they are. A gap in a bar that nobody could see would
/// only make it look broken.
fn marks(row: &[Level], grain: u64, most: u64) -> Vec<Mark> {
    let mut marks = Marks { list: Vec::new(), done: 0, shown: 0, most };
    let mut mixed = Sum::default();
    for level in row {
        if level.length >= grain {
            let mixed = std::mem::take(&mut mixed);
            let is_unseen = mixed.running == 0 && mixed.length < grain / 2;
            match marks.list.last().copied().filter(|_| is_unseen) {
                Some(last) => marks.extend(mixed.length, last),
                None => marks.push(mixed),
            }
            marks.push(Sum::of(level));
            continue;
        }
        mixed.add(level);
        if mixed.length >= grain {
            marks.push(std::mem::take(&mut mixed));
        }
    }
    marks.push(mixed);
    marks.list
}

/// Pieces put together.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    length: u64,
    running: u64,
    ready: u64,
    /// By what is waited for.
    waits: [u64; WAITS.len()],
}

/// What is waited for, by its place in a sum.
const WAITS: [Wait; 5] = [Wait::Thread, Wait::Sleep, Wait::Io, Wait::Join, Wait::Unknown];

impl Sum {
    fn of(level: &Level) -> Sum {
        let mut sum = Sum::default();
        sum.add(level);
        sum
    }

    fn add(&mut self, level: &Level) {
        self.length += level.length;
        self.running += level.length * level.running;
        self.ready += level.length * level.ready;
        if let Some(at) = WAITS.iter().position(|wait| *wait == level.wait) {
            self.waits[at] += level.length;
        }
    }

    /// What is waited for most.
    fn wait(&self) -> Wait {
        let longest = self.waits.iter().zip(WAITS).max_by_key(|(length, _)| **length);
        longest.filter(|(length, _)| **length > 0).map_or(Wait::Nothing, |(_, wait)| wait)
    }
}

/// Marks that follow each other, in whole µs.
struct Marks {
    list: Vec<Mark>,
    /// The length of all pieces, ns, and of all marks, µs.
    done: u64,
    shown: u64,
    /// The most quarters that a mark can have.
    most: u64,
}

impl Marks {
    fn push(&mut self, sum: Sum) {
        // What there was at all is seen.
        let quarters = |part: u64| if part == 0 { 0 } else { ((4 * part + sum.length / 2) / sum.length).max(1) };
        let running = quarters(sum.running).min(self.most);
        let ready = quarters(sum.ready).min(self.most - running);
        let wait = if running + ready < 4 { sum.wait() } else { Wait::Nothing };
        self.extend(sum.length, Mark { length: 0, running, ready, wait });
    }

    /// Adds so many ns that are like a mark, whatever the length of that.
    fn extend(&mut self, length: u64, like: Mark) {
        self.done += length;
        let length = self.done / 1000 - self.shown;
        self.shown += length;
        let like = Mark { length, ..like };
        match self.list.last_mut().filter(|last| Mark { length, ..**last } == like) {
            _ if length == 0 => {}
            Some(last) => last.length += length,
            None => self.list.push(like),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::trace;
    use super::*;

    /// A program that starts for 50 ms; then two threads run for 10 ms, one of which sleeps for 5 ms in between.
    const TWO: &str = "0 7 executes two\n50000 8 started 7\n50010 8 on\n50020 9 started 7\n50025 7 waits\n50030 9 on\n\
        52000 9 waits\n57000 9 on\n60000 8 ended\n60020 9 ended\n60025 7 on\n61000 7 ended";

    fn phase(name: &str, thread: u64, start: u64, end: u64) -> Phase {
        Phase { name: name.to_owned(), thread, start: start * 1000, end: end * 1000 }
    }

    fn told(marks: &[Mark]) -> Vec<(u64, u64, u64)> {
        marks.iter().map(|mark| (mark.length, mark.running, mark.ready)).collect()
    }

    #[test]
    fn the_start_is_left_out_and_the_rest_is_exact() {
        let timeline = Timeline::of(&trace(TWO), &[]);
        assert_eq!((timeline.cropped, timeline.length, timeline.most), (48_000, 13_000, 2));
        let lanes: Vec<_> = timeline.lanes.iter().map(|lane| (&*lane.name, lane.start, told(&lane.marks))).collect();
        assert_eq!(lanes[0], ("main", 0, vec![(2_025, 4, 0), (10_000, 0, 0), (975, 4, 0)]));
        assert_eq!(lanes[1], ("thread 1", 2_000, vec![(10, 0, 4), (9_990, 4, 0)]));
        assert_eq!(lanes[2], ("thread 2", 2_020, vec![(10, 0, 4), (1_970, 4, 0), (5_000, 0, 0), (3_020, 4, 0)]));
        assert_eq!(
            timeline.lanes[2].totals,
            Totals { running: 4_990, ready: 10, unknown: 5_000, turns: 2, ..Totals::default() }
        );
        assert_eq!(timeline.ran, 2_025 + 975 + 9_990 + 4_990);
        assert_eq!(timeline.cores.iter().map(|mark| mark.length).sum::<u64>(), timeline.length);
        assert_eq!(told(&timeline.cores)[..2], [(2_010, 4, 0), (15, 8, 0)]);
    }

    #[test]
    fn it_begins_with_the_first_span() {
        let phases = [
            phase("late", 8, 51_000, 52_000),
            phase("load", 7, 30_000, 45_000),
            phase("inner", 7, 30_000, 40_000),
            phase("nobody", 99, 1_000, 2_000),
        ];
        let timeline = Timeline::of(&trace(TWO), &phases);
        assert_eq!((timeline.cropped, timeline.length), (30_000, 31_000));
        let spans =
            |lane: &Lane| lane.spans.iter().map(|span| (span.name.clone(), span.start, span.end)).collect::<Vec<_>>();
        let name = str::to_owned;
        assert_eq!(spans(&timeline.lanes[0]), [(name("load"), 0, 15_000), (name("inner"), 0, 10_000)]);
        assert_eq!(spans(&timeline.lanes[1]), [(name("late"), 21_000, 22_000)]);
        assert_eq!(timeline.unshown, 0);
    }

    #[test]
    fn with_one_thread_and_no_span_all_is_shown() {
        let timeline = Timeline::of(&trace("5 7 executes one\n9 7 waits\n1005 7 on\n2005 7 ended"), &[]);
        assert_eq!((timeline.cropped, timeline.length, timeline.ran), (0, 2_000, 1_004));
    }

    #[test]
    fn what_is_too_short_to_be_seen_is_shown_by_its_share() {
        // 10,000 times 30 µs of running and 10 µs of waiting, then 100 ms of running.
        let hasty: String = (0..10_000).map(|n| format!("{} 7 waits\n{} 7 on\n", n * 40 + 30, n * 40 + 40)).collect();
        let timeline = Timeline::of(&trace(&format!("0 7 executes hasty\n{hasty}500000 7 ended")), &[]);
        assert_eq!(timeline.grain, 500);
        let marks = told(&timeline.lanes[0].marks);
        assert!((2..=4).contains(&marks.len()) && marks[0].1 == 3, "{marks:?}");
        assert_eq!(timeline.lanes[0].totals.turns, 10_001);
    }

    #[test]
    fn there_is_never_too_much_to_be_drawn() {
        // Alternately long and short, so that no two neighbours are alike.
        let lane = |thread: u64| {
            let pieces = (0..900_u64).map(move |n| {
                let at = 3000 + n * 1000 + thread;
                format!(
                    "{at:09} {thread} on\n{:09} {thread} {}",
                    at + 100 + n * 7 % 800,
                    ["waits", "preempted"][(n % 2) as usize]
                )
            });
            std::iter::once(format!("{thread:09} {thread} started 1")).chain(pieces)
        };
        let mut lines: Vec<String> =
            (2..40).flat_map(lane).collect::<Vec<_>>().join("\n").lines().map(str::to_owned).collect();
        lines.push("000000000 1 executes busy".to_owned());
        lines.sort();
        let phases: Vec<Phase> = (0..100).map(|n| phase("p", 2, 3000 + n * 50, 3100 + n * 60)).collect();
        let timeline = Timeline::of(&trace(&lines.join("\n")), &phases);
        let marks: usize = timeline.lanes.iter().map(|lane| lane.marks.len() + lane.spans.len()).sum();
        assert!((150..=MOST_MARKS).contains(&marks), "{marks}");
        assert!(timeline.cores.len() <= MOST_STEPS);
        assert_eq!((timeline.lanes.len(), timeline.more, timeline.unshown % 100), (MOST_LANES, 25, timeline.unshown));
        assert_eq!(timeline.lanes[0].name, "main");
    }

    #[test]
    fn of_nothing_there_is_nothing_to_show() {
        for text in ["", "5 1 on", "5 1 ended"] {
            let timeline = Timeline::of(&trace(text), &[phase("x", 1, 0, 9)]);
            assert_eq!((timeline.lanes.len(), timeline.length, timeline.cropped), (0, 0, 0), "{text}");
        }
    }
}
