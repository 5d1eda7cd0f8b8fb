//! What a cell can say: each call appends a line of JSON to the file that `$CELL_EMIT` names. Where that variable is not
//! set they only do their work, so that the code runs by hand too.

#![allow(unused, unsafe_code)]

use std::env;
use std::fs::{self, File, OpenOptions};
use std::hint::black_box;
use std::io::Write;
use std::os::raw::{c_int, c_long};
use std::str::FromStr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The value that a sweep gives to a parameter: `cell::param::<usize>("threads")`.
#[track_caller]
pub fn param<T: FromStr>(name: &str) -> T {
    let variable = format!("CELL_{}", name.to_uppercase().replace('-', "_"));
    let text = match env::var(&variable) {
        Ok(text) => text,
        Err(_) => panic!("the parameter `{}` is not set: there is no variable {}", name, variable),
    };
    match text.parse() {
        Ok(value) => value,
        Err(_) => panic!("the parameter `{}` is {:?}, which is no {}", name, text, std::any::type_name::<T>()),
    }
}

/// What one sample takes. So long that reading the clock does not count; and longer than the kernel leaves a program alone,
/// usually 4 ms: of shorter samples some are interrupted and some are not, the more of them the longer they are, and a
/// median of those tells the work that is done in longer ones as slower.
const SAMPLE: Duration = Duration::from_millis(5);

/// How many samples are taken, and how long that may take.
const SAMPLES: usize = 9;
const PATIENCE: Duration = Duration::from_millis(100);

/// Times a closure, each sample as many calls of it as take 5 ms, and gives its last result. What is called to find out how
/// many those are warms it up, and counts only if there is no time for more.
pub fn measure<R>(mut work: impl FnMut() -> R) -> R {
    let mut calls = 1_u64;
    let (mut result, mut time) = batch(&mut work, calls);
    while 2 * time < SAMPLE {
        calls *= 2;
        (result, time) = batch(&mut work, calls);
    }
    let mut samples = Vec::new();
    let mut spent = time;
    let mut last = time.as_nanos() as f64 / calls as f64;
    calls = (SAMPLE.as_nanos() as f64 / last).ceil().max(1.0) as u64;
    while samples.len() < SAMPLES && spent < PATIENCE {
        (result, time) = batch(&mut work, calls);
        spent += time;
        last = time.as_nanos() as f64 / calls as f64;
        samples.push(last.to_string());
    }
    if samples.is_empty() {
        samples.push(last.to_string());
    }
    emit(&format!("{{\"measure\":[{}]}}\n", samples.join(",")));
    result
}

fn batch<R>(work: &mut impl FnMut() -> R, calls: u64) -> (R, Duration) {
    let start = Instant::now();
    for _ in 1..calls {
        black_box(work());
    }
    let result = black_box(work());
    (result, start.elapsed())
}

/// A named number, for prose, assertions and charts.
pub fn value(name: &str, number: impl Number) {
    let number = number.number();
    // JSON knows no other numbers than finite ones.
    let number = if number.is_finite() { number.to_string() } else { "null".to_owned() };
    emit(&format!("{{\"value\":{{\"name\":{},\"number\":{}}}}}\n", quoted(name), number));
}

/// What can be a named number.
pub trait Number {
    /// The number.
    fn number(self) -> f64;
}

macro_rules! numbers {
    ($($kind:ty)*) => {
        $(impl Number for $kind {
            fn number(self) -> f64 {
                self as f64
            }
        })*
    };
}

numbers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

impl<'a, N: Number + Copy> Number for &'a N {
    fn number(self) -> f64 {
        (*self).number()
    }
}

/// Does some work, which the timeline of threads shows under this name.
pub fn span<R>(name: &str, work: impl FnOnce() -> R) -> R {
    let _span = enter(name);
    work()
}

/// The same for what no closure can hold, such as an `.await`: from here to where the value is dropped, be it on another
/// thread. `let _span = cell::enter("fetch 1");`
pub fn enter(name: &str) -> Span {
    Span { name: quoted(name), thread: thread(), start: monotonic() }
}

/// Work that is done until this is dropped.
#[must_use]
pub struct Span {
    name: String,
    thread: u64,
    start: u64,
}

impl Drop for Span {
    fn drop(&mut self) {
        let (end, to) = (monotonic(), thread());
        let Span { ref name, thread, start } = *self;
        let to = if to == thread { String::new() } else { format!(",\"to\":{}", to) };
        emit(&format!(
            "{{\"span\":{{\"name\":{},\"thread\":{}{},\"start\":{},\"end\":{}}}}}\n",
            name, thread, to, start, end
        ));
    }
}

/// The kernel's number of this thread, from `/proc/thread-self`, which leads to `PID/task/TID`.
fn thread() -> u64 {
    thread_local!(static NUMBER: u64 = fs::read_link("/proc/thread-self")
        .ok()
        .and_then(|link| link.file_name()?.to_str()?.parse().ok())
        .unwrap_or(0));
    NUMBER.with(|number| *number)
}

/// `struct timespec` and `CLOCK_MONOTONIC`, as `clock_gettime(2)` has them on Linux.
#[repr(C)]
struct Timespec {
    seconds: c_long,
    nanoseconds: c_long,
}

const CLOCK_MONOTONIC: c_int = 1;

unsafe extern "C" {
    fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int;
}

/// The monotonic clock in nanoseconds, as other processes see it too.
fn monotonic() -> u64 {
    let mut time = Timespec { seconds: 0, nanoseconds: 0 };
    // Safety: `time` is a place for what the call writes.
    unsafe { clock_gettime(CLOCK_MONOTONIC, &mut time) };
    time.seconds as u64 * 1_000_000_000 + time.nanoseconds as u64
}

/// Shows something rich: `cell::show("image/svg+xml", drawing)`.
pub fn show(kind: &str, data: impl AsRef<[u8]>) {
    let data = match std::str::from_utf8(data.as_ref()) {
        Ok(text) => format!("\"data\":{}", quoted(text)),
        Err(_) => format!("\"base64\":\"{}\"", base64(data.as_ref())),
    };
    emit(&format!("{{\"show\":{{\"type\":{},{}}}}}\n", quoted(kind), data));
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// A JSON string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c].iter()),
            '\0'..='\x1f' => out.push_str(&format!("\\u{:04x}", c as u32)),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Appends a line by one write, so that those of several threads and processes do not mix.
fn emit(line: &str) {
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    let open = || {
        let path = env::var_os("CELL_EMIT")?;
        Some(OpenOptions::new().append(true).create(true).open(path).expect("$CELL_EMIT names a file"))
    };
    if let Some(mut file) = FILE.get_or_init(open).as_ref() {
        file.write_all(line.as_bytes()).expect("$CELL_EMIT can be written");
    }
}
