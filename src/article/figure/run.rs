//! What stands under a cell: how it ended, what was measured, and behind a button with what, where and how.

use std::fmt::Write;

use super::badges::Badge;
use super::status::Status;
use super::{Canvas, Figure, badges, provenance};
use crate::article::escape;
use crate::cells::{CaseRecord, Cell, Figures, Record, Summary, Verb, format_ratio, format_size};

/// The least share of the time that starting is told from.
const STARTUP: f64 = 0.05;

/// Draws the line under a cell. `refused` says why its code could not run here, if the record is of an earlier version of it.
pub(super) fn draw(figure: &Figure<'_>, record: &Record, refused: Option<&str>, canvas: &mut Canvas<'_>) {
    let cell = figure.cell;
    let status = Status::of(cell, record);
    let class = if status.good { "ok" } else { "err" };
    let badges = badges::of(cell, record, figure.here.as_ref(), refused);
    let out = &mut canvas.out;
    let _ = write!(out, "<div class=\"run\"><span class=\"badge {class}\">{}</span>", escape::text(&status.words));
    for Badge { class, words, .. } in &badges {
        let _ = write!(out, " <span class=\"badge {class}\">{}</span>", escape::text(words));
    }
    let figures = figures(cell, &record.cases);
    if !figures.is_empty() {
        out.push_str(" <dl class=\"st\">");
        for (name, value) in figures {
            let _ = write!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", escape::text(&value));
        }
        out.push_str("</dl>");
    }
    let rows = provenance::rows(cell, record, &badges, refused.is_some(), canvas.post);
    let (anchor, id) = (&cell.anchor, &cell.id);
    let _ = write!(
        canvas.out,
        " <button type=\"button\" popovertarget=\"{anchor}_how\">How this ran</button>\n\
         <div class=\"how\" popover id=\"{anchor}_how\" tabindex=\"0\" role=\"group\" aria-label=\"How {id} ran\"><p>How {id} ran</p><dl>"
    );
    for (name, html) in rows {
        let _ = write!(canvas.out, "<dt>{name}</dt><dd>{html}</dd>");
    }
    canvas.out.push_str("</dl></div></div>\n");
}

/// What was measured, in a few figures.
fn figures(cell: &Cell, cases: &[CaseRecord]) -> Vec<(&'static str, String)> {
    match cases {
        [case] => case.measured.as_ref().map(|measured| of_case(cell, measured)).unwrap_or_default(),
        [] => Vec::new(),
        cases => {
            let measured = || cases.iter().filter_map(|case| case.measured.as_ref());
            let runs = measured().map(|measured| measured.runs).fold(0, usize::saturating_add);
            let mut figures = vec![("cases", cases.len().to_string()), ("runs", runs.to_string())];
            let disturbed =
                measured().flat_map(|measured| measured.causes.values().copied()).fold(0, usize::saturating_add);
            if cell.verb == Verb::Bench && disturbed > 0 {
                figures.push(("disturbed", disturbed.to_string()));
            }
            figures
        }
    }
}

fn of_case(cell: &Cell, measured: &Summary) -> Vec<(&'static str, String)> {
    let time = measured.wall.per(cell.options.per).time();
    if cell.options.trials.is_some() {
        let trials = measured.runs.saturating_add(measured.left_out);
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
    ];
    if !measured.causes.is_empty() {
        let left_out = if measured.left_out > 0 { ", left out" } else { "" };
        figures.push(("disturbed", provenance::by_causes(&measured.causes) + left_out));
    }
    if let Some(startup) = &measured.startup
        && startup.empty.median >= STARTUP * measured.wall.median
    {
        let is_all = startup.empty.median >= measured.wall.median;
        figures.push(("of which start-up", if is_all { "all of it".to_owned() } else { median_alone(&startup.empty) }));
    }
    let Figures { median: cores, .. } = measured.parallelism;
    figures.extend([
        ("CPU", median_alone(&measured.cpu)),
        ("cores used", format_ratio(cores, measured.parallelism.half_width())),
        ("peak memory", format_size(measured.rss.median, measured.rss.half_width())),
    ]);
    figures
}

/// The median of some times, with the digits that its interval supports.
fn median_alone(figures: &Figures) -> String {
    crate::cells::format_ns(figures.median, figures.half_width())
}
