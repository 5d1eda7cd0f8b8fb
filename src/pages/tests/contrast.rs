//! The colours of the stylesheet, by the formulas of WCAG 2.2 (contrast ratio and relative luminance).

/// Colours of texts and of the grounds that they stand on; the rest of the variables draw lines and shadows.
const TEXTS: [&str; 7] = ["text", "quiet", "link", "good", "bad", "warn", "note"];
const GROUNDS: [&str; 2] = ["ground", "code"];

/// The two colours of a variable, for light and for dark.
fn pair(name: &str) -> [[u8; 3]; 2] {
    let css = include_str!("../../../static/style.css");
    let start = format!("--{name}: light-dark(");
    let (_, rest) = css.split_once(&start).unwrap_or_else(|| panic!("the stylesheet has no --{name}"));
    let (colours, _) = rest.split_once(')').unwrap();
    let (light, dark) = colours.split_once(',').unwrap();
    [light, dark].map(|colour| rgb(colour.trim()))
}

fn rgb(colour: &str) -> [u8; 3] {
    let digits = colour.strip_prefix('#').unwrap();
    let each = digits.len() / 3;
    [0, 1, 2].map(|at| {
        let value = &digits[at * each..(at + 1) * each];
        u8::from_str_radix(&value.repeat(3 - each), 16).unwrap()
    })
}

fn luminance(colour: [u8; 3]) -> f64 {
    let linear = colour.map(|channel| {
        let part = f64::from(channel) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(one: [u8; 3], two: [u8; 3]) -> f64 {
    let (a, b) = (luminance(one), luminance(two));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_text_can_be_read_on_every_ground() {
    for text in TEXTS {
        for ground in GROUNDS {
            for (scheme, (text_colour, ground_colour)) in
                ["light", "dark"].into_iter().zip(pair(text).into_iter().zip(pair(ground)))
            {
                let ratio = contrast(text_colour, ground_colour);
                assert!(ratio >= 4.5, "--{text} on --{ground} has {ratio:.2}:1 in {scheme}");
            }
        }
    }
}

#[test]
fn black_on_white_has_the_largest_contrast() {
    assert!((contrast(rgb("#000"), rgb("#ffffff")) - 21.0).abs() < 1e-9);
}
