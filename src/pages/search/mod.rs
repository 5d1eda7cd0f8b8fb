//! The index of the site's words, which `static/search.js` looks up.
//!
//! `search/index.json` holds `articles`, each with its URL, title and description, and `parts`, the files of the index, each
//! with the first of its words. A part is named by a digest of what it holds, and holds for each of its words two numbers
//! an article: how far behind the one before it stands in `articles`, and the weight of the word in it. Words are sorted, so
//! that one part, or a few neighbours, has all that begin alike.

mod words;

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use serde::Serialize;

use self::words::words;
use super::Artifact;
use crate::article::Article;
use crate::site::Site;
use crate::source::{Hash, SitePath};

/// What a word is worth that stands in the title, a heading, a term or the text: each place outweighs all behind it
/// together, however often the word stands there.
const TITLE: u8 = 128;
const HEADING: u8 = 64;
const TERM: u8 = 32;
const TEXT: f64 = 31.0;

/// How soon more occurrences in the text add little, and how much the length of the text matters: `k1` and `b` of BM25
/// (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009), at the values that are usual.
const SATURATION: f64 = 1.2;
const LENGTH: f64 = 0.75;

/// A part of the index is at most this long, in bytes, if it holds more than one word. One word is answered by one part.
const PART: usize = 16 * 1024;

/// Longer words, in bytes, are left out: digests and data, which nobody types.
const LONGEST_WORD: usize = 64;

/// Where a description is cut, in characters.
const LONGEST_DESCRIPTION: usize = 160;

/// An article and a word's weight in it.
type Posting = (usize, u8);

/// `search/index.json`.
#[derive(Serialize)]
struct Contents {
    articles: Vec<(String, String, String)>,
    parts: Vec<(String, String)>,
}

/// The files of the index: of the posts in the order of the lists, then of the pages that stand alone.
pub(super) fn index(site: &Site) -> Vec<Artifact> {
    let articles: Vec<&Article> = site.articles.iter().chain(&site.pages).collect();
    let counted: Vec<Counted> = articles.par_iter().map(|article| Counted::of(article)).collect();
    let mut files = Vec::new();
    let mut parts = Vec::new();
    for (first, part) in cut(sorted(&counted)) {
        let name = format!("parts/{}.json", Hash::of_bytes(part.as_bytes()).short());
        files.push(artifact(&name, part.into_bytes()));
        parts.push((first, name));
    }
    let listed = |article: &Article| {
        let post = &article.post;
        (site.config.base_url.local(&post.address), post.meta.title.clone(), shortened(&article.description))
    };
    let contents = Contents { articles: articles.into_iter().map(listed).collect(), parts };
    files.push(artifact("index.json", serde_json::to_vec(&contents).expect("strings in lists")));
    files
}

fn artifact(name: &str, bytes: Vec<u8>) -> Artifact {
    let path = SitePath::new("search").and_then(|folder| Ok(folder.join(&SitePath::new(name)?)));
    Artifact { path: path.expect("plain names"), bytes }
}

/// The words of an article.
struct Counted {
    /// By word: where it stands besides the text, and how often it stands there.
    words: HashMap<String, (u8, u32)>,
    /// How many words the text has.
    length: usize,
}

impl Counted {
    fn of(article: &Article) -> Counted {
        let meta = &article.post.meta;
        let mut counted: HashMap<String, (u8, u32)> = HashMap::new();
        let mut add = |text: &str, place: u8, times: u32| {
            let found = words(text);
            let length = found.len();
            for word in found.into_iter().filter(|word| word.len() <= LONGEST_WORD) {
                let (places, count) = counted.entry(word).or_default();
                *places |= place;
                *count += times;
            }
            length
        };
        add(&meta.title, TITLE, 0);
        for heading in &article.headings {
            add(&heading.text, HEADING, 0);
        }
        for term in meta.tags.iter().chain(&meta.categories).chain(&meta.series) {
            add(term, TERM, 0);
        }
        let length = add(meta.description.as_deref().unwrap_or_default(), 0, 1) + add(&article.text, 0, 1);
        Counted { words: counted, length }
    }
}

/// Every word with the articles that hold it, in the order in which JavaScript compares texts: by UTF-16.
fn sorted(counted: &[Counted]) -> Vec<(&str, Vec<Posting>)> {
    let mean = counted.iter().map(|article| article.length as f64).sum::<f64>() / counted.len().max(1) as f64;
    let mut by_word: BTreeMap<&str, Vec<Posting>> = BTreeMap::new();
    for (at, article) in counted.iter().enumerate() {
        let damping = SATURATION * (1.0 - LENGTH + LENGTH * article.length as f64 / mean.max(1.0));
        for (word, (places, count)) in &article.words {
            let count = f64::from(*count);
            let in_text = (TEXT * count / (count + damping)).ceil();
            by_word.entry(word).or_default().push((at, places + in_text as u8));
        }
    }
    let mut sorted: Vec<(&str, Vec<Posting>)> = by_word.into_iter().collect();
    sorted.sort_by(|(one, _), (two, _)| one.encode_utf16().cmp(two.encode_utf16()));
    sorted
}

/// The index in parts: the first word of each, and its JSON.
fn cut(sorted: Vec<(&str, Vec<Posting>)>) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for (word, postings) in sorted {
        let entry = format!("{}:{}", json(word), json(&steps(&postings)));
        match parts.last_mut() {
            Some((_, part)) if part.len() + entry.len() + ",}".len() <= PART => {
                part.push(',');
                part.push_str(&entry);
            }
            _ => parts.push((word.to_owned(), "{".to_owned() + &entry)),
        }
    }
    for (_, part) in &mut parts {
        part.push('}');
    }
    parts
}

/// Postings as they are written: steps, which are small, and weights.
fn steps(postings: &[Posting]) -> Vec<usize> {
    let before = std::iter::once(0).chain(postings.iter().map(|(at, _)| *at));
    postings.iter().zip(before).flat_map(|((at, weight), before)| [at - before, usize::from(*weight)]).collect()
}

fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("texts and numbers")
}

/// A text cut between two of its words, where it has any.
fn shortened(text: &str) -> String {
    let Some((cut, _)) = text.char_indices().nth(LONGEST_DESCRIPTION) else { return text.to_owned() };
    let end = text[..cut].rfind(' ').unwrap_or(cut);
    format!("{}…", text[..end].trim_end_matches([' ', ',', ';', ':', '.', '–', '—']))
}

#[cfg(test)]
mod tests;
