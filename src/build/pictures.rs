//! The pictures that posts show: their sizes, and their copies.

use std::collections::BTreeMap;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use rayon::prelude::*;

use super::sources::read;
use super::{Manuscript, Tools};
use crate::article::{Picture, Pictures};
use crate::config::Config;
use crate::images::{self, Copy, Format};
use crate::pages::Theme;
use crate::source::{Address, Code, Diagnostic, Diagnostics, Hash, SitePath, Span};

/// The pictures of a site, and the copies of them that are published: each with where it goes, and the file that it is of.
#[derive(Default)]
pub(super) struct Gallery {
    pub(super) pictures: Pictures,
    pub(super) copies: Vec<(SitePath, SitePath, Arc<[u8]>)>,
}

/// Gathers the pictures that posts show and the site publishes itself. `files` are those of `content/`: where each goes, and
/// where it comes from. One that cannot be read as a picture is left as it is, with a warning.
pub(super) fn gather(
    manuscripts: &[Manuscript],
    files: &[(SitePath, SitePath)],
    theme: &Theme,
    config: &Config,
    tools: &Tools<'_>,
    diagnostics: &mut Diagnostics,
) -> Gallery {
    let of_content: BTreeMap<&SitePath, &SitePath> = files.iter().map(|(to, from)| (to, from)).collect();
    let of_theme: BTreeMap<&SitePath, (&[u8], Option<&SitePath>)> =
        theme.files().map(|(path, bytes, own)| (path, (bytes, own))).collect();
    // Of images that lead to one picture the first one is where something is said about it.
    let mut shown: BTreeMap<&str, &Span> = BTreeMap::new();
    for (url, place) in manuscripts.iter().flat_map(|manuscript| &manuscript.document.images) {
        shown.entry(url).or_insert(place);
    }
    let drawn: Vec<Option<(&str, Result<Shown, Diagnostic>)>> = shown
        .into_par_iter()
        .map(|(url, place)| {
            let path = published(url, config)?;
            let format = Format::of_extension(path.extension()?)?;
            let (bytes, source) = match (of_content.get(&path), of_theme.get(&path)) {
                // That it cannot be read is said where it is published.
                (Some(from), _) => (read(tools.world, from).ok()?, (*from).clone()),
                (None, Some((bytes, own))) => (bytes.to_vec(), own.cloned().unwrap_or_else(|| path.clone())),
                (None, None) => return None,
            };
            let picture = Shown::of(format, &bytes, &path, &source, config, tools);
            Some((url, picture.map_err(|why| unusable(&source, place, why))))
        })
        .collect();
    let mut gallery = Gallery::default();
    for (url, result) in drawn.into_iter().flatten() {
        let Some(Shown { picture, copies }) = diagnostics.take(result) else { continue };
        gallery.pictures.insert(url.to_owned(), picture);
        gallery.copies.extend(copies);
    }
    // Two spellings of one address.
    gallery.copies.sort();
    gallery.copies.dedup();
    gallery
}

/// A picture with its copies.
struct Shown {
    picture: Picture,
    copies: Vec<(SitePath, SitePath, Arc<[u8]>)>,
}

impl Shown {
    fn of(
        format: Format,
        bytes: &[u8],
        path: &SitePath,
        source: &SitePath,
        config: &Config,
        tools: &Tools<'_>,
    ) -> Result<Shown, String> {
        let mut picture = Picture { size: format.size(bytes)?, copies: Vec::new() };
        let mut files = Vec::new();
        if !config.image_widths.is_empty() {
            for Copy { width, bytes } in images::copies(format, bytes, &config.image_widths, tools.memo)? {
                let name = format!("{}-{width}w-{}.webp", path.stem(), Hash::of_bytes(&bytes).short());
                // A name that is too long already is that of a picture without copies.
                let Ok(name) = SitePath::new(&name) else { continue };
                let to = path.parent().join(&name);
                picture.copies.push((width, config.base_url.local(&Address::file(to.clone()))));
                files.push((to, source.clone(), bytes));
            }
        }
        Ok(Shown { picture, copies: files })
    }
}

/// The path in the output that a link from the root of the host leads to.
fn published(url: &str, config: &Config) -> Option<SitePath> {
    let path = url.strip_prefix(config.base_url.path())?.strip_prefix('/')?;
    let path = path.split(['?', '#']).next().filter(|path| !path.starts_with('/'))?;
    SitePath::new(&percent_decode_str(path).decode_utf8().ok()?).ok()
}

fn unusable(source: &SitePath, place: &Span, why: String) -> Diagnostic {
    Diagnostic::warning(Code::UnusablePicture, format!("`{source}` is no picture that can be used"))
        .at(place.clone(), why)
        .help("save it again by the program that it was made with; until then it is published as it is")
}
