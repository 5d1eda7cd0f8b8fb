//! Pictures that a cell drew, as files beside the page.

use super::svg;
use crate::article::escape;

/// Width and height in pixels of CSS, of which none is 0.
pub(super) type Size = (u32, u32);

/// A format of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Svg,
    Png,
    Jpeg,
    Webp,
    Gif,
}

impl Format {
    /// The extension of its files.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Format::Svg => "svg",
            Format::Png => "png",
            Format::Jpeg => "jpg",
            Format::Webp => "webp",
            Format::Gif => "gif",
        }
    }

    /// The size of a picture, if it says one. The error is a sentence why the data is no picture of this format.
    fn size(self, data: &[u8]) -> Result<Option<Size>, String> {
        let (name, size) = match self {
            Format::Svg => return svg::size(data),
            Format::Png => ("PNG", png(data)),
            Format::Jpeg => ("JPEG", jpeg(data)),
            Format::Webp => ("WebP", webp(data)),
            Format::Gif => ("GIF", gif(data)),
        };
        match size {
            Some((1.., 1..)) => Ok(size),
            _ => Err(format!("this is not a {name} image, or only the beginning of one")),
        }
    }
}

/// Shows a picture that is published at a URL. It stands in an `<img>`, where no script of an SVG runs and nothing is loaded,
/// and has the room that it needs before it is loaded. The error is a sentence why the data is no such picture.
pub(super) fn image(format: Format, data: &[u8], alt: &str, url: &str) -> Result<String, String> {
    let size = match format.size(data)? {
        Some((width, height)) => format!(" width=\"{width}\" height=\"{height}\""),
        None => String::new(),
    };
    let (url, alt) = (escape::url(url), escape::attribute(alt));
    Ok(format!("<div class=\"rich\"><img src=\"{url}\" alt=\"{alt}\"{size} loading=\"lazy\"></div>\n"))
}

/// The size in the first chunk (W3C, "Portable Network Graphics", 11.2.1).
fn png(data: &[u8]) -> Option<Size> {
    let header = data.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")?;
    Some((u32::from_be_bytes(at(header, 0)?), u32::from_be_bytes(at(header, 4)?)))
}

/// The size of the logical screen (GIF 89a, 18).
fn gif(data: &[u8]) -> Option<Size> {
    let screen = data.strip_prefix(b"GIF89a").or_else(|| data.strip_prefix(b"GIF87a"))?;
    Some((u16::from_le_bytes(at(screen, 0)?).into(), u16::from_le_bytes(at(screen, 2)?).into()))
}

/// The size in the frame header (ITU-T T.81, B.2.2), the first of the segments whose marker is SOF.
fn jpeg(data: &[u8]) -> Option<Size> {
    let mut rest = data.strip_prefix(b"\xFF\xD8")?;
    while let [0xFF, marker, ..] = *rest {
        let length = match marker {
            // A fill byte, and the markers that stand alone.
            0xFF => 1,
            0x01 | 0xD0..=0xD7 => 2,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let (height, width) = (u16::from_be_bytes(at(rest, 5)?), u16::from_be_bytes(at(rest, 7)?));
                return Some((width.into(), height.into()));
            }
            // The image data, or its end.
            0xD9 | 0xDA => return None,
            _ => 2 + usize::from(u16::from_be_bytes(at(rest, 2)?)),
        };
        rest = rest.get(length..)?;
    }
    None
}

/// The size in the first chunk (RFC 9649, 2.5 to 2.7; of a key frame: RFC 6386, 9.1).
fn webp(data: &[u8]) -> Option<Size> {
    if !data.starts_with(b"RIFF") || at(data, 8)? != *b"WEBP" {
        return None;
    }
    match &at(data, 12)? {
        b"VP8 " if at(data, 23)? == [0x9D, 0x01, 0x2A] => {
            let side = |place| Some(u32::from(u16::from_le_bytes(at(data, place)?) & 0x3FFF));
            Some((side(26)?, side(28)?))
        }
        b"VP8L" if at(data, 20)? == [0x2F] => {
            let bits = u32::from_le_bytes(at(data, 21)?);
            Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        b"VP8X" => {
            let side = |place| at(data, place).map(|[a, b, c]: [u8; 3]| u32::from_le_bytes([a, b, c, 0]) + 1);
            Some((side(24)?, side(27)?))
        }
        _ => None,
    }
}

fn at<const N: usize>(data: &[u8], place: usize) -> Option<[u8; N]> {
    data.get(place..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2c\0\0\0\x96\x08\x06";
    const GIF: &[u8] = b"GIF89a\x2c\x01\x96\0\xf7";
    /// With an application segment, a fill byte and a quantisation table before the (progressive) frame header.
    const JPEG: &[u8] =
        b"\xff\xd8\xff\xe0\0\x06JFIF\xff\xff\xdb\0\x03\0\xff\xc2\0\x11\x08\0\x96\x01\x2c\x03\x01\x22\0\x02\x11\x01";
    const LOSSY: &[u8] = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x30\x01\0\x9d\x01\x2a\x2c\x01\x96\0";
    const LOSSLESS: &[u8] = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x2b\x41\x25\0";
    const EXTENDED: &[u8] = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\x2b\x01\0\x95\0\0";

    const ALL: [(Format, &[u8]); 6] = [
        (Format::Png, PNG),
        (Format::Gif, GIF),
        (Format::Jpeg, JPEG),
        (Format::Webp, LOSSY),
        (Format::Webp, LOSSLESS),
        (Format::Webp, EXTENDED),
    ];

    #[test]
    fn a_picture_says_its_size() {
        for (format, data) in ALL {
            assert_eq!(format.size(data), Ok(Some((300, 150))), "{format:?}");
        }
    }

    #[test]
    fn what_breaks_off_or_is_something_else_is_no_picture() {
        for (format, data) in ALL {
            let why = format.size(b"GIF").unwrap_err();
            assert!(why.starts_with("this is not a "), "{why}");
            let size_ends = data.len()
                - match format {
                    Format::Png => 2,
                    Format::Jpeg => 9,
                    Format::Gif => 1,
                    _ => 0,
                };
            for length in 0..size_ends {
                assert!(format.size(&data[..length]).is_err(), "{format:?} of {length} bytes");
            }
            for (other, _) in ALL.iter().filter(|(other, _)| *other != format) {
                assert!(other.size(data).is_err(), "{format:?} as {other:?}");
            }
        }
    }

    #[test]
    fn a_picture_without_pixels_is_none() {
        assert!(Format::Png.size(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\x96").is_err());
        assert!(Format::Gif.size(b"GIF89a\0\0\0\0").is_err());
        assert!(Format::Jpeg.size(b"\xff\xd8\xff\xe0\0\0\xff\xd9").is_err());
    }

    #[test]
    fn nothing_leaves_the_attributes() {
        assert_eq!(
            image(Format::Png, PNG, "\"><script>", "a b\".png").as_deref(),
            Ok(
                "<div class=\"rich\"><img src=\"a%20b%22.png\" alt=\"&quot;&gt;&lt;script&gt;\" width=\"300\" height=\"150\" \
                loading=\"lazy\"></div>\n"
            )
        );
    }
}
