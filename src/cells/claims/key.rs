use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use crate::source::{Code, Diagnostic, Span};

/// The name of something that is known: `spin[threads=8].wall.median`, `page.machine`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A figure of a cell.
    Cell(CellKey),
    /// A fact of the whole page.
    Page(PageFact),
}

/// The name of a figure of a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellKey {
    /// The cell's name.
    pub cell: String,
    /// Which of the runs of a sweep: the value of each parameter, as written.
    pub params: BTreeMap<String, String>,
    /// What was measured.
    pub metric: Metric,
    /// Which figure of it; the median if none is written. Says nothing with [`Metric::Exit`], which has none.
    pub statistic: Statistic,
}

/// What is measured of a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// `wall`: the elapsed time.
    Wall,
    /// `cpu`: the time of the processor.
    Cpu,
    /// `rss`: the peak of memory.
    Rss,
    /// `parallelism`: cores used on average.
    Parallelism,
    /// `exit`: the code that it ended with.
    Exit,
    /// `value.NAME`: a number that the program named.
    Value(String),
}

/// A figure of many runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statistic {
    /// `median`: the middle one.
    Median,
    /// `mean`: the average.
    Mean,
    /// `min`: the smallest.
    Min,
    /// `max`: the largest.
    Max,
    /// `mad`: the median distance from the median.
    Mad,
    /// `ci`: half the width of the median's interval of confidence.
    Ci,
    /// `n`: how many runs there were.
    N,
}

/// A fact of the whole page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PageFact {
    /// `page.machine`: the processor.
    Machine,
    /// `page.cores`: how many cores it has.
    Cores,
    /// `page.toolchain`: the compiler or interpreter.
    Toolchain,
    /// `page.date`: when the cells ran.
    Date,
}

const VALUE: &str = "value";

const METRICS: [(&str, Metric); 5] = [
    ("wall", Metric::Wall),
    ("cpu", Metric::Cpu),
    ("rss", Metric::Rss),
    ("parallelism", Metric::Parallelism),
    ("exit", Metric::Exit),
];

const STATISTICS: [(&str, Statistic); 7] = [
    ("median", Statistic::Median),
    ("mean", Statistic::Mean),
    ("min", Statistic::Min),
    ("max", Statistic::Max),
    ("mad", Statistic::Mad),
    ("ci", Statistic::Ci),
    ("n", Statistic::N),
];

const PAGE: &str = "page";

const PAGE_FACTS: [(&str, PageFact); 4] = [
    ("machine", PageFact::Machine),
    ("cores", PageFact::Cores),
    ("toolchain", PageFact::Toolchain),
    ("date", PageFact::Date),
];

impl Key {
    /// Reads the key that starts at a byte of the text; gives it with the byte where it ends.
    pub(super) fn read(text: &Span, start: usize) -> Result<(Key, usize), Diagnostic> {
        let id = word(text, start);
        let (params, mut end) = match text.text()[id.end..].strip_prefix('[') {
            Some(_) => params(text, id.end)?,
            None => (BTreeMap::new(), id.end),
        };
        let bracket = text.part(id.end..end);
        let mut words = Vec::new();
        while text.text()[end..].starts_with('.') {
            let word = word(text, end + 1);
            end = word.end;
            words.push(text.part(word));
        }
        let id = text.part(id);
        if id.text() != PAGE {
            return Ok((Key::Cell(cell_key(&id, params, &words)?), end));
        }
        if !params.is_empty() {
            return Err(Diagnostic::error(Code::UnknownFigure, "a page has no parameters").at(bracket, ""));
        }
        Ok((Key::Page(page_fact(&id, &words)?), end))
    }
}

fn cell_key(id: &Span, params: BTreeMap<String, String>, words: &[Span]) -> Result<CellKey, Diagnostic> {
    let name = id.text();
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(inner) {
        let error = Diagnostic::error(Code::CellName, format!("`{name}` cannot be the name of a cell"));
        return Err(error.at(id.clone(), "").help("cells are named by a-z, 0-9 and `-`, beginning with a letter"));
    }
    let Some((first, rest)) = words.split_first() else {
        let error =
            Diagnostic::error(Code::UnknownFigure, format!("`{name}` does not say which figure")).at(id.clone(), "");
        return Err(error.help(format!("name one of the cell's figures: `{name}.wall.median`")));
    };
    let (metric, rest) = metric(first, rest)?;
    let statistic = match rest {
        [] => Statistic::Median,
        [word, ..] if metric == Metric::Exit => {
            return Err(
                Diagnostic::error(Code::UnknownFigure, "`exit` has no statistics: it is one code").at(word.clone(), "")
            );
        }
        [word] => one_of(word, &STATISTICS, "statistic", &[])?,
        [_, word, ..] => {
            return Err(Diagnostic::error(Code::UnknownFigure, "nothing follows a statistic").at(word.clone(), ""));
        }
    };
    Ok(CellKey { cell: name.to_owned(), params, metric, statistic })
}

fn metric<'a>(first: &Span, rest: &'a [Span]) -> Result<(Metric, &'a [Span]), Diagnostic> {
    if first.text() != VALUE {
        return Ok((one_of(first, &METRICS, "figure", &[VALUE])?, rest));
    }
    match rest.split_first() {
        Some((name, rest)) if !name.text().is_empty() => Ok((Metric::Value(name.text().to_owned()), rest)),
        _ => Err(Diagnostic::error(Code::UnknownFigure, "`value` does not say which")
            .at(first.clone(), "")
            .help("name it as the program does: `value.hits` is what `cell::value(\"hits\", …)` or `cell.value` gave")),
    }
}

fn page_fact(id: &Span, words: &[Span]) -> Result<PageFact, Diagnostic> {
    match words {
        [] => Err(Diagnostic::error(Code::UnknownFigure, "`page` does not say which fact")
            .at(id.clone(), "")
            .help(format!("there are {}", listed(&PAGE_FACTS, &[])))),
        [word] => one_of(word, &PAGE_FACTS, "fact of the page", &[]),
        [_, word, ..] => {
            Err(Diagnostic::error(Code::UnknownFigure, "nothing follows a fact of the page").at(word.clone(), ""))
        }
    }
}

/// The thing that a word names. `others` are known too, but read elsewhere.
fn one_of<T: Clone>(word: &Span, known: &[(&str, T)], what: &str, others: &[&str]) -> Result<T, Diagnostic> {
    let text = word.text();
    if let Some((_, found)) = known.iter().find(|(name, _)| *name == text) {
        return Ok(found.clone());
    }
    let message = match text {
        "" => format!("the {what} is missing"),
        _ => format!("`{text}` is no {what}"),
    };
    let error = Diagnostic::error(Code::UnknownFigure, message)
        .at(word.clone(), "")
        .note(format!("there are {}", listed(known, others)));
    let names = || known.iter().map(|(name, _)| *name);
    match text.split_once('-') {
        Some((name, rest)) if names().any(|known| known == name) => {
            let apart = format!("{name} - {rest}");
            Err(error.replace(format!("put blanks around a minus: `{apart}`"), word.clone(), apart))
        }
        _ if text.is_empty() => Err(error),
        _ => Err(error.suggest(text, names().chain(others.iter().copied()))),
    }
}

fn listed<T>(known: &[(&str, T)], others: &[&str]) -> String {
    let names = known.iter().map(|(name, _)| *name).chain(others.iter().copied());
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The letters, digits, `_` and `-` from a byte on.
fn word(text: &Span, start: usize) -> Range<usize> {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let rest = &text.text()[start..];
    start..start + rest.find(|c| !inner(c)).unwrap_or(rest.len())
}

/// Reads `[threads=8, mode=fast]`, whose bracket opens at a byte; gives it with the byte behind it.
fn params(text: &Span, open: usize) -> Result<(BTreeMap<String, String>, usize), Diagnostic> {
    let Some(length) = text.text()[open..].find(']') else {
        return Err(Diagnostic::error(Code::Parameters, "this bracket is not closed").at(text.part(open..open + 1), ""));
    };
    let mut params = BTreeMap::new();
    let mut start = open + 1;
    for part in text.text()[start..open + length].split(',') {
        let place = text.part(start..start + part.len());
        start += part.len() + 1;
        let Some((name, value)) = part.split_once('=').map(|(name, value)| (name.trim(), value.trim())) else {
            return Err(Diagnostic::error(Code::Parameters, "a parameter is written `name=value`").at(place, ""));
        };
        let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let in_value = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.');
        if name.is_empty() || value.is_empty() || !name.chars().all(in_name) || !value.chars().all(in_value) {
            return Err(
                Diagnostic::error(Code::Parameters, "a parameter is a name, `=`, and a word or a number").at(place, "")
            );
        }
        if params.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(
                Diagnostic::error(Code::Parameters, format!("the parameter `{name}` stands here twice")).at(place, "")
            );
        }
    }
    Ok((params, open + length + 1))
}

/// The key as an author writes it, with its statistic.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Cell(key) => key.fmt(f),
            Key::Page(fact) => write!(f, "{PAGE}.{}", name_of(fact, &PAGE_FACTS)),
        }
    }
}

impl fmt::Display for CellKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cell)?;
        if !self.params.is_empty() {
            let params: Vec<String> = self.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
            write!(f, "[{}]", params.join(","))?;
        }
        match &self.metric {
            Metric::Value(name) => write!(f, ".{VALUE}.{name}")?,
            metric => write!(f, ".{}", name_of(metric, &METRICS))?,
        }
        if self.metric == Metric::Exit { Ok(()) } else { write!(f, ".{}", name_of(&self.statistic, &STATISTICS)) }
    }
}

fn name_of<T: PartialEq>(thing: &T, names: &[(&'static str, T)]) -> &'static str {
    names.iter().find(|(_, named)| named == thing).expect("all of them are listed").0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SitePath, Source};

    fn read(text: &str) -> Result<(Key, usize), String> {
        let source = Source::new(SitePath::new("a.md").unwrap(), text);
        Key::read(&source.span(0..text.len()), 0).map_err(|error| match error.remedy() {
            Some(help) => format!("{error} ({help})"),
            None => error.to_string(),
        })
    }

    #[test]
    fn a_key_is_printed_as_it_is_written() {
        for (text, printed) in [
            ("spin.wall.median", "spin.wall.median"),
            ("spin.wall", "spin.wall.median"),
            ("spin-2.cpu.mean", "spin-2.cpu.mean"),
            ("spin.rss.max", "spin.rss.max"),
            ("spin.parallelism.min", "spin.parallelism.min"),
            ("spin.wall.mad", "spin.wall.mad"),
            ("spin.wall.ci", "spin.wall.ci"),
            ("spin.wall.n", "spin.wall.n"),
            ("spin.exit", "spin.exit"),
            ("spin.value.Hit_rate-2.max", "spin.value.Hit_rate-2.max"),
            ("spin.value.max", "spin.value.max.median"),
            ("spin[threads=8].wall", "spin[threads=8].wall.median"),
            ("spin[ b = fast , a = -1.5e+3 ].wall", "spin[a=-1.5e+3,b=fast].wall.median"),
            ("page.machine", "page.machine"),
            ("page.cores", "page.cores"),
            ("page.toolchain", "page.toolchain"),
            ("page.date", "page.date"),
        ] {
            let (key, end) = read(text).unwrap();
            assert_eq!((key.to_string().as_str(), end), (printed, text.len()));
        }
    }

    #[test]
    fn a_key_ends_where_its_words_end() {
        for (text, length) in [("a.wall - b.wall", 6), ("a.wall/b.wall", 6), ("a.wall)", 6), ("a[x=1].wall ", 11)] {
            assert_eq!(read(text).unwrap().1, length, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_at_its_word() {
        for (text, message) in [
            (
                "spin",
                "a.md:1:1: error[E605]: `spin` does not say which figure (name one of the cell's figures: `spin.wall.median`)",
            ),
            (
                "Spin.wall",
                "a.md:1:1: error[E406]: `Spin` cannot be the name of a cell (cells are named by a-z, 0-9 and `-`, beginning with a letter)",
            ),
            ("spin.", "a.md:1:6: error[E605]: the figure is missing"),
            ("spin.wal.median", "a.md:1:6: error[E605]: `wal` is no figure (did you mean `wall`?)"),
            ("spin.valeu.hits", "a.md:1:6: error[E605]: `valeu` is no figure (did you mean `value`?)"),
            ("spin.median", "a.md:1:6: error[E605]: `median` is no figure"),
            ("spin.wall.medain", "a.md:1:11: error[E605]: `medain` is no statistic (did you mean `median`?)"),
            ("spin.wall..n", "a.md:1:12: error[E605]: nothing follows a statistic"),
            ("spin.wall.", "a.md:1:11: error[E605]: the statistic is missing"),
            (
                "spin.wall-b.wall",
                "a.md:1:6: error[E605]: `wall-b` is no figure (put blanks around a minus: `wall - b`)",
            ),
            (
                "spin.wall.max-2",
                "a.md:1:11: error[E605]: `max-2` is no statistic (put blanks around a minus: `max - 2`)",
            ),
            ("spin.exit.max", "a.md:1:11: error[E605]: `exit` has no statistics: it is one code"),
            ("spin.wall.max.n", "a.md:1:15: error[E605]: nothing follows a statistic"),
            (
                "spin.value",
                "a.md:1:6: error[E605]: `value` does not say which (name it as the program does: `value.hits` is what `cell::value(\"hits\", …)` or `cell.value` gave)",
            ),
            ("spin[threads=8", "a.md:1:5: error[E606]: this bracket is not closed"),
            ("spin[].wall", "a.md:1:6: error[E606]: a parameter is written `name=value`"),
            ("spin[a=1,threads].wall", "a.md:1:10: error[E606]: a parameter is written `name=value`"),
            ("spin[a=].wall", "a.md:1:6: error[E606]: a parameter is a name, `=`, and a word or a number"),
            ("spin[a=x y].wall", "a.md:1:6: error[E606]: a parameter is a name, `=`, and a word or a number"),
            ("spin[a=1,a=2].wall", "a.md:1:10: error[E606]: the parameter `a` stands here twice"),
            (
                "page",
                "a.md:1:1: error[E605]: `page` does not say which fact (there are `machine`, `cores`, `toolchain`, `date`)",
            ),
            ("page.machin", "a.md:1:6: error[E605]: `machin` is no fact of the page (did you mean `machine`?)"),
            ("page.cores.max", "a.md:1:12: error[E605]: nothing follows a fact of the page"),
            ("page[a=1].cores", "a.md:1:5: error[E605]: a page has no parameters"),
        ] {
            assert_eq!(read(text).unwrap_err(), message, "{text}");
        }
    }
}
