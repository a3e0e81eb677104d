//! Statements that there was none: `no attacks were recorded`, `атак не було`.
//!
//! Only where what was counted is named; that an enemy "was not active" is
//! left to the rule that knows what it means.

use super::Reading;
use crate::extract::text::lex::Line;

/// A statement of none and the tokens around it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Zero {
    pub(super) reading: Reading,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Words, and beginnings of words, at which a statement of none begins or has its negation.
pub(super) const BEGINNINGS: [&str; 6] = ["no", "zero", "not", "не", "жодн", "ни"];

/// Words behind `no` that make another phrase of it, or name what nobody counts.
const NOT_COUNTED: &[&str] = &[
    "longer",
    "more",
    "less",
    "fewer",
    "one",
    "doubt",
    "such",
    "way",
    "need",
    "reports",
    "details",
    "signs",
    "plans",
    "changes",
    "comments",
    "words",
    "indications",
    "reasons",
    "results",
    "updates",
    "questions",
    "means",
    "grounds",
    "terms",
    "circumstances",
    "illusions",
    "news",
    "other",
    "others",
    "matter",
    "access",
    "progress",
    "success",
    "decisions",
    "restrictions",
    "limits",
    "conditions",
    "objections",
    "concessions",
    "guarantees",
    "answers",
];

/// Beginnings of the same in Ukrainian and Russian.
const NOT_COUNTED_STEMS: &[&str] = &[
    "інформац",
    "информац",
    "дан",
    "підтвердж",
    "подтвержд",
    "змін",
    "изменен",
    "відомост",
    "сведен",
    "новин",
    "новост",
    "повідомл",
    "сообщен",
    "ознак",
    "признак",
    "раз",
    "сумнів",
    "сомнен",
    "ніч",
    "було",
    "было",
    "вон",
    "він",
    "они",
    "його",
    "її",
    "их",
    "це",
    "это",
    "такого",
    "нікого",
    "никого",
    "нічого",
    "ничего",
    "там",
    "тут",
    "досі",
];

/// Participles that close the statement.
const RECORDED: &[&str] = &[
    "recorded",
    "reported",
    "observed",
    "registered",
    "detected",
    "noted",
    "carried",
    "conducted",
    "launched",
    "made",
    "seen",
    "flown",
    "lost",
    "killed",
    "counted",
    "logged",
    "took",
    "occurred",
];

/// Impersonal verbs behind `не`: the source says that it was not.
const WAS_NOT: &[&str] = &[
    "було",
    "зафіксовано",
    "зафіксували",
    "відбулося",
    "відбулось",
    "відбувалося",
    "відбувалось",
    "сталося",
    "спостерігалося",
    "спостерігалось",
    "виявлено",
    "відмічено",
    "зареєстровано",
    "відзначено",
    "здійснено",
    "здійснювалося",
    "завдано",
    "было",
    "зафиксировано",
    "отмечено",
    "произошло",
    "наблюдалось",
    "наблюдалося",
    "выявлено",
    "обнаружено",
    "зарегистрировано",
    "нанесено",
];

/// What a source says when it does not know: then none is not stated.
const HEDGES: &[&str] = &["confirmed", "verified", "known", "yet", "підтверджено", "підтвердили", "подтверждено"];

/// Reads a statement of none that begins, or has its negation, at a token.
pub(super) fn at(line: &Line<'_>, index: usize) -> Option<Zero> {
    match line.word(index) {
        "no" | "zero" => english(line, index, index + 1),
        "not" => not_a_single(line, index),
        "не" => was_not(line, index),
        word if word.starts_with("жодн") => not_one(line, index, index + 1),
        "ни" => {
            let one = line.skip_blank(index + 1);
            line.word(one).starts_with("одн").then(|| not_one(line, index, one + 1)).flatten()
        }
        _ => None,
    }
}

/// `ground zero`, `zero tolerance`: nothing is counted.
pub(super) fn is_phrase(line: &Line<'_>, index: usize) -> bool {
    let before = line.before(index).map_or("", |at| line.word(at));
    let behind = line.word(line.skip_blank(index + 1));
    if line.word(index) != "zero" {
        return false;
    }
    matches!(before, "ground" | "absolute" | "patient" | "year" | "day" | "sub" | "net")
        || matches!(behind, "tolerance" | "hour" | "hours" | "sum" | "point" | "emissions" | "gravity" | "days")
}

/// `no drone attacks`, with a verb behind or none.
fn english(line: &Line<'_>, from: usize, start: usize) -> Option<Zero> {
    let mut index = line.skip_blank(start);
    for _ in 0..4 {
        let word = line.word(index);
        if word.is_empty() || NOT_COUNTED.contains(&word) {
            return None;
        }
        let verb = verb_behind(line, index + 1);
        if is_plural(word) || verb > index + 1 {
            return Some(stated(line, from, verb));
        }
        index = line.skip_blank(index + 1);
    }
    None
}

fn not_a_single(line: &Line<'_>, index: usize) -> Option<Zero> {
    let a = line.skip_blank(index + 1);
    let single = line.skip_blank(a + 1);
    let noun = line.skip_blank(single + 1);
    let fits = matches!(line.word(a), "a" | "one") && line.word(single) == "single" && line.is_word(noun);
    fits.then(|| stated(line, index, verb_behind(line, noun + 1)))
}

/// `жодної атаки`, `ни одного вылета`.
fn not_one(line: &Line<'_>, from: usize, start: usize) -> Option<Zero> {
    let noun = line.skip_blank(start);
    is_countable(line.word(noun)).then(|| stated(line, from, noun + 1))
}

/// `атак не зафіксовано` and `не зафіксовано атак`.
fn was_not(line: &Line<'_>, index: usize) -> Option<Zero> {
    let verb = line.skip_blank(index + 1);
    if !WAS_NOT.contains(&line.word(verb)) {
        return None;
    }
    let second = line.skip_blank(verb + 1);
    let end = if WAS_NOT.contains(&line.word(second)) { second + 1 } else { verb + 1 };
    let before = line.before(index).filter(|noun| counts(line, *noun));
    if let Some(noun) = before {
        return Some(stated(line, noun, end));
    }
    let mut noun = line.skip_blank(end);
    if line.word(noun).starts_with("жодн") {
        noun = line.skip_blank(noun + 1);
    }
    counts(line, noun).then(|| stated(line, index, noun + 1))
}

/// A noun that may be counted, with no figure before it.
fn counts(line: &Line<'_>, noun: usize) -> bool {
    let has_figure = line.before(noun).is_some_and(|before| line.digits(before).is_some());
    is_countable(line.word(noun)) && !has_figure
}

fn is_countable(word: &str) -> bool {
    word.chars().count() >= 3 && !NOT_COUNTED_STEMS.iter().any(|stem| word.starts_with(stem))
}

/// Whether a noun names many.
pub(super) fn is_plural(word: &str) -> bool {
    matches!(word, "personnel" | "aircraft" | "casualties")
        || (word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us"))
}

/// Behind `were recorded` and the like; the same token where there is none.
fn verb_behind(line: &Line<'_>, at: usize) -> usize {
    let mut index = line.skip_blank(at);
    while matches!(line.word(index), "was" | "were" | "have" | "has" | "had" | "been") {
        index = line.skip_blank(index + 1);
    }
    if RECORDED.contains(&line.word(index)) { index + 1 } else { at }
}

fn stated(line: &Line<'_>, from: usize, to: usize) -> Zero {
    let is_hedged = (to..to + 12).any(|index| HEDGES.contains(&line.word(index)));
    let reading = if is_hedged {
        Reading::unclear("that none is confirmed does not say that there was none")
    } else {
        Reading::StatedZero
    };
    Zero { reading, from, to }
}
