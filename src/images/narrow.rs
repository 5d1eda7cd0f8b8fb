//! Narrower copies of pictures, as WebP, which every browser has known since 2020.

use std::cell::OnceCell;
use std::io::Cursor;
use std::sync::Arc;

use image::imageops::{FilterType, resize};
use image::{DynamicImage, ImageBuffer, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage, Rgba, RgbaImage};
use webp::Encoder;

use super::room::{Part, Room};
use super::{Format, Size};
use crate::memo::Memo;
use crate::source::Hash;

/// A copy of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Its width in pixels.
    pub width: u32,
    /// The file: WebP.
    pub bytes: Arc<[u8]>,
}

/// Part of the question of every copy: changes whenever other bytes may come of the same picture.
const VERSION: u32 = 1;

/// The most pixels that are decoded.
const MOST_PIXELS: u64 = 100_000_000;

/// Room for the pixels of pictures that are being narrowed: for one of the largest, or for several smaller ones at a time, on
/// however many processors. A build then took 0.5 GB at its peak with eight threads and eight pictures of 54 million opaque
/// pixels, and 1.4 GB with the dearest kind: 100 million pixels of 16 bits, parts of which are transparent. A copy that is nearly as wide
/// as the picture takes up to 16 bytes more for each of its pixels.
static ROOM: Room = Room::new(MOST_PIXELS);

/// The quality of lossy copies, of 100: what differs is not seen.
const QUALITY: f32 = 80.0;

/// Copies of a picture in each width that it has, and in its own where that is less than the widest. None of a picture that
/// moves or is drawn, and none if that of the whole picture is no smaller than the file.
///
/// # Errors
/// A sentence why it cannot be decoded.
pub fn copies(format: Format, data: &[u8], widths: &[u32], memo: &Memo) -> Result<Vec<Copy>, String> {
    let Some(format) = decoded(format, data) else { return Ok(Vec::new()) };
    let Some((own, _)) = size(format, data)? else { return Ok(Vec::new()) };
    let mut widths: Vec<u32> = widths.iter().map(|&width| width.min(own)).collect();
    widths.sort_unstable();
    widths.dedup();

    let digest = Hash::of_bytes(data).to_string();
    let picture = OnceCell::new();
    let mut copies = Vec::new();
    for width in widths {
        let bytes = memo.try_answer(&("narrow", VERSION, &digest, width), || {
            let picture = picture.get_or_init(|| Picture::decode(format, data, &ROOM));
            Ok::<_, String>(picture.as_ref().map_err(Clone::clone)?.copy(width))
        })?;
        if bytes.is_empty() || (width == own && bytes.len() >= data.len()) {
            return Ok(Vec::new());
        }
        copies.push(Copy { width, bytes });
    }
    Ok(copies)
}

/// The decoder of a picture that stands still.
fn decoded(format: Format, data: &[u8]) -> Option<ImageFormat> {
    // The chunk that tells of frames stands before the pixels (PNG, 11.3.6.1).
    let is_animated_png = || data.windows(4).take_while(|name| name != b"IDAT").any(|name| name == b"acTL");
    // The second of the flags of an extended file (RFC 9649, 2.7).
    let is_animated_webp = || data.get(12..16) == Some(b"VP8X") && data.get(20).is_some_and(|flags| flags & 2 != 0);
    match format {
        Format::Png if !is_animated_png() => Some(ImageFormat::Png),
        Format::Jpeg => Some(ImageFormat::Jpeg),
        Format::Webp if !is_animated_webp() => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// The size of a picture as it is shown, if that can be scaled.
fn size(format: ImageFormat, data: &[u8]) -> Result<Option<Size>, String> {
    let mut decoder = decoder(format, data)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(format!("{width} by {height} pixels are too many to scale: at most 100 million are"));
    }
    let turned = matches!(decoder.orientation().map_err(said)?.to_exif(), 5..=8);
    let size = if turned { (height, width) } else { (width, height) };
    Ok((size.0 > 0 && size.1 > 0).then_some(size))
}

fn decoder(format: ImageFormat, data: &[u8]) -> Result<impl ImageDecoder, String> {
    let mut reader = ImageReader::with_format(Cursor::new(data), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(8 * MOST_PIXELS);
    reader.limits(limits);
    reader.into_decoder().map_err(said)
}

#[expect(clippy::needless_pass_by_value, reason = "it stands behind `map_err`")]
fn said(error: image::ImageError) -> String {
    format!("it cannot be decoded: {error}")
}

/// A picture, turned as it is shown.
struct Picture<'r> {
    pixels: Pixels,
    /// What its numbers mean, where that is not sRGB.
    profile: Option<Vec<u8>>,
    /// Whether its pixels were kept as they were drawn.
    lossless: bool,
    /// What it takes of the room, given back when its pixels are gone.
    _part: Part<'r>,
}

enum Pixels {
    Opaque(RgbImage),
    /// Those of a picture of which parts are transparent: as they are, and [weighted].
    Transparent(RgbaImage, Rgba16Image),
}

type Rgba16Image = ImageBuffer<Rgba<u16>, Vec<u16>>;

impl<'r> Picture<'r> {
    fn decode(format: ImageFormat, data: &[u8], room: &'r Room) -> Result<Self, String> {
        let mut decoder = decoder(format, data)?;
        let (width, height) = decoder.dimensions();
        let part = room.take(u64::from(width) * u64::from(height));
        let orientation = decoder.orientation().map_err(said)?;
        // The decoder makes RGB of whatever the file holds; the profile of anything else would no longer be that of the pixels.
        let is_rgb = |profile: &Vec<u8>| profile.get(16..20) == Some(b"RGB ");
        let profile = decoder.icc_profile().map_err(said)?.filter(is_rgb);
        let mut pixels = DynamicImage::from_decoder(decoder).map_err(said)?;
        pixels.apply_orientation(orientation);
        let pixels = if pixels.color().has_alpha() {
            Pixels::Transparent(pixels.to_rgba8(), weighted(pixels.into_rgba16()))
        } else {
            Pixels::Opaque(pixels.into_rgb8())
        };
        Ok(Picture { pixels, profile, lossless: format == ImageFormat::Png, _part: part })
    }

    /// A copy of it; nothing if WebP cannot hold it, which is at most 16,383 pixels high. Of a picture that was kept without a loss, a copy without one if that
    /// is smaller: drawings are, photographs are not.
    fn copy(&self, width: u32) -> Vec<u8> {
        let own = match &self.pixels {
            Pixels::Opaque(pixels) => pixels.dimensions(),
            Pixels::Transparent(pixels, _) => pixels.dimensions(),
        };
        let height = (f64::from(own.1) * f64::from(width) / f64::from(own.0)).round().max(1.0) as u32;
        let lossless = self.lossless;
        let smaller = match &self.pixels {
            Pixels::Opaque(pixels) if width == own.0 => smaller(&Encoder::from_rgb(pixels, width, height), lossless),
            Pixels::Opaque(pixels) => {
                let scaled = resize(pixels, width, height, FilterType::Lanczos3);
                smaller(&Encoder::from_rgb(&scaled, width, height), lossless)
            }
            Pixels::Transparent(pixels, _) if width == own.0 => {
                smaller(&Encoder::from_rgba(pixels, width, height), lossless)
            }
            Pixels::Transparent(_, weighted) => {
                let scaled = unweighted(resize(weighted, width, height, FilterType::Lanczos3));
                smaller(&Encoder::from_rgba(&scaled, width, height), lossless)
            }
        };
        match &self.profile {
            Some(profile) => with_profile(&smaller, profile, (width, height)).unwrap_or_default(),
            None => smaller,
        }
    }
}

/// The smaller one of a lossy file and, if that is wanted, one without a loss; nothing if there is neither.
fn smaller(encoder: &Encoder<'_>, lossless: bool) -> Vec<u8> {
    let encode = |lossless| encoder.encode_simple(lossless, QUALITY).map(|bytes| bytes.to_vec()).ok();
    let lossless = if lossless { encode(true) } else { None };
    [encode(false), lossless].into_iter().flatten().min_by_key(Vec::len).unwrap_or_default()
}

/// Pixels that are scaled by what is seen of each of them: else the colour that nobody sees would become that of edges.
fn weighted(mut pixels: Rgba16Image) -> Rgba16Image {
    for Rgba([colours @ .., alpha]) in pixels.pixels_mut() {
        for colour in colours {
            *colour = (u32::from(*colour) * u32::from(*alpha) / u32::from(u16::MAX)) as u16;
        }
    }
    pixels
}

/// The inverse of [`weighted`].
fn unweighted(mut pixels: Rgba16Image) -> RgbaImage {
    for Rgba([colours @ .., alpha]) in pixels.pixels_mut() {
        for colour in colours {
            let full = u32::from(*colour) * u32::from(u16::MAX) / u32::from(*alpha).max(1);
            *colour = full.min(u32::from(u16::MAX)) as u16;
        }
    }
    DynamicImage::from(pixels).into_rgba8()
}

/// A WebP file with a colour profile, which makes it an extended one (RFC 9649, 2.7).
fn with_profile(webp: &[u8], profile: &[u8], (width, height): Size) -> Option<Vec<u8>> {
    const ICC: u8 = 0x20;
    const ALPHA: u8 = 0x10;
    let chunks = webp.get(12..)?;
    let (flags, chunks) = match chunks.get(..4)? {
        b"VP8X" => (*chunks.get(8)?, chunks.get(18..)?),
        // Bit 28 of the header of a lossless picture tells whether its alpha is used (RFC 9649, 3.4).
        b"VP8L" if chunks.get(12)? & 0x10 != 0 => (ALPHA, chunks),
        _ => (0, chunks),
    };
    let side = |pixels: u32| pixels.wrapping_sub(1).to_le_bytes();
    let mut extended = b"WEBPVP8X\x0a\0\0\0".to_vec();
    extended.extend([flags | ICC, 0, 0, 0]);
    extended.extend(&side(width)[..3]);
    extended.extend(&side(height)[..3]);
    extended.extend(b"ICCP");
    extended.extend(u32::try_from(profile.len()).ok()?.to_le_bytes());
    extended.extend(profile);
    extended.resize(extended.len().next_multiple_of(2), 0);
    extended.extend(chunks);
    let length = u32::try_from(extended.len()).ok()?;
    Some([b"RIFF", &length.to_le_bytes()[..], &extended].concat())
}

#[cfg(test)]
mod tests;
