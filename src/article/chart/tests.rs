//! What holds for every chart, whatever its data.

use super::*;

fn measured(value: f64) -> Measured {
    Measured { value, interval: Some((0.95 * value, 1.05 * value)) }
}

fn points<'a>(values: &[(&'a str, Measured)]) -> Vec<Point<'a>> {
    values.iter().map(|&(at, value)| Point { at, value }).collect()
}

fn sweep<'a>(series: &'a [Series<'a>]) -> Sweep<'a> {
    Sweep {
        title: "Locks & <co>",
        parameter: "threads",
        quantity: "time",
        unit: Unit::Time,
        series,
        ideal: Some(Ideal::Inverse),
        cores: Some(2),
        mixed: Some("Measured in different sessions."),
    }
}

/// The texts of all elements of a name.
pub(super) fn texts(document: &roxmltree::Document<'_>, name: &str) -> Vec<String> {
    let elements = document.descendants().filter(|node| node.has_tag_name(name));
    elements
        .map(|node| node.descendants().filter_map(|text| if text.is_text() { text.text() } else { None }).collect())
        .collect()
}

/// Fails if a chart is no well-formed XML, has what the page forbids, or shows what is no number.
pub(super) fn check(html: &str) {
    assert!(roxmltree::Document::parse(html).is_ok(), "{:?}\n{html}", roxmltree::Document::parse(html));
    for wrong in [" style=", " id=", "NaN", "inf", "INF", "-0%", "\"-0\""] {
        assert!(!html.contains(wrong), "{wrong} in {html}");
    }
}

#[test]
fn a_comparison_in_words() {
    let ratio = |low: f64, high: f64| Some(Measured { value: f64::midpoint(low, high), interval: Some((low, high)) });
    let bar = |label, value: f64, ratio| Bar { label, href: None, value: measured(value), ratio, baseline: false };
    let bars = [
        Bar { href: Some("#cell-mutex"), baseline: true, ..bar("mutex", 7e8, None) },
        bar("try_lock", 2.1e8, ratio(0.29, 0.31)),
        bar("rw<lock>", 7.1e8, ratio(0.97, 1.04)),
        bar("lost", f64::NAN, None),
    ];
    let html =
        Comparison { title: "Locks", quantity: "time", unit: Unit::Time, bars: &bars, mixed: Some("Note.") }.draw();
    check(&html);
    let document = roxmltree::Document::parse(&html).unwrap();
    assert_eq!(texts(&document, "caption"), ["Locks: median time, with its 95\u{a0}% interval."]);
    assert_eq!(
        texts(&document, "tr"),
        [
            "CellMedian95\u{a0}% intervalAgainst mutexTime",
            "mutex700 ms665–735 msbaseline",
            "try_lock210 ms200–221 ms3.3× as fast (3.2–3.4)",
            "rw<lock>710 ms675–746 msno difference found (0.97–1.04)",
            "lost–––",
        ]
    );
    assert!(html.contains("<a href=\"#cell-mutex\">mutex</a>"), "{html}");
    assert!(
        html.contains("class=\"s0\"")
            && html.ends_with("<p><span class=\"badge mixed\">mixed</span> Note.</p>\n</div>\n"),
        "{html}"
    );
    assert_eq!(html.matches("<svg").count(), 3);
}

#[test]
fn without_an_interval_there_is_no_column_of_intervals() {
    let value = Measured { value: 3e6, interval: None };
    let ratio = Some(Measured { value: 1.5, interval: None });
    let bars = [Bar { label: "one", href: None, value, ratio, baseline: false }];
    let html = Comparison { title: "Few", quantity: "time", unit: Unit::Time, bars: &bars, mixed: None }.draw();
    let document = roxmltree::Document::parse(&html).unwrap();
    assert_eq!(texts(&document, "tr"), ["CellMedianRatioTime", "one3.0 msratio 1.5, too few runs to judge"]);
}

#[test]
fn a_sweep_is_a_picture_with_its_data() {
    let one = points(&[("8", measured(2e6)), ("1", measured(8e6)), ("2", measured(5e6))]);
    let other = points(&[("1", measured(8e6)), ("2", measured(9e6)), ("4", measured(f64::NAN))]);
    let series = [Series { label: "spin", points: &one }, Series { label: "park", points: &other }];
    let html = sweep(&series).draw();
    check(&html);
    let document = roxmltree::Document::parse(&html).unwrap();
    assert_eq!(texts(&document, "title")[0], "Locks & <co>: median time by threads");
    assert!(
        texts(&document, "desc")[0]
            .starts_with("spin falls from 8.00 ms at threads = 1 to 2.00 ms at threads = 8. park")
    );
    assert_eq!(
        texts(&document, "tr"),
        [
            "threadsspinpark",
            "18.00 ms ± 400 µs8.00 ms ± 400 µs",
            "25.00 ms ± 250 µs9.00 ms ± 450 µs",
            "4––",
            "82.00 ms ± 100 µs–",
        ]
    );
    let shown = texts(&document, "text");
    for text in ["1", "2", "8", "threads", "1 ms", "10 ms", "spin", "park", "ideal", "2 cores"] {
        assert!(shown.iter().any(|shown| shown == text), "{text} in {shown:?}");
    }
    assert!(html.contains("stroke-dasharray=\"8 4\""), "the second line has dashes of its own");
}

#[test]
fn what_is_no_picture_is_a_table_with_bars() {
    let words = points(&[("relaxed", measured(1e6)), ("seq_cst", measured(2e6))]);
    let single = points(&[("4", measured(1e6))]);
    let numbers = points(&[("1", measured(1e6)), ("2", measured(2e6))]);
    let many = [Series { label: "spin", points: &numbers }; 5];
    let table: [(&[Series<'_>], &[&str]); 3] = [
        (&[Series { label: "spin", points: &words }], &["relaxed", "seq_cst"]),
        (&[Series { label: "spin", points: &single }], &["4"]),
        (&many, &["spin, 1", "spin, 2"]),
    ];
    for (series, heads) in table {
        let html = sweep(series).draw();
        check(&html);
        assert!(html.contains("<table class=\"compare\">") && !html.contains("role=\"img\""), "{html}");
        for head in heads {
            assert!(html.contains(&format!("<th scope=\"row\">{head}</th>")), "{head} in {html}");
        }
    }
}

#[test]
fn no_data_are_too_odd() {
    let strange = [
        &[("1", 0.0), ("2", 0.0)][..],
        &[("1", 5.0), ("2", 5.0), ("3", 5.0)],
        &[("0", 1.0), ("-4", 2.0), ("4", -3.0)],
        &[("1", f64::NAN), ("2", f64::INFINITY)],
        &[("1", f64::NAN), ("2", 1.0), ("4", 1e9)],
        &[("nan", 1.0), ("inf", 2.0)],
        &[("1e-300", 1e-300), ("1e300", 1e300)],
        &[("1", f64::MAX), ("2", f64::MIN)],
        &[("1", 1e-320), ("1.0", 1.0)],
        &[("-0", 1.0), ("0", 2.0), ("1", 100.0)],
        &[],
    ];
    for values in strange {
        let values: Vec<_> = values.iter().map(|&(at, value)| (at, measured(value))).collect();
        let points = points(&values);
        let series = [Series { label: "a", points: &points }, Series { label: "b", points: &[] }];
        for (unit, ideal) in
            [(Unit::Time, Ideal::Inverse), (Unit::Bytes, Ideal::Proportional), (Unit::Number, Ideal::Inverse)]
        {
            let sweep = Sweep { unit, ideal: Some(ideal), ..sweep(&series) };
            check(
                &sweep.draw().replace("<th scope=\"row\">a, inf</th>", "").replace("<th scope=\"row\">a, nan</th>", ""),
            );
        }
        let bars: Vec<Bar<'_>> = points
            .iter()
            .map(|point| Bar { label: "x", href: None, value: point.value, ratio: Some(point.value), baseline: false })
            .collect();
        check(&Comparison { title: "", quantity: "", unit: Unit::Number, bars: &bars, mixed: None }.draw());
    }
    check(&Tally { title: "", outcomes: &[("", 3)], total: 0, notes: &[] }.draw());
    check(&Tally { title: "", outcomes: &[("", 3)], total: 2, notes: &[] }.draw());
}

/// What a chart takes when it is sent alone, in bytes; beside others it takes less. As files that are compressed once and
/// for all.
pub(super) fn sent(html: &str) -> usize {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut html.as_bytes(), &mut out, &parameters).unwrap();
    out.len()
}

/// A chart of each kind, of about the most that is drawn, with values that no rule foretells.
fn one_of_each_kind() -> [String; 5] {
    let mut state = 1_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut near = |value: f64| {
        let (value, half) = (value * (0.9 + 0.2 * noise()), value * 0.05 * (0.5 + noise()));
        Measured { value, interval: Some((value - half, value + half)) }
    };
    let ats = ["1", "2", "4", "8", "16", "32", "64", "128"];
    let bases = [1e8, 2.3e8, 3.1e8, 4.7e8];
    let all = bases.map(|base| points(&ats.map(|at| (at, near(base / at.parse::<f64>().unwrap().sqrt())))));
    let labels = ["sharded", "mutex", "atomic", "rwlock"];
    let series: Vec<_> = labels.iter().zip(&all).map(|(label, points)| Series { label, points }).collect();
    let bars = ["mutex", "atomic", "sharded", "rwlock", "queue", "spin"].map(|label| Bar {
        label,
        href: Some("#cell-mutex"),
        value: near(1e8),
        ratio: Some(near(2.0)),
        baseline: false,
    });
    let mut runs =
        || -> Vec<Run> { (0..30).map(|at| Run { value: near(1e8).value, disturbed: at % 9 == 4 }).collect() };
    let (one, several) = (runs(), [runs(), runs(), runs(), runs(), runs(), runs()]);
    let strip = |runs: &[Vec<Run>], label| {
        let median = Measured { value: 1e8, interval: Some((0.98e8, 1.03e8)) };
        let rows: Vec<Runs<'_>> = runs.iter().map(|runs| Runs { label, runs, median }).collect();
        Strip { title: "Runs of mutex", unit: Unit::Time, rows: &rows, data: "/posts/locks/results.json" }.draw()
    };
    let outcomes = [("<samp>2000</samp>", 990), ("<samp>1999</samp>", 7), ("<samp>1998</samp> (panicked)", 3)];
    [
        Comparison { title: "Locks", quantity: "time", unit: Unit::Time, bars: &bars, mixed: None }.draw(),
        Sweep { title: "Locks", mixed: None, ..sweep(&series) }.draw(),
        Tally { title: "Race", outcomes: &outcomes, total: 1000, notes: &[] }.draw(),
        strip(&[one], ""),
        strip(&several, "threads = 8"),
    ]
}

/// A chart may cost a page 1.5 kB.
#[test]
fn charts_are_small() {
    for html in one_of_each_kind() {
        assert!(sent(&html) <= 1_500, "{} B of {html}", sent(&html));
    }
}
