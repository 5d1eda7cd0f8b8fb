use annotate_snippets::{AnnotationKind, Group, Level, Snippet};

use super::Span;

/// How grave a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The site can be built; its author should know all the same.
    Warning,
    /// No site is written.
    Error,
}

/// Something wrong in an author's file: what, where, and what to do.
///
/// ```
/// use blog::source::{Diagnostic, SitePath, Source};
///
/// let post = Source::new(SitePath::new("content/gil.md").unwrap(), "+++\ntgas = []\n+++\n");
/// let warning = Diagnostic::warning("unknown key `tgas`")
///     .at(post.span(4..8), "not a key of a post's front matter")
///     .help("did you mean `tags`?");
/// assert_eq!(warning.to_string(), "content/gil.md:2:1: warning: unknown key `tgas`");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    severity: Severity,
    message: String,
    labels: Vec<(Span, String)>,
    detail: Option<String>,
    notes: Vec<String>,
    help: Option<Box<str>>,
}

impl Diagnostic {
    /// An error with a message in lower case and without a full stop: `unknown key`.
    pub fn error(message: impl Into<String>) -> Self {
        Diagnostic::new(Severity::Error, message.into())
    }

    /// A warning, worded in the same way.
    pub fn warning(message: impl Into<String>) -> Self {
        Diagnostic::new(Severity::Warning, message.into())
    }

    fn new(severity: Severity, message: String) -> Self {
        // A message is one line, also where it quotes an author who wrote a line break.
        let message = if message.contains(['\n', '\r']) { message.replace(['\n', '\r'], "␊") } else { message };
        Diagnostic { severity, message, labels: Vec::new(), detail: None, notes: Vec::new(), help: None }
    }

    /// Where it is, with a word about that place (may be empty). The first place is the one that counts; further ones
    /// are drawn as its context.
    #[must_use]
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.labels.push((span, label.into()));
        self
    }

    /// Text to quote in full: a compiler's message, a program's output. It may hold ANSI colours.
    #[must_use]
    pub fn detail(mut self, text: impl Into<String>) -> Self {
        self.detail = Some(text.into());
        self
    }

    /// A fact that explains it.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into().into_boxed_str());
        self
    }

    /// Adds "did you mean …?" where one of the known words is near to the one that was written: one slip of the pen away,
    /// or two where it is long. Case is no slip.
    #[must_use]
    pub fn suggest<'a>(self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let most = if written.len() < 7 { 1 } else { 2 };
        let written = written.to_lowercase();
        let near = known
            .into_iter()
            // A text of any length may have been written; the distance is computed only where it can be small.
            .filter(|word| word.len().abs_diff(written.len()) <= most)
            .map(|word| (strsim::damerau_levenshtein(&written, &word.to_lowercase()), word))
            .filter(|(slips, _)| *slips <= most)
            .min_by_key(|(slips, _)| *slips);
        match near {
            Some((_, word)) => self.help(format!("did you mean `{word}`?")),
            None => self,
        }
    }

    /// Its severity.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Its message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The place that counts.
    pub fn span(&self) -> Option<&Span> {
        self.labels.first().map(|(span, _)| span)
    }

    /// Every place with the word about it, the one that counts first.
    pub fn places(&self) -> impl Iterator<Item = (&Span, &str)> {
        self.labels.iter().map(|(span, label)| (span, label.as_str()))
    }

    /// The text that it quotes in full.
    pub fn quoted(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The facts that explain it.
    pub fn facts(&self) -> &[String] {
        &self.notes
    }

    /// What to do about it.
    pub fn remedy(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// One line, as editors and search tools understand it: `path:line:column: error: message`.
impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(span) = self.span() {
            write!(f, "{span:?}: ")?;
        }
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{severity}: {}", self.message)
    }
}

/// All that was found wrong, gathered on the way.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds the error of a result and passes its value on.
    pub fn take<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Adds all that another gathering holds.
    pub fn extend(&mut self, other: Diagnostics) {
        self.0.extend(other.0);
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them, in the order of files, lines and columns; those without a place first.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.0.iter().collect();
        sorted
            .sort_by_key(|diagnostic| diagnostic.span().map(|span| (span.source().path().clone(), span.range().start)));
        sorted.into_iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics(vec![diagnostic])
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        Diagnostics(diagnostics.into_iter().collect())
    }
}

/// Draws diagnostics as rustc draws its own: message, excerpt, notes, help.
#[derive(Debug, Clone, Copy)]
pub struct Renderer {
    /// Whether to colour by ANSI escapes; without, those in details are taken out too.
    pub colour: bool,
}

impl Renderer {
    /// The drawing of one diagnostic, with a line break at its end.
    pub fn render(self, diagnostic: &Diagnostic) -> String {
        let level = match diagnostic.severity {
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()));
        for (at, (span, _)) in diagnostic.labels.iter().enumerate() {
            // The labels of one file are drawn in one excerpt, at the first of them.
            let same_file = |other: &&(Span, String)| other.0.source() == span.source();
            if diagnostic.labels[..at].iter().any(|other| same_file(&other)) {
                continue;
            }
            let mut snippet = Snippet::source(span.source().text()).path(span.source().path().as_str());
            for (index, (span, label)) in diagnostic.labels.iter().enumerate().filter(|(_, other)| same_file(other)) {
                let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
                let annotation = kind.span(span.range());
                snippet = snippet.annotation(if label.is_empty() { annotation } else { annotation.label(label) });
            }
            group = group.element(snippet);
        }
        for note in &diagnostic.notes {
            group = group.element(Level::NOTE.message(note.as_str()));
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(&**help));
        }
        let renderer =
            if self.colour { annotate_snippets::Renderer::styled() } else { annotate_snippets::Renderer::plain() };
        let mut drawing = renderer.render(&[group]);
        drawing.push('\n');
        if let Some(detail) = &diagnostic.detail {
            for line in detail.trim_end().lines() {
                drawing.push_str("    ");
                if self.colour {
                    drawing.push_str(line);
                } else {
                    drawing.push_str(&anstream::adapter::strip_str(line).to_string());
                }
                drawing.truncate(drawing.trim_end_matches(' ').len());
                drawing.push('\n');
            }
        }
        drawing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SitePath, Source};

    #[test]
    fn the_whole_drawing() {
        let post = Source::new(SitePath::new("content/gil.md").unwrap(), "+++\ntgas = [\"gil\"]\ntags = []\n+++\n");
        let error = Diagnostic::error("unknown key `tgas`")
            .at(post.span(4..8), "not a key of front matter")
            .at(post.span(19..23), "this one is")
            .detail("\u{1b}[31mred\u{1b}[0m")
            .note("keys match without regard to case")
            .suggest("tgas", ["title", "tags"]);
        assert_eq!(
            Renderer { colour: false }.render(&error),
            "\
error: unknown key `tgas`
 --> content/gil.md:2:1
  |
2 | tgas = [\"gil\"]
  | ^^^^ not a key of front matter
3 | tags = []
  | ---- this one is
  |
  = note: keys match without regard to case
  = help: did you mean `tags`?
    red
"
        );
    }

    #[test]
    fn a_word_far_from_all_known_ones_gets_no_suggestion() {
        assert_eq!(Diagnostic::error("x").suggest("colour", ["title", "tags"]).remedy(), None);
    }
}
