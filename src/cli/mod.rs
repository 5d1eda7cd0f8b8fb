//! The command line: one function a command, and what is said on the terminal.

mod args;
mod build;
mod clean;
mod doctor;
mod events;
mod explain;
mod findings;
mod init;
mod list;
mod manual;
mod new;
mod preview;
mod programs;
mod progress;
mod report;
mod results;
mod schema;
mod site;

pub use manual::command;

use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;

use self::args::{Clean, Cli, Colour, Command, Global, List, Man, Progress, Results, Selection};
use self::report::Report;
use self::site::OpenSite;
use crate::cells::{Launcher, Policy};
use crate::source::system_says;

/// Something that ends a command: the exit code, once all is said.
type Outcome = Result<(), Failed>;

/// Why a command failed.
enum Failed {
    /// The site is wrong, which has been said.
    Site,
    /// Something else.
    Because(String),
    /// The arguments make no sense here.
    Usage(String),
}

impl<E: Display> From<E> for Failed {
    fn from(error: E) -> Self {
        Failed::Because(system_says(&error))
    }
}

/// Does what the arguments of this process ask for. The exit code is 0 if all is well, 1 if the site is wrong, 2 if the
/// arguments are.
pub fn run() -> ExitCode {
    let Cli { command, global } = Cli::parse();
    match global.color {
        Colour::Auto => anstream::ColorChoice::Auto,
        Colour::Always => anstream::ColorChoice::AlwaysAnsi,
        Colour::Never => anstream::ColorChoice::Never,
    }
    .write_global();
    let plain = global.progress == Progress::Plain;
    let report = Report { quiet: global.quiet, verbose: global.verbose, plain, events: false };
    let (code, why) = match dispatch(command, &global, report) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failed::Site) => return ExitCode::FAILURE,
        Err(Failed::Because(why)) => (ExitCode::FAILURE, why),
        Err(Failed::Usage(why)) => (ExitCode::from(2), why),
    };
    Report::error(&why);
    code
}

fn dispatch(command: Command, global: &Global, report: Report) -> Outcome {
    match command {
        Command::Build(options) => build::build(global, &options, report),
        Command::Run(options) => build::run(global, &options, report),
        Command::Verify(options) => build::verify(global, &options, report),
        Command::Results(Results::List(options)) => results::list(global, &options, report),
        Command::Results(Results::Diff(options)) => results::diff(global, &options),
        Command::Results(Results::Gc(options)) => results::gc(global, &options, report),
        Command::Serve(options) => preview::preview(global, &options, report),
        Command::Check(options) => build::check(global, &options, report),
        Command::List(options) => list(global, &options, report),
        Command::Clean(options) => clean(global, &options, report),
        Command::New(options) => new::new(global, &options, report),
        Command::Init(options) => init::init(&options, report),
        Command::Explain(options) => {
            let text = options.code.map_or_else(explain::list, explain::page);
            put_to(anstream::stdout().lock(), text.as_bytes())
        }
        Command::Doctor(options) => doctor::doctor(global, &options, report),
        Command::Schema(options) => put(format!("{:#}\n", schema::schema(options.of)).as_bytes()),
        Command::Completions(options) => put(&manual::completions(options.shell)),
        Command::Man(options) => manual(&options, report),
    }
}

/// The process that starts programs, forked before this one has threads or much memory: peak memory of a program includes
/// what its parent had, and a fork of a large process is slow.
fn launcher() -> Result<Launcher, Failed> {
    Launcher::start().map_err(|error| {
        Failed::Because(format!("the process that starts programs cannot be started: {}", system_says(&error)))
    })
}

fn list(global: &Global, options: &List, report: Report) -> Outcome {
    let mut site = OpenSite::open(global, options.selection, None)?;
    let built = site.build(Policy::Nothing, report);
    if built.diagnostics.has_errors() {
        Report::diagnostics(&built.diagnostics);
        return Err(Failed::Site);
    }
    let whole = site.build_with_all_posts(report);
    let rows = list::rows(&built, &whole);
    put(if options.json { list::json(&rows) } else { list::text(&rows) }.as_bytes())
}

fn clean(global: &Global, options: &Clean, report: Report) -> Outcome {
    let site = OpenSite::open(global, Selection::default(), None)?;
    let mut lines = vec![clean::output(&site.configured_output(global)?)?, clean::cache(&site.cache())?];
    if options.results {
        lines.push(clean::results(site.store())?);
    }
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    for line in &lines {
        report.say("Removed", line);
    }
    if lines.is_empty() {
        report.say("Clean", "no build left anything here");
    }
    Ok(())
}

fn manual(options: &Man, report: Report) -> Outcome {
    match &options.dir {
        None => put(&manual::page()?),
        Some(folder) => {
            let pages = manual::write_pages(folder)?;
            report.say("Written", &format!("{pages} pages to {}", folder.display()));
            Ok(())
        }
    }
}

/// Writes what a command was asked for to standard output. A reader that has seen enough, such as `head`, is no failure.
fn put(text: &[u8]) -> Outcome {
    put_to(std::io::stdout().lock(), text)
}

fn put_to(mut stdout: impl Write, text: &[u8]) -> Outcome {
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failed::Because(format!("standard output cannot be written: {}", system_says(&error)))),
        Ok(()) => Ok(()),
    }
}
