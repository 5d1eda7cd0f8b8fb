//! JSON in lines that can be read.

use serde::de::IgnoredAny;

/// How deep values may be nested: what is deeper is not read by anybody, and is mostly indentation.
const DEEPEST: usize = 64;

/// The longest that the lines may become, in bytes.
const LONGEST: usize = 4 << 20;

/// Some JSON values, one behind the other, with a member or an element a line. What the values say stays as it was
/// written: the order of keys, each digit of a number, each escape of a string. The error is a sentence.
pub(super) fn json(text: &str) -> Result<String, String> {
    let mut values = 0_usize;
    for value in serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>() {
        value.map_err(|why| format!("this is not JSON: {why}"))?;
        values += 1;
    }
    if values == 0 {
        return Err("this is not JSON: there is no value".to_owned());
    }
    indented(text)
}

/// Lays out text that is known to be JSON.
fn indented(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(2 * text.len());
    let mut depth = 0_usize;
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (token, behind) = rest.split_at(token_length(rest));
        rest = behind.trim_start();
        let opened = out.ends_with(['{', '[']);
        let begins_line = if matches!(token, "}" | "]") {
            depth = depth.saturating_sub(1);
            !opened
        } else {
            opened || out.ends_with(',') || (depth == 0 && !out.is_empty())
        };
        if begins_line {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
        out.push_str(if token == ":" { ": " } else { token });
        depth += usize::from(matches!(token, "{" | "["));
        if depth > DEEPEST {
            return Err(format!("this JSON is nested more than {DEEPEST} deep"));
        }
        if out.len() > LONGEST {
            return Err("this JSON is too long for a page".to_owned());
        }
    }
    Ok(out)
}

/// The length of the token that a text begins with, in bytes.
fn token_length(text: &str) -> usize {
    match text.as_bytes()[0] {
        b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
        b'"' => string_length(text),
        _ => text.find([' ', '\t', '\r', '\n', '{', '}', '[', ']', ',', ':', '"']).unwrap_or(text.len()),
    }
}

/// The length of the string that a text begins with, its quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text[1..].find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_or_an_element_stands_on_a_line() {
        for (text, pretty) in [
            (r#"{"b":[1,2],"a":{}}"#, "{\n  \"b\": [\n    1,\n    2\n  ],\n  \"a\": {}\n}"),
            (" [ ] ", "[]"),
            ("[[],{}]", "[\n  [],\n  {}\n]"),
            ("{ \"a\" :\r\n null }", "{\n  \"a\": null\n}"),
            (r#""a""#, r#""a""#),
            ("{\"a\":1}\n{\"a\":2}\n", "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}"),
            ("1 2\n\"x\"[3]true", "1\n2\n\"x\"\n[\n  3\n]\ntrue"),
        ] {
            assert_eq!(json(text).as_deref(), Ok(pretty), "{text}");
        }
    }

    #[test]
    fn what_is_said_stays_as_it_was_written() {
        for text in [
            "123456789012345678901234567890",
            "-0.10000000000000000000000000001e+400",
            "1.0",
            r#""\u00e4\/ \"{[:,]}\\""#,
            r#""\\""#,
            "\"a  b\u{a0}\u{202e}\"",
        ] {
            assert_eq!(json(text).as_deref(), Ok(text));
            assert_eq!(json(&format!("[{text},{text}]")), Ok(format!("[\n  {text},\n  {text}\n]")));
        }
        let keys = r#"{"z":1,"a":1,"z":2}"#;
        assert_eq!(json(keys).unwrap().replace(['\n', ' '], ""), keys);
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        for text in [
            "",
            " \n",
            "{",
            "[1,]",
            "{a:1}",
            "'a'",
            "nul",
            "01",
            "\"a",
            "\"\n\"",
            "1 ,2",
            "}",
            "[1]]",
            "\u{feff}1",
            "NaN",
        ] {
            let why = json(text).unwrap_err();
            assert!(why.starts_with("this is not JSON: "), "{text}: {why}");
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_an_error() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(json(&nested(DEEPEST)).is_ok());
        for text in [nested(DEEPEST + 1), nested(500_000), "{\"a\":".repeat(200_000) + "1" + &"}".repeat(200_000)] {
            assert_eq!(json(&text), Err("this JSON is nested more than 64 deep".to_owned()));
        }
        assert!(json(&"[".repeat(1_000_000)).is_err());
    }

    #[test]
    fn a_few_bytes_do_not_make_a_large_page() {
        let wide = format!("{}{}1{}", "[".repeat(DEEPEST), "1,".repeat(500_000), "]".repeat(DEEPEST));
        assert_eq!(json(&wide), Err("this JSON is too long for a page".to_owned()));
    }
}
