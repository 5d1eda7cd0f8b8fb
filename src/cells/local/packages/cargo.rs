//! Cargo: an empty program that depends on the packages is built, and the flags with which it is compiled serve for cells.

#![expect(clippy::disallowed_methods, reason = "the door to the folder of packages")]

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::tool::Tool;
use super::{Provided, environment, failed};
use crate::cells::{PackageSet, Profile, RunnerError};

/// The head of its `Cargo.toml`. A workspace of its own, so that none in a folder above counts.
const PACKAGE: &str = r#"[package]
name = "blog-cells"
version = "0.0.0"
edition = "2024"
publish = false

[[bin]]
name = "blog-cells"
path = "main.rs"

[workspace]

"#;

/// Stands between Cargo and the compiler of that program alone, and keeps what it is told in `arguments`. Cargo has no other
/// lasting way to say it: its messages name files, but not which of two builds of one package is meant (one for
/// programs, one for the procedural macros of others), nor the names of the crates.
const WRAPPER: &str = r#"#!/bin/sh
case " $* " in *" --crate-name blog_cells "*) printf '%s\0' "$@" > "${0%/*}/arguments" ;; esac
exec "$@"
"#;

/// The versions that Cargo chooses.
pub(super) fn lock(tool: &Tool<'_>, set: &PackageSet) -> Result<String, RunnerError> {
    write_package(tool, set).map_err(failed)?;
    // One that was left there would have it keep its versions.
    let _ = fs::remove_file(tool.path("Cargo.lock"));
    cargo(tool, &["generate-lockfile", "--quiet"], &[])?;
    fs::read_to_string(tool.path("Cargo.lock")).map_err(failed)
}

/// Builds the packages.
pub(super) fn provide(tool: &Tool<'_>, set: &PackageSet, lock: &str) -> Result<Provided, RunnerError> {
    write_package(tool, set).and_then(|()| fs::write(tool.path("Cargo.lock"), lock)).map_err(failed)?;
    let wrapper = write_wrapper(tool).map_err(failed)?;
    let profile = match set.profile {
        Profile::Release => "release",
        Profile::Debug => "dev",
    };
    let target = tool.path("target").to_string_lossy().into_owned();
    cargo(
        tool,
        &["build", "--quiet", "--locked", "--profile", profile, "--target-dir", &target],
        &[
            ("RUSTC_WORKSPACE_WRAPPER", wrapper.to_string_lossy().into_owned()),
            // Also if there are none: those that the user has set for other work are not what cells are compiled with.
            ("CARGO_ENCODED_RUSTFLAGS", set.rustflags.join("\u{1f}")),
        ],
    )?;
    let arguments = fs::read_to_string(tool.path("arguments")).map_err(failed)?;
    Ok(Provided { build_flags: flags(&arguments), run: None, sources: sources(tool.folder) })
}

fn cargo(tool: &Tool<'_>, arguments: &[&str], env: &[(&str, String)]) -> Result<(), RunnerError> {
    let command: Vec<String> = ["cargo"].iter().chain(arguments).map(|word| (*word).to_owned()).collect();
    tool.run(&command, env).map(drop)
}

fn write_package(tool: &Tool<'_>, set: &PackageSet) -> io::Result<()> {
    let dependencies = BTreeMap::from([("dependencies", &set.dependencies)]);
    let dependencies = toml::to_string(&dependencies).map_err(io::Error::other)?;
    fs::write(tool.path("Cargo.toml"), format!("{PACKAGE}{dependencies}"))?;
    fs::write(tool.path("main.rs"), "fn main() {}\n")
}

fn write_wrapper(tool: &Tool<'_>) -> io::Result<PathBuf> {
    let path = tool.path("wrapper");
    fs::write(&path, WRAPPER)?;
    fs::set_permissions(&path, Permissions::from_mode(0o755))?;
    Ok(path)
}

/// Those of the compiler's arguments that say where crates and native libraries are.
fn flags(arguments: &str) -> Vec<String> {
    let words: Vec<&str> = arguments.split('\0').collect();
    let pairs = words.windows(2).filter(|pair| matches!(pair[0], "--extern" | "-L"));
    pairs.flatten().map(|word| (*word).to_owned()).collect()
}

/// Where Cargo unpacks the sources of packages, "Cargo Home" in the Cargo book.
fn sources(folder: &Path) -> PathBuf {
    let env = environment::of_a_package_manager(folder, &BTreeMap::new());
    let home = env.get("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(env.get("HOME")?).join(".cargo")));
    home.unwrap_or_else(|| folder.to_path_buf()).join("registry/src")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_compiler_s_arguments_those_about_places_are_kept() {
        let arguments = "rustc\0--crate-name\0blog_cells\0-C\0opt-level=3\0-L\0dependency=/t/deps\0--extern\0\
            a=/t/deps/liba-1.rlib\0--extern\0b=/t/deps/libb-2.so\0-L\0native=/t/out\0";
        assert_eq!(
            flags(arguments),
            [
                "-L",
                "dependency=/t/deps",
                "--extern",
                "a=/t/deps/liba-1.rlib",
                "--extern",
                "b=/t/deps/libb-2.so",
                "-L",
                "native=/t/out"
            ]
        );
        assert_eq!(flags(""), [""; 0]);
    }
}
