//! Texts as they are expected, which may leave out what differs from run to run.

/// Whether a text is as expected: line by line, where a line `[...]` stands for any lines.
pub(crate) fn matches(expected: &str, found: &str) -> bool {
    fn all(expected: &[&str], found: &[&str]) -> bool {
        match expected {
            [] => found.is_empty(),
            ["[...]\n", rest @ ..] => (0..=found.len()).any(|skipped| all(rest, &found[skipped..])),
            [line, rest @ ..] => found.first().is_some_and(|first| line_matches(line, first)) && all(rest, &found[1..]),
        }
    }
    let lines = |text| str::split_inclusive(text, '\n').collect::<Vec<_>>();
    expected == found || all(&lines(expected), &lines(found))
}

/// Whether a line is as expected, where `[..]` stands for anything.
fn line_matches(expected: &str, found: &str) -> bool {
    match expected.split_once("[..]") {
        None => expected == found,
        Some((before, behind)) => found.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| line_matches(behind, &rest[at..]))
        }),
    }
}

#[test]
fn expected_files_may_leave_out_what_differs() {
    for (expected, found, same) in [
        ("a\n[...]\nb\n", "a\nb\n", true),
        ("a\n[...]\nb\n", "a\nx\ny\nb\n", true),
        ("a\n[...]\nb\n", "a\nx\n", false),
        ("a [..] b [..]\n", "a x b y\n", true),
        ("a [..] b\n", "a x b y\n", false),
        ("a\n", "a", false),
        ("", "a\n", false),
    ] {
        assert_eq!(matches(expected, found), same, "{expected:?} {found:?}");
    }
}
