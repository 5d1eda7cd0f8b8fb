//! The numbers of a timeline.

use std::fmt::Write;

use super::super::escape;
use super::{Threads, micros, took};
use crate::cells::timeline::{Lane, Totals};

/// A column: its name, and what a thread has in it.
type Column = (&'static str, fn(&Lane) -> u64);

/// The columns of times, in µs.
const TIMES: [Column; 8] = [
    ("lived", |lane| lane.totals.life()),
    ("ran", |lane| lane.totals.running),
    ("ready", |lane| lane.totals.ready),
    ("waited for threads", |lane| lane.totals.thread),
    ("I/O", |lane| lane.totals.io),
    ("slept", |lane| lane.totals.sleep),
    ("in join", |lane| lane.totals.join),
    ("waited", |lane| lane.totals.unknown),
];

impl Totals {
    /// How long it lived.
    fn life(&self) -> u64 {
        self.running.saturating_add(self.ready).saturating_add(self.waiting())
    }
}

impl Threads<'_> {
    /// A row for each thread, and one for each thing that the program said.
    pub(super) fn tables(&self) -> String {
        self.threads() + &self.said()
    }

    /// A row for each thread, without the columns that are empty.
    fn threads(&self) -> String {
        let lanes = &self.timeline.lanes;
        let several = self.has_several_processes();
        let packed = lanes.iter().any(|lane| lane.threads > 1);
        let times = TIMES.iter().filter(|(_, time)| lanes.iter().any(|lane| time(lane) > 0)).collect::<Vec<_>>();
        let counts: [(bool, Column); 2] =
            [(packed, ("threads", |lane| lane.threads)), (several, ("process", |lane| lane.process))];
        let counts = counts.iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, column)| column).collect::<Vec<_>>();
        let names = counts.iter().chain(&times).map(|(name, _)| *name).chain(["turns"]);
        let heads: Vec<(&str, bool)> =
            std::iter::once(("thread", false)).chain(names.map(|name| (name, true))).collect();
        let row = |lane: &Lane| {
            let counts = counts.iter().map(|(_, count)| count(lane).to_string());
            let times = times.iter().map(|(_, time)| micros(time(lane)));
            (lane.name.clone(), counts.chain(times).chain([lane.totals.turns.to_string()]).collect())
        };
        table("Data", &heads, lanes.iter().map(row))
    }

    /// A row for each span and each time of a task.
    fn said(&self) -> String {
        let spans = self.timeline.lanes.iter().flat_map(|lane| lane.spans.iter().map(move |span| (span, lane)));
        let spans =
            spans.map(|(span, lane)| (&span.name, lane.name.as_str(), span.start, span.end.saturating_sub(span.start)));
        let tasks = self
            .timeline
            .tasks
            .iter()
            .map(|task| (&task.name, "", task.times.first().map_or(0, |time| time.0), took(task)));
        let rows = tasks
            .chain(spans)
            .map(|(name, thread, start, length)| (name.clone(), vec![thread.to_owned(), micros(start), micros(length)]))
            .collect::<Vec<_>>();
        if rows.is_empty() {
            return String::new();
        }
        table(
            "What the program says",
            &[("part", false), ("thread", false), ("from", true), ("took", true)],
            rows.into_iter(),
        )
    }
}

/// A table whose rows begin with a name.
fn table(label: &str, heads: &[(&str, bool)], rows: impl Iterator<Item = (String, Vec<String>)>) -> String {
    let class = |is_number: bool| if is_number { " class=\"num\"" } else { "" };
    let head = |(name, is_number): &(&str, bool)| format!("<th scope=\"col\"{}>{name}</th>", class(*is_number));
    let names: String = heads.iter().map(head).collect();
    let mut out = format!(
        "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\"><table>\n<thead><tr>{names}</tr></thead>\n<tbody>\n"
    );
    for (name, figures) in rows {
        let cell = |((_, is_number), figure): (&(&str, bool), &String)| {
            format!("<td{}>{}</td>", class(*is_number), escape::text(figure))
        };
        let figures: String = heads[1..].iter().zip(&figures).map(cell).collect();
        let _ = writeln!(out, "<tr><th scope=\"row\">{}</th>{figures}</tr>", escape::text(&name));
    }
    out.push_str("</tbody></table></div>\n");
    out
}
