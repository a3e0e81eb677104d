//! What polling a feed can come to, and how healthy a feed is.

use jiff::{SignedDuration, Timestamp};

use super::item::Document;

/// The stored state of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Health {
    /// It answers, with what it should.
    Ok,
    /// It answers, but its newest item is older than its own rhythm explains.
    Stale,
    /// HTML where a feed should be.
    Shell,
    /// 401, 403, 406, or a redirect to a landing page.
    Blocked,
    /// 404 or 410.
    Gone,
    /// 429.
    Throttled,
    /// Anything else that failed.
    Error,
}

impl Health {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Ok, Self::Stale, Self::Shell, Self::Blocked, Self::Gone, Self::Throttled, Self::Error];

    /// The word used in output and store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Stale => "stale",
            Self::Shell => "shell",
            Self::Blocked => "blocked",
            Self::Gone => "gone",
            Self::Throttled => "throttled",
            Self::Error => "error",
        }
    }

    /// Reads [`Health::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|health| health.word() == word)
    }
}

/// A server's own words for a version of a document, sent back to it byte for byte (RFC 9110, 8.8).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// The `ETag` header's value.
    pub etag: Option<String>,
    /// The `Last-Modified` header's value.
    pub last_modified: Option<String>,
}

/// What one poll came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Fetched {
    /// A document.
    Document {
        /// The bytes.
        document: Document,
        /// What to send at the next poll.
        validators: Validators,
        /// What the server asked for.
        wishes: Wishes,
    },
    /// The server says that nothing has changed, or a recorded feed has nothing newer.
    Unchanged {
        /// What the server asked for.
        wishes: Wishes,
    },
    /// No document, and why.
    Failed(Failure),
}

/// What a server asks of its clients.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    /// Do not ask again before this long (`Retry-After`, `Cache-Control: max-age`).
    pub wait: Option<SignedDuration>,
    /// Where the document has moved for good (301, 308).
    pub moved_to: Option<String>,
}

/// A poll that brought no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What it says about the feed.
    pub health: Health,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// What went wrong, as a sentence without secrets.
    pub message: String,
    /// Do not ask again before this long (`Retry-After`).
    pub wait: Option<SignedDuration>,
    /// Whether it never reached the server: if every host fails so at once, our own uplink is down.
    pub unreached: bool,
}

impl Failure {
    /// A failure of the feed itself, without an HTTP status.
    pub fn error(message: impl Into<String>) -> Self {
        Self { health: Health::Error, status: None, message: message.into(), wait: None, unreached: false }
    }
}

/// A feed's stored state between two polls.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedState {
    /// How healthy it is.
    pub health: Health,
    /// Since when it is so.
    pub since: Timestamp,
    /// When it was last asked.
    pub last_poll: Option<Timestamp>,
    /// When it last answered as it should.
    pub last_success: Option<Timestamp>,
    /// When it is due again.
    pub next_poll: Option<Timestamp>,
    /// The last failure's sentence.
    pub last_error: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// What to send at the next poll.
    pub validators: Validators,
    /// SHA-256 of the last body, in hexadecimal: an equal body is not parsed again.
    pub body_hash: Option<String>,
    /// From when on the last document accounts for what happened.
    pub covers_from: Option<Timestamp>,
    /// Where the document has moved for good.
    pub moved_to: Option<String>,
    /// Since when people have been told that it is broken.
    pub told_broken: Option<Timestamp>,
}

impl FeedState {
    /// A feed that was never asked.
    pub fn new(now: Timestamp) -> Self {
        Self {
            health: Health::Ok,
            since: now,
            last_poll: None,
            last_success: None,
            next_poll: None,
            last_error: None,
            failures: 0,
            validators: Validators::default(),
            body_hash: None,
            covers_from: None,
            moved_to: None,
            told_broken: None,
        }
    }
}
