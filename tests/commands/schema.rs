//! `schema`.

use blog::cells::{Languages, Options};
use blog::config::Config;
use serde_json::Value;

use crate::support::{Site, tree};

fn schema(of: &str) -> Value {
    let site = Site::new(&[]);
    let said = site.blog(&["schema", of]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{said:?}");
    assert!(tree(&site.path("")).is_empty());
    let schema: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    schema
}

fn keys(table: &Value) -> Vec<&str> {
    table.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The part that a reference leads to.
fn resolved<'s>(schema: &'s Value, part: &Value) -> &'s Value {
    schema.pointer(part["$ref"].as_str().unwrap().trim_start_matches('#')).unwrap()
}

#[test]
fn settings_are_those_that_are_read() {
    let schema = schema("config");
    assert_eq!(keys(&schema["properties"]), Config::KEYS);
    assert_eq!(schema["additionalProperties"], false);
    let properties = &schema["properties"];
    assert_eq!(keys(&resolved(&schema, &properties["cells"])["properties"]), Options::KEYS);
    let language = resolved(&schema, &properties["languages"]["additionalProperties"]);
    assert_eq!(keys(&language["properties"]), Languages::KEYS);
}

#[test]
fn front_matter_has_its_keys_and_leaves_room_for_others() {
    let schema = schema("front-matter");
    assert_eq!(schema["additionalProperties"], true);
    let known = keys(&schema["properties"]);
    assert!(
        ["title", "date", "tags", "expiryDate", "redirect_from"].iter().all(|key| known.contains(key)),
        "{known:?}"
    );
    assert_eq!(keys(&resolved(&schema, &schema["properties"]["cells"])["properties"]), Options::KEYS);
    let said = Site::new(&[]).blog(&["schema", "posts"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("front-matter, config"), "{said:?}");
}
