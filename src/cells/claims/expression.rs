use super::evaluate::Operand;
use super::parse::Parser;
use super::token::Operator;
use super::{Facts, Key, Quantity, Unit, Value};
use crate::source::{Code, Diagnostic, Span};

/// Arithmetic over keys and literals: `spin.wall.median / mutex.wall.median`.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    pub(super) text: Span,
    /// In the order in which they are done, operands before their operator, so that an expression of any length is evaluated
    /// and dropped without recursion.
    pub(super) steps: Vec<(Step, Span)>,
}

/// A step of an evaluation: puts a value on a stack, or takes its operands from there and puts the result back.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Literal(Quantity),
    Key(Key),
    Negate,
    Binary(Operator),
}

impl Expression {
    /// Reads an expression; the whole text is one.
    ///
    /// # Errors
    /// Says at its place what is no expression: an unknown word, a missing operand, more than 64 parentheses or minuses
    /// within each other.
    pub fn parse(text: &Span) -> Result<Expression, Diagnostic> {
        let mut parser = Parser::new(text)?;
        let expression = parser.expression()?;
        match parser.next() {
            None => Ok(expression),
            Some((_, range)) => Err(parser.expected("an operator", Some(range))),
        }
    }

    /// Its text.
    pub fn text(&self) -> &Span {
        &self.text
    }

    /// The keys in it, in the order in which they are written, with their places.
    pub fn keys(&self) -> impl Iterator<Item = (&Key, &Span)> {
        self.steps.iter().filter_map(|(step, place)| match step {
            Step::Key(key) => Some((key, place)),
            _ => None,
        })
    }

    /// What it amounts to. An interval of the result is computed from those of the keys by the law of propagation of
    /// uncertainty for independent measurements (JCGM 100:2008, 5.1.2), to the first order: half-widths are combined in
    /// quadrature, each times the partial derivative. A key that stands in an expression twice is one measurement; two
    /// keys are taken for independent.
    ///
    /// # Errors
    /// As [`Facts::look_up`]; says at its place what is added to another unit, divided by zero, no number, or in a unit that
    /// cannot be shown.
    pub fn evaluate(&self, facts: &dyn Facts) -> Result<Value, Diagnostic> {
        if let [(Step::Key(key), place)] = &*self.steps
            && let Value::Text(text) = facts.look_up(key, place)?
        {
            return Ok(Value::Text(text));
        }
        self.quantity(facts).map(Value::Quantity)
    }

    /// What it amounts to, which is no text.
    pub(super) fn quantity(&self, facts: &dyn Facts) -> Result<Quantity, Diagnostic> {
        let mut stack: Vec<Operand<'_>> = Vec::new();
        for (step, place) in &self.steps {
            let mut pop = || stack.pop().expect("the parser puts operands before their operator");
            let operand = match step {
                Step::Literal(quantity) => Operand::literal(*quantity, place),
                Step::Key(key) => Operand::measured(key, &facts.look_up(key, place)?, place)?,
                Step::Negate => pop().negated(place),
                Step::Binary(operator) => {
                    let right = pop();
                    pop().combined(*operator, &right, place)?
                }
            };
            stack.push(operand);
        }
        let result = stack.pop().expect("an expression has a value").quantity;
        if result.unit.can_be_shown() {
            return Ok(result);
        }
        Err(Diagnostic::error(Code::NoUnit, format!("there is no unit for this value: {}", result.unit))
            .at(self.text.clone(), "")
            .help("divide or multiply it so that a time, a size, a rate or a plain number is left"))
    }

    /// What it amounts to, given as a reader sees it, or as its author wrote it where it is only a literal.
    pub(super) fn shown(&self, text: String) -> String {
        if let [(Step::Literal(_), place)] = &*self.steps { place.text().to_owned() } else { text }
    }

    /// Whether it is a zero without a unit, which may be compared with anything.
    pub(super) fn is_zero(&self) -> bool {
        matches!(&*self.steps, [(Step::Literal(quantity), _)] if *quantity == Quantity::new(0.0, None, Unit::NUMBER))
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::{described, known, span};
    use super::*;

    fn evaluated(text: &str) -> String {
        let result = Expression::parse(&span(text)).and_then(|expression| expression.evaluate(&known()));
        result.map_or_else(|error| described(&error), |value| value.text())
    }

    #[test]
    fn arithmetic_as_everybody_knows_it() {
        for (text, value) in [
            ("1 + 2 * 3", "7"),
            ("(1 + 2) * 3", "9"),
            ("10 - 2 - 3", "5"),
            ("12 / 2 / 3", "2"),
            ("-2 * -3", "6"),
            ("--2", "2"),
            ("-(1 + 2)", "−3"),
            ("2-3", "−1"),
            ("((((7))))", "7"),
            ("1_000 * 20%", "200"),
            ("1 s - 200 ms", "800 ms"),
            ("2 * 3 ms", "6.0 ms"),
        ] {
            assert_eq!(evaluated(text), value, "{text}");
        }
    }

    #[test]
    fn units_are_computed_with() {
        for (text, value) in [
            ("spin.wall", "1.92 ms"),
            ("spin.wall.median", "1.92 ms"),
            ("spin[threads=8].wall", "800 µs"),
            ("spin.rss", "2.1 MB"),
            ("spin.value.hits", "2,000"),
            ("page.machine", "Some Processor"),
            ("page.cores", "4"),
            ("mutex.wall / spin.wall", "2.00×"),
            ("(mutex.wall / spin.wall)", "2.00×"),
            ("2 * (mutex.wall / spin.wall)", "4.00"),
            ("mutex.wall / 2", "1.92 ms"),
            ("spin.value.hits / 1_000", "2"),
            ("spin.value.hits / mutex.wall", "521,000/s"),
            ("512 MB / 1 s", "512 MB/s"),
            ("512 MB / 1 s * 2 s", "1.0 GB"),
            ("spin.wall * spin.wall / spin.wall", "1.92 ms"),
            ("-spin.wall", "−1.92 ms"),
        ] {
            assert_eq!(evaluated(text), value, "{text}");
        }
    }

    /// Half-widths: 0.2 ms of `spin` (1.92 ms), 0.3 ms of `mutex` (3.84 ms), none of `hits`.
    #[test]
    fn intervals_are_combined_in_quadrature() {
        let ms = 1e6;
        for (text, half_width) in [
            ("spin.wall", Some(0.2 * ms)),
            ("-spin.wall", Some(0.2 * ms)),
            ("2 ms", None),
            ("spin.value.hits * 2", None),
            ("spin.wall + 1 ms", Some(0.2 * ms)),
            ("3 * spin.wall", Some(0.6 * ms)),
            ("spin.wall / 2", Some(0.1 * ms)),
            ("spin.wall + mutex.wall", Some(0.130_f64.sqrt() * ms)),
            ("spin.wall - mutex.wall", Some(0.130_f64.sqrt() * ms)),
            ("mutex.wall / spin.wall", Some(2.0 * ((0.2_f64 / 1.92).powi(2) + (0.3_f64 / 3.84).powi(2)).sqrt())),
            // One measurement is not independent of itself.
            ("spin.wall + spin.wall.median", Some(0.4 * ms)),
            ("spin.wall - spin.wall", Some(0.0)),
            ("(mutex.wall - spin.wall) / spin.wall - mutex.wall / spin.wall", Some(0.0)),
            ("0 * spin.wall", Some(0.0)),
        ] {
            let value = Expression::parse(&span(text)).unwrap().quantity(&known()).unwrap();
            let (found, wanted) = (value.half_width.unwrap_or(-1.0), half_width.unwrap_or(-1.0));
            assert!((found - wanted).abs() <= 1e-9 * wanted.abs().max(1e-3), "{text}: {found} for {wanted}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_at_its_place() {
        for (text, message) in [
            ("", "a.md:1:1: error[E604]: a value is missing"),
            ("1 +", "a.md:1:4: error[E604]: a value is missing"),
            ("1 + * 2", "a.md:1:5: error[E604]: a value is missing"),
            ("()", "a.md:1:2: error[E604]: a value is missing"),
            ("(1 + 2", "a.md:1:7: error[E604]: an operator or a `)` is missing"),
            ("(1 2)", "a.md:1:4: error[E604]: an operator or a `)` is missing"),
            ("(1 < 2)", "a.md:1:4: error[E604]: comparisons do not stand in parentheses"),
            ("1)", "a.md:1:2: error[E604]: an operator is missing"),
            ("1 2", "a.md:1:3: error[E604]: an operator is missing"),
            ("1 < 2", "a.md:1:3: error[E604]: an operator is missing"),
            ("spin.wall + 1", "a.md:1:13: error[E608]: quantities of unlike units cannot be added"),
            ("spin.wall - 2 * spin.rss", "a.md:1:13: error[E608]: quantities of unlike units cannot be subtracted"),
            ("1 / (2 - 2)", "a.md:1:6: error[E611]: this is divided by zero"),
            ("1e300 * 1e300", "a.md:1:1: error[E610]: this result is too large"),
            (
                "2 * spin.wall * spin.wall",
                "a.md:1:1: error[E609]: there is no unit for this value: time^2 · size^0 (divide or multiply it so that a time, a size, a rate or a plain number is left)",
            ),
            ("2 * page.machine", "a.md:1:5: error[E612]: `page.machine` is a text, not a number"),
            ("1 + spin.value.nan", "a.md:1:5: error[E612]: `spin.value.nan.median` is no finite number"),
            ("1 + spni.value.hits", "a.md:1:5: error[E605]: nothing is known as `spni.value.hits.median`"),
            ("1 + spin.wal", "a.md:1:10: error[E605]: `wal` is no figure (did you mean `wall`?)"),
            (
                "spin.wall-mutex.wall",
                "a.md:1:6: error[E605]: `wall-mutex` is no figure (put blanks around a minus: `wall - mutex`)",
            ),
        ] {
            assert_eq!(evaluated(text), message, "{text}");
        }
    }

    #[test]
    fn keys_are_found_with_their_places() {
        let expression = Expression::parse(&span("a.wall / (b.cpu + 2 * a.wall.median)")).unwrap();
        let keys: Vec<(String, usize)> =
            expression.keys().map(|(key, place)| (key.to_string(), place.column())).collect();
        let written = [("a.wall.median", 1), ("b.cpu.median", 11), ("a.wall.median", 23)];
        assert_eq!(keys, written.map(|(key, column)| (key.to_owned(), column)));
    }

    #[test]
    fn long_texts_are_evaluated_and_deep_ones_refused() {
        assert_eq!(evaluated(&format!("0{}", " + 1".repeat(100_000))), "100,000");
        assert_eq!(evaluated(&format!("{}1{}", "(".repeat(64), ")".repeat(64))), "1");
        for deep in ["(".repeat(100_000), "-".repeat(100_000), "-(".repeat(65)] {
            assert_eq!(evaluated(&deep), "a.md:1:65: error[E604]: this expression is nested more than 64 deep");
        }
    }

    #[test]
    fn any_text_is_read_or_refused() {
        let pieces = ["1", "a.wall", "ms", "(", ")", "-", "*", "<", "and", "[", "]", ".", "é", "%", " ", "e", "page"];
        for first in pieces {
            for second in pieces {
                for third in pieces {
                    evaluated(&[first, second, third].concat());
                }
            }
        }
    }
}
