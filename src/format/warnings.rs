//! What was repaired, cut off or passed over, each said once.

/// How many different warnings one document gives.
const MOST: usize = 50;

/// Warnings in the order in which their causes were met.
#[derive(Debug, Default)]
pub struct Warnings(Vec<String>);

impl Warnings {
    /// Adds a sentence, unless it has been said.
    pub fn say(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if self.0.len() < MOST && !self.0.contains(&sentence) {
            self.0.push(sentence);
        }
    }

    /// Adds several.
    pub fn extend(&mut self, sentences: impl IntoIterator<Item = String>) {
        sentences.into_iter().for_each(|sentence| self.say(sentence));
    }

    /// The sentences.
    pub fn into_inner(self) -> Vec<String> {
        self.0
    }
}
