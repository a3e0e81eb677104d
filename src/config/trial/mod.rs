//! Scenario tests: what a test file says, checked against its watch.
//!
//! A test is a course of things told at times, and what has to follow. Running
//! it is `pipeline::replay::trial`'s.

mod build;
mod course;
mod expect;
mod keys;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

pub use keys::TRIALS;

use super::environment::Environment;
use super::plan::Plan;
use crate::model::item::Document;
use crate::model::name::Name;
use crate::model::notification::Kind;
use crate::model::observation::Value;
use crate::model::scenario::Phase;
use crate::model::time::Span;
use crate::settings::Problems;

/// A test file with its watch.
#[derive(Debug, Clone)]
pub struct TrialFile {
    /// The file.
    pub path: PathBuf,
    /// Its tests in the order of the file.
    pub trials: Vec<Trial>,
}

/// One test.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Its name.
    pub name: String,
    /// Where it stands: line and column.
    pub place: (usize, usize),
    /// The plan of its watch alone; an indicator with a series has that instead of its own sources.
    pub plan: Plan,
    /// When it begins.
    pub start: Timestamp,
    /// What is told when, in the order of time.
    pub told: Vec<Told>,
    /// Stretches in which a feed gives nothing.
    pub silences: Vec<(Name, Span)>,
    /// What has to follow.
    pub expected: Vec<Expectation>,
}

/// Something that a feed gives at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// When.
    pub at: Timestamp,
    /// Which feed.
    pub feed: Name,
    /// What.
    pub what: What,
}

/// What a feed gives.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A value of an indicator, as if it had been extracted.
    Value(Box<Said>),
    /// A document, to be read.
    Document(Document),
    /// Nothing, after a time in which it gave nothing.
    Nothing,
}

/// A value as if it had been extracted from an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The indicator's place in the watch.
    pub indicator: usize,
    /// The input's place in the indicator.
    pub input: usize,
    /// The item's identity: the same one again is a revision.
    pub id: String,
    /// When it happened.
    pub event_time: Timestamp,
    /// What it says.
    pub value: Value,
    /// The item's title.
    pub title: Option<String>,
    /// The item's text.
    pub text: String,
    /// The item's link.
    pub link: Option<String>,
    /// The publisher that the item names, where it is not the feed's own source.
    pub publisher: Option<String>,
}

/// What has to be so at a moment, or to have happened in a stretch.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Where it stands: line and column.
    pub place: (usize, usize),
    /// When.
    pub when: When,
    /// Which scenario.
    pub scenario: Option<Name>,
    /// The state it stands in.
    pub state: Option<Phase>,
    /// Whether it cannot be judged.
    pub blind: Option<bool>,
    /// The states it came into, in order.
    pub transitions: Option<Vec<Phase>>,
    /// The messages about it; about anything where no scenario is named.
    pub mails: Option<Mails>,
}

impl Expectation {
    /// Whether it asks for anything.
    pub fn asserts(&self) -> bool {
        self.state.is_some() || self.blind.is_some() || self.transitions.is_some() || self.mails.is_some()
    }
}

/// When something is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At a moment, after everything of that moment.
    At(Timestamp),
    /// In a stretch; both its ends belong to it.
    Between(Span),
}

impl When {
    /// The last moment that has to be reached for it.
    pub fn last(self) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Between(span) => span.to,
        }
    }
}

/// Messages that are expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mails {
    /// So many, of any kind.
    Count(usize),
    /// These kinds, in this order.
    Kinds(Vec<Kind>),
}

/// Reads a test file, its watch and the documents it names.
///
/// # Errors
/// Every problem of the file, and of the watch where that cannot be used.
pub fn load(path: &Path, environment: &dyn Environment) -> Result<TrialFile, Problems> {
    build::load(path, environment)
}
