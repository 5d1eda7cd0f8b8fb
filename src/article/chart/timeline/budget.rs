//! What a picture of threads may cost a page.

use super::super::tests::sent;
use super::tests::{draw, lane, mark};
use crate::cells::timeline::{Lane, Mark, Method, Row, Span, Task, Timeline, Wait, Wake, Zoom, limits};

/// A number that looks like any other.
fn random(n: u64) -> u64 {
    let n = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40
}

/// How much of each kind a timeline has.
#[derive(Debug, Clone, Copy, Default)]
struct Amount {
    lanes: u64,
    marks: u64,
    spans: u64,
    tasks: u64,
    rows: u64,
}

/// A timeline of which nothing is alike: no program does that.
fn noise(amount: Amount) -> Timeline {
    let Amount { lanes, marks, spans, tasks, rows } = amount;
    let (steps, wakes) = (limits::STEPS as u64, limits::WAKES as u64);
    let zoomed = (limits::ZOOMED as u64).saturating_sub(limits::ROW as u64 * rows);
    let waits = [Wait::Thread, Wait::Io, Wait::Sleep, Wait::Join];
    let pure = |n: u64, length: u64| match random(n) % 3 {
        0 => mark(length, 4, 0, Wait::Nothing),
        1 => mark(length, 0, 4, Wait::Nothing),
        _ => mark(length, 0, 0, Wait::Thread),
    };
    let mixed = |n: u64, length: u64| {
        let running = random(n + 1) % 5;
        mark(length, running, random(n + 2) % (5 - running), waits[(random(n + 3) % 4) as usize])
    };
    let piece = |n: u64, length: u64| if random(n + 4).is_multiple_of(4) { mixed(n, length) } else { pure(n, length) };
    // A share of so many for each, of random lengths that are 30,000 together.
    let share = |all: u64, of: u64, at: u64| all / of + u64::from(at < all % of);
    let length = |n: u64, of: u64| 15_000 / of + random(n) % (30_000 / of);
    let pieces = |at: u64, count: u64| (0..count).map(|n| piece(1000 * at + n, length(n + at, count))).collect();
    let span = |n: u64| Span {
        name: format!("part {n}"),
        start: 600 * n + random(n) % 300,
        end: 600 * n + 300 + random(n + 7) % 300,
    };
    let lane = |at: u64| Lane {
        start: random(at) % 3000,
        spans: (0..share(spans, lanes, at)).map(span).collect(),
        ..lane(&format!("worker {at}"), pieces(at, share(marks, lanes, at)))
    };
    let row = |at: u64| Row {
        name: format!("worker {at}"),
        start: 0,
        marks: (0..share(zoomed, rows, at))
            .map(|n| pure(at * 100 + n, length(at * 99 + n, share(zoomed, rows, at))))
            .collect(),
    };
    let wake = |n: u64| Wake { at: n * 600 + random(n) % 600, by: random(n) % rows, of: random(n + 9) % rows };
    let task = |n: u64| Task {
        name: format!("fetch {n}"),
        times: vec![
            (random(n) % 9000, 9000 + random(n) % 9000),
            (20_000 + random(n) % 999, 21_000 + random(n + 1) % 9000),
        ],
    };
    let zoom = || Zoom {
        start: 9_123_456,
        length: 30_000,
        rows: (0..rows).map(row).collect(),
        wakes: (0..wakes).map(wake).collect(),
    };
    Timeline {
        method: Method::Wakeups,
        length: 30_000,
        lanes: (0..lanes).map(lane).collect(),
        tasks: (0..tasks).map(task).collect(),
        cores: (0..steps)
            .map(|n| Mark { length: length(n, steps), running: random(n + 5) % 9, ..Mark::default() })
            .collect(),
        most: 2,
        zoom: (rows > 0).then(zoom),
        ..Timeline::default()
    }
}

/// A timeline may cost a page 3 kB when it is sent, whatever is in it.
#[test]
fn a_timeline_is_small() {
    let [lanes, spans, tasks] = [limits::LANES, limits::SPANS, limits::TASKS].map(|most| most as u64);
    for (lanes, spans, tasks, rows) in [
        (1, 0, 0, 0),
        (2, 0, 0, 2),
        (lanes, 0, 0, 0),
        (lanes, 0, 0, 4),
        (lanes, 0, 0, lanes),
        (2, spans, tasks, 0),
        (4, spans, tasks, 4),
        (lanes, spans, tasks, 0),
        (lanes, spans, tasks, lanes),
    ] {
        let most = if rows > 0 { limits::MARKS_BESIDE_ZOOM } else { limits::MARKS };
        let times = limits::TIMES as u64 / limits::TASKS as u64;
        let others = limits::LANE as u64 * lanes + limits::SPAN as u64 * spans + (limits::TASK as u64 + times) * tasks;
        let marks = (most as u64).saturating_sub(others).max(lanes);
        let amount = Amount { lanes, marks, spans, tasks, rows };
        let sent = sent(&draw(&noise(amount)));
        assert!(sent <= 3_000, "{sent} bytes for {amount:?}");
    }
}
