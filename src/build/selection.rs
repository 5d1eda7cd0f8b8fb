//! Which cells a command is about.

use super::{Manuscript, Request};
use crate::cells::{Cell, Record, Task, Trouble};
use crate::content::{self, LeftOut, Post};
use crate::source::{Code, Diagnostic, Diagnostics, SitePath};

/// A post, or a cell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// The post: its file, that below `content/` without extension, or the last part of it.
    pub post: String,
    /// The name of the cell, if it is about one.
    pub cell: Option<String>,
}

impl Selector {
    /// Reads `POST` or `POST#CELL`.
    pub fn parse(text: &str) -> Self {
        match text.split_once('#') {
            Some((post, cell)) => {
                let cell = cell.strip_prefix("cell-").filter(|rest| rest.parse::<u32>().is_err()).unwrap_or(cell);
                Selector { post: post.to_owned(), cell: Some(cell.to_owned()) }
            }
            None => Selector { post: text.to_owned(), cell: None },
        }
    }

    /// Whether it names this post, or a cell of it.
    pub fn is_about(&self, post: &Post) -> bool {
        let (wanted, key) = (self.post.trim_end_matches('/'), content::key(post.source.path()));
        let last = |path: &str| path == wanted || path.ends_with(&format!("/{wanted}"));
        last(post.source.path().as_str()) || last(key.as_str()) || key.as_str().strip_suffix("/index").is_some_and(last)
    }

    pub(super) fn selects(&self, manuscript: &Manuscript, cell: &Cell) -> bool {
        self.is_about(&manuscript.post) && self.cell.as_ref().is_none_or(|id| *id == cell.id)
    }
}

/// A cell and its result.
#[derive(Debug, Clone)]
pub struct CellResult {
    /// The post that it stands in: its path below `content/`, without extension.
    pub post: SitePath,
    /// The name of the cell.
    pub cell: String,
    /// What its language is called first.
    pub language: String,
    /// Whether the language's tool must be there for it to run: else the page shows that it is not.
    pub needs_tool: bool,
    /// Whether the build is about it.
    pub selected: bool,
    /// The name of the set of packages that it needs, if it needs any.
    pub packages: Option<String>,
    /// Its result, if it has one.
    pub record: Option<Record>,
}

impl CellResult {
    pub(super) fn of(task: &Task<'_>, selected: bool, record: Option<Record>) -> Self {
        CellResult {
            post: task.post.clone(),
            cell: task.cell.id.clone(),
            language: task.cell.language.names[0].clone(),
            needs_tool: task.cell.options.missing == Trouble::Fail,
            selected,
            packages: task.assembled.program.packages.as_ref().map(|packages| packages.set.name()),
            record,
        }
    }
}

/// Says which selectors are about no post of the site, or about no cell that runs.
pub(super) fn complain(
    manuscripts: &[Manuscript],
    left_out: &[(Post, LeftOut)],
    request: &Request,
    diagnostics: &mut Diagnostics,
) {
    for only in &request.only {
        let posts: Vec<&Manuscript> = manuscripts.iter().filter(|manuscript| only.is_about(&manuscript.post)).collect();
        if posts.is_empty()
            && let Some((_, why)) = left_out.iter().find(|(post, _)| only.is_about(post))
        {
            let (is, help) = match why {
                LeftOut::Draft => ("is a draft", "`--drafts` takes drafts along"),
                LeftOut::Future => ("is not published yet", "`--future` takes posts of the future along"),
                LeftOut::Expired => ("is no longer published", "set a later `expiryDate` in it"),
            };
            let message = format!("`{}` {is}", only.post);
            diagnostics.push(Diagnostic::error(Code::NothingSelected, message).help(help));
        } else if posts.is_empty() {
            let keys = manuscripts.iter().map(|manuscript| manuscript.key.as_str());
            let error = Diagnostic::error(Code::NothingSelected, format!("there is no post `{}`", only.post));
            diagnostics.push(error.help("`blog list` prints all that there are").suggest(&only.post, keys));
        } else if !posts.iter().any(|post| post.tasks().any(|task| only.selects(post, task.cell))) {
            let ids = posts.iter().flat_map(|post| post.tasks().map(|task| task.cell.id.as_str()));
            let Some(cell) = &only.cell else {
                let message = format!("there is no cell that runs in `{}`", only.post);
                let error = Diagnostic::error(Code::NothingSelected, message);
                diagnostics.push(error.help("code is a cell if a verb stands behind its language, as in `sh,run`"));
                continue;
            };
            let message = format!("there is no cell `{cell}` that runs in `{}`", only.post);
            let error = Diagnostic::error(Code::NothingSelected, message);
            let ids: Vec<&str> = ids.collect();
            let help = format!("there are `{}`", ids.join("`, `"));
            diagnostics.push(if ids.is_empty() { error } else { error.help(help).suggest(cell, ids) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_named_by_its_post_and_its_name_or_anchor() {
        let selector =
            |post: &str, cell: Option<&str>| Selector { post: post.to_owned(), cell: cell.map(str::to_owned) };
        for (text, expected) in [
            ("gil", selector("gil", None)),
            ("content/gil/index.md#turns", selector("content/gil/index.md", Some("turns"))),
            ("gil#cell-turns", selector("gil", Some("turns"))),
            ("gil#cell-2", selector("gil", Some("cell-2"))),
        ] {
            assert_eq!(Selector::parse(text), expected, "{text}");
        }
    }
}
