//! How long a build takes by the number of posts: cold, again without a change, and with one post edited; with highlighted code and
//! without. Each figure is the whole program's, from its start to its end.
//!
//! `cargo bench --bench build` measures 10, 1,000 and 10,000 posts; numbers behind `--` are taken instead.

#![expect(clippy::disallowed_methods, reason = "runs the program in folders of its own")]

mod corpus;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let sizes = if given.is_empty() { vec![10, 1_000, 10_000] } else { given };
    println!("| posts | code | build | wall | posts/s | peak memory | read | run | render | draw |");
    println!("|--:|---|---|--:|--:|--:|--:|--:|--:|--:|");
    for size in sizes {
        for with_code in [true, false] {
            measure(size, with_code);
        }
    }
}

fn measure(posts: usize, with_code: bool) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let root = folder.path();
    fs::create_dir(root.join("content")).expect("a new folder");
    for index in 0..posts {
        fs::write(post_file(root, index), corpus::post(index, with_code)).expect("a new file");
    }
    let code = if with_code { "rust" } else { "plain" };
    report(posts, code, "cold", &build(root));
    report(posts, code, "unchanged", &build(root));
    let edited = corpus::post(0, with_code).replace("end.", "the end.");
    fs::write(post_file(root, 0), edited).expect("a file of ours");
    report(posts, code, "one edit", &build(root));
}

fn post_file(root: &Path, index: usize) -> std::path::PathBuf {
    root.join(format!("content/post-{index}.md"))
}

/// One run of the program.
struct Run {
    wall: Duration,
    /// Bytes.
    peak: u64,
    /// What the program says of its stages, in order.
    stages: Vec<String>,
}

fn build(root: &Path) -> Run {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_blog"))
        .args(["build", "--verbose", "--root"])
        .arg(root)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut peak = 0;
    let mut stages = Vec::new();
    let mut said = String::new();
    // The program says a line at the end of each stage, so that its memory can be looked at before it ends.
    for line in BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok) {
        peak = peak.max(high_water(child.id()));
        if let Some((_, time)) = line.trim().split_once(": ").filter(|_| line.starts_with("    ")) {
            stages.push(time.to_owned());
        }
        said.push_str(&line);
        said.push('\n');
    }
    assert!(child.wait().expect("a child of ours").success(), "{said}");
    Run { wall: started.elapsed(), peak, stages }
}

/// The largest resident set of a process so far, bytes (`VmHWM` of `proc_pid_status(5)`).
fn high_water(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn report(posts: usize, code: &str, build: &str, run: &Run) {
    #[expect(clippy::cast_precision_loss, reason = "numbers of posts are small")]
    let rate = posts as f64 / run.wall.as_secs_f64();
    println!(
        "| {posts} | {code} | {build} | {:.2} s | {rate:.0} | {} MB | {} |",
        run.wall.as_secs_f64(),
        run.peak / 1_000_000,
        run.stages.join(" | ")
    );
}
