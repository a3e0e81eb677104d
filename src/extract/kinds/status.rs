//! What a text says has happened to an expected event.

use crate::extract::matching::patterns;
use crate::extract::text::fold::Folded;
use crate::extract::text::words::WordPattern;
use crate::extract::{RuleError, Rules};
use crate::model::observation::Status;

/// The words of each status.
#[derive(Debug)]
pub(super) struct StatusWords {
    words: Vec<(Status, Vec<WordPattern>)>,
}

/// A status and where its word stands, in bytes of the folded text.
type At = (Status, std::ops::Range<usize>);

impl StatusWords {
    /// Reads the words of the rule.
    ///
    /// # Errors
    /// Every word that is none.
    pub(super) fn new(rules: &Rules) -> Result<Self, Vec<RuleError>> {
        let compile = |(status, words): &(Status, Vec<String>)| Ok((*status, patterns("status", words)?));
        Ok(Self { words: rules.status.iter().map(compile).collect::<Result<_, Vec<RuleError>>>()? })
    }

    /// Whether there are any words.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The status that a text states: what has happened outweighs what is announced.
    ///
    /// # Errors
    /// A sentence fragment, where it states two that exclude each other.
    pub(super) fn read(&self, text: &Folded) -> Result<Option<At>, String> {
        let stated: Vec<At> = self
            .words
            .iter()
            .filter_map(|(status, words)| Some((*status, occurrence(text, *status, words)?)))
            .collect();
        let weight = |status: Status| match status {
            Status::Announced => 0,
            Status::Confirmed => 1,
            Status::Delivered | Status::Delayed | Status::Cancelled => 2,
        };
        let Some(highest) = stated.iter().map(|(status, _)| weight(*status)).max() else { return Ok(None) };
        let mut strongest = stated.into_iter().filter(|(status, _)| weight(*status) == highest);
        match (strongest.next(), strongest.next()) {
            (Some((one, _)), Some((other, _))) => {
                Err(format!("the text says both {} and {}", one.word(), other.word()))
            }
            (found, _) => Ok(found),
        }
    }
}

/// The first occurrence of one of the words that is not negated, and where it is of what has happened, not ahead.
fn occurrence(text: &Folded, status: Status, words: &[WordPattern]) -> Option<std::ops::Range<usize>> {
    let first = words.iter().filter_map(|word| {
        let mut from = 0;
        while let Some(range) = word.find_from(text, from) {
            let (before, after) = (text.as_str().get(..range.start), text.as_str().get(range.end..));
            let before = before.unwrap_or_default();
            // What will be delayed or cancelled is so already.
            let may_lie_ahead = !matches!(status, Status::Delayed | Status::Cancelled);
            let is_partly = status == Status::Delivered && is_of_a_part(before);
            let is_open = (may_lie_ahead && lies_ahead(before)) || is_partly || is_taken_back(before);
            if !is_open && !is_asked(after.unwrap_or_default()) {
                return Some(range);
            }
            from = range.end;
        }
        None
    });
    first.min_by_key(|range| range.start)
}

/// Words of a clause that are looked at before a word.
const WORDS_BEFORE: usize = 10;

/// What takes back all that follows in its clause: `no new package was announced`, `has yet to be announced`.
const TAKING_BACK: &[&str] = &[
    "not",
    "never",
    "no",
    "none",
    "neither",
    "nor",
    "nobody",
    "nothing",
    "if",
    "whether",
    "unless",
    "might",
    "could",
    "не",
    "ні",
    "ни",
    "жоден",
    "жодного",
    "жодна",
    "жодної",
    "жодне",
    "ніхто",
    "нічого",
    "никто",
    "ничего",
    "якщо",
    "если",
];

/// Words behind `may` that make it the verb and not the month.
const BEHIND_MAY: &[&str] = &["be", "have", "not", "soon", "still", "also", "well", "yet"];

/// Beginnings of words that do the same to what follows at once, or behind `to`, `that` and their like.
const DENIALS: &[&str] = &[
    "fail",
    "refus",
    "declin",
    "deny",
    "deni",
    "unlikely",
    "unclear",
    "doubt",
    "заперечу",
    "заперечи",
    "відмови",
    "отрица",
    "отказа",
    "навряд",
    "вряд",
];

/// Words with which another clause begins.
const CLAUSES: &[&str] = &[
    "when",
    "after",
    "before",
    "as",
    "while",
    "because",
    "since",
    "but",
    "although",
    "though",
    "which",
    "who",
    "where",
    "коли",
    "після",
    "бо",
    "але",
    "хоча",
    "який",
    "яка",
    "яке",
    "які",
    "когда",
    "после",
    "но",
    "хотя",
    "который",
    "которая",
    "которые",
];

/// Words between an auxiliary and its verb.
const BETWEEN: &[&str] = &[
    "be",
    "been",
    "have",
    "soon",
    "also",
    "then",
    "likely",
    "probably",
    "finally",
    "only",
    "now",
    "formally",
    "officially",
    "fully",
    "all",
    "still",
    "first",
    "повністю",
    "полностью",
    "скоро",
    "також",
    "также",
    "бути",
    "быть",
];

/// Words after which a verb tells of what may come: `will be delivered`, `to be delivered`, `буде доставлений`.
const AHEAD: &[&str] = &[
    "will",
    "would",
    "shall",
    "should",
    "must",
    "can",
    "cannot",
    "to",
    "once",
    "until",
    "буде",
    "будуть",
    "будет",
    "будут",
    "має",
    "мають",
    "повинен",
    "повинна",
    "повинні",
    "должен",
    "должна",
    "должны",
];

/// Whether the verb that stands behind these words tells of what may come.
fn lies_ahead(before: &str) -> bool {
    let mut has_been = false;
    for word in before.trim_end().rsplit(' ').take(WORDS_BEFORE) {
        if BETWEEN.contains(&word) {
            has_been |= word == "been";
            continue;
        }
        // `is said to have been delivered` is of what has happened.
        return AHEAD.contains(&word) && !(has_been && word == "to");
    }
    false
}

/// Whether only a part of the subject is spoken of: `half of the package has been delivered`.
fn is_of_a_part(before: &str) -> bool {
    let words: Vec<&str> =
        before.trim_end().rsplit(' ').take(WORDS_BEFORE).take_while(|word| !ends_clause(word)).collect();
    let of = |pair: &[&str]| matches!(pair, ["of", "half" | "part" | "third" | "quarter" | "some" | "most"]);
    let parts = ["partly", "partially", "половина", "половину", "частина", "частину", "частково", "часть", "частично"];
    words.windows(2).any(of) || words.iter().any(|word| parts.contains(word))
}

/// Whether a word that stands behind these is taken back: denied, doubted, or only supposed.
fn is_taken_back(before: &str) -> bool {
    let mut words = before.trim_end().rsplit(' ').take(WORDS_BEFORE).enumerate().peekable();
    let mut behind = "";
    while let Some((place, word)) = words.next() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'');
        if ends_clause(word) || CLAUSES.contains(&bare) {
            return false;
        }
        let earlier = words.peek().map_or("", |(_, word)| *word);
        if takes_back(bare, behind, earlier) || (place < 2 && matches!(bare, "without" | "без")) {
            return true;
        }
        behind = bare;
    }
    false
}

/// Whether a word takes back what follows; `behind` stands after it, `earlier` before it.
fn takes_back(word: &str, behind: &str, earlier: &str) -> bool {
    match word {
        // `not only announced`, `no doubt`, `with no delay`: none denies.
        "not" => behind != "only",
        "no" => behind != "doubt" && !matches!(earlier, "with" | "in" | "by" | "at" | "under"),
        "yet" => behind == "to",
        "may" => {
            let is_date = earlier.ends_with(|c: char| c.is_ascii_digit()) || matches!(earlier, "in" | "of");
            BEHIND_MAY.contains(&behind) || (behind.is_empty() && !is_date)
        }
        _ if TAKING_BACK.contains(&word) || word.ends_with("n't") => true,
        _ if word.starts_with("doubt") && earlier == "no" => false,
        _ => {
            let reaches = matches!(behind, "" | "to" | "that" | "if" | "whether");
            reaches && DENIALS.iter().any(|stem| word.starts_with(stem))
        }
    }
}

/// Whether a clause or a sentence ends with a word. The point of `U.S.` ends none.
fn ends_clause(word: &str) -> bool {
    let is_abbreviation = word.strip_suffix('.').is_some_and(|stem| stem.contains('.') || stem.chars().count() < 2);
    word.ends_with([',', ';', ':', '.', '!', '?', '-']) && !is_abbreviation
}

/// Whether the sentence that goes on so is a question.
fn is_asked(after: &str) -> bool {
    after.find(['.', '!', '?']).and_then(|at| after.get(at..)).is_some_and(|end| end.starts_with('?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let words = [WordPattern::new("announce*").unwrap(), WordPattern::new("оголо*").unwrap()];
        let found = occurrence(&Folded::for_words(text), Status::Announced, &words);
        assert_eq!(found.is_some(), expected, "{text}");
    }

    #[test]
    fn what_lies_ahead_or_is_of_a_part_has_not_been_delivered() {
        let delivered = |text: &str| {
            let words = [WordPattern::new("delivered").unwrap(), WordPattern::new("доставлен*").unwrap()];
            occurrence(&Folded::for_words(text), Status::Delivered, &words).is_some()
        };
        for ahead in [
            "The package is to be delivered by 15 March 2026",
            "The package is expected to be delivered by March",
            "It should be delivered not before 1 March",
            "It cannot be delivered until 1 March",
            "The package will be delivered in February",
            "The package would soon be fully delivered",
            "Once delivered, the package will help",
            "Half of the package has been delivered",
            "The package has been partly delivered",
            "Пакет буде доставлений до 15 березня",
            "Пакет будет доставлен в марте",
        ] {
            assert!(!delivered(ahead), "{ahead}");
        }
        for done in [
            "The package has been delivered",
            "The package was finally delivered to Kyiv",
            "The package is said to have been delivered",
            "All of the package was delivered",
            "The package that will help was delivered",
            "Пакет доставлено",
        ] {
            assert!(delivered(done), "{done}");
        }
        let words = [WordPattern::new("delayed").unwrap()];
        let late = Folded::for_words("The package will be delayed until May");
        assert!(occurrence(&late, Status::Delayed, &words).is_some(), "that it comes late is known");
    }

    #[test]
    fn what_is_denied_or_supposed_is_not_stated() {
        for denied in [
            "No package was announced.",
            "No new U.S. package was announced.",
            "None of the packages was announced.",
            "Neither package was announced today.",
            "The package has yet to be announced.",
            "The ministry failed to announce a package.",
            "He denied that a package was announced.",
            "It is unlikely that a package will be announced.",
            "If the package is announced, prices will fall.",
            "Will the package be announced this week?",
            "A package may be announced next week.",
            "They may announce a package.",
            "Nothing about the package was announced.",
            "The package hasn't been announced.",
            "Пакет ще не оголошено.",
            "Жодного пакета не було оголошено.",
        ] {
            check(denied, false);
        }
    }

    #[test]
    fn what_another_clause_denies_is_stated() {
        for stated in [
            "A package was announced.",
            "No details were given when the package was announced.",
            "It was not large, but a package was announced.",
            "Asked why? A package was announced.",
            "The U.S. announced a package.",
            "Not only was it large. It was announced at once.",
            "There is no doubt that a package was announced.",
            "They not only announced a package but delivered it.",
            "Was it late? The package was announced on Monday. Will it come?",
            "Не чекали, але пакет оголошено.",
            "On 12 May a package was announced.",
            "The ministry on 12 May announced a package.",
            "May 12: the package was announced.",
            "After failed talks a package was announced.",
            "Without delay the package was announced.",
            "With no delay a package was announced.",
            "Гармати чи снаряди, що їх оголошено.",
        ] {
            check(stated, true);
        }
    }
}
