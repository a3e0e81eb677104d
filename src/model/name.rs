//! Full names of the things a watch declares.

use std::fmt;

/// The full name of a feed, indicator or scenario: `watch/local`.
///
/// Ids are local to their watch, and a watch's id is its file's stem; only the
/// pair is unique.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    watch: String,
    local: String,
}

impl Name {
    /// Joins a watch's id and a local id.
    pub fn new(watch: impl Into<String>, local: impl Into<String>) -> Self {
        Self { watch: watch.into(), local: local.into() }
    }

    /// Reads `watch/local`; `None` when there is no slash.
    pub fn parse(text: &str) -> Option<Self> {
        let (watch, local) = text.split_once('/')?;
        Some(Self::new(watch, local))
    }

    /// The id of the watch: its file's stem.
    pub fn watch(&self) -> &str {
        &self.watch
    }

    /// The id inside the watch.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// Whether a user's word means this: the full name, or the bare local id.
    pub fn answers_to(&self, word: &str) -> bool {
        self.local == word || word.split_once('/').is_some_and(|(w, l)| w == self.watch && l == self.local)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.watch, self.local)
    }
}

/// Whether a word may be an id: letters, digits, `-` and `_`, not empty, at most 64 long.
pub fn is_id(word: &str) -> bool {
    !word.is_empty() && word.len() <= 64 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
