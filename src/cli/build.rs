#![expect(clippy::disallowed_methods, reason = "reads the clock to say how long a command took, and who runs it")]
//! Commands that build the site: `build`, `run`, `verify` and `check`.

use std::time::{Duration, Instant};

use super::args::{Build, Check, Format, Global, Run, Verify};
use super::events::Event;
use super::report::{Report, counted, line};
use super::site::OpenSite;
use super::{Failed, Outcome, findings, launcher, put, results};
use crate::build::Built;
use crate::cells::Policy;
use crate::output::Written;
use crate::source::{Diagnostics, Severity};

pub(super) fn build(global: &Global, options: &Build, report: Report) -> Outcome {
    let started = Instant::now();
    let report = Report { events: options.json, ..report };
    let launcher = if options.frozen { None } else { Some(launcher()?) };
    let mut site = OpenSite::open(global, options.selection, launcher)?;
    let policy = if options.locked || options.frozen { Policy::Locked } else { Policy::Missing };
    let built = site.build(policy, report);
    let written = sound(&built, &site, report).and_then(|()| site.write(&built, report));
    end(&built, written.is_ok(), written.as_ref().ok(), started.elapsed(), report);
    let written = written?;
    report.left_out(&built.left_out);
    report.built(&written, &site.output_folder(&built), started.elapsed());
    Ok(())
}

pub(super) fn run(global: &Global, options: &Run, report: Report) -> Outcome {
    let started = Instant::now();
    let report = Report { events: options.json, ..report };
    let mut site = OpenSite::open(global, options.selection, Some(launcher()?))?;
    site.select(&options.only);
    let built = site.build(if options.rerun { Policy::All } else { Policy::Missing }, report);
    if !options.json {
        put(results::table(&built.results).as_bytes())?;
    }
    let well = sound(&built, &site, report);
    end(&built, well.is_ok(), None, started.elapsed(), report);
    well
}

pub(super) fn verify(global: &Global, options: &Verify, report: Report) -> Outcome {
    let started = Instant::now();
    let report = Report { events: options.json, ..report };
    let launcher = launcher()?;
    // Among what programs leave behind, so that it goes even if this process is killed.
    let scratch = tempfile::tempdir_in(launcher.scratch())?;
    let mut site = OpenSite::open(global, options.selection, Some(launcher))?;
    site.select(&options.only);
    site.verify_in(scratch.path())?;
    let built = site.build(Policy::All, report);
    let well = sound(&built, &site, report);
    end(&built, well.is_ok(), None, started.elapsed(), report);
    well?;
    let cells = built.results.iter().filter(|result| result.selected).count();
    report.say("Verified", &format!("{}, as stored results and prose say", counted(cells, "cell")));
    Ok(())
}

pub(super) fn check(global: &Global, options: &Check, report: Report) -> Outcome {
    let mut site = OpenSite::open(global, options.selection, Some(launcher()?))?;
    let built = site.build(Policy::Missing, report);
    let well = match options.format {
        Format::Human => sound(&built, &site, report),
        Format::Json | Format::Sarif | Format::Github => {
            put(told(&built.diagnostics, &site, options.format).as_bytes())?;
            is_sound(&built)
        }
    };
    well?;
    let (_, warnings) = count(&built.diagnostics);
    if options.strict && warnings > 0 {
        let what = format!("{}, which `--strict` does not let pass", counted(warnings, "warning"));
        return Err(Failed::Because(what));
    }
    report.left_out(&built.left_out);
    let wrong = if warnings == 0 { "nothing is wrong".to_owned() } else { counted(warnings, "warning") };
    report.say("Checked", &format!("{} files of the site, {wrong}", built.output.iter().count()));
    Ok(())
}

fn told(diagnostics: &Diagnostics, site: &OpenSite, format: Format) -> String {
    match format {
        Format::Human => String::new(),
        Format::Json => findings::json(diagnostics, site.root()),
        Format::Sarif => findings::sarif(diagnostics, site.root()),
        Format::Github => findings::github(diagnostics, site.root()),
    }
}

/// Says what is wrong with a site, and marks its lines in a workflow of GitHub; fails if any of it is an error.
pub(super) fn sound(built: &Built, site: &OpenSite, report: Report) -> Outcome {
    Report::diagnostics(&built.diagnostics);
    if report.events {
        findings::findings(&built.diagnostics, site.root()).map(Event::Diagnostic).for_each(|event| event.say());
    }
    if std::env::var("GITHUB_ACTIONS").is_ok_and(|is| is == "true") {
        findings::github(&built.diagnostics, site.root()).lines().for_each(|text| line(&text));
    }
    is_sound(built)
}

fn is_sound(built: &Built) -> Outcome {
    if built.diagnostics.has_errors() { Err(Failed::Site) } else { Ok(()) }
}

/// Errors and warnings.
fn count(diagnostics: &Diagnostics) -> (usize, usize) {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).count();
    (errors, diagnostics.iter().count() - errors)
}

/// Tells programs of the end, and of what was written.
fn end(built: &Built, ok: bool, written: Option<&Written>, took: Duration, report: Report) {
    report.event(|| Event::end(ok, count(&built.diagnostics), written, took));
}
