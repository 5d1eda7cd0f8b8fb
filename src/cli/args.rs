use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::build::Selector;
use crate::config::BaseUrl;
use crate::content::LeftOut;
use crate::serve;
use crate::source::Code;

use super::explain;

/// Build a blog whose posts run their code.
///
/// Posts are Markdown files in `content/`. A code fence with a verb, such as `rust,bench:mutex`, is compiled, run and measured, and
/// the page shows what it printed and how long it took.
#[derive(Debug, Parser)]
#[command(name = "blog", version, max_term_width = 100)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) global: Global,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// The site's folder [default: the nearest one upward that holds blog.toml or content/]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) root: Option<PathBuf>,
    /// The configuration, a file within the site's folder [default: blog.toml]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) config: Option<PathBuf>,
    /// Where the site is written to [default: `output` in the configuration, else public]
    #[arg(short, long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) output: Option<PathBuf>,
    /// Where the site will be published, in place of `base_url` in the configuration
    #[arg(long, global = true, value_name = "URL", value_parser = parse_base_url)]
    pub(super) base_url: Option<BaseUrl>,
    /// Say nothing but errors and warnings
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say more: every cell with its result, how long each stage took, every post that is left out
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// When to colour what is said
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(super) color: Colour,
}

/// When to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run what has no result yet and write the site
    Build(Build),
    /// Run cells and print what was measured, without writing the site
    Run(Run),
    /// Run every cell again and compare: outputs, exit codes, claims; nothing is written
    Verify(Verify),
    /// Look after stored results
    #[command(subcommand)]
    Results(Results),
    /// Preview the site, rebuilt whenever a file changes
    Serve(Serve),
    /// Do everything but write the site: read, run, link, draw
    Check(Check),
    /// Explain a kind of error or warning, by its code
    Explain(Explain),
    /// Print every page of the site, and every post that is left out of it
    List(List),
    /// Remove what builds made: the output folder and the cache in `.blog/`, and nothing that others put there
    Clean(Clean),
    /// Begin a post
    New(New),
    /// Begin a site
    Init(Init),
    /// Tell what this machine has for cells: tools, measuring, timelines, network, caches
    Doctor(Doctor),
    /// Print the JSON Schema of front matter or of blog.toml, for editors
    Schema(Schema),
    /// Print a script by which a shell completes commands and options
    Completions(Completions),
    /// Print the manual page
    Man(Man),
}

/// Which posts are published.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(super) struct Selection {
    /// Publish drafts too
    #[arg(long)]
    pub(super) drafts: bool,
    /// Publish posts of the future too
    #[arg(long)]
    pub(super) future: bool,
}

impl Selection {
    /// What is published although it is usually left out.
    pub(super) fn published(self) -> Vec<LeftOut> {
        let all = [(self.drafts, LeftOut::Draft), (self.future, LeftOut::Future)];
        all.into_iter().filter(|(wanted, _)| *wanted).map(|(_, which)| which).collect()
    }
}

#[derive(Debug, Args)]
pub(super) struct Build {
    #[command(flatten)]
    pub(super) selection: Selection,
    /// Run no cell: one that would have to run is an error
    #[arg(long)]
    pub(super) locked: bool,
    /// The same, and start no other program either: for machines without toolchains
    #[arg(long)]
    pub(super) frozen: bool,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) selection: Selection,
    /// How to tell what is wrong
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) format: Format,
}

/// How diagnostics are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
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
pub(super) struct Run {
    #[command(flatten)]
    pub(super) selection: Selection,
    /// A post, or a cell of it [default: all]
    #[arg(value_name = "POST[#CELL]", value_parser = parse_selector)]
    pub(super) only: Vec<Selector>,
    /// Run also what has a result
    #[arg(long)]
    pub(super) rerun: bool,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    pub(super) selection: Selection,
    /// A post, or a cell of it [default: all]
    #[arg(value_name = "POST[#CELL]", value_parser = parse_selector)]
    pub(super) only: Vec<Selector>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Results {
    /// Print every stored result and every cell, and whether the one is of the other
    List(ListResults),
    /// Print how stored results differ from those of a git revision
    Diff(Diff),
    /// Remove the results of cells that are gone, and lock files that no cell needs
    Gc(Gc),
}

#[derive(Debug, Args)]
pub(super) struct ListResults {
    #[command(flatten)]
    pub(super) selection: Selection,
    /// Print JSON, one object a result in one array
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The revision
    #[arg(value_name = "REV", default_value = "HEAD")]
    pub(super) revision: String,
}

#[derive(Debug, Args)]
pub(super) struct Gc {
    /// Print what would be removed, and remove nothing
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    pub(super) selection: Selection,
    /// The port, or the next free one after it
    #[arg(short, long, default_value_t = serve::Options::PORT)]
    pub(super) port: u16,
    /// The address to listen on; other machines may then see the preview [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    pub(super) host: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    pub(super) selection: Selection,
    /// Print JSON, one object a page in one array
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Clean {
    /// Remove stored results too: every cell will have to run again
    #[arg(long)]
    pub(super) results: bool,
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// The title of the post
    pub(super) title: String,
    /// Write its front matter in YAML, not TOML
    #[arg(long)]
    pub(super) yaml: bool,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder, which is made if it is not there
    #[arg(value_hint = ValueHint::DirPath)]
    pub(super) dir: PathBuf,
    /// Add a workflow that publishes the site whenever it is pushed; the site may be there already
    #[arg(long, value_enum, value_name = "HOST")]
    pub(super) ci: Option<Ci>,
}

/// Where a workflow runs.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Ci {
    /// GitHub Actions, which publishes to GitHub Pages
    Github,
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The code, such as E201; without it, all of them are listed
    #[arg(value_parser = explain::parse)]
    pub(super) code: Option<Code>,
}

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Of what
    #[arg(value_enum)]
    pub(super) of: Notation,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Notation {
    /// What stands at the top of a post
    FrontMatter,
    /// The settings of a site, blog.toml
    Config,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct Man {
    /// Write a page for every command to this folder, which is made if it is not there
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) dir: Option<PathBuf>,
}

#[expect(clippy::unnecessary_wraps, reason = "as clap wants it")]
fn parse_selector(text: &str) -> Result<Selector, String> {
    Ok(Selector::parse(text))
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
