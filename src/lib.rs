//! `blog` builds a site from Markdown posts whose code it runs and measures.

pub mod config;
pub mod data;
pub mod source;
pub mod world;
