//! Pictures that a cell drew, as files beside the page.

use crate::article::escape;
use crate::images::{self, Format};

/// Shows a picture that is published at a URL. It stands in an `<img>`, where no script of an SVG runs and nothing is loaded,
/// and has the room that it needs before it is loaded. The error is a sentence why the data is no such picture.
pub(super) fn image(format: Format, data: &[u8], alt: &str, url: &str) -> Result<String, String> {
    let size = format.size(data)?.map(images::attributes).unwrap_or_default();
    let (url, alt) = (escape::url(url), escape::attribute(alt));
    Ok(format!(
        "<div class=\"rich\"><img src=\"{url}\" alt=\"{alt}\"{size} loading=\"lazy\" decoding=\"async\"></div>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2c\0\0\0\x96\x08\x06";

    #[test]
    fn nothing_leaves_the_attributes() {
        assert_eq!(
            image(Format::Png, PNG, "\"><script>", "a b\".png").as_deref(),
            Ok(
                "<div class=\"rich\"><img src=\"a%20b%22.png\" alt=\"&quot;&gt;&lt;script&gt;\" width=\"300\" height=\"150\" \
                loading=\"lazy\" decoding=\"async\"></div>\n"
            )
        );
    }
}
