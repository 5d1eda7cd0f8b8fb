#![expect(clippy::disallowed_methods, reason = "the door to the fonts of the machine")]
//! Inter in two weights, and the fonts of the machine for what it does not have.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use icu_properties::CodePointSetData;
use icu_properties::props::{DefaultIgnorableCodePoint, Emoji, ExtendedPictographic};
use resvg::usvg::fontdb::Database;
use ttf_parser::Face;

/// The name of the family.
pub(super) const FAMILY: &str = "Inter";

const REGULAR: &[u8] = include_bytes!("fonts/Inter-Regular.otf");
const BOLD: &[u8] = include_bytes!("fonts/Inter-Bold.otf");

static BOLD_FACE: LazyLock<Face<'static>> = LazyLock::new(|| Face::parse(BOLD, 0).expect("a font of the program"));

static INTER: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(BOLD.to_vec());
    Arc::new(fonts)
});

/// With those of the machine behind them.
static ALL: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::clone(&INTER);
    fonts.load_system_fonts();
    Arc::new(fonts)
});

/// The fonts that a text needs. Those of the machine are looked for only if a character is not in Inter.
pub(super) fn for_text(text: &str) -> Arc<Database> {
    if text.chars().all(|c| c.is_control() || is_in_inter(c)) { INTER.clone() } else { ALL.clone() }
}

fn is_in_inter(c: char) -> bool {
    BOLD_FACE.glyph_index(c).is_some()
}

/// Whether a font of the machine has a character. That is remembered: there may be hundreds of fonts to look at.
fn is_in_any(c: char) -> bool {
    static KNOWN: LazyLock<Mutex<HashMap<char, bool>>> = LazyLock::new(Mutex::default);
    if let Some(known) = KNOWN.lock().expect("no holder panics").get(&c) {
        return *known;
    }
    let has = |face: &[u8], index| Face::parse(face, index).is_ok_and(|face| face.glyph_index(c).is_some());
    let found = ALL.faces().any(|face| ALL.with_face_data(face.id, has) == Some(true));
    KNOWN.lock().expect("no holder panics").insert(c, found);
    found
}

/// How wide a character is in bold, in parts of the size of the font. What Inter does not have is at most a square, as it is in
/// Chinese.
pub(super) fn width(c: char) -> f64 {
    let advance = BOLD_FACE.glyph_index(c).and_then(|glyph| BOLD_FACE.glyph_hor_advance(glyph));
    advance.map_or(1.0, |advance| f64::from(advance) / f64::from(BOLD_FACE.units_per_em()))
}

/// What of a text can be drawn. Emoji are left out: their fonts hold pictures. So is whatever no font has; if that is a letter or
/// a digit, all of it, since boxes in its place say nothing.
pub fn drawable(text: &str) -> Option<String> {
    drawable_by(text, is_in_any)
}

fn drawable_by(text: &str, is_in_fonts: impl Fn(char) -> bool) -> Option<String> {
    let pictures = [CodePointSetData::new::<Emoji>(), CodePointSetData::new::<ExtendedPictographic>()];
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let mut kept = String::new();
    let mut kept_last = true;
    for c in text.chars() {
        kept_last = match c {
            _ if is_in_inter(c) => true,
            _ if c.is_whitespace() => true,
            _ if ignorable.contains(c) => kept_last,
            _ if pictures.iter().any(|set| set.contains(c)) => false,
            _ if is_in_fonts(c) => true,
            _ if c.is_alphanumeric() => return None,
            _ => false,
        };
        if kept_last {
            kept.push(c);
        }
    }
    let words: Vec<&str> = kept.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_drawn_is_left_out() {
        for (text, drawn) in [
            ("Größe, Ωж & „ñ“ – ½ × ≤", Some("Größe, Ωж & „ñ“ – ½ × ≤")),
            ("🚀 Launch 👩‍🚀 it ❤️!", Some("Launch it !")),
            ("🚀", None),
            ("", None),
            ("a \u{2E3B} b", Some("a b")),
            ("锁", None),
            ("a 锁", None),
        ] {
            assert_eq!(drawable_by(text, |_| false).as_deref(), drawn, "{text}");
        }
        assert_eq!(drawable_by("锁 ₿", |_| true).as_deref(), Some("锁 ₿"));
    }

    #[test]
    fn fonts_of_the_machine_are_not_looked_for_in_vain() {
        assert!(Arc::ptr_eq(&for_text("<svg>\n<text>Größe</text></svg>"), &INTER));
    }
}
