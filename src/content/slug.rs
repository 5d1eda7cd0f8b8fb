use crate::source::Hash;

/// The longest slug, in bytes: with the names around it, a path stays within what file systems and URLs bear.
const LONGEST: usize = 100;

/// The segment of an address that stands for a name: a term, a title, a file.
///
/// Lower case; letters and digits of every script are kept, whatever lies between them becomes one `-`. `C`, `C++`, `C#`
/// and `.NET` keep apart: `c`, `c-plus-plus`, `c-sharp`, `dot-net`. A name that has nothing to keep (`..`, `!?`) gets
/// digits of its hash, so that a slug is never empty and never leaves its folder. Composed and decomposed letters are
/// not made equal.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    let mut previous = ' ';
    let mut rest = name.chars();
    while let Some(c) = rest.next() {
        let next = rest.as_str().chars().next().unwrap_or(' ');
        match c {
            _ if is_part_of_word(c) => slug.extend(c.to_lowercase()),
            '\'' | '’' if is_part_of_word(previous) && is_part_of_word(next) => {}
            '#' if is_part_of_word(previous) && !is_part_of_word(next) => slug.push_str("-sharp-"),
            '+' if next == '+' || is_part_of_word(previous) && !is_part_of_word(next) => slug.push_str("-plus"),
            '+' if previous == '+' => slug.push_str("-plus-"),
            '.' if previous.is_whitespace() && is_part_of_word(next) => slug.push_str("dot-"),
            _ => slug.push('-'),
        }
        previous = c;
    }
    tidy(&slug).unwrap_or_else(|| Hash::of_bytes(name.as_bytes()).short())
}

/// Letters, digits, and the marks that only stand on or join letters: diacritics, and the viramas of Indic scripts.
fn is_part_of_word(c: char) -> bool {
    let virama = matches!(c, '\u{900}'..='\u{D7F}') && matches!(u32::from(c) & 0x7F, 0x4D);
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}') || virama
}

/// Without empty words, and not too long.
fn tidy(slug: &str) -> Option<String> {
    let mut tidy = slug.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    let mut end = LONGEST.min(tidy.len());
    while !tidy.is_char_boundary(end) {
        end -= 1;
    }
    tidy.truncate(end);
    tidy.truncate(tidy.trim_end_matches('-').len());
    (!tidy.is_empty()).then_some(tidy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SitePath;

    #[test]
    fn names_become_segments() {
        for (name, expected) in [
            ("Threads against Processes", "threads-against-processes"),
            ("C", "c"),
            ("C++", "c-plus-plus"),
            ("C++11", "c-plus-plus-11"),
            ("C#", "c-sharp"),
            ("F#", "f-sharp"),
            ("C# in depth", "c-sharp-in-depth"),
            ("Objective-C++", "objective-c-plus-plus"),
            ("Google+", "google-plus"),
            ("a+b", "a-b"),
            ("issue #42", "issue-42"),
            ("file#1", "file-1"),
            (".NET", "dot-net"),
            ("ASP.NET", "asp-net"),
            ("日本語", "日本語"),
            ("हिन्दी", "हिन्दी"),
            ("Ünïcode", "ünïcode"),
            ("a/b", "a-b"),
            ("../../etc/passwd", "etc-passwd"),
            ("%2e%2e", "2e-2e"),
            ("a\0b\nc", "a-b-c"),
            ("I/O (async)", "i-o-async"),
            ("don't panic", "dont-panic"),
            ("What's \"it\"?", "whats-it"),
            ("50% off", "50-off"),
            ("me@2x", "me-2x"),
            ("v1.2.3", "v1-2-3"),
            ("snake_case", "snake-case"),
            ("-trailing-dash-", "trailing-dash"),
            ("[draft] x", "draft-x"),
            ("a — b … c", "a-b-c"),
        ] {
            assert_eq!(slug(name), expected, "{name}");
        }
    }

    #[test]
    fn any_name_is_one_safe_segment() {
        for name in
            ["", ".", "..", "/", "!?", "🚀", "\0", "+", "#", "++", "\\", "-", &"ä".repeat(500), &"x-".repeat(500)]
        {
            let slug = slug(name);
            let path = SitePath::new(&slug).unwrap();
            assert_eq!((path.segments().count(), path.as_str()), (1, slug.as_str()), "{name:?}");
            assert!(slug.len() <= LONGEST && !slug.contains('.') && !slug.ends_with('-'), "{name:?}: {slug}");
        }
        assert_ne!(slug("!?"), slug(".."));
    }
}
