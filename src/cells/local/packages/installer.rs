//! A package manager that is known by its command lines: it installs to a folder of its own.

#![expect(clippy::disallowed_methods, reason = "the door to the folder of packages")]

use std::fs;
use std::path::PathBuf;

use super::tool::Tool;
use super::{Provided, failed, launcher};
use crate::cells::{Dependencies, Installer, RunnerError};

/// The versions that it chooses: what is there after it has installed the packages.
pub(super) fn lock(tool: &Tool<'_>, installer: &Installer, dependencies: &Dependencies) -> Result<String, RunnerError> {
    install(tool, installer, &installer.requirements(dependencies))?;
    let lock = tool.run(&fill_in(tool, &installer.freeze), &[])?;
    launcher::remove(&folder(tool)).map_err(failed)?;
    Ok(lock)
}

/// Installs just what a lock file names.
pub(super) fn provide(tool: &Tool<'_>, installer: &Installer, lock: &str) -> Result<Provided, RunnerError> {
    install(tool, installer, lock)?;
    Ok(Provided { build_flags: Vec::new(), run: Some(fill_in(tool, &installer.run)), sources: folder(tool) })
}

fn install(tool: &Tool<'_>, installer: &Installer, requirements: &str) -> Result<(), RunnerError> {
    // What an earlier attempt left there may be half of something.
    launcher::remove(&folder(tool)).and_then(|()| fs::write(list(tool), requirements)).map_err(failed)?;
    tool.run(&fill_in(tool, &installer.create), &[])?;
    tool.run(&fill_in(tool, &installer.install), &[]).map(drop)
}

fn fill_in(tool: &Tool<'_>, command: &[String]) -> Vec<String> {
    let (folder, list) = (folder(tool), list(tool));
    let places = [("{env}", folder.to_string_lossy()), ("{requirements}", list.to_string_lossy())];
    let fill = |word: &String| places.iter().fold(word.clone(), |word, (mark, place)| word.replace(mark, place));
    command.iter().map(fill).collect()
}

fn folder(tool: &Tool<'_>) -> PathBuf {
    tool.path("env")
}

fn list(tool: &Tool<'_>) -> PathBuf {
    tool.path("requirements.txt")
}
