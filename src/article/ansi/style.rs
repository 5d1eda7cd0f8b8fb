//! How a character looks: "select graphic rendition" (ECMA-48, 8.3.117; colours: ITU-T T.416, 13.1.8, and xterm).

use super::palette::{nearest, nearest_indexed};

/// How a character looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    colour: Option<u8>,
    ground: Option<u8>,
    /// A bit for each [`Effect`].
    effects: u8,
}

#[derive(Debug, Clone, Copy)]
enum Effect {
    Bold,
    Dim,
    Italic,
    Underline,
    Strike,
    Reverse,
}

use Effect::{Bold, Dim, Italic, Reverse, Strike, Underline};

impl Style {
    /// The style at the beginning and after a reset.
    pub(super) const PLAIN: Style = Style { colour: None, ground: None, effects: 0 };

    fn has(self, effect: Effect) -> bool {
        self.effects & (1 << effect as u8) != 0
    }

    fn set(&mut self, effect: Effect, on: bool) {
        self.effects &= !(1 << effect as u8);
        self.effects |= u8::from(on) << effect as u8;
    }

    /// Obeys the parameters of one sequence. What is not known changes nothing.
    pub(super) fn select<'p>(&mut self, mut parameters: impl Iterator<Item = &'p [u16]>) {
        while let Some(parameter) = parameters.next() {
            match *parameter {
                [0] => *self = Style::PLAIN,
                [1] => self.set(Bold, true),
                [2] => self.set(Dim, true),
                [3] => self.set(Italic, true),
                [4 | 21] => self.set(Underline, true),
                [4, kind] => self.set(Underline, kind != 0),
                [7] => self.set(Reverse, true),
                [9] => self.set(Strike, true),
                [22] => [Bold, Dim].into_iter().for_each(|effect| self.set(effect, false)),
                [23] => self.set(Italic, false),
                [24] => self.set(Underline, false),
                [27] => self.set(Reverse, false),
                [29] => self.set(Strike, false),
                [code @ 30..=37] => self.colour = Some(code as u8 - 30),
                [code @ 90..=97] => self.colour = Some(code as u8 - 90 + 8),
                [code @ 40..=47] => self.ground = Some(code as u8 - 40),
                [code @ 100..=107] => self.ground = Some(code as u8 - 100 + 8),
                [39] => self.colour = None,
                [49] => self.ground = None,
                [38, ref more @ ..] => self.colour = extended(more, &mut parameters).or(self.colour),
                [48, ref more @ ..] => self.ground = extended(more, &mut parameters).or(self.ground),
                // The colour of underlines: not shown, but its numbers are no styles.
                [58, ref more @ ..] => _ = extended(more, &mut parameters),
                _ => {}
            }
        }
    }

    /// Appends the classes of a style that is not the default one.
    pub(super) fn push_classes(self, html: &mut String) {
        let before = html.len();
        let mut push = |class: &str| {
            if html.len() > before {
                html.push(' ');
            }
            html.push_str(class);
        };
        match (self.has(Reverse), self.colour, self.ground) {
            (true, None, _) => push("ar"),
            (true, Some(ground), _) | (false, _, Some(ground)) => push(&format!("g{ground}")),
            (false, Some(colour), None) => push(&format!("a{colour}")),
            // A colour already stands back from the text.
            (false, None, None) if self.has(Dim) => push("ad"),
            (false, None, None) => {}
        }
        for (effect, class) in [(Bold, "ab"), (Italic, "ai"), (Underline, "au"), (Strike, "as")] {
            if self.has(effect) {
                push(class);
            }
        }
    }
}

/// The colour that follows 38, 48 or 58, with colons (`38:2::255:0:0`) or as parameters of their own (`38;2;255;0;0`).
fn extended<'p>(more: &[u16], parameters: &mut impl Iterator<Item = &'p [u16]>) -> Option<u8> {
    let mut next = || parameters.next()?.first().copied();
    match *more {
        [] => match next()? {
            5 => indexed(next()?),
            2 => direct([next()?, next()?, next()?]),
            _ => None,
        },
        [5, index] => indexed(index),
        [2, r, g, b] | [2, _, r, g, b, ..] => direct([r, g, b]),
        _ => None,
    }
}

fn indexed(index: u16) -> Option<u8> {
    Some(nearest_indexed(u8::try_from(index).ok()?))
}

fn direct([r, g, b]: [u16; 3]) -> Option<u8> {
    Some(nearest([u8::try_from(r).ok()?, u8::try_from(g).ok()?, u8::try_from(b).ok()?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_or_impossible_colour_changes_nothing() {
        for parameters in [&[&[38][..]][..], &[&[38], &[5]], &[&[38], &[5], &[256]], &[&[38, 2, 1]], &[&[48], &[9]]] {
            let mut style = Style::PLAIN;
            style.select(parameters.iter().copied());
            assert_eq!(style, Style::PLAIN, "{parameters:?}");
        }
    }
}
