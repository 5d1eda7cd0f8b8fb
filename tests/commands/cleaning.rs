//! `clean`.

use std::fs;

use crate::support::{Site, tree};

fn built() -> Site {
    let site = Site::new(&[
        ("blog.toml", "title = \"Notes\"\n"),
        ("content/a.md", "```sh,run:one\necho 1\n```\n\n```c\nint x;\n```\n"),
    ]);
    site.build();
    site
}

#[test]
fn a_cleaned_site_is_as_it_was_before_it_was_built() {
    let site = built();
    let sources = ["blog.toml", "content/a.md"];
    for (args, left) in [(&["clean"][..], 4), (&["clean", "--results"], 2)] {
        site.build();
        let said = site.blog(args);
        assert_eq!((said.code, said.stdout.as_str()), (0, ""), "{said:?}");
        for part in ["files of the site from ", "public\n", "of the cache from ", ".blog\n"] {
            assert!(said.stderr.contains(part), "{part}: {said:?}");
        }
        assert_eq!(said.stderr.contains("Removed 1 stored result from results/\n"), args.len() == 2, "{said:?}");
        let files = tree(&site.path(""));
        assert_eq!(files.len(), left, "{:?}", files.keys());
        assert!(sources.iter().all(|file| files.contains_key(*file)));
    }
    let folders: Vec<_> = fs::read_dir(site.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(folders.len(), 2, "{folders:?}");
    assert_eq!(site.blog(&["clean", "--results"]).stderr, "Clean no build left anything here\n");
}

#[test]
fn what_is_not_ours_is_never_removed() {
    let site = built();
    let mine = [
        "public/CNAME",
        "public/a/mine.txt",
        ".blog/mine",
        ".blog/deep/tools.json",
        "results/README.md",
        "results/a/one.notes.md",
        "results/a/two.toml",
        "locks/rust-3fa9c1d2.lock",
    ];
    for file in mine {
        site.write(file, "mine\n");
    }
    let said = site.blog(&["clean", "--results"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.stderr.matches("; what no build wrote is still there\n").count(), 2, "{said:?}");
    let mut files: Vec<String> = tree(&site.path("")).into_keys().collect();
    files.retain(|file| !["blog.toml", "content/a.md"].contains(&file.as_str()));
    let mut kept = mine.map(str::to_owned).to_vec();
    kept.sort();
    assert_eq!(files, kept);
}

#[test]
fn a_folder_of_sources_is_not_cleaned_whatever_lists_its_files() {
    let site = built();
    for folder in ["content", "."] {
        site.write(&format!("{folder}/.blog-manifest"), "a.md\nblog.toml\ncontent/a.md\n");
        let before = tree(&site.path(""));
        let said = site.blog(&["clean", "-o", folder]);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.stderr.contains("cannot be the") || said.stderr.contains("cannot be its output"), "{said:?}");
        assert!(tree(&site.path("")) == before, "{folder}");
    }
}

#[test]
fn the_folder_is_that_of_the_settings_or_the_one_that_is_asked_for() {
    let site = built();
    site.write("blog.toml", "output = \"set\"\n");
    site.build();
    site.blog(&["build", "-o", "asked"]);
    for (args, gone) in
        [(&["clean"][..], "set"), (&["clean", "-o", "asked"], "asked"), (&["clean", "-o", "public"], "public")]
    {
        assert!(site.path(gone).exists());
        assert_eq!(site.blog(args).code, 0, "{args:?}");
        assert!(!site.path(gone).exists(), "{args:?}");
    }
    site.write("blog.toml", "ouput = \"set\"\n");
    let said = site.blog(&["clean"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("unknown setting `ouput`"), "{said:?}");
}
