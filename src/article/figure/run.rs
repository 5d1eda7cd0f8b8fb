//! What stands under a cell: how it ended, what was measured, with what and where.

use std::fmt::Write;

use super::status::Status;
use crate::article::escape;
use crate::cells::{CaseRecord, Cell, Machine, Record, Summary, Verb, format_bytes, format_ns};

/// Draws the line under a cell.
pub(super) fn draw(cell: &Cell, record: &Record, here: Option<&Machine>, out: &mut String) {
    let status = Status::of(cell, record);
    let class = if status.good { "ok" } else { "err" };
    let _ = write!(out, "<div class=\"run\"><span class=\"badge {class}\">{}</span>", escape::text(&status.words));
    if record.machine.busy {
        out.push_str(" <span class=\"badge busy\">measured on a busy machine</span>");
    }
    let drift = here.map(|here| record.machine.drift(here)).unwrap_or_default();
    if !drift.is_empty() {
        out.push_str(" <span class=\"badge drift\">drifted</span>");
    }
    let figures = figures(cell, &record.cases);
    if !figures.is_empty() {
        out.push_str(" <dl class=\"st\">");
        for (name, value) in figures {
            let _ = write!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", escape::text(&value));
        }
        out.push_str("</dl>");
    }
    let _ = write!(out, " <details class=\"how\"><summary>How this ran</summary><dl>");
    for (name, value) in provenance(record) {
        let _ = write!(out, "<dt>{name}</dt><dd>{}</dd>", escape::text(&value));
    }
    if !drift.is_empty() {
        let now = escape::text(&drift.join(", "));
        let _ = write!(out, "<dt>Drifted</dt><dd>not run again since then; this page was built with {now}</dd>");
    }
    out.push_str("</dl></details></div>\n");
}

/// What was measured, in a few figures.
fn figures(cell: &Cell, cases: &[CaseRecord]) -> Vec<(&'static str, String)> {
    match cases {
        [case] => case.measured.as_ref().map(|measured| of_case(cell, measured)).unwrap_or_default(),
        [] => Vec::new(),
        cases => {
            let runs = cases.iter().filter_map(|case| Some(case.measured.as_ref()?.runs)).sum::<usize>();
            vec![("cases", cases.len().to_string()), ("runs", runs.to_string())]
        }
    }
}

fn of_case(cell: &Cell, measured: &Summary) -> Vec<(&'static str, String)> {
    let time = measured.wall.per(cell.options.per).time();
    if cell.options.trials.is_some() {
        let trials = measured.runs + measured.left_out;
        return vec![("trials", trials.to_string()), ("median", time)];
    }
    if cell.verb != Verb::Bench {
        return vec![("time", time)];
    }
    let median = match measured.wall.interval() {
        Some(_) => time,
        None => format!("{time} (too few runs for an interval)"),
    };
    let mut figures = vec![
        (if measured.section { "median of the measured part" } else { "median" }, median),
        ("runs", measured.runs.to_string()),
        ("CPU", format_ns(measured.cpu.median, None)),
        ("cores used", format!("{:.2}", measured.parallelism.median)),
        ("peak memory", format_bytes(measured.rss.median as u64)),
    ];
    if measured.disturbed > 0 {
        figures.push(("disturbed", format!("{} of {}", measured.disturbed, measured.runs)));
    }
    figures
}

/// Where and with what a cell ran.
fn provenance(record: &Record) -> Vec<(&'static str, String)> {
    let machine = &record.machine;
    let mut rows = vec![
        ("Toolchain", machine.toolchain.clone()),
        ("Machine", format!("{}, {} cores, {}", machine.cpu, machine.cores, format_bytes(machine.memory))),
        ("System", machine.system.clone()),
        ("Date", machine.date.clone()),
    ];
    if let Some(measured) = record.measured() {
        let half = measured.wall.half_width();
        let in_digits = |ns| format_ns(ns, half);
        rows.push(("Runs", runs(measured)));
        if let Some((low, high)) = measured.wall.interval() {
            let (low, high) = (in_digits(low), in_digits(high));
            rows.push(("95 % interval", format!("the median lies between {low} and {high} (order statistics)")));
        }
        if measured.runs > 1 {
            rows.push(("Range", format!("{} to {}", in_digits(measured.wall.min), in_digits(measured.wall.max))));
        }
    }
    rows
}

/// How many runs the figures are taken from, and what others had to do with them.
fn runs(measured: &Summary) -> String {
    let Summary { runs, disturbed, left_out, .. } = *measured;
    match (runs, disturbed, left_out) {
        (1, 1, _) => "1 (disturbed by other programs)".to_owned(),
        (_, 0, 0) => runs.to_string(),
        (_, 0, _) => format!("{runs} ({left_out} more, disturbed by other programs, left out)"),
        _ => format!("{runs} ({disturbed} of them disturbed by other programs)"),
    }
}
