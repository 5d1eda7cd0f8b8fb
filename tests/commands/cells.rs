//! Which cells a command runs, and what it compares them with.

use std::fs;

use crate::support::{Said, Site, finish, tree};

/// Two posts; of each cell it can be seen when it ran.
fn clocks() -> Site {
    Site::new(&[
        ("content/clocks/index.md", "```sh,run:one\ndate +%s%N\n```\n\n```sh,run\ndate +%s%N\n```\n"),
        (
            "content/notes/late.md",
            "```sh,lib:now\nnow() { date +%s%N; }\n```\n\n```sh,run:two\n#| use = 'now'\nnow\n```\n",
        ),
    ])
}

const CELLS: [&str; 3] = ["clocks/index/one", "clocks/index/cell-1", "notes/late/two"];

/// What each of the cells printed, if it ever ran.
fn outputs(site: &Site) -> [Option<String>; 3] {
    CELLS.map(|cell| fs::read_to_string(site.path(&format!("results/{cell}.out"))).ok())
}

/// Which of the cells ran in a command.
fn ran(site: &Site, args: &[&str]) -> (Said, Vec<&'static str>) {
    let before = outputs(site);
    let said = site.blog(args);
    let changed = CELLS.into_iter().zip(before.into_iter().zip(outputs(site)));
    (said, changed.filter(|(_, (before, after))| before != after).map(|(cell, _)| cell).collect())
}

#[test]
fn run_runs_the_cells_that_are_named_and_writes_no_site() {
    let [one, unnamed, two] = CELLS;
    let site = clocks();
    for (args, cells) in [
        (&["run", "clocks#one"][..], &[one][..]),
        (&["run", "clocks#one"], &[]),
        (&["run", "clocks#one", "--rerun"], &[one]),
        (&["run", "--rerun", "content/clocks/index.md#cell-one"], &[one]),
        (&["run", "clocks/index"], &[unnamed]),
        (&["run", "clocks#cell-1", "--rerun"], &[unnamed]),
        (&["run"], &[two]),
        (&["run"], &[]),
        (&["run", "--rerun", "late", "clocks#one"], &[one, two]),
        (&["run", "--rerun", "notes/late"], &[two]),
        (&["run", "--rerun"], &[one, unnamed, two]),
    ] {
        let (said, ran) = ran(&site, args);
        assert_eq!((said.code, ran.as_slice()), (0, cells), "{args:?}: {said:?}");
        assert!(!site.path("public").exists(), "{args:?}");
    }
    let said = site.blog(&["run", "clocks"]);
    let rows: Vec<Vec<&str>> = said.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["cell", "median", "range", "runs", "ended"]);
    let named: Vec<&str> = rows[1..].iter().map(|row| row[0]).collect();
    assert_eq!(named, ["clocks/index#one", "clocks/index#cell-1"], "{said:?}");
    assert!(said.stdout.lines().skip(1).all(|line| line.ends_with("  1     code 0")), "{said:?}");
}

#[test]
fn what_run_is_asked_for_must_be_there() {
    let site = clocks();
    for (name, front) in [("idea", "draft = true"), ("later", "date = 2999-01-01"), ("gone", "expiryDate = 2001-01-01")]
    {
        site.write(&format!("content/{name}.md"), format!("+++\n{front}\n+++\n"));
    }
    site.write("content/prose.md", "Text.\n");
    for (asked, wrong) in [
        ("idea", "error[E501]: `idea` is a draft\n |\n = help: `--drafts` takes drafts along\n\n"),
        (
            "later#x",
            "error[E501]: `later` is not published yet\n |\n = help: `--future` takes posts of the future along\n\n",
        ),
        ("gone", "error[E501]: `gone` is no longer published\n |\n = help: set a later `expiryDate` in it\n\n"),
        (
            "prose",
            "error[E501]: there is no cell that runs in `prose`\n |\n = help: code is a cell if a verb stands behind its \
             language, as in `sh,run`\n\n",
        ),
        ("clocsk", "error[E501]: there is no post `clocsk`\n |\n = help: `blog list` prints all that there are\n\n"),
        ("#one", "error[E501]: there is no post ``\n |\n = help: `blog list` prints all that there are\n\n"),
        ("notes/lat", "error[E501]: there is no post `notes/lat`\n |\n = help: did you mean `notes/late`?\n\n"),
        ("late#tow", "error[E501]: there is no cell `tow` that runs in `late`\n |\n = help: did you mean `two`?\n\n"),
        ("late#now", "error[E501]: there is no cell `now` that runs in `late`\n |\n = help: there are `two`\n\n"),
    ] {
        for command in ["run", "verify"] {
            let said = site.blog(&[command, asked]);
            assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{asked}");
            let expected =
                format!("{wrong}for more about an error: blog explain E501\nerror: the site is wrong in 1 place\n");
            assert_eq!(said.stderr, expected, "{asked}");
        }
    }
    assert_eq!(outputs(&site), [None, None, None]);
}

/// A site with a cell of each language that every machine of a developer has, and values and charts of them.
fn of_all_kinds() -> Site {
    Site::new(&[
        (
            "content/kinds.md",
            "```rust,run:rust\ncell::value(\"hits\", 3);\ncell::show(\"image/svg+xml\", \
             \"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>\");\n```\n\n\
             ```rust,compile_fail,E0425,check:wrong\nmissing();\n```\n\n\
             ```python,run:python\n#| sweep.n = [1, 2]\nimport cell\ncell.show('image/png', bytes.fromhex(\
             '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff0300\
             0006000557bfabd40000000049454e44ae426082'))\n```\n\n\
             ```sh,run:text\n#| assert = 'text.exit == 0'\necho one; echo two >&2\n```\n\n\
             [3](cell:rust.value.hits) `cell:text.wall` `cell:page.date`\n\n![](cell:python.chart)\n",
        ),
        (
            "content/trials.md",
            "```sh,run:trials\n#| trials = 3\necho same\n```\n\n```sh,run:given\n#| inputs = '*.csv'\ncat a.csv\n```\n",
        ),
        ("content/a.csv", "a\n1\n"),
    ])
}

#[test]
fn a_frozen_build_needs_no_tool_and_gives_the_same_site() {
    let site = of_all_kinds();
    site.build();
    let (public, results) = (tree(&site.path("public")), tree(&site.path("results")));
    for flag in ["--locked", "--frozen"] {
        // Nothing is remembered from the build before.
        fs::remove_dir_all(site.path("public")).unwrap();
        fs::remove_dir_all(site.path(".blog")).unwrap();
        let mut command = site.command(&["build", flag]);
        command.env("PATH", "/nonexistent");
        let said = finish(command);
        assert_eq!(said.code, 0, "{flag}: {said:?}");
        assert!(said.stderr.starts_with("Built ") && said.stderr.lines().count() == 1, "{flag}: {said:?}");
        assert!(tree(&site.path("public")) == public, "{flag}");
        assert!(tree(&site.path("results")) == results, "{flag}");
    }
}

#[test]
fn a_locked_build_names_every_cell_that_would_have_to_run() {
    let site = clocks();
    let said = |place: &str, cell: &str, line: &str, caret: &str| {
        let width = " ".repeat(place.split(':').nth(1).unwrap().len());
        let number = place.split(':').nth(1).unwrap();
        format!(
            "error[E511]: cell `{cell}` has no stored result of this code and would have to run\n\
             {width}--> content/{place}\n{width} |\n{number} | {line}\n{width} | {caret}\n"
        )
    };
    let one = said("clocks/index.md:1:4", "one", "```sh,run:one", "   ^^^^^^^^^^");
    let help = "  |\n  = help: build without `--locked` and `--frozen`, and commit `results/`\n\n";
    let unnamed = said("clocks/index.md:5:4", "cell-1", "```sh,run", "   ^^^^^^");
    let two = said("notes/late.md:5:4", "two", "```sh,run:two", "   ^^^^^^^^^^");
    for flag in ["--locked", "--frozen"] {
        let (said, ran) = ran(&site, &["build", flag]);
        let expected = format!(
            "{one}{help}{unnamed}\n{two}\nfor more about an error: blog explain E511\nerror: the site is wrong in 3 places\n"
        );
        assert_eq!((said.code, said.stderr), (1, expected), "{flag}");
        assert_eq!(ran, [""; 0]);
        assert!(tree(&site.path("public")).is_empty() && tree(&site.path("results")).is_empty(), "{flag}");
    }
    site.build();
    let good = tree(&site.path("public"));
    site.write("content/notes/late.md", "```sh,run:two\necho edited\n```\n");
    for flag in ["--locked", "--frozen"] {
        let said = site.blog(&["build", flag]);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.stderr.contains("cell `two` has no stored result of this code"), "{said:?}");
        assert!(said.stderr.ends_with("error: the site is wrong in 1 place\n"), "{said:?}");
        assert!(tree(&site.path("public")) == good, "the last good site stays");
    }
    // What is only shown otherwise is no other code.
    site.write("content/clocks/index.md", "```sh,run:one\n#| echo = false\n#| caption = 'c'\ndate +%s%N\n```\n");
    site.write("content/notes/late.md", "Gone.\n");
    assert_eq!(site.blog(&["build", "--frozen"]).code, 0);
}

/// A site whose cell does what a file beside the site says, which is no part of its code.
struct Whim {
    site: Site,
}

impl Whim {
    fn new(options: &str, prose: &str) -> Whim {
        let site = Site::new(&[]);
        let script = site.around().join("whim.sh");
        let post = format!("```sh,run:whim\n{options}. {}\n```\n\n{prose}\n", script.display());
        site.write("content/whim.md", post);
        Whim { site }
    }

    fn does(&self, what: &str) -> &Self {
        fs::write(self.site.around().join("whim.sh"), what).unwrap();
        self
    }

    /// Verifies the site; what it holds stays as it is.
    fn verify(&self) -> Said {
        let site = &self.site;
        let before = (tree(&site.path("content")), tree(&site.path("results")), tree(&site.path("public")));
        let said = site.blog(&["verify"]);
        let after = (tree(&site.path("content")), tree(&site.path("results")), tree(&site.path("public")));
        assert!(before == after, "{said:?}");
        said
    }
}

#[test]
fn verify_runs_every_cell_again_and_compares_it_with_its_stored_result() {
    let value =
        |number: u32| format!("printf '{{\"value\":{{\"name\":\"hits\",\"number\":{number}}}}}\\n' > \"$CELL_EMIT\"");
    let agreed = "Verified 1 cell, as stored results and prose say\n";
    for (options, prose, first, then, wrong) in [
        ("", "", "echo a".to_owned(), "echo a".to_owned(), ""),
        ("", "", "echo a".into(), "echo b".into(), "cell `whim` prints something else than its stored result"),
        ("", "", "echo a".into(), "echo a >&2".into(), "cell `whim` prints something else than its stored result"),
        ("#| redact = '[ab]'\n", "", "echo a".into(), "echo b".into(), ""),
        ("#| redact = '[ab]'\n", "", "echo a".into(), "echo c".into(), "= note: it prints `c` where `…` is expected"),
        ("#| expect = '[..]'\n", "", "echo a".into(), "echo b".into(), ""),
        (
            "#| expect = 'a'\n",
            "",
            "echo a".into(),
            "echo b".into(),
            "cell `whim` does not print what is expected of it",
        ),
        (
            "#| exit = 'any'\n",
            "",
            "exit 3".into(),
            "exit 4".into(),
            "cell `whim` ended with code 4 and not with code 3",
        ),
        ("", "", "exit 0".into(), "exit 4".into(), "cell `whim` ended with exit code 4"),
        ("#| trials = 2\n", "", "exit 3".into(), "exit 4".into(), ""),
        ("", "[3](cell:whim.value.hits)", value(3), value(3), ""),
        ("", "[3](cell:whim.value.hits)", value(3), value(4), "`3` is written, but the value is 4"),
        ("#| tolerance = '40%'\n", "[3](cell:whim.value.hits)", value(3), value(4), ""),
        (
            "#| assert = 'whim.value.hits < 4'\n",
            "",
            value(3),
            value(4),
            "the claim `whim.value.hits < 4` does not hold",
        ),
    ] {
        let whim = Whim::new(options, prose);
        whim.does(&first).site.build();
        let said = whim.does(&then).verify();
        let what = format!("{options}{first} | {then}: {said:?}");
        match wrong {
            "" => assert!(said.code == 0 && said.stderr.ends_with(agreed), "{what}"),
            wrong => assert!(said.code == 1 && said.stderr.contains(wrong), "{what}"),
        }
        assert_eq!(said.stdout, "", "{what}");
    }
}

#[test]
fn verify_compares_with_nothing_less_than_the_result_of_the_same_code() {
    let whim = Whim::new("", "");
    let said = whim.does("echo a").verify();
    let expected = "error[E514]: cell `whim` has no stored result that it could be compared with\n \
                    --> content/whim.md:1:4\n  |\n1 | ```sh,run:whim\n  |    ^^^^^^^^^^^\n  |\n  \
                    = help: store it by `blog build`, and commit `results/`\n\nfor more about an error: blog explain E514\nerror: the site is wrong in 1 place\n";
    assert!(said.code == 1 && said.stderr.ends_with(expected), "{said:?}");

    whim.site.build();
    let text = whim.site.read("content/whim.md");
    whim.site.write("content/whim.md", text.replace("run:whim\n", "run:whim\n#| stdin = 'x'\n"));
    let said = whim.verify();
    assert!(said.code == 1 && said.stderr.contains("the stored result of cell `whim` is of other code"), "{said:?}");

    whim.site.build();
    whim.site.write("results/whim/whim.toml", "<<<<<<< ours\n");
    let said = whim.verify();
    assert!(said.code == 1 && said.stderr.contains("the stored result of cell `whim` cannot be read"), "{said:?}");
}

#[test]
fn an_edit_of_what_one_run_counts_for_changes_the_comparison_without_a_run() {
    let cell = |id: &str, options: &str| {
        format!("```sh,bench:{id}\n#| group = 'g'\n#| warmup = 0\n#| reps = 6\n{options}sleep 0.01\n```\n\n")
    };
    let site = Site::new(&[("content/g.md", &(cell("a", "") + &cell("b", "")))]);
    site.build();
    let results = tree(&site.path("results"));
    assert!(!site.read("public/g/index.html").contains("× as fast"));
    site.write("content/g.md", cell("a", "") + &cell("b", "#| per = 1000\n"));
    site.build();
    assert!(site.read("public/g/index.html").contains("× as fast"));
    assert!(tree(&site.path("results")) == results);
}
