//! The daily picture, sent also when nothing happened.

use jiff::{SignedDuration, Timestamp};

use super::feeds::OVERFLOW;
use super::readings::readings;
use super::{AsOf, Effects, measures, notices, uplink};
use crate::config::plan::{Plan, Watch};
use crate::model::feed::Health;
use crate::model::indicator::Kind;
use crate::model::notification::{Delivery, Digest};
use crate::model::time::{before, duration_words, from_millis, millis};
use crate::store::{Change, Result, View};

const LAST_SENT: &str = "digest_last";

/// Queues the picture when its time has come since it was last sent.
///
/// # Errors
/// What the store refuses.
pub fn send_when_due(change: &Change<'_>, plan: &Plan, now: Timestamp) -> Result<Effects> {
    let Some(schedule) = plan.settings.email.as_ref().and_then(|email| email.digest.as_ref()) else {
        return Ok(Effects::default());
    };
    let last = change.fact(LAST_SENT)?.and_then(|text| text.parse().ok()).map(from_millis);
    let due = schedule.next_after(last.unwrap_or(now), &plan.settings.zone);
    let is_due = last.is_some() && due.is_some_and(|due| due <= now);
    if last.is_some() && !is_due {
        return Ok(Effects { wake: due, ..Effects::default() });
    }
    change.set_fact(LAST_SENT, &millis(now).to_string())?;
    let notifications = if is_due { notices::digest(change, plan, picture(change, plan, now)?, now)? } else { 0 };
    Ok(Effects { notifications, wake: schedule.next_after(now, &plan.settings.zone), ..Effects::default() })
}

/// The picture as it is now.
///
/// # Errors
/// What the store refuses.
pub fn picture(view: &View<'_>, plan: &Plan, now: Timestamp) -> Result<Digest> {
    let mut sections = Vec::new();
    for watch in &plan.watches {
        sections.push((format!("{}: scenarios", watch.title), scenarios(view, watch, now)?));
        sections.push((format!("{}: indicators", watch.title), indicators(view, watch, now)?));
        sections.push((format!("{}: feeds", watch.title), feeds(view, watch, now)?));
    }
    if let Some(since) = uplink::down_since(view)? {
        let line =
            format!("Every host has failed at once since {since}: our own connection is down, and no feed is blamed.");
        sections.push(("Our own connection".to_owned(), vec![line]));
    }
    sections.push(("Mail".to_owned(), mail(view)?));
    Ok(Digest { sections })
}

fn scenarios(view: &View<'_>, watch: &Watch, now: Timestamp) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for scenario in &watch.scenarios {
        let line = match view.scenario(&scenario.name)? {
            None => format!("{} ({}): not judged yet", scenario.title, scenario.path.word()),
            Some(memory) => {
                let blind = if memory.state.blind.is_some() { ", blind" } else { "" };
                let for_long = duration_words(now.duration_since(memory.state.since));
                format!(
                    "{} ({}): {}{blind} for {for_long}",
                    scenario.title,
                    scenario.path.word(),
                    memory.state.phase.word()
                )
            }
        };
        lines.push(line);
    }
    Ok(lines)
}

fn indicators(view: &View<'_>, watch: &Watch, now: Timestamp) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for indicator in &watch.indicators {
        let freshness = measures::freshness(view, indicator, AsOf::now(now))?.0.word();
        let value = match indicator.spec.kind {
            Kind::Report | Kind::Schedule => None,
            Kind::Level | Kind::Count => {
                let series = readings(view, watch, indicator, 3, AsOf::now(now))?;
                series.iter().rev().find_map(|reading| {
                    reading.value.map(|value| {
                        format!("{} in {}", measures::with_unit(value, &indicator.spec.unit), reading.period)
                    })
                })
            }
        };
        let value = value.map(|value| format!("{value}, ")).unwrap_or_default();
        lines.push(format!("{}: {value}{freshness}", indicator.spec.title));
    }
    Ok(lines)
}

fn feeds(view: &View<'_>, watch: &Watch, now: Timestamp) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for feed in &watch.feeds {
        let Some(state) = view.feed_state(&feed.name)? else { continue };
        if state.health != Health::Ok {
            let since = duration_words(now.duration_since(state.broken_since()));
            let error = state.last_error.unwrap_or_default();
            lines.push(format!("{}: {} for {since}: {error}", feed.name.local(), state.health.word()));
        }
        if state.overflowed.is_some_and(|at| at > before(now, SignedDuration::from_hours(24))) {
            lines.push(format!("{}: {OVERFLOW}", feed.name.local()));
        }
    }
    if lines.is_empty() {
        lines.push(format!("All {} feeds answer as they should.", watch.feeds.len()));
    }
    Ok(lines)
}

fn mail(view: &View<'_>) -> Result<Vec<String>> {
    let (queued, refused) = (view.count_notifications(Delivery::Queued)?, view.count_notifications(Delivery::Refused)?);
    if queued + refused == 0 {
        return Ok(vec!["Every message has been taken.".to_owned()]);
    }
    Ok(vec![format!("{queued} messages wait, {refused} were refused: `watchfloor mail queue` says why.")])
}
