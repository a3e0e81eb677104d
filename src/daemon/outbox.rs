//! Claim → render → send → mark, in the order in which messages were decided.
//!
//! What fails decides what waits: a server that turns us away holds up
//! everything and is asked again with the oldest message; a recipient holds up
//! what is addressed to them; a message only what follows it in its thread.
//! While one message travels, the one before it is marked and the one behind
//! it is rendered.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use tokio_util::sync::CancellationToken;

use super::Clock;
use super::lanes::{Landed, Lanes, Letter, follows};
use super::report::{Report, Reporter};
use super::writer::Writer;
use crate::config::Plan;
use crate::model::notification::Notification;
use crate::model::time::after;
use crate::notify::{Deadlines, Failure, Reach, Rendered, Renderer, SendError, Settings};
use crate::pipeline::deliveries;
use crate::store::{Change, Round, StoreError};

/// A claim outlasts the longest try, and the time that a claimed message may wait for it.
const CLAIM: SignedDuration = SignedDuration::from_mins(20);
/// Messages claimed at once, since a claim puts all that is due in order. Each is marked by itself.
const BATCH: u32 = 128;
/// More are claimed while fewer than this are left, so that no lane waits for a claim.
const LOW: usize = 16;
/// Messages that may lie here, where those in front wait for one that hangs.
const MOST: usize = 256;
/// After so long what is left is given back and claimed anew, so that no claim runs out under a message.
const BATCH_TIME: SignedDuration = SignedDuration::from_mins(5);

/// Sends what is due.
pub struct Outbox {
    plan: Arc<Plan>,
    settings: Arc<Settings>,
    renderer: Renderer,
    lanes: Lanes,
    batch: Batch,
    writer: Writer,
    reporter: Reporter,
}

/// Messages that are ours to send until their claim runs out.
#[derive(Default)]
struct Batch {
    messages: VecDeque<Queued>,
    /// When the oldest of them was claimed.
    claimed: Timestamp,
    /// Whether the last claim took all that was due.
    is_dry: bool,
    /// Messages to be given back with the next transaction.
    given_back: Vec<i64>,
    /// Messages whose try has begun and is not counted yet.
    begun: Vec<i64>,
}

/// A message in front of the lanes.
struct Queued {
    letter: Letter,
    /// As it goes out, once there was time to render it.
    rendered: Option<Result<Rendered, SendError>>,
}

impl Batch {
    /// Gives back what a predicate names.
    fn give_back(&mut self, is_meant: impl Fn(&Notification) -> bool) {
        let (given, kept): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.messages).into_iter().partition(|one| is_meant(&one.letter.notification));
        self.messages = kept;
        self.given_back.extend(given.iter().map(|one| one.letter.notification.id));
    }

    /// The place of the first message that waits for none under way, nor for one in front of it that does.
    fn first_free(&self, lanes: &Lanes) -> Option<usize> {
        let mut held: Vec<&Notification> = Vec::new();
        for (place, one) in self.messages.iter().enumerate() {
            let notification = &one.letter.notification;
            if !lanes.leads(notification) && !held.iter().any(|before| follows(notification, before)) {
                return Some(place);
            }
            held.push(notification);
        }
        None
    }

    /// What a failure means for the messages that are still here.
    fn react(&mut self, notification: &Notification, error: &SendError) {
        match error.reach {
            Reach::Server => self.give_back(|_| true),
            Reach::Recipient => self.give_back(|other| other.message.recipient == notification.message.recipient),
            Reach::Message => self.give_back(|other| follows(other, notification)),
        }
    }
}

impl Outbox {
    /// An outbox that sends as the plan says; `None` where it says nothing of mail.
    pub fn new(plan: Arc<Plan>, writer: Writer, reporter: Reporter) -> Option<Self> {
        let settings = Arc::new(plan.settings.email.as_ref()?.sending.clone());
        let lanes = Lanes::new(Arc::clone(&settings));
        Some(Self { plan, settings, renderer: Renderer::default(), lanes, batch: Batch::default(), writer, reporter })
    }

    /// The same outbox with other deadlines than RFC 5321 asks for, and another patience with a message that hangs.
    pub fn with_deadlines(self, deadlines: Deadlines, patience: Duration) -> Self {
        Self { lanes: self.lanes.with_deadlines(deadlines, patience), ..self }
    }

    /// Sends every message that is due, until told to stop; gives how many were taken and when the next is due.
    ///
    /// Stopping gives up what no server can have yet. The answer to a message that is on its way is waited for, and one that
    /// a server has taken is marked before anything ends.
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
        loop {
            let is_over = stop.is_cancelled();
            if is_over || clock.now() > after(self.batch.claimed, BATCH_TIME) {
                self.batch.give_back(|_| true);
            }
            if is_over {
                self.batch.given_back.extend(self.lanes.give_up());
            } else {
                self.refill(clock, round).await?;
                self.begin();
            }
            self.note(None, clock.now()).await?;
            if self.lanes.is_empty() {
                break;
            }
            let landed = tokio::select! {
                landed = self.lanes.next() => landed,
                () = stop.cancelled(), if !is_over => continue,
            };
            if let Some(landed) = landed {
                taken += u32::from(landed.outcome.is_ok());
                self.take(landed, clock.now(), is_over).await?;
            } else {
                self.batch.is_dry = false;
            }
        }
        if !stop.is_cancelled() {
            self.lanes.close().await;
        }
        let next = self.writer.with(|store| store.view().next_delivery()).await??;
        Ok((taken, next))
    }

    /// Claims what is due where little is left, and warns of delays where nothing is.
    async fn refill(&mut self, clock: &Clock, round: Round) -> anyhow::Result<()> {
        loop {
            let waiting = self.batch.messages.len();
            let is_stuck = self.batch.first_free(&self.lanes).is_none() && waiting < MOST;
            if !(is_stuck || waiting < LOW) || (self.batch.is_dry && waiting > 0) {
                return Ok(());
            }
            if self.batch.is_dry && !self.lanes.is_empty() {
                return Ok(());
            }
            let now = clock.now();
            let given = std::mem::take(&mut self.batch.given_back);
            let claim = move |change: &Change<'_>| {
                change.release(&given)?;
                deliveries::claim(change, (now, after(now, CLAIM)), round, BATCH)
            };
            let claimed = self.change(claim).await?;
            self.batch.is_dry = claimed.len() < BATCH as usize;
            if claimed.is_empty() {
                let plan = Arc::clone(&self.plan);
                if self.change(move |change| deliveries::warn_of_delays(change, &plan, now)).await? == 0 {
                    return Ok(());
                }
                self.batch.is_dry = false;
                continue;
            }
            if self.batch.messages.is_empty() {
                self.batch.claimed = now;
            }
            // A clock that leapt ahead makes claims run out; what is under way is not tried a second time meanwhile.
            let fresh = claimed.into_iter().filter(|one| !self.lanes.has(one.id));
            let queued = |notification| Queued { letter: Letter { notification, is_slim: false }, rendered: None };
            self.batch.messages.extend(fresh.map(queued));
        }
    }

    /// Begins the next message, where one may.
    fn begin(&mut self) {
        while self.lanes.is_open() {
            let Some(place) = self.batch.first_free(&self.lanes) else { return };
            let Some(Queued { letter, rendered }) = self.batch.messages.remove(place) else { return };
            let rendered = rendered.unwrap_or_else(|| render(&mut self.renderer, &self.settings, &letter));
            let is_slim = rendered.as_ref().is_ok_and(|rendered| !rendered.has_pictures);
            let letter = Letter { is_slim, ..letter };
            self.batch.begun.push(letter.notification.id);
            self.lanes.begin(letter, rendered);
        }
    }

    /// What follows from how a try ended. The next begins first, then this one is written down.
    async fn take(&mut self, landed: Landed, now: Timestamp, is_over: bool) -> anyhow::Result<()> {
        let Landed { letter, outcome } = landed;
        if let Err(error) = &outcome {
            if error.kind == Failure::TooLarge && !letter.is_slim {
                let letter = Letter { is_slim: true, ..letter };
                self.batch.messages.push_front(Queued { letter, rendered: None });
                return Ok(());
            }
            self.batch.react(&letter.notification, error);
        }
        if !is_over {
            self.begin();
        }
        self.note(Some((letter.notification, outcome)), now).await
    }

    /// Writes down what has happened since the last time, in one transaction, and tells; renders the next message
    /// meanwhile.
    async fn note(
        &mut self,
        ended: Option<(Notification, Result<(), SendError>)>,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let (given_back, begun) = (std::mem::take(&mut self.batch.given_back), std::mem::take(&mut self.batch.begun));
        if ended.is_none() && given_back.is_empty() && begun.is_empty() {
            return Ok(());
        }
        let plan = Arc::clone(&self.plan);
        let writer = self.writer.clone();
        let work = move |change: &Change<'_>| -> Result<_, StoreError> {
            change.release(&given_back)?;
            begun.iter().try_for_each(|id| change.begin_try(*id))?;
            let Some((notification, outcome)) = ended else { return Ok(None) };
            let is_final = match &outcome {
                Ok(()) => change.mark_sent(notification.id, now).map(|()| true),
                Err(error) => fail(change, &plan, &notification, error, now),
            }?;
            Ok(Some((notification, outcome, is_final)))
        };
        let written = writer.with(move |store| store.write(work));
        let (written, ()) = tokio::join!(written, async { self.render_next() });
        if let Some((notification, outcome, is_final)) = written?? {
            (self.reporter)(report(notification, outcome, is_final));
        }
        Ok(())
    }

    /// Renders the message that most likely goes next.
    fn render_next(&mut self) {
        let Some(next) = self.batch.messages.front_mut().filter(|next| next.rendered.is_none()) else { return };
        next.rendered = Some(render(&mut self.renderer, &self.settings, &next.letter));
    }

    /// One transaction on the store's thread.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Change<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> anyhow::Result<T> {
        Ok(self.writer.with(move |store| store.write(work)).await??)
    }
}

fn render(renderer: &mut Renderer, settings: &Settings, letter: &Letter) -> Result<Rendered, SendError> {
    let message = &letter.notification.message;
    let rendered = match letter.is_slim {
        false => renderer.render(message, &settings.sender),
        true => renderer.render_without_pictures(message, &settings.sender),
    };
    rendered.map_err(|why| SendError { kind: Failure::Refused, reach: Reach::Message, message: why })
}

fn report(notification: Notification, outcome: Result<(), SendError>, is_final: bool) -> Report {
    let message = notification.message;
    let recipient = message.recipient;
    match outcome {
        Ok(()) => Report::Sent { recipient, kind: message.kind.word(), message_id: message.message_id },
        Err(error) => {
            let follows =
                if is_final { "it is not tried again (`watchfloor mail retry`)" } else { "it is tried again" };
            Report::NotSent { recipient, why: format!("{}; {follows}", error.message) }
        }
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
    if matches!(error.kind, Failure::Refused | Failure::TooLarge) {
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
