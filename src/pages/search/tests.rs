use serde_json::{Value, json};

use super::{PART, index, shortened};
use crate::article::Article;
use crate::markdown::Heading;
use crate::pages::fixture::{article, site};

/// The files of the index of some articles, by their names in its folder.
fn indexed(articles: Vec<Article>) -> serde_json::Map<String, Value> {
    let name = |path: &str| path.strip_prefix("search/").unwrap().to_owned();
    let files = index(&site(articles)).into_iter();
    files.map(|file| (name(file.path.as_str()), serde_json::from_slice(&file.bytes).unwrap())).collect()
}

/// Where a word stands and how much it weighs there, as written.
fn postings(files: &serde_json::Map<String, Value>, word: &str) -> Value {
    files.values().find_map(|file| file.get(word)).cloned().unwrap_or_default()
}

fn text(name: &str, text: &str) -> Article {
    Article { text: text.to_owned(), headings: Vec::new(), ..article(name, "2026-01-01") }
}

#[test]
fn it_tells_articles_and_parts() {
    let mut post = text("gil", "Threads wait.");
    post.post.meta.title = "The GIL".to_owned();
    let files = indexed(vec![post]);
    let contents = &files["index.json"];
    assert_eq!(contents["articles"], json!([["/notes/gil/", "The GIL", "Text."]]));
    let parts = contents["parts"].as_array().unwrap();
    assert_eq!((parts.len(), files.len(), &parts[0][0]), (1, 2, &json!("gil")));
    let words: Vec<&String> = files[parts[0][1].as_str().unwrap()].as_object().unwrap().keys().collect();
    assert_eq!(words, ["gil", "the", "threads", "wait"]);
}

#[test]
fn a_title_outweighs_headings_these_tags_and_these_the_text_however_often_a_word_stands_there() {
    let often = "lock ".repeat(1000);
    let mut articles: Vec<Article> = ["a", "b", "c"].map(|name| text(name, &often)).into();
    articles[0].headings = vec![Heading { level: 2, id: String::new(), text: "Lock, lock".to_owned() }];
    articles[1].post.meta.tags = vec!["Lock".to_owned(), "lock".to_owned()];
    articles.extend([text("lock", "Text."), text("lock lock", "Text."), text("e", "Text.")]);
    let files = indexed(articles);
    assert_eq!(postings(&files, "lock"), json!([0, 64 + 31, 1, 32 + 31, 1, 31, 1, 128, 1, 128]));
}

#[test]
fn a_word_weighs_more_where_it_stands_more_often_and_in_short_texts() {
    let long = format!("queue {}", "other ".repeat(99));
    let files = indexed(vec![text("a", "queue"), text("b", &long), text("c", &long.replace("other other", "queue"))]);
    let queue = postings(&files, "queue");
    let weights: Vec<u64> =
        queue.as_array().unwrap().iter().skip(1).step_by(2).map(|it| it.as_u64().unwrap()).collect();
    assert!(weights[1] < weights[0] && weights[1] < weights[2] && weights[2] <= 31, "{weights:?}");
    let gaps: Vec<&Value> = queue.as_array().unwrap().iter().step_by(2).collect();
    assert_eq!(gaps, [0, 1, 1]);
}

#[test]
fn terms_series_and_what_the_author_says_of_a_post_are_found_and_data_is_not() {
    let mut post = text("a", &format!("short {}", "9af3".repeat(20)));
    post.post.meta.tags = vec!["C++".to_owned()];
    post.post.meta.categories = vec!["Nebenläufigkeit".to_owned()];
    post.post.meta.series = Some("Locks".to_owned());
    post.post.meta.description = Some("Briefly".to_owned());
    let files = indexed(vec![post]);
    for (word, weight) in [("c++", 32), ("nebenlaufigkeit", 32), ("locks", 32), ("a", 128)] {
        assert_eq!(postings(&files, word), json!([0, weight]), "{word}");
    }
    assert!(postings(&files, "briefly").is_array() && postings(&files, "short").is_array());
    assert!(postings(&files, &"9af3".repeat(20)).is_null());
}

#[test]
fn parts_are_short_and_stand_in_order_and_have_each_word_once() {
    let words: String = (0..5000).map(|number| format!("word{number} ")).collect();
    // By UTF-16, unlike by code points, U+20000 and U+1E900 stand before U+FDFA, were that not taken apart, and behind U+A4D0.
    let files = indexed(vec![text("a", &words), text("b", &words), text("c", "\u{20000} \u{A4D0} \u{1E900}")]);
    let parts = files["index.json"]["parts"].as_array().unwrap();
    assert!(parts.len() > 5, "{} parts", parts.len());
    let mut all: Vec<&str> = Vec::new();
    for part in parts {
        let part_of_index = files[part[1].as_str().unwrap()].as_object().unwrap();
        assert!(serde_json::to_string(part_of_index).unwrap().len() <= PART);
        assert_eq!(part_of_index.keys().next().unwrap(), &part[0]);
        all.extend(part_of_index.keys().map(String::as_str));
    }
    assert_eq!(all.len(), 5006);
    assert!(all.is_sorted_by(|one, two| one.encode_utf16().lt(two.encode_utf16())));
}

#[test]
fn an_empty_site_has_an_index() {
    let files = indexed(Vec::new());
    assert_eq!(Value::Object(files), json!({"index.json": {"articles": [], "parts": []}}));
}

#[test]
fn long_descriptions_are_cut_between_words() {
    assert_eq!(shortened("Short."), "Short.");
    assert_eq!(shortened(&"many words, ".repeat(20)), "many words, ".repeat(12) + "many words…");
    assert_eq!(shortened(&"锁".repeat(200)), "锁".repeat(160) + "…");
}
