//! What pages say of themselves in the words of [schema.org](https://schema.org), as [JSON-LD](https://www.w3.org/TR/json-ld11/).

use serde_json::{Value, json};

use super::{DateView, PageView};
use crate::config::Config;
use crate::source::Address;

/// A post.
pub(super) fn post(page: &PageView<'_>, config: &Config) -> String {
    let names = |terms: &[super::TermView<'_>]| terms.iter().map(|term| term.name.to_owned()).collect::<Vec<String>>();
    let iso = |date: &Option<DateView>| date.as_ref().map(|date| date.iso.clone());
    let authors: Vec<Value> = page.authors.iter().map(|name| json!({ "@type": "Person", "name": name })).collect();
    text(json!({
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": page.title,
        "description": page.description,
        "url": page.permalink,
        "mainEntityOfPage": page.permalink,
        "datePublished": iso(&page.date),
        "dateModified": iso(&page.updated).or_else(|| iso(&page.date)),
        "author": authors,
        "image": page.image.as_ref().map(|image| &image.url),
        "articleSection": names(&page.categories),
        "keywords": names(&page.tags),
        "wordCount": page.words,
        "inLanguage": config.language,
        "isPartOf": of_site("Blog", config),
    }))
}

/// The site.
pub(super) fn site(config: &Config) -> String {
    let mut site = of_site("WebSite", config);
    site["@context"] = "https://schema.org".into();
    site["description"] = config.description.as_str().into();
    site["inLanguage"] = config.language.as_str().into();
    text(site)
}

fn of_site(kind: &str, config: &Config) -> Value {
    json!({ "@type": kind, "name": config.title, "url": config.base_url.absolute(&Address::home()) })
}

/// The JSON of a thing without what is not known of it. `<` stands in strings alone, where JSON has another way to write it; else
/// `</script>` in a title would end the script.
fn text(mut thing: Value) -> String {
    if let Some(fields) = thing.as_object_mut() {
        fields.retain(|_, value| !(value.is_null() || *value == json!("") || *value == json!([])));
    }
    thing.to_string().replace('<', "\\u003c")
}
