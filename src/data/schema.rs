//! Tables that authors write as [JSON Schema](https://json-schema.org/draft/2020-12), for their editors.
//!
//! Whoever reads a table has the list of its keys; a schema is made of that list and of what is said of each key. It is wider
//! than the reader where a schema cannot say more: it never marks what the reader takes.

use serde_json::{Map, Value as Json, json};

/// What may stand behind a key, as a schema, and in a phrase what that means.
pub type Described = (Json, &'static str);

/// The `properties` of a table: each of its keys with what is said of it.
pub fn properties<'k>(
    keys: impl IntoIterator<Item = &'k str>,
    describe: impl Fn(&str) -> Option<Described>,
) -> Map<String, Json> {
    let property = |key: &str| {
        let (schema, says) = describe(key)?;
        let mut property = Map::from_iter([("description".to_owned(), json!(says))]);
        property.extend(schema.as_object().cloned().unwrap_or_default());
        Some((key.to_owned(), Json::Object(property)))
    };
    keys.into_iter().filter_map(property).collect()
}

/// Text.
pub fn text() -> Json {
    json!({"type": "string"})
}

/// Several words or one, of which some may be numbers: what [`Node::strings`](super::Node::strings) reads.
pub fn words() -> Json {
    json!({"type": ["array", "string", "number"], "items": {"type": ["string", "number"]}})
}

/// A command line.
pub fn command() -> Json {
    json!({"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1})
}

/// One text, or several.
pub fn text_or_texts() -> Json {
    json!({"type": ["string", "array"], "items": text()})
}

/// `true` or `false`.
pub fn flag() -> Json {
    json!({"type": "boolean"})
}

/// A whole number within bounds.
pub fn whole(least: i64, most: i64) -> Json {
    json!({"type": "integer", "minimum": least, "maximum": most})
}

/// One of some values.
pub fn one_of(values: &[Json]) -> Json {
    json!({"enum": values})
}

/// A table whose keys are the author's, each with such a value.
pub fn table_of(value: &Json) -> Json {
    json!({"type": "object", "additionalProperties": value})
}

/// Text of a form, by a regular expression.
pub fn like(pattern: &str) -> Json {
    json!({"type": "string", "pattern": pattern})
}

/// Whether a schema made of these parts takes a value.
#[cfg(test)]
pub(crate) fn takes(schema: &Json, value: &Json) -> bool {
    let of_type = |name: &str| match name {
        "string" => value.is_string(),
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("{other} is no type of JSON Schema"),
    };
    schema.as_object().expect("a schema is an object").iter().all(|(word, said)| match word.as_str() {
        "description" => true,
        "type" => match said {
            Json::Array(names) => names.iter().any(|name| of_type(name.as_str().unwrap())),
            name => of_type(name.as_str().unwrap()),
        },
        "enum" => said.as_array().unwrap().contains(value),
        "minimum" => value.as_f64().is_none_or(|number| number >= said.as_f64().unwrap()),
        "exclusiveMinimum" => value.as_f64().is_none_or(|number| number > said.as_f64().unwrap()),
        "maximum" => value.as_f64().is_none_or(|number| number <= said.as_f64().unwrap()),
        "pattern" => {
            value.as_str().is_none_or(|text| regex::Regex::new(said.as_str().unwrap()).unwrap().is_match(text))
        }
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| takes(said, item))),
        "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= said.as_u64().unwrap()),
        "anyOf" => said.as_array().unwrap().iter().any(|schema| takes(schema, value)),
        "additionalProperties" if said.is_object() => {
            let known = |name: &String| schema.get("properties").is_some_and(|known| known.get(name).is_some());
            value.as_object().is_none_or(|table| table.iter().all(|(name, value)| known(name) || takes(said, value)))
        }
        "additionalProperties" => value.as_object().is_none_or(|table| {
            *said == Json::Bool(true) || table.keys().all(|name| schema["properties"].get(name).is_some())
        }),
        "properties" => value.as_object().is_none_or(|table| {
            table.iter().all(|(name, value)| said.get(name).is_none_or(|schema| takes(schema, value)))
        }),
        other => panic!("{other} is not understood here"),
    })
}

/// Values of every kind, in TOML, to try both a schema and a reader with.
#[cfg(test)]
pub(crate) const SAMPLES: [&str; 36] = [
    "true",
    "false",
    "0",
    "1",
    "3",
    "-1",
    "300",
    "200000",
    "0.5",
    "1.5",
    "'x'",
    "''",
    "'a b'",
    "'fold'",
    "'hide'",
    "'show'",
    "'fail'",
    "'html'",
    "'any'",
    "'10s'",
    "'10'",
    "'2 min'",
    "'8GiB'",
    "'20%'",
    "'3-5,8'",
    "'host'",
    "'2021'",
    "'https://a.example'",
    "'Europe/Vienna'",
    "'release'",
    "'cargo'",
    "['x']",
    "[1, 2]",
    "[]",
    "{ a = 'x' }",
    "{ a = [1, 2] }",
];

/// Checks that everything is described, that no value is marked that the reader takes, and that every key is told from some
/// other. `reads` tells whether the reader takes this value, in TOML, of this key.
#[cfg(test)]
pub(crate) fn agree(properties: &Map<String, Json>, keys: &[&str], reads: impl Fn(&str, &str) -> bool) {
    assert_eq!(properties.keys().collect::<Vec<_>>(), keys, "every key is described");
    let mut wrong = Vec::new();
    for (key, schema) in properties {
        let mut taken = 0;
        let mut marked = 0;
        for sample in SAMPLES {
            let value: toml::Table = toml::from_str(&format!("x = {sample}")).unwrap();
            let value = serde_json::to_value(&value["x"]).unwrap();
            let (read, allowed) = (reads(key, sample), takes(schema, &value));
            if read && !allowed {
                wrong.push(format!("{key} = {sample} is right, and the schema marks it"));
            }
            taken += usize::from(read);
            marked += usize::from(!allowed);
        }
        if taken == 0 && schema.get("properties").is_none() {
            wrong.push(format!("no sample fits {key}"));
        }
        if marked == 0 {
            wrong.push(format!("the schema of {key} takes everything"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}
