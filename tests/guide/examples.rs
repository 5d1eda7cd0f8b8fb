//! What the guide shows is tried.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::in_project;
use crate::support::{Site, finish, tree};

/// The fenced blocks of a page with this info string, in order.
fn blocks(page: &str, info: &str) -> Vec<String> {
    let text = fs::read_to_string(in_project("content/docs").join(page)).unwrap();
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        if ticks >= 3 {
            let block = lines.by_ref().take_while(|inner| *inner != &line[..ticks]).fold(String::new(), with_line);
            blocks.extend((&line[ticks..] == info).then_some(block));
        }
    }
    blocks
}

fn with_line(text: String, line: &str) -> String {
    text + line + "\n"
}

/// Where a site publishes each of its posts and pages, by their files.
fn addresses(site: &Site) -> Vec<(String, String)> {
    let said = site.blog(&["list", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let rows: Vec<Value> = serde_json::from_str(&said.stdout).unwrap();
    let text = |row: &Value, field: &str| Some(row[field].as_str()?.to_owned());
    rows.iter().filter_map(|row| Some((text(row, "source")?, text(row, "url")?))).collect()
}

/// The address in a URL of a site that says nothing of where it is published.
fn address(url: &str) -> &str {
    url.strip_prefix("http://localhost:4000").unwrap()
}

/// A text without what differs from run to run.
fn without_times(text: &str) -> String {
    regex::Regex::new(r"[0-9.]+ (ns|µs|ms|s)\b").unwrap().replace_all(text.trim_end(), "[..]").into_owned()
}

#[test]
fn the_first_post_goes_as_the_guide_says() {
    let post = "content/channels-are-queues.md";
    let site = Site::new(&[]);
    let said = site.blog(&["init", "."]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(tree(&site.path("")).len(), 3, "three files");
    // The machine of a test is rarely quiet.
    site.write("blog.toml", "[cells]\nmax-time = \"500ms\"\n");
    let said = site.blog(&["new", "Channels are queues"]);
    assert_eq!(said.code, 0, "{said:?}");
    let texts = blocks("first-post.md", "markdown");
    let [cell, sentence, guess] = texts.as_slice() else { panic!("{texts:?}") };

    site.write(post, site.read(post) + &[cell.as_str(), sentence, guess].join("\n"));
    let said = site.blog(&["build", "-q"]);
    assert_eq!(said.code, 1, "{said:?}");
    let shown = &blocks("first-post.md", "text")[0];
    let found = said.stderr.split_inclusive("\n\n").next().unwrap();
    assert_eq!(without_times(shown), without_times(found));

    site.write(post, site.read(post).replace(guess, ""));
    site.build();
    let page = site.read("public/channels-are-queues/index.html");
    assert!(page.contains("19999900000") && page.contains("That took <a href=\"#cell-channel\""), "{page}");
    let said = site.blog(&["results", "list"]);
    assert!(said.stdout.contains("channels-are-queues#channel"), "{said:?}");
    assert_eq!(site.blog(&["build", "--frozen"]).code, 0);
}

#[test]
fn both_notations_of_front_matter_mean_the_same() {
    let said = ["toml", "yaml"].map(|notation| {
        let front = &blocks("posts.md", notation)[0];
        let site = Site::new(&[("content/lock.md", front)]);
        let said = site.blog(&["list", "--json"]);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{said:?}");
        said.stdout
    });
    assert!(said[0].contains("What a lock costs"), "{}", said[0]);
    assert_eq!(said[0], said[1]);
}

#[test]
fn files_have_the_addresses_that_the_guide_says() {
    let text = fs::read_to_string(in_project("content/docs/posts.md")).unwrap();
    let table = text.split("| File | Address |\n|---|---|\n").nth(1).unwrap();
    let rows = table.lines().map_while(|line| line.strip_prefix("| `")?.strip_suffix("` |")?.split_once("` | `"));
    let rows: Vec<(&str, &str)> = rows.collect();
    assert!(rows.len() > 4, "{rows:?}");
    for (file, expected) in rows {
        let site = Site::new(&[(file, "Text.\n")]);
        let found = addresses(&site);
        assert_eq!(address(&found[0].1), expected, "{file}");
    }
}

#[test]
fn the_templates_of_the_guide_draw_pages() {
    let shown = blocks("templates.md", "jinja");
    let [post, base] = shown.as_slice() else { panic!("{shown:?}") };
    assert!(base.lines().count() <= 30, "a theme in thirty lines");
    let css = &blocks("templates.md", "css")[0];
    let front = format!("+++\n{}+++\nText.\n", blocks("templates.md", "toml")[0]);
    let site = Site::new(&[
        ("content/lock.md", &front),
        ("content/about.md", "+++\nlayout = \"page\"\n+++\nText.\n"),
        ("templates/post.html", post),
        ("templates/base.html", base),
        ("static/mine.css", css),
    ]);
    site.build();
    let page = site.read("public/lock/index.html");
    assert!(page.contains("<a href=\"https://example.org/locks.rs\">All of the code</a>"), "{page}");
    assert!(page.contains("/mine.css?v=") && page.contains("What a lock costs – A blog"), "{page}");
    assert!(page.contains("content=\"default-src"), "{page}");
    assert!(site.read("public/404.html").contains("Feed</a></footer>"));
}

#[test]
fn posts_of_jekyll_keep_their_addresses() {
    let site = Site::new(&[("content/_posts/2020-07-06-name.md", "---\nlayout: post\ncategory: blog\n---\nText.\n")]);
    let script = blocks("migrating.md", "sh").into_iter().find(|script| script.starts_with("for f in")).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(site.path(""));
    assert_eq!(finish(shell).code, 0);
    assert_eq!(address(&addresses(&site)[0].1), "/blog/2020/07/06/name.html");
}

#[test]
fn highlighting_of_other_tools_becomes_fences() {
    let post =
        "{{< highlight go \"linenos=table\" >}}\na\n{{< /highlight >}}\n{% highlight c %}\nb\n{% endhighlight %}\n";
    let site = Site::new(&[("content/post/a.md", post)]);
    let script = blocks("migrating.md", "sh").into_iter().find(|script| script.starts_with("sed ")).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(site.path(""));
    assert_eq!(finish(shell).code, 0);
    assert_eq!(site.read("content/post/a.md"), "```go\na\n```\n```c\nb\n```\n");
}
