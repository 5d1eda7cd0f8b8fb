use crate::data::Node;
use crate::source::{Code, Diagnostic};

/// What pages may load, by the directives of [Content Security Policy](https://www.w3.org/TR/CSP3/#csp-directives), each with its
/// sources.
///
/// Without any settings that is what the site itself holds, and pictures that stand in the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csp {
    directives: Vec<(&'static str, Vec<String>)>,
}

/// The directives of every page in order, before anything is added.
const USUAL: [(&str, &[&str]); 12] = [
    ("default-src", &[]),
    ("script-src", &["'self'"]),
    ("style-src", &["'self'"]),
    ("img-src", &["'self'", "data:"]),
    ("font-src", &["'self'"]),
    ("media-src", &["'self'"]),
    ("connect-src", &["'self'"]),
    ("frame-src", &["'self'"]),
    ("object-src", &[]),
    ("manifest-src", &["'self'"]),
    ("form-action", &["'self'"]),
    ("base-uri", &[]),
];

impl Default for Csp {
    fn default() -> Self {
        let owned = |sources: &[&str]| sources.iter().map(|&source| source.to_owned()).collect();
        Csp { directives: USUAL.iter().map(|(name, sources)| (*name, owned(sources))).collect() }
    }
}

impl Csp {
    /// The names of the directives.
    pub fn names() -> impl Iterator<Item = &'static str> {
        USUAL.iter().map(|(name, _)| *name)
    }

    /// Each directive with its sources. None of these holds a blank, `;`, `,` or a double quote.
    pub fn directives(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        self.directives.iter().map(|(name, sources)| (*name, sources.as_slice()))
    }

    /// The sources of a directive.
    pub fn sources(&self, directive: &str) -> &[String] {
        self.directives().find(|(name, _)| *name == directive).map_or(&[], |(_, sources)| sources)
    }

    /// Reads the setting `csp`: a table of directives with the sources that are added, or `false` for no policy.
    pub(super) fn read(node: Node) -> Result<Option<Csp>, Diagnostic> {
        if let Ok(wanted) = node.clone().boolean() {
            return Ok(wanted.then(Csp::default));
        }
        let mut csp = Csp::default();
        for entry in node.table()?.entries {
            let key = entry.key.to_ascii_lowercase();
            let Some((_, sources)) = csp.directives.iter_mut().find(|(name, _)| *name == key) else {
                return Err(Diagnostic::error(
                    Code::UnknownSetting,
                    format!("unknown directive `{}`", entry.key.escape_debug()),
                )
                .at(entry.key_span, "")
                .suggest(&entry.key, Csp::names()));
            };
            let span = entry.node.span.clone();
            for source in entry.node.strings()? {
                if source.is_empty() || source.contains(|c: char| !c.is_ascii_graphic() || matches!(c, ';' | ',' | '"'))
                {
                    return Err(Diagnostic::error(
                        Code::UnusableValue,
                        format!("`{}` cannot be used", source.escape_debug()),
                    )
                    .at(span, "is no source such as `https://example.com`"));
                }
                sources.push(source);
            }
        }
        Ok(Some(csp))
    }
}
