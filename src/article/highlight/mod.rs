//! Source code to HTML with short classes.
//!
//! A language's name leads to a [`grammar`], the grammar gives every character a stack of scopes, the innermost scope
//! that [`tokens`] knows gives it a class, and [`painter`] writes a line with as few elements as that needs:
//!
//! ```text
//! <span class="k">let</span> answer = <span class="n">42</span>; <span class="c">// why?</span>
//! ```
//!
//! No element crosses the end of a line, so that a line can be hidden, marked or numbered by itself. What cannot be
//! highlighted (an unknown language, a line or a block too long for it to be worth its time) is shown plain.

mod grammar;
mod languages;
mod painter;
mod tokens;

#[cfg(test)]
mod contrast;
#[cfg(test)]
mod scopes;

use crate::article::escape::escape_into;
use crate::source::Hash;
use grammar::Grammar;
use painter::Painter;

/// The longest line that is highlighted, in bytes. Some of the bundled grammars need the square or the cube of it: a line of
/// 4 KiB took up to 9 s, one of 1 KiB up to 3 s. Nobody writes such lines by hand.
const LONGEST_LINE: usize = 512;

/// The largest block that is highlighted, in bytes.
const LARGEST_BLOCK: usize = 256 * 1024;

/// The HTML of some code, with the same ends of lines as the code, or `None` if its language is unknown or plain text, or
/// if it is too large: then it is to be shown as it stands.
pub(super) fn highlight(language: &str, code: &str) -> Option<String> {
    let lines = painted(language, code)?;
    let mut html = lines.join("\n");
    if code.ends_with('\n') {
        html.push('\n');
    }
    Some(html)
}

/// Names everything that decides what the functions of this module answer: grammars, classes and the crates that apply
/// them. An answer that was kept under another version is to be asked for again.
pub(super) fn version() -> Hash {
    /// To be raised when the code of this module changes what it answers.
    const FORMAT: u32 = 1;
    Hash::of(&(FORMAT, grammar::CRATES, grammar::OWN, tokens::SCOPES, LONGEST_LINE, LARGEST_BLOCK))
}

fn painted(language: &str, code: &str) -> Option<Vec<String>> {
    if code.len() > LARGEST_BLOCK {
        return None;
    }
    let Grammar { set, syntax } = languages::find(language, code)?;
    let mut painter = Painter::new(set, syntax);
    code.split_terminator('\n')
        .map(|line| if line.len() > LONGEST_LINE { Some(plain(line)) } else { painter.line(line).ok() })
        .collect()
}

fn plain(line: &str) -> String {
    let mut html = String::with_capacity(line.len());
    escape_into(line, &mut html);
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text that a reader of some HTML sees, and whether its elements are well nested.
    fn text_of(html: &str) -> String {
        let mut text = String::new();
        let mut open = 0;
        for (place, piece) in html.split('<').enumerate() {
            let shown = match piece.split_once('>') {
                Some((tag, shown)) if place > 0 => {
                    open += if tag == "/span" { -1 } else { 1 };
                    shown
                }
                _ => piece,
            };
            assert!(open == 0 || open == 1, "elements are neither nested nor left open: {html}");
            text += shown;
        }
        assert_eq!(open, 0, "{html}");
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }

    #[test]
    fn a_token_has_a_short_class_and_plain_text_has_none() {
        assert_eq!(
            highlight("rust", "fn f() {\n    // <b>\n}\n").unwrap(),
            "<span class=\"k\">fn</span> <span class=\"f\">f</span>() {\n    <span class=\"c\">// &lt;b&gt;</span>\n}\n"
        );
    }

    #[test]
    fn neighbours_of_one_kind_share_an_element() {
        assert_eq!(highlight("rust", "pub async fn").unwrap(), r#"<span class="k">pub async fn</span>"#);
        assert_eq!(highlight("python", "'a'  'b'").unwrap(), r#"<span class="s">'a'  'b'</span>"#);
    }

    #[test]
    fn no_element_crosses_the_end_of_a_line() {
        let code = "/* one\ntwo\n\nthree */ let s = \"four\nfive\";";
        let html = highlight("rust", code).unwrap();
        let lines: Vec<&str> = html.split('\n').collect();
        assert_eq!(lines.iter().map(|line| text_of(line)).collect::<Vec<_>>(), code.split('\n').collect::<Vec<_>>());
        assert_eq!(lines[1], r#"<span class="c">two</span>"#);
        assert_eq!(lines[2], "");
        assert_eq!(lines[4], r#"<span class="s">five"</span>;"#);
    }

    #[test]
    fn the_ends_of_lines_stay_as_they_are() {
        for code in ["", "a", "a\n", "a\n\n", "\n", "\na"] {
            assert_eq!(highlight("rust", code).unwrap(), code);
        }
    }

    #[test]
    fn an_unknown_language_is_shown_plain() {
        for language in ["", "text", "plain", "output", "no-such-language", "🦀", &"x".repeat(10_000)] {
            assert_eq!(highlight(language, "if x { 1 }"), None, "{language}");
        }
    }

    #[test]
    fn too_long_a_line_is_plain_but_not_its_neighbours() {
        let code = format!("let a;\n{}\nlet b;", "let ".repeat(LONGEST_LINE));
        let html = highlight("rust", &code).unwrap();
        let lines: Vec<&str> = html.split('\n').collect();
        assert!(lines[0].starts_with("<span") && lines[2].starts_with("<span"));
        assert_eq!(lines[1], "let ".repeat(LONGEST_LINE));
    }

    #[test]
    fn too_large_a_block_is_plain() {
        assert_eq!(highlight("rust", &"let a;\n".repeat(LARGEST_BLOCK / 7 + 1)), None);
    }

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(highlight("rust", "let\0\u{1b}[1m\u{202e}").unwrap(), "<span class=\"k\">let</span>␀␛[1m\u{fffd}");
    }

    #[test]
    fn code_that_is_no_code_loses_nothing() {
        let samples = [
            "\"\"\"'''\"'`\\\n\\\n${$(((<<EOF\n",
            "r####\"\n/* /* /*\n#[[[{(\n'\n",
            "f\"{f'{x!r:{y}}'}\" {{\n>>> f'{\n$ 'a\n",
            "}}}}]]]))) \\ \u{feff} ß🦀\u{301} \t\t\n",
            "<a b='<c>&amp;\n--- !!x &y *z |\n@@ -1 +1 @@\n",
        ];
        let languages = ["rust", "python", "console", "bash", "toml", "ts", "tsx", "dockerfile", "html", "yaml", "c++"];
        for language in languages {
            for sample in samples {
                let code = sample.repeat(3);
                assert_eq!(text_of(&highlight(language, &code).unwrap()), code, "{language}");
            }
        }
    }

    #[test]
    fn deep_nesting_ends() {
        for language in ["rust", "python", "ts", "json", "bash", "c++"] {
            let code = format!("{}\n", "([{".repeat(1_000)).repeat(20);
            assert_eq!(text_of(&highlight(language, &code).unwrap()), code, "{language}");
        }
    }

    #[test]
    fn threads_may_ask_at_once() {
        let answers: Vec<_> = std::thread::scope(|scope| {
            let ask = |language| scope.spawn(move || highlight(language, "match x: # 1\n    case 2: pass\n"));
            let threads: Vec<_> = ["python", "console", "toml", "rust"].into_iter().cycle().take(8).map(ask).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(answers[..4], answers[4..]);
    }

    #[test]
    fn the_version_is_one_value() {
        assert_eq!(version(), version());
    }
}
