//! Text in lines that may be wide and many.

use std::fmt::Write;

/// Lines longer than this, in characters, may have to be scrolled in a window of 320 px; keys must be able to do that.
const PHONE_COLUMNS: usize = 30;

/// What lets keys scroll a block that may be too wide.
pub(super) fn focus(text: &str) -> &'static str {
    if text.lines().any(|line| line.chars().count() > PHONE_COLUMNS) { " tabindex=\"0\"" } else { "" }
}

/// How many of some lines or rows stand openly where so many are wanted.
pub(super) fn openly(all: usize, wanted: usize) -> usize {
    // Two more take less room than the summary that would hide them.
    if all > wanted.saturating_add(2) { wanted } else { all }
}

/// A block of output, what is beyond the wanted number of lines behind a summary.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'a> {
    /// `out` or `err`.
    pub(super) class: &'a str,
    /// What it is, with a capital: `Output`.
    pub(super) label: &'a str,
    /// The cell whose output it is.
    pub(super) id: &'a str,
    /// How many lines stand openly.
    pub(super) open: usize,
}

impl Block<'_> {
    /// Draws a text whose HTML has the same lines; no element of it may cross the end of one.
    pub(super) fn draw(&self, text: &str, html: &str) -> String {
        let lines: Vec<&str> = html.split('\n').collect();
        let (open, more) = lines.split_at(openly(lines.len(), self.open));
        let pre = |lines: &[&str], label: &str| {
            let Block { class, id, .. } = self;
            let (focus, body) = (focus(text), lines.join("\n"));
            format!(
                "<pre class=\"{class}\"{focus} role=\"group\" aria-label=\"{label} of {id}\"><samp>{body}\n</samp></pre>\n"
            )
        };
        let mut out = if open.is_empty() { String::new() } else { pre(open, self.label) };
        if !more.is_empty() {
            let rest = pre(more, &format!("More of the {}", self.label.to_lowercase()));
            let _ =
                write!(out, "<details class=\"more\"><summary>{} more lines</summary>\n{rest}</details>\n", more.len());
        }
        out
    }
}
