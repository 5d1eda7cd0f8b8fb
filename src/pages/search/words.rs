use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

/// Letters, digits, and the marks on them.
const PARTS_OF_WORDS: GeneralCategoryGroup =
    GeneralCategoryGroup::Letter.union(GeneralCategoryGroup::Mark).union(GeneralCategoryGroup::Number);

/// The words of a text as they stand in the index, in order.
///
/// Words are runs of letters, marks and digits, folded; `C++`, `C#` and the like keep their signs. Scripts that are written
/// without blanks give every two neighbouring letters, and the last one by itself, so that each letter begins a word.
///
/// `words` of `static/search.js` does the same to what a reader looks for.
pub(super) fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words = Vec::new();
    let mut rest = &*folded;
    while let Some(kind) = rest.chars().next().map(Kind::of) {
        let end = rest.find(|c| Kind::of(c) != kind).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        let sign = match kind {
            Kind::Spaced => sign(behind),
            Kind::Unspaced | Kind::Between => "",
        };
        match kind {
            Kind::Spaced => words.push([run, sign].concat()),
            Kind::Unspaced => words.extend(pairs(run)),
            Kind::Between => {}
        }
        rest = &behind[sign.len()..];
    }
    words
}

/// What a character is to words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Part of a word that blanks set apart.
    Spaced,
    /// Part of a text that has no blanks between its words.
    Unspaced,
    /// No part of a word.
    Between,
}

impl Kind {
    fn of(c: char) -> Kind {
        let is_part = if c.is_ascii() {
            c.is_ascii_alphanumeric()
        } else {
            PARTS_OF_WORDS.contains(CodePointMapData::<GeneralCategory>::new().get(c))
        };
        match c {
            _ if !is_part => Kind::Between,
            // Thai, Lao, Burmese, Khmer; then Chinese, Japanese and Korean, which has blanks but joins words and endings.
            '\u{E00}'..='\u{EFF}'
            | '\u{1000}'..='\u{109F}'
            | '\u{1780}'..='\u{17FF}'
            | '\u{1100}'..='\u{11FF}'
            | '\u{2E80}'..='\u{9FFF}'
            | '\u{AC00}'..='\u{D7FF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}' => Kind::Unspaced,
            _ => Kind::Spaced,
        }
    }
}

/// The sign at the end of a name such as `C++` or `C#`, given what stands behind its letters.
fn sign(behind: &str) -> &'static str {
    if behind.starts_with("++") {
        return "++";
    }
    let sharp = behind.strip_prefix('#');
    if sharp.is_some_and(|rest| rest.chars().next().is_none_or(|c| Kind::of(c) == Kind::Between)) { "#" } else { "" }
}

fn pairs(run: &str) -> impl Iterator<Item = String> {
    let behind = run.chars().skip(1).map(Some).chain([None]);
    run.chars().zip(behind).map(|(one, two)| std::iter::once(one).chain(two).collect())
}

/// A text without regard to case, diacritics and compatibility forms such as `ﬁ` or full-width letters.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::new();
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(text).to_lowercase();
    for c in plain.chars() {
        match c {
            '\u{300}'..='\u{36F}' => {}
            // Letters that Unicode does not take apart.
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            _ => folded.push(c),
        }
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(&folded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_words() {
        for (text, expected) in [
            ("", ""),
            (" —!?… ", ""),
            ("Threads, measured.", "threads measured"),
            ("compare_exchange(0x2A) RwLock", "compare exchange 0x2a rwlock"),
            ("don't re-use 1.94", "don t re use 1 94"),
            ("C++ C# F#, issue#42 a+b i++;", "c++ c# f# issue 42 a b i++"),
            ("Nebenläufigkeit STRASSE Straße", "nebenlaufigkeit strasse strasse"),
            ("Nebenla\u{308}ufigkeit", "nebenlaufigkeit"),
            ("İstanbul ISPARTA ısı Ærø Łódź", "istanbul isparta isi aero lodz"),
            ("Ἀθήναις ΑΘΗΝΑΙΣ", "αθηναισ αθηναισ"),
            ("Ёлка ёлка Йод", "елка елка иод"),
            ("ﬁle Ｗｉｄｅ x²", "file wide x2"),
            ("多线程 Rust 很快。", "多线 线程 程 rust 很快 快"),
            ("Rust的锁", "rust 的锁 锁"),
            ("スレッド ｽﾚｯﾄﾞ", "スレ レッ ッド ド スレ レッ ッド ド"),
            ("스레드 \u{1109}\u{1173}", "스레 레드 드 스"),
            ("เธรด", "เธ ธร รด ด"),
            ("हिन्दी", "हिन्दी"),
            ("שָׁלוֹם", "שָׁלוֹם"),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }
}
