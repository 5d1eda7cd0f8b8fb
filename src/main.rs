//! The command line of `blog`.

fn main() {}
