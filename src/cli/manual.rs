#![expect(clippy::disallowed_methods, reason = "makes the folder for manual pages")]
//! The command line as texts for shells and for `man`.

use std::io;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Cli;

/// The command line as clap knows it, for all that describes it.
pub fn command() -> clap::Command {
    Cli::command()
}

/// The script for a shell.
pub(super) fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "blog", &mut script);
    if shell == Shell::Fish {
        script.extend(values_for_fish());
    }
    script
}

/// What `clap_complete` leaves out for fish: the values of arguments that are no options, such as the shells here.
fn values_for_fish() -> Vec<u8> {
    let mut lines = Vec::new();
    for command in command().get_subcommands() {
        let values = command.get_positionals().flat_map(clap::Arg::get_possible_values);
        let names: Vec<String> = values.map(|value| value.get_name().to_owned()).collect();
        if !names.is_empty() {
            let (command, names) = (command.get_name(), names.join(" "));
            lines.extend(
                format!("complete -c blog -n \"__fish_seen_subcommand_from {command}\" -f -a \"{names}\"\n")
                    .into_bytes(),
            );
        }
    }
    lines
}

/// The manual page of `blog` itself.
pub(super) fn page() -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command().disable_help_subcommand(true)).render(&mut page)?;
    Ok(page)
}

/// Writes the pages of `blog` and of all its commands to a folder: `blog.1`, `blog-results-list.1`. Gives their number.
pub(super) fn write_pages(folder: &Path) -> Result<usize, String> {
    let unwritten = |error| format!("cannot write to {}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(unwritten)?;
    clap_mangen::generate_to(command(), folder).map_err(unwritten)?;
    Ok(count(&command()))
}

/// A command and those below it.
fn count(command: &clap::Command) -> usize {
    1 + command.get_subcommands().map(count).sum::<usize>()
}
