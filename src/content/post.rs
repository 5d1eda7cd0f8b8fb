use crate::config::Config;
use crate::source::{Address, Diagnostics, Source, Span};

use super::address::{read_address, read_slug};
use super::file_name::FileName;
use super::front_matter::split;
use super::heading::first_heading;
use super::meta::FrontMatter;
use super::permalink::{Placeholders, read_permalink};
use super::{Meta, Post};

impl Post {
    /// Reads a file below `content/`. A key that is wrong is reported and left out, so that all that is wrong is found at
    /// once; nothing comes back where the front matter cannot be read at all.
    pub fn read(source: Source, config: &Config, diagnostics: &mut Diagnostics) -> Option<Post> {
        let (table, mut body) = diagnostics.take(split(&source))?;
        let file = FileName::read(source.path(), &config.time_zone);
        // Destructured so that a key cannot be added without becoming part of the post.
        let FrontMatter {
            title,
            date,
            updated,
            publish,
            expires,
            draft,
            tags,
            categories,
            description,
            slug,
            url,
            aliases,
            weight,
            layout,
            authors,
            series,
            card,
            image,
            cells,
            extra,
        } = FrontMatter::read(table, &config.time_zone, diagnostics);

        let title = title.unwrap_or_else(|| find_title(&mut body, &file, config));
        let date = date.or_else(|| file.date.clone());
        let segment = slug.and_then(|slug| diagnostics.take(read_slug(&slug))).unwrap_or_else(|| file.segment());
        let values = Placeholders { date: date.as_ref(), slug: segment.as_str(), categories: &categories };
        let address = url
            .and_then(|url| diagnostics.take(read_permalink(&url, &values)))
            .unwrap_or_else(|| Address::folder(file.folder.join(&segment)));
        let mut aliases: Vec<Address> =
            aliases.iter().filter_map(|alias| diagnostics.take(read_address(alias))).collect();
        aliases.retain(|alias| *alias != address);
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
            card,
            image,
            cells,
            extra,
        };
        Some(Post { source, body, meta, address, bundle: file.bundle })
    }
}

/// The title of a post whose front matter has none: the first heading, which leaves the body where it stands above it,
/// else the name of the file, else that of the site.
fn find_title(body: &mut Span, file: &FileName, config: &Config) -> String {
    let Some(heading) = first_heading(body.text()) else {
        return file.title().unwrap_or_else(|| config.title.clone());
    };
    if let Some(at) = heading.rest_at {
        *body = body.part(at..body.text().len());
    }
    heading.text
}

#[cfg(test)]
mod tests;
