//! How a poll changes what is known of its feed: health, coverage, who is told.

use jiff::{SignedDuration, Timestamp};

use super::notices;
use super::read::Harvest;
use crate::config::plan::{Feed, Plan, Watch};
use crate::model::feed::{Failure, FeedState, Health, Validators};
use crate::model::notification::Kind;
use crate::model::time::{after, duration_words};
use crate::store::{Change, Result};

/// A document of so many items, all of them new, may have pushed others out.
pub(super) const FULL_PAGE: usize = 10;
/// A feed that was away for more polls than this leaves a gap in what its undated documents account for.
const POLLS_BRIDGED: i32 = 3;

/// The state of a feed after a document with its harvest.
pub fn after_document(
    state: FeedState,
    harvest: &Harvest,
    (validators, body_hash): (Validators, String),
    now: Timestamp,
) -> FeedState {
    let overflowed = if overflows(&state, harvest) { Some(now) } else { state.overflowed };
    // Where nothing is dated, the time of an item is when it came.
    let came: &[Timestamp] = if harvest.times.is_empty() && harvest.fresh.iter().any(|fresh| fresh.is_news) {
        &[now]
    } else {
        &harvest.times
    };
    let rhythm = state.rhythm.learned(came, now);
    let state = FeedState { rhythm, overflowed, ..state };
    match &harvest.unread {
        None => {
            let state = FeedState { validators, body_hash: Some(body_hash), covers_from: harvest.oldest, ..state };
            after_success(state, now)
        }
        // It has to come again, whole, for the pages that are owed.
        Some(failure) => {
            let body_hash = Some(super::read::unfinished(&body_hash));
            after_failure(FeedState { validators: Validators::default(), body_hash, ..state }, failure, now)
        }
    }
}

/// What a poll says whose document shows nothing of what was there before.
pub const OVERFLOW: &str =
    "nothing that was known is left in the document: items in between may be missing; ask more often (`every`)";

/// Whether a full page shows nothing of what was there before: what came in between may have been pushed out.
pub fn overflows(state: &FeedState, harvest: &Harvest) -> bool {
    let is_all_newer = harvest.oldest.zip(state.rhythm.newest).is_some_and(|(oldest, newest)| newest < oldest);
    is_all_newer && harvest.known == 0 && harvest.items >= FULL_PAGE
}

/// Notices that a feed has another address than when it was asked last. What was agreed with the server before counts no
/// more, least of all that it is gone for good: the feed is due at once, and has to come whole.
///
/// # Errors
/// What the store refuses.
pub fn notice_address(change: &Change<'_>, feed: &Feed, now: Timestamp) -> Result<()> {
    let (fact, address) = (format!("address {}", feed.name), &feed.target.shown);
    let known = change.fact(&fact)?;
    if known.as_ref() == Some(address) {
        return Ok(());
    }
    change.set_fact(&fact, address)?;
    let Some(state) = change.feed_state(&feed.name)?.filter(|_| known.is_some()) else { return Ok(()) };
    let (validators, next_poll) = (Validators::default(), Some(now));
    let state = FeedState { validators, next_poll, body_hash: None, failures: 0, moved_to: None, ..state };
    change.set_feed_state(&feed.name, &state)
}

/// The state of a feed after any answer that was as it should be.
pub fn after_success(state: FeedState, now: Timestamp) -> FeedState {
    let silent = state.rhythm.explains_until().filter(|until| *until < now);
    let health = if silent.is_some() { Health::Stale } else { Health::Ok };
    FeedState {
        health,
        since: if state.health == health { state.since } else { now },
        last_poll: Some(now),
        last_success: Some(now),
        last_error: silent.map(|until| silence(&state, until)),
        failures: 0,
        ..state
    }
}

/// Why a feed that answers counts as stale.
fn silence(state: &FeedState, until: Timestamp) -> String {
    let newest = state.rhythm.newest.map(|at| at.to_string()).unwrap_or_default();
    format!(
        "it answers, but its newest item is of {newest}; its longest recent pause was {}, so that something new was due by {until}",
        duration_words(state.rhythm.longest)
    )
}

/// The state of a feed after a poll without a document.
pub fn after_failure(state: FeedState, failure: &Failure, now: Timestamp) -> FeedState {
    let since = if state.health == failure.health && state.failures > 0 { state.since } else { now };
    FeedState {
        health: failure.health,
        since,
        last_poll: Some(now),
        last_error: Some(failure.message.clone()),
        failures: state.failures.saturating_add(1),
        ..state
    }
}

/// From when on a document accounts for what happened, up to now.
///
/// A document that still lists something known, or reaches back before the
/// last success, continues it. One of which everything is new may have lost
/// what came in between, unless it is short: a page that shows only the latest. Where nothing is
/// dated, only polls that follow closely account for the time between them.
pub fn covered_since(state: &FeedState, harvest: &Harvest, interval: SignedDuration, now: Timestamp) -> Timestamp {
    let last = state.last_success;
    let follows = last.is_some_and(|last| {
        now <= after(last, interval.saturating_mul(POLLS_BRIDGED).max(SignedDuration::from_mins(5)))
    });
    match (harvest.oldest, last) {
        (None, Some(last)) if follows => last,
        (None, _) => now,
        (Some(oldest), None) => oldest.min(now),
        (Some(oldest), Some(last)) => {
            let is_short = state.covers_from.is_none() || harvest.items < FULL_PAGE;
            let continues = harvest.known > 0 || oldest <= last || (is_short && follows);
            if continues { oldest.min(last) } else { oldest.min(now) }
        }
    }
}

/// Tells people of a feed that has been broken for too long, or that works again. Gives the state to store, how many
/// messages were queued, and when to look again.
///
/// # Errors
/// What the store refuses.
pub fn tell(
    change: &Change<'_>,
    plan: &Plan,
    (watch, feed): (&Watch, &Feed),
    state: FeedState,
    now: Timestamp,
) -> Result<(FeedState, u32, Option<Timestamp>)> {
    let is_broken = state.health != Health::Ok;
    match (is_broken, state.told_broken) {
        (false, Some(_)) => {
            let queued =
                notices::about_feed(change, plan, Kind::FeedRecovered, notices::feed_notice(watch, feed, &state), now)?;
            Ok((FeedState { told_broken: None, ..state }, queued, None))
        }
        (true, None) => {
            let due = after(state.broken_since(), feed.alert_after);
            if now < due {
                return Ok((state, 0, Some(due)));
            }
            let queued =
                notices::about_feed(change, plan, Kind::FeedBroken, notices::feed_notice(watch, feed, &state), now)?;
            Ok((FeedState { told_broken: Some(now), ..state }, queued, None))
        }
        _ => Ok((state, 0, None)),
    }
}
