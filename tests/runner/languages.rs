//! Every embedded language runs for real, from a fence to what its program prints; one whose tool is not here is left out.

use std::collections::BTreeMap;

use blog::cells::{Assembled, Cell, Languages, Outside, Program, Runner, RunnerError, assemble};
use blog::config::Config;
use blog::content::Post;
use blog::source::{Diagnostics, SitePath, Source, Span};
use blog::world::Memory;

use crate::programs::end;
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("languages::statements_are_a_program_in_every_language", statements_are_a_program),
    ("languages::a_message_names_the_line_of_the_post", a_message_names_the_line),
    ("languages::a_program_that_fails_names_the_line_of_the_post", a_failure_names_the_line),
];

/// What each language prints a sum by: without a function around it, in a post where the sum stands in the given line.
const STATEMENTS: [(&str, &str); 9] = [
    ("rust", "println!(\"{}\", 40 + 2);"),
    ("python", "print(40 + 2)"),
    ("sh", "echo $((40 + 2))"),
    ("bash", "echo $((40 + 2))"),
    ("c", "#include <stdio.h>\nprintf(\"%d\\n\", 40 + 2);"),
    ("c++", "#include <iostream>\nusing namespace std;\ncout << 40 + 2 << endl;"),
    ("go", "import \"fmt\"\nfmt.Println(40 + 2)"),
    ("js", "import os from 'node:os';\nconsole.log(await (40 + 2) + os.EOL.trim());"),
    ("ts", "const n: number = 40 + 2;\nconsole.log(n);"),
];

/// The programs of a post, which stands in `a.md`.
pub(crate) fn programs(post: &str) -> Vec<Assembled> {
    let mut diagnostics = Diagnostics::default();
    let source = Source::new(SitePath::new("a.md").expect("a name"), post);
    let post = Post::read(source, &Config::default(), &mut diagnostics).expect("a post");
    let document = blog::markdown::parse(&post, &mut diagnostics);
    let outside = Outside { world: &Memory::default(), env: &BTreeMap::new(), languages: &Languages::default() };
    let cells = Cell::read_all(&document, &[], outside, &mut diagnostics);
    let programs = assemble(&cells, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    programs.into_iter().flatten().collect()
}

/// The program of a fence that is all of a post.
fn program(info: &str, code: &str) -> Assembled {
    programs(&format!("```{info}\n{code}\n```\n")).remove(0)
}

/// Whether this machine has the tools of a program. Says which it has not.
fn is_here(machine: &Machine, program: &Program) -> bool {
    match machine.runner.prepare(program) {
        Ok(_) => true,
        Err(RunnerError::Missing(tool)) => {
            println!("  `{tool}` is not on this machine");
            false
        }
        Err(RunnerError::Failed(why)) if why.contains("22.18") => {
            println!("  {why}");
            false
        }
        Err(RunnerError::Failed(why)) => panic!("{why}"),
    }
}

fn statements_are_a_program(machine: &Machine) {
    for (language, code) in STATEMENTS {
        for verb in ["run", "check"] {
            let program = program(&format!("{language},{verb}"), code).program;
            if !is_here(machine, &program) {
                continue;
            }
            let outcome = crate::programs::outcome(machine, &program);
            assert!(outcome.build.as_ref().is_none_or(|build| build.success), "{language}: {:?}", outcome.build);
            if verb == "run" {
                assert_eq!(end(&outcome).stdout, "42\n", "{language}: {}", end(&outcome).stderr);
            } else {
                assert_eq!(outcome.cases, [], "{language}: it never ran");
            }
        }
    }
}

fn a_message_names_the_line(machine: &Machine) {
    for (language, code) in [
        ("rust", "let n = 1;\nn +;"),
        ("python", "n = 1\n  n = 2"),
        ("sh", "n=1\nif then"),
        ("bash", "n=1\nif then"),
        ("c", "int n = 1;\nn = m;"),
        ("c++", "int n = 1;\nn = m;"),
        ("go", "n := 1\nn = m"),
        ("js", "let n = 1;\nlet n +;"),
        ("ts", "let n = 1;\nn = 'a';"),
    ] {
        let assembled = program(&format!("{language},check"), code);
        if !is_here(machine, &assembled.program) {
            continue;
        }
        let build = crate::programs::outcome(machine, &assembled.program).build.expect("it was checked");
        let line = build.messages.iter().find_map(|message| message.line);
        let place = line.and_then(|line| assembled.place(line)).map(Span::line);
        assert!(!build.success && place == Some(3), "{language}: {place:?} of {build:?}");
    }
}

fn a_failure_names_the_line(machine: &Machine) {
    for (language, code, first) in [
        ("rust", "let n = 1;\nassert_eq!(n, 2);", true),
        ("python", "def f(): raise ValueError\nf()", false),
        ("bash", "n=1\nno-such-program", false),
        ("c", "#include <assert.h>\nassert(1 == 2);", true),
        ("c++", "#include <cassert>\nassert(1 == 2);", true),
        ("go", "n := 0\n_ = 1 / n", true),
        ("js", "const n = 1;\nnull.n;", true),
        ("ts", "const n: number = 1;\nJSON.parse('?');", true),
    ] {
        let assembled = program(&format!("{language},run"), code);
        if !is_here(machine, &assembled.program) {
            continue;
        }
        let outcome = crate::programs::outcome(machine, &assembled.program);
        let line = blog::cells::line_named(&end(&outcome).stderr, &assembled.program.file, first);
        let place = line.and_then(|line| assembled.place(line)).map(Span::line);
        let expected = if language == "python" { 2 } else { 3 };
        assert_eq!(place, Some(expected), "{language}: {}", end(&outcome).stderr);
    }
}
