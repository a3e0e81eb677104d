//! What a delivery, or its failure, means for the other messages: order, expiry, folding, and who is told.
//!
//! How a message travels is the outbox's business; here is what follows from
//! it. Nothing is dropped without its reason being kept beside it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::notices;
use crate::config::plan::Plan;
use crate::model::name::Name;
use crate::model::notification::{Cause, Content, Kind, Notification, Undeliverable, Undelivered};
use crate::model::time::{after, before, from_millis, millis};
use crate::store::{Change, Result, Round};

/// A message that no server has taken for so long is given up (RFC 5321, 4.5.4.1 asks for 4 to 5 days).
pub const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(5 * 24);
/// A message that has waited for so long is late.
pub const LATE_AFTER: SignedDuration = SignedDuration::from_mins(15);
/// Changes of one scenario within this time are one message.
pub const BURST: SignedDuration = SignedDuration::from_mins(1);
/// Others are told of one recipient's trouble no more often than this; the daily picture has all of it.
const TOLD_AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// Messages named in one notice.
const NAMED: usize = 50;

/// Claims up to `limit` messages that are due, still matter and may go, oldest first.
///
/// # Errors
/// What the store refuses.
pub fn claim(
    change: &Change<'_>,
    (now, until): (Timestamp, Timestamp),
    round: Round,
    limit: u32,
) -> Result<Vec<Notification>> {
    loop {
        let (mut kept, mut has_moved) = (Vec::new(), false);
        for notification in change.claim((now, until), round, limit)? {
            if is_set_aside(change, &notification)? {
                has_moved = true;
                continue;
            }
            match waits_for_earlier(change, &notification, now)? {
                Some(until) => {
                    change.put_off(notification.id, until)?;
                    // The last round would take what was never tried again and again.
                    has_moved |= round == Round::Due;
                }
                None => kept.push(notification),
            }
        }
        if !kept.is_empty() || !has_moved {
            return Ok(kept);
        }
    }
}

/// Sets a message aside that a newer one stands for, or that no longer matters.
fn is_set_aside(change: &Change<'_>, notification: &Notification) -> Result<bool> {
    if let Some(why) = overtaken(change, notification)? {
        change.mark_expired(notification.id, &why)?;
        return Ok(true);
    }
    let Some(newer) = stands_for(change, notification)? else { return Ok(false) };
    change.fold(notification.id, newer)?;
    Ok(true)
}

/// Until when a message waits for an earlier one of its thread, which was tried in vain.
///
/// Good news never overtake the bad news that they answer. Bad news wait while the earlier message is not late: one that
/// a server will not have must not hide for days what followed it.
fn waits_for_earlier(change: &Change<'_>, notification: &Notification, now: Timestamp) -> Result<Option<Timestamp>> {
    let Some((decided, due)) = change.waiting_before(notification)? else { return Ok(None) };
    let is_good = matches!(
        notification.message.kind,
        Kind::Resolved | Kind::Undone | Kind::SeesAgain | Kind::FeedRecovered | Kind::Reminder
    );
    Ok(Some(due).filter(|due| *due > now && (is_good || now < after(decided, LATE_AFTER))))
}

/// Why a message no longer matters.
fn overtaken(change: &Change<'_>, notification: &Notification) -> Result<Option<String>> {
    let message = &notification.message;
    match (&message.kind, &message.content) {
        (Kind::Reminder, _) => overtaken_reminder(change, notification),
        (Kind::Digest, _) => {
            let newer = change.newer_of_kind(Kind::Digest, &message.recipient, notification.id)?;
            Ok(newer.last().map(|newer| format!("overtaken by the newer daily picture, message {}", newer.id)))
        }
        (_, Content::Undelivered(told)) if told.cause == Cause::Delayed => {
            for late in &told.messages {
                if change.notification(late.notification)?.is_none_or(|late| late.sent.is_none()) {
                    return Ok(None);
                }
            }
            Ok(Some("overtaken: what was late has arrived since".to_owned()))
        }
        _ => Ok(None),
    }
}

fn overtaken_reminder(change: &Change<'_>, notification: &Notification) -> Result<Option<String>> {
    let Some(alert) = notification.message.alert else { return Ok(None) };
    let Some(alert) = change.alert(alert)? else { return Ok(None) };
    if let Some(resolved) = alert.resolved {
        return Ok(Some(format!("overtaken: alert {} was resolved at {resolved}", alert.id)));
    }
    let newer = change.newer_in_thread(notification)?;
    Ok(newer.map(|newer| format!("overtaken by the newer message {newer} of the same alert")))
}

/// The unsent message that says what a burst came to, where this one belongs to it.
///
/// Changes of phase are folded with changes of phase, of sight with changes of sight: a triggered scenario is never
/// hidden behind one that only went blind.
fn stands_for(change: &Change<'_>, notification: &Notification) -> Result<Option<i64>> {
    let message = &notification.message;
    let Some(family) = family(message.kind) else { return Ok(None) };
    let newest = change.newer_about(notification)?.into_iter().rev();
    Ok(newest
        .filter(|(_, kind, created)| self::family(*kind) == Some(family) && *created <= after(message.created, BURST))
        .map(|(id, ..)| id)
        .next())
}

/// Kinds of which the newest says what the earlier ones came to.
fn family(kind: Kind) -> Option<u8> {
    match kind {
        Kind::Triggered | Kind::Escalated | Kind::Reminder | Kind::Resolved | Kind::Undone => Some(0),
        Kind::Blind | Kind::SeesAgain => Some(1),
        _ => None,
    }
}

/// Before when a message about a scenario is not tried: what follows another within a minute waits for the burst to end.
///
/// # Errors
/// What the store refuses.
pub fn not_before(change: &Change<'_>, about: &Name, recipient: &str, now: Timestamp) -> Result<Timestamp> {
    let last = change.last_told_about(&about.to_string(), recipient)?;
    Ok(last.map_or(now, |last| after(last, BURST)).max(now).min(after(now, BURST)))
}

/// Refuses a message for good and tells the others; gives how many messages that queued.
///
/// # Errors
/// What the store refuses.
pub fn refuse(change: &Change<'_>, plan: &Plan, notification: &Notification, why: &str, now: Timestamp) -> Result<u32> {
    change.mark_refused(notification.id, why)?;
    let told = Notification { last_error: Some(why.to_owned()), ..notification.clone() };
    tell_others(change, plan, Cause::Refused, &[told], now)
}

/// Gives up what has been tried for five days, and tells everyone: once mail goes out again, they know what they missed.
///
/// # Errors
/// What the store refuses.
pub fn give_up(change: &Change<'_>, plan: &Plan, why: &str, now: Timestamp) -> Result<u32> {
    let mut lost = Vec::new();
    for one in change.waiting_since_before(before(now, GIVEN_UP_AFTER))? {
        if !is_set_aside(change, &one)? {
            change.mark_refused(one.id, one.last_error.as_deref().unwrap_or(why))?;
            lost.push(one);
        }
    }
    lost.retain(is_worth_telling);
    if lost.is_empty() {
        return Ok(0);
    }
    let messages: Vec<_> = lost.iter().map(|one| undeliverable(one, why)).collect();
    let everyone = lost.iter().flat_map(|one| audience(plan, one)).collect();
    queue(change, plan, Cause::GivenUp, &messages, (distinct(everyone), now))
}

/// Tells the others of messages that are late although the server takes other mail; gives how many messages that queued.
///
/// # Errors
/// What the store refuses.
pub fn warn_of_delays(change: &Change<'_>, plan: &Plan, now: Timestamp) -> Result<u32> {
    let mut late: BTreeMap<String, Vec<Notification>> = BTreeMap::new();
    for one in change.delayed(before(now, LATE_AFTER))? {
        late.entry(one.message.recipient.clone()).or_default().push(one);
    }
    let mut queued = 0;
    for messages in late.values() {
        queued += tell_others(change, plan, Cause::Delayed, messages, now)?;
    }
    Ok(queued)
}

/// Tells the others of one recipient's messages, unless they were told lately.
fn tell_others(
    change: &Change<'_>,
    plan: &Plan,
    cause: Cause,
    messages: &[Notification],
    now: Timestamp,
) -> Result<u32> {
    let messages: Vec<_> = messages.iter().filter(|one| is_worth_telling(one)).collect();
    let Some(first) = messages.first() else { return Ok(0) };
    let recipient = &first.message.recipient;
    let fact = format!("told_undelivered {} {recipient}", cause.word());
    let told = change.fact(&fact)?.and_then(|text| text.parse().ok()).map(from_millis);
    let others: Vec<_> = audience(plan, first).into_iter().filter(|other| other != recipient).collect();
    if others.is_empty() || told.is_some_and(|told| now < after(told, TOLD_AGAIN)) {
        return Ok(0);
    }
    change.set_fact(&fact, &millis(now).to_string())?;
    let named: Vec<_> = messages.iter().map(|one| undeliverable(one, "")).collect();
    queue(change, plan, cause, &named, (others, now))
}

/// Queues a notice to each; one that is still unsent is replaced by a longer one.
fn queue(
    change: &Change<'_>,
    plan: &Plan,
    cause: Cause,
    messages: &[Undeliverable],
    (recipients, now): (Vec<String>, Timestamp),
) -> Result<u32> {
    for recipient in &recipients {
        let mut all = Vec::new();
        for unsent in change.newer_of_kind(Kind::Undelivered, recipient, 0)? {
            let Content::Undelivered(told) = &unsent.message.content else { continue };
            if told.cause == cause {
                all.extend(told.messages.iter().cloned());
                change.mark_expired(unsent.id, "overtaken: a newer notice names these messages too")?;
            }
        }
        all.extend(messages.iter().cloned());
        let newest = all.split_off(all.len().saturating_sub(NAMED));
        let told = Undelivered { cause, zone: plan.settings.zone_name.clone(), messages: newest };
        notices::undelivered(change, plan, recipient, told, now)?;
    }
    Ok(u32::try_from(recipients.len()).unwrap_or(u32::MAX))
}

/// A notice of a notice would never end.
fn is_worth_telling(notification: &Notification) -> bool {
    !matches!(notification.message.kind, Kind::Undelivered | Kind::Test)
}

fn undeliverable(notification: &Notification, why: &str) -> Undeliverable {
    let message = &notification.message;
    Undeliverable {
        notification: notification.id,
        kind: message.kind,
        about: message.content.about(),
        recipient: message.recipient.clone(),
        created: message.created,
        why: notification.last_error.clone().unwrap_or_else(|| why.to_owned()),
    }
}

/// Everyone who is told by default, and who is told of the same scenario.
fn audience(plan: &Plan, notification: &Notification) -> Vec<String> {
    let own = match &notification.message.content {
        Content::Scenario(account) => plan
            .watches
            .iter()
            .flat_map(|watch| &watch.scenarios)
            .find(|scenario| scenario.name == account.scenario)
            .map(|scenario| scenario.to.clone())
            .unwrap_or_default(),
        _ => Vec::new(),
    };
    let default = plan.settings.email.as_ref().map(|email| email.to.clone()).unwrap_or_default();
    distinct(default.into_iter().chain(own).collect())
}

fn distinct(mut recipients: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    recipients.retain(|recipient| seen.insert(recipient.clone()));
    recipients
}
