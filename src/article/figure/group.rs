//! Charts of what was measured: a cell at several values, and cells of a group side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::output::in_words;
use super::{Figure, Headline};
use crate::article::chart::{Bar, Comparison, Ideal, Measured, Point, Series, Sweep, Unit};
use crate::cells::{Answer, CaseRecord, Cell, Figures, Metric, Params, Plan, Record, baseline};
use crate::markdown::{Settled, Value};
use crate::source::{Code, Diagnostic};

/// The charts of a post: of each group, and of each cell with a sweep that is in none.
pub struct Charts<'a> {
    figures: Vec<Figure<'a>>,
    /// By the name of the group or the cell.
    drawn: BTreeMap<String, Drawn>,
}

/// A chart.
struct Drawn {
    html: String,
    /// The figures that it is drawn of, by their numbers.
    members: Vec<usize>,
    /// The figure that it belongs to, by its number: the last of the group.
    figure: usize,
    /// Whether it stands in the prose, where its author put it.
    placed: bool,
}

impl<'a> Charts<'a> {
    /// The charts that the figures of a post make.
    pub fn of(figures: Vec<Figure<'a>>) -> Self {
        let mut drawn = BTreeMap::new();
        for (at, figure) in figures.iter().enumerate() {
            let options = &figure.cell.options;
            let group = options.group.as_ref();
            let members: Vec<usize> = match group {
                Some(_) => {
                    (0..figures.len()).filter(|&other| figures[other].cell.options.group.as_ref() == group).collect()
                }
                None => vec![at],
            };
            let name = group.unwrap_or(&figure.cell.id);
            let title = match group {
                Some(group) => format!("Comparison: {group}"),
                None => options.label.clone().unwrap_or_else(|| format!("Measurements of {name}")),
            };
            if members.last() == Some(&at)
                && let Some(html) = chart(&of(&figures, &members), &title)
            {
                drawn.insert(name.clone(), Drawn { html, members, figure: at, placed: false });
            }
        }
        Charts { figures, drawn }
    }

    /// The chart that a value in prose is, if it is one: `lock.chart`.
    pub fn settle(&mut self, value: &Value) -> Option<Result<Settled, Diagnostic>> {
        let name = value.expression.text().strip_suffix(".chart")?;
        if let Some(drawn) = self.drawn.get_mut(name) {
            drawn.placed = true;
            if !(value.image && value.alone) {
                let error = Diagnostic::error(Code::ChartPlace, "a chart is an image in a paragraph of its own");
                let help = format!("write `![…](cell:{name}.chart)` between blank lines");
                return Some(Err(error.at(value.span.clone(), "").help(help)));
            }
            let title = value.written.as_deref().map(str::trim).filter(|title| !title.is_empty());
            let titled = title.and_then(|title| chart(&of(&self.figures, &drawn.members), title));
            return Some(Ok(Settled::Block(titled.unwrap_or_else(|| drawn.html.clone()))));
        }
        let is_known = |figure: &Figure<'_>| {
            let Cell { id, options, .. } = figure.cell;
            id == name || options.group.as_deref() == Some(name)
        };
        let has_result = |figure: &Figure<'_>| matches!(figure.answer, Some(Answer::Recorded(_)));
        if self.figures.iter().any(|figure| is_known(figure) && !has_result(figure)) {
            // Without its results there is nothing to draw, which is said elsewhere.
            return Some(Ok(Settled::Text(value.written.clone().unwrap_or_default())));
        }
        let known = self.drawn.keys().map(String::as_str);
        let error = Diagnostic::error(Code::NoChart, format!("there is no chart of `{}`", name.escape_debug()));
        let error = error.at(
            value.expression.clone(),
            "should name a group of cells that are measured, or such a cell with a sweep",
        );
        Some(Err(error.suggest(name, known)))
    }

    /// The number that stands for the post: that of its first comparison in which a difference was found, else the median of its
    /// first cell that was measured more than once and at one value.
    pub fn headline(&self) -> Option<Headline> {
        let groups = self.drawn.values().map(|drawn| (drawn.members[0], of(&self.figures, &drawn.members)));
        let mut groups: Vec<_> = groups.filter(|(_, members)| parameter(members).is_none()).collect();
        groups.sort_by_key(|(first, _)| *first);
        let compared = groups.into_iter().find_map(|(_, members)| {
            let all: Vec<(&Cell, &Record)> = members.into_iter().filter_map(measured).collect();
            let quantity = Quantity::of(all.first()?.0);
            let bars = bars(&all, &quantity, mixed(&all, &quantity.metric));
            Headline::of_comparison(&bars.into_iter().map(|(_, bar)| bar).collect::<Vec<_>>(), quantity.unit)
        });
        compared.or_else(|| {
            self.figures.iter().filter_map(measured).find_map(|(cell, record)| {
                let [case] = &*record.cases else { return None };
                let quantity = Quantity::of(cell);
                let value = quantity.measured(cell, case).filter(|value| value.interval.is_some())?;
                Some(Headline::of_median(value, quantity.unit, &quantity.name, label(cell)))
            })
        })
    }

    /// The figures by the numbers of their fences, with the charts that no prose holds.
    pub fn place(self) -> BTreeMap<usize, Figure<'a>> {
        let mut figures = self.figures;
        for Drawn { html, members, figure, .. } in self.drawn.into_values().filter(|drawn| !drawn.placed) {
            if members.iter().any(|&member| !figures[member].cell.options.chart) {
                continue;
            }
            let figure = &mut figures[figure];
            let of_group = figure.cell.options.group.is_some();
            *(if of_group { &mut figure.comparison } else { &mut figure.chart }) = Some(html);
        }
        figures.into_iter().map(|figure| (figure.cell.fence, figure)).collect()
    }
}

fn of<'f, 'a>(figures: &'f [Figure<'a>], members: &[usize]) -> Vec<&'f Figure<'a>> {
    members.iter().map(|&at| &figures[at]).collect()
}

/// What is drawn of some cells together; nothing if there is nothing to compare. Cells with a sweep become lines, others bars.
fn chart(figures: &[&Figure<'_>], title: &str) -> Option<String> {
    let all: Vec<(&Cell, &Record)> = figures.iter().copied().filter_map(measured).collect();
    let (first, _) = all.first()?;
    let parameter = parameter(figures);
    let quantity = Quantity::of(first);
    let mixed = mixed(&all, &quantity.metric);
    match parameter {
        Some(parameter) => Some(sweep(&all, &parameter, title, &quantity, mixed)),
        None if all.len() > 1 => Some(comparison(&all, title, &quantity, mixed)),
        None => None,
    }
}

fn measured<'a>(figure: &Figure<'a>) -> Option<(&'a Cell, &'a Record)> {
    match figure.answer {
        Some(Answer::Recorded(record)) if record.cases.iter().any(|case| case.measured.is_some()) => {
            Some((figure.cell, record))
        }
        _ => None,
    }
}

/// The parameter of a sweep: the first one, if there are several.
fn parameter(figures: &[&Figure<'_>]) -> Option<String> {
    let programs = figures.iter().filter_map(|figure| Some(&figure.assembled?.program));
    let mut measured = programs.filter(|program| !matches!(program.plan, Plan::Trials { .. }));
    measured.find_map(|program| program.sweep.first().map(|(name, _)| name.clone()))
}

/// What is compared, and how it is read from a case.
struct Quantity {
    metric: Metric,
    name: String,
    unit: Unit,
}

impl Quantity {
    fn of(cell: &Cell) -> Quantity {
        let metric = cell.options.metric.clone();
        let (name, unit) = match &metric {
            Metric::Wall if cell.options.per > 1.0 => ("time per operation".to_owned(), Unit::Time),
            Metric::Wall => ("time".to_owned(), Unit::Time),
            Metric::Cpu => ("CPU time".to_owned(), Unit::Time),
            Metric::Value(name) => (name.clone(), Unit::Number),
        };
        Quantity { metric, name, unit }
    }

    fn measured(&self, cell: &Cell, case: &CaseRecord) -> Option<Measured> {
        let summary = case.measured.as_ref()?;
        Some(as_measured(&match &self.metric {
            Metric::Wall => summary.wall.per(cell.options.per),
            Metric::Cpu => summary.cpu.per(cell.options.per),
            Metric::Value(name) => *summary.values.get(name)?,
        }))
    }
}

fn as_measured(figures: &Figures) -> Measured {
    Measured { value: figures.median, interval: figures.interval() }
}

fn label(cell: &Cell) -> &str {
    cell.options.label.as_deref().unwrap_or(&cell.id)
}

/// Why cells cannot be compared by this, if they were not measured together or not alike.
fn mixed(all: &[(&Cell, &Record)], metric: &Metric) -> Option<&'static str> {
    let different =
        |of: fn(&Record) -> String| all.iter().map(|(_, record)| of(record)).collect::<BTreeSet<_>>().len() > 1;
    let is_part = |record: &Record| record.measured().is_some_and(|measured| measured.section).to_string();
    if different(|record| format!("{} {}", record.machine.cpu, record.machine.cores)) {
        Some("Measured on different machines, so they cannot be compared by their times.")
    } else if different(|record| record.session.clone()) {
        Some("Measured in different sessions and not interleaved, so no ratios are given.")
    } else if *metric == Metric::Wall && different(is_part) {
        Some("Some take the time of a part of themselves, others that of the whole, so no ratios are given.")
    } else {
        None
    }
}

fn comparison(all: &[(&Cell, &Record)], title: &str, quantity: &Quantity, mixed: Option<&str>) -> String {
    let hrefs: Vec<String> = all.iter().map(|(cell, _)| format!("#{}", cell.anchor)).collect();
    let of_cells = bars(all, quantity, mixed);
    let linked = of_cells.into_iter().map(|(at, bar)| Bar { href: Some(&hrefs[at]), ..bar });
    let bars: Vec<Bar<'_>> = linked.collect();
    Comparison { title, quantity: &quantity.name, unit: quantity.unit, bars: &bars, mixed }.draw()
}

/// The bars of cells that were measured, each with the number of its cell.
fn bars<'a>(all: &[(&'a Cell, &'a Record)], quantity: &Quantity, mixed: Option<&str>) -> Vec<(usize, Bar<'a>)> {
    let cells: Vec<&Cell> = all.iter().map(|(cell, _)| *cell).collect();
    let base = baseline(&cells);
    let base_id = base.map(|at| cells[at].id.as_str());
    // Ratios are stored of whole runs, so that results hold whatever `per` says.
    let per = |cell: &Cell| if matches!(quantity.metric, Metric::Value(_)) { 1.0 } else { cell.options.per };
    let bar = |(at, (cell, record)): (usize, &(&'a Cell, &'a Record))| {
        let case = record.cases.first()?;
        let ratio = case.ratio.as_ref().filter(|_| {
            case.baseline.as_deref() == base_id
                && case.metric.as_deref() == Some(quantity.metric.name())
                && mixed.is_none()
        });
        let bar = Bar {
            label: label(cell),
            href: None,
            value: quantity.measured(cell, case)?,
            ratio: ratio.map(|ratio| as_measured(&ratio.per(per(cell) / base.map_or(1.0, |at| per(cells[at]))))),
            baseline: Some(at) == base,
        };
        Some((at, bar))
    };
    all.iter().enumerate().filter_map(bar).collect()
}

fn sweep(all: &[(&Cell, &Record)], parameter: &str, title: &str, quantity: &Quantity, mixed: Option<&str>) -> String {
    let mut lines: Vec<(String, Vec<Point<'_>>)> = Vec::new();
    for (cell, record) in all {
        for case in &record.cases {
            let (Some(at), Some(value)) = (case.params.get(parameter), quantity.measured(cell, case)) else { continue };
            let mut others: Params = case.params.clone();
            others.remove(parameter);
            let name = match (all.len() > 1, others.is_empty()) {
                (_, true) => label(cell).to_owned(),
                (true, false) => format!("{}, {}", label(cell), in_words(&others)),
                (false, false) => in_words(&others),
            };
            let point = Point { at, value };
            match lines.iter_mut().find(|(known, _)| *known == name) {
                Some((_, points)) => points.push(point),
                None => lines.push((name, vec![point])),
            }
        }
    }
    let series: Vec<Series<'_>> = lines.iter().map(|(label, points)| Series { label, points }).collect();
    let workers = counts_workers(parameter);
    Sweep {
        title,
        parameter,
        quantity: &quantity.name,
        unit: quantity.unit,
        series: &series,
        ideal: (workers && quantity.metric == Metric::Wall).then_some(Ideal::Inverse),
        cores: all.first().map(|(_, record)| record.machine.cores).filter(|_| workers),
        mixed,
    }
    .draw()
}

/// Whether a parameter is the number of those who share the work, by its name.
fn counts_workers(parameter: &str) -> bool {
    ["thread", "worker", "process", "core", "job"].iter().any(|word| parameter.contains(word))
}
