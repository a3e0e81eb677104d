//! The conversation: commands out, replies in, in the order of RFC 5321.

use std::fmt::Display;
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::{Auth, Data, Ehlo, Mail, Quit, Rcpt, Rset, Starttls};
use lettre::transport::smtp::extension::{ClientId, MailBodyParameter, MailParameter, RcptParameter};
use secrecy::ExposeSecret;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::offers::Offers;
use super::reply::{Replies, Reply, Stage};
use super::stream::{Stream, connect, protect};
use super::{Envelope, SendError};
use crate::notify::{Login, Reach, Smtp, Tls};

/// A session with a server that has greeted us.
pub(super) struct Dialogue {
    stream: Option<Stream>,
    replies: Replies,
    /// The code of the last reply; `None` while one is owed, and so also after a deadline has cut a step off.
    last_code: Option<u16>,
    offers: Offers,
}

impl Dialogue {
    fn over(stream: Stream) -> Self {
        Self { stream: Some(stream), replies: Replies::default(), last_code: None, offers: Offers::default() }
    }

    /// Connects, protects, greets, logs in.
    ///
    /// # Errors
    /// Transient without a connection or at 4xx; setup where the server turns us away.
    pub async fn open(smtp: &Smtp) -> Result<Self, SendError> {
        let tcp = connect(smtp).await?;
        let stream = if smtp.tls == Tls::Implicit { protect(tcp, smtp).await? } else { Stream::Plain(tcp) };
        let mut dialogue = Self::over(stream);
        dialogue.listen("its greeting").await?.expect(220, Stage::Setup("our connection"))?;
        dialogue.greet().await?;
        if smtp.tls == Tls::Starttls {
            dialogue = dialogue.upgrade(smtp).await?;
            // What was offered in plain text may have been forged (RFC 3207 section 4.2).
            dialogue.greet().await?;
        }
        dialogue.login(smtp).await?;
        Ok(dialogue)
    }

    /// Names the sender, which begins a message.
    ///
    /// # Errors
    /// Setup at 5xx: it is the sender that is refused, not the recipient. Refused where the message is larger than the
    /// server takes, or an address needs what it does not offer.
    pub async fn mail(&mut self, envelope: &Envelope<'_>) -> Result<(), SendError> {
        let parameters = self.mail_parameters(envelope)?;
        let has_size = self.offers.size.is_some();
        let reply = self.ask(Mail::new(Some(envelope.sender.clone()), parameters), "MAIL").await?;
        // 552 answers the size that was stated (RFC 1870 section 6.1): it is about this message.
        let stage = if has_size && reply.code == 552 { Stage::Message("MAIL") } else { Stage::Setup("MAIL") };
        reply.expect(250, stage).map(drop)
    }

    fn mail_parameters(&self, envelope: &Envelope<'_>) -> Result<Vec<MailParameter>, SendError> {
        let mut parameters = Vec::new();
        if let Some(limit) = self.offers.size {
            if limit > 0 && envelope.size as u64 > limit {
                return Err(SendError::too_large(format!(
                    "the message has {} octets and the mail server takes {limit} at most",
                    envelope.size
                )));
            }
            parameters.push(MailParameter::Size(envelope.size));
        }
        if envelope.needs_utf8 {
            if !self.offers.utf8 {
                return Err(SendError::refused(format!(
                    "the mail server does not offer SMTPUTF8, without which it cannot reach `{}`",
                    envelope.recipient
                )));
            }
            parameters.extend([MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)]);
        }
        if self.offers.dsn {
            let other = |keyword: &str, value: &str| MailParameter::Other {
                keyword: keyword.to_owned(),
                value: Some(value.to_owned()),
            };
            parameters.extend([other("RET", "HDRS"), other("ENVID", envelope.id)]);
        }
        Ok(parameters)
    }

    /// Names the recipient and announces the message.
    ///
    /// # Errors
    /// Refused at 5xx.
    pub async fn announce(&mut self, envelope: &Envelope<'_>) -> Result<(), SendError> {
        // Where reports of a message's fate are offered, we ask for bad news (RFC 3461); they go to the sender.
        let wishes = RcptParameter::Other { keyword: "NOTIFY".to_owned(), value: Some("FAILURE,DELAY".to_owned()) };
        let parameters = if self.offers.dsn { vec![wishes] } else { Vec::new() };
        let reply = self.ask(Rcpt::new(envelope.recipient.clone(), parameters), "RCPT").await?;
        // 251: the server forwards it itself (RFC 5321 section 3.4).
        let code = if reply.code == 251 { 251 } else { 250 };
        reply.expect(code, Stage::Message("RCPT")).map_err(|error| error.reaching(Reach::Recipient))?;
        self.ask(Data, "DATA").await?.expect(354, Stage::Message("DATA")).map(drop)
    }

    /// Sends the message and waits for the server's word that it has it.
    ///
    /// # Errors
    /// Refused at 5xx; transient where no reply came, because then nobody knows.
    pub async fn message(&mut self, bytes: &[u8]) -> Result<(), SendError> {
        self.write(&stuffed(bytes), "the message").await?;
        self.listen("the end of the message").await?.expect(250, Stage::Message("the message")).map(drop)
    }

    /// Forgets a message that failed half-way; whether the connection can go on.
    ///
    /// It cannot where a reply is still owed, which would be taken for the reply to something else, nor where the
    /// server agreed to what should have been refused: then it is out of step with us.
    pub async fn reset(&mut self, limit: Duration) -> bool {
        if self.last_code.is_none_or(|code| code < 400) {
            return false;
        }
        let reset = async { self.ask(Rset, "RSET").await?.expect(250, Stage::Setup("RSET")) };
        timeout(limit, reset).await.is_ok_and(|reply| reply.is_ok())
    }

    /// Takes leave and waits for the answer, as RFC 5321 section 4.1.1.10 asks.
    pub async fn quit(mut self, limit: Duration) {
        // Whatever comes back, the connection ends.
        let _ = timeout(limit, self.ask(Quit, "QUIT")).await;
        self.stream = None;
    }

    /// EHLO, and what the server offers.
    async fn greet(&mut self) -> Result<(), SendError> {
        let reply = self.ask(Ehlo::new(ClientId::default()), "EHLO").await?.expect(250, Stage::Setup("EHLO"))?;
        self.offers = Offers::read(&reply.lines);
        Ok(())
    }

    /// STARTTLS. No way back to plain text, and nothing kept that came in plain text.
    async fn upgrade(mut self, smtp: &Smtp) -> Result<Self, SendError> {
        if !self.offers.starttls {
            return Err(SendError::setup(format!(
                "{} does not offer STARTTLS; nothing is sent unprotected",
                smtp.host
            )));
        }
        self.ask(Starttls, "STARTTLS").await?.expect(220, Stage::Setup("STARTTLS"))?;
        if self.replies.is_ahead() {
            return Err(SendError::setup(format!(
                "{} sent more plain text behind its reply to STARTTLS: somebody may be between us",
                smtp.host
            )));
        }
        let Some(Stream::Plain(tcp)) = self.stream.take() else {
            return Err(unconnected("STARTTLS"));
        };
        Ok(Self::over(protect(tcp, smtp).await?))
    }

    /// AUTH, where the settings name a user.
    async fn login(&mut self, smtp: &Smtp) -> Result<(), SendError> {
        let Some((user, password)) = credentials(smtp).await? else { return Ok(()) };
        let Some(mechanism) = self.offers.mechanism(smtp.login) else {
            let wanted = match smtp.login {
                Login::Password => "neither AUTH PLAIN nor AUTH LOGIN",
                Login::Xoauth2 => "no AUTH XOAUTH2",
            };
            return Err(SendError::setup(format!("{} offers {wanted}", smtp.host)));
        };
        let credentials = Credentials::new(user, password.clone());
        let mut secrets = vec![password];
        let mut command = Auth::new(mechanism, credentials.clone(), None).map_err(|_| unanswerable())?;
        // PLAIN needs one answer, LOGIN answers two challenges; more would be a server that never ends.
        for _ in 0..3 {
            secrets.extend(command.to_string().split_whitespace().last().map(str::to_owned));
            let reply = self.ask(command, "AUTH").await?;
            if reply.code == 334 && mechanism == Mechanism::Xoauth2 {
                // Its challenge says what is wrong; only behind an empty answer comes the refusal.
                return self.ask("\r\n", "AUTH").await?.without(&secrets).expect(235, Stage::Setup("AUTH")).map(drop);
            }
            if reply.code != 334 {
                return reply.without(&secrets).expect(235, Stage::Setup("AUTH")).map(drop);
            }
            let challenge = reply.as_response().ok_or_else(unanswerable)?;
            command =
                Auth::new_from_response(mechanism, credentials.clone(), &challenge).map_err(|_| unanswerable())?;
        }
        Err(unanswerable())
    }

    async fn ask(&mut self, command: impl Display, step: &str) -> Result<Reply, SendError> {
        // A reply that came before its question answers something else.
        if self.replies.is_ahead() {
            return Err(SendError::transient(format!("the mail server answered {step} before it was asked")));
        }
        self.write(command.to_string().as_bytes(), step).await?;
        self.listen(step).await
    }

    async fn listen(&mut self, step: &str) -> Result<Reply, SendError> {
        let Some(stream) = &mut self.stream else { return Err(unconnected(step)) };
        let reply = self.replies.next(stream, step).await?;
        self.last_code = Some(reply.code);
        Ok(reply)
    }

    async fn write(&mut self, bytes: &[u8], step: &str) -> Result<(), SendError> {
        let lost = |error| SendError::transient(format!("the mail server was lost at {step}: {error}"));
        let Some(stream) = &mut self.stream else { return Err(unconnected(step)) };
        self.last_code = None;
        stream.write_all(bytes).await.map_err(lost)?;
        stream.flush().await.map_err(lost)
    }
}

impl Drop for Dialogue {
    /// Says QUIT if that can be done without waiting: one attempt, the answer is not awaited.
    ///
    /// Not while a reply is owed: in the middle of a message it would be a line of the message.
    fn drop(&mut self) {
        let Some(stream) = self.stream.as_mut().filter(|_| self.last_code.is_some()) else { return };
        let mut context = Context::from_waker(Waker::noop());
        let _ = Pin::new(&mut *stream).poll_write(&mut context, b"QUIT\r\n");
        let _ = Pin::new(stream).poll_flush(&mut context);
    }
}

fn unconnected(step: &str) -> SendError {
    SendError::transient(format!("there is no connection at {step}"))
}

fn unanswerable() -> SendError {
    SendError::setup("the mail server asked something in AUTH that cannot be answered")
}

/// Who we are and the password or token, where the settings name a user.
async fn credentials(smtp: &Smtp) -> Result<Option<(String, String)>, SendError> {
    let Some(user) = smtp.username.clone() else { return Ok(None) };
    if let Some(path) = &smtp.token_file {
        let token = tokio::fs::read_to_string(path).await;
        let token = token.map_err(|error| SendError::setup(format!("no token in {}: {error}", path.display())))?;
        return Ok(Some((user, token.trim_end().to_owned())));
    }
    Ok(smtp.password.as_ref().map(|password| (user, password.expose_secret().to_owned())))
}

/// A message ready for DATA: dots doubled at the start of lines, the final dot behind it (RFC 5321 section 4.5.2).
///
/// In one piece, so that it leaves in as few packets as possible.
fn stuffed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if line.first() == Some(&b'.') {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    if !bytes.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_and_the_end_is_marked() {
        let cases: [(&[u8], &[u8]); 4] = [
            (b"", b"\r\n.\r\n"),
            (b"a\r\n.b\r\n", b"a\r\n..b\r\n.\r\n"),
            (b".\r\n..\r\nc", b"..\r\n...\r\nc\r\n.\r\n"),
            (b"a.b\r\n", b"a.b\r\n.\r\n"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(stuffed(bytes), expected, "{bytes:?}");
        }
    }
}
