/// The text without the characters that no XML document may hold, not even escaped (`Char` of XML 1.0, section 2.2).
pub(super) fn without_illegal(mut text: String) -> String {
    // Nearly every text has none: they are control characters, and two whose first byte in UTF-8 is EF.
    if text.bytes().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=0xEE | 0xF0..)) {
        return text;
    }
    text.retain(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_xml_forbids_goes() {
        let kept = "tab\t, line\n, é, \u{85}, \u{FFFD}, \u{1F600}".to_owned();
        assert_eq!(without_illegal(kept.clone()), kept);
        assert_eq!(without_illegal("\u{FFFE}".to_owned()), "");
        assert_eq!(without_illegal("a\0b\u{8}c\u{1b}[0md\u{FFFE}e\u{FFFF}".to_owned()), "abc[0mde");
    }
}
