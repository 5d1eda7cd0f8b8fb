//! `blog` builds a site from Markdown posts whose code it runs and measures.
//!
//! A build is a function from a [`world`] to an [`output`]; [`build`](mod@build) holds the whole way. Stage by stage, each in a part
//! of its own that imports only parts that stand above it:
//!
//! 1. [`source`]: texts that know where they came from, and what can be said about them.
//! 2. [`world`]: the door through which a build sees files.
//! 3. [`data`] and [`config`]: what authors set, in TOML or YAML.
//! 4. [`content`]: front matter is understood; a file becomes a post.
//! 5. [`markdown`]: a post's body becomes a document of events.
//! 6. [`cells`]: fences that run become programs, and programs have outcomes.
//! 7. [`article`]: documents and outcomes become HTML; what is dear is remembered by [`memo`].
//! 8. [`site`] and [`pages`]: every article in its place, drawn.
//! 9. [`output`]: the site as a value, written to a folder or [served](serve).

pub mod article;
pub mod build;
pub mod card;
pub mod cells;
pub mod cli;
pub mod config;
pub mod content;
pub mod data;
pub mod images;
pub mod markdown;
pub mod memo;
pub mod output;
pub mod pages;
pub mod serve;
pub mod site;
pub mod source;
pub mod world;
