//! The preview: a site built again whenever a file changes, answered from memory, shown again by the browser.
//!
//! ```text
//! watch ─changes▶ worker ─Preview▶ live ─state▶ answer ─▶ browser
//!                                    └─news▶ events ─▶ reload.js
//! ```
//!
//! The server reads no file: it answers from the bytes of the last build that went well, which are those that `build`
//! would write, and adds one script while answering. Whoever asks is checked first, since any page that is open in the
//! same browser may ask.

mod answer;
mod connection;
mod content_type;
mod events;
mod guard;
mod hosts;
mod listen;
mod live;
mod page;
mod request_path;
mod watch;
mod worker;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};

use crate::output::Output;
use answer::Server;
use connection::Connections;
use hosts::Hosts;
use live::Live;
use watch::Watch;

pub use listen::ServeError;

/// Where to listen and what to watch.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder of the site. Everything in it is watched but hidden names, `results`, `target` and `node_modules`.
    pub root: PathBuf,
    /// Further files and folders whose changes mean nothing, such as the output folder.
    pub ignored: Vec<PathBuf>,
    /// The address to listen on, if not 127.0.0.1. Any other lets other machines ask.
    pub host: Option<String>,
    /// The port to listen on; where it is taken, one of the following. 0 leaves the choice to the system.
    pub port: u16,
}

impl Options {
    /// The port of a preview unless another is asked for.
    pub const PORT: u16 = 4000;
}

/// A site as it is shown.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Its files.
    pub output: Output,
    /// The path below which it is published: empty, or like `/blog`.
    pub base_path: String,
}

/// What happens while a site is served, for the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The server answers.
    Listening {
        /// Where: `http://127.0.0.1:4000/`.
        url: String,
        /// The same from other machines, if they may ask.
        network: Option<String>,
        /// The port that was asked for, if it was taken.
        instead_of: Option<u16>,
    },
    /// A build begins.
    Building {
        /// The files that changed, relative to the site; none for the first build.
        because: Vec<String>,
    },
    /// A build went well and is shown.
    Built {
        /// How many files of the site differ from the last one.
        changed: usize,
        /// How long it took.
        took: Duration,
    },
    /// A build failed; the last good one is still shown, with these errors over it.
    Failed {
        /// What the build said, as plain text.
        errors: Vec<String>,
        /// How long it took.
        took: Duration,
    },
    /// Changes to some files will not be noticed.
    Unwatched {
        /// Why.
        why: String,
    },
}

/// Builds a site, or says as plain text what is wrong with it. It tells the function that it is given of each cell that it compiles or
/// runs, by the name that the page is to show meanwhile.
pub trait Rebuild: FnMut(&(dyn Fn(&str) + Sync)) -> Result<Preview, Vec<String>> + Send + 'static {}

impl<F: FnMut(&(dyn Fn(&str) + Sync)) -> Result<Preview, Vec<String>> + Send + 'static> Rebuild for F {}

/// Serves a site until the process ends. `rebuild` is called on a thread of its own, at once and after each change.
///
/// # Errors
/// An address that cannot be listened on, or a failure of the server itself.
pub fn serve(
    options: &Options,
    rebuild: impl Rebuild,
    mut report: impl FnMut(Event) + Send + 'static,
) -> Result<(), ServeError> {
    let (listener, address) = listen::bind(options.host.as_deref(), options.port)?;
    let instead_of = Some(options.port).filter(|port| ![0, address.port()].contains(port));
    let hosts = Hosts::new(options.host.as_deref(), address);
    report(Event::Listening { url: hosts.url(), network: listen::network_url(address), instead_of });

    let live = Arc::new(Live::new());
    let watch = Watch::start(&options.root, &options.ignored);
    worker::start(watch, rebuild, report, Arc::clone(&live)).map_err(ServeError::server)?;

    let server = Arc::new(Server::new(hosts, live));
    let app = Router::new().fallback(answer).with_state(server);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ServeError::server)?;
    runtime.block_on(async {
        let connections = Connections::new(listener).map_err(ServeError::server)?;
        axum::serve(connections, app).await.map_err(ServeError::server)
    })
}

async fn answer(State(server): State<Arc<Server>>, request: Request) -> axum::response::Response {
    server.answer(&request)
}
