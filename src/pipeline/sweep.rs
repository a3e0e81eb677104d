//! Time passes without a document: holds elapse, periods end, dates come, feeds stay broken.

use jiff::Timestamp;

use super::{Effects, digest, earliest, feeds, record, silences, uplink};
use crate::config::plan::Plan;
use crate::model::time::{Span, before};
use crate::store::{Change, Result};

/// Evaluates everything that time alone can change, and tells when to look again.
///
/// # Errors
/// What the store refuses.
pub fn sweep(change: &Change<'_>, plan: &Plan, now: Timestamp) -> Result<Effects> {
    let mut effects = Effects::default();
    for (watch, feed) in plan.feeds() {
        let Some(state) = change.feed_state(&feed.name)? else { continue };
        let told_before = state.told_broken;
        let (state, queued, look_again) = feeds::tell(change, plan, (watch, feed), state, now)?;
        if state.told_broken != told_before {
            change.set_feed_state(&feed.name, &state)?;
        }
        effects.notifications += queued;
        effects.wake = earliest(effects.wake, look_again);
    }
    let (queued, look_again) = uplink::tell(change, plan, now)?;
    effects.notifications += queued;
    effects.wake = earliest(effects.wake, look_again);
    for watch in &plan.watches {
        effects.add(record::judge_watch(change, plan, watch, None, now)?);
    }
    effects.add(silences::release(change, now)?);
    effects.add(digest::send_when_due(change, plan, now)?);
    change.forget_items_before(before(now, plan.settings.keep_items))?;
    change.set_alive(now)?;
    Ok(effects)
}

/// The first step of a run: clocks stood still while nothing ran, and claims of a dead sender are given back.
///
/// # Errors
/// What the store refuses.
pub fn resume(change: &Change<'_>, plan: &Plan, now: Timestamp) -> Result<()> {
    change.release_claims()?;
    pass_over(change, plan, now)
}

/// Counts the time since the last sign of life as time in which nothing was watched: no clock runs on over it.
///
/// # Errors
/// What the store refuses.
pub fn pass_over(change: &Change<'_>, plan: &Plan, now: Timestamp) -> Result<()> {
    if let Some(last_alive) = change.last_alive()?.filter(|last| *last < now) {
        stand_still(change, plan, Span::new(last_alive, now))?;
        change.add_downtime(Span::new(last_alive, now))?;
    }
    change.set_alive(now)
}

/// Lets no clock run over a stretch that nobody watched.
///
/// # Errors
/// What the store refuses.
pub(super) fn stand_still(change: &Change<'_>, plan: &Plan, stretch: Span) -> Result<()> {
    for scenario in plan.watches.iter().flat_map(|watch| &watch.scenarios) {
        if let Some(mut memory) = change.scenario(&scenario.name)? {
            memory.state = memory.state.resumed_after_downtime(stretch.from, stretch.to);
            change.set_scenario(&scenario.name, &memory)?;
        }
        for (key, mut memory) in change.conditions(&scenario.name)? {
            memory.clock = memory.clock.resumed_after_downtime(stretch.from, stretch.to);
            change.set_condition(&scenario.name, &key, &memory)?;
        }
    }
    Ok(())
}
