//! What a post says of its measurements: values in prose, and claims that are checked.
//!
//! An *expression* is arithmetic over *keys* and literals:
//!
//! | | |
//! |---|---|
//! | a figure of a cell | `spin[threads=8].wall.median`; the statistic may be left out and is then the median |
//! | a fact of the page | `page.machine`, `page.cores`, `page.toolchain`, `page.date` |
//! | a literal | `1_000`, `1.5e6`, `20%`, `2 ms`, `512 MiB` |
//! | operators | `+`, `-`, `*`, `/`, parentheses, a minus in front |
//!
//! A key holds no blanks outside of its brackets. `-` belongs to a name that it directly continues, so a minus behind a
//! name has a blank before it: `a.wall - b.wall`.
//!
//! A *claim* compares expressions by `<`, `<=`, `>`, `>=`, `==` or `!=`, and joins comparisons by `and`, which binds
//! closer, and `or`. Quantities carry their unit: a time is not added to a size, nor compared with one, but either
//! with a literal `0`.
//!
//! Nothing here knows where results are kept; whoever evaluates an expression brings the [`Facts`].

mod assertion;
mod evaluate;
mod expression;
#[cfg(test)]
mod facts;
mod key;
mod parse;
mod prose;
mod token;
mod unit;
mod value;
mod written;

pub use assertion::{Assertion, Verdict};
pub use expression::Expression;
pub use key::{CellKey, Key, Metric, PageFact, Statistic};
pub use unit::Unit;
pub use value::{Facts, Quantity, Value};
pub use written::{Disagreement, agrees, rewritten};
