/// A style sheet without comments, without the blanks that mean nothing, and without `;` before `}`. No blank is needed around
/// `{`, `}`, `;`, `,` and `>` and behind `:`; others may stand between selectors. Strings stay as they are.
pub(super) fn compact(css: &str) -> String {
    const BARE: [char; 5] = ['{', '}', ';', ',', '>'];
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    let mut blank = false;
    while let Some(c) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, behind)| behind);
            blank = true;
            continue;
        }
        if c.is_ascii_whitespace() {
            rest = &rest[1..];
            blank = true;
            continue;
        }
        if blank && !BARE.contains(&c) && out.chars().last().is_some_and(|last| last != ':' && !BARE.contains(&last)) {
            out.push(' ');
        }
        if c == '}' && out.ends_with(';') {
            out.pop();
        }
        blank = false;
        let length = if matches!(c, '"' | '\'') { string(rest, c) } else { c.len_utf8() };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

/// How long the string is that a text begins with, in bytes, with its quotes.
fn string(text: &str, quote: char) -> usize {
    let mut escaped = false;
    let end = text[1..].find(|c| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_nothing_goes_and_all_else_stays() {
        for (css, expected) in [
            ("a {\n  color: red;\n  margin: 0 auto;\n}\n\nb { top: 0 }\n", "a{color:red;margin:0 auto}b{top:0}"),
            ("a :is(b, c) > d { x: calc(1px + 2px) }", "a :is(b,c)>d{x:calc(1px + 2px)}"),
            ("/* one */ a/* two */b {} /* three", "a b{}"),
            (r#"a::before { content: "–  /* { , \" \\"; }"#, r#"a::before{content:"–  /* { , \" \\"}"#),
            ("@media (a) and (b) { .x { y: 'z' } }", "@media (a) and (b){.x{y:'z'}}"),
            ("a { b: \"", "a{b:\""),
            ("", ""),
        ] {
            assert_eq!(compact(css), expected, "{css}");
            assert_eq!(compact(expected), expected);
        }
    }
}
