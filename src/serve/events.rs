use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;

use super::live::{Live, News};

/// How many pages can be kept up to date at a time.
const STREAMS: usize = 64;

/// How often a stream says something, so that either side notices when the other is gone.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The streams that keep pages up to date (server-sent events, HTML standard, section 9.2).
pub(super) struct Streams {
    room: Arc<Semaphore>,
}

impl Streams {
    pub(super) fn new() -> Self {
        Streams { room: Arc::new(Semaphore::new(STREAMS)) }
    }

    /// A stream that tells at once what happened since a version, and from then on what happens.
    pub(super) fn open(&self, live: &Live, since: Option<String>) -> Response {
        let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() else {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        };
        let mut known = since;
        let news = WatchStream::new(live.follow()).map(move |shown| {
            let _held_while_open = &permit;
            let news = shown.since(known.as_deref());
            known = Some(shown.version());
            Ok::<_, Infallible>(event(&news))
        });
        Sse::new(news).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
    }
}

fn event(news: &News) -> Event {
    Event::default().data(serde_json::to_string(news).expect("news are strings and flags"))
}
