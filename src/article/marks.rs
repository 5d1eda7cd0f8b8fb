use std::ops::RangeInclusive;

/// Marks lines of highlighted code, counted from 1: each becomes an element of its own, `<span class="hl">`, with the end of
/// the line behind it. No element of the code may cross the end of a line; the [`Highlighter`](super::Highlighter) writes
/// none that does. Lines that the code does not have are not marked.
pub(super) fn mark_lines(html: &str, ranges: &[RangeInclusive<usize>]) -> String {
    let mut marked = String::with_capacity(html.len());
    for (line, number) in html.split_inclusive('\n').zip(1..) {
        if ranges.iter().any(|range| range.contains(&number)) {
            let text = line.strip_suffix('\n').unwrap_or(line);
            marked.extend(["<span class=\"hl\">", text, "</span>", &line[text.len()..]]);
        } else {
            marked.push_str(line);
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::highlight::highlight;

    #[test]
    fn lines_are_marked_one_by_one() {
        for (html, ranges, marked) in [
            ("a\nb\nc\n", vec![], "a\nb\nc\n"),
            ("a\nb\nc\n", vec![2..=2], "a\n<span class=\"hl\">b</span>\nc\n"),
            ("a\n\nc", vec![2..=3], "a\n<span class=\"hl\"></span>\n<span class=\"hl\">c</span>"),
            ("a\nb", vec![1..=2, 2..=9], "<span class=\"hl\">a</span>\n<span class=\"hl\">b</span>"),
            ("a\n", vec![2..=usize::MAX], "a\n"),
            ("", vec![1..=1], ""),
        ] {
            assert_eq!(mark_lines(html, &ranges), marked, "{html:?} {ranges:?}");
        }
    }

    #[test]
    fn a_token_of_several_lines_is_well_nested() {
        let html = highlight("rust", "/* one\ntwo */\n").unwrap();
        assert_eq!(
            mark_lines(&html, &[2..=2]),
            "<span class=\"c\">/* one</span>\n<span class=\"hl\"><span class=\"c\">two */</span></span>\n"
        );
    }
}
