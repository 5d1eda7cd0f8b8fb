use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use crate::article::Article;
use crate::source::{Address, Code, Diagnostic, Diagnostics, SitePath, Source, Span};

/// What asked for a file of the finished site.
#[derive(Debug, Clone)]
pub enum Origin<'s> {
    /// The article that stands there.
    Article(&'s Article),
    /// An older address of the article.
    Alias(&'s Article, &'s Address),
    /// A file of the author's that is published as it is, relative to the site.
    File(SitePath),
    /// A page or file that every site has, by what it is: `the archive`.
    Generated(Cow<'static, str>),
}

impl Origin<'_> {
    /// Something that every site has.
    pub fn generated(what: impl Into<Cow<'static, str>>) -> Self {
        Origin::Generated(what.into())
    }

    /// The place in an author's file that asked for it.
    fn place(&self) -> Option<Span> {
        match self {
            Origin::Article(article) => Some(article.post.source.line(1)),
            Origin::Alias(article, alias) => Some(find_alias(&article.post.source, article, alias)),
            Origin::File(_) | Origin::Generated(_) => None,
        }
    }

    /// Whether this is the same file of the author's.
    fn is_same_file(&self, other: &Origin<'_>) -> bool {
        matches!((self, other), (Origin::File(one), Origin::File(two)) if one == two)
    }
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Article(article) => write!(f, "`{}`", article.post.source.path()),
            Origin::Alias(article, alias) => write!(f, "the alias `{alias}` of `{}`", article.post.source.path()),
            Origin::File(path) => write!(f, "the file `{path}`"),
            Origin::Generated(what) => f.write_str(what),
        }
    }
}

/// Where an alias stands in the front matter; the post's first line if it is written there in another way.
fn find_alias(source: &Source, article: &Article, alias: &Address) -> Span {
    let front_matter = source.text().get(..article.post.body.range().start).unwrap_or_default();
    let alias = alias.path().as_str();
    let part_of_a_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut found = front_matter.match_indices(alias).filter(|(at, _)| {
        let (before, behind) = (&front_matter[..*at], &front_matter[at + alias.len()..]);
        !alias.is_empty() && !before.ends_with(part_of_a_word) && !behind.starts_with(part_of_a_word)
    });
    found.next().map_or_else(|| source.line(1), |(at, _)| source.span(at..at + alias.len()))
}

/// The address that a file of the output folder is seen at.
fn address(file: &SitePath) -> String {
    match file.as_str().strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("/{folder}"),
        _ => format!("/{file}"),
    }
}

/// Finds what cannot stand side by side in the output folder: two sources for one file (an error), a file where another
/// needs a folder (an error), and names that only some file systems tell apart (a warning).
pub fn collisions<'s>(claims: impl IntoIterator<Item = (SitePath, Origin<'s>)>) -> Diagnostics {
    let mut by_path: BTreeMap<SitePath, Vec<Origin<'s>>> = BTreeMap::new();
    for (path, origin) in claims {
        let origins = by_path.entry(path).or_default();
        if !origins.iter().any(|other| other.is_same_file(&origin)) {
            origins.push(origin);
        }
    }
    // An alias gives way to whatever stands at its address.
    for origins in by_path.values_mut() {
        origins.sort_by_key(|origin| matches!(origin, Origin::Alias(..)));
    }
    let mut found = Diagnostics::default();
    let mut within: BTreeMap<(SitePath, SitePath), &Origin<'_>> = BTreeMap::new();
    let mut by_lower_case: BTreeMap<String, &SitePath> = BTreeMap::new();
    for (path, origins) in &by_path {
        if let [one, others @ ..] = &**origins {
            for other in others {
                found.push(same_address(path, one, other));
            }
        }
        let above = std::iter::successors(Some(path.parent()), |folder| Some(folder.parent()));
        if let Some(folder) = above.take_while(|it| !it.as_str().is_empty()).find(|it| by_path.contains_key(it)) {
            // Of a page and what stands beside it, the page is told.
            let inside = within.entry((folder, path.parent())).or_insert(&origins[0]);
            if inside.place().is_none() {
                *inside = &origins[0];
            }
        }
        if let Some(other) = by_lower_case.insert(path.as_str().to_lowercase(), path) {
            found.push(same_but_for_case(other, path, &by_path[other][0], &origins[0]));
        }
    }
    for ((folder, _), inside) in within {
        found.push(file_and_folder(&folder, &by_path[&folder][0], inside));
    }
    found
}

fn same_address(path: &SitePath, one: &Origin<'_>, other: &Origin<'_>) -> Diagnostic {
    let mut diagnostic =
        Diagnostic::error(Code::AddressTwice, format!("two sources for `{}`: {one} and {other}", address(path)));
    // The later claim is the one to move, what the first one asked for stood there before; unless that alone can be moved.
    let movable = if other.place().is_some() { [Some(other), Some(one)] } else { [Some(one), None] };
    for (origin, label) in movable.into_iter().zip(["wants that address", "has it already"]) {
        if let Some(place) = origin.and_then(Origin::place) {
            diagnostic = diagnostic.at(place, label);
        }
    }
    let aliased = matches!(one, Origin::Alias(..)) || matches!(other, Origin::Alias(..));
    diagnostic.help(if aliased {
        "remove the alias, or give the other one another address"
    } else {
        "give one of them another address, by `slug` or `url` in a post's front matter"
    })
}

fn file_and_folder(folder: &SitePath, file: &Origin<'_>, inside: &Origin<'_>) -> Diagnostic {
    let message = format!("`/{folder}` would be both a file, for {file}, and a folder, for {inside}");
    let diagnostic = Diagnostic::error(Code::FileAndFolder, message).help("give one of them another address");
    match inside.place().or_else(|| file.place()) {
        Some(place) => diagnostic.at(place, ""),
        None => diagnostic,
    }
}

fn same_but_for_case(one: &SitePath, two: &SitePath, first: &Origin<'_>, second: &Origin<'_>) -> Diagnostic {
    let message = format!("`{}` ({first}) and `{}` ({second}) differ in nothing but case", address(one), address(two));
    let diagnostic = Diagnostic::warning(Code::AddressesInCase, message)
        .note("where a file system does not tell upper from lower case, one of them replaces the other")
        .help("give one of them another address");
    match second.place().or_else(|| first.place()) {
        Some(place) => diagnostic.at(place, ""),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::fixture::{article, path};

    fn said(claims: Vec<(&str, Origin<'_>)>) -> Vec<String> {
        let found = collisions(claims.into_iter().map(|(file, origin)| (path(file), origin)));
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn two_sources_for_one_address_are_both_named() {
        let (one, two) = (article("gil", ""), article("gil-again", ""));
        let old = Address::parse("/old/gil-again/").unwrap();
        let file = || Origin::File(path("static/gil/index.html"));
        let cases = [
            (
                vec![("gil/index.html", Origin::Article(&one)), ("gil/index.html", Origin::Article(&two))],
                "content/gil-again.md:1:1: error[E301]: two sources for `/gil/`: `content/gil.md` and `content/gil-again.md`",
            ),
            (
                vec![("gil/index.html", Origin::Article(&one)), ("gil/index.html", Origin::Alias(&two, &old))],
                "content/gil-again.md:3:14: error[E301]: two sources for `/gil/`: `content/gil.md` and the alias \
                 `/old/gil-again/` of `content/gil-again.md`",
            ),
            (
                vec![("index.html", Origin::Article(&one)), ("index.html", Origin::generated("the home page"))],
                "content/gil.md:1:1: error[E301]: two sources for `/`: `content/gil.md` and the home page",
            ),
            (
                vec![("feed.xml", Origin::generated("the feed")), ("feed.xml", file())],
                "error[E301]: two sources for `/feed.xml`: the feed and the file `static/gil/index.html`",
            ),
            (
                vec![("tags", file()), ("tags/index.html", Origin::generated("the index of tags"))],
                "error[E302]: `/tags` would be both a file, for the file `static/gil/index.html`, and a folder, for the index \
                 of tags",
            ),
            (
                vec![("GIL/index.html", Origin::Article(&one)), ("gil/index.html", Origin::Article(&two))],
                "content/gil-again.md:1:1: warning[E303]: `/GIL/` (`content/gil.md`) and `/gil/` (`content/gil-again.md`) differ \
                 in nothing but case",
            ),
        ];
        for (claims, expected) in cases {
            assert_eq!(said(claims), [expected]);
        }
    }

    #[test]
    fn one_file_said_twice_and_different_addresses_are_no_collision() {
        let post = article("gil", "");
        let file = || Origin::File(path("static/x.css"));
        assert_eq!(
            said(vec![
                ("x.css", file()),
                ("x.css", file()),
                ("x.css.txt", file()),
                ("x/index.html", Origin::Article(&post))
            ]),
            [""; 0]
        );
    }
}
