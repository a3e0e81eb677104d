//! Messages that silences hold: none is lost, and what no longer matters is not sent late.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Effects, earliest};
use crate::model::act::Act;
use crate::model::notification::{Kind, Notification};
use crate::store::{Change, Result};

/// Lets go what no silence holds any longer: what still matters is sent now, what was overtaken says so.
///
/// # Errors
/// What the store refuses.
pub fn release(change: &Change<'_>, now: Timestamp) -> Result<Effects> {
    let held = change.held_notifications()?;
    let mut effects = Effects::default();
    if held.is_empty() {
        return Ok(effects);
    }
    let silences = change.silences(now)?;
    let mut free: HashMap<(Option<String>, String), Vec<Notification>> = HashMap::new();
    for notification in held {
        let message = &notification.message;
        match holder(&silences, message.kind, &message.content) {
            Some(silence) => {
                if notification.held != Some(silence.id) {
                    change.hold(notification.id, silence)?;
                }
                effects.wake = earliest(effects.wake, silence.until);
            }
            None => {
                let thread = (message.thread.root.clone(), message.recipient.clone());
                free.entry(thread).or_default().push(notification);
            }
        }
    }
    for notifications in free.into_values() {
        let kinds: Vec<Kind> = notifications.iter().map(|one| one.message.kind).collect();
        for (place, notification) in notifications.iter().enumerate() {
            match overtaken(&kinds, place) {
                Some(why) => change.mark_expired(notification.id, why)?,
                None => {
                    change.let_go(notification.id, now)?;
                    effects.notifications += 1;
                }
            }
        }
    }
    Ok(effects)
}

/// The silence that holds a message; of several the one that ends last.
pub fn holder<'a>(silences: &'a [Act], kind: Kind, content: &crate::model::notification::Content) -> Option<&'a Act> {
    let holding = silences.iter().filter(|silence| silence.holds(kind, content));
    holding.max_by_key(|silence| silence.until.unwrap_or(Timestamp::MAX))
}

/// Why one of the held messages of a thread no longer matters, in the order in which they were decided.
///
/// That a scenario triggered, and how it ended, is told in any case. A reminder
/// comes again by itself, and what was broken and works again needs nobody.
fn overtaken(kinds: &[Kind], place: usize) -> Option<&'static str> {
    let ends = |kind: Kind| match kind {
        Kind::Blind => Some(Kind::SeesAgain),
        Kind::FeedBroken | Kind::ExtractorBroken => Some(Kind::FeedRecovered),
        _ => None,
    };
    let kind = *kinds.get(place)?;
    let (before, later) = (kinds.get(..place)?, kinds.get(place + 1..)?);
    match kind {
        Kind::Reminder => Some("overtaken: a reminder that was silenced comes again by itself"),
        Kind::Blind | Kind::FeedBroken | Kind::ExtractorBroken => {
            let end = ends(kind)?;
            later.contains(&end).then_some("overtaken: it was over before the silence was")
        }
        Kind::SeesAgain | Kind::FeedRecovered => {
            let began = before.iter().any(|earlier| ends(*earlier) == Some(kind));
            began.then_some("overtaken: what it ends was silenced as well")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kinds: &[Kind], sent: &[Kind]) {
        let kept: Vec<Kind> = (0..kinds.len()).filter(|n| overtaken(kinds, *n).is_none()).map(|n| kinds[n]).collect();
        assert_eq!(kept, sent, "{kinds:?}");
    }

    #[test]
    fn what_still_matters_is_sent() {
        use Kind::*;
        check(&[Triggered, Reminder, Resolved], &[Triggered, Resolved]);
        check(&[Blind, SeesAgain], &[]);
        check(&[SeesAgain], &[SeesAgain]);
        check(&[Blind, SeesAgain, Blind], &[Blind]);
        check(&[FeedBroken], &[FeedBroken]);
        check(&[FeedBroken, FeedRecovered], &[]);
        check(&[Triggered, Undone], &[Triggered, Undone]);
    }
}
