use super::*;
use crate::source::{SitePath, Source};

fn document(text: &str) -> Span {
    let source = Source::new(SitePath::new("a.md").unwrap(), format!("---\n{text}---\n"));
    source.span(4..4 + text.len())
}

fn read(text: &str) -> Result<Table, Diagnostic> {
    read_yaml(&document(text))
}

fn json(text: &str) -> String {
    match read(text) {
        Ok(table) => serde_json::to_string(&table.to_json()).unwrap(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_blogs_write_is_read() {
    for (text, meaning) in [
        ("", "{}"),
        ("# only a comment\n\n", "{}"),
        ("title: x\n\n# why\ndraft: true\n", r#"{"title":"x","draft":true}"#),
        ("title:\t\"x\"\n", r#"{"title":"x"}"#),
        ("tags:\n\t- a\n\t-\tb\n", r#"{"tags":["a","b"]}"#),
        ("title: a\ntitle: b\n", r#"{"title":"b"}"#),
        ("tags: [1, 2.5, \"\", ~, null, x]\n", r#"{"tags":[1,2.5,"",null,null,"x"]}"#),
        ("tags: []\nseries:\n", r#"{"tags":[],"series":null}"#),
        ("1: a\ntrue: b\n~: c\n3.10: d\n", r#"{"1":"a","true":"b","~":"c","3.10":"d"}"#),
        ("text: >-\n  one\n  two\n", r#"{"text":"one two"}"#),
        ("text: |\n  a\n    b\n", r#"{"text":"a\n  b\n"}"#),
        ("text: !html <b>\nlist: !x [a]\ntext2: !!str 3\n", r#"{"text":"<b>","list":["a"],"text2":"3"}"#),
        ("date: 2010-01-09\n", r#"{"date":"2010-01-09"}"#),
        ("base: &b [x]\nagain: *b\n", r#"{"base":["x"],"again":["x"]}"#),
        ("{title: x, tags: [a]}\n", r#"{"title":"x","tags":["a"]}"#),
        (" title: x\n draft: no\n", r#"{"title":"x","draft":"no"}"#),
        (
            "a: 18446744073709551615\nb: 99999999999999999999\n",
            r#"{"a":"18446744073709551615","b":"99999999999999999999"}"#,
        ),
        ("title: 日本語\n", r#"{"title":"日本語"}"#),
        ("a: {b: {c: [d]}}\n", r#"{"a":{"b":{"c":["d"]}}}"#),
        ("last: x", r#"{"last":"x"}"#),
    ] {
        assert_eq!(json(text), meaning, "{text:?}");
    }
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    for (text, error) in [
        ("title: Foo: bar\n", "a.md:2:11: error[E005]: this is not YAML"),
        ("a: b\ntitle: @me\n", "a.md:3:8: error[E005]: this is not YAML"),
        ("tags:\n\t- a\ntitle: b: c\n", "a.md:4:9: error[E005]: this is not YAML"),
        ("title: *foo*\n", "a.md:2:12: error[E005]: this is not YAML"),
        ("a: b\ntitle: \"ö\nb: c\n", "a.md:3:8: error[E005]: this is not YAML"),
        ("tags: [a, b\n", "a.md:2:7: error[E005]: this is not YAML"),
        ("- a\n- b\n", "a.md:2:1: error[E005]: expected keys and values, found a list"),
        ("just words\n", "a.md:2:1: error[E005]: expected keys and values, found a string"),
        ("? [a, b]\n: c\n", "a.md:2:3: error[E005]: this is not YAML"),
        ("d: &d {draft: true}\n<<: *d\n", "a.md:3:1: error[E007]: a merge key (`<<`)"),
        ("a:\n  b: {<<: *c}\n", "a.md:3:7: error[E007]: a merge key (`<<`)"),
        ("title: a\u{7}b\n", "a.md:2:9: error[E005]: a control character (U+0007) in YAML"),
        ("a: 1\n---\nb: 2\n", "a.md:2:1: error[E005]: this is not YAML"),
    ] {
        assert_eq!(json(text), error, "{text:?}");
    }
}

#[test]
fn keys_and_values_know_their_place() {
    let text =
        "title: \"tags: x\"\ntags:\n  - gil\n  - 3.10\ncells:\n  timeout: 2s # tags\n\"Draft\" : true\ntitle: y\n";
    let table = read(text).unwrap();
    let place = |span: &Span| format!("{}:{} {}", span.line(), span.column(), span.text());
    let keys: Vec<String> = table.entries.iter().map(|entry| place(&entry.key_span)).collect();
    assert_eq!(keys, ["2:1 title", "3:1 tags", "6:1 cells", "8:2 Draft", "9:1 title"]);
    assert_eq!(place(&table.entries[0].node.span), "2:9 tags: x");
    assert_eq!(place(&table.get("draft").unwrap().span), "8:11 true");
    let cells = table.get("cells").unwrap().clone().table().unwrap();
    assert_eq!(place(&cells.entries[0].key_span), "7:3 timeout");
    assert_eq!(place(&cells.entries[0].node.span), "7:12 2s");
    assert_eq!(table.get("tags").unwrap().clone().strings().unwrap(), ["gil", "3.10"]);
}

#[test]
fn hostile_documents_end_with_one_error() {
    let laugh = |(of, name): (char, char)| format!("{name}: &{name} [{}]\n", [format!("*{of}").as_str(); 9].join(","));
    let laughs = ('a'..='j').zip('b'..='k').map(laugh).collect::<Vec<_>>().concat();
    let deep_block = (0..300).map(|depth| " ".repeat(depth) + "a:\n").collect::<Vec<_>>().concat();
    let long = "x".repeat(30_000);
    for (text, error) in [
        (format!("a: &a x\n{laughs}"), "aliases repeat too much"),
        (format!("a: &a {long}\nb: [{}]\n", ["*a"; 100].join(",")), "aliases repeat too much"),
        ("a: &a [*a]\n".to_owned(), "aliases repeat too much"),
        (format!("a: {}\n", "[".repeat(60_000)), "too many lists or tables in one another"),
        (format!("a: {}\n", "[\"]\",".repeat(10_000)), "too many lists or tables in one another"),
        (format!("a: {}{}\n", "[".repeat(200), "]".repeat(200)), "too many lists or tables in one another"),
        (format!("{}x\n", "- ".repeat(30_000)), "too many lists or tables in one another"),
        (deep_block, "too many lists or tables in one another"),
        (format!("a: {}\n", "x".repeat(100_000)), "more than 64 KiB of YAML"),
    ] {
        assert_eq!(read(&text).unwrap_err().message(), error, "{text:.40}");
    }
}
