//! Every folder below `tests/suite/` is a small site with what is expected of it. The program builds a copy of it; then
//!
//! - `expected/` holds files that the output must have, each with these very bytes;
//! - `absent.txt` names files that it must not have, one a line;
//! - `files.txt` names every file that it has, but for the parts of the search's index, which are named by digests;
//! - `said.txt` holds the exit code and what the program said on standard error. Where it is not there, the program must
//!   end well and say no word of warning;
//! - `printed.txt` holds what it printed on standard output.
//!
//! `args.txt` holds one command a line, `build` if it is not there; the program is run once for each. `env.txt` holds
//! changes of its environment: `NAME=value`. Sites without templates get those of `tests/suite/_templates`, which draw the
//! body of a post and, as the lists of the site, what is known of each post.
//!
//! What differs from run to run is compared as `[..]`: measured values (in `<dd>`), times, digests of files, the folder of
//! the site; of charts, what is drawn and what stands in their tables. The colours of code (`<span class="…">`) are left
//! out; they are tested beside what gives them. In an expected file, `[..]` stands for anything within a line, and a line `[...]` for any lines.
//!
//! `UPDATE=1 cargo test --test suite` writes the expected files that are there and differ anew; an empty one asks for that.
//! `CASE=word` tries only the sites whose names hold that word.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test that runs the program in folders of its own"
)]

#[path = "support/golden.rs"]
mod golden;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use golden::matches;

#[test]
fn every_site_is_built_as_expected() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let mut cases: Vec<PathBuf> = fs::read_dir(&suite).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.is_dir() && !name(case).starts_with('_'));
    cases.sort();
    assert!(cases.len() > 40, "the suite is not there");
    if let Ok(part) = std::env::var("CASE") {
        cases.retain(|case| name(case).contains(&part));
    }
    let failures = side_by_side(&cases, |case| Case::build(case, &suite).compare());
    assert!(failures.is_empty(), "{} differences\n\n{}", failures.len(), failures.join("\n\n"));
}

/// What is wrong with each case, in their order. Two at a time: most of the time of a case is spent in other programs.
fn side_by_side(cases: &[PathBuf], check: impl Fn(&Path) -> Vec<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        while let Some((at, case)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, cases.get(at)?)))
        {
            found.push((at, check(case)));
        }
        found
    };
    let mut found: Vec<(usize, Vec<String>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    found.sort();
    found.into_iter().flat_map(|(_, failures)| failures).collect()
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// A site of the suite, built.
struct Case {
    folder: PathBuf,
    copy: tempfile::TempDir,
    said: String,
    printed: String,
}

impl Case {
    fn build(folder: &Path, suite: &Path) -> Case {
        let copy = tempfile::tempdir().unwrap();
        copy_tree(folder, copy.path());
        if !folder.join("templates").exists() {
            copy_tree(&suite.join("_templates"), &copy.path().join("templates"));
        }
        let mut case = Case { folder: folder.to_owned(), copy, said: String::new(), printed: String::new() };
        let commands = fs::read_to_string(folder.join("args.txt")).unwrap_or_else(|_| "build".to_owned());
        for command in commands.lines() {
            case.run(command);
        }
        case
    }

    fn run(&mut self, command: &str) {
        let environment = self.lines("env.txt");
        let variables = environment.iter().map(|line| line.split_once('=').expect("NAME=value"));
        let session = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let output = Command::new(env!("CARGO_BIN_EXE_blog"))
            .args(command.split_whitespace())
            .args(["--color", "never", "--root"])
            .arg(self.copy.path())
            // Others on this machine may be measuring for minutes.
            .env("XDG_RUNTIME_DIR", session)
            .envs(variables)
            .output()
            .unwrap();
        let code = output.status.code().expect("the program ended by itself");
        let text = |bytes| String::from_utf8(bytes).unwrap().replace(self.copy.path().to_str().unwrap(), "[..]");
        let (said, printed) = (text(output.stderr), text(output.stdout));
        self.said.extend(["exit code ", &code.to_string(), "\n", &said]);
        self.printed.push_str(&printed);
    }

    fn public(&self) -> PathBuf {
        self.copy.path().join("public")
    }

    fn compare(&self) -> Vec<String> {
        let mut failures = Vec::new();
        for expected in files(&self.folder.join("expected")) {
            let file = self.folder.join("expected").join(&expected);
            match fs::read_to_string(self.public().join(&expected)) {
                Ok(found) => failures.extend(self.differ(&file, &found)),
                Err(error) => failures.push(format!("{}: {expected}: {error}\n{}", name(&self.folder), self.said)),
            }
        }
        for absent in self.lines("absent.txt") {
            if self.public().join(&absent).exists() {
                failures.push(format!("{}: {absent} should not be there", name(&self.folder)));
            }
        }
        let files = files(&self.public());
        let listing: String = files
            .iter()
            .filter(|file| !file.starts_with("search/parts/"))
            .flat_map(|file| [file.as_str(), "\n"])
            .collect();
        for (file, found) in [("files.txt", &listing), ("said.txt", &self.said), ("printed.txt", &self.printed)] {
            if self.folder.join(file).exists() {
                failures.extend(self.differ(&self.folder.join(file), found));
            } else if file == "said.txt" && !self.is_well() {
                failures.push(format!("{}: {}", name(&self.folder), self.said));
            }
        }
        failures
    }

    /// Whether all went well without a word of warning.
    fn is_well(&self) -> bool {
        !self
            .said
            .lines()
            .any(|line| line.starts_with("warning") || line.starts_with("exit code ") && line != "exit code 0")
    }

    fn lines(&self, file: &str) -> Vec<String> {
        fs::read_to_string(self.folder.join(file)).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    fn differ(&self, file: &Path, found: &str) -> Option<String> {
        let found = steady(found);
        let expected = fs::read_to_string(file).unwrap();
        if matches(&expected, &found) {
            return None;
        }
        if std::env::var_os("UPDATE").is_some() {
            fs::write(file, &found).unwrap();
            return None;
        }
        let place = file.strip_prefix(self.folder.parent().unwrap()).unwrap().display();
        Some(format!("{place} differs\n--- expected\n{expected}\n--- found\n{found}\n--- said\n{}", self.said))
    }
}

/// A text with every measured value as `[..]`: what stands in a `<dd>` right behind its `</dt>`, and how long a build took.
/// What is only said of some runs, such as that a machine was busy, is no part of it.
fn steady(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("</dt><dd>") {
        out.push_str(&rest[..at]);
        out.push_str("</dt><dd>[..]</dd>");
        rest = &rest[at..];
        rest = rest.find("</dd>").map_or("", |end| &rest[end + 5..]);
    }
    out.push_str(rest);
    let out = elided(&out, "<summary>All ", " runs</summary>", "<summary>All [..] runs</summary>");
    let out = without_colours(&charts_as_they_stay(&without_versions(&out)))
        .replace(" <span class=\"badge busy\">busy machine</span>", "");
    let out = elided(&out, " <span class=\"badge noisy\">", "</span>", "");
    let out = elided(&out, " <span class=\"badge starting\">", "</span>", "");
    let some = ["disturbed", "of which start-up"].map(|name| format!("<div><dt>{name}</dt><dd>[..]</dd></div>"));
    let rows =
        ["Busy", "Noisy", "Largely start-up", "Start-up", "Trend"].map(|name| format!("<dt>{name}</dt><dd>[..]</dd>"));
    let out = some.iter().chain(&rows).fold(out, |out, part| out.replace(part, ""));
    // Which cells had to run depends on what is on the machine, and each takes as long as it takes: "Ran content/x.md#a 3 ms".
    let of_cell = |line: &&str| ["Ran ", "Failed ", "Skipped "].iter().any(|word| line.starts_with(word));
    let lines = out.split_inclusive('\n').filter(|line| !of_cell(line));
    // The last line of a build: "Built 3 files (3 new, 0 changed) into public in 12 ms".
    let lines = lines.map(|line| match line.rfind(" in ") {
        Some(at) if line.starts_with("Built ") => format!("{} in [..]\n", &line[..at]),
        _ => without_thread_number(line),
    });
    lines.collect()
}

/// A line of a panic without the number of its thread, which new compilers say: `thread 'main' (4711) panicked`.
fn without_thread_number(line: &str) -> String {
    match line.split_once("thread 'main' (").and_then(|(before, rest)| Some((before, rest.split_once(") ")?.1))) {
        Some((before, behind)) => format!("{before}thread 'main' {behind}"),
        None => line.to_owned(),
    }
}

/// With `[..]` for all that is measured in charts: drawings, what is said above them, and what stands in their tables. The
/// counts of a tally stay.
fn charts_as_they_stay(html: &str) -> String {
    let mut parts = html.split("<div class=\"chart\">\n");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| {
        let (chart, behind) = part.split_at(part.find("\n</div>\n").map_or(part.len(), |at| at + 1));
        let chart = elided(chart, "<svg ", "</svg>\n", "<svg>[..]</svg>\n");
        let chart = elided(&chart, "<td class=\"bar\">", "</td>", "<td class=\"bar\">[..]</td>");
        let chart = elided(&chart, "<p>", "</p>", "<p>[..]</p>");
        let is_tally = chart.starts_with("<table class=\"tally\">");
        let kinds = ["<td>", "<td class=\"num\">", "<td class=\"num ci\">"].iter().filter(|_| !is_tally);
        let chart = kinds.fold(chart, |chart, tag| elided(&chart, tag, "</td>", &format!("{tag}[..]</td>")));
        out + "<div class=\"chart\">\n" + &chart + behind
    })
}

/// With `with` in the place of every part of a text that begins and ends so.
fn elided(text: &str, start: &str, end: &str, with: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(start) {
        let Some(length) = rest[at..].find(end) else { break };
        out.extend([&rest[..at], with]);
        rest = &rest[at + length + end.len()..];
    }
    out + rest
}

/// With `[..]` for the digests behind the theme's files: `style.css?v=f597eeff7c`.
fn without_versions(html: &str) -> String {
    let mut parts = html.split("?v=");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + "?v=[..]" + part.trim_start_matches(|c: char| c.is_ascii_hexdigit()))
}

/// Without the elements that colour code and terminal output, whose contents stay. They hold no others.
fn without_colours(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find("<span class=\"") {
        let (before, element) = rest.split_at(at);
        let (tag, inner) = element.split_at(element.find('>').map_or(element.len(), |end| end + 1));
        out.push_str(before);
        let class = tag["<span class=\"".len()..].trim_end_matches("\">");
        let is_colour =
            |word: &str| word.len() == 1 || word.strip_prefix(['a', 'g']).is_some_and(|rest| rest.len() <= 2);
        rest = match inner.split_once("</span>").filter(|_| class.split(' ').all(is_colour)) {
            Some((text, behind)) => {
                out.push_str(text);
                behind
            }
            None => {
                out.push_str(tag);
                inner
            }
        };
    }
    out + rest
}

/// Every file below a folder, by its path in there.
fn files(folder: &Path) -> BTreeSet<String> {
    if !folder.exists() {
        return BTreeSet::new();
    }
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap());
    let inner = |entry: walkdir::DirEntry| entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    entries.filter(|entry| entry.file_type().is_file()).map(inner).collect()
}

fn copy_tree(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), target).unwrap();
    }
}
