//! The options of each command.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::build::Selector;
use crate::cli::explain;
use crate::content::LeftOut;
use crate::serve;
use crate::source::Code;

const INIT_EXAMPLES: &str = "\
Examples:
  blog init notes        a site in a new folder
  blog init --ci github  a workflow for the site that is here";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  blog completions bash > ~/.local/share/bash-completion/completions/blog
  blog completions fish > ~/.config/fish/completions/blog.fish
  blog completions zsh > ~/.zfunc/_blog    in a folder of your fpath";

const MAN_EXAMPLES: &str = "\
Examples:
  blog man | man -l -                     read it
  blog man --dir ~/.local/share/man/man1  install it, and a page for every command";

const NEW_EXAMPLES: &str = "\
Examples:
  blog new \"Channels are queues\"
  blog new \"Channels are queues\" --series locks --lang rust --edit";

const SERVE_EXAMPLES: &str = "\
Examples:
  blog serve --open gil               show a post in the browser
  blog serve --drafts --host 0.0.0.0  drafts too, to a phone nearby";

const CHECK_EXAMPLES: &str = "\
Examples:
  blog check --strict                    in continuous integration
  blog check --format sarif > log.sarif  for code scanning";

const RUN_EXAMPLES: &str = "\
Examples:
  blog run                      every cell without a result
  blog run gil                  those of a post, by its file or its address
  blog run gil#turns --rerun    one cell, again";

const BUILD_EXAMPLES: &str = "\
Examples:
  blog build                    run what has no result yet, write public/
  blog build --frozen -o dist   on a machine without toolchains
  blog build --json | jq -r 'select(.event == \"diagnostic\").message'";

/// Which posts are published.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(in crate::cli) struct Selection {
    /// Publish drafts too
    #[arg(long)]
    pub(in crate::cli) drafts: bool,
    /// Publish posts of the future too
    #[arg(long)]
    pub(in crate::cli) future: bool,
}

impl Selection {
    /// What is published although it is usually left out.
    pub(in crate::cli) fn published(self) -> Vec<LeftOut> {
        let all = [(self.drafts, LeftOut::Draft), (self.future, LeftOut::Future)];
        all.into_iter().filter(|(wanted, _)| *wanted).map(|(_, which)| which).collect()
    }
}

#[derive(Debug, Args)]
#[command(after_help = BUILD_EXAMPLES)]
pub(in crate::cli) struct Build {
    #[command(flatten)]
    pub(in crate::cli) selection: Selection,
    /// Run no cell: one that would have to run is an error
    #[arg(long)]
    pub(in crate::cli) locked: bool,
    /// The same, and start no other program either: for machines without toolchains
    #[arg(long)]
    pub(in crate::cli) frozen: bool,
    /// Print what happens, as it happens: a JSON object a line
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub(in crate::cli) struct Check {
    #[command(flatten)]
    pub(in crate::cli) selection: Selection,
    /// Fail on warnings too
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// How to tell what is wrong
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(in crate::cli) format: Format,
}

/// How diagnostics are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// Drawn for people, on standard error
    #[default]
    Human,
    /// A JSON array on standard output
    Json,
    /// A SARIF 2.1.0 log on standard output, for code scanning and editors
    Sarif,
    /// Workflow commands of GitHub on standard output, which mark the lines of a change
    Github,
}

#[derive(Debug, Args)]
#[command(after_help = RUN_EXAMPLES)]
pub(in crate::cli) struct Run {
    #[command(flatten)]
    pub(in crate::cli) selection: Selection,
    /// A post, or a cell of it [default: all]
    #[arg(value_name = "POST[#CELL]", value_parser = parse_selector)]
    pub(in crate::cli) only: Vec<Selector>,
    /// Run also what has a result
    #[arg(long)]
    pub(in crate::cli) rerun: bool,
    /// Print what happens, as it happens, in place of the table: a JSON object a line
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Verify {
    #[command(flatten)]
    pub(in crate::cli) selection: Selection,
    /// A post, or a cell of it [default: all]
    #[arg(value_name = "POST[#CELL]", value_parser = parse_selector)]
    pub(in crate::cli) only: Vec<Selector>,
    /// Print what happens, as it happens: a JSON object a line
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Results {
    /// Print every stored result and every cell, and whether the one is of the other
    List(ListResults),
    /// Print how stored results differ from those of a git revision
    Diff(Diff),
    /// Remove the results of cells that are gone, and lock files that no cell needs
    Gc(Gc),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ListResults {
    #[command(flatten)]
    pub(in crate::cli) selection: Selection,
    /// Print JSON, one object a result in one array
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Diff {
    /// The revision
    #[arg(value_name = "REV", default_value = "HEAD")]
    pub(in crate::cli) revision: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Gc {
    /// Print what would be removed, and remove nothing
    #[arg(short = 'n', long)]
    pub(in crate::cli) dry_run: bool,
}

#[derive(Debug, Args)]
#[command(after_help = SERVE_EXAMPLES)]
pub(in crate::cli) struct Serve {
    #[command(flatten)]
    pub(in crate::cli) selection: Selection,
    /// The port, or the next free one after it
    #[arg(short, long, default_value_t = serve::Options::PORT)]
    pub(in crate::cli) port: u16,
    /// The address to listen on; other machines may then see the preview [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    pub(in crate::cli) host: Option<String>,
    /// Open the site in a browser, by BROWSER or xdg-open, or a post of it
    #[arg(long, value_name = "POST[#CELL]", value_parser = parse_selector, num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "the option may be missing, and its value too")]
    pub(in crate::cli) open: Option<Option<Selector>>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    pub(in crate::cli) selection: Selection,
    /// Print JSON, one object a page in one array
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Clean {
    /// Remove stored results too: every cell will have to run again
    #[arg(long)]
    pub(in crate::cli) results: bool,
}

#[derive(Debug, Args)]
#[command(after_help = NEW_EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "flags, as the command line has them")]
pub(in crate::cli) struct New {
    /// The title of the post
    pub(in crate::cli) title: String,
    /// The series that it belongs to
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(in crate::cli) series: Option<String>,
    /// Its tags, with commas between them
    #[arg(long, value_name = "TAG,…", value_delimiter = ',')]
    pub(in crate::cli) tags: Vec<String>,
    /// Begin a cell in this language
    #[arg(long, value_name = "LANGUAGE")]
    pub(in crate::cli) lang: Option<String>,
    /// Make it a draft
    #[arg(long)]
    pub(in crate::cli) draft: bool,
    /// Open it in the editor that VISUAL or EDITOR names
    #[arg(short, long)]
    pub(in crate::cli) edit: bool,
    /// Write its front matter in YAML [default: as the newest post]
    #[arg(long)]
    pub(in crate::cli) yaml: bool,
    /// Write its front matter in TOML
    #[arg(long, conflicts_with = "yaml")]
    pub(in crate::cli) toml: bool,
}

#[derive(Debug, Args)]
#[command(after_help = INIT_EXAMPLES)]
pub(in crate::cli) struct Init {
    /// The folder, which is made if it is not there
    #[arg(value_hint = ValueHint::DirPath, default_value = ".")]
    pub(in crate::cli) dir: PathBuf,
    /// Add a workflow that publishes the site whenever it is pushed; the site may be there already
    #[arg(long, value_enum, value_name = "HOST")]
    pub(in crate::cli) ci: Option<Ci>,
}

/// Where a workflow runs.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum Ci {
    /// GitHub Actions, which publishes to GitHub Pages
    Github,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Doctor {
    /// Print JSON
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Explain {
    /// The code, such as E201; without it, all of them are listed
    #[arg(value_parser = explain::parse)]
    pub(in crate::cli) code: Option<Code>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Schema {
    /// Of what
    #[arg(value_enum)]
    pub(in crate::cli) of: Notation,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Notation {
    /// What stands at the top of a post
    FrontMatter,
    /// The settings of a site, blog.toml
    Config,
}

#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(in crate::cli) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(in crate::cli) shell: Shell,
}

#[derive(Debug, Args)]
#[command(after_help = MAN_EXAMPLES)]
pub(in crate::cli) struct Man {
    /// Write a page for every command to this folder, which is made if it is not there
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) dir: Option<PathBuf>,
}

#[expect(clippy::unnecessary_wraps, reason = "as clap wants it")]
fn parse_selector(text: &str) -> Result<Selector, String> {
    Ok(Selector::parse(text))
}
