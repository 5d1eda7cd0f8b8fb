//! Text that is broken into lines, since SVG does not do that.

use super::fonts::width;

/// A text in lines of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// The size of the font, in pixels.
    pub size: u32,
    /// The lines.
    pub lines: Vec<String>,
}

/// Breaks a text into lines that are at most so many pixels wide, in bold: in the first of some sizes, each with the most
/// lines that it may have, in which all of it has room, else in the last one with an ellipsis.
pub fn fit(text: &str, width: u32, sizes: &[(u32, usize)]) -> Lines {
    /// More characters than have room on any card.
    const MOST: usize = 1_000;
    let text = text.char_indices().nth(MOST).map_or(text, |(end, _)| &text[..end]);
    let broken =
        |&(size, most): &(u32, usize)| (Lines { size, lines: wrap(text, f64::from(width) / f64::from(size)) }, most);
    if let Some((lines, _)) = sizes.iter().map(broken).find(|(lines, most)| lines.lines.len() <= *most) {
        return lines;
    }
    let Some((Lines { size, mut lines }, most)) = sizes.last().map(broken) else {
        return Lines { size: 0, lines: Vec::new() };
    };
    let rest = lines.drain(most.saturating_sub(1)..).collect::<Vec<_>>().join(" ");
    lines.push(shortened(&rest, width, size));
    Lines { size, lines }
}

/// A text on one line of at most so many pixels, with an ellipsis for what has no room.
pub fn shortened(text: &str, width: u32, size: u32) -> String {
    let room = f64::from(width) / f64::from(size);
    if length(text) <= room {
        return text.to_owned();
    }
    let kept = &text[..fitting(text, room - self::width('…'))];
    format!("{}…", kept.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ':' | '-' | '–')))
}

/// The lines of a text, each at most `room` times as wide as the font is high.
fn wrap(text: &str, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        let joined = format!("{line}{word}");
        if line.is_empty() || length(joined.trim_end()) <= room {
            line = joined;
        } else {
            lines.push(std::mem::replace(&mut line, word.to_owned()));
        }
        // A word that is wider than a line is broken anywhere.
        while length(line.trim_end()) > room {
            let at = fitting(&line, room).max(line.chars().next().map_or(0, char::len_utf8));
            let rest = line.split_off(at);
            lines.push(std::mem::replace(&mut line, rest));
        }
    }
    lines.push(line);
    lines.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// The pieces between which a line may end, each with the blank behind it: words, and every character of scripts that are
/// written without blanks.
fn words(text: &str) -> impl Iterator<Item = &str> {
    /// Chinese, Japanese and what comes with them, from radicals to compatibility forms.
    fn is_ideograph(c: char) -> bool {
        matches!(c, '\u{2E80}'..='\u{A4CF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{20000}'..='\u{3FFFF}')
    }
    /// What may not begin a line.
    fn closes(c: char) -> bool {
        matches!(c, '、' | '。' | '」' | '』' | '）' | '】' | '》' | '〉' | 'ー' | '，' | '！' | '？' | '：' | '；')
    }
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices().peekable();
        let (_, mut before) = chars.next()?;
        let end = chars.find_map(|(at, c)| {
            let blank = before == ' ' && c != ' ';
            let dash = matches!(before, '-' | '–' | '—' | '/') && c.is_alphabetic();
            let ideograph = (is_ideograph(before) || is_ideograph(c)) && !closes(c) && c != ' ';
            before = c;
            (blank || dash || ideograph).then_some(at)
        });
        let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
        rest = behind;
        Some(word)
    })
}

/// How wide a text is, in parts of the size of the font.
fn length(text: &str) -> f64 {
    text.chars().map(width).sum()
}

/// How many bytes of a text have room.
fn fitting(text: &str, room: f64) -> usize {
    let mut used = 0.0;
    let over = text.char_indices().find(|(_, c)| {
        used += width(*c);
        used > room
    });
    over.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        wrap(text, 6.0)
    }

    #[test]
    fn lines_end_between_words() {
        assert_eq!(lines("What a lock costs"), ["What a lock", "costs"]);
        assert_eq!(lines("threads-and-processes"), ["threads-", "and-", "processes"]);
        assert_eq!(lines("Donaudampfschifffahrt"), ["Donaudamp", "fschifffahrt"]);
        assert_eq!(lines("多线程程序的锁，与代价。"), ["多线程程序的", "锁，与代价。"]);
        assert_eq!(lines(""), [""; 0]);
        for line in lines("A title of many words that goes on for a while, as titles do: 1,234 of them") {
            assert!(length(&line) <= 6.0, "{line}");
        }
    }

    #[test]
    fn the_largest_size_that_has_room_is_taken() {
        let sizes = [(72, 1), (48, 2)];
        assert_eq!(fit("Locks", 420, &sizes), Lines { size: 72, lines: vec!["Locks".to_owned()] });
        assert_eq!(fit("What a lock costs", 420, &sizes).size, 48);
        let long = fit("What a lock costs when many threads want it", 420, &sizes);
        assert_eq!(long.lines, ["What a lock costs", "when many thre…"]);
        assert_eq!(shortened("Locks", 400, 48), "Locks");
    }
}
