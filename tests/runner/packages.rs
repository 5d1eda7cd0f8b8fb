//! Packages that cells depend on are locked, built and found. The public registries are asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::SystemTime;

use blog::cells::{
    Dependencies, Exit, Installer, LockedPackages, PackageManager, PackageSet, Packages, Profile, Program, Provided,
    Runner, RunnerError,
};
use blog::data::read_toml;
use blog::source::{Diagnostics, SitePath, Source};

use crate::programs::{end, outcome, rust, sh, words};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("packages::crates_are_built_once_and_cells_use_them", crates_are_built_once_and_cells_use_them),
    ("packages::a_crate_that_cannot_be_had_is_named", a_crate_that_cannot_be_had_is_named),
    ("packages::a_lock_of_other_crates_is_refused", a_lock_of_other_crates_is_refused),
    ("packages::a_workspace_above_does_not_count_and_flags_do", a_workspace_above_does_not_count_and_flags_do),
    ("packages::python_finds_what_was_installed", python_finds_what_was_installed),
    (
        "packages::a_runner_locks_packages_and_runs_programs_with_them",
        a_runner_locks_packages_and_runs_programs_with_them,
    ),
    ("packages::many_ask_and_one_installs", many_ask_and_one_installs),
    ("packages::what_failed_is_tried_again", what_failed_is_tried_again),
];

fn set(language: &str, manager: PackageManager, toml: &str) -> PackageSet {
    let source = Source::new(SitePath::new("a.md").expect("a name"), toml);
    let table = read_toml(&source.span(0..toml.len())).expect("it is TOML");
    let (mut dependencies, mut diagnostics) = (Dependencies::default(), Diagnostics::default());
    dependencies.add(table.get("deps").expect("it is there").clone(), &manager, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let language = language.to_owned();
    PackageSet {
        language,
        manager,
        dependencies,
        profile: Profile::Debug,
        pins: BTreeMap::new(),
        rustflags: Vec::new(),
    }
}

fn crates(toml: &str) -> PackageSet {
    set("rust", PackageManager::Cargo, toml)
}

/// What a program prints that is compiled by one call of the compiler.
fn printed_with(machine: &Machine, provided: &Provided, code: &str) -> String {
    let mut program = rust(code);
    program.build.as_mut().expect("Rust is built").command.extend(provided.build_flags.clone());
    let outcome = outcome(machine, &program);
    assert_eq!(end(&outcome).exit, Exit::Code(0), "{outcome:?}");
    end(&outcome).stdout.clone()
}

/// Every file below a folder with the time of its last change.
fn files(folder: &Path) -> BTreeSet<(String, SystemTime)> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("the folder is ours"));
    let changed = |path: &Path| fs::symlink_metadata(path).and_then(|file| file.modified()).expect("so is the file");
    entries.map(|entry| (entry.path().display().to_string(), changed(entry.path()))).collect()
}

fn crates_are_built_once_and_cells_use_them(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let packages = Packages::new(folder.path());
    let set =
        crates("[deps]\nrayon = '1'\nserde = '1'\nserde_derive = '1'\ndigits = { package = 'itoa', version = '1' }\n");
    let lock = packages.lock(&machine.launcher, &set).expect("they fit together");
    assert!(lock.contains("name = \"rayon-core\"") && !lock.contains("/tmp"), "{lock}");

    let provide = || packages.provide(&machine.launcher, &set, &lock, "1").expect("they can be built");
    let provided = provide();
    let before = files(folder.path());
    assert!(provided.sources.is_dir(), "{provided:?}");
    assert_eq!(provide(), provided);
    assert_eq!(files(folder.path()), before, "nothing was done");

    let code = "use rayon::prelude::*;\n\
        #[derive(serde_derive::Serialize)] struct Point { x: u64 }\n\
        fn needs<T: serde::Serialize>(_: &T) {}\n\
        fn main() {\n\
            let point = Point { x: (1..=4_u64).into_par_iter().sum() };\n\
            needs(&point);\n\
            println!(\"{}\", digits::Buffer::new().format(point.x));\n\
        }";
    assert_eq!(printed_with(machine, &provided, code), "10\n");
}

fn failed<T: std::fmt::Debug>(result: Result<T, RunnerError>) -> String {
    let Err(RunnerError::Failed(text)) = result else { panic!("it cannot be: {result:?}") };
    text
}

fn a_crate_that_cannot_be_had_is_named(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let packages = Packages::new(folder.path());
    for (toml, told) in [
        ("deps.no-such-crate-of-a-blog = '1'", "no matching package named `no-such-crate-of-a-blog` found"),
        ("deps.itoa = '999'", "failed to select a version for the requirement `itoa = \"^999\"`"),
        ("deps.itoa = { version = '1', features = ['no'] }", "`itoa` does not have that feature"),
        ("deps.itoa = 'one'", "unexpected character 'o' while parsing major version number"),
    ] {
        let text = failed(packages.lock(&machine.launcher, &crates(toml)));
        assert!(text.starts_with("`cargo` failed with code 101: ") && text.contains(told), "{text}");
        assert!(!text.contains(&*folder.path().to_string_lossy()), "{text}");
    }
}

fn a_lock_of_other_crates_is_refused(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let packages = Packages::new(folder.path());
    let lock = packages.lock(&machine.launcher, &crates("deps.itoa = '1'")).expect("it is there");
    let text = failed(packages.provide(&machine.launcher, &crates("deps.digits = '0'"), &lock, "1"));
    assert!(text.contains("--locked"), "{text}");
}

fn a_workspace_above_does_not_count_and_flags_do(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    fs::write(folder.path().join("Cargo.toml"), "[workspace]\nmembers = []\n").expect("the folder is ours");
    let packages = Packages::new(folder.path().join("packages"));
    let set = crates("deps.itoa = '1'");
    let lock = packages.lock(&machine.launcher, &set).expect("no workspace counts");
    let loud = PackageSet { rustflags: words("--cfg loud"), ..set.clone() };
    let plain = packages.provide(&machine.launcher, &set, &lock, "1").expect("it can be built");
    let other = packages.provide(&machine.launcher, &loud, &lock, "1").expect("so can it with flags");
    assert_ne!(plain.build_flags, other.build_flags, "flags of the compiler are part of a build");
    let broken = PackageSet { rustflags: words("--no-such-flag"), ..set };
    let text = failed(packages.provide(&machine.launcher, &broken, &lock, "1"));
    assert!(text.contains("no-such-flag"), "{text}");
}

fn installer(install: &str) -> Installer {
    let shell = |script: &str| ["sh", "-c", script].map(str::to_owned).to_vec();
    Installer {
        requirement: "{name}=={version}".to_owned(),
        create: shell("mkdir '{env}' && echo once >> '{env}/../made'"),
        install: shell(install),
        freeze: shell("cat '{env}/installed'"),
        run: words("{env}/installed {file}"),
    }
}

fn python_finds_what_was_installed(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let packages = Packages::new(folder.path());
    let python = Installer {
        requirement: "{name}=={version}".to_owned(),
        create: words("python3 -m venv {env}"),
        install: words("{env}/bin/python -m pip install --disable-pip-version-check -q -r {requirements}"),
        freeze: words("{env}/bin/python -m pip freeze --disable-pip-version-check"),
        run: words("{env}/bin/python -u {file}"),
    };
    let set = set("python", PackageManager::Installer(python), "deps.six = '1.16.0'");
    let lock = packages.lock(&machine.launcher, &set).expect("it is there");
    assert_eq!(lock, "six==1.16.0\n");
    let provided = packages.provide(&machine.launcher, &set, &lock, "1").expect("it can be installed");
    let program = Program { file: "cell.py".to_owned(), run: provided.run, ..sh("import six\nprint(six.__version__)") };
    let outcome = outcome(machine, &program);
    assert_eq!((end(&outcome).exit, &*end(&outcome).stdout), (Exit::Code(0), "1.16.0\n"), "{}", end(&outcome).stderr);
    let text = failed(packages.provide(&machine.launcher, &set, "no-such-package-of-a-blog==1\n", "1"));
    assert!(text.starts_with("`python` failed with code 1: ") && text.contains("no-such-package-of-a-blog"), "{text}");
}

/// The argument with which this binary has its runner lock packages and run programs with them.
pub(crate) const MODE: &str = "--run-with-packages";

fn a_runner_locks_packages_and_runs_programs_with_them(_: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let ourselves = fs::read_link("/proc/self/exe").expect("there is /proc");
    let mut other = Command::new(ourselves);
    let said = other.arg(MODE).env("XDG_CACHE_HOME", folder.path()).output().expect("it just started");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(folder.path().join("blog/packages").is_dir(), "in the folder of its user");
}

/// What this binary does in its other mode: the runner takes the user's folder for packages, which is none for checks.
pub(crate) fn run_with_packages(machine: &Machine) {
    let set = crates("deps.itoa = '1'");
    let mut program = rust("fn main() { println!(\"{}\", itoa::Buffer::new().format(42)); }");
    program.build.as_mut().expect("Rust is built").command.push("{packages}".to_owned());
    let with = |lock| Program { packages: Some(LockedPackages { set: set.clone(), lock }), ..program.clone() };
    let unlocked = RunnerError::Failed("no versions of its packages were chosen".to_owned());
    assert_eq!(machine.runner.prepare(&with(None)).err(), Some(unlocked));
    let lock = machine.runner.lock(&set).expect("it is there");
    assert!(lock.contains("name = \"itoa\""), "{lock}");
    let outcome = outcome(machine, &with(Some(lock)));
    assert_eq!((end(&outcome).exit, &*end(&outcome).stdout), (Exit::Code(0), "42\n"), "{outcome:?}");

    let installer = Installer {
        freeze: words("echo a==1"),
        run: words("sh {env}/hello {file}"),
        ..installer("echo 'cat $1; echo $0' > '{env}/hello'")
    };
    let set = self::set("tongue", PackageManager::Installer(installer), "deps.a = '1'");
    let lock = machine.runner.lock(&set).expect("nothing is asked for");
    let script = Program { packages: Some(LockedPackages { set, lock: Some(lock) }), ..sh("printf never: ") };
    let outcome = crate::programs::outcome(machine, &script);
    assert_eq!(end(&outcome).stdout, "printf never: /packages/hello\n", "another interpreter, and no name of a user");
}

fn many_ask_and_one_installs(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let packages = Packages::new(folder.path());
    let manager = PackageManager::Installer(installer("sleep 0.2; cp '{requirements}' '{env}/installed'"));
    let set = set("tongue", manager, "deps.a = '1'");
    let lock = packages.lock(&machine.launcher, &set).expect("it is there");
    assert_eq!(lock, "a==1\n");
    let provide = |toolchain: &str| packages.provide(&machine.launcher, &set, &lock, toolchain).expect("it can be");
    let all: Vec<Provided> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| provide("1"))).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    let place = all[0].sources.parent().expect("a folder in ours");
    assert_eq!(fs::read_to_string(place.join("made")).expect("it was made"), "once\n");
    assert!(all.iter().all(|provided| *provided == all[0]));
    assert_ne!(provide("2").sources, all[0].sources, "another interpreter has packages of its own");
    fs::remove_dir_all(&all[0].sources).expect("the folder is ours");
    assert_eq!(provide("1"), all[0], "nobody has tidied up behind its stamp");
    assert!(all[0].sources.join("installed").exists());
}

fn what_failed_is_tried_again(machine: &Machine) {
    let folder = tempfile::tempdir().expect("there is room");
    let packages = Packages::new(folder.path());
    let flag = folder.path().join("works");
    let install = format!("test -e '{}' && cp '{{requirements}}' '{{env}}/installed'", flag.display());
    let set = set("tongue", PackageManager::Installer(installer(&install)), "deps.a = '>=1'");
    let text = failed(packages.lock(&machine.launcher, &set));
    assert_eq!(text, "`sh` failed with code 1");
    assert_eq!(failed(packages.provide(&machine.launcher, &set, "a==1\n", "1")), text);
    fs::write(flag, "").expect("the folder is ours");
    assert_eq!(packages.lock(&machine.launcher, &set), Ok("a>=1\n".to_owned()));
    let provided = packages.provide(&machine.launcher, &set, "a==1\n", "1").expect("it works now");
    assert_eq!(fs::read_to_string(provided.sources.join("installed")).expect("it is there"), "a==1\n");
    let without = Installer { create: words("no-such-installer"), ..installer("true") };
    let set = PackageSet { manager: PackageManager::Installer(without), ..set };
    assert_eq!(packages.lock(&machine.launcher, &set), Err(RunnerError::Missing("no-such-installer".to_owned())));
}
