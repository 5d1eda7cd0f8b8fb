//! Building again: whatever was edited in between, the output is that of a clean build, and nothing is done that need not be.

#![expect(clippy::disallowed_methods, reason = "sites are edited on the disk as their authors do")]
#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use rayon::prelude::*;

use support::{Site, finish, tree};

/// How many edits follow one another in each sequence.
const EDITS: usize = 20;

#[test]
fn any_sequence_of_edits_gives_what_a_clean_build_of_the_last_state_gives() {
    [3, 14, 159, 2653].into_par_iter().for_each(|seed| {
        let mut author = Author { dice: Dice(seed), written: 0 };
        let site = Site::new(&[("blog.toml", "paginate = 2\n")]);
        (0..6).for_each(|_| author.write_post(&site));
        let mut log = Vec::new();
        let mut good = 0;
        for _ in 0..EDITS {
            log.push(author.edit(&site));
            good += usize::from(compare_with_clean_build(&site, &format!("seed {seed}: {log:#?}")));
        }
        // Else the states would say little about builds that go well, or about those that do not.
        assert!((EDITS / 2..EDITS).contains(&good), "{good} of {EDITS} builds went well with seed {seed}");
    });
}

/// Builds the site where it is and in an empty folder, with the same results of cells, and compares all that comes of it.
/// Says whether the site was well.
fn compare_with_clean_build(site: &Site, story: &str) -> bool {
    let last = tree(&site.path("public"));
    let said = site.blog(&["build", "-q"]);
    let clean = Site::new(&[]);
    for (path, bytes) in tree(&site.path("")) {
        if !path.starts_with("public/") && !path.starts_with(".blog/") {
            clean.write(&path, bytes);
        }
    }
    let results = tree(&clean.path("results"));
    let said_clean = clean.blog(&["build", "-q"]);
    assert_eq!(said, said_clean, "{story}");
    assert!(said.code == 0 || said.stderr.contains("error: "), "{story}\n{said:?}");
    if said.code == 0 {
        assert_same(&site.path("public"), &clean.path("public"), story);
        assert!(results == tree(&clean.path("results")), "cells ran in the clean build\n{story}");
    } else {
        assert!(tree(&site.path("public")) == last, "a failed build changed the last good site\n{story}");
    }
    said.code == 0
}

fn assert_same(one: &Path, two: &Path, story: &str) {
    let (one, two) = (tree(one), tree(two));
    let paths: std::collections::BTreeSet<&String> = one.keys().chain(two.keys()).collect();
    let differing: Vec<&String> = paths.into_iter().filter(|path| one.get(*path) != two.get(*path)).collect();
    let text = |bytes: Option<&Vec<u8>>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    if let Some(first) = differing.first() {
        panic!("{differing:?} differ\n{story}\n{:?}\n{:?}", text(one.get(*first)), text(two.get(*first)));
    }
}

/// A generator of numbers that are the same in each run (xorshift64, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())].clone()
    }
}

/// Somebody who edits a site without a plan.
struct Author {
    dice: Dice,
    /// How much was written yet, so that no two texts are the same.
    written: usize,
}

impl Author {
    /// Edits something and says what.
    fn edit(&mut self, site: &Site) -> String {
        let posts: Vec<String> = tree(&site.path("content")).into_keys().filter(|path| is_post(path)).collect();
        let post = if posts.is_empty() { String::new() } else { format!("content/{}", self.dice.pick(&posts)) };
        self.written += 1;
        let number = self.written;
        let mistake = site.path("content/mistake.md");
        if mistake.exists() && self.dice.roll(3) > 0 {
            fs::remove_file(mistake).unwrap();
            return "a mistake mended".to_owned();
        }
        let what = self.dice.roll(16);
        match what {
            _ if posts.len() < 3 => self.write_post(site),
            0 | 1 => self.write_post(site),
            2 => fs::remove_file(site.path(&post)).unwrap(),
            3 => fs::rename(site.path(&post), site.path(&format!("content/renamed-{number}.md"))).unwrap(),
            4 => replace_line(site, &post, "tags = ", &self.tags()),
            5 => replace_line(site, &post, "draft = ", &format!("draft = {}", self.dice.pick(&[true, false]))),
            6 => replace_line(site, &post, "date = ", &self.date()),
            7 => site.write("blog.toml", format!("title = \"Title {number}\"\npaginate = {}\n", 1 + self.dice.roll(4))),
            8 => self.toggle(site, "templates/pager.html", &format!("<p>pager {number}</p>\n")),
            9 => self.toggle(site, "static/page.js", &format!("// {number}\n")),
            10 => self.toggle(site, "static/deep/er/note.txt", &format!("{number}\n")),
            11 => self.toggle(site, "content/bundle/picture.txt", &format!("{number}\n")),
            12 => self.toggle(site, "content/bundle/index.md", &format!("+++\ntags = [\"b\"]\n+++\nBundle {number}\n")),
            13 => replace_line(site, &post, "Prose", &format!("Prose {number}\n\nand more of it")),
            14 => replace_line(site, &post, "echo", &format!("echo edited {number}")),
            _ => site.write("content/mistake.md", "[nowhere](nowhere.md)\n"),
        }
        format!("{what}: {post}")
    }

    fn write_post(&mut self, site: &Site) {
        self.written += 1;
        let number = self.written;
        let (date, tags, draft) = (self.date(), self.tags(), self.dice.roll(8) == 0);
        let cell = self.dice.pick(&["", "```sh,run\necho cell\ndate +%s%N\n```\n", "```rust\nfn main() {}\n```\n"]);
        let text = format!(
            "+++\ntitle = \"Post {number}\"\n{date}\n{tags}\ndraft = {draft}\naliases = [\"/old/{number}/\"]\n+++\n\n\
             Prose {number}\n\n## Part\n\n{cell}\n[home](/)\n"
        );
        site.write(&format!("content/{}post-{number}.md", self.dice.pick(&["", "deep/", "2024-05-06-"])), text);
    }

    fn tags(&mut self) -> String {
        format!("tags = [\"{}\", \"{}\"]", self.dice.pick(&["a", "b", "C"]), self.dice.pick(&["C++", "c#", "ü"]))
    }

    fn date(&mut self) -> String {
        format!("date = 202{}-0{}-01", self.dice.roll(5), 1 + self.dice.roll(9))
    }

    /// Writes a file, or removes it if it is there.
    fn toggle(&mut self, site: &Site, file: &str, text: &str) {
        if site.path(file).exists() && self.dice.roll(2) == 0 {
            fs::remove_file(site.path(file)).unwrap();
        } else {
            site.write(file, text);
        }
    }
}

fn is_post(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "md")
}

/// Puts another line in the place of the first that begins so, if there is one.
fn replace_line(site: &Site, file: &str, beginning: &str, with: &str) {
    let text = site.read(file);
    if let Some(line) = text.lines().find(|line| line.starts_with(beginning)) {
        site.write(file, text.replacen(line, with, 1));
    }
}

/// Cells whose output tells when they ran: each prints the time in nanoseconds.
const CLOCKS: &str = "+++\ntitle = \"Clocks\"\n+++\n\nProse.\n\n```sh,run:one\ndate +%s%N\n```\n\n```sh,run:two\ndate +%s%N\n```\n\n\
                      ```rust\nfn main() {}\n```\n";

fn clock(site: &Site, cell: &str) -> String {
    site.read(&format!("results/clocks/{cell}.out"))
}

/// When each file and folder was changed, and its number on the disk, which another file of the same name has not.
fn stamps(folder: &Path) -> BTreeMap<String, (SystemTime, u64)> {
    use std::os::unix::fs::MetadataExt;

    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap());
    let stamp = |entry: walkdir::DirEntry| {
        let metadata = entry.metadata().unwrap();
        (entry.path().display().to_string(), (metadata.modified().unwrap(), metadata.ino()))
    };
    entries.map(stamp).collect()
}

#[test]
fn a_second_build_writes_nothing_and_runs_nothing() {
    let site = Site::new(&[
        ("content/clocks.md", CLOCKS),
        ("content/b/index.md", "x\n"),
        ("content/b/c.txt", "x\n"),
        ("static/d.txt", "x\n"),
    ]);
    site.build();
    let folders = ["public", "results", ".blog", "content", "static"].map(|folder| site.path(folder));
    let before: Vec<_> = folders.iter().map(|folder| stamps(folder)).collect();
    assert!(before.iter().all(|stamps| stamps.len() > 1));
    let said = site.build();
    assert!(said.stderr.contains("(0 new, 0 changed)"), "{said:?}");
    assert_eq!(folders.iter().map(|folder| stamps(folder)).collect::<Vec<_>>(), before);
    assert!(tree(&site.around().join("temporary")).is_empty(), "scratch folders are left");
}

#[test]
fn where_all_results_are_there_no_program_need_be() {
    let site = Site::new(&[("content/clocks.md", CLOCKS)]);
    site.build();
    let without_programs = || {
        let mut command = site.command(&["build"]);
        command.env("PATH", site.around().join("session"));
        finish(command)
    };
    let said = without_programs();
    assert!(said.code == 0 && said.stderr.contains("(0 new, 0 changed)"), "{said:?}");
    site.write("content/more.md", "```sh,run\necho more\n```\n");
    let said = without_programs();
    assert!(said.code == 1 && said.stderr.contains("`sh` is not on this machine"), "{said:?}");
}

#[test]
fn prose_runs_no_cell_and_the_edit_of_a_cell_runs_that_one_alone() {
    let site = Site::new(&[("content/clocks.md", CLOCKS)]);
    site.build();
    let results = stamps(&site.path("results"));
    let edits: [(&str, &str); 5] = [
        ("Prose.", "More lines\n\nabove the cells.\n\n## And a heading"),
        ("title = \"Clocks\"", "title = \"Time\"\ntags = [\"new\"]"),
        ("```rust\nfn main() {}", "```rust\nfn main() { }"),
        (
            "```sh,run:two\ndate +%s%N\n```",
            "~~~~ sh,run:two\n#| caption = \"Said above\"\n#| echo = \"fold\"\ndate +%s%N\n~~~~",
        ),
        ("```sh,run:one\n", "```sh run:one\n#| max-lines = 3\n"),
    ];
    let mut text = CLOCKS.to_owned();
    for (from, to) in edits {
        text = text.replacen(from, to, 1);
        site.write("content/clocks.md", &text);
        site.build();
        assert_eq!(stamps(&site.path("results")), results, "{to}");
        let page = site.read("public/clocks/index.html");
        assert!(page.contains(clock(&site, "one").trim()), "{to}");
    }

    let (one, two) = (clock(&site, "one"), clock(&site, "two"));
    site.write("content/clocks.md", text.replacen("date +%s%N", "date +%s%N # now", 1));
    site.build();
    assert_ne!(clock(&site, "one"), one);
    assert_eq!(clock(&site, "two"), two);
}

#[test]
fn an_option_that_changes_what_a_cell_does_runs_it_again() {
    let site = Site::new(&[("content/clocks.md", CLOCKS)]);
    site.build();
    for option in ["timeout = \"9s\"", "args = [\"x\"]", "env.X = \"1\"", "stdin = \"x\""] {
        let (one, two) = (clock(&site, "one"), clock(&site, "two"));
        site.write("content/clocks.md", CLOCKS.replacen("run:one\n", &format!("run:one\n#| {option}\n"), 1));
        site.build();
        assert_ne!(clock(&site, "one"), one, "{option}");
        assert_eq!(clock(&site, "two"), two, "{option}");
    }
}

#[test]
fn without_their_results_cells_run_again() {
    let site = Site::new(&[("content/clocks.md", CLOCKS)]);
    site.build();
    let (one, two) = (clock(&site, "one"), clock(&site, "two"));
    fs::remove_file(site.path("results/clocks/one.toml")).unwrap();
    site.build();
    assert_ne!(clock(&site, "one"), one);
    assert_eq!(clock(&site, "two"), two);
    for garbage in ["", "format = 1\n", "\0", "<<<<<<< ours\n"] {
        let two = clock(&site, "two");
        site.write("results/clocks/two.toml", garbage);
        site.build();
        assert_ne!(clock(&site, "two"), two, "{garbage:?}");
    }
    fs::remove_dir_all(site.path("results")).unwrap();
    site.build();
    assert!(site.read("public/clocks/index.html").contains(clock(&site, "one").trim()));
}

#[test]
fn a_build_that_fails_leaves_the_last_good_site_and_a_mended_one_takes_its_place() {
    let site = Site::new(&[("content/clocks.md", CLOCKS), ("content/b.md", "x\n")]);
    site.build();
    let good = stamps(&site.path("public"));
    for (file, mistake) in [
        ("content/b.md", "[nowhere](nowhere.md)\n"),
        ("content/b.md", "+++\ntitle = \n+++\n"),
        ("content/b.md", "```sh,run\nexit 3\n```\n"),
        ("content/clocks/index.md", "two sources for one address\n"),
        ("blog.toml", "titel = \"x\"\n"),
        ("templates/post.html", "{{ page.nothing }}\n"),
        ("templates/base.html", "{% block"),
    ] {
        let before = fs::read(site.path(file)).ok();
        site.write(file, mistake);
        let said = site.blog(&["build"]);
        assert_eq!(said.code, 1, "{file}: {mistake}");
        assert!(said.stderr.contains("error: ") && said.stderr.contains(file), "{said:?}");
        assert_eq!(stamps(&site.path("public")), good, "{file}: {mistake}");
        match before {
            Some(bytes) => site.write(file, bytes),
            None => fs::remove_file(site.path(file)).unwrap(),
        }
    }
    let said = site.build();
    assert!(said.stderr.contains("(0 new, 0 changed)"), "{said:?}");
    assert_eq!(stamps(&site.path("public")), good);
}

#[test]
fn whatever_became_of_the_memory_the_output_is_the_same() {
    let site = Site::new(&[("content/clocks.md", CLOCKS), ("content/b.md", "```python\nprint('x')\n```\n")]);
    site.build();
    let good = tree(&site.path("public"));
    let memory = fs::read(site.path(".blog/answers")).unwrap();
    let cut = (0..memory.len()).step_by(memory.len() / 12).map(|length| memory[..length].to_vec());
    let garbage = [
        Vec::new(),
        b"garbage".to_vec(),
        vec![0; 1 << 16],
        [&memory[..8], &[255; 100]].concat(),
        [&memory[..], b"more"].concat(),
    ];
    for bytes in cut.chain(garbage) {
        site.write(".blog/answers", &bytes);
        site.build();
        assert!(tree(&site.path("public")) == good, "after {} bytes of memory", bytes.len());
    }
    fs::remove_dir_all(site.path(".blog")).unwrap();
    // A folder that cannot be made costs the memory and nothing else.
    site.write(".blog", "a file\n");
    site.build();
    assert!(tree(&site.path("public")) == good);
}

#[test]
fn what_was_lost_from_the_output_comes_back() {
    let site = Site::new(&[("content/clocks.md", CLOCKS)]);
    site.build();
    let good = tree(&site.path("public"));
    site.write("public/clocks/index.html", "edited by hand\n");
    fs::remove_file(site.path("public/index.html")).unwrap();
    fs::remove_dir_all(site.path("public/tags")).unwrap();
    site.write("public/.blog-stage/0", "left by a build that was killed\n");
    site.build();
    assert!(tree(&site.path("public")) == good);
}
