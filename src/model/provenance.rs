//! What an item shows of where it has its knowledge from: kept with the
//! observation for ever, so that origins can be counted again as of any moment.

/// What an item shows of where it has its knowledge from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Provenance {
    /// The item's own page, made comparable.
    pub page: Option<String>,
    /// Pages it links to, made comparable, in the order of the text.
    pub cites: Vec<String>,
    /// Pictures and films it carries, made comparable.
    pub media: Vec<String>,
    /// From whom it is forwarded, as written.
    pub forwarded: Option<String>,
    /// Phrases such as `according to`, with the words around them.
    pub attributions: Vec<Attribution>,
    /// The figures of its text, ascending, each once.
    pub figures: Vec<f64>,
    /// What its text is written in.
    pub language: Language,
    /// Its text as a set of marks.
    pub sketch: Sketch,
}

/// A phrase that names an origin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attribution {
    /// The phrase as it is looked for: `according to`.
    pub phrase: String,
    /// The words before it, where the phrase may follow the name: `the ministry reports`.
    pub before: String,
    /// The words behind it.
    pub after: String,
}

/// What a text is written in, as far as that tells a translation from a copy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Language {
    /// The primary subtag of the language that the feed names: `uk`.
    pub tag: Option<String>,
    /// Whether most letters are Latin, Cyrillic or others; `None` without letters.
    pub script: Option<Script>,
}

/// A script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    /// Latin letters.
    Latin,
    /// Cyrillic letters.
    Cyrillic,
    /// Any others.
    Other,
}

impl Script {
    /// The word used in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Latin => "latin",
            Self::Cyrillic => "cyrillic",
            Self::Other => "other",
        }
    }

    /// Reads [`Script::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Latin, Self::Cyrillic, Self::Other].into_iter().find(|script| script.word() == word)
    }
}

impl Language {
    /// Whether two texts are surely of different languages.
    pub fn differs(&self, other: &Self) -> bool {
        match (self.script, other.script) {
            (Some(one), Some(two)) if one != two => true,
            _ => self.tag.is_some() && other.tag.is_some() && self.tag != other.tag,
        }
    }
}

/// How a text is cut into overlapping pieces: only texts that are cut alike can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Shingling {
    /// Five words: bodies of 60 words or more.
    FiveWords,
    /// Three words: 20 to 60 words.
    ThreeWords,
    /// Five characters: shorter texts.
    #[default]
    FiveCharacters,
}

impl Shingling {
    /// The word used in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::FiveWords => "5 words",
            Self::ThreeWords => "3 words",
            Self::FiveCharacters => "5 characters",
        }
    }

    /// Reads [`Shingling::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::FiveWords, Self::ThreeWords, Self::FiveCharacters].into_iter().find(|one| one.word() == word)
    }

    /// From this resemblance on, two texts are one text: short ones resemble one another more easily.
    pub fn threshold(self) -> f64 {
        match self {
            Self::FiveWords => 0.5,
            Self::ThreeWords | Self::FiveCharacters => 0.7,
        }
    }
}

/// A text as the set of its pieces (Broder 1997): ascending hashes, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sketch {
    /// How it was cut.
    pub shingling: Shingling,
    /// The pieces.
    pub marks: Vec<u32>,
}

impl Sketch {
    /// The share of all their pieces that two texts have in common, 0 to 1; 0 where they are cut differently.
    pub fn resemblance(&self, other: &Self) -> f64 {
        if self.shingling != other.shingling || self.marks.is_empty() || other.marks.is_empty() {
            return 0.0;
        }
        let (mut a, mut b, mut shared) = (0, 0, 0_usize);
        while let (Some(one), Some(two)) = (self.marks.get(a), other.marks.get(b)) {
            match one.cmp(two) {
                std::cmp::Ordering::Less => a += 1,
                std::cmp::Ordering::Greater => b += 1,
                std::cmp::Ordering::Equal => (a, b, shared) = (a + 1, b + 1, shared + 1),
            }
        }
        shared as f64 / (self.marks.len() + other.marks.len() - shared) as f64
    }
}
