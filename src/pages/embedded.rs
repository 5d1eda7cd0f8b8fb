//! The files of the theme that are part of the program.

macro_rules! embed {
    ($include:ident, $folder:literal: $($name:literal)*) => {
        &[$(($name, $include!(concat!("../../", $folder, "/", $name)))),*]
    };
}

/// Templates by name.
pub(super) const TEMPLATES: &[(&str, &str)] = embed!(include_str, "templates":
    "404.html"
    "archive.html"
    "base.html"
    "card.svg"
    "feed.xml"
    "home.html"
    "page.html"
    "pager.html"
    "post.html"
    "posts.html"
    "redirect.html"
    "robots.txt"
    "search.html"
    "search_form.html"
    "sitemap.xml"
    "term.html"
    "terms.html"
    "texts.html"
    "toc.html"
);

/// Files that are published as they are, by the path that they have in the site.
pub(super) const FILES: &[(&str, &[u8])] = embed!(include_bytes, "static":
    "favicon.svg"
    "page.js"
    "search.js"
    "style.css"
);
