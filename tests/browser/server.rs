//! A server of files as they are, as static hosts are: published pages are looked at, not those of the preview.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

/// Serves a folder below a path of its host, for as long as the tests run.
pub(crate) struct Server {
    /// The scheme, the host and the path, without a slash at the end.
    base: String,
    log: Arc<Mutex<Vec<Request>>>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    /// The path and the query.
    pub(crate) target: String,
    /// The status of the answer.
    pub(crate) status: u16,
    /// What was sent, without the head.
    pub(crate) body: Vec<u8>,
}

impl Server {
    /// Serves a folder below a path: none, or one that begins with a slash and does not end with one.
    pub(crate) fn start(folder: PathBuf, prefix: &'static str) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}{prefix}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::default());
        let (folder, written) = (Arc::new(folder), Arc::clone(&log));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (folder, log) = (Arc::clone(&folder), Arc::clone(&written));
                // A browser that hangs up is none of our concern.
                thread::spawn(move || answer(&stream, &folder, prefix, &log));
            }
        });
        Server { base, log }
    }

    /// The URL of a path of the site.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// What was asked for since this was last called.
    pub(crate) fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut *self.log.lock().unwrap())
    }
}

fn answer(mut stream: &TcpStream, folder: &Path, prefix: &str, log: &Mutex<Vec<Request>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    let Some(target) = first.strip_prefix("GET ").and_then(|rest| rest.split(' ').next()) else { return Ok(()) };
    let found = file_of(target, folder, prefix).and_then(|file| Some((fs::read(&file).ok()?, content_type(&file))));
    let (status, (body, kind)) = match found {
        Some(found) => (200, found),
        None => (404, (fs::read(folder.join("404.html")).unwrap_or_default(), "text/html; charset=utf-8")),
    };
    log.lock().unwrap().push(Request { target: target.to_owned(), status, body: body.clone() });
    let phrase = if status == 200 { "OK" } else { "Not Found" };
    write!(stream, "HTTP/1.1 {status} {phrase}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n", body.len())?;
    stream.write_all(b"connection: close\r\n\r\n")?;
    stream.write_all(&body)
}

/// The file that a path leads to, which need not be there; nothing outside of the site.
pub(crate) fn file_of(target: &str, folder: &Path, prefix: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix(prefix)?.strip_prefix('/')?;
    let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let file = folder.join(&*path);
    let inside = !path.split('/').any(|part| part == "..");
    inside.then(|| if path.is_empty() || path.ends_with('/') { file.join("index.html") } else { file })
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("xml") => "application/xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("avif") => "image/avif",
        _ => "application/octet-stream",
    }
}
