//! A part of a timeline as under a lens: below the whole, and as wide.

use std::fmt::Write;

use super::super::{Unit, coordinate};
use super::GAP;
use super::sheet::{Sheet, time};
use super::state::BAR;
use crate::cells::timeline::{Row, Wake, Zoom};

/// How high the lines are that lead from the part to its picture, px.
const FAN: u64 = 14;

impl Zoom {
    /// Draws it below the whole, whose length is given in µs, and the edges of the lens over that, from `top` to `base`.
    pub(super) fn draw(&self, length: u64, (top, base): (u64, u64), sheet: &mut Sheet) {
        let place = |ns: u64| coordinate((ns as f64 / length.max(1) as f64).min(1000.0));
        let (from, to) = (place(self.start), place(self.start.saturating_add(self.length)));
        let (fan, end) = (sheet.y, sheet.y + FAN);
        let _ = write!(sheet.shade, "M{from} {top}V{base}H{to}V{top}zM{from} {fan}L0 {end}H1000L{to} {fan}z");
        let _ =
            write!(sheet.edges, "M{from} {top}V{base}M{to} {top}V{base}M{from} {fan}L0 {end}M{to} {fan}L1000 {end}");
        let begin = Unit::Time.format(self.start as f64, Some(self.length as f64 / 10.0));
        sheet.y = end + 4;
        sheet.title(&format!("Under the lens: {} from {begin} on", time(self.length as f64)));
        let top = sheet.y;
        let mut bases = Vec::new();
        for row in &self.rows {
            sheet.head(&row.name, "", &format!("ran {}", time(row.ran())));
            sheet.y += BAR;
            sheet.pens.row(row.start, &row.marks, self.length, sheet.y);
            bases.push(sheet.y);
            sheet.y += GAP;
        }
        sheet.axis(self.length as f64, top, sheet.y);
        let arrows: String = self.wakes.iter().filter_map(|wake| self.arrow(wake, &bases)).collect();
        if !arrows.is_empty() {
            let _ = write!(sheet.arrows, "<g fill=\"none\" stroke=\"currentColor\">{arrows}</g>");
        }
    }

    /// The arrow from the thread that ended a wait to the one that had waited.
    fn arrow(&self, wake: &Wake, bases: &[u64]) -> Option<String> {
        let base = |row: u64| bases.get(usize::try_from(row).ok()?);
        let (by, of) = (*base(wake.by)?, *base(wake.of)?);
        let share = coordinate(wake.at.min(self.length) as f64 / self.length.max(1) as f64 * 100.0);
        let path = match by.cmp(&of) {
            std::cmp::Ordering::Less => format!("M0 {by}V{}m-3-5l3 5 3-5", of - BAR),
            std::cmp::Ordering::Greater => format!("M0 {}V{of}m-3 5l3-5 3 5", by - BAR),
            std::cmp::Ordering::Equal => return None,
        };
        Some(format!("<svg x=\"{share}%\" overflow=\"visible\"><path d=\"{path}\"/></svg>"))
    }
}

impl Row {
    /// How long it ran, ns.
    fn ran(&self) -> f64 {
        self.marks.iter().map(|mark| mark.length as f64 * mark.running.min(4) as f64 / 4.0).sum()
    }
}
