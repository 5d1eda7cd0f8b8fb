//! The figure of a cell: its code, what it printed, and what was measured.

use std::fmt::Write;

use super::{CellSummary, Highlighter, ansi, escape};
use crate::cells::{
    Answer, Assembled, Cell, Exit, Record, Relocation, Show, Summary, Verb, format_bytes, format_ns,
    statistics::half_width,
};
use crate::markdown::Fence;

/// A cell and what it has to show.
#[derive(Debug, Clone, Copy)]
pub struct Figure<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// Its program; nothing for a `lib` cell.
    pub assembled: Option<&'a Assembled>,
    /// What it did; nothing for a `lib` cell, and for one that went wrong.
    pub answer: Option<&'a Answer>,
}

/// Lines of code longer than this, in characters, may have to be scrolled on a phone; keys must be able to do that.
const PHONE_COLUMNS: usize = 36;

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

/// What lets keys scroll a block that may be too wide.
fn focus(text: &str) -> &'static str {
    if text.lines().any(|line| line.chars().count() > PHONE_COLUMNS) { " tabindex=\"0\"" } else { "" }
}

impl Figure<'_> {
    /// Draws it.
    pub(super) fn draw(&self, highlighter: &Highlighter<'_>) -> String {
        if self.cell.verb == Verb::Lib && self.cell.options.echo == Show::Hidden {
            return String::new();
        }
        let class = match self.answer {
            Some(Answer::Recorded(record)) if Status::of(self.cell, record).good => "ok",
            Some(Answer::Recorded(_)) => "err",
            Some(Answer::NotRun(_)) => "skip",
            None => "lib",
        };
        let mut out = format!("<figure class=\"cell {class}\" id=\"{}\">\n", self.cell.anchor);
        self.caption(&mut out);
        self.source(highlighter, &mut out);
        match self.answer {
            Some(Answer::Recorded(record)) => {
                self.output(record, &mut out);
                self.run(record, &mut out);
            }
            Some(Answer::NotRun(why)) => {
                let why = escape::text(why);
                let _ = writeln!(
                    out,
                    "<div class=\"run\"><span class=\"badge skip\">not run</span> <span>{why}</span></div>"
                );
            }
            None => {}
        }
        out.push_str("</figure>\n");
        out
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
        out.push_str("</figcaption>\n");
    }

    fn source(&self, highlighter: &Highlighter<'_>, out: &mut String) {
        let code = self.cell.shown();
        if self.cell.options.echo == Show::Hidden || code.trim().is_empty() {
            return;
        }
        let (title, id) = (escape::attribute(&self.cell.language.title), &self.cell.id);
        let html = highlighter.html(&self.cell.language.names[0], &code);
        let pre = format!(
            "<pre class=\"src\"{} role=\"group\" aria-label=\"{title} source of {id}\"><code>{html}</code></pre>\n",
            focus(&code)
        );
        fold(self.cell.options.echo, "Show the code", &pre, out);
    }

    fn output(&self, record: &Record, out: &mut String) {
        let options = &self.cell.options;
        let ran = record.exit.is_some();
        let stdout = self.for_readers(&record.stdout, false);
        let stderr = self.for_readers(&record.stderr, !ran);
        let (show_stderr, label) = if ran { (options.stderr, "Errors") } else { (options.output, "Compiler messages") };
        // What a compiler says of code that is meant to compile are warnings, of interest to the author alone.
        let wanted = ran || self.cell.words.compile_fail || record.compiled == Some(false);
        for (class, label, text, show) in
            [("out", "Output", &stdout, options.output), ("err", label, &stderr, show_stderr)]
        {
            if !text.trim().is_empty() && (class == "out" || wanted) {
                let blocks = self.block(class, label, text);
                fold(show, &format!("Show: {}", label.to_lowercase()), &blocks, out);
            }
        }
    }

    /// A block of output, what is beyond the wanted number of lines behind a summary.
    fn block(&self, class: &str, label: &str, text: &str) -> String {
        let drawn = ansi::to_html(text.trim_end_matches('\n'));
        let lines: Vec<&str> = drawn.split('\n').collect();
        // Two lines more take less room than the summary that would hide them.
        let open =
            if lines.len() > self.cell.options.max_lines + 2 { self.cell.options.max_lines } else { lines.len() };
        let pre = |lines: &[&str], label: &str| {
            let body = lines.join("\n");
            format!(
                "<pre class=\"{class}\"{} role=\"group\" aria-label=\"{label} of {}\"><samp>{body}\n</samp></pre>\n",
                focus(text),
                self.cell.id
            )
        };
        let mut out = if open == 0 { String::new() } else { pre(&lines[..open], label) };
        if open < lines.len() {
            let rest = lines.len() - open;
            let more = pre(&lines[open..], &format!("More of the {}", label.to_lowercase()));
            let _ = write!(out, "<details class=\"more\"><summary>{rest} more lines</summary>\n{more}</details>\n");
        }
        out
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

    fn run(&self, record: &Record, out: &mut String) {
        let status = Status::of(self.cell, record);
        let class = if status.good { "ok" } else { "err" };
        let _ = write!(out, "<div class=\"run\"><span class=\"badge {class}\">{}</span>", escape::text(&status.words));
        if record.machine.busy {
            out.push_str(" <span class=\"badge busy\">measured on a busy machine</span>");
        }
        if let Some(measured) = &record.measured {
            out.push_str(" <dl class=\"st\">");
            for (name, value) in figures(self.cell.verb, measured) {
                let _ = write!(out, "<div><dt>{name}</dt><dd>{value}</dd></div>");
            }
            out.push_str("</dl>");
        }
        let _ = write!(out, " <details class=\"how\"><summary>How this ran</summary><dl>");
        for (name, value) in provenance(record) {
            let _ = write!(out, "<dt>{name}</dt><dd>{}</dd>", escape::text(&value));
        }
        out.push_str("</dl></details></div>\n");
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

/// How a cell ended, in words.
struct Status {
    good: bool,
    words: String,
}

impl Status {
    fn of(cell: &Cell, record: &Record) -> Status {
        let Some(exit) = record.exit else {
            let compiles = record.compiled == Some(true);
            let end = if compiles { "compiles" } else { "does not compile" };
            return Status::announced(end, compiles, compiles != cell.words.compile_fail);
        };
        let end = match exit {
            Exit::Code(0) if cell.words.should_panic => "did not panic".to_owned(),
            Exit::Code(0) if cell.announces(exit) => "ran".to_owned(),
            Exit::Code(Exit::PANICKED) if cell.language.rust => "panicked, exit code 101".to_owned(),
            Exit::Code(code) => format!("ended with exit code {code}"),
            Exit::Signal(signal) => format!("killed by signal {signal}"),
            Exit::TimedOut => format!("timed out after {}", format_ns(cell.options.timeout as f64, None)),
            Exit::TooMuchOutput => "killed: it printed too much".to_owned(),
            Exit::TooManyProcesses => "killed: it started too many processes or threads".to_owned(),
        };
        Status::announced(&end, exit == Exit::Code(0), cell.announces(exit))
    }

    /// An end that is good, or is not but may be what the author announced.
    fn announced(end: &str, good: bool, announced: bool) -> Status {
        match (good, announced) {
            (true, true) => Status { good: true, words: end.to_owned() },
            (false, true) => Status { good: false, words: format!("{end}, as expected") },
            (_, false) => Status { good: false, words: end.to_owned() },
        }
    }
}

/// The figures under a cell.
fn figures(verb: Verb, measured: &Summary) -> Vec<(&'static str, String)> {
    if verb != Verb::Bench {
        return vec![("time", measured.time())];
    }
    let median = match measured.interval {
        Some(_) => measured.time(),
        None => format!("{} (too few runs for an interval)", measured.time()),
    };
    let mut figures = vec![
        ("median", median),
        ("runs", measured.runs.to_string()),
        ("CPU", format_ns(measured.cpu, None)),
        ("cores used", format!("{:.2}", measured.parallelism)),
        ("peak memory", format_bytes(measured.rss as u64)),
    ];
    if measured.disturbed > 0 {
        figures.push(("disturbed", format!("{} of {}", measured.disturbed, measured.runs)));
    }
    figures
}

/// Where and with what a cell ran.
fn provenance(record: &Record) -> Vec<(&'static str, String)> {
    let machine = &record.machine;
    let mut rows = vec![
        ("Toolchain", machine.toolchain.clone()),
        ("Machine", format!("{}, {} cores, {}", machine.cpu, machine.cores, format_bytes(machine.memory))),
        ("System", machine.system.clone()),
        ("Date", machine.date.clone()),
    ];
    if let Some(measured) = &record.measured {
        let half = measured.interval.map(half_width);
        let in_digits = |ns| format_ns(ns, half);
        rows.push(("Runs", runs(measured)));
        if let Some((low, high)) = measured.interval {
            let (low, high) = (in_digits(low), in_digits(high));
            rows.push(("95 % interval", format!("the median lies between {low} and {high} (order statistics)")));
        }
        if measured.runs > 1 {
            rows.push(("Range", format!("{} to {}", in_digits(measured.min), in_digits(measured.max))));
        }
    }
    rows
}

/// How many runs the figures are taken from, and what others had to do with them.
fn runs(measured: &Summary) -> String {
    let Summary { runs, disturbed, left_out, .. } = *measured;
    match (runs, disturbed, left_out) {
        (1, 1, _) => "1 (disturbed by other programs)".to_owned(),
        (_, 0, 0) => runs.to_string(),
        (_, 0, _) => format!("{runs} ({left_out} more, disturbed by other programs, left out)"),
        _ => format!("{runs} ({disturbed} of them disturbed by other programs)"),
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
