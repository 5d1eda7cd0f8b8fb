use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::source::{SitePath, system_says};

/// Why a site could not be written to its folder.
#[derive(Debug)]
pub struct WriteError {
    message: String,
    path: PathBuf,
    cause: Option<io::Error>,
    help: Option<&'static str>,
}

impl WriteError {
    /// The system refused to do something to a path: "write", "remove".
    pub(super) fn io(doing: &str, path: &Path, cause: io::Error) -> Self {
        let help = match cause.kind() {
            io::ErrorKind::PermissionDenied => {
                Some("check who may write there, or choose another folder by `--output`")
            }
            io::ErrorKind::ReadOnlyFilesystem => Some("choose a folder that can be written by `--output`"),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some("make room and build again"),
            _ => None,
        };
        WriteError {
            message: format!("cannot {doing} {}", path.display()),
            path: path.to_owned(),
            cause: Some(cause),
            help,
        }
    }

    /// Something about a path that `blog` itself does not put up with.
    pub(super) fn refusal(path: &Path, why: &str, help: &'static str) -> Self {
        WriteError {
            message: format!("{} {why}", path.display()),
            path: path.to_owned(),
            cause: None,
            help: Some(help),
        }
    }

    /// Files of others that stand where the site has files of its own.
    pub(super) fn foreign(folder: &Path, files: &[&SitePath]) -> Self {
        const NAMED: usize = 10;
        let named: Vec<String> = files.iter().take(NAMED).map(|file| format!("`{file}`")).collect();
        let more = match files.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let what = if files.len() == 1 { "a file" } else { "files" };
        let why =
            format!("holds {what} that `blog` did not write and would have to overwrite: {}{more}", named.join(", "));
        let help = "move what is yours away; a folder that holds nothing of yours, such as one that `blog` made, can be \
                    deleted as a whole";
        WriteError::refusal(folder, &why, help)
    }

    /// The file or folder that it is about.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(cause) = &self.cause {
            write!(f, ": {}", system_says(cause))?;
        }
        self.help.map_or(Ok(()), |help| write!(f, "\nhelp: {help}"))
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}
