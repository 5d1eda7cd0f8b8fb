//! What editors know of front matter.

use serde_json::{Map, Value as Json, json};

use super::keys;
use crate::data::schema::{Described, properties};

/// Every key of front matter with a meaning, as the `properties` of a JSON Schema. `cells` is any table in it. Other keys are
/// allowed: they are for templates.
pub fn front_matter_schema() -> Map<String, Json> {
    properties(keys::MEANT, describe)
}

/// Keys of front matter may have nothing behind them, and texts need not be written as strings.
fn describe(key: &str) -> Option<Described> {
    const SCALARS: [&str; 4] = ["string", "number", "boolean", "null"];
    let text = || json!({"type": SCALARS});
    let texts = || json!({"type": ["string", "number", "boolean", "null", "array"], "items": text()});
    let terms = || {
        let term = json!({"type": ["string", "number", "boolean", "null", "object"]});
        json!({"type": ["string", "number", "boolean", "null", "object", "array"], "items": term})
    };
    let date = || json!({"type": ["string", "null"]});
    let flag = || json!({"type": ["boolean", "string", "null"]});
    let table = || json!({"type": ["object", "null"]});
    // Others use these names for more than a text.
    let any = || json!({"type": ["string", "number", "boolean", "null", "array", "object"]});
    Some(match key {
        "title" => (text(), "what the post is called"),
        "date" => (date(), "when it was written; of the future, it is left out until then"),
        "updated" | "lastmod" | "last_modified_at" | "last-modified-at" | "modified" => {
            (date(), "when it was changed last")
        }
        "publishDate" | "publish_date" | "pubdate" => (date(), "before this it is left out"),
        "expiryDate" | "expiry_date" | "unpublishDate" => (date(), "from then on it is left out"),
        "draft" => (flag(), "whether it is left out unless `--drafts` is given"),
        "published" => (flag(), "`false` makes a draft; a date is when it is published"),
        "tags" | "tag" => (terms(), "what it is about"),
        "categories" | "category" => (terms(), "where it belongs"),
        "description" => (text(), "a sentence about it, for lists, feeds and search engines"),
        "summary" | "excerpt" | "meta" => (any(), "a text is the description, if there is no `description`"),
        "slug" => (text(), "the last part of its address"),
        "url" | "permalink" | "path" => (text(), "its whole address in the site"),
        "aliases" | "alias" | "redirect_from" | "redirect-from" => (texts(), "addresses that lead to it"),
        "weight" => (json!({"type": ["integer", "null"]}), "its place among posts of one date, the lightest first"),
        "layout" | "template" => (text(), "`page` for one outside the lists, or the name of a template"),
        "author" | "authors" => (terms(), "who wrote it"),
        "series" => (texts(), "the series that it is a part of"),
        "taxonomies" => (any(), "tags, categories, authors and series, as Zola has them"),
        "card" => (
            json!({"type": ["string", "null"], "pattern": "^\\s*(cell:|$)"}),
            "the value that its card shows: `cell:spin.wall`",
        ),
        "cells" => (table(), "options for every cell of the post"),
        "extra" => (table(), "whatever your own templates want to know"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::content::Post;
    use crate::data::schema::takes;
    use crate::source::{Diagnostics, SitePath, Source};

    fn reads(front: &str) -> bool {
        let text = format!("+++\n{front}\n+++\n");
        let mut diagnostics = Diagnostics::default();
        let source = Source::new(SitePath::new("content/a.md").unwrap(), text.as_str());
        Post::read(source, &Config::default(), &mut diagnostics);
        !diagnostics.has_errors()
    }

    #[test]
    fn the_schema_marks_nothing_that_the_reader_takes() {
        let schema = front_matter_schema();
        assert_eq!(schema.keys().collect::<Vec<_>>(), keys::MEANT.each_ref(), "every key is described");
        for (key, schema) in &schema {
            for sample in crate::data::schema::SAMPLES {
                let value: toml::Table = toml::from_str(&format!("x = {sample}")).unwrap();
                let allowed = takes(schema, &serde_json::to_value(&value["x"]).unwrap());
                assert!(allowed || !reads(&format!("{key} = {sample}")), "{key} = {sample}: {schema}");
            }
            assert!(schema["description"].as_str().is_some_and(|says| says.len() > 5), "{key}");
        }
    }
}
