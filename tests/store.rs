//! Stored results survive whatever befalls those who write them.

#![expect(clippy::disallowed_methods, reason = "kills processes of its own while they write")]
#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use blog::cells::{Case, End, Exit, Found, Machine, Outcome, Record, Sample, Store};
use blog::source::{Hash, SitePath};

/// The variable by which this program learns that it is to write: to which folder, and the records of which letters.
const WRITE_TO: &str = "STORE_TEST_WRITE_TO";
const LETTERS: &str = "STORE_TEST_LETTERS";

fn program() -> Hash {
    Hash::of_bytes(b"program")
}

fn post() -> SitePath {
    SitePath::new("posts/gil").unwrap()
}

fn store(folder: &Path) -> Store {
    Store::new(folder.join("results"))
}

/// A record with several files, all of which hold the same letter.
fn record(letter: &str) -> Record {
    let end = |text: String| End {
        exit: Exit::Code(0),
        count: 1,
        threads: Vec::new(),
        shown: Vec::new(),
        stdout: text.clone(),
        stderr: text,
        misunderstood: None,
    };
    let samples = vec![Sample { wall: u64::from(letter.as_bytes()[0]), ..Sample::default() }; 2];
    let case = Case { ends: vec![end(letter.repeat(10_000)), end(letter.repeat(7))], samples, ..Case::default() };
    let machine = Machine { cpu: letter.to_owned(), ..Machine::default() };
    Record::of(
        &program(),
        &Outcome {
            build: None,
            cases: vec![case],
            timeline: None,
            perfetto: Vec::new(),
            session: letter.to_owned(),
            machine,
        },
    )
}

/// Does nothing as a test: it is what the other tests start as programs of their own, to write until they are killed.
#[test]
fn writes_until_it_is_killed() {
    let Ok(folder) = std::env::var(WRITE_TO) else { return };
    let records: Vec<Record> =
        std::env::var(LETTERS).unwrap().chars().map(|letter| record(&letter.to_string())).collect();
    loop {
        for record in &records {
            store(Path::new(&folder)).put(&post(), "cell", record).unwrap();
            println!("written");
        }
    }
}

/// A process that writes, until this is dropped.
struct Writer {
    process: Child,
    /// Of its output: a line for each record that it has written, and some others.
    lines: Lines<BufReader<ChildStdout>>,
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn start_writer(folder: &Path, letters: &str) -> Writer {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writes_until_it_is_killed", "--nocapture"])
        .env(WRITE_TO, folder)
        .env(LETTERS, letters)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    Writer { process, lines }
}

impl Writer {
    /// Waits until it has written so many records more.
    fn wait_for(&mut self, records: usize) {
        let written = self.lines.by_ref().filter(|line| line.as_ref().is_ok_and(|line| line.ends_with("written")));
        assert_eq!(written.take(records).count(), records, "it still writes");
    }
}

/// The letter of the record that a store has: one that is whole.
fn letter(folder: &Path) -> String {
    match store(folder).get(&post(), "cell", &program()) {
        Found::Record(found) => {
            assert_eq!(*found, record(&found.session));
            found.session
        }
        other => panic!("there was a record, and now there is {other:?}"),
    }
}

#[test]
fn a_writer_that_is_killed_leaves_the_old_record_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path()).put(&post(), "cell", &record("a")).unwrap();
    let mut seen = BTreeSet::new();
    for round in 0..60_u64 {
        let mut writer = start_writer(folder.path(), "ab");
        writer.wait_for(1 + round as usize % 2);
        // Somewhere within the next change, which takes a millisecond or two.
        std::thread::sleep(Duration::from_micros(round * 97 % 3_000));
        drop(writer);
        seen.insert(letter(folder.path()));
    }
    assert_eq!(seen, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
}

#[test]
fn two_writers_and_a_reader_do_not_disturb_each_other() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path()).put(&post(), "cell", &record("a")).unwrap();
    let mut writers = [start_writer(folder.path(), "ab"), start_writer(folder.path(), "cd")];
    let mut seen = BTreeSet::new();
    for round in 0..60 {
        writers[round % 2].wait_for(1);
        seen.extend((0..5).map(|_| letter(folder.path())));
    }
    assert!(seen.len() > 2, "{seen:?}");
}
