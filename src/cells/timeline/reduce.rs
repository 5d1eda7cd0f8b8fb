//! From what each thread did to what can be drawn of it.

use std::collections::BTreeMap;

use super::marks::{Level, reduced};
use super::observe::{Observed, Phase, Piece, State, Thread, names, observe, processes};
use super::spans::{Owners, Placed};
use super::{Lane, Method, Timeline, Totals, Wait, lanes, limits, zoom};
use crate::cells::Trace;

/// For so long nobody has a processor that is given to a thread while it idles, ns.
const LATENCY: u64 = 50_000;

/// How long before the first further thread a timeline begins, ns.
const LEAD: u64 = 2_000_000;

impl Timeline {
    /// What a trace shows of threads, and of the phases in which they said to be.
    pub fn of(trace: &Trace, phases: &[Phase]) -> Timeline {
        let Observed { mut threads, wakes } = observe(trace);
        let names = names(&threads);
        let processes = processes(&threads);
        let window = window(&threads, phases);
        let begun = threads.iter().map(|thread| thread.life().0).min().unwrap_or(window.0);
        let placed = Placed::of(&threads, phases, window);
        for thread in &mut threads {
            clip(&mut thread.pieces, window);
        }
        let rows = lanes::rows(&threads, &names, &processes, limits::LANES);
        let shown: Vec<usize> = rows.iter().flat_map(|row| row.threads.clone()).collect();
        let (placed, unshown) = placed.limited_to(&shown);
        let levels: Vec<Vec<Level>> = rows.iter().map(|row| row.levels(&threads)).collect();
        let length = window.1 - window.0;
        let room = |most: usize| most.saturating_sub(limits::LANE * rows.len() + placed.count());
        let (mut grain, mut marks) = reduced(&levels, length, room(limits::MARKS), 4);
        let zoom = zoom::of(&threads, &names, &wakes, window, grain);
        if zoom.is_some() {
            (grain, marks) = reduced(&levels, length, room(limits::MARKS_BESIDE_ZOOM), 4);
        }
        let lane = |(row, marks): (&lanes::Row, _)| Lane {
            name: row.name.clone(),
            threads: row.threads.len() as u64,
            process: processes[row.threads[0]],
            start: (threads[row.threads[0]].life().0.max(window.0) - window.0) / 1000,
            marks,
            totals: totals(&row.pieces(&threads)),
            spans: placed.spans_of(&row.threads),
        };
        let lanes = rows.iter().zip(marks).map(lane).collect();
        let together = together(&threads, window);
        let most = together.iter().map(|level| level.running).max().unwrap_or(0);
        let cores = reduced(&[together], length, limits::STEPS, 4 * most).1.remove(0);
        Timeline {
            method: trace.method,
            length: length / 1000,
            cropped: (window.0 - begun) / 1000,
            lanes,
            more: (threads.iter().filter(|thread| !thread.pieces.is_empty()).count() - shown.len()) as u64,
            tasks: placed.tasks,
            cores,
            ran: totals(&threads.iter().flat_map(|thread| &thread.pieces)).running,
            most,
            grain: grain / 1000,
            zoom,
            unshown,
            lost: trace.lost,
            cut: trace.cut,
            foreign: foreign(trace, &threads) / 1000,
        }
    }
}

/// From when to when something is shown: from the first phase, or from a little before there is a second thread, whichever
/// comes first. A start that takes longer than all the rest would leave no room for that.
fn window(threads: &[Thread], phases: &[Phase]) -> (u64, u64) {
    let lives = || threads.iter().map(Thread::life);
    let start = lives().map(|(start, _)| start).min().unwrap_or(0);
    let end = lives().map(|(_, end)| end).max().unwrap_or(0);
    let owners = Owners::of(threads);
    let known = |phase: &&Phase| owners.owner(phase).is_some();
    let phase = phases.iter().filter(known).map(|phase| phase.start).min();
    let further = threads.get(1).map(|thread| thread.life().0.saturating_sub(LEAD));
    let begin = phase.into_iter().chain(further).min().unwrap_or(start);
    (begin.clamp(start, end), end)
}

fn clip(pieces: &mut Vec<Piece>, (begin, _): (u64, u64)) {
    pieces.retain(|piece| piece.to > begin);
    if let Some(first) = pieces.first_mut() {
        first.from = first.from.max(begin);
    }
}

fn totals<'p>(pieces: &(impl Iterator<Item = &'p Piece> + Clone)) -> Totals {
    let of = |state| pieces.clone().filter(move |piece| piece.state == state);
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
            levels.push(Level { running: running.unsigned_abs(), ..Level::gap(at - since) });
            since = at;
        }
        running += change;
    }
    levels
}

/// How long threads were ready while nobody of them had the processor that they got next, ns: somebody else had it. Where
/// states are only looked at now and then nobody knows.
fn foreign(trace: &Trace, threads: &[Thread]) -> u64 {
    if trace.method == Method::Samples {
        return 0;
    }
    let pieces = || threads.iter().flat_map(|thread| &thread.pieces);
    let mut own: BTreeMap<u32, Vec<(u64, u64)>> = BTreeMap::new();
    for piece in pieces().filter(|piece| piece.state == State::Running) {
        own.entry(piece.processor).or_default().push((piece.from, piece.to));
    }
    for times in own.values_mut() {
        times.sort_unstable();
    }
    let others = |piece: &Piece| {
        let times = own.get(&piece.processor).map_or(&[][..], Vec::as_slice);
        let from = times.partition_point(|(_, to)| *to <= piece.from);
        let inside = times[from..].iter().take_while(|(from, _)| *from < piece.to);
        let ours: u64 = inside.map(|(from, to)| (*to).min(piece.to) - (*from).max(piece.from)).sum();
        (piece.to - piece.from).saturating_sub(ours)
    };
    pieces().filter(|piece| piece.state == State::Ready).map(others).filter(|others| *others > LATENCY).sum()
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::super::tests::trace;
    use super::*;

    /// A program that starts for 50 ms; then two threads run for 10 ms, one of which sleeps for 5 ms in between.
    const TWO: &str = "0 7 executes two\n50000 8 started 7 7\n50010 8 on\n50020 9 started 7 7\n50025 7 waits -\n50030 9 on\n\
        52000 9 waits -\n57000 9 on\n60000 8 ended\n60020 9 ended\n60025 7 on\n61000 7 ended";

    fn phase(name: &str, thread: u64, start: u64, end: u64) -> Phase {
        Phase { name: name.to_owned(), thread, to: thread, start: start * 1000, end: end * 1000 }
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
    fn who_waits_for_a_processor_that_another_one_of_the_threads_has_waits_for_no_stranger() {
        let start = "0 7@0 executes x\n100 8@0 started 7 7\n1000 7@0 preempted\n1000 8@0 on\n2000 8@0 preempted\n";
        let foreign = |rest: &str| Timeline::of(&trace(&format!("{start}{rest}")), &[]).foreign;
        assert_eq!(foreign("2000 7@0 on\n3000 7@0 ended\n3000 8@0 on\n4000 8@0 ended"), 0, "they take turns");
        assert_eq!(foreign("2700 7@0 on\n3000 7@0 ended\n3000 8@0 on\n4000 8@0 ended"), 700 + 700);
        assert_eq!(
            foreign("2020 7@0 on\n3000 7@0 ended\n3000 8@1 on\n4000 8@1 ended"),
            1000,
            "nobody had the other one"
        );
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
        let timeline = Timeline::of(&trace("5 7 executes one\n9 7 waits -\n1005 7 on\n2005 7 ended"), &[]);
        assert_eq!((timeline.cropped, timeline.length, timeline.ran), (0, 2_000, 1_004));
    }

    #[test]
    fn what_is_too_short_to_be_seen_is_shown_by_its_share() {
        // 10,000 times 30 µs of running and 10 µs of waiting, then 100 ms of running.
        let hasty: String = (0..10_000).map(|n| format!("{} 7 waits -\n{} 7 on\n", n * 40 + 30, n * 40 + 40)).collect();
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
                    ["waits -", "preempted"][(n % 2) as usize]
                )
            });
            std::iter::once(format!("{thread:09} {thread} started 1 1")).chain(pieces)
        };
        let mut lines: Vec<String> =
            (2..40).flat_map(lane).collect::<Vec<_>>().join("\n").lines().map(str::to_owned).collect();
        lines.push("000000000 1 executes busy".to_owned());
        lines.sort();
        let phases: Vec<Phase> = (0..100).map(|n| phase("p", 2, 3000 + n * 60, 3050 + n * 60)).collect();
        let timeline = Timeline::of(&trace(&lines.join("\n")), &phases);
        let room = |lane: &Lane| limits::LANE + lane.marks.len() + limits::SPAN * lane.spans.len();
        let room: usize = timeline.lanes.iter().map(room).sum();
        assert!((limits::MARKS_BESIDE_ZOOM - 50..=limits::MARKS).contains(&room), "{room}");
        assert!(timeline.cores.len() <= limits::STEPS);
        assert_eq!(
            (timeline.lanes.len(), timeline.more, timeline.unshown % 100),
            (limits::LANES, 25, timeline.unshown)
        );
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
