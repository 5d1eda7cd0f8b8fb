//! Chromium, driven by the `DevTools` protocol over a pipe: each message is JSON and ends with a zero byte.
//!
//! <https://chromedevtools.github.io/devtools-protocol/>

use std::cell::{Cell, RefCell};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Far longer than any answer takes. A browser that needs more hangs, and no other call will be waited for.
const DEADLINE: Duration = Duration::from_secs(30);

/// A browser without a window. It ends with this value.
pub(crate) struct Chromium {
    process: Child,
    input: RefCell<ChildStdin>,
    messages: Receiver<Value>,
    /// What happened and was not asked for yet.
    events: RefCell<Vec<Value>>,
    calls: Cell<u64>,
    hangs: Cell<bool>,
    /// Its profile, which nothing outlives.
    _profile: tempfile::TempDir,
}

impl Chromium {
    /// Starts a browser with a profile of its own, in a process group of its own.
    pub(crate) fn start(program: &Path) -> Chromium {
        let profile = tempfile::tempdir().unwrap();
        // It reads commands from descriptor 3 and writes answers to 4, which a shell makes of the standard ones.
        let mut process = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#])
            .arg(program)
            .args(["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--hide-scrollbars"])
            // Root, as whom CI often works, has no sandbox; shared memory is scarce in containers. It sees only our pages.
            .args(["--no-sandbox", "--disable-dev-shm-usage"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let (sender, messages) = channel();
        thread::spawn(move || {
            for message in BufReader::new(output).split(0).map_while(Result::ok) {
                let message = serde_json::from_slice(&message).expect("Chromium speaks JSON");
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Chromium {
            process,
            input: RefCell::new(input),
            messages,
            events: RefCell::default(),
            calls: Cell::default(),
            hangs: Cell::default(),
            _profile: profile,
        }
    }

    /// Opens a page that shares nothing with other pages: no cache, no cookie, no storage.
    pub(crate) fn page(&self) -> Page<'_> {
        let of_browser = |method: &str, params: &Value| self.call("", method, params);
        let context = text(&of_browser("Target.createBrowserContext", &json!({}))["browserContextId"]);
        let target = json!({"url": "about:blank", "browserContextId": context, "width": 1280, "height": 800});
        let target = text(&of_browser("Target.createTarget", &target)["targetId"]);
        let session = of_browser("Target.attachToTarget", &json!({"targetId": target, "flatten": true}));
        let page = Page { chromium: self, context, session: text(&session["sessionId"]) };
        for domain in ["Page", "Runtime", "Network", "Log", "Audits"] {
            page.call(&format!("{domain}.enable"), &json!({}));
        }
        page
    }

    fn call(&self, session: &str, method: &str, params: &Value) -> Value {
        let id = self.calls.get() + 1;
        self.calls.set(id);
        let mut message = json!({"id": id, "method": method, "params": params});
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        let mut message = serde_json::to_vec(&message).unwrap();
        message.push(0);
        self.input.borrow_mut().write_all(&message).unwrap_or_else(|error| panic!("{method}: {error}"));
        let mut answer = self.wait(method, |message| message["id"] == id);
        assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
        answer["result"].take()
    }

    /// Waits for a message; others are kept. `what` is said if it does not come.
    fn wait(&self, what: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        let end = if self.hangs.get() { start } else { start + DEADLINE };
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(message) = self.messages.recv_timeout(left) else {
                self.hangs.set(true);
                panic!("{what}: Chromium does not answer, or has ended");
            };
            if is_wanted(&message) {
                return message;
            }
            self.events.borrow_mut().push(message);
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // All of its processes, also where it hangs; that they are gone already is well.
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.process.wait();
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// A tab.
pub(crate) struct Page<'c> {
    chromium: &'c Chromium,
    context: String,
    session: String,
}

impl Page<'_> {
    /// Calls a method of the protocol.
    pub(crate) fn call(&self, method: &str, params: &Value) -> Value {
        self.chromium.call(&self.session, method, params)
    }

    /// Goes to a URL and waits until it is loaded with all that belongs to it.
    pub(crate) fn open(&self, url: &str) {
        self.events("Page.loadEventFired");
        let answer = self.call("Page.navigate", &json!({"url": url}));
        // Chromium calls it an error where a page that is not there has no content either.
        assert!(answer["errorText"].is_null(), "{url}: {answer}");
        self.wait_for_event(url, "Page.loadEventFired");
    }

    /// Waits until something happens or has happened. `what` is said if it does not.
    pub(crate) fn wait_for_event(&self, what: &str, method: &str) {
        self.wait_for_such(what, method, |_| true);
    }

    /// Waits until the page is at a URL to which others lead.
    pub(crate) fn wait_for_url(&self, url: &str) {
        self.wait_for_such(url, "Page.frameNavigated", |params| params["frame"]["url"] == url);
    }

    fn wait_for_such(&self, what: &str, method: &str, is_such: impl Fn(&Value) -> bool) {
        if !self.events(method).iter().any(&is_such) {
            let is_ours = |message: &Value| message["method"] == method && message["sessionId"] == *self.session;
            self.chromium.wait(what, |message| is_ours(message) && is_such(&message["params"]));
        }
    }

    /// The parameters of what has happened since this was last asked, of one kind.
    pub(crate) fn events(&self, method: &str) -> Vec<Value> {
        let mut events = self.chromium.events.borrow_mut();
        let is_it = |event: &mut Value| event["method"] == method && event["sessionId"] == *self.session;
        events.extract_if(.., is_it).map(|mut event| event["params"].take()).collect()
    }

    /// What a JavaScript expression is, or the promise that it is, as JSON.
    pub(crate) fn evaluate(&self, expression: &str) -> Value {
        let how = json!({"expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true});
        let mut answer = self.call("Runtime.evaluate", &how);
        let wrong = &answer["exceptionDetails"];
        assert!(wrong.is_null(), "{}\n{expression}", wrong["exception"]["description"]);
        answer["result"]["value"].take()
    }

    /// Asks until an expression is true.
    pub(crate) fn wait_until(&self, expression: &str) {
        let start = Instant::now();
        while self.evaluate(&format!("Boolean({expression})")) != true {
            assert!(start.elapsed() < DEADLINE, "never true: {expression}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Makes the window so wide, in px.
    pub(crate) fn resize(&self, width: u32) {
        let size = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Shows pages as on a medium (`screen` or `print`) whose features have these values, such as `prefers-color-scheme` `dark`.
    pub(crate) fn emulate(&self, medium: &str, features: &[(&str, &str)]) {
        let features: Vec<Value> = features.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        self.call("Emulation.setEmulatedMedia", &json!({"media": medium, "features": features}));
    }

    /// Presses and releases a key, by its name, with others held meanwhile: `Control+K`.
    pub(crate) fn press(&self, keys: &str) {
        let (held, key) = keys.rsplit_once('+').unwrap_or(("", keys));
        let bits = [("Alt", 1), ("Control", 2), ("Meta", 4), ("Shift", 8)];
        let modifiers: u8 = bits.iter().filter(|(name, _)| held.contains(name)).map(|(_, bit)| bit).sum();
        // Its code of Windows, by which Chromium knows a key everywhere.
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            "ArrowDown" => 40,
            letter => u32::from(letter.as_bytes()[0].to_ascii_uppercase()),
        };
        // Keys that write something say what.
        let written = match key {
            "Enter" => "\r",
            _ if key.len() == 1 && held.is_empty() => key,
            _ => "",
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
            (event["text"], event["modifiers"]) = (written.into(), modifiers.into());
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// Moves the pointer to a place in the window, in px from its left and its top.
    pub(crate) fn point(&self, (x, y): (f64, f64)) {
        self.call("Input.dispatchMouseEvent", &json!({"type": "mouseMoved", "x": x, "y": y}));
    }

    /// Moves the pointer onto the first element that a selector finds, and after it where the page still moves.
    pub(crate) fn point_at(&self, selector: &str) {
        let element = format!("document.querySelector('{selector}')");
        self.evaluate(&format!("{element}.scrollIntoView({{ block: 'nearest', behavior: 'instant' }})"));
        let middle = format!(
            "(({{ x, y, width, height }}) => [x + width / 2, y + height / 2])({element}.getBoundingClientRect())"
        );
        let start = Instant::now();
        while self.evaluate(&format!("{element}.matches(':hover')")) != true {
            assert!(start.elapsed() < DEADLINE, "the pointer does not get to {selector}");
            let middle = self.evaluate(&middle);
            self.point((middle[0].as_f64().unwrap(), middle[1].as_f64().unwrap()));
        }
    }

    /// Goes to the field of the search by the keys that it announces.
    pub(crate) fn find_search(&self) {
        let keys = text(&self.evaluate("document.querySelector('search input').ariaKeyShortcuts"));
        self.press(&keys);
        assert_eq!(self.evaluate("document.activeElement.type"), "search", "{keys} leads to it");
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        // Not by `call`, which panics where Chromium hangs.
        if !self.chromium.hangs.get() && !thread::panicking() {
            let context = json!({"browserContextId": self.context});
            self.chromium.call("", "Target.disposeBrowserContext", &context);
        }
    }
}
