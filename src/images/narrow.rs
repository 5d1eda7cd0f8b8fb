//! Narrower copies of pictures, as WebP, which every browser has known since 2020.

use std::cell::OnceCell;
use std::io::Cursor;
use std::sync::Arc;

use image::imageops::{FilterType, resize};
use image::{DynamicImage, ImageBuffer, ImageDecoder, ImageFormat, ImageReader, Limits, Rgba};

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

/// The longest side that WebP knows, in pixels (RFC 9649, 2.5).
const LARGEST_SIDE: u32 = 16_383;

/// Part of the question of every copy: changes whenever other bytes may come of the same picture.
const VERSION: u32 = 1;

/// The most pixels that are decoded: 8 bytes each are needed to scale them.
const MOST_PIXELS: u64 = 100_000_000;

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
            let picture = picture.get_or_init(|| Picture::decode(format, data));
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
struct Picture {
    pixels: DynamicImage,
    /// What its numbers mean, where that is not sRGB.
    profile: Option<Vec<u8>>,
    /// Whether its pixels were kept as they were drawn.
    lossless: bool,
}

impl Picture {
    fn decode(format: ImageFormat, data: &[u8]) -> Result<Picture, String> {
        let mut decoder = decoder(format, data)?;
        let orientation = decoder.orientation().map_err(said)?;
        // The decoder makes RGB of whatever the file holds; the profile of anything else would no longer be that of the pixels.
        let is_rgb = |profile: &Vec<u8>| profile.get(16..20) == Some(b"RGB ");
        let profile = decoder.icc_profile().map_err(said)?.filter(is_rgb);
        let mut pixels = DynamicImage::from_decoder(decoder).map_err(said)?;
        pixels.apply_orientation(orientation);
        Ok(Picture { pixels, profile, lossless: format == ImageFormat::Png })
    }

    /// A copy of it; nothing if WebP cannot hold it. Of a picture that was kept without a loss, a copy without one if that
    /// is smaller: drawings are, photographs are not.
    fn copy(&self, width: u32) -> Vec<u8> {
        let own = (self.pixels.width(), self.pixels.height());
        let height = (f64::from(own.1) * f64::from(width) / f64::from(own.0)).round().max(1.0) as u32;
        if height > LARGEST_SIDE {
            return Vec::new();
        }
        let alpha = self.pixels.color().has_alpha();
        let scaled = match (width == own.0, alpha) {
            (true, true) => DynamicImage::from(self.pixels.to_rgba8()),
            (true, false) => DynamicImage::from(self.pixels.to_rgb8()),
            (false, true) => scaled_with_alpha(&self.pixels, width, height).into(),
            (false, false) => resize(&self.pixels.to_rgb8(), width, height, FilterType::Lanczos3).into(),
        };
        let encoder = if alpha {
            webp::Encoder::from_rgba(scaled.as_bytes(), width, height)
        } else {
            webp::Encoder::from_rgb(scaled.as_bytes(), width, height)
        };
        let encode = |lossless| encoder.encode_simple(lossless, QUALITY).map(|bytes| bytes.to_vec()).ok();
        let lossless = if self.lossless { encode(true) } else { None };
        let smaller = [encode(false), lossless].into_iter().flatten().min_by_key(Vec::len).unwrap_or_default();
        match &self.profile {
            Some(profile) => with_profile(&smaller, profile, (width, height)).unwrap_or_default(),
            None => smaller,
        }
    }
}

/// Scales a picture of which parts are transparent: a pixel counts for as much as is seen of it, or the colour that nobody sees
/// would become that of edges.
fn scaled_with_alpha(pixels: &DynamicImage, width: u32, height: u32) -> ImageBuffer<Rgba<u8>, Vec<u8>> {
    let mut weighted = pixels.to_rgba16();
    for Rgba([colours @ .., alpha]) in weighted.pixels_mut() {
        for colour in colours {
            *colour = (u32::from(*colour) * u32::from(*alpha) / u32::from(u16::MAX)) as u16;
        }
    }
    let mut scaled = resize(&weighted, width, height, FilterType::Lanczos3);
    for Rgba([colours @ .., alpha]) in scaled.pixels_mut() {
        for colour in colours {
            let full = u32::from(*colour) * u32::from(u16::MAX) / u32::from(*alpha).max(1);
            *colour = full.min(u32::from(u16::MAX)) as u16;
        }
    }
    DynamicImage::from(scaled).into_rgba8()
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
