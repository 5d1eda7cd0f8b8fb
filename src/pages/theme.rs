use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use tera::{Context, Kwargs, State, Tera};

use super::css;
use super::embedded;
use super::template_error::{self, Failure};
use super::view::{View, within};
use crate::config::Config;
use crate::source::{Diagnostic, Diagnostics, Hash, SitePath, Source};
use crate::world::{World, is_hidden};

/// The templates and files that give a site its looks: those of the program, each replaced by the site's own of the same
/// name, and whatever else the site has below `templates/` and `static/`.
#[derive(Debug)]
pub struct Theme {
    tera: Tera,
    templates: Templates,
    files: Files,
}

/// Templates by the name that others call them by: their path below `templates/`.
pub(super) type Templates = BTreeMap<String, Template>;

/// Files by the path that they have in the finished site.
type Files = BTreeMap<SitePath, File>;

/// The text of a template.
#[derive(Debug, Clone)]
pub(super) struct Template {
    pub(super) source: Source,
    /// Whether it is the site's own.
    pub(super) own: bool,
}

/// A file that is published as it is.
#[derive(Debug)]
struct File {
    bytes: Cow<'static, [u8]>,
    /// Its path in the site, if it is the site's own.
    own: Option<SitePath>,
}

/// What a file below `templates/` must end in to be one.
const EXTENSIONS: [&str; 5] = ["html", "xml", "txt", "json", "svg"];

impl Theme {
    /// Reads the site's own templates and files. If a template is wrong, the diagnostics say so and the theme is that of
    /// the program alone.
    pub fn load(world: &dyn World, config: &Config, diagnostics: &mut Diagnostics) -> Theme {
        let mut files = embedded_files();
        if !config.search {
            files.remove(&path("search.js"));
        }
        for (name, path, bytes) in read_folder(world, "static", diagnostics) {
            files.insert(name, File { bytes: bytes.into(), own: Some(path) });
        }
        let mut templates = embedded_templates();
        for (name, path, bytes) in read_folder(world, "templates", diagnostics) {
            if !is_hidden(&name)
                && name.extension().is_some_and(|extension| EXTENSIONS.contains(&extension))
                && let Some(source) = diagnostics.take(Source::decode(path, bytes))
            {
                templates.insert(name.as_str().to_owned(), Template { source, own: true });
            }
        }
        let tera = compile(&templates, &files, config).unwrap_or_else(|error| {
            diagnostics.extend(template_error::of_loading(&error, &templates));
            templates = embedded_templates();
            compile(&templates, &files, config).expect("the program's own templates are sound")
        });
        Theme { tera, templates, files }
    }

    /// The files that are published as they are: where each goes, what it holds, and which file of the site's it is, if
    /// it is not the program's.
    pub fn files(&self) -> impl Iterator<Item = (&SitePath, &[u8], Option<&SitePath>)> {
        self.files.iter().map(|(path, file)| (path, &*file.bytes, file.own.as_ref()))
    }

    /// A template by its name.
    pub(super) fn template(&self, name: &str) -> Option<&Template> {
        self.templates.get(name)
    }

    /// The paths of its files.
    pub(super) fn paths(&self) -> BTreeSet<&SitePath> {
        self.files.keys().collect()
    }

    /// The template for an article whose front matter asks for a layout: a template of the site's own by that name, with
    /// or without `.html`, or `post` or `page`. Any other name is some other generator's and means the usual one.
    pub(super) fn layout<'t>(&'t self, layout: Option<&str>, usual: &'t str) -> &'t str {
        let Some(layout) = layout else { return usual };
        let for_articles = |name: &str, template: &Template| {
            let of_program = embedded::TEMPLATES.iter().any(|(embedded, _)| *embedded == name);
            matches!(name, "post.html" | "page.html") || (template.own && !of_program)
        };
        [layout.to_owned(), format!("{layout}.html")]
            .iter()
            .filter_map(|name| self.templates.get_key_value(name))
            .find(|(name, template)| for_articles(name, template))
            .map_or(usual, |(name, _)| name)
    }

    /// Draws a template. `site` is the value that all pages share.
    pub(super) fn render(&self, template: &str, site: &tera::Value, view: &View<'_>) -> Result<String, Failure> {
        let mut context = Context::from_serialize(view).expect("views are structs of strings, numbers and lists");
        context.insert_value("site", site.clone());
        self.tera.render(template, &context).map_err(|error| template_error::of_drawing(&error, &self.templates))
    }
}

fn embedded_files() -> Files {
    let file = |(name, bytes): &(&str, &'static [u8])| {
        let bytes = match std::str::from_utf8(bytes) {
            Ok(text) if path(name).extension() == Some("css") => css::compact(text).into_bytes().into(),
            _ => Cow::Borrowed(*bytes),
        };
        (path(name), File { bytes, own: None })
    };
    embedded::FILES.iter().map(file).collect()
}

fn embedded_templates() -> Templates {
    let template = |(name, text): &(&str, &str)| {
        let source = Source::new(path("templates").join(&path(name)), *text);
        ((*name).to_owned(), Template { source, own: false })
    };
    embedded::TEMPLATES.iter().map(template).collect()
}

fn path(name: &str) -> SitePath {
    SitePath::new(name).expect("a plain name")
}

/// Every file below a folder of the site: its path in there, its path in the site, its bytes.
fn read_folder(world: &dyn World, name: &str, diagnostics: &mut Diagnostics) -> Vec<(SitePath, SitePath, Vec<u8>)> {
    let folder = path(name);
    let listed = world.list(&folder).map_err(|error| Diagnostic::unreadable(&folder, &error));
    let paths = diagnostics.take(listed).unwrap_or_default();
    let read = |path: SitePath| {
        let inner = path.below(&folder)?;
        let bytes = diagnostics.take(world.read(&path).map_err(|error| Diagnostic::unreadable(&path, &error)))?;
        Some((inner, path, bytes))
    };
    paths.into_iter().filter_map(read).collect()
}

fn compile(templates: &Templates, files: &Files, config: &Config) -> tera::TeraResult<Tera> {
    let mut tera = Tera::new();
    tera.autoescape_on([".html", ".htm", ".xml", ".svg"]);
    let base = config.base_url.clone();
    tera.register_function("url", move |args: Kwargs, _: &State<'_>| -> tera::TeraResult<String> {
        Ok(within(&base, args.must_get::<&str>("path")?))
    });
    let urls = versioned_urls(files, config);
    tera.register_function("asset", move |args: Kwargs, _: &State<'_>| -> tera::TeraResult<String> {
        let name = args.must_get::<&str>("path")?.trim_start_matches('/');
        urls.get(name).cloned().ok_or_else(|| tera::Error::message(format!("there is no file `static/{name}`")))
    });
    tera.add_raw_templates(templates.iter().map(|(name, template)| (name, template.source.text())))?;
    Ok(tera)
}

/// The link to each file, with a digest of what it holds, so that a browser never shows a page with an older version.
fn versioned_urls(files: &Files, config: &Config) -> BTreeMap<String, String> {
    let url = |(path, file): (&SitePath, &File)| {
        let local = config.base_url.local(&crate::source::Address::file(path.clone()));
        (path.as_str().to_owned(), format!("{local}?v={}", Hash::of_bytes(&file.bytes).short()))
    };
    files.iter().map(url).collect()
}
