//! The daily picture, sent also when nothing happened.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::extractors::method_of;
use super::feeds::OVERFLOW;
use super::readings::readings;
use super::{AsOf, Effects, accounts, judge, likelihood, measures, notices, uplink};
use crate::config::plan::{Plan, Watch, WatchedIndicator};
use crate::model::feed::Health;
use crate::model::indicator::Kind;
use crate::model::notification::{Digest, DigestLine, DigestSection};
use crate::model::reading::{Freshness, Reading};
use crate::model::scenario::Scenario;
use crate::model::text::one_line;
use crate::model::time::{before, duration_words, from_millis, millis};
use crate::store::{Change, Result, View};

const LAST_SENT: &str = "digest_last";
/// Readings that are drawn, and compared with what was known at the last picture.
const PERIODS: u32 = 13;
/// A review is announced so many days before it is due.
const REVIEW_AHEAD: i32 = 14;
/// Undelivered messages are listed for as many days as they would have been tried.
const UNDELIVERED_LISTED: jiff::SignedDuration = super::deliveries::GIVEN_UP_AFTER;

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
    let notifications = if is_due {
        notices::digest(change, plan, picture(change, plan, (last.unwrap_or(now), now))?, now)?
    } else {
        0
    };
    Ok(Effects { notifications, wake: schedule.next_after(now, &plan.settings.zone), ..Effects::default() })
}

/// The picture as it is now, with what has moved since the last one.
///
/// # Errors
/// What the store refuses.
pub fn picture(view: &View<'_>, plan: &Plan, (since, now): (Timestamp, Timestamp)) -> Result<Digest> {
    let mut sections = Vec::new();
    for watch in &plan.watches {
        let mut add = |title: &str, lines: Vec<DigestLine>| {
            let title = format!("{}: {title}", short_title(&watch.title));
            sections.push(DigestSection { title, lines });
        };
        add("scenarios", scenarios(view, plan, watch, now)?);
        add("what moved", moved(view, watch, since)?);
        add("indicators", indicators(view, watch, now)?);
        add("revisions", revisions(view, watch, (since, now))?);
        add("feeds and extractors", sources(view, watch, now)?);
        add("due for review", reviews(view, watch, now)?);
    }
    if let Some(since) = uplink::down_since(view)? {
        let line =
            format!("Every host has failed at once since {since}: our own connection is down, and no feed is blamed.");
        sections.push(DigestSection { title: "Our own connection".to_owned(), lines: vec![line.into()] });
    }
    sections.push(DigestSection { title: "Mail".to_owned(), lines: mail(view, plan, now)? });
    Ok(Digest { zone: plan.settings.zone_name.clone(), sections })
}

fn scenarios(view: &View<'_>, plan: &Plan, watch: &Watch, now: Timestamp) -> Result<Vec<DigestLine>> {
    let mut lines = Vec::new();
    for scenario in &watch.scenarios {
        let named = format!("{} ({})", scenario.title, scenario.path.word());
        lines.push(match view.scenario(&scenario.name)? {
            None => format!("{named}: not judged yet").into(),
            Some(memory) => {
                let blind = if memory.state.blind.is_some() { ", blind" } else { "" };
                let for_long = duration_words(now.duration_since(memory.state.since));
                format!("{named}: {}{blind} for {for_long}", memory.state.phase.word()).into()
            }
        });
        lines.extend(probability(view, plan, watch, scenario, now)?);
    }
    Ok(or_else(lines, "The watch has no scenario."))
}

/// The probability and, in a sentence of its own, how well founded it is.
fn probability(
    view: &View<'_>,
    plan: &Plan,
    watch: &Watch,
    scenario: &Scenario,
    now: Timestamp,
) -> Result<Vec<DigestLine>> {
    if scenario.prior.is_none() {
        return Ok(Vec::new());
    }
    let judgement = judge::judge(view, watch, scenario, AsOf::now(now))?;
    let likelihood = likelihood::likelihood(view, watch, scenario, &judgement, plan.settings.lexicon)?;
    Ok(likelihood.map_or_else(Vec::new, |likelihood| {
        vec![
            format!("{}, probability beside the rules: {}", scenario.title, likelihood.words()).into(),
            format!("{}, confidence: {}", scenario.title, likelihood.confidence_words()).into(),
        ]
    }))
}

/// The changes of scenarios since the last picture, oldest first.
fn moved(view: &View<'_>, watch: &Watch, since: Timestamp) -> Result<Vec<DigestLine>> {
    const MOST: u32 = 20;
    let mut lines = Vec::new();
    for scenario in &watch.scenarios {
        let mut transitions = view.last_transitions(&scenario.name, MOST)?;
        transitions.retain(|transition| transition.at > since);
        transitions.sort_by_key(|transition| transition.id);
        for transition in transitions {
            let change = if transition.from == transition.to {
                if transition.blind { "went blind".to_owned() } else { transition.to.word().to_owned() }
            } else {
                accounts::phases(transition.from, transition.to)
            };
            let at = written(transition.at, &watch.zone);
            lines.push(format!("{at}, {}: {change}. {}", scenario.title, one_line(&transition.reason, 300)).into());
        }
    }
    Ok(or_else(lines, "Nothing has changed since the last picture."))
}

fn indicators(view: &View<'_>, watch: &Watch, now: Timestamp) -> Result<Vec<DigestLine>> {
    let mut lines = Vec::new();
    for indicator in &watch.indicators {
        let freshness = measures::freshness(view, indicator, AsOf::now(now))?.0.word();
        let series = series(view, watch, indicator, AsOf::now(now))?;
        let newest = series.iter().rev().find_map(|reading| {
            let value = measures::with_unit(reading.value?, &indicator.spec.unit);
            let running = if reading.is_final { "" } else { " so far" };
            Some(format!("{value} in {}{running}, ", reading.period))
        });
        let text = format!("{}: {}{freshness}", indicator.spec.title, newest.unwrap_or_default());
        let series = series.iter().skip_while(|reading| reading.value.is_none()).map(accounts::point).collect();
        lines.push(DigestLine { text, series });
    }
    Ok(or_else(lines, "The watch has no indicator."))
}

/// The last readings of a level or count; none of the other kinds, which have no readings.
fn series(view: &View<'_>, watch: &Watch, indicator: &WatchedIndicator, as_of: AsOf) -> Result<Vec<Reading>> {
    match indicator.spec.kind {
        Kind::Report | Kind::Schedule => Ok(Vec::new()),
        Kind::Level | Kind::Count => readings(view, watch, indicator, PERIODS, as_of),
    }
}

/// Periods that were over at the last picture and have another value since.
fn revisions(view: &View<'_>, watch: &Watch, (since, now): (Timestamp, Timestamp)) -> Result<Vec<DigestLine>> {
    let mut lines = Vec::new();
    for indicator in &watch.indicators {
        let then = series(view, watch, indicator, AsOf { at: now, known: since })?;
        let today = series(view, watch, indicator, AsOf::now(now))?;
        for (old, new) in then.iter().zip(&today).filter(|(old, new)| old.period == new.period && old.span.to <= since)
        {
            if let (Some(was), Some(is)) = (old.value, new.value)
                && (was - is).abs() > f64::EPSILON * was.abs().max(is.abs())
            {
                let unit = &indicator.spec.unit;
                let (was, is) = (measures::with_unit(was, unit), measures::with_unit(is, unit));
                lines.push(format!("{}, {}: {was} → {is}", indicator.spec.title, new.period).into());
            }
        }
    }
    Ok(or_else(lines, "No closed period has been revised."))
}

fn sources(view: &View<'_>, watch: &Watch, now: Timestamp) -> Result<Vec<DigestLine>> {
    let mut lines: Vec<DigestLine> = Vec::new();
    for feed in &watch.feeds {
        let Some(state) = view.feed_state(&feed.name)? else { continue };
        if state.overflowed.is_some_and(|at| at > before(now, SignedDuration::from_hours(24))) {
            lines.push(format!("Feed {}: {OVERFLOW}", feed.name.local()).into());
        }
        if state.health != Health::Ok {
            let since = duration_words(now.duration_since(state.broken_since()));
            let error = one_line(&state.last_error.unwrap_or_default(), 300);
            lines.push(format!("Feed {}: {} for {since}: {error}", feed.name.local(), state.health.word()).into());
        }
    }
    for feed in &watch.feeds {
        for indicator in &watch.indicators {
            let Some(record) = view.extractor(&indicator.spec.name, &feed.name, &method_of(indicator, feed))? else {
                continue;
            };
            if record.told_broken.is_some() {
                let title = &indicator.spec.title;
                lines.push(
                    format!(
                        "Extractor of {title} in {}: nothing found in the last {} items",
                        feed.name.local(),
                        record.misses
                    )
                    .into(),
                );
            }
        }
    }
    Ok(or_else(
        lines,
        &format!("All {} feeds answer as they should, and every extractor finds what it used to.", watch.feeds.len()),
    ))
}

/// What an analyst should look at again: the watch by its date, indicators from which nothing comes any more.
fn reviews(view: &View<'_>, watch: &Watch, now: Timestamp) -> Result<Vec<DigestLine>> {
    let today = now.to_zoned(watch.zone.clone()).date();
    let mut lines: Vec<DigestLine> = Vec::new();
    let dates = [("its review", watch.review_by), ("its end", watch.until)];
    lines.extend(dates.into_iter().filter_map(|(what, date)| Some(due(what, date?, today)?.into())));
    for indicator in &watch.indicators {
        if measures::freshness(view, indicator, AsOf::now(now))?.0 == Freshness::Dead {
            lines.push(
                format!("{}: nothing has come for so long that nothing can be concluded from it", indicator.spec.title)
                    .into(),
            );
        }
    }
    Ok(or_else(lines, "Nothing is due for review."))
}

fn due(what: &str, date: Date, today: Date) -> Option<String> {
    let days = today.until(date).ok()?.get_days();
    match days {
        ..0 => Some(format!("The watch: {what} was due on {date}")),
        0 => Some(format!("The watch: {what} is due today")),
        1..=REVIEW_AHEAD => Some(format!("The watch: {what} is due on {date}")),
        _ => None,
    }
}

fn mail(view: &View<'_>, plan: &Plan, now: Timestamp) -> Result<Vec<DigestLine>> {
    let mut lines: Vec<DigestLine> = Vec::new();
    let waiting = view.waiting()?;
    if let Some(since) = waiting.since {
        let why = one_line(&waiting.why.unwrap_or_default(), 300);
        let for_long = duration_words(now.duration_since(since));
        lines.push(
            format!("{} messages could not be sent yet, the oldest for {for_long}: {why}", waiting.failed).into(),
        );
    }
    for lost in view.undelivered_since(before(now, UNDELIVERED_LISTED))? {
        let message = &lost.message;
        lines.push(
            format!(
                "Message {} ({}) to {}, decided {}, did not arrive: {}",
                lost.id,
                message.kind.word(),
                one_line(&message.recipient, 100),
                written(message.created, &plan.settings.zone),
                one_line(lost.last_error.as_deref().unwrap_or_default(), 250),
            )
            .into(),
        );
    }
    let held = view.held_notifications()?;
    for silence in view.silences(now)? {
        let count = held.iter().filter(|one| one.held == Some(silence.id)).count();
        let scope: Vec<String> =
            [&silence.scenario, &silence.feed].into_iter().flatten().map(ToString::to_string).collect();
        let scope = if scope.is_empty() { "everything".to_owned() } else { scope.join(" and ") };
        lines.push(format!("{count} messages are {}: {scope}", silence.holding_words()).into());
    }
    Ok(or_else(lines, "Every message has been taken."))
}

/// What stands before a title's first colon, as titles are written `Place: subject`: every heading begins with it.
fn short_title(title: &str) -> &str {
    title.split_once(": ").map_or(title, |(place, _)| place)
}

/// An empty section says so in its one line.
fn or_else(lines: Vec<DigestLine>, nothing: &str) -> Vec<DigestLine> {
    if lines.is_empty() { vec![nothing.into()] } else { lines }
}

fn written(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%-d %B, %H:%M %Z").to_string()
}
