//! The environment variables of programs: few, and none that the author has for himself.

use std::collections::BTreeMap;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

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
pub(super) fn of_a_tool(folder: &Path, names: &[String]) -> BTreeMap<String, String> {
    let mut env = common(&folder.to_string_lossy());
    let names = names.iter().map(String::as_str).chain(["HOME"]);
    env.extend(names.filter_map(|name| Some((name.to_owned(), variable(name)?))));
    env
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
