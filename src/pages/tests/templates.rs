use crate::pages::fixture::{article, drawn, path, site};
use crate::source::Renderer;

#[test]
fn one_of_the_site_replaces_the_one_of_the_same_name_alone() {
    let own = "{% extends 'base.html' %}{% block main %}Own: {{ page.title }} {{ page.extra.mood }}{% endblock %}";
    let mut post = article("a", "2026-01-01");
    post.post.meta.extra.insert("mood".to_owned(), "calm".into());
    let drawn = drawn(&site(vec![post]), &[("templates/post.html", own)]);
    assert!(drawn.text("a/index.html").contains("Own: a calm"));
    assert!(drawn.text("a/index.html").contains("Skip to content"));
    assert!(drawn.text("index.html").contains(r#"<ol class="posts">"#));
}

#[test]
fn a_layout_picks_a_template_of_the_site_and_names_of_other_tools_mean_the_usual_one() {
    let cases = [
        ("essay", true),
        ("essay.html", true),
        ("post", false),
        ("default", false),
        ("home", false),
        ("feed.xml", false),
        ("redirect", false),
        ("../x", false),
    ];
    for (layout, own) in cases {
        let mut post = article("a", "2026-01-01");
        post.post.meta.layout = Some(layout.to_owned());
        let drawn = drawn(&site(vec![post]), &[("templates/essay.html", "essay"), ("templates/home.html", "home")]);
        assert_eq!(drawn.text("a/index.html") == "essay", own, "{layout}");
        assert_eq!(drawn.said(), [""; 0], "{layout}");
    }
}

#[test]
fn an_unknown_variable_is_an_error_at_its_place_said_once() {
    let own = "<h1>\n  {{ page.titel }}\n</h1>";
    let articles = vec![article("a", "2026-01-01"), article("b", "2026-01-02")];
    let drawn = drawn(&site(articles), &[("templates/post.html", own)]);
    assert_eq!(drawn.said(), ["templates/post.html:2:11: error[E306]: field `titel` is not defined"]);
    let text = Renderer { colour: false }.render(drawn.diagnostics.iter().next().unwrap());
    assert!(text.contains("while drawing `/a/` for `content/a.md`, and 1 more"), "{text}");
    assert!(text.contains("available fields: authors, categories"), "{text}");
    assert!(drawn.find("a/index.html").is_none() && drawn.find("index.html").is_some());
}

#[test]
fn all_that_is_wrong_with_templates_is_said_at_its_place() {
    /// Files of the site and how each line that is said of them begins.
    type Case<'c> = (&'c [(&'c str, &'c str)], &'c [&'c str]);
    let cases: [Case<'_>; 7] = [
        (
            &[("templates/post.html", "{{ page.title"), ("templates/term.html", "a\n{% fi %}")],
            &["templates/post.html:1:9: error[E304]: ", "templates/term.html:2:4: error[E304]: "],
        ),
        (
            &[("templates/post.html", "é {{ page.title | shout }}\n{{ nothing() }}")],
            &[
                "templates/post.html:1:19: error[E305]: unknown filter `shout`",
                "templates/post.html:2:4: error[E305]: unknown function `nothing`",
            ],
        ),
        (
            &[("templates/post.html", "{% extends 'nowhere.html' %}")],
            &["templates/post.html:1:13: error[E305]: there is no template `nowhere.html`"],
        ),
        (
            &[("templates/post.html", "{% extends 'post.html' %}")],
            &["templates/post.html:1:1: error[E305]: `post.html` extends itself"],
        ),
        (
            &[("templates/a.html", "{% include 'b.html' %}"), ("templates/b.html", "{% include 'a.html' %}")],
            &["templates/a.html:1:1: error[E305]: `a.html` includes itself: a.html → b.html → a.html"],
        ),
        (
            &[("templates/base.html", "<html></html>")],
            &["templates/404.html:2:10: error[E305]: block `main` is not defined in any parent template"],
        ),
        (
            &[("templates/post.html", "{{ asset(path='none.css') }}")],
            &["templates/post.html:1:4: error[E306]: there is no file `static/none.css`"],
        ),
    ];
    for (files, expected) in cases {
        let drawn = drawn(&site(vec![article("a", "2026-01-01")]), files);
        let said = drawn.said();
        for (at, start) in expected.iter().enumerate() {
            assert!(said.get(at).is_some_and(|line| line.starts_with(start)), "{start:?} is not said by {said:#?}");
        }
    }
}

#[test]
fn one_that_is_no_text_is_an_error() {
    let mut world = crate::world::Memory::default();
    world.insert(path("templates/post.html"), b"a\xFF".to_vec());
    let mut diagnostics = crate::source::Diagnostics::default();
    crate::pages::Theme::load(&world, &crate::config::Config::default(), &mut diagnostics);
    assert_eq!(
        diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["templates/post.html:1:2: error[E001]: this file is not UTF-8 text"]
    );
}

#[test]
fn links_of_the_menu_are_meant_from_the_root_of_the_site() {
    let mut site = site(Vec::new());
    site.config.menu =
        [("About", "/about/"), ("Code", "https://example.com/")].map(|(a, b)| (a.to_owned(), b.to_owned())).into();
    let drawn = drawn(&site, &[]);
    assert!(drawn.text("index.html").contains(r#"<a href="/notes/about/">About</a>"#));
    assert!(drawn.text("index.html").contains(r#"<a href="https://example.com/">Code</a>"#));
}
