//! Handing rendered messages to the configured transport.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::file::File;
use super::sendmail::Sendmail;
use super::smtp::Session;
use super::{Failure, Reach, Rendered, SendError, Settings, Transport};

/// How long each part of a send may take, all of it and not each read: a server that drips keeps nobody waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Connecting, TLS, greeting and login together.
    pub open: Duration,
    /// The first answer on a connection kept from an earlier message, before a new one is opened instead.
    pub probe: Duration,
    /// MAIL, RCPT and DATA together.
    pub envelope: Duration,
    /// From the first byte of the message to the reply to its final dot. RFC 5321 section 4.5.3.2.6 asks for ten
    /// minutes: who hangs up earlier makes repeats.
    pub message: Duration,
    /// A local program or folder.
    pub local: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            open: Duration::from_secs(60),
            probe: Duration::from_secs(10),
            envelope: Duration::from_secs(60),
            message: Duration::from_secs(600),
            local: Duration::from_secs(120),
        }
    }
}

/// Sends rendered messages, keeping a connection where many go out.
#[derive(Debug)]
pub struct Mailer {
    carrier: Carrier,
}

/// A transport at work.
enum Carrier {
    File(File),
    Sendmail(Sendmail),
    Smtp(Box<Session>),
}

impl fmt::Debug for Carrier {
    /// The word only: a session knows a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File(_) => "file",
            Self::Sendmail(_) => "sendmail",
            Self::Smtp(_) => "smtp",
        })
    }
}

impl Mailer {
    /// A mailer; connects at the first message.
    pub fn new(settings: Settings) -> Self {
        Self::with_deadlines(settings, Deadlines::default())
    }

    /// A mailer with other deadlines than RFC 5321 asks for.
    pub fn with_deadlines(settings: Settings, deadlines: Deadlines) -> Self {
        let carrier = match settings.transport {
            Transport::File { dir } => Carrier::File(File::new(dir)),
            Transport::Sendmail { path } => Carrier::Sendmail(Sendmail::new(path, deadlines.local)),
            Transport::Smtp(smtp) => Carrier::Smtp(Box::new(Session::new(smtp, deadlines))),
        };
        Self { carrier }
    }

    /// Sends one message under an overall deadline. `Ok` only after the transport has taken it for good.
    ///
    /// # Errors
    /// Why it was not taken and what follows.
    pub async fn send(&mut self, rendered: &Rendered) -> Result<(), SendError> {
        match &mut self.carrier {
            Carrier::File(file) => file.send(rendered).await,
            Carrier::Sendmail(sendmail) => sendmail.send(rendered).await,
            Carrier::Smtp(session) => session.send(rendered).await,
        }
    }

    /// Whether the message that is being sent may have been taken already, so that giving it up may make it come twice. A
    /// local program or folder takes it at once.
    pub fn handed_over(&self) -> Arc<AtomicBool> {
        match &self.carrier {
            Carrier::Smtp(session) => session.handed_over(),
            Carrier::File(_) | Carrier::Sendmail(_) => Arc::new(AtomicBool::new(true)),
        }
    }

    /// Takes leave of a server that is still connected. Call it when the outbox is empty: servers count idle guests.
    pub async fn close(&mut self) {
        if let Carrier::Smtp(session) = &mut self.carrier {
            session.close().await;
        }
    }
}

impl SendError {
    /// What may pass, of everything unless said otherwise.
    pub(super) fn transient(message: impl Into<String>) -> Self {
        Self { kind: Failure::Transient, reach: Reach::Server, message: message.into() }
    }

    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self { kind: Failure::Refused, reach: Reach::Message, message: message.into() }
    }

    /// What is refused for its size.
    pub(super) fn too_large(message: impl Into<String>) -> Self {
        Self { kind: Failure::TooLarge, ..Self::refused(message) }
    }

    /// What somebody has to mend, of everything unless said otherwise.
    pub(super) fn setup(message: impl Into<String>) -> Self {
        Self { kind: Failure::Setup, reach: Reach::Server, message: message.into() }
    }

    /// The same failure, which concerns no more than this.
    pub(super) fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }
}
