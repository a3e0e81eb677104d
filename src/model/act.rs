//! What an analyst does: acknowledge an alert, silence messages, start a drill.

use jiff::Timestamp;

use super::name::Name;
use super::notification::{Content, Kind};
use super::scenario::Path;

/// The three things an analyst does beside recording and noting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doing {
    /// An alert is known: no reminders.
    Ack,
    /// Messages are held back.
    Silence,
    /// A marked test alert is sent.
    Drill,
}

impl Doing {
    /// Every one with its word.
    pub const ALL: [(&'static str, Self); 3] = [("ack", Self::Ack), ("silence", Self::Silence), ("drill", Self::Drill)];

    /// The word used in output and store.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, doing)| *doing == self).map_or("ack", |(word, _)| word)
    }

    /// Reads [`Doing::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == word).map(|(_, doing)| doing)
    }
}

/// One thing an analyst did. It is never changed: a later act replaces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: String,
    /// What.
    pub doing: Doing,
    /// The alert that was acknowledged.
    pub alert: Option<i64>,
    /// The scenario that is silenced or drilled.
    pub scenario: Option<Name>,
    /// The feed that is silenced.
    pub feed: Option<Name>,
    /// Until when it holds; `None`: without end.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
}

impl Act {
    /// Whether it still holds.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// Whether this silence holds a message back.
    ///
    /// One that names a scenario or a feed holds what is about it. One that
    /// names neither holds everything of lower rank: never a risk scenario
    /// that triggers. An escalation is beyond what was known when the silence
    /// was made, and no silence holds it; drills, tests and the daily picture
    /// are asked for.
    pub fn holds(&self, kind: Kind, content: &Content) -> bool {
        if self.doing != Doing::Silence
            || matches!(kind, Kind::Escalated | Kind::Undelivered | Kind::Drill | Kind::Test | Kind::Digest)
        {
            return false;
        }
        let is_for_all = self.scenario.is_none() && self.feed.is_none();
        match content {
            Content::Scenario(account) if is_for_all => kind != Kind::Triggered || account.path != Path::Risk,
            Content::Scenario(account) => self.scenario.as_ref() == Some(&account.scenario),
            Content::Feed(notice) => is_for_all || self.feed.as_ref() == Some(&notice.feed),
            Content::Undelivered(_) | Content::Store(_) | Content::Digest(_) | Content::Test => false,
        }
    }

    /// `held by a silence of anna until 2026-03-01T00:00:00Z (maintenance)`.
    pub fn holding_words(&self) -> String {
        let until = self.until.map(|until| format!(" until {until}")).unwrap_or_default();
        let reason = self.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        format!("held by a silence of {}{until}{reason}", self.author)
    }
}
