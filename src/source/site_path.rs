use std::fmt;

/// A file or folder of the site: relative, separated by `/`, unable to leave the folder that it is relative to. The empty
/// path is that folder itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
pub struct SitePath(String);

/// Why a text is no [`SitePath`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePathError {
    path: String,
    why: &'static str,
}

impl fmt::Display for SitePathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.path.escape_debug(), self.why)
    }
}

impl std::error::Error for SitePathError {}

/// The longest name that Linux file systems take for one segment (`NAME_MAX` of limits.h), in bytes.
const LONGEST_NAME: usize = 255;

impl SitePath {
    /// Reads a relative path with `/` as its separator; empty segments and `.` are dropped.
    ///
    /// # Errors
    /// A path that is absolute, contains `..`, a backslash or a control character, or has a segment of over 255 bytes.
    pub fn new(path: &str) -> Result<Self, SitePathError> {
        let refuse = |why| Err(SitePathError { path: path.to_owned(), why });
        if path.starts_with('/') {
            return refuse("is absolute; paths are relative to the site");
        }
        if path.chars().any(char::is_control) {
            return refuse("contains a control character");
        }
        if path.contains('\\') {
            return refuse("contains a backslash; segments are separated by `/`");
        }
        let mut segments = Vec::new();
        for segment in path.split('/') {
            match segment {
                "" | "." => {}
                ".." => return refuse("would leave its folder by `..`"),
                name if name.len() > LONGEST_NAME => return refuse("has a name of more than 255 bytes"),
                name => segments.push(name),
            }
        }
        Ok(SitePath(segments.join("/")))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of `inner` below this folder.
    #[must_use]
    pub fn join(&self, inner: &SitePath) -> SitePath {
        match (self.0.as_str(), inner.0.as_str()) {
            ("", inner) => SitePath(inner.to_owned()),
            (outer, "") => SitePath(outer.to_owned()),
            (outer, inner) => SitePath(format!("{outer}/{inner}")),
        }
    }

    /// The path below `folder`, if it is there.
    pub fn below(&self, folder: &SitePath) -> Option<SitePath> {
        if folder.0.is_empty() {
            return Some(self.clone());
        }
        match self.0.strip_prefix(&folder.0)? {
            "" => Some(SitePath::default()),
            rest => rest.strip_prefix('/').map(|rest| SitePath(rest.to_owned())),
        }
    }

    /// The folder that it stands in.
    #[must_use]
    pub fn parent(&self) -> SitePath {
        SitePath(self.0.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned())
    }

    /// Its last segment.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// Its last segment without the extension.
    pub fn stem(&self) -> &str {
        match self.name().rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => self.name(),
        }
    }

    /// What follows the last dot of its last segment, unless the segment begins with that dot.
    pub fn extension(&self) -> Option<&str> {
        self.name().rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, extension)| extension)
    }

    /// Its segments, outermost first.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }
}

impl fmt::Display for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "." } else { &self.0 })
    }
}

impl fmt::Debug for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::new(text).unwrap()
    }

    #[test]
    fn nothing_leads_out_of_the_site() {
        for text in ["/etc/passwd", "..", "a/../b", "a/..", "a\\..\\b", "a\0b", "a\nb", &"x".repeat(256)] {
            assert!(SitePath::new(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn dots_and_empty_segments_are_dropped() {
        assert_eq!(path("./a//b/").as_str(), "a/b");
        assert_eq!(path("").to_string(), ".");
    }

    #[test]
    fn its_parts() {
        let file = path("posts/gil/index.en.md");
        assert_eq!((file.name(), file.stem(), file.extension()), ("index.en.md", "index.en", Some("md")));
        assert_eq!(file.parent(), path("posts/gil"));
        assert_eq!((path(".env").stem(), path(".env").extension()), (".env", None));
        assert_eq!(path("a").parent(), path(""));
    }

    #[test]
    fn below_wants_whole_segments() {
        assert_eq!(path("content/a.md").below(&path("content")), Some(path("a.md")));
        assert_eq!(path("contents/a.md").below(&path("content")), None);
        assert_eq!(path("a.md").below(&path("")), Some(path("a.md")));
    }
}
