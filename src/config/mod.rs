//! The settings of a site: `blog.toml`, every key of which may be left out.

mod base_url;
mod csp;
mod read;
mod schema;

pub use base_url::BaseUrl;
pub use csp::Csp;

use jiff::tz::TimeZone;

use crate::data::Table;
use crate::source::SitePath;

/// What `blog.toml` says, with every blank filled in.
#[derive(Debug, Clone)]
pub struct Config {
    /// The name of the site.
    pub title: String,
    /// A sentence about it; empty if there is none.
    pub description: String,
    /// Who writes it, unless a post says otherwise.
    pub author: Option<String>,
    /// The language of its texts, as a BCP 47 tag: `en`.
    pub language: String,
    /// Where it is published.
    pub base_url: BaseUrl,
    /// In which a date without one is meant, and in which dates are shown.
    pub time_zone: TimeZone,
    /// Whether it has an index of its words and a field to look them up.
    pub search: bool,
    /// Whether each page has a picture that shows it where it is shared.
    pub cards: bool,
    /// How many posts stand on one page of a list.
    pub paginate: usize,
    /// The folder that the site is written to.
    pub output: SitePath,
    /// `[cells]`: options that every cell inherits.
    pub cells: Option<Table>,
    /// `[languages]`: those that cells can be written in besides the usual ones, and changes of these.
    pub languages: Option<Table>,
    /// Whether the HTML that cells show is published as it is, and not sanitised.
    pub trust_cells: bool,
    /// `[images]`: in which widths, in pixels, pictures of posts are published as WebP; none without that table.
    pub image_widths: Vec<u32>,
    /// `[csp]`: what pages may load; nothing if they say nothing about it.
    pub csp: Option<Csp>,
    /// `[menu]`: the entries of the site's header, as label and link, in order.
    pub menu: Vec<(String, String)>,
    /// `[extra]`: whatever the site's own templates want to know.
    pub extra: serde_json::Map<String, serde_json::Value>,
}
