//! What the threads of a run did over time.

use std::fmt::Write;

use super::axis::marks_within;
use super::labels::shortened;
use super::lanes::{Paths, row_height, spans, strip};
use super::{COLOURS, Unit, coordinate, escape, framed};
use crate::cells::timeline::{Lane, Timeline};

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
}

/// How high a line of text is, and the picture of the cores in use, px.
const TEXT: u64 = 15;
const STRIP: u64 = 24;

/// The most characters of a thread's name that have room beside its figures on a phone.
const LONGEST_NAME: usize = 30;

/// More cores than this are no row of lines.
const MOST_LINES: u64 = 8;

impl Threads<'_> {
    /// Draws them: a picture with its numbers below.
    pub fn draw(&self) -> String {
        let title = escape::text(&format!("{} over time", self.title));
        let mut out = format!("<p>{title}. {}</p>\n", self.key());
        let (rows, height) = self.rows();
        let _ = writeln!(
            out,
            "<svg class=\"timeline\" role=\"img\" overflow=\"visible\" width=\"100%\" height=\"{height}\" font-size=\"12\" fill=\"currentColor\">\
             <title>{title}</title><desc>{}</desc>{rows}</svg>",
            escape::text(&self.sentences())
        );
        out.push_str("<details class=\"data\"><summary>Data</summary>\n");
        out.push_str(&self.table());
        out.push_str("</details>\n");
        let said = self.provisos();
        let notes = Some(said.as_str()).filter(|said| !said.is_empty()).into_iter().chain(self.notes.iter().copied());
        framed(&out, &notes.collect::<Vec<_>>())
    }

    /// The rows of the picture, and its height in px.
    fn rows(&self) -> (String, u64) {
        let Timeline { lanes, length, cores, .. } = self.timeline;
        let (mut paths, mut texts, mut y) = (Paths::new(*length), String::new(), 0);
        for lane in lanes {
            self.head(&lane.name, &format!("ran {}", time(lane.totals.running)), y, &mut texts);
            texts.push_str(&spans(lane, *length, y + TEXT));
            y += row_height(lane) + TEXT;
            paths.lane(lane, y);
            y += 8;
        }
        let average = Unit::Number.format(self.timeline.cores_used(), Some(0.5));
        self.head("cores in use", &format!("{average} on average"), y, &mut texts);
        let base = y + TEXT + 2 + STRIP;
        let full = self.full();
        let used = strip(cores, *length, base, STRIP as f64 / full as f64 / 4.0);
        let axis = self.axis(base, &mut texts);
        let lines = if full <= MOST_LINES { full } else { 1 };
        let lines: String = (0..=lines)
            .map(|line| format!("M0 {}H1000", coordinate(base as f64 - (line * STRIP) as f64 / lines as f64)))
            .collect();
        let height = base + TEXT + 4;
        let picture = format!(
            "<svg viewBox=\"0 0 1000 {height}\" height=\"{height}\" preserveAspectRatio=\"none\" overflow=\"visible\" fill=\"none\" stroke=\"currentColor\">\
             <g stroke-opacity=\".25\"><path vector-effect=\"non-scaling-stroke\" d=\"{axis}\"/></g>{}\
             <path class=\"s1\" color=\"{}\" fill=\"currentColor\" stroke=\"none\" d=\"{used}\"/>\
             <g stroke-opacity=\".25\"><path vector-effect=\"non-scaling-stroke\" d=\"{lines}\"/></g></svg>",
            paths.draw(),
            COLOURS[1]
        );
        (picture + &texts, height)
    }

    /// What stands above a row, at its two ends.
    fn head(&self, name: &str, figure: &str, y: u64, out: &mut String) {
        let (name, y) = (escape::text(&shortened(name, LONGEST_NAME)), y + 12);
        let _ =
            write!(out, "<text y=\"{y}\">{name}</text><text x=\"100%\" y=\"{y}\" text-anchor=\"end\">{figure}</text>");
    }

    /// How many cores the height of their picture stands for.
    fn full(&self) -> u64 {
        let cores = self.cores as u64;
        self.timeline.most.max(if cores <= MOST_LINES { cores } else { 0 }).max(1)
    }

    /// The lines of the axis of time, which end at `base`; and its marks below them.
    fn axis(&self, base: u64, texts: &mut String) -> String {
        let length = self.timeline.length as f64 * 1000.0;
        let mut lines = String::new();
        for mark in marks_within(length) {
            let share = mark / length;
            let anchor = match share {
                0.0 => "start",
                0.94.. => "end",
                _ => "middle",
            };
            if share > 0.0 {
                let _ = write!(lines, "M{} 0V{base}", coordinate(share * 1000.0));
            }
            let _ = write!(
                texts,
                "<text x=\"{}%\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
                coordinate(share * 100.0),
                base + TEXT,
                Unit::Time.mark(mark, length)
            );
        }
        lines
    }

    /// How it was recorded, and what the signs in the picture mean.
    fn key(&self) -> &'static str {
        if self.timeline.lanes.iter().any(|lane| !lane.spans.is_empty()) {
            "One extra run, traced by the kernel’s context-switch records. Bars: running; stripes: ready, but without a core; \
             lines: waiting; outlines: what the program said that it did."
        } else {
            "One extra run, traced by the kernel’s context-switch records. Bars: running; stripes: ready, but without a core; \
             lines: waiting."
        }
    }

    /// The picture in sentences.
    fn sentences(&self) -> String {
        let Timeline { lanes, length, most, .. } = self.timeline;
        let average = Unit::Number.format(self.timeline.cores_used(), Some(0.5));
        let lanes: String = lanes.iter().map(|lane| format!("{} ", course(lane))).collect();
        let at_once = if *most == 1 { "one thread".to_owned() } else { format!("{most} threads") };
        format!("{} long. {lanes}At most {at_once} ran at once, {average} on average.", time(*length))
    }

    /// What has to be known about the picture, in sentences.
    fn provisos(&self) -> String {
        let Timeline { lanes, cropped, more, grain, unshown, lost, cut, .. } = self.timeline;
        let is_mixed = lanes
            .iter()
            .flat_map(|lane| &lane.marks)
            .any(|mark| !matches!((mark.running, mark.ready), (4, 0) | (0, 0 | 4)));
        let mut said = Vec::new();
        if *cropped > 0 {
            said.push(format!("Left out: the first {}, in which the program starts.", time(*cropped)));
        }
        if is_mixed {
            said.push(format!("Pieces shorter than {} are drawn together, as high as their shares.", time(*grain)));
        }
        if *more > 0 {
            said.push(format!("Not shown: {}, which ran for less.", counted(*more, "more thread")));
        }
        if *unshown > 0 {
            said.push(format!("Not shown: {}, which are shorter.", counted(*unshown, "more span")));
        }
        if *lost > 0 {
            said.push(format!("The kernel lost {}, so some of it may be wrong.", counted(*lost, "record")));
        }
        if *cut {
            said.push("It ends before the program does, since too much happened to keep all of it.".to_owned());
        }
        said.join(" ")
    }

    /// The numbers of the picture: a row for each thread.
    fn table(&self) -> String {
        let lanes = &self.timeline.lanes;
        let several = lanes.iter().any(|lane| lane.process > 1);
        let process = if several { "<th scope=\"col\" class=\"num\">process</th>" } else { "" };
        let mut out = format!(
            "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Data\"><table>\n<thead><tr><th scope=\"col\">thread</th>{process}\
             <th scope=\"col\" class=\"num\">ran</th><th scope=\"col\" class=\"num\">ready</th><th scope=\"col\" class=\"num\">waited</th>\
             <th scope=\"col\" class=\"num\">turns</th></tr></thead>\n<tbody>\n"
        );
        for Lane { name, process, totals, .. } in lanes {
            let process = if several { process.to_string() } else { String::new() };
            let figures =
                [process, time(totals.running), time(totals.ready), time(totals.waiting), totals.turns.to_string()];
            let figures = figures.iter().filter(|figure| !figure.is_empty());
            let figures: String = figures.map(|figure| format!("<td class=\"num\">{figure}</td>")).collect();
            let _ = writeln!(out, "<tr><th scope=\"row\">{}</th>{figures}</tr>", escape::text(name));
        }
        out.push_str("</tbody></table></div>\n");
        out
    }
}

/// What a thread did, in a sentence; what took less than a hundredth of its life is left out.
fn course(lane: &Lane) -> String {
    let totals = lane.totals;
    let life = totals.running + totals.ready + totals.waiting;
    let parts = [("ran for", totals.running), ("was ready for", totals.ready), ("waited for", totals.waiting)];
    let parts = parts.iter().filter(|(_, part)| *part > 0 && part.saturating_mul(100) >= life);
    let parts: Vec<String> = parts.map(|(verb, part)| format!("{verb} {}", time(*part))).collect();
    format!("{} {}.", lane.name, if parts.is_empty() { "did nothing".to_owned() } else { parts.join(", ") })
}

/// A duration in µs as people write it, with three digits.
fn time(microseconds: u64) -> String {
    let ns = microseconds as f64 * 1000.0;
    if microseconds == 0 { "0".to_owned() } else { Unit::Time.format(ns, Some(ns / 10.0)) }
}

fn counted(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
