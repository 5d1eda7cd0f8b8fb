#![expect(clippy::disallowed_methods, reason = "reads the clock to say how long a stage took")]

use std::fmt::Display;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};

use super::events::Event;
use crate::build::Stage;
use crate::content::{LeftOut, Post};
use crate::output::Written;
use crate::serve;
use crate::source::{Diagnostic, Diagnostics, Renderer, Severity};

pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();

/// How many diagnostics are drawn. Nobody reads more of them at a time, and what is wrong in thousands of places is drawn for long.
const MOST: usize = 100;

/// Says on standard error what a command does, as much of it as is wanted.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "flags, as the command line has them")]
pub(super) struct Report {
    pub(super) quiet: bool,
    pub(super) verbose: bool,
    /// Nothing is to move.
    pub(super) plain: bool,
    /// Programs are told too, by events.
    pub(super) events: bool,
}

impl Report {
    /// A thing done: a word in colour, and what it was done to.
    pub(super) fn say(self, done: &str, what: &str) {
        if !self.quiet {
            line(&format_args!("{GOOD}{done}{GOOD:#} {what}"));
        }
    }

    /// Another `blog` measures, and this one has to wait: said once, though each cell may have to.
    pub(super) fn waits() {
        static SAID: Once = Once::new();
        // Below the line that shows progress, which is drawn anew after it.
        SAID.call_once(|| {
            line(&format_args!("\n{GOOD}Waiting{GOOD:#} for another `blog` that measures on this machine"));
        });
    }

    pub(super) fn error(why: &str) {
        line(&format_args!("{BAD}error{BAD:#}: {why}"));
    }

    /// Draws the diagnostics, the errors among them first if there are too many, and counts them.
    pub(super) fn diagnostics(diagnostics: &Diagnostics) {
        let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
        let mut drawn: Vec<&Diagnostic> = diagnostics.iter().collect();
        let more = drawn.len().saturating_sub(MOST);
        if more > 0 {
            drawn.sort_by_key(|diagnostic| diagnostic.severity() != Severity::Error);
        }
        for diagnostic in drawn.into_iter().take(MOST) {
            line(&Renderer { colour }.render(diagnostic));
        }
        if more > 0 {
            line(&format_args!("… and {} more\n", counted(more, "diagnostic")));
        }
        let errors: Vec<&Diagnostic> =
            diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).collect();
        if let [first, ..] = *errors {
            line(&format_args!("for more about an error: blog explain {}", first.code()));
            Report::error(&format!("the site is wrong in {}", counted(errors.len(), "place")));
        }
    }

    /// The errors, as many as are drawn at a time, as plain text.
    pub(super) fn plain(diagnostics: &Diagnostics) -> Vec<String> {
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error);
        errors.take(MOST).map(|diagnostic| Renderer { colour: false }.render(diagnostic)).collect()
    }

    /// How many posts are not published, and why.
    pub(super) fn left_out(self, left_out: &[(Post, LeftOut)]) {
        if left_out.is_empty() {
            return;
        }
        let count = |why| left_out.iter().filter(|(_, other)| *other == why).count();
        let reasons = [
            (count(LeftOut::Draft), "draft", "drafts", " (`--drafts` publishes them)"),
            (count(LeftOut::Future), "of the future", "of the future", " (`--future` publishes them)"),
            (count(LeftOut::Expired), "expired", "expired", ""),
        ];
        let reasons: Vec<String> = reasons
            .iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, several, remedy)| format!("{count} {}{remedy}", if *count == 1 { one } else { several }))
            .collect();
        self.say("Left out", &format!("{}: {}", counted(left_out.len(), "post"), reasons.join(", ")));
        if self.verbose {
            for (post, why) in left_out {
                line(&format_args!("    {} ({why:?})", post.source.path()));
            }
        }
    }

    /// The end of a build.
    pub(super) fn built(self, written: &Written, folder: &Path, took: Duration) {
        let Written { new, changed, unchanged, removed } = *written;
        let files = counted(new + changed + unchanged, "file");
        let mut parts = vec![format!("{new} new"), format!("{changed} changed")];
        if removed > 0 {
            parts.push(format!("{removed} removed"));
        }
        self.say("Built", &format!("{files} ({}) into {} in {}", parts.join(", "), folder.display(), seconds(took)));
    }

    /// What a preview does.
    pub(super) fn served(self, event: serve::Event) {
        use serve::Event as Served;
        match event {
            Served::Listening { url, network, instead_of } => {
                if let Some(port) = instead_of {
                    self.say("Note", &format!("port {port} is taken"));
                }
                self.say("Serving", &format!("{url} (Ctrl+C ends it)"));
                if let Some(url) = network {
                    self.say("Network", &format!("{url} shows it to other machines"));
                }
            }
            Served::Building { because } if self.verbose => self.say("Building", &because.join(", ")),
            Served::Building { .. } => {}
            Served::Built { changed, took } => {
                self.say("Built", &format!("{} changed in {}", counted(changed, "file"), seconds(took)));
            }
            Served::Failed { took, .. } => Report::error(&format!("the build failed after {}", seconds(took))),
            Served::Unwatched { why } => Report::error(&format!("changes will not be noticed: {why}")),
        }
    }

    /// Tells programs of something, if they listen.
    pub(super) fn event<'e>(self, event: impl FnOnce() -> Event<'e>) {
        if self.events {
            event().say();
        }
    }

    /// A watch for the stages of a build; silent unless more than usual is to be said.
    pub(super) fn stages(self) -> Stages {
        Stages { say: self.verbose, running: Mutex::new(None) }
    }
}

/// Says how long each stage of a build took.
pub(super) struct Stages {
    say: bool,
    running: Mutex<Option<(Stage, Instant)>>,
}

impl Stages {
    pub(super) fn begin(&self, stage: Stage) {
        self.end();
        *self.running.lock().expect("no holder panics") = Some((stage, Instant::now()));
    }

    pub(super) fn end(&self) {
        let last = self.running.lock().expect("no holder panics").take();
        if let Some((stage, since)) = last.filter(|_| self.say) {
            line(&format_args!("    {stage:?}: {}", seconds(since.elapsed())));
        }
    }
}

/// Writes a line to standard error. What cannot be said, since the disk is full or nobody listens, keeps nothing from being done.
pub(super) fn line(text: &impl Display) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

pub(super) fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

fn seconds(time: Duration) -> String {
    if time.as_secs() >= 10 {
        format!("{:.0} s", time.as_secs_f64())
    } else if time.as_secs() >= 1 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} ms", time.as_millis())
    }
}
