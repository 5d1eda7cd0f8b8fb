//! What the threads of a run did over time.

#[cfg(test)]
mod budget;
mod key;
mod lens;
mod pens;
mod said;
mod sheet;
mod state;
mod table;
#[cfg(test)]
mod tests;
mod words;

use std::fmt::Write;

use self::key::key;
use self::pens::area;
use self::said::STEP;
use self::sheet::{Sheet, time};
use self::state::BAR;
use super::{Unit, coordinate, escape, framed};
use crate::cells::timeline::{Lane, Task, Timeline};

/// The threads of a run, a row each, and how many of them ran at once.
#[derive(Debug, Clone, Copy)]
pub struct Threads<'a> {
    /// Whose threads, in a few words.
    pub title: &'a str,
    /// What they did.
    pub timeline: &'a Timeline,
    /// The number of cores that the run could use.
    pub cores: usize,
    /// What must be said of the run, a sentence each.
    pub notes: &'a [&'a str],
    /// The URL of the whole trace as a file for Perfetto, if there is one.
    pub trace: Option<&'a str>,
}

/// How high the picture of the cores in use is, and what is below a row, px.
const STRIP: u64 = 24;
const GAP: u64 = 8;

/// More cores than this are no row of lines.
const MOST_LINES: u64 = 8;

impl Threads<'_> {
    /// Draws them: a picture with its key above, and its numbers below.
    pub fn draw(&self) -> String {
        let title = escape::text(&format!("{} over time", self.title));
        let sheet = self.sheet();
        let (key, height, picture) = (key(&sheet, self.timeline.method), sheet.y, sheet.draw());
        let mut out = format!(
            "<p>{title}.</p>\n{key}\
             <svg class=\"timeline\" role=\"img\" overflow=\"visible\" width=\"100%\" height=\"{height}\" font-size=\"12\" fill=\"currentColor\">\
             <title>{title}</title><desc>{}</desc>{picture}</svg>\n",
            escape::text(&self.sentences())
        );
        let notes: Vec<&str> = std::iter::once(self.method()).chain(self.notes.iter().copied()).collect();
        for paragraph in [notes.join(" "), self.provisos()].iter().filter(|paragraph| !paragraph.is_empty()) {
            let _ = writeln!(out, "<p>{}</p>", escape::text(paragraph));
        }
        if let Some(trace) = self.trace {
            let file = trace.rsplit('/').next().unwrap_or_default();
            let _ = writeln!(
                out,
                "<p><a href=\"{}\" download=\"{}\">Open this trace in Perfetto</a>: save the file and drag it into \
                 <a href=\"https://ui.perfetto.dev\">ui.perfetto.dev</a>, which reads it in your browser and sends it nowhere.</p>",
                escape::attribute(trace),
                escape::attribute(file)
            );
        }
        let _ = writeln!(out, "<details class=\"data\"><summary>Data</summary>\n{}</details>", self.tables());
        framed(&out, &[])
    }

    fn sheet(&self) -> Sheet {
        let Timeline { tasks, length, zoom, .. } = self.timeline;
        let mut sheet = Sheet::default();
        if !tasks.is_empty() {
            sheet.title("What the program says that it does");
            for task in tasks {
                self.task(task, &mut sheet);
            }
            sheet.y += GAP;
            sheet.title("What its threads do");
        }
        self.lanes(&mut sheet);
        let base = self.strip(&mut sheet);
        sheet.axis(*length as f64 * 1000.0, 0, base);
        if let Some(zoom) = zoom {
            zoom.draw(*length, (0, base), &mut sheet);
        }
        sheet
    }

    fn task(&self, task: &Task, sheet: &mut Sheet) {
        let name = format!("{}, {}", task.name, micros(took(task)));
        sheet.said.task(task, &name, self.timeline.length, sheet.y);
        sheet.y += STEP;
    }

    /// The rows, those of a process together; the first of them names it.
    fn lanes(&self, sheet: &mut Sheet) {
        let length = self.timeline.length;
        let mut lanes: Vec<&Lane> = self.timeline.lanes.iter().collect();
        lanes.sort_by_key(|lane| lane.process);
        let several = self.has_several_processes();
        let (top, mut last) = (sheet.y, None);
        for lane in lanes {
            let is_first = several && last.replace(lane.process) != Some(lane.process);
            if is_first && sheet.y > top {
                sheet.y += GAP;
            }
            let packed = if lane.threads > 1 { format!(" ×{}", lane.threads) } else { String::new() };
            let process = if is_first { format!(" in process {}", lane.process) } else { String::new() };
            sheet.head(&lane.name, &(packed + &process), &format!("ran {}", micros(lane.totals.running)));
            sheet.y += sheet.said.spans(&lane.spans, length, sheet.y) + BAR;
            sheet.pens.row(lane.start, &lane.marks, length, sheet.y);
            sheet.y += GAP;
        }
    }

    /// How many threads ran at once; where that picture stands.
    fn strip(&self, sheet: &mut Sheet) -> u64 {
        let full = self.full();
        sheet.y += GAP / 2;
        sheet.head("cores in use", &format!(", of {full}"), &format!("{} on average", self.average()));
        let base = sheet.y + STRIP;
        sheet.area = area(&self.timeline.cores, self.timeline.length, base, STRIP as f64 / full as f64 / 4.0);
        let lines = if full <= MOST_LINES { full } else { 1 };
        for line in 0..=lines {
            let y = coordinate(base as f64 - (line * STRIP) as f64 / lines as f64);
            let _ = write!(sheet.levels, "M0 {y}H1000");
        }
        base
    }

    /// How many cores the height of their picture stands for.
    fn full(&self) -> u64 {
        let cores = self.cores as u64;
        self.timeline.most.max(if cores <= MOST_LINES { cores } else { 0 }).max(1)
    }

    fn has_several_processes(&self) -> bool {
        let processes = || self.timeline.lanes.iter().map(|lane| lane.process);
        processes().min() != processes().max()
    }

    /// How many threads ran at once, on average.
    fn average(&self) -> String {
        Unit::Number.format(self.timeline.cores_used(), Some(0.5))
    }
}

/// A duration in µs as people write it.
fn micros(us: u64) -> String {
    time(us as f64 * 1000.0)
}

/// How long a task took, µs.
fn took(task: &Task) -> u64 {
    task.times.iter().fold(0, |took, (start, end)| took.saturating_add(end.saturating_sub(*start)))
}
