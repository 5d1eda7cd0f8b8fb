//! What cells say besides printing: the lines that they append to the file that `$CELL_EMIT` names, by the module `cell` or
//! by themselves.

use serde::Deserialize;

/// Something that a cell said.
#[derive(Debug, Clone, PartialEq)]
pub enum Emission {
    /// `{"measure":[1520.5]}`: samples that it took itself, ns each.
    Measure(Vec<f64>),
    /// `{"value":{"name":"hits","number":3}}`: a number with a name.
    Value {
        /// Its name: a letter, then letters, digits, `_` and `-`.
        name: String,
        /// The number, which is finite.
        number: f64,
    },
    /// `{"span":{"name":"sort","thread":4711,"start":100,"end":200}}`: what a program did for a while. One that ended on
    /// another thread than it began has the number of that too: `"to":4712`.
    Span {
        /// What it did, in a few words.
        name: String,
        /// The kernel's number of the thread on which it began, as in `/proc/PID/task/`.
        thread: u64,
        /// That of the thread on which it ended.
        to: u64,
        /// When it began, by `CLOCK_MONOTONIC`, ns.
        start: u64,
        /// When it ended, ns; not before it began.
        end: u64,
    },
    /// `{"show":{"type":"image/svg+xml","data":"<svg…"}}`, or with `base64` instead of `data`: a rich output.
    Show {
        /// Its media type.
        mime: String,
        /// Its content.
        data: Vec<u8>,
    },
}

/// A line that says nothing that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misunderstood {
    /// Its number, from 1.
    pub line: usize,
    /// Its text, the beginning of it if it is long.
    pub text: String,
    /// What is wrong with it, in a phrase.
    pub why: String,
}

/// How much of a line is quoted, in characters.
const QUOTED: usize = 100;

/// The longest name of a span, in characters: longer ones have no room in a picture.
const LABEL: usize = 60;

impl Emission {
    /// What a cell said, in order; lines that are empty say nothing. How much it may say is for the caller to check.
    pub fn read_all(bytes: &[u8]) -> impl Iterator<Item = Result<Emission, Misunderstood>> {
        let lines = bytes.split(|byte| *byte == b'\n').enumerate();
        lines.filter(|(_, line)| !line.trim_ascii().is_empty()).map(|(index, line)| {
            Emission::read(line).map_err(|why| Misunderstood {
                line: index + 1,
                text: String::from_utf8_lossy(line).chars().take(QUOTED).collect(),
                why,
            })
        })
    }

    fn read(line: &[u8]) -> Result<Emission, String> {
        let raw: Raw = serde_json::from_slice(line).map_err(|error| said(&error))?;
        Ok(match raw {
            Raw::Measure(samples) if samples.is_empty() => return Err("there is no sample".to_owned()),
            Raw::Measure(samples) if samples.iter().any(|ns| *ns < 0.0) => {
                return Err("a sample is negative".to_owned());
            }
            Raw::Measure(samples) => Emission::Measure(samples),
            Raw::Value { name, number } => {
                let number = number.ok_or("the number is not finite")?;
                Emission::Value { name: checked(name)?, number }
            }
            Raw::Span { start, end, .. } if end < start => return Err("it ends before it begins".to_owned()),
            Raw::Span { name, thread, to, start, end } => {
                Emission::Span { name: label(name)?, thread, to: to.unwrap_or(thread), start, end }
            }
            Raw::Show { mime, data, base64 } => {
                let data = match (data, base64) {
                    (Some(text), None) => text.into_bytes(),
                    (None, Some(text)) => decoded(&text).ok_or("`base64` is no base64")?,
                    _ => return Err("there should be either `data` or `base64`".to_owned()),
                };
                Emission::Show { mime: media_type(mime)?, data }
            }
        })
    }
}

/// A line as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Raw {
    Measure(Vec<f64>),
    Value {
        name: String,
        number: Option<f64>,
    },
    Span {
        name: String,
        thread: u64,
        to: Option<u64>,
        start: u64,
        end: u64,
    },
    Show {
        #[serde(rename = "type")]
        mime: String,
        data: Option<String>,
        base64: Option<String>,
    },
}

/// What the reader of JSON says, without the line that it believes to be the only one.
fn said(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split_once(" at line ").map_or(text.as_str(), |(what, _)| what).to_owned()
}

fn checked(name: String) -> Result<String, String> {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(inner) {
        return Ok(name);
    }
    Err("a name is made of letters, digits, `_` and `-`, and begins with a letter".to_owned())
}

/// A few words in a line.
fn label(name: String) -> Result<String, String> {
    if name.trim().is_empty() || name.chars().count() > LABEL || name.contains(char::is_control) {
        return Err(format!("the name of a span is a line of up to {LABEL} characters"));
    }
    Ok(name)
}

/// A type and a subtype, whose characters are those of RFC 6838, section 4.2.
fn media_type(text: String) -> Result<String, String> {
    let inner = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c);
    let is_name = |name: &str| name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(inner);
    match text.split_once('/') {
        Some((kind, subtype)) if is_name(kind) && is_name(subtype) => Ok(text),
        _ => Err("`type` is no media type such as `image/svg+xml`".to_owned()),
    }
}

/// The bytes of some base64 (RFC 4648, section 4), with its padding; nothing if it is none.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits = 0_u32;
    for (at, digit) in digits.bytes().enumerate() {
        bits = bits << 6 | value_of(digit)?;
        // Of four digits, all but the first complete a byte.
        if at % 4 > 0 {
            bytes.push((bits >> (6 - 2 * (at % 4))) as u8);
        }
    }
    Some(bytes)
}

fn value_of(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<Emission, Misunderstood>> {
        Emission::read_all(text.as_bytes()).collect()
    }

    #[test]
    fn what_is_said_is_understood() {
        let text = "{\"measure\":[1.5,2e3]}\n\n {\"value\": {\"number\": 3, \"name\": \"max-rss_2\"}}\r\n\
            {\"span\":{\"name\":\"a\",\"thread\":7,\"start\":100,\"end\":200}}\n\
            {\"span\":{\"name\":\"fetch 1\",\"thread\":7,\"to\":8,\"start\":100,\"end\":200}}\n\
            {\"show\":{\"type\":\"image/svg+xml\",\"data\":\"<svg>\\u001f\"}}\n\
            {\"show\":{\"type\":\"image/png\",\"base64\":\"/wECAw==\"}}";
        let show = |mime: &str, data: &[u8]| Emission::Show { mime: mime.to_owned(), data: data.to_vec() };
        let expected = [
            Emission::Measure(vec![1.5, 2000.0]),
            Emission::Value { name: "max-rss_2".to_owned(), number: 3.0 },
            Emission::Span { name: "a".to_owned(), thread: 7, to: 7, start: 100, end: 200 },
            Emission::Span { name: "fetch 1".to_owned(), thread: 7, to: 8, start: 100, end: 200 },
            show("image/svg+xml", b"<svg>\x1f"),
            show("image/png", &[255, 1, 2, 3]),
        ];
        assert_eq!(read(text), expected.map(Ok));
    }

    #[test]
    fn what_is_not_understood_is_said_with_its_line() {
        for (line, why) in [
            ("hits: 3", "expected value"),
            ("{}", "expected value"),
            ("{\"valeu\":{}}", "unknown variant `valeu`, expected one of `measure`, `value`, `span`, `show`"),
            ("{\"value\":{\"name\":\"a\",\"number\":null}}", "the number is not finite"),
            ("{\"value\":{\"name\":\"a\",\"number\":1e999}}", "number out of range"),
            (
                "{\"value\":{\"name\":\"2a\",\"number\":1}}",
                "a name is made of letters, digits, `_` and `-`, and begins with a letter",
            ),
            ("{\"value\":{\"name\":\"a\"}}", "the number is not finite"),
            (
                "{\"value\":{\"name\":\"a\",\"number\":1,\"unit\":\"s\"}}",
                "unknown field `unit`, expected `name` or `number`",
            ),
            ("{\"measure\":[]}", "there is no sample"),
            ("{\"measure\":[-1]}", "a sample is negative"),
            ("{\"span\":{\"name\":\"a\",\"thread\":1,\"start\":2,\"end\":1}}", "it ends before it begins"),
            (
                "{\"span\":{\"name\":\" \",\"thread\":1,\"start\":1,\"end\":1}}",
                "the name of a span is a line of up to 60 characters",
            ),
            ("{\"show\":{\"type\":\"a/b\"}}", "there should be either `data` or `base64`"),
            ("{\"show\":{\"type\":\"svg\",\"data\":\"\"}}", "`type` is no media type such as `image/svg+xml`"),
            ("{\"show\":{\"type\":\"a/b\",\"base64\":\"A\"}}", "`base64` is no base64"),
        ] {
            let wrong = Misunderstood { line: 2, text: line.to_owned(), why: why.to_owned() };
            assert_eq!(read(&format!("\n{line}\n")), [Err(wrong)]);
        }
        assert_eq!(Emission::read_all(b"\xff").next().unwrap().unwrap_err().text, "\u{fffd}");
        assert_eq!(read(&"x".repeat(1000))[0].as_ref().unwrap_err().text.len(), QUOTED);
    }

    #[test]
    fn base64_of_every_length_is_decoded() {
        for (text, bytes) in [("", &b""[..]), ("TQ==", b"M"), ("TWE=", b"Ma"), ("TWFu", b"Man"), ("TWFuTQ==", b"ManM")]
        {
            assert_eq!(decoded(text).as_deref(), Some(bytes), "{text}");
        }
        for text in ["T", "TQ", "T===", "TQ=", "T*==", "=TQ=", "TQ==TQ=="] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
