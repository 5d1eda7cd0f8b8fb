//! A site in a temporary folder, the program on it, and what both left behind.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

/// Far more than anything here takes; reached only by a failure.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// A site with surroundings of its own, in which nothing but the test's own programs is at work.
pub(crate) struct Site {
    around: tempfile::TempDir,
}

impl Site {
    /// A site with these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Site {
        let site = Site { around: tempfile::tempdir().unwrap() };
        for folder in ["site", "temporary", "session"] {
            fs::create_dir(site.around.path().join(folder)).unwrap();
        }
        for (path, text) in files {
            site.write(path, text);
        }
        site
    }

    /// The folder that the site lies in.
    pub(crate) fn around(&self) -> &Path {
        self.around.path()
    }

    /// A file or folder of the site.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.around.path().join("site").join(path)
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The program with some arguments, in the folder of the site. Its temporary files, and the lock by which programs of
    /// one user measure one after another, are apart from those of other tests.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_blog"));
        command.args(args).current_dir(self.path(""));
        for name in
            ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "GITHUB_ACTIONS", "VISUAL", "EDITOR", "BROWSER"]
        {
            command.env_remove(name);
        }
        command.env("TMPDIR", self.around.path().join("temporary"));
        command.env("XDG_RUNTIME_DIR", self.around.path().join("session"));
        command
    }

    /// Calls the program and waits until it has ended.
    pub(crate) fn blog(&self, args: &[&str]) -> Said {
        finish(self.command(args))
    }

    /// Builds the site, which is well.
    pub(crate) fn build(&self) -> Said {
        let said = self.blog(&["build"]);
        assert_eq!(said.code, 0, "{said:?}");
        said
    }
}

/// How a program ended and what it said.
#[derive(PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let beginning = |text: &str| text.chars().take(4_000).collect::<String>();
        write!(f, "exit code {}\n{}\n{}", self.code, beginning(&self.stdout), beginning(&self.stderr))
    }
}

/// Waits until a program has ended by itself. What it says goes to files, so that nothing it starts can hold up the test.
pub(crate) fn finish(mut command: Command) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let (stdout, stderr) = (folder.path().join("stdout"), folder.path().join("stderr"));
    command.stdin(std::process::Stdio::null());
    command.stdout(File::create(&stdout).unwrap()).stderr(File::create(&stderr).unwrap());
    let mut child = command.spawn().unwrap();
    let status: Option<ExitStatus> = wait_for(|| child.try_wait().unwrap());
    let _ = child.kill();
    let text = |file| String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned();
    let (stdout, stderr) = (text(&stdout), text(&stderr));
    let status = status.unwrap_or_else(|| panic!("{command:?} does not end\n{stderr}"));
    let code = status.code().unwrap_or_else(|| panic!("{command:?}: {status}\n{stderr}"));
    Said { code, stdout, stderr }
}

/// Asks until there is an answer, or none by the deadline.
pub(crate) fn wait_for<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        let answer = ask();
        if answer.is_some() || start.elapsed() > DEADLINE {
            return answer;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Files and links by their path; of links, where they lead.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// Every file and link below a folder, by its path in there; nothing where there is no such folder.
pub(crate) fn tree(folder: &Path) -> Tree {
    if !folder.exists() {
        return Tree::new();
    }
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap());
    let file = |entry: walkdir::DirEntry| {
        let path = entry.path();
        let bytes = match entry.file_type() {
            kind if kind.is_symlink() => fs::read_link(path).unwrap().into_os_string().into_encoded_bytes(),
            kind if kind.is_file() => fs::read(path).unwrap(),
            _ => return None,
        };
        Some((path.strip_prefix(folder).unwrap().to_string_lossy().into_owned(), bytes))
    };
    entries.filter_map(file).collect()
}
