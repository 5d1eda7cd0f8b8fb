//! Where a post stands, and the older addresses that lead to it.

use percent_encoding::percent_decode_str;

use crate::source::{Address, Code, Diagnostic, SitePath};

use super::meta::Text;
use super::{quoted, slug};

/// The longest slug that an author may choose, in bytes: a file system's 255 with room for what is put behind it.
const LONGEST: usize = 200;

/// The longest path that an author may choose, in bytes: a quarter of Linux's `PATH_MAX`.
const LONGEST_PATH: usize = 1_000;

/// Names that Windows keeps for devices, with whatever extension.
const DEVICES: [&str; 22] = [
    "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "lpt1", "lpt2", "lpt3",
    "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
];

/// Reads a whole address of this site, as `url` and `aliases` hold it; percent-encoded characters are decoded.
///
/// # Errors
/// What leads to another site, out of this one, or to a file that is hidden or that some system cannot have.
pub(super) fn read_address(written: &Text) -> Result<Address, Diagnostic> {
    let refuse = |why: String| {
        Diagnostic::error(Code::NotAnAddress, format!("{} is not an address of this site", quoted(&written.text)))
            .at(written.span.clone(), why)
            .help("write a path from the root of the site, such as `/2024/a-post/`")
    };
    if has_scheme(&written.text) || written.text.starts_with("//") {
        return Err(refuse("leads to another site".into()));
    }
    let decoded = percent_decode_str(&written.text).decode_utf8().map_or(written.text.as_str().into(), |text| text);
    let address = Address::parse(&decoded).map_err(|error| refuse(error.to_string()))?;
    if address.path().as_str().len() > LONGEST_PATH {
        return Err(refuse("is longer than 1,000 bytes".into()));
    }
    for segment in address.path().segments() {
        if let Some(why) = unusable(segment) {
            return Err(refuse(format!("{} {why}", quoted(segment))));
        }
    }
    Ok(address)
}

/// Reads the last segment of an address, as `slug` holds it: kept as written, blanks become `-`.
///
/// # Errors
/// Anything but letters, digits and `-_.~`, and what could be taken for a file.
pub(super) fn read_slug(written: &Text) -> Result<SitePath, Diagnostic> {
    let text = written.text.trim_matches('/').split_whitespace().collect::<Vec<_>>().join("-");
    let refuse = |why: &str| {
        Diagnostic::error(Code::NotASlug, format!("{} is not a slug", quoted(&written.text)))
            .at(written.span.clone(), why)
            .note("a slug is one name of letters, digits and `-`; a whole address goes into `url`")
    };
    if let Some(c) = text.chars().find(|c| !(c.is_alphanumeric() || "-_.~".contains(*c))) {
        return Err(refuse(&format!("holds `{}`", c.escape_debug())).mean(&written.text, &slug(&written.text)));
    }
    if text.is_empty() {
        return Err(refuse("names nothing"));
    }
    if text.len() > LONGEST {
        return Err(refuse("is longer than 200 bytes"));
    }
    let path = SitePath::new(&text).map_err(|error| refuse(&error.to_string()))?;
    if Address::parse(&text) != Ok(Address::folder(path.clone())) {
        return Err(refuse("is the name of a file"));
    }
    unusable(&text).map_or(Ok(path), |why| Err(refuse(why)))
}

/// Whether a text begins like a URL of its own (RFC 3986, section 3.1).
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// Why a segment may not be written to an output folder.
fn unusable(segment: &str) -> Option<&'static str> {
    let name = segment.split('.').next().unwrap_or("");
    if DEVICES.iter().any(|device| device.eq_ignore_ascii_case(name)) {
        Some("is the name of a device on Windows")
    } else if segment.starts_with('.') && segment != ".well-known" {
        Some("is hidden")
    } else {
        None
    }
}
