//! Whether the colours of `static/style.css` can be read, and whether every class of code and terminal output has one.

use super::tokens::{Kind, Meaning, SCOPES};

const CSS: &str = include_str!("../../../static/style.css");

/// Variables of what texts stand on: the page and code.
const GROUNDS: [&str; 2] = ["ground", "code"];

/// Variables of colours that draw lines and shadows.
const LINES: [&str; 2] = ["rule", "shade"];

/// The least contrast of text (WCAG 2.2, success criterion 1.4.3).
const LEAST: f64 = 4.5;

/// The relative luminance of an sRGB colour (WCAG 2.2, "relative luminance").
fn luminance(colour: &str) -> f64 {
    let digits = colour.strip_prefix('#').expect("#rgb or #rrggbb");
    let each = digits.len() / 3;
    let component = |at: usize| {
        let digits = digits[at * each..(at + 1) * each].repeat(3 - each);
        let value = f64::from(u8::from_str_radix(&digits, 16).expect("hexadecimal digits")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * component(0) + 0.7152 * component(1) + 0.0722 * component(2)
}

/// The contrast ratio of two colours (WCAG 2.2, "contrast ratio").
fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Every variable with its colour in the light and in the dark theme.
fn variables() -> Vec<(&'static str, [&'static str; 2])> {
    CSS.lines()
        .filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(": ")?;
            let colours = value.strip_prefix("light-dark(")?.strip_suffix(");")?;
            Some((name, colours.split_once(", ")?.into()))
        })
        .collect()
}

/// Whether some rule is for exactly this selector and says this.
fn says(selector: &str, declaration: &str) -> bool {
    CSS.lines().any(|line| {
        line.split_once(" { ")
            .is_some_and(|(selectors, body)| selectors.split(", ").any(|s| s == selector) && body.contains(declaration))
    })
}

#[test]
fn the_formula_gives_the_known_ratios() {
    for (one, other, ratio) in
        [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59)]
    {
        assert!((contrast(one, other) - ratio).abs() < 0.005, "{one} on {other}: {}", contrast(one, other));
    }
}

#[test]
fn every_colour_can_be_read_in_both_themes() {
    let variables = variables();
    assert_eq!(
        variables.len(),
        CSS.matches("light-dark(#").count(),
        "a colour is not of the form that this test reads"
    );
    let of = |name: &str| variables.iter().find(|(other, _)| *other == name).expect("a ground").1;
    for &(name, colours) in &variables {
        if !GROUNDS.contains(&name) && !LINES.contains(&name) {
            for (colour, ground) in GROUNDS.iter().flat_map(|ground| colours.into_iter().zip(of(ground))) {
                let ratio = contrast(colour, ground);
                assert!(ratio >= LEAST, "--{name}: {colour} on {ground} is {ratio:.2}");
            }
        }
    }
}

#[test]
fn every_kind_of_token_has_a_colour() {
    let declared: Vec<_> = variables().into_iter().map(|(name, _)| name).collect();
    for (_, meaning) in SCOPES {
        let Meaning::Is(kind) = meaning else { continue };
        let Some(class) = kind.class() else { continue };
        let name = format!("code-{}", format!("{kind:?}").to_lowercase());
        assert!(declared.contains(&name.as_str()), "--{name} is missing");
        assert!(says(&format!("span.{class}"), &format!("color: var(--{name})")), ".{class}");
    }
    assert_eq!(Kind::default().class(), None);
}

#[test]
fn every_style_of_a_terminal_has_a_rule() {
    for colour in 0..16 {
        assert!(says(&format!("span.a{colour}"), &format!("color: var(--terminal-{colour})")), "i.a{colour}");
        assert!(says(&format!("span.g{colour}"), &format!("background: var(--terminal-{colour})")), "i.g{colour}");
    }
    for (selector, declaration) in [
        ("span[class^=\"g\"]", "color: var(--ground)"),
        ("span.ar", "color: var(--ground)"),
        ("span.ar", "background: var(--text)"),
        ("span.ad", "color: var(--terminal-8)"),
        ("span.ab", "font-weight"),
        ("span.ai", "italic"),
        ("span.au", "underline"),
        ("span.as", "line-through"),
    ] {
        assert!(says(selector, declaration), "{selector} {{ {declaration} }}");
    }
}
