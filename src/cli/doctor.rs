//! What this machine has for cells.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use walkdir::WalkDir;

use super::args::{Doctor, Global, Selection};
use super::report::{Report, counted};
use super::site::OpenSite;
use super::{Failed, Outcome, launcher, put};
use crate::build::{Built, CellResult};
use crate::cells::timeline::Method;
use crate::cells::{
    Conditions, Language, Languages, LocalRunner, Machine, Packages, Patience, RunnerError, format_bytes, pinned,
};
use crate::source::Severity;

/// All that is told.
#[derive(Debug, Serialize)]
struct Findings {
    site: Option<Site>,
    languages: Vec<Tool>,
    machine: Machine,
    /// How many cores others used for a moment.
    others: f64,
    /// Whether measuring would begin at once.
    quiet: bool,
    /// Whether cells can be cut off from the network.
    isolates: bool,
    /// How threads are recorded, by the name of the method.
    tracing: Option<Method>,
    /// Why they are not.
    no_tracing: Option<String>,
    caches: Vec<Cache>,
    /// Whether the site's cells need something that is missing.
    ill: bool,
}

#[derive(Debug, Serialize)]
struct Site {
    folder: String,
    /// Its settings, if it has a file of them.
    config: Option<String>,
    /// How many errors a build finds before any cell runs.
    errors: usize,
    cells: usize,
    /// How many of them have no result.
    to_run: usize,
}

/// A language and what runs it.
#[derive(Debug, Serialize)]
struct Tool {
    language: String,
    title: String,
    /// What the tool says of its version, if it is there.
    version: Option<String>,
    /// Else what is wrong.
    trouble: Option<String>,
    /// How many cells of the site are written in it.
    cells: usize,
    /// Whether one of them cannot do without.
    needed: bool,
}

#[derive(Debug, Serialize)]
struct Cache {
    folder: String,
    /// What it is of.
    holds: &'static str,
    /// What its files hold together.
    bytes: u64,
}

/// Looks at the machine, and at the site if there is one, and prints what was found.
pub(super) fn doctor(global: &Global, options: &Doctor, report: Report) -> Outcome {
    let runner = LocalRunner::new(launcher()?, Patience::default());
    let nowhere = global.root.is_none() && global.config.is_none();
    let mut site = match OpenSite::open(global, Selection::default(), None) {
        Ok(site) => Some(site),
        Err(Failed::Usage(_)) if nowhere => None,
        Err(other) => return Err(other),
    };
    let built = site.as_mut().map(|site| site.build_with_all_posts(report));
    let findings = examine(&runner, site.as_ref().zip(built.as_ref()))?;
    if options.json {
        put(format!("{:#}\n", serde_json::to_value(&findings)?).as_bytes())?;
    } else {
        put(findings.text().as_bytes())?;
    }
    if findings.ill { Err(Failed::Because("cells of this site need what is missing here".to_owned())) } else { Ok(()) }
}

fn examine(runner: &LocalRunner, site: Option<(&OpenSite, &Built)>) -> Result<Findings, Failed> {
    let results: &[CellResult] = site.map_or(&[], |(_, built)| &built.results);
    let settings = site.and_then(|(_, built)| built.site.config.languages.as_ref());
    let languages = Languages::read(settings, &mut crate::source::Diagnostics::default());
    let tools: Vec<Tool> = languages.iter().map(|language| tool(runner, language, site, results)).collect();
    let said = |error: RunnerError| match error {
        RunnerError::Missing(name) => Failed::Because(format!("`{name}` is missing, without which no cell runs")),
        RunnerError::Failed(why) => Failed::Because(why),
    };
    let Conditions { machine, others, quiet, isolates, tracing } = runner.conditions().map_err(said)?;
    let (tracing, no_tracing) = match tracing {
        Ok(method) => (Some(method), None),
        Err(why) => (None, Some(why)),
    };
    let mut caches = Vec::new();
    if let Some((site, _)) = site {
        caches.push(cache(&site.cache(), "what is remembered of code, pictures and tools, of this site"));
    }
    caches.extend(Packages::users_folder().map(|folder| cache(&folder, "packages of cells, of all your sites")));
    Ok(Findings {
        site: site.map(|(site, built)| Site {
            folder: site.root().display().to_string(),
            config: site.config_file().map(ToString::to_string),
            errors: built.diagnostics.iter().filter(|found| found.severity() == Severity::Error).count(),
            cells: results.len(),
            to_run: results.iter().filter(|result| result.record.is_none()).count(),
        }),
        ill: tools.iter().any(|tool| tool.needed && tool.version.is_none()),
        languages: tools,
        machine,
        others,
        quiet,
        isolates,
        tracing,
        no_tracing,
        caches,
    })
}

fn tool(runner: &LocalRunner, language: &Language, site: Option<(&OpenSite, &Built)>, results: &[CellResult]) -> Tool {
    let pin = site.map_or(Ok(None), |(site, _)| pinned(language, site.world()));
    let asked = pin.map_err(|wrong| wrong.message().to_owned()).and_then(|pin| {
        let pins: BTreeMap<String, String> = pin.into_iter().collect();
        runner.tool(language, &pins).map_err(|error| match error {
            RunnerError::Missing(name) => format!("missing: install `{name}`"),
            RunnerError::Failed(why) => why.trim_end().to_owned(),
        })
    });
    let cells: Vec<&CellResult> = results.iter().filter(|result| result.language == language.names[0]).collect();
    Tool {
        language: language.names[0].clone(),
        title: language.title.clone(),
        version: asked.as_ref().ok().cloned(),
        trouble: asked.err(),
        cells: cells.len(),
        needed: cells.iter().any(|cell| cell.needs_tool),
    }
}

fn cache(folder: &Path, holds: &'static str) -> Cache {
    let files = WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let bytes = files.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum();
    Cache { folder: folder.strip_prefix(".").unwrap_or(folder).display().to_string(), holds, bytes }
}

impl Findings {
    /// For people: what was looked at, a line each.
    fn text(&self) -> String {
        let sections = [
            ("Site", self.site()),
            ("Languages", self.tools()),
            ("Machine", self.machine()),
            ("Caches", self.caches()),
        ];
        let mut text = String::new();
        for (title, lines) in sections {
            let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
            text += title;
            text.push('\n');
            text.extend(lines.into_iter().map(|(name, what)| format!("    {name:width$}  {what}\n")));
        }
        text
    }

    fn site(&self) -> Vec<(String, String)> {
        let Some(site) = &self.site else {
            return line("folder", "no site here: `blog init DIR` begins one").into();
        };
        let config = site.config.clone().unwrap_or_else(|| "none: every setting is its default".to_owned());
        let mut lines = line("folder", &site.folder).to_vec();
        lines.extend(line("settings", &config));
        let cells = format!("{}, {} without a result", counted(site.cells, "cell"), site.to_run);
        lines.extend(line("cells", &cells));
        if site.errors > 0 {
            lines.extend(line("wrong", &format!("{}: `blog check` draws them", counted(site.errors, "place"))));
        }
        lines
    }

    fn tools(&self) -> Vec<(String, String)> {
        let tool = |tool: &Tool| {
            let found = tool.version.clone().or_else(|| tool.trouble.clone()).unwrap_or_default();
            let used = match (tool.cells, tool.version.is_none() && tool.needed) {
                (0, _) => String::new(),
                (1, true) => " (1 cell needs it)".to_owned(),
                (cells, true) => format!(" ({cells} cells, which need it)"),
                (cells, false) => format!(" ({})", counted(cells, "cell")),
            };
            (tool.title.clone(), found + &used)
        };
        self.languages.iter().map(tool).collect()
    }

    fn machine(&self) -> Vec<(String, String)> {
        let Machine { cpu, cores, memory, system, governor, load, .. } = &self.machine;
        let others = format!("others use {:.2} of a core", self.others);
        let quiet = if self.quiet {
            "quiet enough to measure at once"
        } else {
            "measuring would wait, and runs that are disturbed are repeated"
        };
        let network = if self.isolates {
            "cells can be cut off from it, and are unless they say `net`"
        } else {
            "cells cannot be cut off from it here: this system gives programs no network of their own"
        };
        let threads = match (self.tracing, &self.no_tracing) {
            (Some(Method::Wakeups), _) => "recorded by context switches, wait reasons and wake-ups, which is all",
            (Some(Method::Reasons), _) => "recorded by context switches and wait reasons; not who woke whom",
            (Some(Method::Switches), _) => "recorded by context switches; not what they wait for",
            (Some(Method::Samples), _) => {
                "looked at every millisecond: this kernel lets nobody record context switches"
            }
            (None, why) => why.as_deref().unwrap_or_default(),
        };
        [
            ("processor", format!("{cpu}, {}", counted(*cores, "core"))),
            ("memory", format_bytes(*memory)),
            ("system", system.clone()),
            ("governor", governor.clone().unwrap_or_else(|| "unknown: the kernel tells of none".to_owned())),
            ("load", format!("{:.2} over the last minute; {others}: {quiet}", load.unwrap_or_default())),
            ("network", network.to_owned()),
            ("timelines", threads.to_owned()),
        ]
        .map(|(name, what)| (name.to_owned(), what))
        .into()
    }

    fn caches(&self) -> Vec<(String, String)> {
        let cache = |cache: &Cache| (cache.folder.clone(), format!("{}: {}", format_bytes(cache.bytes), cache.holds));
        self.caches.iter().map(cache).collect()
    }
}

fn line(name: &str, what: &str) -> [(String, String); 1] {
    [(name.to_owned(), what.to_owned())]
}
