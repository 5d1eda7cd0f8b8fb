//! From files below `content/` to [`Post`]s: front matter in either notation with one meaning, dates, slugs, addresses.

mod address;
mod date;
mod file_name;
mod front_matter;
mod heading;
mod keys;
mod meta;
mod permalink;
mod post;
mod schema;
mod slug;
mod visibility;

pub use date::read_date;
pub use schema::front_matter_schema;
pub use slug::slug;
pub use visibility::LeftOut;

use jiff::Zoned;

use crate::data::Table;
use crate::source::{Address, SitePath, Source, Span};

/// A Markdown file whose front matter is understood.
#[derive(Debug, Clone)]
pub struct Post {
    /// The file.
    pub source: Source,
    /// Its Markdown: what follows the front matter and, where that is the title, the first heading.
    pub body: Span,
    /// What its front matter, its name and its folder say.
    pub meta: Meta,
    /// Where it will stand.
    pub address: Address,
    /// The folder whose other files are published beside it, if the post is a bundle (`gil/index.md`).
    pub bundle: Option<SitePath>,
}

/// What is known about a post besides its text.
#[derive(Debug, Clone)]
pub struct Meta {
    /// `title`, else the first heading, else the file name.
    pub title: String,
    /// `date`, else the one in the file name. In the time zone that was written, else the site's.
    pub date: Option<Zoned>,
    /// `updated`, `lastmod`, `modified` or `last_modified_at`.
    pub updated: Option<Zoned>,
    /// `publishDate`, `pubdate`, or a date in `published`: when it may be shown first, where that is not `date`.
    pub publish: Option<Zoned>,
    /// `expiryDate` or `unpublishDate`: from when on it may not be shown.
    pub expires: Option<Zoned>,
    /// `draft`, `published: false`, or a place in the folder `_drafts`.
    pub draft: bool,
    /// `tags` and `tag`, without doubles.
    pub tags: Vec<String>,
    /// `categories` and `category`, without doubles.
    pub categories: Vec<String>,
    /// `description`, else `summary`, `excerpt` or `meta` where that is a text.
    pub description: Option<String>,
    /// `aliases`, `alias` and `redirect_from`: older addresses that lead here.
    pub aliases: Vec<Address>,
    /// `weight`: lower ones come first in lists, before those without.
    pub weight: Option<i64>,
    /// `layout` or `template`, as written.
    pub layout: Option<String>,
    /// `author` and `authors`, by name.
    pub authors: Vec<String>,
    /// `series`; of a list the first.
    pub series: Option<String>,
    /// `card`, without the `cell:` before it, and where it is written: the expression whose value stands for the post where it
    /// is shared.
    pub card: Option<(String, Span)>,
    /// `image`, its `path`, or the first of `images`, and where it is written: the picture of the author's that shows the post where
    /// it is shared. As it is written until links are resolved, then from the root of the host.
    pub image: Option<(String, Span)>,
    /// `cells`: options that every cell of the post inherits.
    pub cells: Option<Table>,
    /// `extra`, and every key that has no meaning here.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// Whether a file below `content/` is a post: Markdown whose name does not begin with `_` (Hugo and Zola describe
/// folders in `_index.md`).
pub fn is_post(file: &SitePath) -> bool {
    const MARKDOWN: [&str; 4] = ["md", "markdown", "mdown", "mkd"];
    let is_markdown = |extension: &str| MARKDOWN.iter().any(|known| extension.eq_ignore_ascii_case(known));
    file.extension().is_some_and(is_markdown) && !file.name().starts_with('_')
}

/// Whether a file is a copy that an editor or a merge keeps beside the file that was written (`w.md~`, `w.md.orig`,
/// `#w.md#`): it may hold what its author has taken back.
pub fn is_backup(file: &SitePath) -> bool {
    let name = file.name();
    let is_copy = |extension: &str| ["bak", "orig", "swp", "tmp"].iter().any(|it| extension.eq_ignore_ascii_case(it));
    name.ends_with('~') || (name.starts_with('#') && name.ends_with('#')) || file.extension().is_some_and(is_copy)
}

/// Whether a file lies in a folder of drafts, as Jekyll names it.
pub fn is_among_drafts(file: &SitePath) -> bool {
    file.parent().segments().any(|segment| segment == "_drafts")
}

/// What results of a post's cells are stored under: its path below `content/` without `.md`. Other extensions stay, so that
/// no two posts share a key.
pub fn key(post: &SitePath) -> SitePath {
    let whole = SitePath::new(post.name()).expect("part of a path");
    let stem = SitePath::new(post.stem()).expect("part of a path");
    let name = if post.extension() == Some("md") && !is_post(&stem) { stem } else { whole };
    let folder = post.parent();
    let content = SitePath::new("content").expect("a plain name");
    folder.below(&content).unwrap_or(folder).join(&name)
}

/// What an author wrote, for a message: its beginning, without characters that would disturb a terminal.
fn quoted(text: &str) -> String {
    const ENOUGH: usize = 60;
    let beginning: String = text.chars().take(ENOUGH).collect();
    let more = if beginning.len() < text.len() { "…" } else { "" };
    format!("`{}{more}`", beginning.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_posts_share_a_key() {
        let key = |file| key(&SitePath::new(file).unwrap()).to_string();
        let files =
            ["content/a.md", "content/a.markdown", "content/a.markdown.md", "content/a.md.md", "content/b/index.md"];
        assert_eq!(files.map(key), ["a", "a.markdown", "a.markdown.md", "a.md.md", "b/index"]);
    }

    #[test]
    fn markdown_files_are_posts() {
        for (file, expected) in [
            ("content/a.md", true),
            ("content/A.MD", true),
            ("content/gil/index.markdown", true),
            ("content/a.mdown", true),
            ("content/a.mkd", true),
            ("content/_posts/a.md", true),
            ("content/_index.md", false),
            ("content/_draft.md", false),
            ("content/gil/chart.svg", false),
            ("content/evil.html", false),
            ("content/md", false),
            ("content/.md", false),
        ] {
            assert_eq!(is_post(&SitePath::new(file).unwrap()), expected, "{file}");
        }
    }

    #[test]
    fn backup_copies_are_known_by_their_names() {
        for (file, expected) in [
            ("content/w.md~", true),
            ("content/w.md.bak", true),
            ("content/w.md.orig", true),
            ("content/a/w.BAK", true),
            ("content/.w.md.swp", true),
            ("content/w.tmp", true),
            ("content/#w.md#", true),
            ("content/w.md", false),
            ("content/issue #42.md", false),
            ("content/#1.md", false),
            ("content/tmp", false),
            ("content/w~/a.svg", false),
        ] {
            assert_eq!(is_backup(&SitePath::new(file).unwrap()), expected, "{file}");
        }
    }

    #[test]
    fn what_lies_in_a_folder_of_drafts_is_among_them() {
        for (file, expected) in
            [("content/_drafts/a.svg", true), ("content/x/_drafts/y/a.svg", true), ("content/_drafts", false)]
        {
            assert_eq!(is_among_drafts(&SitePath::new(file).unwrap()), expected, "{file}");
        }
    }
}
