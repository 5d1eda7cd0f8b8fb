//! What a program printed, as a terminal may be given it.

use std::fmt::Write;

use anstyle_parse::{DefaultCharAccumulator, Params, Parser, Perform};

/// The text of a program's output, with its colours if they are wanted: what else a terminal obeys is left out, such as
/// moves of the cursor, titles and the clipboard. Of what a line was overwritten with, the last is left, as on a terminal.
pub(super) fn for_terminal(text: &str, colour: bool) -> String {
    let mut kept = Kept { text: String::with_capacity(text.len()), line: 0, end: None, colour, coloured: false };
    let mut parser = Parser::<DefaultCharAccumulator>::new();
    for byte in text.bytes() {
        parser.advance(&mut kept, byte);
    }
    if kept.coloured {
        kept.text.push_str("\u{1b}[0m");
    }
    kept.text
}

struct Kept {
    text: String,
    /// Where its last line begins.
    line: usize,
    /// Where that line ended when the cursor went back to its beginning: what comes next is written over it.
    end: Option<usize>,
    colour: bool,
    /// Whether a colour may be set at its end.
    coloured: bool,
}

impl Kept {
    fn push(&mut self, character: char) {
        if let Some(end) = self.end.take() {
            self.text.replace_range(self.line..end, "");
        }
        self.text.push(character);
    }
}

impl Perform for Kept {
    fn print(&mut self, character: char) {
        if !character.is_control() {
            self.push(character);
        }
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\n' => {
                self.end = None;
                self.push('\n');
                self.line = self.text.len();
            }
            b'\r' => self.end = Some(self.end.unwrap_or(self.text.len())),
            b'\t' => self.push('\t'),
            _ => {}
        }
    }

    /// "Select Graphic Rendition" of ECMA-48, 8.3.117: parameters and an `m`.
    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: u8) {
        if !self.colour || action != b'm' || !intermediates.is_empty() || ignore {
            return;
        }
        let parts = params.iter().map(|parts| parts.iter().map(u16::to_string).collect::<Vec<_>>().join(":"));
        let sequence = parts.collect::<Vec<_>>().join(";");
        self.coloured = !matches!(sequence.as_str(), "" | "0");
        let _ = write!(self.text, "\u{1b}[{sequence}m");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_reach_a_terminal() {
        for (printed, coloured, plain) in [
            ("plain\n\ttext\n", "plain\n\ttext\n", "plain\n\ttext\n"),
            ("\u{1b}[1;31mred\u{1b}[0m\n", "\u{1b}[1;31mred\u{1b}[0m\n", "red\n"),
            ("\u{1b}[38:5:9mred", "\u{1b}[38:5:9mred\u{1b}[0m", "red"),
            ("\u{1b}[2J\u{1b}[1;1Hx\u{1b}[?1049h", "x", "x"),
            ("\u{1b}]0;title\u{7}x\u{1b}]52;c;YQ==\u{1b}\\", "x", "x"),
            ("\u{1b}[>4;2mx\u{9b}31my\u{85}z\u{8}\u{7}", "x31myz", "x31myz"),
            ("10 %\r100 %\r\nnext\r\n", "100 %\nnext\n", "100 %\nnext\n"),
            ("10 %\r\u{1b}[32m100 %\r\u{1b}[0m\n", "\u{1b}[32m100 %\u{1b}[0m\n", "100 %\n"),
            ("10 %\r\u{1b}[K\r\tx\r", "\tx", "\tx"),
            ("über\u{1b}", "über", "über"),
        ] {
            assert_eq!(for_terminal(printed, true), coloured, "{printed:?}");
            assert_eq!(for_terminal(printed, false), plain, "{printed:?}");
        }
    }
}
