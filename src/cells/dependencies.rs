use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::data::{Entry, Node, Table, Value};
use crate::source::{Code, Diagnostic, Diagnostics, Hash, Span};

use super::Language;

/// The packages that a cell needs, by the names that its code knows them by: its option `deps`.
///
/// Two ways of writing the same are equal, serialise alike and so share a digest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Dependencies(BTreeMap<String, Requirement>);

/// Which versions of a package will do, and what of it is wanted. It serialises as Cargo's own table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Requirement {
    /// The versions, as the package manager understands them: `1`, `>=2`, `*`.
    pub version: String,
    /// The name of the package, where the code knows it by another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// Features that are not on by default.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub features: BTreeSet<String>,
    /// Whether those are on that are on by default.
    #[serde(skip_serializing_if = "is_true")]
    pub default_features: bool,
}

/// What gets the packages of a language: a key of its entry in the table of languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum PackageManager {
    /// Cargo, which builds them, so that a compiler finds them.
    Cargo,
    /// Command lines that install them to a folder, from which an interpreter runs.
    Installer(Installer),
}

/// The command lines of a package manager. In them `{env}` stands for the folder that it fills, and `{requirements}` for
/// a file with a package a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Installer {
    /// A package in that file, of which one version is named: `{name}=={version}`. A requirement that begins with an
    /// operator (`>=2`) follows the name as it is, and of `*` the name remains.
    pub requirement: String,
    /// Makes the folder.
    pub create: Vec<String>,
    /// Installs the packages in the file.
    pub install: Vec<String>,
    /// Prints what is installed, so that `install` of just that gives the same again.
    pub freeze: Vec<String>,
    /// Runs a cell, in place of the language's own command line; the other names in it are for later.
    pub run: Vec<String>,
}

/// How carefully a compiler works.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// For speed.
    #[default]
    Release,
    /// For finding mistakes: no optimisation, overflow is checked.
    Debug,
}

/// Packages that are built or installed together. Cells with an equal one share what comes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageSet {
    /// The language that they are for.
    pub language: String,
    /// What gets them.
    pub manager: PackageManager,
    /// What is wanted.
    pub dependencies: Dependencies,
    /// How they are compiled.
    pub profile: Profile,
    /// Variables by which the tools learn which version of them the site pins.
    pub pins: BTreeMap<String, String>,
    /// What else their compiler is told. One that is only told to a cell leaves the packages as they are.
    pub rustflags: Vec<String>,
}

impl PackageSet {
    /// The name of its lock file, without extension: `rust-3fa9c1d2`. What changes how packages are compiled leaves their
    /// versions as they are, and is no part of it.
    pub fn name(&self) -> String {
        let digest = Hash::of(&self.dependencies).to_string();
        format!("{}-{}", self.language, &digest[..8])
    }
}

impl Dependencies {
    /// The packages that a cell needs. What a site or a post sets for all cells is meant for those of Cargo's language
    /// alone: a name means another package in each registry.
    pub(super) fn of_cell(
        language: &Language,
        inherited: &[Node],
        own: &[Node],
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut dependencies = Dependencies::default();
        let Some(manager) = &language.packages else {
            for node in own {
                let message = format!("cells in {} cannot have dependencies", language.title);
                let error = Diagnostic::error(Code::NoPackageManager, message).at(node.span.clone(), "");
                diagnostics.push(error.help("name a package manager by `packages` in the site's table of languages"));
            }
            return dependencies;
        };
        let inherited = if *manager == PackageManager::Cargo { inherited } else { &[] };
        for node in inherited {
            // What is wrong with it is said once, and not for each cell.
            dependencies.add(node.clone(), manager, &mut Diagnostics::default());
        }
        for node in own {
            dependencies.add(node.clone(), manager, diagnostics);
        }
        dependencies
    }

    /// Takes in what a table says, in place of what was said of the same names before. What is wrong changes nothing.
    pub fn add(&mut self, node: Node, manager: &PackageManager, diagnostics: &mut Diagnostics) {
        let Some(table) = diagnostics.take(node.table()) else { return };
        for entry in table.entries {
            let read = check_name(&entry).and_then(|()| Requirement::read(entry.node, manager));
            if let Some(requirement) = diagnostics.take(read) {
                self.0.insert(entry.key, requirement);
            }
        }
    }

    /// Takes in those of a cell that uses what these are for; what it says itself counts.
    pub fn extend(&mut self, nearer: &Dependencies) {
        self.0.extend(nearer.0.iter().map(|(name, requirement)| (name.clone(), requirement.clone())));
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each name with what is wanted, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Requirement)> {
        self.0.iter().map(|(name, requirement)| (name.as_str(), requirement))
    }
}

impl Installer {
    /// The file of requirements that asks for some packages.
    pub fn requirements(&self, dependencies: &Dependencies) -> String {
        dependencies.iter().map(|(name, wanted)| self.line(name, &wanted.version) + "\n").collect()
    }

    fn line(&self, name: &str, version: &str) -> String {
        match version {
            "*" => name.to_owned(),
            _ if version.starts_with(['<', '>', '=', '~', '!', '^']) => format!("{name}{version}"),
            _ => self.requirement.replace("{name}", name).replace("{version}", version),
        }
    }
}

/// The keys of a dependency that is written as a table, in `Cargo.toml` and here.
const KEYS: [&str; 4] = ["version", "features", "default-features", "package"];

/// Keys that Cargo has besides, and that name a place.
const PLACES: [&str; 7] = ["path", "git", "branch", "tag", "rev", "registry", "workspace"];

impl Requirement {
    fn read(node: Node, manager: &PackageManager) -> Result<Self, Diagnostic> {
        match (node.value, manager) {
            (Value::Table(table), PackageManager::Cargo) => Requirement::from_table(table),
            (Value::Table(_), PackageManager::Installer(_)) => Err(Diagnostic::error(
                Code::UnusableDependency,
                "a package of this language is wanted by its version alone",
            )
            .at(node.span, "should be a string")),
            (value, _) => Ok(Requirement {
                version: version(Node { value, span: node.span })?,
                package: None,
                features: BTreeSet::new(),
                default_features: true,
            }),
        }
    }

    fn from_table(mut table: Table) -> Result<Self, Diagnostic> {
        for entry in &table.entries {
            check_key(entry)?;
        }
        let wanted = table.take("version");
        let wanted = wanted.ok_or_else(|| {
            Diagnostic::error(Code::UnusableDependency, "a dependency needs a `version`")
                .at(table.span.clone(), "")
                .help("write for instance `version = \"1\"`")
        })?;
        Ok(Requirement {
            version: version(wanted)?,
            package: table.take("package").map(name).transpose()?,
            features: table.take("features").map(Node::strings).transpose()?.into_iter().flatten().collect(),
            default_features: table.take("default-features").map(Node::boolean).transpose()?.unwrap_or(true),
        })
    }
}

fn check_key(entry: &Entry) -> Result<(), Diagnostic> {
    let key = entry.key.as_str();
    if KEYS.contains(&key) {
        return Ok(());
    }
    if PLACES.contains(&key) {
        return Err(Diagnostic::error(
            Code::OutsideDependency,
            format!("a cell cannot depend on a package by `{key}`"),
        )
        .at(entry.key_span.clone(), "reaches out of the post")
        .note("whoever builds the site gets the same packages by the same versions, from the public registry alone")
        .help("name a `version` that is published"));
    }
    let known = KEYS.map(|key| format!("`{key}`")).join(", ");
    Err(Diagnostic::error(Code::UnknownDependencyKey, format!("unknown key `{}` of a dependency", key.escape_debug()))
        .at(entry.key_span.clone(), "")
        .note(format!("understood are {known}"))
        .suggest(key, KEYS))
}

fn version(node: Node) -> Result<String, Diagnostic> {
    let span = node.span.clone();
    let text = node.string()?.trim().to_owned();
    let allowed = |c: char| c.is_ascii_alphanumeric() || " .*+!,<>=~^-_".contains(c);
    if !text.is_empty() && text.chars().all(allowed) {
        return Ok(text);
    }
    Err(wrong(&text, span, "should be a version, such as `1`, `>=1.2` or `*`"))
}

fn check_name(entry: &Entry) -> Result<(), Diagnostic> {
    if is_name(&entry.key) { Ok(()) } else { Err(wrong(&entry.key, entry.key_span.clone(), NO_NAME)) }
}

fn name(node: Node) -> Result<String, Diagnostic> {
    let span = node.span.clone();
    let text = node.string()?;
    if is_name(&text) { Ok(text) } else { Err(wrong(&text, span, NO_NAME)) }
}

const NO_NAME: &str = "is not the name of a package";

/// Whether a text can name a package anywhere, and can be nothing else to a package manager: no option, no path above, no
/// address. Some name a scope (`@scope/name`), some an extra (`name[extra]`).
fn is_name(text: &str) -> bool {
    let first = |c: char| c.is_ascii_alphanumeric() || c == '@';
    let inner = |c: char| c.is_ascii_alphanumeric() || "._-/[],".contains(c);
    text.starts_with(first) && text.chars().skip(1).all(inner) && !text.contains("..")
}

fn wrong(text: &str, span: Span, why: &str) -> Diagnostic {
    Diagnostic::error(Code::UnusableDependency, format!("`{}` cannot be used", text.escape_debug())).at(span, why)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks it")]
fn is_true(value: &bool) -> bool {
    *value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::read_toml;
    use crate::source::{SitePath, Source};

    fn installer() -> PackageManager {
        let words = |text: &str| vec![text.to_owned()];
        PackageManager::Installer(Installer {
            requirement: "{name}=={version}".to_owned(),
            create: words("create"),
            install: words("install"),
            freeze: words("freeze"),
            run: words("run"),
        })
    }

    /// The node of the last `deps` in some texts, each nearer than the one before.
    fn read(manager: &PackageManager, texts: &[&str]) -> (Dependencies, Vec<String>) {
        let mut dependencies = Dependencies::default();
        let mut diagnostics = Diagnostics::default();
        for text in texts {
            let source = Source::new(SitePath::new("a.md").unwrap(), *text);
            let mut table = read_toml(&source.span(0..text.len())).unwrap();
            dependencies.add(table.take("deps").unwrap(), manager, &mut diagnostics);
        }
        let told = diagnostics.iter().map(|wrong| format!("{wrong} ({})", wrong.remedy().unwrap_or("-")));
        (dependencies, told.collect())
    }

    fn set(text: &str) -> PackageSet {
        let (dependencies, wrong) = read(&PackageManager::Cargo, &[text]);
        assert_eq!(wrong, [""; 0]);
        PackageSet {
            language: "rust".to_owned(),
            manager: PackageManager::Cargo,
            dependencies,
            profile: Profile::Release,
            pins: BTreeMap::new(),
            rustflags: Vec::new(),
        }
    }

    #[test]
    fn a_string_and_a_table_are_read_as_in_cargo_toml() {
        let set = set("deps.rayon = '1'\ndeps.rt = { version = '1.2', features = ['net', 'full'], \
            default-features = false, package = 'tokio' }\n");
        assert_eq!(
            toml::to_string(&set.dependencies).unwrap(),
            "[rayon]\nversion = \"1\"\n\n[rt]\nversion = \"1.2\"\npackage = \"tokio\"\nfeatures = [\"full\", \"net\"]\n\
             default-features = false\n"
        );
    }

    #[test]
    fn equal_sets_share_a_name_and_others_do_not() {
        let one = set("deps.a = '1'\ndeps.b = { version = '2', features = ['x', 'y'] }\n");
        let same = [
            "deps.b = { features = ['y', 'x'], default-features = true, version = ' 2 ' }\ndeps.a = '1'\n",
            "[deps.a]\nversion = '1'\n[deps.b]\nversion = '2'\nfeatures = ['x', 'y', 'x']\n",
        ];
        assert_eq!(one.name(), "rust-066cee34");
        for text in same {
            assert_eq!(set(text), one, "{text}");
        }
        for text in ["deps.a = '1'\n", "deps.a = '1'\ndeps.b = { version = '2', features = ['x'] }\n"] {
            assert_ne!(set(text).name(), one.name(), "{text}");
        }
        let careful = PackageSet { profile: Profile::Debug, ..one.clone() };
        assert_eq!(careful.name(), one.name(), "the versions are the same");
    }

    #[test]
    fn the_nearest_wins_for_each_name() {
        let texts = ["deps = { a = '1', b = { version = '1', features = ['x'] } }", "deps.b = '2'"];
        assert_eq!(read(&PackageManager::Cargo, &texts).0, set("deps = { a = '1', b = '2' }").dependencies);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_place_and_the_rest_is_kept() {
        let cases = [
            ("deps = 1\n", "a.md:1:8: error[E008]: expected a table, found a whole number (-)"),
            ("deps.a = 1\n", "a.md:1:10: error[E008]: expected a string, found a whole number (write it in quotes)"),
            ("deps.a = ''\n", "a.md:1:10: error[E427]: `` cannot be used (-)"),
            ("deps.a = 'git@x:y'\n", "a.md:1:10: error[E427]: `git@x:y` cannot be used (-)"),
            ("deps.'--index' = '1'\n", "a.md:1:6: error[E427]: `--index` cannot be used (-)"),
            ("deps.'a/../b' = '1'\n", "a.md:1:6: error[E427]: `a/../b` cannot be used (-)"),
            (
                "deps.a = { features = [] }\n",
                "a.md:1:10: error[E427]: a dependency needs a `version` (write for instance `version = \"1\"`)",
            ),
            (
                "deps.a = { path = '..' }\n",
                "a.md:1:12: error[E429]: a cell cannot depend on a package by `path` (name a `version` that is published)",
            ),
            (
                "deps.a = { git = 'x' }\n",
                "a.md:1:12: error[E429]: a cell cannot depend on a package by `git` (name a `version` that is published)",
            ),
            (
                "deps.a = { version = '1', feature = ['x'] }\n",
                "a.md:1:27: error[E428]: unknown key `feature` of a dependency (did you mean `features`?)",
            ),
            ("deps.a = { version = '1', package = 'b c' }\n", "a.md:1:37: error[E427]: `b c` cannot be used (-)"),
            (
                "deps.a = { version = '1', default-features = 0 }\n",
                "a.md:1:46: error[E008]: expected `true` or `false`, found a whole number (-)",
            ),
        ];
        for (text, expected) in cases {
            let (dependencies, wrong) = read(&PackageManager::Cargo, &["deps.kept = '1'\n", text]);
            assert_eq!(wrong, [expected], "{text}");
            assert_eq!(dependencies, set("deps.kept = '1'\n").dependencies, "{text}");
        }
        assert_eq!(
            read(&installer(), &["deps.a = { version = '1' }\n"]).1,
            ["a.md:1:10: error[E427]: a package of this language is wanted by its version alone (-)"]
        );
    }

    #[test]
    fn an_installer_is_asked_for_a_package_a_line() {
        let text = "deps = { six = '1.16', 'b[x]' = '>=2, <3', c = '*', d = '~=1.4', a = '1!2.0' }\n";
        let (dependencies, wrong) = read(&installer(), &[text]);
        assert_eq!(wrong, [""; 0]);
        let PackageManager::Installer(installer) = installer() else { panic!("it is one") };
        assert_eq!(installer.requirements(&dependencies), "a==1!2.0\nb[x]>=2, <3\nc\nd~=1.4\nsix==1.16\n");
    }
}
