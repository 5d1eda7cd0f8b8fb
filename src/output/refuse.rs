use std::io;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::{WriteError, manifest};
use crate::source::SitePath;

/// Names in a site under which its author keeps things, whether they are there yet or not.
const SOURCES: [&str; 8] = ["content", "templates", "static", "src", "results", ".blog", ".git", "blog.toml"];

const HELP: &str = "choose a folder of its own by `--output`, such as `public`";

/// Refuses an output folder in which a build could overwrite what the author wrote: the site's root or a folder around
/// it, one that is, holds or lies in a folder of sources, one with a `blog.toml` or with posts. Links are followed first,
/// and one that stands in the site and leads out of it is refused too, since a site may come from a stranger.
///
/// # Errors
/// The reason, or a path that cannot be looked at.
pub fn refuse_sources(root: &Path, output: &Path) -> Result<(), WriteError> {
    let refuse = |why: &str| Err(WriteError::refusal(output, why, HELP));
    let real_root = resolve(root)?;
    let real = resolve(output)?;
    if real.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir()) {
        return refuse("is a file and no folder that a site could be written to");
    }
    if real == real_root {
        return refuse("is the folder of the site itself and cannot be its output");
    }
    if real_root.starts_with(&real) {
        return refuse("holds the site's sources and cannot be its output");
    }
    for name in SOURCES {
        for sources in [real_root.join(name), resolve(&root.join(name))?] {
            if real.starts_with(&sources) || sources.starts_with(&real) {
                return refuse(&format!("holds sources (`{name}`) and cannot be the output of the site"));
            }
        }
    }
    if real.join("blog.toml").symlink_metadata().is_ok() {
        return refuse("holds a `blog.toml`, so it is a site's source and cannot be an output");
    }
    if let Some(post) = foreign_post(&real)? {
        return refuse(&format!("holds a post (`{post}`), so it is a site's source and cannot be an output"));
    }
    if stands_in(output, root)? && !real.starts_with(&real_root) {
        return refuse("leads out of the site by a symbolic link");
    }
    Ok(())
}

/// A Markdown file below `content/` in an output folder that no build wrote there; a site may publish such files.
fn foreign_post(output: &Path) -> Result<Option<SitePath>, WriteError> {
    let content = output.join("content");
    if !content.is_dir() {
        return Ok(None);
    }
    let ours = manifest::read(output)?;
    let is_markdown =
        |path: &SitePath| path.extension().is_some_and(|it| matches!(&*it.to_ascii_lowercase(), "md" | "markdown"));
    // What cannot be read or named cannot be a post either.
    let files = WalkDir::new(content).sort_by_file_name().into_iter().flatten().filter(|it| !it.file_type().is_dir());
    let mut paths = files.filter_map(|file| SitePath::new(file.path().strip_prefix(output).ok()?.to_str()?).ok());
    Ok(paths.find(|path| is_markdown(path) && !ours.contains(path)))
}

/// Whether a path lies in a folder by its own words, links aside.
fn stands_in(path: &Path, folder: &Path) -> Result<bool, WriteError> {
    let inner = absolute(path)?.strip_prefix(absolute(folder)?).map(Path::to_owned);
    Ok(inner.is_ok_and(|inner| !inner.components().any(|part| part == Component::ParentDir)))
}

fn absolute(path: &Path) -> Result<PathBuf, WriteError> {
    std::path::absolute(path).map_err(|error| WriteError::io("resolve", path, error))
}

/// The path without links, of which the last parts need not exist yet.
fn resolve(path: &Path) -> Result<PathBuf, WriteError> {
    let mut real = PathBuf::new();
    for component in absolute(path)?.components() {
        match component {
            Component::ParentDir => {
                real.pop();
            }
            component => real.push(component),
        }
        match real.canonicalize() {
            Ok(canonical) => real = canonical,
            Err(error) if error.kind() == io::ErrorKind::NotFound && real.symlink_metadata().is_err() => {}
            Err(error) => return Err(WriteError::io("resolve", &real, error)),
        }
    }
    Ok(real)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "a site is laid out in a temporary folder")]

    use super::*;

    #[cfg(unix)]
    #[test]
    fn where_a_site_may_be_written() {
        use std::fs;
        use std::os::unix::fs::symlink;

        let outside = tempfile::tempdir().unwrap();
        let root = outside.path().join("site");
        for folder in ["content/posts", "templates", "static", "notes", "sub", "other", "site/content/x", "md/content"]
        {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::create_dir(outside.path().join("drafts")).unwrap();
        fs::write(root.join("other/blog.toml"), "").unwrap();
        fs::write(root.join("site/content/x/a.md"), "").unwrap();
        for path in ["md/content/a.md", "md/content/b.txt"] {
            fs::write(root.join(path), "").unwrap();
        }
        fs::write(root.join("md").join(manifest::NAME), "content/a.md\n").unwrap();
        fs::write(root.join("file"), "").unwrap();
        symlink(outside.path().join("drafts"), root.join("src")).unwrap();
        symlink(root.join("content"), root.join("to-content")).unwrap();
        symlink(outside.path(), root.join("out")).unwrap();
        symlink("nowhere", root.join("dangling")).unwrap();

        for (output, wrong) in [
            ("public", None),
            ("notes/public", None),
            ("contents", None),
            ("sub/../public", None),
            ("md", None),
            ("../public", None),
            ("", Some("is the folder of the site itself")),
            ("notes/..", Some("is the folder of the site itself")),
            ("..", Some("holds the site's sources")),
            ("/", Some("holds the site's sources")),
            ("content", Some("(`content`)")),
            ("results", Some("(`results`)")),
            ("blog.toml", Some("(`blog.toml`)")),
            ("site", Some("holds a post (`content/x/a.md`)")),
            ("file", Some("is a file and no folder")),
            ("other/blog.toml", Some("is a file and no folder")),
            ("content/posts/public", Some("(`content`)")),
            ("notes/../static/new", Some("(`static`)")),
            ("src", Some("(`src`)")),
            (".git/public", Some("(`.git`)")),
            (".git", Some("(`.git`)")),
            ("../drafts", Some("(`src`)")),
            ("to-content/x", Some("(`content`)")),
            ("other", Some("`blog.toml`")),
            ("out/elsewhere", Some("by a symbolic link")),
            ("dangling", Some("cannot resolve")),
            ("other/blog.toml/x", Some("cannot resolve")),
        ] {
            let said = refuse_sources(&root, &root.join(output)).err().map(|error| error.to_string());
            match (wrong, &said) {
                (None, None) => {}
                (Some(part), Some(text)) if text.contains(part) => {}
                _ => panic!("{output}: {said:?} should say {wrong:?}"),
            }
        }
    }
}
