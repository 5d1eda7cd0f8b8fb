use pulldown_cmark::{Event, Tag};

use super::destination::{Destination, decode, is_local};
use super::targets::{Found, Targets, follow, names_anchor, way};
use super::{Document, Piece};
use crate::config::BaseUrl;
use crate::content::{LeftOut, Post};
use crate::source::{Address, Code, Diagnostic, Diagnostics, SitePath, Span};

/// A link to something that is neither a post nor a file of the author's: only the finished site can tell whether it is
/// there.
#[derive(Debug, Clone, PartialEq)]
pub struct LooseEnd {
    /// The paths in the output that it may lead to: a file, or a folder with a page in it.
    paths: Vec<SitePath>,
    /// What to say if nothing is there.
    dead: Diagnostic,
}

impl LooseEnd {
    /// What is wrong with it, if nothing that is published stands where it leads.
    pub fn check(self, is_published: impl Fn(&SitePath) -> bool) -> Option<Diagnostic> {
        let stands = |path: &SitePath| is_published(path) || is_published(&Address::folder(path.clone()).output_file());
        (!self.paths.iter().any(stands)).then_some(self.dead)
    }
}

/// Turns every reference of a document, and the picture that shows its post, into a link to where its target is published. A dead
/// file, or a dead anchor in another post, is an error.
/// Gives the links that cannot be judged yet.
pub fn resolve(
    document: &mut Document,
    post: &mut Post,
    targets: &Targets,
    base: &BaseUrl,
    diagnostics: &mut Diagnostics,
) -> Vec<LooseEnd> {
    let mut image = post.meta.image.take();
    let mut pieces = std::mem::take(&mut document.pieces);
    let mut loose = Vec::new();
    let mut images = Vec::new();
    let links = Links { document, post, targets, base };
    for piece in &mut pieces {
        let Piece::Reference(event, span) = piece else { continue };
        if let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event
            && let Some(resolved) = links.resolve(dest_url, span, &mut loose, diagnostics)
        {
            *dest_url = resolved.into();
        }
        if let Event::Start(Tag::Image { dest_url, .. }) = event {
            images.push((dest_url.to_string(), span.clone()));
        }
        let event = std::mem::replace(event, Event::Rule);
        *piece = Piece::Event(event);
    }
    if let Some((url, span)) = &mut image
        && is_local(url)
        && let Some(resolved) = links.resolve(url, span, &mut loose, diagnostics)
    {
        *url = resolved;
    }
    document.pieces = pieces;
    document.images = images;
    post.meta.image = image;
    loose
}

/// The folder that sources of posts stand in.
const CONTENT: &str = "content";

/// The links of one document.
struct Links<'a> {
    document: &'a Document,
    post: &'a Post,
    targets: &'a Targets,
    base: &'a BaseUrl,
}

/// What a path in a link means.
enum Meaning<'a> {
    /// A page or file of the site.
    Found(Found<'a>),
    /// Nothing, although it names this source.
    DeadSource(Option<SitePath>),
    /// Perhaps a page that the site makes, at one of these paths from its root.
    AbsoluteAddress(Vec<SitePath>),
    /// Perhaps such a page, from where the post will stand.
    RelativeAddress(Option<SitePath>),
}

impl Links<'_> {
    /// The link to write instead of `written`, unless that is right already.
    fn resolve(
        &self,
        written: &str,
        span: &Span,
        loose: &mut Vec<LooseEnd>,
        diagnostics: &mut Diagnostics,
    ) -> Option<String> {
        let destination = Destination::new(written);
        if destination.path.is_empty() {
            let fragment = destination.fragment?;
            if !is_for_others(fragment) && !names_anchor(fragment, self.document.anchor_names()) {
                // A warning: other tools number and spell anchors in other ways, and the link leads at least to its page.
                let message = format!("there is no anchor `#{}` in this post", decode(fragment));
                let warning = Diagnostic::warning(Code::DeadAnchor, message);
                diagnostics.push(dead_anchor(warning, fragment, self.document.anchor_names(), span));
            }
            return None;
        }
        match self.meaning(&destination.decoded_path()) {
            Meaning::Found(found) => {
                self.check_anchor(&found, destination.fragment, span, diagnostics);
                Some(format!("{}{}", self.base.local(found.address), destination.tail()))
            }
            Meaning::DeadSource(source) => {
                diagnostics.push(self.dead_source(destination.path, source.as_ref(), span));
                None
            }
            Meaning::AbsoluteAddress(paths) => {
                loose.push(LooseEnd { paths, dead: unknown_address(destination.path, span) });
                let prefixed = self.within_base(destination.path.trim_start_matches('/')).is_some();
                (!prefixed).then(|| format!("{}{written}", self.base.path()))
            }
            Meaning::RelativeAddress(path) => {
                let source = follow(&self.post.source.path().parent(), &destination.decoded_path());
                let dead = self.dead_source(destination.path, source.as_ref(), span);
                // Written from the root, it leads there from lists that show the summary, too.
                let link = path.as_ref().map(|path| {
                    let folder = destination.path.ends_with('/');
                    let address = if folder { Address::folder(path.clone()) } else { Address::file(path.clone()) };
                    format!("{}{}", self.base.local(&address), destination.tail())
                });
                loose.push(LooseEnd { paths: path.into_iter().collect(), dead });
                link
            }
        }
    }

    fn meaning(&self, path: &str) -> Meaning<'_> {
        let source_alone = path.starts_with("@/");
        match path.strip_prefix("@/").or_else(|| path.strip_prefix('/')) {
            Some(below) => self.absolute(below, source_alone),
            None => self.relative(path),
        }
    }

    /// A path from `content/`, or from the root of the site.
    fn absolute(&self, below: &str, source_alone: bool) -> Meaning<'_> {
        let content = SitePath::new(CONTENT).expect("a plain name");
        let source = follow(&content, below);
        if let Some(found) = source.as_ref().and_then(|source| self.targets.by_source(source)) {
            return Meaning::Found(found);
        }
        if source_alone || is_markdown(below) {
            return Meaning::DeadSource(source);
        }
        match self.by_output(below) {
            Some(found) => Meaning::Found(found),
            None => Meaning::AbsoluteAddress(self.outputs(below).collect()),
        }
    }

    /// What is published at a path from the root of the host or of the site.
    fn by_output(&self, path: &str) -> Option<Found<'_>> {
        self.outputs(path).find_map(|path| self.targets.by_output(&path))
    }

    /// The paths in the output that a path from the root of the host or of the site may mean.
    fn outputs(&self, path: &str) -> impl Iterator<Item = SitePath> {
        let paths = [self.within_base(path), Some(path)];
        paths.into_iter().flatten().filter_map(|path| follow(&SitePath::default(), path))
    }

    /// What follows the path of the base URL, if that is not empty and stands in front.
    fn within_base<'p>(&self, path: &'p str) -> Option<&'p str> {
        let inner = path.strip_prefix(self.base.path().strip_prefix('/')?)?;
        if inner.is_empty() { Some(inner) } else { inner.strip_prefix('/') }
    }

    /// A path from the post's folder or, failing that, from its address, as browsers read it.
    fn relative(&self, path: &str) -> Meaning<'_> {
        let source = follow(&self.post.source.path().parent(), path);
        let by_source = || self.targets.by_source(source.as_ref()?);
        let page = self.post.address.output_file().parent();
        match by_source().or_else(|| self.targets.by_output(&follow(&page, path)?)) {
            Some(found) => Meaning::Found(found),
            None if is_markdown(path) => Meaning::DeadSource(source),
            None => Meaning::RelativeAddress(follow(&page, path)),
        }
    }

    fn check_anchor(&self, found: &Found<'_>, fragment: Option<&str>, span: &Span, diagnostics: &mut Diagnostics) {
        let (Some(post), Some(fragment)) = (found.post, fragment) else { return };
        if !is_for_others(fragment) && !names_anchor(fragment, self.targets.anchors(post)) {
            let error =
                Diagnostic::error(Code::DeadAnchor, format!("there is no anchor `#{}` in `{post}`", decode(fragment)));
            diagnostics.push(dead_anchor(error, fragment, self.targets.anchors(post), span));
        }
    }

    fn dead_source(&self, written: &str, source: Option<&SitePath>, span: &Span) -> Diagnostic {
        let error = Diagnostic::error(Code::DeadLink, format!("the link `{written}` is dead"));
        let Some(source) = source else {
            return error.at(span.clone(), "leads out of the site");
        };
        if let Some(why) = self.targets.left_out(source) {
            let (label, help) = match why {
                LeftOut::Draft => {
                    ("is a draft", "publish that post too, or leave the link out as long as it is a draft")
                }
                LeftOut::Future => ("is not published yet", "give this post a later date, or leave the link out"),
                LeftOut::Expired => ("is no longer published", "leave the link out"),
            };
            return error.at(span.clone(), format!("`{source}` {label}")).help(help);
        }
        let error = error.at(span.clone(), format!("there is no `{source}` that is published"));
        let folder = self.post.source.path().parent();
        match self.targets.namesakes(source) {
            [moved, ..] => error.mean(written, &way(&folder, moved)),
            [] => {
                let beside = |name: &str| SitePath::new(name).map(|name| way(&folder, &source.parent().join(&name)));
                let near: Vec<String> = self.targets.neighbours(source).filter_map(|name| beside(name).ok()).collect();
                error.suggest(&way(&folder, source), near.iter().map(String::as_str))
            }
        }
    }
}

/// What to say of an anchor that is not there, with its place and the nearest one that is.
fn dead_anchor<'a>(
    said: Diagnostic,
    fragment: &str,
    anchors: impl Iterator<Item = &'a str>,
    span: &Span,
) -> Diagnostic {
    /// More anchors than that are not compared with a dead one: a post may hold thousands of both.
    const COMPARED: usize = 200;
    said.at(span.clone(), "no heading and no element of raw HTML has it")
        .suggest(&decode(fragment), anchors.take(COMPARED))
}

fn unknown_address(path: &str, span: &Span) -> Diagnostic {
    Diagnostic::warning(Code::DeadAddress, format!("nothing stands at `{path}`"))
        .at(span.clone(), "")
        .help("link to a post by its source, such as `other.md`, and it is found wherever it stands")
}

/// Whether an anchor is not the document's own: the top of a page, a text fragment, a cell's figure.
fn is_for_others(fragment: &str) -> bool {
    fragment.is_empty() || fragment == "top" || fragment.starts_with(":~:") || fragment.starts_with("cell-")
}

fn is_markdown(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| ["md", "markdown"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}
