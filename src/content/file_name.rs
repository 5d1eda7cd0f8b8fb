//! What the name and the folder of a file say about its post.

use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::source::SitePath;

use super::date::leading_date;
use super::slug;

/// What a file's path says.
#[derive(Debug, PartialEq)]
pub(super) struct FileName {
    /// The folder that its address stands in.
    pub folder: SitePath,
    /// Its name without date and extension; empty for `content/index.md`.
    pub name: String,
    /// The date in front of its name: `2018-02-17-title.md`.
    pub date: Option<Zoned>,
    /// The folder of a bundle.
    pub bundle: Option<SitePath>,
    /// Whether it lies in Jekyll's folder of drafts.
    pub draft: bool,
}

impl FileName {
    /// Reads a path below `content/`.
    pub(super) fn read(path: &SitePath, zone: &TimeZone) -> Self {
        let content = SitePath::new("content").expect("a plain name");
        let inner = path.below(&content).unwrap_or_else(|| path.clone());
        let is_index = inner.stem() == "index";
        let (parent, named) =
            if is_index { (inner.parent().parent(), inner.parent()) } else { (inner.parent(), inner.clone()) };
        let stem = if is_index { named.name() } else { named.stem() };
        let (date, name) = split_date(stem, zone);
        // Jekyll's own folders are no part of its addresses.
        let kept = |segment: &&str| !matches!(*segment, "_posts" | "_drafts");
        let folder = parent.segments().filter(kept).collect::<Vec<_>>().join("/");
        FileName {
            folder: SitePath::new(&folder).expect("segments of a path make a path"),
            name: name.to_owned(),
            date,
            bundle: (is_index && !named.as_str().is_empty()).then(|| path.parent()),
            draft: inner.segments().any(|segment| segment == "_drafts"),
        }
    }

    /// The last segment of its address; empty for `content/index.md`.
    pub(super) fn segment(&self) -> SitePath {
        let segment = if self.name.is_empty() { String::new() } else { slug(&self.name) };
        SitePath::new(&segment).expect("a slug is a plain name")
    }

    /// A title made of the name: `what-a-lock-costs` reads "What a lock costs".
    pub(super) fn title(&self) -> Option<String> {
        let words = self.name.split(['-', '_', ' ']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let mut letters = words.chars();
        let first = letters.next()?;
        Some(first.to_uppercase().chain(letters).collect())
    }
}

/// The date in front of a name and the rest; a name that is a date and nothing else keeps it.
fn split_date<'a>(stem: &'a str, zone: &TimeZone) -> (Option<Zoned>, &'a str) {
    match leading_date(stem, zone) {
        Some((date, rest)) if rest.is_empty() || rest.starts_with(['-', '_', ' ']) => {
            let name = rest.trim_start_matches(['-', '_', ' ']);
            (Some(date), if name.is_empty() { stem } else { name })
        }
        _ => (None, stem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> FileName {
        FileName::read(&SitePath::new(path).unwrap(), &TimeZone::UTC)
    }

    #[test]
    fn names_tell_dates_and_titles() {
        for (path, date, name, title) in [
            ("content/2018-02-17-title.md", "2018-02-17", "title", "Title"),
            ("content/2018-2-7-a-lock_costs.markdown", "2018-02-07", "a-lock_costs", "A lock costs"),
            ("content/2018-02-17_x.md", "2018-02-17", "x", "X"),
            ("content/2018-02-17.md", "2018-02-17", "2018-02-17", "2018 02 17"),
            ("content/2018-02-30-x.md", "", "2018-02-30-x", "2018 02 30 x"),
            ("content/2018-02-17th.md", "", "2018-02-17th", "2018 02 17th"),
            ("content/12-monkeys.md", "", "12-monkeys", "12 monkeys"),
            ("content/Über.den.GIL.md", "", "Über.den.GIL", "Über.den.GIL"),
            ("content/2018-02-17-gil/index.md", "2018-02-17", "gil", "Gil"),
        ] {
            let file = read(path);
            let found = file.date.as_ref().map_or(String::new(), |date| date.date().to_string());
            assert_eq!((found.as_str(), file.name.as_str()), (date, name), "{path}");
            assert_eq!(file.title().as_deref(), Some(title), "{path}");
        }
    }

    #[test]
    fn folders_tell_addresses_bundles_and_drafts() {
        for (path, folder, bundle, draft) in [
            ("content/a.md", ".", None, false),
            ("content/notes/rust/a.md", "notes/rust", None, false),
            ("content/gil/index.md", ".", Some("content/gil"), false),
            ("content/notes/gil/index.md", "notes", Some("content/notes/gil"), false),
            ("content/index.md", ".", None, false),
            ("content/rust/_posts/2018-02-17-a.md", "rust", None, false),
            ("content/_drafts/a.md", ".", None, true),
            ("elsewhere/a.md", "elsewhere", None, false),
        ] {
            let file = read(path);
            assert_eq!(file.folder.to_string(), folder, "{path}");
            assert_eq!(file.bundle.as_ref().map(SitePath::as_str), bundle, "{path}");
            assert_eq!(file.draft, draft, "{path}");
        }
        assert_eq!(read("content/index.md").title(), None);
    }
}
