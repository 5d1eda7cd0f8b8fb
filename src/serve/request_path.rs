use axum::http::StatusCode;
use percent_encoding::percent_decode_str;

/// The path of a request, decoded once.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RequestPath {
    segments: Vec<String>,
    /// Whether a folder is meant: the path ends in a slash.
    pub(super) folder: bool,
}

impl RequestPath {
    /// Decodes the path of a URL.
    ///
    /// # Errors
    /// 400 for what no client that means well sends: a broken escape, text that is not UTF-8, a control character, a
    /// backslash, an escaped slash. 404 for an empty segment and one that begins with a dot, but for `.well-known` (RFC
    /// 8615).
    pub(super) fn decode(path: &str) -> Result<Self, StatusCode> {
        let inner = path.strip_prefix('/').ok_or(StatusCode::BAD_REQUEST)?;
        let (inner, folder) = match inner.strip_suffix('/') {
            Some(inner) => (inner, true),
            None => (inner, inner.is_empty()),
        };
        if inner.is_empty() && path.len() <= 1 {
            return Ok(RequestPath { segments: Vec::new(), folder });
        }
        let segments = inner.split('/').map(segment).collect::<Result<_, _>>()?;
        Ok(RequestPath { segments, folder })
    }

    /// The segments, outermost first.
    pub(super) fn segments(&self) -> &[String] {
        &self.segments
    }
}

fn segment(text: &str) -> Result<String, StatusCode> {
    let whole = |escape: &str| escape.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    if !text.split('%').skip(1).all(whole) {
        return Err(StatusCode::BAD_REQUEST);
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| StatusCode::BAD_REQUEST)?;
    if decoded.chars().any(|c| c.is_control() || matches!(c, '\\' | '/')) {
        return Err(StatusCode::BAD_REQUEST);
    }
    if decoded.is_empty() || decoded.starts_with('.') && decoded != ".well-known" {
        return Err(StatusCode::NOT_FOUND);
    }
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_once() {
        for (path, segments, folder) in [
            ("/", &[][..], true),
            ("/gil", &["gil"], false),
            ("/gil/", &["gil"], true),
            ("/a/b.css", &["a", "b.css"], false),
            ("/%C3%A4%20b/", &["ä b"], true),
            ("/100%25", &["100%"], false),
            ("/.well-known/x", &[".well-known", "x"], false),
            ("/%252e%252e/x", &["%2e%2e", "x"], false),
        ] {
            let decoded = RequestPath::decode(path).unwrap();
            assert_eq!(
                (decoded.segments(), decoded.folder),
                (&segments.iter().map(ToString::to_string).collect::<Vec<_>>()[..], folder),
                "{path}"
            );
        }
    }

    #[test]
    fn what_no_site_has_is_refused() {
        let (bad, missing) = (StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND);
        for (path, status) in [
            ("", bad),
            ("gil", bad),
            ("*", bad),
            ("/a%", bad),
            ("/a%4", bad),
            ("/%zz", bad),
            ("/%+1", bad),
            ("/%00", bad),
            ("/a%0d%0aSet-Cookie:x", bad),
            ("/%7f", bad),
            ("/a\\..\\b", bad),
            ("/..%5c..%5cx", bad),
            ("/..%2f..%2fetc/passwd", bad),
            ("/%ff%fe", bad),
            ("/%c0%ae%c0%ae/x", bad),
            ("//", missing),
            ("//evil.example", missing),
            ("//evil.example/", missing),
            ("/a//b", missing),
            ("/gil//", missing),
            ("/..", missing),
            ("/../etc/passwd", missing),
            ("/a/../../etc/passwd", missing),
            ("/%2e%2e/%2E%2e/etc/passwd", missing),
            ("/./a", missing),
            ("/.env", missing),
            ("/.well-known/.env", missing),
            ("/.well-known.", missing),
            ("/a/.git/config", missing),
        ] {
            assert_eq!(RequestPath::decode(path), Err(status), "{path}");
        }
    }
}
