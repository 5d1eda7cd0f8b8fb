//! Text from outside as HTML text.

/// Appends a text to HTML so that a reader sees every character of it: `&`, `<` and `>` as references, and in place of
/// what HTML forbids or what would show something else than stands there (control characters, bidirectional overrides) a
/// visible stand-in. It is for what stands between tags, not for attributes.
pub(crate) fn escape_into(text: &str, html: &mut String) {
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

#[cfg(test)]
mod tests {
    use super::escape_into;

    fn escape(text: &str) -> String {
        let mut html = String::new();
        escape_into(text, &mut html);
        html
    }

    #[test]
    fn every_character_is_seen() {
        for (text, html) in [
            ("", ""),
            ("plain ünïcode 🦀\tand\nlines", "plain ünïcode 🦀\tand\nlines"),
            ("Vec<u8> && \"a\"", "Vec&lt;u8&gt; &amp;&amp; \"a\""),
            ("a\0b\u{1b}[31m\r\u{7f}", "a␀b␛[31m␍␡"),
            ("\u{9b}\u{fdd0}\u{ffff}\u{10fffe}", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            ("/*\u{202e} } \u{2066}if admin\u{2069}", "/*\u{fffd} } \u{fffd}if admin\u{fffd}"),
        ] {
            assert_eq!(escape(text), html, "{text:?}");
        }
    }
}
