use std::collections::BTreeMap;

use super::token::Operator;
use super::{Key, Quantity, Unit, Value};
use crate::source::{Code, Diagnostic, Span};

/// A value on the way to a result, with what each measurement adds to its uncertainty.
#[derive(Debug, Clone)]
pub(super) struct Operand<'a> {
    pub(super) quantity: Quantity,
    place: &'a Span,
    /// Of each key, half the width of its interval times the partial derivative of this value by it.
    shares: BTreeMap<&'a Key, f64>,
}

impl<'a> Operand<'a> {
    pub(super) fn literal(quantity: Quantity, place: &'a Span) -> Self {
        Operand { quantity, place, shares: BTreeMap::new() }
    }

    /// What a key stands for, if that can be computed with.
    pub(super) fn measured(key: &'a Key, value: &Value, place: &'a Span) -> Result<Self, Diagnostic> {
        let wrong =
            |what: &str| Err(Diagnostic::error(Code::NotANumber, format!("`{key}` is {what}")).at(place.clone(), ""));
        match value {
            Value::Text(_) => wrong("a text, not a number"),
            Value::Quantity(quantity) if !quantity.value.is_finite() => wrong("no finite number"),
            Value::Quantity(quantity) => {
                let shares = quantity.half_width.map(|width| (key, width)).into_iter().collect();
                Ok(Operand { quantity: *quantity, place, shares })
            }
        }
    }

    pub(super) fn negated(self, place: &'a Span) -> Self {
        let quantity = Quantity { value: -self.quantity.value, ..self.quantity };
        let shares = self.shares.into_iter().map(|(key, share)| (key, -share)).collect();
        Operand { quantity, place, shares }
    }

    /// This operand and another one, joined by an operator; `place` is the whole of it.
    pub(super) fn combined(self, operator: Operator, right: &Operand<'a>, place: &'a Span) -> Result<Self, Diagnostic> {
        let unit = self.unit_with(operator, right)?;
        let (x, y) = (self.quantity.value, right.quantity.value);
        // The result and its partial derivatives by the left and the right operand.
        let (value, by_left, by_right) = match operator {
            Operator::Add => (x + y, 1.0, 1.0),
            Operator::Subtract => (x - y, 1.0, -1.0),
            Operator::Multiply => (x * y, y, x),
            Operator::Divide => (x / y, 1.0 / y, -x / y / y),
        };
        if !value.is_finite() {
            return Err(Diagnostic::error(Code::TooLarge, "this result is too large").at(place.clone(), ""));
        }
        let like = self.quantity.unit == right.quantity.unit && self.quantity.unit != Unit::NUMBER;
        let mut shares = self.shares;
        for share in shares.values_mut() {
            *share *= by_left;
        }
        for (key, share) in &right.shares {
            *shares.entry(key).or_insert(0.0) += share * by_right;
        }
        let half_width = half_width(&shares);
        let quantity = Quantity { value, half_width, unit, ratio: operator == Operator::Divide && like };
        Ok(Operand { quantity, place, shares })
    }

    /// The unit of the result, if it has one.
    fn unit_with(&self, operator: Operator, right: &Operand<'_>) -> Result<Unit, Diagnostic> {
        let (left_unit, right_unit) = (self.quantity.unit, right.quantity.unit);
        match operator {
            Operator::Multiply => Ok(left_unit.times(right_unit)),
            Operator::Divide if right.quantity.value == 0.0 => {
                Err(Diagnostic::error(Code::DividedByZero, "this is divided by zero")
                    .at(right.place.clone(), "is zero"))
            }
            Operator::Divide => Ok(left_unit.per(right_unit)),
            Operator::Add | Operator::Subtract if left_unit == right_unit => Ok(left_unit),
            Operator::Add | Operator::Subtract => {
                let does = if operator == Operator::Add { "added" } else { "subtracted" };
                Err(Diagnostic::error(Code::UnlikeUnits, format!("quantities of unlike units cannot be {does}"))
                    .at(right.place.clone(), right_unit.to_string())
                    .at(self.place.clone(), left_unit.to_string()))
            }
        }
    }
}

/// Half the width of the interval of a value, from what each measurement adds to it: their root of squares.
fn half_width(shares: &BTreeMap<&Key, f64>) -> Option<f64> {
    let width = shares.values().fold(0.0_f64, |width, share| width.hypot(*share));
    (!shares.is_empty() && width.is_finite()).then_some(width)
}
