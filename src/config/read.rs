use jiff::tz::TimeZone;

use super::{BaseUrl, Config, Csp};
use crate::data::{Node, Table, Value, read_toml};
use crate::source::{Code, Diagnostic, Diagnostics, SitePath, Source};

/// The widths of a table `[images]` that names none, in pixels: of a phone, a phone with a dense screen, and a desk.
const USUAL_WIDTHS: [u32; 3] = [480, 960, 1440];

/// The longest side of a WebP picture, in pixels (RFC 9649, 2.5).
pub(super) const LARGEST_SIDE: u32 = 16_383;

impl Default for Config {
    fn default() -> Self {
        Config {
            title: "A blog".into(),
            description: String::new(),
            author: None,
            language: "en".into(),
            base_url: BaseUrl::parse("http://localhost:4000").expect("a URL"),
            time_zone: TimeZone::UTC,
            search: true,
            cards: true,
            paginate: 10,
            output: SitePath::new("public").expect("a name"),
            cells: None,
            trust_cells: false,
            languages: None,
            image_widths: Vec::new(),
            csp: Some(Csp::default()),
            menu: Vec::new(),
            extra: serde_json::Map::new(),
        }
    }
}

impl Config {
    /// The keys of `blog.toml`.
    pub const KEYS: [&str; 17] = [
        "title",
        "description",
        "author",
        "language",
        "base_url",
        "time_zone",
        "search",
        "cards",
        "paginate",
        "output",
        "cells",
        "trust_cells",
        "languages",
        "images",
        "csp",
        "menu",
        "extra",
    ];

    /// Reads `blog.toml`. A key that is wrong keeps its default, so that all that is wrong is found at once.
    pub fn read(source: &Source, diagnostics: &mut Diagnostics) -> Config {
        let whole = source.span(0..source.text().len());
        diagnostics.take(read_toml(&whole)).map_or_else(Config::default, |table| Config::from_table(table, diagnostics))
    }

    fn from_table(mut table: Table, diagnostics: &mut Diagnostics) -> Config {
        let mut config = Config::default();
        // Destructured so that a setting cannot be added without being read.
        let Config {
            title,
            description,
            author,
            language,
            base_url,
            time_zone,
            search,
            cards,
            paginate,
            output,
            cells,
            trust_cells,
            languages,
            image_widths,
            csp,
            menu,
            extra,
        } = &mut config;
        let mut set = |key: &str, put: &mut dyn FnMut(Node) -> Result<(), Diagnostic>| {
            if let Some(node) = table.take(key) {
                diagnostics.take(put(node));
            }
        };
        set("title", &mut |node| node.string().map(|text| *title = text));
        set("description", &mut |node| node.string().map(|text| *description = text));
        set("author", &mut |node| node.string().map(|text| *author = Some(text)));
        set("language", &mut |node| node.string().map(|text| *language = text));
        set("base_url", &mut |node| {
            checked(node, |text| BaseUrl::parse(text).map_err(str::to_owned)).map(|url| *base_url = url)
        });
        set("time_zone", &mut |node| {
            checked(node, |text| TimeZone::get(text).map_err(|_| "is not a name such as `Europe/Vienna`".into()))
                .map(|zone| *time_zone = zone)
        });
        set("search", &mut |node| node.boolean().map(|wanted| *search = wanted));
        set("cards", &mut |node| node.boolean().map(|wanted| *cards = wanted));
        set("paginate", &mut |node| {
            let span = node.span.clone();
            match node.integer()? {
                number @ 1..=10_000 => {
                    *paginate = usize::try_from(number).expect("between 1 and 10,000");
                    Ok(())
                }
                _ => Err(Diagnostic::error(Code::UnusableValue, "a page of a list holds between 1 and 10,000 posts")
                    .at(span, "")),
            }
        });
        set("output", &mut |node| {
            checked(node, |text| SitePath::new(text).map_err(|error| error.to_string())).map(|path| *output = path)
        });
        set("cells", &mut |node| node.table().map(|table| *cells = Some(table)));
        set("languages", &mut |node| node.table().map(|table| *languages = Some(table)));
        set("trust_cells", &mut |node| node.boolean().map(|trust| *trust_cells = trust));
        set("images", &mut |node| images(node).map(|widths| *image_widths = widths));
        set("csp", &mut |node| Csp::read(node).map(|policy| *csp = policy));
        set("menu", &mut |node| {
            for entry in node.table()?.entries {
                menu.push((entry.key, entry.node.string()?));
            }
            Ok(())
        });
        set("extra", &mut |node| node.table().map(|table| *extra = table.to_json()));
        for entry in table.entries {
            diagnostics.push(
                Diagnostic::error(Code::UnknownSetting, format!("unknown setting `{}`", entry.key))
                    .at(entry.key_span, "")
                    .note("settings of your own go under `[extra]`")
                    .suggest(&entry.key, Config::KEYS),
            );
        }
        config
    }
}

/// Reads `[images]`, which asks for copies by being there.
fn images(node: Node) -> Result<Vec<u32>, Diagnostic> {
    let mut table = node.table()?;
    let widths = table.take("widths");
    if let Some(entry) = table.entries.first() {
        let error = Diagnostic::error(Code::UnknownSetting, format!("unknown setting `images.{}`", entry.key))
            .at(entry.key_span.clone(), "");
        return Err(error.note("there is `widths`").suggest(&entry.key, ["widths"]));
    }
    let Some(widths) = widths else { return Ok(USUAL_WIDTHS.to_vec()) };
    let span = widths.span.clone();
    let kind = widths.value.kind();
    let Value::List(widths) = widths.value else {
        let error = Diagnostic::error(Code::WrongType, format!("expected a list of whole numbers, found {kind}"));
        return Err(error.at(span, "").help("write `widths = [480, 960, 1440]`"));
    };
    let width = |node: Node| {
        let span = node.span.clone();
        let number = u32::try_from(node.integer()?).ok().filter(|width| (1..=LARGEST_SIDE).contains(width));
        let says = || format!("a picture is 1 to {LARGEST_SIDE} pixels wide");
        number.ok_or_else(|| Diagnostic::error(Code::UnusableValue, says()).at(span, ""))
    };
    widths.into_iter().map(width).collect()
}

/// Reads a string that must mean something.
fn checked<T>(node: Node, read: impl FnOnce(&str) -> Result<T, String>) -> Result<T, Diagnostic> {
    let span = node.span.clone();
    let text = node.string()?;
    read(&text).map_err(|why| {
        Diagnostic::error(Code::UnusableValue, format!("`{}` cannot be used", text.escape_debug())).at(span, why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Config, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let config = Config::read(&Source::new(SitePath::new("blog.toml").unwrap(), text), &mut diagnostics);
        (config, diagnostics.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_key_is_read() {
        let text = "title = 'T'\ndescription = 'D'\nauthor = 'A'\nlanguage = 'de'\nbase_url = 'https://a.example/b/'\n\
            time_zone = 'Europe/Vienna'\nsearch = false\ncards = false\npaginate = 3\noutput = 'out'\ntrust_cells = true\n[cells]\ntimeout = '2s'\n[languages.c]\nrun = ['x']\n\
            [images]\nwidths = [480, 960]\n\
            [csp]\nimg-src = ['https://b.example']\n[menu]\nAbout = '/about/'\n[extra]\nx = 1\n";
        let (config, wrong) = read(text);
        assert_eq!(wrong, [""; 0]);
        assert_eq!((config.title.as_str(), config.paginate, config.output.as_str()), ("T", 3, "out"));
        assert_eq!((config.base_url.path(), config.menu.len(), config.extra.len()), ("/b", 1, 1));
        assert_eq!((config.cards, &*config.image_widths), (false, &[480, 960][..]));
        for key in Config::KEYS {
            assert!(text.contains(key), "{key} is not tried here");
        }
    }

    #[test]
    fn a_table_of_images_asks_for_copies() {
        for (text, widths) in [
            ("", &[][..]),
            ("[images]", &[480, 960, 1440]),
            ("[images]\nwidths = [700]", &[700]),
            ("[images]\nwidths = []", &[]),
        ] {
            let (config, wrong) = read(text);
            assert_eq!((&*config.image_widths, wrong.len()), (widths, 0), "{text}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let (_, wrong) =
            read("titel = 'x'\npaginate = 0\nbase_url = 'x'\ntime_zone = 'Vienna'\nlanguage = 3\noutput = '..'\n");
        assert_eq!(
            wrong,
            [
                "blog.toml:1:1: error[E010]: unknown setting `titel`",
                "blog.toml:2:12: error[E009]: a page of a list holds between 1 and 10,000 posts",
                "blog.toml:3:12: error[E009]: `x` cannot be used",
                "blog.toml:4:13: error[E009]: `Vienna` cannot be used",
                "blog.toml:5:12: error[E008]: expected a string, found a whole number",
                "blog.toml:6:10: error[E009]: `..` cannot be used",
            ]
        );
        for (text, said) in [
            ("images = 1", "blog.toml:1:10: error[E008]: expected a table, found a whole number"),
            ("[images]\nwidth = [1]", "blog.toml:2:1: error[E010]: unknown setting `images.width`"),
            (
                "[images]\nwidths = 480",
                "blog.toml:2:10: error[E008]: expected a list of whole numbers, found a whole number",
            ),
            ("[images]\nwidths = [480, 0]", "blog.toml:2:16: error[E009]: a picture is 1 to 16383 pixels wide"),
            ("[images]\nwidths = [20000]", "blog.toml:2:11: error[E009]: a picture is 1 to 16383 pixels wide"),
        ] {
            assert_eq!(read(text).1, [said]);
        }
    }
}
