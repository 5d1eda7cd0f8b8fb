//! From the keys of front matter to their meaning.

use std::collections::{BTreeMap, HashSet};

use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::data::{Entry, Node, Table, Value};
use crate::source::{Code, Diagnostic, Diagnostics, Span};

use super::{keys, quoted, read_date};

/// What front matter says, each key checked by itself.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    pub title: Option<String>,
    pub date: Option<Zoned>,
    pub updated: Option<Zoned>,
    pub publish: Option<Zoned>,
    pub expires: Option<Zoned>,
    pub draft: bool,
    pub tags: Vec<String>,
    pub categories: Vec<String>,
    pub description: Option<String>,
    pub slug: Option<Text>,
    pub url: Option<Text>,
    pub aliases: Vec<Text>,
    pub weight: Option<i64>,
    pub layout: Option<String>,
    pub authors: Vec<String>,
    pub series: Option<String>,
    pub card: Option<(String, Span)>,
    pub image: Option<(String, Span)>,
    pub cells: Option<Table>,
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// A text and where it stands, for what can only be checked later.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub text: String,
    pub span: Span,
}

impl FrontMatter {
    /// Reads every key; one that is wrong is left out, so that all that is wrong is found at once.
    pub(super) fn read(table: Table, zone: &TimeZone, diagnostics: &mut Diagnostics) -> Self {
        warn_of_doubles(&table, diagnostics);
        let mut keys = Keys { table, zone, diagnostics };
        keys.lift_taxonomies();
        let (draft, publish) = keys.publication();
        FrontMatter {
            title: keys.text(&["title"]),
            date: keys.date(&["date"]),
            updated: keys.date(&["updated", "lastmod", "last_modified_at", "last-modified-at", "modified"]),
            publish,
            expires: keys.date(&["expiryDate", "expiry_date", "unpublishDate"]),
            draft,
            tags: keys.terms(&["tags", "tag"]),
            categories: keys.terms(&["categories", "category"]),
            description: keys.text(&["description"]).or_else(|| keys.any_text(&["summary", "excerpt", "meta"])),
            slug: keys.literal(&["slug"]),
            url: keys.literal(&["url", "permalink", "path"]),
            aliases: keys.literals(&["aliases", "alias", "redirect_from", "redirect-from"]),
            weight: keys.take(&["weight"]).and_then(|node| keys.diagnostics.take(node.integer())),
            layout: keys.text(&["layout", "template"]),
            authors: keys.terms(&["author", "authors"]),
            series: keys.series(),
            card: keys.card(),
            image: keys.image(),
            cells: keys.take(&["cells"]).and_then(|node| keys.diagnostics.take(node.table())),
            extra: keys.rest(),
        }
    }
}

/// Keys match without regard to case, and YAML lets one stand twice.
fn warn_of_doubles(table: &Table, diagnostics: &mut Diagnostics) {
    let mut ends: BTreeMap<String, (&Entry, &Entry)> = BTreeMap::new();
    for entry in &table.entries {
        let both = ends.entry(entry.key.to_ascii_lowercase());
        both.and_modify(|(_, last)| *last = entry).or_insert((entry, entry));
    }
    for (first, last) in ends.into_values().filter(|(first, last)| first.key_span != last.key_span) {
        diagnostics.push(
            Diagnostic::warning(Code::KeyTwice, format!("the key {} stands twice", quoted(&last.key)))
                .at(last.key_span.clone(), "the last one counts")
                .at(first.key_span.clone(), "this one does not")
                .help("remove one of them"),
        );
    }
}

/// The keys that are not yet read.
struct Keys<'a> {
    table: Table,
    zone: &'a TimeZone,
    diagnostics: &'a mut Diagnostics,
}

impl Keys<'_> {
    /// Takes the first of some names that is set. Those behind it stay, for templates.
    fn take(&mut self, names: &[&str]) -> Option<Node> {
        names.iter().find_map(|name| self.table.take(name).filter(|node| node.value != Value::Null))
    }

    fn text(&mut self, names: &[&str]) -> Option<String> {
        let node = self.take(names)?;
        self.diagnostics.take(text_of(node)).flatten()
    }

    /// The first of some names that is set to a string: others use the same names for other things.
    fn any_text(&mut self, names: &[&str]) -> Option<String> {
        let is_text = |name: &&&str| self.table.get(name).is_some_and(|node| matches!(node.value, Value::String(_)));
        let name = *names.iter().find(is_text)?;
        self.text(&[name])
    }

    /// A text that is taken literally, with its place.
    fn literal(&mut self, names: &[&str]) -> Option<Text> {
        let node = self.take(names)?;
        self.diagnostics.take(literal_of(node)).flatten()
    }

    fn literals(&mut self, names: &[&str]) -> Vec<Text> {
        let nodes: Vec<Node> = names.iter().filter_map(|name| self.take(&[name])).flat_map(elements).collect();
        nodes.into_iter().filter_map(|node| self.diagnostics.take(literal_of(node)).flatten()).collect()
    }

    /// The terms of all of some names: without empty ones, without doubles, whose case does not matter.
    fn terms(&mut self, names: &[&str]) -> Vec<String> {
        let nodes: Vec<Node> = names.iter().filter_map(|name| self.take(&[name])).flat_map(elements).collect();
        let mut seen = HashSet::new();
        let mut terms = Vec::new();
        for node in nodes {
            let term = self.diagnostics.take(text_of(name_of(node))).flatten();
            terms.extend(term.filter(|term| seen.insert(term.to_lowercase())));
        }
        terms
    }

    fn date(&mut self, names: &[&str]) -> Option<Zoned> {
        let node = self.take(names)?;
        self.diagnostics.take(read_date(&node, self.zone)).flatten()
    }

    /// Whether the post is a draft, and from when on it may be shown. `published` says the one in Jekyll, the other in
    /// Hugo.
    fn publication(&mut self) -> (bool, Option<Zoned>) {
        let draft = self.take(&["draft"]).and_then(|node| {
            let flag = flag_of(&node).map_or_else(|| node.boolean(), Ok);
            self.diagnostics.take(flag)
        });
        let mut date = self.date(&["publishDate", "publish_date", "pubdate"]);
        let mut hidden = false;
        if let Some(node) = self.take(&["published"]) {
            match flag_of(&node) {
                Some(flag) => hidden = !flag,
                None => date = date.or(self.diagnostics.take(read_date(&node, self.zone)).flatten()),
            }
        }
        (draft.unwrap_or(false) || hidden, date)
    }

    fn card(&mut self) -> Option<(String, Span)> {
        let Text { text, span } = self.literal(&["card"])?;
        if let Some(expression) = text.strip_prefix("cell:") {
            return Some((expression.trim().to_owned(), span));
        }
        let error = Diagnostic::error(Code::UnusableValue, format!("{} cannot be used", quoted(&text)));
        let example = "write `card = \"cell:one.wall / other.wall\"`; a picture of your own is the key `image`";
        self.diagnostics.push(error.at(span, "should be a value of a cell").help(example));
        None
    }

    /// The picture that other tools show where a post is shared. Its key stays, for templates, and other things that stand there
    /// are of no concern.
    fn image(&self) -> Option<(String, Span)> {
        let extra = self.table.get("extra").and_then(|node| match &node.value {
            Value::Table(extra) => Some(extra),
            _ => None,
        });
        let get = |key| extra.and_then(|extra| extra.get(key)).or_else(|| self.table.get(key));
        let node = get("image").or_else(|| match &get("images")?.value {
            Value::List(images) => images.first(),
            _ => None,
        })?;
        let node = match &node.value {
            Value::Table(image) => image.get("path")?,
            _ => node,
        };
        let Value::String(url) = &node.value else { return None };
        let url = url.trim();
        (!url.is_empty()).then(|| (url.to_owned(), node.span.clone()))
    }

    fn series(&mut self) -> Option<String> {
        let node = self.take(&["series"])?;
        let span = node.span.clone();
        let mut names =
            elements(node).filter_map(|node| self.diagnostics.take(text_of(node)).flatten()).collect::<Vec<_>>();
        if names.len() > 1 {
            self.diagnostics.push(
                Diagnostic::warning(Code::SeveralSeries, "a post is part of one series")
                    .at(span, format!("only `{}` counts", names[0]))
                    .help("leave the others out; a post has as many `tags` as you like"),
            );
        }
        names.drain(..).next()
    }

    /// Zola's `[taxonomies]`: those that have a meaning become keys of their own.
    fn lift_taxonomies(&mut self) {
        let Some(at) = self.table.entries.iter().position(|entry| entry.key.eq_ignore_ascii_case("taxonomies")) else {
            return;
        };
        let Value::Table(taxonomies) = &mut self.table.entries[at].node.value else { return };
        let meant = ["tags", "tag", "categories", "category", "authors", "author", "series"];
        let (lifted, rest): (Vec<Entry>, Vec<Entry>) = taxonomies
            .entries
            .drain(..)
            .partition(|entry| meant.iter().any(|name| name.eq_ignore_ascii_case(&entry.key)));
        if rest.is_empty() {
            self.table.entries.remove(at);
        } else {
            taxonomies.entries = rest;
        }
        self.table.entries.extend(lifted);
    }

    /// What templates get: every key without a meaning, and above them what stands under `extra`.
    fn rest(mut self) -> serde_json::Map<String, serde_json::Value> {
        let extra = self.take(&["extra"]).and_then(|node| self.diagnostics.take(node.table()));
        for Entry { key, key_span, .. } in self.table.entries.iter().filter(|entry| !keys::is_known(&entry.key)) {
            let warning = Diagnostic::warning(Code::UnknownKey, format!("unknown key {}", quoted(key)))
                .at(key_span.clone(), "has no meaning but to templates")
                .suggest(key, keys::MEANT);
            if warning.remedy().is_some() {
                self.diagnostics.push(warning);
            }
        }
        let mut rest = self.table.to_json();
        rest.extend(extra.map(|table| table.to_json()).unwrap_or_default());
        rest
    }
}

/// The values of a list, or the only one.
fn elements(node: Node) -> impl Iterator<Item = Node> {
    match node.value {
        Value::List(nodes) => nodes,
        _ => vec![node],
    }
    .into_iter()
}

/// The text of a string, number, flag or date, its white space as in HTML; nothing if it is empty.
fn text_of(node: Node) -> Result<Option<String>, Diagnostic> {
    let text = literal_of(node)?.map(|literal| literal.text.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
    Ok(text.filter(|text| !text.is_empty()))
}

/// The same with its inner white space as written, and its place.
fn literal_of(node: Node) -> Result<Option<Text>, Diagnostic> {
    let span = node.span.clone();
    let text = match (&node.value, node.number_as_written()) {
        (Value::Null, _) => return Ok(None),
        (_, Some(number)) => number,
        (Value::Boolean(flag), _) => flag.to_string(),
        (Value::Datetime(date), _) => date.to_string(),
        _ => node.string()?,
    };
    let text = text.trim().to_owned();
    Ok((!text.is_empty()).then_some(Text { text, span }))
}

/// The name in a table that describes someone or something by several keys.
fn name_of(node: Node) -> Node {
    match &node.value {
        Value::Table(table) => table.get("name").cloned().unwrap_or(node),
        _ => node,
    }
}

/// A flag as YAML 1.1 knew it, and as it is quoted by mistake.
fn flag_of(node: &Node) -> Option<bool> {
    match &node.value {
        Value::Boolean(flag) => Some(*flag),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
