//! Whether what a post says of its cells is true, and what the page says in its place.

use std::collections::BTreeSet;

use super::claims::{
    Assertion, CellKey, Disagreement, Expression, Facts, Key, Metric, PageFact, Quantity, Statistic, Unit, Value,
    Verdict, agrees, rewritten,
};
use super::expect::{Expectation, compiled};
use super::{Answer, CaseRecord, Cell, Exit, Figures, Metric as Compared, Record, Verb, format_ns};
use crate::markdown;
use crate::markdown::Settled;
use crate::source::{Code, Diagnostic, Diagnostics, Span};

/// The cells of a post and what they have to show, in the same order.
#[derive(Debug, Clone, Copy)]
pub struct Results<'a> {
    /// The cells.
    pub cells: &'a [Cell],
    /// Their answers.
    pub answers: &'a [Option<Answer>],
}

impl<'a> Results<'a> {
    /// Checks what the cells' authors expect and claim.
    pub fn audit(&self, diagnostics: &mut Diagnostics) {
        let mut claimed: Vec<&Span> = Vec::new();
        for (cell, answer) in self.cells.iter().zip(self.answers) {
            if let (Some((text, place)), Some(Answer::Recorded(record))) = (&cell.options.expect, answer) {
                diagnostics.take(expected(cell, text, place, record));
            }
            if let Some(Answer::Recorded(record)) = answer {
                diagnostics.take(metric(cell, record));
            }
            for (text, place) in cell.options.assert.iter().filter(|_| cell.verb != Verb::Lib) {
                // What a site or a post claims of all its cells is one claim.
                if !claimed.contains(&place) {
                    claimed.push(place);
                    diagnostics.take(self.claim(&inside(text, place)));
                }
            }
        }
    }

    fn claim(&self, text: &Span) -> Result<(), Diagnostic> {
        let assertion = Assertion::parse(text)?;
        if !self.all_known(assertion.keys())? {
            return Ok(());
        }
        match assertion.check(self)? {
            Verdict::Holds => Ok(()),
            Verdict::Fails(error) => {
                Err(error.help("correct the claim or the code; results are renewed by `blog run --rerun`"))
            }
        }
    }

    /// What the page says in the place of a value in prose; nothing if there is no result that would tell.
    ///
    /// # Errors
    /// A value that is not known, and a written one that it does not agree with.
    pub fn settle(&self, value: &markdown::Value) -> Result<Option<Settled>, Diagnostic> {
        let expression = Expression::parse(&value.expression)?;
        if !self.all_known(expression.keys())? {
            return Ok(None);
        }
        let measured = expression.evaluate(self)?;
        let mut text = measured.text();
        if let Some(written) = &value.written {
            let tolerance = self.cell_of(&expression).map_or(0.0, |cell| cell.options.tolerance);
            agrees(written, &measured, tolerance).map_err(|why| disagrees(value, &measured, tolerance, &why))?;
            // With the words that its author wrote around the number.
            text = rewritten(written, &measured).unwrap_or(text);
        }
        Ok(Some(match self.cell_of(&expression) {
            Some(cell) => Settled::Measured { text, href: format!("#{}", cell.anchor), title: self.title(&expression) },
            None => Settled::Text(text),
        }))
    }

    /// The value of the expression that an author chose to stand for the post, which is written at `place`; nothing if there is
    /// no result that would tell.
    ///
    /// # Errors
    /// As [`Results::settle`].
    pub fn headline(&self, expression: &str, place: &Span) -> Result<Option<String>, Diagnostic> {
        let expression = Expression::parse(&inside(expression, place))?;
        if !self.all_known(expression.keys())? {
            return Ok(None);
        }
        let measured = expression.evaluate(self)?;
        Ok(Some(match measured {
            Value::Quantity(quantity) if !quantity.is_ratio() => {
                let half = quantity.half_width.map(|half| Quantity::new(half, None, quantity.unit).text());
                half.map_or_else(|| quantity.text(), |half| format!("{} ± {half}", quantity.text()))
            }
            measured => measured.text(),
        }))
    }

    /// Whether all cells that are named have results. That one has none is said elsewhere, or wanted.
    fn all_known<'k>(&self, keys: impl Iterator<Item = (&'k Key, &'k Span)>) -> Result<bool, Diagnostic> {
        let mut known = true;
        for (key, place) in keys {
            if let Key::Cell(key) = key {
                known &= self.record(key, place)?.is_some();
            } else {
                known &= self.records().next().is_some();
            }
        }
        Ok(known)
    }

    /// The first cell that an expression is about.
    fn cell_of(&self, expression: &Expression) -> Option<&'a Cell> {
        expression.keys().find_map(|(key, _)| match key {
            Key::Cell(key) => self.cells.iter().find(|cell| cell.id == key.cell),
            Key::Page(_) => None,
        })
    }

    /// How the number came about.
    fn title(&self, expression: &Expression) -> String {
        let [(Key::Cell(key), place)] = expression.keys().collect::<Vec<_>>()[..] else {
            return format!("{}, computed from measurements", expression.text().text());
        };
        let figures =
            self.case(key, place).ok().and_then(|case| figures(case, &key.metric)).map(|(figures, _)| figures);
        let interval = figures.and_then(Figures::interval);
        match (figures, interval, &key.metric) {
            (Some(figures), Some((low, high)), Metric::Wall | Metric::Cpu) => {
                let half = figures.half_width();
                let (low, high) = (format_ns(low, half), format_ns(high, half));
                format!("measured in {} runs, 95 % interval of the median {low} to {high}", figures.n)
            }
            (Some(figures), ..) if figures.n > 1 => format!("measured in {} runs", figures.n),
            _ => "measured in one run".to_owned(),
        }
    }

    fn records(&self) -> impl Iterator<Item = &'a Record> {
        self.answers.iter().filter_map(|answer| match answer {
            Some(Answer::Recorded(record)) => Some(&**record),
            _ => None,
        })
    }

    /// The record of a cell, if it has one.
    fn record(&self, key: &CellKey, place: &Span) -> Result<Option<&'a Record>, Diagnostic> {
        match self.cells.iter().position(|cell| cell.id == key.cell) {
            Some(at) => Ok(match &self.answers[at] {
                Some(Answer::Recorded(record)) => Some(record),
                _ => None,
            }),
            None => Err(Diagnostic::error(Code::NoSuchCell, format!("no cell of this post is called `{}`", key.cell))
                .at(place.clone(), "")
                .suggest(&key.cell, self.cells.iter().map(|cell| cell.id.as_str()))),
        }
    }

    fn case(&self, key: &CellKey, place: &Span) -> Result<&'a CaseRecord, Diagnostic> {
        let unknown = |code, why: String| Diagnostic::error(code, why).at(place.clone(), "");
        let record = self
            .record(key, place)?
            .ok_or_else(|| unknown(Code::NotMeasured, format!("cell `{}` has no result", key.cell)))?;
        let Some(first) = record.cases.first() else {
            return Err(unknown(
                Code::NotMeasured,
                format!("cell `{}` is only compiled, so nothing of it is measured", key.cell),
            )
            .help("let it run: its verb may be `run` or `bench`"));
        };
        record.case(&key.params).ok_or_else(|| {
            let names: Vec<&str> = first.params.keys().map(String::as_str).collect();
            if let Some(name) = key.params.keys().find(|name| !first.params.contains_key(*name)) {
                return unknown(Code::Parameters, format!("cell `{}` has no parameter `{name}`", key.cell))
                    .suggest(name, names);
            }
            let cases: Vec<String> = record.cases.iter().map(|case| shown(&key.cell, case)).collect();
            unknown(Code::Parameters, format!("this does not name one case of cell `{}`", key.cell))
                .help(format!("write one of {}", cases.join(", ")))
        })
    }
}

impl Facts for Results<'_> {
    fn look_up(&self, key: &Key, place: &Span) -> Result<Value, Diagnostic> {
        let key = match key {
            Key::Page(fact) => return Ok(self.page(*fact)),
            Key::Cell(key) => key,
        };
        let case = self.case(key, place)?;
        if key.metric == Metric::Exit {
            return exit(case).map_err(|why| Diagnostic::error(Code::NotMeasured, why).at(place.clone(), ""));
        }
        let (figures, unit) = figures(case, &key.metric).ok_or_else(|| {
            let told = case.measured.iter().flat_map(|measured| measured.values.keys()).map(String::as_str);
            match &key.metric {
                Metric::Value(name) => {
                    Diagnostic::error(Code::NumberNotTold, format!("cell `{}` tells no number `{name}`", key.cell))
                        .at(place.clone(), "")
                        .suggest(name, told)
                }
                _ => Diagnostic::error(Code::NotMeasured, format!("cell `{}` was not measured", key.cell))
                    .at(place.clone(), ""),
            }
        })?;
        let (value, half_width, unit) = match key.statistic {
            Statistic::Median => (figures.median, figures.half_width(), unit),
            Statistic::Mean => (figures.mean, figures.half_width(), unit),
            Statistic::Min => (figures.min, figures.half_width(), unit),
            Statistic::Max => (figures.max, figures.half_width(), unit),
            Statistic::Mad => (figures.mad, None, unit),
            Statistic::N => (figures.n as f64, None, Unit::NUMBER),
            Statistic::Ci => match figures.half_width() {
                Some(half) => (half, None, unit),
                None => {
                    let error = Diagnostic::error(
                        Code::TooFewRuns,
                        format!("cell `{}` ran too few times for an interval", key.cell),
                    );
                    return Err(error.at(place.clone(), "").help("`bench` it at least six times"));
                }
            },
        };
        Ok(Value::Quantity(Quantity::new(value, half_width, unit)))
    }
}

impl Results<'_> {
    /// A fact of all results together; where they differ, all that is the case.
    fn page(&self, fact: PageFact) -> Value {
        let text = |of: fn(&Record) -> String| {
            let all: BTreeSet<String> = self.records().map(of).filter(|text| !text.is_empty()).collect();
            all.into_iter().collect::<Vec<_>>().join(", ")
        };
        match fact {
            PageFact::Machine => Value::Text(text(|record| record.machine.cpu.clone())),
            PageFact::Toolchain => Value::Text(text(|record| record.machine.toolchain.clone())),
            PageFact::Cores => match self.records().map(|record| record.machine.cores).collect::<BTreeSet<_>>() {
                cores if cores.len() == 1 => {
                    Value::Quantity(Quantity::new(cores.into_iter().sum::<usize>() as f64, None, Unit::NUMBER))
                }
                _ => Value::Text(text(|record| record.machine.cores.to_string())),
            },
            PageFact::Date => {
                let latest = self.records().map(|record| record.machine.date.as_str()).max().unwrap_or_default();
                Value::Text(latest.split('T').next().unwrap_or_default().to_owned())
            }
        }
    }
}

/// The code that all runs of a case ended with.
fn exit(case: &CaseRecord) -> Result<Value, String> {
    match case.ends.as_slice() {
        [] => Err("this never ran".to_owned()),
        [first, rest @ ..] => match first.exit {
            Exit::Code(code) if rest.iter().all(|end| end.exit == first.exit) => {
                Ok(Value::Quantity(Quantity::new(f64::from(code), None, Unit::NUMBER)))
            }
            Exit::Code(_) => Err("its runs did not all end with the same code".to_owned()),
            other => Err(format!("it ended with no code: {other}")),
        },
    }
}

fn figures<'c>(case: &'c CaseRecord, metric: &Metric) -> Option<(&'c Figures, Unit)> {
    let measured = case.measured.as_ref()?;
    Some(match metric {
        Metric::Wall => (&measured.wall, Unit::TIME),
        Metric::Cpu => (&measured.cpu, Unit::TIME),
        Metric::Rss => (&measured.rss, Unit::SIZE),
        Metric::Parallelism => (&measured.parallelism, Unit::NUMBER),
        Metric::Value(name) => (measured.values.get(name)?, Unit::NUMBER),
        Metric::Exit => return None,
    })
}

fn shown(id: &str, case: &CaseRecord) -> String {
    let params: Vec<String> = case.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if params.is_empty() { format!("`{id}`") } else { format!("`{id}[{}]`", params.join(",")) }
}

/// Whether a cell that is compared by a number told that in every case.
fn metric(cell: &Cell, record: &Record) -> Result<(), Diagnostic> {
    let Compared::Value(name) = &cell.options.metric else { return Ok(()) };
    let compared = cell.options.group.is_some() || !cell.options.sweep.is_empty();
    let told = |case: &CaseRecord| case.measured.as_ref().is_none_or(|measured| measured.values.contains_key(name));
    if !compared || record.cases.iter().all(told) {
        return Ok(());
    }
    let message = format!("cell `{}` tells no number `{name}`, which is its `metric`", cell.id);
    let known = record.cases.iter().filter_map(|case| case.measured.as_ref());
    let known: BTreeSet<&str> = known.flat_map(|measured| measured.values.keys()).map(String::as_str).collect();
    let error = Diagnostic::error(Code::NumberNotTold, message).at(cell.info.clone(), "");
    Err(error.help(format!("tell it by `cell::value(\"{name}\", …)` or `cell.value`")).suggest(name, known))
}

fn expected(cell: &Cell, text: &str, place: &Span, record: &Record) -> Result<(), Diagnostic> {
    let redact = compiled(&cell.options.redact);
    let expectation = Expectation { text, redact: &redact };
    let printed = record.cases.iter().flat_map(|case| &case.ends).map(|end| end.stdout.clone());
    // What is only compiled shows what the compiler says.
    let messages = record.cases.is_empty().then(|| anstream::adapter::strip_str(&record.messages).to_string());
    for output in printed.chain(messages) {
        if let Err(departure) = expectation.compare(&output) {
            let message = format!("cell `{}` does not print what is expected of it", cell.id);
            return Err(Diagnostic::error(Code::OutputDiffers, message)
                .at(place.clone(), departure.to_string())
                .help("correct the code, or what is expected of it")
                .detail(output));
        }
    }
    Ok(())
}

fn disagrees(value: &markdown::Value, measured: &Value, tolerance: f64, why: &Disagreement) -> Diagnostic {
    let error = Diagnostic::error(Code::ValueDiffers, "this is no longer true").at(value.span.clone(), why.to_string());
    let error = match measured {
        Value::Quantity(Quantity { value, half_width: Some(half), unit, .. }) => {
            let end = |value: f64| Quantity::new(value, Some(*half), *unit).text();
            let (low, high) = (end(value - half), end(value + half));
            error.note(format!("measured is {} (95 % interval {low} to {high})", measured.text()))
        }
        _ => error.note(format!("measured is {}", measured.text())),
    };
    let written = value.written.as_deref().unwrap_or_default();
    let Ok(text) = rewritten(written, measured) else { return error };
    let help = match measured {
        Value::Quantity(_) if tolerance > 0.0 => {
            format!("write `{text}`; up to {} % off would pass (`tolerance`)", tolerance * 100.0)
        }
        _ => format!("write `{text}`"),
    };
    // Not where marks of emphasis stand within it.
    match value.span.text().find(written) {
        Some(at) => error.replace(help, value.span.part(at..at + written.len()), text),
        None => error.help(help),
    }
}

/// The place of a text within the quotation marks that it is written in, if it stands there as it is.
fn inside(text: &str, place: &Span) -> Span {
    match place.text().find(text) {
        Some(at) => place.part(at..at + text.len()),
        // Escapes: what is read then has a place of its own.
        None => crate::source::Source::new(place.source().path().clone(), text).span(0..text.len()),
    }
}
