//! A program of the statements that an author writes.

use std::collections::BTreeSet;

use super::assemble::Placed;
use super::tokens::Tokens;

/// What is put around the code of a cell: the key `wrap` of a language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wrap {
    /// A line that a program begins with, wherever its author wrote it or not: `package main`.
    pub head: Option<String>,
    /// How lines begin that are put in front of everything else, if nothing but comments stands above them: `import`. One
    /// that ends in `(` takes the lines up to the `)` with it, and one that ends in `\` the next.
    pub hoist: Vec<String>,
    /// Whether such a line is left out if the same stands there already.
    pub once: bool,
    /// What code is not wrapped that contains it, in whatever spacing: `main(`.
    pub unless: Option<String>,
    /// What stands in front of the cell; the `lib` cells that it uses stay outside.
    pub before: String,
    /// What stands behind it.
    pub after: String,
}

impl Wrap {
    /// The lines of the program that a cell makes with the `lib` cells in front of it.
    pub(super) fn program_of(&self, comment: &str, libs: Vec<Vec<Placed>>, cell: Vec<Placed>) -> Vec<Placed> {
        let code: String = cell.iter().flat_map(|line| [line.code.as_str(), "\n"]).collect();
        let wrapped = self.unless.as_ref().is_none_or(|unless| !Tokens(&code).contain(unless));
        let around = |text: &str| text.lines().filter(|_| wrapped).map(Placed::generated).collect::<Vec<_>>();
        let mut top = Vec::new();
        let mut rest = Vec::new();
        for lib in libs {
            rest.extend(self.hoist_from(lib, comment, &mut top));
        }
        let body = self.hoist_from(cell, comment, &mut top);
        rest.extend(around(&self.before));
        rest.extend(body);
        rest.extend(around(&self.after));
        [self.with_head(top), rest].concat()
    }

    /// Moves the lines that stand at the top of a program there, and gives those that are left.
    fn hoist_from(&self, lines: Vec<Placed>, comment: &str, top: &mut Vec<Placed>) -> Vec<Placed> {
        let mut rest = Vec::new();
        let mut in_head = true;
        let mut goes_on = None;
        for line in lines {
            let code = line.code.trim();
            if goes_on.is_some() || in_head && self.is_hoisted(code) {
                goes_on = match goes_on {
                    Some('(') if !code.starts_with(')') => Some('('),
                    None if code.ends_with('(') => Some('('),
                    _ => code.chars().next_back().filter(|last| *last == '\\'),
                };
                top.push(line);
            } else {
                in_head &= code.is_empty() || code.starts_with(comment);
                rest.push(line);
            }
        }
        rest
    }

    fn is_hoisted(&self, code: &str) -> bool {
        self.is_head(code) || self.hoist.iter().any(|start| code.starts_with(start))
    }

    fn is_head(&self, code: &str) -> bool {
        self.head.as_deref() == Some(code)
    }

    /// The top of a program with its first line in its place.
    fn with_head(&self, top: Vec<Placed>) -> Vec<Placed> {
        let (heads, mut top): (Vec<_>, Vec<_>) = top.into_iter().partition(|line| self.is_head(line.code.trim()));
        if self.once {
            let mut seen = BTreeSet::new();
            top.retain(|line| self.hoisted(&line.code).is_none_or(|what| seen.insert(what.to_owned())));
        }
        let head = heads.into_iter().next().or_else(|| self.head.as_deref().map(Placed::generated));
        head.into_iter().chain(top).collect()
    }

    /// What a line hoists, alone or as one of several: `"fmt"` of `import "fmt"`. Nothing for the brackets around several.
    fn hoisted<'a>(&self, code: &'a str) -> Option<&'a str> {
        let code = code.trim();
        let what = self.hoist.iter().find_map(|start| code.strip_prefix(start.as_str())).unwrap_or(code).trim();
        (!matches!(what, "(" | ")")).then_some(what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go() -> Wrap {
        Wrap {
            head: Some("package main".to_owned()),
            hoist: vec!["import".to_owned()],
            once: true,
            unless: Some("func main(".to_owned()),
            before: "func main() {".to_owned(),
            after: "}".to_owned(),
        }
    }

    fn c() -> Wrap {
        let text = |text: &str| text.to_owned();
        Wrap {
            hoist: vec![text("#")],
            unless: Some(text("main(")),
            before: text("int main(void) {"),
            after: text("}"),
            ..Wrap::default()
        }
    }

    fn of(wrap: &Wrap, lib: &str, cell: &str) -> String {
        let lines = |code: &str| code.lines().map(Placed::generated).collect::<Vec<_>>();
        let program = wrap.program_of("//", vec![lines(lib)], lines(cell));
        program.iter().map(|line| line.code.as_str()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn statements_become_the_body_of_a_function() {
        for (wrap, lib, cell, expected) in [
            (
                c(),
                "",
                "// c\n#include <a.h>\n\nf();\n#if X",
                "#include <a.h>\nint main(void) {\n// c\n\nf();\n#if X\n}",
            ),
            (c(), "#define A \\\n 1\nint x;", "f();", "#define A \\\n 1\nint x;\nint main(void) {\nf();\n}"),
            (c(), "", "int main (void) { }", "int main (void) { }"),
            (go(), "", "f()", "package main\nfunc main() {\nf()\n}"),
            (go(), "", "// c\npackage main\nfunc main() {}", "package main\n// c\nfunc main() {}"),
            (
                go(),
                "import \"fmt\"\nfunc f() {}",
                "import (\n\t\"fmt\"\n\t\"os\"\n)\nf()",
                "package main\nimport \"fmt\"\nimport (\n\t\"os\"\n)\nfunc f() {}\nfunc main() {\nf()\n}",
            ),
            (Wrap::default(), "a", "b\n#c", "a\nb\n#c"),
        ] {
            assert_eq!(of(&wrap, lib, cell), expected);
        }
    }
}
