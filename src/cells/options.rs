use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::option_values as values;
use super::{Metric, Net, Output, Show, Trouble};
use crate::data::{Entry, Node, Table};
use crate::source::{Code, Diagnostic, Diagnostics, Span};

/// What a cell's author set, for the site, the post or the cell; the nearest wins.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Options {
    /// `use`: the `lib` cells put in front of it, in this order, with the place of each name.
    pub uses: Vec<(String, Span)>,
    /// `group`: cells of the same group are measured interleaved, and compared.
    pub group: Option<String>,
    /// `baseline`: whether the others of its group are compared with it. Else that is the group's first cell.
    pub baseline: bool,
    /// `label`: what it is called in comparisons and charts.
    pub label: Option<String>,
    /// `caption`: a sentence above it.
    pub caption: Option<String>,
    /// `file`: the file beside the post that holds its code, and where that is said.
    pub file: Option<(String, Span)>,
    /// `anchor`: the marked part of that file that is shown.
    pub anchor: Option<(String, Span)>,
    /// `echo`: whether its code is shown.
    pub echo: Show,
    /// `output`: whether and as what its output is shown.
    pub output: Output,
    /// `stderr`: whether what it wrote to standard error is shown.
    pub stderr: Show,
    /// `stderr = "merge"`: whether that goes where its output goes, in the order in which it is written.
    pub merge: bool,
    /// `max-lines`: how many lines of output stand openly.
    pub max_lines: usize,
    /// `hl`: the lines of its code that are marked, from 1.
    pub highlighted: Vec<RangeInclusive<usize>>,
    /// `chart`: whether a sweep or a comparison has a chart.
    pub chart: bool,
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
    /// `net`: what it reaches of the network; if nobody says, only itself, where the machine can do that.
    pub net: Option<Net>,
    /// `exit`: the codes that it may end with; any, if there are none.
    pub exit: Vec<i32>,
    /// `deps.NAME`: the packages that it needs, as they were set, the nearest last.
    pub deps: Vec<Node>,
    /// `profile = "release"`: whether it is compiled with optimisation.
    pub release: bool,
    /// `edition`: of Rust.
    pub edition: String,
    /// `features`: what `cfg(feature = "…")` finds.
    pub features: Vec<String>,
    /// `rustflags`: further words of the compiler's command line.
    pub rustflags: Vec<String>,
    /// `reps`: how often a bench runs.
    pub reps: Option<u32>,
    /// `warmup`: how often it runs before that.
    pub warmup: Option<u32>,
    /// `min-time`: the least wall time of all runs of a bench, ns.
    pub min_time: u64,
    /// `max-time`: the wall time of all runs after which there is no other, ns.
    pub max_time: Option<u64>,
    /// `sweep.NAME`: values that it is run with, one case for each combination.
    pub sweep: Vec<(String, Vec<String>)>,
    /// `metric`: what is compared.
    pub metric: Metric,
    /// `per`: by what its times are divided: the operations of one run.
    pub per: f64,
    /// `timeline`: whether an extra run shows what its threads do.
    pub timeline: bool,
    /// `trials`: how often it runs to see how differently it ends.
    pub trials: Option<u32>,
    /// `expect`: what it prints, with elisions, and where that is said.
    pub expect: Option<(String, Span)>,
    /// `assert`: what must be true of what was measured.
    pub assert: Vec<(String, Span)>,
    /// `tolerance`: how far numbers in prose may be from what was measured, as a share.
    pub tolerance: f64,
    /// `redact`: regular expressions; where they match, outputs do not differ.
    pub redact: Vec<String>,
    /// `inputs`: files beside the post that it reads.
    pub inputs: Vec<(String, Span)>,
    /// `env-inputs`: the author's own environment variables that it gets.
    pub env_inputs: Vec<String>,
    /// `on-error`: what a failure of the cell does.
    pub on_error: Trouble,
    /// `missing`: what it does that the language's tool is not on this machine.
    pub missing: Trouble,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            uses: Vec::new(),
            group: None,
            baseline: false,
            label: None,
            caption: None,
            file: None,
            anchor: None,
            echo: Show::Open,
            output: Output::Text(Show::Open),
            stderr: Show::Open,
            merge: false,
            max_lines: 40,
            highlighted: Vec::new(),
            chart: true,
            args: Vec::new(),
            env: BTreeMap::new(),
            stdin: String::new(),
            timeout: 10 * SECOND,
            memory: 8 << 30,
            net: None,
            exit: vec![0],
            deps: Vec::new(),
            release: true,
            edition: "2024".to_owned(),
            features: Vec::new(),
            rustflags: Vec::new(),
            reps: None,
            warmup: None,
            min_time: 0,
            max_time: None,
            sweep: Vec::new(),
            metric: Metric::Wall,
            per: 1.0,
            timeline: false,
            trials: None,
            expect: None,
            assert: Vec::new(),
            tolerance: 0.2,
            redact: Vec::new(),
            inputs: Vec::new(),
            env_inputs: Vec::new(),
            on_error: Trouble::Fail,
            missing: Trouble::Fail,
        }
    }
}

/// In ns.
const SECOND: u64 = 1_000_000_000;

impl Options {
    /// Every key.
    pub const KEYS: [&str; 42] = [
        "use",
        "group",
        "baseline",
        "label",
        "caption",
        "file",
        "anchor",
        "echo",
        "output",
        "stderr",
        "max-lines",
        "hl",
        "chart",
        "args",
        "env",
        "stdin",
        "timeout",
        "memory",
        "net",
        "exit",
        "deps",
        "profile",
        "edition",
        "features",
        "rustflags",
        "reps",
        "warmup",
        "min-time",
        "max-time",
        "sweep",
        "metric",
        "per",
        "timeline",
        "trials",
        "expect",
        "assert",
        "tolerance",
        "redact",
        "inputs",
        "env-inputs",
        "on-error",
        "missing",
    ];

    /// Sets what a table sets. A key that is wrong changes nothing.
    pub fn apply(&mut self, table: &Table, diagnostics: &mut Diagnostics) {
        for entry in &table.entries {
            match self.set(&entry.key, &entry.node) {
                Some(result) => drop(diagnostics.take(result)),
                None => diagnostics.push(unknown(entry)),
            }
        }
    }

    /// Says what is wrong with the table `cells` of the site or of a post.
    pub fn check_inherited(table: &Table, diagnostics: &mut Diagnostics) {
        for entry in &table.entries {
            match Options::default().set(&entry.key, &entry.node) {
                Some(result) => drop(diagnostics.take(result)),
                None => diagnostics.push(
                    unknown(entry).note("all that stands below `cells` is meant for cells; other keys belong above it"),
                ),
            }
        }
    }

    /// Sets one key; nothing if there is no such key.
    fn set(&mut self, key: &str, node: &Node) -> Option<Result<(), Diagnostic>> {
        let set = self.set_structure(key, node);
        let set = set.or_else(|| self.set_showing(key, node)).or_else(|| self.set_process(key, node));
        set.or_else(|| self.set_measuring(key, node)).or_else(|| self.set_claims(key, node))
    }

    /// What a cell is made of, and what is not its own.
    fn set_structure(&mut self, key: &str, node: &Node) -> Option<Result<(), Diagnostic>> {
        let node = node.clone();
        Some(match key {
            "use" => values::texts(node).map(|names| self.uses = names),
            "group" => values::name(node).map(|name| self.group = Some(name)),
            "baseline" => node.boolean().map(|is| self.baseline = is),
            "label" => node.string().map(|text| self.label = Some(text)),
            "caption" => node.string().map(|text| self.caption = Some(text)),
            "file" => values::text(node).map(|file| self.file = Some(file)),
            "anchor" => values::text(node).map(|anchor| self.anchor = Some(anchor)),
            "inputs" => values::texts(node).map(|files| self.inputs = files),
            "env-inputs" => node.strings().map(|names| self.env_inputs = names),
            _ => return None,
        })
    }

    fn set_showing(&mut self, key: &str, node: &Node) -> Option<Result<(), Diagnostic>> {
        let node = node.clone();
        Some(match key {
            "echo" => values::show(node).map(|show| self.echo = show),
            "output" => values::output(node).map(|output| self.output = output),
            "stderr" => {
                let words = [
                    ("show", (Show::Open, false)),
                    ("merge", (Show::Open, true)),
                    ("fold", (Show::Folded, false)),
                    ("hide", (Show::Hidden, false)),
                ];
                values::one_of(node, &words).map(|(show, merge)| (self.stderr, self.merge) = (show, merge))
            }
            "max-lines" => values::count(node, 0, 100_000).map(|lines| self.max_lines = lines as usize),
            "hl" => values::line_ranges(node).map(|lines| self.highlighted = lines),
            "chart" => node.boolean().map(|chart| self.chart = chart),
            "on-error" => values::trouble(node).map(|trouble| self.on_error = trouble),
            "missing" => values::trouble(node).map(|trouble| self.missing = trouble),
            _ => return None,
        })
    }

    /// How it is compiled and run.
    fn set_process(&mut self, key: &str, node: &Node) -> Option<Result<(), Diagnostic>> {
        let node = node.clone();
        Some(match key {
            "args" => values::words(node).map(|args| self.args = args),
            "env" => values::environment(node).map(|env| self.env.extend(env)),
            "stdin" => node.string().map(|text| self.stdin = text),
            "timeout" => values::duration(node).map(|time| self.timeout = time),
            "memory" => values::size(node).map(|bytes| self.memory = bytes),
            "net" => {
                let words = [("none", Net::None), ("loopback", Net::Loopback), ("host", Net::Host)];
                values::one_of(node, &words).map(|net| self.net = Some(net))
            }
            "exit" => values::exit_codes(node).map(|codes| self.exit = codes),
            "deps" => values::table(node).map(|node| self.deps.push(node)),
            "profile" => {
                values::one_of(node, &[("release", true), ("debug", false)]).map(|release| self.release = release)
            }
            "edition" => {
                let words = ["2015", "2018", "2021", "2024"].map(|edition| (edition, edition.to_owned()));
                values::one_of(node, &words).map(|edition| self.edition = edition)
            }
            "features" => values::words(node).map(|features| self.features = features),
            "rustflags" => values::words(node).map(|flags| self.rustflags = flags),
            _ => return None,
        })
    }

    fn set_measuring(&mut self, key: &str, node: &Node) -> Option<Result<(), Diagnostic>> {
        let node = node.clone();
        Some(match key {
            "reps" => values::count(node, 1, 10_000).map(|reps| self.reps = Some(reps)),
            "warmup" => values::count(node, 0, 10_000).map(|runs| self.warmup = Some(runs)),
            "min-time" => values::duration(node).map(|time| self.min_time = time),
            "max-time" => values::duration(node).map(|time| self.max_time = Some(time)),
            "sweep" => values::sweep(node).map(|sweep| self.sweep = sweep),
            "metric" => values::metric(node).map(|metric| self.metric = metric),
            "per" => values::positive(node).map(|per| self.per = per),
            "timeline" => node.boolean().map(|timeline| self.timeline = timeline),
            "trials" => values::count(node, 1, 100_000).map(|trials| self.trials = Some(trials)),
            _ => return None,
        })
    }

    fn set_claims(&mut self, key: &str, node: &Node) -> Option<Result<(), Diagnostic>> {
        let node = node.clone();
        Some(match key {
            "expect" => values::text(node).map(|text| self.expect = Some(text)),
            "assert" => values::texts(node).map(|claims| self.assert = claims),
            "tolerance" => values::share(node).map(|share| self.tolerance = share),
            "redact" => values::patterns(node).map(|patterns| self.redact = patterns),
            _ => return None,
        })
    }
}

fn unknown(entry: &Entry) -> Diagnostic {
    Diagnostic::error(Code::UnknownOption, format!("unknown option `{}`", entry.key.escape_debug()))
        .at(entry.key_span.clone(), "not an option of a cell")
        .suggest(&entry.key, Options::KEYS)
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
    const ALL: &str = "use = ['setup']\ngroup = 'g'\nbaseline = true\nlabel = 'L'\ncaption = 'C'\nfile = 'a.rs'\nanchor = 'b'\n\
        echo = 'fold'\noutput = 'csv'\nstderr = 'merge'\nmax-lines = 3\nhl = '2-3'\nchart = false\nargs = ['-n', '4']\n\
        env.RUST_LOG = 'info'\nenv.N = 4\nstdin = 'in'\ntimeout = '1.5s'\nmemory = '512 MiB'\nnet = 'none'\nexit = [1, 2]\n\
        deps.rayon = '1'\nprofile = 'debug'\nedition = '2021'\nfeatures = ['f']\nrustflags = ['-g']\nreps = 7\nwarmup = 0\nmin-time = '1s'\n\
        max-time = '2s'\nsweep.threads = [1, 2]\nsweep.kind = ['a', 'b']\nmetric = 'hits'\nper = 1_000\ntimeline = true\ntrials = 100\n\
        expect = 'x'\nassert = ['a.wall < b.wall']\ntolerance = '5%'\nredact = ['[0-9]+']\ninputs = ['*.csv']\n\
        env-inputs = ['HOME']\non-error = 'show'\nmissing = 'show'\n";

    #[test]
    fn every_key_is_read() {
        let (options, wrong) = read(ALL);
        assert_eq!(wrong, [""; 0]);
        for key in Options::KEYS {
            assert!(ALL.contains(key), "{key} is not tried here");
            let one: String = ALL.lines().filter(|line| line.starts_with(key)).flat_map(|line| [line, "\n"]).collect();
            assert_ne!(read(&one).0, Options::default(), "{key} sets nothing");
        }
        assert_eq!((options.uses[0].0.as_str(), options.echo, options.output), ("setup", Show::Folded, Output::Csv));
        assert_eq!((options.env["N"].as_str(), options.timeout, options.memory), ("4", 1_500_000_000, 512 << 20));
        assert_eq!((options.merge, options.net, options.exit), (true, Some(Net::None), vec![1, 2]));
        assert_eq!((options.tolerance, options.per, options.metric), (0.05, 1000.0, Metric::Value("hits".to_owned())));
        let sweep: Vec<(&str, usize)> =
            options.sweep.iter().map(|(name, values)| (name.as_str(), values.len())).collect();
        assert_eq!(sweep, [("threads", 2), ("kind", 2)]);
    }

    #[test]
    fn every_key_refuses_a_value_of_the_wrong_kind_at_its_place() {
        for key in Options::KEYS {
            let (options, wrong) = read(&format!("{key} = 1979-05-27\n"));
            assert_eq!((options, wrong.len()), (Options::default(), 1), "{key}");
            assert!(wrong[0].starts_with(&format!("a.md:1:{}: error[E00", key.len() + 4)), "{wrong:?}");
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
            "group = 'A b'",
            "hl = 'x'",
            "sweep.n = []",
            "sweep.n = [1, 1]",
            "sweep.N = [1]",
            "sweep = 3",
            "sweep.n = [true]",
            "sweep.emit = [1]",
            "sweep.padding = [1]",
            "per = 0",
            "redact = '('",
            "tolerance = '200%'",
            "net = 'yes'",
            "trials = 0",
            "edition = '2022'",
            "on-error = 'hide'",
            "env.A = 'x\\u0000'",
            "args = ['x\\u0000']",
            "env.'A=B' = 'x'",
        ] {
            assert_eq!(read(&text.replace('\'', "\"")).1.len(), 1, "{text}");
        }
    }

    #[test]
    fn an_unknown_key_is_an_error_with_a_suggestion() {
        assert_eq!(read("time-out = '2s'").1, ["a.md:1:1: error[E409]: unknown option `time-out`"]);
    }

    #[test]
    fn a_sweep_has_an_end() {
        let values: Vec<String> = (0..10_000).map(|n| n.to_string()).collect();
        let text = format!("sweep.n = [{}]", values.join(", "));
        assert_eq!(read(&text).1, ["a.md:1:1: error[E009]: this value cannot be used"]);
        assert_eq!(read("sweep = { a = [1, 2, 3, 4, 5, 6, 7, 8, 9], b = [1, 2, 3, 4, 5, 6, 7, 8] }").1.len(), 1);
    }
}
