//! Counts words, in one thread or in two.

use std::collections::BTreeMap;
use std::thread;

type Counts<'t> = BTreeMap<&'t str, usize>;

// ANCHOR: count
/// How often each word occurs.
fn count<'t>(lines: &[&'t str]) -> Counts<'t> {
    let mut counts = Counts::new();
    for word in lines.iter().flat_map(|line| line.split(' ')) {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// The same, half of the lines in another thread.
fn count_in_two<'t>(lines: &[&'t str]) -> Counts<'t> {
    let (mine, theirs) = lines.split_at(lines.len() / 2);
    thread::scope(|s| {
        let theirs = s.spawn(|| count(theirs));
        let mut counts = count(mine);
        for (word, n) in theirs.join().unwrap() {
            *counts.entry(word).or_default() += n;
        }
        counts
    })
}
// ANCHOR_END: count

fn main() -> std::io::Result<()> {
    let text = std::fs::read_to_string("data/log.txt")?;
    let lines: Vec<&str> = text.lines().collect();
    let counts = cell::measure(|| count_in_two(&lines));
    assert_eq!(counts, count(&lines));
    println!("{} lines, {} different words", lines.len(), counts.len());
    let (word, n) = counts.iter().max_by_key(|(_, n)| **n).unwrap();
    println!("the commonest is `{word}`, {n} times");
    cell::value("commonest", *n);
    Ok(())
}
