use image::{Rgb, RgbImage, RgbaImage};

use super::*;

/// Something like a photograph: no two pixels alike.
fn photograph(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([(x * 7 + y * y) as u8, (x * y / 3) as u8, (x * x + 13 * y) as u8]))
}

fn encoded(pixels: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    pixels.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn sizes(format: Format, data: &[u8], widths: &[u32]) -> Vec<Size> {
    let copies = copies(format, data, widths, &Memo::default()).unwrap();
    copies.iter().map(|copy| Format::Webp.size(&copy.bytes).unwrap().unwrap()).collect()
}

#[test]
fn copies_are_never_wider_than_the_picture() {
    let jpeg = encoded(photograph(200, 100), ImageFormat::Jpeg);
    for (widths, expected) in [
        (&[][..], &[][..]),
        (&[50, 100], &[(50, 25), (100, 50)]),
        (&[50, 400], &[(50, 25), (200, 100)]),
        (&[300, 400], &[(200, 100)]),
        (&[200], &[(200, 100)]),
        (&[1], &[(1, 1)]),
    ] {
        assert_eq!(sizes(Format::Jpeg, &jpeg, widths), expected, "{widths:?}");
    }
}

#[test]
fn a_picture_is_answered_from_memory_the_next_time() {
    let jpeg = encoded(photograph(60, 40), ImageFormat::Jpeg);
    let folder = tempfile::tempdir().unwrap();
    let mut memo = Memo::load(&folder.path().join("memo"));
    let first = copies(Format::Jpeg, &jpeg, &[20, 40], &memo).unwrap();
    memo.save().unwrap();
    // What is remembered is not computed: an answer that was put there comes back.
    let digest = Hash::of_bytes(&jpeg).to_string();
    for copy in &first {
        let asked = memo.answer(&("narrow", VERSION, &digest, copy.width), || b"it was computed again".to_vec());
        assert_eq!(asked, copy.bytes);
    }
    assert_eq!(copies(Format::Jpeg, &jpeg, &[20, 40], &Memo::default()).unwrap(), first, "the same bytes again");
}

#[test]
fn what_moves_or_is_drawn_has_no_copies() {
    let still = encoded(photograph(200, 100), ImageFormat::Png);
    let mut moving = still[..33].to_vec();
    moving.extend(b"\0\0\0\x08acTL\0\0\0\x01\0\0\0\0\0\0\0\0");
    moving.extend(&still[33..]);
    assert_eq!(sizes(Format::Png, &still, &[50]).len(), 1);
    assert_eq!(sizes(Format::Png, &moving, &[50]), []);
    assert_eq!(sizes(Format::Webp, b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x2b\x01\0\x95\0\0", &[50]), []);
    assert_eq!(sizes(Format::Gif, b"GIF89a\x2c\x01\x96\0\xf7", &[50]), []);
    assert_eq!(sizes(Format::Svg, b"<svg/>", &[50]), []);
}

#[test]
fn a_copy_that_would_save_nothing_is_none() {
    let small = encoded(RgbImage::new(8, 8), ImageFormat::Png);
    let webp = copies(Format::Png, &small, &[4, 8], &Memo::default()).unwrap();
    assert_eq!(webp.len(), 2, "WebP is smaller here");
    let smallest = webp[1].bytes.to_vec();
    assert_eq!(sizes(Format::Webp, &smallest, &[4, 8]), []);
}

#[test]
fn a_drawing_is_kept_as_it_is_drawn() {
    let drawing = RgbImage::from_fn(64, 64, |x, _| if x < 32 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) });
    let png = encoded(drawing.clone(), ImageFormat::Png);
    let copies = copies(Format::Png, &png, &[64], &Memo::default()).unwrap();
    assert_eq!(image::load_from_memory(&copies[0].bytes).unwrap().into_rgb8(), drawing);
}

#[test]
fn colours_that_are_not_seen_do_not_shine_through() {
    // White on what would be black if it were seen.
    let drawing = RgbaImage::from_fn(64, 64, |x, _| if x < 31 { Rgba([255; 4]) } else { Rgba([0; 4]) });
    let weighted = weighted(DynamicImage::from(drawing).into_rgba16());
    let scaled = unweighted(resize(&weighted, 16, 16, FilterType::Lanczos3));
    let dark =
        scaled.pixels().filter(|pixel| pixel.0[3] > 8 && pixel.0[..3].iter().any(|&colour| colour < 240)).count();
    assert_eq!(dark, 0);
}

#[test]
fn a_profile_goes_with_the_pixels() {
    let lossy = webp::Encoder::from_rgb(photograph(30, 20).as_raw(), 30, 20).encode(80.0).to_vec();
    let clear = RgbaImage::from_fn(30, 20, |x, y| Rgba([0, x as u8, y as u8, (x * 8) as u8]));
    let lossless = webp::Encoder::from_rgba(clear.as_raw(), 30, 20).encode_lossless().to_vec();
    let extended = webp::Encoder::from_rgba(clear.as_raw(), 30, 20).encode(80.0).to_vec();
    for (webp, has_alpha) in [(lossy, false), (lossless, true), (extended, true)] {
        let with = with_profile(&webp, b"odd", (30, 20)).unwrap();
        let mut decoder = decoder(ImageFormat::WebP, &with).unwrap();
        assert_eq!(decoder.icc_profile().unwrap().as_deref(), Some(&b"odd"[..]));
        assert_eq!((decoder.dimensions(), decoder.color_type().has_alpha()), ((30, 20), has_alpha));
        let pixels = |webp: &[u8]| image::load_from_memory(webp).unwrap().into_rgba8();
        assert_eq!(pixels(&with), pixels(&webp));
    }
}

#[test]
fn what_is_broken_or_huge_is_said() {
    let whole = encoded(photograph(200, 100), ImageFormat::Png);
    for length in (0..whole.len() / 2).step_by(97) {
        let said = copies(Format::Png, &whole[..length], &[50], &Memo::default()).unwrap_err();
        assert!(said.starts_with("it cannot be decoded: "), "{said}");
    }
    // A header that promises more than any memory holds.
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\0\0\0\x01\0\0\x08\x06\0\0\0".to_vec();
    let checksum = !bomb[12..].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 })
    });
    bomb.extend(checksum.to_be_bytes());
    bomb.extend(&whole[33..]);
    let said = copies(Format::Png, &bomb, &[50], &Memo::default()).unwrap_err();
    assert_eq!(said, "65536 by 65536 pixels are too many to scale: at most 100 million are");
}

#[test]
fn a_picture_that_webp_cannot_hold_has_no_copies() {
    let png = |height| encoded(photograph(2, height), ImageFormat::Png);
    assert_eq!(sizes(Format::Png, &png(16_383), &[2]), [(2, 16_383)]);
    assert_eq!(sizes(Format::Png, &png(16_384), &[1]), [(1, 8_192)]);
    assert_eq!(sizes(Format::Png, &png(16_384), &[1, 2]), []);
}
