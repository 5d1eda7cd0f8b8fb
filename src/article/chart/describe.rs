//! What a picture shows, in sentences for those who do not see it.

use super::fit::Law;
use super::plot::Plot;
use super::sweep::{Ideal, Line, Placed, Sweep};
use super::{Measured, Unit};

/// The title of a picture.
pub(super) fn title(sweep: &Sweep<'_>) -> String {
    format!("{}: median {} by {}", sweep.title, sweep.quantity, sweep.parameter)
}

/// What the signs in a picture mean.
pub(super) fn key(sweep: &Sweep<'_>, plot: &Plot<'_>) -> String {
    let mut sentences = vec!["Bars: 95 % intervals wider than their marks.".to_owned()];
    let scale = match plot.logarithmic() {
        (true, true) => "Both axes are logarithmic.",
        (true, false) => "The horizontal axis is logarithmic.",
        (false, true) => "The vertical axis is logarithmic.",
        (false, false) => "",
    };
    if !scale.is_empty() {
        sentences.push(scale.to_owned());
    }
    if let Some(label) = plot.ideal_of() {
        sentences.push(format!("Dotted: the ideal for {label}."));
    }
    if let Some(cores) = plot.crowded_from() {
        sentences.push(format!("Shaded: {}.", beyond(sweep, cores)));
    }
    sentences.join(" ")
}

/// What the data say, a sentence for each line.
pub(super) fn sentences(sweep: &Sweep<'_>, lines: &[Line<'_>]) -> String {
    let mut sentences: Vec<String> = lines.iter().map(|line| course(sweep, line)).collect();
    if let (Some(ideal), Some(line)) = (sweep.ideal, lines.first()) {
        sentences.extend(ideal_course(sweep, ideal, line));
    }
    let last = lines.iter().filter_map(|line| line.points.last()).map(|point| point.0).fold(0.0, f64::max);
    if let Some(cores) = sweep.cores.filter(|cores| last > *cores as f64) {
        sentences.push(format!("The right part is shaded: {}.", beyond(sweep, cores)));
    }
    sentences.join(" ")
}

/// What the laws of scaling say of the lines that obey one, a sentence each: of times of a fixed amount of work.
pub(super) fn laws(sweep: &Sweep<'_>, lines: &[Line<'_>]) -> String {
    let law = |line: &Line<'_>| {
        let points: Vec<(f64, Measured)> = line.points.iter().map(|(workers, _, time)| (*workers, *time)).collect();
        Law::of(&points, sweep.cores).map(|law| law.sentence(line.label, sweep.parameter))
    };
    let lines = lines.iter().filter(|_| sweep.ideal == Some(Ideal::Inverse));
    lines.filter_map(law).collect::<Vec<_>>().join(" ")
}

fn beyond(sweep: &Sweep<'_>, cores: usize) -> String {
    let cores = if cores == 1 { "the one core".to_owned() } else { format!("the {cores} cores") };
    format!("more {} than {cores} of the machine", sweep.parameter)
}

/// How a line goes from its first point to its last.
fn course(sweep: &Sweep<'_>, line: &Line<'_>) -> String {
    let label = line.label;
    let [first, inner @ .., last] = line.points.as_slice() else {
        return line.points.first().map_or(String::new(), |point| format!("{label} is {}.", place(sweep, point)));
    };
    let (from, to) = (place(sweep, first), place(sweep, last));
    let is_sorted =
        |is_step: fn(f64, f64) -> bool| line.points.is_sorted_by(|one, next| is_step(one.2.value, next.2.value));
    if are_alike(&line.points) {
        format!("{label} stays the same within its intervals, from {from} to {to}.")
    } else if is_sorted(|one, next| one >= next) {
        format!("{label} falls from {from} to {to}.")
    } else if is_sorted(|one, next| one <= next) {
        format!("{label} rises from {from} to {to}.")
    } else {
        let ends = (first.2.value.min(last.2.value), first.2.value.max(last.2.value));
        format!("{label} goes from {from} to {to}, {}.", between(sweep, inner, ends))
    }
}

/// What lies between the ends of a line beyond their values.
fn between(sweep: &Sweep<'_>, inner: &[Placed<'_>], (bottom, top): (f64, f64)) -> String {
    let by_value = |one: &&Placed<'_>, other: &&Placed<'_>| one.2.value.total_cmp(&other.2.value);
    let lowest = inner.iter().min_by(by_value).filter(|point| point.2.value < bottom);
    let highest = inner.iter().max_by(by_value).filter(|point| point.2.value > top);
    let part = |word, point: Option<_>| point.map(|point| format!("its {word}, {}", place(sweep, point)));
    match (part("lowest", lowest), part("highest", highest)) {
        (Some(lowest), Some(highest)) => format!("with {lowest}, and {highest}"),
        (Some(only), None) | (None, Some(only)) => format!("with {only}"),
        (None, None) => "with ups and downs between".to_owned(),
    }
}

/// A point in words: `1.92 ms at threads = 8`.
fn place(sweep: &Sweep<'_>, (_, at, value): &Placed<'_>) -> String {
    format!("{} at {} = {at}", value.text(sweep.unit), sweep.parameter)
}

/// Whether one value lies in the intervals of all points.
fn are_alike(points: &[Placed<'_>]) -> bool {
    let ends: Vec<(f64, f64)> = points.iter().map(|point| point.2.ends()).collect();
    let highest_low = ends.iter().map(|ends| ends.0).fold(f64::NEG_INFINITY, f64::max);
    ends.iter().all(|ends| ends.1 >= highest_low)
}

/// What the ideal is at the last point.
fn ideal_course(sweep: &Sweep<'_>, ideal: Ideal, line: &Line<'_>) -> Option<String> {
    let ((first, _, base), (last, at, _)) = (line.points.first()?, line.points.last()?);
    let value = Some(ideal.at((*first, base.value), *last))
        .filter(|value| *first > 0.0 && last > first && value.is_finite())?;
    let value = digits(sweep.unit, value, *base);
    Some(format!("The ideal for {} would be {value} at {} = {at}.", line.label, sweep.parameter))
}

/// A value that was computed from another has no more digits than that one's interval supports.
fn digits(unit: Unit, value: f64, base: Measured) -> String {
    let share = base.interval.map(|(low, high)| (high - low) / 2.0 / base.value.abs());
    unit.format(value, share.map(|share| share * value.abs()))
}

#[cfg(test)]
mod tests {
    use super::super::{Point, Series};
    use super::*;

    /// A parameter, the time there, and half of its interval's width.
    type Given = (&'static str, f64, f64);

    fn sentences_of(points: &[Given], ideal: Option<Ideal>, cores: Option<usize>) -> String {
        let points: Vec<Point<'_>> = points
            .iter()
            .map(|&(at, value, half)| Point {
                at,
                value: Measured { value, interval: Some((value - half, value + half)) },
            })
            .collect();
        let series = [Series { label: "spin", points: &points }];
        let sweep = Sweep {
            title: "Locks",
            parameter: "threads",
            quantity: "time",
            unit: Unit::Time,
            series: &series,
            ideal,
            cores,
            mixed: None,
        };
        sentences(&sweep, &sweep.lines().expect("two points and more"))
    }

    #[test]
    fn the_course_of_a_line_in_words() {
        let table: [(&[Given], &str); 7] = [
            (
                &[("1", 8e6, 1e5), ("2", 4e6, 1e5), ("4", 2e6, 1e5)],
                "spin falls from 8.00 ms at threads = 1 to 2.00 ms at threads = 4.",
            ),
            // In the order of the parameter, however they are given.
            (&[("4", 8e6, 1e5), ("1", 4e6, 1e5)], "spin rises from 4.00 ms at threads = 1 to 8.00 ms at threads = 4."),
            (
                &[("1", 8e6, 1e6), ("2", 9e6, 1e6), ("4", 8.5e6, 1e6)],
                "spin stays the same within its intervals, from 8.0 ms at threads = 1 to 8.5 ms at threads = 4.",
            ),
            (
                &[("1", 8e6, 1e5), ("2", 4e6, 1e5), ("4", 6e6, 1e5)],
                "spin goes from 8.00 ms at threads = 1 to 6.00 ms at threads = 4, with its lowest, 4.00 ms at threads = 2.",
            ),
            (
                &[("1", 8e6, 1e5), ("2", 4e6, 1e5), ("3", 9e6, 1e5), ("4", 6e6, 1e5)],
                "spin goes from 8.00 ms at threads = 1 to 6.00 ms at threads = 4, with its lowest, 4.00 ms at threads = 2, and its \
                 highest, 9.00 ms at threads = 3.",
            ),
            (
                &[("1", 9e6, 1e5), ("2", 7e6, 1e5), ("3", 8e6, 1e5), ("4", 6e6, 1e5)],
                "spin goes from 9.00 ms at threads = 1 to 6.00 ms at threads = 4, with ups and downs between.",
            ),
            (
                &[("1", 0.0, 0.0), ("2", 0.0, 0.0)],
                "spin stays the same within its intervals, from 0 ns at threads = 1 to 0 ns at threads = 2.",
            ),
        ];
        for (points, text) in table {
            assert_eq!(sentences_of(points, None, None), text);
        }
    }

    #[test]
    fn the_ideal_and_the_cores_in_words() {
        let points = [("1", 8e6, 1e5), ("4", 3e6, 1e5)];
        let falls = "spin falls from 8.00 ms at threads = 1 to 3.00 ms at threads = 4.";
        let ideal = "The ideal for spin would be 2.000 ms at threads = 4.";
        let shaded = "The right part is shaded: more threads than the 2 cores of the machine.";
        let one = "The right part is shaded: more threads than the one core of the machine.";
        for (wanted, cores, text) in [
            (Some(Ideal::Inverse), Some(2), format!("{falls} {ideal} {shaded}")),
            (Some(Ideal::Proportional), None, format!("{falls} The ideal for spin would be 32.00 ms at threads = 4.")),
            (None, Some(1), format!("{falls} {one}")),
            (None, Some(4), falls.to_owned()),
        ] {
            assert_eq!(sentences_of(&points, wanted, cores), text);
        }
    }
}
