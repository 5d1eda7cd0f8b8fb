//! JSON Schema of what authors write.

use serde_json::{Value, json};

use super::args::Notation;
use crate::cells::{Languages, Options};
use crate::config::Config;
use crate::content;

/// The schema of front matter, or of `blog.toml`.
pub(super) fn schema(of: Notation) -> Value {
    let (title, mut properties, closed) = match of {
        Notation::FrontMatter => ("Front matter of a post", content::front_matter_schema(), false),
        Notation::Config => ("blog.toml", Config::schema(), true),
    };
    let mut definitions = json!({
        "cells": {"type": ["object", "null"], "properties": Options::schema(), "additionalProperties": false},
    });
    properties["cells"]["$ref"] = json!("#/$defs/cells");
    if of == Notation::Config {
        definitions["language"] =
            json!({"type": "object", "properties": Languages::schema(), "additionalProperties": false});
        properties["languages"]["additionalProperties"] = json!({"$ref": "#/$defs/language"});
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": concat!("As blog ", env!("CARGO_PKG_VERSION"), " reads it"),
        "type": "object",
        "properties": properties,
        "additionalProperties": !closed,
        "$defs": definitions,
    })
}
