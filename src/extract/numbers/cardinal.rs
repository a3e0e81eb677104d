//! Number words: cardinals with their cases, compounds, adverbs and halves.

mod words;

use super::bound;
use super::magnitude::power_of;
use crate::extract::text::fold::is_hyphen;
use crate::extract::text::lex::Line;
use words::{ADVERBS, ALONE, Part, part};

pub(super) use words::{beginnings, times};

/// A number in words, as `value` times ten to the `power`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cardinal {
    pub(super) value: f64,
    pub(super) power: i32,
    /// `half a dozen`, `півтори тисячі`: nobody counted.
    pub(super) is_rough: bool,
    pub(super) to: usize,
}

/// Reads a number in words at a token.
pub(super) fn read(line: &Line<'_>, index: usize) -> Option<Cardinal> {
    halves(line, index).or_else(|| counted(line, index))
}

/// One hundred, thousand or million in the genitive behind a word of bound: `близько сотні`, `до тысячи`. Without that
/// word the same form is of many.
pub(super) fn one_of(line: &Line<'_>, index: usize) -> Option<Cardinal> {
    let (value, power) = match line.word(index) {
        "сотні" | "сотни" => (100.0, 0),
        "десятка" => (10.0, 0),
        "тисячі" | "тысячи" => (1.0, 3),
        "мільйона" | "миллиона" => (1.0, 6),
        "мільярда" | "миллиарда" => (1.0, 9),
        _ => return None,
    };
    bound::before(line, index).map(|_| Cardinal { value, power, is_rough: false, to: index + 1 })
}

/// `half a dozen`, `half a million`, `півмільйона`.
fn halves(line: &Line<'_>, index: usize) -> Option<Cardinal> {
    let rough = |value, power, to| Some(Cardinal { value, power, is_rough: true, to });
    let word = line.word(index);
    let glued = ["пів", "пол"].iter().find_map(|half| word.strip_prefix(half));
    if let Some(power) = glued.and_then(power_of) {
        return rough(0.5, power, index + 1);
    }
    if let Some(times) = glued.and_then(times) {
        return rough(0.5 * times, 0, index + 1);
    }
    let mut next = line.skip_blank(index + 1);
    match word {
        "half" if matches!(line.word(next), "a") => next = line.skip_blank(next + 1),
        "half" | "пів" => {}
        _ => return None,
    }
    let unit = line.word(next);
    match times(unit) {
        Some(times) => rough(times / 2.0, 0, next + 1),
        None => rough(0.5, power_of(unit)?, next + 1),
    }
}

/// A number in progress: the finished thousands and millions, and the group below them.
#[derive(Default)]
struct Sum {
    finished: f64,
    last_power: Option<i32>,
    group: f64,
    /// 1 to 4: no part of this rank or a higher one may follow in the group.
    rank: u8,
    is_rough: bool,
}

/// The rank of an empty group.
const OPEN: u8 = 4;

fn counted(line: &Line<'_>, index: usize) -> Option<Cardinal> {
    if let Some((value, _)) = ADVERBS.iter().find(|(_, word)| *word == line.word(index)) {
        return Some(Cardinal { value: *value, power: 0, is_rough: false, to: index + 1 });
    }
    let mut sum = Sum { rank: OPEN, ..Sum::default() };
    let mut to = index;
    let mut next = sum.begin(line, index);
    while let Some(at) = next {
        let Some(after) = sum.take(line, at) else { break };
        to = after;
        next = joined(line, to);
    }
    (to > index).then(|| sum.finish(to))
}

impl Sum {
    /// The first token that can add: behind `a` in `a hundred`.
    fn begin(&mut self, line: &Line<'_>, index: usize) -> Option<usize> {
        let word = line.word(index);
        if word != "a" {
            let is_bare = power_of(word).is_some() || (times(word).is_some() && !is_one_of_many(word));
            if is_bare && !ALONE.contains(&word) && !is_one_of_many(word) {
                return None;
            }
            if ALONE.contains(&word) || is_one_of_many(word) {
                self.group = 1.0;
                self.rank = 1;
                self.is_rough = is_one_of_many(word);
            }
            return Some(index);
        }
        let next = line.skip_blank(index + 1);
        let unit = line.word(next);
        let counts = times(unit).is_some() || power_of(unit).is_some();
        self.group = 1.0;
        self.rank = 1;
        self.is_rough = unit == "dozen";
        (counts && !unit.ends_with('s')).then_some(next)
    }

    /// Takes the word at a token in, if it goes on with the number; the token behind it.
    fn take(&mut self, line: &Line<'_>, at: usize) -> Option<usize> {
        let word = line.word(at);
        if let Some(power) = power_of(word).filter(|_| self.rank < OPEN && !word.is_empty()) {
            let to = at + 1 + abbreviation(line, at);
            return self.scale(power).then(|| and_a_half(line, to).map_or(to, |behind| self.half_of(power, behind)));
        }
        // Alone `семью` is a family.
        let part = part(word).or_else(|| (word == "семью" && self.rank == 2).then_some(Part::Unit(7.0)));
        match part {
            Some(Part::Unit(value)) if self.rank > 1 => self.add(value, 1),
            Some(Part::Teen(value)) if self.rank > 2 => self.add(value, 1),
            Some(Part::Tens(value)) if self.rank > 2 => self.add(value, 2),
            Some(Part::Hundreds(value)) if self.rank > 3 => self.add(value, 3),
            Some(Part::Times(value)) if self.rank < 3 && self.group < 100.0 => {
                self.group *= value;
                self.rank = 3;
                // Only the English hundred is counted; by dozens and `сотні` people estimate.
                self.is_rough |= word != "hundred";
            }
            Some(Part::OneAndAHalf) if self.rank == OPEN => {
                self.add(1.5, 1);
                self.is_rough = true;
            }
            _ => return None,
        }
        // `a dozen and a half` is eighteen.
        let whole = if let Some(Part::Times(value)) = part { value } else { 1.0 };
        Some(and_a_half(line, at + 1).map_or(at + 1, |to| {
            self.group += 0.5 * whole;
            to
        }))
    }

    fn add(&mut self, value: f64, rank: u8) {
        self.group += value;
        self.rank = rank;
    }

    fn scale(&mut self, power: i32) -> bool {
        let descends = self.last_power.is_none_or(|last| power < last);
        if descends {
            self.finished += self.group * 10f64.powi(power);
            self.last_power = Some(power);
            self.group = 0.0;
            self.rank = OPEN;
        }
        descends
    }

    /// `a million and a half`.
    fn half_of(&mut self, power: i32, behind: usize) -> usize {
        self.finished += 0.5 * 10f64.powi(power);
        behind
    }

    fn finish(self, to: usize) -> Cardinal {
        let is_rough = self.is_rough;
        match self.last_power {
            // A single power stays apart, so that a range can share it.
            Some(power) if self.group == 0.0 && self.finished < 1000.0 * 10f64.powi(power) => {
                Cardinal { value: self.finished / 10f64.powi(power), power, is_rough, to }
            }
            _ => Cardinal { value: self.finished + self.group, power: 0, is_rough, to },
        }
    }
}

/// `десяток` and `сотня` in the singular are about one of them.
fn is_one_of_many(word: &str) -> bool {
    matches!(word, "десяток" | "сотня" | "сотню")
}

fn abbreviation(line: &Line<'_>, at: usize) -> usize {
    let is_short = matches!(line.word(at), "тис" | "тыс" | "млн" | "млрд" | "трлн");
    usize::from(is_short && line.mark(at + 1) == Some('.'))
}

/// `and a half`, `з половиною`, `с половиной`: the token behind it.
pub(super) fn and_a_half(line: &Line<'_>, at: usize) -> Option<usize> {
    let first = line.skip_blank(at);
    let second = line.skip_blank(first + 1);
    match (line.word(first), line.word(second)) {
        ("з", "половиною") | ("с", "половиной") => Some(second + 1),
        ("and", "a") => {
            let third = line.skip_blank(second + 1);
            (line.word(third) == "half").then_some(third + 1)
        }
        _ => None,
    }
}

/// The next word of the same number: behind a blank, a hyphen or `and`.
fn joined(line: &Line<'_>, at: usize) -> Option<usize> {
    if line.mark(at).is_some_and(is_hyphen) {
        return line.is_word(at + 1).then_some(at + 1);
    }
    if line.mark(at) == Some(',') {
        // `sixty-five thousand, three hundred`.
        let next = line.skip_blank(at + 1);
        let is_hundreds = line.word(line.skip_blank(next + 1)) == "hundred" && part(line.word(next)).is_some();
        return (is_hundreds && after_hundred(line, at)).then_some(next);
    }
    let next = line.skip_blank(at);
    if line.word(next) == "and" {
        let behind = line.skip_blank(next + 1);
        return matches!(part(line.word(behind)), Some(Part::Unit(_) | Part::Teen(_) | Part::Tens(_)))
            .then_some(behind)
            .filter(|_| after_hundred(line, at));
    }
    (next > at && line.is_word(next)).then_some(next)
}

/// Only behind a hundred or a thousand does `and` go on with the number.
fn after_hundred(line: &Line<'_>, at: usize) -> bool {
    at.checked_sub(1).is_some_and(|last| line.word(last) == "hundred" || power_of(line.word(last)).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<f64>) {
        let line = Line::new(text);
        let found = read(&line, 0).map(|cardinal| cardinal.value * 10f64.powi(cardinal.power));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn cardinals_of_three_languages() {
        check("one hundred twenty-three", Some(123.0));
        check("two hundred and five", Some(205.0));
        check("two and five", Some(2.0));
        check("forty-two thousand three hundred", Some(42_300.0));
        check("two and a half million", Some(2_500_000.0));
        check("a hundred", Some(100.0));
        check("a convoy", None);
        check("half a million", Some(500_000.0));
        check("a million and a half", Some(1_500_000.0));
        check("sixty-five thousand, three hundred", Some(65_300.0));
        check("two thousand, three of them", Some(2000.0));
        check("three dozen", Some(36.0));
        check("a dozen and a half", Some(18.0));
        check("дев’ятнадцятьох", Some(19.0));
        check("сто двадцять п'ять", Some(125.0));
        check("две тысячи триста", Some(2300.0));
        check("мільйон снарядів", Some(1_000_000.0));
        check("два з половиною мільйони", Some(2_500_000.0));
        check("полтора десятка", Some(15.0));
        check("двадцять тридцять", Some(20.0));
        check("сім'я", None);
        check("hundreds", None);
        check("тисячі", None);
    }
}
