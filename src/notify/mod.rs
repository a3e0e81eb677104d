//! Message → bytes → transport. Templates, MIME, SMTP, sendmail, file.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::model::notification::Message;

/// The daemon's `[email]` settings, as far as sending needs them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The `From` mailbox: `Watchfloor <watch@example.org>`.
    pub from: String,
    /// How messages leave.
    pub transport: Transport,
}

/// How messages leave.
#[derive(Debug, Clone)]
pub enum Transport {
    /// One `.eml` a message in a folder.
    File {
        /// The folder, absolute; made when missing.
        dir: PathBuf,
    },
    /// The local `sendmail` program.
    Sendmail {
        /// The program.
        path: PathBuf,
    },
    /// A mail server.
    Smtp(Smtp),
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Its name, checked against its certificate.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Who we are to it.
    pub username: Option<String>,
    /// The password or token.
    pub password: Option<SecretString>,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// STARTTLS, required (RFC 3207).
    Starttls,
    /// None: loopback only.
    None,
}

/// A message as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The envelope's sender address.
    pub sender: String,
    /// The envelope's one recipient address.
    pub recipient: String,
    /// Headers and body, CRLF line ends.
    pub bytes: Vec<u8>,
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SendError {
    /// What follows from it.
    pub kind: Failure,
    /// A sentence with the server's reply, without secrets.
    pub message: String,
}

/// What follows from a failed try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// Try again later: 4xx, no answer, connection, time-out.
    Transient,
    /// This recipient or this message will never be taken: 5xx to RCPT or to the message.
    Refused,
    /// The server turns us away before the message: 5xx to banner, AUTH, TLS, MAIL; a bad certificate. Retried, with a warning.
    Setup,
}

/// Renders a message: MIME with a text and an HTML part, each complete by itself.
///
/// # Errors
/// A mailbox that cannot be written as a header, as a sentence.
pub fn render(message: &Message, from: &str) -> Result<Rendered, String> {
    let _ = (message, from);
    Err("nothing is rendered yet".to_owned())
}

/// Sends rendered messages, keeping a connection where many go out.
#[derive(Debug)]
pub struct Mailer {
    settings: Settings,
}

impl Mailer {
    /// A mailer; connects at the first message.
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Sends one message under an overall deadline. `Ok` only after the transport has taken it for good.
    ///
    /// # Errors
    /// Why it was not taken and what follows.
    pub async fn send(&mut self, rendered: &Rendered) -> Result<(), SendError> {
        let _ = (&self.settings, rendered);
        Err(SendError { kind: Failure::Transient, message: "nothing is sent yet".to_owned() })
    }
}
