//! Tools that a test needs and a machine may lack.

use std::io::Write;
use std::path::PathBuf;

/// The program with one of these names.
pub(crate) fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// The tool, or nothing where it may be missing: on the machine of somebody who has only Rust a test leaves out what it needs
/// the tool for, and says so where libtest does not hide it. In CI, told by the environment variable `CI`, it fails.
pub(crate) fn or_left_out<T>(tool: Option<T>, name: &str, what: &str) -> Option<T> {
    if tool.is_none() {
        let said = format!("left out, since there is no {name} here: {what}");
        assert!(std::env::var_os("CI").is_none(), "{said}; `.ci/run` installs it");
        let _ = writeln!(std::io::stderr(), "{said}");
    }
    tool
}
