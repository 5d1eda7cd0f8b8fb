//! The figure of a cell: its code, what it printed, and what was measured.

mod badges;
mod group;
mod headline;
mod output;
mod playground;
mod provenance;
mod run;
mod status;
mod strip;
mod timeline;

use std::fmt::Write;

pub use group::Charts;
pub use headline::{Headline, HeadlineBar};

use self::status::Status;
use super::block::focus;
use super::{CellSummary, Highlighter, escape, mark_lines};
use crate::cells::{Answer, Assembled, Cell, Machine, Relocation, Show, Verb};
use crate::markdown::Fence;
use crate::source::{Diagnostics, SitePath};

/// A cell and what it has to show.
#[derive(Debug, Clone)]
pub struct Figure<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// Its program; nothing for a `lib` cell.
    pub assembled: Option<&'a Assembled>,
    /// What it did; nothing for a `lib` cell, and for one that went wrong.
    pub answer: Option<&'a Answer>,
    /// The machine that the page is built on, if anybody looked.
    pub here: Option<Machine>,
    /// The chart of its sweep, as HTML.
    pub chart: Option<String>,
    /// The comparison of its group, as HTML, if that stands below it.
    pub comparison: Option<String>,
}

/// What figures are drawn on.
pub(super) struct Canvas<'a> {
    /// The HTML.
    pub(super) out: String,
    /// Files that are published beside the page, by their names.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// What was wrong with what cells show.
    pub(super) diagnostics: Diagnostics,
    /// Colours code.
    pub(super) highlighter: &'a Highlighter<'a>,
    /// The URL of the folder of those files, from the root of the host, with a slash at its end.
    pub(super) folder: &'a str,
    /// The path of the post below `content/`, without extension.
    pub(super) post: &'a SitePath,
    /// The URL of the file with all that was measured on the page, from the root of the host.
    pub(super) results: &'a str,
    /// Whether the site trusts the HTML of its cells.
    pub(super) trusted: bool,
}

/// Draws a code block that is only shown.
pub(super) fn plain(fence: &Fence, highlighter: &Highlighter<'_>) -> String {
    let info = fence.info.as_ref().map_or("", |info| info.text());
    let language = language_of(info);
    let class = if language.is_empty() {
        String::new()
    } else {
        format!(" class=\"language-{}\"", escape::attribute(language))
    };
    let html = highlighter.html(language, &fence.code);
    format!("<pre class=\"code\"{}><code{class}>{html}</code></pre>\n", focus(&fence.code))
}

/// The language of a fence of any tool's: `rust,ignore`, `rust {hl_lines=3}`, `rust{1,3}`, `{.rust}`.
fn language_of(info: &str) -> &str {
    let info = info.trim_start_matches(['{', '.', ' ']);
    &info[..info.find([',', ' ', '\t', '{', '}', ':']).unwrap_or(info.len())]
}

impl<'a> Figure<'a> {
    /// The figure of a cell without any chart.
    pub fn new(
        cell: &'a Cell,
        assembled: Option<&'a Assembled>,
        answer: Option<&'a Answer>,
        here: Option<Machine>,
    ) -> Self {
        Figure { cell, assembled, answer, here, chart: None, comparison: None }
    }
}

impl Figure<'_> {
    /// Draws it. The comparison of its group stands below it, if this is the last cell of that.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>) {
        if self.cell.verb == Verb::Lib && self.cell.options.echo == Show::Hidden {
            return;
        }
        let class = match self.answer {
            Some(Answer::Recorded(record)) if Status::of(self.cell, record).good => "ok",
            Some(Answer::Recorded(_)) => "err",
            Some(Answer::NotRun { .. }) => "skip",
            None => "lib",
        };
        let _ = writeln!(canvas.out, "<figure class=\"cell {class}\" id=\"{}\">", self.cell.anchor);
        self.caption(&mut canvas.out);
        self.source(canvas);
        match self.answer {
            Some(Answer::Recorded(record)) => {
                self.output(record, canvas);
                timeline::draw(self.cell, record, canvas);
                if let Some(chart) = &self.chart {
                    canvas.out.push_str(chart);
                }
                strip::draw(self.cell, record, canvas);
                run::draw(self, record, None, canvas);
            }
            Some(Answer::NotRun { why, earlier: Some(record) }) => {
                self.output(record, canvas);
                run::draw(self, record, Some(why), canvas);
            }
            Some(Answer::NotRun { why, earlier: None }) => {
                let why = escape::text(why);
                let _ = writeln!(
                    canvas.out,
                    "<div class=\"run\"><span class=\"badge skip\">not run</span> <span>{why}</span></div>"
                );
            }
            None => {}
        }
        canvas.out.push_str("</figure>\n");
        if let Some(comparison) = &self.comparison {
            canvas.out.push_str(comparison);
        }
    }

    /// What lists say of the cell.
    pub(super) fn summary(&self) -> CellSummary {
        let Cell { id, verb, language, info, .. } = self.cell;
        CellSummary { id: id.clone(), verb: verb.name(), language: language.names[0].clone(), line: info.line() }
    }

    fn caption(&self, out: &mut String) {
        let Cell { id, anchor, language, options, .. } = self.cell;
        let _ = write!(out, "<figcaption><b>{}</b> <a href=\"#{anchor}\">{id}</a>", escape::text(&language.title));
        if let Some(caption) = &options.caption {
            let _ = write!(out, " <span class=\"caption\">{}</span>", escape::text(caption));
        }
        if let Some(url) = self.assembled.and_then(|assembled| playground::url(self.cell, assembled)) {
            let _ = write!(out, " <a class=\"play\" href=\"{}\">Playground</a>", escape::attribute(&url));
        }
        out.push_str("</figcaption>\n");
    }

    /// The code that readers see, if they see any.
    pub(super) fn code(&self) -> Option<String> {
        Some(self.cell.shown()).filter(|code| self.cell.options.echo != Show::Hidden && !code.trim().is_empty())
    }

    fn source(&self, canvas: &mut Canvas<'_>) {
        let Some(code) = self.code() else { return };
        let (title, id) = (escape::attribute(&self.cell.language.title), &self.cell.id);
        let html = canvas.highlighter.html(&self.cell.language.names[0], &code);
        let html = mark_lines(&html, &self.cell.options.highlighted);
        let pre = format!(
            "<pre class=\"src\"{} role=\"group\" aria-label=\"{title} source of {id}\"><code>{html}</code></pre>\n",
            focus(&code)
        );
        fold(self.cell.options.echo, "Show the code", &pre, &mut canvas.out);
    }

    /// A message about the program's file, said about the lines that readers see.
    fn for_readers(&self, text: &str, drawing: bool) -> String {
        let Some(assembled) = self.assembled else { return text.to_owned() };
        let line = |line: usize| self.shown_line(assembled, line);
        let relocation = Relocation { file: &assembled.program.file, name: &assembled.program.file, line: &line };
        if drawing { relocation.drawings(text) } else { relocation.text(text) }
    }

    /// The number that a line of the program's file has among those that readers see.
    fn shown_line(&self, assembled: &Assembled, line: usize) -> Option<usize> {
        let origin = assembled.origin.get(line.checked_sub(1)?)?.as_ref()?;
        let at = self.cell.lines.iter().position(|line| line.span == *origin)?;
        let shown = self.cell.lines[..=at].iter().filter(|line| line.shown.is_some()).count();
        Some(shown.max(1))
    }
}

/// Shows a part openly, behind a summary, or not at all.
fn fold(show: Show, summary: &str, part: &str, out: &mut String) {
    match show {
        Show::Open => out.push_str(part),
        Show::Folded => {
            let _ = write!(out, "<details class=\"fold\"><summary>{summary}</summary>\n{part}</details>\n");
        }
        Show::Hidden => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_other_tools_info_strings() {
        for (info, language) in [
            ("rust", "rust"),
            ("rust,ignore", "rust"),
            ("rust {hl_lines=3}", "rust"),
            ("rust{1,3-5}", "rust"),
            ("{.rust}", "rust"),
            ("{r, eval=TRUE}", "r"),
            ("c++", "c++"),
            ("rust:main.rs", "rust"),
            ("", ""),
        ] {
            assert_eq!(language_of(info), language, "{info}");
        }
    }
}
