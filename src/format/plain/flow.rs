//! Text as it flows past elements: which of them end a line, how blanks run
//! together, and the normal form in the end.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::format::entity;

/// What an element does to the flow of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing: `b`, `a`, `span`.
    Inline,
    /// Begins and ends a line: `p`, `li`, `div`.
    Block,
    /// Ends a line: `br`.
    Break,
    /// Stands apart from its neighbour on the same line: `td`.
    Cell,
    /// Keeps its line ends: `pre`.
    Preformatted,
    /// Shown to nobody: `script`, `style`.
    Hidden,
}

/// The role of each HTML element, by name in order: a tag is looked up for every few words of a feed.
#[rustfmt::skip]
const ROLES: [(&str, Role); 133] = [
    ("a", Role::Inline), ("abbr", Role::Inline), ("acronym", Role::Inline), ("address", Role::Block),
    ("applet", Role::Inline), ("area", Role::Inline), ("article", Role::Block), ("aside", Role::Block),
    ("audio", Role::Inline), ("b", Role::Inline), ("base", Role::Inline), ("bdi", Role::Inline),
    ("bdo", Role::Inline), ("big", Role::Inline), ("blink", Role::Inline), ("blockquote", Role::Block),
    ("body", Role::Block), ("br", Role::Break), ("button", Role::Inline), ("canvas", Role::Inline),
    ("caption", Role::Block), ("center", Role::Block), ("cite", Role::Inline), ("code", Role::Inline),
    ("col", Role::Inline), ("colgroup", Role::Inline), ("data", Role::Inline), ("datalist", Role::Inline),
    ("dd", Role::Block), ("del", Role::Inline), ("details", Role::Block), ("dfn", Role::Inline),
    ("dialog", Role::Inline), ("dir", Role::Block), ("div", Role::Block), ("dl", Role::Block),
    ("dt", Role::Block), ("em", Role::Inline), ("embed", Role::Inline), ("fieldset", Role::Block),
    ("figcaption", Role::Block), ("figure", Role::Block), ("font", Role::Inline), ("footer", Role::Block),
    ("form", Role::Block), ("frame", Role::Inline), ("frameset", Role::Inline), ("h1", Role::Block),
    ("h2", Role::Block), ("h3", Role::Block), ("h4", Role::Block), ("h5", Role::Block), ("h6", Role::Block),
    ("head", Role::Block), ("header", Role::Block), ("hgroup", Role::Block), ("hr", Role::Block),
    ("html", Role::Block), ("i", Role::Inline), ("iframe", Role::Inline), ("image", Role::Inline),
    ("img", Role::Inline), ("input", Role::Inline), ("ins", Role::Inline), ("kbd", Role::Inline),
    ("label", Role::Inline), ("legend", Role::Block), ("li", Role::Block), ("link", Role::Inline),
    ("listing", Role::Preformatted), ("main", Role::Block), ("map", Role::Inline), ("mark", Role::Inline),
    ("marquee", Role::Inline), ("math", Role::Inline), ("menu", Role::Block), ("meta", Role::Inline),
    ("meter", Role::Inline), ("nav", Role::Block), ("nobr", Role::Inline), ("noframes", Role::Inline),
    ("noscript", Role::Hidden), ("object", Role::Inline), ("ol", Role::Block), ("optgroup", Role::Block),
    ("option", Role::Block), ("output", Role::Inline), ("p", Role::Block), ("param", Role::Inline),
    ("path", Role::Inline), ("picture", Role::Inline), ("pre", Role::Preformatted), ("progress", Role::Inline),
    ("q", Role::Inline), ("rp", Role::Inline), ("rt", Role::Inline), ("ruby", Role::Inline),
    ("s", Role::Inline), ("samp", Role::Inline), ("script", Role::Hidden), ("search", Role::Block),
    ("section", Role::Block), ("select", Role::Inline), ("slot", Role::Inline), ("small", Role::Inline),
    ("source", Role::Inline), ("span", Role::Inline), ("strike", Role::Inline), ("strong", Role::Inline),
    ("style", Role::Hidden), ("sub", Role::Inline), ("summary", Role::Block), ("sup", Role::Inline),
    ("svg", Role::Hidden), ("table", Role::Block), ("tbody", Role::Block), ("td", Role::Cell),
    ("template", Role::Hidden), ("textarea", Role::Inline), ("tfoot", Role::Block), ("th", Role::Cell),
    ("thead", Role::Block), ("time", Role::Inline), ("title", Role::Block), ("tr", Role::Block),
    ("track", Role::Inline), ("tt", Role::Inline), ("u", Role::Inline), ("ul", Role::Block),
    ("var", Role::Inline), ("video", Role::Inline), ("wbr", Role::Inline), ("xmp", Role::Preformatted),
];

/// The role of an HTML element by its lower-case name; `None` where HTML has no such element.
pub fn role(name: &str) -> Option<Role> {
    let letter = usize::from(name.as_bytes().first()?.checked_sub(b'a')?);
    let (from, to) = (LETTERS.get(letter)?, LETTERS.get(letter + 1)?);
    let mut sharing = ROLES.get(usize::from(*from)..usize::from(*to))?.iter();
    sharing.find(|(known, _)| *known == name).map(|(_, role)| *role)
}

/// Where in [`ROLES`] the names of each letter begin, and behind `z` where they end.
const LETTERS: [u8; 27] = {
    let mut letters = [0; 27];
    let (mut letter, mut at) = (0, 0);
    while letter < 27 {
        while at < ROLES.len() && ROLES[at].0.as_bytes()[0] < b'a' + letter as u8 {
            at += 1;
        }
        letters[letter] = at as u8;
        letter += 1;
    }
    letters
};

/// Text as it flows: runs of blanks become one, lines end where blocks do.
#[derive(Debug, Default)]
pub struct Flow {
    text: String,
    space: bool,
    lines: u8,
    is_unsettled: bool,
}

impl Flow {
    /// An empty flow with room for a text of so many bytes.
    pub fn for_text(length: usize) -> Self {
        Self { text: String::with_capacity(length), ..Self::default() }
    }

    /// Adds text whose line ends mean nothing.
    pub fn text(&mut self, text: &str) {
        let mut rest = text;
        loop {
            let words = rest.trim_start_matches(is_blank);
            self.space |= words.len() < rest.len();
            if words.is_empty() {
                return;
            }
            let (even, after) = words.split_at(even_length(words));
            let run = even.trim_end_matches(is_blank);
            self.run(run);
            self.space = run.len() < even.len();
            rest = after;
        }
    }

    /// Adds text whose line ends count.
    pub fn lines(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.line_break();
            }
            self.text(line);
        }
    }

    /// A line's end; two in a row leave an empty line, more do not.
    pub fn line_break(&mut self) {
        self.lines = self.lines.saturating_add(1);
    }

    /// A block's limit: the line ends unless it just has.
    pub fn block(&mut self) {
        self.lines = self.lines.max(1);
    }

    /// A blank, unless there is one.
    pub fn space(&mut self) {
        self.space = true;
    }

    /// Adds words that stand one blank apart.
    fn run(&mut self, run: &str) {
        if !self.text.is_empty() {
            match self.lines {
                0 if self.space => self.text.push(' '),
                0 => {}
                1 => self.text.push('\n'),
                _ => self.text.push_str("\n\n"),
            }
        }
        (self.space, self.lines) = (false, 0);
        self.is_unsettled |= may_be_unsettled(run) && !run.chars().all(is_settled);
        self.text.push_str(run);
    }

    /// The text, trimmed and in NFC.
    pub fn finish(self) -> String {
        let mut text = if self.is_unsettled { normalised(self.text) } else { self.text };
        // Markup can be most of a fragment; what it left unused is given back.
        if text.capacity() > 2 * text.len() + 64 {
            text.shrink_to_fit();
        }
        text
    }
}

/// Whether a text is its own plain text: one line of words one space apart, in NFC, without markup and references.
///
/// It may say no where it could say yes. Titles, names and categories are nearly always so.
pub fn is_plain_line(text: &str) -> bool {
    let has_odd = text.bytes().fold(false, |odd, byte| odd | (byte < b' ') | (byte == b'<') | (byte == b'&'));
    !has_odd
        && !may_be_unsettled(text)
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && even_length(text) == text.len()
}

/// How far words stand exactly one space apart: that much can be copied as it is.
fn even_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    // What follows a chunk is looked at again: its first space may be the second of two.
    let start = even_chunks::<8>(bytes, even_chunks::<32>(bytes, 0));
    let mut before = b'x';
    for (index, byte) in bytes.iter().copied().enumerate().skip(start) {
        if matches!(byte, b'\t' | b'\n' | b'\r' | 0xc) || (byte == b' ' && before == b' ') {
            return index;
        }
        before = byte;
    }
    text.len()
}

/// The end of the last whole chunk in which words stand one space apart, and one more byte was looked at behind it.
/// The loop within has no exit and becomes vector code.
fn even_chunks<const SIZE: usize>(bytes: &[u8], mut start: usize) -> usize {
    while let (Some(chunk), Some(next)) = (bytes.get(start..start + SIZE), bytes.get(start + 1..=start + SIZE)) {
        let odd = chunk.iter().zip(next).fold(0, |odd, (byte, next)| {
            odd | u8::from(*byte < b' ') | (u8::from(*byte == b' ') & u8::from(*next == b' '))
        });
        if odd != 0 {
            break;
        }
        start += SIZE;
    }
    start
}

/// Blanks that a browser collapses; no-break and thin spaces are the publisher's and stay.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

/// Characters that are in NFC whatever stands beside them: Latin, Cyrillic, punctuation. Most text has no others.
fn is_settled(c: char) -> bool {
    matches!(c, '\0'..='\u{7f}' | '\u{a0}'..='\u{2ff}' | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}' | '\u{2002}'..='\u{2125}')
}

/// Whether a character may be other than [`is_settled`], by the first bytes of characters alone: all of U+00C0 to
/// U+02FF and U+0400 to U+047F are. No exit, so that it becomes vector code.
fn may_be_unsettled(text: &str) -> bool {
    text.bytes().fold(false, |odd, byte| odd | ((byte >= 0xc0) & !matches!(byte, 0xc3..=0xcb | 0xd0 | 0xd1)))
}

/// NFC, and C1 controls as the windows-1252 characters that they were before a careless conversion.
fn normalised(text: String) -> String {
    let has_c1 = text.chars().any(|c| matches!(c, '\u{80}'..='\u{9f}'));
    if !has_c1 && is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text;
    }
    text.chars().map(entity::windows_1252).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_line_is_its_own_plain_text() {
        let plain = [
            "Kharkiv sector: 44 sorties",
            "зведення за добу",
            "9 > 8",
            "",
            "a-b",
            "naïve façade costs 5% more than planned",
        ];
        let other = [" a", "a ", "a  b", "a\tb", "a\u{c}b", "a\nb", "a<b", "a&b", "e\u{301}", "\u{90}", "c – d", "😀"];
        let long = "words one space apart, more of them than one chunk holds, and then two  spaces";
        let flowed = |text: &str| {
            let mut flow = Flow::for_text(text.len());
            flow.text(text);
            flow.finish()
        };
        assert!(plain.iter().all(|text| is_plain_line(text) && flowed(text) == *text));
        assert!(!other.iter().any(|text| is_plain_line(text)) && !is_plain_line(long));
        assert_eq!(flowed(long), long.replace("  ", " "));
        assert_eq!(flowed("e\u{301}"), "\u{e9}");
    }

    #[test]
    fn elements_are_found_by_name() {
        assert!(ROLES.is_sorted_by_key(|(name, _)| *name));
        assert_eq!(
            [role("br"), role("td"), role("wbr"), role("a")],
            [Some(Role::Break), Some(Role::Cell), Some(Role::Inline), Some(Role::Inline)]
        );
        assert_eq!([role(""), role("P"), role("xyz")], [None; 3]);
    }
}
