//! The pages of codes, `content/docs/errors/`, are what they say: each is an example that is tried.
//!
//! Below "Wrong" and "Right", a paragraph that is nothing but a code span names the fenced block that follows: a file of a site, or
//! a command, given to a shell in the folder of that site, and what it says. That must be said below "Wrong", and nothing else, and
//! nothing at all below "Right", where files are replaced, and the command if there is another one.
//!
//! `UPDATE=1 cargo test --test commands page` writes what is said anew; `CASE=E201` tries that page alone. `[..]` stands for anything within
//! a line, and a line `[...]` for any lines.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use blog::source::Code;
use rayon::prelude::*;

use crate::golden::matches;
use crate::support::{Said, Site, finish};

/// A fenced block with the code span above it.
#[derive(Clone)]
struct Block {
    name: String,
    text: String,
    /// The lines of the page that hold the text.
    lines: std::ops::Range<usize>,
}

/// The text of a line that is nothing but a code span.
fn code_span(line: &str) -> Option<&str> {
    line.strip_prefix('`')?.strip_suffix('`').filter(|text| !text.contains('`'))
}

fn is_command(name: &str) -> bool {
    name.split_whitespace().any(|word| word == "blog")
}

/// The page of a code and its examples.
struct Page {
    code: Code,
    file: PathBuf,
    lines: Vec<String>,
    wrong: Vec<Block>,
    right: Vec<Block>,
    /// The command that says nothing.
    well: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("content/docs/errors")
}

impl Page {
    fn read(code: Code) -> Page {
        let file = folder().join(format!("{code}.md"));
        let lines: Vec<String> = fs::read_to_string(&file).unwrap().lines().map(str::to_owned).collect();
        let at = |heading: &str| lines.iter().position(|line| line == heading).unwrap_or(lines.len());
        let (wrong, right) = (at("## Wrong"), at("## Right"));
        let well = lines[right..].iter().filter_map(|line| code_span(line)).find(|name| is_command(name));
        Page {
            code,
            file,
            wrong: blocks(&lines, wrong..right),
            right: blocks(&lines, right..lines.len()),
            well: well.map(str::to_owned),
            lines,
        }
    }

    /// What is wrong with the page.
    fn check(&self) -> Vec<String> {
        let Some(command) = self.wrong.iter().find(|block| is_command(&block.name)) else {
            return vec![format!("{}: no command is given", self.code)];
        };
        let mut failures = Vec::new();
        let said = try_it(&self.wrong, &command.name);
        let found = diagnostics(&said);
        let codes: BTreeSet<&str> = found.lines().filter_map(code_of).collect();
        if codes != BTreeSet::from([self.code.id()]) {
            failures.push(format!("{}: says {codes:?}\n{said:?}", self.code));
        } else if !matches(&command.text, &found) && !self.update(command, &found) {
            failures.push(format!("{}: says\n{found}--- and not\n{}", self.code, command.text));
        }
        let replaced = |block: &&Block| self.right.iter().any(|right| right.name == block.name);
        let kept = self.wrong.iter().filter(|block| !replaced(block));
        let mended: Vec<Block> = kept.chain(&self.right).cloned().collect();
        let said = try_it(&mended, self.well.as_ref().unwrap_or(&command.name));
        if said.code != 0 || said.stderr.contains("warning[") || said.stderr.contains("error[") {
            failures.push(format!("{}: what is called right is not\n{said:?}", self.code));
        }
        failures
    }

    /// Writes what a command says into the page, if that is asked for.
    fn update(&self, command: &Block, said: &str) -> bool {
        if std::env::var_os("UPDATE").is_none() {
            return false;
        }
        let mut lines = self.lines.clone();
        lines.splice(command.lines.clone(), said.lines().map(str::to_owned));
        fs::write(&self.file, lines.join("\n") + "\n").unwrap();
        true
    }
}

/// The blocks within some lines of a page.
fn blocks(lines: &[String], within: std::ops::Range<usize>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = within.start;
    while at < within.end {
        let line = &lines[at];
        let marks = &line[..line.len() - line.trim_start_matches(['`', '~']).len()];
        if marks.len() < 3 {
            at += 1;
            continue;
        }
        let end = (at + 1..within.end).find(|end| lines[*end] == marks).expect("a fence is closed");
        let above = lines[..at].iter().rev().find(|line| !line.is_empty()).unwrap();
        if let Some(name) = code_span(above) {
            let text = lines[at + 1..end].iter().flat_map(|line| [line, "\n"]).collect();
            blocks.push(Block { name: name.to_owned(), text, lines: at + 1..end });
        }
        at = end + 1;
    }
    blocks
}

/// Gives a command to a shell in a site of some files.
fn try_it(blocks: &[Block], command: &str) -> Said {
    let site = Site::new(&[("content/good.md", "A good post.\n")]);
    for file in blocks.iter().filter(|block| !is_command(&block.name)) {
        site.write(&file.name, &file.text);
    }
    let program = Path::new(env!("CARGO_BIN_EXE_blog")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(site.path("")).env("PATH", path).env("NO_COLOR", "1");
    shell.env("TMPDIR", site.around().join("temporary")).env("XDG_RUNTIME_DIR", site.around().join("session"));
    finish(shell)
}

/// What was said but for the lines about cells and those that end a command.
fn diagnostics(said: &Said) -> String {
    const OTHERS: [&str; 8] =
        ["Ran ", "Failed ", "Built ", "Checked ", "Left out ", "Verified ", "error: ", "for more about an error: "];
    let lines = said.stderr.lines().filter(|line| !OTHERS.iter().any(|other| line.starts_with(other)));
    let text: String = lines.flat_map(|line| [line.trim_end(), "\n"]).collect();
    format!("{}\n", text.trim())
}

/// The code of a line that begins a diagnostic.
fn code_of(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("error[").or_else(|| line.strip_prefix("warning["))?;
    rest.split_once("]: ").map(|(code, _)| code)
}

#[test]
fn every_page_says_what_is_said_of_its_example() {
    let asked = std::env::var("CASE").unwrap_or_default();
    let codes: Vec<Code> = Code::ALL.iter().copied().filter(|code| code.id().contains(&asked)).collect();
    let failures: Vec<String> = codes.into_par_iter().flat_map(|code| Page::read(code).check()).collect();
    assert!(failures.is_empty(), "{} failures\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let pages = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let codes: BTreeSet<String> = Code::ALL.iter().map(|code| format!("{code}.md")).collect();
    assert_eq!(pages.collect::<BTreeSet<_>>(), codes);
    let titles: BTreeSet<&str> = Code::ALL.iter().map(|code| code.title()).collect();
    assert!(titles.len() == Code::ALL.len() && !titles.contains(""), "a title tells a code from all others");
    for code in Code::ALL {
        let text = fs::read_to_string(folder().join(format!("{code}.md"))).unwrap();
        let head = format!("+++\ntitle = \"{code}: ");
        assert!(text.starts_with(&head) && text.contains(&format!("\nurl = \"/docs/errors/{code}/\"\n")), "{code}");
        assert!(code.page().lines().next().is_some_and(|line| !line.starts_with('#')), "{code} is not explained");
    }
}

#[test]
fn codes_are_listed_with_their_titles_in_the_guide() {
    let text = fs::read_to_string(folder().with_extension("md")).unwrap();
    let listed = text.lines().filter(|line| line.starts_with("- [E")).map(str::to_owned);
    let expected = Code::ALL.iter().map(|code| format!("- [{code}](errors/{code}.md): {}", code.title()));
    assert_eq!(listed.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}
