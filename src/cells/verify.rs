//! Whether a cell still does what its stored result says.

use super::expect::{Departure, compiled, lines};
use super::{Cell, Record};
use crate::source::{Code, Diagnostic};

/// How a cell did otherwise than its stored result says: how it ended, or what it printed. Times are not compared, since they
/// always differ: what is said of them in prose and by `assert` is. Ends of trials are left to chance. Where an author says
/// what to expect, that is what counts of the output.
pub fn difference(cell: &Cell, stored: Result<Option<Record>, String>, found: &Record) -> Option<Diagnostic> {
    let wrong = |code, message: String| Some(Diagnostic::error(code, message).at(cell.info.clone(), ""));
    let id = &cell.id;
    let stored = match stored {
        Ok(Some(stored)) => stored,
        Ok(None) => {
            let error = wrong(
                Code::NothingToCompare,
                format!("cell `{id}` has no stored result that it could be compared with"),
            )?;
            return Some(error.help("store it by `blog build`, and commit `results/`"));
        }
        Err(why) => {
            return Some(
                wrong(Code::ResultBroken, format!("the stored result of cell `{id}` cannot be read"))?.note(why),
            );
        }
    };
    if stored.program != found.program {
        let error = wrong(
            Code::NothingToCompare,
            format!("the stored result of cell `{id}` is of other code than stands here now"),
        )?;
        return Some(error.help("store it anew by `blog build`"));
    }
    if stored.compiled != found.compiled {
        let now = if found.compiled == Some(true) { "compiles" } else { "does not compile" };
        return wrong(Code::ResultDiffers, format!("cell `{id}` {now} now, unlike what its stored result says"));
    }
    if stored.codes != found.codes {
        let codes = |codes: &[String]| if codes.is_empty() { "no code".to_owned() } else { codes.join(", ") };
        let (now, then) = (codes(&found.codes), codes(&stored.codes));
        return wrong(Code::ResultDiffers, format!("the compiler gives {now} to cell `{id}` and not {then} as stored"));
    }
    if cell.options.trials.is_some() {
        return None;
    }
    for (stored, found) in stored.cases.iter().zip(&found.cases) {
        for (stored, found) in stored.ends.iter().zip(&found.ends) {
            if stored.exit != found.exit {
                return wrong(
                    Code::ResultDiffers,
                    format!("cell `{id}` ended with {} and not with {} as stored", found.exit, stored.exit),
                );
            }
            if cell.options.redact.is_empty() && stored.shown != found.shown {
                let error =
                    wrong(Code::ResultDiffers, format!("cell `{id}` shows something else than its stored result"))?;
                return Some(error.help("store it anew by `blog run --rerun`"));
            }
            if cell.options.expect.is_none()
                && let Err(departure) = same(&cell.options.redact, &stored.stdout, &found.stdout)
            {
                let error =
                    wrong(Code::ResultDiffers, format!("cell `{id}` prints something else than its stored result"))?;
                let help = "store it anew by `blog run --rerun`, or name what varies by `redact`, or what must not by `expect`";
                return Some(error.note(departure.to_string()).help(help));
            }
        }
    }
    None
}

/// Compares two outputs. Blanks at the ends of lines and blank lines at the beginning and the end do not count.
fn same(redact: &[String], stored: &str, found: &str) -> Result<(), Departure> {
    let redact = compiled(redact);
    let (stored, found) = (lines(stored, &redact), lines(found, &redact));
    let alike = stored.iter().zip(&found).take_while(|(stored, found)| stored == found).count();
    if alike == stored.len().max(found.len()) {
        return Ok(());
    }
    Err(Departure { expected: stored.get(alike).cloned(), found: found.get(alike).cloned() })
}
