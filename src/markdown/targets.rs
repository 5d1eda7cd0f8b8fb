use std::collections::HashMap;

use super::Document;
use super::destination::decode;
use crate::content::{LeftOut, Post};
use crate::source::{Address, SitePath};

/// What links can lead to: posts with their anchors, and files.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    /// Posts by their source.
    posts: HashMap<SitePath, PostTarget>,
    /// Where files are published, by their source.
    files: HashMap<SitePath, SitePath>,
    /// What is published, by its file in the output.
    published: HashMap<SitePath, Published>,
    /// Posts that are there and not published, by their source.
    left_out: HashMap<SitePath, LeftOut>,
    /// The sources by their names, to find one that moved.
    by_name: HashMap<String, Vec<SitePath>>,
    /// The names of the sources in each folder, to find a misspelt one.
    by_folder: HashMap<SitePath, Vec<String>>,
}

/// A post as a target.
#[derive(Debug, Clone)]
struct PostTarget {
    address: Address,
    anchors: Vec<String>,
}

/// A page or a file of the output.
#[derive(Debug, Clone)]
struct Published {
    address: Address,
    /// The post, if it is one.
    post: Option<SitePath>,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found<'a> {
    /// The page or file.
    pub(super) address: &'a Address,
    /// The source of the post, if it is one.
    pub(super) post: Option<&'a SitePath>,
}

impl Targets {
    /// The posts of a site.
    pub fn new<'a>(posts: impl IntoIterator<Item = (&'a Post, &'a Document)>) -> Self {
        let mut targets = Targets::default();
        for (post, document) in posts {
            let source = post.source.path().clone();
            targets.add_source(&source);
            targets.publish(post.address.clone(), Some(source.clone()));
            let anchors = document.anchor_names().map(str::to_owned).collect();
            targets.posts.insert(source, PostTarget { address: post.address.clone(), anchors });
        }
        targets
    }

    /// Adds files that are published as they are: where each goes in the output, and where it comes from.
    #[must_use]
    pub fn with_files<'a>(mut self, files: impl IntoIterator<Item = (&'a SitePath, &'a SitePath)>) -> Self {
        for (published, source) in files {
            self.add_source(source);
            self.publish(Address::file(published.clone()), None);
            self.files.insert(source.clone(), published.clone());
        }
        self
    }

    /// Adds posts that are there and not published.
    #[must_use]
    pub fn without(mut self, left_out: &[(Post, LeftOut)]) -> Self {
        self.left_out = left_out.iter().map(|(post, why)| (post.source.path().clone(), *why)).collect();
        self
    }

    /// Why the post of a source is not published, if it is there.
    pub(super) fn left_out(&self, source: &SitePath) -> Option<LeftOut> {
        self.left_out.get(source).copied()
    }

    fn publish(&mut self, address: Address, post: Option<SitePath>) {
        self.published.insert(address.output_file(), Published { address, post });
    }

    fn add_source(&mut self, source: &SitePath) {
        self.by_name.entry(source.name().to_owned()).or_default().push(source.clone());
        self.by_folder.entry(source.parent()).or_default().push(source.name().to_owned());
    }

    /// The post or file that comes from a source; that of a bundle also by its folder.
    pub(super) fn by_source(&self, source: &SitePath) -> Option<Found<'_>> {
        let index = || source.join(&SitePath::new("index.md").expect("a plain name"));
        if let Some((source, post)) = self.posts.get_key_value(source).or_else(|| self.posts.get_key_value(&index())) {
            return Some(Found { address: &post.address, post: Some(source) });
        }
        self.by_output(self.files.get(source)?)
    }

    /// What is published at a path: that file, or the page in that folder.
    pub(super) fn by_output(&self, path: &SitePath) -> Option<Found<'_>> {
        let published =
            self.published.get(path).or_else(|| self.published.get(&Address::folder(path.clone()).output_file()))?;
        Some(Found { address: &published.address, post: published.post.as_ref() })
    }

    /// What links into a post may name behind `#`.
    pub(super) fn anchors(&self, post: &SitePath) -> impl Iterator<Item = &str> {
        self.posts.get(post).into_iter().flat_map(|post| post.anchors.iter().map(String::as_str))
    }

    /// Sources of the same name in other folders.
    pub(super) fn namesakes(&self, source: &SitePath) -> &[SitePath] {
        self.by_name.get(source.name()).map_or(&[], Vec::as_slice)
    }

    /// Names in a source's folder that are about as long as its own.
    pub(super) fn neighbours(&self, source: &SitePath) -> impl Iterator<Item = &str> {
        /// How many letters a slip of the pen adds or leaves out.
        const SLIP: usize = 3;
        let length = source.name().len();
        let names = self.by_folder.get(&source.parent()).map_or(&[][..], Vec::as_slice);
        names.iter().map(String::as_str).filter(move |name| name.len().abs_diff(length) <= SLIP)
    }
}

/// A path relative to a folder, with `..` followed. Nothing where it leaves the site or is no path.
pub(super) fn follow(folder: &SitePath, path: &str) -> Option<SitePath> {
    let mut segments: Vec<&str> = folder.segments().collect();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    SitePath::new(&segments.join("/")).ok()
}

/// The way from a folder to a source, as an author writes it.
pub(super) fn way(folder: &SitePath, source: &SitePath) -> String {
    let from: Vec<&str> = folder.segments().collect();
    let to: Vec<&str> = source.segments().collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut way = vec![".."; from.len() - shared];
    way.extend(&to[shared..]);
    way.join("/")
}

/// Whether one of some anchors is the one that a link names, as browsers compare them.
pub(super) fn names_anchor<'a>(fragment: &str, mut anchors: impl Iterator<Item = &'a str>) -> bool {
    let decoded = decode(fragment);
    anchors.any(|anchor| anchor == fragment || anchor == decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::new(text).unwrap()
    }

    #[test]
    fn paths_are_followed_within_the_site() {
        let folder = path("content/a");
        assert_eq!(follow(&folder, "../b/./c.md"), Some(path("content/b/c.md")));
        assert_eq!(follow(&folder, "../../static/x.png"), Some(path("static/x.png")));
        assert_eq!(follow(&folder, "../../../x"), None);
        assert_eq!(follow(&folder, "a\\b"), None);
    }

    #[test]
    fn the_way_back() {
        assert_eq!(way(&path("content/a"), &path("content/b/c.md")), "../b/c.md");
        assert_eq!(way(&path("content"), &path("content/c.md")), "c.md");
    }
}
