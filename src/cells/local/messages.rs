//! What compilers say.

use serde::Deserialize;

use crate::cells::{CompilerMessage, line_named};

/// A message of rustc, as `rustc --error-format=json` writes it: the chapter "JSON Output" of the rustc book.
#[derive(Deserialize)]
struct Diagnostic {
    message: String,
    code: Option<Code>,
    level: String,
    spans: Vec<Span>,
    rendered: Option<String>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    line_end: usize,
    column_start: usize,
    column_end: usize,
    is_primary: bool,
    expansion: Option<Expansion>,
}

/// The macro that a span lies in, if it lies in one.
#[derive(Deserialize)]
struct Expansion {
    span: Box<Span>,
}

/// The messages of rustc, one a line of its standard error; what is none is kept as plain text. Left out is what it says about its
/// own messages: how many there were, and where to read more.
pub(super) fn of_rustc(text: &str, file: &str) -> Vec<CompilerMessage> {
    let of_line = |line: &str| match serde_json::from_str::<Diagnostic>(line) {
        Ok(diagnostic) if diagnostic.is_about_messages() => Vec::new(),
        Ok(diagnostic) => vec![diagnostic.into_message(file)],
        Err(_) => plain(line, file),
    };
    text.lines().flat_map(of_line).collect()
}

/// All that a compiler said of a file, as one message, about the line that it calls an error first, or that it names first.
pub(super) fn plain(text: &str, file: &str) -> Vec<CompilerMessage> {
    let Some(first) = text.lines().find(|line| !line.trim().is_empty()) else { return Vec::new() };
    let plain = anstream::adapter::strip_str(text).to_string();
    let is_error = |line: &&str| line.contains("error");
    let of_error = plain.lines().filter(is_error).find_map(|line| line_named(line, file, true));
    vec![CompilerMessage {
        level: "text".to_owned(),
        code: None,
        line: of_error.or_else(|| line_named(&plain, file, true)),
        columns: None,
        message: first.trim().to_owned(),
        rendered: format!("{}\n", text.trim_end()),
    }]
}

impl Diagnostic {
    fn is_about_messages(&self) -> bool {
        self.level == "failure-note" || self.message.starts_with("aborting due to")
    }

    fn into_message(self, file: &str) -> CompilerMessage {
        let span = self.spans.iter().filter(|span| span.is_primary).find_map(|span| span.within(file));
        CompilerMessage {
            line: span.map(|span| span.line_start),
            columns: span
                .filter(|span| span.line_start == span.line_end)
                .map(|span| span.column_start..span.column_end),
            code: self.code.map(|code| code.code),
            rendered: self.rendered.unwrap_or_else(|| format!("{}: {}\n", self.level, self.message)),
            level: self.level,
            message: self.message,
        }
    }
}

impl Span {
    /// It, if it is a part of `file`, or the call of the macro that it is in.
    fn within(&self, file: &str) -> Option<&Span> {
        if self.file_name == file {
            return Some(self);
        }
        self.expansion.as_ref()?.span.within(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOVED: &str = r#"{"$message_type":"diagnostic","message":"use of moved value: `a`","code":{"code":"E0382","explanation":"x"},"level":"error","spans":[{"file_name":"cell.rs","line_start":2,"line_end":2,"column_start":5,"column_end":6,"is_primary":false,"expansion":null},{"file_name":"cell.rs","line_start":4,"line_end":4,"column_start":10,"column_end":11,"is_primary":true,"expansion":null}],"children":[],"rendered":"\u001b[91merror[E0382]\n"}"#;
    const IN_MACRO: &str = r#"{"message":"oh","code":null,"level":"warning","spans":[{"file_name":"/rustc/macros.rs","line_start":99,"line_end":99,"column_start":1,"column_end":9,"is_primary":true,"expansion":{"span":{"file_name":"cell.rs","line_start":7,"line_end":7,"column_start":3,"column_end":8,"is_primary":false,"expansion":null}}}],"rendered":null}"#;
    const SUMMARY: &str = r#"{"message":"aborting due to 1 previous error","code":null,"level":"error","spans":[],"rendered":"error: aborting\n"}"#;

    #[test]
    fn messages_of_rustc_know_their_code_and_line() {
        let text = [MOVED, IN_MACRO, SUMMARY, "error: rustup says something else"].join("\n");
        let messages = of_rustc(&text, "cell.rs");
        let told: Vec<_> =
            messages.iter().map(|told| (&*told.level, told.code.as_deref(), told.line, &*told.message)).collect();
        assert_eq!(
            told,
            [
                ("error", Some("E0382"), Some(4), "use of moved value: `a`"),
                ("warning", None, Some(7), "oh"),
                ("text", None, None, "error: rustup says something else"),
            ]
        );
        let columns: Vec<_> = messages.iter().map(|message| message.columns.clone()).collect();
        assert_eq!(columns, [Some(10..11), Some(3..8), None]);
        assert_eq!(messages[0].rendered, "\u{1b}[91merror[E0382]\n");
        assert_eq!(messages[1].rendered, "warning: oh\n");
    }

    #[test]
    fn plain_text_is_one_message_told_by_its_first_line() {
        let messages = plain("\n  cell.c:3: no such thing\nmore\n\n", "cell.c");
        assert_eq!((&*messages[0].message, messages.len()), ("cell.c:3: no such thing", 1));
        assert_eq!(messages[0].rendered, "\n  cell.c:3: no such thing\nmore\n");
        assert_eq!(plain(" \n", "cell.c"), []);
    }

    #[test]
    fn plain_text_is_about_the_line_that_it_names() {
        for (text, file, line) in [
            ("  File \"cell.py\", line 2\n    def f(:\n          ^\nSyntaxError: invalid syntax\n", "cell.py", Some(2)),
            ("cell.sh: 4: Syntax error: end of file unexpected\n", "cell.sh", Some(4)),
            ("cell.sh: line 4: syntax error: unexpected end of file\n", "cell.sh", Some(4)),
            (
                "cell.c: In function 'main':\ncell.c:2:5: warning: x\n\u{1b}[1mcell.c:4:5:\u{1b}[m error: y\n",
                "cell.c",
                Some(4),
            ),
            ("# command-line-arguments\n./cell.go:3:5: undefined: x\n./cell.go:7:5: undefined: y", "cell.go", Some(3)),
            ("Sorry: IndentationError: unexpected indent (cell.py, line 2)", "cell.py", Some(2)),
            ("cell.mts(5,7): error TS2322: no\n", "cell.mts", Some(5)),
            ("no place\n", "cell.sh", None),
        ] {
            assert_eq!(plain(text, file)[0].line, line, "{text}");
        }
    }
}
