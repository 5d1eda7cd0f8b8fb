//! What a timeline says in sentences.

use super::{Threads, micros, time, took};
use crate::cells::timeline::{Lane, Method, Task, Timeline, Zoom};

impl Threads<'_> {
    /// How it was recorded.
    pub(super) fn method(&self) -> &'static str {
        match self.timeline.method {
            Method::Wakeups => {
                "One extra run, recorded by the kernel’s context switches, wait reasons and wake-ups; timed runs never are."
            }
            Method::Reasons => {
                "One extra run, recorded by the kernel’s context switches and wait reasons; timed runs never are. \
                 When a wait ended is not known, so it is drawn until the thread ran again."
            }
            Method::Switches => {
                "One extra run, recorded by the kernel’s context switches; timed runs never are. \
                 What a thread waits for is not known here, so every wait is the same thin line."
            }
            Method::Samples => {
                "One extra run, whose threads were looked at every millisecond, so that short pieces are missed; \
                 timed runs never are."
            }
        }
    }

    /// The picture in sentences.
    pub(super) fn sentences(&self) -> String {
        let Timeline { lanes, tasks, length, most, zoom, .. } = self.timeline;
        let (cores, average) = ((*most).max(self.cores as u64), self.average());
        let point = match most {
            0 | 1 => format!("At most one thread ran at a time, {average} on average."),
            most => format!("Up to {most} of {cores} cores were in use, {average} on average."),
        };
        let lanes = lanes.iter().map(|lane| course(lane, self.has_several_processes()));
        let tasks = (!tasks.is_empty()).then(|| said(tasks));
        let zoom = zoom.as_ref().map(magnified);
        let all = [format!("{} long.", micros(*length)), point].into_iter().chain(tasks).chain(lanes).chain(zoom);
        all.collect::<Vec<_>>().join(" ")
    }

    /// What has to be known about the picture, in sentences.
    pub(super) fn provisos(&self) -> String {
        let Timeline { cropped, more, unshown, lost, cut, foreign, length, .. } = self.timeline;
        let mut said = Vec::new();
        if *cropped > 0 {
            said.push(format!("Left out: the first {}, in which the program starts.", micros(*cropped)));
        }
        if self.is_mixed() {
            let grain = micros(self.timeline.grain);
            said.push(format!(
                "Pieces shorter than {grain} are put together: the height of each state is then its share."
            ));
        }
        if *more > 0 {
            said.push(format!("Not shown: {}, which ran for less.", counted(*more, "more thread")));
        }
        if *unshown > 0 {
            said.push(format!(
                "Not shown: {} that the program named, which are shorter.",
                counted(*unshown, "more part")
            ));
        }
        if *lost > 0 {
            said.push(format!("The kernel lost {}, so some of it may be wrong.", counted(*lost, "record")));
        }
        if *cut {
            said.push("It ends before the program does, since too much happened to keep all of it.".to_owned());
        }
        if *foreign as f64 > *length as f64 * self.cores as f64 / 20.0 {
            let foreign = micros(*foreign);
            said.push(format!("For {foreign} in all, threads were ready while other programs had a core."));
        }
        said.join(" ")
    }

    /// Whether a piece shows more than one state.
    fn is_mixed(&self) -> bool {
        let marks = self.timeline.lanes.iter().flat_map(|lane| &lane.marks);
        marks.into_iter().any(|mark| !matches!((mark.running, mark.ready), (4, 0) | (0, 0 | 4)))
    }
}

/// What a thread did, in a sentence; what took less than a hundredth of its life is left out.
fn course(lane: &Lane, several: bool) -> String {
    let totals = lane.totals;
    let life = totals.running.saturating_add(totals.ready).saturating_add(totals.waiting());
    let parts = [
        ("ran for", totals.running, ""),
        ("was ready without a core for", totals.ready, ""),
        ("waited", totals.thread, " for other threads"),
        ("waited", totals.io, " for I/O"),
        ("slept for", totals.sleep, ""),
        ("waited", totals.join, " in join"),
        ("waited for", totals.unknown, ""),
    ];
    let parts = parts.iter().filter(|(_, part, _)| *part > 0 && part.saturating_mul(100) >= life);
    let parts: Vec<String> = parts.map(|(verb, part, what)| format!("{verb} {}{what}", micros(*part))).collect();
    let did = if parts.is_empty() { "did nothing".to_owned() } else { parts.join(", ") };
    let name = match lane.threads {
        0 | 1 => lane.name.clone(),
        many => format!("{many} threads called {}", lane.name),
    };
    let process = if several { format!(" in process {}", lane.process) } else { String::new() };
    format!("{name}{process} {did}.")
}

/// What the program said, in a sentence.
fn said(tasks: &[Task]) -> String {
    let parts = tasks.iter().map(|task| format!("{} took {}", task.name, micros(took(task))));
    format!("As the program says, {}.", parts.collect::<Vec<_>>().join(", "))
}

/// What is under the lens, in a sentence.
fn magnified(zoom: &Zoom) -> String {
    let names: Vec<&str> = zoom.rows.iter().map(|row| row.name.as_str()).collect();
    let wakes = match zoom.wakes.len() {
        0 => String::new(),
        1 => ", of whom one wakes another".to_owned(),
        wakes => format!(", who wake each other {wakes} times"),
    };
    let (length, start) = (time(zoom.length as f64), time(zoom.start as f64));
    format!("Below, {length} of it from {start} on are drawn larger, of {}{wakes}.", names.join(", "))
}

fn counted(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
