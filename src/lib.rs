//! `blog` builds a site from Markdown posts whose code it runs and measures.

pub mod article;
pub mod cells;
pub mod config;
pub mod content;
pub mod data;
pub mod markdown;
pub mod output;
pub mod pages;
pub mod serve;
pub mod site;
pub mod source;
pub mod world;
