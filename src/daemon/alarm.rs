//! Messages about the store itself. They go out from memory: the outbox is in the store that refuses.

use jiff::{SignedDuration, Timestamp};

use super::report::{Report, Reporter};
use crate::config::Plan;
use crate::model::notification::Message;
use crate::model::time::after;
use crate::notify::{Failure, Mailer, Renderer};

/// A message that was not taken is tried again after so long.
const RETRY: SignedDuration = SignedDuration::from_mins(1);

/// What is to be told, and when.
#[derive(Debug)]
pub struct Alarm {
    messages: Vec<Message>,
    next: Timestamp,
    is_under_way: bool,
}

impl Alarm {
    /// Nothing to tell.
    pub fn new(now: Timestamp) -> Self {
        Self { messages: Vec::new(), next: now, is_under_way: false }
    }

    /// Takes what is to be told; at most one message a recipient.
    pub fn raise(&mut self, messages: Vec<Message>, now: Timestamp) {
        (self.messages, self.next) = (messages, now);
    }

    /// What it was raised for is over, and that is told instead.
    pub fn end(&mut self) {
        self.messages.clear();
    }

    /// The messages to be sent now; none while others are on their way.
    pub fn due(&mut self, now: Timestamp) -> Option<Vec<Message>> {
        if self.is_under_way || self.messages.is_empty() || now < self.next {
            return None;
        }
        self.is_under_way = true;
        Some(std::mem::take(&mut self.messages))
    }

    /// Takes back what was not taken, unless something newer is told or `is_over`.
    pub fn back(&mut self, left: Vec<Message>, is_over: bool, now: Timestamp) {
        self.is_under_way = false;
        if self.messages.is_empty() && !is_over {
            (self.messages, self.next) = (left, after(now, RETRY));
        }
    }
}

/// Sends messages past the store; gives those that are worth another try.
pub async fn send(plan: &Plan, messages: Vec<Message>, reporter: &Reporter) -> Vec<Message> {
    let Some(email) = &plan.settings.email else { return Vec::new() };
    let (mut mailer, mut renderer) = (Mailer::new(email.sending.clone()), Renderer::default());
    let mut left = Vec::new();
    for message in messages {
        let rendered = match renderer.render(&message, &email.sending.sender) {
            Ok(rendered) => rendered,
            Err(why) => {
                reporter(Report::NotSent { recipient: message.recipient, why });
                continue;
            }
        };
        match mailer.send(&rendered).await {
            Ok(()) => reporter(Report::Sent {
                recipient: message.recipient,
                kind: message.kind.word(),
                message_id: message.message_id,
            }),
            Err(error) => {
                let is_final = matches!(error.kind, Failure::Refused | Failure::TooLarge);
                let follows = if is_final { "it is not tried again" } else { "it is tried again in a minute" };
                let why = format!("{}; {follows}", error.message);
                reporter(Report::NotSent { recipient: message.recipient.clone(), why });
                if !is_final {
                    left.push(message);
                }
            }
        }
    }
    mailer.close().await;
    left
}
