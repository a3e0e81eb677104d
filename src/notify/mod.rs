//! Message → bytes → transport. Templates, MIME, SMTP, sendmail, file.
//!
//! [`render`] turns what was decided into a mail, [`Mailer`] hands it to a
//! transport. Neither knows of the outbox: who is tried when, and what follows
//! from a [`Failure`], is the daemon's business.

mod dkim;
mod file;
mod letter;
mod mailbox;
mod mailer;
mod mime;
mod picture;
mod plain;
mod safe;
mod sample;
mod sendmail;
mod smtp;
mod template;

pub use dkim::Dkim;
pub use mailbox::{Mailbox, parse_mailbox};
pub use mailer::{Deadlines, Mailer};
pub use sample::sample;

use std::path::PathBuf;

use secrecy::SecretString;

use crate::model::notification::Message;
use letter::Letter;
use mime::Body;

/// The daemon's `[email]` settings, as far as sending needs them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who sends, and how messages are dressed.
    pub sender: Sender,
    /// How messages leave.
    pub transport: Transport,
}

/// Who sends, and how messages are dressed.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The `From` mailbox: `Watchfloor <watch@example.org>`.
    pub from: String,
    /// Where a reader may ask to get no more: a `mailto:` or `https:` address (RFC 2369).
    pub unsubscribe: Option<String>,
    /// What messages are signed with.
    pub dkim: Option<Dkim>,
}

impl Sender {
    /// A sender without more than a name.
    pub fn new(from: impl Into<String>) -> Self {
        Self { from: from.into(), unsubscribe: None, dkim: None }
    }
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

/// One kind of transport, for help and for the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportRow {
    /// The word of the configuration.
    pub word: &'static str,
    /// What it does, as a sentence.
    pub about: &'static str,
}

/// Every transport there is.
pub const TRANSPORTS: &[TransportRow] = &[
    TransportRow { word: "file", about: "One .eml file a message in a folder; no server needed." },
    TransportRow { word: "sendmail", about: "The local sendmail program; its queue takes over." },
    TransportRow { word: "smtp", about: "A mail server, over TLS unless it is on this machine." },
];

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
    /// How we prove it.
    pub login: Login,
    /// The password or token.
    pub password: Option<SecretString>,
    /// Where the token is read anew for each connection: tokens are renewed more often than daemons are started.
    pub token_file: Option<PathBuf>,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// How we prove who we are to a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// AUTH PLAIN, or AUTH LOGIN where only that is offered: with a password.
    Password,
    /// AUTH XOAUTH2: with a token of OAuth 2.0.
    Xoauth2,
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
    /// Its Message-ID, without angle brackets.
    pub id: String,
    /// Headers and body, CRLF line ends. Beyond ASCII only where an address is (RFC 6532).
    pub bytes: Vec<u8>,
    /// Whether it would be smaller without its pictures.
    pub has_pictures: bool,
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SendError {
    /// What follows from it.
    pub kind: Failure,
    /// What else will fail for the same reason.
    pub reach: Reach,
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
    /// As [`Failure::Refused`], for its size: a smaller message may be taken.
    TooLarge,
    /// The server turns us away before the message: 5xx to banner, AUTH, TLS, MAIL; a bad certificate. Retried, with a warning.
    Setup,
}

/// What else will fail for the same reason as a message did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Everything: the server was not reached, or turned us away before it knew for whom.
    Server,
    /// What is addressed to the same recipient.
    Recipient,
    /// Perhaps nothing.
    Message,
}

/// Renders a message: MIME with a text and an HTML part, each complete by itself.
///
/// The same message always gives the same bytes. When laying it out fails, it
/// becomes plain text instead: a plain message is better than silence.
///
/// # Errors
/// A mailbox that cannot be written as a header, as a sentence.
pub fn render(message: &Message, sender: &Sender) -> Result<Rendered, String> {
    Renderer::default().render(message, sender)
}

/// The subject line of a message.
pub fn subject(message: &Message) -> String {
    Letter::new(message).subject
}

/// Renders many messages, of which many have the same pictures, and many are for another recipient what the last was.
#[derive(Debug, Default)]
pub struct Renderer {
    painter: picture::Painter,
    /// The last letter, and its text and HTML.
    laid_out: Option<(Letter, (String, String))>,
}

impl Renderer {
    /// Renders a message as [`render`] does.
    ///
    /// # Errors
    /// As [`render`].
    pub fn render(&mut self, message: &Message, sender: &Sender) -> Result<Rendered, String> {
        self.render_with(message, sender, true, template::FUEL)
    }

    /// Renders a message whose charts are shown in plain characters, and that says why: for a server that took it for
    /// too large.
    ///
    /// # Errors
    /// As [`render`].
    pub fn render_without_pictures(&mut self, message: &Message, sender: &Sender) -> Result<Rendered, String> {
        self.render_with(message, sender, false, template::FUEL)
    }

    fn render_with(
        &mut self,
        message: &Message,
        sender: &Sender,
        has_room: bool,
        fuel: u64,
    ) -> Result<Rendered, String> {
        let (from, to) = (parse_mailbox(&sender.from)?, parse_mailbox(&message.recipient)?);
        let mut letter = Letter::new(message);
        let pictures = if has_room { self.painter.paint(&mut letter) } else { letter.without_pictures() };
        let has_pictures = !pictures.is_empty();
        let body = match self.lay_out(&letter, fuel) {
            Ok((text, html)) => Body::Alternative { text, html, pictures },
            Err(error) => {
                tracing::warn!(kind = message.kind.word(), error = %error, "a message could not be laid out; it goes out as plain text");
                Body::Plain(plain::text(&letter))
            }
        };
        let addressed = mime::Addressed { message, from: &from, to: &to, unsubscribe: sender.unsubscribe.as_deref() };
        let mut bytes = mime::assemble(&addressed, &letter, body)?;
        if let Some(dkim) = &sender.dkim {
            bytes = dkim.signed(bytes);
        }
        let id = safe::message_id(&message.message_id);
        Ok(Rendered { sender: from.address(), recipient: to.address(), id, bytes, has_pictures })
    }

    /// Text and HTML of a letter.
    fn lay_out(&mut self, letter: &Letter, fuel: u64) -> Result<(String, String), minijinja::Error> {
        if let Some((_, parts)) = self.laid_out.as_ref().filter(|(last, _)| last == letter) {
            return Ok(parts.clone());
        }
        let parts = template::render(letter, fuel)?;
        self.laid_out = Some((letter.clone(), parts.clone()));
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notification::{Content, Kind};

    #[test]
    fn a_failure_to_lay_out_falls_back_to_plain_text_with_the_same_facts() {
        for (word, kind) in Kind::ALL {
            let message = sample(kind, "Place: watch", jiff::Timestamp::UNIX_EPOCH);
            let rendered =
                Renderer::default().render_with(&message, &Sender::new("watch@example.org"), true, 1).unwrap();
            let parsed = mail_parser::MessageParser::default().parse(&rendered.bytes).unwrap();
            let text = parsed.body_text(0).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(!rendered.bytes.windows(10).any(|ten| ten == b"text/html;"), "{word} is plain");
            assert!(parsed.subject().is_some_and(|subject| !subject.is_empty()));
            let Content::Scenario(account) = &message.content else { continue };
            for condition in &account.conditions {
                for fact in [&condition.title, &condition.bound, &condition.why, &condition.shown] {
                    assert!(text.contains(fact.as_str()), "{word} lacks {fact}");
                }
                for evidence in &condition.evidence {
                    assert!(
                        text.contains(&evidence.quote) && text.contains(evidence.link.as_deref().unwrap()),
                        "{word}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_transport_has_its_row() {
        let words: Vec<_> = TRANSPORTS.iter().map(|row| row.word).collect();
        assert_eq!(words, ["file", "sendmail", "smtp"]);
    }
}
