//! What is left when a command is ended from outside, and what a terminal shows until then.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use crate::support::{Site, tree, wait_for};

/// A site that was built once, and whose cell now starts others and sleeps; and the mark by which they are known.
fn sleepy() -> (Site, String) {
    let site = Site::new(&[("content/x.md", "```sh,run:slow\necho early\n```\n")]);
    site.build();
    let mark = format!("76543.{}", std::process::id());
    site.write(
        "content/x.md",
        format!("```sh,run:slow\n#| timeout = \"50s\"\nsetsid sleep {mark} &\nsleep {mark}\n```\n"),
    );
    (site, mark)
}

/// The processes whose command line holds a mark. Not those of shells, whose scripts hold it too.
fn marked(mark: &str) -> usize {
    let line = |entry: fs::DirEntry| fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
    let lines = fs::read_dir("/proc").unwrap().flatten().map(line);
    lines.filter(|line| line.starts_with("sleep\0") && line.contains(mark)).count()
}

/// Asserts that nothing is left of a command but what was there before it.
fn assert_nothing_left(site: &Site, mark: &str, what: &str) {
    assert!(wait_for(|| (marked(mark) == 0).then_some(())).is_some(), "{what}: its programs run on");
    let temporary = site.around().join("temporary");
    let is_empty = || fs::read_dir(&temporary).unwrap().next().is_none().then_some(());
    assert!(wait_for(is_empty).is_some(), "{what}: {:?}", tree(&temporary).keys());
    assert_eq!(site.read("results/x/slow.out"), "early\n", "{what}");
    assert!(site.read("public/x/index.html").contains("early"), "{what}");
}

#[test]
fn a_signal_ends_a_command_by_that_signal_and_nothing_is_left() {
    for command in [&["build"][..], &["build", "--json"], &["run", "--rerun"], &["verify"], &["check"]] {
        for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
            let (site, mark) = sleepy();
            let (public, results) = (tree(&site.path("public")), tree(&site.path("results")));
            let log = File::create(site.around().join("log")).unwrap();
            let mut child = site.command(command).stdout(Stdio::null()).stderr(log).spawn().unwrap();
            let what = format!("{command:?}, {name}");
            assert!(wait_for(|| (marked(&mark) == 2).then_some(())).is_some(), "{what}: the cell does not run");
            let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status().unwrap();
            assert!(sent.success());
            let status = wait_for(|| child.try_wait().unwrap()).unwrap();
            assert_eq!(status.signal(), Some(number), "{what}: shells tell it as {}", 128 + number);
            assert_nothing_left(&site, &mark, &what);
            assert!(tree(&site.path("public")) == public && tree(&site.path("results")) == results, "{what}");
        }
    }
}

/// What `blog` shows on a terminal until it shows `sign`, and Ctrl+C ends it; and the exit code that a shell sees.
fn until_interrupted(site: &Site, args: &str, term: &str, sign: &str) -> (String, Option<i32>) {
    let screen = site.around().join("screen");
    let mut command = site.command(&[]);
    let program = command.get_program().to_str().unwrap().to_owned();
    let variables: Vec<_> =
        command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
    command = Command::new("script");
    command.args(["-qefc", &format!("stty cols 80; exec {program} {args}"), "/dev/null"]).current_dir(site.path(""));
    command.envs(variables).env("TERM", term).env_remove("NO_COLOR").env("SHELL", "/bin/sh");
    let mut child = command.stdin(Stdio::piped()).stdout(File::create(&screen).unwrap()).spawn().unwrap();
    let shown = || String::from_utf8_lossy(&fs::read(&screen).unwrap()).into_owned();
    let seen = wait_for(|| shown().contains(sign).then_some(()));
    child.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
    let status = wait_for(|| child.try_wait().unwrap());
    assert!(seen.is_some(), "{args}: {:?}", shown());
    (shown(), status.unwrap().code())
}

#[test]
fn a_terminal_shows_the_cells_at_work_and_ctrl_c_ends_them() {
    for (args, term, sign, moves) in [
        ("build", "xterm", "run     content/x.md#slow", true),
        ("run", "xterm", "run     content/x.md#slow", true),
        ("build --progress plain", "xterm", "Ran content/a.md#first", false),
        ("build --color never", "dumb", "Ran content/a.md#first", false),
        ("serve --port 0", "xterm", "run     content/x.md#slow", true),
    ] {
        let (site, mark) = sleepy();
        site.write("content/a.md", "```sh,run:first\necho first\n```\n");
        let sign = if args.contains("never") || moves { sign } else { "content/a.md#first" };
        let (shown, code) = until_interrupted(&site, args, term, sign);
        assert_eq!(code, Some(130), "{args}: {shown:?}");
        // Erasing lines is how a display moves; nobody hides the cursor.
        assert_eq!(shown.contains("\u{1b}[2K"), moves, "{args}: {shown:?}");
        assert!(!shown.contains("\u{1b}[?25l"), "{args}: {shown:?}");
        assert!(shown.contains("content/a.md#first "), "{args}: a cell that ran leaves a line: {shown:?}");
        assert_nothing_left(&site, &mark, args);
    }
}
