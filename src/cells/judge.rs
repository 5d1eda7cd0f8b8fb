use crate::source::{Code, Diagnostic, Span};

use super::{Assembled, BuildLog, Case, Cell, CompilerMessage, End, Exit, Outcome, Record, Relocation, line_named};

/// What is wrong with an outcome, by what the cell's author announced; nothing if it is as announced.
pub(super) fn judge(cell: &Cell, assembled: &Assembled, outcome: &Outcome) -> Option<Diagnostic> {
    let judge = Judge { cell, assembled };
    if let Some(build) = &outcome.build {
        if cell.words.compile_fail {
            return judge.announced_compile_error(build);
        }
        if !build.success {
            return Some(judge.compile_error(build));
        }
    }
    let ends = outcome.cases.iter().flat_map(|case| case.ends.iter().map(move |end| (case, end)));
    ends.into_iter().find_map(|(case, end)| judge.end(case, end))
}

/// What a cell tells that cannot be understood.
pub(super) fn misunderstood(cell: &Cell, outcome: &Outcome) -> Option<Diagnostic> {
    let why = outcome.cases.iter().flat_map(|case| &case.ends).find_map(|end| end.misunderstood.clone())?;
    let message = format!("what cell `{}` tells by `CELL_EMIT` is not understood", cell.id);
    Some(Diagnostic::error(Code::Misunderstood, message).at(cell.info.clone(), "").note(why))
}

/// Whether a record shows what the cell's author announced.
pub(super) fn as_announced(cell: &Cell, record: &Record) -> bool {
    let given: Vec<&str> = record.codes.iter().map(String::as_str).collect();
    record.compiled.is_none_or(|compiled| compiled != cell.words.compile_fail)
        && missing_code(cell, &given).is_none()
        && record.cases.iter().flat_map(|case| &case.ends).all(|end| cell.announces(end.exit))
}

/// A code that the author announced and the compiler did not give.
fn missing_code<'c>(cell: &'c Cell, given: &[&str]) -> Option<&'c String> {
    cell.words.error_codes.iter().find(|code| !given.contains(&code.as_str()))
}

struct Judge<'a> {
    cell: &'a Cell,
    assembled: &'a Assembled,
}

impl Judge<'_> {
    fn info(&self) -> Span {
        self.cell.info.clone()
    }

    fn announced_compile_error(&self, build: &BuildLog) -> Option<Diagnostic> {
        let id = &self.cell.id;
        if build.success {
            let message = format!("cell `{id}` compiles, though it is marked `compile_fail`");
            return Some(
                Diagnostic::error(Code::Compiles, message)
                    .at(self.info(), "")
                    .help("take the word away, or make it fail again"),
            );
        }
        let given: Vec<&str> = build.codes().collect();
        let missing = missing_code(self.cell, &given)?;
        let error = Diagnostic::error(Code::OtherCompilerCode, format!("cell `{id}` does not fail with {missing}"))
            .at(self.info(), "announced here");
        let said = if given.is_empty() { "no code".to_owned() } else { given.join(", ") };
        let error = error.note(format!("the compiler gives {said}")).detail(self.drawings(build));
        let (info, help) = (self.info(), "announce what it gives, or make it fail so again");
        Some(match (&*given, info.text().find(missing.as_str())) {
            ([other], Some(at)) => error.replace(help, info.part(at..at + missing.len()), *other),
            _ => error.help(help),
        })
    }

    fn compile_error(&self, build: &BuildLog) -> Diagnostic {
        let of_level = |level| build.messages.iter().find(|message| message.level == level);
        let first = of_level("error");
        let told = first.or_else(|| of_level("text"));
        let place = told.and_then(|message| self.place(message));
        let label = first.map_or("", |message| message.message.as_str());
        let message = format!("cell `{}` does not compile", self.cell.id);
        Diagnostic::error(Code::DoesNotCompile, message)
            .at(place.unwrap_or_else(|| self.info()), label)
            .help("correct it, or publish what the compiler says by `on-error = \"show\"`")
            .detail(self.drawings(build))
    }

    /// Where in the post the place of a message stands.
    fn place(&self, message: &CompilerMessage) -> Option<Span> {
        let line = message.line?;
        let part = message.columns.as_ref().and_then(|columns| self.assembled.part(line, columns));
        part.or_else(|| self.assembled.place(line).cloned())
    }

    /// What the compiler drew, said about the lines of the post.
    fn drawings(&self, build: &BuildLog) -> String {
        let drawings: String =
            build.messages.iter().map(|message| message.rendered.trim_end()).flat_map(|text| [text, "\n\n"]).collect();
        self.in_post(|relocation| relocation.drawings(&drawings))
    }

    fn in_post(&self, relocate: impl FnOnce(&Relocation<'_>) -> String) -> String {
        // The post, or the file that the cell names.
        let source = self.cell.lines.first().map_or(&self.cell.info, |line| &line.span).source();
        relocate(&Relocation {
            file: &self.assembled.program.file,
            name: source.path().as_str(),
            line: &|line| self.assembled.place(line).map(Span::line),
        })
    }

    fn end(&self, case: &Case, end: &End) -> Option<Diagnostic> {
        let words = &self.cell.words;
        let exit = end.exit;
        if self.cell.announces(exit) {
            return None;
        }
        let line = line_named(&end.stderr, &self.assembled.program.file, !self.cell.language.innermost_last);
        let place = line.and_then(|line| self.assembled.place(line)).cloned().unwrap_or_else(|| self.info());
        let streams = [&end.stdout, &end.stderr].into_iter().map(|text| tail(text).trim_end());
        let said = streams.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
        let with: Vec<String> = case.params.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(", ")) };
        let code = match exit {
            Exit::Code(_) | Exit::Signal(_) => Code::EndsOtherwise,
            Exit::TimedOut | Exit::TooMuchOutput | Exit::TooManyProcesses => Code::Killed,
        };
        let error = Diagnostic::error(code, format!("cell `{}` {}{with}", self.cell.id, self.describe(exit)))
            .at(place, "")
            .detail(self.in_post(|relocation| relocation.text(&said)));
        Some(error.help(match exit {
            Exit::TimedOut => "give it more time by `timeout`, or publish this end by `on-error = \"show\"`",
            Exit::TooMuchOutput => "print less, or publish this end by `on-error = \"show\"`",
            Exit::TooManyProcesses => "start fewer at once, or publish this end by `on-error = \"show\"`",
            _ if words.should_panic => "take `should_panic` away, or make it panic again",
            Exit::Code(_) => "announce the code by `exit`, or publish this end by `on-error = \"show\"`",
            Exit::Signal(_) => "publish this end by `on-error = \"show\"`",
        }))
    }

    fn describe(&self, exit: Exit) -> String {
        let seconds = self.cell.options.timeout as f64 / 1e9;
        match exit {
            Exit::Code(0) if self.cell.words.should_panic => "did not panic, though it is marked `should_panic`".into(),
            Exit::Code(Exit::PANICKED) if self.cell.language.rustdoc => "panicked".into(),
            Exit::Code(code) => format!("ended with exit code {code}"),
            Exit::Signal(signal) => format!("was killed by signal {signal}"),
            Exit::TimedOut => format!("was killed after its limit of {seconds} s"),
            Exit::TooMuchOutput => "was killed because it printed too much".into(),
            Exit::TooManyProcesses => "was killed because it started too many processes or threads".into(),
        }
    }
}

/// The last lines of a text, as much as a terminal shows.
fn tail(text: &str) -> &str {
    const LINES: usize = 30;
    let start = text.trim_end().rmatch_indices('\n').nth(LINES - 1).map_or(0, |(at, _)| at + 1);
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_lines_are_quoted() {
        let text: String = (1..=50).map(|n| format!("{n}\n")).collect();
        assert!(tail(&text).starts_with("21\n"));
        assert_eq!(tail("a\n"), "a\n");
    }
}
