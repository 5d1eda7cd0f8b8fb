//! Stored results survive whatever befalls those who write them.

#![expect(clippy::disallowed_methods, reason = "kills processes of its own while they write")]
#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
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
    Store::new(folder.join("results"), folder.join("cache"))
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
    let case = Case { ends: vec![end(letter.repeat(10_000)), end(letter.repeat(7))], ..Case::default() };
    let machine = Machine { cpu: letter.to_owned(), ..Machine::default() };
    Record::of(
        &program(),
        &Outcome { build: None, cases: vec![case], timeline: None, session: letter.to_owned(), machine },
    )
}

/// Does nothing as a test: it is what the other tests start as programs of their own, to write until they are killed.
#[test]
fn writes_until_it_is_killed() {
    let Ok(folder) = std::env::var(WRITE_TO) else { return };
    let records: Vec<Record> =
        std::env::var(LETTERS).unwrap().chars().map(|letter| record(&letter.to_string())).collect();
    let samples = [Sample::default()];
    loop {
        for record in &records {
            store(Path::new(&folder)).put(&post(), "cell", record, &[&samples]).unwrap();
        }
    }
}

fn start_writer(folder: &Path, letters: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writes_until_it_is_killed", "--nocapture"])
        .env(WRITE_TO, folder)
        .env(LETTERS, letters)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
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
    store(folder.path()).put(&post(), "cell", &record("a"), &[]).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..60_u64 {
        let mut writer = start_writer(folder.path(), "ab");
        // Not always at the same place: starting takes a few milliseconds, and a change one or two.
        std::thread::sleep(Duration::from_micros(4_000 + round * 997 % 20_000));
        writer.kill().unwrap();
        writer.wait().unwrap();
        seen.insert(letter(folder.path()));
    }
    assert!(seen.iter().all(|letter| ["a", "b"].contains(&letter.as_str())), "{seen:?}");
    assert_eq!(seen.len(), 2, "the writers were killed before they wrote");
}

#[test]
fn two_writers_and_a_reader_do_not_disturb_each_other() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path()).put(&post(), "cell", &record("a"), &[]).unwrap();
    let mut writers = [start_writer(folder.path(), "ab"), start_writer(folder.path(), "cd")];
    let seen: std::collections::BTreeSet<String> = (0..400)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(2));
            letter(folder.path())
        })
        .collect();
    for writer in &mut writers {
        assert_eq!(writer.try_wait().unwrap(), None, "it still writes");
        writer.kill().unwrap();
        writer.wait().unwrap();
    }
    assert!(seen.len() > 2, "{seen:?}");
}
