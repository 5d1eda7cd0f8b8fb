use std::collections::BTreeMap;

use crate::data::{Node, Table, Value};
use crate::source::{Diagnostic, Diagnostics, Span};

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

/// Whether something that went wrong fails the build or is what the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It fails the build.
    Fail,
    /// The page shows it.
    Show,
}

/// What a cell's author set, for the site, the post or the cell; the nearest wins.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// `use`: the `lib` cells put in front of it, in this order, with the place of each name.
    pub uses: Vec<(String, Span)>,
    /// `echo`: whether its code is shown.
    pub echo: Show,
    /// `output`: whether what it printed is shown.
    pub output: Show,
    /// `stderr`: whether what it wrote to standard error is shown.
    pub stderr: Show,
    /// `caption`: a sentence above it.
    pub caption: Option<String>,
    /// `max-lines`: how many lines of output stand openly.
    pub max_lines: usize,
    /// `args`: what follows its command line.
    pub args: Vec<String>,
    /// `env.NAME`: its environment variables.
    pub env: BTreeMap<String, String>,
    /// `stdin`: what it reads.
    pub stdin: String,
    /// `timeout`: the wall time of one run, ns.
    pub timeout: u64,
    /// `memory`: the address space of one process, bytes.
    pub memory: u64,
    /// `exit`: the codes that it may end with; any, if there are none.
    pub exit: Vec<i32>,
    /// `edition`: of Rust.
    pub edition: String,
    /// `reps`: how often a bench runs.
    pub reps: Option<u32>,
    /// `warmup`: how often it runs before that.
    pub warmup: Option<u32>,
    /// `on-error`: what a failure of the cell does.
    pub on_error: Trouble,
    /// `missing`: what it does that the language's tool is not on this machine.
    pub missing: Trouble,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            uses: Vec::new(),
            echo: Show::Open,
            output: Show::Open,
            stderr: Show::Open,
            caption: None,
            max_lines: 40,
            args: Vec::new(),
            env: BTreeMap::new(),
            stdin: String::new(),
            timeout: 10 * SECOND,
            memory: 8 << 30,
            exit: vec![0],
            edition: "2024".to_owned(),
            reps: None,
            warmup: None,
            on_error: Trouble::Fail,
            missing: Trouble::Fail,
        }
    }
}

/// In ns.
const SECOND: u64 = 1_000_000_000;

/// The longest `timeout`: an hour, in ns.
const LONGEST: u64 = 3600 * SECOND;

impl Options {
    /// Every key.
    pub const KEYS: [&str; 17] = [
        "use",
        "echo",
        "output",
        "stderr",
        "caption",
        "max-lines",
        "args",
        "env",
        "stdin",
        "timeout",
        "memory",
        "exit",
        "edition",
        "reps",
        "warmup",
        "on-error",
        "missing",
    ];

    /// Sets what a table sets. A key that is wrong changes nothing.
    pub fn apply(&mut self, table: &Table, diagnostics: &mut Diagnostics) {
        for entry in &table.entries {
            match self.set(&entry.key, entry.node.clone()) {
                Some(result) => drop(diagnostics.take(result)),
                None => diagnostics.push(
                    Diagnostic::error(format!("unknown option `{}`", entry.key.escape_debug()))
                        .at(entry.key_span.clone(), "not an option of a cell")
                        .suggest(&entry.key, Options::KEYS),
                ),
            }
        }
    }

    /// Sets one key; nothing if there is no such key.
    fn set(&mut self, key: &str, node: Node) -> Option<Result<(), Diagnostic>> {
        Some(match key {
            "use" => named_places(node).map(|names| self.uses = names),
            "echo" => show(node).map(|show| self.echo = show),
            "output" => show(node).map(|show| self.output = show),
            "stderr" => {
                let words = [("show", Show::Open), ("fold", Show::Folded), ("hide", Show::Hidden)];
                one_of(node, &words).map(|show| self.stderr = show)
            }
            "caption" => node.string().map(|text| self.caption = Some(text)),
            "max-lines" => count(node, 0, 100_000).map(|lines| self.max_lines = lines as usize),
            "args" => node.strings().map(|args| self.args = args),
            "env" => environment(node).map(|env| self.env.extend(env)),
            "stdin" => node.string().map(|text| self.stdin = text),
            "timeout" => duration(node).map(|time| self.timeout = time),
            "memory" => size(node).map(|bytes| self.memory = bytes),
            "exit" => exit_codes(node).map(|codes| self.exit = codes),
            "edition" => {
                let words = ["2015", "2018", "2021", "2024"].map(|edition| (edition, edition.to_owned()));
                one_of(node, &words).map(|edition| self.edition = edition)
            }
            "reps" => count(node, 1, 10_000).map(|reps| self.reps = Some(reps)),
            "warmup" => count(node, 0, 10_000).map(|runs| self.warmup = Some(runs)),
            "on-error" => trouble(node).map(|trouble| self.on_error = trouble),
            "missing" => trouble(node).map(|trouble| self.missing = trouble),
            _ => return None,
        })
    }
}

fn wrong(span: Span, why: impl Into<String>) -> Diagnostic {
    Diagnostic::error("this value cannot be used").at(span, why)
}

fn one_of<T: Clone>(node: Node, words: &[(&str, T)]) -> Result<T, Diagnostic> {
    let span = node.span.clone();
    let text = node.string()?;
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| value.clone()).ok_or_else(|| {
        let known: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        wrong(span, format!("should be one of {}", known.join(", ")))
            .suggest(&text, words.iter().map(|(word, _)| *word))
    })
}

fn show(node: Node) -> Result<Show, Diagnostic> {
    match node.value {
        Value::Boolean(true) => Ok(Show::Open),
        Value::Boolean(false) => Ok(Show::Hidden),
        Value::String(text) if text == "fold" => Ok(Show::Folded),
        _ => Err(wrong(node.span, "should be `true`, `false` or `\"fold\"`")),
    }
}

fn trouble(node: Node) -> Result<Trouble, Diagnostic> {
    one_of(node, &[("fail", Trouble::Fail), ("show", Trouble::Show)])
}

fn count(node: Node, least: u32, most: u32) -> Result<u32, Diagnostic> {
    let span = node.span.clone();
    let number = node.integer()?;
    u32::try_from(number)
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| wrong(span, format!("should be between {least} and {most}")))
}

fn named_places(node: Node) -> Result<Vec<(String, Span)>, Diagnostic> {
    match node.value {
        Value::List(nodes) => nodes
            .into_iter()
            .map(|node| {
                let span = node.span.clone();
                node.string().map(|name| (name, span))
            })
            .collect(),
        _ => {
            let span = node.span.clone();
            node.string().map(|name| vec![(name, span)])
        }
    }
}

fn environment(node: Node) -> Result<BTreeMap<String, String>, Diagnostic> {
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
    let text = node.string()?;
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: Option<f64> = text[..unit_at].parse().ok();
    let unit = units.iter().find(|(name, _)| *name == text[unit_at..].trim());
    match (number, unit) {
        (Some(number), Some((_, factor))) => Ok(number * factor),
        _ => {
            let names: Vec<String> = units.iter().map(|(name, _)| format!("`{name}`")).collect();
            Err(wrong(span, format!("should be a number with one of the units {}", names.join(", ")))
                .help(format!("write it like `\"{example}\"`")))
        }
    }
}

fn duration(node: Node) -> Result<u64, Diagnostic> {
    let span = node.span.clone();
    let units = [("ms", 1e6), ("s", 1e9), ("min", 60e9)];
    let time = quantity(node, &units, "10s")? as u64;
    if (1_000_000..=LONGEST).contains(&time) { Ok(time) } else { Err(wrong(span, "should be between 1 ms and 1 hour")) }
}

fn size(node: Node) -> Result<u64, Diagnostic> {
    let span = node.span.clone();
    let units = [("KiB", 1024.0), ("MiB", 1_048_576.0), ("GiB", 1_073_741_824.0)];
    let bytes = quantity(node, &units, "512MiB")? as u64;
    if bytes >= 16 << 20 { Ok(bytes) } else { Err(wrong(span, "should be at least 16 MiB: less holds no program")) }
}

fn exit_codes(node: Node) -> Result<Vec<i32>, Diagnostic> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::read_toml;
    use crate::source::{SitePath, Source};

    fn read(text: &str) -> (Options, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let mut options = Options::default();
        let source = Source::new(SitePath::new("a.md").unwrap(), text);
        options.apply(&read_toml(&source.span(0..text.len())).unwrap(), &mut diagnostics);
        (options, diagnostics.iter().map(ToString::to_string).collect())
    }

    /// Every key with a value that is not its default.
    const ALL: &str = "use = ['setup']\necho = 'fold'\noutput = false\nstderr = 'hide'\ncaption = 'C'\nmax-lines = 3\n\
        args = ['-n', '4']\nenv.RUST_LOG = 'info'\nenv.N = 4\nstdin = 'in'\ntimeout = '1.5s'\nmemory = '512 MiB'\nexit = [1, 2]\n\
        edition = '2021'\nreps = 7\nwarmup = 0\non-error = 'show'\nmissing = 'show'\n";

    #[test]
    fn every_key_is_read() {
        let (options, wrong) = read(ALL);
        assert_eq!(wrong, [""; 0]);
        let Options {
            uses,
            echo,
            output,
            stderr,
            caption,
            max_lines,
            args,
            env,
            stdin,
            timeout,
            memory,
            exit,
            edition,
            reps,
            warmup,
            on_error,
            missing,
        } = options;
        assert_eq!((uses[0].0.as_str(), echo, output, stderr), ("setup", Show::Folded, Show::Hidden, Show::Hidden));
        assert_eq!(
            (caption.as_deref(), max_lines, args.len(), env["N"].as_str(), stdin.as_str()),
            (Some("C"), 3, 2, "4", "in")
        );
        assert_eq!((timeout, memory, exit, edition.as_str()), (1_500_000_000, 512 << 20, vec![1, 2], "2021"));
        assert_eq!((reps, warmup, on_error, missing), (Some(7), Some(0), Trouble::Show, Trouble::Show));
        for key in Options::KEYS {
            assert!(ALL.contains(key), "{key} is not tried here");
        }
    }

    #[test]
    fn every_key_refuses_a_value_of_the_wrong_kind_at_its_place() {
        for key in Options::KEYS {
            let (options, wrong) = read(&format!("{key} = 1979-05-27\n"));
            assert_eq!((options, wrong.len()), (Options::default(), 1), "{key}");
            assert!(wrong[0].starts_with(&format!("a.md:1:{}: error:", key.len() + 4)), "{wrong:?}");
        }
    }

    #[test]
    fn values_out_of_their_range_are_refused() {
        for text in [
            "timeout = '10'",
            "timeout = '0s'",
            "timeout = '2h'",
            "timeout = 'ten s'",
            "memory = '1KiB'",
            "memory = '5MB'",
            "exit = 256",
            "exit = []",
            "exit = 'some'",
            "reps = -1",
            "reps = 0",
            "warmup = 10001",
            "echo = 'folded'",
            "edition = '2022'",
            "on-error = 'hide'",
            "env.A = 'x\\u0000'",
            "env.'A=B' = 'x'",
        ] {
            assert_eq!(read(&text.replace('\'', "\"")).1.len(), 1, "{text}");
        }
    }

    #[test]
    fn an_unknown_key_is_an_error_with_a_suggestion() {
        assert_eq!(read("time-out = '2s'").1, ["a.md:1:1: error: unknown option `time-out`"]);
    }
}
