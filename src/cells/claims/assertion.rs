use super::parse::Parser;
use super::token::{Comparison, Token};
use super::{Expression, Facts, Key, Quantity};
use crate::source::{Code, Diagnostic, Span};

/// A claim that measurements bear out or not: `spin.wall > 2 * mutex.wall and spin.exit == 0`.
#[derive(Debug, Clone, PartialEq)]
pub struct Assertion {
    text: Span,
    /// Joined by `or`; each of them is joined by `and`.
    alternatives: Vec<Vec<Comparing>>,
}

/// Two expressions and how they are compared.
#[derive(Debug, Clone, PartialEq)]
struct Comparing {
    left: Expression,
    how: Comparison,
    right: Expression,
    place: Span,
}

/// Whether a claim is borne out.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is.
    Holds,
    /// It is not; shows every comparison that is false with the values of its sides.
    Fails(Diagnostic),
}

/// Two numbers that differ by less than this share of the larger one differ by nothing but the rounding of computers.
const ROUNDING: f64 = 1e-12;

impl Assertion {
    /// Reads a claim; the whole text is one.
    ///
    /// # Errors
    /// Says at its place what is no claim, as [`Expression::parse`].
    pub fn parse(text: &Span) -> Result<Assertion, Diagnostic> {
        let mut parser = Parser::new(text)?;
        let mut alternatives = vec![Vec::new()];
        loop {
            let comparing = comparing(&mut parser, text)?;
            alternatives.last_mut().expect("there is always one").push(comparing);
            match parser.next() {
                None => return Ok(Assertion { text: text.clone(), alternatives }),
                Some((Token::And, _)) => {}
                Some((Token::Or, _)) => alternatives.push(Vec::new()),
                Some((Token::Comparison(_), range)) => {
                    return Err(Diagnostic::error(Code::ClaimSyntax, "comparisons do not form chains")
                        .at(text.part(range), "")
                        .help("write `a < b and b < c`"));
                }
                Some((_, range)) => return Err(parser.expected("an operator", Some(range))),
            }
        }
    }

    /// Its text.
    pub fn text(&self) -> &Span {
        &self.text
    }

    /// The keys in it, in the order in which they are written, with their places.
    pub fn keys(&self) -> impl Iterator<Item = (&Key, &Span)> {
        let comparisons = self.alternatives.iter().flatten();
        comparisons.flat_map(|comparing| comparing.left.keys().chain(comparing.right.keys()))
    }

    /// Whether it holds of these facts. Values are compared, not their intervals; two that differ by nothing but
    /// rounding are equal. Every comparison is evaluated, also where another one settles the matter.
    ///
    /// # Errors
    /// As [`Expression::evaluate`]; says at its place that unlike units are compared.
    pub fn check(&self, facts: &dyn Facts) -> Result<Verdict, Diagnostic> {
        let mut holds = false;
        let mut failed = Vec::new();
        for alternative in &self.alternatives {
            let before = failed.len();
            for comparing in alternative {
                failed.extend(comparing.objection(facts)?.map(|sides| (comparing.place.clone(), sides)));
            }
            holds |= failed.len() == before;
        }
        if holds {
            return Ok(Verdict::Holds);
        }
        let said = format!("the claim `{}` does not hold", self.text.text().trim());
        let said = failed
            .into_iter()
            .fold(Diagnostic::error(Code::ClaimFails, said), |said, (place, sides)| said.at(place, sides));
        Ok(Verdict::Fails(said))
    }
}

fn comparing(parser: &mut Parser<'_>, text: &Span) -> Result<Comparing, Diagnostic> {
    let left = parser.expression()?;
    let how = match parser.next() {
        Some((Token::Comparison(how), _)) => how,
        other => return Err(parser.expected("a comparison such as `<` or `==`", other.map(|(_, range)| range))),
    };
    let right = parser.expression()?;
    let offset = text.range().start;
    let place = text.part(left.text().range().start - offset..right.text().range().end - offset);
    Ok(Comparing { left, how, right, place })
}

impl Comparing {
    /// The values of its sides, if it is false.
    fn objection(&self, facts: &dyn Facts) -> Result<Option<String>, Diagnostic> {
        let (left, right) = (self.left.quantity(facts)?, self.right.quantity(facts)?);
        if left.unit != right.unit && !self.left.is_zero() && !self.right.is_zero() {
            return Err(Diagnostic::error(Code::UnlikeUnits, "quantities of unlike units cannot be compared")
                .at(self.right.text().clone(), right.unit.to_string())
                .at(self.left.text().clone(), left.unit.to_string())
                .help("compare times with times, as `5 ms`, and sizes with sizes, as `2 MiB`"));
        }
        if self.how.holds(left.value, right.value) {
            return Ok(None);
        }
        // With more digits where both would look the same.
        let text = if left.text() == right.text() { Quantity::exact_text } else { Quantity::text };
        let (left, right) = (self.left.shown(text(&left)), self.right.shown(text(&right)));
        Ok(Some(format!("{left} {} {right} is false", self.how.sign())))
    }
}

impl Comparison {
    fn holds(self, left: f64, right: f64) -> bool {
        let equal = (left - right).abs() <= ROUNDING * left.abs().max(right.abs());
        match self {
            Comparison::Less => left < right && !equal,
            Comparison::LessOrEqual => left < right || equal,
            Comparison::Greater => left > right && !equal,
            Comparison::GreaterOrEqual => left > right || equal,
            Comparison::Equal => equal,
            Comparison::NotEqual => !equal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::{described, known, span};
    use super::*;

    fn checked(text: &str) -> Result<Verdict, String> {
        let verdict = Assertion::parse(&span(text)).and_then(|claim| claim.check(&known()));
        verdict.map_err(|error| described(&error))
    }

    #[test]
    fn claims_hold_or_not() {
        for (text, holds) in [
            ("1 < 2", true),
            ("2 < 2", false),
            ("2 <= 2", true),
            ("3 <= 2", false),
            ("3 > 2", true),
            ("2 > 2", false),
            ("2 >= 2", true),
            ("1 >= 2", false),
            ("2 == 2", true),
            ("2 == 3", false),
            ("2 != 3", true),
            ("2 != 2", false),
            ("0.1 + 0.2 == 0.3", true),
            ("0.1 + 0.2 > 0.3", false),
            ("0.1 + 0.2 <= 0.3", true),
            ("mutex.wall > 1.5 * spin.wall", true),
            ("mutex.wall > 2.5 * spin.wall", false),
            ("spin.wall < 2 ms", true),
            ("spin.rss <= 1 MiB", false),
            ("spin.wall > 0", true),
            ("0 < spin.rss", true),
            ("page.cores >= 4", true),
            ("1 < 2 and 2 < 3", true),
            ("1 < 2 and 3 < 2", false),
            ("2 < 1 or 1 < 2", true),
            ("2 < 1 or 2 < 1", false),
            ("1 < 2 or 2 < 1 and 2 < 1", true),
            ("2 < 1 and 2 < 1 or 1 < 2", true),
        ] {
            assert_eq!(checked(text).unwrap() == Verdict::Holds, holds, "{text}");
        }
    }

    #[test]
    fn a_failed_claim_shows_the_values_of_what_is_false() {
        let text = "mutex.wall > 3 * spin.wall and page.cores == 4 or spin.wall < 1.918 ms";
        let Ok(Verdict::Fails(failure)) = checked(text) else { panic!("it does not hold") };
        let drawing = crate::source::Renderer { colour: false }.render(&failure);
        assert_eq!(
            drawing,
            "\
error[E602]: the claim `mutex.wall > 3 * spin.wall and page.cores == 4 or spin.wall < 1.918 ms` does not hold
 --> a.md:1:1
  |
1 | mutex.wall > 3 * spin.wall and page.cores == 4 or spin.wall < 1.918 ms
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^                        -------------------- 1.92 ms < 1.918 ms is false
  | |
  | 3.84 ms > 5.76 ms is false
"
        );
    }

    #[test]
    fn values_that_look_the_same_are_shown_with_more_digits() {
        let Ok(Verdict::Fails(failure)) = checked("1.94 ms / 1 < 1.92 ms / 1") else { panic!("it does not hold") };
        let drawing = crate::source::Renderer { colour: false }.render(&failure);
        assert!(drawing.contains("1.940 ms < 1.920 ms is false"), "{drawing}");
    }

    #[test]
    fn what_is_no_claim_is_said_at_its_place() {
        for (text, message) in [
            ("", "a.md:1:1: error[E604]: a value is missing"),
            ("1", "a.md:1:2: error[E604]: a comparison such as `<` or `==` is missing"),
            ("1 and 2", "a.md:1:3: error[E604]: a comparison such as `<` or `==` is missing"),
            ("1 <", "a.md:1:4: error[E604]: a value is missing"),
            ("1 < 2 and", "a.md:1:10: error[E604]: a value is missing"),
            ("1 < 2 3", "a.md:1:7: error[E604]: an operator is missing"),
            ("1 < 2 < 3", "a.md:1:7: error[E604]: comparisons do not form chains (write `a < b and b < c`)"),
            (
                "spin.wall < 2",
                "a.md:1:13: error[E608]: quantities of unlike units cannot be compared (compare times with times, as `5 ms`, and sizes with sizes, as `2 MiB`)",
            ),
            (
                "spin.wall < spin.rss",
                "a.md:1:13: error[E608]: quantities of unlike units cannot be compared (compare times with times, as `5 ms`, and sizes with sizes, as `2 MiB`)",
            ),
            (
                "spin.wall > 1 - 1",
                "a.md:1:13: error[E608]: quantities of unlike units cannot be compared (compare times with times, as `5 ms`, and sizes with sizes, as `2 MiB`)",
            ),
            ("page.machine == 1", "a.md:1:1: error[E612]: `page.machine` is a text, not a number"),
            ("1 < 2 or lost.wall < 1 s", "a.md:1:10: error[E605]: nothing is known as `lost.wall.median`"),
        ] {
            assert_eq!(checked(text), Err(message.to_owned()), "{text}");
        }
    }

    #[test]
    fn keys_of_both_sides_are_found() {
        let claim = Assertion::parse(&span("a.wall < b.wall or c.wall > 2 ms")).unwrap();
        let cells: Vec<String> = claim.keys().map(|(key, _)| key.to_string()).collect();
        assert_eq!(cells, ["a.wall.median", "b.wall.median", "c.wall.median"]);
    }
}
