//! A picture that grows downwards. Lines are in a picture that is 1000 wide, texts in one whose width is not known.

use std::fmt::Write;

use super::super::axis::marks_within;
use super::super::labels::{fitting, shortened};
use super::super::{COLOURS, Unit, coordinate, escape};
use super::pens::Pens;
use super::said::Said;

/// How high a line of text is, px.
pub(super) const TEXT: u64 = 17;

/// The most characters beside a figure for which there is room on a phone.
const LONGEST: usize = 23;

/// How many characters a phone has room for.
const PHONE: f64 = 38.0;

/// What was drawn so far.
#[derive(Default)]
pub(super) struct Sheet {
    /// How high it is, px.
    pub(super) y: u64,
    /// What threads did.
    pub(super) pens: Pens,
    /// What the program said that it did.
    pub(super) said: Said,
    /// An area: how many threads ran at once.
    pub(super) area: String,
    /// Lines of axes: of time below everything, of cores above their area.
    grid: String,
    pub(super) levels: String,
    /// What is under the lens, and its edges.
    pub(super) shade: String,
    pub(super) edges: String,
    /// Who ended whose wait.
    pub(super) arrows: String,
    texts: String,
}

impl Sheet {
    /// A line of text over a part of the picture.
    pub(super) fn title(&mut self, text: &str) {
        let _ = write!(self.texts, "<text y=\"{}\" font-style=\"italic\">{}</text>", self.y + 12, escape::text(text));
        self.y += TEXT + 3;
    }

    /// What stands above a row: its name, what is said of that, and a figure at the right.
    pub(super) fn head(&mut self, name: &str, more: &str, figure: &str) {
        let name = escape::text(&shortened(name, LONGEST.saturating_sub(more.chars().count()).max(8)));
        let y = self.y + 12;
        let _ = write!(
            self.texts,
            "<text y=\"{y}\"><tspan font-weight=\"600\">{name}</tspan>{more}</text>\
             <text x=\"100%\" y=\"{y}\" text-anchor=\"end\">{figure}</text>"
        );
        self.y += TEXT;
    }

    /// The lines of an axis of time, which is `length` ns long, from `top` to `base`; and its marks below them.
    pub(super) fn axis(&mut self, length: f64, top: u64, base: u64) {
        let marks = marks_within(length);
        let last = marks.last().copied();
        // The unit stands beside the last number alone, so that there is room for the others on a phone.
        let label = |&mark: &f64| {
            let text = Unit::Time.mark(mark, length);
            let number = text.split(' ').next().unwrap_or_default().to_owned();
            (mark / length, if Some(mark) == last { text } else { number })
        };
        let labels: Vec<(f64, String)> = marks.iter().map(label).collect();
        let middle = |(share, text): &(f64, String)| {
            let count = text.chars().count();
            (*share, share + (0.5 - anchor(*share).1) * count as f64 / PHONE, count)
        };
        let fits = fitting(&labels.iter().map(middle).collect::<Vec<_>>(), PHONE);
        for ((share, text), fits) in labels.iter().zip(fits) {
            if *share > 0.0 {
                let _ = write!(self.grid, "M{} {top}V{base}", coordinate(share * 1000.0));
            }
            if fits {
                let (x, y, anchor) = (coordinate(share * 100.0), base + TEXT - 2, anchor(*share).0);
                let _ = write!(self.texts, "<text x=\"{x}%\" y=\"{y}\"{anchor}>{text}</text>");
            }
        }
        self.y = base + TEXT + 2;
    }

    /// The inside of an SVG that is as high as this.
    pub(super) fn draw(&self) -> String {
        let Sheet { y, pens, said, area, grid, levels, shade, edges, arrows, texts } = self;
        let path = |attributes: &str, path: &str| match path {
            "" => String::new(),
            path => format!("<path vector-effect=\"non-scaling-stroke\" {attributes} d=\"{path}\"/>"),
        };
        let pale = |d: &str| path("stroke=\"currentColor\" stroke-opacity=\".2\"", d);
        // Paler than a thread, with an edge that is seen.
        let area = path("stroke=\"currentColor\" fill=\"currentColor\" fill-opacity=\".4\"", area);
        let names = if said.is_empty() { String::new() } else { format!("<g>{}</g>", said.names) };
        format!(
            "<svg viewBox=\"0 0 1000 {y}\" height=\"{y}\" preserveAspectRatio=\"none\" overflow=\"visible\" fill=\"none\">\
             {}{}{}<g class=\"s1\" color=\"{}\">{area}</g>{}{}{}</svg>{arrows}{names}{texts}",
            path("fill=\"currentColor\" fill-opacity=\".1\"", shade),
            pale(grid),
            pens.draw(),
            COLOURS[1],
            pale(levels),
            said.draw(),
            path("stroke=\"currentColor\" stroke-opacity=\".7\"", edges),
        )
    }
}

/// Where a mark of an axis has its text: an attribute, and the share of the text that lies before it.
fn anchor(share: f64) -> (&'static str, f64) {
    match share {
        0.0 => ("", 0.0),
        0.92.. => (" text-anchor=\"end\"", 1.0),
        _ => (" text-anchor=\"middle\"", 0.5),
    }
}

/// A duration in ns as people write it, with three digits.
pub(super) fn time(ns: f64) -> String {
    if ns == 0.0 { "0".to_owned() } else { Unit::Time.format(ns, Some(ns / 10.0)) }
}
