//! Pictures that show a page where it is shared: text that is broken into lines to fit, and SVG as PNG.
//!
//! Texts are set in Inter, which is part of the program, so that a card looks the same wherever it is drawn. Characters that
//! Inter does not have are taken from the fonts of the machine.

mod fonts;
mod lines;

use std::sync::Arc;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

pub use fonts::drawable;
pub use lines::{Lines, fit, shortened};

use crate::memo::Memo;

/// The width of a card, in pixels: what [Open Graph](https://ogp.me) images are by custom.
pub const WIDTH: u32 = 1200;

/// The height of a card, in pixels.
pub const HEIGHT: u32 = 630;

/// Part of the question of every card: changes whenever other bytes may come of the same SVG.
const VERSION: u32 = 2;

/// Draws an SVG as a PNG of the size of a card, once. Nothing that it refers to outside of itself is read.
///
/// # Errors
/// A sentence why it cannot be drawn.
pub fn draw(svg: &str, memo: &Memo) -> Result<Arc<[u8]>, String> {
    memo.try_answer(&("card", VERSION, svg), || {
        let options = Options {
            fontdb: fonts::for_text(svg),
            font_family: fonts::FAMILY.to_owned(),
            image_href_resolver: ImageHrefResolver {
                resolve_data: ImageHrefResolver::default_data_resolver(),
                resolve_string: Box::new(|_, _| None),
            },
            ..Options::default()
        };
        let tree = Tree::from_str(svg, &options).map_err(|error| error.to_string())?;
        let mut pixels = Pixmap::new(WIDTH, HEIGHT).ok_or("a card has no size")?;
        let (across, down) = (WIDTH as f32 / tree.size().width(), HEIGHT as f32 / tree.size().height());
        resvg::render(&tree, Transform::from_scale(across, down), &mut pixels.as_mut());
        let mut png = Vec::new();
        // Less work than what `Pixmap` does to encode, which is most of that for a page and its card, for about twice the bytes.
        PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Adaptive)
            .write_image(&pixels.take_demultiplied(), WIDTH, HEIGHT, ExtendedColorType::Rgba8)
            .map_err(|error| error.to_string())?;
        Ok(png)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(svg: &str) -> Pixmap {
        let png = draw(svg, &Memo::default()).unwrap();
        let pixels = Pixmap::decode_png(&png).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (WIDTH, HEIGHT));
        pixels
    }

    fn svg(inside: &str) -> String {
        format!("<svg xmlns='http://www.w3.org/2000/svg' width='1200' height='630'>{inside}</svg>")
    }

    fn inked(svg: &str) -> usize {
        pixels(svg).pixels().iter().filter(|pixel| pixel.alpha() > 0).count()
    }

    #[test]
    fn text_is_drawn_without_fonts_of_the_machine() {
        let text =
            |weight: &str| svg(&format!("<text x='50' y='200' font-size='90' font-weight='{weight}'>Größe Ωж</text>"));
        let (regular, bold) = (inked(&text("400")), inked(&text("700")));
        assert!(regular > 5_000 && bold > regular * 11 / 10, "{regular} {bold}");
    }

    #[test]
    fn any_size_fills_the_card() {
        let small = "<svg xmlns='http://www.w3.org/2000/svg' width='12' height='6'><rect width='12' height='6'/></svg>";
        assert_eq!(inked(small), (WIDTH * HEIGHT) as usize);
    }

    #[test]
    fn nothing_outside_of_it_is_read() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/static/favicon.svg");
        assert_eq!(inked(&svg(&format!("<image href='{file}' width='100' height='100'/>"))), 0);
    }

    #[test]
    fn what_is_no_svg_is_said() {
        for text in ["", "<p>a</p>", "<svg xmlns='http://www.w3.org/2000/svg'"] {
            assert!(draw(text, &Memo::default()).is_err(), "{text}");
        }
    }
}
