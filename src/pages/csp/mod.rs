//! The [Content Security Policy](https://www.w3.org/TR/CSP3/) of a page.
//!
//! A template writes `site.csp`, in which [`INLINE`] stands for the hashes of what a page holds. Nobody knows these before it is drawn.

mod allowed;
mod found;
mod handlers;
mod written;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use self::allowed::scheme;
use self::found::Found;
use self::handlers::is_handler;
use self::written::Written;
use super::plan::Page;
use crate::config::{BaseUrl, Csp};
use crate::memo::Memo;
use crate::site::Site;
use crate::source::{Code, Diagnostic, Diagnostics, Span};

/// What stands for the hashes until they are known.
const INLINE: &str = "'inline'";

/// The policy as templates see it.
pub(super) fn template(csp: &Csp) -> String {
    let directive = |(name, sources): (&str, &[String])| {
        let mut text = name.to_owned();
        for source in sources {
            let _ = write!(text, " {source}");
        }
        match name {
            "script-src" | "style-src" => text + " " + INLINE,
            _ if sources.is_empty() => text + " 'none'",
            _ => text,
        }
    };
    csp.directives().map(directive).collect::<Vec<_>>().join("; ")
}

/// The policy of a site's pages.
#[derive(Debug)]
pub(super) struct Policy<'s> {
    csp: &'s Csp,
    base_url: &'s BaseUrl,
    template: String,
}

/// Something in a page that its policy keeps from its readers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Blocked {
    /// The directive that forbids it.
    directive: &'static str,
    /// A URL, or the name of an attribute that holds a script.
    what: String,
}

impl<'s> Policy<'s> {
    /// That of a site, if it has one.
    pub(super) fn of(site: &'s Site) -> Option<Self> {
        let csp = site.config.csp.as_ref()?;
        Some(Policy { csp, base_url: &site.config.base_url, template: template(csp) })
    }

    /// Puts the hashes of a page's scripts and styles into its policy, and tells what that forbids of the page. One without
    /// the policy stays as it is.
    pub(super) fn seal(&self, page: &mut String, memo: &Memo) -> Vec<Blocked> {
        let Some(at) = page.find(&self.template) else { return Vec::new() };
        // To read all pages is a quarter of what a preview does after an edit, and most are as they were. A page of which
        // something is blocked, which is seldom for long, is read each time.
        let question = (&self.template, self.base_url.to_string(), &*page);
        let answer = memo.try_answer_in_process(&question, || match self.for_page(page) {
            (policy, blocked) if blocked.is_empty() => Ok(policy.into_bytes()),
            with_blocked => Err(with_blocked),
        });
        let (policy, blocked) = match answer {
            Ok(policy) => (String::from_utf8_lossy(&policy).into_owned(), Vec::new()),
            Err(with_blocked) => with_blocked,
        };
        page.replace_range(at..at + self.template.len(), &policy);
        blocked
    }

    fn for_page(&self, page: &str) -> (String, Vec<Blocked>) {
        let found = Found::in_page(page);
        let with_hashes = |directive: &str| match directive.split_once(' ') {
            Some(("script-src", _)) => directive.replace(INLINE, &found.scripts()),
            Some(("style-src", _)) => directive.replace(INLINE, &found.styles()),
            _ => directive.to_owned(),
        };
        let policy: Vec<String> =
            self.template.split("; ").map(|directive| with_hashes(directive).trim_end().to_owned()).collect();
        let of_elsewhere = found.loaded.into_iter().filter(|it| !self.allows(it));
        (policy.join("; "), found.handlers.into_iter().chain(of_elsewhere).collect())
    }

    fn allows(&self, Blocked { directive, what }: &Blocked) -> bool {
        let own = allowed::is_of_site(what, self.base_url);
        let allows = |source: &String| if own { source == "'self'" } else { allowed::matches(source, what) };
        self.csp.sources(directive).iter().any(allows)
    }
}

/// What is blocked on a page, each with where an author wrote it if that can be found.
pub(super) fn placed(blocked: Vec<Blocked>, page: &Page<'_>) -> Vec<(Blocked, Option<Span>)> {
    // The post is only read again where there is something to look for.
    let article = page.article().filter(|_| !blocked.is_empty());
    let written = article.map(|article| Written::in_post(&article.post.body)).unwrap_or_default();
    let with_place = |thing| {
        let place = written.place(&thing);
        (thing, place)
    };
    blocked.into_iter().map(with_place).collect()
}

/// Warns of what is blocked, each thing once, where it is written if that is known of any page.
pub(super) fn complaints<'p>(
    blocked: impl IntoIterator<Item = ((Blocked, Option<Span>), &'p Page<'p>)>,
) -> Diagnostics {
    let mut first: BTreeMap<Blocked, (&Page<'_>, Option<Span>)> = BTreeMap::new();
    for ((thing, place), page) in blocked {
        let known = first.entry(thing).or_insert_with(|| (page, place.clone()));
        if known.1.is_none() && place.is_some() {
            *known = (page, place);
        }
    }
    first.into_iter().map(|(thing, (page, place))| complaint(&thing, page, place)).collect()
}

fn complaint(Blocked { directive, what }: &Blocked, page: &Page<'_>, place: Option<Span>) -> Diagnostic {
    let quoted = shortened(what);
    let quoted = quoted.escape_debug();
    let diagnostic = Diagnostic::warning(Code::BlockedByPolicy, format!("readers' browsers will block `{quoted}`"));
    let diagnostic = match place {
        Some(span) => diagnostic.at(span, ""),
        None => diagnostic.note(format!("on `{}`, made by a template or a cell", page.address)),
    };
    let diagnostic = diagnostic.note(format!("the pages' Content Security Policy forbids it (`{directive}`)"));
    diagnostic.help(remedy(directive, what))
}

fn remedy(directive: &str, what: &str) -> String {
    if is_handler(what) {
        return "put the script into a file below `static/`".to_owned();
    }
    let (scheme, rest) = scheme(what).unwrap_or(("https", what));
    let (how, source) = match rest.strip_prefix("//") {
        Some(rest) => {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            ("copy it into the site, or allow its host", format!("{scheme}://{host}"))
        }
        // One that holds what is loaded, such as `data:`.
        None if rest.len() < what.len() => ("put it into a file of the site, or allow such URLs", format!("{scheme}:")),
        None => ("allow it", "'self'".to_owned()),
    };
    format!("{how} in `blog.toml`: `[csp]` with `{directive} = [\"{source}\"]`")
}

/// A text without its middle, if it is longer than a message should be: a `data:` URL holds a whole file.
fn shortened(text: &str) -> Cow<'_, str> {
    const MOST: usize = 100;
    const END: usize = 20;
    let length = text.chars().count();
    if length <= MOST {
        return Cow::Borrowed(text);
    }
    let start: String = text.chars().take(MOST - END - 1).collect();
    Cow::Owned(start + "…" + &text.chars().skip(length - END).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_quoted_without_its_middle() {
        let address = format!("data:image/png;base64,{}iVBORw0KGgo=", "A".repeat(5000));
        let short = shortened(&address);
        assert_eq!((short.chars().count(), &short[..22]), (100, &address[..22]));
        assert!(short.ends_with("A…AAAAAAAAiVBORw0KGgo="), "{short}");
        assert_eq!(shortened(&address[..100]), address[..100]);
    }

    #[test]
    fn a_remedy_allows_what_was_blocked() {
        for (what, how, source) in [
            ("https://a.example/x", "copy it into the site, or allow its host", "https://a.example"),
            ("//a.example?x", "copy it into the site, or allow its host", "https://a.example"),
            ("data:audio/wav;base64,AA//BB/C", "put it into a file of the site, or allow such URLs", "data:"),
        ] {
            let expected = format!("{how} in `blog.toml`: `[csp]` with `media-src = [\"{source}\"]`");
            assert_eq!(remedy("media-src", what), expected);
            assert!(allowed::matches(source, what), "{source}: {what}");
        }
        assert_eq!(remedy("object-src", "/x"), "allow it in `blog.toml`: `[csp]` with `object-src = [\"'self'\"]`");
        assert_eq!(remedy("script-src", "onclick"), "put the script into a file below `static/`");
    }

    fn sealed(csp: &Csp, body: &str) -> (String, Vec<String>) {
        let base_url = BaseUrl::parse("https://a.example/blog").unwrap();
        let policy = Policy { csp, base_url: &base_url, template: template(csp) };
        let mut page = format!("<meta content=\"{}\">{body}", policy.template);
        let (memo, mut again) = (Memo::default(), page.clone());
        let blocked = policy.seal(&mut page, &memo);
        assert_eq!((policy.seal(&mut again, &memo), &again), (blocked.clone(), &page), "as it is remembered");
        let policy = page.split('"').nth(1).unwrap().to_owned();
        assert!(page.ends_with(body));
        (policy, blocked.into_iter().map(|it| format!("{} {}", it.directive, it.what)).collect())
    }

    #[test]
    fn the_usual_policy() {
        let (policy, blocked) = sealed(&Csp::default(), "<p>Text.</p>");
        assert_eq!(
            policy,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
             media-src 'self'; connect-src 'self'; frame-src 'self'; object-src 'none'; manifest-src 'self'; \
             form-action 'self'; base-uri 'none'"
        );
        assert_eq!(blocked, [""; 0]);
    }

    /// The hash of the greeting is that of [the specification](https://www.w3.org/TR/CSP3/#external-hash).
    #[test]
    fn what_a_page_holds_is_hashed() {
        let hello = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";
        let body = |script: &str| format!("<script>alert('Hello, world.');</script>{script}");
        for same in [
            "",
            "<script type=\"application/ld+json\">{\"a\":1}</script>",
            "<script src=\"/x.js\"></script>",
            "<!-- <script>no()</script> --><p>&lt;script>no()&lt;/script></p><textarea><script>no()</script></textarea>",
        ] {
            let (policy, _) = sealed(&Csp::default(), &body(same));
            assert!(policy.contains(&format!("script-src 'self' {hello}; style-src 'self';")), "{same}: {policy}");
        }
        for another in
            ["<script type=\"TEXT/JavaScript\">x()</script>", "<svg><g/><title/><style/></svg><script>x()</script>"]
        {
            let (policy, _) = sealed(&Csp::default(), &body(another));
            assert!(policy.contains(hello) && policy.contains(&found::hash("x()")), "{another}: {policy}");
        }
        let (policy, _) = sealed(&Csp::default(), "<style>a{b:c}</style><p style=\"a:&quot;b&quot;\">");
        let (style, attribute) = (found::hash("a{b:c}"), found::hash("a:\"b\""));
        assert!(policy.contains(&format!("style-src 'self' 'unsafe-hashes' {attribute} {style};")), "{policy}");
    }

    #[test]
    fn what_comes_from_elsewhere_is_told() {
        let mut diagnostics = crate::source::Diagnostics::default();
        let settings = "[csp]\nimg-src = ['https://*.pictures.example', 'cdn.example/a/']\nframe-src = ['https:']\n";
        let path = crate::source::SitePath::new("blog.toml").unwrap();
        let source = crate::source::Source::new(path, settings);
        let csp = crate::config::Config::read(&source, &mut diagnostics).csp.unwrap();
        assert!(diagnostics.is_empty());
        let (policy, blocked) = sealed(
            &csp,
            "<img src=\"https://b.pictures.example/x.png\"><img src=\"https://pictures.example/x.png\">\
             <img src=\"//cdn.example/a/x.png\" srcset=\"/y.png 1x, http://cdn.example/b/x.png 2x\">\
             <img src=\"data:image/png;base64,AAAA\"><img src=\"https://a.example/other.png\"><img src=\"sub/x:y.png\">\
             <iframe src=\"https://video.example/1\"></iframe><iframe src=\"http://video.example/1\"></iframe>\
             <script src=\"https://cdn.example/a/x.js\"></script><p onclick=\"x()\">\
             <link rel=\"preload stylesheet\" href=\"https://cdn.example/x.css\"><link rel=\"canonical\" href=\"https://x.example/\">\
             <object data=\"/x.swf\"></object>",
        );
        assert!(policy.contains("img-src 'self' data: https://*.pictures.example cdn.example/a/;"), "{policy}");
        assert_eq!(
            blocked,
            [
                "script-src onclick",
                "frame-src http://video.example/1",
                "img-src http://cdn.example/b/x.png",
                "img-src https://pictures.example/x.png",
                "object-src /x.swf",
                "script-src https://cdn.example/a/x.js",
                "style-src https://cdn.example/x.css",
            ]
        );
    }

    #[test]
    fn whatever_loads_something_is_seen() {
        for (body, expected) in [
            ("<img srcset='//a/x 1x,//b/x 2x'>", &["img-src //a/x", "img-src //b/x"][..]),
            ("<img srcset=' //a/x, //b/x,y 5w (,) 5h,'>", &["img-src //a/x", "img-src //b/x,y"]),
            ("<img srcset='//a/x,//b/x'>", &["img-src //a/x,//b/x"]),
            ("<img srcset=','>", &[]),
            ("<object data=' '></object><form action=''>", &[]),
            ("<svg><image href='//a/x'/><image xlink:href='//b/x'></image></svg>", &["img-src //a/x", "img-src //b/x"]),
            ("<svg><filter><feImage href='//a/x'/></filter></svg>", &["img-src //a/x"]),
            ("<button formaction='//a/x'>", &["form-action //a/x"]),
            ("<link rel='Manifest' href='//a/x'><link rel=manifest href='/x'>", &["manifest-src //a/x"]),
            ("<link rel=modulepreload href='//a/x'>", &["script-src //a/x"]),
            ("<link rel=preload as=Font href='//a/x'>", &["font-src //a/x"]),
            ("<link rel=preload as=image imagesrcset='//a/x 2x' href='//b/x'>", &["img-src //a/x", "img-src //b/x"]),
            ("<link rel=preload as=fetch href='//a/x'>", &["connect-src //a/x"]),
            ("<link rel=preload href='//a/x'><link rel=next href='//a/x'>", &[]),
            ("<p once only='1' on-click='x()' ONCLICK='x()'>", &["script-src onclick"]),
        ] {
            assert_eq!(sealed(&Csp::default(), body).1, expected, "{body}");
        }
    }
}
