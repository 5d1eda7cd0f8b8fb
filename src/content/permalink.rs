//! Jekyll's permalinks: addresses with placeholders.

use jiff::Zoned;

use crate::source::{Address, Code, Diagnostic};

use super::address::read_address;
use super::meta::Text;
use super::{quoted, slug};

/// What the placeholders of a permalink stand for.
#[derive(Debug)]
pub(super) struct Placeholders<'a> {
    pub date: Option<&'a Zoned>,
    /// The segment that the post would have without a permalink.
    pub slug: &'a str,
    pub categories: &'a [String],
}

/// Placeholders that are made of the date, with their formats (strftime).
const OF_DATE: [(&str, &str); 9] = [
    ("year", "%Y"),
    ("short_year", "%y"),
    ("month", "%m"),
    ("i_month", "%-m"),
    ("day", "%d"),
    ("i_day", "%-d"),
    ("hour", "%H"),
    ("minute", "%M"),
    ("second", "%S"),
];

/// All other placeholders.
const OTHERS: [&str; 5] = ["title", "slug", "name", "categories", "output_ext"];

/// Reads an address that may hold placeholders.
///
/// # Errors
/// A placeholder that is not known, one made of the date in a post that has none, and as [`read_address`].
pub(super) fn read_permalink(written: &Text, values: &Placeholders<'_>) -> Result<Address, Diagnostic> {
    let text = fill_in(written, values)?;
    read_address(&Text { text, span: written.span.clone() })
}

fn fill_in(permalink: &Text, values: &Placeholders<'_>) -> Result<String, Diagnostic> {
    let mut pieces = permalink.text.split(':');
    let mut filled = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(piece.len());
        let (name, rest) = piece.split_at(end);
        if name.is_empty() {
            filled.push(':');
            filled.push_str(rest);
            continue;
        }
        filled.push_str(&value(name, values).map_err(|why| {
            // A name that is known is near to none but itself.
            let known = || OF_DATE.iter().map(|(name, _)| *name).chain(OTHERS);
            let others = known().filter(|_| !known().any(|known| known == name));
            Diagnostic::error(Code::UnfilledPlaceholder, format!("{} cannot be filled in", quoted(&format!(":{name}"))))
                .at(permalink.span.clone(), why)
                .suggest(name, others)
        })?);
        // A value that is empty, such as that of no categories, takes its slash with it.
        let joined = if filled.ends_with('/') { rest.strip_prefix('/').unwrap_or(rest) } else { rest };
        filled.push_str(joined);
    }
    Ok(filled)
}

fn value(name: &str, values: &Placeholders<'_>) -> Result<String, &'static str> {
    if let Some((_, format)) = OF_DATE.iter().find(|(known, _)| *known == name) {
        let date = values.date.ok_or("the post has no date")?;
        return Ok(date.strftime(format).to_string());
    }
    match name {
        "title" | "slug" | "name" => Ok(values.slug.to_owned()),
        "categories" => Ok(values.categories.iter().map(|term| slug(term)).collect::<Vec<_>>().join("/")),
        "output_ext" => Ok(".html".to_owned()),
        _ => Err("not a placeholder that is known"),
    }
}
