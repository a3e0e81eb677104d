//! A decision written down so that it explains itself for ever.
//!
//! An [`Account`] holds everything a reader needs, as it was known then:
//! words, figures, quotes, links. Nothing in it is looked up later, so a
//! revision, a removed item or a newer version cannot change what it says.

use jiff::Timestamp;

use super::condition::Verdict;
use super::likelihood::Likelihood;
use super::name::Name;
use super::scenario::{Path, Phase};

/// One activation of one scenario, from trigger to resolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its number.
    pub id: i64,
    /// The scenario.
    pub scenario: Name,
    /// Which path the scenario was.
    pub path: Path,
    /// When it triggered.
    pub opened: Timestamp,
    /// When it resolved.
    pub resolved: Option<Timestamp>,
    /// How it resolved: `cleared` or `undone by revision`.
    pub resolution: Option<String>,
    /// When someone acknowledged it.
    pub acknowledged: Option<Timestamp>,
}

impl Alert {
    /// The alert as it stood at a moment; `None` before it opened.
    pub fn as_of(mut self, at: Timestamp) -> Option<Self> {
        self.resolved = self.resolved.filter(|resolved| *resolved <= at);
        self.resolution = self.resolution.filter(|_| self.resolved.is_some());
        self.acknowledged = self.acknowledged.filter(|acknowledged| *acknowledged <= at);
        (self.opened <= at).then_some(self)
    }
}

/// One stored change of one scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// Its number.
    pub id: i64,
    /// The scenario.
    pub scenario: Name,
    /// The alert it belongs to.
    pub alert: Option<i64>,
    /// When it was decided.
    pub at: Timestamp,
    /// Where the scenario stood.
    pub from: Phase,
    /// Where it stands.
    pub to: Phase,
    /// Whether it is blind now.
    pub blind: bool,
    /// Why, as a sentence.
    pub reason: String,
    /// What kind of change it is, by its word; `None` where an earlier version did not keep it.
    pub change: Option<String>,
    /// The frozen account.
    pub account: Account,
}

/// A decision with all it rests on, frozen.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The scenario.
    pub scenario: Name,
    /// Which path it is.
    pub path: Path,
    /// The scenario's title.
    pub title: String,
    /// The watch's title.
    pub watch_title: String,
    /// What the watch was made from.
    pub basis: Option<String>,
    /// The watch's zone, for writing times.
    pub zone: String,
    /// When it was decided.
    pub at: Timestamp,
    /// Where the scenario stands.
    pub phase: Phase,
    /// Since when it stands there.
    pub since: Timestamp,
    /// What all conditions together say.
    pub verdict: Verdict,
    /// How many conditions are needed: `all`, `any`, `2 of 3`.
    pub needs: String,
    /// Why it was decided, as a sentence.
    pub reason: String,
    /// What would clear it, as a sentence; while active.
    pub clears: Option<String>,
    /// The probability beside the rules, where the scenario carries one.
    pub likelihood: Option<Likelihood>,
    /// The conditions in the order of the configuration.
    pub conditions: Vec<ConditionAccount>,
}

impl Account {
    /// How many conditions hold.
    pub fn met(&self) -> usize {
        self.conditions.iter().filter(|condition| condition.verdict == Verdict::True).count()
    }

    /// The conditions that could not be judged.
    pub fn unknown(&self) -> impl Iterator<Item = &ConditionAccount> {
        self.conditions.iter().filter(|condition| condition.verdict == Verdict::Unknown)
    }
}

/// One condition of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct ConditionAccount {
    /// The indicator's full name.
    pub indicator: Name,
    /// The indicator's title.
    pub title: String,
    /// The indicator's unit; empty for none.
    pub unit: String,
    /// The measure's word.
    pub measure: String,
    /// Its answer, after `expect`.
    pub verdict: Verdict,
    /// The measured value.
    pub value: Option<f64>,
    /// The value in words with its unit: `0.71`, `3 events`, `12 days`, `unknown`.
    pub shown: String,
    /// The value in words at the last notified decision, where it differs: mails write old → new.
    pub before: Option<String>,
    /// The limit in words: `at most 0.75`.
    pub bound: String,
    /// Why the answer is so: one sentence with the figures it was made from.
    pub why: String,
    /// What the indicator stands in for.
    pub proxy_for: Option<String>,
    /// The rows the value was computed from.
    pub vintages: Vec<i64>,
    /// The newest evidence it rests on, newest first.
    pub evidence: Vec<EvidenceAccount>,
    /// The readings behind it, oldest first, for a chart.
    pub series: Vec<PointAccount>,
    /// Whether they are levels: drawn as a line, where counts are bars.
    pub is_level: bool,
    /// The limit, where it is one of the readings themselves and not of what is computed from them.
    pub bound_at: Option<f64>,
}

/// One reading of a frozen chart.
#[derive(Debug, Clone, PartialEq)]
pub struct PointAccount {
    /// The period: `2025-12`, `2025-W50`.
    pub period: String,
    /// The value; `None` is missing.
    pub value: Option<f64>,
    /// Whether the period was over.
    pub is_final: bool,
    /// Whether the value accounts for all of it; else there may be more.
    pub is_whole: bool,
}

/// One piece of frozen evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceAccount {
    /// The indicator's full name.
    pub indicator: Name,
    /// The observation's number.
    pub vintage: i64,
    /// The figure.
    pub value: Option<f64>,
    /// The least it can be.
    pub low: Option<f64>,
    /// The most it can be.
    pub high: Option<f64>,
    /// When it happened.
    pub event_time: Timestamp,
    /// When we learned it.
    pub recorded_at: Timestamp,
    /// The words it rests on.
    pub quote: String,
    /// The item's title.
    pub title: Option<String>,
    /// The item's link.
    pub link: Option<String>,
    /// Who says so.
    pub source: String,
    /// Letter and digit.
    pub grade: String,
    /// Guards that fired.
    pub flags: Vec<String>,
    /// Who recorded it by hand.
    pub author: Option<String>,
    /// What people had said of the value or its source by then.
    pub notes: Vec<NoteAccount>,
}

/// One frozen note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteAccount {
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub author: String,
    /// What it is about: `value` or `source`.
    pub about: String,
    /// What it says.
    pub text: String,
}
