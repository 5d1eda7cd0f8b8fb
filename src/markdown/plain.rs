use pulldown_cmark::{Event, Tag, TagEnd};

use super::Piece;
use super::characters::is_cjk_letter;

/// The text of some pieces without any markup, blocks parted by line breaks. Code blocks, images, raw HTML and the
/// numbers of footnotes are left out; a formula is its TeX.
pub fn plain_text<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> String {
    let mut text = String::new();
    let mut images = 0_usize;
    for piece in pieces {
        let event = match piece {
            Piece::Event(event) | Piece::Reference(event, _) => event,
            Piece::Math(math) => {
                text.push_str(&math.tex);
                continue;
            }
            Piece::Value(value) => {
                text.push_str(value.written.as_deref().filter(|_| !value.image).unwrap_or_default());
                continue;
            }
            Piece::Fence(_) | Piece::Note(_) => continue,
        };
        match event {
            Event::Start(Tag::Image { .. }) => images += 1,
            Event::End(TagEnd::Image) => images = images.saturating_sub(1),
            Event::Text(part) | Event::Code(part) if images == 0 => text.push_str(part),
            Event::SoftBreak | Event::HardBreak if images == 0 => text.push(' '),
            Event::End(end) if is_block(*end) && !text.ends_with('\n') => text.push('\n'),
            _ => {}
        }
    }
    text
}

fn is_block(end: TagEnd) -> bool {
    !matches!(
        end,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

/// The number of words: runs of other than white space that hold a letter or a digit, and each letter of Chinese,
/// Japanese and Korean for itself.
pub(super) fn count_words(text: &str) -> usize {
    let mut words = 0;
    let mut inside = false;
    for c in text.chars() {
        if is_cjk_letter(c) {
            words += 1;
            inside = false;
        } else if c.is_whitespace() {
            inside = false;
        } else if c.is_alphanumeric() && !inside {
            words += 1;
            inside = true;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_several_scripts() {
        for (text, words) in [
            ("", 0),
            ("  one two\nthree ", 3),
            ("don't re-use 3.14 — ever!", 4),
            ("多线程 Rust 很快。", 6),
            ("スレッド", 4),
            ("Rust的锁", 3),
        ] {
            assert_eq!(count_words(text), words, "{text}");
        }
    }
}
