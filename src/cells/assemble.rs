use std::collections::BTreeMap;
use std::ops::Range;

use crate::source::{Code, Diagnostic, Diagnostics, Span};

use super::compare::check_groups;
use super::{
    Build, Cell, Dependencies, Exit, Language, Limits, LockedPackages, Options, PackageManager, PackageSet, Plan,
    Profile, Profiles, Program, Repeat, Verb, rust,
};

/// What every cell is held to besides its own options: output of a run, bytes.
const OUTPUT_LIMIT: u64 = 256 << 10;

/// And processes and threads at once: more than a post about any number of cores needs, few enough to do no harm.
const PROCESS_LIMIT: u32 = 512;

/// The wall time of the runs of a bench after which there is no other, if its author does not say, ns.
const BENCH_TIME: u64 = 10_000_000_000;

/// The same for all trials.
const TRIALS_TIME: u64 = 60_000_000_000;

/// Number of the runner's way of doing things, part of every key: results of another number do not hold.
const RUNNER: u32 = 2;

/// A cell that is ready to be run.
#[derive(Debug, Clone)]
pub struct Assembled {
    /// What decides the result.
    pub program: Program,
    /// Where each line of the program's code stands in the post; generated lines stand nowhere.
    pub origin: Vec<Option<Span>>,
    /// The code of a program of the same language that does nothing.
    pub empty: String,
}

impl Assembled {
    /// Where a line of the program's code (from 1) stands, or the nearest one before it that stands somewhere.
    pub fn place(&self, line: usize) -> Option<&Span> {
        self.origin.iter().take(line).rev().flatten().next()
    }

    /// Where some characters of such a line stand, counted from 1; nothing if there are none, or they are not the author's.
    pub fn part(&self, line: usize, columns: &Range<usize>) -> Option<Span> {
        let span = self.origin.get(line.checked_sub(1)?)?.as_ref()?;
        let code = self.program.code.lines().nth(line - 1)?;
        // What is in front of the code is the mark of a hidden line.
        let mark = span.text().strip_suffix(code)?.len();
        let ends = code.char_indices().map(|(at, _)| at).chain([code.len()]);
        let at = |column: usize| ends.clone().nth(column.checked_sub(1)?);
        let (start, end) = (at(columns.start)?, at(columns.end)?);
        (start < end).then(|| span.part(mark + start..mark + end))
    }
}

/// Puts the programs of a post's cells together, with the `lib` cells that they use, and checks their groups; nothing for a `lib` cell itself, and
/// for one that was not understood.
pub fn assemble(cells: &[Cell], diagnostics: &mut Diagnostics) -> Vec<Option<Assembled>> {
    check_groups(cells, diagnostics);
    cells
        .iter()
        .map(|cell| {
            let mut parts = Vec::new();
            let mut path = vec![cell.id.as_str()];
            let whole = gather(cell, cells, &mut path, &mut parts, diagnostics);
            let understood = whole && cell.sound && parts.iter().all(|part| part.sound);
            (understood && cell.verb != Verb::Lib).then(|| assemble_one(cell, &parts))
        })
        .collect()
}

/// The `lib` cells that a cell uses, each once, those that others need first. Tells whether all of them were found.
fn gather<'a>(
    cell: &'a Cell,
    cells: &'a [Cell],
    path: &mut Vec<&'a str>,
    parts: &mut Vec<&'a Cell>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let mut whole = true;
    // What a `lib` cell uses is judged when it is that cell's turn, and not again for each cell that uses it.
    let direct = path.len() == 1;
    for (name, place) in &cell.options.uses {
        let Some(lib) = cells.iter().find(|other| other.id == *name && other.verb == Verb::Lib) else {
            let libs = cells.iter().filter(|other| other.verb == Verb::Lib).map(|other| other.id.as_str());
            let error = match cells.iter().find(|other| other.id == *name) {
                Some(other) => Diagnostic::error(Code::NotALib, format!("`{name}` is not a `lib` cell"))
                    .at(place.clone(), "used here")
                    .at(other.info.clone(), "this cell runs by itself")
                    .help("let the verb of that cell be `lib`, or move what both need to one that is"),
                None => Diagnostic::error(
                    Code::NoSuchCell,
                    format!("no cell of this post is called `{}`", name.escape_debug()),
                )
                .at(place.clone(), "used here"),
            };
            if direct {
                diagnostics.push(error.suggest(name, libs));
            }
            whole = false;
            continue;
        };
        if path.contains(&lib.id.as_str()) {
            // The same circle is met from each of its cells, and from those that use one of them.
            if path[0] == lib.id && path.iter().all(|id| *id >= lib.id.as_str()) {
                let circle = [path.as_slice(), &[lib.id.as_str()]].concat().join("` uses `");
                let error = Diagnostic::error(Code::Circle, "cells use each other in a circle");
                let error = error.at(place.clone(), format!("`{circle}`"));
                diagnostics.push(error.help("move what they need of each other to a `lib` cell of its own"));
            }
            whole = false;
            continue;
        }
        if lib.language != cell.language {
            if direct {
                diagnostics.push(
                    Diagnostic::error(Code::OtherLanguage, format!("`{name}` is written in another language"))
                        .at(place.clone(), format!("used by a cell in {}", cell.language.title))
                        .at(lib.info.clone(), format!("this is {}", lib.language.title))
                        .help(format!("write it in {} too, in another `lib` cell", cell.language.title)),
                );
            }
            whole = false;
            continue;
        }
        if parts.iter().any(|part| part.id == lib.id) {
            continue;
        }
        path.push(&lib.id);
        whole &= gather(lib, cells, path, parts, diagnostics);
        path.pop();
        parts.push(lib);
    }
    whole
}

fn assemble_one(cell: &Cell, parts: &[&Cell]) -> Assembled {
    let own = |cell: &Cell| -> Vec<Placed> {
        cell.lines.iter().map(|line| Placed { code: line.code.clone(), span: Some(line.span.clone()) }).collect()
    };
    let libs: Vec<Vec<Placed>> = parts.iter().copied().map(own).collect();
    let language = &cell.language;
    let wrapped = |libs, code| {
        if language.rustdoc {
            rust::crate_of(libs, code)
        } else {
            language.wrap.program_of(&language.comment, libs, code)
        }
    };
    let text = |lines: &[Placed]| lines.iter().flat_map(|line| [line.code.as_str(), "\n"]).collect();
    let lines = wrapped(libs, own(cell));
    let mut dependencies = Dependencies::default();
    for lib in parts {
        dependencies.extend(&lib.dependencies);
    }
    dependencies.extend(&cell.dependencies);
    Assembled {
        program: program(cell, text(&lines), dependencies),
        empty: text(&wrapped(Vec::new(), Vec::new())),
        origin: lines.into_iter().map(|line| line.span).collect(),
    }
}

/// A line of a program and where it comes from.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) code: String,
    pub(super) span: Option<Span>,
}

impl Placed {
    pub(super) fn generated(code: &str) -> Self {
        Placed { code: code.to_owned(), span: None }
    }
}

fn program(cell: &Cell, code: String, dependencies: Dependencies) -> Program {
    let (language, options) = (&*cell.language, &cell.options);
    let check_only = cell.verb == Verb::Check || cell.words.compile_fail;
    let may_hang = !check_only && options.trials.is_some();
    let filled = |command: &Vec<String>| fill_in(command, language, options, may_hang);
    let codes = if cell.words.should_panic { vec![Exit::PANICKED] } else { options.exit.clone() };
    let plan = match (cell.verb, options.trials) {
        _ if check_only => Plan::Build,
        (_, Some(trials)) => {
            let max_time = options.max_time.unwrap_or(TRIALS_TIME);
            Plan::Trials { trials, max_time, redact: options.redact.clone() }
        }
        (Verb::Bench, None) => Plan::Repeat(Repeat {
            reps: options.reps,
            warmup: options.warmup,
            min_time: options.min_time,
            max_time: options.max_time.unwrap_or(BENCH_TIME),
            codes,
        }),
        _ => Plan::Once,
    };
    // Some errors are found only when code is generated, so code that must not compile is built in full.
    let command = match cell.verb {
        Verb::Check if !cell.words.compile_fail => Some(&language.check),
        _ if check_only => language.build.as_ref().or(Some(&language.check)),
        _ => language.build.as_ref(),
    };
    // What only a run needs is no part of the key of a program that never runs.
    let default = Options::default();
    let options = if check_only { &default } else { options };
    Program {
        runner: RUNNER,
        file: language.file.clone(),
        files: language.files_beside(&code),
        code,
        build: command.map(|command| Build { command: filled(command), json_messages: language.rustdoc }),
        run: (!check_only).then(|| filled(&language.run)),
        version: language.version.clone(),
        resolve: language.resolve.clone(),
        tool_env: language.env.clone(),
        pins: cell.pin.iter().cloned().collect(),
        args: options.args.clone(),
        env: if check_only {
            BTreeMap::new()
        } else {
            [cell.variables.clone(), options.env.clone()].into_iter().flatten().collect()
        },
        stdin: options.stdin.clone(),
        limits: Limits {
            time: options.timeout,
            memory: options.memory,
            output: OUTPUT_LIMIT,
            processes: PROCESS_LIMIT,
        },
        plan,
        sweep: options.sweep.clone(),
        timeline: options.timeline,
        thread_names: language.thread_names.clone().filter(|_| options.timeline),
        merge: options.merge,
        net: options.net,
        dump: language.dump.clone().filter(|_| may_hang),
        packages: packages(cell, dependencies),
        inputs: cell.inputs.clone(),
    }
}

/// A command line with the words that the cell's author decides.
fn fill_in(command: &[String], language: &Language, options: &Options, may_hang: bool) -> Vec<String> {
    let Profiles { release, debug, lines } = &language.profiles;
    let profile = if options.release { release } else { debug };
    let lines: &[String] = if may_hang { lines } else { &[] };
    let feature = |feature: &String| ["--cfg".to_owned(), format!("feature={feature:?}")];
    let words = |word: &String| match word.as_str() {
        "{profile}" => [profile.as_slice(), lines].concat(),
        "{features}" => options.features.iter().flat_map(feature).collect(),
        "{rustflags}" => options.rustflags.clone(),
        _ => vec![word.replace("{edition}", &options.edition)],
    };
    command.iter().flat_map(words).collect()
}

fn packages(cell: &Cell, dependencies: Dependencies) -> Option<LockedPackages> {
    let manager = cell.language.packages.clone().filter(|_| !dependencies.is_empty())?;
    let compiled = manager == PackageManager::Cargo;
    let set = PackageSet {
        language: cell.language.names[0].clone(),
        manager,
        dependencies,
        profile: if cell.options.release { Profile::Release } else { Profile::Debug },
        // What is told to their compiler may have to be told to that of the packages: target features, panic strategy.
        pins: cell.pin.iter().cloned().collect(),
        rustflags: if compiled { cell.options.rustflags.clone() } else { Vec::new() },
    };
    Some(LockedPackages { set, lock: None })
}
