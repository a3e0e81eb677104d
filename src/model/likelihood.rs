//! A scenario's probability in words: three published lexicons, each word with its band.
//!
//! Readers meant the intended band in 66 % of cases where it stood beside the
//! word and in 32 % where it did not; so it always stands there.

use super::name::Name;

/// Which words stand for probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lexicon {
    /// US ICD 203.
    Icd203,
    /// NATO AJP-2.
    Ajp2,
    /// UK PHIA yardstick.
    Phia,
}

/// A word with the band that it stands for, both ends as fractions.
pub type Word = (&'static str, f64, f64);

const ICD203: [Word; 7] = [
    ("almost no chance", 0.01, 0.05),
    ("very unlikely", 0.05, 0.20),
    ("unlikely", 0.20, 0.45),
    ("roughly even chance", 0.45, 0.55),
    ("likely", 0.55, 0.80),
    ("very likely", 0.80, 0.95),
    ("almost certain", 0.95, 0.99),
];

const AJP2: [Word; 5] = [
    ("highly unlikely", 0.0, 0.10),
    ("unlikely", 0.10, 0.40),
    ("even chance", 0.40, 0.60),
    ("likely", 0.60, 0.90),
    ("highly likely", 0.90, 1.0),
];

const PHIA: [Word; 7] = [
    ("remote chance", 0.0, 0.05),
    ("highly unlikely", 0.10, 0.20),
    ("unlikely", 0.25, 0.35),
    ("realistic possibility", 0.40, 0.50),
    ("likely", 0.55, 0.75),
    ("highly likely", 0.80, 0.90),
    ("almost certain", 0.95, 1.0),
];

impl Lexicon {
    /// The word for a probability, with its band. A band's edge belongs to the lower word; what lies between two bands
    /// (PHIA leaves gaps) to the nearer one, in the middle to the lower.
    pub fn word(self, probability: f64) -> Word {
        let words: &[Word] = match self {
            Self::Icd203 => &ICD203,
            Self::Ajp2 => &AJP2,
            Self::Phia => &PHIA,
        };
        let distance = |word: &Word| (word.1 - probability).max(probability - word.2).max(0.0);
        let mut nearest = words[0];
        for word in words {
            // Floating point: 0.225 lies as far from 0.20 as from 0.25.
            if distance(word) < distance(&nearest) - 1e-12 {
                nearest = *word;
            }
        }
        nearest
    }
}

/// How well founded a probability is: by the structure of its evidence only, never by how high it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// Neither of the others.
    Low,
    /// Independent sources of one discipline, or one good source that observes directly.
    Moderate,
    /// Independent sources of different disciplines, and nothing speaks against it.
    High,
}

impl Confidence {
    /// The word used in output and store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
        }
    }

    /// Reads [`Confidence::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Low, Self::Moderate, Self::High].into_iter().find(|confidence| confidence.word() == word)
    }
}

/// A scenario's probability: advice beside the rules, never the reason of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Likelihood {
    /// The probability, 0.01 to 0.99.
    pub probability: f64,
    /// The log-odds behind it.
    pub log_odds: f64,
    /// The lexicon's word.
    pub word: String,
    /// The band that the word stands for.
    pub band: (f64, f64),
    /// How well founded it is.
    pub confidence: Confidence,
    /// Why: the structure of the evidence in words.
    pub confidence_why: String,
    /// What moves it, the strongest first.
    pub moves: Vec<Move>,
}

/// What one indication does to a probability.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// The indicator's full name.
    pub indicator: Name,
    /// The measure's word.
    pub measure: String,
    /// Its contribution to the log-odds; 0 where a stronger one of its group counts instead.
    pub weight: f64,
    /// What the probability would be without it.
    pub without: f64,
}

impl Likelihood {
    /// `likely (55 to 80 %), computed 62 %`.
    pub fn words(&self) -> String {
        let percent = |share: f64| format!("{:.0}", share * 100.0);
        format!(
            "{} ({} to {} %), computed {} %",
            self.word,
            percent(self.band.0),
            percent(self.band.1),
            percent(self.probability)
        )
    }

    /// Confidence never shares a sentence with likelihood (ICD 203): `moderate: two independent sources …`.
    pub fn confidence_words(&self) -> String {
        format!("{}: {}", self.confidence.word(), self.confidence_why)
    }

    /// What moves it most: `sorties ratio: without it 33 %`; nothing where nothing does.
    pub fn strongest_words(&self) -> Option<String> {
        let strongest = self.moves.first().filter(|one| (one.without - self.probability).abs() >= 0.005)?;
        let without = (strongest.without * 100.0).round();
        Some(format!("{} {}: without it {without} %", strongest.indicator.local(), strongest.measure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lexicon: Lexicon, probability: f64, expected: &str) {
        assert_eq!(lexicon.word(probability).0, expected, "{lexicon:?} {probability}");
    }

    #[test]
    fn edges_belong_to_the_lower_word() {
        check(Lexicon::Icd203, 0.01, "almost no chance");
        check(Lexicon::Icd203, 0.05, "almost no chance");
        check(Lexicon::Icd203, 0.050001, "very unlikely");
        check(Lexicon::Icd203, 0.20, "very unlikely");
        check(Lexicon::Icd203, 0.45, "unlikely");
        check(Lexicon::Icd203, 0.55, "roughly even chance");
        check(Lexicon::Icd203, 0.80, "likely");
        check(Lexicon::Icd203, 0.99, "almost certain");
        check(Lexicon::Ajp2, 0.10, "highly unlikely");
        check(Lexicon::Ajp2, 0.60, "even chance");
        check(Lexicon::Ajp2, 0.95, "highly likely");
    }

    #[test]
    fn gaps_belong_to_the_nearer_band() {
        check(Lexicon::Phia, 0.05, "remote chance");
        check(Lexicon::Phia, 0.07, "remote chance");
        check(Lexicon::Phia, 0.075, "remote chance");
        check(Lexicon::Phia, 0.08, "highly unlikely");
        check(Lexicon::Phia, 0.22, "highly unlikely");
        check(Lexicon::Phia, 0.24, "unlikely");
        check(Lexicon::Phia, 0.52, "realistic possibility");
        check(Lexicon::Phia, 0.53, "likely");
        check(Lexicon::Phia, 0.99, "almost certain");
    }

    #[test]
    fn every_probability_has_a_word_whose_band_is_near() {
        for lexicon in [Lexicon::Icd203, Lexicon::Ajp2, Lexicon::Phia] {
            for percent in 1..=99 {
                let probability = f64::from(percent) / 100.0;
                let (word, low, high) = lexicon.word(probability);
                assert!(probability >= low - 0.026 && probability <= high + 0.026, "{lexicon:?} {percent} {word}");
            }
        }
    }
}
