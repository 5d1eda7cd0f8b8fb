//! The whole way, from a [`World`] to an [`Output`]: the file to read first.

mod pictures;
mod publish;
mod selection;
mod sources;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rayon::prelude::*;

pub use selection::{CellResult, Selector};
use sources::{Content, published_files, read, read_config, read_posts, warn_of_links};

use crate::article::{Article, Charts, Figure, Headline, Highlighter, Pictures, Setting};
use crate::cells::{
    self, Answer, Assembled, Bench, Cell, Languages, Locks, Options, Outside, Policy, Results, Runner, Store, Task,
};
use crate::config::{BaseUrl, Config};
use crate::content::{self, LeftOut, Post};
use crate::data::Table;
use crate::markdown::{self, Document, LooseEnd, Targets};
use crate::memo::Memo;
use crate::output::Output;
use crate::pages::{self, Theme};
use crate::site::Site;
use crate::source::{Address, Diagnostics, SitePath};
use crate::world::World;

/// What is asked of a build. Together with the files of the [`World`] it decides the output.
#[derive(Debug, Clone)]
pub struct Request {
    /// The configuration file; it need not be there.
    pub config: SitePath,
    /// Where the site will be published, if not where the configuration says.
    pub base_url: Option<BaseUrl>,
    /// The time, which decides what is of the future and what has expired.
    pub now: Timestamp,
    /// What is published although it is usually left out.
    pub publish: Vec<LeftOut>,
    /// Which cells are run.
    pub policy: Policy,
    /// The cells that this is about, if not about all: of the others only stored results are shown.
    pub only: Vec<Selector>,
    /// The author's environment variables; a cell gets those that it names.
    pub env: BTreeMap<String, String>,
}

/// What a build works with.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// The files of the site.
    pub world: &'a dyn World,
    /// What runs cells.
    pub runner: &'a dyn Runner,
    /// Their stored results.
    pub store: &'a Store,
    /// The versions of packages that cells use.
    pub locks: &'a Locks,
    /// Results that those must agree with.
    pub against: Option<&'a Store>,
    /// Answers remembered from build to build.
    pub memo: &'a Memo,
    /// Is told what the build is doing.
    pub progress: &'a (dyn Fn(Progress<'_>) + Sync),
}

/// What a build is doing.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// A stage begins.
    Stage(Stage),
    /// Cells are being run.
    Cells(cells::Progress<'a>),
}

/// The stages of a build, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Posts are read and their Markdown is parsed.
    Read,
    /// Cells get their results.
    Run,
    /// Posts become HTML.
    Render,
    /// Pages are drawn.
    Draw,
}

/// A site as it was built.
#[derive(Debug)]
pub struct Built {
    /// The site before it was drawn.
    pub site: Site,
    /// All its files.
    pub output: Output,
    /// Every cell, with its result.
    pub results: Vec<CellResult>,
    /// Posts that are not published, and why.
    pub left_out: Vec<(Post, LeftOut)>,
    /// What its author should know. If any of it is an error, the output is not fit to be published.
    pub diagnostics: Diagnostics,
}

/// A post on its way: parsed, with the cells that were found in it.
struct Manuscript {
    post: Post,
    document: Document,
    cells: Vec<Cell>,
    programs: Vec<Option<Assembled>>,
    /// Its path below `content/` without extension: where results of its cells are stored.
    key: SitePath,
}

/// Builds the site.
///
/// The way is always gone to its end, so that everything wrong is found at once.
pub fn build(tools: &Tools<'_>, request: &Request) -> Built {
    let mut diagnostics = Diagnostics::default();
    let say = |stage| (tools.progress)(Progress::Stage(stage));

    say(Stage::Read);
    warn_of_links(tools.world, &mut diagnostics);
    let config = read_config(tools.world, request, &mut diagnostics);
    let theme = Theme::load(tools.world, &config, &mut diagnostics);
    let folder = Content::list(tools.world, &mut diagnostics);
    let (posts, left_out) = read_posts(&folder.posts, tools.world, &config, request, &mut diagnostics);
    let files = published_files(&folder.files, &posts, &left_out, request);
    let languages = Languages::read(config.languages.as_ref(), &mut diagnostics);
    let outside = Outside { world: tools.world, env: &request.env, languages: &languages };
    let mut manuscripts = parse(posts, &config, outside, &mut diagnostics);
    let loose_ends = link(&mut manuscripts, &files, &left_out, &config, &mut diagnostics);
    let gallery = pictures::gather(&manuscripts, &files, &theme, &config, tools, &mut diagnostics);

    say(Stage::Run);
    selection::complain(&manuscripts, &left_out, request, &mut diagnostics);
    let (answers, results) = answer(&manuscripts, tools, request, &mut diagnostics);

    say(Stage::Render);
    let highlighter = Highlighter::new(tools.memo);
    let rendered: Vec<(Article, Diagnostics)> = manuscripts
        .into_par_iter()
        .zip(answers)
        .map(|(manuscript, answers)| {
            manuscript.render(&answers, &config, tools.runner, &gallery.pictures, &highlighter)
        })
        .collect();
    let mut articles = Vec::new();
    for (article, wrong) in rendered {
        articles.push(article);
        diagnostics.extend(wrong);
    }

    say(Stage::Draw);
    let site = Site::assemble(config, articles, files);
    let mut output = Output::default();
    for artifact in pages::draw(&site, &theme, tools.memo, &mut diagnostics) {
        output.insert(artifact.path, artifact.bytes);
    }
    for (to, from) in &site.files {
        if let Some(bytes) = diagnostics.take(read(tools.world, from)) {
            output.insert(to.clone(), bytes);
        }
    }
    publish::copies(gallery.copies, &mut output, &mut diagnostics);
    for article in site.articles.iter().chain(&site.pages) {
        publish::files(article, &mut output, &mut diagnostics);
    }
    for dead in loose_ends.into_iter().filter_map(|end| end.check(|path| output.get(path).is_some())) {
        diagnostics.push(dead);
    }
    Built { site, output, results, left_out, diagnostics }
}

fn parse(posts: Vec<Post>, config: &Config, outside: Outside<'_>, diagnostics: &mut Diagnostics) -> Vec<Manuscript> {
    let parsed: Vec<(Manuscript, Diagnostics)> = posts
        .into_par_iter()
        .map(|post| {
            let mut diagnostics = Diagnostics::default();
            let document = markdown::parse(&post, &mut diagnostics);
            if let Some(table) = &post.meta.cells {
                Options::check_inherited(table, &mut diagnostics);
            }
            let inherited: Vec<&Table> = config.cells.iter().chain(&post.meta.cells).collect();
            let cells = Cell::read_all(&document, &inherited, outside, &mut diagnostics);
            let programs = cells::assemble(&cells, &mut diagnostics);
            let key = content::key(post.source.path());
            (Manuscript { post, document, cells, programs, key }, diagnostics)
        })
        .collect();
    let gather = |(manuscript, wrong): (Manuscript, Diagnostics)| {
        diagnostics.extend(wrong);
        manuscript
    };
    parsed.into_iter().map(gather).collect()
}

/// Looks up what the links of every post lead to. Gives those that only the finished output can judge.
fn link(
    manuscripts: &mut [Manuscript],
    files: &[(SitePath, SitePath)],
    left_out: &[(Post, LeftOut)],
    config: &Config,
    diagnostics: &mut Diagnostics,
) -> Vec<LooseEnd> {
    let targets = Targets::new(manuscripts.iter().map(|manuscript| (&manuscript.post, &manuscript.document)))
        .with_files(files.iter().map(|(to, from)| (to, from)))
        .without(left_out);
    let (loose, wrong): (Vec<Vec<LooseEnd>>, Vec<Diagnostics>) = manuscripts
        .par_iter_mut()
        .map(|Manuscript { post, document, .. }| {
            let mut diagnostics = Diagnostics::default();
            let loose = markdown::resolve(document, post, &targets, &config.base_url, &mut diagnostics);
            (loose, diagnostics)
        })
        .unzip();
    for wrong in wrong {
        diagnostics.extend(wrong);
    }
    loose.into_iter().flatten().collect()
}

/// The answer of each cell of each post; and all results in a row.
fn answer(
    manuscripts: &[Manuscript],
    tools: &Tools<'_>,
    request: &Request,
    diagnostics: &mut Diagnostics,
) -> (Vec<Vec<Option<Answer>>>, Vec<CellResult>) {
    let mut tasks: Vec<Task<'_>> = Vec::new();
    let mut selected = Vec::new();
    for manuscript in manuscripts {
        let wanted = |task: &Task<'_>| request.only.iter().any(|only| only.selects(manuscript, task.cell));
        let of_post: Vec<Task<'_>> = manuscript.tasks().collect();
        selected.extend(of_post.iter().map(|task| request.only.is_empty() || wanted(task)));
        tasks.extend(of_post);
    }
    let policies: Vec<Policy> =
        selected.iter().map(|&selected| if selected { request.policy } else { Policy::Nothing }).collect();
    let progress = |progress: cells::Progress<'_>| (tools.progress)(Progress::Cells(progress));
    let bench = Bench { runner: tools.runner, store: tools.store, locks: tools.locks, progress: &progress };
    let answers = cells::answer(&tasks, &policies, bench, diagnostics);

    let mut results = Vec::new();
    for ((task, answer), selected) in tasks.iter().zip(&answers).zip(selected) {
        let record = match answer {
            Some(Answer::Recorded(record)) => Some((**record).clone()),
            Some(Answer::NotRun { .. }) | None => None,
        };
        if let (Some(found), Some(against)) = (&record, tools.against)
            && let Some(difference) = cells::difference(task.cell, against.read(task.post, &task.cell.id), found)
        {
            diagnostics.push(difference);
        }
        results.push(CellResult::of(task, selected, record));
    }

    let mut answers = answers.into_iter();
    let of_post = |manuscript: &Manuscript| {
        let of_cell = |program: &Option<Assembled>| program.as_ref().and_then(|_| answers.next().flatten());
        manuscript.programs.iter().map(of_cell).collect()
    };
    (manuscripts.iter().map(of_post).collect(), results)
}

impl Manuscript {
    fn tasks(&self) -> impl Iterator<Item = Task<'_>> {
        self.cells
            .iter()
            .zip(&self.programs)
            .filter_map(|(cell, assembled)| Some(Task { post: &self.key, cell, assembled: assembled.as_ref()? }))
    }

    fn render(
        mut self,
        answers: &[Option<Answer>],
        config: &Config,
        runner: &dyn Runner,
        pictures: &Pictures,
        highlighter: &Highlighter<'_>,
    ) -> (Article, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let results = Results { cells: &self.cells, answers };
        results.audit(&mut diagnostics);
        let figures: Vec<Figure<'_>> = self
            .cells
            .iter()
            .zip(&self.programs)
            .zip(answers)
            .map(|((cell, assembled), answer)| {
                let here = assembled.as_ref().and_then(|assembled| runner.here(&assembled.program));
                Figure::new(cell, assembled.as_ref(), answer.as_ref(), here)
            })
            .collect();
        let mut charts = Charts::of(figures);
        self.document.settle(|value| match charts.settle(value) {
            Some(chart) => diagnostics.take(chart),
            None => diagnostics.take(results.settle(value)).flatten(),
        });
        let headline = match &self.post.meta.card {
            Some((card, place)) => {
                let number = diagnostics.take(results.headline(card, place)).flatten();
                number.map(|number| Headline::chosen(number, card))
            }
            None => charts.headline(),
        };
        let figures = charts.place();
        let address = &self.post.address;
        let setting = Setting {
            url: &config.base_url.local(address),
            folder: &config.base_url.local(&Address::folder(address.output_file().parent())),
            trusted: config.trust_cells,
            pictures,
            highlighter,
        };
        let article = Article::render(self.post, &self.document, &figures, headline, setting, &mut diagnostics);
        (article, diagnostics)
    }
}
