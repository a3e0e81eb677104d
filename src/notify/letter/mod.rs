//! What a message says, made ready for a page: harmless, bounded, in words.
//!
//! A [`Letter`] is the one source of both parts of a mail, so that they
//! cannot say different things: the templates only lay it out. Every text that
//! may come from a feed has passed `one_line` here. Which words fit which kind
//! is in `words`, a scenario's conditions in `condition`, charts of plain
//! characters in `chart`.

mod chart;
mod condition;
mod digest;
mod notice;
mod scenario;
mod store;
mod time;
mod undelivered;
mod words;

pub(super) use condition::{Condition, Evidence};

use serde::Serialize;

use crate::model::notification::{Content, Kind, Message};
use crate::model::text::one_line;
use crate::notify::picture::Picture;
use crate::notify::safe::literal;

/// Room for a title.
const TITLE: usize = 300;
/// Room for a sentence or a quote.
const SENTENCE: usize = 700;

/// One message, ready to be laid out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Letter {
    /// The `Subject`.
    pub subject: String,
    /// What happened, in three words: `Risk scenario triggered`.
    pub kicker: String,
    /// What it is about.
    pub headline: String,
    /// How the kicker is coloured: `alarm`, `caution`, `calm` or `plain`.
    pub tone: &'static str,
    /// What happened and why this was sent, for someone who has never seen the project.
    pub lead: Vec<String>,
    /// The facts with their names.
    pub facts: Vec<Fact>,
    /// The conditions of a scenario.
    pub conditions: Vec<Condition>,
    /// Facts for whoever wants to know more, below the rest.
    pub background: Vec<Fact>,
    /// What else there is to say, under headings.
    pub sections: Vec<Section>,
    /// What sent it.
    pub footer: Vec<String>,
}

/// One fact with its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Fact {
    /// `Watch`, `State`, …
    pub name: &'static str,
    /// The fact.
    pub value: String,
}

/// Lines under a heading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Section {
    /// The heading.
    pub title: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// One line of a section.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Line {
    /// What it says.
    pub text: String,
    /// A command to type, shown apart.
    pub command: Option<String>,
    /// A series as a line of characters, shown apart.
    pub spark: Option<String>,
}

impl Letter {
    /// What a message says.
    pub fn new(message: &Message) -> Self {
        match &message.content {
            Content::Scenario(account) => scenario::letter(message, account),
            Content::Feed(notice) => notice::feed(message, notice),
            Content::Digest(digest) => digest::letter(message, digest),
            Content::Undelivered(undelivered) => undelivered::letter(undelivered),
            Content::Store(notice) if message.kind == Kind::StoreDamaged => store::damaged(notice),
            Content::Store(notice) => store::letter(notice),
            Content::Test => notice::test(message),
        }
    }

    /// Says that its charts are shown in plain characters, where it has any; gives no picture.
    pub fn without_pictures(&mut self) -> Vec<Picture> {
        if self.conditions.iter().any(|condition| condition.chart.is_some()) {
            self.lead.push(
                "The mail server takes no message as large as this one with its pictures, so they are left out; the figures stand in their place.".to_owned(),
            );
        }
        Vec::new()
    }
}

impl Fact {
    fn new(name: &'static str, value: impl AsRef<str>) -> Self {
        Self { name, value: one_line(value.as_ref(), SENTENCE) }
    }
}

impl Section {
    fn new(title: impl AsRef<str>, lines: Vec<Line>) -> Self {
        Self { title: one_line(title.as_ref(), TITLE), lines }
    }
}

impl Line {
    fn text(text: impl AsRef<str>) -> Self {
        Self { text: one_line(text.as_ref(), SENTENCE), command: None, spark: None }
    }

    fn command(text: impl AsRef<str>, command: String) -> Self {
        Self { command: Some(command), ..Self::text(text) }
    }
}

/// At most `limit` of the items, and how many were left out.
fn capped<T>(items: &[T], limit: usize) -> (&[T], usize) {
    let kept = items.get(..limit).unwrap_or(items);
    (kept, items.len() - kept.len())
}

/// A subject line: never empty, at most 200 characters, the prefix always whole.
fn subject(prefix: &str, stem: &str) -> String {
    let line = one_line(&literal(&format!("{prefix}{stem}")), 199);
    if line.is_empty() { "watchfloor".to_owned() } else { line }
}

/// What stands below every message.
fn footer() -> Vec<String> {
    vec![
        "Sent by watchfloor, a program that reads public sources, records what they say with its evidence, and mails when a foreseen path shows signs of having begun.".to_owned(),
        "Quotes are the sources' own words; watchfloor does not vouch for them.".to_owned(),
    ]
}
