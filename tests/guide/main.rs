//! The guide in `content/docs/` says what is so: its tables of commands and of what templates see are those of the code, and its
//! examples do what it says. Tables of keys and options are compared in `tests/docs.rs`.
//!
//! `UPDATE=1 cargo test --test guide` writes the rows of the tables anew. Everything around them is written by people.

#![expect(clippy::disallowed_methods, reason = "reads and writes the project's texts, and calls the program")]
#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod support;

mod examples;
mod tables;

use std::path::PathBuf;

fn in_project(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)
}
