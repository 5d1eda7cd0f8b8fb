//! All runs of a bench, for those who want to see more than its median.

use std::fmt::Write;

use super::Canvas;
use super::output::in_words;
use crate::article::chart::{Measured, Run, Runs, Strip, Unit};
use crate::cells::{Cell, Record, Sample, Verb};

/// Draws every run behind a summary, if the cell was run repeatedly to be timed.
pub(super) fn draw(cell: &Cell, record: &Record, canvas: &mut Canvas<'_>) {
    if cell.verb != Verb::Bench || cell.options.trials.is_some() {
        return;
    }
    let per = cell.options.per;
    let run = |sample: &Sample| Run { value: sample.time() / per, disturbed: sample.disturbed.is_some() };
    let runs: Vec<Vec<Run>> = record.samples.iter().map(|samples| samples.iter().map(run).collect()).collect();
    let labels: Vec<String> = record.cases.iter().map(|case| in_words(&case.params)).collect();
    let mut rows = Vec::new();
    for ((case, label), runs) in record.cases.iter().zip(&labels).zip(&runs) {
        if let Some(measured) = &case.measured {
            let wall = measured.wall.per(per);
            rows.push(Runs { label, runs, median: Measured { value: wall.median, interval: wall.interval() } });
        }
    }
    let title = format!("Runs of {}", cell.options.label.as_ref().unwrap_or(&cell.id));
    let drawn = Strip { title: &title, unit: Unit::Time, rows: &rows, data: canvas.results }.draw();
    if !drawn.is_empty() {
        let all: usize = runs.iter().map(Vec::len).sum();
        let _ = write!(canvas.out, "<details class=\"fold\"><summary>All {all} runs</summary>\n{drawn}</details>\n");
    }
}
