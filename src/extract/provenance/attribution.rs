//! Phrases by which a text names whom it has its knowledge from, in English, Ukrainian and Russian.

use std::sync::LazyLock;

use regex::RegexSet;

use crate::extract::text::fold::{Folded, fold_phrase};
use crate::extract::text::words::WordPattern;
use crate::model::item::Item;
use crate::model::provenance::Attribution;

/// Attributions kept of one text.
const MOST: usize = 12;
/// Words that are looked at on either side of a phrase.
const WORDS_NEAR: usize = 8;
/// So much of a text is looked through, in bytes: what comes later is background.
pub(super) const LONGEST_TEXT: usize = 64 * 1024;

/// On which side of a phrase the name stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    After,
    Either,
}

/// The phrases, folded, and where the name stands.
const PHRASES: [(&str, Side); 34] = [
    ("according to", Side::After),
    ("citing", Side::After),
    ("cites", Side::After),
    ("cited", Side::After),
    ("quoting", Side::After),
    ("as reported by", Side::After),
    ("reported by", Side::After),
    ("with reference to", Side::After),
    ("told", Side::After),
    ("reports", Side::Either),
    ("reported", Side::Either),
    ("за даними", Side::After),
    ("за інформацією", Side::After),
    ("за повідомленням", Side::After),
    ("з посиланням на", Side::After),
    ("із посиланням на", Side::After),
    ("посилаючись на", Side::After),
    ("як пише", Side::After),
    ("як повідомили в", Side::After),
    ("як повідомили у", Side::After),
    ("повідомляє", Side::Either),
    ("повідомляють", Side::Either),
    ("повідомив", Side::Either),
    ("повідомили", Side::Either),
    ("передає", Side::Either),
    ("по данным", Side::After),
    ("по информации", Side::After),
    ("со ссылкой на", Side::After),
    ("ссылаясь на", Side::After),
    ("как пишет", Side::After),
    ("сообщает", Side::Either),
    ("сообщают", Side::Either),
    ("сообщил*", Side::Either),
    ("передает", Side::Either),
];

/// Words that begin a forwarded message.
const FORWARDS: [&str; 6] =
    ["forwarded from", "reposted from", "переслано від", "переслано з", "переслано от", "репост"];

/// The plain letters among the first of these, and of `RT`.
const FORWARD_LETTERS: [char; 2] = ['f', 'r'];

/// Every phrase of a text with the words around it, in the order of the text. A title ends without a mark: each line
/// is read by itself.
pub(super) fn read(lines: &[Folded]) -> Vec<Attribution> {
    let mut found: Vec<Attribution> = lines.iter().flat_map(in_line).take(MOST).collect();
    found.dedup_by(|one, other| one.after == other.after && one.before == other.before);
    found
}

/// The phrases that stand in a line, at least as parts of words: one look for all of them, since most lines have none.
static ANY: LazyLock<Option<RegexSet>> =
    LazyLock::new(|| RegexSet::new(PATTERNS.iter().map(|(phrase, ..)| regex::escape(&fold_phrase(phrase)))).ok());

fn in_line(folded: &Folded) -> Vec<Attribution> {
    let text = folded.as_str();
    let mut found: Vec<(usize, Attribution)> = Vec::new();
    let standing = match ANY.as_ref() {
        Some(any) => any.matches(text).into_iter().collect(),
        None => (0..PATTERNS.len()).collect::<Vec<_>>(),
    };
    for (phrase, side, pattern) in standing.into_iter().filter_map(|place| PATTERNS.get(place)) {
        let mut from = 0;
        while let Some(range) = pattern.find_from(folded, from).filter(|_| found.len() < MOST * 4) {
            from = range.end;
            let before = if *side == Side::Either { words_before(text, range.start) } else { String::new() };
            let after = words_after(text, range.end);
            found.push((range.start, Attribution { phrase: (*phrase).to_owned(), before, after }));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, one)| one).collect()
}

/// The phrases, compiled once.
static PATTERNS: LazyLock<Vec<(&str, Side, WordPattern)>> = LazyLock::new(|| {
    let compile = |(phrase, side): &(&'static str, Side)| {
        Some((phrase.trim_end_matches('*'), *side, WordPattern::new(phrase).ok()?))
    };
    PHRASES.iter().filter_map(compile).collect()
});

/// From whom an item is forwarded: a field of the feed, else its own first words.
pub(super) fn forwarded(item: &Item, text: &str) -> Option<String> {
    if let Some(named) = item.field("forwarded").map(str::trim).filter(|named| !named.is_empty()) {
        return Some(named.to_owned());
    }
    // What begins with another plain letter begins with none of these words, and that is nearly every text.
    let begins_so =
        |first: char| !first.is_ascii_alphanumeric() || FORWARD_LETTERS.contains(&first.to_ascii_lowercase());
    text.trim_start().chars().next().filter(|first| begins_so(*first))?;
    let folded = Folded::for_words(text.get(..text.floor_char_boundary(400)).unwrap_or_default());
    let start = folded.as_str().trim_start();
    if let Some(account) = start.strip_prefix("rt @") {
        return account.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned);
    }
    let rest = FORWARDS.iter().find_map(|words| start.strip_prefix(words))?;
    Some(words_after(rest, 0)).filter(|named| !named.is_empty())
}

fn words_after(text: &str, at: usize) -> String {
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.find(is_end).unwrap_or(rest.len());
    let words: Vec<&str> = rest.get(..end).unwrap_or_default().split_whitespace().take(WORDS_NEAR).collect();
    words.join(" ")
}

fn words_before(text: &str, at: usize) -> String {
    let rest = text.get(..at).unwrap_or_default();
    let start = rest
        .rfind(is_end)
        .map_or(0, |end| end + rest.get(end..).and_then(|c| c.chars().next()).map_or(1, char::len_utf8));
    let words: Vec<&str> = rest.get(start..).unwrap_or_default().split_whitespace().collect();
    words.get(words.len().saturating_sub(WORDS_NEAR)..).unwrap_or_default().join(" ")
}

/// A name does not reach beyond the end of its clause. A point may be of an abbreviation, and is none.
fn is_end(c: char) -> bool {
    matches!(c, ',' | ';' | '!' | '?' | '(' | ')' | '«' | '»' | '"' | '“' | '”' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str, &str)]) {
        let found = read(&text.lines().map(Folded::for_words).collect::<Vec<_>>());
        let found: Vec<(&str, &str, &str)> =
            found.iter().map(|one| (one.phrase.as_str(), one.before.as_str(), one.after.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn phrases_in_three_languages() {
        check("A column moved, according to the General Staff, at noon", &[("according to", "", "the general staff")]);
        check("За даними Генштабу, колона рухається", &[("за даними", "", "генштабу")]);
        check("Колонна движется, со ссылкой на Минобороны", &[("со ссылкой на", "", "минобороны")]);
        check("Про це повідомляє Генштаб", &[("повідомляє", "про це", "генштаб")]);
        check("Генштаб сообщает: колонна", &[("сообщает", "генштаб", "")]);
        check("A column moved at noon", &[]);
    }

    #[test]
    fn forwards() {
        let with = |text: &str| forwarded(&Item::default(), text);
        assert_eq!(with("Forwarded from Front Watch: a column").as_deref(), Some("front watch"));
        assert_eq!(with("RT @front_watch: a column").as_deref(), Some("front_watch"));
        assert_eq!(with("A column"), None);
        let fields = vec![("forwarded".to_owned(), " Front Watch ".to_owned())];
        assert_eq!(forwarded(&Item { fields, ..Item::default() }, "").as_deref(), Some("Front Watch"));
    }
}
