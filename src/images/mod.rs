//! Pictures: how large they are, and narrower copies of them.

mod narrow;
mod raster;
mod room;
mod svg;

pub use narrow::{Copy, copies};

/// Width and height in pixels of CSS, of which none is 0.
pub type Size = (u32, u32);

/// A size as attributes of an `img`, by which a browser keeps room for it.
pub fn attributes((width, height): Size) -> String {
    format!(" width=\"{width}\" height=\"{height}\"")
}

/// A format of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Drawn by lines and areas.
    Svg,
    /// Portable Network Graphics.
    Png,
    /// JPEG, turned as its Exif data says.
    Jpeg,
    /// Lossy or lossless.
    Webp,
    /// Often moving.
    Gif,
    /// AV1 in HEIF.
    Avif,
}

impl Format {
    /// The format that a file's extension tells.
    pub fn of_extension(extension: &str) -> Option<Format> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "svg" => Format::Svg,
            "png" | "apng" => Format::Png,
            "jpg" | "jpeg" | "jfif" => Format::Jpeg,
            "webp" => Format::Webp,
            "gif" => Format::Gif,
            "avif" => Format::Avif,
            _ => return None,
        })
    }

    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Svg => "svg",
            Format::Png => "png",
            Format::Jpeg => "jpg",
            Format::Webp => "webp",
            Format::Gif => "gif",
            Format::Avif => "avif",
        }
    }

    /// The size of a picture, if it says one. Only its head is read.
    ///
    /// # Errors
    /// A sentence why the data is no picture of this format.
    pub fn size(self, data: &[u8]) -> Result<Option<Size>, String> {
        let (name, size) = match self {
            Format::Svg => return svg::size(data),
            Format::Png => ("PNG", raster::png(data)),
            Format::Jpeg => ("JPEG", raster::jpeg(data)),
            Format::Webp => ("WebP", raster::webp(data)),
            Format::Gif => ("GIF", raster::gif(data)),
            Format::Avif => ("AVIF", raster::avif(data)),
        };
        match size {
            Some((1.., 1..)) => Ok(size),
            _ => Err(format!("this is not a {name} image, or only the beginning of one")),
        }
    }
}
