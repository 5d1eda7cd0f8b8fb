//! Messages about a program's file, said about the place that its author or reader knows.

use std::fmt::Write;

/// From the lines of a program's file to those of another text.
pub struct Relocation<'a> {
    /// The program's file: `cell.rs`.
    pub file: &'a str,
    /// What it is called instead.
    pub name: &'a str,
    /// The number that a line has there, both from 1; nothing for lines that are not there, which keep their number.
    pub line: &'a dyn Fn(usize) -> Option<usize>,
}

/// What stands between a file and a line of it: in Python's tracebacks and in its syntax errors, for bash, for dash, for
/// tsc, and for everybody else.
const INFIXES: [&str; 6] = ["\", line ", ", line ", ": line ", ": ", "(", ":"];

impl Relocation<'_> {
    /// Relocates mentions in running text: `cell.rs:3:5`, and Python's `File "cell.py", line 3`.
    pub fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(self.file) {
            let (before, found) = rest.split_at(at);
            out.push_str(without_folder(before));
            let behind = &found[self.file.len()..];
            let infix = INFIXES.into_iter().find(|infix| behind.starts_with(infix)).unwrap_or("");
            let (number, end) = leading_number(&behind[infix.len()..]);
            rest = match number.filter(|_| !infix.is_empty()).and_then(|number| (self.line)(number)) {
                Some(line) => {
                    out.push_str(self.name);
                    out.push_str(infix);
                    out.push_str(&line.to_string());
                    &behind[infix.len() + end..]
                }
                None => {
                    out.push_str(self.file);
                    behind
                }
            };
        }
        out.push_str(rest);
        out
    }

    /// Relocates messages as rustc and gcc draw them, with the line numbers in their margins, and keeps each margin straight.
    /// Messages are set apart by blank lines.
    pub fn drawings(&self, drawings: &str) -> String {
        drawings.split("\n\n").map(|drawing| self.drawing(drawing)).collect::<Vec<_>>().join("\n")
    }

    fn drawing(&self, drawing: &str) -> String {
        let old_width = drawing.lines().find_map(margin_width);
        let Some(old_width) = old_width.or_else(|| drawing.lines().find_map(width_of_number)) else {
            return self.text(drawing) + "\n";
        };
        let numbers = drawing.lines().filter_map(|line| numbered(line).map(|(_, number, _)| number));
        let largest = numbers.map(|number| (self.line)(number).unwrap_or(number)).max().unwrap_or(0);
        let width = largest.to_string().len().max(old_width);
        let mut out = String::with_capacity(drawing.len());
        let mut ours = true;
        for line in drawing.lines() {
            ours = file_named(line).map_or(ours, |file| file.ends_with(self.file));
            match numbered(line) {
                Some((escapes, number, rest)) => {
                    let number = (self.line)(number).filter(|_| ours).unwrap_or(number);
                    let _ = write!(out, "{escapes}{number:width$}{rest}");
                }
                None => {
                    if line.starts_with(' ') {
                        out.extend(std::iter::repeat_n(' ', width - old_width));
                    }
                    out.push_str(&self.text(line));
                }
            }
            out.push('\n');
        }
        out
    }
}

/// A text before the name of a program's file, without the folder that the program runs in: that is of no interest to
/// anybody else.
fn without_folder(before: &str) -> &str {
    let in_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let bare = before.strip_suffix("/cell/").or_else(|| before.strip_suffix("./"));
    let bare = bare.map(|bare| bare.strip_suffix("file://").unwrap_or(bare));
    bare.filter(|bare| !bare.ends_with(in_path)).unwrap_or(before)
}

fn leading_number(text: &str) -> (Option<usize>, usize) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].parse().ok(), end)
}

/// The width of the numbers in a drawing's margin, told by the blanks before `-->`.
fn margin_width(line: &str) -> Option<usize> {
    let plain = anstream::adapter::strip_str(line).to_string();
    let bare = plain.trim_start_matches(' ');
    bare.starts_with("--> ").then(|| plain.len() - bare.len())
}

/// The width of the number in a drawing's margin, with the blanks before it, and without the one that gcc puts before all.
fn width_of_number(line: &str) -> Option<usize> {
    let plain = anstream::adapter::strip_str(line).to_string();
    numbered(&plain).map(|(_, _, rest)| plain.len() - rest.len())
}

/// The file that a drawing turns to with this line: `--> cell.rs:4:9`, `cell.c:3:5: error: …`.
fn file_named(line: &str) -> Option<String> {
    let plain = anstream::adapter::strip_str(line).to_string();
    let place = plain.trim_start().trim_start_matches("--> ").trim_start_matches("::: ").split_whitespace().next()?;
    let mut parts = place.trim_end_matches(':').rsplitn(3, ':');
    let mut is_number = || parts.next().is_some_and(|part| part.parse::<usize>().is_ok());
    let is_place = is_number() && is_number();
    parts.next().filter(|_| is_place).map(str::to_owned)
}

/// A line with a number in its margin: the escapes before the number, the number, and what follows.
fn numbered(line: &str) -> Option<(&str, usize, &str)> {
    let mut start = 0;
    while line[start..].starts_with('\u{1b}') {
        start += line[start..].find('m')? + 1;
    }
    let (escapes, rest) = line.split_at(start);
    let digits = rest.trim_start_matches(' ');
    let (number, end) = leading_number(digits);
    let behind = anstream::adapter::strip_str(&digits[end..]).to_string();
    let margin = [" |", " +", " -", " ~"].iter().any(|mark| behind.starts_with(mark));
    Some((escapes, number.filter(|_| margin)?, &digits[end..]))
}

/// The line of a program's file that a panic or a traceback names: the first for most languages, whose first panic is the
/// cause of those that follow, the last for languages whose tracebacks end with the innermost call.
pub fn line_named(text: &str, file: &str, first: bool) -> Option<usize> {
    let named = |at: usize| {
        let behind = &text[at + file.len()..];
        leading_number(INFIXES.into_iter().find_map(|infix| behind.strip_prefix(infix))?).0
    };
    let mut lines = text.match_indices(file).filter_map(|(at, _)| named(at));
    if first { lines.next() } else { lines.last() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plus_forty(line: usize) -> Option<usize> {
        (line != 1).then_some(line + 40)
    }

    const RELOCATION: Relocation<'_> = Relocation { file: "cell.rs", name: "a.md", line: &plus_forty };

    #[test]
    fn mentions_in_text_are_relocated() {
        for (text, expected) in [
            ("panicked at cell.rs:7:10:\n", "panicked at a.md:47:10:\n"),
            ("at ./cell.rs:7:10", "at a.md:47:10"),
            ("cell.rs:1:1 is generated", "cell.rs:1:1 is generated"),
            ("/cell/cell.rs: 3: x: not found", "a.md: 43: x: not found"),
            ("cell.rs: line 3: x: not found", "a.md: line 43: x: not found"),
            ("File \"/cell/cell.rs\", line 3, in f", "File \"a.md\", line 43, in f"),
            ("see docs/cell/cell.rs:2 and ../cell.rs:3", "see docs/cell/a.md:42 and ../a.md:43"),
            ("cell.rs", "cell.rs"),
            ("Sorry: IndentationError (cell.rs, line 2)", "Sorry: IndentationError (a.md, line 42)"),
            ("cell.rs(3,5): error TS2304", "a.md(43,5): error TS2304"),
            ("    at file:///cell/cell.rs:3:7", "    at a.md:43:7"),
            ("main.main()\n\t/cell/cell.rs:5 +0x1d", "main.main()\n\ta.md:45 +0x1d"),
            ("program: cell.rs:5: main: Assertion", "program: a.md:45: main: Assertion"),
            ("nothing", "nothing"),
            ("cell.rs:99999999999999999999999", "cell.rs:99999999999999999999999"),
        ] {
            assert_eq!(RELOCATION.text(text), expected);
        }
    }

    #[test]
    fn the_margin_of_a_drawing_stays_straight() {
        let drawing = "\
\u{1b}[1merror[E0382]\u{1b}[0m: use of moved value
 \u{1b}[1m-->\u{1b}[0m cell.rs:4:9
  |
\u{1b}[1m2\u{1b}[0m |     let a = b;
  |         - here
...
\u{1b}[1m4\u{1b}[0m |     a + 1 | 2
  = note: see cell.rs:2
";
        let expected = "\
error[E0382]: use of moved value
  --> a.md:44:9
   |
42 |     let a = b;
   |         - here
...
44 |     a + 1 | 2
   = note: see a.md:42
";
        let out = RELOCATION.drawings(drawing);
        assert_eq!(anstream::adapter::strip_str(&out).to_string(), expected);
        assert!(out.contains("\u{1b}[1m42\u{1b}[0m |"));
    }

    #[test]
    fn each_message_has_a_margin_of_its_own() {
        let drawings = " --> cell.rs:4:9\n  |\n4 | a\n  | ^\n\nerror: b\n  --> cell.rs:14:9\n   |\n14 | b\n   | ^\n";
        let next = |line: usize| Some(line + 1);
        let relocation = Relocation { line: &next, ..RELOCATION };
        let expected = " --> a.md:5:9\n  |\n5 | a\n  | ^\n\nerror: b\n  --> a.md:15:9\n   |\n15 | b\n   | ^\n";
        assert_eq!(relocation.drawings(drawings), expected);
    }

    #[test]
    fn drawings_of_gcc_keep_the_numbers_of_other_files() {
        let drawing = "\
\u{1b}[1mcell.rs:3:9:\u{1b}[m \u{1b}[31merror: \u{1b}[mno
    3 |     int \u{1b}[31mx\u{1b}[m = 1 | 2;
      |         ^
In file included from cell.rs:2:
/usr/include/a.h:30:5: note: declared here
   30 | int x;
      |     ^
";
        let expected = "\
a.md:100003:9: error: no
100003 |     int x = 1 | 2;
       |         ^
In file included from a.md:100002:
/usr/include/a.h:30:5: note: declared here
    30 | int x;
       |     ^
";
        let far = |line: usize| Some(line + 100_000);
        let out = Relocation { line: &far, ..RELOCATION }.drawings(drawing);
        assert_eq!(anstream::adapter::strip_str(&out).to_string(), expected);
    }

    #[test]
    fn the_line_that_failed_is_found() {
        let python =
            "Traceback:\n  File \"cell.py\", line 3, in <module>\n  File \"cell.py\", line 1, in f\nValueError";
        assert_eq!(line_named(python, "cell.py", false), Some(1));
        assert_eq!(line_named("panicked at cell.rs:7:1:\npanicked at cell.rs:9:1:", "cell.rs", true), Some(7));
        assert_eq!(line_named("cell.sh: 3: x: not found", "cell.sh", false), Some(3));
        assert_eq!(line_named("no place", "cell.rs", true), None);
    }
}
