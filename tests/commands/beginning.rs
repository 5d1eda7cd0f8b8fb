//! `init` and `new`.

use std::fs;
use std::process::Command;

use blog::data::read_yaml;
use blog::source::{SitePath, Source};

use super::site;
use crate::support::{Site, finish, tree};

#[test]
fn a_begun_site_can_be_built_at_once() {
    let site = Site::new(&[]);
    let said = site.blog(&["init", "notes"]);
    assert_eq!(said.code, 0, "{said:?}");
    for file in ["blog.toml", "content/hello-threads.md", ".gitignore"] {
        assert!(
            said.stderr.contains(&format!("Created notes/{file}\n")) && site.path("notes").join(file).exists(),
            "{file}"
        );
    }
    let begun = tree(&site.path("notes"));
    let mut command = site.command(&["build"]);
    command.current_dir(site.path("notes"));
    let built = finish(command);
    assert_eq!(built.code, 0, "{built:?}");
    let post = site.read("notes/public/hello-threads/index.html");
    assert!(post.contains("hello from thread 2") && post.contains("<dt>time</dt>"), "{post}");

    // Once only.
    let said = site.blog(&["init", "notes"]);
    assert_eq!(said.code, 1);
    assert_eq!(said.stderr, "error: notes already holds a site: it has blog.toml\n");
    assert!(begun.iter().all(|(path, bytes)| fs::read(site.path("notes").join(path)).unwrap() == *bytes));
}

#[test]
fn what_is_in_a_folder_already_is_kept_by_init() {
    let site = Site::new(&[(".gitignore", "mine\n"), ("README.md", "mine\n")]);
    assert_eq!(site.blog(&["init", "."]).code, 0);
    assert_eq!((site.read(".gitignore"), site.read("README.md")), ("mine\n".to_owned(), "mine\n".to_owned()));
    assert!(site.path("blog.toml").exists());
    let said = site.blog(&["init", "README.md"]);
    assert_eq!((said.code, said.stderr.as_str()), (1, "error: README.md is not a folder\n"));
    let posts = Site::new(&[("content/x.md", "x\n")]);
    assert_eq!(posts.blog(&["init", "."]).code, 1);
    assert_eq!(tree(&posts.path("")).len(), 1);
}

#[test]
fn posts_are_begun_with_any_title_in_either_notation() {
    let titles = [
        ("Channels are queues", "channels-are-queues"),
        ("C++ & \"quotes\" \\ #1: 'x'", "c-plus-plus-quotes-1-x"),
        ("# yes: [no] {x} !", "yes-no-x"),
        ("../../etc/passwd", "etc-passwd"),
        ("日本語", "日本語"),
        ("--- +++ ```", "—"),
        ("true", "true"),
        ("2024-05-06", "2024-05-06"),
        ("CON", "con"),
    ];
    for notation in [&["--yaml"][..], &[]] {
        let site = Site::new(&[("blog.toml", "")]);
        for (title, _) in titles {
            let said = site.blog(&[&["new"], notation, &["--", title]].concat());
            assert_eq!((said.code, said.stdout.as_str()), (0, ""), "{title}: {said:?}");
        }
        let files = tree(&site.path("content"));
        assert_eq!(files.len(), titles.len(), "{:?}", files.keys());
        let fence = if notation.is_empty() { b"+++\n" } else { b"---\n" };
        assert!(files.values().all(|bytes| bytes.starts_with(fence)));

        site.build();
        let json: serde_json::Value = serde_json::from_str(&site.blog(&["list", "--json"]).stdout).unwrap();
        for (title, slug) in titles {
            let page = json.as_array().unwrap().iter().find(|page| page["title"] == title);
            let page = page.unwrap_or_else(|| panic!("{title} is not listed\n{json:#}"));
            assert_eq!((&page["left_out"], &page["draft"]), (&serde_json::Value::Null, &false.into()), "{title}");
            assert!(page["date"].is_string(), "{title}");
            if slug != "—" && slug != "2024-05-06" {
                assert_eq!(page["source"], format!("content/{slug}.md"), "{title}");
            }
        }
    }
}

#[test]
fn a_post_is_never_begun_over_another() {
    let site = site();
    let said = site.blog(&["new", "A post"]);
    assert_eq!(said.code, 0);
    assert!(said.stderr.starts_with("Created ") && said.stderr.ends_with("content/a-post.md:7\n"), "{said:?}");
    site.write("content/a-post.md", "written since\n");
    for title in ["A post", "a  POST!"] {
        let said = site.blog(&["new", title]);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.stderr.starts_with("error: ") && said.stderr.contains("a-post.md is already there"), "{said:?}");
        assert_eq!(site.read("content/a-post.md"), "written since\n");
    }
}

#[test]
fn a_post_that_was_just_begun_is_published_wherever_its_author_is() {
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"] {
        for settings in ["", "time_zone = \"Asia/Tokyo\"\n", "time_zone = \"America/Los_Angeles\"\n"] {
            let site = Site::new(&[("blog.toml", settings)]);
            for args in [&["new", "A post"][..], &["build", "-q"]] {
                let mut command = site.command(args);
                command.env("TZ", zone);
                assert_eq!(finish(command).code, 0);
            }
            assert!(site.path("public/a-post/index.html").exists(), "in {zone}, with {settings:?}");
        }
    }
}

/// The commands of the workflow's step of this name.
fn step<'w>(workflow: &'w str, name: &str) -> &'w str {
    let step = workflow.split("      - name: ").find(|step| step.lines().next() == Some(name)).unwrap();
    step.split("        run: |\n").nth(1).unwrap()
}

#[test]
fn a_site_gets_a_workflow_whose_commands_build_it_below_a_path() {
    let site = Site::new(&[]);
    let said = site.blog(&["init", "notes", "--ci", "github"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("Created notes/.github/workflows/blog.yml\n"), "{said:?}");
    assert!(site.path("notes/content/hello-threads.md").exists());
    let workflow = site.read("notes/.github/workflows/blog.yml");
    let path = SitePath::new("blog.yml").unwrap();
    let source = Source::new(path, workflow.as_str());
    read_yaml(&source.span(0..workflow.len())).expect("it is YAML");

    let home = site.around().join("home");
    fs::create_dir_all(home.join(".local/bin")).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_blog"), home.join(".local/bin/blog")).unwrap();
    let run = |commands: &str, variable: (&str, &str)| {
        let mut command = Command::new("sh");
        command.args(["-euc", commands]).current_dir(site.path("notes"));
        command.env("HOME", &home).env(variable.0, variable.1);
        finish(command)
    };
    let build = step(&workflow, "Build the site");
    let url = ("BASE_URL", "https://reader.example/notes");
    let said = run(build, url);
    assert_eq!(said.code, 1, "without results it cannot be built: {said:?}");
    assert_eq!(site.blog(&["run", "--root", "notes"]).code, 0);
    let said = run(build, url);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(site.read("notes/public/index.html").contains("\"https://reader.example/notes/\""));

    let check = step(&workflow, "Look whether it is known where blog comes from");
    assert_eq!(run(check, ("BLOG_REPOSITORY", "")).code, 1);
    assert_eq!(run(check, ("BLOG_REPOSITORY", "owner/blog")).code, 0);
}

#[test]
fn a_site_that_is_there_gets_a_workflow_once_and_nothing_else() {
    let site = Site::new(&[("blog.toml", "title = \"Mine\"\n")]);
    assert_eq!(site.blog(&["init", ".", "--ci", "github"]).code, 0);
    let before = tree(&site.path(""));
    assert_eq!(before.keys().collect::<Vec<_>>(), [".github/workflows/blog.yml", "blog.toml"]);
    let said = site.blog(&["init", ".", "--ci", "github"]);
    assert_eq!(said.code, 1);
    assert_eq!(said.stderr, "error: .github/workflows/blog.yml is already there\n");
    assert!(tree(&site.path("")) == before);
    assert_eq!(site.blog(&["init", "other", "--ci", "gitlab"]).code, 2);
}

/// A program that writes its arguments to a file, as a command line.
fn recorder(site: &Site, name: &str) -> String {
    use std::os::unix::fs::PermissionsExt;

    let program = site.around().join(name);
    fs::write(&program, format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {}\n", site.around().join("asked").display()))
        .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program.display().to_string()
}

#[test]
fn a_post_is_begun_as_it_was_asked_for_and_opened_where_writing_begins() {
    let site = Site::new(&[("blog.toml", "")]);
    let asked =
        ["new", "Channels are queues", "--series", "locks", "--tags", "a, b c,", "--lang", "rust", "--draft", "--edit"];
    for (editor, expected) in [
        ("nvim", vec!["+10", "content/channels-are-queues.md"]),
        ("code", vec!["--wait", "-g", "content/channels-are-queues.md:10"]),
        ("hx", vec!["content/channels-are-queues.md:10"]),
        ("ed", vec!["content/channels-are-queues.md"]),
    ] {
        let mut command = site.command(&asked);
        let more = if editor == "code" { " --wait" } else { "" };
        command.env("EDITOR", "false").env("VISUAL", recorder(&site, editor) + more);
        let said = finish(command);
        assert_eq!((said.code, said.stderr.as_str()), (0, "Created content/channels-are-queues.md:10\n"));
        let opened = fs::read_to_string(site.around().join("asked")).unwrap();
        assert_eq!(opened.lines().map(|line| line.trim_start_matches("./")).collect::<Vec<_>>(), expected);
        let text = site.read("content/channels-are-queues.md");
        let (head, rest) = text.split_once("date = ").unwrap();
        assert_eq!(head, "+++\ntitle = \"Channels are queues\"\n");
        let expected = "draft = true\nseries = \"locks\"\ntags = [\"a\",\"b c\"]\n+++\n\n```rust,run\n\n```\n";
        assert_eq!(rest.split_once('\n').unwrap().1, expected);
        assert_eq!(text.lines().nth(9), Some(""), "that line is in the cell");
        fs::remove_file(site.path("content/channels-are-queues.md")).unwrap();
    }
    let mut command = site.command(&asked);
    command.env("EDITOR", "false");
    let said = finish(command);
    assert_eq!(said.code, 1);
    assert!(said.stderr.ends_with("error: `false` failed: exit status: 1\n"), "{said:?}");
    assert!(site.path("content/channels-are-queues.md").exists());
    let mut command = site.command(&asked);
    command.env("EDITOR", " ").env_remove("VISUAL");
    let said = finish(command);
    assert!(said.code == 2 && said.stderr.contains("`--edit` needs the name of an editor"), "{said:?}");
}

#[test]
fn front_matter_is_written_as_in_the_newest_post() {
    let site = Site::new(&[
        ("content/old.md", "+++\ndate = 2024-01-01\n+++\n"),
        ("content/new.md", "---\ndate: 2024-05-05\n---\n"),
        ("content/undated.md", "+++\ntitle = \"x\"\n+++\n"),
        ("content/wrong.md", "+++\ndate = \n"),
    ]);
    for (args, fence) in [(&["new", "a"][..], "---\n"), (&["new", "b", "--toml"], "+++\n")] {
        assert_eq!(site.blog(args).code, 0);
        let text = site.read(&format!("content/{}.md", args[1]));
        assert!(text.starts_with(fence), "{text}");
    }
}

#[test]
fn a_site_is_begun_in_the_folder_where_one_is() {
    for args in [&["init"][..], &["init", "."]] {
        let site = Site::new(&[]);
        let said = site.blog(args);
        let expected =
            "Created blog.toml\nCreated content/hello-threads.md\nCreated .gitignore\nNext blog serve --open\n";
        assert_eq!((said.code, said.stderr.as_str()), (0, expected));
        assert_eq!(site.read(".gitignore"), "/public\n/.blog\n");
        assert_eq!(site.blog(args).code, 1);
    }
}

#[test]
fn a_begun_site_is_built_where_there_is_no_python() {
    let site = Site::new(&[]);
    site.blog(&["init"]);
    let folder = site.around().join("bin");
    fs::create_dir(&folder).unwrap();
    for tool in ["sh", "cc", "ld", "rustc", "rustup"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().unwrap().stdout;
        let found = String::from_utf8(found).unwrap();
        if !found.is_empty() {
            std::os::unix::fs::symlink(found.trim(), folder.join(tool)).unwrap();
        }
    }
    let mut command = site.command(&["build"]);
    command.env("PATH", &folder);
    let said = finish(command);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("Ran content/hello-threads.md#hello "), "{said:?}");
    assert!(said.stderr.contains("Skipped content/hello-threads.md#hello-python since python3 is not"), "{said:?}");
}
