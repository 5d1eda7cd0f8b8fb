//! What must be known of an author's raw HTML, which is otherwise left alone.

/// Whether it is the comment that ends the summary: `<!-- more -->` in any spacing.
pub(super) fn is_more(html: &str) -> bool {
    html.trim()
        .strip_prefix("<!--")
        .and_then(|rest| rest.strip_suffix("-->"))
        .is_some_and(|comment| comment.trim().eq_ignore_ascii_case("more"))
}

/// Elements whose text is no place for a link of ours.
const OPAQUE: [&str; 8] = ["a", "button", "code", "pre", "script", "style", "textarea", "title"];

/// The opaque element that is open behind `html`, given the one that is open before it. An `a` without `href` is an
/// anchor, not a link, and often is never closed.
pub(super) fn opaque_after(html: &str, before: Option<&'static str>) -> Option<&'static str> {
    let mut open = before;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let (closing, tag) = rest.strip_prefix('/').map_or((false, rest), |tag| (true, tag));
        let length = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
        let Some(name) = OPAQUE.into_iter().find(|name| name.eq_ignore_ascii_case(&tag[..length])) else { continue };
        let attributes = &tag[length..tag.find(['<', '>']).unwrap_or(tag.len()).max(length)];
        match open {
            Some(element) if closing && element == name => open = None,
            None if !closing && (name != "a" || attributes.to_ascii_lowercase().contains("href")) => open = Some(name),
            _ => {}
        }
    }
    open
}

/// The values of `id` and `name` attributes.
pub(super) fn ids(html: &str) -> Vec<&str> {
    let mut ids = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('=') {
        let named = names_an_anchor(rest[..at].trim_end());
        rest = rest[at + 1..].trim_start();
        if !named {
            continue;
        }
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => rest[1..].split(quote).next(),
            None => rest.split(|c: char| c.is_whitespace() || c == '>').next(),
        }
        .unwrap_or_default();
        ids.push(value);
        rest = &rest[usize::from(quote.is_some()) + value.len()..];
    }
    ids
}

/// Whether a text ends in the name of such an attribute, which stands behind white space or at the start of a line.
fn names_an_anchor(text: &str) -> bool {
    ["id", "name"].iter().any(|name| {
        let Some(at) = text.len().checked_sub(name.len()) else { return false };
        text.is_char_boundary(at)
            && text[at..].eq_ignore_ascii_case(name)
            && text[..at].chars().next_back().is_none_or(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_summary_in_any_spacing() {
        for html in ["<!-- more -->", "<!--more-->", "<!--  MORE -->\n", "<!--\nmore\n-->"] {
            assert!(is_more(html), "{html}");
        }
        for html in ["<!-- more or less -->", "<!-- -->", "<more>", "<!-- more"] {
            assert!(!is_more(html), "{html}");
        }
    }

    #[test]
    fn elements_that_hold_no_links_of_ours() {
        for (html, open) in [
            ("<a href=\"x\">", Some("a")),
            ("<A HREF='x'>", Some("a")),
            ("<a href=x>y</a>", None),
            ("<a name=\"x\">", None),
            ("<abbr>", None),
            ("<code>", Some("code")),
            ("<b><script>if (a < b) {", Some("script")),
            ("</a>", None),
            ("<", None),
            ("<é", None),
        ] {
            assert_eq!(opaque_after(html, None), open, "{html}");
        }
        assert_eq!(opaque_after("</code>", Some("a")), Some("a"));
    }

    #[test]
    fn ids_of_elements() {
        let of = ids;
        assert_eq!(of("<a name=\"x\"></a><h2 class=c id='y'>"), ["x", "y"]);
        assert_eq!(of("<a\nid = z>"), ["z"]);
        assert_eq!(of("<p data-id=\"n\" title=\"id\">"), [""; 0]);
        assert_eq!(of("id="), [""]);
        assert_eq!(of("é="), [""; 0]);
        assert_eq!(of("<a id=\"open"), ["open"]);
    }
}
