use super::with;
use crate::pages::fixture::{article, drawn, site, tag};

/// Checks what XML 1.0 asks of a document without a doctype: tags match, no illegal character, no loose `&` or `<`.
#[track_caller]
fn assert_well_formed(xml: &str) {
    assert!(xml.chars().all(|c| c >= ' ' || c == '\n' || c == '\t'), "an illegal character in\n{xml}");
    let mut open = Vec::new();
    let mut pieces = xml.split('<');
    assert_eq!(pieces.next(), Some(""));
    for piece in pieces {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        let reference =
            |after: &str| ["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|known| after.starts_with(known));
        assert!(text.split('&').skip(1).all(reference), "{text}");
        assert!(!tag.contains('&') || tag.split('&').skip(1).all(reference), "{tag}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if tag.starts_with('?') || tag.ends_with('/') => {}
            None => open.push(tag.split_whitespace().next().unwrap()),
        }
    }
    assert_eq!(open, [""; 0]);
}

#[test]
fn odd_characters_do_not_break_it() {
    let mut post = article("odd", "2026-01-01");
    post.post.meta.title = "a\u{8}b <i> & \"c\" \u{1b}[0m ]]>".to_owned();
    post.html = "<p class=\"x\">\0\u{b}\u{FFFE}R&amp;D 'é' 🦀 <br> <![CDATA[</p>".to_owned();
    let mut site = site(vec![post]);
    site.config.title = "A & B".to_owned();
    site.taxonomies[0].terms = vec![tag("<C++> & \u{7}", "c", &[0])];
    let drawn = drawn(&site, &[]);
    for file in ["feed.xml", "tags/c/feed.xml", "sitemap.xml"] {
        assert_well_formed(drawn.text(file));
    }
    let feed = drawn.text("feed.xml");
    assert!(feed.contains("<title>ab &lt;i&gt; &amp; &quot;c&quot; [0m ]]&gt;</title>"), "{feed}");
    assert!(feed.contains("&lt;p class=&quot;x&quot;&gt;R&amp;amp;D &#39;é&#39; 🦀 &lt;br&gt;"), "{feed}");
    assert!(feed.contains("<category term=\"&lt;C++&gt; &amp; \"/>"), "{feed}");
}

#[test]
fn it_holds_what_rfc_4287_asks_for() {
    let mut post = article("gil", "2026-11-01");
    post.post.meta.updated = Some("2026-11-03T08:00:00+01:00[+01:00]".parse().unwrap());
    post.post.meta.authors = vec!["Ada".to_owned()];
    let site = with(vec![post]);
    let feed = site.text("feed.xml");
    assert_well_formed(feed);
    for part in [
        "<id>https://example.org/notes/feed.xml</id>\n<updated>2026-11-03T07:00:00+00:00</updated>",
        r#"<link rel="self" type="application/atom+xml" href="https://example.org/notes/feed.xml"/>"#,
        r#"<link rel="alternate" type="text/html" href="https://example.org/notes/"/>"#,
        "<id>https://example.org/notes/gil/</id>",
        "<published>2026-11-01T12:00:00+00:00</published>\n<updated>2026-11-03T07:00:00+00:00</updated>",
        "<author><name>Notes</name></author>",
        "<author><name>Ada</name></author>",
        r#"<content type="html" xml:base="https://example.org/notes/gil/">&lt;p&gt;Text."#,
    ] {
        assert!(feed.contains(part), "{part} is not in\n{feed}");
    }
}

#[test]
fn it_holds_the_newest_ten_whatever_their_weight() {
    let articles = (1..=25).map(|day| article(&format!("post-{day}"), &format!("2026-01-{day:02}"))).collect();
    let site = with(articles);
    let titles: Vec<&str> =
        site.text("feed.xml").split("<entry>\n<title>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    let newest: Vec<String> = (16..=25).rev().map(|day| format!("post-{day}")).collect();
    assert_eq!(titles, newest);
}

#[test]
fn that_of_a_term_holds_its_posts_alone() {
    let mut site = site(vec![article("one", "2026-01-01"), article("two", "2026-01-02")]);
    site.taxonomies[0].terms = vec![tag("並行", "並行", &[1])];
    let drawn = drawn(&site, &[]);
    let feed = drawn.text("tags/並行/feed.xml");
    assert!(feed.contains("<title>並行 – Notes</title>"), "{feed}");
    assert!(feed.contains("https://example.org/notes/tags/%E4%B8%A6%E8%A1%8C/feed.xml"));
    assert!(feed.contains("<title>two</title>") && !feed.contains("<title>one</title>"));
}
