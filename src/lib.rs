//! `blog` builds a site from Markdown posts whose code it runs and measures.

pub mod cells;
pub mod config;
pub mod content;
pub mod data;
pub mod markdown;
pub mod memo;
pub mod output;
pub mod source;
pub mod world;
