//! What a program wrote to a terminal, as a reader of the page would have seen it there.
//!
//! A [`screen`] plays the output: colours become classes, a progress bar is shown as it was last, and what a terminal
//! would obey but a page has no use for (titles, the clipboard, bells) is dropped.
//!
//! | class | what |
//! |---|---|
//! | `a0` … `a15` | a colour of the 16; of all others the nearest |
//! | `g0` … `g15`, `ar` | text in the page's colour on a ground of that colour, or of the text's own: a ground decides alone, so that whatever pair a program asks for can be read |
//! | `ab`, `ad`, `ai`, `au`, `as` | bold, dim, italic, underlined, struck through |

mod palette;
mod screen;
mod style;

use anstyle_parse::{DefaultCharAccumulator, Parser};

use super::escape::escape_into;
use screen::{Cell, Row, Screen};
use style::Style;

/// Terminal output as HTML. Every element ends in the line that it began in.
pub(super) fn to_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 4);
    if !needs_terminal(text) {
        escape_into(text, &mut html);
        return html;
    }
    let screen = played(text);
    for (number, row) in screen.rows().iter().enumerate() {
        if number > 0 {
            html.push('\n');
        }
        row_to_html(&screen, row, &mut html);
    }
    html
}

/// Most output is text and nothing else, the same on a page as on a terminal.
fn needs_terminal(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\n' && byte != b'\t')
}

fn played(text: &str) -> Screen {
    let mut screen = Screen::default();
    let mut parser = Parser::<DefaultCharAccumulator>::new();
    for byte in text.bytes() {
        parser.advance(&mut screen, byte);
    }
    screen
}

fn row_to_html(screen: &Screen, row: &Row, html: &mut String) {
    for linked in row.shown().chunk_by(|a, b| a.link == b.link) {
        let target = linked[0].link.map(|link| screen.target(link));
        if let Some(target) = target {
            html.push_str("<a href=\"");
            escape_into(target, html);
            html.push_str("\">");
        }
        for run in linked.chunk_by(|a, b| a.style == b.style) {
            run_to_html(run[0].style, &text_of(run), html);
        }
        if target.is_some() {
            html.push_str("</a>");
        }
    }
}

fn run_to_html(style: Style, text: &str, html: &mut String) {
    if style == Style::PLAIN {
        return escape_into(text, html);
    }
    html.push_str("<span class=\"");
    style.push_classes(html);
    html.push_str("\">");
    escape_into(text, html);
    html.push_str("</span>");
}

fn text_of(cells: &[Cell]) -> String {
    cells.iter().map(|cell| cell.character).collect()
}

#[cfg(test)]
mod tests;
