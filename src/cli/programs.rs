#![expect(clippy::disallowed_methods, reason = "the door to programs of the author's choice")]
//! The author's own editor and browser, which wait for a person and are nothing like the programs of cells.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{Failed, Outcome};

/// The editor that the author's environment names.
pub(super) fn editor() -> Result<String, Failed> {
    let named =
        ["VISUAL", "EDITOR"].iter().filter_map(|name| std::env::var(name).ok()).find(|line| !line.trim().is_empty());
    named.ok_or_else(|| Failed::Usage("`--edit` needs the name of an editor in VISUAL or EDITOR".to_owned()))
}

/// Opens a file in an editor, at a line if it is known how to tell it that, and waits until it is closed.
pub(super) fn edit(editor: &str, file: &Path, line: usize) -> Outcome {
    let name = editor.split_whitespace().next().and_then(|word| Path::new(word).file_name()?.to_str());
    let file = file.display().to_string();
    let args = match name.unwrap_or_default() {
        "vi" | "vim" | "nvim" | "nano" | "emacs" | "emacsclient" | "kak" | "micro" => vec![format!("+{line}"), file],
        "code" | "codium" | "code-insiders" | "cursor" => vec!["-g".to_owned(), format!("{file}:{line}")],
        "hx" | "helix" | "subl" | "zed" => vec![format!("{file}:{line}")],
        _ => vec![file],
    };
    let status =
        command(editor).args(args).status().map_err(|error| format!("`{editor}` cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(Failed::Because(format!("`{editor}` failed: {status}"))) }
}

/// Shows a page in the browser of the author's choice, or else of the desktop's.
///
/// # Errors
/// A browser that cannot be started, as text.
pub(super) fn open(url: &str) -> Result<(), String> {
    let browser = std::env::var("BROWSER").ok().filter(|line| !line.trim().is_empty());
    let browser = browser.unwrap_or_else(|| "xdg-open".to_owned());
    let mut command = command(&browser);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let failed = |why: String| format!("{url} cannot be opened by `{browser}`: {why}");
    let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
    // It may stay for as long as its window; if it fails it does so at once, and that is told.
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(status.to_string())) }
}

/// A command line as the author wrote it, words between quotes and all, to which arguments may be added.
fn command(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec {line} \"$@\""), "sh"]);
    command
}
