//! Whether an output is what its author expects.

use regex::Regex;

/// An output as its author expects it: `[..]` stands for anything within a line, and a line `...` for any lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expectation<'e> {
    /// The text.
    pub(super) text: &'e str,
    /// What does not count: matches of these stand for each other.
    pub(super) redact: &'e [Regex],
}

/// Where an output departs from what is expected.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Departure {
    /// The line that is expected there, or nothing at its end.
    pub(super) expected: Option<String>,
    /// The line that is there, or nothing at its end.
    pub(super) found: Option<String>,
}

impl std::fmt::Display for Departure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) => write!(f, "it prints `{found}` where `{expected}` is expected"),
            (Some(expected), None) => write!(f, "it ends where `{expected}` is expected"),
            (None, Some(found)) => write!(f, "it goes on with `{found}` where it is expected to end"),
            (None, None) => f.write_str("it is as expected"),
        }
    }
}

impl Expectation<'_> {
    /// Compares an output. Blanks at the ends of lines and blank lines at the beginning and the end do not count.
    pub(super) fn compare(&self, output: &str) -> Result<(), Departure> {
        let (expected, found) = (lines(self.text, self.redact), lines(output, self.redact));
        match first_departure(&expected, &found) {
            None => Ok(()),
            Some((at, there)) => {
                Err(Departure { expected: expected.get(at).cloned(), found: found.get(there).cloned() })
            }
        }
    }
}

/// The lines of a text that count.
pub(super) fn lines(text: &str, redact: &[Regex]) -> Vec<String> {
    let text = redacted(text, redact);
    text.trim_matches('\n').lines().map(|line| line.trim_end().to_owned()).collect()
}

/// A text with `…` in place of all matches: unlike `[..]`, that stands for nothing but another match.
pub(super) fn redacted(text: &str, redact: &[Regex]) -> String {
    redact.iter().fold(text.to_owned(), |text, regex| regex.replace_all(&text, "…").into_owned())
}

/// The regular expressions of an option, which has been checked when it was read.
pub(super) fn compiled(patterns: &[String]) -> Vec<Regex> {
    patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
}

/// The first lines, by their numbers, that cannot be reconciled; nothing if all can. A line `...` takes as few lines as
/// it can: if a later line does not fit, the last one takes one more.
fn first_departure(expected: &[String], found: &[String]) -> Option<(usize, usize)> {
    let (mut at, mut there) = (0, 0);
    // The last `...`: the line behind it, and the line of the output at which that is tried next.
    let mut open: Option<(usize, usize)> = None;
    let mut furthest = (0, 0);
    loop {
        match (expected.get(at), found.get(there)) {
            (None, None) => return None,
            (Some(line), _) if line.trim() == "..." => {
                open = Some((at + 1, there));
                at += 1;
            }
            (Some(line), Some(text)) if fits(line, text) => (at, there) = (at + 1, there + 1),
            _ => {
                furthest = furthest.max((at, there));
                match &mut open {
                    Some((behind, next)) if *next < found.len() => {
                        *next += 1;
                        (at, there) = (*behind, *next);
                    }
                    _ => return Some(furthest),
                }
            }
        }
    }
}

/// Whether a line is as expected, where `[..]` stands for anything. As each takes as little as it can, the first place where
/// a part fits is as good as any other.
fn fits(expected: &str, line: &str) -> bool {
    let mut parts = expected.split("[..]");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(expected: &str, output: &str) -> Result<(), (Option<String>, Option<String>)> {
        let redact = [Regex::new("[0-9]+ ms").unwrap()];
        let expectation = Expectation { text: expected, redact: &redact };
        expectation.compare(output).map_err(|departure| (departure.expected, departure.found))
    }

    #[test]
    fn elisions_stand_for_anything() {
        for (expected, output) in [
            ("a\nb", "a\nb\n"),
            ("\na  \n", "a"),
            ("", ""),
            ("took [..] s", "took 3.2 s"),
            ("[..]x[..]x", "axbxx"),
            ("a\n...\nd", "a\nb\nc\nd"),
            ("...\nd", "d"),
            ("a\n...", "a"),
            ("a\n...\nc\n...\nc", "a\nc\nb\nc"),
            ("5 ms", "7 ms"),
        ] {
            assert_eq!(compare(expected, output), Ok(()), "{expected:?} {output:?}");
        }
    }

    #[test]
    fn a_departure_is_told_by_its_lines() {
        let line = |text: &str| Some(text.to_owned());
        for (expected, output, departure) in [
            ("a\nb", "a\nc", (line("b"), line("c"))),
            ("a\nb", "a", (line("b"), None)),
            ("a", "a\nb", (None, line("b"))),
            ("x[..]x", "x", (line("x[..]x"), line("x"))),
            ("a\n...\nd", "a\nb\nc", (line("d"), None)),
            ("took 5 ms", "took long", (line("took …"), line("took long"))),
        ] {
            assert_eq!(compare(expected, output), Err(departure), "{expected:?} {output:?}");
        }
    }
}
