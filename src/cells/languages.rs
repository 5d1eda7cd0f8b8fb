use std::collections::BTreeMap;
use std::sync::Arc;

use super::language::{Dump, Language, Module, Pin, Profiles, ThreadNames};
use super::wrap::Wrap;
use super::{Installer, PackageManager};
use crate::data::{Entry, Node, Table, Value, read_toml};
use crate::source::{Code, Diagnostic, Diagnostics, SitePath, Source, Span};

/// The languages that the cells of a site can be written in: the embedded ones, and what its configuration says of them.
#[derive(Debug, Clone)]
pub struct Languages(Vec<Arc<Language>>);

/// Modules that a table may name without their text.
const MODULES: [(&str, &str); 2] =
    [("cell.py", include_str!("modules/cell.py")), ("sitecustomize.py", include_str!("modules/sitecustomize.py"))];

/// The signals that programs are made to tell something by.
const SIGNALS: [(&str, i32); 6] = [
    ("ABRT", libc::SIGABRT),
    ("HUP", libc::SIGHUP),
    ("INT", libc::SIGINT),
    ("QUIT", libc::SIGQUIT),
    ("USR1", libc::SIGUSR1),
    ("USR2", libc::SIGUSR2),
];

impl Default for Languages {
    /// The embedded languages.
    fn default() -> Self {
        Languages::read(None, &mut Diagnostics::default())
    }
}

impl Languages {
    /// The keys of a language.
    pub const KEYS: [&str; 19] = [
        "aliases",
        "title",
        "comment",
        "file",
        "wrap",
        "module",
        "check",
        "build",
        "profiles",
        "run",
        "version",
        "resolve",
        "env",
        "pin",
        "packages",
        "dump",
        "thread-names",
        "innermost-last",
        "rustdoc",
    ];

    /// The embedded languages with those of a site, the table `[languages]` of its configuration. An entry changes the
    /// language that it names, which keeps what the entry does not set, or adds one. An entry that is wrong does neither.
    pub fn read(site: Option<&Table>, diagnostics: &mut Diagnostics) -> Languages {
        let embedded = embedded();
        let mut languages = Languages(Vec::new());
        for Entry { key, key_span, node } in embedded.entries.clone() {
            let table = node.table().expect("every embedded language is a table");
            languages.0.extend(read(key, key_span, table, diagnostics).map(Arc::new));
        }
        for entry in site.into_iter().flat_map(|table| &table.entries) {
            languages.set(entry.clone(), &embedded, diagnostics);
        }
        languages
    }

    /// Takes in an entry of a site.
    fn set(&mut self, entry: Entry, embedded: &Table, diagnostics: &mut Diagnostics) {
        let Entry { key, key_span, node } = entry;
        let Some(mut table) = diagnostics.take(node.table()) else { return };
        let changed = self.0.iter().position(|language| language.is_called(&key));
        let name = changed.map_or(key, |at| self.0[at].names[0].clone());
        if let Some(Value::Table(base)) = embedded.get(&name).map(|node| &node.value) {
            let kept = base.entries.iter().filter(|entry| table.get(&entry.key).is_none());
            let kept: Vec<Entry> = kept.cloned().collect();
            table.entries.extend(kept);
        }
        let Some(language) = read(name, key_span.clone(), table, diagnostics) else { return };
        for (at, other) in self.0.iter().enumerate() {
            if changed != Some(at)
                && let Some(name) = language.names.iter().find(|name| other.is_called(name))
            {
                let message = format!("`{}` is a name of {} too", name.escape_debug(), other.title);
                diagnostics.push(
                    Diagnostic::error(Code::LanguageNameTaken, message)
                        .at(key_span.clone(), "not of this language alone")
                        .help("take it out of the `aliases`, or call the language otherwise"),
                );
            }
        }
        match changed {
            Some(at) => self.0[at] = Arc::new(language),
            None => self.0.push(Arc::new(language)),
        }
    }

    /// The language that an info string names, whatever the case.
    pub fn named(&self, name: &str) -> Option<&Arc<Language>> {
        self.0.iter().find(|language| language.is_called(name))
    }

    /// Each of them, the embedded ones first.
    pub fn iter(&self) -> impl Iterator<Item = &Language> {
        self.0.iter().map(|language| &**language)
    }

    /// Every name of every language.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|language| &language.names).map(String::as_str)
    }
}

impl Language {
    fn is_called(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

fn embedded() -> Table {
    let path = SitePath::new("languages.toml").expect("a name");
    let source = Source::new(path, include_str!("languages.toml"));
    read_toml(&source.span(0..source.text().len())).expect("the embedded table is TOML")
}

/// Reads a language; nothing if any of it is wrong.
fn read(name: String, place: Span, table: Table, diagnostics: &mut Diagnostics) -> Option<Language> {
    let mut wrong = Diagnostics::default();
    let what = format!("the language `{}`", name.escape_debug());
    let language = Keys { table, what, place, wrong: &mut wrong }.all(&Languages::KEYS, |keys| language(name, keys));
    let sound = !wrong.has_errors();
    diagnostics.extend(wrong);
    sound.then_some(language)
}

fn language(name: String, keys: &mut Keys<'_>) -> Language {
    Language {
        names: [vec![name], keys.take("aliases", Node::strings).unwrap_or_default()].concat(),
        title: keys.need("title", Node::string),
        comment: keys.need("comment", filled),
        file: keys.need("file", file_name),
        wrap: keys.part("wrap", &["head", "hoist", "once", "unless", "before", "after"], wrap).unwrap_or_default(),
        module: keys.part("module", &["file", "text"], module),
        check: keys.need("check", command),
        build: keys.take("build", command),
        profiles: keys.part("profiles", &["release", "debug", "lines"], profiles).unwrap_or_default(),
        run: keys.need("run", command),
        version: keys.need("version", command),
        resolve: keys.take("resolve", commands).unwrap_or_default(),
        env: keys.take("env", Node::strings).unwrap_or_default(),
        pin: keys.part("pin", &["file", "key", "env"], pin),
        packages: packages(keys),
        dump: keys.part("dump", &["signal", "env"], dump),
        thread_names: keys.part("thread-names", &["file", "text", "env"], thread_names),
        innermost_last: keys.take("innermost-last", Node::boolean).unwrap_or_default(),
        rustdoc: keys.take("rustdoc", Node::boolean).unwrap_or_default(),
    }
}

fn profiles(keys: &mut Keys<'_>) -> Profiles {
    Profiles {
        release: keys.take("release", Node::strings).unwrap_or_default(),
        debug: keys.take("debug", Node::strings).unwrap_or_default(),
        lines: keys.take("lines", Node::strings).unwrap_or_default(),
    }
}

fn wrap(keys: &mut Keys<'_>) -> Wrap {
    Wrap {
        head: keys.take("head", filled),
        hoist: keys.take("hoist", Node::strings).unwrap_or_default(),
        once: keys.take("once", Node::boolean).unwrap_or_default(),
        unless: keys.take("unless", filled),
        before: keys.take("before", Node::string).unwrap_or_default(),
        after: keys.take("after", Node::string).unwrap_or_default(),
    }
}

fn module(keys: &mut Keys<'_>) -> Module {
    let file = keys.need("file", file_name);
    let embedded = MODULES.iter().find(|(name, _)| *name == file).map(|(_, text)| (*text).to_owned());
    let text = keys.take("text", Node::string).or(embedded);
    Module { text: text.unwrap_or_else(|| keys.lack("text")), file }
}

fn packages(keys: &mut Keys<'_>) -> Option<PackageManager> {
    const INSTALLER: [&str; 5] = ["requirement", "create", "install", "freeze", "run"];
    let is_word = keys.table.get("packages").is_some_and(|node| matches!(node.value, Value::String(_)));
    if is_word {
        return keys.take("packages", |node| match node.value {
            Value::String(word) if word == "cargo" => Ok(PackageManager::Cargo),
            _ => Err(refused(node.span, "should be `\"cargo\"`, or a table of command lines")),
        });
    }
    let installer = |keys: &mut Keys<'_>| Installer {
        requirement: keys.need("requirement", filled),
        create: keys.need("create", command),
        install: keys.need("install", command),
        freeze: keys.need("freeze", command),
        run: keys.need("run", command),
    };
    keys.part("packages", &INSTALLER, installer).map(PackageManager::Installer)
}

fn pin(keys: &mut Keys<'_>) -> Pin {
    Pin { file: keys.need("file", filled), key: keys.take("key", filled), env: keys.need("env", filled) }
}

fn dump(keys: &mut Keys<'_>) -> Dump {
    Dump {
        signal: keys.need("signal", |node| one_of(node, &SIGNALS)),
        env: keys.take("env", variables).unwrap_or_default(),
    }
}

fn thread_names(keys: &mut Keys<'_>) -> ThreadNames {
    let env = keys.need("env", filled);
    let Module { file, text } = module(keys);
    ThreadNames { file, text, env }
}

/// The keys of a table, taken out of it one by one.
struct Keys<'a> {
    table: Table,
    /// What the table is about.
    what: String,
    /// Where that stands.
    place: Span,
    wrong: &'a mut Diagnostics,
}

impl Keys<'_> {
    /// Reads what the table is about. Keys that are left then are unknown.
    fn all<T>(mut self, known: &[&str], read: impl FnOnce(&mut Self) -> T) -> T {
        let value = read(&mut self);
        for Entry { key, key_span, .. } in self.table.entries {
            let error = Diagnostic::error(Code::UnknownLanguageKey, format!("unknown key `{}`", key.escape_debug()));
            self.wrong.push(error.at(key_span, format!("not a key of {}", self.what)).suggest(&key, known.to_vec()));
        }
        value
    }

    fn take<T>(&mut self, key: &str, read: impl FnOnce(Node) -> Result<T, Diagnostic>) -> Option<T> {
        let node = self.table.take(key)?;
        self.wrong.take(read(node))
    }

    /// The value of a key that must be there; the default if that is wrong.
    fn need<T: Default>(&mut self, key: &str, read: impl FnOnce(Node) -> Result<T, Diagnostic>) -> T {
        match self.table.get(key) {
            Some(_) => self.take(key, read).unwrap_or_default(),
            None => self.lack(key),
        }
    }

    fn lack<T: Default>(&mut self, key: &str) -> T {
        let error = Diagnostic::error(Code::LanguageLacksKey, format!("{} lacks `{key}`", self.what));
        self.wrong.push(error.at(self.place.clone(), ""));
        T::default()
    }

    /// What a table within this one is about.
    fn part<T>(&mut self, key: &str, known: &[&str], read: impl FnOnce(&mut Keys<'_>) -> T) -> Option<T> {
        let place = self.table.get(key)?.span.clone();
        let table = self.take(key, Node::table)?;
        let what = format!("`{key}` of {}", self.what);
        Some(Keys { table, what, place, wrong: self.wrong }.all(known, read))
    }
}

fn refused(place: Span, why: &str) -> Diagnostic {
    Diagnostic::error(Code::UnusableValue, "this value cannot be used").at(place, why)
}

/// A text that is not empty.
fn filled(node: Node) -> Result<String, Diagnostic> {
    let place = node.span.clone();
    let text = node.string()?;
    if text.trim().is_empty() { Err(refused(place, "should not be empty")) } else { Ok(text) }
}

/// The name of a file in the folder of a program.
fn file_name(node: Node) -> Result<String, Diagnostic> {
    let place = node.span.clone();
    let text = node.string()?;
    let is_name = SitePath::new(&text).is_ok_and(|path| path.segments().count() == 1 && path.as_str() == text);
    if is_name && text != "program" {
        return Ok(text);
    }
    Err(refused(place, "should be the name of a file, without folders, and not `program`"))
}

/// The words of a command line, the first one a program.
fn command(node: Node) -> Result<Vec<String>, Diagnostic> {
    let place = node.span.clone();
    let is_list = matches!(node.value, Value::List(_));
    let words = node.strings()?;
    if is_list && !words.is_empty() && words.iter().all(|word| !word.contains('\0')) {
        return Ok(words);
    }
    Err(refused(place, "should be the words of a command line: `[\"cc\", \"{file}\"]`"))
}

/// Command lines by name.
fn commands(node: Node) -> Result<BTreeMap<String, Vec<String>>, Diagnostic> {
    node.table()?.entries.into_iter().map(|entry| Ok((entry.key, command(entry.node)?))).collect()
}

fn one_of<T: Clone>(node: Node, words: &[(&str, T)]) -> Result<T, Diagnostic> {
    let place = node.span.clone();
    let text = node.string()?;
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| value.clone()).ok_or_else(|| {
        let known: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        let error = refused(place, &format!("should be one of {}", known.join(", ")));
        error.suggest(&text, words.iter().map(|(word, _)| *word))
    })
}

fn variables(node: Node) -> Result<BTreeMap<String, String>, Diagnostic> {
    node.table()?.entries.into_iter().map(|entry| Ok((entry.key, entry.node.string()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Languages, Vec<String>) {
        let source = Source::new(SitePath::new("blog.toml").unwrap(), text);
        let mut diagnostics = Diagnostics::default();
        let table = read_toml(&source.span(0..text.len())).unwrap();
        let languages = Languages::read(Some(&table), &mut diagnostics);
        let said = diagnostics.iter().map(|told| format!("{told} ({})", told.remedy().unwrap_or("-")));
        (languages, said.collect())
    }

    #[test]
    fn the_embedded_languages_are_in_order() {
        let mut diagnostics = Diagnostics::default();
        let languages = Languages::read(None, &mut diagnostics);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let title = |name: &str| languages.named(name).map(|language| language.title.as_str());
        let names = ["RS", "py", "sh", "bash", "c", "c++", "golang", "js", "ts", "cobol"];
        let titles = ["Rust", "Python", "Shell", "Bash", "C", "C++", "Go", "JavaScript", "TypeScript"];
        assert_eq!(names.map(title).to_vec(), [titles.map(Some).to_vec(), vec![None]].concat());
        let python = languages.named("python").unwrap();
        assert_eq!(python.dump.as_ref().unwrap().env["PYTHONFAULTHANDLER"], "1");
        assert!(python.module.as_ref().unwrap().text.contains("def measure("));
        assert!(
            matches!(&python.packages, Some(PackageManager::Installer(installer)) if installer.create.contains(&"{env}".into()))
        );
        assert_eq!(languages.named("rust").unwrap().packages, Some(PackageManager::Cargo));
    }

    /// A language with every key.
    const ZIG: &str = "[zig]\naliases = ['ziglang']\ntitle = 'Zig'\ncomment = '//'\nfile = 'cell.zig'\n\
        wrap = { head = 'h', hoist = ['i'], once = true, unless = 'u', before = 'b', after = 'a' }\n\
        module = { file = 'cell_.zig', text = 't' }\ncheck = ['zig', 'ast-check', '{file}']\nbuild = ['zig', 'build-exe']\n\
        profiles = { release = ['-O3'], debug = ['-g'], lines = ['-g1'] }\n\
        run = ['{program}']\nversion = ['zig', 'version']\nresolve = { zig = ['which', 'zig'] }\nenv = ['ZIG_HOME']\n\
        pin = { file = '.zig', key = 'v', env = 'ZIG_VERSION' }\n\
        packages = { requirement = 'r', create = ['c'], install = ['i'], freeze = ['f'], run = ['r'] }\n\
        dump = { signal = 'USR1', env = { A = '1' } }\nthread-names = { file = 'n', text = 't', env = 'N' }\ninnermost-last = true\nrustdoc = false\n";

    #[test]
    fn a_site_adds_a_language_with_every_key() {
        let (languages, wrong) = read(ZIG);
        assert_eq!(wrong, [""; 0]);
        let zig = languages.named("ZigLang").unwrap();
        assert_eq!((zig.title.as_str(), zig.env.len(), zig.innermost_last), ("Zig", 1, true));
        assert_eq!((zig.profiles.release.as_slice(), zig.profiles.debug.len()), (["-O3".to_owned()].as_slice(), 1));
        assert_eq!(zig.dump, Some(Dump { signal: libc::SIGUSR1, env: [("A".into(), "1".into())].into() }));
        let text = |text: &str| text.to_owned();
        assert_eq!(zig.thread_names, Some(ThreadNames { file: text("n"), text: text("t"), env: text("N") }));
        for key in Languages::KEYS {
            assert!(ZIG.contains(&format!("\n{key} = ")), "{key} is not tried here");
        }
    }

    #[test]
    fn what_a_change_does_not_set_is_kept() {
        let (languages, wrong) = read("[py]\nrun = ['pypy3', '{file}']\n[C]\nwrap = {}\n");
        assert_eq!(wrong, [""; 0]);
        let python = languages.named("python").unwrap();
        assert_eq!(
            (python.run[0].as_str(), python.file.as_str(), python.names[0].as_str()),
            ("pypy3", "main.py", "python")
        );
        assert_eq!(languages.named("c").unwrap().wrap, Wrap::default());
    }

    #[test]
    fn all_that_is_wrong_is_said_at_its_place() {
        for (text, expected) in [
            ("zig = 1", vec!["blog.toml:1:7: error[E008]: expected a table, found a whole number (-)"]),
            ("[c]\nbiuld = ['x']", vec!["blog.toml:2:1: error[E011]: unknown key `biuld` (did you mean `build`?)"]),
            ("[c]\nwrap.hoits = 'x'", vec!["blog.toml:2:6: error[E011]: unknown key `hoits` (did you mean `hoist`?)"]),
            ("[c]\nrun = 'x'", vec!["blog.toml:2:7: error[E009]: this value cannot be used (-)"]),
            ("[c]\nrun = []", vec!["blog.toml:2:7: error[E009]: this value cannot be used (-)"]),
            (
                "[c]\ntitle = 1",
                vec!["blog.toml:2:9: error[E008]: expected a string, found a whole number (write it in quotes)"],
            ),
            ("[c]\nresolve = { cc = 'x' }", vec!["blog.toml:2:18: error[E009]: this value cannot be used (-)"]),
            ("[c]\nfile = '../x'", vec!["blog.toml:2:8: error[E009]: this value cannot be used (-)"]),
            ("[c]\nfile = 'program'", vec!["blog.toml:2:8: error[E009]: this value cannot be used (-)"]),
            ("[c]\ncomment = ' '", vec!["blog.toml:2:11: error[E009]: this value cannot be used (-)"]),
            ("[c]\npackages = 'crago'", vec!["blog.toml:2:12: error[E009]: this value cannot be used (-)"]),
            ("[go]\ndump = { signal = 'KILL' }", vec!["blog.toml:2:19: error[E009]: this value cannot be used (-)"]),
            (
                "[c]\nmodule = { file = 'x.h' }",
                vec!["blog.toml:2:10: error[E012]: `module` of the language `c` lacks `text` (-)"],
            ),
            (
                "[c]\naliases = ['py']",
                vec![
                    "blog.toml:1:2: error[E013]: `py` is a name of Python too (take it out of the `aliases`, or call the language otherwise)",
                ],
            ),
            (
                "[zig]\nfile = 'a.zig'\ntitle = 'Zig'\ncomment = '//'",
                vec![
                    "blog.toml:1:2: error[E012]: the language `zig` lacks `check` (-)",
                    "blog.toml:1:2: error[E012]: the language `zig` lacks `run` (-)",
                    "blog.toml:1:2: error[E012]: the language `zig` lacks `version` (-)",
                ],
            ),
        ] {
            let (languages, wrong) = read(text);
            assert_eq!(wrong, expected, "{text}");
            assert!(languages.named("zig").is_none() && languages.named("c").is_some());
        }
    }

    #[test]
    fn a_module_stands_beside_code_that_names_it() {
        let python = Languages::default().named("python").unwrap().clone();
        for (code, expected) in
            [("import os, cell\n", 1), ("from cell import value", 1), ("cells = excellent", 0), ("", 0)]
        {
            assert_eq!(python.files_beside(code).len(), expected, "{code}");
        }
    }
}
