#![expect(
    clippy::disallowed_methods,
    reason = "asks what kind of terminal this is, and the clock for those who read along"
)]

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

use anstyle::Style;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Zoned;

use super::report::{BAD, GOOD, Report, line};
use crate::cells::{Answer, Cell, Progress, Record, Verb};

/// Tells what a build is doing with its cells. A cell that ran leaves a line. On a terminal those that are at work are shown below, a
/// line each; elsewhere, and where plain lines are wanted, nothing moves.
pub(super) struct CellProgress {
    report: Report,
    live: Option<MultiProgress>,
    /// How many cells are compiled, and then how many have run.
    count: ProgressBar,
    /// The lines of cells at work, by their place.
    lines: Mutex<BTreeMap<String, ProgressBar>>,
}

impl CellProgress {
    /// A display that is silent if the report is to be quiet.
    pub(super) fn new(report: Report) -> Self {
        let dumb = std::env::var("TERM").is_ok_and(|terminal| terminal == "dumb");
        let moves = !report.quiet && !report.plain && !dumb && std::io::stderr().is_terminal();
        let live = moves.then(MultiProgress::new);
        let count = hidden().with_style(style("{prefix} {pos}/{len}")).with_prefix("Compiled");
        CellProgress { report, live, count, lines: Mutex::default() }
    }

    /// Takes notice of one step.
    pub(super) fn notice(&self, progress: Progress<'_>) {
        match progress {
            Progress::Planned(0) | Progress::Stored(..) => {}
            Progress::Planned(cells) => {
                self.count.set_length(cells as u64);
                if let Some(display) = &self.live {
                    display.add(self.count.clone()).tick();
                }
            }
            Progress::Preparing(cell) => {
                if let Some(line) = self.begin(cell, "compile") {
                    line.enable_steady_tick(Duration::from_millis(100));
                }
            }
            Progress::Prepared(cell) => {
                self.end(cell);
                self.count.inc(1);
            }
            Progress::Running(cell) => {
                if self.count.prefix() != "Done" {
                    self.count.set_position(0);
                    self.count.set_prefix("Done");
                }
                // Drawn once: nothing of ours is to move while something is measured.
                self.begin(cell, if cell.verb == Verb::Bench { "measure" } else { "run" });
            }
            Progress::Finished(cell, answer) => {
                self.end(cell);
                self.count.inc(1);
                self.leave(cell, answer);
            }
        }
    }

    /// Takes the display away.
    pub(super) fn clear(&self) {
        for line in std::mem::take(&mut *self.lines.lock().expect("no holder panics")).into_values() {
            line.finish_and_clear();
        }
        self.count.finish_and_clear();
    }

    /// Shows that a cell is at work.
    fn begin(&self, cell: &Cell, phase: &'static str) -> Option<ProgressBar> {
        let display = self.live.as_ref()?;
        let line = hidden().with_style(style("{spinner} {prefix:7} {wide_msg}")).with_prefix(phase);
        let line = display.insert_before(&self.count, line.with_message(place(cell)));
        line.tick();
        self.lines.lock().expect("no holder panics").insert(place(cell), line.clone());
        Some(line)
    }

    fn end(&self, cell: &Cell) {
        if let Some(line) = self.lines.lock().expect("no holder panics").remove(&place(cell)) {
            line.finish_and_clear();
        }
    }

    /// Leaves a line about a cell that has ended.
    fn leave(&self, cell: &Cell, answer: Option<&Answer>) {
        if self.report.quiet {
            return;
        }
        let (done, style, what): (_, Style, _) = match answer {
            Some(Answer::Recorded(record)) => ("Ran", GOOD, describe(record)),
            Some(Answer::NotRun { why, .. }) => ("Skipped", GOOD, format!("since {why}")),
            None => ("Failed", BAD, String::new()),
        };
        let time = if self.report.verbose { Zoned::now().strftime("%T ").to_string() } else { String::new() };
        let text = format!("{time}{style}{done}{style:#} {} {what}", place(cell));
        let say = || line(&text.trim_end());
        match &self.live {
            Some(display) => display.suspend(say),
            None => say(),
        }
    }
}

/// A line that is not shown before it is complete.
fn hidden() -> ProgressBar {
    ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("a sound template")
}

pub(super) fn place(cell: &Cell) -> String {
    format!("{}#{}", cell.info.source().path(), cell.id)
}

fn describe(record: &Record) -> String {
    let cases = record.cases.len();
    match record.measured() {
        _ if cases > 1 => format!("{cases} cases"),
        Some(measured) if measured.runs > 1 => format!("{} in {} runs", measured.wall.time(), measured.runs),
        Some(measured) => measured.wall.time(),
        None if record.compiled == Some(false) => "does not compile, as announced".to_owned(),
        None if record.compiled == Some(true) => "compiles".to_owned(),
        None => record.end().map(|end| end.exit.to_string()).unwrap_or_default(),
    }
}
