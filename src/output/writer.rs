//! How a site reaches its folder.
//!
//! First everything is compared, then what differs is written to a hidden folder within it, and only when all of it is
//! there do files move to their places, each at once. A full disk therefore leaves the last good site whole. No link in
//! the folder is followed, and nothing is replaced or removed but what the manifest says an earlier build wrote.

#![expect(clippy::disallowed_methods, reason = "the door through which a site is written")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rayon::prelude::*;

use super::place::{Compared, Place};
use super::stage::{Stage, move_to};
use super::{Output, WriteError, manifest};
use crate::source::SitePath;

/// What became of the files of a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were not there.
    pub new: usize,
    /// Files whose bytes were others.
    pub changed: usize,
    /// Files that were left as they are.
    pub unchanged: usize,
    /// Files of an earlier build that this one no longer makes.
    pub removed: usize,
}

/// Makes a folder hold the site: writes what differs and removes what only an earlier build made. Calls `wrote` with each file
/// that is in its place now and was not before.
///
/// # Errors
/// What the system refuses, and links or files of others that stand in the way.
pub fn write(output: &Output, folder: &Path, wrote: impl Fn(&SitePath) + Sync) -> Result<Written, WriteError> {
    if let Some((path, _)) = output.iter().find(|(path, _)| is_reserved(path)) {
        let why = "is a file of the site, but `blog` and git keep that name in an output folder for themselves";
        return Err(WriteError::refusal(
            Path::new(path.as_str()),
            why,
            "give it another name, or take it out of the site",
        ));
    }
    fs::create_dir_all(folder).map_err(|error| WriteError::io("create", folder, error))?;
    Stage::clear(folder)?;
    let ours = manifest::read(folder)?;
    let place = Place { folder, ours: &ours };
    let Compared { todo, theirs, mut written } = place.compare(output)?;
    let made: BTreeSet<SitePath> =
        output.iter().map(|(path, _)| path).filter(|path| !theirs.contains(path)).cloned().collect();
    if todo.is_empty() && ours == made {
        return Ok(written);
    }

    let stage = Stage::new(folder)?;
    let staged = stage.fill(&todo)?;
    // Until the end the manifest lists the files of both builds, so that one that is cut short forgets none.
    stage.replace_manifest(ours.union(&made))?;
    let gone: Vec<&SitePath> = ours.difference(&made).collect();
    let removed = gone.par_iter().map(|path| place.remove(path).map(usize::from));
    written.removed = removed.try_reduce(|| 0, |a, b| Ok(a + b))?;
    place.make_room(&todo)?;
    staged.par_iter().zip(&todo).try_for_each(|(temporary, file)| {
        move_to(temporary, &place.of(file.path))?;
        wrote(file.path);
        Ok(())
    })?;
    stage.replace_manifest(&made)?;
    Ok(written)
}

/// Whether a path would get in the way of what builds keep in the output folder, or into a repository.
fn is_reserved(path: &SitePath) -> bool {
    let is = |segment: &str, name: &str| segment.eq_ignore_ascii_case(name);
    path.segments().next().is_some_and(|first| is(first, manifest::NAME) || is(first, Stage::NAME))
        || path.segments().any(|segment| is(segment, ".git"))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::super::place::File;
    use super::*;

    fn write(output: &Output, folder: &Path) -> Result<Written, WriteError> {
        super::write(output, folder, |_| ())
    }

    fn output(files: &[(&str, &str)]) -> Output {
        let mut output = Output::default();
        for (path, text) in files {
            output.insert(SitePath::new(path).unwrap(), text.as_bytes());
        }
        output
    }

    /// What a folder holds: `path=text` for files, `path->target` for links, `path/` for empty folders, in order.
    fn tree(folder: &Path) -> Vec<String> {
        let mut lines: Vec<String> = walkdir::WalkDir::new(folder)
            .min_depth(1)
            .into_iter()
            .map(|entry| entry.unwrap().into_path())
            .filter_map(|path| {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                if path.is_symlink() {
                    Some(format!("{name}->{}", fs::read_link(&path).unwrap().display()))
                } else if path.is_dir() {
                    fs::read_dir(&path).unwrap().next().is_none().then(|| format!("{name}/"))
                } else {
                    Some(format!("{name}={}", fs::read_to_string(&path).unwrap()))
                }
            })
            .filter(|line| !line.starts_with(manifest::NAME))
            .collect();
        lines.sort();
        lines
    }

    fn mtimes(folder: &Path) -> Vec<(std::path::PathBuf, SystemTime)> {
        let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
        entries.map(|entry| (entry.path().to_owned(), entry.metadata().unwrap().modified().unwrap())).collect()
    }

    #[test]
    fn builds_one_after_another() {
        struct Case {
            name: &'static str,
            first: &'static [(&'static str, &'static str)],
            second: &'static [(&'static str, &'static str)],
            written: Written,
            left: &'static [&'static str],
        }
        let cases = [
            Case {
                name: "one differs, one is new, one stays, one goes",
                first: &[("a.html", "1"), ("b/index.html", "1"), ("c/d/index.html", "1")],
                second: &[("a.html", "2"), ("b/index.html", "1"), ("e.html", "1")],
                written: Written { new: 1, changed: 1, unchanged: 1, removed: 1 },
                left: &["a.html=2", "b/index.html=1", "e.html=1"],
            },
            Case {
                name: "other bytes of the same length",
                first: &[("a", "12")],
                second: &[("a", "21")],
                written: Written { changed: 1, ..Written::default() },
                left: &["a=21"],
            },
            Case {
                name: "a file becomes a folder",
                first: &[("a", "1"), ("ab", "1")],
                second: &[("a/b/c", "2"), ("ab", "1")],
                written: Written { new: 1, unchanged: 1, removed: 1, changed: 0 },
                left: &["a/b/c=2", "ab=1"],
            },
            Case {
                name: "a folder becomes a file",
                first: &[("a/b/c", "1"), ("a/d", "1")],
                second: &[("a", "2")],
                written: Written { new: 1, removed: 2, ..Written::default() },
                left: &["a=2"],
            },
            Case {
                name: "everything goes",
                first: &[("a/b", "1"), ("c", "1")],
                second: &[],
                written: Written { removed: 2, ..Written::default() },
                left: &[],
            },
        ];
        for Case { name, first, second, written, left } in cases {
            let folder = tempfile::tempdir().unwrap();
            write(&output(first), folder.path()).unwrap();
            assert_eq!(write(&output(second), folder.path()).unwrap(), written, "{name}");
            assert_eq!(tree(folder.path()), left, "{name}");
        }
    }

    #[test]
    fn a_build_that_changes_nothing_touches_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let site = output(&[("index.html", "home"), ("gil/index.html", "gil")]);
        write(&site, &folder.path().join("new/public")).unwrap();
        let before = mtimes(folder.path());
        let written = write(&site, &folder.path().join("new/public")).unwrap();
        assert_eq!(written, Written { unchanged: 2, ..Written::default() });
        assert_eq!(mtimes(folder.path()), before);
    }

    #[test]
    fn a_file_that_did_not_change_keeps_its_time() {
        let folder = tempfile::tempdir().unwrap();
        write(&output(&[("a", "1"), ("b", "1")]), folder.path()).unwrap();
        let modified = |name: &str| folder.path().join(name).metadata().unwrap().modified().unwrap();
        let before = modified("a");
        write(&output(&[("a", "1"), ("b", "2")]), folder.path()).unwrap();
        assert_eq!(modified("a"), before);
    }

    #[test]
    fn files_of_others_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        for name in ["CNAME", "a/notes", ".nojekyll"] {
            fs::write(folder.path().join(name), "mine").unwrap();
        }
        write(&output(&[("a/index.html", "1"), ("index.html", "1")]), folder.path()).unwrap();
        write(&output(&[("index.html", "2")]), folder.path()).unwrap();
        assert_eq!(tree(folder.path()), [".nojekyll=mine", "CNAME=mine", "a/notes=mine", "index.html=2"]);
    }

    #[test]
    fn a_file_or_folder_of_others_in_the_way_stops_a_build_before_it_writes() {
        for (theirs, ours, said) in [
            ("a/theirs", "a", "is a folder with files of others"),
            ("a", "a/index.html", "is a file that no build wrote"),
            ("a", "a", "holds a file that `blog` did not write and would have to overwrite: `a`"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(theirs);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "mine").unwrap();
            let error = write(&output(&[(ours, "1"), ("0", "1")]), folder.path()).unwrap_err();
            assert!(error.to_string().contains(said), "{error}");
            assert_eq!(tree(folder.path()), [format!("{theirs}=mine")]);
        }
    }

    #[test]
    fn no_file_of_a_site_takes_a_name_that_builds_need() {
        for name in [".blog-manifest", ".blog-stage/0", ".Blog-Stage", ".git/hooks/x", "a/.git"] {
            let folder = tempfile::tempdir().unwrap();
            let error = write(&output(&[("a", "1"), (name, "1")]), folder.path()).unwrap_err();
            assert!(error.to_string().starts_with(&format!("{name} is a file of the site, but")), "{error}");
            assert_eq!(tree(folder.path()), [""; 0], "{name}");
        }
        let folder = tempfile::tempdir().unwrap();
        write(&output(&[(".gitignore", "1"), ("a/.blog-stage", "1")]), folder.path()).unwrap();
        assert_eq!(tree(folder.path()), [".gitignore=1", "a/.blog-stage=1"]);
    }

    #[test]
    fn a_folder_that_is_not_ours_alone_makes_no_room_and_keeps_our_files() {
        let folder = tempfile::tempdir().unwrap();
        write(&output(&[("a/ours", "1"), ("b", "1")]), folder.path()).unwrap();
        fs::write(folder.path().join("a/theirs"), "mine").unwrap();
        let error = write(&output(&[("a", "2"), ("b", "2")]), folder.path()).unwrap_err();
        assert!(error.to_string().contains("is a folder with files of others"), "{error}");
        assert_eq!(tree(folder.path()), ["a/ours=1", "a/theirs=mine", "b=1"]);
    }

    #[test]
    fn every_file_of_others_that_differs_is_named_and_none_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        for name in 10..22 {
            fs::write(folder.path().join(name.to_string()), "theirs").unwrap();
        }
        let before = tree(folder.path());
        let names: Vec<String> = (10..23).map(|name| name.to_string()).collect();
        let site: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "ours")).collect();
        let error = write(&output(&site), folder.path()).unwrap_err().to_string();
        assert!(error.contains("holds files that `blog` did not write"), "{error}");
        assert!(
            error.contains(": `10`, `11`, `12`, `13`, `14`, `15`, `16`, `17`, `18`, `19` and 2 more\nhelp: "),
            "{error}"
        );
        assert_eq!(tree(folder.path()), before);
        assert!(!folder.path().join(manifest::NAME).exists());
    }

    #[test]
    fn a_site_whose_manifest_was_lost_is_another_s() {
        let folder = tempfile::tempdir().unwrap();
        write(&output(&[("a", "1"), ("b", "1")]), folder.path()).unwrap();
        fs::remove_file(folder.path().join(manifest::NAME)).unwrap();
        let written = write(&output(&[("a", "1"), ("b", "1"), ("c", "1")]), folder.path()).unwrap();
        assert_eq!(written, Written { new: 1, unchanged: 2, ..Written::default() });
        assert!(write(&output(&[("a", "2")]), folder.path()).is_err(), "it may be the author's");
        write(&output(&[]), folder.path()).unwrap();
        assert_eq!(tree(folder.path()), ["a=1", "b=1"], "what no build wrote is not removed");
    }

    #[test]
    fn what_a_killed_build_left_is_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".blog-stage")).unwrap();
        fs::write(folder.path().join(".blog-stage/0"), "half").unwrap();
        // It had listed what it meant to write, wrote one file and removed none.
        fs::write(folder.path().join(manifest::NAME), "a\nb\nc\n").unwrap();
        fs::write(folder.path().join("a"), "1").unwrap();
        fs::write(folder.path().join("c"), "1").unwrap();
        let written = write(&output(&[("a", "1"), ("b", "1")]), folder.path()).unwrap();
        assert_eq!(written, Written { new: 1, unchanged: 1, removed: 1, changed: 0 });
        assert_eq!(tree(folder.path()), ["a=1", "b=1"]);
        assert_eq!(fs::read_to_string(folder.path().join(manifest::NAME)).unwrap(), "a\nb\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_never_followed() {
        use std::os::unix::fs::symlink;

        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("key"), "secret").unwrap();
        fs::write(outside.path().join("index.html"), "theirs").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path();
        let nothing_happened_outside = || assert_eq!(tree(outside.path()), ["index.html=theirs", "key=secret"]);

        // In place of the manifest and of the staging folder a link is replaced, in place of a file only one that the
        // manifest claims.
        symlink(outside.path().join("key"), site.join("a")).unwrap();
        symlink(outside.path().join("key"), site.join(manifest::NAME)).unwrap();
        symlink(outside.path(), site.join(".blog-stage")).unwrap();
        let error = write(&output(&[("a", "secret")]), site).unwrap_err();
        assert!(error.to_string().contains("would have to overwrite: `a`\n"), "{error}");
        fs::remove_file(site.join("a")).unwrap();
        write(&output(&[("a", "secret")]), site).unwrap();
        fs::remove_file(site.join("a")).unwrap();
        symlink(outside.path().join("key"), site.join("a")).unwrap();
        write(&output(&[("a", "secret")]), site).unwrap();
        assert_eq!(tree(site), ["a=secret"]);
        nothing_happened_outside();

        // In place of a folder it stops the build, even if a manifest claims it.
        symlink(outside.path(), site.join("b")).unwrap();
        fs::write(site.join(manifest::NAME), "a\nb\nb/key\n").unwrap();
        let error = write(&output(&[("a", "1"), ("b/index.html", "1")]), site).unwrap_err();
        assert!(error.to_string().contains("is a symbolic link"), "{error}");
        nothing_happened_outside();

        // Nothing is removed through it; the link itself, which the manifest claims, is.
        write(&output(&[("a", "1")]), site).unwrap();
        assert_eq!(tree(site), ["a=1"]);
        nothing_happened_outside();
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_an_error_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = write(&output(&[("a", "1")]), &file.join("public")).unwrap_err();
        assert!(error.to_string().starts_with(&format!("cannot create {}", file.join("public").display())), "{error}");
    }

    #[test]
    fn a_write_that_fails_leaves_the_last_site_whole() {
        let folder = tempfile::tempdir().unwrap();
        write(&output(&[("a", "1"), ("b", "1")]), folder.path()).unwrap();
        let site = output(&[("a", "2"), ("c", "2")]);
        let stage = Stage::new(folder.path()).unwrap();
        // The second file cannot be made, as on a full disk.
        fs::write(folder.path().join(".blog-stage/1"), "").unwrap();
        let (path_a, path_c) = (SitePath::new("a").unwrap(), SitePath::new("c").unwrap());
        let files = [(&path_a, site.get(&path_a).unwrap()), (&path_c, site.get(&path_c).unwrap())];
        let files = files.map(|(path, bytes)| File { path, bytes });
        let error = stage.fill(&files).unwrap_err();
        drop(stage);
        assert!(error.to_string().starts_with(&format!("cannot write {}", folder.path().join("c").display())));
        assert_eq!(tree(folder.path()), ["a=1", "b=1"]);
    }
}
