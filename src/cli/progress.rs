use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cells::{Cell, Progress, Record};

/// Shows on a terminal what a build is doing with its cells: a line that changes, nothing that stays. Where standard error is no
/// terminal it is silent.
pub(super) struct CellProgress {
    bar: ProgressBar,
    say_results: bool,
}

impl CellProgress {
    /// A display that is silent if `quiet`, and leaves a line for each result if `verbose`.
    pub(super) fn new(quiet: bool, verbose: bool) -> Self {
        let bar =
            if quiet || !std::io::stderr().is_terminal() { ProgressBar::hidden() } else { ProgressBar::no_length() };
        let style =
            ProgressStyle::with_template("{spinner} {prefix} [{pos}/{len}] {wide_msg}").expect("a sound template");
        bar.set_style(style);
        CellProgress { bar, say_results: verbose }
    }

    /// Takes notice of one step.
    pub(super) fn notice(&self, progress: Progress<'_>) {
        match progress {
            Progress::Planned(0) => {}
            Progress::Planned(cells) => {
                self.bar.set_length(cells as u64);
                self.bar.set_position(0);
                self.bar.set_prefix("Compiling");
                self.bar.enable_steady_tick(Duration::from_millis(100));
            }
            Progress::Prepared(cell) => {
                self.bar.set_message(place(cell));
                self.bar.inc(1);
                if self.bar.length() == Some(self.bar.position()) {
                    self.bar.set_position(0);
                    self.bar.set_prefix("Running");
                }
            }
            Progress::Running(cell) => {
                // Drawn once: nothing of ours is to move while something is measured.
                self.bar.disable_steady_tick();
                self.bar.set_message(place(cell));
            }
            Progress::Finished(cell, record) => {
                self.bar.inc(1);
                if self.say_results {
                    self.bar.suspend(|| anstream::eprintln!("    {} {}", place(cell), describe(record)));
                }
            }
        }
    }

    /// Takes the display away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

fn place(cell: &Cell) -> String {
    format!("{}#{}", cell.info.source().path(), cell.id)
}

fn describe(record: &Record) -> String {
    match record.measured() {
        Some(measured) if measured.runs > 1 => format!("{} in {} runs", measured.wall.time(), measured.runs),
        Some(measured) => measured.wall.time(),
        None if record.compiled == Some(false) => "does not compile, as announced".to_owned(),
        None => "compiles".to_owned(),
    }
}
