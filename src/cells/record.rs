use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{BuildLog, End, Figures, Machine, Outcome, Params, Sample, Summary, timeline};
use crate::source::Hash;

/// What is kept of an outcome, and all that a page shows of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Version of this format.
    pub format: u32,
    /// Digest of the program: the record holds as long as that is the same.
    pub program: String,
    /// Whether it compiled; nothing if its language needs no compiling.
    pub compiled: Option<bool>,
    /// The codes of the compiler's messages: `E0382`.
    pub codes: Vec<String>,
    /// The session in which it was measured: records with the same one were measured interleaved. It is the seed of the order
    /// in each round, as a hexadecimal number.
    pub session: String,
    /// Digest of what is kept beside the record: what it printed and showed, every run.
    pub printed: String,
    /// Where that was.
    pub machine: Machine,
    /// What happened in each case of its sweep; nothing if it never ran.
    #[serde(default)]
    pub cases: Vec<CaseRecord>,
    /// What the compiler said, if the program never ran.
    #[serde(skip)]
    pub messages: String,
    /// Every run of each case, in order, disturbed ones too; nothing if none ran more than once, since the figures of a case
    /// tell all of a single run.
    #[serde(skip)]
    pub samples: Vec<Vec<Sample>>,
    /// What its threads did, as text; empty if that was not to be recorded.
    #[serde(skip)]
    pub timeline: String,
    /// The same in the format of Perfetto, with more detail; empty if it was not recorded.
    #[serde(skip)]
    pub perfetto: Vec<u8>,
}

/// What is kept of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseRecord {
    /// The cell whose time is 1 in `ratio`.
    pub baseline: Option<String>,
    /// What is compared in `ratio`: `wall`, `cpu`, or the name of a number that it told.
    pub metric: Option<String>,
    /// The values that it ran with.
    #[serde(default, skip_serializing_if = "Params::is_empty")]
    pub params: Params,
    /// Runs that ended in other ways than those that are kept.
    #[serde(default)]
    pub others: u32,
    /// Its time by that of the baseline, within each round.
    pub ratio: Option<Figures>,
    /// How long it took, and what else was measured; nothing if it was not.
    pub measured: Option<Summary>,
    /// The ways in which runs ended, the most frequent first.
    pub ends: Vec<End>,
}

impl Record {
    /// The version of the format that this program writes and reads.
    pub const FORMAT: u32 = 3;

    /// Reads a record without what stands beside it; nothing if it is of an earlier format, which is of no use any more.
    ///
    /// # Errors
    /// A phrase that says why it is no record.
    pub fn from_toml(text: &str) -> Result<Option<Record>, String> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        let Head { format } = toml::from_str(text).map_err(|error| first_line(&error))?;
        match format {
            Record::FORMAT => toml::from_str(text).map(Some).map_err(|error| first_line(&error)),
            ..Record::FORMAT => Ok(None),
            _ => Err(format!("it is of format {format}, which only a newer `blog` reads")),
        }
    }

    /// What is kept of an outcome of the program with the given digest.
    pub fn of(program: &Hash, outcome: &Outcome) -> Record {
        let messages = outcome.build.iter().flat_map(|build| &build.messages);
        let messages = messages.flat_map(|message| [message.rendered.trim_end(), "\n\n"]).collect();
        let cases = outcome.cases.iter().map(|case| CaseRecord {
            baseline: None,
            metric: None,
            params: case.params.clone(),
            others: case.others,
            ratio: None,
            measured: Summary::of(&case.samples),
            ends: case.ends.clone(),
        });
        let again = outcome.cases.iter().any(|case| case.samples.len() > 1);
        let mut record = Record {
            format: Record::FORMAT,
            program: program.to_string(),
            compiled: outcome.build.as_ref().map(|build| build.success),
            codes: outcome.build.iter().flat_map(BuildLog::codes).map(str::to_owned).collect(),
            session: outcome.session.clone(),
            printed: String::new(),
            machine: outcome.machine.clone(),
            messages: if outcome.cases.is_empty() { messages } else { String::new() },
            timeline: outcome.timeline.as_ref().map(timeline::to_text).unwrap_or_default(),
            perfetto: outcome.perfetto.clone(),
            samples: if again { outcome.cases.iter().map(|case| case.samples.clone()).collect() } else { Vec::new() },
            cases: cases.collect(),
        };
        record.printed = digest(&record.texts());
        record
    }

    /// Whether it is a record of this program in this format.
    pub fn is_of(&self, program: &Hash) -> bool {
        self.format == Record::FORMAT && self.program == program.to_string()
    }

    /// The first way in which the first case ended: the only one of most cells.
    pub fn end(&self) -> Option<&End> {
        self.cases.first()?.ends.first()
    }

    /// What was measured of the first case.
    pub fn measured(&self) -> Option<&Summary> {
        self.cases.first()?.measured.as_ref()
    }

    /// The case that ran with these values, as far as they are given; nothing unless there is exactly one.
    pub fn case(&self, params: &Params) -> Option<&CaseRecord> {
        let fits = |case: &&CaseRecord| params.iter().all(|(name, value)| case.params.get(name) == Some(value));
        let mut fitting = self.cases.iter().filter(fits);
        fitting.next().filter(|_| fitting.next().is_none())
    }

    /// What stands beside the record, by the ends of file names: `out`, `err`, `trace`, `pftrace`, `samples.json`, and
    /// for further cases and ends `2-1.out`.
    pub fn texts(&self) -> BTreeMap<String, Vec<u8>> {
        let mut texts = BTreeMap::new();
        let mut copy = self.clone();
        copy.visit(&mut |name, bytes| {
            if !bytes.is_empty() {
                texts.insert(name, bytes.clone());
            }
        });
        texts
    }

    /// Fills in what stands beside the record; what is not there is empty. Tells whether it is there as it was: by its bytes,
    /// since runs that an earlier version kept may say less than those of today.
    ///
    /// # Errors
    /// The first one of `read`.
    pub fn fill_in<E>(&mut self, mut read: impl FnMut(&str) -> Result<Vec<u8>, E>) -> Result<bool, E> {
        let mut result = Ok(());
        let mut found = BTreeMap::new();
        self.visit(&mut |name, bytes| {
            if result.is_ok() {
                result = read(&name).map(|read| *bytes = read);
                if !bytes.is_empty() {
                    found.insert(name, bytes.clone());
                }
            }
        });
        result.map(|()| self.printed == digest(&found))
    }

    /// Shows every text that stands beside the record with the end of its file's name; it may be changed. Texts are UTF-8
    /// when they are written, and made so when they are read.
    fn visit(&mut self, see: &mut dyn FnMut(String, &mut Vec<u8>)) {
        let text = |name: String, text: &mut String, see: &mut dyn FnMut(String, &mut Vec<u8>)| {
            let mut bytes = std::mem::take(text).into_bytes();
            see(name, &mut bytes);
            *text = String::from_utf8_lossy(&bytes).into_owned();
        };
        if self.cases.is_empty() {
            text("err".to_owned(), &mut self.messages, see);
        }
        text("trace".to_owned(), &mut self.timeline, see);
        see("pftrace".to_owned(), &mut self.perfetto);
        let mut samples = samples_to_json(&self.samples).into_bytes();
        see("samples.json".to_owned(), &mut samples);
        self.samples = serde_json::from_slice(&samples).unwrap_or_default();
        for (case, of_case) in self.cases.iter_mut().enumerate() {
            for (at, end) in of_case.ends.iter_mut().enumerate() {
                let prefix = if (case, at) == (0, 0) { String::new() } else { format!("{}-{}.", case + 1, at + 1) };
                text(format!("{prefix}out"), &mut end.stdout, see);
                text(format!("{prefix}err"), &mut end.stderr, see);
                for (number, shown) in end.shown.iter_mut().enumerate() {
                    see(format!("{prefix}shown-{}.{}", number + 1, extension(&shown.mime)), &mut shown.data);
                }
            }
        }
    }
}

/// The digest of what stands beside a record, by the ends of file names.
fn digest(texts: &BTreeMap<String, Vec<u8>>) -> String {
    Hash::of(texts).short()
}

/// The runs of each case as JSON, a run a line; empty if there are none.
fn samples_to_json(samples: &[Vec<Sample>]) -> String {
    if samples.is_empty() {
        return String::new();
    }
    let json = |sample: &Sample| serde_json::to_string(sample).expect("numbers and words can be written");
    let of_case = |case: &Vec<Sample>| format!("[\n{}\n]", case.iter().map(json).collect::<Vec<_>>().join(",\n"));
    format!("[{}]\n", samples.iter().map(of_case).collect::<Vec<_>>().join(","))
}

fn first_line(error: &toml::de::Error) -> String {
    format!("it is no record: {}", error.message().lines().next().unwrap_or_default())
}

/// How a file of this kind is called: the last part of `image/svg+xml` that is a word.
fn extension(mime: &str) -> String {
    let subtype = mime.rsplit('/').next().unwrap_or(mime);
    let word: String = subtype.chars().take_while(char::is_ascii_alphanumeric).collect();
    if word.is_empty() { "bin".to_owned() } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::{Case, Cause, Exit, Interference, Shown};

    fn end(stdout: &str) -> End {
        let shown = vec![Shown { mime: "image/svg+xml".to_owned(), data: b"<svg/>".to_vec() }];
        End {
            exit: Exit::Code(0),
            count: 1,
            threads: Vec::new(),
            stdout: stdout.to_owned(),
            stderr: String::new(),
            shown,
            misunderstood: None,
        }
    }

    fn sample(value: f64) -> Sample {
        let interference = Interference { foreign: 1, steal: 2, throttled: 3, pressure: Some(4) };
        let values = BTreeMap::from([("a \"name\"".to_owned(), value)]);
        let disturbed = Some(Cause::Hypervisor);
        Sample { wall: 7, interference, disturbed, round: 1, section: Some(value / 3.0), values, ..Sample::default() }
    }

    fn record() -> Record {
        let case = |threads: &str, ends| Case {
            params: Params::from([("threads".to_owned(), threads.to_owned())]),
            ends,
            others: 0,
            samples: vec![sample(0.1 + 0.2), Sample { startup: Some(3), ..sample(1e300) }],
        };
        let outcome = Outcome {
            build: None,
            timeline: Some(Err("refused".to_owned())),
            perfetto: vec![0, 255],
            cases: vec![case("1", vec![end("a")]), case("2", vec![end("b"), end("c")])],
            session: "s".to_owned(),
            machine: Machine::default(),
        };
        Record::of(&Hash::of_bytes(b"x"), &outcome)
    }

    #[test]
    fn what_stands_beside_a_record_comes_back() {
        let whole = record();
        let texts = whole.texts();
        let names = [
            "2-1.out",
            "2-1.shown-1.svg",
            "2-2.out",
            "2-2.shown-1.svg",
            "out",
            "pftrace",
            "samples.json",
            "shown-1.svg",
            "trace",
        ];
        assert_eq!(texts.keys().collect::<Vec<_>>(), names);
        let mut read: Record = toml::from_str(&toml::to_string(&whole).unwrap()).unwrap();
        assert!(!read.clone().fill_in(|_| Ok::<_, ()>(Vec::new())).unwrap());
        assert!(read.fill_in(|name| Ok::<_, ()>(texts.get(name).cloned().unwrap_or_default())).unwrap());
        assert_eq!(read, whole);
        assert_eq!(read.fill_in(|name| if name == "samples.json" { Err(name.len()) } else { Ok(Vec::new()) }), Err(12));
    }

    #[test]
    fn runs_that_another_version_kept_are_those_of_the_record() {
        let whole = record();
        let mut texts = whole.texts();
        let runs = String::from_utf8(texts.remove("samples.json").unwrap()).unwrap();
        let theirs =
            runs.replace("\"faults\":0,", "").replace("\"steal\":2,", "").replace("\"wall\"", "\"new\":1,\"wall\"");
        texts.insert("samples.json".to_owned(), theirs.into_bytes());
        let mut read = Record { printed: digest(&texts), samples: Vec::new(), ..whole.clone() };
        assert!(read.fill_in(|name| Ok::<_, ()>(texts.get(name).cloned().unwrap_or_default())).unwrap());
        let (ours, theirs) = (&whole.samples[1][0], &read.samples[1][0]);
        let interference = Interference { steal: 0, ..ours.interference.clone() };
        assert_eq!(*theirs, Sample { interference, ..ours.clone() });
    }

    #[test]
    fn runs_stand_on_a_line_each_and_those_of_another_record_are_found_out() {
        let whole = record();
        let text = String::from_utf8(whole.texts().remove("samples.json").unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), lines[0], lines[3], lines[6]), (7, "[[", "],[", "]]"), "{text}");
        assert!(
            lines[1].starts_with(
                r#"{"wall":7,"cpu":0,"rss":0,"voluntary":0,"involuntary":0,"faults":0,"interference":{"foreign":1,"#
            ),
            "{text}"
        );
        for other in [text.replace("\"wall\":7", "\"wall\":8"), "{".to_owned(), String::new()] {
            let mut read: Record = toml::from_str(&toml::to_string(&whole).unwrap()).unwrap();
            let bytes = |name: &str| match name {
                "samples.json" => other.clone().into_bytes(),
                name => whole.texts().remove(name).unwrap_or_default(),
            };
            assert!(!read.fill_in(|name| Ok::<_, ()>(bytes(name))).unwrap(), "{other}");
        }
    }

    #[test]
    fn a_single_run_is_told_by_its_figures() {
        let case = Case { samples: vec![sample(1.0)], ends: vec![end("a")], ..Case::default() };
        let (session, machine) = ("s".to_owned(), Machine::default());
        let outcome =
            Outcome { build: None, timeline: None, perfetto: Vec::new(), cases: vec![case], session, machine };
        assert_eq!(Record::of(&Hash::of_bytes(b"x"), &outcome).texts().get("samples.json"), None);
    }

    #[test]
    fn a_case_is_found_by_its_values() {
        let record = record();
        let with = |threads: &str| Params::from([("threads".to_owned(), threads.to_owned())]);
        assert_eq!(record.case(&with("2")).unwrap().ends.len(), 2);
        assert_eq!(record.case(&with("3")), None);
        assert_eq!(record.case(&Params::new()), None, "there are two");
    }

    #[test]
    fn kinds_of_output_have_their_extension() {
        for (mime, expected) in
            [("image/svg+xml", "svg"), ("text/html", "html"), ("application/json", "json"), ("", "bin"), ("../x", "x")]
        {
            assert_eq!(extension(mime), expected, "{mime}");
        }
    }
}
