//! What a cell shows beside text: a picture, a table, HTML.
//!
//! A cell is a program of the author's, but what it shows may come from anywhere: HTML is cleaned, a picture is a file of its
//! own in an `<img>`, where nothing in it runs, and everything else is text.

mod html;
mod image;
mod json;
mod table;

use super::block::Block;
use super::{Highlighter, ansi};
use crate::images::Format;

/// The largest text that is shown, in bytes. More would not be read, and would make the page slow.
const LARGEST_TEXT: usize = 1 << 20;

/// What a cell can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Html,
    Csv,
    Json,
    Image(Format),
}

/// The media types that a cell can show.
const KNOWN: [(&str, Kind); 9] = [
    ("text/plain", Kind::Text),
    ("text/html", Kind::Html),
    ("text/csv", Kind::Csv),
    ("application/json", Kind::Json),
    ("image/svg+xml", Kind::Image(Format::Svg)),
    ("image/png", Kind::Image(Format::Png)),
    ("image/jpeg", Kind::Image(Format::Jpeg)),
    ("image/webp", Kind::Image(Format::Webp)),
    ("image/gif", Kind::Image(Format::Gif)),
];

impl Kind {
    /// The kind of a media type, whose parameters (`; charset=utf-8`) say nothing that matters.
    fn of(mime: &str) -> Result<Kind, String> {
        let (essence, _) = mime.split_once(';').unwrap_or((mime, ""));
        let found = KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(essence.trim()));
        found.map(|&(_, kind)| kind).ok_or_else(|| {
            let known = KNOWN.map(|(known, _)| format!("`{known}`")).join(", ");
            format!("a cell cannot show `{}`; it can show {known}", mime.escape_debug())
        })
    }
}

/// What the page knows of a rich output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'a> {
    /// The name of the cell.
    pub id: &'a str,
    /// What a picture shows, for those who do not see it.
    pub alt: &'a str,
    /// Where a picture will be published, relative to the page and without an extension.
    pub file: &'a str,
    /// Whether the cell's own HTML is taken as it is.
    pub trusted: bool,
    /// How many lines or rows stand openly.
    pub open: usize,
}

/// A rich output as HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drawn {
    /// The HTML.
    pub html: String,
    /// The file beside the page, [`Setting::file`] with its extension, under which the data has to be published.
    pub file: Option<String>,
}

/// Draws what a cell shows: data of a media type. The error is a sentence about the type or the data.
pub(super) fn draw(
    mime: &str,
    data: &[u8],
    setting: &Setting<'_>,
    highlighter: &Highlighter<'_>,
) -> Result<Drawn, String> {
    let Setting { id, alt, open, .. } = *setting;
    let block = Block { class: "out", label: "Output", id, open };
    let html = match Kind::of(mime)? {
        Kind::Image(format) => {
            let file = format!("{}.{}", setting.file, format.extension());
            return Ok(Drawn { html: image::image(format, data, alt, &file)?, file: Some(file) });
        }
        Kind::Text => {
            let text = text(data)?.trim_end_matches('\n');
            block.draw(text, &ansi::to_html(text))
        }
        Kind::Json => {
            let pretty = json::json(text(data)?)?;
            block.draw(&pretty, &highlighter.html("json", &pretty))
        }
        Kind::Csv => table::csv(text(data)?, id, open)?,
        Kind::Html => html::html(text(data)?, id, setting.trusted)?,
    };
    Ok(Drawn { html, file: None })
}

fn text(data: &[u8]) -> Result<&str, String> {
    if data.len() > LARGEST_TEXT {
        return Err("this is more than 1 MiB of text, too much for a page".to_owned());
    }
    std::str::from_utf8(data).map_err(|_| "this is not UTF-8 text".to_owned())
}

#[cfg(test)]
mod tests;
