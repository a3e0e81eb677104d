//! Claim → render → send → mark, in the order in which messages were decided.
//!
//! What fails decides what waits: a server that turns us away holds up
//! everything and is asked again with the oldest message; a recipient holds up
//! what is addressed to them; a message only itself.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use tokio_util::sync::CancellationToken;

use super::Clock;
use super::report::{Report, Reporter};
use super::writer::Writer;
use crate::config::Plan;
use crate::model::notification::Notification;
use crate::model::time::after;
use crate::notify::{Deadlines, Failure, Mailer, Reach, Renderer, SendError, Settings};
use crate::pipeline::deliveries;
use crate::store::{Change, Round, StoreError};

/// A claim outlasts the longest try.
const CLAIM: SignedDuration = SignedDuration::from_mins(20);
/// Messages claimed at once. Each is marked by itself.
const BATCH: u32 = 32;
/// After so long the rest of a batch is claimed anew, so that no claim runs out under a message.
const BATCH_TIME: SignedDuration = SignedDuration::from_mins(5);

/// Sends what is due.
pub struct Outbox {
    plan: Arc<Plan>,
    settings: Arc<Settings>,
    renderer: Renderer,
    mailer: Mailer,
    writer: Writer,
    reporter: Reporter,
}

/// Messages that are ours to send until their claim runs out, and the moment of the claim.
struct Batch {
    messages: VecDeque<Notification>,
    claimed: Timestamp,
}

impl Outbox {
    /// An outbox that sends as the plan says; `None` where it says nothing of mail.
    pub fn new(plan: Arc<Plan>, writer: Writer, reporter: Reporter) -> Option<Self> {
        let settings = plan.settings.email.as_ref()?.sending.clone();
        let mailer = Mailer::new(settings.clone());
        Some(Self { plan, settings: Arc::new(settings), renderer: Renderer::default(), mailer, writer, reporter })
    }

    /// The same outbox with other deadlines than RFC 5321 asks for.
    pub fn with_deadlines(self, deadlines: Deadlines) -> Self {
        Self { mailer: Mailer::with_deadlines((*self.settings).clone(), deadlines), ..self }
    }

    /// Sends every message that is due, until told to stop; gives how many were taken and when the next is due.
    ///
    /// Stopping falls between two messages: one that a server has taken is marked before anything ends.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn deliver(
        &mut self,
        clock: &Clock,
        round: Round,
        stop: &CancellationToken,
    ) -> anyhow::Result<(u32, Option<Timestamp>)> {
        let mut taken = 0;
        while !stop.is_cancelled() {
            let now = clock.now();
            let span = (now, after(now, CLAIM));
            let messages = self.change(move |change| deliveries::claim(change, span, round, BATCH)).await?;
            if messages.is_empty() {
                let plan = Arc::clone(&self.plan);
                if self.change(move |change| deliveries::warn_of_delays(change, &plan, now)).await? == 0 {
                    break;
                }
                continue;
            }
            taken += self.work_off(Batch { messages: messages.into(), claimed: now }, clock, stop).await?;
        }
        self.mailer.close().await;
        let next = self.writer.with(|store| store.view().next_delivery()).await??;
        Ok((taken, next))
    }

    /// Sends a batch in its order; what is left of it when it has to end is given back.
    async fn work_off(&mut self, mut batch: Batch, clock: &Clock, stop: &CancellationToken) -> anyhow::Result<u32> {
        let mut taken = 0;
        while let Some(notification) = batch.messages.pop_front() {
            let outcome = self.send(&notification).await;
            let now = clock.now();
            match &outcome {
                Err(error) if error.reach == Reach::Server => batch.messages.clear(),
                Err(error) if error.reach == Reach::Recipient => {
                    batch.messages.retain(|other| other.message.recipient != notification.message.recipient);
                }
                _ => {}
            }
            let is_over = stop.is_cancelled() || now > after(batch.claimed, BATCH_TIME);
            let next = batch.messages.front().filter(|_| !is_over).map(|next| next.id);
            taken += u32::from(outcome.is_ok());
            self.settle(notification, outcome, (next, now)).await?;
            if is_over {
                break;
            }
        }
        if !batch.messages.is_empty() {
            self.change(|change| change.release_claims()).await?;
        }
        Ok(taken)
    }

    async fn send(&mut self, notification: &Notification) -> Result<(), SendError> {
        let rendered = self.renderer.render(&notification.message, &self.settings.sender).map_err(|why| SendError {
            kind: Failure::Refused,
            reach: Reach::Message,
            message: why,
        })?;
        self.mailer.send(&rendered).await
    }

    /// Writes down how a try ended and that the next begins, in one transaction, and tells.
    async fn settle(
        &self,
        notification: Notification,
        outcome: Result<(), SendError>,
        (next, now): (Option<i64>, Timestamp),
    ) -> anyhow::Result<()> {
        let message = notification.message.clone();
        let plan = Arc::clone(&self.plan);
        let failure = outcome.err();
        let error = failure.clone();
        let is_final = self
            .change(move |change| {
                let is_final = match &error {
                    None => change.mark_sent(notification.id, now).map(|()| true),
                    Some(error) => fail(change, &plan, &notification, error, now),
                }?;
                next.map(|next| change.begin_try(next)).transpose()?;
                Ok(is_final)
            })
            .await?;
        let recipient = message.recipient;
        let report = match failure {
            None => Report::Sent { recipient, kind: message.kind.word(), message_id: message.message_id },
            Some(error) => {
                let follows =
                    if is_final { "it is not tried again (`watchfloor mail retry`)" } else { "it is tried again" };
                Report::NotSent { recipient, why: format!("{}; {follows}", error.message) }
            }
        };
        (self.reporter)(report);
        Ok(())
    }

    /// One transaction on the store's thread.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Change<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> anyhow::Result<T> {
        Ok(self.writer.with(move |store| store.write(work)).await??)
    }
}

/// Writes down a failure and what it means for the other messages; tells whether it is final.
fn fail(
    change: &Change<'_>,
    plan: &Plan,
    notification: &Notification,
    error: &SendError,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (id, why) = (notification.id, error.message.as_str());
    if error.kind == Failure::Refused {
        deliveries::refuse(change, plan, notification, why, now)?;
        return Ok(true);
    }
    let next = next_try(notification.attempts.saturating_add(1), id, now);
    change.postpone(id, why, next)?;
    match error.reach {
        Reach::Server => change.postpone_all(why, next)?,
        Reach::Recipient => change.postpone_recipient(&notification.message.recipient, why, next)?,
        Reach::Message => {}
    }
    deliveries::give_up(change, plan, why, now)?;
    Ok(change.notification(id)?.is_some_and(|one| one.next_try.is_none()))
}

/// When a message is tried again after so many tries: after 1, 2, 4, 8, then every 12 to 15 minutes.
///
/// Up to a quarter is added, different for each message and try but always the same for one, so that many messages
/// (and many installations) do not come back in one moment.
pub fn next_try(attempts: u32, message: i64, now: Timestamp) -> Timestamp {
    const LONGEST: i64 = 12 * 60;
    let base = 60_i64.checked_shl(attempts.saturating_sub(1).min(4)).unwrap_or(LONGEST).min(LONGEST);
    // SplitMix64's finaliser: spreads neighbouring numbers over the whole range.
    let mut mixed = (message.unsigned_abs().wrapping_mul(31) ^ u64::from(attempts)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let jitter = i64::try_from(mixed >> 33).unwrap_or(0) % (base / 4 + 1);
    after(now, SignedDuration::from_secs(base + jitter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_back_off_to_a_quarter_of_an_hour() {
        let now = Timestamp::UNIX_EPOCH;
        let wait = |attempts, message| next_try(attempts, message, now).as_second();
        for (attempts, base) in [(1, 60), (2, 120), (3, 240), (4, 480), (5, 720), (6, 720), (u32::MAX, 720)] {
            let waits: Vec<_> = (1..200).map(|message| wait(attempts, message)).collect();
            assert!(waits.iter().all(|wait| (base..=base + base / 4).contains(wait)), "{attempts}: {waits:?}");
            assert!(waits.iter().min() != waits.iter().max(), "they do not come back in one moment");
            assert_eq!(wait(attempts, 7), wait(attempts, 7), "a replay is always the same");
        }
    }
}
