//! What was measured on a page, as a file for programs. Its format is told to readers in `content/docs/cells.md`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Figure;
use crate::cells::{Answer, CaseRecord, Cause, Cell, Figures, Machine, Params, Record, Sample, Startup, Summary};

/// The version of the format.
const FORMAT: u32 = 1;

/// The file of a page's cells; nothing if none of them ran more than once. `page` is its URL from the root of the host.
pub(super) fn to_json<'f>(page: &str, figures: impl Iterator<Item = &'f Figure<'f>>) -> Option<Vec<u8>> {
    let recorded = |figure: &'f Figure<'f>| match figure.answer? {
        Answer::Recorded(record) => Some((figure.cell, &**record)),
        Answer::NotRun { .. } => None,
    };
    let cells: Vec<(&Cell, &Record)> = figures.filter_map(recorded).collect();
    if cells.iter().all(|(_, record)| record.samples.is_empty()) {
        return None;
    }
    let results = Results {
        format: FORMAT,
        generator: concat!("blog ", env!("CARGO_PKG_VERSION")),
        page,
        cells: cells.into_iter().map(|(cell, record)| CellResults::of(cell, record)).collect(),
    };
    Some(serde_json::to_vec(&results).expect("numbers and text can be written"))
}

#[derive(Serialize)]
struct Results<'a> {
    format: u32,
    generator: &'static str,
    page: &'a str,
    cells: Vec<CellResults<'a>>,
}

#[derive(Serialize)]
struct CellResults<'a> {
    cell: &'a str,
    verb: &'static str,
    language: &'a str,
    program: &'a str,
    seed: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    compiled: Option<bool>,
    tool: &'a str,
    toolchain: &'a str,
    date: &'a str,
    machine: MachineResults<'a>,
    cases: Vec<CaseResults<'a>>,
}

#[derive(Serialize)]
struct MachineResults<'a> {
    cpu: &'a str,
    cores: usize,
    memory_bytes: u64,
    system: &'a str,
    governor: Option<&'a str>,
    load: Option<f64>,
    busy: bool,
}

#[derive(Serialize)]
struct CaseResults<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    params: &'a Params,
    ends: Vec<EndResults>,
    #[serde(skip_serializing_if = "Option::is_none")]
    measured: Option<Measured<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<Ratio<'a>>,
    samples: Vec<Run<'a>>,
}

#[derive(Serialize)]
struct EndResults {
    exit: String,
    count: u32,
}

#[derive(Serialize)]
struct Measured<'a> {
    runs: usize,
    disturbed: usize,
    left_out: usize,
    causes: &'a BTreeMap<Cause, usize>,
    /// What `time_ns` is the time of.
    time_of: &'static str,
    time_ns: &'a Figures,
    cpu_ns: &'a Figures,
    rss_bytes: &'a Figures,
    cores_used: &'a Figures,
    #[serde(skip_serializing_if = "Option::is_none")]
    startup: Option<StartupResults<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trend: Option<f64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    values: &'a BTreeMap<String, Figures>,
}

#[derive(Serialize)]
struct StartupResults<'a> {
    empty_ns: &'a Figures,
    rest_ns: &'a Figures,
}

#[derive(Serialize)]
struct Ratio<'a> {
    to: &'a str,
    of: &'a str,
    figures: &'a Figures,
}

#[derive(Serialize)]
struct Run<'a> {
    round: u32,
    wall_ns: u64,
    cpu_ns: u64,
    rss_bytes: u64,
    voluntary_switches: u64,
    involuntary_switches: u64,
    page_faults: u64,
    foreign_ns: u64,
    steal_ns: u64,
    throttled_ns: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pressure_ns: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disturbed: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    startup_ns: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    section_ns: Option<f64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    values: &'a BTreeMap<String, f64>,
}

impl<'a> CellResults<'a> {
    fn of(cell: &'a Cell, record: &'a Record) -> Self {
        let Machine { cpu, cores, memory, system, toolchain, tool, date, governor, load, busy } = &record.machine;
        let samples = |case: usize| record.samples.get(case).map_or(&[][..], Vec::as_slice);
        CellResults {
            cell: &cell.id,
            verb: cell.verb.name(),
            language: &cell.language.title,
            program: &record.program,
            seed: &record.session,
            compiled: record.compiled,
            tool,
            toolchain,
            date,
            machine: MachineResults {
                cpu,
                cores: *cores,
                memory_bytes: *memory,
                system,
                governor: governor.as_deref(),
                load: *load,
                busy: *busy,
            },
            cases: record.cases.iter().enumerate().map(|(at, case)| CaseResults::of(case, samples(at))).collect(),
        }
    }
}

impl<'a> CaseResults<'a> {
    fn of(case: &'a CaseRecord, samples: &'a [Sample]) -> Self {
        let ratio = case.baseline.as_deref().zip(case.metric.as_deref()).zip(case.ratio.as_ref());
        CaseResults {
            params: &case.params,
            ends: case.ends.iter().map(|end| EndResults { exit: end.exit.to_string(), count: end.count }).collect(),
            measured: case.measured.as_ref().map(Measured::of),
            ratio: ratio.map(|((to, of), figures)| Ratio { to, of, figures }),
            samples: samples.iter().map(Run::of).collect(),
        }
    }
}

impl<'a> Measured<'a> {
    fn of(summary: &'a Summary) -> Self {
        let Summary { runs, disturbed, left_out, causes, trend, section, wall, cpu, rss, parallelism, startup, values } =
            summary;
        let starting = |Startup { empty, rest }: &'a Startup| StartupResults { empty_ns: empty, rest_ns: rest };
        Measured {
            runs: *runs,
            disturbed: *disturbed,
            left_out: *left_out,
            causes,
            time_of: if *section { "section" } else { "process" },
            time_ns: wall,
            cpu_ns: cpu,
            rss_bytes: rss,
            cores_used: parallelism,
            startup: startup.as_ref().map(starting),
            trend: *trend,
            values,
        }
    }
}

impl<'a> Run<'a> {
    fn of(sample: &'a Sample) -> Self {
        Run {
            round: sample.round,
            wall_ns: sample.wall,
            cpu_ns: sample.cpu,
            rss_bytes: sample.rss,
            voluntary_switches: sample.voluntary,
            involuntary_switches: sample.involuntary,
            page_faults: sample.faults,
            foreign_ns: sample.interference.foreign,
            steal_ns: sample.interference.steal,
            throttled_ns: sample.interference.throttled,
            pressure_ns: sample.interference.pressure,
            disturbed: sample.disturbed,
            startup_ns: sample.startup,
            section_ns: sample.section,
            values: &sample.values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::{Case, End, Exit, Interference, Outcome};
    use crate::source::Hash;

    #[test]
    fn every_figure_and_every_run_of_a_case_has_its_unit_in_its_name() {
        let interference = Interference { foreign: 1, steal: 2, throttled: 3, pressure: Some(4) };
        let quiet = Sample { wall: 200, cpu: 100, rss: 4096, round: 2, startup: Some(50), ..Sample::default() };
        let values = BTreeMap::from([("hits".to_owned(), 7.0)]);
        let disturbed = Some(Cause::Quota);
        let busy = Sample { interference, disturbed, voluntary: 5, involuntary: 6, faults: 8, values, ..quiet.clone() };
        let end = End {
            exit: Exit::Code(0),
            count: 2,
            threads: Vec::new(),
            shown: Vec::new(),
            stdout: String::new(),
            stderr: String::new(),
            misunderstood: None,
        };
        let params = Params::from([("n".to_owned(), "1".to_owned())]);
        let case = Case { params, ends: vec![end], others: 0, samples: vec![quiet, Sample { round: 3, ..busy }] };
        let (session, machine) = ("s".to_owned(), Machine::default());
        let outcome =
            Outcome { build: None, cases: vec![case], timeline: None, perfetto: Vec::new(), session, machine };
        let mut record = Record::of(&Hash::of_bytes(b"x"), &outcome);
        record.cases[0].baseline = Some("a".to_owned());
        record.cases[0].metric = Some("wall".to_owned());
        record.cases[0].ratio = Figures::of(&[1.5]);
        let json = serde_json::to_string(&CaseResults::of(&record.cases[0], &record.samples[0])).unwrap();
        let figures = |n: usize, value: f64| {
            let null = "null";
            format!(
                r#"{{"n":{n},"median":{value:?},"low":{null},"high":{null},"mean":{value:?},"min":{value:?},"max":{value:?},"mad":0.0}}"#
            )
        };
        let two = |value| figures(2, value);
        let run = r#""wall_ns":200,"cpu_ns":100,"rss_bytes":4096"#;
        let expected = [
            r#"{"params":{"n":"1"},"ends":[{"exit":"code 0","count":2}],"#.to_owned(),
            r#""measured":{"runs":2,"disturbed":1,"left_out":0,"causes":{"quota":1},"time_of":"process","#.to_owned(),
            format!(r#""time_ns":{},"cpu_ns":{},"rss_bytes":{},"#, two(200.0), two(100.0), two(4096.0)),
            format!(r#""cores_used":{},"startup":{{"empty_ns":{},"rest_ns":{}}},"#, two(0.5), two(50.0), two(150.0)),
            format!(r#""values":{{"hits":{}}}}},"#, figures(1, 7.0)),
            format!(r#""ratio":{{"to":"a","of":"wall","figures":{}}},"#, figures(1, 1.5)),
            format!(r#""samples":[{{"round":2,{run},"voluntary_switches":0,"involuntary_switches":0,"page_faults":0,"#),
            r#""foreign_ns":0,"steal_ns":0,"throttled_ns":0,"startup_ns":50},"#.to_owned(),
            format!(r#"{{"round":3,{run},"voluntary_switches":5,"involuntary_switches":6,"page_faults":8,"#),
            r#""foreign_ns":1,"steal_ns":2,"throttled_ns":3,"pressure_ns":4,"disturbed":"quota","startup_ns":50,"#
                .to_owned(),
            r#""values":{"hits":7.0}}]}"#.to_owned(),
        ];
        assert_eq!(json, expected.concat());

        let manual = include_str!("../../content/docs/cells.md");
        let manual = manual.split("\n## ").find(|section| section.starts_with("Raw data")).unwrap();
        let strings: Vec<&str> = json.split('"').skip(1).collect();
        let names = strings.chunks_exact(2).filter(|pair| pair[1].starts_with(':')).map(|pair| pair[0]);
        for name in names.filter(|name| *name != "hits" && *name != "quota") {
            assert!(manual.contains(&format!("`{name}`")), "{name} is not described");
        }
    }
}
