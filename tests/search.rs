//! The search as readers get it: the script of the theme, run by Node.js, on the index of a site that was built.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that runs programs in folders of its own")]

#[path = "support/size.rs"]
mod size;
#[expect(dead_code, reason = "other tests use more of it")]
mod support;
#[path = "support/tools.rs"]
mod tools;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use size::compressed;
use support::Site;
use tools::{or_left_out, program};

/// Asks the search of a site, and gives for each question the URLs of what it found and the files that it loaded; nothing
/// where there is no Node.js, which tests leave out.
fn ask(site: &Site, questions: &[&str]) -> Option<Vec<(Vec<String>, Vec<String>)>> {
    let node = or_left_out(program(&["node"]), "Node.js", "what the search finds")?;
    let program = r"
        import { readFileSync } from 'node:fs';
        const { find } = await import(`data:text/javascript,${encodeURIComponent(readFileSync('public/search.js', 'utf8'))}`);
        const answers = [];
        for (const question of JSON.parse(process.argv[1])) {
            const files = [];
            const found = await find(question, async (name) => {
                files.push(name);
                return JSON.parse(readFileSync(`public/search/${name}`, 'utf8'));
            });
            answers.push([found.map(([url]) => url), files]);
        }
        console.log(JSON.stringify(answers));
    ";
    let said = Command::new(node)
        .args(["--input-type=module", "--eval", program, "--", &serde_json::to_string(questions).unwrap()])
        .current_dir(site.path(""))
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(said.status.success());
    Some(serde_json::from_slice(&said.stdout).unwrap())
}

fn found(site: &Site, question: &str) -> Option<Vec<String>> {
    Some(ask(site, &[question])?.remove(0).0)
}

#[test]
fn the_best_stands_first_and_every_word_must_be_held() {
    let site = Site::new(&[
        ("content/text.md", "+++\ntitle = 'One'\ndate = 2026-01-05\n+++\nMutex, mutex, mutex, mutex, and a queue."),
        ("content/tag.md", "+++\ntitle = 'Two'\ndate = 2026-01-04\ntags = ['mutex']\n+++\nText."),
        ("content/heading.md", "+++\ntitle = 'Three'\ndate = 2026-01-03\n+++\n## The mutex\n\nText and a queue."),
        ("content/title.md", "+++\ntitle = 'A mutex'\ndate = 2026-01-02\n+++\nText."),
        ("content/longer.md", "+++\ntitle = 'Five'\ndate = 2026-01-06\n+++\nMutexes are queues."),
        ("content/about.md", "+++\ntitle = 'About'\nlayout = 'page'\n+++\nNobody."),
        ("content/code.md", "+++\ntitle = 'Code'\n+++\n```rust\nfn compare_exchange() {}\n```\n"),
        ("content/draft.md", "+++\ntitle = 'Draft'\ndraft = true\n+++\nSecret."),
    ]);
    site.build();
    for (question, expected) in [
        ("mutex", &["/title/", "/heading/", "/tag/", "/text/", "/longer/"][..]),
        ("MUTEX", &["/title/", "/heading/", "/tag/", "/text/", "/longer/"]),
        ("mutex queue", &["/heading/", "/text/", "/longer/"]),
        ("mute qu", &["/heading/", "/longer/", "/text/"]),
        ("mutexes", &["/longer/"]),
        ("mutexes nobody", &[]),
        ("nob", &["/about/"]),
        ("compare_exchange", &["/code/"]),
        ("secret", &[]),
        ("…", &[]),
    ] {
        let Some(mut found) = found(&site, question) else { return };
        let mut expected: Vec<String> = expected.iter().map(|url| (*url).to_owned()).collect();
        if question.starts_with("mute qu") {
            found.sort();
            expected.sort();
        }
        assert_eq!(found, expected, "{question}");
    }
}

#[test]
fn what_is_looked_for_is_folded_as_texts_are() {
    // Each text, and what else finds it.
    let cases: [(&str, &[&str]); 10] = [
        ("Nebenläufigkeit", &["nebenlaufigkeit", "NEBENLÄUFIGKEIT", "Nebenla\u{308}uf"]),
        ("Straße", &["strasse", "STRASSE", "straß"]),
        ("多线程编程与锁", &["线程", "锁", "多", "多线程编程"]),
        ("スレッドとロック", &["ロック", "ｽﾚｯﾄﾞ", "ド"]),
        ("스레드와 잠금", &["스레드", "잠금", "\u{1109}\u{1173}레드"]),
        ("เธรดและล็อก", &["เธรด", "ล็อก"]),
        ("Ἀθῆναι ὅλος", &["αθηναι", "ΟΛΟΣ"]),
        ("Ёлка", &["елка", "ЁЛКА"]),
        ("हिन्दी में", &["हिन्दी", "में"]),
        ("C++ and F#", &["c++", "C", "f#"]),
    ];
    let posts: Vec<(String, String)> =
        (0..).zip(cases).map(|(at, (text, _))| (format!("content/p{at}.md"), format!("# Post\n\n{text}\n"))).collect();
    let posts: Vec<(&str, &str)> = posts.iter().map(|(path, text)| (&**path, &**text)).collect();
    let site = Site::new(&posts);
    site.build();
    let questions: Vec<&str> =
        cases.iter().flat_map(|(text, others)| [text].into_iter().chain(*others)).copied().collect();
    let Some(answers) = ask(&site, &questions) else { return };
    let mut answers = answers.into_iter().map(|(found, _)| found);
    for (at, (text, others)) in cases.iter().enumerate() {
        for question in [text].into_iter().chain(*others) {
            assert!(answers.next().unwrap().contains(&format!("/p{at}/")), "`{question}` does not find `{text}`");
        }
    }
    let rest = ask(&site, &["锁程", "c#", "strabe"]).unwrap();
    assert!(rest.iter().all(|(found, _)| found.is_empty()), "{rest:?}");
}

/// A hundred posts whose words are as many and as unlike as those of authors: each begins with one of the demonstration's,
/// of whose rarer words it spells some in its own way.
fn hundred_posts() -> Vec<(String, String)> {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    let entries =
        walkdir::WalkDir::new(content).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    let texts: Vec<String> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let post = |number: usize| {
        let text = &texts[number % texts.len()];
        let body = text.splitn(3, &text[..3]).nth(2).unwrap();
        let mut post = format!("+++\ntitle = 'Post {number}'\ndate = 2026-01-01\n+++\n");
        for word in body.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let sum: usize = word.bytes().map(usize::from).sum();
            match word {
                _ if word.len() > 4 && sum % 5 == number / texts.len() => write!(post, "{word}{} ", sum % 89).unwrap(),
                _ => write!(post, "{word} ").unwrap(),
            }
        }
        (format!("content/post-{number}.md"), post)
    };
    (0..100).map(post).collect()
}

#[test]
fn the_first_result_among_a_hundred_posts_costs_less_than_25_kilobytes() {
    let posts = hundred_posts();
    let posts: Vec<(&str, &str)> = posts.iter().map(|(path, text)| (&**path, &**text)).collect();
    let site = Site::new(&posts);
    site.build();
    let script = compressed(site.read("public/search.js").as_bytes());
    assert!(script <= 2500, "{script} bytes");

    // What can be typed first: every letter and digit that a word begins with, and whole words.
    let letters = ('a'..='z').chain('0'..='9').map(String::from);
    let questions: Vec<String> = letters.chain(["thread", "lock a queue"].map(str::to_owned)).collect();
    let questions: Vec<&str> = questions.iter().map(String::as_str).collect();
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    let Some(answers) = ask(&site, &questions) else { return };
    for (question, (found, mut files)) in questions.iter().zip(answers) {
        files.sort();
        files.dedup();
        let of_file = |name: &String| {
            *sizes
                .entry(name.clone())
                .or_insert_with(|| compressed(site.read(&format!("public/search/{name}")).as_bytes()))
        };
        let index: usize = files.iter().map(of_file).sum();
        assert!(!found.is_empty(), "{question} finds nothing");
        assert!(script + index <= 25_000, "{question}: {script} + {index} bytes in {} files", files.len());
    }
}

#[test]
fn a_page_loads_nothing_of_the_search_but_names_it() {
    let site = Site::new(&[("blog.toml", "base_url = 'https://example.org/notes'"), ("content/a.md", "# A\n")]);
    site.build();
    let page = site.read("public/a/index.html");
    assert!(page.contains(r#"<form action="/notes/search/" data-script="/notes/search.js?v="#), "{page}");
    let loads = page.matches("search.js").count() + page.matches("index.json").count();
    assert_eq!(loads, 1, "{page}");
    let contents: Value = serde_json::from_str(&site.read("public/search/index.json")).unwrap();
    assert_eq!(contents["articles"][0][0], "/notes/a/");
}

#[test]
fn code_is_found_as_far_as_readers_see_it() {
    let post = "# Cells\n\n```rust,lib:shown\nfn visible() {}\n# fn boilerplate() {}\n```\n\n\
        ```rust,lib:hidden\n//| echo = false\nfn invisible() {}\n```\n\n```text\nplain\n```\n";
    let site = Site::new(&[("content/a.md", post)]);
    site.build();
    for (question, is_found) in
        [("visible", true), ("plain", true), ("boilerplate", false), ("invisible", false), ("echo", false)]
    {
        let Some(found) = found(&site, question) else { return };
        assert_eq!(found.len(), usize::from(is_found), "{question}");
    }
}

#[test]
fn pages_of_the_author_stand_in_for_those_of_the_search() {
    let site = Site::new(&[("content/search.md", "+++\ntitle = 'Mine'\nlayout = 'page'\n+++\nOwn.\n")]);
    site.build();
    assert!(site.read("public/search/index.html").contains("<p>Own.</p>"));
    assert!(found(&site, "mine").is_none_or(|found| found == ["/search/"]));
}

#[test]
fn a_site_without_a_search_has_nothing_of_it() {
    let site = Site::new(&[("blog.toml", "search = false"), ("content/a.md", "# A\n")]);
    site.build();
    for path in ["public/search", "public/search.js"] {
        assert!(!site.path(path).exists(), "{path}");
    }
    assert!(!site.read("public/a/index.html").contains("<search>"));
}

#[test]
fn the_pages_of_the_search_hold_everything_without_scripts() {
    let site = Site::new(&[
        (
            "content/post.md",
            "+++\ntitle = 'Queues'\ntags = ['locks']\n+++\nFirst.\n\nThe *last* word.\n\n```c\nint <x>;\n```\n",
        ),
        ("content/about.md", "+++\ntitle = 'About'\nlayout = 'page'\n+++\nMe & you.\n"),
    ]);
    site.build();
    let (list, texts) = (site.read("public/search/index.html"), site.read("public/search/all/index.html"));
    for part in
        [r#"<a href="/post/">Queues</a>"#, "#locks</a>", r#"<a href="/about/">About</a>"#, r#"href="/search/all/""#]
    {
        assert!(list.contains(part), "{part} is not in\n{list}");
    }
    for part in ["First.\nThe last word.\nint &lt;x&gt;;", "Me &amp; you.", r#"<a href="/post/">Queues</a>"#] {
        assert!(texts.contains(part), "{part} is not in\n{texts}");
    }
    for page in [list, texts] {
        assert!(page.contains(r#"<meta name="robots" content="noindex">"#));
    }
}
