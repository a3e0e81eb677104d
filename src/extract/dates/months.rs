//! Names of months, seasons and the parts of a period, in three languages.

use super::grammar::Part;
use crate::extract::text::lex::Line;

const ENGLISH: &[(&str, i8)] = &[
    ("january", 1),
    ("jan", 1),
    ("february", 2),
    ("feb", 2),
    ("march", 3),
    ("mar", 3),
    ("april", 4),
    ("apr", 4),
    ("may", 5),
    ("june", 6),
    ("jun", 6),
    ("july", 7),
    ("jul", 7),
    ("august", 8),
    ("aug", 8),
    ("september", 9),
    ("sept", 9),
    ("sep", 9),
    ("october", 10),
    ("oct", 10),
    ("november", 11),
    ("nov", 11),
    ("december", 12),
    ("dec", 12),
];

/// Stems with their endings by case.
const CYRILLIC: &[(&str, &[&str], i8)] = &[
    ("січ", &["ень", "ня", "ні", "нем"], 1),
    ("лют", &["ий", "ого", "ому"], 2),
    ("берез", &["ень", "ня", "ні", "нем"], 3),
    ("квіт", &["ень", "ня", "ні", "нем"], 4),
    ("трав", &["ень", "ня", "ні", "нем"], 5),
    ("черв", &["ень", "ня", "ні", "нем"], 6),
    ("лип", &["ень", "ня", "ні", "нем"], 7),
    ("серп", &["ень", "ня", "ні", "нем"], 8),
    ("верес", &["ень", "ня", "ні", "нем"], 9),
    ("жовт", &["ень", "ня", "ні", "нем"], 10),
    ("листопад", &["", "а", "і", "ом"], 11),
    ("груд", &["ень", "ня", "ні", "нем"], 12),
    ("январ", &["ь", "я", "е", "ем"], 1),
    ("феврал", &["ь", "я", "е", "ем"], 2),
    ("март", &["", "а", "е", "ом"], 3),
    ("апрел", &["ь", "я", "е", "ем"], 4),
    ("ма", &["й", "я", "е"], 5),
    ("июн", &["ь", "я", "е", "ем"], 6),
    ("июл", &["ь", "я", "е", "ем"], 7),
    ("август", &["", "а", "е", "ом"], 8),
    ("сентябр", &["ь", "я", "е", "ем"], 9),
    ("октябр", &["ь", "я", "е", "ем"], 10),
    ("ноябр", &["ь", "я", "е", "ем"], 11),
    ("декабр", &["ь", "я", "е", "ем"], 12),
];

/// The month a token names. English months are written with a capital: `may` and `march` are other words too.
pub(super) fn month(line: &Line<'_>, index: usize) -> Option<i8> {
    let word = line.word(index);
    if word.is_ascii() {
        let found = ENGLISH.iter().find(|(name, _)| *name == word).map(|(_, month)| *month);
        return found.filter(|_| line.is_capital(index));
    }
    let fits = |stem: &str, endings: &[&str]| word.strip_prefix(stem).is_some_and(|ending| endings.contains(&ending));
    CYRILLIC.iter().find(|(stem, endings, _)| fits(stem, endings)).map(|(_, _, month)| *month)
}

/// The first month of a season. Winter lies in two years and has no one reading.
pub(super) fn season(word: &str) -> Option<i8> {
    Some(match word {
        "spring" | "навесні" | "весна" | "весни" | "весні" | "весну" | "весной" | "весны" | "весне" => {
            3
        }
        "summer" | "влітку" | "літо" | "літа" | "літі" | "лето" | "летом" | "лета" => 6,
        "autumn" | "fall" | "восени" | "осінь" | "осені" | "осень" | "осенью" | "осени" => {
            9
        }
        _ => return None,
    })
}

/// Which part of a period the words at a token name, and the token of the period.
pub(super) fn part(line: &Line<'_>, index: usize) -> Option<(Part, usize)> {
    let first = skip_article(line, index);
    let word = line.word(first);
    if let Some(part) = adjective(word) {
        let hyphen = usize::from(line.mark(first + 1) == Some('-'));
        return Some((part, line.skip_blank(first + 1 + hyphen)));
    }
    if let Some(part) = noun_with_of(word) {
        let of = line.skip_blank(first + 1);
        return (line.word(of) == "of").then(|| (part, skip_article(line, line.skip_blank(of + 1))));
    }
    let preposition = matches!(word, "на" | "у" | "в" | "до" | "к" | "по");
    let noun = if preposition { line.skip_blank(first + 1) } else { first };
    let part = cyrillic_noun(line.word(noun))?;
    Some((part, line.skip_blank(noun + 1)))
}

fn adjective(word: &str) -> Option<Part> {
    Some(match word {
        "early" => Part::Early,
        "mid" => Part::Middle,
        "late" | "наприкінці" => Part::Late,
        _ => return None,
    })
}

fn noun_with_of(word: &str) -> Option<Part> {
    Some(match word {
        "beginning" | "start" => Part::Early,
        "middle" => Part::Middle,
        "end" | "close" => Part::Late,
        _ => return None,
    })
}

fn cyrillic_noun(word: &str) -> Option<Part> {
    Some(match word {
        "початку" | "початок" | "начале" | "начала" | "началу" => Part::Early,
        "середині" | "середини" | "середине" | "середины" => Part::Middle,
        "кінця" | "кінці" | "кінець" | "конца" | "конце" | "концу" => Part::Late,
        _ => return None,
    })
}

/// Behind `the`, if it stands there.
pub(super) fn skip_article(line: &Line<'_>, index: usize) -> usize {
    if line.word(index) == "the" { line.skip_blank(index + 1) } else { index }
}
