use super::*;
use crate::cells::Cause;

fn plan(reps: Option<u32>, warmup: Option<u32>, max_time: u64) -> Repeat {
    Repeat { reps, warmup, min_time: 0, max_time, codes: vec![0] }
}

fn contender(plan: &Repeat) -> Contender<'_> {
    Contender { plan, against: None, empty: None }
}

fn adaptive() -> Repeat {
    plan(None, None, u64::MAX)
}

fn run(wall: u64) -> Run {
    Run { exit: Exit::Code(0), sample: Sample { wall, cpu: wall, rss: 1, ..Sample::default() } }
}

fn disturbed(wall: u64) -> Run {
    Run { sample: Sample { disturbed: Some(Cause::Programs), ..run(wall).sample }, ..run(wall) }
}

fn failed(wall: u64) -> Run {
    Run { exit: Exit::Code(3), ..run(wall) }
}

/// Measures one program whose runs are given by their number, from 0. Gives the samples' times and how many runs it took.
fn alone(plan: &Repeat, by_number: impl Fn(u64) -> Run) -> (Vec<u64>, u64) {
    let mut runs = 0;
    let samples = measure(&[contender(plan)], 1, |_| -> Result<Run, ()> {
        runs += 1;
        Ok(by_number(runs - 1))
    });
    (samples.expect("no run gives an error")[0].iter().map(|sample| sample.wall).collect(), runs)
}

#[test]
fn the_first_run_warms_up_and_the_second_too_if_the_first_was_slow() {
    let plan = plan(Some(2), None, 0);
    assert_eq!(alone(&plan, |n| run([120, 100, 101, 102][n as usize])).0, [100, 101]);
    assert_eq!(alone(&plan, |n| run([121, 100, 101, 102][n as usize])).0, [101, 102]);
}

#[test]
fn the_author_decides_how_many_runs_warm_up_and_how_many_count() {
    for (warmup, reps) in [(0, 1), (0, 5), (3, 2), (1, 40)] {
        let plan = plan(Some(reps), Some(warmup), 0);
        let expected: Vec<u64> = (u64::from(warmup)..u64::from(warmup + reps)).collect();
        assert_eq!(alone(&plan, disturbed), (expected, u64::from(warmup + reps)), "{plan:?}");
    }
}

#[test]
fn runs_that_are_alike_end_at_nine_and_others_at_thirty() {
    assert_eq!(alone(&adaptive(), |_| run(100)).0.len(), 9);
    assert_eq!(alone(&adaptive(), |n| run(100 + n % 7 * 10)).0.len(), 30);
}

#[test]
fn time_ends_it_earlier_or_later() {
    let within = |time| plan(None, None, time);
    assert_eq!(alone(&within(700), |n| run(100 + n % 2)).0.len(), 7);
    assert_eq!(alone(&within(150), |_| run(100)).0.len(), 2);
    assert_eq!(alone(&Repeat { min_time: 4_000, ..adaptive() }, |_| run(100)).0.len(), 40);
}

#[test]
fn warming_up_takes_nothing_from_the_time_of_the_runs_that_count() {
    let within = |time| plan(None, None, time);
    assert_eq!(alone(&within(10_000), |n| run([6_000, 4_600, 4_500, 4_400, 4_300][n as usize])).0.len(), 3);
    assert_eq!(alone(&within(10), |n| run([60, 40, 30][n as usize])).0, [30], "one always counts");
    assert_eq!(alone(&within(10), |n| run([60, 59][n as usize])).0, [59], "and here it has run by then");
}

#[test]
fn disturbed_runs_are_kept_and_repeated() {
    let (samples, runs) = alone(&adaptive(), |n| if n % 3 == 2 { disturbed(900) } else { run(100) });
    assert_eq!(samples.iter().filter(|wall| **wall == 100).count(), 9);
    assert_eq!((samples.len(), runs), (13, 14));
}

#[test]
fn on_a_machine_that_is_never_quiet_there_is_an_end() {
    assert_eq!(alone(&adaptive(), |_| disturbed(100)).0.len(), 12);
    assert_eq!(alone(&adaptive(), |n| disturbed(100 + n % 7 * 10)).0.len(), 60);
}

#[test]
fn a_run_that_fails_is_the_last_and_counts() {
    let fail_at = |at: u64| move |n: u64| if n == at { failed(7) } else { run(100) };
    assert_eq!(alone(&adaptive(), fail_at(0)), (vec![7], 1));
    assert_eq!(alone(&adaptive(), fail_at(1)), (vec![7], 2));
    assert_eq!(alone(&adaptive(), fail_at(3)), (vec![100, 100, 7], 4));
}

#[test]
fn runs_go_on_while_they_end_as_announced() {
    let with = |codes| Repeat { codes, ..plan(Some(5), Some(1), 0) };
    let third = |n| if n == 2 { failed(7) } else { Run { exit: Exit::Code(1), ..run(100) } };
    for (codes, samples) in [(vec![1], 2), (vec![1, 3], 5), (vec![], 5), (vec![0], 1)] {
        assert_eq!(alone(&with(codes.clone()), third).0.len(), samples, "{codes:?}");
    }
    for exit in [Exit::Signal(11), Exit::TimedOut, Exit::TooMuchOutput] {
        assert_eq!(alone(&with(vec![]), |_| Run { exit, ..run(100) }).1, 1, "{exit:?}");
    }
}

#[test]
fn contenders_take_turns_in_an_order_that_varies() {
    let plan = plan(Some(6), Some(0), 0);
    let mut order = Vec::new();
    let samples = measure(&[contender(&plan); 3], 7, |turn| -> Result<Run, ()> {
        order.push(turn);
        Ok(run(100))
    })
    .expect("no run gives an error");
    let rounds: Vec<&[Turn]> = order.chunks(3).collect();
    assert_eq!(rounds.len(), 6);
    for round in &rounds {
        let mut sorted = round.to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2].map(Turn::Contender));
    }
    assert!(rounds.iter().any(|round| round != &rounds[0]), "{rounds:?}");
    for samples in samples {
        assert_eq!(samples.iter().map(|sample| sample.round).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    }
}

/// Measures contenders whose runs are given by whose turn it is and by the number of the round, from 0.
fn together(contenders: &[Contender<'_>], by_round: impl Fn(Turn, u64) -> Run) -> Vec<Vec<Sample>> {
    let mut runs = BTreeMap::new();
    let samples = measure(contenders, 1, |turn| -> Result<Run, ()> {
        let round: &mut u64 = runs.entry(turn).or_default();
        *round += 1;
        Ok(by_round(turn, *round - 1))
    });
    samples.expect("no run gives an error")
}

/// Two contenders, of which the second is compared with the first.
fn pair(plan: &Repeat) -> [Contender<'_>; 2] {
    [contender(plan), Contender { against: Some((0, &Metric::Wall)), ..contender(plan) }]
}

fn counts(samples: &[Vec<Sample>]) -> Vec<usize> {
    samples.iter().map(Vec::len).collect()
}

#[test]
fn those_that_are_compared_run_the_same_rounds_until_both_and_their_ratio_are_known() {
    let plan = adaptive();
    let steady = |_, _| run(1_000);
    let one_varies = |turn, round: u64| run(if turn == Turn::Contender(1) { 1_000 + round % 7 * 100 } else { 1_000 });
    // Each within 2.5 %, but when one is slow the other is fast.
    let against_each_other = |turn, round: u64| {
        let late = round.is_multiple_of(2) == (turn == Turn::Contender(1));
        run(if late { 1_030 } else { 990 })
    };
    assert_eq!(counts(&together(&pair(&plan), steady)), [9, 9]);
    assert_eq!(counts(&together(&pair(&plan), one_varies)), [30, 30]);
    assert_eq!(counts(&together(&pair(&plan), against_each_other)), [30, 30]);
    assert_eq!(counts(&together(&[contender(&plan); 2], against_each_other)), [9, 9], "if nobody compares them");
    assert_eq!(counts(&together(&[contender(&plan); 2], one_varies)), [9, 30]);
    for samples in together(&pair(&plan), one_varies) {
        assert_eq!(samples.iter().map(|sample| sample.round).collect::<Vec<_>>(), (2..=31).collect::<Vec<_>>());
    }
}

#[test]
fn a_round_in_which_one_was_disturbed_is_repeated_for_all() {
    let by_round = |turn, round: u64| {
        let third = round % 3 == 2 && turn == Turn::Contender(0);
        if third { disturbed(900) } else { run(100) }
    };
    assert_eq!(counts(&together(&pair(&adaptive()), by_round)), [13, 13]);
    let never = |_, round| disturbed(100 + round % 7 * 10);
    assert_eq!(counts(&together(&pair(&adaptive()), never)), [60, 60]);
}

#[test]
fn those_that_are_compared_share_twice_the_time_of_one() {
    let within = plan(None, None, 1_000);
    let unlike = |_, round| run(90 + round % 3 * 10);
    assert_eq!(counts(&together(&pair(&within), unlike)), [10, 10]);
    let [first, second] = pair(&within);
    assert_eq!(counts(&together(&[first, second, second, second], unlike)), [5, 5, 5, 5]);
    assert_eq!(counts(&together(&[first], unlike)), [10]);
}

#[test]
fn one_that_fails_leaves_the_others_to_themselves() {
    let by_round = |turn, round: u64| if turn == Turn::Contender(0) && round == 3 { failed(7) } else { run(100) };
    assert_eq!(counts(&together(&pair(&adaptive()), by_round)), [3, 9]);
    let fixed = plan(Some(3), Some(1), 0);
    let plan_of_second = adaptive();
    let [_, second] = pair(&plan_of_second);
    assert_eq!(counts(&together(&[contender(&fixed), second], |_, _| run(100))), [3, 9]);
}

#[test]
fn an_empty_program_runs_in_the_rounds_of_those_that_start_like_it() {
    let (short, long) = (plan(Some(2), Some(0), 0), plan(Some(7), Some(0), 0));
    let with = |plan, empty| Contender { empty: Some(empty), ..contender(plan) };
    let mut empties = Vec::new();
    let contenders = [with(&short, 0), with(&long, 0), with(&short, 1), contender(&long)];
    let samples = measure(&contenders, 1, |turn| -> Result<Run, ()> {
        let Turn::Empty(at) = turn else { return Ok(run(100)) };
        empties.push(at);
        let runs = empties.iter().filter(|&&empty| empty == at).count() as u64;
        Ok(if (at, runs) == (0, 3) { disturbed(90) } else { run(10 * (at as u64 + 1) + runs) })
    });
    let startup = |samples: &Vec<Sample>| samples.iter().map(|sample| sample.startup).collect::<Vec<_>>();
    let samples: Vec<_> = samples.expect("no run gives an error").iter().map(startup).collect();
    assert_eq!(samples[0], [Some(11), Some(12)]);
    assert_eq!(samples[1][..4], [Some(11), Some(12), None, Some(14)], "one was disturbed, and six were not");
    assert_eq!(samples[2], [Some(21), Some(22)]);
    assert_eq!(samples[3], [None; 7]);
    empties.sort_unstable();
    assert_eq!(empties, [0, 0, 0, 0, 0, 0, 0, 1, 1]);
}

#[test]
fn where_empty_programs_are_disturbed_too_they_count() {
    let plan = plan(Some(3), Some(0), 0);
    let with = Contender { empty: Some(0), ..contender(&plan) };
    let samples = together(&[with], |_, round| disturbed(100 + round));
    assert_eq!(samples[0].iter().map(|sample| sample.startup).collect::<Vec<_>>(), [Some(100), Some(101), Some(102)]);
}

/// One that hangs would else take its limit of time in each round.
#[test]
fn an_empty_program_that_fails_is_not_run_again() {
    let plan = plan(Some(5), Some(0), 0);
    let with = |empty| Contender { empty: Some(empty), ..contender(&plan) };
    let mut turns = Vec::new();
    let samples = measure(&[with(0), with(1)], 1, |turn| -> Result<Run, ()> {
        turns.push(turn);
        let hangs = turn == Turn::Empty(0);
        Ok(if hangs { Run { exit: Exit::TimedOut, ..run(1_000) } } else { run(10) })
    });
    let starts = |empty| turns.iter().filter(|turn| **turn == Turn::Empty(empty)).count();
    assert_eq!((starts(0), starts(1)), (1, 5));
    let startups = samples.expect("no run gives an error").into_iter().map(|samples| samples[4].startup);
    assert_eq!(startups.collect::<Vec<_>>(), [None, Some(10)]);
}

#[test]
fn a_program_that_measures_a_part_of_itself_needs_no_empty_one() {
    let plan = plan(Some(5), None, 0);
    let mut empties = 0;
    let with = Contender { empty: Some(0), ..contender(&plan) };
    let samples = measure(&[with], 1, |turn| -> Result<Run, ()> {
        empties += u32::from(turn == Turn::Empty(0));
        Ok(Run { sample: Sample { section: Some(1.0), ..run(100).sample }, ..run(100) })
    });
    assert_eq!(samples.expect("no run gives an error")[0][4].startup, None);
    assert_eq!(empties, 1, "until the first run has told");
}

#[test]
fn a_contender_that_has_enough_leaves_the_others_to_theirs() {
    let (few, many) = (plan(Some(1), Some(0), 0), plan(Some(3), Some(0), 0));
    let samples = measure(&[contender(&few), contender(&many)], 7, |_| -> Result<Run, ()> { Ok(run(100)) })
        .expect("no run gives an error");
    assert_eq!(samples.iter().map(Vec::len).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn an_error_of_the_machine_is_passed_on() {
    assert_eq!(measure(&[contender(&adaptive())], 1, |_| Err("no more processes")), Err("no more processes"));
}
