//! Bare URLs and e-mail addresses in text: the extended autolinks of GitHub Flavored Markdown (spec section 6.9), which
//! here end at Chinese, Japanese and Korean text too.

use std::ops::Range;

use super::characters::{ends_a_url, is_cjk_letter};

/// A bare URL or e-mail address.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Autolink {
    /// Where it stands in the text, in bytes.
    pub(super) range: Range<usize>,
    /// Where it ends together with the punctuation that was taken off: marks of emphasis up to there mean themselves.
    pub(super) reach: usize,
    /// Where it leads.
    pub(super) target: Target,
}

/// Where a bare link leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To a URL.
    Url(String),
    /// To a mailbox, without `mailto:`.
    Mail(String),
}

/// Asterisks, underscores or tildes in a text that Markdown takes for the start or the end of emphasis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Where they stand in the text, in bytes.
    pub(super) range: Range<usize>,
    /// Whether emphasis starts with them.
    pub(super) opens: bool,
}

/// The longest host name, in characters (RFC 1035, section 2.3.4, with a byte for the dot at its end).
const LONGEST_HOST: usize = 254;

/// The longest URL that is linked, in bytes behind its host: what is longer is no address that anybody
/// wrote, and is cut off there.
const LONGEST_URL: usize = 4096;

/// The links in a text, in order. Emphasis that lies wholly within a URL, as in `/x/__init__.py`, is part of it; any other
/// ends it.
pub(super) fn find(text: &str, marks: &[Mark]) -> Vec<Autolink> {
    let mut links = Vec::new();
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if at < from {
            continue;
        }
        let url = |text| match byte {
            b':' => url_with_scheme(text, from, at),
            b'w' | b'W' => url_without_scheme(text, at),
            _ => None,
        };
        let link = if byte == b'@' {
            let next = marks.partition_point(|mark| mark.range.start < at);
            let start = marks[..next].last().map_or(from, |mark| mark.range.end.max(from));
            let end = marks.get(next).map_or(text.len(), |mark| mark.range.start);
            mail(&text[..end], start, at)
        } else {
            url(text).and_then(|link| match crossed(marks, link.range.start..link.reach) {
                Some(end) => url(&text[..end]),
                None => Some(link),
            })
        };
        if let Some(link) = link {
            from = link.range.end;
            links.push(link);
        }
    }
    links
}

/// Where the first emphasis crosses the end of a range, or its own end does so.
fn crossed(marks: &[Mark], range: Range<usize>) -> Option<usize> {
    let first = marks.partition_point(|mark| mark.range.start < range.start);
    let mut open = Vec::new();
    for mark in marks[first..].iter().take_while(|mark| mark.range.start < range.end) {
        if mark.opens {
            open.push(mark.range.start);
        } else if open.pop().is_none() {
            return Some(mark.range.start);
        }
    }
    open.first().copied()
}

/// A URL with a scheme whose colon stands at `colon`.
fn url_with_scheme(text: &str, from: usize, colon: usize) -> Option<Autolink> {
    if !text[colon..].starts_with("://") {
        return None;
    }
    let letters = text[from..colon].bytes().rev().take(6).take_while(u8::is_ascii_alphanumeric).count();
    let start = colon - letters;
    if !["https", "http", "ftp"].iter().any(|scheme| scheme.eq_ignore_ascii_case(&text[start..colon])) {
        return None;
    }
    let host = colon + "://".len();
    let reach = url_end(text, host + host_length(&text[host..])?);
    let end = trim(text, host, reach);
    Some(Autolink { range: start..end, reach, target: Target::Url(text[start..end].to_owned()) })
}

/// A URL that begins with `www.` at `start`.
fn url_without_scheme(text: &str, start: usize) -> Option<Autolink> {
    let prefix = text.get(start..start + 4)?;
    let free = text[..start].chars().next_back().is_none_or(|c| {
        c.is_whitespace()
            || !c.is_ascii()
            || matches!(c, '*' | '_' | '~' | '(' | '[' | '{' | '"' | '\'' | ',' | ';' | '|' | '>')
    });
    if !prefix.eq_ignore_ascii_case("www.") || !free {
        return None;
    }
    let host = host_length(&text[start..]).filter(|length| *length > "www.".len())?;
    let reach = url_end(text, start + host);
    let end = trim(text, start, reach);
    (end > start + "www.".len()).then(|| Autolink {
        range: start..end,
        reach,
        target: Target::Url(format!("http://{}", &text[start..end])),
    })
}

/// The length of a host name at the start of a text, if there is a valid one: letters, digits, hyphens, underscores and
/// dots, with no underscore in the last two of its labels. Chinese, Japanese and Korean letters make a label of it where
/// they begin one and a dot and more, or a slash, follows; else they are prose behind it.
fn host_length(text: &str) -> Option<usize> {
    let of_host = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    // No further than that, or a text of nothing but such letters would be read to its end from each of them.
    let (within, _) = text.char_indices().nth(LONGEST_HOST).unwrap_or((text.len(), ' '));
    let all = match text[..within].find(|c| !of_host(c)) {
        Some(end) => &text[..end],
        None if within < text.len() => return None,
        None => text,
    };
    let mut length = 0;
    for label in all.split_inclusive('.') {
        let behind = &text[length + label.len()..];
        let goes_on = if label.ends_with('.') { behind.starts_with(of_host) } else { behind.starts_with('/') };
        if let Some(at) = label.find(is_cjk_letter)
            && !(at == 0 && goes_on)
        {
            length += at;
            break;
        }
        length += label.len();
    }
    let host = &text[..length];
    let valid = host.starts_with(char::is_alphanumeric) && !host.rsplit('.').take(2).any(|label| label.contains('_'));
    valid.then_some(host.len())
}

/// Where a URL ends whose host ends at `host_end`: at white space, `<`, or the text of a script that is written without
/// blanks. Letters of that script belong to the URL only where they are a segment of their own below the first:
/// `/wiki/线程`, but not `/线程`, which in such texts nearly always is prose behind a home page's address.
fn url_end(text: &str, host_end: usize) -> usize {
    let mut slashes = 0;
    let mut previous = 'a';
    for (at, c) in text[host_end..].char_indices() {
        let joined = is_cjk_letter(previous) || (slashes > 1 && matches!(previous, '/' | '=' | '#' | '_' | '-'));
        if at > LONGEST_URL || c.is_whitespace() || c == '<' || ends_a_url(c) || (is_cjk_letter(c) && !joined) {
            return host_end + at;
        }
        slashes += usize::from(c == '/');
        previous = c;
    }
    text.len()
}

/// Takes punctuation off the end of a link: it belongs to the sentence. A closing parenthesis does where it has no
/// opening one within the link.
fn trim(text: &str, start: usize, end: usize) -> usize {
    let link = &text[start..end];
    let mut surplus = link.matches(')').count().saturating_sub(link.matches('(').count());
    let mut length = link.len();
    for c in link.chars().rev() {
        match c {
            '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '"' => {}
            ')' if surplus > 0 => surplus -= 1,
            _ => break,
        }
        length -= c.len_utf8();
    }
    start + length
}

/// An e-mail address whose `@` stands at `at`.
fn mail(text: &str, from: usize, at: usize) -> Option<Autolink> {
    let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
    let start = at - text[from..at].bytes().rev().take_while(of_name).count();
    let before = &text[from..start];
    if start == at || before.ends_with('/') {
        return None;
    }
    let host = &text[at + 1..];
    let of_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let host = host[..host.find(|c| !of_host(c)).unwrap_or(host.len())].trim_end_matches('.');
    let (_, last) = host.rsplit_once('.')?;
    // The last label is a name: `react@16.8.0` is a version.
    if !last.starts_with(|c: char| c.is_ascii_alphabetic()) || host.ends_with(['-', '_']) || host.starts_with('.') {
        return None;
    }
    let end = at + 1 + host.len();
    let address = text[start..end].to_owned();
    match before.len().checked_sub("mailto:".len()).and_then(|length| before.get(length..)) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => {
            Some(Autolink { range: start - scheme.len()..end, reach: end, target: Target::Mail(address) })
        }
        _ => Some(Autolink { range: start..end, reach: end, target: Target::Mail(address) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with its links in brackets.
    fn marked(text: &str) -> String {
        let mut marked = String::new();
        let mut from = 0;
        for link in find(text, &[]) {
            marked.extend([&text[from..link.range.start], "[", &text[link.range.clone()], "]"]);
            from = link.range.end;
        }
        marked + &text[from..]
    }

    #[test]
    fn what_is_a_link_and_where_it_ends() {
        for (text, expected) in [
            ("see https://a.example/b.", "see [https://a.example/b]."),
            ("HTTP://A.example", "[HTTP://A.example]"),
            ("(https://a.example/x_(y))", "([https://a.example/x_(y)])"),
            ("https://a.example/x_(y)_z), and", "[https://a.example/x_(y)_z]), and"),
            ("https://a.example/?q=1&r=2; then", "[https://a.example/?q=1&r=2]; then"),
            ("http://localhost:4000/x", "[http://localhost:4000/x]"),
            ("https://a.example?!...", "[https://a.example]?!..."),
            ("ftp://a.example/x", "[ftp://a.example/x]"),
            ("xhttp://a.example file:///x :// http:// https://_", "xhttp://a.example file:///x :// http:// https://_"),
            ("https://a_b.example", "https://a_b.example"),
            ("www.a.example/b, www. www.", "[www.a.example/b], www. www."),
            ("awww.a.example a.www.b.example", "awww.a.example a.www.b.example"),
            ("https://a.example/https://b.example", "[https://a.example/https://b.example]"),
            ("“https://a.example”", "“[https://a.example]”"),
            ("请看https://a.example/b。谢谢", "请看[https://a.example/b]。谢谢"),
            ("访问https://a.example/b即可", "访问[https://a.example/b]即可"),
            ("访问https://a.example/即可", "访问[https://a.example/]即可"),
            ("https://zh.a.example/wiki/线程（锁）", "[https://zh.a.example/wiki/线程]（锁）"),
            ("https://ru.a.example/wiki/Поток", "[https://ru.a.example/wiki/Поток]"),
            ("看https://例え.jp/x 与", "看[https://例え.jp/x] 与"),
            ("https://www.例え.テスト/x即可", "[https://www.例え.テスト/x]即可"),
            ("https://例え.jp即可", "[https://例え.jp]即可"),
            ("https://例え https://a.example.即可", "https://例え [https://a.example].即可"),
            ("请看www.a.example。", "请看[www.a.example]。"),
            ("a.b-c_d+e@x.example.", "[a.b-c_d+e@x.example]."),
            ("mailto:me@x.example!", "[mailto:me@x.example]!"),
            ("邮箱me@x.example吗", "邮箱[me@x.example]吗"),
            ("react@16.8.0 @user a@b a@b- @x.example a@.b", "react@16.8.0 @user a@b a@b- @x.example a@.b"),
            ("https://a.example/@me.too", "[https://a.example/@me.too]"),
            ("é:// éwww.a.example", "é:// é[www.a.example]"),
        ] {
            assert_eq!(marked(text), expected);
        }
    }

    #[test]
    fn where_links_lead() {
        let target = |text| find(text, &[]).pop().unwrap().target;
        assert_eq!(target("www.a.example/x"), Target::Url("http://www.a.example/x".into()));
        assert_eq!(target("mailto:me@x.example"), Target::Mail("me@x.example".into()));
    }

    #[test]
    fn long_runs_of_triggers_are_read_in_linear_time() {
        for text in ["www.", "http://", "://", "@", "a@", "a@b.", "w", ")", "https://a.example/)"] {
            find(&text.repeat(50_000), &[]);
        }
    }
}
