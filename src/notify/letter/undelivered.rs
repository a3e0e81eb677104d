//! Letters about messages that did not arrive, to those whom mail reaches.

use super::time::{written, zone};
use super::{Letter, Line, Section, TITLE, capped, footer, subject};
use crate::model::notification::{Cause, Undeliverable, Undelivered};
use crate::model::text::one_line;
use crate::notify::mailbox::parse_mailbox;

/// Messages that are named one by one.
const NAMED: usize = 50;

struct Words {
    prefix: &'static str,
    kicker: &'static str,
    happened: &'static str,
    meaning: &'static str,
}

/// A letter about messages that did not arrive.
pub(super) fn letter(undelivered: &Undelivered) -> Letter {
    let words = words(undelivered.cause);
    let to = recipients(&undelivered.messages);
    let count = undelivered.messages.len();
    let messages = if count == 1 { "1 message".to_owned() } else { format!("{count} messages") };
    Letter {
        subject: subject(words.prefix, &format!("{messages} to {to}")),
        kicker: words.kicker.to_owned(),
        headline: format!("{messages} to {to}"),
        tone: "caution",
        lead: vec![
            format!("{messages} to {to} {}.", words.happened),
            words.meaning.to_owned(),
            "You get this mail because your own address is reached and you are told of the same matters.".to_owned(),
        ],
        facts: Vec::new(),
        conditions: Vec::new(),
        background: Vec::new(),
        sections: sections(undelivered),
        footer: footer(),
    }
}

fn words(cause: Cause) -> Words {
    match cause {
        Cause::Refused => Words {
            prefix: "Not delivered: ",
            kicker: "Mail refused",
            happened: "will not arrive: the mail server refuses the address or the message for good",
            meaning: "Other recipients are not affected. Further messages to that address are tried, and you are told once a day at most; the daily picture lists all of them.",
        },
        Cause::GivenUp => Words {
            prefix: "Not delivered: ",
            kicker: "Mail given up",
            happened: "could not be sent for five days and are not tried any more",
            meaning: "What they said is kept. Look at what is listed here, and have it sent again where it still matters.",
        },
        Cause::Delayed => Words {
            prefix: "Delayed: ",
            kicker: "Mail delayed",
            happened: "have been waiting for more than 15 minutes, while other mail goes out",
            meaning: "They are tried for five days. Whoever waits for them does not know yet what they say.",
        },
    }
}

/// The one recipient, or how many there are.
fn recipients(messages: &[Undeliverable]) -> String {
    let mut all: Vec<_> = messages.iter().map(|message| message.recipient.as_str()).collect();
    all.sort_unstable();
    all.dedup();
    match all.as_slice() {
        // The address alone: a name before it makes a headline that does not fit.
        [only] => one_line(&parse_mailbox(only).map_or_else(|_| (*only).to_owned(), |mailbox| mailbox.address()), 100),
        several => format!("{} recipients", several.len()),
    }
}

fn sections(undelivered: &Undelivered) -> Vec<Section> {
    let zone = zone(&undelivered.zone);
    let (shown, hidden) = capped(&undelivered.messages, NAMED);
    let named = |message: &Undeliverable| {
        Line::text(format!(
            "{} ({}) to {}, decided {}. Last answer: {}",
            one_line(&message.about, TITLE),
            message.kind.word(),
            one_line(&message.recipient, 100),
            written(message.created, &zone),
            one_line(&message.why, 250),
        ))
    };
    let more = (hidden > 0).then(|| Line::text(format!("… and {hidden} more.")));
    let mut actions = vec![Line::command("See the whole outbox:", "watchfloor mail queue".to_owned())];
    if let Some(first) = shown.first() {
        let number = first.notification;
        actions.push(Line::command("Read what a message says:", format!("watchfloor mail show {number}")));
        actions.push(Line::command(
            "Have it sent again, once the cause is mended:",
            format!("watchfloor mail retry {number}"),
        ));
    }
    vec![
        Section::new("What did not arrive", shown.iter().map(named).chain(more).collect()),
        Section::new("What you can do", actions),
    ]
}
