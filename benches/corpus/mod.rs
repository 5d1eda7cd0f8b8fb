//! Posts made up by rule, always the same: about 5 kB of Markdown with two fences of code, three to five of 200 tags and one of
//! 20 categories each.

use std::fmt::Write;

/// A generator of numbers that are as good as random (the multiplier is L'Ecuyer's for 64 bits, 1999).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Numbers(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(3_037_000_493);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }
}

const WORDS: [&str; 32] = [
    "thread",
    "lock",
    "queue",
    "channel",
    "the",
    "a",
    "waits",
    "runs",
    "for",
    "core",
    "memory",
    "order",
    "of",
    "and",
    "page",
    "number",
    "when",
    "every",
    "process",
    "shares",
    "nothing",
    "with",
    "its",
    "neighbour",
    "until",
    "signal",
    "arrives",
    "so",
    "we",
    "measure",
    "it",
    "again",
];

/// The text of a post. `with_code` says whether its two fences hold highlighted code or plain text.
pub(crate) fn post(index: usize, with_code: bool) -> String {
    let mut numbers = Numbers::new(index as u64);
    let mut text = String::new();
    let tags: Vec<String> = (0..3 + numbers.below(3)).map(|_| format!("\"tag {}\"", numbers.below(200))).collect();
    let (month, day) = (1 + numbers.below(12), 1 + numbers.below(28));
    let category = numbers.below(20);
    writeln!(
        text,
        "+++\ntitle = \"Post number {index}\"\ndate = 2025-{month:02}-{day:02}\ntags = [{}]\ncategories = [\"category {category}\"]\n+++\n",
        tags.join(", ")
    )
    .expect("strings can be written to");
    for section in 0..5 {
        writeln!(text, "## Part {section} of it\n").expect("strings can be written to");
        for _ in 0..2 {
            sentence(&mut numbers, &mut text);
        }
        if section % 3 == 1 {
            fence(&mut numbers, &mut text, with_code);
        }
    }
    text
}

fn sentence(numbers: &mut Numbers, text: &mut String) {
    for at in 0..50 + numbers.below(20) {
        let word = WORDS[numbers.below(WORDS.len())];
        match at % 17 {
            5 => write!(text, "*{word}* "),
            11 => write!(text, "`{word}` "),
            16 => write!(text, "[{word}](https://example.org/{word}) "),
            _ => write!(text, "{word} "),
        }
        .expect("strings can be written to");
    }
    text.push_str("end.\n\n");
}

fn fence(numbers: &mut Numbers, text: &mut String, with_code: bool) {
    text.push_str(if with_code { "```rust\n" } else { "```\n" });
    for line in 0..15 + numbers.below(16) {
        let (a, b) = (WORDS[numbers.below(WORDS.len())], numbers.below(1000));
        writeln!(text, "    let {a}_{line}: Vec<u64> = (0..{b}).map(|n| n * {b}).collect(); // {a}")
            .expect("strings can be written to");
    }
    text.push_str("```\n\n");
}
