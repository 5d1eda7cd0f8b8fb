//! Times as they are on machines that others use too, for tests: a program that takes 1 takes a little more.

use super::random::Random;

/// What makes runs of one program differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noise {
    /// A little jitter, of about 1.4 %.
    Plain,
    /// One run in eight is hit by somebody else and takes longer, by 30 % on average.
    Spiky,
    /// Every second run is hit, by 50 % on average.
    Heavy,
    /// The machine becomes slower by a third within sixty runs; and one run in eight is hit.
    Drift,
}

impl Noise {
    pub(super) const ALL: [Noise; 4] = [Noise::Plain, Noise::Spiky, Noise::Heavy, Noise::Drift];

    /// The time of the run with this number, from 0, of a program that takes 1.
    pub(super) fn time(self, random: &mut Random, number: usize) -> f64 {
        let jitter = 0.007 * (exponential(random) + exponential(random));
        let (share_hit, by, slower) = match self {
            Noise::Plain => (0.0, 0.0, 1.0),
            Noise::Spiky => (0.12, 0.3, 1.0),
            Noise::Heavy => (0.5, 0.5, 1.0),
            Noise::Drift => (0.12, 0.3, 1.0 + number as f64 / 180.0),
        };
        let hit = if share(random) < share_hit { by * exponential(random) } else { 0.0 };
        slower * (1.0 + jitter + hit)
    }
}

/// A number between 0 and 1.
fn share(random: &mut Random) -> f64 {
    (random.next() >> 11) as f64 / (1_u64 << 53) as f64
}

/// One with the mean 1.
fn exponential(random: &mut Random) -> f64 {
    -(1.0 - share(random)).ln()
}
