/// Numbers that look random: `SplitMix64`, by Steele, Lea and Flood, *Fast splittable pseudorandom number generators* (2014).
pub(super) struct Random(u64);

impl Random {
    /// Those that follow from a seed.
    pub(super) fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Puts things in an order, every one of which is as likely as any other: the shuffle of Fisher and Yates.
    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            let other = self.next() % (at as u64 + 1);
            things.swap(at, usize::try_from(other).expect("at most `at`"));
        }
    }
}
