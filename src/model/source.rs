//! Who speaks, how reliable they are, and how a claim is graded.
//!
//! The Admiralty scale of AJP-2.1: a letter for the source, set by the
//! analyst and never changed by software, and a digit for the claim, computed
//! for each claim by itself.

use std::fmt;

/// A source's reliability, A (completely reliable) to F (cannot be judged).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reliability {
    /// Completely reliable.
    A,
    /// Usually reliable.
    B,
    /// Fairly reliable.
    C,
    /// Not usually reliable.
    D,
    /// Unreliable: kept and shown, never counted towards corroboration.
    E,
    /// Cannot be judged: kept and shown, never counted towards corroboration.
    F,
}

impl Reliability {
    /// Reads one letter.
    pub fn parse(letter: &str) -> Option<Self> {
        Some(match letter {
            "A" => Self::A,
            "B" => Self::B,
            "C" => Self::C,
            "D" => Self::D,
            "E" => Self::E,
            "F" => Self::F,
            _ => return None,
        })
    }

    /// The letter.
    pub fn letter(self) -> char {
        match self {
            Self::A => 'A',
            Self::B => 'B',
            Self::C => 'C',
            Self::D => 'D',
            Self::E => 'E',
            Self::F => 'F',
        }
    }

    /// Whether a report of such a source may count towards corroboration.
    pub fn may_corroborate(self) -> bool {
        self <= Self::D
    }
}

/// How a source comes to know what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Discipline {
    /// An instrument: imagery, heat, radar.
    Sensor,
    /// A state body or armed force.
    Official,
    /// A news organisation.
    Media,
    /// A person or channel on a social network.
    Social,
    /// Someone who assesses what others report.
    Analyst,
}

impl Discipline {
    /// The words of the configuration, in the order they are offered.
    pub const WORDS: [&str; 5] = ["sensor", "official", "media", "social", "analyst"];

    /// Reads a word of the configuration.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "sensor" => Self::Sensor,
            "official" => Self::Official,
            "media" => Self::Media,
            "social" => Self::Social,
            "analyst" => Self::Analyst,
            _ => return None,
        })
    }

    /// The word of the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sensor => "sensor",
            Self::Official => "official",
            Self::Media => "media",
            Self::Social => "social",
            Self::Analyst => "analyst",
        }
    }
}

/// A publisher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The id it has in the configuration; a feed without a source is its own, under the feed's id.
    pub id: String,
    /// How it is shown.
    pub title: String,
    /// What else texts call it, `word*` for any ending: whom `according to …` means.
    pub names: Vec<String>,
    /// The analyst's letter; `None` when not graded: counted, and linted.
    pub reliability: Option<Reliability>,
    /// How it comes to know.
    pub discipline: Discipline,
    /// Whose side speaks; `None` is no party.
    pub party: Option<String>,
    /// Who owns it; itself where nothing is said.
    pub owner: String,
    /// Sources of one lineage read the same channels.
    pub lineage: Option<String>,
}

impl Source {
    /// Whether two sources count as one: the same, of one owner, or of one lineage.
    pub fn is_one_voice_with(&self, other: &Self) -> bool {
        self.id == other.id || self.owner == other.owner || (self.lineage.is_some() && self.lineage == other.lineage)
    }
}

/// Letter and digit of one claim, such as B2. Either may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Grade {
    /// The source's letter.
    pub reliability: Option<Reliability>,
    /// The claim's digit, 1 (confirmed) to 6 (cannot be judged).
    pub credibility: Option<u8>,
}

impl Grade {
    /// Reads what [`Grade`] prints; anything else is no grade.
    pub fn parse(text: &str) -> Self {
        let mut chars = text.chars();
        let letter = chars.next().map(String::from).unwrap_or_default();
        let digit = chars.next().and_then(|c| c.to_digit(10)).and_then(|d| u8::try_from(d).ok());
        Self { reliability: Reliability::parse(&letter), credibility: digit.filter(|d| (1..=6).contains(d)) }
    }
}

impl fmt::Display for Grade {
    /// `B2`; a part that is not known is `-`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = self.reliability.map_or('-', Reliability::letter);
        match self.credibility {
            Some(digit) => write!(f, "{letter}{digit}"),
            None => write!(f, "{letter}-"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_are_read_back() {
        for text in ["A1", "B2", "F6", "-3", "C-", "--"] {
            assert_eq!(Grade::parse(text).to_string(), text);
        }
        assert_eq!(Grade::parse("x9").to_string(), "--");
    }
}
