use super::{Language, Languages};
use crate::source::{Code, Diagnostic, Diagnostics, Span};

/// What an author wants done with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// Build it, run it once, show what it printed and how long it took.
    Run,
    /// The same with repetitions: a distribution with an interval.
    Bench,
    /// Only compile it.
    Check,
    /// Nothing by itself: it is put in front of the cells that name it in `use`.
    Lib,
}

impl Verb {
    /// Every verb, by the word that authors write.
    pub const ALL: [(&'static str, Verb); 4] =
        [("run", Verb::Run), ("bench", Verb::Bench), ("check", Verb::Check), ("lib", Verb::Lib)];

    /// The word that authors write.
    pub fn name(self) -> &'static str {
        Verb::ALL.iter().find(|(_, verb)| *verb == self).expect("all verbs are listed").0
    }
}

/// Words of rustdoc's that stand in the info string of a Rust cell, with the meaning that rustdoc gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word that stands there or does not")]
pub struct RustdocWords {
    /// `should_panic`: it must end in a panic.
    pub should_panic: bool,
    /// `no_run`: it is compiled and not run.
    pub no_run: bool,
    /// `compile_fail`: it must not compile.
    pub compile_fail: bool,
    /// `E0382`: the codes that the compiler must give then.
    pub error_codes: Vec<String>,
    /// `ignore`: it is only shown.
    pub ignore: bool,
    /// `edition2021`: the edition that it is written in.
    pub edition: Option<String>,
}

/// The info string of a cell: `rust,compile_fail,E0382,check:moved`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The language as written.
    pub language: String,
    /// What is to be done.
    pub verb: Verb,
    /// The cell's name, if it has one.
    pub id: Option<String>,
    /// rustdoc's words.
    pub words: RustdocWords,
}

impl Info {
    /// Reads an info string; nothing if it carries no verb, for then the fence is only shown.
    ///
    /// Words are separated by commas or white space; the first one is the language. An info string that begins with a
    /// brace is another tool's (`{r, eval=TRUE}`, `{.rust}`).
    pub fn read(info: &Span, languages: &Languages, diagnostics: &mut Diagnostics) -> Option<Info> {
        let words = words(info);
        let (language, rest) = words.split_first()?;
        if language.text().starts_with('{') {
            return None;
        }
        let mut verbs = rest.iter().filter(|word| split_verb(word).is_some());
        let Some(word) = verbs.next() else {
            warn_of_near_verb(rest, diagnostics);
            return None;
        };
        if let Some(second) = verbs.next() {
            diagnostics.push(
                Diagnostic::error(Code::TwoVerbs, "a cell has one verb")
                    .at(second.clone(), "a second verb")
                    .at(word.clone(), "the first")
                    .help("keep one of them"),
            );
        }
        let (verb, id) = split_verb(word).expect("it was found by this");
        let id = id.and_then(|id| diagnostics.take(checked_id(id)));
        let mut rustdoc = RustdocWords::default();
        for other in rest.iter().filter(|other| split_verb(other).is_none()) {
            diagnostics.take(rustdoc.add(languages.named(language.text()).map(|known| &**known), other));
        }
        if !rustdoc.compile_fail
            && let Some(code) = rest.iter().find(|word| is_error_code(word.text()))
        {
            diagnostics.push(
                Diagnostic::error(Code::CompilerCodeAlone, format!("`{}` stands without `compile_fail`", code.text()))
                    .at(code.clone(), "the compiler gives it only to code that it refuses")
                    .replace("say that it is refused", code.clone(), format!("compile_fail,{}", code.text())),
            );
        }
        Some(Info { language: language.text().to_owned(), verb, id, words: rustdoc })
    }
}

/// The words of an info string, each with its place.
fn words(info: &Span) -> Vec<Span> {
    let text = info.text();
    let separator = |c: char| c == ',' || c.is_whitespace();
    let mut words = Vec::new();
    let mut start = 0;
    for (at, found) in text.match_indices(separator).chain([(text.len(), "")]) {
        if at > start {
            words.push(info.part(start..at));
        }
        start = at + found.len();
    }
    words
}

/// A word as a verb and what follows its colon, if it is one.
fn split_verb(word: &Span) -> Option<(Verb, Option<Span>)> {
    let (name, id_at) = match word.text().find(':') {
        Some(colon) => (&word.text()[..colon], Some(colon + 1)),
        None => (word.text(), None),
    };
    let (_, verb) = Verb::ALL.into_iter().find(|(known, _)| *known == name)?;
    Some((verb, id_at.map(|at| word.part(at..word.text().len()))))
}

/// A name like `counter-2`.
fn checked_id(id: Span) -> Result<String, Diagnostic> {
    let text = id.text();
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text == "page" {
        let error = Diagnostic::error(Code::CellName, "a cell cannot be called `page`");
        return Err(error
            .at(id, "")
            .help("in prose and claims, `page.…` is a fact of the whole page: take another name"));
    }
    if text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(inner) {
        return Ok(text.to_owned());
    }
    let message = match text {
        "" => "the name of the cell is missing".to_owned(),
        text => format!("`{}` cannot name a cell", text.escape_debug()),
    };
    let error = Diagnostic::error(Code::CellName, message).at(id.clone(), "");
    let rule = "names are made of a-z, 0-9 and `-`, and begin with a letter";
    // As people write names elsewhere: `Counter_2`.
    let near = text.to_lowercase().replace('_', "-");
    let is_name = near.starts_with(|c: char| c.is_ascii_lowercase()) && near.chars().all(inner);
    Err(if is_name { error.note(rule).mean(text, &near) } else { error.help(rule) })
}

/// Says of `rust,bnech:mutex` that it will not run; words without a colon may belong to any other tool.
fn warn_of_near_verb(words: &[Span], diagnostics: &mut Diagnostics) {
    for word in words {
        let Some((name, _)) = word.text().split_once(':') else { continue };
        let warning =
            Diagnostic::warning(Code::MisspeltVerb, format!("`{name}` is not a verb, so this code is only shown"))
                .at(word.clone(), "")
                .suggest(name, Verb::ALL.map(|(name, _)| name));
        if warning.remedy().is_some() {
            diagnostics.push(warning);
        }
    }
}

impl RustdocWords {
    /// Takes a word in; see "Attributes" in the rustdoc book's chapter on documentation tests.
    fn add(&mut self, language: Option<&Language>, word: &Span) -> Result<(), Diagnostic> {
        const KNOWN: [&str; 6] = ["should_panic", "no_run", "compile_fail", "ignore", "edition2021", "edition2024"];
        let rust = language.is_some_and(|language| language.rustdoc);
        match word.text() {
            "should_panic" if rust => self.should_panic = true,
            "no_run" if rust => self.no_run = true,
            "compile_fail" if rust => self.compile_fail = true,
            "ignore" if rust => self.ignore = true,
            "standalone_crate" | "standalone" if rust => {}
            text if rust && text.starts_with("ignore-") => self.ignore = true,
            text if rust && is_error_code(text) => self.error_codes.push(text.to_owned()),
            text if rust && matches!(text.strip_prefix("edition"), Some("2015" | "2018" | "2021" | "2024")) => {
                self.edition = text.strip_prefix("edition").map(str::to_owned);
            }
            text => {
                let error =
                    Diagnostic::error(Code::UnknownWord, format!("`{}` has no meaning in a cell", text.escape_debug()))
                        .at(word.clone(), "");
                return Err(if text.contains('=') {
                    let comment = language.map_or("#", |language| language.comment.as_str());
                    error.help(format!("options stand at the top of the cell: `{comment}| timeout = \"2s\"`"))
                } else if rust {
                    error.suggest(text, KNOWN)
                } else {
                    error
                });
            }
        }
        Ok(())
    }
}

/// `E` and four digits, as every code of the Rust compiler.
fn is_error_code(word: &str) -> bool {
    word.len() == 5 && word.starts_with('E') && word[1..].bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SitePath, Source};

    fn read(info: &str) -> (Option<Info>, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let source = Source::new(SitePath::new("a.md").unwrap(), info);
        let info = Info::read(&source.span(0..info.len()), &Languages::default(), &mut diagnostics);
        (info, diagnostics.iter().map(|d| format!("{d} ({})", d.remedy().unwrap_or("-"))).collect())
    }

    #[test]
    fn a_fence_without_a_verb_is_no_cell() {
        for info in [
            "",
            "rust",
            "run",
            "rust,no_run",
            "rust {file=\"run\"}",
            "{r, run}",
            "{.rust .run}",
            "rust,hl_lines=3",
            "rust{1,3-5}",
            "rust,running",
            "python runs",
        ] {
            assert_eq!(read(info), (None, vec![]), "{info}");
        }
    }

    #[test]
    fn commas_and_white_space_separate_words() {
        for info in ["python,bench:gil", "python bench:gil", "python, bench:gil", " python\t,bench:gil "] {
            let info = read(info).0.unwrap();
            assert_eq!((info.language.as_str(), info.verb, info.id.as_deref()), ("python", Verb::Bench, Some("gil")));
        }
    }

    #[test]
    fn rustdoc_s_words_keep_their_meaning() {
        let (info, wrong) = read("rust,compile_fail,E0382,edition2021,check:moved");
        let words = info.unwrap().words;
        assert_eq!(wrong, [""; 0]);
        assert!(words.compile_fail && !words.should_panic);
        assert_eq!((words.error_codes, words.edition), (vec!["E0382".to_owned()], Some("2021".to_owned())));
        assert!(read("rust,ignore-windows,run").0.unwrap().words.ignore);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_place() {
        for (info, message) in [
            ("rust,run:Counter", "a.md:1:10: error[E406]: `Counter` cannot name a cell (did you mean `counter`?)"),
            (
                "rust,run:",
                "a.md:1:10: error[E406]: the name of the cell is missing (names are made of a-z, 0-9 and `-`, and begin with a letter)",
            ),
            (
                "sh,run:page",
                "a.md:1:8: error[E406]: a cell cannot be called `page` (in prose and claims, `page.…` is a fact of the whole page: take another name)",
            ),
            ("rust,run,bench", "a.md:1:10: error[E403]: a cell has one verb (keep one of them)"),
            ("rust,E0382,run", "a.md:1:6: error[E405]: `E0382` stands without `compile_fail` (say that it is refused)"),
            (
                "rust,shuold_panic,run",
                "a.md:1:6: error[E402]: `shuold_panic` has no meaning in a cell (did you mean `should_panic`?)",
            ),
            (
                "rust,run,timeout=2",
                "a.md:1:10: error[E402]: `timeout=2` has no meaning in a cell (options stand at the top of the cell: `//| timeout = \"2s\"`)",
            ),
            ("sh,should_panic,run", "a.md:1:4: error[E402]: `should_panic` has no meaning in a cell (-)"),
            (
                "rust,bnech:mutex",
                "a.md:1:6: warning[E404]: `bnech` is not a verb, so this code is only shown (did you mean `bench`?)",
            ),
        ] {
            assert_eq!(read(info).1, [message], "{info}");
        }
    }
}
