#![expect(clippy::disallowed_methods, reason = "reads the clock and the folder that it was called in")]
//! The command line: one function a command, and what is said on the terminal.

mod args;
mod clean;
mod doctor;
mod findings;
mod list;
mod manual;
mod progress;
mod report;
mod results;
mod schema;
mod site;
mod start;

pub use manual::command;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use jiff::Timestamp;

use self::args::{
    Build, Check, Clean, Cli, Colour, Command, Format, Global, Init, List, Man, New, Results, Run, Selection, Serve,
    Verify,
};
use self::report::Report;
use self::site::OpenSite;
use crate::build::Built;
use crate::cells::{Launcher, Policy};
use crate::config::Config;
use crate::serve;

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

impl<E: std::fmt::Display> From<E> for Failed {
    fn from(error: E) -> Self {
        Failed::Because(error.to_string())
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
    let report = Report { quiet: global.quiet, verbose: global.verbose };
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
        Command::Build(options) => build(global, &options, report),
        Command::Run(options) => run_cells(global, &options, report),
        Command::Verify(options) => verify(global, &options, report),
        Command::Results(Results::List(options)) => results::list(global, &options, report),
        Command::Results(Results::Diff(options)) => results::diff(global, &options),
        Command::Results(Results::Gc(options)) => results::gc(global, &options, report),
        Command::Serve(options) => preview(global, &options, report),
        Command::Check(options) => check(global, &options, report),
        Command::List(options) => list(global, &options, report),
        Command::Clean(options) => clean(global, &options, report),
        Command::New(new) => begin_post(global, &new, report),
        Command::Init(init) => begin_site(&init, report),
        Command::Doctor(options) => doctor::doctor(global, &options, report),
        Command::Schema(options) => put(format!("{:#}\n", schema::schema(options.of)).as_bytes()),
        Command::Completions(options) => put(&manual::completions(options.shell)),
        Command::Man(options) => manual(&options, report),
    }
}

/// The process that starts programs, forked before this one has threads or much memory: peak memory of a program includes
/// what its parent had, and a fork of a large process is slow.
fn launcher() -> Result<Option<Launcher>, Failed> {
    let launcher = Launcher::start();
    launcher
        .map(Some)
        .map_err(|error| Failed::Because(format!("the process that starts programs cannot be started: {error}")))
}

fn build(global: &Global, options: &Build, report: Report) -> Outcome {
    let started = std::time::Instant::now();
    let launcher = if options.frozen { None } else { launcher()? };
    let mut site = OpenSite::open(global, options.selection, launcher)?;
    let policy = if options.locked || options.frozen { Policy::Locked } else { Policy::Missing };
    let built = sound(site.build(policy, report))?;
    let written = site.write(&built)?;
    report.left_out(&built.left_out);
    report.built(&written, &site.output_folder(&built), started.elapsed());
    Ok(())
}

/// Says what is wrong with a site, and goes on if none of it is an error.
fn sound(built: Built) -> Result<Built, Failed> {
    Report::diagnostics(&built.diagnostics);
    if built.diagnostics.has_errors() { Err(Failed::Site) } else { Ok(built) }
}

fn run_cells(global: &Global, options: &Run, report: Report) -> Outcome {
    let mut site = OpenSite::open(global, options.selection, launcher()?)?;
    site.select(&options.only);
    let built = site.build(if options.rerun { Policy::All } else { Policy::Missing }, report);
    anstream::print!("{}", results::table(&built.results));
    sound(built).map(drop)
}

fn verify(global: &Global, options: &Verify, report: Report) -> Outcome {
    let mut site = OpenSite::open(global, options.selection, launcher()?)?;
    let scratch = tempfile::tempdir()?;
    site.select(&options.only);
    site.verify_in(scratch.path())?;
    let built = sound(site.build(Policy::All, report))?;
    let cells = built.results.iter().filter(|result| result.selected).count();
    let noun = if cells == 1 { "cell" } else { "cells" };
    report.say("Verified", &format!("{cells} {noun}, as stored results and prose say"));
    Ok(())
}

fn check(global: &Global, options: &Check, report: Report) -> Outcome {
    let mut site = OpenSite::open(global, options.selection, launcher()?)?;
    let built = site.build(Policy::Missing, report);
    let told = match options.format {
        Format::Human => return checked(sound(built)?, report),
        Format::Json => findings::json(&built.diagnostics, site.root()),
        Format::Sarif => findings::sarif(&built.diagnostics, site.root()),
        Format::Github => findings::github(&built.diagnostics, site.root()),
    };
    put(told.as_bytes())?;
    if built.diagnostics.has_errors() { Err(Failed::Site) } else { checked(built, report) }
}

/// Says that nothing is wrong.
#[expect(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "the end of a command")]
fn checked(built: Built, report: Report) -> Outcome {
    report.left_out(&built.left_out);
    report.say("Checked", &format!("{} files of the site, nothing is wrong", built.output.iter().count()));
    Ok(())
}

fn preview(global: &Global, options: &Serve, report: Report) -> Outcome {
    let mut site = OpenSite::open(global, options.selection, launcher()?)?;
    let serve_options = serve::Options {
        root: site.root().to_owned(),
        ignored: site.folders_that_builds_write(),
        host: options.host.clone(),
        port: options.port,
    };
    let rebuild = move || {
        let built = site.build(Policy::Missing, report);
        Report::diagnostics(&built.diagnostics);
        if built.diagnostics.has_errors() {
            return Err(Report::plain(&built.diagnostics));
        }
        let base_path = built.site.config.base_url.path().to_owned();
        Ok(serve::Preview { output: built.output, base_path })
    };
    serve::serve(&serve_options, rebuild, move |event| report.served(event))?;
    Ok(())
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
    anstream::print!("{}", if options.json { list::json(&rows) } else { list::text(&rows) });
    Ok(())
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

fn begin_post(global: &Global, new: &New, report: Report) -> Outcome {
    if new.title.trim().is_empty() {
        return Err(Failed::Usage("a post needs a title".to_owned()));
    }
    let root = site::find_root(global)?;
    let file = start::post(&root, &new.title, new.yaml, site::today(&root, global)?)?;
    report.say("Created", &file.display().to_string());
    Ok(())
}

fn begin_site(init: &Init, report: Report) -> Outcome {
    let adds_only = init.ci.is_some() && start::is_begun(&init.dir);
    let mut made = Vec::new();
    if !adds_only {
        let today = Timestamp::now().to_zoned(Config::default().time_zone).date();
        made = start::init(&init.dir, today)?;
    }
    if let Some(ci) = init.ci {
        made.push(start::workflow(&init.dir, ci)?);
    }
    for file in made {
        report.say("Created", &file.display().to_string());
    }
    if init.ci.is_some() {
        report.say("Note", "what is to be set on GitHub once stands at the head of the workflow");
    }
    if !adds_only {
        report.say("Next", &format!("cd {} && blog serve", init.dir.display()));
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

/// Writes a text for another program to standard output.
fn put(text: &[u8]) -> Outcome {
    Ok(std::io::stdout().lock().write_all(text)?)
}
