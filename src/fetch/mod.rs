//! URL → document: conditional requests, politeness, limits, refusal of
//! private addresses, and when a feed is due.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::model::feed::{Failure, Fetched, Validators};

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

/// When a feed is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// So often, at a stable offset of the feed's own.
    Every(SignedDuration),
    /// At the times of a cron expression in the watch's zone.
    Cron(String),
}

impl Schedule {
    /// Reads a cron expression (contract.md 3).
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn cron(expression: &str) -> Result<Self, String> {
        Ok(Self::Cron(expression.to_owned()))
    }

    /// The first due time strictly after `last`.
    pub fn next_after(&self, last: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let _ = zone;
        match self {
            Self::Every(wait) => Some(crate::model::time::after(last, *wait)),
            Self::Cron(_) => None,
        }
    }
}

/// Fetches documents.
#[derive(Debug, Clone)]
pub struct Client {
    settings: Settings,
}

impl Client {
    /// A client with the daemon's settings.
    ///
    /// # Errors
    /// A proxy or user agent that cannot be used, as a sentence.
    pub fn new(settings: Settings) -> Result<Self, String> {
        Ok(Self { settings })
    }

    /// One poll. `now` chooses the document of a recorded feed and reads `Retry-After` dates.
    pub async fn fetch(&self, target: &Target, validators: &Validators, now: Timestamp) -> Fetched {
        let _ = (&self.settings, validators, now);
        Fetched::Failed(Failure::error(format!("{} is not fetched yet", target.shown)))
    }
}
