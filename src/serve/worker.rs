#![expect(clippy::disallowed_methods, reason = "builds are timed for the terminal")]

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use super::live::Live;
use super::watch::Watch;
use super::{Event, Preview, Rebuild};

/// Builds on a thread of its own, at once and after each change. Changes during a build make one further build.
pub(super) fn start(
    mut watch: Watch,
    mut rebuild: impl Rebuild,
    mut report: impl FnMut(Event) + Send + 'static,
    live: Arc<Live>,
) -> io::Result<()> {
    let work = move || {
        let mut because = Some(Vec::new());
        while let Some(files) = because {
            for why in watch.troubles.drain(..) {
                report(Event::Unwatched { why });
            }
            report(Event::Building { because: files });
            let begin = Instant::now();
            let result = guarded(|| rebuild(&|cell| live.run(cell)));
            let took = begin.elapsed();
            report(match result {
                Ok(preview) => Event::Built { changed: live.show(preview), took },
                Err(errors) => {
                    live.fail(&errors);
                    Event::Failed { errors, took }
                }
            });
            because = watch.next().map(|files| files.into_iter().collect());
        }
    };
    thread::Builder::new().name("rebuild".to_owned()).spawn(work).map(drop)
}

/// A build that panics is a failed build: the server goes on.
fn guarded(rebuild: impl FnOnce() -> Result<Preview, Vec<String>>) -> Result<Preview, Vec<String>> {
    catch_unwind(AssertUnwindSafe(rebuild))
        .unwrap_or_else(|panic| Err(vec![format!("the build panicked, which is a fault of blog: {}", text(&*panic))]))
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let string = panic.downcast_ref::<String>().map(String::as_str);
    string.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}
