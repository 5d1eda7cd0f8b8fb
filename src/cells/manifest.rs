//! What may stand at the head of a Rust file that Cargo runs as a script: RFC 3502 "cargo script" and RFC 3503
//! "frontmatter".

use crate::data::{Entry, Node, Table, read_toml_lines};
use crate::source::{Code, Diagnostic, Diagnostics, Span};

/// The head of a cell's code: a shebang line and a manifest, if they are there.
#[derive(Debug)]
pub struct Head {
    /// How many lines it is long. They are no code.
    pub length: usize,
    /// The opening fence of the manifest, and the lines of TOML below it.
    manifest: Option<(Span, Vec<Span>)>,
}

impl Head {
    /// The head of some code: lines without line breaks, each at the end of the span beside it.
    ///
    /// # Errors
    /// A manifest that is not closed, or not of Cargo.
    pub fn find(lines: &[(&str, &Span)]) -> Result<Head, Diagnostic> {
        // `#![` begins an attribute.
        let shebang =
            lines.first().is_some_and(|(line, _)| line.starts_with("#!") && !line[2..].trim().starts_with('['));
        let blank = lines[usize::from(shebang)..].iter().take_while(|(line, _)| line.trim().is_empty()).count();
        let open = usize::from(shebang) + blank;
        let Some((fence, span)) = lines.get(open).filter(|(line, _)| line.starts_with("---")) else {
            return Ok(Head { length: usize::from(shebang), manifest: None });
        };
        let info = fence.trim_start_matches('-');
        if !matches!(info.trim(), "" | "cargo") {
            let error = Diagnostic::error(
                Code::ManifestFence,
                format!("a manifest of `{}` is not understood", info.trim().escape_debug()),
            );
            return Err(error.at((*span).clone(), "should be `---` or `---cargo`"));
        }
        let dashes = &fence[..fence.len() - info.len()];
        let below = &lines[open + 1..];
        let Some(close) = below.iter().position(|(line, _)| line.trim_end() == dashes) else {
            let error = Diagnostic::error(Code::ManifestFence, "this manifest is not closed");
            return Err(error.at((*span).clone(), "opened here").help(format!("end it with a line `{dashes}`")));
        };
        let end_of = |(line, span): &(&str, &Span)| {
            let end = span.text().len();
            span.part(end.saturating_sub(line.len())..end)
        };
        let toml = below[..close].iter().map(end_of).collect();
        Ok(Head { length: open + 1 + close + 1, manifest: Some(((*span).clone(), toml)) })
    }

    /// What the manifest says, as a table of options: `deps` and `edition`. Nothing if it says nothing.
    pub fn options(self, diagnostics: &mut Diagnostics) -> Option<Table> {
        let (span, lines) = self.manifest.filter(|(_, lines)| !lines.is_empty())?;
        let manifest = diagnostics.take(read_toml_lines(&lines))?;
        let mut entries = Vec::new();
        for entry in manifest.entries {
            match entry.key.as_str() {
                "dependencies" => entries.push(Entry { key: "deps".to_owned(), ..entry }),
                "package" => entries.extend(edition(entry.node, diagnostics)),
                key => diagnostics.push(not_understood(&format!("[{key}]"), entry.key_span)),
            }
        }
        Some(Table { span, entries })
    }
}

fn edition(package: Node, diagnostics: &mut Diagnostics) -> Option<Entry> {
    let table = diagnostics.take(package.table())?;
    let (mut editions, others): (Vec<_>, Vec<_>) = table.entries.into_iter().partition(|entry| entry.key == "edition");
    for other in others {
        diagnostics.push(not_understood(&other.key, other.key_span));
    }
    editions.pop()
}

fn not_understood(key: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownManifestKey,
        format!("`{}` has no meaning in the manifest of a cell", key.escape_debug()),
    )
    .at(span, "")
    .note("understood are `[dependencies]` and the `edition` of `[package]`")
    .help("leave it out; the options `profile`, `features` and `rustflags` say how the cell is compiled")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SitePath, Source};

    /// The length of the head, what it says, and what is wrong.
    fn read(code: &str) -> (Option<usize>, Vec<String>, Vec<String>) {
        // Each line stands behind two blanks, as in a list.
        let indented: String = code.lines().flat_map(|line| ["  ", line, "\n"]).collect();
        let source = Source::new(SitePath::new("a.md").unwrap(), indented);
        let spans: Vec<Span> = (1..=code.lines().count()).map(|line| source.line(line)).collect();
        let lines: Vec<(&str, &Span)> = code.lines().zip(&spans).collect();
        let mut diagnostics = Diagnostics::default();
        let head = diagnostics.take(Head::find(&lines));
        let length = head.as_ref().map(|head| head.length);
        let table = head.and_then(|head| head.options(&mut diagnostics));
        let entries = table.into_iter().flat_map(|table| table.entries);
        (
            length,
            entries.map(|entry| format!("{} {:?} {}", entry.key, entry.node.span, entry.node.to_json())).collect(),
            diagnostics.iter().map(ToString::to_string).collect(),
        )
    }

    #[test]
    fn a_manifest_is_read_as_options_and_is_no_code() {
        let text = "---cargo\n[dependencies]\nrayon = \"1\"\n[package]\nedition = \"2021\"\n---\nfn main() {}\n";
        let options = ["deps a.md:2:3 {\"rayon\":\"1\"}".to_owned(), "edition a.md:5:13 \"2021\"".to_owned()];
        assert_eq!(read(text), (Some(6), options.to_vec(), vec![]));
        let text = format!("#!/usr/bin/env cargo\n\n-{}", text.replace("\n---\n", "\n----\n"));
        assert_eq!(read(&text).0, Some(8));
        assert_eq!(read(&text).2, [""; 0]);
    }

    #[test]
    fn code_without_a_manifest_is_left_as_it_is() {
        for (code, length) in [
            ("", 0),
            ("let x = 1;\n---\n", 0),
            ("\n\nlet x = 1;\n", 0),
            ("#![allow(x)]\n---\n", 0),
            ("#! [allow(x)]\n", 0),
            ("--x\n", 0),
            ("#!/usr/bin/env cargo\nlet x = 1;\n", 1),
            ("---\n---\nlet x = 1;\n", 2),
        ] {
            assert_eq!(read(code), (Some(length), vec![], vec![]), "{code}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_at_its_place() {
        for (code, message) in [
            ("---\n[dependencies]\n", "a.md:1:1: error[E430]: this manifest is not closed"),
            ("---toml\n---\n", "a.md:1:1: error[E430]: a manifest of `toml` is not understood"),
            ("---\na = \n---\n", "a.md:2:7: error[E004]: this is not TOML"),
            (
                "---\n[profile.release]\nlto = true\n---\n",
                "a.md:2:4: error[E431]: `[profile]` has no meaning in the manifest of a cell",
            ),
            (
                "---\npackage.name = 'x'\n---\n",
                "a.md:2:11: error[E431]: `name` has no meaning in the manifest of a cell",
            ),
        ] {
            assert_eq!(read(code).2, [message], "{code}");
        }
    }
}
