//! What people say of a value, a source or an alert.

use jiff::Timestamp;

use super::name::Name;

/// What a note is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// One vintage of one value, by its number.
    Value(i64),
    /// A source, by the watch that knows it and its id there.
    Source(Name),
    /// An alert, by its number.
    Alert(i64),
}

impl Subject {
    /// The word used in output and store.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Value(_) => "value",
            Self::Source(_) => "source",
            Self::Alert(_) => "alert",
        }
    }

    /// What tells it from others of its kind, as the store keeps it.
    pub fn target(&self) -> String {
        match self {
            Self::Value(number) | Self::Alert(number) => number.to_string(),
            Self::Source(name) => name.to_string(),
        }
    }

    /// Reads [`Subject::word`] and [`Subject::target`] back.
    pub fn parse(word: &str, target: &str) -> Option<Self> {
        match word {
            "value" => target.parse().ok().map(Self::Value),
            "source" => Name::parse(target).map(Self::Source),
            "alert" => target.parse().ok().map(Self::Alert),
            _ => None,
        }
    }
}

/// A person's remark. Never overwritten: a correction is a new note that names the one it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its number; 0 before it is stored.
    pub id: i64,
    /// What it is about.
    pub subject: Subject,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub text: String,
    /// The note that this one replaces.
    pub supersedes: Option<i64>,
}

/// The notes that hold: without those that a later one of them replaces.
pub fn current(notes: Vec<Note>) -> Vec<Note> {
    let replaced: Vec<i64> = notes.iter().filter_map(|note| note.supersedes).collect();
    notes.into_iter().filter(|note| !replaced.contains(&note.id)).collect()
}
