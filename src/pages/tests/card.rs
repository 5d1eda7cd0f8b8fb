use crate::article::{Article, Headline, HeadlineBar};
use crate::pages::fixture::{article, drawn, path, site, world};
use crate::pages::plan::plan;
use crate::pages::view::Views;
use crate::pages::{Page, Theme};
use crate::site::Site;
use crate::source::Diagnostics;

fn headline(bars: &[(&str, f64)]) -> Headline {
    let bar = |&(name, percent): &(&str, f64)| HeadlineBar {
        name: name.to_owned(),
        value: format!("{percent} ms"),
        percent,
        subject: percent < 50.0,
    };
    let (number, what) = ("3.4×".to_owned(), "as fast as one thread".to_owned());
    Headline { number, what, bars: bars.iter().map(bar).collect() }
}

/// The SVG of the card at a path.
fn svg(site: &Site, at: &str) -> String {
    let theme = Theme::load(&world(&[]), &site.config, &mut Diagnostics::default());
    let views = Views::of(site);
    let shared = tera::Value::from_serializable(&views.site());
    let pages = plan(site, &theme.paths());
    let page: &Page<'_> = pages.iter().find(|page| page.address.output_file() == path(at)).unwrap();
    theme.render("card.svg", &shared, &views.view(page)).unwrap()
}

/// The texts of an SVG, and the widths of its rectangles.
fn parts(svg: &str) -> (Vec<String>, Vec<String>) {
    let document = roxmltree::Document::parse(svg).unwrap();
    let elements = |name| document.descendants().filter(move |node| node.tag_name().name() == name);
    let texts = elements("text").map(|node| node.text().unwrap_or_default().to_owned()).collect();
    let widths = elements("rect").map(|node| node.attribute("width").unwrap().to_owned()).collect();
    (texts, widths)
}

#[test]
fn a_card_holds_the_title_and_the_number() {
    let post = Article {
        headline: Some(headline(&[("one thread", 100.0), ("four <b>", 29.4)])),
        ..article("a", "2026-01-02")
    };
    let (texts, widths) = parts(&svg(&site(vec![post]), "a/card.png"));
    assert_eq!(
        texts,
        [
            "Notes",
            "a",
            "3.4×",
            "as fast as one thread",
            "one thread",
            "100 ms",
            "four <b>",
            "29.4 ms",
            "2 January 2026"
        ]
    );
    assert_eq!(widths, ["1200", "1200", "500", "500", "500", "147"]);
}

#[test]
fn what_is_too_much_for_a_card_is_left_out() {
    let mut post = article("a", "2026-01-02");
    post.post.meta.title =
        "Why 🚀 a long title of a post that measures many things at once is broken into lines".to_owned();
    post.headline = Some(headline(&[("a", 1.0), ("b", 2.0), ("c", 3.0), ("d", 4.0), ("e", 5.0)]));
    post.post.meta.authors =
        vec!["A name that goes on and on and on, for as long as it takes, and then some".to_owned(); 2];
    let (texts, _) = parts(&svg(&site(vec![post]), "a/card.png"));
    let [_, title @ .., number, what, byline] = &*texts else { panic!("{texts:?}") };
    assert_eq!(title.join(" "), "Why a long title of a post that measures many things at once is broken into lines");
    assert!(title.len() > 1, "{title:?}");
    assert_eq!((&**number, &**what), ("3.4×", "as fast as one thread"));
    assert!(byline.ends_with('…'), "{byline}");
}

#[test]
fn the_card_of_the_site_and_of_a_post_without_a_number() {
    let mut site = site(vec![article("a", "")]);
    site.config.description = "Of threads".to_owned();
    site.config.author = Some("Ada".to_owned());
    assert_eq!(parts(&svg(&site, "card.png")).0, ["example.org/notes", "Notes", "Of threads"]);
    assert_eq!(parts(&svg(&site, "a/card.png")).0, ["Notes", "a", "Ada"]);
}

#[test]
fn pages_name_the_picture_that_shows_them() {
    let image = |post: Article, at: &str| {
        let drawn = drawn(&site(vec![post]), &[]);
        let html = drawn.text(at);
        let tags = html.lines().filter(|line| line.contains("og:image") || line.contains("twitter:"));
        let cards = drawn.paths().into_iter().filter(|path| path.ends_with("card.png")).map(str::to_owned).collect();
        (tags.map(str::to_owned).collect::<Vec<_>>(), cards)
    };
    let tags = |url: &str, alt: &str| {
        [
            format!("<meta property=\"og:image\" content=\"https://example.org/notes/{url}\">"),
            "<meta property=\"og:image:width\" content=\"1200\">".to_owned(),
            "<meta property=\"og:image:height\" content=\"630\">".to_owned(),
            format!("<meta property=\"og:image:alt\" content=\"{alt}\">"),
            "<meta name=\"twitter:card\" content=\"summary_large_image\">".to_owned(),
        ]
        .to_vec()
    };
    let both = vec!["card.png".to_owned(), "a/card.png".to_owned()];
    let numbered = Article { headline: Some(headline(&[])), ..article("a", "") };
    assert_eq!(image(numbered, "a/index.html"), (tags("a/card.png", "a: 3.4× as fast as one thread"), both.clone()));
    assert_eq!(image(article("a", ""), "archive/index.html"), (tags("card.png", "Notes"), both));
    for (own, url) in [
        ("/notes/a/own.png", "https://example.org/notes/a/own.png"),
        ("https://a.example/own.png", "https://a.example/own.png"),
    ] {
        let mut post = article("a", "");
        post.post.meta.image = Some((own.to_owned(), post.post.source.span(0..0)));
        let (tags, cards): (Vec<String>, Vec<String>) = image(post, "a/index.html");
        assert_eq!((&*tags[0], tags.len()), (&*format!("<meta property=\"og:image\" content=\"{url}\">"), 3));
        assert_eq!(cards, ["card.png"]);
    }
    let mut site = site(vec![article("a", "")]);
    site.config.cards = false;
    let drawn = drawn(&site, &[]);
    assert!(
        !drawn.text("a/index.html").contains("og:image")
            && !drawn.paths().iter().any(|path| path.ends_with("card.png"))
    );
}

#[test]
fn a_template_that_draws_no_card_is_said_once() {
    let articles = vec![article("a", ""), article("b", "")];
    let drawn = drawn(&site(articles), &[("templates/card.svg", "<p>{{ card.site }}</p>")]);
    assert_eq!(drawn.said(), ["templates/card.svg:1:1: error[E306]: this template draws no card"]);
}
