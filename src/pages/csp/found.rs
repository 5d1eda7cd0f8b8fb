use std::cell::RefCell;
use std::collections::BTreeSet;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use html5ever::Attribute;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use sha2::{Digest, Sha256};

use super::Blocked;
use super::handlers::is_handler;

/// What a page holds that a policy is about.
#[derive(Debug, Default)]
pub(super) struct Found {
    scripts: BTreeSet<String>,
    styles: BTreeSet<String>,
    style_attributes: BTreeSet<String>,
    /// Attributes that hold scripts, which no policy of ours allows.
    pub(super) handlers: BTreeSet<Blocked>,
    /// What it loads, by the directives that have to allow it.
    pub(super) loaded: BTreeSet<Blocked>,
}

impl Found {
    pub(super) fn in_page(page: &str) -> Found {
        let input = BufferQueue::default();
        input.push_back(StrTendril::from_slice(page));
        let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
        while let html5ever::TokenizerResult::Script(()) = tokenizer.feed(&input) {}
        tokenizer.end();
        tokenizer.sink.0.into_inner().found
    }

    /// The hashes of its scripts.
    pub(super) fn scripts(&self) -> String {
        self.scripts.iter().cloned().collect::<Vec<_>>().join(" ")
    }

    /// The hashes of its styles. Attributes are styles too, but hashed only with leave to do so.
    pub(super) fn styles(&self) -> String {
        let leave = (!self.style_attributes.is_empty()).then(|| "'unsafe-hashes'".to_owned());
        leave.iter().chain(&self.style_attributes).chain(&self.styles).cloned().collect::<Vec<_>>().join(" ")
    }

    fn load(&mut self, directive: &'static str, url: &str) {
        let url = url.trim();
        // Of an empty one nothing is loaded; a form is sent to the page itself.
        if !url.is_empty() {
            self.loaded.insert(Blocked { directive, what: url.to_owned() });
        }
    }

    fn note(&mut self, tag: &Tag) {
        let value = |name: &str| value_of(tag, name);
        let mut load = |directive, name: &str| {
            if let Some(url) = value(name) {
                self.load(directive, url);
            }
        };
        // On elements that send a form.
        load("form-action", "formaction");
        match &*tag.name {
            "script" => load("script-src", "src"),
            "img" | "input" => load("img-src", "src"),
            // In SVG; in HTML an `image` is an `img`.
            "image" | "feimage" => ["src", "href", "xlink:href"].into_iter().for_each(|name| load("img-src", name)),
            "video" => {
                load("media-src", "src");
                load("img-src", "poster");
            }
            "audio" | "track" | "source" => load("media-src", "src"),
            "iframe" | "frame" => load("frame-src", "src"),
            "object" => load("object-src", "data"),
            "embed" => load("object-src", "src"),
            "form" => load("form-action", "action"),
            "link" => {
                let relations = value("rel").unwrap_or_default().to_ascii_lowercase();
                let directives = relations.split_ascii_whitespace().filter_map(|relation| match relation {
                    "stylesheet" => Some("style-src"),
                    "icon" => Some("img-src"),
                    "manifest" => Some("manifest-src"),
                    "modulepreload" => Some("script-src"),
                    "preload" => preloaded(value("as")?),
                    _ => None,
                });
                directives.for_each(|directive| load(directive, "href"));
            }
            _ => {}
        }
        for url in ["srcset", "imagesrcset"].into_iter().filter_map(value).flat_map(candidates) {
            self.load("img-src", url);
        }
        for Attribute { name, value } in &tag.attrs {
            if &*name.local == "style" {
                self.style_attributes.insert(hash(value));
            } else if is_handler(&name.local) {
                self.handlers.insert(Blocked { directive: "script-src", what: name.local.to_string() });
            }
        }
    }
}

/// The directive for a resource that is loaded before it is needed, by what it is needed as
/// ([section 6.8.1](https://www.w3.org/TR/CSP3/#effective-directive-for-a-request)).
fn preloaded(destination: &str) -> Option<&'static str> {
    Some(match destination.to_ascii_lowercase().as_str() {
        "fetch" => "connect-src",
        "font" => "font-src",
        "image" => "img-src",
        "script" => "script-src",
        "style" => "style-src",
        "track" => "media-src",
        _ => return None,
    })
}

/// The URLs in a `srcset`
/// ([HTML](https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute)): each reaches to the next blank, and a comma
/// at its end or behind its descriptors ends it.
fn candidates(set: &str) -> Vec<&str> {
    let mut urls = Vec::new();
    let mut rest = set;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return urls;
        }
        let (url, behind) = rest.split_at(rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len()));
        urls.push(url.trim_end_matches(','));
        rest = if url.ends_with(',') { behind } else { &behind[descriptors(behind)..] };
    }
}

/// How long the descriptors of a candidate are: up to a comma that stands in no parentheses.
fn descriptors(text: &str) -> usize {
    let mut inside = false;
    let end = text.find(|c: char| {
        inside = if inside { c != ')' } else { c == '(' };
        c == ',' && !inside
    });
    end.unwrap_or(text.len())
}

fn value_of<'t>(tag: &'t Tag, name: &str) -> Option<&'t str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
}

pub(super) fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// Reads the tokens of a page.
#[derive(Debug, Default)]
struct Reader(RefCell<State>);

#[derive(Debug, Default)]
struct State {
    found: Found,
    /// The text of a script or style that has begun, and whether it is a script.
    inside: Option<(bool, String)>,
    /// How many `svg` and `math` are open: in these a tag may close itself.
    foreign: usize,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let State { found, inside, foreign } = &mut *self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                found.note(&tag);
                if tag.self_closing && *foreign > 0 {
                    return TokenSinkResult::Continue;
                }
                return match &*tag.name {
                    "svg" | "math" => {
                        *foreign += usize::from(!tag.self_closing);
                        TokenSinkResult::Continue
                    }
                    "script" => {
                        if value_of(&tag, "src").is_none() && runs(value_of(&tag, "type")) {
                            *inside = Some((true, String::new()));
                        }
                        TokenSinkResult::RawData(RawKind::ScriptData)
                    }
                    "style" => {
                        *inside = Some((false, String::new()));
                        TokenSinkResult::RawData(RawKind::Rawtext)
                    }
                    "iframe" | "noembed" | "noframes" | "xmp" => TokenSinkResult::RawData(RawKind::Rawtext),
                    "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
                    _ => TokenSinkResult::Continue,
                };
            }
            Token::TagToken(tag) => match inside.take() {
                Some((true, text)) => drop(found.scripts.insert(hash(&text))),
                Some((false, text)) => drop(found.styles.insert(hash(&text))),
                None if matches!(&*tag.name, "svg" | "math") => *foreign = foreign.saturating_sub(1),
                None => {}
            },
            Token::CharacterTokens(text) => {
                if let Some((_, all)) = inside {
                    all.push_str(&text);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Whether a script of that type is one, and not data: one whose type is a MIME type is data unless that is JavaScript's.
fn runs(of_type: Option<&str>) -> bool {
    let of_type = of_type.map(str::to_ascii_lowercase);
    of_type.is_none_or(|it| !it.contains('/') || it.contains("javascript") || it.contains("ecmascript"))
}
