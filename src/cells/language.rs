use std::collections::BTreeMap;

use serde::Serialize;

use super::{PackageManager, Wrap};

/// How the code of a language is checked, built and run: an entry of `languages.toml`, or of `[languages]` in `blog.toml`.
///
/// Each field is the key of the same name, with `-` for `_`; those that may be left out are optional or lists here. In
/// command lines `{file}` stands for the file that holds the code, `{program}` for what the build makes of it, and
/// `{edition}` for the edition of a Rust cell. Several words each, or none, stand for `{profile}`, `{features}`,
/// `{rustflags}` and, in `build` and `check`, `{packages}`: what leads a compiler to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// What authors call it in info strings: the name of the entry, and its `aliases`.
    pub names: Vec<String>,
    /// What readers call it.
    pub title: String,
    /// What begins a comment that ends with its line.
    pub comment: String,
    /// The file that the code is written to.
    pub file: String,
    /// What makes a program of the statements that authors write.
    pub wrap: Wrap,
    /// The module that the code may import to say something, if the language has one.
    pub module: Option<Module>,
    /// The command line that checks the code and runs nothing.
    pub check: Vec<String>,
    /// The command line that makes a program of it, for a compiled language.
    pub build: Option<Vec<String>>,
    /// The words that stand for `{profile}` in those command lines.
    pub profiles: Profiles,
    /// The command line that runs it.
    pub run: Vec<String>,
    /// The command line that prints the version of its tool.
    pub version: Vec<String>,
    /// By the name that command lines call a program by: the command line that prints the path of the real one, where a
    /// shim or a proxy may stand in front of it that takes its time at each start.
    pub resolve: BTreeMap<String, Vec<String>>,
    /// The environment variables that its tools are given besides `PATH` and `HOME`, where the author has them. Programs
    /// are not.
    pub env: Vec<String>,
    /// Where a site pins the version of its tools.
    pub pin: Option<Pin>,
    /// What gets packages for it.
    pub packages: Option<PackageManager>,
    /// How a program that hangs is made to tell where it stands.
    pub dump: Option<Dump>,
    /// What has its threads tell the kernel their names while they are recorded.
    pub thread_names: Option<ThreadNames>,
    /// Whether the innermost call is what its traces name last.
    pub innermost_last: bool,
    /// Whether rustdoc's rules apply, and messages come as rustc's JSON.
    pub rustdoc: bool,
}

/// What a compiler is told of how carefully it is to work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profiles {
    /// For speed.
    pub release: Vec<String>,
    /// For finding mistakes.
    pub debug: Vec<String>,
    /// Besides either, for programs that may hang: that it keeps the lines of the code.
    pub lines: Vec<String>,
}

/// A file that stands beside the code, if that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Its name: `cell.py`.
    pub file: String,
    /// What it holds: the embedded module of that name, if a table says nothing.
    pub text: String,
}

/// A file of the site by which its author chooses a version of a language's tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// Its path in the site.
    pub file: String,
    /// The key of the version, if the file is TOML: `toolchain.channel`. Else the file holds nothing but the version.
    pub key: Option<String>,
    /// The environment variable by which the tools learn it.
    pub env: String,
}

/// How a program that hangs is made to tell where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dump {
    /// The number of the signal that it is sent.
    pub signal: i32,
    /// Environment variables that it must have been started with.
    pub env: BTreeMap<String, String>,
}

/// A file by which the threads of a program tell the kernel their names, if the language does not see to that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ThreadNames {
    /// Its name: `sitecustomize.py`.
    pub file: String,
    /// What it holds: the embedded module of that name, if a table says nothing.
    pub text: String,
    /// The environment variable of the folders in which it is found: `PYTHONPATH`. They are separated by colons.
    pub env: String,
}

impl Language {
    /// Whether a program has a file of this name in its folder: its code, a module, what the build makes of them.
    pub fn needs(&self, name: &str) -> bool {
        name == self.file || name == "program" || self.module.as_ref().is_some_and(|module| module.file == name)
    }

    /// The files that must stand beside some code, by name: its module, if the code names it by a word of its own.
    pub fn files_beside(&self, code: &str) -> BTreeMap<String, String> {
        let named = |module: &&Module| {
            let stem = module.file.split_once('.').map_or(&*module.file, |(stem, _)| stem);
            code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == stem)
        };
        self.module.iter().filter(named).map(|module| (module.file.clone(), module.text.clone())).collect()
    }
}
