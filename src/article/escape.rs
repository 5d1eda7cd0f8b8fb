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

/// Appends a text to HTML so that a reader sees every character of it: `&`, `<` and `>` as references, and in place of
/// what HTML forbids or what would show something else than stands there (control characters, bidirectional overrides) a
/// visible stand-in. It is for what stands between tags, not for attributes.
pub(super) fn escape_into(text: &str, html: &mut String) {
    let mut copied = 0;
    for (at, character) in text.char_indices() {
        let stand_in = match character {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '\t' | '\n' | ' '..='~' => continue,
            _ if is_forbidden(character) => "",
            _ => continue,
        };
        html.push_str(&text[copied..at]);
        if stand_in.is_empty() {
            html.push(picture(character));
        } else {
            html.push_str(stand_in);
        }
        copied = at + character.len_utf8();
    }
    html.push_str(&text[copied..]);
}

/// Control characters and noncharacters (HTML Living Standard, 13.2.3.5 "Preprocessing the input stream"), and the
/// characters that reorder their surroundings (Unicode Standard Annex 9, table 4), by which code can look like other code.
fn is_forbidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FDD0}'..='\u{FDEF}')
        || (character as u32) & 0xFFFE == 0xFFFE
}

/// What is shown for a character that cannot be: its picture of the block "Control Pictures", else U+FFFD.
fn picture(character: char) -> char {
    match character as u32 {
        control @ 0..0x20 => char::from_u32(0x2400 + control).unwrap_or(char::REPLACEMENT_CHARACTER),
        0x7F => '␡',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// [`escape_into`] as a text of its own.
pub(super) fn text(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape_into(text, &mut html);
    html
}

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
