//! Who may ask for what. A preview shows drafts, and any page that is open in the same browser can send it requests.

use axum::http::{HeaderMap, Method, Request, StatusCode, header};

use super::hosts::Hosts;

/// How many header fields a request may have, and how many bytes in all. Browsers send a tenth of either.
const FIELDS: usize = 64;
const FIELDS_SIZE: usize = 16 << 10;

/// A request that is not answered: the status and a sentence for whoever sees it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) StatusCode, pub(super) &'static str);

/// Checks all of a request but its path.
pub(super) fn check<B>(request: &Request<B>, hosts: &Hosts) -> Result<(), Refusal> {
    let headers = request.headers();
    check_size(headers)?;
    check_host(request, hosts)?;
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Refusal(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are answered"));
    }
    // Neither method has a body here; one may be an attempt to smuggle a second request past a proxy.
    let empty = headers.get(header::CONTENT_LENGTH).is_none_or(|length| length.as_bytes() == b"0");
    if !empty || headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(Refusal(StatusCode::BAD_REQUEST, "a request has no body here"));
    }
    Ok(())
}

fn check_size(headers: &HeaderMap) -> Result<(), Refusal> {
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers.len() > FIELDS || size > FIELDS_SIZE {
        return Err(Refusal(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "the header fields are too large"));
    }
    Ok(())
}

fn check_host<B>(request: &Request<B>, hosts: &Hosts) -> Result<(), Refusal> {
    let host = single(request.headers(), &header::HOST)
        .filter(|host| hosts.accept(host))
        .ok_or(Refusal(StatusCode::FORBIDDEN, "this server does not have the name by which it was asked"))?;
    let absolute = request.uri().authority().is_none_or(|authority| authority.as_str().eq_ignore_ascii_case(host));
    let origin = !request.headers().contains_key(header::ORIGIN)
        || single(request.headers(), &header::ORIGIN)
            .and_then(|origin| origin.strip_prefix("http://"))
            .is_some_and(|origin| origin.eq_ignore_ascii_case(host));
    if absolute && origin {
        return Ok(());
    }
    Err(Refusal(StatusCode::FORBIDDEN, "another site asked"))
}

fn single<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}

/// Checks what the browser says about where a request comes from (Fetch Metadata, W3C). Another site, which another port
/// of this machine is too, may only link here: it may neither embed nor read, and has no business with the server's own
/// addresses.
pub(super) fn check_origin<B>(request: &Request<B>, own: bool) -> Result<(), Refusal> {
    let said = |name: &str| request.headers().get(name).map(axum::http::HeaderValue::as_bytes);
    let from_here = matches!(said("sec-fetch-site"), None | Some(b"same-origin" | b"none"));
    let linked = said("sec-fetch-mode") == Some(b"navigate") && said("sec-fetch-dest") == Some(b"document");
    if from_here || linked && !own {
        return Ok(());
    }
    Err(Refusal(StatusCode::FORBIDDEN, "another site asked"))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Fields<'a> = &'a [(&'static str, &'a str)];

    fn ask(method: &str, target: &str, fields: Fields<'_>) -> Result<(), u16> {
        let hosts = Hosts::new(None, "127.0.0.1:4000".parse().unwrap());
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let request = request.body(()).unwrap();
        check(&request, &hosts)
            .and_then(|()| check_origin(&request, target.starts_with("/__blog/")))
            .map_err(|refusal| refusal.0.as_u16())
    }

    #[test]
    fn only_the_authors_own_requests_are_answered() {
        const HOST: (&str, &str) = ("host", "localhost:4000");
        let site = |site| ("sec-fetch-site", site);
        let (navigate, document) = (("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"));
        let long = "x".repeat(FIELDS_SIZE);
        let many = [&[HOST][..], &[("x-a", "1"); FIELDS]].concat();
        let cases: &[(&str, &str, Fields<'_>, Result<(), u16>)] = &[
            ("GET", "/", &[HOST], Ok(())),
            ("HEAD", "/", &[HOST], Ok(())),
            ("GET", "http://localhost:4000/", &[HOST], Ok(())),
            ("GET", "/", &[HOST, ("content-length", "0")], Ok(())),
            ("GET", "/", &[HOST, ("origin", "http://localhost:4000")], Ok(())),
            ("GET", "/a.css", &[HOST, site("same-origin")], Ok(())),
            ("GET", "/__blog/events", &[HOST, site("same-origin")], Ok(())),
            ("GET", "/", &[HOST, site("none"), navigate, document], Ok(())),
            ("GET", "/", &[HOST, site("cross-site"), navigate, document], Ok(())),
            ("GET", "/", &[], Err(403)),
            ("GET", "/", &[("host", "evil.example:4000")], Err(403)),
            ("GET", "/", &[HOST, HOST], Err(403)),
            ("GET", "/", &[HOST, ("host", "evil.example")], Err(403)),
            ("GET", "/", &[("host", "evil.example"), ("x-forwarded-host", "localhost:4000")], Err(403)),
            ("GET", "http://evil.example/", &[HOST], Err(403)),
            ("POST", "/", &[HOST], Err(405)),
            ("OPTIONS", "/", &[HOST], Err(405)),
            ("DELETE", "/", &[HOST], Err(405)),
            ("TRACE", "/", &[HOST], Err(405)),
            ("GET", "/", &[HOST, ("content-length", "4")], Err(400)),
            ("GET", "/", &[HOST, ("transfer-encoding", "chunked")], Err(400)),
            ("GET", "/", &[HOST, ("origin", "http://evil.example")], Err(403)),
            ("GET", "/", &[HOST, ("origin", "null")], Err(403)),
            ("GET", "/", &[HOST, ("origin", "http://localhost:4001")], Err(403)),
            ("GET", "/", &[HOST, ("origin", "https://localhost:4000")], Err(403)),
            ("GET", "/a.js", &[HOST, site("cross-site")], Err(403)),
            ("GET", "/a.js", &[HOST, site("same-site")], Err(403)),
            ("GET", "/", &[HOST, site("cross-site"), navigate, ("sec-fetch-dest", "iframe")], Err(403)),
            ("GET", "/", &[HOST, site("something new")], Err(403)),
            ("GET", "/__blog/events", &[HOST, site("same-site")], Err(403)),
            ("GET", "/__blog/reload.js", &[HOST, site("cross-site"), navigate, document], Err(403)),
            ("GET", "/", &[HOST, ("x-long", &long)], Err(431)),
            ("GET", "/", &many, Err(431)),
        ];
        for (method, target, fields, expected) in cases {
            assert_eq!(ask(method, target, fields), *expected, "{method} {target} {fields:.2?}");
        }
    }
}
