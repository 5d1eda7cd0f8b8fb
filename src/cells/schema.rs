//! What editors know of cells' options and of languages.

use serde_json::{Map, Value as Json, json};

use super::{Languages, Options};
use crate::data::schema::{
    Described, command, flag, like, one_of, properties, table_of, text, text_or_texts, whole, words,
};

impl Options {
    /// Every option, as the `properties` of a JSON Schema.
    pub fn schema() -> Map<String, Json> {
        properties(Options::KEYS, |key| {
            structure(key)
                .or_else(|| showing(key))
                .or_else(|| process(key))
                .or_else(|| measuring(key))
                .or_else(|| claims(key))
        })
    }
}

impl Languages {
    /// Every key of a language, as the `properties` of a JSON Schema.
    pub fn schema() -> Map<String, Json> {
        properties(Languages::KEYS, language)
    }
}

fn structure(key: &str) -> Option<Described> {
    Some(match key {
        "use" => (text_or_texts(), "the `lib` cells in front of it"),
        "group" => (text(), "cells of one group are measured interleaved and compared"),
        "baseline" => (flag(), "whether the others of its group are compared with it"),
        "label" => (text(), "what comparisons and charts call it"),
        "caption" => (text(), "a sentence above it"),
        "file" => (text(), "the file with its code, named from the post's folder"),
        "anchor" => (text(), "the marked part of that file which is shown"),
        "inputs" => (text_or_texts(), "files that it reads, by patterns from the post's folder"),
        "env-inputs" => (words(), "names of your own environment variables that it is given"),
        _ => return None,
    })
}

fn showing(key: &str) -> Option<Described> {
    let trouble = || one_of(&[json!("fail"), json!("show")]);
    let show = [json!(true), json!(false), json!("fold")];
    Some(match key {
        "echo" => (one_of(&show), "whether the code is shown"),
        "output" => {
            let kinds = ["html", "svg", "json", "csv"].map(Json::from);
            (one_of(&[&show[..], &kinds].concat()), "whether the output is shown, or what it is")
        }
        "stderr" => (
            one_of(&["show", "fold", "hide", "merge"].map(Json::from)),
            "whether standard error is shown, or goes with the output",
        ),
        "max-lines" => (whole(0, 100_000), "lines of output that stand openly"),
        "hl" => (json!({"type": ["string", "integer"]}), "lines of the shown code that are marked: `3-5,8`"),
        "chart" => (flag(), "whether a sweep or a comparison is drawn"),
        "on-error" => (trouble(), "whether a cell that fails is an error or is shown"),
        "missing" => (trouble(), "the same for a language whose tool is not on this machine"),
        _ => return None,
    })
}

fn process(key: &str) -> Option<Described> {
    Some(match key {
        "args" => (words(), "the program's arguments"),
        "env" => (table_of(&json!({"type": ["string", "integer"]})), "its environment variables"),
        "stdin" => (text(), "what it reads from standard input"),
        "timeout" => (duration(), "the longest that one run may take: `10s`"),
        "memory" => (like(r"^\s*[0-9]"), "the address space of each process: `8GiB`"),
        "net" => (one_of(&["none", "loopback", "host"].map(Json::from)), "the network that it reaches"),
        "exit" => {
            let code = whole(0, 255);
            let several = json!({"type": "array", "items": code, "minItems": 1});
            (json!({"anyOf": [code, several, {"enum": ["any"]}]}), "the exit codes that it may end with")
        }
        "deps" => {
            (table_of(&json!({"type": ["string", "array", "object"]})), "packages that it needs, with their versions")
        }
        "profile" => (one_of(&["release", "debug"].map(Json::from)), "whether it is compiled with optimisation"),
        "edition" => (one_of(&["2015", "2018", "2021", "2024"].map(Json::from)), "the edition of Rust"),
        "features" => (words(), "what `cfg(feature = \"…\")` finds"),
        "rustflags" => (words(), "further words for the compiler"),
        _ => return None,
    })
}

fn measuring(key: &str) -> Option<Described> {
    Some(match key {
        "reps" => (whole(1, 10_000), "exactly so many runs that count"),
        "warmup" => (whole(0, 10_000), "runs before the first that counts"),
        "min-time" => (duration(), "the least time that the runs take together"),
        "max-time" => (duration(), "the time after which there is no other run"),
        "sweep" => {
            let values = json!({"type": "array", "items": {"type": ["string", "number", "boolean"]}});
            (table_of(&values), "values that it is run with, by the name of the parameter")
        }
        "metric" => (text(), "what is compared and drawn: `wall`, `cpu`, or a number that the cell names"),
        "per" => (json!({"type": "number", "exclusiveMinimum": 0}), "the operations of one run"),
        "timeline" => (flag(), "whether an extra run shows what its threads do"),
        "trials" => (whole(1, 100_000), "so many runs, to count how differently they end"),
        _ => return None,
    })
}

fn claims(key: &str) -> Option<Described> {
    Some(match key {
        "expect" => (text(), "what it prints; `[..]` stands for anything in a line"),
        "assert" => (text_or_texts(), "claims that must hold of what was measured"),
        "tolerance" => (like("^.+%$"), "how far a number in prose may be from its value: `20%`"),
        "redact" => (text_or_texts(), "regular expressions; outputs do not differ where they match"),
        _ => return None,
    })
}

/// A number with a unit of time.
fn duration() -> Json {
    like(r"^\s*[0-9].*[a-z]\s*$")
}

fn language(key: &str) -> Option<Described> {
    let table = |known: &[(&str, Json)]| {
        let known: Map<String, Json> = known.iter().map(|(key, schema)| ((*key).to_owned(), schema.clone())).collect();
        json!({"type": "object", "properties": known, "additionalProperties": false})
    };
    let variables = || table_of(&json!({"type": ["string", "integer"]}));
    Some(match key {
        "aliases" => (words(), "further names"),
        "title" => (text(), "what readers call it"),
        "comment" => (text(), "what begins a comment that ends with its line"),
        "file" => (text(), "the file that the code is written to"),
        "wrap" => {
            let keys = [
                ("head", text()),
                ("hoist", words()),
                ("once", flag()),
                ("unless", text()),
                ("before", text()),
                ("after", text()),
            ];
            (table(&keys), "what makes a program of the statements that authors write")
        }
        "module" => (table(&[("file", text()), ("text", text())]), "a file beside the code, if that names it"),
        "check" => (command(), "the command line that checks the code and runs nothing"),
        "build" => (command(), "the command line that makes a program of it"),
        "profiles" => (
            table(&[("release", words()), ("debug", words()), ("lines", words())]),
            "the words that stand for `{profile}`",
        ),
        "run" => (command(), "the command line that runs it"),
        "version" => (command(), "the command line that prints the version of its tool"),
        "resolve" => (table_of(&command()), "the command line that prints the path of the real program behind a shim"),
        "env" => (words(), "your environment variables that the tools are given"),
        "pin" => (
            table(&[("file", text()), ("key", text()), ("env", text())]),
            "the file by which the site pins its version",
        ),
        "packages" => {
            let keys = [
                ("requirement", text()),
                ("create", command()),
                ("install", command()),
                ("freeze", command()),
                ("run", command()),
            ];
            (json!({"anyOf": [{"enum": ["cargo"]}, table(&keys)]}), "what gets packages for it")
        }
        "dump" => {
            let signals = ["ABRT", "HUP", "INT", "QUIT", "USR1", "USR2"].map(Json::from);
            (
                table(&[("signal", one_of(&signals)), ("env", variables())]),
                "how a program that hangs is made to tell where it stands",
            )
        }
        "thread-names" => (
            table(&[("file", text()), ("text", text()), ("env", text())]),
            "a file by which threads tell the kernel their names",
        ),
        "innermost-last" => (flag(), "whether traces name the innermost call last"),
        "rustdoc" => (flag(), "whether the rules of rustdoc hold and messages are rustc's JSON"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::read_toml;
    use crate::data::schema::{agree, takes};
    use crate::source::{Diagnostics, SitePath, Source};

    fn table(text: &str) -> crate::data::Table {
        let source = Source::new(SitePath::new("a.toml").unwrap(), text);
        read_toml(&source.span(0..text.len())).unwrap()
    }

    #[test]
    fn the_schema_of_options_is_what_the_reader_takes() {
        agree(&Options::schema(), &Options::KEYS, |key, value| {
            let mut diagnostics = Diagnostics::default();
            Options::default().apply(&table(&format!("{key} = {value}")), &mut diagnostics);
            !diagnostics.has_errors()
        });
    }

    #[test]
    fn the_schema_of_languages_is_what_the_reader_takes() {
        agree(&Languages::schema(), &Languages::KEYS, |key, value| {
            let mut diagnostics = Diagnostics::default();
            Languages::read(Some(&table(&format!("[python]\n{key} = {value}"))), &mut diagnostics);
            !diagnostics.has_errors()
        });
        let schema = json!({"properties": Languages::schema(), "additionalProperties": false});
        let embedded: toml::Table = toml::from_str(include_str!("languages.toml")).unwrap();
        for (name, language) in embedded {
            assert!(takes(&schema, &serde_json::to_value(language).unwrap()), "{name}");
        }
    }
}
