//! The whole server, asked over a real connection, with a build that the test decides.

#![expect(clippy::disallowed_methods, reason = "the watched site lies in a temporary folder")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::*;
use crate::source::SitePath;

/// Far more than anything here takes; reached only by a failure.
const DEADLINE: Duration = Duration::from_secs(20);

type Build = Result<Preview, Vec<String>>;

#[expect(clippy::unnecessary_wraps, reason = "it is a build that goes well")]
fn preview(base_path: &str, files: &[(&str, &str)]) -> Build {
    let mut output = Output::default();
    for (path, text) in files {
        output.insert(SitePath::new(path).unwrap(), text.as_bytes());
    }
    Ok(Preview { output, base_path: base_path.to_owned() })
}

fn broken(error: &str) -> Build {
    Err(vec![error.to_owned()])
}

/// A server whose builds give what the test last set.
struct Running {
    root: tempfile::TempDir,
    /// What the next build gives, and how many were set before it.
    next: Arc<Mutex<(u32, Build)>>,
    /// For every build, in order: which of those it gave.
    given: Receiver<u32>,
    events: Receiver<Event>,
    address: String,
}

impl Running {
    /// Starts a server and waits until its first build is done.
    fn start(first: Build) -> Self {
        let next = Arc::new(Mutex::new((0, first)));
        let (count, given) = mpsc::channel();
        let asked = Arc::clone(&next);
        let running = Running::start_with(move |_| {
            let (number, build) = asked.lock().unwrap().clone();
            let _ = count.send(number);
            build
        });
        let running = Running { next, given, ..running };
        running.built(0);
        running
    }

    fn start_with(rebuild: impl Rebuild) -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("content")).unwrap();
        let options = Options { root: root.path().to_owned(), ignored: Vec::new(), host: None, port: 0 };
        let (sender, events): (Sender<Event>, _) = mpsc::channel();
        // It runs until the tests end.
        thread::spawn(move || serve(&options, rebuild, move |event| drop(sender.send(event))));
        let Ok(Event::Listening { url, network: None, instead_of: None }) = events.recv_timeout(DEADLINE) else {
            panic!("no server")
        };
        let address = url.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
        let next = Arc::new(Mutex::new((0, broken("not used"))));
        Running { root, next, given: mpsc::channel().1, events, address }
    }

    /// Waits for the end of the first build that gave what was set as number `wanted`. Saving a file once may be noticed
    /// twice, so there can be builds that give the same again.
    fn built(&self, wanted: u32) -> Event {
        loop {
            let event = self.any_built();
            if self.given.recv_timeout(DEADLINE).expect("every build is counted") == wanted {
                return event;
            }
        }
    }

    /// Waits for the end of a build.
    fn any_built(&self) -> Event {
        loop {
            match self.events.recv_timeout(DEADLINE).expect("a build ends") {
                event @ (Event::Built { .. } | Event::Failed { .. }) => return event,
                Event::Building { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Has the site built again with another result.
    fn rebuild(&self, next: Build) -> Event {
        let number = {
            let mut set = self.next.lock().unwrap();
            *set = (set.0 + 1, next);
            set.0
        };
        let file = self.root.path().join("content/post.md");
        let before = fs::read_to_string(&file).unwrap_or_default();
        fs::write(file, before + "x").unwrap();
        self.built(number)
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    /// The answer to a request as it is, with its head.
    fn send(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    }

    fn ask(&self, method: &str, target: &str) -> String {
        self.send(&format!("{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address))
    }

    fn get(&self, target: &str) -> String {
        self.ask("GET", target)
    }

    /// The version that a page says it shows.
    fn version(&self, target: &str) -> String {
        let page = self.get(target);
        let (_, rest) = page.split_once("data-version=\"").expect("the page has the script");
        rest.split('"').next().unwrap().to_owned()
    }

    fn follow(&self, since: &str) -> News {
        let mut stream = self.connect();
        write!(stream, "GET /__blog/events?since={since} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).unwrap();
        News(BufReader::new(stream))
    }
}

/// A stream of events as a page reads it.
struct News(BufReader<TcpStream>);

impl News {
    fn next(&mut self) -> Value {
        loop {
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "the stream goes on");
            if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).unwrap();
            }
        }
    }
}

fn status(answer: &str) -> u16 {
    answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|code| code.parse().ok()).unwrap_or(0)
}

fn field<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    head.lines().filter_map(|line| line.split_once(": ")).find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

const SITE: &[(&str, &str)] = &[
    ("index.html", "<body>home</body>"),
    ("gil/index.html", "<html><body>the GIL</body></html>"),
    ("ä b/index.html", "<body>umlaut</body>"),
    ("main.css", "body{}"),
    ("plot.svg", "<svg/>"),
    ("feed.xml", "<feed/>"),
    ("data", "\u{1}"),
    ("404.html", "<body>not here</body>"),
];

#[test]
fn what_is_found_at_an_address() {
    let server = Running::start(preview("", SITE));
    for (target, code, kind_or_location, text) in [
        ("/", 200, "text/html; charset=utf-8", "home"),
        ("/gil/", 200, "text/html; charset=utf-8", "the GIL"),
        ("/gil/?x=1", 200, "text/html; charset=utf-8", "the GIL"),
        ("/gil/index.html", 200, "text/html; charset=utf-8", "the GIL"),
        ("/%C3%A4%20b/", 200, "text/html; charset=utf-8", "umlaut"),
        ("/main.css", 200, "text/css; charset=utf-8", "body{}"),
        ("/feed.xml", 200, "application/xml", "<feed/>"),
        ("/data", 200, "application/octet-stream", "\u{1}"),
        ("/gil", 308, "/gil/", ""),
        ("/gil?a=b&c", 308, "/gil/?a=b&c", ""),
        ("/%c3%a4%20b", 308, "/%C3%A4%20b/", ""),
        ("/nothing", 404, "text/html; charset=utf-8", "not here"),
        ("/main.css/", 404, "text/html; charset=utf-8", "not here"),
        ("/gil//", 404, "text/html; charset=utf-8", "not here"),
        ("//gil", 404, "text/html; charset=utf-8", "not here"),
        ("/../etc/passwd", 404, "text/html; charset=utf-8", "not here"),
        ("/%2e%2e/%2e%2e/etc/passwd", 404, "text/html; charset=utf-8", "not here"),
        ("/.git/config", 404, "text/html; charset=utf-8", "not here"),
        ("/..%2f..%2fetc%2fpasswd", 400, "text/plain; charset=utf-8", "malformed"),
        ("/a%00", 400, "text/plain; charset=utf-8", "malformed"),
        ("/a%5c..%5cb", 400, "text/plain; charset=utf-8", "malformed"),
        ("/__blog/", 404, "text/plain; charset=utf-8", "nothing"),
        ("/__blog/reload.js", 200, "text/javascript; charset=utf-8", "EventSource"),
    ] {
        let answer = server.get(target);
        let named = if code == 308 { "location" } else { "content-type" };
        assert_eq!((status(&answer), field(&answer, named)), (code, Some(kind_or_location)), "{target}");
        assert!(body(&answer).contains(text), "{target}: {answer}");
    }
}

#[test]
fn every_answer_says_that_it_is_for_this_site_alone() {
    let server = Running::start(preview("", SITE));
    for target in ["/", "/gil", "/main.css", "/plot.svg", "/nothing", "/%00", "/__blog/reload.js"] {
        let answer = server.get(target);
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-frame-options", "SAMEORIGIN"),
            ("referrer-policy", "strict-origin-when-cross-origin"),
        ] {
            assert_eq!(field(&answer, name), Some(value), "{target}");
        }
        let policy = field(&answer, "content-security-policy").unwrap();
        assert_eq!(policy.contains("sandbox"), target == "/plot.svg", "{target}: {policy}");
        assert_eq!(field(&answer, "access-control-allow-origin"), None, "{target}");
    }
}

#[test]
fn a_page_has_the_script_and_other_files_their_bytes() {
    let server = Running::start(preview("", SITE));
    let version = server.version("/");
    let tag = format!(r#"<script src="/__blog/reload.js" data-version="{version}" data-page="/gil/"></script>"#);
    assert_eq!(body(&server.get("/gil/")), format!("<html><body>the GIL{tag}</body></html>"));
    assert_eq!(body(&server.get("/plot.svg")), "<svg/>");
    assert_eq!(body(&server.get("/feed.xml")), "<feed/>");
}

#[test]
fn whoever_may_not_ask_is_refused() {
    let server = Running::start(preview("", SITE));
    let port = server.address.split_once(':').unwrap().1;
    let own = format!("Host: localhost:{port}\r\n");
    let long = format!("{own}X-Long: {}\r\n", "x".repeat(20 << 10));
    let fields = |line: &str| format!("{own}{line}\r\n");
    for (line, head, code) in [
        ("GET / HTTP/1.1", own.clone(), 200),
        ("GET / HTTP/1.1", String::new(), 403),
        ("GET / HTTP/1.1", "Host: evil.example\r\n".to_owned(), 403),
        ("GET / HTTP/1.1", format!("Host: evil.example:{port}\r\n"), 403),
        ("GET / HTTP/1.1", "Host: localhost\r\n".to_owned(), 403),
        ("GET / HTTP/1.1", own.repeat(2), 403),
        ("GET http://evil.example/ HTTP/1.1", own.clone(), 403),
        ("POST / HTTP/1.1", fields("Content-Length: 1000000000"), 405),
        ("PUT /gil/ HTTP/1.1", own.clone(), 405),
        ("OPTIONS * HTTP/1.1", own.clone(), 405),
        ("GET / HTTP/1.1", fields("Content-Length: 3\r\nTransfer-Encoding: chunked"), 400),
        ("GET / HTTP/1.1", fields("Origin: http://evil.example"), 403),
        ("GET /main.css HTTP/1.1", fields("Sec-Fetch-Site: cross-site"), 403),
        ("GET /__blog/events HTTP/1.1", fields("Sec-Fetch-Site: same-site"), 403),
        ("GET /%5f_blog/events HTTP/1.1", fields("Sec-Fetch-Site: same-site"), 403),
        ("GET / HTTP/1.1", long, 431),
    ] {
        // A refusal may come before all is sent; what counts is the answer.
        let mut stream = server.connect();
        let _ = stream.write_all(format!("{line}\r\n{head}Connection: close\r\n\r\n").as_bytes());
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(status(&String::from_utf8_lossy(&answer)), code, "{line} {head:.80}");
    }
}

#[test]
fn a_head_request_is_answered_without_a_body() {
    let server = Running::start(preview("", SITE));
    let (head, get) = (server.ask("HEAD", "/main.css"), server.get("/main.css"));
    assert_eq!((status(&head), body(&head)), (200, ""));
    assert_eq!(field(&head, "content-length"), field(&get, "content-length"));
}

#[test]
fn a_site_below_a_path_is_served_there() {
    let server = Running::start(preview("/my%20blog", SITE));
    for (target, code, location) in [
        ("/my%20blog/", 200, None),
        ("/my%20blog/gil/", 200, None),
        ("/", 307, Some("/my%20blog/")),
        ("/my%20blog", 308, Some("/my%20blog/")),
        ("/my%20blog/gil", 308, Some("/my%20blog/gil/")),
        ("/gil/", 404, None),
        ("/__blog/reload.js", 200, None),
    ] {
        let answer = server.get(target);
        assert_eq!((status(&answer), field(&answer, "location")), (code, location), "{target}");
    }
    assert!(server.get("/my%20blog/gil/").contains(r#"data-page="/my%20blog/gil/""#));
}

#[test]
fn a_page_hears_what_changed() {
    let server = Running::start(preview("", &[("index.html", "1"), ("gil/index.html", "1"), ("main.css", "1")]));
    let version = server.version("/");
    let mut news = server.follow(&version);
    let first = news.next();
    assert_eq!((&first["version"], &first["changed"]), (&Value::from(version.clone()), &Value::Array(Vec::new())));

    let built = server.rebuild(preview("", &[("index.html", "1"), ("gil/index.html", "2"), ("main.css", "1")]));
    assert!(matches!(built, Event::Built { changed: 1, .. }), "{built:?}");
    assert_eq!(news.next()["changed"], serde_json::json!(["/gil/"]));

    // A build that makes the same site is not worth a word: the next one heard of is the one after it.
    let same = server.rebuild(preview("", &[("index.html", "1"), ("gil/index.html", "2"), ("main.css", "1")]));
    assert!(matches!(same, Event::Built { changed: 0, .. }), "{same:?}");
    server.rebuild(preview("", &[("index.html", "1"), ("gil/index.html", "2"), ("main.css", "2")]));
    assert_eq!(news.next()["changed"], serde_json::json!(["/main.css"]));

    // A page that was away hears of all of it at once.
    assert_eq!(server.follow(&version).next()["changed"], serde_json::json!(["/gil/", "/main.css"]));
    assert_eq!(server.follow("0-0").next()["unknown"], Value::Bool(true));
}

#[test]
fn the_errors_of_a_failed_build_are_told_until_it_is_mended() {
    let server = Running::start(preview("", SITE));
    let mut news = server.follow(&server.version("/"));
    assert_eq!(news.next()["errors"], Value::Array(Vec::new()));
    let failed = server.rebuild(broken("error: <unknown> key\n --> a.md"));
    assert!(matches!(failed, Event::Failed { .. }), "{failed:?}");
    assert_eq!(news.next()["errors"], serde_json::json!(["error: <unknown> key\n --> a.md"]));
    assert!(server.get("/gil/").contains("the GIL"), "the last good site is still shown");
    assert_eq!(server.follow("").next()["errors"], serde_json::json!(["error: <unknown> key\n --> a.md"]));

    server.rebuild(preview("", SITE));
    let mended = news.next();
    assert_eq!((&mended["errors"], &mended["changed"]), (&Value::Array(Vec::new()), &Value::Array(Vec::new())));
}

#[test]
fn a_first_build_that_fails_is_shown_too() {
    let server = Running::start(broken("error: <b> & \"c\""));
    let page = server.get("/gil/");
    assert_eq!(status(&page), 500);
    assert!(page.contains("<pre>error: &lt;b&gt; &amp; &quot;c&quot;</pre>"), "{page}");
    assert!(page.contains("data-waiting"), "the page waits for the site: {page}");
    let version = server.version("/gil/");
    let mut news = server.follow(&version);
    assert_eq!(news.next()["version"], version);
    server.rebuild(preview("", SITE));
    assert_ne!(news.next()["version"], version);
    assert_eq!(status(&server.get("/gil/")), 200);
}

#[test]
fn the_server_answers_while_a_build_runs_and_builds_again_for_what_changed_meanwhile() {
    let (allow, allowed) = mpsc::channel::<()>();
    let server = Running::start_with(move |_| {
        allowed.recv_timeout(DEADLINE).expect("the test allows each build");
        preview("", SITE)
    });
    assert_eq!(status(&server.get("/")), 503);
    fs::write(server.root.path().join("content/a.md"), "a").unwrap();
    allow.send(()).unwrap();
    server.any_built();
    let Ok(Event::Building { because }) = server.events.recv_timeout(DEADLINE) else { panic!("no second build") };
    assert_eq!(because, ["content/a.md"]);
    assert_eq!(status(&server.get("/")), 200);
}

#[test]
fn a_build_that_panics_is_a_failed_build() {
    let server = Running::start_with(|_| panic!("index out of bounds"));
    let Event::Failed { errors, .. } = server.any_built() else { panic!("it is not a failure") };
    assert!(errors[0].contains("index out of bounds"), "{errors:?}");
    assert_eq!(status(&server.get("/")), 500);
}

#[test]
fn stalled_connections_keep_nobody_waiting() {
    let server = Running::start(preview("", SITE));
    let stalled: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut stream = server.connect();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: loc").unwrap();
            stream
        })
        .collect();
    assert_eq!(status(&server.get("/")), 200);
    drop(stalled);
}

#[test]
fn streams_are_limited_in_number() {
    let server = Running::start(preview("", SITE));
    let mut open: Vec<News> = (0..64).map(|_| server.follow("")).collect();
    for news in &mut open {
        news.next();
    }
    assert_eq!(status(&server.get("/__blog/events")), 503);
    assert_eq!(status(&server.get("/")), 200);
}
