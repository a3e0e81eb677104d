//! URL → document: conditional requests, politeness, limits, refusal of
//! private addresses, and when a feed is due. Not here: what a document means.

mod address;
mod answer;
mod auth;
mod cron;
mod gate;
mod http;
mod moves;
mod recorded;
mod room;
mod schedule;
mod secret;
mod target;
mod template;
mod tokens;
mod trail;
mod trouble;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use auth::{Auth, Grant, Login};
pub use cron::Cron;
pub use recorded::{content_type, recorded_times};
pub use schedule::{Ended, Schedule, backoff};
pub use target::Target;
pub use template::fill as fill_times;

use crate::model::feed::{Failure, Fetched, Validators};
use crate::model::item::Document;
use http::Http;
use room::{LARGE, Room};

/// The daemon's `[http]` settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The `User-Agent` header.
    pub user_agent: String,
    /// For one whole request, redirects included.
    pub timeout: SignedDuration,
    /// The most bytes of a body after decompression.
    pub max_body: u64,
    /// Requests in flight at once.
    pub concurrency: usize,
    /// Least time between two requests to one host.
    pub per_host_interval: SignedDuration,
    /// A proxy's URL.
    pub proxy: Option<SecretString>,
    /// Whether a feed or a redirect may reach private, loopback or link-local addresses.
    pub allow_private: bool,
}

/// Headers that say nothing secret, and are sent to any host.
const HARMLESS: [&str; 4] = ["accept", "accept-language", "cache-control", "user-agent"];

impl Target {
    /// The host that is asked; `None` for a recorded feed.
    pub fn host(&self) -> Option<String> {
        self.path.is_none().then(|| host_of(self.url.expose_secret()))
    }

    /// Whether an address is another page than this one: another host or path, `www.` and a closing slash apart.
    pub fn is_elsewhere(&self, url: &str) -> bool {
        let page = |url: &str| {
            let url = Url::parse(url).ok()?;
            let host = url.host_str()?.trim_start_matches("www.").to_owned();
            Some((host, url.path().trim_end_matches('/').to_owned()))
        };
        self.path.is_none() && page(self.url.expose_secret()).zip(page(url)).is_some_and(|(own, other)| own != other)
    }
}

/// The host of an address; the empty one where it has none.
pub fn host_of(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// Fetches documents. Cheap to clone; clones share connections and politeness, and stand for one poll.
#[derive(Debug, Clone)]
pub struct Client {
    http: Arc<Http>,
    max_body: u64,
    room: Room,
}

impl Client {
    /// A client with the daemon's settings.
    ///
    /// # Errors
    /// A proxy or user agent that cannot be used, as a sentence.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let max_body = settings.max_body;
        Ok(Self { http: Arc::new(Http::new(settings)?), max_body, room: Room::new() })
    }

    /// The client for another poll. Of all polls one at a time has a large document, from its 257th KiB until its
    /// next request, or until its client is dropped: what is read and made of all of them together is bounded.
    #[must_use]
    pub fn for_poll(&self) -> Self {
        Self { room: self.room.of_another(), ..self.clone() }
    }

    /// Waits for the room that a document of that size takes, where it was not fetched here.
    pub async fn make_room(&self, document: &Document) {
        if document.body.len() > LARGE {
            self.room.take().await;
        }
    }

    /// One poll. `now` chooses the document of a recorded feed and reads `Retry-After` dates.
    ///
    /// It waits for the host's turn first and then takes at most
    /// [`Settings::timeout`], and as long as a large document waits for room. Dropping the future ends the request.
    pub async fn fetch(&self, target: &Target, validators: &Validators, now: Timestamp) -> Fetched {
        match &target.path {
            Some(path) => recorded::fetch(path, &target.shown, self.max_body, validators, now),
            None => match target.at(now) {
                // What a server said of one address holds for no other.
                Ok(now_asked) if now_asked.shown != target.shown => {
                    self.http.fetch(&now_asked, &Validators::default(), &self.room, now).await
                }
                Ok(now_asked) => self.http.fetch(&now_asked, validators, &self.room, now).await,
                Err(why) => Fetched::Failed(Failure::error(why)),
            },
        }
    }

    /// A page that a feed names: of a recorded feed the recorded one, else fetched as politely as the feed itself.
    pub async fn fetch_linked(&self, target: &Target, link: &str, now: Timestamp) -> Fetched {
        if let Some(path) = &target.path {
            return recorded::page(path, link, self.max_body);
        }
        match target.linked(link) {
            Ok(page) => self.http.fetch(&page, &Validators::default(), &self.room, now).await,
            Err(why) => Fetched::Failed(Failure::error(why)),
        }
    }
}
