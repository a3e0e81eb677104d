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
mod offers;
mod reply;
mod stream;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::Address;
use tokio::time::timeout;

use super::{Deadlines, Reach, Rendered, SendError, Smtp};
use dialogue::Dialogue;

/// What one server is asked to take, over one connection as long as that lasts.
pub(super) struct Session {
    smtp: Smtp,
    deadlines: Deadlines,
    kept: Option<Dialogue>,
    /// Whether the message that is being sent is on its way: the server may have it.
    handed_over: Arc<AtomicBool>,
}

/// What a server is told of one message before it gets it.
struct Envelope<'a> {
    sender: Address,
    recipient: Address,
    /// The Message-ID, by which a report of the message's fate names it.
    id: &'a str,
    /// Its octets.
    size: usize,
    /// Whether an address is not ASCII (RFC 6531).
    needs_utf8: bool,
}

impl<'a> Envelope<'a> {
    fn of(rendered: &'a Rendered) -> Result<Self, SendError> {
        Ok(Self {
            sender: address(&rendered.sender)?,
            recipient: address(&rendered.recipient)?,
            id: &rendered.id,
            size: rendered.bytes.len(),
            needs_utf8: !rendered.bytes.is_ascii() || !rendered.recipient.is_ascii() || !rendered.sender.is_ascii(),
        })
    }
}

impl Session {
    /// A session that is not connected yet.
    pub fn new(smtp: Smtp, deadlines: Deadlines) -> Self {
        Self { smtp, deadlines, kept: None, handed_over: Arc::default() }
    }

    /// Sends one message; `Ok` only on a 250 to its final dot.
    ///
    /// # Errors
    /// Why it was not taken and what follows.
    pub async fn send(&mut self, rendered: &Rendered) -> Result<(), SendError> {
        self.handed_over.store(false, Ordering::Relaxed);
        let envelope = Envelope::of(rendered)?;
        let mut dialogue = self.ready(&envelope).await?;
        let outcome = self.transfer(&mut dialogue, &envelope, &rendered.bytes).await;
        // A connection whose last exchange did not end cleanly is dropped: nobody knows what its next reply answers.
        if outcome.is_ok() || dialogue.reset(self.deadlines.probe).await {
            self.kept = Some(dialogue);
        }
        outcome
    }

    /// Whether the message that is being sent is on its way, from its first byte on.
    pub fn handed_over(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.handed_over)
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
    async fn ready(&mut self, envelope: &Envelope<'_>) -> Result<Dialogue, SendError> {
        if let Some(mut dialogue) = self.kept.take()
            && within(self.deadlines.probe, "MAIL", dialogue.mail(envelope)).await.is_ok()
        {
            return Ok(dialogue);
        }
        let open = Dialogue::open(&self.smtp);
        let mut dialogue = within(self.deadlines.open, "the connection and its greeting", open).await?;
        within(self.deadlines.envelope, "MAIL", dialogue.mail(envelope)).await?;
        Ok(dialogue)
    }

    /// From the recipient on. Whatever fails here, the server was there: nothing else need fail for it.
    async fn transfer(&self, dialogue: &mut Dialogue, envelope: &Envelope<'_>, bytes: &[u8]) -> Result<(), SendError> {
        let transfer = async {
            within(self.deadlines.envelope, "RCPT and DATA", dialogue.announce(envelope)).await?;
            self.handed_over.store(true, Ordering::Relaxed);
            within(self.deadlines.message, "the message", dialogue.message(bytes)).await
        };
        transfer.await.map_err(|error| match error.reach {
            Reach::Server => error.reaching(Reach::Message),
            _ => error,
        })
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
