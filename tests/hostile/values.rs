//! Values of front matter and settings that try to become markup or to lead out of the output folder.

use super::{Attack, Built, End, Refused, SCRIPT, Site, attack, build_watched, try_all};

/// A post whose front matter sets a key to a text, in one notation and in the other.
fn both(key: &str, text: &str, end: End) -> [Attack; 2] {
    let quoted = serde_json::Value::from(text).to_string().replace('\u{fffe}', "\\ufffe");
    let list = matches!(key, "aliases" | "tags" | "categories" | "authors");
    let quoted = if list { format!("[{quoted}]") } else { quoted };
    [
        attack(&format!("{key} = {text:?}"), "content/x.md", format!("+++\n{key} = {quoted}\n+++\nHello.\n"), end),
        attack(&format!("{key}: {text:?}"), "content/x.md", format!("---\n{key}: {quoted}\n---\nHello.\n"), end),
    ]
}

#[test]
fn no_value_becomes_a_script() {
    let values = [
        SCRIPT,
        "</script><!--<script>",
        "{{ 7*7 }}{% include \"/etc/passwd\" %}",
        "x\u{1}\u{b}\u{1b}[31m\u{fffe}",
        "]]>&nbsp;&",
    ];
    let mut attacks = Vec::new();
    for key in
        ["title", "description", "tags", "categories", "series", "authors", "author", "layout", "summary", "aliases"]
    {
        for value in values {
            let refused = key == "aliases" && value.contains('\u{1}');
            attacks.extend(both(key, value, if refused { Refused("is not an address") } else { Built }));
        }
    }
    attacks.extend(both("slug", SCRIPT, Refused("is not a slug")));
    attacks.extend(both("date", SCRIPT, Refused("is no date")));
    attacks.extend(both("url", "/a\"><script>alert(1)</script>/", Built));
    attacks.extend(both("extra", SCRIPT, Refused("expected a table")));
    try_all(attacks);
}

#[test]
fn nor_does_a_value_of_the_settings() {
    let quoted = serde_json::Value::from(SCRIPT);
    let settings = format!(
        "title = {quoted}\ndescription = {quoted}\nauthor = {quoted}\nlanguage = {quoted}\n[menu]\n{quoted} = {quoted}\n\
         [extra]\nx = {quoted}\n"
    );
    try_all(vec![
        attack("every text", "blog.toml", settings, Built),
        attack(
            "a base URL with a script",
            "blog.toml",
            "base_url = 'javascript:alert(1)//'\n",
            Refused("cannot be used"),
        ),
        attack(
            "a base URL with markup",
            "blog.toml",
            "base_url = 'https://a/\"><script>'\n",
            Refused("cannot be used"),
        ),
        attack("commands", "blog.toml", "[hooks]\npre_build = 'touch ../pwned'\n", Refused("unknown setting `hooks`")),
        attack("a runner", "blog.toml", "[cells]\nrunner = ['sh', '-c', 'touch ../pwned']\n", Refused("`runner`")),
        attack("3 MB of settings", "blog.toml", format!("description = '{}'\n", "x".repeat(3_000_000)), Built),
        attack(
            "100,000 nested lists",
            "blog.toml",
            format!("a = {}", "[".repeat(100_000)),
            Refused("this is not TOML"),
        ),
    ]);
}

#[test]
fn the_front_matter_of_one_post_breaks_no_page_that_names_it() {
    let quoted = serde_json::Value::from(SCRIPT);
    let post = |date: &str| {
        format!(
            "+++\ntitle = {quoted}\ndescription = {quoted}\ntags = [{quoted}]\ncategories = [{quoted}]\nseries = {quoted}\n\
             authors = [{quoted}]\nextra.x = {quoted}\ndate = {date}\n+++\n\n## <b>x</b> `<script>`\n\nx\n"
        )
    };
    let site = Site::new(&[("content/a.md", &post("2024-01-01")), ("content/b.md", &post("2024-01-02"))]);
    let (said, wrong) = build_watched(&site);
    assert_eq!((said.code, wrong), (0, Vec::new()), "{said:?}");
    assert!(site.read("public/a/index.html").contains("&lt;script&gt;alert(1)"), "the value is shown as text");
}

#[test]
fn no_slug_leaves_its_folder() {
    let refused = [
        "../../../../dropzone",
        "/etc/cron.d/x",
        "..\\..\\x",
        "a\0b",
        "..",
        ".",
        ".git/hooks/post-checkout",
        "index.html",
        "feed.xml",
        "assets/app.js",
        "x:y",
        "CON",
        "aux.txt",
        "a b/c",
        "%2e%2e",
        "a?b",
        "a#b",
        "\u{202e}",
        "~/x",
    ];
    let mut attacks: Vec<Attack> =
        refused.iter().flat_map(|slug| both("slug", slug, Refused("is not a slug"))).collect();
    attacks.extend(both("slug", &"a".repeat(5_000), Refused("is longer than 200 bytes")));
    attacks.extend(["", "ｆｕｌｌ", "C", "a--b"].iter().flat_map(|slug| both("slug", slug, Built)));
    try_all(attacks);
}

#[test]
fn no_address_leaves_the_output_folder_or_takes_a_place_that_is_taken() {
    let mut attacks = Vec::new();
    let refused = [
        "https://evil.example/",
        "//evil.example/x",
        "javascript:alert(1)",
        "/../x",
        "/x/../../y",
        "/%2e%2e/%2e%2e/x",
        "/..%2f..%2fx",
        "\\..\\x",
        "/a%00b",
        "/a\nb",
        "/.git/x",
        "/.blog-manifest",
        "/.blog-stage/x",
        "C:/x",
        "/con",
        "//",
    ];
    for address in refused {
        attacks.extend(both("aliases", address, Refused("is not an address of this site")));
    }
    let long = format!("/{}", vec!["a"; 600].join("/"));
    attacks.extend(both("aliases", &long, Refused("is longer than 1,000 bytes")));
    for address in ["/", "index.html", "/feed.xml", "/tags/", "/good/", "/sitemap.xml"] {
        attacks.extend(both("aliases", address, Refused("two sources for")));
        attacks.extend(both("url", address, Refused("two sources for")));
    }
    attacks.extend(both("aliases", "/style.css", Refused("would be both a file")));
    for address in ["/etc/passwd", "x", "/a b/ü/?x#y", "/x/", "/a//b"] {
        attacks.extend(both("aliases", address, Built));
    }
    for address in ["/../x", "/:slug/../../y", "https://evil.example/", "javascript:alert(1)", "/:year/x/"] {
        attacks.extend(both("url", address, Refused("error[E")));
    }
    try_all(attacks);
}

#[test]
fn terms_have_safe_addresses_of_their_own() {
    let terms = [
        "..", ".", "/", "a/b", "A/B", "\\", "%2e%2e", "?", "#", "<b>", "\u{202e}", "a\nb", "con", "C", "C++", "C#",
        "🚀", "🦀",
    ];
    let quoted = serde_json::json!(terms);
    let site = Site::new(&[("content/x.md", &format!("+++\ntags = {quoted}\ncategories = {quoted}\n+++\nx\n"))]);
    let (said, wrong) = build_watched(&site);
    assert_eq!((said.code, wrong), (0, Vec::new()), "{said:?}");
    let folders =
        std::fs::read_dir(site.path("public/tags")).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    // `a/b` and `A/B` are one term, and so are none of the others.
    assert_eq!(folders.count(), terms.len() - 1);
}
