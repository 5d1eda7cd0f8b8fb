use std::ops::Range;

use super::expression::{Expression, Step};
use super::token::{Operator, Token, tokens};
use crate::source::{Code, Diagnostic, Span};

/// How deep parentheses and minuses may stand within each other: the parser's own stack grows with them.
const DEEPEST: usize = 64;

/// Turns words into steps, by precedence climbing.
pub(super) struct Parser<'a> {
    text: &'a Span,
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    depth: usize,
    steps: Vec<(Step, Range<usize>)>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a Span) -> Result<Self, Diagnostic> {
        Ok(Parser { text, tokens: tokens(text)?, at: 0, depth: 0, steps: Vec::new() })
    }

    /// The longest expression from here.
    pub(super) fn expression(&mut self) -> Result<Expression, Diagnostic> {
        let range = self.chain(0)?;
        Ok(Expression { text: self.text.part(range), steps: self.placed() })
    }

    /// The next word, which is then behind.
    pub(super) fn next(&mut self) -> Option<(Token, Range<usize>)> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    /// An error at a word, or at the end of the text.
    pub(super) fn expected(&self, what: &str, found: Option<Range<usize>>) -> Diagnostic {
        let end = self.text.text().len();
        Diagnostic::error(Code::ClaimSyntax, format!("{what} is missing"))
            .at(self.text.part(found.unwrap_or(end..end)), "expected here")
    }

    /// Operands joined by operators that bind at least as strongly as `least`.
    fn chain(&mut self, least: u8) -> Result<Range<usize>, Diagnostic> {
        let mut left = self.operand()?;
        while let Some((Token::Operator(operator), _)) = self.tokens.get(self.at) {
            let operator = *operator;
            if strength(operator) < least {
                break;
            }
            self.at += 1;
            let right = self.chain(strength(operator) + 1)?;
            left.end = right.end;
            self.steps.push((Step::Binary(operator), left.clone()));
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Range<usize>, Diagnostic> {
        match self.next() {
            Some((Token::Literal(quantity), range)) => Ok(self.push(Step::Literal(quantity), range)),
            Some((Token::Key(key), range)) => Ok(self.push(Step::Key(key), range)),
            Some((Token::Operator(Operator::Subtract), minus)) => {
                let operand = self.deeper(&minus, Parser::operand)?;
                Ok(self.push(Step::Negate, minus.start..operand.end))
            }
            Some((Token::Open, open)) => {
                self.deeper(&open, |parser| parser.chain(0))?;
                self.close(&open)
            }
            other => Err(self.expected("a value", other.map(|(_, range)| range))),
        }
    }

    fn push(&mut self, step: Step, range: Range<usize>) -> Range<usize> {
        self.steps.push((step, range.clone()));
        range
    }

    /// The closing parenthesis; gives the whole of what stands in parentheses.
    fn close(&mut self, open: &Range<usize>) -> Result<Range<usize>, Diagnostic> {
        match self.next() {
            Some((Token::Close, close)) => Ok(open.start..close.end),
            Some((Token::Comparison(_) | Token::And | Token::Or, range)) => {
                Err(Diagnostic::error(Code::ClaimSyntax, "comparisons do not stand in parentheses")
                    .at(self.text.part(range), ""))
            }
            other => {
                let error = self.expected("an operator or a `)`", other.map(|(_, range)| range));
                Err(error.at(self.text.part(open.clone()), "opened here"))
            }
        }
    }

    fn deeper<T>(
        &mut self,
        place: &Range<usize>,
        parse: impl FnOnce(&mut Self) -> Result<T, Diagnostic>,
    ) -> Result<T, Diagnostic> {
        if self.depth == DEEPEST {
            let error =
                Diagnostic::error(Code::ClaimSyntax, format!("this expression is nested more than {DEEPEST} deep"));
            return Err(error.at(self.text.part(place.clone()), ""));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// The steps so far, each with the part of the text that it computes.
    fn placed(&mut self) -> Vec<(Step, Span)> {
        let text = self.text;
        self.steps.drain(..).map(|(step, range)| (step, text.part(range))).collect()
    }
}

fn strength(operator: Operator) -> u8 {
    match operator {
        Operator::Add | Operator::Subtract => 1,
        Operator::Multiply | Operator::Divide => 2,
    }
}
