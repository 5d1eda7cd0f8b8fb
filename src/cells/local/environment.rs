//! The environment variables of programs: few, and none that the author has for himself.

use std::collections::BTreeMap;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

/// What a package manager needs to reach its registry: the beginnings of names. Not all of Cargo's: others say what is
/// built, and where to, and that is for us to say.
const OF_REGISTRIES: [&str; 9] = [
    "CARGO_HTTP_",
    "CARGO_NET_",
    "CARGO_REGISTRY_",
    "CARGO_REGISTRIES_",
    "CARGO_SOURCE_",
    "RUSTUP_",
    "PIP_",
    "PYENV_",
    "SSL_CERT_",
];

/// The same, in full: certificates for Python's HTTP, folders for caches and settings, and how much to do at once.
const OF_DOWNLOADS: [&str; 5] =
    ["CARGO_HOME", "REQUESTS_CA_BUNDLE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "CARGO_BUILD_JOBS"];

/// Where programs are looked for if nobody says so, as `execvp(3)` has it and with what administrators install.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What every cell gets, apart from what its author says. Its home is the folder that it runs in.
pub(super) fn of_a_cell(folder: &Path) -> BTreeMap<String, String> {
    let folder = folder.to_string_lossy().into_owned();
    let mut env = common(&folder);
    env.insert("HOME".to_owned(), folder);
    env
}

/// What a compiler or an interpreter gets when we ask it something ourselves: the author's home, and what else it needs of
/// his, such as the variables by which a proxy finds the real one.
pub(super) fn of_a_tool(folder: &Path, names: &[String], pins: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut env = common(&folder.to_string_lossy());
    let names = names.iter().map(String::as_str).chain(["HOME"]);
    env.extend(names.filter_map(|name| Some((name.to_owned(), variable(name)?))));
    env.extend(pins.clone());
    env
}

/// What a package manager gets: also what its user set to reach the registries.
pub(super) fn of_a_package_manager(folder: &Path, pins: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let set = env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut env = of_a_tool(folder, &[], &BTreeMap::new());
    env.extend(set.filter(|(name, _)| is_of_packages(name)));
    env.extend(pins.clone());
    env
}

fn is_of_packages(name: &str) -> bool {
    OF_REGISTRIES.iter().any(|start| name.starts_with(start))
        || OF_DOWNLOADS.contains(&name)
        || name.to_ascii_uppercase().ends_with("_PROXY")
}

/// The folder for what programs of this user can make again, by the XDG Base Directory Specification: a relative
/// `XDG_CACHE_HOME` does not count.
pub(super) fn cache_folder() -> Option<PathBuf> {
    let absolute = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))
}

/// The folders in which programs are looked for.
pub(super) fn path() -> String {
    variable("PATH").unwrap_or_else(|| DEFAULT_PATH.to_owned())
}

/// Adds between 0 and 4095 random bytes. Where the stack begins depends on the size of the environment, and speed on
/// where the stack begins: with one size only, all runs would share one piece of luck. Mytkowicz et al., *Producing
/// wrong data without doing anything obviously wrong!* (2009).
pub(super) fn pad(env: &mut BTreeMap<String, String>) {
    let random = RandomState::new().hash_one(0) % 4096;
    env.insert("CELL_PADDING".to_owned(), "x".repeat(random as usize));
}

/// The author's home, if that is a folder of a user's: in it names tell who he is.
pub(super) fn home() -> Option<PathBuf> {
    let home = PathBuf::from(variable("HOME")?);
    (home.is_absolute() && home.components().count() > 1).then_some(home)
}

fn common(folder: &str) -> BTreeMap<String, String> {
    let path = path();
    [("PATH", path.as_str()), ("LANG", "C.UTF-8"), ("TERM", "dumb"), ("TMPDIR", folder)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn variable(name: &str) -> Option<String> {
    env::var_os(name)?.into_string().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_gets_a_fixed_set_of_variables_and_its_folder_as_home() {
        let env = of_a_cell(Path::new("/scratch/run"));
        assert_eq!(env.keys().collect::<Vec<_>>(), ["HOME", "LANG", "PATH", "TERM", "TMPDIR"]);
        assert_eq!((&*env["HOME"], &*env["TMPDIR"]), ("/scratch/run", "/scratch/run"));
    }

    #[test]
    fn a_package_manager_gets_what_leads_to_registries_and_nothing_about_what_is_built() {
        for name in ["CARGO_REGISTRIES_X_INDEX", "PIP_INDEX_URL", "https_proxy", "ALL_PROXY", "SSL_CERT_FILE"] {
            assert!(is_of_packages(name), "{name}");
        }
        for name in
            ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "GH_TOKEN", "PROXY"]
        {
            assert!(!is_of_packages(name), "{name}");
        }
        let env = of_a_package_manager(Path::new("/scratch"), &BTreeMap::new());
        assert_eq!((&*env["TMPDIR"], env.get("HOME").cloned()), ("/scratch", variable("HOME")));
    }

    #[test]
    fn padding_varies_and_is_less_than_a_page() {
        let lengths: Vec<usize> = (0..64)
            .map(|_| {
                let mut env = BTreeMap::new();
                pad(&mut env);
                env["CELL_PADDING"].len()
            })
            .collect();
        assert!(lengths.iter().all(|length| *length < 4096));
        assert!(lengths.iter().any(|length| *length != lengths[0]));
    }
}
