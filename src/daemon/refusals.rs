//! What the store refuses: said once when it begins, once an hour while it lasts, once when it is over.
//!
//! An outage begins with the first refusal and is over when everything that
//! was refused has been stored. Recipients are told of one that lasts, not of
//! one that a moment's lock explains.

use std::collections::BTreeSet;
use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::model::name::Name;
use crate::model::notification::StoreNotice;
use crate::model::text::one_line;
use crate::model::time::before;

/// Recipients are told of an outage that has lasted so long.
const TOLD_AFTER: SignedDuration = SignedDuration::from_secs(20);
/// The log repeats an outage so often.
const SAID_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// What was to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Work {
    /// That this run is alive: the smallest write there is, by which the store is tried.
    SignOfLife,
    /// What time alone changes.
    Time,
    /// How messages fared.
    Outbox,
    /// What a feed brought.
    Poll(Name),
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignOfLife => f.write_str("the sign of life"),
            Self::Time => f.write_str("what time alone decides"),
            Self::Outbox => f.write_str("what became of messages"),
            Self::Poll(feed) => write!(f, "the poll of {feed}"),
        }
    }
}

/// How the store has refused; nothing while it takes everything.
#[derive(Debug, Default)]
pub struct Refusals {
    outage: Option<Outage>,
    /// Whether even the smallest write was refused at the last try.
    is_down: bool,
}

#[derive(Debug)]
struct Outage {
    since: Timestamp,
    error: String,
    refusals: u32,
    /// What was refused and has not been stored since.
    open: BTreeSet<Work>,
    /// All that was refused. At most one entry a feed and three more.
    works: BTreeSet<Work>,
    is_told: bool,
    said: Timestamp,
}

impl Refusals {
    /// Remembers a refusal, and says so where it is news.
    pub fn refused(&mut self, work: Work, error: &str, now: Timestamp) {
        self.is_down |= work == Work::SignOfLife;
        let error = one_line(error, 400);
        let outage = self.outage.get_or_insert_with(|| {
            tracing::error!("{work} could not be stored: {error}; nothing of it is half stored, it is tried again");
            Outage {
                since: now,
                error: error.clone(),
                refusals: 0,
                open: BTreeSet::new(),
                works: BTreeSet::new(),
                is_told: false,
                said: now,
            }
        });
        outage.refusals = outage.refusals.saturating_add(1);
        outage.works.insert(work.clone());
        outage.open.insert(work.clone());
        if outage.said <= before(now, SAID_EVERY) {
            outage.said = now;
            let (count, since) = (outage.refusals, outage.since);
            tracing::error!("the store has refused {count} times since {since}, the last time {work}: {error}");
        } else {
            tracing::debug!("{work} could not be stored: {error}");
        }
    }

    /// Remembers that something was stored; gives the outage that is over with it, and whether recipients were told.
    pub fn stored(&mut self, work: &Work, now: Timestamp) -> Option<(StoreNotice, bool)> {
        if *work == Work::SignOfLife {
            self.is_down = false;
        }
        let outage = self.outage.as_mut()?;
        outage.open.remove(work);
        self.over(now)
    }

    /// Forgets what is no longer asked for: feeds that a reload removed.
    pub fn forget(&mut self, is_gone: impl Fn(&Name) -> bool, now: Timestamp) -> Option<(StoreNotice, bool)> {
        let outage = self.outage.as_mut()?;
        outage.open.retain(|work| !matches!(work, Work::Poll(feed) if is_gone(feed)));
        self.over(now)
    }

    fn over(&mut self, now: Timestamp) -> Option<(StoreNotice, bool)> {
        let outage = self.outage.take_if(|outage| outage.open.is_empty())?;
        let refusals = outage.refusals;
        let lasted = now.duration_since(outage.since);
        tracing::warn!(
            "the store takes everything again, {lasted:#} after it first refused; it refused {refusals} times"
        );
        Some((outage.notice(Some(now)), outage.is_told))
    }

    /// What recipients are to be told now, once in an outage.
    pub fn news(&mut self, now: Timestamp) -> Option<StoreNotice> {
        let outage =
            self.outage.as_mut().filter(|outage| !outage.is_told && outage.since <= before(now, TOLD_AFTER))?;
        outage.is_told = true;
        Some(outage.notice(None))
    }

    /// Whether even the smallest write was refused at the last try.
    pub fn is_down(&self) -> bool {
        self.is_down
    }

    /// Whether something that was refused has not been stored yet.
    pub fn is_open(&self) -> bool {
        self.outage.is_some()
    }
}

impl Outage {
    /// Path and zone are the settings', which whoever tells knows.
    fn notice(&self, until: Option<Timestamp>) -> StoreNotice {
        StoreNotice {
            path: String::new(),
            zone: String::new(),
            since: self.since,
            until,
            error: self.error.clone(),
            refusals: self.refusals,
            works: self.works.iter().map(ToString::to_string).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn an_outage_is_told_once_and_is_over_when_all_is_stored() {
        let mut refusals = Refusals::default();
        let poll = Work::Poll(Name::new("w", "news"));
        refusals.refused(poll.clone(), "full", at(0));
        assert!(!refusals.is_down() && refusals.is_open(), "a poll may be too large where a word is not");
        refusals.refused(Work::SignOfLife, "full", at(1));
        assert!(refusals.is_down());
        assert_eq!(refusals.news(at(19)), None, "a moment is no outage");
        let told = refusals.news(at(20)).unwrap();
        assert_eq!((told.since, told.until, told.refusals), (at(0), None, 2));
        assert_eq!(told.works, ["the sign of life", "the poll of w/news"]);
        refusals.refused(Work::SignOfLife, "full", at(25));
        assert_eq!(refusals.news(at(99)), None, "it is told once");
        assert_eq!(refusals.stored(&Work::SignOfLife, at(100)), None, "the poll is still missing");
        assert!(!refusals.is_down());
        let (over, was_told) = refusals.stored(&poll, at(101)).unwrap();
        assert_eq!((over.until, over.refusals, was_told), (Some(at(101)), 3, true));
        assert!(!refusals.is_open());
    }

    #[test]
    fn a_short_outage_is_told_to_nobody_and_a_removed_feed_ends_one() {
        let mut refusals = Refusals::default();
        refusals.refused(Work::Time, "locked", at(0));
        let (_, was_told) = refusals.stored(&Work::Time, at(10)).unwrap();
        assert!(!was_told);
        refusals.refused(Work::Poll(Name::new("w", "gone")), "full", at(20));
        assert_eq!(refusals.forget(|_| false, at(21)), None);
        assert!(refusals.forget(|feed| feed.local() == "gone", at(22)).is_some());
    }
}
