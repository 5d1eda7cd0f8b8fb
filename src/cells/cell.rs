use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::{Table, read_toml_lines};
use crate::markdown::{Document, Fence, Piece};
use crate::source::{Code, Diagnostic, Diagnostics, Span};

use super::idle_options;
use super::outside::{self, Outside};
use super::{Dependencies, Exit, Head, Info, Input, Language, Languages, Options, PackageManager, RustdocWords, Verb};

/// A fence whose author asked for it to be run.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Its name: unique in the post, its anchor, and the name of its stored result.
    pub id: String,
    /// The anchor of its figure: `cell-` and its name, or `cell-1` if its author gave it none.
    pub anchor: String,
    /// What is to be done with it.
    pub verb: Verb,
    /// How its language is run.
    pub language: Arc<Language>,
    /// rustdoc's words.
    pub words: RustdocWords,
    /// What its author set.
    pub options: Options,
    /// Its code, without option lines.
    pub lines: Vec<Line>,
    /// The packages that it needs.
    pub dependencies: Dependencies,
    /// The files that it reads.
    pub inputs: Vec<Input>,
    /// The author's own environment variables that it gets.
    pub variables: BTreeMap<String, String>,
    /// The version of its language's tools that the site pins: the variable by which they learn it, and the version.
    pub pin: Option<(String, String)>,
    /// Its info string: the place that is shown when the cell as a whole goes wrong.
    pub info: Span,
    /// Which of the document's fences it is, from 0.
    pub fence: usize,
    /// Whether all that its author wrote about it was understood; else it is not to be run.
    pub sound: bool,
}

/// A line of a cell's code.
#[derive(Debug, Clone)]
pub struct Line {
    /// As it is compiled.
    pub code: String,
    /// As it is shown; nothing if the reader does not see it.
    pub shown: Option<String>,
    /// Where it stands.
    pub span: Span,
}

impl Cell {
    /// The cells of a document, in order. `inherited` are the tables of options that they take over, the nearest last.
    pub fn read_all(
        document: &Document,
        inherited: &[&Table],
        outside: Outside<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Cell> {
        let fences = document.pieces.iter().filter_map(|piece| match piece {
            Piece::Fence(fence) => Some(fence),
            _ => None,
        });
        let mut cells: Vec<Cell> = Vec::new();
        // Cells without a name are counted apart, so that one with a name can be put between them.
        let mut number = 1;
        for (index, fence) in fences.enumerate() {
            let mut wrong = Diagnostics::default();
            let cell = Cell::head(fence, outside.languages, &mut wrong)
                .map(|head| Cell::read(index, fence, head, number, inherited, outside, &mut wrong));
            let sound = !wrong.has_errors();
            diagnostics.extend(wrong);
            let Some(cell) = cell.map(|cell| Cell { sound, ..cell }) else { continue };
            number += usize::from(cell.anchor == cell.id);
            if document.has_anchor(&cell.anchor) {
                diagnostics.push(
                    Diagnostic::error(
                        Code::CellAnchorTaken,
                        format!("the anchor `#{}` of this cell is taken by a heading", cell.anchor),
                    )
                    .at(cell.info.clone(), "")
                    .help("give the cell or the heading another name"),
                );
            }
            if let Some(other) = cells.iter().find(|other| other.id == cell.id) {
                diagnostics.push(
                    Diagnostic::error(Code::CellNameTwice, format!("two cells of this post are called `{}`", cell.id))
                        .at(cell.info.clone(), "the second")
                        .at(other.info.clone(), "the first")
                        .help("give one of them another name"),
                );
            }
            cells.push(cell);
        }
        cells
    }

    fn head(
        fence: &Fence,
        languages: &Languages,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Info, Arc<Language>, Span)> {
        let span = fence.info.clone().filter(|_| !fence.quoted)?;
        let info = Info::read(&span, languages, diagnostics)?;
        if info.words.ignore {
            return None;
        }
        if let Some(language) = languages.named(&info.language) {
            return Some((info, language.clone(), span));
        }
        let error = Diagnostic::error(
            Code::NotALanguageOfCells,
            format!("cells cannot be written in `{}`", info.language.escape_debug()),
        );
        let error = error.at(span, "not a language of cells").suggest(&info.language, languages.names());
        diagnostics.push(if error.remedy().is_some() {
            error
        } else {
            let names: Vec<&str> = languages.names().collect();
            error.help(format!("there are {}, and those that `[languages]` in `blog.toml` describes", names.join(", ")))
        });
        None
    }

    fn read(
        fence_index: usize,
        fence: &Fence,
        (info, language, span): (Info, Arc<Language>, Span),
        number: usize,
        inherited: &[&Table],
        outside: Outside<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Cell {
        let mut options = Options::default();
        for table in inherited {
            options.apply(table, &mut Diagnostics::default());
        }
        let inherited_deps = std::mem::take(&mut options.deps);
        let code: Vec<(&str, &Span)> = fence.code.lines().zip(&fence.lines).collect();
        let option_lines =
            |from: usize| code[from..].iter().take_while(|(line, _)| option_of(line, &language).is_some());
        let mut marked = option_lines(0).count();
        let first = marked;
        if language.packages == Some(PackageManager::Cargo)
            && let Some(head) = diagnostics.take(Head::find(&code[marked..]))
        {
            marked += head.length;
            if let Some(table) = head.options(diagnostics) {
                options.apply(&table, diagnostics);
            }
        }
        let second = option_lines(marked).count();
        let option_lines: Vec<Span> = code[..first]
            .iter()
            .chain(&code[marked..marked + second])
            .filter_map(|(line, span)| {
                let text = option_of(line, &language)?;
                // What stands behind the mark, at the end of the line.
                let end = span.text().len();
                Some(span.part(end.saturating_sub(text.len())..end))
            })
            .collect();
        marked += second;
        idle_options::warn_of_code(&code[marked..], &language, diagnostics);
        if info.verb == Verb::Lib {
            // What every cell of a site or post uses is not used by that itself.
            options.uses.clear();
        }
        let own = Some(&*option_lines).filter(|lines| !lines.is_empty());
        let own = own.and_then(|lines| diagnostics.take(read_toml_lines(lines)));
        if let Some(table) = &own {
            options.apply(table, diagnostics);
        }
        if let Some(edition) = &info.words.edition {
            options.edition.clone_from(edition);
        }
        let mut lines: Vec<Line> =
            code[marked..].iter().map(|(line, span)| Line::read(line, (*span).clone(), &language)).collect();
        if let Some(file) = &options.file {
            if let Some(line) = lines.iter().find(|line| !line.code.trim().is_empty()) {
                let error = Diagnostic::error(
                    Code::CodeBesideFile,
                    "the code of this cell is in a file, and some stands here too",
                );
                let error = error.at(line.span.clone(), "not part of the file").at(file.1.clone(), "the file");
                diagnostics.push(error.help("move it to the file, or leave `file` out"));
            }
            lines =
                diagnostics.take(outside::code(file, options.anchor.as_ref(), &language, outside)).unwrap_or_default();
        } else if let Some((_, place)) = &options.anchor {
            diagnostics.push(
                Diagnostic::error(Code::PartOfNoFile, "there is no `file` that this is a part of")
                    .at(place.clone(), "")
                    .help("name the file by `file`, or leave `anchor` out"),
            );
        }
        let dependencies = Dependencies::of_cell(&language, &inherited_deps, &options.deps, diagnostics);
        let inputs = outside::inputs(&options, &language, outside, diagnostics);
        let variables = outside::variables(&options, outside);
        let pin = diagnostics.take(outside::pinned(&language, outside.world)).flatten();
        let verb = if info.words.no_run && info.verb != Verb::Lib { Verb::Check } else { info.verb };
        let numbered = format!("cell-{number}");
        let anchor = info.id.as_ref().map_or_else(|| numbered.clone(), |id| format!("cell-{id}"));
        let id = info.id.unwrap_or(numbered);
        let cell = Cell {
            id,
            anchor,
            sound: true,
            verb,
            language,
            words: info.words,
            options,
            lines,
            dependencies,
            inputs,
            variables,
            pin,
            info: span,
            fence: fence_index,
        };
        if let Some(own) = own {
            idle_options::warn(&cell, &own, &option_lines, diagnostics);
        }
        cell
    }

    /// Whether its author announced that it ends so.
    pub fn announces(&self, exit: Exit) -> bool {
        let codes = &self.options.exit;
        match exit {
            // How differently it ends is what is to be seen.
            _ if self.options.trials.is_some() => true,
            Exit::Code(code) if self.words.should_panic => code == Exit::PANICKED,
            Exit::Code(code) => codes.is_empty() || codes.contains(&code),
            Exit::Signal(_) => codes.is_empty(),
            Exit::TimedOut | Exit::TooMuchOutput | Exit::TooManyProcesses => false,
        }
    }

    /// The code that readers see, each line ended by `\n`.
    pub fn shown(&self) -> String {
        self.lines.iter().filter_map(|line| line.shown.as_deref()).flat_map(|line| [line, "\n"]).collect()
    }
}

/// The TOML of an option line such as `//| timeout = "2s"`. The blank that sets it off is not a part of it: the lines of a
/// string of several would begin with it.
pub(super) fn option_of<'a>(line: &'a str, language: &Language) -> Option<&'a str> {
    let text = line.trim_start().strip_prefix(&language.comment)?.strip_prefix('|')?;
    Some(text.strip_prefix(' ').unwrap_or(text))
}

impl Line {
    /// Applies the rules of hidden lines: rustdoc's for Rust, the comment `hide` at the end of a line for all others.
    fn read(line: &str, span: Span, language: &Language) -> Line {
        if !language.rustdoc {
            let hidden = line.trim_end().strip_suffix("hide").is_some_and(|rest| {
                rest.trim_end().ends_with(&language.comment) && rest.ends_with(char::is_whitespace)
            });
            return Line { code: line.to_owned(), shown: (!hidden).then(|| line.to_owned()), span };
        }
        let start = line.len() - line.trim_start().len();
        let (indent, rest) = line.split_at(start);
        if let Some(escaped) = rest.strip_prefix("##") {
            let code = format!("{indent}#{escaped}");
            Line { shown: Some(code.clone()), code, span }
        } else if let Some(hidden) = rest.strip_prefix("# ") {
            Line { code: format!("{indent}{hidden}"), shown: None, span }
        } else if rest == "#" {
            Line { code: String::new(), shown: None, span }
        } else {
            Line { code: line.to_owned(), shown: Some(line.to_owned()), span }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SitePath, Source};

    /// A document with nothing but fences, as the Markdown stage gives them.
    fn document(fences: &[(&str, &str)]) -> Document {
        let text: String = fences.iter().map(|(info, code)| format!("```{info}\n{code}```\n")).collect();
        let source = Source::new(SitePath::new("a.md").unwrap(), text);
        let mut at = 0;
        let mut pieces = Vec::new();
        for (info, code) in fences {
            let start = at;
            let info_at = at + 3;
            at = info_at + info.len() + 1;
            let mut lines = Vec::new();
            for line in code.split_inclusive('\n') {
                lines.push(source.span(at..at + line.trim_end_matches('\n').len()));
                at += line.len();
            }
            at += 4;
            pieces.push(Piece::Fence(Fence {
                info: Some(source.span(info_at..info_at + info.len())),
                code: (*code).to_owned(),
                lines,
                span: source.span(start..at),
                quoted: false,
            }));
        }
        Document { pieces, headings: Vec::new(), anchors: Vec::new(), images: Vec::new(), more: None, words: 0 }
    }

    fn read_all(document: &Document, inherited: &[&Table], diagnostics: &mut Diagnostics) -> Vec<Cell> {
        let (world, env, languages) = (crate::world::Memory::default(), BTreeMap::new(), Languages::default());
        Cell::read_all(document, inherited, Outside { world: &world, env: &env, languages: &languages }, diagnostics)
    }

    fn read(fences: &[(&str, &str)]) -> (Vec<Cell>, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let cells = read_all(&document(fences), &[], &mut diagnostics);
        (cells, diagnostics.iter().map(ToString::to_string).collect())
    }

    fn shown_and_code(info: &str, code: &str) -> (String, Vec<String>) {
        let cell = read(&[(info, code)]).0.remove(0);
        (cell.shown(), cell.lines.into_iter().map(|line| line.code).collect())
    }

    #[test]
    fn option_lines_are_read_and_never_shown() {
        let code = "//| timeout = \"2s\"\n//| env.A = \"b\"\nfn main() {} //| no option\n//| nor = \"this\"\n";
        let (cells, wrong) = read(&[("rust,run:x", code)]);
        assert_eq!(wrong, ["a.md:5:1: warning[E410]: this option line is not at the top of the cell, so it is code"]);
        assert_eq!((cells[0].options.timeout, cells[0].options.env["A"].as_str()), (2_000_000_000, "b"));
        assert_eq!(cells[0].shown(), "fn main() {} //| no option\n//| nor = \"this\"\n");
    }

    #[test]
    fn option_lines_of_another_language_are_code() {
        for (info, line) in [("rust,run", "#| exit = 3"), ("python,run", " //| exit = 3")] {
            let (cells, wrong) = read(&[(info, &format!("{line}\nx\n"))]);
            assert_eq!((cells[0].options.exit.as_slice(), cells[0].lines.len()), (&[0][..], 2));
            assert!(
                wrong.len() == 1 && wrong[0].contains(": warning[E411]: this is no option line of a cell in "),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn the_lines_of_a_string_begin_behind_the_blank() {
        let code = "#| stdin = \"\"\"\n#| one\n#|   two\n#|\n#|three\n#| \"\"\"\ncat\n";
        let (cells, wrong) = read(&[("sh,run", code)]);
        assert_eq!((cells[0].options.stdin.as_str(), wrong), ("one\n  two\n\nthree\n", vec![]));
    }

    #[test]
    fn hidden_lines_of_rust_are_those_of_rustdoc() {
        let (shown, code) = shown_and_code(
            "rust,run",
            "# use std::thread;\n  # let x = 1;\n#\n## escaped\n#[test]\n#![allow(x)]\n#no\n",
        );
        assert_eq!(shown, "# escaped\n#[test]\n#![allow(x)]\n#no\n");
        assert_eq!(code, ["use std::thread;", "  let x = 1;", "", "# escaped", "#[test]", "#![allow(x)]", "#no"]);
    }

    #[test]
    fn in_other_languages_a_comment_hides_its_line() {
        let (shown, code) = shown_and_code(
            "python,run",
            "import os  # hide\n# hide\nprint('# hide it')\nhide\nx = 1 #hide\n# a # hide\n",
        );
        assert_eq!(shown, "print('# hide it')\nhide\nx = 1 #hide\n");
        assert_eq!(code.len(), 6);
    }

    #[test]
    fn a_cell_without_a_name_is_numbered_and_two_of_one_name_are_an_error() {
        let (cells, wrong) = read(&[("rust", "x\n"), ("sh,run", "ls\n"), ("sh,run:a", ""), ("sh,run:a", "")]);
        assert_eq!(
            cells.iter().map(|cell| (cell.id.as_str(), cell.fence)).collect::<Vec<_>>(),
            [("cell-1", 1), ("a", 2), ("a", 3)]
        );
        assert_eq!(wrong, ["a.md:9:4: error[E407]: two cells of this post are called `a`"]);
    }

    #[test]
    fn an_unknown_language_and_unknown_options_are_errors() {
        let (_, wrong) =
            read(&[("rusty,run", ""), ("sh,run", "#| colour = 1\n"), ("sh,run", "#| = \n"), ("cobol", "")]);
        assert_eq!(
            wrong,
            [
                "a.md:1:4: error[E401]: cells cannot be written in `rusty`",
                "a.md:4:4: error[E409]: unknown option `colour`",
                "a.md:7:4: error[E004]: this is not TOML",
            ]
        );
    }

    #[test]
    fn a_cell_that_rustdoc_ignores_is_only_shown() {
        assert!(read(&[("rust,ignore,run", "x\n")]).0.is_empty());
        for info in ["rust,no_run,run", "rust,no_run,bench"] {
            assert_eq!(read(&[(info, "x\n")]).0[0].verb, Verb::Check);
        }
    }

    #[test]
    fn a_quoted_fence_is_only_shown() {
        let mut document = document(&[("sh,run", "x\n"), ("cobol,run", "x\n")]);
        for piece in &mut document.pieces {
            let Piece::Fence(fence) = piece else { continue };
            fence.quoted = true;
        }
        let mut diagnostics = Diagnostics::default();
        assert!(read_all(&document, &[], &mut diagnostics).is_empty());
        assert!(diagnostics.iter().next().is_none());
    }

    #[test]
    fn what_every_cell_uses_is_not_used_by_that_itself() {
        let source = Source::new(SitePath::new("blog.toml").unwrap(), "use = 'setup'");
        let table = crate::data::read_toml(&source.span(0..13)).unwrap();
        let document = document(&[("sh,lib:setup", ""), ("sh,run:a", "")]);
        let cells = read_all(&document, &[&table], &mut Diagnostics::default());
        assert_eq!(cells.iter().map(|cell| cell.options.uses.len()).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn a_cell_that_was_not_understood_is_not_sound() {
        let (cells, _) = read(&[("sh,run:a,b", ""), ("sh,run:c", "#| x = 1\n"), ("sh,run:d", "")]);
        assert_eq!(cells.iter().map(|cell| cell.sound).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!((cells[0].anchor.as_str(), read(&[("sh,run", "")]).0[0].anchor.as_str()), ("cell-a", "cell-1"));
    }
}
