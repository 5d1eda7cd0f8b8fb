//! `serve`, asked as a browser asks.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};

use crate::support::{DEADLINE, Site, wait_for};

/// A preview that is ended with its test.
struct Preview<'s> {
    site: &'s Site,
    child: Child,
    /// Host and port.
    address: String,
}

impl Preview<'_> {
    fn start<'s>(site: &'s Site, args: &[&str]) -> Preview<'s> {
        let log = File::create(site.around().join("log")).unwrap();
        let child = site.command(args).stderr(log).spawn().unwrap();
        let mut preview = Preview { site, child, address: String::new() };
        let url = |log: String| Some(log.lines().find_map(|line| line.strip_prefix("Serving http://"))?.to_owned());
        let line = wait_for(|| url(preview.log())).unwrap_or_else(|| panic!("{}", preview.log()));
        line.split('/').next().unwrap().clone_into(&mut preview.address);
        preview
    }

    fn log(&self) -> String {
        fs::read_to_string(self.site.around().join("log")).unwrap()
    }

    /// The answer to a request, head and body.
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks until the answer holds a text.
    fn expect(&self, path: &str, part: &str) -> String {
        let mut last = String::new();
        let found = wait_for(|| {
            last = self.get(path);
            last.contains(part).then_some(())
        });
        assert!(found.is_some(), "{path} never holds {part:?}\n{last}\n{}", self.log());
        last
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Preview<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processes that a process started, and those that they did.
fn descendants(parent: u32) -> Vec<u32> {
    let stat = |pid: u32| fs::read_to_string(format!("/proc/{pid}/stat")).ok();
    let parent_of = |pid: u32| stat(pid)?.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse::<u32>().ok();
    let numbers = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let children: Vec<u32> = numbers.filter(|pid| parent_of(*pid) == Some(parent)).collect();
    children.iter().flat_map(|child| [vec![*child], descendants(*child)].concat()).collect()
}

fn is_running(pid: u32) -> bool {
    // A process that has ended and that nobody has asked about yet is a zombie, in state `Z`.
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}

#[test]
fn pages_are_shown_with_the_script_that_keeps_them_up_to_date() {
    let site = Site::new(&[("content/x.md", "First words.\n"), ("content/draft.md", "+++\ndraft = true\n+++\nx\n")]);
    let preview = Preview::start(&site, &["serve", "--port", "0"]);
    let page = preview.expect("/x/", "First words.");
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains("<script src=\"/__blog/reload.js\""), "{page}");
    assert!(preview.get("/__blog/reload.js").contains("EventSource"));
    assert!(preview.get("/draft/").starts_with("HTTP/1.1 404 "));
    assert!(preview.get("/x").starts_with("HTTP/1.1 308 "), "{}", preview.get("/x"));

    site.write("content/x.md", "Second words.\n");
    preview.expect("/x/", "Second words.");
    site.write("content/new/index.md", "[x](../x.md)\n");
    preview.expect("/new/", "href=\"/x/\"");
    fs::remove_file(site.path("content/new/index.md")).unwrap();
    preview.expect("/new/", "HTTP/1.1 404 ");
    site.write("blog.toml", "title = \"A title of its own\"\n");
    preview.expect("/", "A title of its own");
    site.write("static/style.css", "b { color: red }\n");
    preview.expect("/style.css", "color: red");

    // What is wrong does not take the good page away, but is told.
    site.write("content/x.md", "[nowhere](nowhere.md)\n");
    let told = wait_for(|| preview.log().contains("nowhere.md` is dead").then_some(()));
    assert!(told.is_some(), "{}", preview.log());
    assert!(preview.get("/x/").contains("Second words."));
    site.write("content/x.md", "Third words.\n");
    preview.expect("/x/", "Third words.");
    assert!(!site.path("public").exists(), "a preview writes no site");
}

#[test]
fn drafts_are_shown_to_those_who_ask() {
    let site = Site::new(&[("content/draft.md", "+++\ndraft = true\n+++\nUnfinished.\n")]);
    let preview = Preview::start(&site, &["serve", "--drafts", "--port", "0"]);
    preview.expect("/draft/", "Unfinished.");
}

#[test]
fn a_preview_comes_up_though_its_first_build_fails() {
    let site = Site::new(&[("content/x.md", "[nowhere](<nowhere.md>)\n")]);
    let preview = Preview::start(&site, &["serve", "--port", "0"]);
    let page = preview.expect("/x/", "is dead");
    assert!(page.starts_with("HTTP/1.1 500 ") && page.contains("content/x.md:1:"), "{page}");
    site.write("content/x.md", "Mended.\n");
    preview.expect("/x/", "Mended.");
}

#[test]
fn a_browser_is_sent_to_what_was_asked_for_once_it_is_there() {
    for (args, page) in [
        (&["--open"][..], "/b/"),
        (&["--open", "x"], "/b/deep/x/"),
        (&["--open", "x#first"], "/b/deep/x/#cell-first"),
        (&["--open", "x#cell-2"], "/b/deep/x/#cell-2"),
        (&["--open", "nowhere"], "/b/"),
    ] {
        let site = Site::new(&[
            ("blog.toml", "base_url = \"https://a.example/b/\"\n"),
            ("content/deep/x.md", "```sh,run:first\necho 1\n```\n\n```sh,run\necho 2\n```\n"),
        ]);
        let opened = site.around().join("opened");
        let mut command = site.command(&[&["serve", "--port", "0"], args].concat());
        command.env("BROWSER", format!("sh -c 'printf %s \"$1\" > \"{}\"' sh", opened.display()));
        let log = File::create(site.around().join("log")).unwrap();
        let mut child = command.stderr(log).spawn().unwrap();
        let url = wait_for(|| fs::read_to_string(&opened).ok().filter(|url| !url.is_empty()));
        child.kill().unwrap();
        child.wait().unwrap();
        let url = url.unwrap_or_else(|| panic!("{}", fs::read_to_string(site.around().join("log")).unwrap()));
        let path = url.strip_prefix("http://127.0.0.1:").unwrap().trim_start_matches(|c: char| c.is_ascii_digit());
        assert_eq!(path, page, "{args:?}");
    }
}

#[test]
fn a_port_that_is_taken_gives_way_to_the_next() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let site = Site::new(&[("content/x.md", "x\n")]);
    let preview = Preview::start(&site, &["serve", "--port", &port.to_string()]);
    assert!(preview.log().contains(&format!("port {port} is taken")), "{}", preview.log());
    let other: u16 = preview.address.rsplit(':').next().unwrap().parse().unwrap();
    assert!(other > port && other < port + 50, "{other} after {port}");
    preview.expect("/x/", "<p>x</p>");
}

#[test]
fn nothing_runs_on_when_a_preview_is_ended_even_in_the_middle_of_a_cell() {
    for signal in ["INT", "TERM", "KILL", "HUP"] {
        let word = format!("87654.{}", std::process::id());
        let cell = format!("```sh,run\n#| timeout = \"50s\"\nsetsid sleep {word} &\nsleep {word}\n```\n");
        let site = Site::new(&[("content/x.md", &cell)]);
        let mut preview = Preview::start(&site, &["serve", "--port", "0"]);
        let sleeps =
            |pid: &u32| fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.contains(&word));
        let started = wait_for(|| {
            let all = descendants(preview.child.id());
            (all.iter().filter(|pid| sleeps(pid)).count() == 2).then_some(all)
        });
        let started = started.unwrap_or_else(|| panic!("the cell does not run\n{}", preview.log()));
        preview.signal(signal);
        assert!(wait_for(|| preview.child.try_wait().unwrap()).is_some(), "{signal} does not end it");
        let gone = wait_for(|| started.iter().all(|pid| !is_running(*pid)).then_some(()));
        assert!(gone.is_some(), "after {signal} there is left {started:?}");
    }
}
