use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::content_type::content_type;
use super::events::Streams;
use super::guard::{self, Refusal};
use super::hosts::Hosts;
use super::live::{Live, Shown, address};
use super::request_path::RequestPath;
use super::{Preview, page};
use crate::source::{Address, SitePath};

/// The folder of addresses that belong to the server and not to the site.
const OWN: &str = "__blog";

/// What every answer says: that it is for this site's own pages, is what it says it is, and is not to be kept.
///
/// No policy forbids scripts, since a site's own embeds should work here as they will when published. The origin (no
/// more) is told to the players of videos that refuse to play without it.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (header::CONTENT_SECURITY_POLICY, "frame-ancestors 'self'"),
    (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// What a picture may do that is opened by itself: be drawn.
const PICTURE: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox";

/// Answers requests from what is shown.
pub(super) struct Server {
    hosts: Hosts,
    live: Arc<Live>,
    streams: Streams,
}

impl Server {
    pub(super) fn new(hosts: Hosts, live: Arc<Live>) -> Self {
        Server { hosts, live, streams: Streams::new() }
    }

    /// The answer to a request, whoever sent it.
    pub(super) fn answer<B>(&self, request: &Request<B>) -> Response {
        let mut response = self.checked(request).unwrap_or_else(|Refusal(status, why)| {
            let allow = (status == StatusCode::METHOD_NOT_ALLOWED).then_some([(header::ALLOW, "GET, HEAD")]);
            (status, allow, format!("{why}\n")).into_response()
        });
        for (name, value) in HEADERS {
            response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
        }
        response
    }

    fn checked<B>(&self, request: &Request<B>) -> Result<Response, Refusal> {
        guard::check(request, &self.hosts)?;
        let path = RequestPath::decode(request.uri().path());
        let own = path.as_ref().is_ok_and(|path| path.segments().first().is_some_and(|first| first == OWN));
        guard::check_origin(request, own)?;
        let shown = self.live.shown();
        match path {
            Ok(path) if own => Ok(self.own(path.segments(), request.uri().query())),
            Ok(path) => Ok(show(&shown, &path, request)),
            Err(StatusCode::NOT_FOUND) => Ok(missing(&shown)),
            Err(status) => Err(Refusal(status, "the path is malformed")),
        }
    }

    fn own(&self, path: &[String], query: Option<&str>) -> Response {
        match path.get(1..).unwrap_or_default() {
            [name] if name == "reload.js" => {
                ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], page::SCRIPT).into_response()
            }
            [name] if name == "events" => {
                let since = query.and_then(|query| query.strip_prefix("since="));
                self.streams.open(&self.live, since.map(str::to_owned))
            }
            _ => (StatusCode::NOT_FOUND, "there is nothing here\n").into_response(),
        }
    }
}

/// What is found at a path of a site.
enum Found<'a> {
    File(SitePath, &'a Arc<[u8]>),
    /// Another address, and whether it is that for good.
    Elsewhere(String, bool),
    Nothing,
}

fn show<B>(shown: &Shown, path: &RequestPath, request: &Request<B>) -> Response {
    let Some(site) = &shown.site else { return page::waiting(shown) };
    match find(site, path) {
        Found::File(path, bytes) => {
            let embedded = request.headers().get("sec-fetch-dest");
            let embedded = embedded.is_some_and(|dest| matches!(dest.as_bytes(), b"object" | b"embed" | b"iframe"));
            let mut response = file(shown, site, &path, bytes);
            if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg")) && !embedded {
                response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PICTURE));
            }
            response
        }
        Found::Elsewhere(mut target, for_good) => {
            if let Some(query) = request.uri().query() {
                target.push('?');
                target.push_str(query);
            }
            let redirect = if for_good { Redirect::permanent(&target) } else { Redirect::temporary(&target) };
            redirect.into_response()
        }
        Found::Nothing => missing(shown),
    }
}

fn find<'a>(site: &'a Preview, path: &RequestPath) -> Found<'a> {
    let base = RequestPath::decode(&site.base_path).map(|base| base.segments().to_vec()).unwrap_or_default();
    let Some(inner) = path.segments().strip_prefix(base.as_slice()) else {
        return match path.segments() {
            [] => Found::Elsewhere(format!("{}/", site.base_path), false),
            _ => Found::Nothing,
        };
    };
    let Ok(inner) = SitePath::new(&inner.join("/")) else { return Found::Nothing };
    let page = Address::folder(inner.clone());
    let index = page.output_file();
    let file = if path.folder { index.clone() } else { inner };
    match (site.output.get(&file), site.output.get(&index)) {
        (Some(bytes), _) => Found::File(file, bytes),
        (None, Some(_)) => Found::Elsewhere(format!("{}{}", site.base_path, page.href()), true),
        (None, None) => Found::Nothing,
    }
}

fn file(shown: &Shown, site: &Preview, path: &SitePath, bytes: &Arc<[u8]>) -> Response {
    let kind = content_type(path);
    let body = if kind.starts_with("text/html") {
        let address = format!("{}{}", site.base_path, address(path).href());
        Body::from(page::with_script(bytes, &shown.version(), &address))
    } else {
        Body::from(Bytes::from_owner(Arc::clone(bytes)))
    };
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// The site's own page for what it does not have.
fn missing(shown: &Shown) -> Response {
    let path = SitePath::new("404.html").expect("a plain name");
    let own = shown.site.as_ref().and_then(|site| Some(file(shown, site, &path, site.output.get(&path)?)));
    (StatusCode::NOT_FOUND, own.unwrap_or_else(|| page::missing(shown))).into_response()
}
