use crate::article::{Picture, escape};
use crate::images;

/// How wide pictures are shown: the column of the theme (`static/style.css`).
const SIZES: &str = "(max-width: 44rem) calc(100vw - 2rem), 42rem";

/// An image of a document.
pub(super) struct Image<'a> {
    pub(super) url: &'a str,
    pub(super) alt: &'a str,
    pub(super) title: Option<&'a str>,
    /// Whether it is loaded only when a reader comes near.
    pub(super) lazy: bool,
}

impl Image<'_> {
    /// Its element, with what is known of the picture that it shows.
    pub(super) fn html(&self, picture: Option<&Picture>) -> String {
        let attributes = [
            self.title.map(|title| format!(" title=\"{}\"", escape::attribute(title))),
            picture.and_then(|picture| picture.size).map(images::attributes),
            self.lazy.then(|| " loading=\"lazy\"".to_owned()),
        ];
        let attributes: String = attributes.into_iter().flatten().collect();
        let (src, alt) = (escape::url(self.url), escape::attribute(self.alt));
        let img = format!("<img src=\"{src}\" alt=\"{alt}\"{attributes} decoding=\"async\">");
        match picture.map_or(&[][..], |picture| &picture.copies) {
            [] => img,
            copies => {
                let candidates = copies.iter().map(|(width, url)| format!("{} {width}w", escape::url(url)));
                let srcset = candidates.collect::<Vec<_>>().join(", ");
                format!("<picture><source type=\"image/webp\" srcset=\"{srcset}\" sizes=\"{SIZES}\">{img}</picture>")
            }
        }
    }
}
