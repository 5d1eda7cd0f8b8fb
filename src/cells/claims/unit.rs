use std::fmt;

/// What a quantity is measured in: how often it is multiplied by a time, and how often by a size. Times are in ns, sizes in
/// bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    time: i32,
    size: i32,
}

impl Unit {
    /// A count, a ratio, a share.
    pub const NUMBER: Unit = Unit { time: 0, size: 0 };
    /// A time, ns.
    pub const TIME: Unit = Unit { time: 1, size: 0 };
    /// A size, bytes.
    pub const SIZE: Unit = Unit { time: 0, size: 1 };
    /// A number by time, 1/ns.
    pub const RATE: Unit = Unit { time: -1, size: 0 };
    /// A size by time, bytes/ns.
    pub const THROUGHPUT: Unit = Unit { time: -1, size: 1 };

    /// Whether there is a way to write such a quantity for a reader.
    pub(super) fn can_be_shown(self) -> bool {
        [Unit::NUMBER, Unit::TIME, Unit::SIZE, Unit::RATE, Unit::THROUGHPUT].contains(&self)
    }

    /// The unit of a product.
    pub(super) fn times(self, other: Unit) -> Unit {
        Unit { time: self.time + other.time, size: self.size + other.size }
    }

    /// The unit of a quotient.
    pub(super) fn per(self, other: Unit) -> Unit {
        Unit { time: self.time - other.time, size: self.size - other.size }
    }

    /// The factor and the unit that a name stands for; nothing if it is no unit's name.
    pub(super) fn named(name: &str) -> Option<(f64, Unit)> {
        NAMES.iter().find(|(known, ..)| *known == name).map(|(_, factor, unit)| (*factor, *unit))
    }

    /// The names of all units.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, ..)| *name)
    }
}

/// Every name with its factor. Prefixes of bytes are those of IEC 80000-13: `k` is a thousand and `Ki` 1024. µ has two code
/// points, the micro sign and the Greek letter.
const NAMES: [(&str, f64, Unit); 33] = [
    ("%", 0.01, Unit::NUMBER),
    ("ns", 1.0, Unit::TIME),
    ("\u{b5}s", 1e3, Unit::TIME),
    ("\u{3bc}s", 1e3, Unit::TIME),
    ("us", 1e3, Unit::TIME),
    ("ms", 1e6, Unit::TIME),
    ("s", 1e9, Unit::TIME),
    ("min", 60e9, Unit::TIME),
    ("h", 3600e9, Unit::TIME),
    ("nanosecond", 1.0, Unit::TIME),
    ("nanoseconds", 1.0, Unit::TIME),
    ("microsecond", 1e3, Unit::TIME),
    ("microseconds", 1e3, Unit::TIME),
    ("millisecond", 1e6, Unit::TIME),
    ("milliseconds", 1e6, Unit::TIME),
    ("second", 1e9, Unit::TIME),
    ("seconds", 1e9, Unit::TIME),
    ("minute", 60e9, Unit::TIME),
    ("minutes", 60e9, Unit::TIME),
    ("hour", 3600e9, Unit::TIME),
    ("hours", 3600e9, Unit::TIME),
    ("B", 1.0, Unit::SIZE),
    ("byte", 1.0, Unit::SIZE),
    ("bytes", 1.0, Unit::SIZE),
    ("kB", 1e3, Unit::SIZE),
    ("MB", 1e6, Unit::SIZE),
    ("GB", 1e9, Unit::SIZE),
    ("TB", 1e12, Unit::SIZE),
    ("KiB", 1024.0, Unit::SIZE),
    ("MiB", 1_048_576.0, Unit::SIZE),
    ("GiB", 1_073_741_824.0, Unit::SIZE),
    ("TiB", 1_099_511_627_776.0, Unit::SIZE),
    ("percent", 0.01, Unit::NUMBER),
];

/// What a quantity of this unit is, with its article: `a time`.
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Unit::NUMBER => f.write_str("a plain number"),
            Unit::TIME => f.write_str("a time"),
            Unit::SIZE => f.write_str("a size"),
            Unit::RATE => f.write_str("a rate"),
            Unit::THROUGHPUT => f.write_str("a throughput"),
            Unit { time, size } => write!(f, "time^{time} · size^{size}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_multiply_and_divide() {
        assert_eq!(Unit::TIME.per(Unit::TIME), Unit::NUMBER);
        assert_eq!(Unit::SIZE.per(Unit::TIME), Unit::THROUGHPUT);
        assert_eq!(Unit::THROUGHPUT.times(Unit::TIME), Unit::SIZE);
        assert_eq!(Unit::TIME.times(Unit::TIME).to_string(), "time^2 · size^0");
        assert!(!Unit::TIME.times(Unit::TIME).can_be_shown());
    }

    #[test]
    fn a_name_stands_for_one_unit() {
        let mut names: Vec<&str> = Unit::names().collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMES.len());
        assert_eq!(Unit::named("MiB"), Some((1_048_576.0, Unit::SIZE)));
        assert_eq!(Unit::named("KB"), None);
    }
}
