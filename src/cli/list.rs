use serde::Serialize;

use crate::article::{Article, CellSummary};
use crate::build::Built;
use crate::content::{LeftOut, Post};
use crate::pages::{self, Page};
use crate::site::Site;

/// A page as `blog list` prints it.
#[derive(Debug, Serialize)]
pub(super) struct Row<'b> {
    /// The file that it is made from; nothing for pages that every site has.
    source: Option<&'b str>,
    /// Its absolute URL.
    url: String,
    /// Its file below the output folder.
    output: String,
    kind: &'static str,
    title: &'b str,
    /// As RFC 3339.
    date: Option<String>,
    draft: bool,
    /// Why it is left out of the site, if it is: `draft`, `future` or `expired`.
    left_out: Option<&'static str>,
    tags: &'b [String],
    categories: &'b [String],
    cells: &'b [CellSummary],
}

/// Every page of a site as it was built, and every post that was left out of it, by URL. `whole` is the same site with all
/// posts in it: what is known of those that were left out.
pub(super) fn rows<'b>(built: &'b Built, whole: &'b Built) -> Vec<Row<'b>> {
    let files = built.site.files.iter().map(|(to, _)| to).collect();
    let published = pages::plan(&built.site, &files);
    let mut rows: Vec<Row<'b>> = published.iter().map(|page| row(page, &built.site, None)).collect();
    let why = |article: &Article| {
        let same = |post: &Post| post.source.path() == article.post.source.path();
        built.left_out.iter().find(|(post, _)| same(post)).map(|(_, why)| *why)
    };
    for page in pages::plan(&whole.site, &files) {
        if let Some(why) = page.article().and_then(why) {
            rows.push(row(&page, &whole.site, Some(why)));
        }
    }
    rows.sort_by(|a, b| a.url.cmp(&b.url));
    rows
}

fn row<'b>(page: &Page<'b>, site: &'b Site, left_out: Option<LeftOut>) -> Row<'b> {
    let article: Option<&'b Article> = page.article();
    let meta = article.map(|article| &article.post.meta);
    Row {
        source: article.map(|article| article.post.source.path().as_str()),
        url: site.config.base_url.absolute(&page.address),
        output: page.address.output_file().to_string(),
        kind: page.kind(),
        title: page.title(site),
        date: meta.and_then(|meta| meta.date.as_ref()).map(|date| date.strftime("%FT%T%:z").to_string()),
        draft: meta.is_some_and(|meta| meta.draft),
        left_out: left_out.map(LeftOut::name),
        tags: meta.map_or(&[], |meta| &meta.tags),
        categories: meta.map_or(&[], |meta| &meta.categories),
        cells: article.map_or(&[], |article| &article.cells),
    }
}

/// The rows as a JSON array.
pub(super) fn json(rows: &[Row<'_>]) -> String {
    let mut json = serde_json::to_string_pretty(rows).expect("rows hold strings, numbers and lists");
    json.push('\n');
    json
}

/// The rows for people: kind, URL and source, a line each.
pub(super) fn text(rows: &[Row<'_>]) -> String {
    let line = |row: &Row<'_>| {
        let left_out = row.left_out.map(|why| format!(" ({why})")).unwrap_or_default();
        format!("{:<8} {} {}{left_out}\n", row.kind, row.url, row.source.unwrap_or("-"))
    };
    rows.iter().map(line).collect()
}
