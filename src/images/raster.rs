//! The sizes that pictures made of pixels say they have.

use image::metadata::Orientation;

use super::Size;

/// The size in the first chunk (W3C, "Portable Network Graphics", 11.2.1).
pub(super) fn png(data: &[u8]) -> Option<Size> {
    let header = data.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")?;
    Some((u32::from_be_bytes(at(header, 0)?), u32::from_be_bytes(at(header, 4)?)))
}

/// The size of the logical screen (GIF 89a, 18).
pub(super) fn gif(data: &[u8]) -> Option<Size> {
    let screen = data.strip_prefix(b"GIF89a").or_else(|| data.strip_prefix(b"GIF87a"))?;
    Some((u16::from_le_bytes(at(screen, 0)?).into(), u16::from_le_bytes(at(screen, 2)?).into()))
}

/// The size in the frame header (ITU-T T.81, B.2.2), the first of the segments whose marker is SOF, as it is when the picture
/// is turned as an Exif segment before it says (CIPA DC-008, 4.5.4 and 4.6.4), which browsers do.
pub(super) fn jpeg(data: &[u8]) -> Option<Size> {
    let mut rest = data.strip_prefix(b"\xFF\xD8")?;
    let mut turned = false;
    while let [0xFF, marker, ..] = *rest {
        let length = match marker {
            // A fill byte, and the markers that stand alone.
            0xFF => 1,
            0x01 | 0xD0..=0xD7 => 2,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let (height, width) = (u16::from_be_bytes(at(rest, 5)?), u16::from_be_bytes(at(rest, 7)?));
                let (width, height) = if turned { (height, width) } else { (width, height) };
                return Some((width.into(), height.into()));
            }
            0xE1 => {
                let length = 2 + usize::from(u16::from_be_bytes(at(rest, 2)?));
                turned |= rest.get(4..length)?.strip_prefix(b"Exif\0\0").is_some_and(is_turned);
                length
            }
            // The image data, or its end.
            0xD9 | 0xDA => return None,
            _ => 2 + usize::from(u16::from_be_bytes(at(rest, 2)?)),
        };
        rest = rest.get(length..)?;
    }
    None
}

/// Whether Exif data says that a picture lies on its side.
fn is_turned(exif: &[u8]) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    let orientation = Orientation::from_exif_chunk(exif);
    matches!(orientation, Some(Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH))
}

/// The size by the largest of the properties `ispe` (ISO/IEC 23008-12, 6.5.3): a picture may be made of tiles, each with a size
/// of its own. Turned as the property `irot` (6.5.10) says.
pub(super) fn avif(data: &[u8]) -> Option<Size> {
    /// The properties stand at the beginning, before the pixels.
    const HEAD: usize = 64 * 1024;
    let brand = at::<8>(data, 4)?;
    if !matches!(&brand, b"ftypavif" | b"ftypavis" | b"ftypmif1") {
        return None;
    }
    let head = &data[..data.len().min(HEAD)];
    let boxes = |name: &'static [u8; 4]| (0..head.len()).filter(move |&place| head[place..].starts_with(name));
    let side = |place| Some(u32::from_be_bytes(at(head, place)?));
    let sizes = boxes(b"ispe").filter_map(|place| Some((side(place + 8)?, side(place + 12)?)));
    let (width, height) = sizes.max_by_key(|&(width, height)| u64::from(width) * u64::from(height))?;
    let quarters = boxes(b"irot").find_map(|place| head.get(place + 4)).unwrap_or(&0);
    Some(if quarters % 2 == 1 { (height, width) } else { (width, height) })
}

/// The size in the first chunk (RFC 9649, 2.5 to 2.7; of a key frame: RFC 6386, 9.1).
pub(super) fn webp(data: &[u8]) -> Option<Size> {
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
    use crate::images::Format;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2c\0\0\0\x96\x08\x06";
    const GIF: &[u8] = b"GIF89a\x2c\x01\x96\0\xf7";
    /// With an application segment, a fill byte and a quantisation table before the (progressive) frame header.
    const JPEG: &[u8] =
        b"\xff\xd8\xff\xe0\0\x06JFIF\xff\xff\xdb\0\x03\0\xff\xc2\0\x11\x08\0\x96\x01\x2c\x03\x01\x22\0\x02\x11\x01";
    const LOSSY: &[u8] = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x30\x01\0\x9d\x01\x2a\x2c\x01\x96\0";
    const LOSSLESS: &[u8] = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x2b\x41\x25\0";
    const EXTENDED: &[u8] = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\x2b\x01\0\x95\0\0";

    /// A tile, and all.
    const AVIF: &[u8] = b"\0\0\0\x14ftypavif\0\0\0\0mif1\
        \0\0\0\x14ispe\0\0\0\0\0\0\0\x96\0\0\0\x96\0\0\0\x14ispe\0\0\0\0\0\0\x01\x2c\0\0\0\x96";

    const ALL: [(Format, &[u8]); 7] = [
        (Format::Png, PNG),
        (Format::Gif, GIF),
        (Format::Jpeg, JPEG),
        (Format::Webp, LOSSY),
        (Format::Webp, LOSSLESS),
        (Format::Webp, EXTENDED),
        (Format::Avif, AVIF),
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
                // The tile of an AVIF is whole before all is.
                if format == Format::Avif && length >= 40 {
                    break;
                }
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
    fn a_picture_is_turned_as_it_says() {
        // Big-endian TIFF with one entry: the orientation (0x0112), a short, once.
        let exif = |orientation: u8| {
            let mut data = b"\xff\xd8\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
            data.extend([orientation, 0, 0, 0, 0, 0, 0]);
            data.extend(&JPEG[2..]);
            data
        };
        for (orientation, size) in [(1, (300, 150)), (3, (300, 150)), (6, (150, 300)), (8, (150, 300)), (9, (300, 150))]
        {
            assert_eq!(Format::Jpeg.size(&exif(orientation)), Ok(Some(size)), "{orientation}");
        }
        let avif = [AVIF, b"\0\0\0\x09irot\x01"].concat();
        assert_eq!(Format::Avif.size(&avif), Ok(Some((150, 300))));
    }
}
