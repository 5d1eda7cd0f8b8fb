use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{SitePath, SitePathError};

/// Where a page stands below the site's base URL. A folder's address (`/gil/`) is served from the `index.html` in it, a
/// file's (`/feed.xml`) from that file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    path: SitePath,
    folder: bool,
}

/// Why a text is no [`Address`].
pub type AddressError = SitePathError;

/// What a path segment may not hold literally: the complement of `pchar` (RFC 3986, section 3.3).
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl Address {
    /// The address of the home page.
    pub fn home() -> Self {
        Address { path: SitePath::default(), folder: true }
    }

    /// The address of a folder that holds one page.
    pub fn folder(path: SitePath) -> Self {
        Address { path, folder: true }
    }

    /// The address of a file.
    pub fn file(path: SitePath) -> Self {
        Address { path, folder: false }
    }

    /// Reads an address as authors write it in `url` or `aliases`: with or without a slash in front; a file if its last
    /// segment ends in `.html`, `.htm`, `.xml`, `.txt` or `.json`, otherwise a folder. It is not percent-decoded.
    ///
    /// # Errors
    /// As [`SitePath::new`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let path = SitePath::new(text.trim().trim_start_matches('/'))?;
        let file = path.extension().is_some_and(|extension| {
            ["html", "htm", "xml", "txt", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known))
        });
        if file && path.name() == "index.html" {
            return Ok(Address::folder(path.parent()));
        }
        Ok(Address { folder: !file || text.ends_with('/'), path })
    }

    /// The file that the page is written to, relative to the output folder.
    pub fn output_file(&self) -> SitePath {
        if self.folder {
            self.path.join(&SitePath::new("index.html").expect("a plain name"))
        } else {
            self.path.clone()
        }
    }

    /// The path, percent-encoded, from the root of the site: `/gil/`.
    pub fn href(&self) -> String {
        let mut href = String::from("/");
        href.extend(utf8_percent_encode(self.path.as_str(), SEGMENT));
        if self.folder && !self.path.as_str().is_empty() {
            href.push('/');
        }
        href
    }

    /// The folder or file without slashes around it.
    pub fn path(&self) -> &SitePath {
        &self.path
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.path.as_str())?;
        f.write_str(if self.folder && !self.path.as_str().is_empty() { "/" } else { "" })
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_files() {
        let of = |text| {
            let address = Address::parse(text).unwrap();
            (address.href(), address.output_file().to_string())
        };
        assert_eq!(of("/gil/"), ("/gil/".into(), "gil/index.html".into()));
        assert_eq!(of("gil"), ("/gil/".into(), "gil/index.html".into()));
        assert_eq!(of("/2018/x.html"), ("/2018/x.html".into(), "2018/x.html".into()));
        assert_eq!(of("/v1.2"), ("/v1.2/".into(), "v1.2/index.html".into()));
        assert_eq!(of("/a/index.html"), ("/a/".into(), "a/index.html".into()));
        assert_eq!(of("/"), ("/".into(), "index.html".into()));
        assert!(Address::parse("/../x").is_err());
    }

    #[test]
    fn what_a_url_cannot_hold_is_encoded() {
        assert_eq!(Address::parse("/50% off #1?/ä").unwrap().href(), "/50%25%20off%20%231%3F/%C3%A4/");
    }
}
