//! Options that every command has, and where a site is looked for.

use std::fs;

use super::site;
use crate::support::{Site, finish, tree};

#[test]
fn quiet_says_nothing_but_what_is_wrong() {
    let site = site();
    for command in ["build", "check"] {
        let said = site.blog(&[command, "-q"]);
        assert_eq!((said.code, said.stdout.as_str(), said.stderr.as_str()), (0, "", ""), "{command}");
    }
    site.write("content/odd.md", "+++\ntgas = [\"a\"]\n+++\n");
    let said = site.blog(&["build", "-q"]);
    assert_eq!(said.code, 0);
    assert!(said.stderr.starts_with("warning[E103]: unknown key `tgas`\n --> content/odd.md:2:1\n"), "{said:?}");
    assert!(!said.stderr.contains("Built"), "{said:?}");
    site.write("content/odd.md", "+++\ntags = \n+++\n");
    let said = site.blog(&["build", "-q"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.starts_with("error[E004]: "), "{said:?}");
}

#[test]
fn verbose_names_cells_and_stages_and_posts_that_are_left_out() {
    let site = site();
    site.write("content/cell.md", "```sh,run:greeting\necho hello\n```\n");
    let said = site.blog(&["build", "-v"]);
    for part in ["content/cell.md#greeting", "content/draft.md", "content/future.md", "content/expired.md", "Render"] {
        assert!(said.stderr.contains(part), "{part} is missing\n{said:?}");
    }
    assert!(!site.build().stderr.contains("greeting"));
}

#[test]
fn a_site_is_found_from_any_folder_within_it() {
    let site = site();
    site.write("content/deep/er/x.md", "x\n");
    let elsewhere = Site::new(&[]);
    let good = {
        site.build();
        tree(&site.path("public"))
    };
    for (folder, args) in [
        (site.path("content/deep/er"), vec!["build".to_owned()]),
        (elsewhere.path(""), vec!["build".into(), "--root".into(), site.path("").display().to_string()]),
        (elsewhere.path(""), vec!["--root".into(), site.path(".").display().to_string(), "build".into()]),
        (site.path("content"), vec!["build".into(), "--root".into(), "..".into()]),
    ] {
        fs::remove_dir_all(site.path("public")).unwrap();
        let mut command = site.command(&[]);
        command.args(&args).current_dir(&folder);
        let said = finish(command);
        assert_eq!(said.code, 0, "{args:?}: {said:?}");
        assert!(tree(&site.path("public")) == good, "{args:?}");
        assert!(tree(&elsewhere.path("")).is_empty(), "{args:?}");
    }
}

#[test]
fn where_there_is_no_site_that_is_said_and_nothing_is_made() {
    let site = Site::new(&[]);
    for args in
        [&["build"][..], &["check"], &["clean"], &["list", "--json"], &["serve", "--port", "0"], &["new", "A post"]]
    {
        let said = site.blog(args);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{args:?}");
        assert_eq!(
            said.stderr,
            "error: there is no site here: neither this folder nor one above it holds `blog.toml` or `content/`\n\
             help: `blog init DIR` begins one\n",
            "{args:?}"
        );
        assert!(tree(&site.path("")).is_empty(), "{args:?}");
    }
}

#[test]
fn a_folder_of_posts_or_settings_alone_is_a_site() {
    let site = Site::new(&[("content/x.md", "# A title\n\nText.\n")]);
    site.build();
    assert!(site.read("public/x/index.html").contains("<title>A title – A blog</title>"));
    let site = Site::new(&[("blog.toml", "title = \"Empty\"\n")]);
    site.build();
    assert!(site.read("public/index.html").contains("There are no posts yet."));
}

#[test]
fn the_output_goes_where_it_is_told() {
    let site = site();
    site.build();
    let good = tree(&site.path("public"));
    let absolute = site.around().join("absolute").display().to_string();
    for output in ["other", "deep/er", "../beside", absolute.as_str()] {
        let said = site.blog(&["build", "-o", output]);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(tree(&site.path("").join(output)) == good, "{output}");
        assert!(said.stderr.contains(output), "{said:?}");
    }
    site.write("blog.toml", "title = \"Notes\"\noutput = \"set\"\n");
    site.build();
    assert!(tree(&site.path("set")) == good);
    site.blog(&["build", "--output", "asked"]);
    assert!(tree(&site.path("asked")) == good);
}

#[test]
fn other_settings_and_another_address_can_be_asked_for() {
    let site = site();
    site.write("settings/staging.toml", "title = \"Staging\"\nbase_url = \"https://staging.example/a/\"\n");
    assert_eq!(site.blog(&["build", "--config", "settings/staging.toml"]).code, 0);
    let home = site.read("public/index.html");
    assert!(
        home.contains("Staging")
            && home.contains("\"https://staging.example/a/\"")
            && home.contains("href=\"/a/good/\"")
    );

    let args = ["build", "--config", "settings/staging.toml", "--base-url", "https://other.example/b"];
    assert_eq!(site.blog(&args).code, 0);
    for file in ["public/index.html", "public/feed.xml", "public/sitemap.xml", "public/robots.txt"] {
        let text = site.read(file);
        assert!(text.contains("https://other.example/b/") && !text.contains("staging.example"), "{file}");
    }
}

#[test]
fn colour_is_used_when_it_is_wanted() {
    let site = site();
    site.write("content/odd.md", "+++\ntgas = [\"a\"]\n+++\n");
    // Standard error is a file here, no terminal.
    for (args, variable, coloured) in [
        (&["build"][..], None, false),
        (&["build", "--color", "auto"], None, false),
        (&["build", "--color", "never"], Some("CLICOLOR_FORCE"), false),
        (&["build", "--color", "always"], None, true),
        (&["build", "--color", "always"], Some("NO_COLOR"), true),
        (&["build"], Some("NO_COLOR"), false),
    ] {
        let mut command = site.command(args);
        command.envs(variable.map(|name| (name, "1")));
        let said = finish(command);
        assert_eq!(said.code, 0, "{said:?}");
        assert_eq!(said.stderr.contains("\u{1b}["), coloured, "{args:?} {variable:?}: {:?}", said.stderr);
        assert_eq!(
            said.stderr.contains("\u{1b}[1m\u{1b}[32mBuilt"),
            coloured,
            "{args:?} {variable:?}: {:?}",
            said.stderr
        );
    }
}

#[test]
fn a_message_carries_no_command_to_the_terminal() {
    let site = Site::new(&[("content/x.md", "+++\ntitle = \"x\"\ntgas = 1 # \u{1b}]0;title\u{7}\u{1b}[2J\n+++\n")]);
    for colour in ["always", "never"] {
        let said = site.blog(&["build", "--color", colour]);
        assert!(!said.stderr.contains("\u{1b}]") && !said.stderr.contains("\u{1b}[2J"), "{:?}", said.stderr);
    }
}
