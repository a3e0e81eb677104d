//! Text made comparable, with a way back to where it stood in the source.
//!
//! Two spellings of a name must be equal to the words of a rule, while the
//! evidence has to point into the text as it is stored.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// More marks on one letter than any script has are text that attacks the sorting in the normalisation.
const MOST_MARKS: usize = 16;

/// A folded copy of a text and the places where its offsets part from the source's.
#[derive(Debug, Clone)]
pub(crate) struct Folded {
    text: String,
    /// Pairs of offsets (folded, source), from which both run alike until the next pair.
    jumps: Vec<(usize, usize)>,
}

impl Folded {
    /// For words: NFKC, case folded, white space as single blanks, variants of apostrophe and hyphen equal.
    pub(crate) fn for_words(source: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(source.len()), ..Self::empty() };
        let mut at = 0;
        while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
            let run = ascii_run(rest);
            if !run.is_empty() {
                folded.push(at, |text| lower_into(text, run));
                at += run.len();
                continue;
            }
            let quick = quick(rest);
            let length = quick.map_or_else(|| first_cluster(rest).len(), |(_, length)| length);
            match quick {
                Some((' ', _)) => folded.blank(at),
                Some((c, _)) => folded.push(at, |text| text.push(c)),
                None if rest.starts_with(char::is_whitespace) => folded.blank(at),
                None => folded.push(at, |text| fold_into(text, rest.get(..length).unwrap_or_default())),
            }
            at += length;
        }
        folded.end(source)
    }

    fn blank(&mut self, at: usize) {
        if !self.text.ends_with(' ') {
            self.push(at, |text| text.push(' '));
        }
    }

    /// For patterns: only what no pattern can want to tell apart is made equal, so that case and spaces stay.
    pub(crate) fn for_patterns(source: &str) -> Self {
        let mut folded = Self::empty();
        for (at, cluster) in clusters(source) {
            folded.push(at, |text| plain_into(text, cluster));
        }
        folded.end(source)
    }

    /// The folded text.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The bytes of `source` that a range of the folded text came from.
    pub(crate) fn source_range(&self, source: &str, range: Range<usize>) -> Range<usize> {
        let from = source.floor_char_boundary(self.source_offset(range.start));
        let to = source.ceil_char_boundary(self.source_offset(range.end));
        from..to.max(from)
    }

    fn empty() -> Self {
        Self { text: String::new(), jumps: vec![(0, 0)] }
    }

    /// Appends what a stretch of the source becomes, and notes where it began unless that follows from the last note.
    fn push(&mut self, at: usize, append: impl FnOnce(&mut String)) {
        let before = self.text.len();
        append(&mut self.text);
        if self.text.len() > before {
            self.jump(before, at);
        }
    }

    fn end(mut self, source: &str) -> Self {
        self.jump(self.text.len(), source.len());
        self
    }

    fn jump(&mut self, folded: usize, source: usize) {
        let (last_folded, last_source) = self.jumps.last().copied().unwrap_or((0, 0));
        if last_source + folded.saturating_sub(last_folded) != source {
            self.jumps.push((folded, source));
        }
    }

    fn source_offset(&self, offset: usize) -> usize {
        let next = self.jumps.partition_point(|(folded, _)| *folded <= offset);
        let (folded, source) = self.jumps.get(next.saturating_sub(1)).copied().unwrap_or((0, 0));
        source + offset.saturating_sub(folded)
    }
}

/// One word or short phrase, folded as [`Folded::for_words`] folds texts, without outer blanks.
pub(crate) fn fold_phrase(phrase: &str) -> String {
    Folded::for_words(phrase).text.trim().to_owned()
}

/// A pattern with the same apostrophes and composition as the text it is run on.
pub(crate) fn fold_pattern(pattern: &str) -> String {
    pattern.nfc().map(one_apostrophe).collect()
}

/// Characters that are written for the line breaking and are no part of a word.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Whether a character is one of the apostrophes that stand inside words.
pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '`' | '‘' | 'ʹ' | '′' | '＇')
}

/// Whether a character is a hyphen, within words or of a range.
pub(crate) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

/// Whether a character is a hyphen or a dash.
pub(crate) fn is_dash(c: char) -> bool {
    is_hyphen(c) || matches!(c, '\u{2012}'..='\u{2014}')
}

fn one_apostrophe(c: char) -> char {
    if is_apostrophe(c) { '\'' } else { c }
}

/// Each character with the marks that follow it, and where it begins.
fn clusters(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let cluster = first_cluster(source.get(at..)?);
        at += cluster.len();
        (!cluster.is_empty()).then_some((at - cluster.len(), cluster))
    })
}

/// The first character of a text with the marks that follow it.
fn first_cluster(rest: &str) -> &str {
    // Most text is such that nothing can follow a character but the next one.
    if let [first, next, ..] = rest.as_bytes()
        && first.is_ascii()
        && next.is_ascii()
    {
        return rest.get(..1).unwrap_or_default();
    }
    let mut chars = rest.chars();
    let first = chars.next().map_or(0, char::len_utf8);
    let marks = chars.take(MOST_MARKS).take_while(|c| is_mark(*c));
    rest.get(..first + marks.map(char::len_utf8).sum::<usize>()).unwrap_or_default()
}

/// The ASCII that a text begins with up to a blank, in so far as only its case has to be folded.
fn ascii_run(rest: &str) -> &str {
    let bytes = rest.as_bytes();
    let length = bytes.iter().position(|byte| !matches!(byte, b'!'..=b'~') || *byte == b'`').unwrap_or(bytes.len());
    // A mark may follow that makes another letter of the last.
    let is_joined = bytes.get(length).is_some_and(|next| !next.is_ascii());
    rest.get(..length - usize::from(is_joined && length > 0)).unwrap_or_default()
}

fn lower_into(folded: &mut String, ascii: &str) {
    let from = folded.len();
    folded.push_str(ascii);
    if let Some(pushed) = folded.get_mut(from..) {
        pushed.make_ascii_lowercase();
    }
}

/// The first character of a text, folded for words, and its length as written, where that follows from a few bytes:
/// Latin and Cyrillic letters without marks. Nearly all of a text is such.
fn quick(rest: &str) -> Option<(char, usize)> {
    let bytes = rest.as_bytes();
    // What follows must be no mark: ASCII, or the first byte of U+0400 to U+047F.
    let ends = |at: usize| bytes.get(at).is_none_or(|next| next.is_ascii() || matches!(next, 0xd0 | 0xd1));
    match *bytes {
        [b' ' | b'\t'..=b'\r', ..] if ends(1) => Some((' ', 1)),
        [b'`', ..] if ends(1) => Some(('\'', 1)),
        [c @ 0..=0x7f, ..] if ends(1) => Some((char::from(c.to_ascii_lowercase()), 1)),
        // `А` to `Я`, `а` to `п`, `р` to `я`, and `і`, `ї`, `є`.
        [0xd0, c @ 0x90..=0x9f, ..] if ends(2) => char::from_u32(0x430 + u32::from(c - 0x90)).map(|c| (c, 2)),
        [0xd0, c @ 0xa0..=0xaf, ..] if ends(2) => char::from_u32(0x440 + u32::from(c - 0xa0)).map(|c| (c, 2)),
        [0xd0, c @ 0xb0..=0xbf, ..] if ends(2) => char::from_u32(0x430 + u32::from(c - 0xb0)).map(|c| (c, 2)),
        [0xd1, c @ (0x80..=0x8f | 0x94 | 0x96 | 0x97), ..] if ends(2) => {
            char::from_u32(0x440 + u32::from(c - 0x80)).map(|c| (c, 2))
        }
        _ => None,
    }
}

/// Whether a character belongs to the one before it. Latin and Cyrillic letters are told without looking them up.
fn is_mark(c: char) -> bool {
    !matches!(c, '\0'..='\u{2ff}' | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}') && is_combining_mark(c)
}

/// The only character of a cluster, where it is of a kind that normalisation leaves as it is.
fn plain(cluster: &str) -> Option<char> {
    let mut chars = cluster.chars();
    let only = chars.next().filter(|c| c.is_ascii() || matches!(c, '\u{400}'..='\u{4ff}'))?;
    chars.next().is_none().then_some(only)
}

fn fold_into(folded: &mut String, cluster: &str) {
    if let Some(c) = plain(cluster) {
        return fold_char(folded, c);
    }
    for c in cluster.nfkc().filter(|c| !is_invisible(*c)) {
        fold_char(folded, c);
    }
}

fn fold_char(folded: &mut String, c: char) {
    if c.is_ascii_alphanumeric() || c == ' ' {
        return folded.push(c.to_ascii_lowercase());
    }
    match c {
        _ if is_apostrophe(c) => folded.push('\''),
        _ if is_dash(c) => folded.push('-'),
        'ß' | 'ẞ' => folded.push_str("ss"),
        'ς' => folded.push('σ'),
        // Russian is written with and without the dots.
        'ё' | 'Ё' => folded.push('е'),
        // A stress mark that did not compose to a letter of its own.
        '\u{300}' | '\u{301}' => {}
        _ => folded.extend(c.to_lowercase()),
    }
}

fn plain_into(folded: &mut String, cluster: &str) {
    match plain(cluster) {
        Some(c) => folded.push(one_apostrophe(c)),
        None => folded.extend(cluster.nfc().filter(|c| !is_invisible(*c)).map(one_apostrophe)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_become_equal() {
        let cases = [
            ("Куп’янськ", "куп'янськ"),
            ("КУПʼЯНСЬК", "куп'янськ"),
            ("con\u{ad}voy", "convoy"),
            ("a\u{a0} \n b", "a b"),
            ("Straße", "strasse"),
            ("e\u{301}te\u{301}", "été"),
            ("ﬁre", "fire"),
            ("Мирного\u{301}", "мирного"),
            ("налёт", "налет"),
        ];
        for (text, expected) in cases {
            assert_eq!(fold_phrase(text), fold_phrase(expected), "{text}");
        }
    }

    #[test]
    fn what_is_folded_quickly_is_folded_alike() {
        let slowly = |source: &str| {
            let mut folded = Folded::empty();
            for (at, cluster) in clusters(source) {
                if cluster.starts_with(char::is_whitespace) {
                    folded.blank(at);
                } else {
                    folded.push(at, |text| fold_into(text, cluster));
                }
            }
            folded.end(source)
        };
        let all = (0..0x530_u32).chain(0x2000..0x2070).filter_map(char::from_u32);
        for c in all {
            for source in [format!("{c}"), format!("x{c}y"), format!(" {c}\u{301}{c}"), format!("я{c}Я{c} {c}")] {
                let (quick, slow) = (Folded::for_words(&source), slowly(&source));
                assert_eq!((quick.text, quick.jumps), (slow.text, slow.jumps), "{source:?}");
            }
        }
    }

    #[test]
    fn ranges_lead_back_to_the_source() {
        let source = "Біля  Куп\u{ad}’янська ﬁre";
        let folded = Folded::for_words(source);
        let at = folded.as_str().find("куп'янська").unwrap();
        let range = folded.source_range(source, at..at + "куп'янська".len());
        assert_eq!(&source[range], "Куп\u{ad}’янська");
        let fire = folded.as_str().find("ire").unwrap();
        assert_eq!(&source[folded.source_range(source, fire..fire + 3)], "ﬁre");
    }

    #[test]
    fn a_letter_under_a_million_marks_ends() {
        let hostile = format!("a{}", "\u{301}".repeat(1_000_000));
        assert!(fold_phrase(&hostile).starts_with('á'));
    }
}
