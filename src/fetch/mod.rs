//! URL → document: conditional requests, politeness, limits, refusal of
//! private addresses, and when a feed is due.

mod classify;
mod gate;
mod guard;
mod http;
mod recorded;
mod schedule;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

pub use recorded::recorded_times;
pub use schedule::{Cron, Schedule, backoff, next_poll};

use self::gate::Gate;
use crate::model::feed::{Fetched, Validators};

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

/// Fetches documents.
#[derive(Debug, Clone)]
pub struct Client {
    settings: Settings,
    http: reqwest::Client,
    gate: Arc<Gate>,
}

impl Client {
    /// A client with the daemon's settings.
    ///
    /// # Errors
    /// A proxy or user agent that cannot be used, as a sentence.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let http = http::client(&settings)?;
        let gate = Arc::new(Gate::new(settings.concurrency, settings.per_host_interval));
        Ok(Self { settings, http, gate })
    }

    /// One poll. `now` chooses the document of a recorded feed and reads `Retry-After` dates.
    pub async fn fetch(&self, target: &Target, validators: &Validators, now: Timestamp) -> Fetched {
        match &target.path {
            Some(path) => recorded::fetch(path, target, validators, (self.settings.max_body, now)).await,
            None => http::fetch(self, target, validators, now).await,
        }
    }
}
