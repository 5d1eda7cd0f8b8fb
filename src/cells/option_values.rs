//! The kinds of values that options have.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use regex::Regex;

use crate::data::{Node, Value};
use crate::source::{Code, Diagnostic, Span};

/// How a part of a cell is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Openly.
    Open,
    /// Behind a summary that the reader opens.
    Folded,
    /// Not at all.
    Hidden,
}

/// How what a cell printed is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// As text.
    Text(Show),
    /// It is HTML.
    Html,
    /// It is a picture.
    Svg,
    /// It is JSON.
    Json,
    /// It is a table.
    Csv,
}

/// Whether something that went wrong fails the build or is what the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It fails the build.
    Fail,
    /// The page shows it.
    Show,
}

/// What is compared of cells that are measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Metric {
    /// Elapsed time.
    Wall,
    /// Time of the processor.
    Cpu,
    /// A number that the cell tells.
    Value(String),
}

/// As an author writes it.
impl std::fmt::Display for Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Metric::Wall => "wall",
            Metric::Cpu => "cpu",
            Metric::Value(name) => name,
        })
    }
}

/// The longest `timeout`: an hour, in ns.
const LONGEST: u64 = 3600 * 1_000_000_000;

/// The most cases that a sweep may have: more are no chart that anybody reads, and hours of measuring.
const MOST_CASES: usize = 64;

pub(super) fn wrong(span: Span, why: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::UnusableValue, "this value cannot be used").at(span, why)
}

pub(super) fn one_of<T: Clone>(node: Node, words: &[(&str, T)]) -> Result<T, Diagnostic> {
    let span = node.span.clone();
    let text = node.string()?;
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| value.clone()).ok_or_else(|| {
        let known: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        wrong(span, format!("should be one of {}", known.join(", ")))
            .suggest(&text, words.iter().map(|(word, _)| *word))
    })
}

pub(super) fn show(node: Node) -> Result<Show, Diagnostic> {
    match node.value {
        Value::Boolean(true) => Ok(Show::Open),
        Value::Boolean(false) => Ok(Show::Hidden),
        Value::String(text) if text == "fold" => Ok(Show::Folded),
        _ => Err(wrong(node.span, "should be `true`, `false` or `\"fold\"`")),
    }
}

pub(super) fn trouble(node: Node) -> Result<Trouble, Diagnostic> {
    one_of(node, &[("fail", Trouble::Fail), ("show", Trouble::Show)])
}

pub(super) fn count(node: Node, least: u32, most: u32) -> Result<u32, Diagnostic> {
    let span = node.span.clone();
    let number = node.integer()?;
    u32::try_from(number)
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| wrong(span, format!("should be between {least} and {most}")))
}

/// One string, or several in a list, each with its place.
pub(super) fn texts(node: Node) -> Result<Vec<(String, Span)>, Diagnostic> {
    match node.value {
        Value::List(nodes) => nodes.into_iter().map(text).collect(),
        _ => text(node).map(|text| vec![text]),
    }
}

pub(super) fn environment(node: Node) -> Result<BTreeMap<String, String>, Diagnostic> {
    let mut env = BTreeMap::new();
    for entry in node.table()?.entries {
        if entry.key.is_empty() || entry.key.contains(['=', '\0']) {
            return Err(wrong(entry.key_span, "cannot name an environment variable"));
        }
        let span = entry.node.span.clone();
        let text = match entry.node.value {
            Value::String(text) if text.contains('\0') => return Err(wrong(span, "holds a NUL character")),
            Value::String(text) => text,
            Value::Integer(number) => number.to_string(),
            _ => return Err(wrong(span, "should be a string or a whole number")),
        };
        env.insert(entry.key, text);
    }
    Ok(env)
}

/// A number with a unit, such as `10s` or `1.5 GiB`.
fn quantity(node: Node, units: &[(&str, f64)], example: &str) -> Result<f64, Diagnostic> {
    let span = node.span.clone();
    let help = format!("write it like `\"{example}\"`");
    let text = node.string().map_err(|error| error.help(&help))?;
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: Option<f64> = text[..unit_at].parse().ok();
    let unit = units.iter().find(|(name, _)| *name == text[unit_at..].trim());
    match (number, unit) {
        (Some(number), Some((_, factor))) => Ok(number * factor),
        _ => {
            let names: Vec<String> = units.iter().map(|(name, _)| format!("`{name}`")).collect();
            Err(wrong(span, format!("should be a number with one of the units {}", names.join(", "))).help(help))
        }
    }
}

pub(super) fn duration(node: Node) -> Result<u64, Diagnostic> {
    let span = node.span.clone();
    let units = [("ms", 1e6), ("s", 1e9), ("min", 60e9)];
    let time = quantity(node, &units, "10s")? as u64;
    if (1_000_000..=LONGEST).contains(&time) { Ok(time) } else { Err(wrong(span, "should be between 1 ms and 1 hour")) }
}

pub(super) fn size(node: Node) -> Result<u64, Diagnostic> {
    let span = node.span.clone();
    let units = [("KiB", 1024.0), ("MiB", 1_048_576.0), ("GiB", 1_073_741_824.0)];
    let bytes = quantity(node, &units, "512MiB")? as u64;
    if bytes >= 16 << 20 { Ok(bytes) } else { Err(wrong(span, "should be at least 16 MiB: less holds no program")) }
}

pub(super) fn exit_codes(node: Node) -> Result<Vec<i32>, Diagnostic> {
    let why = "should be a code from 0 to 255, a list of them, or `\"any\"`";
    let code = |node: Node| match node.value {
        Value::Integer(code @ 0..=255) => Ok(code as i32),
        _ => Err(wrong(node.span, why)),
    };
    match node.value {
        Value::String(text) if text == "any" => Ok(Vec::new()),
        Value::List(nodes) if !nodes.is_empty() => nodes.into_iter().map(code).collect(),
        _ => code(node).map(|code| vec![code]),
    }
}

/// Whether and how what a cell printed is shown.
pub(super) fn output(node: Node) -> Result<Output, Diagnostic> {
    match &node.value {
        Value::String(text) if text != "fold" => {
            let words = [("html", Output::Html), ("svg", Output::Svg), ("json", Output::Json), ("csv", Output::Csv)];
            let words = [words.as_slice(), &[("fold", Output::Text(Show::Folded))]].concat();
            one_of(node, &words)
        }
        Value::String(_) | Value::Boolean(_) => show(node).map(Output::Text),
        _ => Err(wrong(
            node.span,
            "should be `true`, `false`, or one of `\"fold\"`, `\"html\"`, `\"svg\"`, `\"json\"`, `\"csv\"`",
        )),
    }
}

/// A string with its place.
pub(super) fn text(node: Node) -> Result<(String, Span), Diagnostic> {
    let span = node.span.clone();
    node.string().map(|text| (text, span))
}

/// Words of a command line.
pub(super) fn words(node: Node) -> Result<Vec<String>, Diagnostic> {
    let span = node.span.clone();
    let words = node.strings()?;
    if words.iter().any(|word| word.contains('\0')) { Err(wrong(span, "holds a NUL character")) } else { Ok(words) }
}

/// A table, which is read later.
pub(super) fn table(node: Node) -> Result<Node, Diagnostic> {
    match node.value {
        Value::Table(_) => Ok(node),
        _ => Err(wrong(node.span, "should be a table, such as `deps.NAME = \"1\"`")),
    }
}

/// A name such as that of a group.
pub(super) fn name(node: Node) -> Result<String, Diagnostic> {
    let (text, span) = text(node)?;
    if is_name(&text) {
        Ok(text)
    } else {
        Err(wrong(span, "should be made of a-z, 0-9 and `-`, and begin with a letter"))
    }
}

fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(inner)
}

/// What is compared: `wall`, `cpu`, or the name of a number that the cell tells.
pub(super) fn metric(node: Node) -> Result<Metric, Diagnostic> {
    let (text, span) = text(node)?;
    match text.as_str() {
        "wall" => Ok(Metric::Wall),
        "cpu" => Ok(Metric::Cpu),
        "" => Err(wrong(span, "should be `wall`, `cpu` or the name of a number that the cell tells")),
        _ => Ok(Metric::Value(text)),
    }
}

/// Lines such as `3-5,8`.
pub(super) fn line_ranges(node: Node) -> Result<Vec<RangeInclusive<usize>>, Diagnostic> {
    let (text, span) = match node.number_as_written() {
        Some(number) => (number, node.span),
        None => text(node)?,
    };
    super::line_ranges::line_ranges(&text).map_err(|why| wrong(span, why))
}

/// Regular expressions.
pub(super) fn patterns(node: Node) -> Result<Vec<String>, Diagnostic> {
    texts(node)?
        .into_iter()
        .map(|(text, span)| match Regex::new(&text) {
            Ok(_) => Ok(text),
            Err(error) => {
                let why = error.to_string();
                let last = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
                Err(wrong(span, format!("is no regular expression: {last}")))
            }
        })
        .collect()
}

/// A share such as `"20%"`, as 0.2.
pub(super) fn share(node: Node) -> Result<f64, Diagnostic> {
    let span = node.span.clone();
    let percent = quantity(node, &[("%", 1.0)], "20%")?;
    if percent <= 100.0 { Ok(percent / 100.0) } else { Err(wrong(span, "should be between 0 % and 100 %")) }
}

/// A positive number, whole or not.
pub(super) fn positive(node: Node) -> Result<f64, Diagnostic> {
    let number = match node.value {
        Value::Integer(number) => number as f64,
        Value::Float(number) => number,
        _ => return Err(wrong(node.span, "should be a number")),
    };
    if number.is_finite() && number > 0.0 { Ok(number) } else { Err(wrong(node.span, "should be more than 0")) }
}

/// The names and values of a sweep.
pub(super) fn sweep(node: Node) -> Result<Vec<(String, Vec<String>)>, Diagnostic> {
    let whole = node.span.clone();
    let mut sweep: Vec<(String, Vec<String>)> = Vec::new();
    for entry in node.table()?.entries {
        if !is_name(&entry.key.replace('_', "-")) {
            let why = "names of values are made of a-z, 0-9, `-` and `_`, and begin with a letter";
            return Err(wrong(entry.key_span, why));
        }
        if sweep.iter().any(|(name, _)| name.replace('_', "-") == entry.key.replace('_', "-")) {
            return Err(wrong(entry.key_span, "arrives in the same variable as another one"));
        }
        if ["emit", "padding"].contains(&&*entry.key) {
            return Err(wrong(entry.key_span, "arrives in a variable that is used already"));
        }
        sweep.push((entry.key, sweep_values(entry.node)?));
    }
    let cases: usize = sweep.iter().map(|(_, values)| values.len()).fold(1, usize::saturating_mul);
    if cases > MOST_CASES {
        let why = format!("these are {cases} cases, and a sweep may have {MOST_CASES}");
        return Err(wrong(whole, why).help("leave out values, or measure fewer combinations of them"));
    }
    Ok(sweep)
}

/// Whether keys such as `spin[kind=a]` can name it.
fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control() || ",=[]".contains(c))
}

fn sweep_values(node: Node) -> Result<Vec<String>, Diagnostic> {
    let why = "should be a list of numbers or strings";
    let Value::List(nodes) = node.value else { return Err(wrong(node.span, why)) };
    if nodes.is_empty() {
        return Err(wrong(node.span, "holds no value"));
    }
    let mut values: Vec<String> = Vec::new();
    for node in nodes {
        let value = match node.value {
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::String(text) if is_word(&text) => text,
            Value::String(_) => return Err(wrong(node.span, "should be a word without any of `,=[]`")),
            _ => return Err(wrong(node.span, why)),
        };
        if values.contains(&value) {
            return Err(wrong(node.span, "stands here twice"));
        }
        values.push(value);
    }
    Ok(values)
}
