//! rustdoc's rules for making a crate of a snippet: "Pre-processing examples" in the rustdoc book's chapter on
//! documentation tests.

use super::assemble::Placed;
use super::tokens::Tokens;

/// What a cell can say: the module `cell`.
const MODULE: &str = include_str!("modules/cell.rs");

/// The crate of a cell and the `lib` cells in front of it.
///
/// Inner attributes at the head of each go to the top. Without a `fn main` of its own, the cell becomes the body of one, and its `extern crate`
/// items stay outside. A cell that ends in `(())`, as in `Ok::<(), std::io::Error>(())`, may use `?`.
///
/// The module `cell` stands behind all that, if the code asks for it: no line moves.
pub(super) fn crate_of(libs: Vec<Vec<Placed>>, cell: Vec<Placed>) -> Vec<Placed> {
    let mut lines = wrapped(libs, cell);
    if names_module(&text(&lines)) {
        let module = ["mod cell {"].into_iter().chain(MODULE.lines()).chain(["}"]);
        lines.extend(module.map(Placed::generated));
    }
    lines
}

fn wrapped(libs: Vec<Vec<Placed>>, cell: Vec<Placed>) -> Vec<Placed> {
    let whole = text(&cell);
    let wrap = !has_main(&whole);
    let fallible = wrap && whole.trim_end().ends_with("(())");

    let mut lines = vec![Placed::generated("#![allow(unused)]")];
    let mut items = Vec::new();
    for lib in libs {
        let (attributes, lib) = split_attributes(lib);
        lines.extend(attributes);
        items.extend(lib);
    }
    let (attributes, cell) = split_attributes(cell);
    lines.extend(attributes);
    lines.extend(items);
    if !wrap {
        lines.extend(cell);
        return lines;
    }
    let (crates, body): (Vec<_>, Vec<_>) =
        cell.into_iter().partition(|line| line.code.trim_start().starts_with("extern crate "));
    lines.extend(crates);
    if fallible {
        lines.push(Placed::generated("fn main() { fn _inner() -> core::result::Result<(), impl core::fmt::Debug> {"));
        lines.extend(body);
        lines.push(Placed::generated("} _inner().unwrap() }"));
    } else {
        lines.push(Placed::generated("fn main() {"));
        lines.extend(body);
        lines.push(Placed::generated("}"));
    }
    lines
}

fn text(lines: &[Placed]) -> String {
    lines.iter().flat_map(|line| [line.code.as_str(), "\n"]).collect()
}

/// The inner attributes at the head of some code, a line each, and the rest of it. Comments and blank lines may stand
/// between them; further below they belong to a module or a function, or are no attributes at all.
fn split_attributes(mut lines: Vec<Placed>) -> (Vec<Placed>, Vec<Placed>) {
    let is_attribute = |line: &Placed| {
        let code = line.code.trim();
        code.starts_with("#![") && code.ends_with(']')
    };
    let in_head = |line: &Placed| {
        let code = line.code.trim();
        code.is_empty() || code.starts_with("//") || is_attribute(line)
    };
    let head = lines.iter().take_while(|line| in_head(line)).count();
    let rest = lines.split_off(head);
    let (attributes, mut others): (Vec<_>, Vec<_>) = lines.into_iter().partition(is_attribute);
    others.extend(rest);
    (attributes, others)
}

/// Whether code has a function `main` outside of every block, comment and literal.
fn has_main(code: &str) -> bool {
    let mut depth = 0_usize;
    let mut before = "";
    for token in Tokens(code) {
        match token {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            "main" if depth == 0 && before == "fn" => return true,
            _ => {}
        }
        before = token;
    }
    false
}

/// Whether code uses something of the module `cell`, and has no module of that name itself.
fn names_module(code: &str) -> bool {
    let tokens: Vec<&str> = Tokens(code).collect();
    let says = |at: usize| match &tokens[at..] {
        ["cell", ":", ":", "param" | "measure" | "value" | "span" | "enter" | "show", ..] => true,
        // `std::cell` is another.
        ["cell", ":", ":", "{", ..] => !tokens[..at].ends_with(&[":"]) || tokens[..at].ends_with(&["crate", ":", ":"]),
        _ => false,
    };
    (0..tokens.len()).any(says) && !tokens.windows(2).any(|pair| pair == ["mod", "cell"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn main_is_found_where_it_is_a_function_of_the_crate() {
        for (code, expected) in [
            ("fn main() {}", true),
            ("pub async fn\n  main () {}", true),
            ("fn other() {} fn main() {}", true),
            ("// fn main()\nlet x = 1;", false),
            ("/* fn main() /* */ fn main() */ x", false),
            ("let s = \"fn main() \\\" fn main\";", false),
            ("let s = r#\"fn main() \" fn main\"#; let c = '\"'; let l: &'static str = s;", false),
            ("let c = '\\''; let q = '\"'; fn main() {}", true),
            ("mod a { fn main() {} }", false),
            ("let main = 1; fn mainly() {}", false),
            ("let c = b'{'; fn main() {}", true),
            ("\"unclosed fn main()", false),
            ("/* unclosed fn main()", false),
            ("'", false),
            ("'\\", false),
            ("'\\é' fn main", true),
            ("'é", false),
            ("", false),
        ] {
            assert_eq!(has_main(code), expected, "{code}");
        }
    }

    fn of(libs: &str, cell: &str) -> String {
        let lines = |code: &str| code.lines().map(Placed::generated).collect::<Vec<_>>();
        text(&crate_of(vec![lines(libs)], lines(cell)))
    }

    #[test]
    fn a_crate_with_a_main_is_left_as_it_is() {
        assert_eq!(of("", "use a;\nfn main() {\n}"), "#![allow(unused)]\nuse a;\nfn main() {\n}\n");
    }

    #[test]
    fn statements_become_the_body_of_main() {
        assert_eq!(
            of("fn lib() {}", "#![feature(x)]\nextern crate core;\nlet a = 1;"),
            "#![allow(unused)]\n#![feature(x)]\nfn lib() {}\nextern crate core;\nfn main() {\nlet a = 1;\n}\n"
        );
    }

    #[test]
    fn attributes_further_below_stay_where_they_are() {
        let code = "mod inner {\n    #![deny(unused)]\n}\nlet text = \"\n#![a text]\n\";";
        assert_eq!(of("", code), format!("#![allow(unused)]\nfn main() {{\n{code}\n}}\n"));
    }

    #[test]
    fn a_cell_that_ends_in_ok_may_use_the_question_mark() {
        let code = of("", "std::fs::read(\"x\")?;\nOk::<(), std::io::Error>(())");
        assert!(code.contains("fn _inner() -> core::result::Result<(), impl core::fmt::Debug> {"), "{code}");
    }

    #[test]
    fn the_module_stands_behind_code_that_names_it() {
        for (code, expected) in [
            ("cell::value(\"a\", 1);", true),
            ("let n = crate :: cell :: param::<u8>(\"n\");", true),
            ("use cell::{span, value};", true),
            ("use crate :: cell::{span, value};", true),
            ("use std::cell::{Cell, RefCell};", false),
            ("std::cell::Cell::new(1);", false),
            ("cell.value(1); // cell::value", false),
            ("let s = \"cell::value\";", false),
            ("mod cell { pub fn value() {} } cell::value();", false),
        ] {
            let whole = of("", code);
            assert_eq!(whole.contains("mod cell {\n//!"), expected, "{code}");
            assert!(whole.starts_with(&format!("#![allow(unused)]\nfn main() {{\n{code}\n}}\n")), "{code}");
        }
        assert!(of("fn f() { cell::value(\"a\", 1) }", "f();").contains("mod cell"));
    }
}
