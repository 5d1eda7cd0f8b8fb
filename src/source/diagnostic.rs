use annotate_snippets::{AnnotationKind, Group, Level, Patch, Snippet};

use super::terminal::for_terminal;
use super::{Code, SitePath, Span, system_says};

/// How grave a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The site can be built; its author should know all the same.
    Warning,
    /// No site is written.
    Error,
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// Something wrong in an author's file: what, where, and what to do.
///
/// ```
/// use blog::source::{Code, Diagnostic, SitePath, Source};
///
/// let post = Source::new(SitePath::new("content/gil.md").unwrap(), "+++\ntgas = []\n+++\n");
/// let warning = Diagnostic::warning(Code::UnknownKey, "unknown key `tgas`")
///     .at(post.span(4..8), "not a key of a post's front matter")
///     .suggest("tgas", ["title", "tags"]);
/// assert_eq!(warning.to_string(), "content/gil.md:2:1: warning[E103]: unknown key `tgas`");
/// assert_eq!(warning.remedy(), Some("did you mean `tags`?"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    severity: Severity,
    code: Code,
    message: String,
    labels: Vec<(Span, String)>,
    detail: Option<String>,
    notes: Vec<String>,
    help: Option<Box<Help>>,
}

/// What to do about something wrong.
#[derive(Debug, Clone, PartialEq)]
struct Help {
    text: String,
    /// The place to change and what is to stand there, where that is certain.
    replacement: Option<(Span, String)>,
}

impl Diagnostic {
    /// An error of some kind, with a message in lower case and without a full stop: `unknown key`.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Diagnostic::new(Severity::Error, code, message.into())
    }

    /// A warning, worded in the same way.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Diagnostic::new(Severity::Warning, code, message.into())
    }

    /// The error of a file or folder of the site that the system does not let be read.
    pub fn unreadable(path: &SitePath, why: &std::io::Error) -> Self {
        Diagnostic::error(Code::Unreadable, format!("cannot read `{path}`")).note(system_says(why))
    }

    fn new(severity: Severity, code: Code, message: String) -> Self {
        // A message is one line, also where it quotes an author who wrote a line break.
        let message = if message.contains(['\n', '\r']) { message.replace(['\n', '\r'], "␊") } else { message };
        Diagnostic { severity, code, message, labels: Vec::new(), detail: None, notes: Vec::new(), help: None }
    }

    /// Where it is, with a word about that place (may be empty). The first place is the one that counts; further ones
    /// are drawn as its context.
    #[must_use]
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.labels.push((span, label.into()));
        self
    }

    /// Text to quote in full: a compiler's message, a program's output. Of what it holds for terminals, only colours are drawn.
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
        self.help = Some(Box::new(Help { text: text.into(), replacement: None }));
        self
    }

    /// What to do about it: write something else in a place.
    #[must_use]
    pub fn replace(mut self, text: impl Into<String>, place: Span, with: impl Into<String>) -> Self {
        self.help = Some(Box::new(Help { text: text.into(), replacement: Some((place, with.into())) }));
        self
    }

    /// Adds "did you mean …?" where one of the known words is near to the one that was written: one slip of the pen away,
    /// or two where it is long. Case is no slip. The word is replaced in the place that counts, if it stands there.
    #[must_use]
    pub fn suggest<'a>(self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let most = if written.len() < 7 { 1 } else { 2 };
        let slipped = written.to_lowercase();
        let near = known
            .into_iter()
            // A text of any length may have been written; the distance is computed only where it can be small.
            .filter(|word| !slipped.is_empty() && word.len().abs_diff(slipped.len()) <= most)
            .map(|word| (strsim::damerau_levenshtein(&slipped, &word.to_lowercase()), word))
            .filter(|(slips, _)| *slips <= most)
            .min_by_key(|(slips, _)| *slips);
        match near {
            Some((_, word)) => self.mean(written, word),
            None => self,
        }
    }

    /// Asks whether another word was meant than the one that was written.
    #[must_use]
    pub fn mean(self, written: &str, meant: &str) -> Self {
        let help = format!("did you mean `{meant}`?");
        let place = self.span().and_then(|place| {
            let at = place.text().find(written)?;
            Some(place.part(at..at + written.len()))
        });
        match place {
            Some(place) => self.replace(help, place, meant),
            None => self.help(help),
        }
    }

    /// Its severity.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Its kind.
    pub fn code(&self) -> Code {
        self.code
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
        self.help.as_ref().map(|help| help.text.as_str())
    }

    /// A place to change and what is to stand there, which would mend it.
    pub fn replacement(&self) -> Option<(&Span, &str)> {
        self.help.as_ref()?.replacement.as_ref().map(|(place, with)| (place, with.as_str()))
    }
}

/// One line, as editors and search tools understand it: `path:line:column: error[E001]: message`.
impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(span) = self.span() {
            write!(f, "{span:?}: ")?;
        }
        write!(f, "{}[{}]: {}", self.severity, self.code, self.message)
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
    /// Whether to colour by ANSI escapes; without, the colours of details are taken out too.
    pub colour: bool,
}

impl Renderer {
    /// The drawing of one diagnostic, with a line break at its end.
    pub fn render(self, diagnostic: &Diagnostic) -> String {
        // What a compiler or another tool said may stand in it.
        let plain = |text: &str| for_terminal(text, false);
        let level = match diagnostic.severity {
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.id()));
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
                snippet =
                    snippet.annotation(if label.is_empty() { annotation } else { annotation.label(plain(label)) });
            }
            group = group.element(snippet);
        }
        for note in &diagnostic.notes {
            group = group.element(Level::NOTE.message(plain(note)));
        }
        let mut groups = Vec::new();
        match (diagnostic.remedy().map(plain), diagnostic.replacement()) {
            (Some(help), Some((place, with))) if is_short(place) => {
                let patch = Patch::new(place.range(), with);
                let snippet = Snippet::source(place.source().text()).path(place.source().path().as_str()).patch(patch);
                groups.push(Group::with_title(Level::HELP.secondary_title(help)).element(snippet));
            }
            (Some(help), _) => group = group.element(Level::HELP.message(help)),
            (None, _) => {}
        }
        groups.insert(0, group);
        let renderer =
            if self.colour { annotate_snippets::Renderer::styled() } else { annotate_snippets::Renderer::plain() };
        let mut drawing = renderer.render(&groups);
        drawing.push('\n');
        if let Some(detail) = &diagnostic.detail {
            for line in for_terminal(detail.trim_end(), self.colour).lines() {
                drawing.push_str("    ");
                drawing.push_str(line);
                drawing.truncate(drawing.trim_end_matches(' ').len());
                drawing.push('\n');
            }
        }
        drawing
    }
}

/// Whether the line of a place is short enough to be drawn twice, as it is and as it should be: a paragraph may be one line.
fn is_short(place: &Span) -> bool {
    const MOST: usize = 140;
    place.source().line(place.line()).text().chars().count() <= MOST
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn the_whole_drawing() {
        let post = Source::new(SitePath::new("content/gil.md").unwrap(), "+++\ntgas = [\"gil\"]\ntags = []\n+++\n");
        let error = Diagnostic::error(Code::UnknownKey, "unknown key `tgas`")
            .at(post.span(4..8), "not a key of front matter")
            .at(post.span(19..23), "this one is")
            .detail("\u{1b}[31mred\u{1b}[0m")
            .note("keys match without regard to case")
            .suggest("tgas", ["title", "tags"]);
        assert_eq!(
            Renderer { colour: false }.render(&error),
            "\
error[E103]: unknown key `tgas`
 --> content/gil.md:2:1
  |
2 | tgas = [\"gil\"]
  | ^^^^ not a key of front matter
3 | tags = []
  | ---- this one is
  |
  = note: keys match without regard to case
help: did you mean `tags`?
  |
2 - tgas = [\"gil\"]
2 + tags = [\"gil\"]
  |
    red
"
        );
    }

    #[test]
    fn nothing_that_is_said_moves_the_cursor() {
        let post = Source::new(SitePath::new("a.md").unwrap(), "a\u{1b}[2Jb\n");
        let wild = "x\u{1b}[2J\u{7}y";
        let error = Diagnostic::error(Code::DoesNotCompile, wild).at(post.span(0..1), wild).note(wild);
        let fix = |error: Diagnostic| error.replace(wild, post.span(0..1), wild);
        for error in [error.clone().help(wild), fix(error)] {
            let drawn = Renderer { colour: false }.render(&error.detail(wild));
            assert!(!drawn.contains(['\u{1b}', '\u{7}']), "{drawn:?}");
        }
    }

    #[test]
    fn a_word_far_from_all_known_ones_gets_no_suggestion() {
        assert_eq!(Diagnostic::error(Code::UnknownKey, "x").suggest("colour", ["title", "tags"]).remedy(), None);
    }
}
