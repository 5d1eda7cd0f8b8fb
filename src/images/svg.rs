//! What a page has to know of an SVG: whether it is one, and its size.
//!
//! Only the root element is read. The picture is shown by an `<img>`, so that what stands in it cannot do harm; what matters
//! is that the author hears of a picture that browsers would not show.

use super::Size;

const NAMESPACE: &str = "http://www.w3.org/2000/svg";

/// The size by the root element, in pixels of CSS, or nothing if it does not say one. The error is a sentence why browsers
/// would not show the picture.
pub(super) fn size(data: &[u8]) -> Result<Option<Size>, String> {
    let text = std::str::from_utf8(data).map_err(|_| "this SVG is not UTF-8 text")?;
    let root = Root::read(text).ok_or("this is not an SVG: its first element is not `<svg>`, or breaks off")?;
    let (namespace, end) = match root.name.split_once(':') {
        Some((prefix, "svg")) => (format!("xmlns:{prefix}"), format!("</{}", root.name)),
        None if root.name == "svg" => ("xmlns".to_owned(), "</svg".to_owned()),
        _ => return Err("this is not an SVG: its first element is not `<svg>`".to_owned()),
    };
    if root.attribute(&namespace) != Some(NAMESPACE) {
        return Err(format!("browsers do not show this SVG: its first element needs `{namespace}=\"{NAMESPACE}\"`"));
    }
    if !root.behind.starts_with('/') && !root.behind.contains(&end) {
        return Err(format!("this SVG breaks off: it has no `{end}>`"));
    }
    Ok(root.size())
}

/// The first element of a document.
struct Root<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    /// From the `>` or `/>` of its tag on.
    behind: &'a str,
}

impl<'a> Root<'a> {
    fn read(text: &'a str) -> Option<Root<'a>> {
        let tag = behind_prolog(text)?.strip_prefix('<')?;
        let (name, mut rest) = tag.split_at(tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))?);
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_ascii_start();
            if rest.starts_with('>') || rest.starts_with("/>") {
                return Some(Root { name, attributes, behind: rest });
            }
            let (attribute, value) = rest.split_once('=')?;
            let value = value.trim_ascii_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, behind) = value[1..].split_once(quote)?;
            attributes.push((attribute.trim_ascii_end(), value));
            rest = behind;
        }
    }

    fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(other, _)| *other == name).map(|&(_, value)| value)
    }

    /// By `width` and `height`; what is missing of them by the proportions of the `viewBox` (SVG 2, 8.2 and 8.12).
    fn size(&self) -> Option<Size> {
        let length = |name| self.attribute(name).and_then(pixels);
        let view = self.attribute("viewBox").and_then(proportions);
        let (width, height) = match (length("width"), length("height"), view) {
            (Some(width), Some(height), _) => (width, height),
            (Some(width), None, Some((w, h))) => (width, width * h / w),
            (None, Some(height), Some((w, h))) => (height * w / h, height),
            (None, None, Some(size)) => size,
            _ => return None,
        };
        let whole = |side: f64| side.round().clamp(1.0, f64::from(u16::MAX)) as u32;
        Some((whole(width), whole(height)))
    }
}

/// What stands behind the XML declaration, comments and the document type.
fn behind_prolog(text: &str) -> Option<&str> {
    let mut rest = text.trim_start_matches('\u{feff}');
    loop {
        rest = rest.trim_ascii_start();
        let (inside, end) = if let Some(inside) = rest.strip_prefix("<!--") {
            (inside, "-->")
        } else if let Some(inside) = rest.strip_prefix("<?") {
            (inside, "?>")
        } else if let Some(inside) = rest.strip_prefix("<!DOCTYPE") {
            // Entities may be declared between brackets.
            let bracket = inside.find(['[', '>']).is_some_and(|at| inside[at..].starts_with('['));
            (inside, if bracket { "]>" } else { ">" })
        } else {
            return Some(rest);
        };
        rest = inside.split_once(end)?.1;
    }
}

/// An absolute length in pixels (CSS Values and Units 4, 6.2); nothing for one that depends on the page.
fn pixels(length: &str) -> Option<f64> {
    let length = length.trim();
    let unit_at = length.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(length.len());
    let (number, unit) = length.split_at(unit_at);
    let unit = match unit {
        "" | "px" => 1.0,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        _ => return None,
    };
    positive(number).map(|number| number * unit)
}

/// Width and height of a `viewBox`.
fn proportions(view: &str) -> Option<(f64, f64)> {
    let mut numbers = view.split([' ', ',', '\t', '\n', '\r']).filter(|number| !number.is_empty()).skip(2);
    Some((positive(numbers.next()?)?, positive(numbers.next()?)?))
}

fn positive(number: &str) -> Option<f64> {
    number.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(attributes: &str) -> Result<Option<Size>, String> {
        size(format!("<svg xmlns=\"{NAMESPACE}\" {attributes}></svg>").as_bytes())
    }

    #[test]
    fn the_size_is_read_from_the_root() {
        for (attributes, size) in [
            ("width=\"300\" height='150'", Some((300, 150))),
            ("width = \"300px\"\n height= \"149.6px\"", Some((300, 150))),
            ("width=\"460.8pt\" height=\"345.6pt\" viewBox=\"0 0 460.8 345.6\"", Some((614, 461))),
            ("width=\"1in\" height=\"2.54cm\"", Some((96, 96))),
            ("width=\"25.4mm\" height=\"6pc\"", Some((96, 96))),
            ("viewBox=\"-5,-5 , 30 15\"", Some((30, 15))),
            ("viewBox=\"0 0 30 15\" width=\"300\"", Some((300, 150))),
            ("viewBox=\"0 0 30 15\" width=\"100%\" height=\"150\"", Some((300, 150))),
            ("width=\"100%\" height=\"20em\"", None),
            ("viewBox=\"0 0 0 15\"", None),
            ("viewBox=\"0 0\"", None),
            ("width=\"-3\" height=\"3\"", None),
            ("width=\"inf\" height=\"NaN\"", None),
            ("width=\"1e9\" height=\"3\"", None),
            ("width=\"999999999999\" height=\"0.01\"", Some((65_535, 1))),
            ("title=\"a > b\"", None),
            ("", None),
        ] {
            assert_eq!(of(attributes), Ok(size), "{attributes}");
        }
    }

    #[test]
    fn what_may_stand_before_the_root_is_skipped() {
        let root = format!("<svg xmlns=\"{NAMESPACE}\" width=\"3\" height=\"4\"/>");
        for prolog in [
            "\u{feff}<?xml version=\"1.0\"?>\n",
            "<!-- <svg> --> <!--> -->",
            "<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/svg11.dtd\">\n<!-- a -->",
            "<!DOCTYPE svg [ <!ENTITY a \"b\"> ]>",
            "<?xml-stylesheet href=\"a[b].css\"?>",
        ] {
            assert_eq!(size(format!("{prolog}{root}").as_bytes()), Ok(Some((3, 4))), "{prolog}");
        }
        let prefixed = format!("<ns0:svg xmlns:ns0=\"{NAMESPACE}\" width=\"3\" height=\"4\"><ns0:g /></ns0:svg>");
        assert_eq!(size(prefixed.as_bytes()), Ok(Some((3, 4))));
    }

    #[test]
    fn what_browsers_would_not_show_is_an_error() {
        for (text, why) in [
            ("", "this is not an SVG: its first element is not `<svg>`, or breaks off"),
            ("a plot", "this is not an SVG: its first element is not `<svg>`, or breaks off"),
            ("<html><svg></svg></html>", "this is not an SVG: its first element is not `<svg>`"),
            ("<svgx></svgx>", "this is not an SVG: its first element is not `<svg>`"),
            ("<svg width=\"3", "this is not an SVG: its first element is not `<svg>`, or breaks off"),
            ("<svg width=3></svg>", "this is not an SVG: its first element is not `<svg>`, or breaks off"),
            ("<!-- <svg>", "this is not an SVG: its first element is not `<svg>`, or breaks off"),
            (
                "<svg width=\"3\"></svg>",
                "browsers do not show this SVG: its first element needs `xmlns=\"http://www.w3.org/2000/svg\"`",
            ),
            ("<svg xmlns=\"http://www.w3.org/2000/svg\"><g>", "this SVG breaks off: it has no `</svg>`"),
        ] {
            assert_eq!(size(text.as_bytes()), Err(why.to_owned()), "{text}");
        }
        assert_eq!(size(b"<svg \xff"), Err("this SVG is not UTF-8 text".to_owned()));
    }
}
