//! URL → document: conditional requests, politeness, limits, refusal of
//! private addresses, and when a feed is due. Not here: what a document means.

mod address;
mod answer;
mod cron;
mod gate;
mod http;
mod recorded;
mod schedule;
mod secret;
mod trail;
mod trouble;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

pub use cron::Cron;
pub use recorded::recorded_times;
pub use schedule::{Ended, Schedule, backoff};

use crate::model::feed::{Fetched, Validators};
use http::Http;

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

/// What one feed asks for.
#[derive(Debug, Clone)]
pub struct Target {
    /// The address with its secrets filled in.
    pub url: SecretString,
    /// The address as configured, secrets unfilled: for logs, errors and pages.
    pub shown: String,
    /// `GET` unless the configuration says otherwise.
    pub method: String,
    /// Extra headers with their secrets filled in.
    pub headers: Vec<(String, SecretString)>,
    /// The request's body.
    pub body: Option<SecretString>,
    /// `file:` only: the file or folder, absolute.
    pub path: Option<PathBuf>,
}

/// Fetches documents. Cheap to clone; clones share connections and politeness.
#[derive(Debug, Clone)]
pub struct Client {
    http: Arc<Http>,
    max_body: u64,
}

impl Client {
    /// A client with the daemon's settings.
    ///
    /// # Errors
    /// A proxy or user agent that cannot be used, as a sentence.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let max_body = settings.max_body;
        Ok(Self { http: Arc::new(Http::new(settings)?), max_body })
    }

    /// One poll. `now` chooses the document of a recorded feed and reads `Retry-After` dates.
    ///
    /// It waits for the host's turn first and then takes at most
    /// [`Settings::timeout`]. Dropping the future ends the request.
    pub async fn fetch(&self, target: &Target, validators: &Validators, now: Timestamp) -> Fetched {
        match &target.path {
            Some(path) => recorded::fetch(path, &target.shown, self.max_body, validators, now),
            None => self.http.fetch(target, validators, now).await,
        }
    }
}
