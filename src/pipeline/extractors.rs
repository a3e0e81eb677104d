//! How extractors fare: one that used to match and stops is broken, not quiet.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::notices;
use super::read::{Fresh, Harvest, PageState};
use crate::config::plan::{Feed, Plan, Watch};
use crate::model::notification::{FeedNotice, Kind};
use crate::model::outcome::Outcome;
use crate::store::{Change, ExtractorRecord, Result};

/// How unlikely a run of misses has to be, by the extractor's own history, to be called broken.
const UNLIKELY: f64 = 0.001;
/// Never after fewer misses or matches than this.
const FEWEST: u32 = 3;

/// Counts what a harvest's new items gave each extractor; gives how many messages were queued.
///
/// # Errors
/// What the store refuses.
pub fn count(
    change: &Change<'_>,
    plan: &Plan,
    (watch, feed): (&Watch, &Feed),
    harvest: &Harvest,
    now: Timestamp,
) -> Result<u32> {
    let mut tallies: BTreeMap<usize, Vec<bool>> = BTreeMap::new();
    let mut failures: BTreeMap<usize, u32> = BTreeMap::new();
    // An item whose page is still owed has not been tried; when the page comes, it is.
    let tried = |fresh: &&Fresh| match fresh.page {
        PageState::None => fresh.is_news,
        PageState::Read => true,
        PageState::Owed(_) | PageState::Lost => false,
    };
    for found in harvest.fresh.iter().filter(tried).flat_map(|fresh| &fresh.findings) {
        tallies.entry(found.indicator).or_default().push(found.outcome.finding().is_some());
        *failures.entry(found.indicator).or_default() += u32::from(matches!(found.outcome, Outcome::Error { .. }));
    }
    let mut queued = 0;
    for (index, tally) in tallies {
        let Some(indicator) = watch.indicators.get(index) else { continue };
        let method = method_of(indicator, feed);
        let record =
            change.extractor(&indicator.spec.name, &feed.name, &method)?.unwrap_or_else(|| ExtractorRecord::new(now));
        let mut record = tallied(record, &tally, now);
        record.failed = record.failed.saturating_add(failures.get(&index).copied().unwrap_or(0));
        let kind = match (is_broken(&record), record.told_broken) {
            (true, None) => Some(Kind::ExtractorBroken),
            (false, Some(_)) if record.misses == 0 => Some(Kind::FeedRecovered),
            _ => None,
        };
        if let Some(kind) = kind {
            record.told_broken = (kind == Kind::ExtractorBroken).then_some(now);
            queued +=
                notices::about_feed(change, plan, kind, notice(watch, feed, &indicator.spec.title, &record), now)?;
        }
        change.set_extractor(&indicator.spec.name, &feed.name, &method, &record)?;
    }
    Ok(queued)
}

/// What names an indicator's inputs from one feed, as they are now.
pub fn method_of(indicator: &crate::config::plan::WatchedIndicator, feed: &Feed) -> String {
    let methods: Vec<&str> = indicator
        .spec
        .inputs
        .iter()
        .filter(|input| input.feed == feed.name)
        .map(|input| input.method.as_str())
        .collect();
    methods.join("+")
}

fn tallied(mut record: ExtractorRecord, tally: &[bool], now: Timestamp) -> ExtractorRecord {
    for matched in tally {
        record.tried = record.tried.saturating_add(1);
        if *matched {
            record.matched = record.matched.saturating_add(1);
            record.misses = 0;
            record.last_match = Some(now);
        } else {
            record.misses = record.misses.saturating_add(1);
        }
    }
    record
}

/// Whether a run of misses is too unlikely to be chance: (1 − p) to the power of the misses, p the match rate before.
fn is_broken(record: &ExtractorRecord) -> bool {
    if record.misses < FEWEST || record.matched < FEWEST {
        return false;
    }
    let before = f64::from(record.tried.saturating_sub(record.misses)).max(1.0);
    // One pseudo-miss keeps a perfect record of a few items from making three misses impossible.
    let rate = f64::from(record.matched) / (before + 1.0);
    (1.0 - rate).powf(f64::from(record.misses)) < UNLIKELY
}

fn notice(watch: &Watch, feed: &Feed, indicator: &str, record: &ExtractorRecord) -> FeedNotice {
    let broken = record.misses > 0;
    FeedNotice {
        feed: feed.name.clone(),
        watch_title: watch.title.clone(),
        zone: watch.zone_name.clone(),
        source: feed.source.title.clone(),
        health: if broken { "extractor finds nothing" } else { "ok" }.to_owned(),
        since: record.last_match.unwrap_or(record.since),
        last_success: record.last_match,
        error: broken.then(|| {
            format!(
                "the last {} items gave no value, while {} of {} before did; the source has changed its wording or its structure",
                record.misses,
                record.matched,
                record.tried.saturating_sub(record.misses)
            )
        }),
        indicators: vec![indicator.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after_tally(matched: u32, missed: u32) -> bool {
        let now = Timestamp::UNIX_EPOCH;
        let mut tally = vec![true; matched as usize];
        tally.extend(vec![false; missed as usize]);
        is_broken(&tallied(ExtractorRecord::new(now), &tally, now))
    }

    #[test]
    fn an_extractor_that_always_matched_is_broken_after_a_few_misses() {
        assert!(!after_tally(20, 2));
        assert!(after_tally(20, 3));
        assert!(!after_tally(2, 50), "two matches are no habit");
    }

    #[test]
    fn one_that_rarely_matches_may_be_quiet_for_long() {
        let now = Timestamp::UNIX_EPOCH;
        let mut tally = vec![false; 95];
        tally.extend([true; 5]);
        tally.extend(vec![false; 100]);
        assert!(!is_broken(&tallied(ExtractorRecord::new(now), &tally, now)));
    }
}
