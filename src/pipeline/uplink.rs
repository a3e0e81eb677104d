//! Our own connection: while every host fails at once, no feed is blamed. Kept as facts of the store, so that
//! commands and a restart know of it.

use jiff::{SignedDuration, Timestamp};

use super::notices;
use crate::config::plan::Plan;
use crate::model::feed::FeedState;
use crate::model::name::Name;
use crate::model::notification::{FeedNotice, Kind};
use crate::model::time::{after, from_millis, millis};
use crate::store::{Change, Result, View};

/// An outage is told of after this long; a shorter one is only shown while it lasts.
const TOLD_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// Since when every host has failed, and since when people have been told; empty for not.
const DOWN: &str = "uplink_down";
const TOLD: &str = "uplink_told";

/// Since when our own connection is down; `None` while it works.
///
/// # Errors
/// What the store refuses.
pub fn down_since(view: &View<'_>) -> Result<Option<Timestamp>> {
    moment(view, DOWN)
}

/// Records that it is down since a moment, and takes back what feeds were blamed for since then.
///
/// # Errors
/// What the store refuses.
pub fn went_down(change: &Change<'_>, since: Timestamp, blamed: &[(Name, FeedState)]) -> Result<()> {
    for (feed, before) in blamed {
        let Some(now) = change.feed_state(feed)? else { continue };
        let state = FeedState { last_poll: now.last_poll, next_poll: now.next_poll, ..before.clone() };
        change.set_feed_state(feed, &state)?;
    }
    change.set_fact(DOWN, &millis(since).to_string())
}

/// Records that a host has answered; gives how many messages were queued.
///
/// # Errors
/// What the store refuses.
pub fn came_back(change: &Change<'_>, plan: &Plan, now: Timestamp) -> Result<u32> {
    let Some(since) = down_since(change)? else { return Ok(0) };
    let was_told = moment(change, TOLD)?.is_some();
    change.set_fact(DOWN, "")?;
    change.set_fact(TOLD, "")?;
    if !was_told {
        return Ok(0);
    }
    notices::about_feed(change, plan, Kind::FeedRecovered, notice(plan, since, Some(now)), now)
}

/// Tells people once of an outage that lasts; gives how many messages were queued and when to look again.
///
/// # Errors
/// What the store refuses.
pub fn tell(change: &Change<'_>, plan: &Plan, now: Timestamp) -> Result<(u32, Option<Timestamp>)> {
    let Some(since) = down_since(change)?.filter(|_| matches!(moment(change, TOLD), Ok(None))) else {
        return Ok((0, None));
    };
    let due = after(since, TOLD_AFTER);
    if now < due {
        return Ok((0, Some(due)));
    }
    change.set_fact(TOLD, &millis(now).to_string())?;
    Ok((notices::about_feed(change, plan, Kind::FeedBroken, notice(plan, since, None), now)?, None))
}

fn moment(view: &View<'_>, fact: &str) -> Result<Option<Timestamp>> {
    Ok(view.fact(fact)?.and_then(|text| text.parse().ok()).map(from_millis))
}

fn notice(plan: &Plan, since: Timestamp, back: Option<Timestamp>) -> FeedNotice {
    FeedNotice {
        feed: Name::new("watchfloor", "uplink"),
        watch_title: "All watches".to_owned(),
        zone: plan.settings.zone_name.clone(),
        source: "The connection of this machine".to_owned(),
        health: if back.is_some() { "ok" } else { "down" }.to_owned(),
        since: back.unwrap_or(since),
        last_success: Some(since),
        error: back.is_none().then(|| {
            "every host failed at once, so that no feed is blamed; check this machine's network, DNS and proxy"
                .to_owned()
        }),
        indicators: Vec::new(),
    }
}
