//! The tally of what a cell did in many trials.

use super::bars::{Row, table};
use super::unit::grouped;
use super::{MISSING, Measured, framed};

/// How often each outcome came.
#[derive(Debug, Clone, Copy)]
pub struct Tally<'a> {
    /// What was tried, in a few words, as text.
    pub title: &'a str,
    /// The outcomes in order, as HTML that is safe, with how often each came.
    pub outcomes: &'a [(&'a str, u64)],
    /// The number of trials.
    pub total: u64,
    /// What must be said of the trials, a sentence each.
    pub notes: &'a [&'a str],
}

/// The quantile of the normal distribution that leaves 2.5 % above it.
const Z: f64 = 1.959_964;

impl Tally<'_> {
    /// Draws a table with a bar for each outcome: its share and the interval of its probability.
    pub fn draw(&self) -> String {
        let (title, total) = (super::escape::text(self.title), grouped(self.total as f64, 0));
        let caption = format!("{title}: outcomes of {total} trials, with the 95 % interval of each one’s probability.");
        let columns = [("Outcome", ""), ("Count", "num"), ("Share", "num"), ("95 % interval", "num ci")]
            .map(|(name, class)| (name.to_owned(), class));
        let rows: Vec<Row> = self.outcomes.iter().map(|(html, count)| self.row(html, *count)).collect();
        framed(&table("tally", &caption, &columns, "Probability", &rows), self.notes)
    }

    fn row(&self, html: &str, count: u64) -> Row {
        let share = (self.total > 0)
            .then(|| Measured { value: count as f64 / self.total as f64, interval: Some(wilson(count, self.total)) });
        let texts = share.map_or([MISSING.to_owned(), MISSING.to_owned()], percent);
        let [share_text, interval] = texts;
        let cells = vec![grouped(count as f64, 0), share_text, interval];
        Row { head: html.to_owned(), cells, bar: share, colour: 1 }
    }
}

/// The score interval with a confidence of 95 % of the probability of what came `count` times in `total`. E. B. Wilson,
/// "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209–212.
fn wilson(count: u64, total: u64) -> (f64, f64) {
    let n = total as f64;
    let share = (count as f64 / n).min(1.0);
    let z2 = Z * Z / n;
    let centre = (share + z2 / 2.0) / (1.0 + z2);
    let half_width = (z2 * share * (1.0 - share) + z2 * z2 / 4.0).sqrt() / (1.0 + z2);
    // At none and at all, the end is 0 and 1 but for rounding.
    ((centre - half_width).max(0.0), (centre + half_width).min(1.0))
}

/// A share and its interval in percent, to the second digit of the half-width.
fn percent(share: Measured) -> [String; 2] {
    let (low, high) = share.ends();
    let last = super::unit::magnitude(50.0 * (high - low)) - 1;
    let text = |share: f64| grouped(100.0 * share, last.clamp(-6, 0));
    [format!("{} %", text(share.value)), format!("{}–{} %", text(low), text(high))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I.
        for (count, total, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let interval = wilson(count, total);
            assert!(
                (interval.0 - low).abs() < 5e-5 && (interval.1 - high).abs() < 5e-5,
                "{count}/{total}: {interval:?}"
            );
        }
        assert!(wilson(20, 20).1 >= 1.0);
    }

    #[test]
    fn shares_have_the_digits_that_the_number_of_trials_supports() {
        for (count, total, share, interval) in [
            (3, 1000, "0.30 %", "0.10–0.88 %"),
            (997, 1000, "99.70 %", "99.12–99.90 %"),
            (500, 1000, "50.0 %", "46.9–53.1 %"),
            (3, 10, "30 %", "11–60 %"),
            (1000, 1000, "100.00 %", "99.62–100.00 %"),
            (1, 1, "100 %", "21–100 %"),
            (0, 0, "–", "–"),
        ] {
            let tally = Tally { title: "", outcomes: &[], total, notes: &[] };
            let row = tally.row("x", count);
            assert_eq!(row.cells[1..], [share, interval].map(|text| text.replace(' ', "\u{a0}")), "{count} of {total}");
        }
    }

    #[test]
    fn a_tally_in_full() {
        let outcomes = [("<samp>2000</samp>", 11_997), ("deadlock", 3)];
        let html = Tally { title: "a<b", outcomes: &outcomes, total: 12_000, notes: &["One & two."] }.draw();
        assert!(html.contains("<caption>a&lt;b: outcomes of 12,000 trials, "), "{html}");
        assert!(html.contains("<th scope=\"row\"><samp>2000</samp></th><td class=\"num\">11,997</td>"), "{html}");
        assert!(html.contains("<p>One &amp; two.</p>"), "{html}");
        assert_eq!(html.matches("<svg").count(), 2);
    }
}
