//! Cells that run away, flood, litter, or print what is not text.

use std::collections::BTreeMap;
use std::fs;

use super::{Attack, Built, End, Refused, Site, attack, build_watched, lines, try_all};
use crate::support::wait_for;

fn cell(name: &str, code: &str) -> Site {
    Site::new(&[("content/x.md", &format!("+++\ntitle = \"x\"\n+++\n```sh,run:{name}\n{code}\n```\n"))])
}

/// Builds a site whose only fault may be its cell, and gives its exit code and the text of the cell's figure.
fn figure(site: &Site) -> (i32, String) {
    let (said, wrong) = build_watched(site);
    assert_eq!(wrong, [""; 0]);
    let page = fs::read_to_string(site.path("public/x/index.html")).unwrap_or_default();
    let figure = page.split("<figure").nth(1).and_then(|rest| rest.split("</figure>").next()).unwrap_or_default();
    (said.code, figure.to_owned() + &said.stderr)
}

/// Whether any process has this word in its command line.
fn runs(word: &str) -> bool {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let mut lines = processes.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    lines.any(|line| String::from_utf8_lossy(&line).split('\0').any(|argument| argument == word))
}

#[test]
fn a_swarm_of_daemons_is_gone_with_its_cell() {
    // A number of seconds by which these sleepers are known.
    let word = format!("98765.{}", std::process::id());
    let site = cell(
        "swarm",
        &format!("for i in $(seq 200); do setsid sleep {word} & done\n(setsid sh -c 'sleep {word}' &)\necho here"),
    );
    let (code, figure) = figure(&site);
    assert_eq!(code, 0, "{figure}");
    assert!(figure.contains("here"), "{figure}");
    assert!(wait_for(|| (!runs(&word)).then_some(())).is_some(), "sleepers are left");
}

#[test]
fn what_never_ends_is_ended() {
    let word = format!("98764.{}", std::process::id());
    for (name, code, sign) in [
        ("loop", "#| timeout = '300ms'\nwhile :; do :; done".to_owned(), "its limit of 0.3 s"),
        (
            "sleep",
            format!("#| timeout = '300ms'\ntrap '' TERM INT HUP\nsleep {word} & sleep {word}"),
            "its limit of 0.3 s",
        ),
        ("stop", "#| timeout = '300ms'\nkill -STOP $$".to_owned(), "its limit of 0.3 s"),
        ("pipe", "#| timeout = '300ms'\nmkfifo p; cat p".to_owned(), "its limit of 0.3 s"),
        ("flood", "yes never-ending".to_owned(), "printed too much"),
        ("errors", "yes never-ending >&2".to_owned(), "printed too much"),
        ("kill", "kill -KILL $$".to_owned(), "was killed by signal 9"),
    ] {
        let site = cell(name, &code);
        let (code, said) = figure(&site);
        assert_eq!(code, 1, "{name}: {said}");
        assert!(said.contains(sign), "{name}: {said}");
        assert!(said.len() < 100_000, "{name} says {} bytes", said.len());
        assert!(!site.path("public").exists(), "a failed build writes nothing");
    }
    assert!(wait_for(|| (!runs(&word)).then_some(())).is_some(), "sleepers are left");
}

#[test]
fn a_flood_that_is_shown_is_cut() {
    let (code, figure) = figure(&cell("flood", "#| on-error = 'show'\nyes never-ending"));
    assert_eq!(code, 0, "{figure}");
    assert!(figure.contains("never-ending") && figure.contains("printed too much"));
    assert!(figure.len() < 8 << 20, "{} bytes on the page", figure.len());
}

#[test]
fn litter_in_the_scratch_folder_is_taken_away() {
    let code = "for i in $(seq 2000); do : > file$i; done\nmkdir a\ncd a\nfor i in $(seq 300); do mkdir d; cd d; done\n\
                ln -s / root\nmkfifo p\ntouch \"$TMPDIR/more\" \"$HOME/more\" \"$(mktemp)\"\nfind / -maxdepth 0 > /dev/null\necho done";
    let (code, figure) = figure(&cell("litter", code));
    // That nothing is left is what `build_watched` looks at.
    assert_eq!(code, 0, "{figure}");
}

#[test]
fn output_is_text_on_the_page() {
    let code = r"printf '<script>alert(1)</script> <b onerror=x>&amp;\n'
printf '\033[31mred\033[0m \033]0;title\007 \033[8mhidden\033[m \001\002\177 \303\050 \000 \342\200\256left\n'
printf '</samp></pre></figure><script>alert(1)</script>\n' >&2";
    let (code, figure) = figure(&cell("odd", code));
    assert_eq!(code, 0, "{figure}");
    assert!(figure.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && figure.contains("&amp;amp;"), "{figure}");
    assert!(figure.contains("red") && figure.contains("left"), "{figure}");
    for sign in ['\u{1b}', '\u{1}', '\u{7}', '\u{7f}', '\0', '\u{202e}'] {
        assert!(!figure.contains(sign), "{sign:?} is on the page");
    }
}

#[test]
fn nothing_of_the_authors_environment_reaches_a_cell() {
    let site = cell("environment", "env | sed 's/^/has /'\necho \"args: $*\"\ncat");
    let mut command = site.command(&["build"]);
    command.env("BLOG_TEST_TOKEN", "hunter2").env("AWS_SECRET_ACCESS_KEY", "hunter2").env("SSH_AUTH_SOCK", "/hunter2");
    let said = crate::support::finish(command);
    assert_eq!(said.code, 0, "{said:?}");
    let output = site.read("results/x/environment.out");
    assert!(output.contains("has PATH="), "{output}");
    assert!(!output.contains("hunter2") && !output.contains("SSH_AUTH_SOCK") && !output.contains("XDG_"), "{output}");
}

#[test]
fn stored_results_are_untrusted_text() {
    let site = cell("forged", "echo true");
    site.build();
    let (record, script) = (site.read("results/x/forged.toml"), "<script>alert(1)</script>\n");
    let digest = |stdout: &str| blog::source::Hash::of(&BTreeMap::from([("out", stdout.as_bytes())])).short();
    assert!(record.contains(&digest("true\n")), "{record}");
    // A clumsy forger forgets the digest, and the cell runs again; another does not.
    site.write("results/x/forged.out", script);
    site.build();
    assert_eq!(site.read("results/x/forged.out"), "true\n");
    site.write("results/x/forged.out", script);
    let record =
        record.replace(&digest("true\n"), &digest(script)).replace("cpu = \"", "cpu = \"<script>alert(2)</script>");
    site.write("results/x/forged.toml", record);
    let (code, figure) = figure(&site);
    assert_eq!(code, 0, "{figure}");
    assert!(figure.contains("&lt;script&gt;alert(1)") && figure.contains("&lt;script&gt;alert(2)"), "{figure}");
}

#[test]
fn what_a_cell_may_not_say_is_refused() {
    let text = |name: &str, text: String, end: End| -> Attack { attack(name, "content/x.md", text, end) };
    let fences: String = lines(500, |n| format!("```sh,lib:l{n}\n#| use = [\"l{}\"]\n:\n```\n\n", (n + 1) % 500));
    try_all(vec![
        text(
            "a file from elsewhere",
            "```rust run file=../../../etc/passwd\n```\n".into(),
            Refused("has no meaning in a cell"),
        ),
        text("an id with markup", "```sh,run:\"><script>alert(1)</script>\n:\n```\n".into(), Refused("error[E")),
        text("an id that leads elsewhere", "```sh,run:../../x\n:\n```\n".into(), Refused("error[E")),
        text("a circle of `use`", format!("{fences}```sh,check\n#| use = [\"l0\"]\n:\n```\n"), Refused("error[E")),
        text(
            "deep options",
            format!("```sh,check\n#| args = {}\n:\n```\n", "[".repeat(50_000)),
            Refused("this is not TOML"),
        ),
        text("a caption with markup", "```sh,check\n#| caption = '<script>alert(1)</script>'\n:\n```\n".into(), Built),
        text(
            "labels, values and alternative texts with markup",
            "```sh,run:a\n#| group = 'g'\n#| label = '<script>alert()</script>'\n:\n```\n\n\
             ```sh,run:b\n#| group = 'g'\n#| sweep.n = ['<script>alert()</script>', '2']\necho \"$CELL_N\"\n```\n\n\
             ![<script>alert()</script>](cell:g.chart)\n\n[0 <script>alert()</script>](cell:a.exit)\n\n\
             [0](cell:a.exit \"'><script>alert()</script>\")\n"
                .into(),
            Built,
        ),
        text(
            "outcomes of trials with markup",
            "```sh,run\n#| trials = 2\necho '<script>alert(1)</script>'\necho '<script>' >&2\n```\n".into(),
            Built,
        ),
        text(
            "rich outputs with scripts",
            "```sh,run\n#| output = 'html'\n#| echo = false\necho '<img src=x onerror=\"alert(1)\"><a href=\"javascript:x\">x</a><svg><script>alert(1)\
             </script></svg>'\n```\n\n```sh,run\n#| output = 'csv'\necho '<script>alert(1)</script>'\n```\n\n\
             ```sh,run\n#| output = 'json'\necho '{\"a\":\"<script>alert(1)</script>\"}'\n```\n"
                .into(),
            Built,
        ),
        text(
            "a value whose name is markup",
            "```sh,run\necho '{\"value\":{\"name\":\"<script>\",\"number\":1}}' >> \"$CELL_EMIT\"\n```\n".into(),
            Refused("is not understood"),
        ),
        text(
            "a media type that leads elsewhere",
            "```sh,run\necho '{\"show\":{\"type\":\"image/../../x\",\"data\":\"\"}}' >> \"$CELL_EMIT\"\n```\n".into(),
            Refused("is not understood"),
        ),
        text("a claim that nests", format!("```sh,run:a\n#| assert = '{}1 > 0'\n:\n```\n", "(".repeat(50_000)), Refused("error[E")),
        text("a value that nests", format!("```sh,run:a\n:\n```\n\n`cell:{}a.exit`\n", "-".repeat(50_000)), Refused("error[E")),
        text("a pattern that explodes", "```sh,run:a\n#| redact = '(a{1000}){1000}'\n:\n```\n".into(), Refused("is no regular expression")),
        text(
            "an expectation of many elisions",
            format!("```sh,run:a\n#| expect = '{}b'\nprintf '%0100000d' 0\n```\n", "[..]0".repeat(10_000)),
            Refused("does not print what is expected"),
        ),
        text(
            "an expectation of many gaps",
            format!("```sh,run:a\n#| expect = \"\"\"\n{}#| b\"\"\"\nyes | head -n 20000\n```\n", "#| ...\n#| y\n".repeat(5_000)),
            Refused("does not print what is expected"),
        ),
        text("5,000 cells that are only shown", "```sh\n:\n```\n\n".repeat(5_000), Built),
    ]);
}
