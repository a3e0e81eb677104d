//! Claim → render → send → mark, one message at a time.

use jiff::{SignedDuration, Timestamp};

use tokio_util::sync::CancellationToken;

use super::Clock;
use super::report::{Report, Reporter};
use super::writer::Writer;
use crate::model::notification::Notification;
use crate::model::time::after;
use crate::notify::{self, Failure, Mailer, Settings};
use crate::store::StoreError;

/// A claim outlasts the longest try.
const CLAIM: SignedDuration = SignedDuration::from_mins(20);
/// A message that no server has taken for so long is given up (RFC 5321, 4.5.4.1 asks for 4 to 5 days).
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(5 * 24);

/// Sends what is due.
pub struct Outbox {
    settings: Settings,
    mailer: Mailer,
    writer: Writer,
    reporter: Reporter,
}

impl Outbox {
    /// An outbox that sends as the settings say.
    pub fn new(settings: Settings, writer: Writer, reporter: Reporter) -> Self {
        Self { mailer: Mailer::new(settings.clone()), settings, writer, reporter }
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
        stop: &CancellationToken,
    ) -> anyhow::Result<(u32, Option<Timestamp>)> {
        let mut taken = 0;
        while !stop.is_cancelled() {
            let now = clock.now();
            let claimed =
                self.writer.with(move |store| store.write(|change| change.claim(now, after(now, CLAIM)))).await??;
            let Some(notification) = claimed else { break };
            taken += u32::from(self.try_one(&notification, clock).await?);
        }
        self.mailer.close().await;
        let next = self.writer.with(|store| store.view().next_delivery()).await??;
        Ok((taken, next))
    }

    async fn try_one(&mut self, notification: &Notification, clock: &Clock) -> anyhow::Result<bool> {
        let message = &notification.message;
        let id = notification.id;
        let result = match notify::render(message, &self.settings.from) {
            Ok(rendered) => self.mailer.send(&rendered).await,
            Err(why) => Err(notify::SendError { kind: Failure::Refused, message: why }),
        };
        let now = clock.now();
        let recipient = message.recipient.clone();
        let Err(error) = result else {
            self.writer.with(move |store| store.write(|change| change.mark_sent(id, now))).await??;
            let (kind, message_id) = (message.kind.word(), message.message_id.clone());
            (self.reporter)(Report::Sent { recipient, kind, message_id });
            return Ok(true);
        };
        let is_over = error.kind == Failure::Refused || now > after(message.created, GIVEN_UP_AFTER);
        let why = error.message.clone();
        let next = next_try(notification.attempts, now);
        let mark = move |store: &mut crate::store::Store| -> Result<(), StoreError> {
            store.write(|change| if is_over { change.mark_refused(id, &why) } else { change.postpone(id, &why, next) })
        };
        self.writer.with(mark).await??;
        let what_follows =
            if is_over { "it is not tried again (`watchfloor mail retry`)" } else { "it is tried again" };
        (self.reporter)(Report::NotSent { recipient, why: format!("{}; {what_follows}", error.message) });
        Ok(false)
    }
}

/// When a message is tried again: after 1, 2, 4, 8, then every 15 minutes.
pub fn next_try(attempts: u32, now: Timestamp) -> Timestamp {
    let minutes = 1_i64.checked_shl(attempts.saturating_sub(1).min(4)).unwrap_or(15).min(15);
    after(now, SignedDuration::from_mins(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_back_off_to_a_quarter_of_an_hour() {
        let now = Timestamp::UNIX_EPOCH;
        let waits: Vec<i64> = (1..7).map(|attempts| next_try(attempts, now).as_second() / 60).collect();
        assert_eq!(waits, [1, 2, 4, 8, 15, 15]);
    }
}
