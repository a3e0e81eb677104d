//! The pattern of a figure with a negation in the figure's place.
//!
//! From `(\d+) artillery sorties` follow `no artillery sorties` and, as
//! Ukrainian and Russian put it, `artillery sorties не було`. It is read only
//! where what is counted occurs once: in `no sorties at Sumy, twelve sorties
//! at Kharkiv` a pattern for digits would else state a zero.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::compile::build;
use crate::extract::text::fold::Folded;

/// What stands for the figure.
const NEGATION: &str = r"(?i:\bno|\bzero|\bnot a single|\bжодн[а-яіїє]+|\bни одн[а-я]+)";

/// What follows the thing that there was none of.
const WAS_NOT: &str = r"\s+(?i:не\s+(?:було|зафіксовано|відбулос[яь]|відбувалос[яь]|виявлено|відмічено|было|зафиксировано|отмечено|произошло|наблюдалось))";

/// Words behind that take the statement back.
const HEDGE: &str = r"^[^.!?\n]{0,60}\b(?i:confirmed|verified|known|підтвердж\w+|подтвержд\w+)";

/// The patterns for none.
#[derive(Debug, Clone)]
pub(super) struct Negated {
    before: Regex,
    after: Regex,
    counted: Regex,
}

/// Compiled once for all patterns: it is the same for each.
static HEDGED: LazyLock<Option<Regex>> = LazyLock::new(|| build("value", HEDGE).ok());

impl Negated {
    /// From the pattern of a figure; `None` where it names nothing behind the figure that could be counted.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let (before, counted) = around_group(pattern)?;
        let noun = counted.trim_start_matches(r"\s+").trim_start_matches(r"\s*").trim_start();
        if !names_something(noun) {
            return None;
        }
        Some(Self {
            before: build("value", &format!(r"{before}{NEGATION}\s+(?:{noun})")).ok()?,
            after: build("value", &format!("(?:{noun}){WAS_NOT}")).ok()?,
            counted: build("value", &format!("(?:{noun})")).ok()?,
        })
    }

    /// Where the text states none, in bytes of the source.
    pub(super) fn find(&self, folded: &Folded, source: &str) -> Option<Range<usize>> {
        let text = folded.as_str();
        if self.counted.find_iter(text).take(2).count() != 1 {
            return None;
        }
        let found = self.before.find(text).or_else(|| self.after.find(text))?;
        let rest = text.get(found.end()..).unwrap_or_default();
        (!HEDGED.as_ref().is_some_and(|hedge| hedge.is_match(rest))).then(|| folded.source_range(source, found.range()))
    }
}

/// Whether there are letters that are matched literally.
fn names_something(noun: &str) -> bool {
    let mut is_escaped = false;
    let mut letters = 0;
    for c in noun.chars() {
        letters = if c.is_alphabetic() && !is_escaped { letters + 1 } else { 0 };
        if letters >= 3 {
            return true;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    false
}

/// What stands before and behind the group of the figure in a pattern.
fn around_group(pattern: &str) -> Option<(&str, &str)> {
    let named = ["(?<value>", "(?P<value>"].iter().find_map(|open| pattern.find(open));
    let open = match named {
        Some(at) => at,
        None => first_group(pattern)?,
    };
    let close = closing(pattern, open)?;
    Some((pattern.get(..open)?, pattern.get(close + 1..)?))
}

fn first_group(pattern: &str) -> Option<usize> {
    let is_group = |at: usize| !pattern.get(at + 1..).is_some_and(|rest| rest.starts_with('?'));
    syntax(pattern).find(|(at, c)| *c == '(' && is_group(*at)).map(|(at, _)| at)
}

fn closing(pattern: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in syntax(pattern).skip_while(|(at, _)| *at < open) {
        match c {
            '(' => depth += 1,
            ')' if depth <= 1 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The characters of a pattern that are not escaped and not in a class, with their bytes.
fn syntax(pattern: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut is_escaped, mut in_class) = (false, false);
    pattern.char_indices().filter(move |(_, c)| {
        let was_escaped = is_escaped;
        is_escaped = *c == '\\' && !was_escaped;
        if was_escaped || is_escaped {
            return false;
        }
        let was_in_class = in_class;
        in_class = (in_class || *c == '[') && *c != ']';
        !was_in_class && !in_class
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, expected: Option<&str>) {
        let folded = Folded::for_patterns(text);
        let found = Negated::new(pattern).and_then(|negated| negated.find(&folded, text));
        assert_eq!(found.map(|range| &text[range]), expected, "{text}");
    }

    #[test]
    fn none_in_the_place_of_the_figure() {
        let sorties = r"(?<value>[\d\s.,]+)\s+(?:artillery|drone) sorties";
        check(sorties, "There were no drone sorties today", Some("no drone sorties"));
        check(sorties, "No drone sorties were confirmed", None);
        check(sorties, "no drone sorties at Sumy, twelve drone sorties at Kharkiv", None);
        check(sorties, "no change in drone sorties", None);
        check(r"(\d+) атак", "За добу атак не зафіксовано", Some("атак не зафіксовано"));
        check(r"(\d+) атак", "Жодних атак", Some("Жодних атак"));
        check(r"sorties: (\d+)", "sorties: no data", None);
        check(r"\d+ sorties", "no sorties", None);
    }
}
