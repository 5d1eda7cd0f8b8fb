//! A terminal without a size: what was printed last at a place is what stands there.

use anstyle_parse::{Params, Perform};

use super::style::Style;

/// How far to the right and down an order may move the cursor over nothing, as if the terminal had that size.
const WIDTH: usize = 200;
const HEIGHT: usize = 100;

/// How many blanks may be put between a row's end and the cursor, in all rows together: a few bytes of orders are not to
/// become a page of megabytes.
const MOST_BLANKS: usize = 100_000;

/// How much of a row's beginning is erased at most, in cells: the cost of one order.
const MOST_ERASED: usize = 1_000;

/// The longest address of a link that is kept, in bytes.
const LONGEST_LINK: usize = 2_000;

/// A character as it stands on the screen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub character: char,
    pub style: Style,
    /// The number of the link that it belongs to.
    pub link: Option<u16>,
}

impl Cell {
    const BLANK: Cell = Cell { character: ' ', style: Style::PLAIN, link: None };

    fn is_blank(&self) -> bool {
        self.character == ' ' && self.style == Style::PLAIN && self.link.is_none()
    }
}

/// A line of the screen.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    cells: Vec<Cell>,
    /// Whether something was printed over something else.
    rewritten: bool,
}

impl Row {
    /// What a reader sees of it. Blanks at the end of a rewritten row wiped something out; any others were printed as a
    /// part of the line.
    pub(super) fn shown(&self) -> &[Cell] {
        let kept = match self.cells.iter().rposition(|cell| !cell.is_blank()) {
            _ if !self.rewritten => self.cells.len(),
            Some(last) => last + 1,
            None => 0,
        };
        &self.cells[..kept]
    }
}

/// The screen and where the next character goes.
#[derive(Debug)]
pub(super) struct Screen {
    rows: Vec<Row>,
    row: usize,
    column: usize,
    saved: (usize, usize),
    style: Style,
    link: Option<u16>,
    targets: Vec<String>,
    blanks: usize,
}

impl Default for Screen {
    fn default() -> Self {
        Screen {
            rows: vec![Row::default()],
            row: 0,
            column: 0,
            saved: (0, 0),
            style: Style::PLAIN,
            link: None,
            targets: Vec::new(),
            blanks: 0,
        }
    }
}

impl Screen {
    /// The lines from the first to the last that was reached.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The address of a link: `https`, in printable ASCII without quotes and angle brackets.
    pub(super) fn target(&self, link: u16) -> &str {
        &self.targets[usize::from(link)]
    }

    fn put(&mut self, character: char) {
        if self.row >= self.rows.len() {
            self.rows.resize_with(self.row + 1, Row::default);
        }
        let row = &mut self.rows[self.row];
        let missing = self.column.saturating_sub(row.cells.len()).min(MOST_BLANKS - self.blanks);
        if missing > 0 {
            self.blanks += missing;
            row.cells.resize(row.cells.len() + missing, Cell::BLANK);
        }
        let cell = Cell { character, style: self.style, link: self.link };
        match row.cells.get_mut(self.column) {
            Some(under) => {
                *under = cell;
                row.rewritten = true;
            }
            None => row.cells.push(cell),
        }
        self.column += 1;
    }

    fn new_line(&mut self) {
        self.row += 1;
        self.column = 0;
        if self.row >= self.rows.len() {
            self.rows.resize_with(self.row + 1, Row::default);
        }
    }

    /// Moves the cursor, but not out of the screen.
    fn go(&mut self, row: usize, column: usize) {
        self.row = row.min(self.rows.len().max(HEIGHT) - 1);
        self.column = column.min(self.column.max(WIDTH - 1));
    }

    fn erase_in_line(&mut self, what: u16) {
        let Some(row) = self.rows.get_mut(self.row) else { return };
        row.rewritten = true;
        match what {
            0 => row.cells.truncate(self.column),
            1 => {
                let erased = row.cells.len().min(self.column + 1).min(MOST_ERASED);
                row.cells[..erased].fill(Cell::BLANK);
            }
            2 => row.cells.clear(),
            _ => {}
        }
    }

    fn erase_characters(&mut self, count: usize) {
        let Some(row) = self.rows.get_mut(self.row) else { return };
        row.rewritten = true;
        let end = row.cells.len().min(self.column.saturating_add(count.min(MOST_ERASED)));
        if let Some(erased) = row.cells.get_mut(self.column..end) {
            erased.fill(Cell::BLANK);
        }
    }

    /// Everything from the cursor on, up to it, or everything: then the cursor is where it is after `clear`, at the top.
    fn erase_in_display(&mut self, what: u16) {
        match what {
            0 => {
                self.erase_in_line(0);
                self.rows.truncate(self.row + 1);
            }
            1 => {
                self.erase_in_line(1);
                let above = self.row.min(self.rows.len());
                for row in &mut self.rows[above.saturating_sub(HEIGHT)..above] {
                    row.cells.clear();
                }
            }
            2 | 3 => {
                self.rows.clear();
                self.rows.push(Row::default());
                (self.row, self.column) = (0, 0);
            }
            _ => {}
        }
    }

    /// As it was at the beginning, but for what bounds the size of the page.
    fn reset(&mut self) {
        self.erase_in_display(2);
        (self.saved, self.style, self.link) = ((0, 0), Style::PLAIN, None);
    }

    fn open_link(&mut self, target: &[&[u8]]) {
        // A `;` in the address parted it.
        let target = target.join(&b';');
        let is_safe = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`');
        let is_https = target.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"https://"));
        self.link = None;
        if !is_https || target.len() > LONGEST_LINK || !target.iter().all(is_safe) {
            return;
        }
        let target = String::from_utf8(target).expect("printable ASCII");
        if self.targets.last() != Some(&target) {
            self.targets.push(target);
        }
        self.link = u16::try_from(self.targets.len() - 1).ok();
    }
}

impl Perform for Screen {
    fn print(&mut self, character: char) {
        self.put(character);
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\n' => self.new_line(),
            b'\r' => self.column = 0,
            b'\x08' => self.column = self.column.saturating_sub(1),
            b'\t' => self.put('\t'),
            _ => {}
        }
    }

    /// Cursor movements and erasures of ECMA-48, 8.3, and the save and restore of xterm.
    fn csi_dispatch(&mut self, parameters: &Params, intermediates: &[u8], ignore: bool, action: u8) {
        if ignore || !intermediates.is_empty() {
            return;
        }
        let parameter = |place: usize| parameters.iter().nth(place).and_then(|p| p.first().copied()).unwrap_or(0);
        let count = usize::from(parameter(0).max(1));
        let (row, column) = (self.row, self.column);
        match action {
            b'm' => self.style.select(parameters.iter()),
            b'A' => self.go(row.saturating_sub(count), column),
            b'B' => self.go(row + count, column),
            b'C' => self.go(row, column + count),
            b'D' => self.go(row, column.saturating_sub(count)),
            b'E' => self.go(row + count, 0),
            b'F' => self.go(row.saturating_sub(count), 0),
            b'G' => self.go(row, count - 1),
            b'H' | b'f' => self.go(count - 1, usize::from(parameter(1).max(1)) - 1),
            b'd' => self.go(count - 1, column),
            b'J' => self.erase_in_display(parameter(0)),
            b'K' => self.erase_in_line(parameter(0)),
            b'X' => self.erase_characters(count),
            b's' => self.saved = (row, column),
            b'u' => self.go(self.saved.0, self.saved.1),
            _ => {}
        }
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _ignore: bool, byte: u8) {
        match (intermediates, byte) {
            ([], b'7') => self.saved = (self.row, self.column),
            ([], b'8') => self.go(self.saved.0, self.saved.1),
            ([], b'D') => self.go(self.row + 1, self.column),
            ([], b'E') => self.new_line(),
            ([], b'M') => self.go(self.row.saturating_sub(1), self.column),
            ([], b'c') => self.reset(),
            _ => {}
        }
    }

    /// `OSC 8 ; parameters ; address ST` opens a link, with an empty address it closes it.
    fn osc_dispatch(&mut self, parameters: &[&[u8]], _bell_terminated: bool) {
        if let [b"8", _, target @ ..] = parameters {
            self.open_link(target);
        }
    }
}
