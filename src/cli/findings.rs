//! Diagnostics as other programs want them.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::source::{Code, Diagnostic, Diagnostics, Severity, Span};

/// What a path of a URI is written with besides letters and digits.
const IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// A diagnostic in JSON.
#[derive(Debug, Serialize)]
pub(super) struct Finding<'d> {
    #[serde(serialize_with = "as_text")]
    severity: Severity,
    /// Its kind, which stays the same however it is worded: `E201`.
    #[serde(serialize_with = "as_text")]
    code: Code,
    message: &'d str,
    /// The place that counts, if there is one.
    place: Option<Place<'d>>,
    /// Further places, which explain it.
    related: Vec<Place<'d>>,
    /// Text that it quotes, without colours: a compiler's message, what a program printed.
    detail: Option<String>,
    notes: &'d [String],
    /// What to do about it.
    help: Option<&'d str>,
    /// A change of a file that mends it, if that is certain.
    replacement: Option<Replacement<'d>>,
}

/// A part of a file and what is to stand there.
#[derive(Debug, Serialize)]
struct Replacement<'d> {
    place: Place<'d>,
    text: &'d str,
}

fn as_text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// A part of a file. Lines and columns are counted from 1, columns in characters; the end is behind the last character.
#[derive(Debug, Serialize)]
struct Place<'d> {
    /// The file, from the folder that `blog` was called in if the site lies below it.
    path: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    /// A word about it; may be empty.
    label: &'d str,
}

/// The diagnostics of a site in a folder.
pub(super) fn findings<'d>(diagnostics: &'d Diagnostics, root: &'d Path) -> impl Iterator<Item = Finding<'d>> {
    diagnostics.iter().map(move |diagnostic| {
        let mut places = diagnostic.places().map(|(span, label)| place(span, label, root));
        Finding {
            severity: diagnostic.severity(),
            code: diagnostic.code(),
            message: diagnostic.message(),
            place: places.next(),
            related: places.collect(),
            detail: diagnostic.quoted().map(|detail| anstream::adapter::strip_str(detail.trim_end()).to_string()),
            notes: diagnostic.facts(),
            help: diagnostic.remedy(),
            replacement: diagnostic
                .replacement()
                .map(|(span, text)| Replacement { place: place(span, "", root), text }),
        }
    })
}

fn place<'d>(span: &Span, label: &'d str, root: &Path) -> Place<'d> {
    let path = span.source().path().as_str();
    let root = root.strip_prefix(".").unwrap_or(root);
    let end = span.source().span(span.range().end..span.range().end);
    Place {
        path: root.join(path).display().to_string(),
        line: span.line(),
        column: span.column(),
        end_line: end.line(),
        end_column: end.column(),
        label,
    }
}

impl Finding<'_> {
    /// All that is said besides the message, a line each.
    fn rest(&self) -> String {
        let label = self.place.as_ref().map(|place| place.label).filter(|label| !label.is_empty());
        let notes = self.notes.iter().map(|note| format!("note: {note}"));
        let help = self.help.map(|help| format!("help: {help}"));
        let lines = label.map(str::to_owned).into_iter().chain(self.detail.clone()).chain(notes).chain(help);
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A JSON array with an object for each.
pub(super) fn json(diagnostics: &Diagnostics, root: &Path) -> String {
    let all: Vec<Finding<'_>> = findings(diagnostics, root).collect();
    format!("{:#}\n", json!(all))
}

/// A log in the [Static Analysis Results Interchange Format](https://docs.oasis-open.org/sarif/sarif/v2.1.0/), version 2.1.0.
pub(super) fn sarif(diagnostics: &Diagnostics, root: &Path) -> String {
    let file = |place: &Place<'_>| json!({"uri": utf8_percent_encode(&place.path, IN_PATHS).to_string()});
    let region = |place: &Place<'_>| {
        json!({
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        })
    };
    let location = |place: &Place<'_>| {
        let mut location = json!({"physicalLocation": {"artifactLocation": file(place), "region": region(place)}});
        if !place.label.is_empty() {
            location["message"] = json!({"text": place.label});
        }
        location
    };
    let result = |finding: Finding<'_>| {
        let rest = finding.rest();
        let text = if rest.is_empty() { finding.message.to_owned() } else { format!("{}\n{rest}", finding.message) };
        let fix = |Replacement { place, text }: &Replacement<'_>| {
            let replacement = json!({"deletedRegion": region(place), "insertedContent": {"text": text}});
            json!({
                "description": {"text": finding.help},
                "artifactChanges": [{"artifactLocation": file(place), "replacements": [replacement]}],
            })
        };
        json!({
            "ruleId": finding.code.id(),
            "level": finding.severity.to_string(),
            "message": {"text": text},
            "locations": finding.place.iter().map(location).collect::<Vec<Value>>(),
            "relatedLocations": finding.related.iter().map(location).collect::<Vec<Value>>(),
            "fixes": finding.replacement.iter().map(fix).collect::<Vec<Value>>(),
        })
    };
    let rule = |code: &Code| {
        json!({
            "id": code.id(),
            "name": format!("{code:?}"),
            "shortDescription": {"text": code.title()},
            "help": {"text": code.page(), "markdown": code.page()},
        })
    };
    let codes: BTreeSet<Code> = diagnostics.iter().map(Diagnostic::code).collect();
    let rules: Vec<Value> = codes.iter().map(rule).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "blog", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": findings(diagnostics, root).map(result).collect::<Vec<Value>>(),
        }],
    });
    format!("{log:#}\n")
}

/// Commands by which a workflow of GitHub marks the lines of a change, a line each.
pub(super) fn github(diagnostics: &Diagnostics, root: &Path) -> String {
    let command = |finding: Finding<'_>| {
        let mut properties = vec![("title", format!("{}: {}", finding.code, finding.message))];
        if let Some(place) = &finding.place {
            properties.extend([
                ("file", place.path.clone()),
                ("line", place.line.to_string()),
                ("endLine", place.end_line.to_string()),
            ]);
            // Columns are of one line.
            if place.line == place.end_line {
                properties.extend([("col", place.column.to_string()), ("endColumn", place.end_column.to_string())]);
            }
        }
        let properties: Vec<String> =
            properties.iter().map(|(name, value)| format!("{name}={}", escaped(value, &[':', ',']))).collect();
        let rest = finding.rest();
        // A command without a message is none.
        let message = if rest.is_empty() { finding.message } else { &rest };
        format!("::{} {}::{}\n", finding.severity, properties.join(","), escaped(message, &[]))
    };
    findings(diagnostics, root).map(command).collect()
}

/// Text as such a command takes it: what would end it, or a property of it, by its number.
fn escaped(text: &str, more: &[char]) -> String {
    let escape = |c: char| match c {
        '%' | '\r' | '\n' => format!("%{:02X}", u32::from(c)),
        c if more.contains(&c) => format!("%{:02X}", u32::from(c)),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SitePath, Source};

    fn wrong() -> Diagnostics {
        let source = Source::new(SitePath::new("content/a b.md").unwrap(), "ä: x\ny\n");
        let placed = Diagnostic::error(Code::DeadLink, "100 % wrong: here, there")
            .at(source.span(2..6), "this")
            .at(source.line(2), "because of that")
            .detail("\u{1b}[31mred\u{1b}[0m\n")
            .note("a fact")
            .replace("do that", source.span(4..5), "y");
        [placed, Diagnostic::warning(Code::UnknownKey, "nowhere")].into_iter().collect()
    }

    #[test]
    fn json_tells_everything() {
        let all: Value = serde_json::from_str(&json(&wrong(), Path::new("."))).unwrap();
        let place = |line, column, end: (i32, i32), label| json!({"path": "content/a b.md", "line": line, "column": column, "end_line": end.0, "end_column": end.1, "label": label});
        assert_eq!(
            all,
            json!([
                {
                    "severity": "warning",
                    "code": "E103",
                    "message": "nowhere",
                    "place": null,
                    "related": [],
                    "detail": null,
                    "notes": [],
                    "help": null,
                    "replacement": null,
                },
                {
                    "severity": "error",
                    "code": "E201",
                    "message": "100 % wrong: here, there",
                    "place": place(1, 2, (2, 1), "this"),
                    "related": [place(2, 1, (2, 2), "because of that")],
                    "detail": "red",
                    "notes": ["a fact"],
                    "help": "do that",
                    "replacement": {"place": place(1, 4, (1, 5), ""), "text": "y"},
                },
            ])
        );
    }

    #[test]
    fn sarif_names_files_as_uris() {
        let log: Value = serde_json::from_str(&sarif(&wrong(), Path::new("sites/notes"))).unwrap();
        let result = &log["runs"][0]["results"][1];
        assert_eq!(result["message"]["text"], "100 % wrong: here, there\nthis\nred\nnote: a fact\nhelp: do that");
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "sites/notes/content/a%20b.md");
        assert_eq!(physical["region"], json!({"startLine": 1, "startColumn": 2, "endLine": 2, "endColumn": 1}));
        assert_eq!(result["relatedLocations"][0]["message"]["text"], "because of that");
        assert_eq!(
            result["fixes"][0]["artifactChanges"][0]["replacements"],
            json!([{
                "deletedRegion": {"startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 5},
                "insertedContent": {"text": "y"},
            }])
        );
        assert_eq!(log["runs"][0]["results"][0]["locations"], json!([]));
    }

    #[test]
    fn a_command_is_one_line_whatever_is_said() {
        assert_eq!(
            github(&wrong(), Path::new("./site")),
            "::warning title=E103%3A nowhere::nowhere\n\
             ::error title=E201%3A 100 %25 wrong%3A here%2C there,file=site/content/a b.md,line=1,endLine=2::\
             this%0Ared%0Anote: a fact%0Ahelp: do that\n"
        );
    }
}
