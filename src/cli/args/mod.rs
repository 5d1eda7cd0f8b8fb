//! What can be asked of `blog` on a command line.

mod options;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

pub(super) use self::options::{
    Build, Check, Ci, Clean, Completions, Diff, Doctor, Explain, Format, Gc, Init, List, ListResults, Man, New,
    Notation, Results, Run, Schema, Selection, Serve, Verify,
};
use crate::config::BaseUrl;

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  the site is wrong, or something failed
  2  the command line is wrong, or there is no site

A signal ends it as it would end any program: Ctrl+C by 130.";

/// Build a blog whose posts run their code.
///
/// Posts are Markdown files in `content/`. A code fence with a verb, such as `rust,bench:mutex`, is compiled, run and measured, and
/// the page shows what it printed and how long it took.
#[derive(Debug, Parser)]
#[command(name = "blog", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(in crate::cli) struct Cli {
    #[command(subcommand)]
    pub(in crate::cli) command: Command,
    #[command(flatten)]
    pub(in crate::cli) global: Global,
}

/// What stands above the options of every command, behind its own.
const EVERYWHERE: &str = "Options of every command";

/// Options of every command.
#[derive(Debug, Args)]
pub(in crate::cli) struct Global {
    /// The site's folder [default: the nearest one upward that holds blog.toml or content/]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) root: Option<PathBuf>,
    /// The configuration, a file within the site's folder [default: blog.toml]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Where the site is written to [default: `output` in the configuration, else public]
    #[arg(short, long, global = true, help_heading = EVERYWHERE, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Where the site will be published, in place of `base_url` in the configuration
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "URL", value_parser = parse_base_url)]
    pub(in crate::cli) base_url: Option<BaseUrl>,
    /// Say nothing but errors and warnings
    #[arg(short, long, global = true, help_heading = EVERYWHERE, conflicts_with = "verbose")]
    pub(in crate::cli) quiet: bool,
    /// Say more: every cell with its result, how long each stage took, every post that is left out
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    pub(in crate::cli) verbose: bool,
    /// How to show which cells are at work
    #[arg(long, global = true, help_heading = EVERYWHERE, value_enum, default_value_t, value_name = "HOW")]
    pub(in crate::cli) progress: Progress,
    /// When to colour what is said
    #[arg(long, global = true, help_heading = EVERYWHERE, value_enum, default_value_t, value_name = "WHEN")]
    pub(in crate::cli) color: Colour,
}

/// When to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Progress {
    /// On a terminal by lines that change, elsewhere by plain ones
    #[default]
    Auto,
    /// By a line for each cell that has run, and nothing that moves: for screen readers and logs
    Plain,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Begin a site
    Init(Init),
    /// Begin a post
    New(New),
    /// Preview the site, rebuilt whenever a file changes
    Serve(Serve),
    /// Run what has no result yet and write the site
    Build(Build),
    /// Run cells and print what was measured, without writing the site
    Run(Run),
    /// Do everything but write the site: read, run, link, draw
    Check(Check),
    /// Explain a kind of error or warning, by its code
    Explain(Explain),
    /// Run every cell again and compare: outputs, exit codes, claims; nothing is written
    Verify(Verify),
    /// Look after stored results
    #[command(subcommand)]
    Results(Results),
    /// Print every page of the site, and every post that is left out of it
    List(List),
    /// Tell what this machine has for cells: tools, measuring, timelines, network, caches
    Doctor(Doctor),
    /// Remove what builds made: the output folder and the cache in `.blog/`, and nothing that others put there
    Clean(Clean),
    /// Print the JSON Schema of front matter or of blog.toml, for editors
    Schema(Schema),
    /// Print a script by which a shell completes commands and options
    Completions(Completions),
    /// Print the manual page
    Man(Man),
}

fn parse_base_url(text: &str) -> Result<BaseUrl, String> {
    BaseUrl::parse(text).map_err(str::to_owned)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
