//! The signs of a timeline and what they mean.

use super::said::Said;
use super::sheet::Sheet;
use super::state::{BAR, State};
use crate::cells::timeline::Method;

/// The signs that a picture has, each with its meaning.
pub(super) fn key(sheet: &Sheet, method: Method) -> String {
    let states: Vec<State> = sheet.pens.states().collect();
    // The most striking first.
    let of_states = states.iter().rev().map(|state| {
        // A line of an odd width is sharp between two rows of pixels.
        let (width, middle) = (state.width(4), if state.width(4) % 2 == 0 { "6" } else { "6.5" });
        let sample = state.draw(&[(width, &format!("M1 {middle}h24"))]);
        (sample, meaning(*state, method))
    });
    let said = (!sheet.said.is_empty()).then(|| (Said::sample(), "named by the program"));
    let arrow = "<path stroke=\"currentColor\" d=\"M13 0V11m-3-5l3 5 3-5\"/>".to_owned();
    let woken = (!sheet.arrows.is_empty()).then_some((arrow, "wake-up"));
    let signs = of_states.chain(said).chain(woken);
    let signs: String = signs
        .map(|(sample, meaning)| {
            format!(
                "<li><svg width=\"26\" height=\"{BAR}\" fill=\"none\" aria-hidden=\"true\">{sample}</svg> {meaning}</li>\n"
            )
        })
        .collect();
    if signs.is_empty() { signs } else { format!("<ul class=\"key\">\n{signs}</ul>\n") }
}

fn meaning(state: State, method: Method) -> &'static str {
    match state {
        State::Running => "running",
        State::Ready => "ready, no core",
        State::Thread => "waiting for another thread",
        State::Io => "waiting for I/O",
        State::Sleep => "sleeping",
        State::Join => "waiting in join",
        State::Unknown if method == Method::Switches => "waiting",
        State::Unknown => "waiting for something else",
    }
}
