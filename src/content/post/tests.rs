use super::*;
use crate::content::LeftOut;
use crate::source::SitePath;

fn read(path: &str, text: &str) -> (Option<Post>, Vec<String>) {
    let source = Source::decode(SitePath::new(path).unwrap(), text.as_bytes().to_vec()).unwrap();
    let mut diagnostics = Diagnostics::default();
    let post = Post::read(source, &Config::default(), &mut diagnostics);
    (post, diagnostics.iter().map(ToString::to_string).collect())
}

/// The address of a post in a file with some YAML, or what is wrong with it.
fn address(path: &str, keys: &str) -> String {
    let (post, wrong) = read(path, &format!("---\n{keys}\n---\n"));
    if wrong.is_empty() { post.unwrap().address.to_string() } else { wrong.join("; ") }
}

#[test]
fn files_have_addresses() {
    for (path, expected) in [
        ("content/a.md", "/a/"),
        ("content/notes/rust/a.markdown", "/notes/rust/a/"),
        ("content/2018-02-17-title.md", "/title/"),
        ("content/gil/index.md", "/gil/"),
        ("content/notes/2018-02-17-The GIL/index.md", "/notes/the-gil/"),
        ("content/index.md", "/"),
        ("content/Upper-Case.md", "/upper-case/"),
        ("content/v1.2.3-released.md", "/v1-2-3-released/"),
        ("content/a b#c%d+e[f]@g.md", "/a-b-c-d-e-f-g/"),
        ("content/trailing-.md", "/trailing/"),
        ("content/日本語.md", "/日本語/"),
        ("content/My Notes/a.md", "/My Notes/a/"),
        ("content/_posts/2018-02-17-x.md", "/x/"),
    ] {
        assert_eq!(address(path, ""), expected, "{path}");
    }
    let odd = address("content/!!.md", "");
    assert_eq!(odd.len(), "/0123456789/".len(), "{odd}");
    let long = address(&format!("content/{}.md", "x".repeat(250)), "");
    assert_eq!(long.len(), 102, "{long}");
}

#[test]
fn keys_give_other_addresses() {
    for (keys, expected) in [
        ("slug: other", "/notes/other/"),
        ("slug: Other_Name.v2", "/notes/Other_Name.v2/"),
        ("slug: two words", "/notes/two-words/"),
        ("slug: /other/", "/notes/other/"),
        ("slug: 日本語", "/notes/日本語/"),
        ("slug: 2048", "/notes/2048/"),
        ("slug: ''", "/notes/name/"),
        ("slug:", "/notes/name/"),
        ("url: /2018/x.html", "/2018/x.html"),
        ("URL: /2018/x/", "/2018/x/"),
        ("path: some/where", "/some/where/"),
        ("permalink: /caf%C3%A9/", "/café/"),
        ("permalink: /", "/"),
        (
            "permalink: /:categories/:year/:month/:day/:title/\ncategories: [A B, C++]",
            "/a-b/c-plus-plus/2018/02/07/name/",
        ),
        ("permalink: /:categories/:i_month-:i_day/:title:output_ext", "/2-7/name.html"),
        ("permalink: /blog/:slug\nslug: other", "/blog/other/"),
        ("permalink: /:short_year/:name/\ndate: 2020-01-01", "/20/name/"),
        ("url: /.well-known/x.txt", "/.well-known/x.txt"),
    ] {
        assert_eq!(address("content/notes/2018-02-07-name.md", keys), expected, "{keys}");
    }
}

#[test]
fn nothing_leads_out_of_the_site() {
    let slug = |text: &str| format!("a.md:2:7: error[E108]: `{text}` is not a slug");
    let url = |text: &str| format!("a.md:2:6: error[E107]: `{text}` is not an address of this site");
    let alias = |text: &str| format!("a.md:2:11: error[E107]: `{text}` is not an address of this site");
    let long = "a".repeat(300);
    for (keys, expected) in [
        ("slug: ../../x", slug("../../x")),
        ("slug: ..", slug("..")),
        ("slug: etc/cron.d/x", slug("etc/cron.d/x")),
        ("slug: ..\\..\\x", slug("..\\\\..\\\\x")),
        ("slug: .git/hooks/post-checkout", slug(".git/hooks/post-checkout")),
        ("slug: .git", slug(".git")),
        ("slug: x:y", slug("x:y")),
        ("slug: CON", slug("CON")),
        ("slug: aux.txt", slug("aux.txt")),
        ("slug: feed.xml", slug("feed.xml")),
        ("slug: index.html", slug("index.html")),
        (&format!("slug: {long}"), slug(&format!("{}…", "a".repeat(60)))),
        ("url: https://evil.example/", url("https://evil.example/")),
        ("url: //evil.example/", url("//evil.example/")),
        ("url: /../x", url("/../x")),
        ("url: /%2e%2e/x", url("/%2e%2e/x")),
        ("url: /a\\b", url("/a\\\\b")),
        ("url: /.git/hooks/x.txt", url("/.git/hooks/x.txt")),
        ("url: /nul/", url("/nul/")),
        (&format!("url: /{}", "a/".repeat(600)), url(&format!("/{}…", &"a/".repeat(30)[..59]))),
        ("url: /:yaer/", "a.md:2:6: error[E109]: `:yaer` cannot be filled in".into()),
        ("url: /:year/", "a.md:2:6: error[E109]: `:year` cannot be filled in".into()),
        ("aliases: [https://evil.example/]", alias("https://evil.example/")),
        ("aliases: [//evil.example/x]", alias("//evil.example/x")),
        (
            "aliases: ['javascript:alert(1)']",
            "a.md:2:12: error[E107]: `javascript:alert(1)` is not an address of this site".into(),
        ),
        ("aliases: [/../etc]", alias("/../etc")),
    ] {
        assert_eq!(address("a.md", keys), expected, "{keys}");
    }
    let (_, wrong) = read("a.md", "---\nslug: \"a\\0b\"\n---\n");
    assert_eq!(wrong, ["a.md:2:1: error[E108]: `a\\0b` is not a slug"]);
}

#[test]
fn aliases_are_addresses_of_this_site() {
    let keys = "---\naliases: [/old/, 'older.html', '/a\"><script>x', /etc/passwd, /a/]\nredirect_from: /:year\n---\n";
    let (post, wrong) = read("content/a.md", keys);
    let aliases: Vec<String> = post.unwrap().meta.aliases.iter().map(Address::href).collect();
    assert_eq!(aliases, ["/old/", "/older.html", "/a%22%3E%3Cscript%3Ex/", "/etc/passwd/", "/:year/"]);
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn a_title_is_found() {
    for (path, text, title, body) in [
        ("content/a.md", "---\ntitle: T\n---\n# H\n", "T", "# H\n"),
        ("content/a.md", "# The `H`\n\nHello.\n", "The H", "\nHello.\n"),
        ("content/a.md", "Hello.\n\n## Later\n", "Later", "Hello.\n\n## Later\n"),
        ("content/2018-02-17-what-a-lock-costs.md", "Hello.\n", "What a lock costs", "Hello.\n"),
        ("content/the_gil/index.md", "---\ndraft: true\n---\n", "The gil", ""),
        ("content/index.md", "", "A blog", ""),
        ("content/a.md", "---\ntitle: ''\n---\nHello.", "A", "Hello."),
    ] {
        let (post, wrong) = read(path, text);
        let post = post.unwrap();
        assert_eq!((post.meta.title.as_str(), post.body.text()), (title, body), "{text:?}");
        assert_eq!(wrong, [""; 0]);
    }
}

#[test]
fn the_key_outweighs_the_date_of_the_file_name() {
    for (keys, date) in [("", "2018-02-17"), ("date: 2020-01-01", "2020-01-01"), ("date:", "2018-02-17")] {
        let (post, _) = read("content/2018-02-17-x.md", &format!("---\n{keys}\n---\n"));
        assert_eq!(post.unwrap().meta.date.unwrap().date().to_string(), date, "{keys}");
    }
}

#[test]
fn a_bundle_knows_its_folder() {
    let bundle = |path| read(path, "").0.unwrap().bundle.map(|folder| folder.to_string());
    assert_eq!(bundle("content/notes/gil/index.md").as_deref(), Some("content/notes/gil"));
    assert_eq!((bundle("content/gil.md"), bundle("content/index.md")), (None, None));
}

#[test]
fn what_is_not_to_be_seen_is_left_out() {
    let now = "2024-06-01T00:00:00Z".parse().unwrap();
    for (keys, left_out) in [
        ("", None),
        ("date: 2024-06-01", None),
        ("date: 2024-06-01 00:00:01", Some(LeftOut::Future)),
        ("date: 2024-06-01 01:00 +0200", None),
        ("date: 2030-01-01\npublishDate: 2024-01-01", None),
        ("date: 2024-01-01\npublishDate: 2030-01-01", Some(LeftOut::Future)),
        ("expiryDate: 2024-06-01", Some(LeftOut::Expired)),
        ("expiryDate: 2024-06-02", None),
        ("draft: true\ndate: 2030-01-01", Some(LeftOut::Draft)),
        ("published: false", Some(LeftOut::Draft)),
    ] {
        let (post, wrong) = read("content/a.md", &format!("---\n{keys}\n---\n"));
        assert_eq!((post.unwrap().meta.left_out(now), wrong.len()), (left_out, 0), "{keys}");
    }
    let (post, _) = read("content/_drafts/a.md", "");
    assert_eq!(post.unwrap().meta.left_out(now), Some(LeftOut::Draft));
    let (post, _) = read("content/a.md", "\u{FEFF}---\r\ndraft: true\r\n---\r\nHello.\r\n");
    assert_eq!(post.unwrap().meta.left_out(now), Some(LeftOut::Draft));
}

#[test]
fn front_matter_that_cannot_be_read_is_one_error() {
    let (post, wrong) = read("content/a.md", "---\ntitle: x: y\n---\n");
    assert!(post.is_none());
    assert_eq!(wrong, ["content/a.md:2:9: error[E005]: this is not YAML"]);
}
