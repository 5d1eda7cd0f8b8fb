//! With what, where, when and how often a cell ran: all that one needs to run it again and compare.

use std::collections::BTreeMap;

use super::badges::Badge;
use super::output::in_words;
use crate::article::escape;
use crate::cells::{CaseRecord, Cause, Cell, Machine, Record, Startup, Summary, Verb, format_bytes, format_ns};
use crate::source::SitePath;

/// A name, and what is said of it as HTML.
pub(super) type Row = (&'static str, String);

/// How many digits tell a digest or a seed from others.
const ENOUGH: usize = 12;

/// What is to be said of the result of a cell. `is_stale` if it is one of an earlier version of its code.
pub(super) fn rows(cell: &Cell, record: &Record, badges: &[Badge], is_stale: bool, post: &SitePath) -> Vec<Row> {
    let machine = &record.machine;
    let mut rows = vec![
        ("Toolchain", escape::text(&machine.toolchain)),
        ("Machine", escape::text(&of_machine(machine))),
        ("System", escape::text(&machine.system)),
        ("Date", date(machine)),
    ];
    rows.extend(measured(cell, record).into_iter().map(|(name, text)| (name, escape::text(&text))));
    rows.extend(badges.iter().map(|badge| (badge.name, escape::text(&badge.meaning))));
    if cell.verb == Verb::Bench && cell.options.trials.is_none() && !record.session.is_empty() {
        rows.push((
            "Order",
            format!("drawn anew for each round, from the seed <code>{}</code>", escape::text(&record.session)),
        ));
    }
    let digest: String = record.program.chars().take(ENOUGH).collect();
    let whose = if is_stale { "of an earlier version than that on this page" } else { "matches this page" };
    rows.push(("Program", format!("digest <code>{}</code> ({whose})", escape::text(&digest))));
    let post = post.as_str().strip_suffix("/index").unwrap_or(post.as_str());
    rows.push(("Again", format!("<code>blog run {}#{} --rerun</code>", escape::text(&quoted(post)), cell.id)));
    rows
}

fn of_machine(machine: &Machine) -> String {
    let Machine { cpu, cores, memory, governor, .. } = machine;
    let cores = if *cores == 1 { "1 core".to_owned() } else { format!("{cores} cores") };
    let governor = governor.as_ref().map_or(String::new(), |governor| format!(", frequency governor {governor}"));
    format!("{cpu}, {cores}, {} of memory{governor}", format_bytes(*memory))
}

/// When it ran, and how busy the machine was just before.
fn date(machine: &Machine) -> String {
    let date = escape::attribute(&machine.date);
    let words =
        machine.date.get(..16).map_or(machine.date.clone(), |minute| format!("{} UTC", minute.replace('T', " ")));
    let load = machine.load.map_or(String::new(), |load| format!(", at a load of {load:.1}"));
    format!("<time datetime=\"{date}\">{}</time>{load}", escape::text(&words))
}

/// What is to be said of its runs, as text.
fn measured(cell: &Cell, record: &Record) -> Vec<(&'static str, String)> {
    let cases: Vec<(&CaseRecord, &Summary)> =
        record.cases.iter().filter_map(|case| Some((case, case.measured.as_ref()?))).collect();
    let mut rows = Vec::new();
    if cases.is_empty() {
        return rows;
    }
    rows.push(("Runs", runs(&cases)));
    if let [(_, measured)] = cases[..] {
        let wall = measured.wall.per(cell.options.per);
        let in_digits = |ns| format_ns(ns, wall.half_width());
        if let Some((low, high)) = wall.interval() {
            let (low, high) = (in_digits(low), in_digits(high));
            rows.push(("95\u{a0}% interval", format!("the median lies between {low} and {high} (order statistics)")));
        }
        if measured.runs > 1 {
            rows.push(("Range", format!("best {}, worst {}", in_digits(wall.min), in_digits(wall.max))));
        }
    }
    if let Some(startup) = cases.iter().find_map(|(_, measured)| measured.startup.as_ref()) {
        rows.push(("Start-up", starting(startup, cases.len() == 1)));
    }
    rows.extend(cases.iter().find_map(|(case, measured)| Some(("Trend", trend(case, measured.trend?)))));
    rows
}

/// How many runs the figures are taken from, and what others had to do with them.
fn runs(cases: &[(&CaseRecord, &Summary)]) -> String {
    let sum = |of: fn(&Summary) -> usize| cases.iter().map(|(_, measured)| of(measured)).fold(0, usize::saturating_add);
    let (runs, disturbed, left_out) =
        (sum(|measured| measured.runs), sum(|measured| measured.disturbed), sum(|measured| measured.left_out));
    let mut counts: BTreeMap<Cause, usize> = BTreeMap::new();
    for (cause, count) in cases.iter().flat_map(|(_, measured)| &measured.causes) {
        let of_cause = counts.entry(*cause).or_default();
        *of_cause = of_cause.saturating_add(*count);
    }
    let by = by_causes(&counts);
    match (disturbed, left_out) {
        (0, 0) => runs.to_string(),
        (0, _) => format!("{runs}; disturbed and left out: {by}"),
        (_, 0) => format!("{runs}; disturbed: {by}"),
        _ => format!("{runs}; disturbed: {by}; {left_out} of those left out"),
    }
}

/// How many runs were disturbed by whom: `2 by other programs, 1 by the hypervisor`.
pub(super) fn by_causes(causes: &BTreeMap<Cause, usize>) -> String {
    let by = |(cause, count): (&Cause, &usize)| {
        let who = match cause {
            Cause::Programs => "other programs",
            Cause::Hypervisor => "the hypervisor",
            Cause::Quota => "a quota",
        };
        format!("{count} by {who}")
    };
    causes.iter().map(by).collect::<Vec<_>>().join(", ")
}

fn starting(startup: &Startup, with_rest: bool) -> String {
    let empty = format!("a program that does nothing took {} in the same rounds", startup.empty.time());
    match startup.rest.interval() {
        _ if !with_rest => empty,
        Some((low, _)) if low <= 0.0 => format!("{empty}, from which this one cannot be told"),
        _ => format!("{empty}; the time beyond that is {}", startup.rest.time()),
    }
}

fn trend(case: &CaseRecord, rho: f64) -> String {
    let with = if case.params.is_empty() { String::new() } else { format!("with {}, ", in_words(&case.params)) };
    let way = if rho > 0.0 { "slower" } else { "faster" };
    format!("{with}runs became {way} as they went on (rank correlation {rho:.2}), so something else changed meanwhile")
}

/// A word of a shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
