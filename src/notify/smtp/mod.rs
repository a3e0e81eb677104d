//! The `smtp` transport: one session with one server (RFC 5321).
//!
//! Our own dialogue over our own socket, with lettre's commands and login
//! mechanisms: its connection has no deadline after connecting, waits 44 ms a
//! message for want of TCP_NODELAY, and takes plain text that was smuggled in
//! behind the reply to STARTTLS for replies inside TLS.
//!
//! `dialogue` speaks, `reply` listens, `stream` connects. Here is what belongs
//! to a session: keeping the connection, deadlines, what a failure means.

mod dialogue;
mod reply;
mod stream;

use std::time::Duration;

use lettre::Address;
use tokio::time::timeout;

use super::{Deadlines, Rendered, SendError, Smtp};
use dialogue::Dialogue;

/// What one server is asked to take, over one connection as long as that lasts.
pub(super) struct Session {
    smtp: Smtp,
    deadlines: Deadlines,
    kept: Option<Dialogue>,
}

/// Sender and recipient of one message.
struct Envelope {
    sender: Address,
    recipient: Address,
}

impl Session {
    /// A session that is not connected yet.
    pub fn new(smtp: Smtp, deadlines: Deadlines) -> Self {
        Self { smtp, deadlines, kept: None }
    }

    /// Sends one message; `Ok` only on a 250 to its final dot.
    ///
    /// # Errors
    /// Why it was not taken and what follows.
    pub async fn send(&mut self, rendered: &Rendered) -> Result<(), SendError> {
        let envelope = Envelope { sender: address(&rendered.sender)?, recipient: address(&rendered.recipient)? };
        let mut dialogue = self.ready(&envelope.sender).await?;
        let outcome = self.transfer(&mut dialogue, &envelope, &rendered.bytes).await;
        // A connection whose last exchange did not end cleanly is dropped: nobody knows what its next reply answers.
        if outcome.is_ok() || dialogue.reset(self.deadlines.probe).await {
            self.kept = Some(dialogue);
        }
        outcome
    }

    /// Says goodbye, where there is someone to say it to.
    pub async fn close(&mut self) {
        if let Some(dialogue) = self.kept.take() {
            dialogue.quit(self.deadlines.probe).await;
        }
    }

    /// A dialogue in which the server has taken the sender.
    ///
    /// A kept connection may have died meanwhile; that shows at MAIL, when
    /// nothing has been handed over yet, and a new one is opened instead.
    async fn ready(&mut self, sender: &Address) -> Result<Dialogue, SendError> {
        if let Some(mut dialogue) = self.kept.take()
            && within(self.deadlines.probe, "MAIL", dialogue.mail(sender)).await.is_ok()
        {
            return Ok(dialogue);
        }
        let open = Dialogue::open(&self.smtp);
        let mut dialogue = within(self.deadlines.open, "the connection and its greeting", open).await?;
        within(self.deadlines.envelope, "MAIL", dialogue.mail(sender)).await?;
        Ok(dialogue)
    }

    async fn transfer(&self, dialogue: &mut Dialogue, envelope: &Envelope, bytes: &[u8]) -> Result<(), SendError> {
        let announced = dialogue.announce(&envelope.recipient);
        within(self.deadlines.envelope, "RCPT and DATA", announced).await?;
        within(self.deadlines.message, "the message", dialogue.message(bytes)).await
    }
}

/// An overall deadline round any number of reads and writes.
async fn within<T>(
    limit: Duration,
    what: &str,
    step: impl Future<Output = Result<T, SendError>>,
) -> Result<T, SendError> {
    let late =
        || SendError::transient(format!("the mail server did not finish {what} within {} s", limit.as_secs_f64()));
    timeout(limit, step).await.unwrap_or_else(|_| Err(late()))
}

fn address(text: &str) -> Result<Address, SendError> {
    text.parse().map_err(|error| SendError::refused(format!("`{text}` cannot be used as an address: {error}")))
}
