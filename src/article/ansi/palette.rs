//! The sixteen colours that a page has, and which of them is nearest to any other.

/// The colours of the terminal that most others follow (xterm, `XTerm-col.ad`), as sRGB.
const SIXTEEN: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// The nearest of the sixteen to one of the 256 colours: these sixteen, a cube with six steps a side, 24 greys (xterm,
/// "256 color support").
pub(super) fn nearest_indexed(index: u8) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |index: u8| STEPS[usize::from(index % 6)];
    match index {
        0..16 => index,
        16..232 => nearest([step((index - 16) / 36), step((index - 16) / 6), step(index - 16)]),
        232.. => nearest([8 + 10 * (index - 232); 3]),
    }
}

/// The nearest of the sixteen to an sRGB colour. Lightness counts half: the page shows every colour as light or dark as it
/// must be to be read, and a dark green is to stay a green rather than become a grey.
pub(super) fn nearest(rgb: [u8; 3]) -> u8 {
    const WEIGHTS: [f32; 3] = [0.5, 1.0, 1.0];
    let wanted = oklab(rgb);
    let distance = |index: u8| -> f32 {
        let there = oklab(SIXTEEN[usize::from(index)]);
        (0..3).map(|axis| (WEIGHTS[axis] * (wanted[axis] - there[axis])).powi(2)).sum()
    };
    (0..16).min_by(|&a, &b| distance(a).total_cmp(&distance(b))).unwrap_or(7)
}

/// The colour in Oklab, where distances are as eyes see them (Björn Ottosson, "A perceptual color space for image
/// processing", 2020).
fn oklab(rgb: [u8; 3]) -> [f32; 3] {
    let [red, green, blue] = rgb.map(linear);
    let long = (0.412_221_46 * red + 0.536_332_55 * green + 0.051_445_995 * blue).cbrt();
    let medium = (0.211_903_5 * red + 0.680_699_5 * green + 0.107_396_96 * blue).cbrt();
    let short = (0.088_302_46 * red + 0.281_718_85 * green + 0.629_978_7 * blue).cbrt();
    [
        0.210_454_26 * long + 0.793_617_8 * medium - 0.004_072_047 * short,
        1.977_998_5 * long - 2.428_592_2 * medium + 0.450_593_7 * short,
        0.025_904_037 * long + 0.782_771_77 * medium - 0.808_675_77 * short,
    ]
}

/// A component of sRGB as light (IEC 61966-2-1).
fn linear(component: u8) -> f32 {
    let value = f32::from(component) / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_sixteen_is_its_own_nearest() {
        for (index, &rgb) in SIXTEEN.iter().enumerate() {
            assert_eq!(usize::from(nearest(rgb)), index);
            assert_eq!(usize::from(nearest_indexed(u8::try_from(index).unwrap())), index);
        }
    }

    #[test]
    fn a_colour_goes_to_one_of_its_hue() {
        for (name, rgb, nearest_ones) in [
            ("dark red", [139, 0, 0], [1, 1]),
            ("salmon", [250, 90, 80], [1, 9]),
            ("forest green", [34, 139, 34], [2, 2]),
            ("gold", [255, 215, 0], [3, 11]),
            ("navy", [0, 0, 128], [4, 4]),
            ("royal blue", [65, 105, 225], [4, 12]),
            ("deep sky", [0, 191, 235], [6, 14]),
            ("violet", [200, 50, 220], [5, 13]),
            ("charcoal", [20, 20, 22], [0, 0]),
            ("grey", [120, 122, 120], [8, 8]),
            ("snow", [250, 250, 250], [15, 15]),
        ] {
            assert!(nearest_ones.contains(&nearest(rgb)), "{name} is {}", nearest(rgb));
        }
    }

    #[test]
    fn the_256_colours_are_a_cube_and_greys() {
        for (index, expected) in [(16, 0), (196, 9), (46, 10), (21, 4), (201, 13), (231, 15), (232, 0), (244, 8)] {
            assert_eq!(nearest_indexed(index), expected, "{index}");
        }
        assert!((0..=255).all(|index| nearest_indexed(index) < 16));
    }
}
