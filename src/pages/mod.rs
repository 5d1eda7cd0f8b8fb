//! From the site to [`Artifact`]s: pages by templates, feeds, the sitemap, the index of the search.
//!
//! [`plan()`] says which pages there are, [`collisions()`] what stands in each other's way, a [`Theme`] what pages look like,
//! [`view`] what its templates may see, and [`draw`] puts them together.

mod collisions;
mod csp;
mod css;
mod embedded;
#[cfg(test)]
mod fixture;
mod pager;
mod plan;
mod relations;
mod search;
mod template_error;
#[cfg(test)]
mod tests;
mod text;
mod theme;
pub mod view;

use std::collections::BTreeMap;

use rayon::prelude::*;

pub use collisions::{Origin, collisions};
pub use pager::{Sheet, sheets};
pub use plan::{Page, plan};
pub use theme::Theme;

use self::csp::Policy;
use self::plan::Subject;
use self::template_error::Failure;
use self::view::Views;
use crate::card;
use crate::memo::Memo;
use crate::site::Site;
use crate::source::{Diagnostics, SitePath};

/// Bytes at a path of the output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Where they are written to.
    pub path: SitePath,
    /// What is written.
    pub bytes: Vec<u8>,
}

/// Draws every page of the site and adds the theme's files. [`Site::files`] are looked at for collisions only: their
/// bytes are the caller's to bring.
pub fn draw(site: &Site, theme: &Theme, memo: &Memo, diagnostics: &mut Diagnostics) -> Vec<Artifact> {
    let published = site.files.iter().map(|(to, _)| to).chain(theme.paths()).collect();
    let pages = plan(site, &published);
    let index = if site.config.search { search::index(site) } else { Vec::new() };
    diagnostics.extend(collisions(claims(site, theme, &pages, &index)));

    let views = Views::of(site);
    let shared = tera::Value::from_serializable(&views.site());
    let policy = Policy::of(site);
    let draw = |page: &Page<'_>| {
        let mut text = draw_page(page, theme, &views, &shared)?;
        if let Subject::Card(_) = page.subject {
            let failure = |why: String| template_error::of_card(&why, theme.template(template_of(page, theme)));
            return Ok((card::draw(&text, memo).map_err(failure)?.to_vec(), Vec::new()));
        }
        let blocked = policy.as_ref().map(|policy| policy.seal(&mut text, memo)).unwrap_or_default();
        Ok((text.into_bytes(), csp::placed(blocked, page)))
    };
    let drawn: Vec<(&Page<'_>, Result<_, Failure>)> = pages.par_iter().map(|page| (page, draw(page))).collect();

    let mut failures = Failures::default();
    let mut blocked = Vec::new();
    let mut artifacts = Vec::new();
    for (page, result) in drawn {
        match result {
            Ok((bytes, of_page)) => {
                blocked.extend(of_page.into_iter().map(|it| (it, page)));
                artifacts.push(Artifact { path: page.address.output_file(), bytes });
            }
            Err(failure) => failures.add(failure, page),
        }
    }
    diagnostics.extend(failures.into_diagnostics());
    diagnostics.extend(csp::complaints(blocked));
    artifacts.extend(index);
    artifacts.extend(theme.files().map(|(path, bytes, _)| Artifact { path: path.clone(), bytes: bytes.to_vec() }));
    artifacts
}

/// Every file of the output folder with what asked for it.
fn claims<'s>(site: &Site, theme: &Theme, pages: &[Page<'s>], index: &[Artifact]) -> Vec<(SitePath, Origin<'s>)> {
    let pages = pages.iter().map(|page| (page.address.output_file(), page.origin.clone()));
    let files = site.files.iter().map(|(to, from)| (to.clone(), Origin::File(from.clone())));
    let theme = theme.files().map(|(path, _, own)| {
        let origin = own
            .map_or_else(|| Origin::generated(format!("the theme's file `{path}`")), |own| Origin::File(own.clone()));
        (path.clone(), origin)
    });
    let index = index.iter().map(|file| (file.path.clone(), Origin::generated("the index of the search")));
    pages.chain(files).chain(theme).chain(index).collect()
}

fn draw_page(page: &Page<'_>, theme: &Theme, views: &Views<'_>, site: &tera::Value) -> Result<String, Failure> {
    let template = template_of(page, theme);
    let text = theme.render(template, site, &views.view(page))?;
    // Feeds would be refused with the others, and HTML has no use for them either.
    Ok(text::without_illegal(text))
}

fn template_of<'t>(page: &Page<'_>, theme: &'t Theme) -> &'t str {
    match page.subject {
        Subject::Home(_) => "home.html",
        Subject::Post(_, article) => theme.layout(article.post.meta.layout.as_deref(), "post.html"),
        Subject::Standalone(article) => theme.layout(article.post.meta.layout.as_deref(), "page.html"),
        Subject::Archive => "archive.html",
        Subject::Search => "search.html",
        Subject::Texts => "texts.html",
        Subject::Index(_) => "terms.html",
        Subject::Term(..) => "term.html",
        Subject::NotFound => "404.html",
        Subject::Redirect(_) => "redirect.html",
        Subject::Feed | Subject::TermFeed(_) => "feed.xml",
        Subject::Sitemap => "sitemap.xml",
        Subject::Robots => "robots.txt",
        Subject::Card(_) => "card.svg",
    }
}

/// What went wrong on pages, each error once with the pages that it spoils.
#[derive(Default)]
struct Failures(BTreeMap<String, (Failure, String, usize)>);

impl Failures {
    fn add(&mut self, failure: Failure, page: &Page<'_>) {
        let (_, _, pages) = self
            .0
            .entry(failure.0.to_string())
            .or_insert_with(|| (failure, format!("while drawing `{}` for {}", page.address, page.origin), 0));
        *pages += 1;
    }

    fn into_diagnostics(self) -> Diagnostics {
        let said = |(Failure(diagnostic), first, pages): (Failure, String, usize)| match pages {
            1 => diagnostic.note(first),
            _ => diagnostic.note(format!("{first}, and {} more", pages - 1)),
        };
        self.0.into_values().map(said).collect()
    }
}
