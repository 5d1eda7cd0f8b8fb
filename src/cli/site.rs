#![expect(clippy::disallowed_methods, reason = "reads the clock and the folder that it was called in")]

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;

use super::Failed;
use super::args::{Global, Selection};
use super::events::Event;
use super::progress::CellProgress;
use super::report::Report;
use crate::build::{self, Built, Progress, Request, Selector, Stage, Tools};
use crate::cells::{self, Launcher, LocalRunner, Locks, NoRunner, Patience, Policy, Runner, Store};
use crate::config::Config;
use crate::content::LeftOut;
use crate::memo::Memo;
use crate::output::{self, Written};
use crate::source::{Diagnostics, SitePath, Source};
use crate::world::{Disk, World};

/// The folder for what is remembered between builds, and the files in it.
const CACHE: &str = ".blog";
pub(super) const TOOLS: &str = "tools.json";
pub(super) const ANSWERS: &str = "answers";

/// A site of this machine, and what building it takes.
pub(super) struct OpenSite {
    world: Disk,
    request: Request,
    output: Option<PathBuf>,
    runner: Box<dyn Runner + Send>,
    store: Store,
    locks: Locks,
    against: Option<Store>,
    memo: Memo,
}

impl OpenSite {
    /// Opens the site; without a launcher no program can be started.
    pub(super) fn open(global: &Global, selection: Selection, launcher: Option<Launcher>) -> Result<Self, Failed> {
        let root = find_root(global)?;
        let cache = root.join(CACHE);
        Ok(OpenSite {
            request: Request {
                config: config_within(&root, global)?,
                base_url: global.base_url.clone(),
                now: Timestamp::now(),
                publish: selection.published(),
                policy: Policy::Missing,
                only: Vec::new(),
                env: environment(),
            },
            output: global.output.clone(),
            runner: match launcher {
                Some(launcher) => Box::new(LocalRunner::new(launcher, patience(global)).remembering(cache.join(TOOLS))),
                None => Box::new(NoRunner),
            },
            against: None,
            locks: Locks::new(root.join("locks")),
            store: Store::new(root.join("results")),
            memo: Memo::load(&cache.join(ANSWERS)),
            world: Disk::new(root),
        })
    }

    /// Restricts builds to some cells.
    pub(super) fn select(&mut self, only: &[Selector]) {
        self.request.only = only.to_vec();
    }

    /// Has results, and versions of packages that are chosen now, go to a folder of their own, and be compared with those that are stored.
    pub(super) fn verify_in(&mut self, scratch: &Path) -> Result<(), Failed> {
        let locks = Locks::new(scratch.join("locks"));
        for name in self.locks.list()? {
            if let Some(text) = self.locks.get(&name)? {
                locks.put(&name, &text)?;
            }
        }
        self.locks = locks;
        let store = Store::new(scratch.join("results"));
        self.against = Some(std::mem::replace(&mut self.store, store));
        Ok(())
    }

    /// Builds the site as it is now.
    pub(super) fn build(&mut self, policy: Policy, report: Report) -> Built {
        self.build_and_tell(policy, report, &|_| ())
    }

    /// The same, while somebody else is told of its cells too.
    pub(super) fn build_and_tell(
        &mut self,
        policy: Policy,
        report: Report,
        tell: &(dyn Fn(cells::Progress<'_>) + Sync),
    ) -> Built {
        self.request.now = Timestamp::now();
        self.request.policy = policy;
        let display = CellProgress::new(report);
        let stages = report.stages();
        let progress = |progress: Progress<'_>| match progress {
            Progress::Cells(progress) => {
                display.notice(progress);
                tell(progress);
                if let Some(event) = Event::of_cell(progress).filter(|_| report.events) {
                    event.say();
                }
            }
            Progress::Stage(stage) => {
                if stage == Stage::Render {
                    display.clear();
                }
                stages.begin(stage);
            }
        };
        let tools = Tools {
            world: &self.world,
            runner: &*self.runner,
            store: &self.store,
            locks: &self.locks,
            against: self.against.as_ref(),
            memo: &self.memo,
            progress: &progress,
        };
        let built = build::build(&tools, &self.request);
        stages.end();
        // A memory that cannot be kept costs time in the next build and nothing else.
        let _ = self.memo.save();
        built
    }

    /// Builds the site with every post in it, drafts and expired ones too; no cell is run.
    pub(super) fn build_with_all_posts(&mut self, report: Report) -> Built {
        let everything = vec![LeftOut::Draft, LeftOut::Future, LeftOut::Expired];
        let asked = std::mem::replace(&mut self.request.publish, everything);
        let built = self.build(Policy::Nothing, report);
        self.request.publish = asked;
        built
    }

    /// The stored results.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// The lock files.
    pub(super) fn locks(&self) -> &Locks {
        &self.locks
    }

    /// Writes a built site to its folder.
    pub(super) fn write(&self, built: &Built, report: Report) -> Result<Written, Failed> {
        let folder = self.output_folder(built);
        output::refuse_sources(self.root(), &folder)?;
        let base_url = &built.site.config.base_url;
        Ok(output::write(&built.output, &folder, |path| report.event(|| Event::of_file(path, base_url)))?)
    }

    pub(super) fn output_folder(&self, built: &Built) -> PathBuf {
        self.output.clone().unwrap_or_else(|| self.root().join(built.site.config.output.as_str()))
    }

    /// The output folder by the settings as they are now, checked as if it were to be written; nothing is built for that.
    pub(super) fn configured_output(&self, global: &Global) -> Result<PathBuf, Failed> {
        let mut diagnostics = Diagnostics::default();
        let config = read_config(self.root(), global, &mut diagnostics)?;
        if diagnostics.has_errors() && self.output.is_none() {
            Report::diagnostics(&diagnostics);
            return Err(Failed::Site);
        }
        let folder = self.output.clone().unwrap_or_else(|| self.root().join(config.output.as_str()));
        output::refuse_sources(self.root(), &folder)?;
        Ok(folder)
    }

    /// The folder for what is remembered between builds.
    pub(super) fn cache(&self) -> PathBuf {
        self.root().join(CACHE)
    }

    pub(super) fn folders_that_builds_write(&self) -> Vec<PathBuf> {
        let output = self.output.clone().unwrap_or_else(|| self.root().join("public"));
        vec![output, self.root().join("results"), self.root().join("locks"), self.cache()]
    }

    /// The files of the site.
    pub(super) fn world(&self) -> &Disk {
        &self.world
    }

    /// The configuration file, if it is there.
    pub(super) fn config_file(&self) -> Option<&SitePath> {
        Some(&self.request.config).filter(|file| matches!(self.world.read_if_there(file), Ok(Some(_))))
    }

    pub(super) fn root(&self) -> &Path {
        self.world.root()
    }
}

/// The environment variables of this process that are text.
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// How long to wait before measuring, and whether to say so: like progress, to whoever sits before a terminal.
fn patience(global: &Global) -> Patience {
    let silent = global.quiet || !std::io::stderr().is_terminal();
    Patience { wait: if silent { || () } else { Report::waits }, ..Patience::default() }
}

/// The folder of the site: the one that was asked for, else the nearest upward that looks like one.
pub(super) fn find_root(global: &Global) -> Result<PathBuf, Failed> {
    if let Some(root) = &global.root {
        return if root.is_dir() {
            Ok(root.clone())
        } else {
            Err(Failed::Usage(format!("{} is not a folder", root.display())))
        };
    }
    let here = std::env::current_dir()?;
    let site = |folder: &&Path| folder.join("blog.toml").is_file() || folder.join("content").is_dir();
    match here.ancestors().find(site) {
        // Relative, where that is shorter to read in messages.
        Some(root) if root == here => Ok(PathBuf::from(".")),
        Some(root) => Ok(root.to_owned()),
        None => Err(Failed::Usage(
            "there is no site here: neither this folder nor one above it holds `blog.toml` or `content/`\n\
             help: `blog init DIR` begins one"
                .to_owned(),
        )),
    }
}

/// The date of a post that is begun now, in the site's time zone: by the author's own, which may be ahead of it, the post could
/// be of the future.
pub(super) fn today(config: &Config) -> Date {
    Timestamp::now().to_zoned(config.time_zone.clone()).date()
}

/// The settings of the site in a folder.
pub(super) fn read_config(root: &Path, global: &Global, diagnostics: &mut Diagnostics) -> Result<Config, Failed> {
    let file = config_within(root, global)?;
    let bytes = Disk::new(root).read_if_there(&file)?.unwrap_or_default();
    let source = diagnostics.take(Source::decode(file, bytes));
    Ok(source.map(|source| Config::read(&source, diagnostics)).unwrap_or_default())
}

fn config_within(root: &Path, global: &Global) -> Result<SitePath, Failed> {
    let Some(file) = &global.config else { return Ok(SitePath::new("blog.toml")?) };
    let found = if file.is_file() { file.clone() } else { root.join(file) };
    let inner = found.canonicalize().ok().and_then(|found| {
        let root = root.canonicalize().ok()?;
        found.strip_prefix(root).ok()?.to_str().map(str::to_owned)
    });
    match inner {
        Some(inner) => Ok(SitePath::new(&inner)?),
        None => Err(Failed::Usage(format!("{} is not a file in the site's folder", file.display()))),
    }
}
