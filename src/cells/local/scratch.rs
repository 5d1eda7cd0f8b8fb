//! The folder in which a program is built and run.

#![expect(clippy::disallowed_methods, reason = "the door to scratch folders")]

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::environment;
use crate::cells::{Program, Provided, ThreadNames, launcher};

/// What a build makes, in the folder of the build and of every run.
const PROGRAM: &str = "./program";

/// Where a program believes to run, as far as its reader is concerned: the real folder has another name each time.
const SHOWN: &str = "/cell";

/// The same for the folder of its packages, whose real name holds that of the user.
const SHOWN_PACKAGES: &str = "/packages";

/// And for the author's home.
const SHOWN_HOME: &str = "~";

/// The most that a run may say, bytes.
const MOST_EMITTED: u64 = 8 << 20;

/// A folder with one for building, one that each run finds new, and the files between a program and us.
#[derive(Debug)]
pub(super) struct Scratch {
    root: PathBuf,
    /// The words that lead a compiler to packages.
    packages: Vec<String>,
    /// Where the sources of packages lie, if it needs any.
    sources: Option<PathBuf>,
}

impl Scratch {
    pub(super) fn new(root: &Path) -> Self {
        Scratch { root: root.to_path_buf(), packages: Vec::new(), sources: None }
    }

    /// The same, for a program that needs packages.
    pub(super) fn with_packages(self, packages: Option<&Provided>) -> Self {
        match packages {
            None => self,
            Some(provided) => {
                Scratch { packages: provided.build_flags.clone(), sources: Some(provided.sources.clone()), ..self }
            }
        }
    }

    /// A command line with the names of the program's file and of what the build makes of it, and with what leads to its
    /// packages.
    pub(super) fn fill_in(&self, command: &[String], program: &Program) -> Vec<String> {
        let words = |word: &String| match word.as_str() {
            "{packages}" => self.packages.clone(),
            _ => vec![word.replace("{file}", &program.file).replace("{program}", PROGRAM)],
        };
        command.iter().flat_map(words).collect()
    }

    pub(super) fn build_folder(&self) -> PathBuf {
        self.root.join("build")
    }

    pub(super) fn run_folder(&self) -> PathBuf {
        self.root.join("run")
    }

    pub(super) fn stdin(&self) -> PathBuf {
        self.root.join("stdin")
    }

    /// What the program says by the lines that it appends there.
    pub(super) fn emitted(&self) -> PathBuf {
        self.emissions().join("emitted")
    }

    /// A folder of its own, for the program may leave anything there, and the next run is to find a file.
    fn emissions(&self) -> PathBuf {
        self.root.join("emissions")
    }

    pub(super) fn stdout(&self) -> PathBuf {
        self.root.join("stdout")
    }

    pub(super) fn stderr(&self) -> PathBuf {
        self.root.join("stderr")
    }

    /// Makes the folder for what compilers and interpreters do before the program runs. They read nothing.
    pub(super) fn make_build_folder(&self) -> io::Result<()> {
        fs::create_dir(self.build_folder())?;
        fs::write(self.stdin(), "")
    }

    /// Writes the program's files to the folder of the build.
    pub(super) fn write_code(&self, program: &Program) -> io::Result<()> {
        write_files(program, &self.build_folder())
    }

    /// Makes the folder of the next run, with the program's file and what the build made of it, and its input.
    pub(super) fn renew_run_folder(&self, program: &Program) -> io::Result<()> {
        let folder = self.run_folder();
        self.remove_run_folder()?;
        fs::create_dir(&folder)?;
        fs::write(self.stdin(), &program.stdin)?;
        launcher::remove(&self.emissions())?;
        fs::create_dir(self.emissions())?;
        fs::write(self.emitted(), "")?;
        for input in &program.inputs {
            let file = folder.join(input.path.as_str());
            fs::create_dir_all(file.parent().unwrap_or(&folder))?;
            fs::write(file, &input.bytes)?;
        }
        write_files(program, &folder)?;
        if program.build.is_some() {
            fs::hard_link(self.build_folder().join(PROGRAM), folder.join(PROGRAM))?;
        }
        Ok(())
    }

    /// Removes what the last run left behind, if there is anything.
    pub(super) fn remove_run_folder(&self) -> io::Result<()> {
        launcher::remove(&self.run_folder())
    }

    /// Makes a folder besides with a file that only a program whose threads are recorded finds.
    pub(super) fn write_thread_names(&self, names: &ThreadNames) -> io::Result<PathBuf> {
        let folder = self.root.join("names");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(&names.file), &names.text)?;
        Ok(folder)
    }

    /// Reads what the program said; the error is a phrase if that is too much.
    pub(super) fn read_emitted(&self) -> io::Result<Result<Vec<u8>, String>> {
        let mut bytes = Vec::new();
        // It may have put anything in the file's place.
        if !fs::symlink_metadata(self.emitted()).is_ok_and(|file| file.is_file()) {
            return Ok(Err("it replaced the file that it should append to".to_owned()));
        }
        File::open(self.emitted())?.take(MOST_EMITTED + 1).read_to_end(&mut bytes)?;
        let limit = MOST_EMITTED >> 20;
        Ok(if bytes.len() as u64 > MOST_EMITTED { Err(format!("it says more than {limit} MiB")) } else { Ok(bytes) })
    }

    /// Reads what a program wrote to a file for readers, as text, up to so many bytes: with names for folders that tell
    /// nothing of the author.
    pub(super) fn read(&self, file: &Path, limit: u64) -> io::Result<String> {
        let text = self.read_answer(file, limit)?;
        let hidden = self.sources.clone().map(|sources| (sources, SHOWN_PACKAGES)).into_iter();
        // An interpreter may lie in the author's home.
        let hidden = hidden.chain(environment::home().map(|home| (home, SHOWN_HOME)));
        Ok(hidden.fold(text, |text, (folder, shown)| renamed(&text, &folder, shown)))
    }

    /// Reads what a tool wrote to a file for us. Only the scratch folder has another name in it.
    pub(super) fn read_answer(&self, file: &Path, limit: u64) -> io::Result<String> {
        let mut bytes = Vec::new();
        File::open(file)?.take(limit).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let hidden = [self.build_folder(), self.run_folder()];
        Ok(hidden.iter().fold(text, |text, folder| renamed(&text, folder, SHOWN)))
    }
}

/// A text in which a folder has another name. `/home/al` is none in `/home/alice`.
fn renamed(text: &str, folder: &Path, name: &str) -> String {
    let folder = folder.to_string_lossy();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(&*folder) {
        let behind = &rest[at + folder.len()..];
        let ends = !behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        out.push_str(&rest[..at]);
        out.push_str(if ends { name } else { &folder });
        rest = behind;
    }
    out + rest
}

fn write_files(program: &Program, folder: &Path) -> io::Result<()> {
    for (name, text) in &program.files {
        fs::write(folder.join(name), text)?;
    }
    fs::write(folder.join(&program.file), &program.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_renamed_where_its_name_ends() {
        for (text, expected) in [
            ("/home/al/x and /home/al", "~/x and ~"),
            ("/home/alice/x, /home/al-2, /home/al.txt", "/home/alice/x, /home/al-2, /home/al.txt"),
            ("\"/home/al\", line 3", "\"~\", line 3"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(renamed(text, Path::new("/home/al"), "~"), expected);
        }
    }
}
