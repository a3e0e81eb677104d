//! A line of text as tokens: what the grammars of numbers and dates read.
//!
//! Lines and tokens are bounded, so that a page without a line break costs no
//! more memory at a time than a short one.

use super::fold::{is_apostrophe, is_invisible};
use unicode_normalization::char::is_combining_mark;

/// A line is read in pieces of about this size, in bytes.
const LONGEST_LINE: usize = 8 * 1024;

/// A line that was wrapped has at least so many characters.
const WRAPPED: usize = 45;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// ASCII digits.
    Digits,
    /// Letters, with apostrophes between them.
    Word,
    /// White space.
    Blank,
    /// Any other single character.
    Mark(char),
}

impl Kind {
    /// Whether a run of this kind goes on with a token of the same.
    fn may_go_on(self, last: Self) -> bool {
        self == last && !matches!(self, Self::Mark(_))
    }
}

/// A stretch of a line.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Bytes within the line.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Where a word stands among the line's folded words; nowhere for all others.
    word: (usize, usize),
}

/// A line and its tokens. Reading beyond either end finds nothing.
#[derive(Debug)]
pub(crate) struct Line<'t> {
    pub(crate) text: &'t str,
    tokens: Vec<Token>,
    /// All folded words one after the other: no allocation for each.
    words: String,
    /// Which tokens are digits, ascending.
    digits: Vec<usize>,
}

impl<'t> Line<'t> {
    /// Splits a line.
    pub(crate) fn new(text: &'t str) -> Self {
        // A word has some five letters, and a blank behind it.
        let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 3);
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let (kind, length, goes_on) = match ascii_run(rest.as_bytes()) {
                Some((kind, length)) => (kind, length, tokens.last().is_some_and(|last| kind.may_go_on(last.kind))),
                None => {
                    let mut chars = rest.chars();
                    let Some(c) = chars.next() else { break };
                    (kind_of(c), c.len_utf8(), tokens.last().is_some_and(|last| continues(last.kind, c, chars.next())))
                }
            };
            match tokens.last_mut() {
                Some(last) if goes_on => last.to = at + length,
                _ => tokens.push(Token { kind, from: at, to: at + length, word: (0, 0) }),
            }
            at += length;
        }
        let mut words = String::with_capacity(text.len());
        let mut digits = Vec::new();
        for (index, token) in tokens.iter_mut().enumerate() {
            match token.kind {
                Kind::Word => {
                    let from = words.len();
                    fold_into(&mut words, text.get(token.from..token.to).unwrap_or_default());
                    token.word = (from, words.len());
                }
                Kind::Digits => digits.push(index),
                Kind::Blank | Kind::Mark(_) => {}
            }
        }
        Self { text, tokens, words, digits }
    }

    /// Whether any of so many tokens from `index` on is digits.
    pub(crate) fn has_digits(&self, index: usize, count: usize) -> bool {
        let next = self.digits.get(self.digits.partition_point(|digits| *digits < index));
        next.is_some_and(|digits| *digits < index + count)
    }

    /// How many tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The token, if there is one.
    pub(crate) fn get(&self, index: usize) -> Option<&Token> {
        self.tokens.get(index)
    }

    /// The folded word, or nothing.
    pub(crate) fn word(&self, index: usize) -> &str {
        self.get(index).and_then(|token| self.words.get(token.word.0..token.word.1)).unwrap_or_default()
    }

    /// The digits, if the token is digits.
    pub(crate) fn digits(&self, index: usize) -> Option<&'t str> {
        self.get(index).filter(|token| token.kind == Kind::Digits).map(|token| self.slice(token))
    }

    /// The mark, if the token is one.
    pub(crate) fn mark(&self, index: usize) -> Option<char> {
        match self.get(index)?.kind {
            Kind::Mark(c) => Some(c),
            _ => None,
        }
    }

    /// Whether the token is white space.
    pub(crate) fn is_blank(&self, index: usize) -> bool {
        self.get(index).is_some_and(|token| token.kind == Kind::Blank)
    }

    /// Whether the token is a word.
    pub(crate) fn is_word(&self, index: usize) -> bool {
        self.get(index).is_some_and(|token| token.kind == Kind::Word)
    }

    /// The next token that is no white space, from `index` on.
    pub(crate) fn skip_blank(&self, index: usize) -> usize {
        if self.is_blank(index) { index + 1 } else { index }
    }

    /// The last token before `index` that is no white space.
    pub(crate) fn before(&self, index: usize) -> Option<usize> {
        let previous = index.checked_sub(1)?;
        if self.is_blank(previous) { previous.checked_sub(1) } else { Some(previous) }
    }

    /// The text of a token as written.
    pub(crate) fn raw(&self, index: usize) -> &'t str {
        self.get(index).map_or("", |token| self.slice(token))
    }

    /// Whether a word is written with a capital.
    pub(crate) fn is_capital(&self, index: usize) -> bool {
        self.raw(index).chars().next().is_some_and(char::is_uppercase)
    }

    /// The bytes of the line from one token to before another.
    pub(crate) fn bytes(&self, from: usize, to: usize) -> (usize, usize) {
        let begin = self.get(from).map_or(self.text.len(), |token| token.from);
        let end = to.checked_sub(1).and_then(|last| self.get(last)).map_or(begin, |token| token.to);
        (begin, end.max(begin))
    }

    /// The text from one token to before another.
    pub(crate) fn between(&self, from: usize, to: usize) -> &'t str {
        let (begin, end) = self.bytes(from, to);
        self.text.get(begin..end).unwrap_or_default()
    }

    fn slice(&self, token: &Token) -> &'t str {
        self.text.get(token.from..token.to).unwrap_or_default()
    }
}

/// The lines of a text in bounded pieces, each with its offset in bytes. A wrapped sentence is one line.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let window = rest.get(..rest.floor_char_boundary(LONGEST_LINE)).unwrap_or(rest);
        let length = match line_end(window) {
            Some(end) => end,
            None if window.len() == rest.len() => rest.len(),
            None => window.rfind(". ").or_else(|| window.rfind(' ')).map_or(window.len(), |blank| blank + 1),
        };
        let begin = at;
        at += length;
        rest.get(..length).map(|line| (begin, line.trim_end_matches(is_line_end)))
    })
}

/// Whether a character ends a line.
pub(crate) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}')
}

/// Whether the line that ends at `end` only was too long for its page: the sentence goes on at `next`.
///
/// Texts of agencies are wrapped at some 70 characters, within figures too;
/// the lines of lists are shorter, or begin with a capital or a mark.
pub(crate) fn is_wrapped(text: &str, end: usize, next: usize) -> bool {
    let before = text.get(..end).unwrap_or_default();
    let line = before.chars().rev().take(WRAPPED).take_while(|c| !is_line_end(*c));
    let goes_on = |c: char| c.is_lowercase() || matches!(c, '$' | '€' | '£' | '(') || c.is_ascii_digit();
    let first = text.get(next..).and_then(|rest| rest.chars().next());
    let last = before.chars().next_back();
    let joins = match (last, first) {
        // Two figures on two lines are two figures.
        (Some(last), Some(first)) if first.is_ascii_digit() => last.is_lowercase(),
        (Some(last), Some(first)) => goes_on(first) && !matches!(last, '.' | '!' | '?' | ':' | ';'),
        _ => false,
    };
    joins && line.count() >= WRAPPED
}

/// Where the first character stands that ends a line: told by its first byte, of nearly all others.
fn end_of_line(text: &str) -> Option<usize> {
    let may_end = |byte: &u8| matches!(byte, b'\n'..=b'\r' | 0xe2);
    let mut from = 0;
    loop {
        let at = from + text.as_bytes().get(from..)?.iter().position(may_end)?;
        let c = text.get(at..)?.chars().next()?;
        if is_line_end(c) {
            return Some(at);
        }
        from = at + c.len_utf8();
    }
}

/// The bytes of the first line of a text with its end; `None` where none ends.
fn line_end(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let end = from + end_of_line(text.get(from..)?)?;
        let first = text.get(end..)?.chars().next()?;
        let pair = first == '\r' && text.get(end + 1..)?.starts_with('\n');
        let next = end + first.len_utf8() + usize::from(pair);
        if !is_wrapped(text, end, next) {
            return Some(next);
        }
        from = next;
    }
}

/// A word as the dictionaries of the grammars write it.
pub(crate) fn fold_word(word: &str) -> String {
    let mut folded = String::new();
    fold_into(&mut folded, word);
    folded
}

fn fold_into(words: &mut String, word: &str) {
    let from = words.len();
    if word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        words.push_str(word);
        if let Some(pushed) = words.get_mut(from..) {
            pushed.make_ascii_lowercase();
        }
        return;
    }
    for c in word.chars() {
        match c {
            'а'..='я' => words.push(c),
            'А'..='Я' => words.extend(char::from_u32(u32::from(c) + 0x20)),
            '\u{300}' | '\u{301}' => {}
            _ if is_invisible(c) => {}
            _ if is_apostrophe(c) => words.push('\''),
            _ => words.extend(c.to_lowercase().map(|c| if c == 'ё' { 'е' } else { c })),
        }
    }
}

/// The kind of the first byte and how many go on with it alike, where a byte is all that has to be looked at: an
/// apostrophe belongs to a word where letters follow.
fn ascii_run(bytes: &[u8]) -> Option<(Kind, usize)> {
    let first = *bytes.first().filter(|byte| byte.is_ascii() && !matches!(byte, b'\'' | b'`'))?;
    let count = |is_alike: fn(&u8) -> bool| bytes.iter().position(|byte| !is_alike(byte)).unwrap_or(bytes.len());
    Some(match first {
        b'a'..=b'z' | b'A'..=b'Z' => (Kind::Word, count(u8::is_ascii_alphabetic)),
        b'0'..=b'9' => (Kind::Digits, count(u8::is_ascii_digit)),
        b' ' | b'\t'..=b'\r' => (Kind::Blank, count(|byte| matches!(byte, b' ' | b'\t'..=b'\r'))),
        _ => (Kind::Mark(char::from(first)), 1),
    })
}

fn kind_of(c: char) -> Kind {
    match c {
        _ if c.is_ascii_digit() => Kind::Digits,
        _ if c.is_alphabetic() => Kind::Word,
        _ if c.is_whitespace() => Kind::Blank,
        _ => Kind::Mark(c),
    }
}

/// Whether a character goes on with a token that `next` may go on with too.
fn continues(kind: Kind, c: char, next: Option<char>) -> bool {
    match kind {
        Kind::Digits => c.is_ascii_digit(),
        Kind::Blank => c.is_whitespace(),
        Kind::Mark(_) => false,
        Kind::Word => {
            let joins = || is_apostrophe(c) || is_invisible(c);
            c.is_alphabetic()
                || (!c.is_ascii() && (is_combining_mark(c) || matches!(c, '²' | '³')))
                || (next.is_some_and(char::is_alphabetic) && joins())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_a_line() {
        let line = Line::new("дев’ять F-16 за 182,4 км²");
        let shown: Vec<&str> = (0..line.len()).map(|index| line.raw(index)).collect();
        assert_eq!(shown, ["дев’ять", " ", "F", "-", "16", " ", "за", " ", "182", ",", "4", " ", "км²"]);
        assert_eq!(line.word(0), "дев'ять");
        assert_eq!(line.word(99), "");
    }

    #[test]
    fn words_go_on_over_apostrophes_and_letters_of_any_script() {
        let tokens = |text: &str| -> Vec<String> {
            let line = Line::new(text);
            (0..line.len()).map(|index| line.raw(index).to_owned()).collect()
        };
        assert_eq!(tokens("don't 'x' rock'"), ["don't", " ", "'", "x", "'", " ", "rock", "'"]);
        assert_eq!(tokens("caféxй2"), ["caféxй", "2"]);
        assert_eq!(tokens("a\u{301}b \u{a0} 12\t--"), ["a\u{301}b", " \u{a0} ", "12", "\t", "-", "-"]);
        let line = Line::new("ÉTÉ Ёлка ЇЖА O`Brien с\u{ad}о\u{301}рок");
        let words: Vec<&str> = (0..line.len()).filter(|at| line.is_word(*at)).map(|at| line.word(at)).collect();
        assert_eq!(words, ["été", "елка", "їжа", "o'brien", "сорок"]);
        let line = Line::new("one 2 three four 5");
        assert_eq!([line.has_digits(0, 2), line.has_digits(0, 3), line.has_digits(3, 5)], [false, true, false]);
        assert!(line.has_digits(3, 6) && !line.has_digits(9, 16));
    }

    #[test]
    fn a_wrapped_sentence_is_one_line() {
        let wrapped = "the authority to direct the drawdown of up to an\naggregate value";
        assert_eq!(lines(wrapped).count(), 1);
        let listed = "a list of what was destroyed within this one day: 5\n100 tanks\nguns";
        assert_eq!(lines(listed).count(), 3);
    }

    #[test]
    fn lines_are_bounded_and_lose_nothing() {
        let text = format!("one\r\ntwo\n{}", "слово ".repeat(5_000));
        let pieces: Vec<(usize, &str)> = lines(&text).collect();
        assert_eq!(pieces.first(), Some(&(0, "one")));
        assert!(pieces.iter().all(|(_, piece)| piece.len() <= LONGEST_LINE));
        let kept: usize = pieces.iter().map(|(_, piece)| piece.chars().filter(|c| c.is_alphabetic()).count()).sum();
        assert_eq!(kept, text.chars().filter(|c| c.is_alphabetic()).count());
    }
}
