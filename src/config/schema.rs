//! What editors know of `blog.toml`.

use serde_json::{Map, Value as Json, json};

use super::read::LARGEST_SIDE;
use super::{Config, Csp};
use crate::data::schema::{Described, flag, properties, table_of, text, whole, words};

impl Config {
    /// Every setting, as the `properties` of a JSON Schema. `cells` and `languages` are any tables in it.
    pub fn schema() -> Map<String, Json> {
        properties(Config::KEYS, describe)
    }
}

fn describe(key: &str) -> Option<Described> {
    let table = || json!({"type": "object"});
    Some(match key {
        "title" => (text(), "the name of the site"),
        "description" => (text(), "a sentence about the site"),
        "author" => (text(), "who writes it, unless a post says otherwise"),
        "language" => (text(), "the language of its texts: `en`"),
        "base_url" => (json!({"type": "string", "pattern": "^https?://"}), "where it is published; a path is fine"),
        "time_zone" => (text(), "of dates that name none: `Europe/Vienna`"),
        "search" => (flag(), "whether readers can search the site"),
        "cards" => (flag(), "whether each page has a picture that shows it where it is shared"),
        "paginate" => (whole(1, 10_000), "posts on a page of a list"),
        "output" => (text(), "the folder that is written"),
        "cells" => (table(), "options for every cell"),
        "trust_cells" => (flag(), "whether HTML that cells show is published as it is, and not cleaned"),
        "languages" => (table(), "languages that cells may be written in, and changes of the usual ones"),
        "images" => {
            let widths = json!({
                "type": "array", "items": whole(1, LARGEST_SIDE.into()),
                "description": "in which widths, in pixels, pictures of posts are published as WebP",
            });
            (
                json!({"type": "object", "properties": {"widths": widths}, "additionalProperties": false}),
                "copies of pictures",
            )
        }
        "csp" => (
            json!({
                "type": ["boolean", "object"],
                "properties": Csp::names().map(|name| (name.to_owned(), words())).collect::<Map<_, _>>(),
                "additionalProperties": false,
            }),
            "what pages may load from elsewhere, by directives of Content Security Policy; `false` for no policy",
        ),
        "menu" => (table_of(&text()), "labels and links of the header"),
        "extra" => (table(), "whatever your own templates want to know"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::schema::agree;
    use crate::source::{Diagnostics, SitePath, Source};

    #[test]
    fn the_schema_is_what_the_reader_takes() {
        agree(&Config::schema(), &Config::KEYS, |key, value| {
            let text = format!("{key} = {value}");
            let mut diagnostics = Diagnostics::default();
            Config::read(&Source::new(SitePath::new("blog.toml").unwrap(), text.as_str()), &mut diagnostics);
            !diagnostics.has_errors()
        });
    }
}
