//! Texts that know where they came from, and what can be said about them.
//!
//! Everything here is a plain value. A [`Source`] is a text with its path, a [`Span`] is a part of one that can always
//! draw itself, a [`Diagnostic`] is something wrong at a span with its remedy, a [`Code`] is the kind of it.

mod address;
mod code;
mod diagnostic;
mod hash;
mod site_path;
mod system;
mod terminal;
mod text;

pub use address::{Address, AddressError};
pub use code::Code;
pub use diagnostic::{Diagnostic, Diagnostics, Renderer, Severity};
pub use hash::Hash;
pub use site_path::{SitePath, SitePathError};
pub use system::system_says;
pub use text::{Source, Span};
