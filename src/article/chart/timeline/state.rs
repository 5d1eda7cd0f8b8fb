//! The states of a thread as they are drawn. The shape tells them apart, the colour only helps.

use super::super::COLOURS;
use crate::cells::timeline::{Mark, Wait};

/// How high a bar is, px.
pub(super) const BAR: u64 = 12;

/// A state that is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// A hairline.
    Join,
    /// A thin line.
    Unknown,
    /// Dots.
    Sleep,
    /// Dashes.
    Io,
    /// A thick line.
    Thread,
    /// Stripes on a pale bar.
    Ready,
    /// A full bar.
    Running,
}

impl State {
    /// All of them, in the order in which they are drawn over each other.
    pub(super) const ALL: [State; 7] =
        [State::Join, State::Unknown, State::Sleep, State::Io, State::Thread, State::Ready, State::Running];

    /// What a mark shows: how many quarters of running, how many of being ready, and what the thread waits for besides.
    pub(super) fn of(mark: Mark) -> (u64, u64, Option<State>) {
        let running = mark.running.min(4);
        let ready = mark.ready.min(4 - running);
        let wait = match mark.wait {
            _ if running + ready == 4 => None,
            Wait::Nothing => None,
            Wait::Thread => Some(State::Thread),
            Wait::Sleep => Some(State::Sleep),
            Wait::Io => Some(State::Io),
            Wait::Join => Some(State::Join),
            Wait::Unknown => Some(State::Unknown),
        };
        (running, ready, wait)
    }

    /// Paths of lines in this state, each with its width in px; nothing for none. That of bars is as much of their height as
    /// their share, that of other lines is always the same.
    pub(super) fn draw(self, paths: &[(u64, &str)]) -> String {
        if paths.is_empty() {
            return String::new();
        }
        let (colour, dashes) = match self {
            State::Join | State::Unknown => (0, ""),
            State::Sleep => (0, " stroke-linecap=\"round\" stroke-dasharray=\"0 5\""),
            State::Io => (3, " stroke-dasharray=\"6 3\""),
            State::Thread => (4, ""),
            State::Ready => (2, " stroke-dasharray=\"1.5 2.5\""),
            State::Running => (1, ""),
        };
        let path = |(width, path): &(u64, &str)| {
            format!("<path vector-effect=\"non-scaling-stroke\" stroke-width=\"{width}\" d=\"{path}\"/>")
        };
        let mut drawn: String = paths.iter().map(path).collect();
        if self == State::Ready {
            // Stripes alone would look like many short pieces.
            drawn = format!("<g stroke-dasharray=\"none\" stroke-opacity=\".25\">{drawn}</g>{drawn}");
        }
        format!("<g class=\"s{colour}\" color=\"{}\" stroke=\"currentColor\"{dashes}>{drawn}</g>", COLOURS[colour])
    }

    /// The width of its lines in px, for a share in quarters.
    pub(super) fn width(self, quarters: u64) -> u64 {
        match self {
            State::Join => 1,
            State::Unknown => 2,
            State::Sleep | State::Io => 3,
            State::Thread => 4,
            State::Ready | State::Running => quarters * BAR / 4,
        }
    }
}
