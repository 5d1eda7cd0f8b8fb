use super::*;
use crate::source::{SitePath, Source};

fn read_with(text: &str, yaml: bool) -> (FrontMatter, Vec<String>) {
    let source = Source::new(SitePath::new("a.md").unwrap(), text);
    let span = source.span(0..text.len());
    let table = if yaml { crate::data::read_yaml(&span) } else { crate::data::read_toml(&span) }.unwrap();
    let mut diagnostics = Diagnostics::default();
    let front = FrontMatter::read(table, &TimeZone::UTC, &mut diagnostics);
    let say = |diagnostic: &Diagnostic| match diagnostic.remedy() {
        Some(help) => format!("{diagnostic} ({help})"),
        None => diagnostic.to_string(),
    };
    (front, diagnostics.iter().map(say).collect())
}

fn yaml(text: &str) -> (FrontMatter, Vec<String>) {
    read_with(text, true)
}

fn toml(text: &str) -> (FrontMatter, Vec<String>) {
    read_with(text, false)
}

/// Every key in both notations, by its names in turn.
#[test]
fn both_notations_mean_the_same() {
    let in_yaml = "title: T\ndate: 2024-01-02\nupdated: 2024-01-03\npublishDate: 2024-01-04\nexpiryDate: 2024-01-05\n\
        draft: true\ntags: [a, b]\ncategories: c\ndescription: D\nslug: s\nurl: /u/\naliases: [/x/]\nweight: 3\nlayout: page\n\
        authors: [A]\nseries: S\ncells:\n  timeout: 2s\nextra:\n  k: v\nmath: true\n";
    let in_toml = "Title = 'T'\nDate = 2024-01-02\nlastmod = 2024-01-03\npublish_date = '2024-01-04'\nunpublishdate = 2024-01-05\n\
        Draft = true\nTag = ['a', 'b']\ncategory = ['c']\nsummary = 'D'\nSLUG = 's'\npath = '/u/'\nredirect_from = '/x/'\n\
        weight = 3\ntemplate = 'page'\nauthor = 'A'\nseries = ['S']\nmath = true\n[cells]\ntimeout = '2s'\n[extra]\nk = 'v'\n";
    let dates = |front: &FrontMatter| {
        [&front.date, &front.updated, &front.publish, &front.expires]
            .map(|date| date.as_ref().unwrap().date().to_string())
    };
    for (front, wrong) in [yaml(in_yaml), toml(in_toml)] {
        assert_eq!(wrong, [""; 0]);
        assert_eq!(dates(&front), ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"]);
        assert_eq!((front.title.as_deref(), front.description.as_deref()), (Some("T"), Some("D")));
        assert_eq!(
            (front.tags.as_slice(), front.categories.as_slice()),
            (&["a".into(), "b".into()][..], &["c".into()][..])
        );
        assert_eq!((front.slug.unwrap().text, front.url.unwrap().text), ("s".into(), "/u/".into()));
        assert_eq!((front.draft, front.weight, front.aliases[0].text.as_str()), (true, Some(3), "/x/"));
        assert_eq!((front.layout.as_deref(), front.series.as_deref()), (Some("page"), Some("S")));
        assert_eq!((front.authors, front.cells.unwrap().entries.len()), (vec!["A".to_owned()], 1));
        assert_eq!(serde_json::to_string(&front.extra).unwrap(), r#"{"math":true,"k":"v"}"#);
    }
}

#[test]
fn terms_in_every_shape() {
    for (text, tags) in [
        ("tags:", vec![]),
        ("tags: []", vec![]),
        ("tags: [\"\"]", vec![]),
        ("tags: [~, null, '', x]", vec!["x"]),
        ("tags: one", vec!["one"]),
        ("tags: two words", vec!["two words"]),
        ("tags: a, b", vec!["a, b"]),
        ("tag: one", vec!["one"]),
        ("tag: one\ntags: [two]", vec!["two", "one"]),
        ("tags: [2024, 3.10, 1_000, true]", vec!["2024", "3.10", "1_000", "true"]),
        ("tags: [Rust, ' rust ', RUST, go]", vec!["Rust", "go"]),
        ("tags: [C, C++, C#, I/O, (x), 日本語]", vec!["C", "C++", "C#", "I/O", "(x)", "日本語"]),
        ("tags:\n\t- a\n\t- b", vec!["a", "b"]),
        ("TAGS: [a]", vec!["a"]),
    ] {
        let (front, wrong) = yaml(text);
        assert_eq!((front.tags, wrong), (tags.into_iter().map(String::from).collect(), Vec::new()), "{text}");
    }
}

#[test]
fn drafts_as_people_say_it() {
    for (text, draft) in [
        ("title: x", false),
        ("draft: true", true),
        ("draft: yes", true),
        ("Draft: 'true'", true),
        ("draft: false", false),
        ("draft:", false),
        ("published: false", true),
        ("published: no", true),
        ("published: true", false),
        ("published: true\ndraft: true", true),
        ("draft: false\ndraft: true", true),
    ] {
        assert_eq!(yaml(text).0.draft, draft, "{text}");
    }
    assert_eq!(yaml("published: 2024-01-02").0.publish.unwrap().date().to_string(), "2024-01-02");
}

#[test]
fn zola_and_others_are_understood() {
    let (front, wrong) =
        toml("[taxonomies]\ntags = ['a']\ncategories = ['b']\nyears = ['2024']\n[extra]\nmath = true\n");
    assert_eq!((front.tags, front.categories), (vec!["a".to_owned()], vec!["b".to_owned()]));
    assert_eq!(serde_json::to_string(&front.extra).unwrap(), r#"{"taxonomies":{"years":["2024"]},"math":true}"#);
    assert_eq!(wrong, [""; 0]);

    let (front, wrong) = yaml("meta:\n  _edit_last: '1'\nexcerpt: E\nauthor: {name: Ann, twitter: x}\nsummary: [no]\n");
    assert_eq!((front.description.as_deref(), front.authors), (Some("E"), vec!["Ann".to_owned()]));
    assert_eq!(front.extra.keys().collect::<Vec<_>>(), ["meta", "summary"]);
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn texts_need_not_be_strings() {
    for (text, title) in [
        ("title: 2048", Some("2048")),
        ("title: 3.10", Some("3.10")),
        ("title: 2024-01-02", Some("2024-01-02")),
        ("title: >\n  two\n  lines", Some("two lines")),
        ("title: \" x\\n y \"", Some("x y")),
        ("title: ''", None),
        ("title:", None),
        ("title: '</script>{{ 7*7 }}'", Some("</script>{{ 7*7 }}")),
    ] {
        assert_eq!(yaml(text).0.title.as_deref(), title, "{text}");
    }
    assert_eq!(toml("title = 3.10").0.title.as_deref(), Some("3.10"));
}

#[test]
fn a_slip_of_the_pen_is_a_warning_and_other_keys_are_none() {
    let (front, wrong) = yaml("tgas: [x]\nTitel: x\nsubtitle: x\nreadingLevel: 3\ncover_credit: x\n");
    assert_eq!(
        wrong,
        [
            "a.md:1:1: warning[E103]: unknown key `tgas` (did you mean `tags`?)",
            "a.md:2:1: warning[E103]: unknown key `Titel` (did you mean `title`?)",
        ]
    );
    assert_eq!(front.extra.len(), 5);
}

#[test]
fn every_key_with_a_meaning_is_read() {
    for key in keys::MEANT {
        let value = if key == "taxonomies" { "{tags: [a]}" } else { "2024-01-02" };
        let (front, _) = yaml(&format!("{}: {value}\n", key.to_uppercase()));
        assert!(front.extra.is_empty(), "{key}");
    }
}

#[test]
fn the_last_of_two_counts_with_a_warning() {
    for (front, wrong) in [yaml("title: a\nx: 1\ntitle: b\n"), toml("title = 'a'\nx = 1\nTitle = 'b'\n")] {
        assert_eq!(front.title.as_deref(), Some("b"));
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].starts_with("a.md:3:1: warning[E104]: the key `"), "{wrong:?}");
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let (_, wrong) = toml(
        "title = ['x']\ndate = 'soon'\ndraft = 'maybe'\ntags = [['a']]\nweight = 'x'\nseries = ['a', 'b']\n\
         cells = 1\nextra = 2\n[slug]\n",
    );
    let wrong: Vec<&str> = wrong.iter().map(|line| line.split(" (").next().unwrap()).collect();
    assert_eq!(
        wrong,
        [
            "a.md:1:9: error[E008]: expected a string, found a list",
            "a.md:2:8: error[E105]: `soon` is no date",
            "a.md:3:9: error[E008]: expected `true` or `false`, found a string",
            "a.md:4:9: error[E008]: expected a string, found a list",
            "a.md:5:10: error[E008]: expected a whole number, found a string",
            "a.md:6:10: warning[E106]: a post is part of one series",
            "a.md:7:9: error[E008]: expected a table, found a whole number",
            "a.md:8:9: error[E008]: expected a table, found a whole number",
            "a.md:9:1: error[E008]: expected a string, found a table",
        ]
    );
}

#[test]
fn the_picture_of_a_post_is_found_where_others_write_it() {
    for (text, expected) in [
        ("image: a.png", Some(("a.png", "a.md:1:8"))),
        ("Image: {path: a.png, alt: x}", Some(("a.png", "a.md:1:15"))),
        ("images: [a.png, b.png]", Some(("a.png", "a.md:1:10"))),
        ("image: a.png\nextra: {image: b.png}", Some(("b.png", "a.md:2:16"))),
        ("images: []", None),
        ("image: ' '", None),
        ("image: {src: a.png}", None),
        ("image: 3", None),
        ("cover: a.png", None),
    ] {
        let (front, wrong) = yaml(text);
        let image = front.image.map(|(url, span)| (url, format!("{span:?}")));
        assert_eq!(image, expected.map(|(url, place)| (url.to_owned(), place.to_owned())), "{text}");
        assert_eq!((wrong.len(), front.extra.is_empty()), (0, false), "its key stays for templates: {text}");
    }
}
