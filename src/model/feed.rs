//! What polling a feed can come to, and how healthy a feed is.

use jiff::{SignedDuration, Timestamp};

use super::item::Document;
use super::time::after;

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

    /// Whether the feed answers with documents, new ones or not.
    pub fn answers(self) -> bool {
        matches!(self, Self::Ok | Self::Stale)
    }

    /// Reads [`Health::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|health| health.word() == word)
    }
}

/// How often a feed brings something new, learned from the times of its items.
///
/// The longest recent wait is what counts: a weekend or a holiday is part of a
/// rhythm that an average would not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rhythm {
    /// The time of its newest item.
    pub newest: Option<Timestamp>,
    /// The longest wait between two items, older ones fading.
    pub longest: SignedDuration,
    /// How many waits it was learned from.
    pub waits: u32,
}

impl Rhythm {
    /// With fewer waits than this nothing is known of a rhythm.
    const FEWEST: u32 = 5;
    /// So many times the longest wait is explained by the rhythm itself.
    const PATIENCE: i32 = 3;
    /// A pause of less than a day is nobody's silence.
    const SHORTEST: SignedDuration = SignedDuration::from_hours(24);
    /// A long wait is forgotten after so many times its own length.
    const FORGOTTEN_AFTER: i32 = 4;

    /// What the times of a document's items add, in ascending order; what lies ahead of `now` is no item's time.
    pub fn learned(mut self, times: &[Timestamp], now: Timestamp) -> Self {
        for at in times.iter().filter(|at| **at <= now) {
            match self.newest {
                Some(newest) if *at <= newest => {}
                Some(newest) => {
                    let wait = at.duration_since(newest);
                    self.longest = wait.max(self.longest - wait / Self::FORGOTTEN_AFTER);
                    self.waits = self.waits.saturating_add(1);
                    self.newest = Some(*at);
                }
                None => self.newest = Some(*at),
            }
        }
        self
    }

    /// Until when the rhythm explains that nothing new comes; `None` while too little is known of it.
    pub fn explains_until(&self) -> Option<Timestamp> {
        let newest = self.newest.filter(|_| self.waits >= Self::FEWEST)?;
        Some(after(newest, self.longest.saturating_mul(Self::PATIENCE).max(Self::SHORTEST)))
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
    /// Where its `Link` headers lead (RFC 8288): relation and address, as written.
    pub links: Vec<(String, String)>,
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
    /// How often it brings something new.
    pub rhythm: Rhythm,
    /// When it last showed nothing of what it had shown before, so that items in between may be missing.
    pub overflowed: Option<Timestamp>,
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
            rhythm: Rhythm::default(),
            overflowed: None,
        }
    }

    /// Since when it has not been as it should, however its failure has changed meanwhile.
    pub fn broken_since(&self) -> Timestamp {
        match self.health {
            Health::Stale => self.since,
            _ => self.last_success.unwrap_or(self.since),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    /// How many days after its last item a feed counts as stale.
    #[track_caller]
    fn check(days: &[i64], expected: Option<i64>) {
        let times: Vec<Timestamp> = days.iter().map(|day| Timestamp::from_second(day * DAY).unwrap()).collect();
        let until = Rhythm::default().learned(&times, Timestamp::MAX).explains_until();
        let last = times.last().unwrap();
        assert_eq!(until.map(|until| until.duration_since(*last).as_secs() / DAY), expected, "{days:?}");
    }

    #[test]
    fn silence_is_explained_by_a_rhythm_of_its_own() {
        check(&[0, 1, 2, 3, 4], None);
        check(&[0, 1, 2, 3, 4, 5], Some(3));
        // Working days: the weekend is part of the rhythm on a Friday, too.
        check(&[0, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14], Some(6));
        check(&[0, 7, 14, 21, 28, 35], Some(21));
        // A pause of two months is no rhythm for ever.
        let mut days = vec![0, 60];
        days.extend(61..300);
        check(&days, Some(3));
    }

    #[test]
    fn what_lies_ahead_and_what_is_old_teaches_nothing() {
        let day = |day: i64| Timestamp::from_second(day * DAY).unwrap();
        let rhythm = Rhythm::default().learned(&[day(1), day(2), day(900)], day(3)).learned(&[day(1)], day(3));
        assert_eq!((rhythm.newest, rhythm.waits), (Some(day(2)), 1));
    }
}
