//! One message to one recipient, and what it says.

use jiff::Timestamp;

use super::alert::{Account, PointAccount};
use super::name::Name;

/// What kind of message it is: the reason for which it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A scenario triggered.
    Triggered,
    /// An active scenario got worse.
    Escalated,
    /// An active scenario, again.
    Reminder,
    /// A scenario resolved.
    Resolved,
    /// What an alert rested on was revised away.
    Undone,
    /// A scenario cannot be judged.
    Blind,
    /// A scenario can be judged again.
    SeesAgain,
    /// A feed has been broken for longer than `alert_after`.
    FeedBroken,
    /// A broken feed works again.
    FeedRecovered,
    /// An extractor that used to match no longer does.
    ExtractorBroken,
    /// The daily picture.
    Digest,
    /// A marked test alert with real data.
    Drill,
    /// Messages that did not arrive, told to those whom mail reaches.
    Undelivered,
    /// The store refuses what is to be written.
    StoreBroken,
    /// The store takes everything again.
    StoreRecovered,
    /// A part of the store is damaged.
    StoreDamaged,
    /// A message to see whether mail arrives.
    Test,
}

impl Kind {
    /// Every kind with its word.
    pub const ALL: [(&'static str, Self); 17] = [
        ("triggered", Self::Triggered),
        ("escalated", Self::Escalated),
        ("reminder", Self::Reminder),
        ("resolved", Self::Resolved),
        ("undone", Self::Undone),
        ("blind", Self::Blind),
        ("sees_again", Self::SeesAgain),
        ("feed_broken", Self::FeedBroken),
        ("feed_recovered", Self::FeedRecovered),
        ("extractor_broken", Self::ExtractorBroken),
        ("digest", Self::Digest),
        ("drill", Self::Drill),
        ("undelivered", Self::Undelivered),
        ("store_broken", Self::StoreBroken),
        ("store_recovered", Self::StoreRecovered),
        ("store_damaged", Self::StoreDamaged),
        ("test", Self::Test),
    ];

    /// The word used in output and store.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, kind)| *kind == self).map_or("test", |(word, _)| word)
    }

    /// Reads [`Kind::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == word).map(|(_, kind)| kind)
    }
}

/// What a message says, frozen when it is decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// About a scenario: triggered, escalated, reminder, resolved, undone, blind, sees again, drill.
    Scenario(Box<Account>),
    /// About a feed or an extractor: broken or recovered.
    Feed(Box<FeedNotice>),
    /// The daily picture, as ready lines under headings.
    Digest(Digest),
    /// Messages that did not arrive.
    Undelivered(Box<Undelivered>),
    /// The store refuses, takes everything again, or is damaged.
    Store(Box<StoreNotice>),
    /// A message to see whether mail arrives.
    Test,
}

/// What is said about a feed or one of its extractors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedNotice {
    /// The feed.
    pub feed: Name,
    /// The watch's title.
    pub watch_title: String,
    /// The watch's zone, for writing times.
    pub zone: String,
    /// The feed's source as shown.
    pub source: String,
    /// `error`, `gone`, …
    pub health: String,
    /// Since when.
    pub since: Timestamp,
    /// When it last worked.
    pub last_success: Option<Timestamp>,
    /// The last failure's sentence.
    pub error: Option<String>,
    /// What depends on it: titles of indicators.
    pub indicators: Vec<String>,
}

/// What is said about a store that refuses or is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreNotice {
    /// The database's path.
    pub path: String,
    /// The zone for writing times.
    pub zone: String,
    /// When it first refused, or the damage was found.
    pub since: Timestamp,
    /// When it took everything again; `None` while it refuses.
    pub until: Option<Timestamp>,
    /// The first refusal's sentence, or what is damaged.
    pub error: String,
    /// How often it has refused.
    pub refusals: u32,
    /// What could not be stored: `the poll of w/news`, …
    pub works: Vec<String>,
}

/// The daily picture.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Digest {
    /// The zone whose day it is of.
    pub zone: String,
    /// Headings with their lines, in order. An empty section says so in its one line.
    pub sections: Vec<DigestSection>,
}

/// One heading of the daily picture with its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct DigestSection {
    /// The heading.
    pub title: String,
    /// Its lines, in order.
    pub lines: Vec<DigestLine>,
}

/// One line of the daily picture.
#[derive(Debug, Clone, PartialEq)]
pub struct DigestLine {
    /// What it says.
    pub text: String,
    /// The readings behind it, oldest first, to be drawn small; empty for none.
    pub series: Vec<PointAccount>,
}

impl<T: Into<String>> From<T> for DigestLine {
    fn from(text: T) -> Self {
        Self { text: text.into(), series: Vec::new() }
    }
}

/// Messages that did not arrive, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// What became of them.
    pub cause: Cause,
    /// The zone for writing times.
    pub zone: String,
    /// The messages, oldest first.
    pub messages: Vec<Undeliverable>,
}

/// What became of messages that did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The mail server refused them for good.
    Refused,
    /// They were tried for five days.
    GivenUp,
    /// They have been waiting for long, while other mail goes out.
    Delayed,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 3] = [Self::Refused, Self::GivenUp, Self::Delayed];

    /// The word used in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::GivenUp => "given_up",
            Self::Delayed => "delayed",
        }
    }

    /// Reads [`Cause::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.word() == word)
    }
}

/// One message that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undeliverable {
    /// Its number in the outbox.
    pub notification: i64,
    /// Its kind.
    pub kind: Kind,
    /// What it was about.
    pub about: String,
    /// To whom it was addressed.
    pub recipient: String,
    /// When it was decided.
    pub created: Timestamp,
    /// What the mail server said.
    pub why: String,
}

/// Where in a thread of messages one stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thread {
    /// The stable id of the thread's root, which no message has: `alert-12@watchfloor.example`. Without angle brackets.
    pub root: Option<String>,
    /// Earlier messages to this recipient in this thread, oldest first. Without angle brackets.
    pub earlier: Vec<String>,
}

impl Content {
    /// What it is about, in a few words.
    pub fn about(&self) -> String {
        match self {
            Self::Scenario(account) => format!("{}: {}", account.watch_title, account.title),
            Self::Feed(notice) => format!("{}: feed {}", notice.watch_title, notice.feed.local()),
            Self::Digest(_) => "the daily picture".to_owned(),
            Self::Undelivered(_) => "messages that did not arrive".to_owned(),
            Self::Store(_) => "watchfloor's own store".to_owned(),
            Self::Test => "a test".to_owned(),
        }
    }
}

/// An earlier message of a burst that was not sent, because a newer one says what it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folded {
    /// What kind it was.
    pub kind: Kind,
    /// When it was decided.
    pub at: Timestamp,
}

/// One message to one recipient, ready to be rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// What kind of message it is.
    pub kind: Kind,
    /// The recipient: `Desk <desk@example.org>` or a bare address.
    pub recipient: String,
    /// Fixed when the message was decided, the same in every try. Without angle brackets.
    pub message_id: String,
    /// When it was decided.
    pub created: Timestamp,
    /// The alert's number, where it belongs to one.
    pub alert: Option<i64>,
    /// The id of the watch; `None` for the digest of all and for tests.
    pub watch: Option<String>,
    /// Where in a thread it stands.
    pub thread: Thread,
    /// What it says.
    pub content: Content,
    /// Messages of the same burst that it stands for, oldest first.
    pub folded: Vec<Folded>,
}

/// How far a notification has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Delivery {
    /// Waiting for its next try.
    Queued,
    /// Claimed by a sender; falls back to queued when the claim runs out.
    Sending,
    /// A server has taken it.
    Sent,
    /// Refused for good, or tried for too long.
    Refused,
    /// Overtaken: it no longer matters.
    Expired,
}

impl Delivery {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Sending, Self::Sent, Self::Refused, Self::Expired];

    /// The word used in output and store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }

    /// Reads [`Delivery::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A stored notification: a message and how far it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    /// Its number.
    pub id: i64,
    /// The message.
    pub message: Message,
    /// How far it has come.
    pub state: Delivery,
    /// Tries so far.
    pub attempts: u32,
    /// When it is tried next.
    pub next_try: Option<Timestamp>,
    /// The last failure's sentence.
    pub last_error: Option<String>,
    /// When a server took it.
    pub sent: Option<Timestamp>,
    /// The number of the silence that holds it back.
    pub held: Option<i64>,
}
