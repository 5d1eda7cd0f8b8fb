//! A few facts for tests.

use super::{Facts, Key, Quantity, Unit, Value};
use crate::source::{Code, Diagnostic, SitePath, Source, Span};

pub(super) struct Known(Vec<(&'static str, Value)>);

/// Two cells, one of them with a sweep, and a page.
pub(super) fn known() -> Known {
    let quantity = |value, half_width, unit| Value::Quantity(Quantity::new(value, half_width, unit));
    Known(vec![
        ("spin.wall.median", quantity(1_920_000.0, Some(200_000.0), Unit::TIME)),
        ("spin[threads=8].wall.median", quantity(800_000.0, None, Unit::TIME)),
        ("mutex.wall.median", quantity(3_840_000.0, Some(300_000.0), Unit::TIME)),
        ("spin.rss.median", quantity(2_123_456.0, None, Unit::SIZE)),
        ("spin.value.hits.median", quantity(2_000.0, None, Unit::NUMBER)),
        ("spin.value.nan.median", quantity(f64::NAN, None, Unit::NUMBER)),
        ("page.cores", quantity(4.0, None, Unit::NUMBER)),
        ("page.machine", Value::Text("Some Processor".to_owned())),
    ])
}

impl Facts for Known {
    fn look_up(&self, key: &Key, place: &Span) -> Result<Value, Diagnostic> {
        let name = key.to_string();
        let found = self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        found.ok_or_else(|| {
            Diagnostic::error(Code::UnknownFigure, format!("nothing is known as `{name}`")).at(place.clone(), "")
        })
    }
}

/// A text that is the whole of a file.
pub(super) fn span(text: &str) -> Span {
    Source::new(SitePath::new("a.md").expect("a plain name"), text).span(0..text.len())
}

/// An error on one line, with its remedy.
pub(super) fn described(error: &Diagnostic) -> String {
    error.remedy().map_or_else(|| error.to_string(), |help| format!("{error} ({help})"))
}
