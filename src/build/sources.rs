//! What a site is made of: its configuration, its posts, and the files that are published as they are.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Request;
use crate::cells::Options;
use crate::config::Config;
use crate::content::{self, LeftOut, Post};
use crate::source::{Code, Diagnostic, Diagnostics, SitePath, Source};
use crate::world::{World, is_hidden};

/// Reads a file that is there.
pub(super) fn read(world: &dyn World, path: &SitePath) -> Result<Vec<u8>, Diagnostic> {
    world.read(path).map_err(|error| Diagnostic::unreadable(path, &error))
}

pub(super) fn read_config(world: &dyn World, request: &Request, diagnostics: &mut Diagnostics) -> Config {
    let bytes = match world.read_if_there(&request.config) {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(error) => {
            diagnostics.push(Diagnostic::unreadable(&request.config, &error));
            Vec::new()
        }
    };
    let source = diagnostics.take(Source::decode(request.config.clone(), bytes));
    let mut config = source.map_or_else(Config::default, |source| Config::read(&source, diagnostics));
    if let Some(table) = &config.cells {
        Options::check_inherited(table, diagnostics);
    }
    if let Some(base_url) = &request.base_url {
        config.base_url = base_url.clone();
    }
    config
}

/// Tells which symbolic links are left out.
pub(super) fn warn_of_links(world: &dyn World, diagnostics: &mut Diagnostics) {
    for folder in ["content", "templates", "static"] {
        let folder = SitePath::new(folder).expect("a plain name");
        // A folder that cannot be read is an error where its files are listed.
        for link in world.links(&folder).unwrap_or_default() {
            let warning =
                Diagnostic::warning(Code::SymbolicLink, format!("`{link}` is a symbolic link and is left out"));
            diagnostics.push(warning.help("put a copy there: a link may lead out of the site, so none is followed"));
        }
    }
}

/// What lies below `content/`.
pub(super) struct Content {
    pub(super) posts: Vec<SitePath>,
    pub(super) files: Vec<SitePath>,
}

impl Content {
    pub(super) fn list(world: &dyn World, diagnostics: &mut Diagnostics) -> Content {
        let folder = SitePath::new("content").expect("a plain name");
        let listed = diagnostics.take(world.list(&folder).map_err(|error| Diagnostic::unreadable(&folder, &error)));
        let shown = listed.unwrap_or_default().into_iter().filter(|file| !is_hidden(file) && !content::is_backup(file));
        let (posts, mut files): (Vec<_>, Vec<_>) = shown.partition(content::is_post);
        // Notes of the author's and of other tools, such as `_index.md`.
        files.retain(|file| !file.name().starts_with('_'));
        Content { posts, files }
    }
}

/// Reads the posts, and sorts out those that are not to be published.
pub(super) fn read_posts(
    paths: &[SitePath],
    world: &dyn World,
    config: &Config,
    request: &Request,
    diagnostics: &mut Diagnostics,
) -> (Vec<Post>, Vec<(Post, LeftOut)>) {
    let read: Vec<(Option<Post>, Diagnostics)> = paths
        .par_iter()
        .map(|path| {
            let mut diagnostics = Diagnostics::default();
            let source = read(world, path).and_then(|bytes| Source::decode(path.clone(), bytes));
            let post = diagnostics.take(source).and_then(|source| Post::read(source, config, &mut diagnostics));
            (post, diagnostics)
        })
        .collect();
    let mut posts = Vec::new();
    let mut left_out = Vec::new();
    for (post, wrong) in read {
        diagnostics.extend(wrong);
        let Some(post) = post else { continue };
        match post.meta.left_out(request.now) {
            Some(why) if !request.publish.contains(&why) => left_out.push((post, why)),
            _ => posts.push(post),
        }
    }
    (posts, left_out)
}

/// Where files that are no posts go: those of a bundle to its post's address, or nowhere if the post is left out, others
/// to their place below `content/`. What lies among drafts is published with them.
pub(super) fn published_files(
    files: &[SitePath],
    posts: &[Post],
    left_out: &[(Post, LeftOut)],
    request: &Request,
) -> Vec<(SitePath, SitePath)> {
    let content = SitePath::new("content").expect("a plain name");
    let bundle = |post: &Post, place| Some((post.bundle.clone()?, place));
    let shown = posts.iter().filter_map(|post| bundle(post, Some(post.address.output_file().parent())));
    let hidden = left_out.iter().filter_map(|(post, _)| bundle(post, None));
    let bundles: BTreeMap<SitePath, Option<SitePath>> = hidden.chain(shown).collect();
    let place = |file: &SitePath| {
        let mut folder = file.parent();
        while folder != content && folder != SitePath::default() {
            if let Some(address) = bundles.get(&folder) {
                return Some(address.as_ref()?.join(&file.below(&folder).expect("it lies in its own folder")));
            }
            folder = folder.parent();
        }
        let shown = request.publish.contains(&LeftOut::Draft) || !content::is_among_drafts(file);
        shown.then(|| file.below(&content).expect("it was listed there"))
    };
    files.iter().filter_map(|file| Some((place(file)?, file.clone()))).collect()
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn links_are_left_out_with_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        let mut diagnostics = super::Diagnostics::default();
        for name in ["content", "templates", "static", "notes"] {
            let link = folder.path().join(name).join(".x");
            std::fs::DirBuilder::new().create(link.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink("/etc", link).unwrap();
        }
        super::warn_of_links(&crate::world::Disk::new(folder.path()), &mut diagnostics);
        let said: Vec<&str> = diagnostics.iter().map(crate::source::Diagnostic::message).collect();
        let expected = ["content/.x", "templates/.x", "static/.x"];
        assert_eq!(said, expected.map(|link| format!("`{link}` is a symbolic link and is left out")));
        assert!(!diagnostics.has_errors());
    }
}
