//! `serve`.

use std::sync::{Arc, Mutex};
use std::thread;

use super::args::{Global, Serve};
use super::progress::place;
use super::report::Report;
use super::site::OpenSite;
use super::{Outcome, launcher, programs};
use crate::build::{Built, Selector};
use crate::cells::{Policy, Progress};
use crate::serve::{self, Event};

pub(super) fn preview(global: &Global, options: &Serve, report: Report) -> Outcome {
    let mut site = OpenSite::open(global, options.selection, Some(launcher()?))?;
    let serve_options = serve::Options {
        root: site.root().to_owned(),
        ignored: site.folders_that_builds_write(),
        host: options.host.clone(),
        port: options.port,
    };
    let wanted = options.open.clone().flatten();
    // Where the browser is to be sent, once that is known.
    let page = Arc::new(Mutex::new(String::new()));
    let found = Arc::clone(&page);
    let rebuild = move |at: &(dyn Fn(&str) + Sync)| {
        let built = site.build_and_tell(Policy::Missing, report, &|progress| {
            if let Progress::Preparing(cell) | Progress::Running(cell) = progress {
                at(&place(cell));
            }
        });
        Report::diagnostics(&built.diagnostics);
        if built.diagnostics.has_errors() {
            return Err(Report::plain(&built.diagnostics));
        }
        *found.lock().expect("no holder panics") = address(&built, wanted.as_ref());
        let base_path = built.site.config.base_url.path().to_owned();
        Ok(serve::Preview { output: built.output, base_path })
    };
    let mut to_open = options.open.is_some();
    let mut server = String::new();
    let watch = move |event: Event| {
        if let Event::Listening { url, .. } = &event {
            url.trim_end_matches('/').clone_into(&mut server);
        }
        let is_there = matches!(event, Event::Built { .. } | Event::Failed { .. });
        report.served(event);
        if is_there && std::mem::take(&mut to_open) {
            let url = format!("{server}{}", page.lock().expect("no holder panics"));
            thread::spawn(move || programs::open(&url).map_err(|why| report.say("Note", &why)));
        }
    };
    serve::serve(&serve_options, rebuild, watch)?;
    Ok(())
}

/// The address on the server of the post that is wanted, or of the cell; of the home page if there is none such.
fn address(built: &Built, wanted: Option<&Selector>) -> String {
    let base_url = &built.site.config.base_url;
    let mut articles = built.site.articles.iter().chain(&built.site.pages);
    let article = wanted.and_then(|wanted| articles.find(|article| wanted.is_about(&article.post)));
    let Some(article) = article else { return format!("{}/", base_url.path()) };
    // A cell without a name of its own is called as its anchor is.
    let anchor = |cell: &String| if cell.starts_with("cell-") { format!("#{cell}") } else { format!("#cell-{cell}") };
    let cell = wanted.and_then(|wanted| wanted.cell.as_ref()).map(anchor);
    base_url.local(&article.post.address) + &cell.unwrap_or_default()
}
