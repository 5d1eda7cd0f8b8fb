//! From Tera's errors to diagnostics at the place in the template.

use std::ops::Range;

use tera::{ErrorKind, Tera};

use super::theme::{Template, Templates};
use crate::source::{Code, Diagnostic, Diagnostics};

/// Why a page could not be drawn.
#[derive(Debug)]
pub(super) struct Failure(pub(super) Diagnostic);

/// What is wrong with templates that cannot be used together. All syntax errors if there are any, one a template, else
/// all that refers to something which is not there.
pub(super) fn of_loading(error: &tera::Error, templates: &Templates) -> Diagnostics {
    let syntax: Diagnostics = templates
        .iter()
        .filter(|(_, template)| template.own)
        .filter_map(|(name, template)| {
            // Alone, other errors mean nothing: what it extends is not there.
            let error = Tera::new().add_raw_template(name, template.source.text()).err()?;
            matches!(error.kind(), ErrorKind::SyntaxError(_)).then(|| diagnostic(&error, templates))
        })
        .collect();
    if !syntax.is_empty() {
        return syntax;
    }
    match error.kind() {
        ErrorKind::Msg(text) => reports(text, templates),
        _ => diagnostic(error, templates).into(),
    }
}

/// What went wrong while a page was drawn.
pub(super) fn of_drawing(error: &tera::Error, templates: &Templates) -> Failure {
    Failure(diagnostic(error, templates))
}

/// Why what a template gave is no picture.
pub(super) fn of_card(why: &str, template: Option<&Template>) -> Failure {
    let error = Diagnostic::error(Code::TemplateFails, "this template draws no card").note(why);
    let error = error.help("it has to draw an SVG, 1200 by 630 pixels large");
    Failure(match template {
        Some(template) => error.at(template.source.span(0..0), ""),
        None => error,
    })
}

fn diagnostic(error: &tera::Error, templates: &Templates) -> Diagnostic {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let is_syntax = matches!(error.kind(), ErrorKind::SyntaxError(_));
            let code = if is_syntax { Code::TemplateSyntax } else { Code::TemplateFails };
            located(code, report.message(), report.filename(), report.span().range.clone(), templates)
        }
        ErrorKind::MissingParent { current, parent } => {
            let message = format!("there is no template `{parent}`");
            located(Code::TemplateReference, &message, current, quoted(parent, current, templates), templates)
        }
        ErrorKind::CircularExtend { tpl, inheritance_chain } => {
            let message = format!("`{tpl}` extends itself, by way of {}", inheritance_chain.join(", "));
            located(Code::TemplateReference, &message, tpl, 0..0, templates)
        }
        ErrorKind::CircularInclude { tpl, include_chain } => {
            let message = format!("`{tpl}` includes itself: {}", include_chain.join(" → "));
            located(Code::TemplateReference, &message, tpl, 0..0, templates)
        }
        other => Diagnostic::error(Code::TemplateFails, decapitalise(&other.to_string())),
    }
}

/// A diagnostic at a byte range of a template.
fn located(code: Code, message: &str, template: &str, range: Range<usize>, templates: &Templates) -> Diagnostic {
    let (message, note) = split(message);
    let mut diagnostic = Diagnostic::error(code, decapitalise(message));
    if let Some(template) = templates.get(template) {
        diagnostic = diagnostic.at(template.source.span(range), "");
        if !template.own {
            diagnostic = diagnostic.note("this template is the program's own; a file of that name replaces it");
        }
    }
    match note {
        Some(note) => diagnostic.note(note),
        None => diagnostic,
    }
}

/// Tera appends what would have been available to some messages.
fn split(message: &str) -> (&str, Option<String>) {
    match message.split_once(". Available ") {
        Some((message, available)) => (message, Some(format!("available {available}"))),
        None => (message.trim_end_matches('.'), None),
    }
}

/// Reads the reports that Tera gives only as text when it finds several: `error: message`, then ` --> file:line:column`.
fn reports(text: &str, templates: &Templates) -> Diagnostics {
    let mut found = Diagnostics::default();
    for report in text.split("\n\nerror: ") {
        let report = report.strip_prefix("error: ").unwrap_or(report);
        let (message, rest) = report.split_once('\n').unwrap_or((report, ""));
        let place = rest.lines().next().and_then(|line| line.trim_start().strip_prefix("--> "));
        found.push(
            place
                .and_then(|place| at_line(message, place, rest, templates))
                .unwrap_or_else(|| Diagnostic::error(Code::TemplateReference, decapitalise(message))),
        );
    }
    found
}

/// A diagnostic at `file:line:column`, as long as the row of `^` in the report.
fn at_line(message: &str, place: &str, report: &str, templates: &Templates) -> Option<Diagnostic> {
    let mut parts = place.rsplitn(3, ':');
    let column: usize = parts.next()?.parse().ok()?;
    let line: usize = parts.next()?.parse().ok()?;
    let name = parts.next()?;
    let span = templates.get(name)?.source.line(line);
    let offset = |characters: usize| span.text().chars().take(characters).map(char::len_utf8).sum::<usize>();
    let width = report.lines().last().map_or(1, |marks| marks.matches('^').count());
    let start = span.range().start;
    let range = start + offset(column - 1)..start + offset(column - 1 + width);
    Some(located(Code::TemplateReference, message, name, range, templates))
}

/// Where a template names another.
fn quoted(name: &str, template: &str, templates: &Templates) -> Range<usize> {
    let text = templates.get(template).map_or("", |template| template.source.text());
    text.find(name).map_or(0..0, |at| at..at + name.len())
}

/// Diagnostics begin in lower case; Tera's messages don't.
fn decapitalise(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
