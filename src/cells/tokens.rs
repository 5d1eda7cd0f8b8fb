//! Looking at code without understanding it.

/// The words and signs of code; comments, white space and what stands in literals are passed over. They are those of
/// Rust, and near enough to those of C and its kin to find a word in their code.
pub(super) struct Tokens<'a>(pub(super) &'a str);

impl Tokens<'_> {
    /// Whether the tokens of `part` stand in this code, one behind the other.
    pub(super) fn contain(self, part: &str) -> bool {
        let (whole, part): (Vec<_>, Vec<_>) = (self.collect(), Tokens(part).collect());
        part.is_empty() || whole.windows(part.len()).any(|window| window == part)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            self.0 = self.0.trim_start();
            let first = self.0.chars().next()?;
            let skip = if self.0.starts_with("//") {
                self.0.find('\n').unwrap_or(self.0.len())
            } else if self.0.starts_with("/*") {
                block_comment(self.0)
            } else if let Some(length) = raw_string(self.0) {
                length
            } else if first == '"' {
                quoted(self.0)
            } else if first == '\'' {
                character(self.0)
            } else {
                let length = self.0.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.0.len());
                let (token, rest) = self.0.split_at(length.max(first.len_utf8()));
                self.0 = rest;
                return Some(token);
            };
            self.0 = &self.0[skip..];
        }
    }
}

/// The length of a block comment, which may hold others.
fn block_comment(code: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < code.len() {
        if code[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if code[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += code[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    code.len()
}

/// The length of a raw string (`r"…"`, `br##"…"##`), if one begins here.
fn raw_string(code: &str) -> Option<usize> {
    let behind_r = ["r", "br", "cr"].iter().find_map(|prefix| code.strip_prefix(prefix))?;
    let hashes = behind_r.len() - behind_r.trim_start_matches('#').len();
    let inner = behind_r[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inner.find(&end).map_or(inner.len(), |at| at + end.len());
    Some(code.len() - inner.len() + length)
}

/// The length of a string.
fn quoted(code: &str) -> usize {
    let mut escaped = true;
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    code.len()
}

/// The length of a character literal, or of the quote of a lifetime.
fn character(code: &str) -> usize {
    let mut chars = code.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let behind = at + escaped.len_utf8();
            code[behind..].find('\'').map_or(code.len(), |end| behind + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_whatever_its_spacing_and_outside_of_comments_and_strings() {
        for (code, part, expected) in [
            ("int main(void) {}", "main(", true),
            ("int main (\n) {}", "main(", true),
            ("domain(1);", "main(", false),
            ("// main()\nputs(\"main()\");", "main(", false),
            ("char c = '\"'; int main() {}", "main(", true),
            ("func main() {}", "func main(", true),
            ("", "main(", false),
            ("x", "", true),
        ] {
            assert_eq!(Tokens(code).contain(part), expected, "{code}");
        }
    }
}
