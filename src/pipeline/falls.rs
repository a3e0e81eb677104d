//! Running totals that fell and stay down: believed when three polls have seen it, or after a day.

use jiff::Timestamp;

use super::guards::{FALL_PERSISTS, FALL_POLLS};
use super::readings::totals;
use crate::config::plan::{Feed, Watch};
use crate::model::observation::Observation;
use crate::model::time::before;
use crate::store::{Change, Result};

/// Makes falls usable that the document at `now` states for the third time. An unchanged answer states nothing anew.
///
/// The fall is recorded once more instead of changed: a vintage is never touched, and the new one says when it was
/// believed. Totals whose periods are differences need none of it: their points are judged as they are read.
///
/// # Errors
/// What the store refuses.
pub(super) fn confirm(change: &Change<'_>, watch: &Watch, feed: &Feed, now: Timestamp) -> Result<()> {
    for indicator in &watch.indicators {
        let spec = &indicator.spec;
        let is_key = |input: &&crate::model::indicator::Input| {
            input.feed == feed.name && input.cumulative.is_some_and(|reset| !totals::is_coarser(reset, spec.period))
        };
        if !spec.inputs.iter().any(|input| is_key(&input)) {
            continue;
        }
        for fall in change.pending_falls(&spec.name, &feed.name, now, before(now, FALL_PERSISTS))? {
            let began = change.fell_since(&spec.name, &fall.key)?.unwrap_or(now);
            // The present poll is not yet among the stored ones.
            if change.documents_since(&feed.name, began)? + 1 >= FALL_POLLS {
                let believed = Observation { id: 0, recorded_at: now, supersedes: Some(fall.id), ..fall };
                change.add_observation(&believed, now)?;
            }
        }
    }
    Ok(())
}
