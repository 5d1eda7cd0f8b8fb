use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What a URL in an attribute may not hold literally; percent signs stay, as they already encode something.
const URL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A text as the value of an attribute in double quotes.
pub(super) fn attribute(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A URL as the value of an attribute in double quotes.
pub(super) fn url(url: &str) -> String {
    attribute(&utf8_percent_encode(url, URL).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_attribute() {
        assert_eq!(attribute("\"><script>&'"), "&quot;&gt;&lt;script&gt;&amp;'");
        assert_eq!(url("/a b/ä?x=1&y=\"%20<"), "/a%20b/%C3%A4?x=1&amp;y=%22%20%3C");
    }
}
