//! Decisions → messages in the outbox, each with its identity fixed.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{deliveries, silences};
use crate::config::plan::{Feed, Plan, Watch};
use crate::model::alert::Account;
use crate::model::feed::FeedState;
use crate::model::name::Name;
use crate::model::notification::{Content, Digest, FeedNotice, Kind, Message, StoreNotice, Thread, Undelivered};
use crate::model::scenario::Scenario;
use crate::model::time::millis;
use crate::store::{Change, NewNotification, Result};

/// Queues a message about a scenario to each of its recipients; gives how many.
///
/// `number` tells messages of one kind about one scenario apart: the transition's, or the moment of a reminder.
///
/// # Errors
/// What the store refuses.
pub fn about_scenario(
    change: &Change<'_>,
    plan: &Plan,
    scenario: &Scenario,
    (kind, alert, number): (Kind, Option<i64>, i64),
    account: Account,
) -> Result<u32> {
    let now = account.at;
    let opened = match alert {
        Some(alert) => change.alert(alert)?.map(|alert| alert.opened),
        None => None,
    };
    let subject = format!("{} {}", scenario.name, opened.map(millis).unwrap_or_default());
    let envelope = Envelope {
        plan,
        kind,
        now,
        alert,
        watch: Some(scenario.name.watch()),
        thread: Some(format!("scenario {subject}")),
        about: (kind != Kind::Drill).then(|| scenario.name.clone()),
        what: format!("{subject} {number}"),
    };
    envelope.queue(change, recipients(plan, &scenario.to), &Content::Scenario(Box::new(account)))
}

/// Queues a message about a feed or one of its extractors to everyone who is told by default.
///
/// # Errors
/// What the store refuses.
pub fn about_feed(change: &Change<'_>, plan: &Plan, kind: Kind, notice: FeedNotice, now: Timestamp) -> Result<u32> {
    let what = format!("{} {}", notice.feed, notice.indicators.join(" "));
    let watch = notice.feed.watch().to_owned();
    let envelope = Envelope {
        plan,
        kind,
        now,
        alert: None,
        watch: Some(&watch),
        thread: Some(format!("feed {}", notice.feed)),
        about: None,
        what,
    };
    envelope.queue(change, recipients(plan, &[]), &Content::Feed(Box::new(notice)))
}

/// Queues the daily picture.
///
/// # Errors
/// What the store refuses.
pub fn digest(change: &Change<'_>, plan: &Plan, digest: Digest, now: Timestamp) -> Result<u32> {
    Envelope::plain(plan, Kind::Digest, "digest", now).queue(change, recipients(plan, &[]), &Content::Digest(digest))
}

/// Queues a message to see whether mail arrives.
///
/// # Errors
/// What the store refuses.
pub fn test(change: &Change<'_>, plan: &Plan, now: Timestamp) -> Result<u32> {
    Envelope::plain(plan, Kind::Test, "test", now).queue(change, recipients(plan, &[]), &Content::Test)
}

/// Queues a notice of messages that did not arrive.
///
/// # Errors
/// What the store refuses.
pub fn undelivered(
    change: &Change<'_>,
    plan: &Plan,
    recipient: &str,
    undelivered: Undelivered,
    now: Timestamp,
) -> Result<u32> {
    let numbers: Vec<_> = undelivered.messages.iter().map(|message| message.notification.to_string()).collect();
    let what = format!("{} {}", undelivered.cause.word(), numbers.join(" "));
    let content = Content::Undelivered(Box::new(undelivered));
    Envelope::plain(plan, Kind::Undelivered, &what, now).queue(change, &[recipient.to_owned()], &content)
}

/// The messages that the store refuses, one to everyone who is told by default. They are not queued: the outbox is in the
/// store.
pub fn store_broken(plan: &Plan, notice: &StoreNotice, now: Timestamp) -> Vec<Message> {
    let envelope = about_store(plan, Kind::StoreBroken, notice, now);
    let message = |recipient: &String| Message {
        kind: envelope.kind,
        recipient: recipient.clone(),
        message_id: envelope.identity(recipient),
        created: now,
        alert: None,
        watch: None,
        thread: Thread { root: envelope.root(), earlier: Vec::new() },
        content: Content::Store(Box::new(notice.clone())),
        folded: Vec::new(),
    };
    recipients(plan, &[]).iter().map(message).collect()
}

/// Queues the news that the store takes everything again.
///
/// # Errors
/// What the store refuses.
pub fn store_recovered(change: &Change<'_>, plan: &Plan, notice: StoreNotice, now: Timestamp) -> Result<u32> {
    let envelope = about_store(plan, Kind::StoreRecovered, &notice, now);
    envelope.queue(change, recipients(plan, &[]), &Content::Store(Box::new(notice)))
}

/// Remembers what a whole check of the store found; queues the news of damage once, and gives whether it is news.
///
/// # Errors
/// What the store refuses.
pub fn examined(change: &Change<'_>, plan: &Plan, damage: Option<String>, now: Timestamp) -> Result<bool> {
    let is_known = change.damage()?.is_some();
    change.set_damage(damage.as_deref())?;
    let Some(error) = damage.filter(|_| !is_known) else { return Ok(false) };
    let (path, zone) = (plan.settings.store.display().to_string(), plan.settings.zone_name.clone());
    let notice = StoreNotice { path, zone, since: now, until: None, error, refusals: 0, works: Vec::new() };
    let envelope = about_store(plan, Kind::StoreDamaged, &notice, now);
    envelope.queue(change, recipients(plan, &[]), &Content::Store(Box::new(notice)))?;
    Ok(true)
}

fn about_store<'p>(plan: &'p Plan, kind: Kind, notice: &StoreNotice, now: Timestamp) -> Envelope<'p> {
    let subject = format!("store {}", millis(notice.since));
    Envelope { thread: Some(subject.clone()), ..Envelope::plain(plan, kind, &subject, now) }
}

/// What is said about a feed.
pub fn feed_notice(watch: &Watch, feed: &Feed, state: &FeedState) -> FeedNotice {
    let reads = |indicator: &&crate::config::plan::WatchedIndicator| {
        indicator.spec.inputs.iter().any(|input| input.feed == feed.name)
    };
    FeedNotice {
        feed: feed.name.clone(),
        watch_title: watch.title.clone(),
        zone: watch.zone_name.clone(),
        source: feed.source.title.clone(),
        health: state.health.word().to_owned(),
        since: state.since,
        last_success: state.last_success,
        error: state.last_error.clone(),
        indicators: watch.indicators.iter().filter(reads).map(|indicator| indicator.spec.title.clone()).collect(),
    }
}

fn recipients<'p>(plan: &'p Plan, own: &'p [String]) -> &'p [String] {
    match &plan.settings.email {
        None => &[],
        Some(_) if !own.is_empty() => own,
        Some(email) => &email.to,
    }
}

/// What a message's identity is made from.
struct Envelope<'a> {
    plan: &'a Plan,
    kind: Kind,
    now: Timestamp,
    alert: Option<i64>,
    watch: Option<&'a str>,
    thread: Option<String>,
    /// The scenario whose bursts are folded.
    about: Option<Name>,
    what: String,
}

impl<'a> Envelope<'a> {
    /// For a message that belongs to no watch and no thread.
    fn plain(plan: &'a Plan, kind: Kind, what: &str, now: Timestamp) -> Self {
        Self { plan, kind, now, alert: None, watch: None, thread: None, about: None, what: what.to_owned() }
    }

    fn queue(&self, change: &Change<'_>, recipients: &[String], content: &Content) -> Result<u32> {
        let thread = self.root();
        let silences = change.silences(self.now)?;
        let held = silences::holder(&silences, self.kind, content);
        for recipient in recipients {
            let message_id = self.identity(recipient);
            let not_before = match &self.about {
                Some(about) => deliveries::not_before(change, about, recipient, self.now)?,
                None => self.now,
            };
            let about = self.about.as_ref().map(Name::to_string);
            let new = NewNotification {
                kind: self.kind,
                recipient,
                message_id: &message_id,
                alert: self.alert,
                watch: self.watch,
                thread: thread.as_deref(),
                about: about.as_deref(),
                not_before,
                content,
                held,
            };
            change.queue(new, self.now)?;
        }
        Ok(u32::try_from(recipients.len()).unwrap_or(u32::MAX))
    }

    /// The stable root of the thread it belongs to.
    fn root(&self) -> Option<String> {
        self.thread.as_ref().map(|thread| format!("{}@{}", fingerprint(&[thread]), self.domain()))
    }

    /// The Message-ID to one recipient.
    fn identity(&self, recipient: &str) -> String {
        let moment = millis(self.now).to_string();
        let name = fingerprint(&[self.kind.word(), &self.what, recipient, &moment]);
        format!("{}.{moment}.{name}@{}", self.kind.word(), self.domain())
    }

    /// The sender's domain names our messages (RFC 5322, 3.6.4).
    fn domain(&self) -> String {
        let from =
            self.plan.settings.email.as_ref().map(|email| email.sending.sender.from.as_str()).unwrap_or_default();
        let domain = from.rsplit_once('@').map(|(_, domain)| domain.trim_end_matches(['>', ' '])).unwrap_or_default();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        if !domain.is_empty() && domain.chars().all(is_plain) {
            domain.to_owned()
        } else {
            "watchfloor.invalid".to_owned()
        }
    }
}

fn fingerprint(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
