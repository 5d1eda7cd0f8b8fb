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
            head(&lane.name, &format!("ran {}", time(lane.totals.running)), y, &mut texts);
            texts.push_str(&spans(lane, *length, y + TEXT));
            y += row_height(lane) + TEXT;
            paths.lane(lane, y);
            y += 8;
        }
        let average = Unit::Number.format(self.timeline.cores_used(), Some(0.5));
        head("cores in use", &format!("{average} on average"), y, &mut texts);
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
        let Timeline { lanes, cropped, more, grain, unshown, lost, cut, foreign, length, .. } = self.timeline;
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
        if *foreign > length * self.cores as u64 / 20 {
            said.push("Others used the machine meanwhile, so some of the stripes are theirs.".to_owned());
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
                [process, time(totals.running), time(totals.ready), time(totals.waiting()), totals.turns.to_string()];
            let figures = figures.iter().filter(|figure| !figure.is_empty());
            let figures: String = figures.map(|figure| format!("<td class=\"num\">{figure}</td>")).collect();
            let _ = writeln!(out, "<tr><th scope=\"row\">{}</th>{figures}</tr>", escape::text(name));
        }
        out.push_str("</tbody></table></div>\n");
        out
    }
}

/// What stands above a row, at its two ends.
fn head(name: &str, figure: &str, y: u64, out: &mut String) {
    let (name, y) = (escape::text(&shortened(name, LONGEST_NAME)), y + 12);
    let _ = write!(out, "<text y=\"{y}\">{name}</text><text x=\"100%\" y=\"{y}\" text-anchor=\"end\">{figure}</text>");
}

/// What a thread did, in a sentence; what took less than a hundredth of its life is left out.
fn course(lane: &Lane) -> String {
    let totals = lane.totals;
    let life = totals.running + totals.ready + totals.waiting();
    let parts = [("ran for", totals.running), ("was ready for", totals.ready), ("waited for", totals.waiting())];
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

#[cfg(test)]
mod tests {
    use super::super::tests::{check, texts};
    use super::*;
    use crate::cells::timeline::{Mark, Span, Totals, from_text};

    const TWO: &str = include_str!("../../cells/timeline/testdata/two.trace");
    const GIL: &str = include_str!("../../cells/timeline/testdata/gil.trace");

    fn draw(timeline: &Timeline) -> String {
        let html = Threads { title: "Threads of <two>", timeline, cores: 2, notes: &["A note."] }.draw();
        check(&html);
        html
    }

    fn read(text: &str) -> Timeline {
        from_text(text).unwrap().unwrap()
    }

    #[test]
    fn what_was_recorded_is_drawn() {
        assert_eq!(draw(&read(TWO)), include_str!("testdata/two.html"));
        assert_eq!(draw(&read(GIL)), include_str!("testdata/gil.html"));
    }

    #[test]
    fn a_picture_is_told_in_sentences_and_in_a_table() {
        let html = draw(&read(TWO));
        let document = roxmltree::Document::parse(&html).unwrap();
        assert_eq!(texts(&document, "title"), ["Threads of <two> over time"]);
        assert_eq!(
            texts(&document, "desc"),
            ["36.9 ms long. main ran for 914 µs, waited for 36.0 ms. \
              left ran for 18.9 ms, was ready for 9.12 ms, waited for 5.08 ms. \
              right ran for 22.9 ms, was ready for 4.24 ms, waited for 8.87 ms. \
              thread 1 ran for 4.06 ms, was ready for 987 µs, waited for 28.3 ms. \
              At most 2 threads ran at once, 1.27 on average."]
        );
        assert_eq!(texts(&document, "tr")[..2], ["threadranreadywaitedturns", "main914 µs036.0 ms2"]);
        let shown = texts(&document, "text");
        for text in ["main", "ran 18.9 ms", "cores in use", "1.27 on average", "first", "inner", "0", "10 ms", "30 ms"]
        {
            assert!(shown.iter().any(|shown| shown == text), "{text} in {shown:?}");
        }
    }

    #[test]
    fn what_the_picture_does_not_show_is_said() {
        let timeline = Timeline {
            length: 100,
            cropped: 48_000,
            lanes: vec![Lane {
                name: "main".to_owned(),
                marks: vec![Mark { length: 100, running: 1, ready: 2, ..Mark::default() }],
                ..Lane::default()
            }],
            more: 1,
            grain: 400,
            unshown: 2,
            lost: 3,
            cut: true,
            foreign: 60,
            ..Timeline::default()
        };
        let html = draw(&timeline);
        let document = roxmltree::Document::parse(&html).unwrap();
        assert_eq!(
            texts(&document, "p")[1..],
            [
                "Left out: the first 48.0 ms, in which the program starts. \
              Pieces shorter than 400 µs are drawn together, as high as their shares. \
              Not shown: 1 more thread, which ran for less. Not shown: 2 more spans, which are shorter. \
              The kernel lost 3 records, so some of it may be wrong. \
              It ends before the program does, since too much happened to keep all of it. \
              Others used the machine meanwhile, so some of the stripes are theirs.",
                "A note."
            ]
        );
        assert_eq!(
            texts(&document, "p")[0],
            format!(
                "Threads of <two> over time. {}",
                Threads { title: "", timeline: &timeline, cores: 1, notes: &[] }.key()
            )
        );
        assert!(texts(&document, "desc")[0].contains("main did nothing."), "its totals are zero");
    }

    #[test]
    fn odd_timelines_are_drawn_all_the_same() {
        let huge = Mark { length: u64::MAX, running: u64::MAX, ready: u64::MAX, ..Mark::default() };
        let span = Span { name: "x".to_owned(), start: 9, end: 3 };
        let totals = Totals { running: u64::MAX / 4, ..Totals::default() };
        let lane = Lane {
            name: String::new(),
            start: 5,
            marks: vec![huge, huge],
            spans: vec![span],
            totals,
            ..Lane::default()
        };
        let odd = Timeline { length: 1, lanes: vec![lane.clone()], cores: vec![huge], ..Timeline::default() };
        draw(&odd);
        draw(&Timeline { most: u64::MAX / 8, ..odd });
        draw(&Timeline::default());
    }

    /// A timeline may cost a page 3 kB when it is sent (brotli). That of this test, with as much as is ever kept and nothing
    /// of it alike, then had 3.0 kB.
    #[test]
    fn a_timeline_is_small() {
        let random = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let mark = |n: u64| Mark {
            length: 500 + random(n) % 2000,
            running: random(n + 1) % 5,
            ready: random(n + 2) % 3,
            ..Mark::default()
        };
        let lane = |at: u64| Lane {
            name: format!("worker {at}"),
            threads: 1,
            process: 1,
            start: random(at) % 3000,
            marks: (0..16).map(|n| mark(1000 * at + n)).collect(),
            totals: Totals {
                running: random(at),
                ready: random(at + 50),
                thread: random(at + 90),
                turns: random(at) % 999,
                ..Totals::default()
            },
            spans: (0..if at < 12 { 3 } else { 0 })
                .map(|n| Span { name: "phase".to_owned(), start: 9000 * n, end: 9000 * n + 8000 })
                .collect(),
        };
        let timeline = Timeline {
            length: 30_000,
            lanes: (0..14).map(lane).collect(),
            cores: (0..80).map(|n| Mark { length: 375, running: random(n) % 9, ..Mark::default() }).collect(),
            most: 2,
            ..Timeline::default()
        };
        let html = draw(&timeline);
        assert!(html.len() <= 17_500, "{} bytes", html.len());
    }
}
