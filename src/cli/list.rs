use jiff::Timestamp;
use serde::Serialize;

use crate::article::{Article, CellSummary};
use crate::build::Built;
use crate::content::LeftOut;
use crate::pages::{self, Page};

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
    /// Whether a build leaves it out today: `draft`, `future` or `expired`.
    left_out: Option<&'static str>,
    tags: &'b [String],
    categories: &'b [String],
    cells: &'b [CellSummary],
}

/// Every page of a site, drafts and posts of the future among them, by URL.
pub(super) fn rows(built: &Built, now: Timestamp) -> Vec<Row<'_>> {
    let files = built.site.files.iter().map(|(to, _)| to).collect();
    let mut rows: Vec<Row<'_>> = pages::plan(&built.site, &files).iter().map(|page| row(page, built, now)).collect();
    rows.sort_by(|a, b| a.url.cmp(&b.url));
    rows
}

fn row<'b>(page: &Page<'b>, built: &'b Built, now: Timestamp) -> Row<'b> {
    let article: Option<&'b Article> = page.article();
    let meta = article.map(|article| &article.post.meta);
    Row {
        source: article.map(|article| article.post.source.path().as_str()),
        url: built.site.config.base_url.absolute(&page.address),
        output: page.address.output_file().to_string(),
        kind: page.kind(),
        title: page.title(&built.site),
        date: meta.and_then(|meta| meta.date.as_ref()).map(|date| date.strftime("%FT%T%:z").to_string()),
        draft: meta.is_some_and(|meta| meta.draft),
        left_out: meta.and_then(|meta| meta.left_out(now)).map(LeftOut::name),
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
