//! Published pages as readers get them: in Chromium, by validators, by a reader of feeds, and by following every link. The budgets
//! that the theme must keep stand here as numbers.
//!
//! A gallery of everything that pages can hold is built once, its cells executed. The binary has a `main` of its own since the
//! gallery and the browser end with it.

#![expect(clippy::disallowed_methods, reason = "starts programs and reads what the site's build wrote")]
#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

#[path = "../support/checks.rs"]
mod checks;
#[path = "../support/size.rs"]
mod size;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tools.rs"]
mod tools;

mod accessibility;
mod chromium;
mod feeds;
mod gallery;
mod keyboard;
mod layout;
mod links;
mod loading;
mod markup;
mod preview;
mod scripts;
mod server;

use std::process::ExitCode;

use gallery::Gallery;

/// A check of the gallery and its name.
type Check = checks::Check<Gallery>;

/// Widths of windows in px: of a desk, of a telephone, and of the narrowest that pages must bear (WCAG 2.2, 1.4.10).
const WIDTHS: [u32; 3] = [1280, 390, 320];

/// Values of `prefers-color-scheme`.
const SCHEMES: [&str; 2] = ["light", "dark"];

fn main() -> ExitCode {
    let gallery = Gallery::build();
    let checks = [
        links::CHECKS,
        feeds::CHECKS,
        loading::CHECKS,
        scripts::CHECKS,
        keyboard::CHECKS,
        layout::CHECKS,
        markup::CHECKS,
        preview::CHECKS,
        accessibility::CHECKS,
    ];
    checks::run(&checks.concat(), &gallery)
}
