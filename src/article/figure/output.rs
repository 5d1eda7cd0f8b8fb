//! What a cell printed and showed.

use std::fmt::Write;

use super::status::end_in_words;
use super::{Canvas, Figure, fold};
use crate::article::block::Block;
use crate::article::chart::Tally;
use crate::article::rich::{self, Setting};
use crate::article::{ansi, escape};
use crate::cells::{CaseRecord, Cell, End, Output, Params, Record, Show, ThreadState};
use crate::source::{Code, Diagnostic};

impl Figure<'_> {
    /// Draws all output of a record.
    pub(super) fn output(&self, record: &Record, canvas: &mut Canvas<'_>) {
        match record.cases.as_slice() {
            [] => self.messages(record, canvas),
            cases if self.cell.options.trials.is_some() => {
                for case in cases {
                    self.tally(case, cases.len() > 1, canvas);
                }
            }
            [case, rest @ ..] => {
                let alike = rest
                    .iter()
                    .all(|other| other.ends.iter().map(|end| &end.stdout).eq(case.ends.iter().map(|end| &end.stdout)));
                case.ends.iter().for_each(|end| self.end(end, "", canvas));
                for case in rest.iter().filter(|_| !alike) {
                    let drawn = self.aside(canvas, |figure, canvas| {
                        case.ends.iter().for_each(|end| figure.end(end, &suffix(&case.params), canvas));
                    });
                    details(&format!("Output with {}", in_words(&case.params)), &drawn, &mut canvas.out);
                }
            }
        }
    }

    /// What the compiler said of a program that never ran.
    fn messages(&self, record: &Record, canvas: &mut Canvas<'_>) {
        // Of code that is meant to compile these are warnings, of interest to the author alone.
        if self.cell.words.compile_fail || record.compiled == Some(false) {
            let text = self.for_readers(&record.messages, true);
            self.block("err", "Compiler messages", &text, self.shown(), canvas);
        }
    }

    fn shown(&self) -> Show {
        match self.cell.options.output {
            Output::Text(show) => show,
            _ => Show::Open,
        }
    }

    /// What one run printed and showed. `suffix` tells its pictures from those of other runs.
    fn end(&self, end: &End, suffix: &str, canvas: &mut Canvas<'_>) {
        let mime = match self.cell.options.output {
            Output::Text(_) => None,
            Output::Html => Some("text/html"),
            Output::Svg => Some("image/svg+xml"),
            Output::Json => Some("application/json"),
            Output::Csv => Some("text/csv"),
        };
        if self.cell.options.trials.is_none() {
            self.threads(end, canvas);
        }
        match mime {
            Some(mime) if !end.stdout.trim().is_empty() => self.rich(mime, end.stdout.as_bytes(), suffix, canvas),
            _ => self.block("out", "Output", &self.for_readers(&end.stdout, false), self.shown(), canvas),
        }
        for (number, shown) in (1..).zip(&end.shown) {
            self.rich(&shown.mime, &shown.data, &format!("{suffix}-{number}"), canvas);
        }
        let text = self.for_readers(&end.stderr, false);
        self.block("err", "Errors", &text, self.cell.options.stderr, canvas);
    }

    /// A block of text; nothing for a blank one.
    fn block(&self, class: &str, label: &str, text: &str, show: Show, canvas: &mut Canvas<'_>) {
        if text.trim().is_empty() {
            return;
        }
        let html = ansi::to_html(text.trim_end_matches('\n'));
        let Cell { id, options, .. } = self.cell;
        let block = Block { class, label, id, open: options.max_lines }.draw(text, &html);
        fold(show, &format!("Show: {}", label.to_lowercase()), &block, &mut canvas.out);
    }

    /// A picture, a table, HTML; as text where it is none, which is an error of the cell.
    fn rich(&self, mime: &str, data: &[u8], suffix: &str, canvas: &mut Canvas<'_>) {
        let Cell { id, options, info, .. } = self.cell;
        let alt = options.caption.clone().unwrap_or_else(|| format!("Output of {id}"));
        let file = format!("{}cell-{id}{suffix}", canvas.folder);
        let setting = Setting { id, alt: &alt, file: &file, trusted: canvas.trusted, open: options.max_lines };
        match rich::draw(mime, data, &setting, canvas.highlighter) {
            Ok(drawn) => {
                canvas.out.push_str(&drawn.html);
                if let Some(file) = drawn.file.as_deref().and_then(|file| file.strip_prefix(canvas.folder)) {
                    canvas.files.push((file.to_owned(), data.to_vec()));
                }
            }
            Err(why) => {
                let error = Diagnostic::error(
                    Code::NotShown,
                    format!("what cell `{id}` shows as `{}` cannot be shown", mime.escape_debug()),
                );
                canvas.diagnostics.push(error.at(info.clone(), "").note(why));
                self.block("out", "Output", &String::from_utf8_lossy(data), self.shown(), canvas);
            }
        }
    }

    /// How differently runs ended, with one run of each end.
    fn tally(&self, case: &CaseRecord, several: bool, canvas: &mut Canvas<'_>) {
        let labels: Vec<String> = case.ends.iter().map(|end| self.label(end)).collect();
        let mut outcomes: Vec<(&str, u64)> =
            labels.iter().map(String::as_str).zip(case.ends.iter().map(|end| u64::from(end.count))).collect();
        if case.others > 0 {
            outcomes.push(("others, each different", u64::from(case.others)));
        }
        let total = outcomes.iter().map(|(_, count)| count).sum();
        let with = if several { format!(" with {}", in_words(&case.params)) } else { String::new() };
        let title = format!("How {total} runs ended{with}");
        canvas.out.push_str(&Tally { title: &title, outcomes: &outcomes, total, notes: &[] }.draw());
        for (number, end) in (1..).zip(&case.ends).filter(|(_, end)| !says_all(end)) {
            let suffix = format!("{}-end-{number}", suffix(&case.params));
            let drawn = self.aside(canvas, |figure, canvas| {
                figure.threads(end, canvas);
                figure.end(end, &suffix, canvas);
            });
            if !drawn.is_empty() {
                let words = end_in_words(self.cell, end.exit);
                let words = if words == "ran" { "ended well" } else { &words };
                let printed = headline(end).map_or(String::new(), |(line, more)| format!(": {line}{more}"));
                details(&format!("A run that {words}{printed}"), &drawn, &mut canvas.out);
            }
        }
    }

    /// Where each thread of a run stood that did not end.
    fn threads(&self, end: &End, canvas: &mut Canvas<'_>) {
        if end.threads.is_empty() {
            return;
        }
        let _ = writeln!(
            canvas.out,
            "<div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"Threads of {}\">\n<table class=\"threads\">\
             <caption>Where its threads stood</caption>\n<thead><tr><th scope=\"col\">Thread</th>\
             <th scope=\"col\">Waits in</th><th scope=\"col\">At</th></tr></thead>\n<tbody>",
            self.cell.id
        );
        for ThreadState { name, wait, frames, .. } in &end.threads {
            let frames: Vec<String> =
                frames.iter().map(|frame| escape::text(&self.for_readers(frame, false))).collect();
            let code = |html: &str| if html.is_empty() { "–".to_owned() } else { format!("<code>{html}</code>") };
            let (name, wait, at) = (escape::text(name), code(&escape::text(wait)), code(&frames.join("<br>")));
            let _ = writeln!(canvas.out, "<tr><th scope=\"row\">{name}</th><td>{wait}</td><td>{at}</td></tr>");
        }
        canvas.out.push_str("</tbody></table>\n</div>\n");
    }

    /// An end in a table: how it ended, and what it printed first.
    fn label(&self, end: &End) -> String {
        let words = escape::text(&end_in_words(self.cell, end.exit));
        match headline(end) {
            Some((line, more)) => format!("<samp>{}</samp>{more} ({words})", escape::text(&line)),
            None => words,
        }
    }

    /// What is drawn by a part, without its being drawn.
    fn aside(&self, canvas: &mut Canvas<'_>, draw: impl FnOnce(&Self, &mut Canvas<'_>)) -> String {
        let before = std::mem::take(&mut canvas.out);
        draw(self, canvas);
        std::mem::replace(&mut canvas.out, before)
    }
}

fn details(summary: &str, content: &str, out: &mut String) {
    let _ = write!(out, "<details class=\"more\"><summary>{}</summary>\n{content}</details>\n", escape::text(summary));
}

/// The beginning of the first line that a run printed, with ` …` if it printed more; nothing if it printed nothing.
fn headline(end: &End) -> Option<(String, &'static str)> {
    const LONGEST: usize = 60;
    let mut lines = end.stdout.trim().lines();
    let first = lines.next()?;
    let short: String = first.chars().take(LONGEST).collect();
    let more = if short.len() < first.len() || lines.next().is_some() { " …" } else { "" };
    Some((short, more))
}

/// Whether the headline of a run says all that it printed and showed.
fn says_all(end: &End) -> bool {
    let besides = !end.shown.is_empty() || !end.threads.is_empty() || !end.stderr.trim().is_empty();
    !besides && headline(end).is_none_or(|(_, more)| more.is_empty())
}

/// `threads = 2, queue = 8`.
pub(super) fn in_words(params: &Params) -> String {
    params.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ")
}

/// What tells the files of a case from those of others: `-threads-2`.
fn suffix(params: &Params) -> String {
    let plain = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    params.iter().map(|(name, value)| format!("-{}-{}", plain(name), plain(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::Exit;

    #[test]
    fn a_headline_says_all_of_one_short_line() {
        let long = "x".repeat(61);
        for (stdout, stderr, line, all) in [
            ("", "", None, true),
            ("counted 2\n", "", Some("counted 2"), true),
            ("counted 2\nlost 1\n", "", Some("counted 2 …"), false),
            ("counted 2\n", "a warning\n", Some("counted 2"), false),
            (&long, "", Some(&*format!("{} …", &long[1..])), false),
        ] {
            let end = End {
                exit: Exit::Code(0),
                count: 1,
                threads: Vec::new(),
                shown: Vec::new(),
                stdout: stdout.to_owned(),
                stderr: stderr.to_owned(),
                misunderstood: None,
            };
            let found = headline(&end).map(|(line, more)| format!("{line}{more}"));
            assert_eq!((found.as_deref(), says_all(&end)), (line, all), "{stdout:?} {stderr:?}");
        }
    }
}
