//! Template code of other generators, which is text here: shortcodes of Hugo and Zola, tags of Liquid.

use std::ops::Range;

use crate::source::{Code, Diagnostic, Diagnostics, Span};

/// What begins template code, and what ends it. A blank tells it from braces that are meant as such.
const MARKS: [(&str, &str); 5] = [("{{<", ">}}"), ("{{%", "%}}"), ("{{ ", "}}"), ("{% ", "%}"), ("{%-", "%}")];

/// The longest template code, in characters. Whatever begins as such is looked through for its end, and a post may be full of it.
const LONGEST: usize = 1_000;

/// Where template code stands in a post.
#[derive(Debug, Default)]
pub(super) struct TemplateCode {
    places: Vec<Range<usize>>,
}

impl TemplateCode {
    /// Looks for what begins in a part of the body that is text or raw HTML. Parts come in their order.
    pub(super) fn look(&mut self, body: &str, part: Range<usize>) {
        for (at, _) in body[part.clone()].match_indices('{') {
            let at = part.start + at;
            let within_last = self.places.last().is_some_and(|last| at < last.end);
            if let Some(length) = length(&body[at..]).filter(|_| !within_last) {
                self.places.push(at..at + length);
            }
        }
    }

    /// Warns of it once: a post of another generator may be full of it.
    pub(super) fn warn(self, body: &Span, diagnostics: &mut Diagnostics) {
        let [first, others @ ..] = self.places.as_slice() else { return };
        let warning = Diagnostic::warning(Code::TemplateCode, "template code of another generator is text here")
            .at(body.part(first.clone()), "readers see it as it is written")
            .help("write in Markdown what it stood for, or as code if readers are to see it");
        diagnostics.push(match others.len() {
            0 => warning,
            1 => warning.note("there is one more in this post"),
            more => warning.note(format!("there are {more} more in this post")),
        });
    }
}

/// The length of the template code that a text begins with. It does not go on beyond a blank line or [`LONGEST`].
fn length(text: &str) -> Option<usize> {
    let text = text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end]);
    let (opening, closing) = MARKS.iter().find(|(opening, _)| text.starts_with(opening))?;
    let end = text.find("\n\n").unwrap_or(text.len());
    text[opening.len()..end].find(closing).map(|at| opening.len() + at + closing.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn template_code_is_told_from_braces() {
        for (text, found) in [
            ("{{< figure src=\"a.png\" >}} and {{% notice %}}", vec!["{{< figure src=\"a.png\" >}}", "{{% notice %}}"]),
            ("{% include a %}{%- if x -%}", vec!["{% include a %}", "{%- if x -%}"]),
            ("<img src=\"{{ site.url }}/a.png\">", vec!["{{ site.url }}"]),
            ("{{ a\nb }}", vec!["{{ a\nb }}"]),
            ("{{ a\n\nb }}", vec![]),
            ("a set {1, 2}, {{1}, {2}}, format!(\"{{}}\"), {%}, 5 {% off", vec![]),
        ] {
            let mut code = TemplateCode::default();
            code.look(text, 0..text.len());
            let places: Vec<&str> = code.places.into_iter().map(|place| &text[place]).collect();
            assert_eq!(places, found, "{text}");
        }
    }

    #[test]
    fn its_end_is_looked_for_nearby_alone() {
        let code = |inside: usize| format!("{{{{ {}}}}}", "ä".repeat(inside));
        assert_eq!(length(&code(LONGEST - 5)), Some(code(LONGEST - 5).len()));
        assert_eq!(length(&code(LONGEST - 4)), None);
    }
}
