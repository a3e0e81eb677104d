//! When a feed is due: intervals at a stable offset, cron, servers' wishes, and backing off after failures.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::cron::Cron;
use crate::model::feed::Health;
use crate::model::time::{after, from_millis, millis};

/// The first wait after a failure; doubled at each further one.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// The longest wait after failures of a feed that is polled more often than that.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(6);
/// How far a server's hints can push a poll away from a feed that is polled more often than that.
const LONGEST_HINT: SignedDuration = SignedDuration::from_hours(24);
/// The status that ends polling (RFC 9110, 15.5.11): gone for good, and meant so.
const GONE_FOR_GOOD: u16 = 410;

/// When a feed is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// So often, at a stable offset of the feed's own.
    Every(SignedDuration),
    /// At the times of a cron expression in the watch's zone.
    Cron(Box<Cron>),
}

/// How the last poll of a feed ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With a document or "unchanged".
    Well {
        /// What the server asked for ([`crate::model::feed::Wishes::wait`]).
        wait: Option<SignedDuration>,
        /// The feed's own `ttl`.
        ttl: Option<SignedDuration>,
    },
    /// Without a document, or with one that is no feed.
    Badly {
        /// What the failure says about the feed.
        health: Health,
        /// The HTTP status, when there was an answer.
        status: Option<u16>,
        /// What the server asked for ([`crate::model::feed::Failure::wait`]).
        wait: Option<SignedDuration>,
        /// Failures in a row, this one included.
        failures: u32,
    },
    /// Without an answer of any server: no name, no connection.
    Unreached {
        /// Failures in a row, this one included.
        failures: u32,
    },
}

impl Schedule {
    /// Reads a cron expression: crontab rules with five fields, six with seconds first.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn cron(expression: &str) -> Result<Self, String> {
        Cron::parse(expression).map(|cron| Self::Cron(Box::new(cron)))
    }

    /// The first due time strictly after `last`, without the feed's own offset; `None` when it is never due.
    pub fn next_after(&self, last: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Every(interval) => Some(after(last, *interval)),
            Self::Cron(cron) => cron.next_after(last, zone),
        }
    }

    /// The due times strictly after `from`, in order; it ends when there is none before the year 2100.
    pub fn next_times<'a>(&'a self, from: Timestamp, zone: &'a TimeZone) -> impl Iterator<Item = Timestamp> + 'a {
        std::iter::successors(self.next_after(from, zone), |last| self.next_after(*last, zone))
    }

    /// When a feed that was last polled at `last` is due again by its own schedule.
    ///
    /// Feeds of one interval would all fall on the moment the daemon started;
    /// each therefore has a stable place in the interval, made from its key,
    /// and is due there. The first wait is at least half an interval and at
    /// most one and a half. `every = "0s"` is due at once.
    pub fn due_after(&self, feed_key: &str, last: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Every(interval) => Some(next_place(feed_key, last, *interval)),
            Self::Cron(cron) => cron.next_after(last, zone),
        }
    }

    /// When a feed is polled next, all things considered; `None` when never again (410, or a cron expression
    /// that is never due). `last` is when the last poll ended: what a server asks for counts from its answer.
    ///
    /// After a good poll: the latest of the feed's own schedule, the server's
    /// wish and the feed's `ttl`. After a failure the waits grow (see
    /// [`backoff`]): a feed that is merely out of order is tried again even
    /// before its own next time, a server that refuses us never is. Where no
    /// server was reached, none is bothered: the waits grow no longer than the
    /// feed's own, so that it is read within one of them after a cut has ended.
    pub fn next_poll(&self, feed_key: &str, last: Timestamp, zone: &TimeZone, ended: &Ended) -> Option<Timestamp> {
        let due = self.due_after(feed_key, last, zone)?;
        let own = due.duration_since(last);
        let hint = |wait: Option<SignedDuration>| after(last, wait.unwrap_or_default().min(own.max(LONGEST_HINT)));
        match *ended {
            Ended::Well { wait, ttl } => Some(due.max(hint(wait)).max(hint(ttl))),
            Ended::Badly { status: Some(GONE_FOR_GOOD), .. } => None,
            Ended::Badly { health, wait, failures, .. } => {
                let retry = after(last, backoff(failures, own, feed_key)).max(hint(wait));
                Some(if health == Health::Error { retry } else { retry.max(due) })
            }
            Ended::Unreached { failures } => Some(after(last, backoff(failures, own, feed_key)).min(due)),
        }
    }
}

/// How long to wait after so many failures in a row: doubling from a minute (or `every`, if that is less) up to
/// six hours (or `every`, if that is more), spread by up to a quarter to either side by the key.
///
/// It never gives up, and the same key and count always give the same wait, so a restart changes nothing.
pub fn backoff(failures: u32, every: SignedDuration, key: &str) -> SignedDuration {
    let every = every.max(SignedDuration::ZERO);
    let (first, longest) = (FIRST_WAIT.min(every), LONGEST_WAIT.max(every));
    // 2^30 minutes are two thousand years: beyond every limit, within every type.
    let doublings = failures.saturating_sub(1).min(30);
    let wait = first.checked_mul(1_i32 << doublings).unwrap_or(longest).min(longest);
    let spread = i64::try_from(hash(&format!("{key} {failures}")) % 501).unwrap_or(250) - 250;
    let jitter = duration_millis(wait) / 1000 * spread;
    (wait + SignedDuration::from_millis(jitter)).clamp(SignedDuration::ZERO, longest)
}

/// The feed's first place in the interval's grid that is more than half an interval away.
fn next_place(feed_key: &str, last: Timestamp, interval: SignedDuration) -> Timestamp {
    let step = duration_millis(interval);
    if step <= 0 {
        return last;
    }
    let place = i64::try_from(hash(feed_key) % step.unsigned_abs()).unwrap_or(0);
    let earliest = millis(last).saturating_add(step / 2);
    let beyond = earliest.saturating_sub(place).rem_euclid(step);
    from_millis(earliest.saturating_add(step - beyond))
}

/// Sixty-four bits of a text that are the same on every machine and in every version.
fn hash(text: &str) -> u64 {
    Sha256::digest(text.as_bytes()).iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

/// Whole milliseconds of a duration, clamped to what a number holds.
fn duration_millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
