//! Options that an author wrote in a cell and that decide nothing there. What a cell takes over from its post or site may be
//! meant for others, and is not judged.

use super::cell::option_of;
use super::{Cell, Language, Options, Verb};
use crate::data::{Entry, Table, read_toml};
use crate::source::{Code, Diagnostic, Diagnostics, Span};

/// What a `lib` cell has a use for itself; all else is for those cells that use it.
const OF_LIBS: [&str; 7] = ["use", "caption", "file", "anchor", "echo", "hl", "deps"];

/// What only a program that runs has a use for.
const OF_RUNS: [&str; 23] = [
    "group",
    "baseline",
    "label",
    "stderr",
    "chart",
    "args",
    "env",
    "stdin",
    "timeout",
    "memory",
    "net",
    "exit",
    "reps",
    "warmup",
    "min-time",
    "max-time",
    "sweep",
    "metric",
    "per",
    "timeline",
    "trials",
    "tolerance",
    "env-inputs",
];

/// What is only for a cell that runs until it was measured well.
const OF_BENCHES: [&str; 3] = ["reps", "warmup", "min-time"];

/// What stands in the command lines of a language, and does nothing where it does not: `{profile}`.
const OF_COMMANDS: [&str; 4] = ["profile", "edition", "features", "rustflags"];

/// Warns of the options that decide nothing in a cell, of those that stand in its option lines.
pub(super) fn warn(cell: &Cell, own: &Table, lines: &[Span], diagnostics: &mut Diagnostics) {
    for entry in own.entries.iter().filter(|entry| Options::KEYS.contains(&entry.key.as_str())) {
        let Some((why, instead)) = reason(&entry.key, cell) else { continue };
        let message = format!("`{}` decides nothing in this cell", entry.key);
        let warning = Diagnostic::warning(Code::IdleOption, message).at(entry.key_span.clone(), why);
        let help = format!("leave it out{instead}");
        diagnostics.push(match line_of(entry, lines) {
            Some(line) => warning.replace(help, line, ""),
            None => warning.help(help),
        });
    }
}

/// Why an option decides nothing in a cell, and what else than leaving it out its author may have wanted.
fn reason(key: &str, cell: &Cell) -> Option<(String, &'static str)> {
    let is_one_of = |keys: &[&str]| keys.contains(&key);
    let (words, trials) = (&cell.words, cell.options.trials.is_some());
    match cell.verb {
        Verb::Lib => {
            let instead = ", or set it in the cells that use this one";
            return (!is_one_of(&OF_LIBS)).then(|| ("a `lib` only stands in front of others".to_owned(), instead));
        }
        verb if is_one_of(&OF_RUNS) && (verb == Verb::Check || words.compile_fail) => {
            let marks = [(words.compile_fail, "compile_fail"), (words.no_run, "no_run"), (true, "check")];
            let (_, word) = marks.into_iter().find(|(is, _)| *is)?;
            return Some((format!("with `{word}` it is compiled and never run"), ""));
        }
        _ if trials && is_one_of(&OF_BENCHES) => {
            return Some(("`trials` says how often it runs".to_owned(), ", or `trials`"));
        }
        Verb::Run if !trials && (is_one_of(&OF_BENCHES) || key == "max-time") => {
            return Some(("with `run` it runs once".to_owned(), ", or let the verb be `bench`"));
        }
        _ => {}
    }
    let idle = is_one_of(&OF_COMMANDS) && !takes(&cell.language, key);
    idle.then(|| (format!("no command of {} takes it", cell.language.title), ""))
}

/// Whether a command line of a language has a place for the value of an option.
fn takes(language: &Language, key: &str) -> bool {
    let place = format!("{{{key}}}");
    let mut commands = [Some(&language.check), language.build.as_ref(), Some(&language.run)].into_iter().flatten();
    commands.any(|command| command.iter().any(|word| word.contains(&place)))
}

/// The line of an option with its end, if the option is all of it and no other line adds to it.
fn line_of(entry: &Entry, lines: &[Span]) -> Option<Span> {
    let line = lines.iter().find(|line| line.line() == entry.key_span.line())?;
    let alone = read_toml(line).is_ok_and(|alone| alone.entries == [entry.clone()]);
    let whole = line.source().line(line.line()).range();
    alone.then(|| line.source().span(whole.start..(whole.end + 1).min(line.source().text().len())))
}

/// Warns of lines of code that look like options: behind the code's beginning, or behind the mark of another language.
pub(super) fn warn_of_code(code: &[(&str, &Span)], language: &Language, diagnostics: &mut Diagnostics) {
    for (line, span) in code {
        if option_of(line, language).is_some_and(|text| text.contains('=')) {
            let message = "this option line is not at the top of the cell, so it is code";
            let warning = Diagnostic::warning(Code::LateOption, message).at((*span).clone(), "");
            diagnostics.push(warning.help("options stand above the code, without blank lines between them"));
        }
    }
    if let Some((line, span)) = code.first()
        && let Some(mark) = ["#|", "//|"].into_iter().find(|mark| line.trim_start().starts_with(mark))
        && line.contains('=')
    {
        let message = format!("this is no option line of a cell in {}, so it is code", language.title);
        let warning = Diagnostic::warning(Code::ForeignOption, message).at((*span).clone(), "");
        let own = format!("{}|", language.comment);
        let at = span.text().find(mark).unwrap_or_default();
        let place = span.part(at..at + mark.len());
        diagnostics.push(warning.replace(format!("options stand behind `{own}`"), place, own));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    use crate::cells::{Languages, Outside};
    use crate::markdown::{Document, Fence, Piece};
    use crate::source::{SitePath, Source};
    use crate::world::Memory;

    /// Why each option of a cell decides nothing.
    fn idle(info: &str, options: &str) -> Vec<String> {
        let text = format!("{info}\n{options}true\n");
        let source = Source::new(SitePath::new("a.md").unwrap(), text);
        let lines = (2..=2 + options.lines().count()).map(|line| source.line(line)).collect();
        let fence = Fence {
            info: Some(source.line(1)),
            code: source.text()[info.len() + 1..].to_owned(),
            lines,
            span: source.span(0..source.text().len()),
            quoted: false,
        };
        let pieces = vec![Piece::Fence(fence)];
        let document =
            Document { pieces, headings: Vec::new(), anchors: Vec::new(), images: Vec::new(), more: None, words: 0 };
        let (world, env, languages) = (Memory::default(), BTreeMap::new(), Languages::default());
        let (outside, mut diagnostics) =
            (Outside { world: &world, env: &env, languages: &languages }, Diagnostics::default());
        let inherited = "reps = 3\nsweep.n = [1, 2]\nprofile = 'debug'\nmax-time = '1s'\n";
        let site = Source::new(SitePath::new("blog.toml").unwrap(), inherited);
        let inherited = read_toml(&site.span(0..inherited.len())).unwrap();
        Cell::read_all(&document, &[&inherited], outside, &mut diagnostics);
        let of = |diagnostic: &Diagnostic| {
            let (place, why) = diagnostic.places().next().unwrap();
            let removed = diagnostic.replacement().map_or("", |(line, _)| line.text());
            format!("{}: {why}: {}: {removed}", place.text(), diagnostic.remedy().unwrap())
        };
        diagnostics.iter().filter(|diagnostic| diagnostic.code() == Code::IdleOption).map(of).collect()
    }

    /// The options that decide nothing in a cell that has one of them, by their names.
    fn all_idle(info: &str, before: &str) -> String {
        let is_idle = |key: &&&str| !idle(info, &format!("{before}//| {key} = 1\n")).is_empty();
        Options::KEYS.iter().filter(is_idle).copied().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_verb_has_its_options() {
        let of_runs = "group baseline label stderr chart args env stdin timeout memory net exit reps warmup min-time \
            max-time sweep metric per timeline trials tolerance env-inputs";
        assert_eq!(all_idle("rust,run", ""), "reps warmup min-time max-time");
        assert_eq!(all_idle("rust,bench", ""), "");
        for info in ["rust,check", "rust,no_run,bench", "rust,compile_fail,run"] {
            assert_eq!(all_idle(info, "").split(' ').collect::<BTreeSet<_>>(), of_runs.split_whitespace().collect());
        }
        let of_libs = all_idle("rust,lib:x", "");
        let kept: Vec<&str> =
            Options::KEYS.into_iter().filter(|key| !of_libs.split(' ').any(|idle| idle == *key)).collect();
        assert_eq!(kept, ["use", "caption", "file", "anchor", "echo", "hl", "deps"]);
    }

    #[test]
    fn what_says_how_often_it_runs_leaves_the_rest_nothing_to_say() {
        assert_eq!(
            idle("c,bench", "//| trials = 9\n//| reps = 3\n//| max-time = \"1s\"\n"),
            ["reps: `trials` says how often it runs: leave it out, or `trials`: //| reps = 3\n"]
        );
        assert_eq!(idle("c,run", "//| trials = 9\n//| max-time = \"1s\"\n"), [""; 0]);
    }

    #[test]
    fn a_language_has_the_options_that_its_commands_take() {
        assert_eq!(all_idle("c,run", ""), "edition features rustflags reps warmup min-time max-time");
        assert_eq!(
            idle("python,run", "#| profile = \"debug\"\n"),
            ["profile: no command of Python takes it: leave it out: #| profile = \"debug\"\n"]
        );
    }

    #[test]
    fn a_line_is_taken_out_where_the_option_is_all_of_it() {
        let why = "stands in front of others: leave it out, or set it in the cells that use this one";
        for (options, removed) in [
            ("//| net = \"none\" # offline\n", "//| net = \"none\" # offline\n"),
            ("//| sweep.n = [1, 2]\n", "//| sweep.n = [1, 2]\n"),
            ("//| sweep.n = [1, 2]\n//| sweep.m = [1, 2]\n", ""),
            ("//| args = [\n//|   \"a\",\n//| ]\n", ""),
        ] {
            let key = options[4..].split(['.', ' ']).next().unwrap();
            assert_eq!(idle("rust,lib:x", options), [format!("{key}: a `lib` only {why}: {removed}")]);
        }
    }
}
