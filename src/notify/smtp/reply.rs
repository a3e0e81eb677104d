//! What a server answers (RFC 5321 section 4.2), and what a refusal means.

use lettre::transport::smtp::response::Response;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::SendError;
use crate::model::text::one_line;

/// RFC 5321 allows 512 octets a line; servers with long texts exist.
const LINE: usize = 4096;
/// All lines of one reply together.
const REPLY: usize = 64 * 1024;

/// One reply: a code and the lines of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// 200 to 599.
    pub code: u16,
    /// The text of each line, without code.
    pub lines: Vec<String>,
}

/// Where in a session a reply was given: it decides what a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before the message: banner, EHLO, STARTTLS, AUTH, MAIL.
    Setup(&'static str),
    /// About this message or this recipient: RCPT, DATA, the final dot.
    Message(&'static str),
}

impl Reply {
    /// The reply where it has the one code that means success.
    ///
    /// # Errors
    /// The server's reply as a sentence: 4xx is transient, 5xx by stage, anything else is not SMTP and transient.
    pub fn expect(self, code: u16, stage: Stage) -> Result<Self, SendError> {
        if self.code == code {
            return Ok(self);
        }
        let (Stage::Setup(step) | Stage::Message(step)) = stage;
        let sentence = format!("the mail server answered {step} with {}", self.shown());
        Err(match (self.code, stage) {
            (500..=599, Stage::Setup(_)) => SendError::setup(sentence),
            (552, Stage::Message(_)) if !self.is_full_mailbox() => SendError::too_large(sentence),
            (500..=599, Stage::Message(_)) => SendError::refused(sentence),
            _ => SendError::transient(sentence),
        })
    }

    /// The reply without its text where that repeats a secret: some servers quote what they refuse.
    pub fn without(mut self, secrets: &[String]) -> Self {
        let text = self.lines.join(" ");
        if secrets.iter().any(|secret| !secret.is_empty() && text.contains(secret.as_str())) {
            self.lines = vec!["(its text repeats our login and is left out)".to_owned()];
        }
        self
    }

    /// Whether it is the mailbox that has no room: 552 says both, and only an enhanced code tells them apart (RFC 3463).
    fn is_full_mailbox(&self) -> bool {
        self.lines.first().is_some_and(|line| line.starts_with("5.2.2"))
    }

    /// Code and text, harmless and at most 300 characters.
    pub fn shown(&self) -> String {
        one_line(&format!("{} {}", self.code, self.lines.join(" ")), 300)
    }

    /// The reply as lettre reads it, for the challenges of its login mechanisms.
    pub fn as_response(&self) -> Option<Response> {
        format!("{} {}\r\n", self.code, self.lines.last()?).parse().ok()
    }
}

/// Reads replies from a stream, keeping what came behind the last one.
#[derive(Debug, Default)]
pub(super) struct Replies {
    buffer: Vec<u8>,
}

impl Replies {
    /// Whether the server has sent more than was asked for.
    pub fn is_ahead(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// The next reply.
    ///
    /// # Errors
    /// Transient: the connection ended, or what came is no SMTP reply.
    pub async fn next(&mut self, stream: &mut (impl AsyncRead + Unpin), step: &str) -> Result<Reply, SendError> {
        let mut reply = Reply { code: 0, lines: Vec::new() };
        let mut size = 0;
        loop {
            let line = self.line(stream, step).await?;
            size += line.len();
            let (code, is_last, text) =
                split(&line).ok_or_else(|| odd(step, &format!("`{}` is no reply", one_line(&line, 80))))?;
            if reply.code != 0 && reply.code != code {
                return Err(odd(step, &format!("{} and {code} are in one reply", reply.code)));
            }
            reply.code = code;
            reply.lines.push(text.to_owned());
            if is_last {
                return Ok(reply);
            }
            if size > REPLY {
                return Err(odd(step, &format!("its reply is longer than {REPLY} octets")));
            }
        }
    }

    /// One line, without its end.
    async fn line(&mut self, stream: &mut (impl AsyncRead + Unpin), step: &str) -> Result<String, SendError> {
        loop {
            if let Some(end) = self.buffer.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned());
            }
            if self.buffer.len() > LINE {
                return Err(odd(step, &format!("a line of its reply is longer than {LINE} octets")));
            }
            let read = stream.read_buf(&mut self.buffer).await;
            let count =
                read.map_err(|error| SendError::transient(format!("the mail server was lost at {step}: {error}")))?;
            if count == 0 {
                return Err(SendError::transient(format!("the mail server hung up at {step} without a reply")));
            }
        }
    }
}

fn odd(step: &str, what: &str) -> SendError {
    SendError::transient(format!("the mail server does not speak SMTP at {step}: {what}"))
}

/// Code, whether it is the last line, and text.
fn split(line: &str) -> Option<(u16, bool, &str)> {
    let (code, rest) = line.split_at_checked(3)?;
    let code: u16 = code.bytes().all(|b| b.is_ascii_digit()).then(|| code.parse().ok())??;
    let (is_last, text) = match rest.chars().next() {
        None => (true, ""),
        Some(' ') => (true, rest.get(1..)?),
        Some('-') => (false, rest.get(1..)?),
        Some(_) => return None,
    };
    (200..=599).contains(&code).then_some((code, is_last, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(sent: &str, expected: Result<(u16, &str), &str>) {
        let found = Replies::default().next(&mut sent.as_bytes(), "EHLO").await;
        match (found, expected) {
            (Ok(reply), Ok((code, text))) => assert_eq!((reply.code, reply.lines.join("|").as_str()), (code, text)),
            (Err(error), Err(part)) => assert!(error.message.contains(part), "{sent:?}: {}", error.message),
            (found, expected) => panic!("{sent:?}: {found:?} instead of {expected:?}"),
        }
    }

    #[tokio::test]
    async fn replies_as_servers_write_them() {
        check("250 ok\r\n", Ok((250, "ok"))).await;
        check("250-a\r\n250- \r\n250 b\r\n", Ok((250, "a| |b"))).await;
        check("250\n", Ok((250, ""))).await;
        check("250-a\r\n", Err("hung up")).await;
        check("250-a\r\n550 b\r\n", Err("in one reply")).await;
        check("hello\r\n", Err("`hello` is no reply")).await;
        check("99 x\r\n", Err("no reply")).await;
        check("999 x\r\n", Err("no reply")).await;
        check("25ü\r\n", Err("no reply")).await;
        check(&"2".repeat(1 << 20), Err("longer than 4096")).await;
        check(&"250-x\r\n".repeat(1 << 16), Err("longer than 65536")).await;
    }

    #[test]
    fn a_reply_is_shown_harmless_and_short() {
        let reply = Reply { code: 550, lines: vec!["a\u{1b}[31m".to_owned(), "b".repeat(1000)] };
        let shown = reply.shown();
        assert!(shown.starts_with("550 a [31m b") && shown.chars().count() <= 301, "{shown}");
    }
}
