use crate::config::Config;
use crate::source::{Address, Diagnostics, SitePath, Source, Span};

use super::address::{read_address, read_slug};
use super::file_name::FileName;
use super::front_matter::split;
use super::heading::first_heading;
use super::meta::FrontMatter;
use super::permalink::{Placeholders, fill_in};
use super::{Meta, Post, slug};

impl Post {
    /// Reads a file below `content/`. A key that is wrong is reported and left out, so that all that is wrong is found at
    /// once; nothing comes back where the front matter cannot be read at all.
    pub fn read(source: Source, config: &Config, diagnostics: &mut Diagnostics) -> Option<Post> {
        let (table, mut body) = diagnostics.take(split(&source))?;
        let mut front = FrontMatter::read(table, &config.time_zone, diagnostics);
        let mut file = FileName::read(source.path(), &config.time_zone);
        front.date = front.date.or(file.date.take());
        let title = front.title.take().unwrap_or_else(|| title(&mut body, &file, config));
        let address = address(&front, &file, diagnostics);
        let FrontMatter { title: _, slug: _, url: _, aliases, date, updated, publish, expires, draft, .. } = front;
        let FrontMatter { tags, categories, description, weight, layout, authors, series, cells, extra, .. } = front;
        let aliases = aliases
            .iter()
            .filter_map(|alias| diagnostics.take(read_address(alias)))
            .filter(|alias| *alias != address)
            .collect();
        let draft = draft || file.draft;
        let meta = Meta {
            title,
            date,
            updated,
            publish,
            expires,
            draft,
            tags,
            categories,
            description,
            aliases,
            weight,
            layout,
            authors,
            series,
            cells,
            extra,
        };
        Some(Post { source, body, meta, address, bundle: file.bundle })
    }
}

/// The title of a post whose front matter has none: the first heading, which leaves the body where it stands above it,
/// else the name of the file, else that of the site.
fn title(body: &mut Span, file: &FileName, config: &Config) -> String {
    let Some(heading) = first_heading(body.text()) else {
        return file.title().unwrap_or_else(|| config.title.clone());
    };
    if let Some(at) = heading.rest_at {
        *body = body.part(at..body.text().len());
    }
    heading.text
}

/// The address that the front matter gives, or that the file has by its place.
fn address(front: &FrontMatter, file: &FileName, diagnostics: &mut Diagnostics) -> Address {
    let segment = front.slug.as_ref().and_then(|written| diagnostics.take(read_slug(written)));
    if let Some(url) = &front.url {
        let name = segment.as_ref().map_or_else(|| slug(&file.name), ToString::to_string);
        let values = Placeholders { date: front.date.as_ref(), slug: &name, categories: &front.categories };
        let filled = fill_in(url, &values).map(|text| super::meta::Text { text, span: url.span.clone() });
        if let Some(address) = diagnostics.take(filled.and_then(|url| read_address(&url))) {
            return address;
        }
    }
    let by_name = || {
        let name = if file.name.is_empty() { String::new() } else { slug(&file.name) };
        SitePath::new(&name).expect("a slug is a plain name")
    };
    Address::folder(file.folder.join(&segment.unwrap_or_else(by_name)))
}

#[cfg(test)]
mod tests;
