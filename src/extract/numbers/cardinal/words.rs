//! The words of cardinals, with their cases, and what each adds to a number.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word adds to a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part {
    Unit(f64),
    Teen(f64),
    Tens(f64),
    Hundreds(f64),
    /// `hundred`, `dozen`, `сотня`: takes the number before it so many times.
    Times(f64),
    /// `півтора`.
    OneAndAHalf,
}

const UNITS: &[(f64, &[&str])] = &[
    (0.0, &["zero", "нуль", "нуля", "ноль", "ноля"]),
    (
        1.0,
        &[
            "one",
            "один",
            "одна",
            "одне",
            "одну",
            "однієї",
            "одній",
            "одним",
            "одною",
            "однією",
            "одно",
            "одной",
            "одного",
            "одному",
        ],
    ),
    (2.0, &["two", "два", "дві", "двох", "двом", "двома", "две", "двух", "двум", "двумя", "двоє", "двое", "двоих"]),
    (3.0, &["three", "три", "трьох", "трьом", "трьома", "трех", "трем", "тремя", "троє", "трое"]),
    (
        4.0,
        &[
            "four",
            "чотири",
            "чотирьох",
            "чотирьом",
            "чотирма",
            "четыре",
            "четырех",
            "четырем",
            "четырьмя",
            "четверо",
            "четверых",
        ],
    ),
    (
        5.0,
        &[
            "five",
            "п'ять",
            "п'яти",
            "п'ятьох",
            "п'ятьом",
            "п'ятьма",
            "п'ятьома",
            "п'ятеро",
            "пять",
            "пяти",
            "пятью",
            "пятеро",
        ],
    ),
    (
        6.0,
        &[
            "six",
            "шість",
            "шести",
            "шістьох",
            "шістьом",
            "шістьма",
            "шістьома",
            "шестеро",
            "шестерых",
            "шесть",
            "шестью",
        ],
    ),
    // `семью` is also a family, `сьома` the seventh: neither is read.
    (7.0, &["seven", "сім", "семи", "сімох", "сімом", "сімома", "семеро", "семь"]),
    (
        8.0,
        &[
            "eight",
            "вісім",
            "восьми",
            "вісьмох",
            "вісьмом",
            "вісьма",
            "вісьмома",
            "восьмеро",
            "восемь",
            "восемью",
            "восьмью",
        ],
    ),
    (
        9.0,
        &[
            "nine",
            "дев'ять",
            "дев'яти",
            "дев'ятьох",
            "дев'ятьом",
            "дев'ятьма",
            "дев'ятьома",
            "девять",
            "девяти",
            "девятью",
        ],
    ),
];

/// Stems of the words from 10 to 19, which take the endings of [`ENDINGS`].
const TEENS: &[(f64, &[&str])] = &[
    (10.0, &["десят"]),
    (11.0, &["одинадцят", "одиннадцат"]),
    (12.0, &["дванадцят", "двенадцат"]),
    (13.0, &["тринадцят", "тринадцат"]),
    (14.0, &["чотирнадцят", "четырнадцат"]),
    (15.0, &["п'ятнадцят", "пятнадцат"]),
    (16.0, &["шістнадцят", "шестнадцат"]),
    (17.0, &["сімнадцят", "семнадцат"]),
    (18.0, &["вісімнадцят", "восемнадцат"]),
    (19.0, &["дев'ятнадцят", "девятнадцат"]),
];

const TENS: &[(f64, &[&str])] = &[(20.0, &["двадцят", "двадцат"]), (30.0, &["тридцят", "тридцат"])];

/// Endings of cardinals on a soft sign, by case, in both languages.
const ENDINGS: &[&str] = &["ь", "и", "ю", "ью", "ьох", "ьом", "ьма", "ьома"];

const ENGLISH_TEENS: &[(f64, &str)] = &[
    (10.0, "ten"),
    (11.0, "eleven"),
    (12.0, "twelve"),
    (13.0, "thirteen"),
    (14.0, "fourteen"),
    (15.0, "fifteen"),
    (16.0, "sixteen"),
    (17.0, "seventeen"),
    (18.0, "eighteen"),
    (19.0, "nineteen"),
];

/// Whole words from 20 to 90.
const WHOLE_TENS: &[(f64, &[&str])] = &[
    (20.0, &["twenty"]),
    (30.0, &["thirty"]),
    (40.0, &["forty", "fourty", "сорок", "сорока"]),
    (
        50.0,
        &[
            "fifty",
            "п'ятдесят",
            "п'ятдесяти",
            "п'ятдесятьох",
            "п'ятдесятьма",
            "п'ятдесятьома",
            "пятьдесят",
            "пятидесяти",
            "пятьюдесятью",
        ],
    ),
    (
        60.0,
        &[
            "sixty",
            "шістдесят",
            "шістдесяти",
            "шістдесятьох",
            "шістдесятьма",
            "шістдесятьома",
            "шестьдесят",
            "шестидесяти",
            "шестьюдесятью",
        ],
    ),
    (
        70.0,
        &[
            "seventy",
            "сімдесят",
            "сімдесяти",
            "сімдесятьох",
            "сімдесятьма",
            "сімдесятьома",
            "семьдесят",
            "семидесяти",
            "семьюдесятью",
        ],
    ),
    (
        80.0,
        &[
            "eighty",
            "вісімдесят",
            "вісімдесяти",
            "вісімдесятьох",
            "вісімдесятьма",
            "вісімдесятьома",
            "восемьдесят",
            "восьмидесяти",
            "восемьюдесятью",
        ],
    ),
    (90.0, &["ninety", "дев'яносто", "дев'яноста", "девяносто", "девяноста"]),
];

const HUNDREDS: &[(f64, &[&str])] = &[
    (100.0, &["сто", "ста"]),
    (200.0, &["двісті", "двохсот", "двомстам", "двомастами", "двести", "двухсот", "двумстам", "двумястами"]),
    (300.0, &["триста", "трьохсот", "трьомстам", "трьомастами", "трехсот", "тремстам", "тремястами"]),
    (400.0, &["чотириста", "чотирьохсот", "чотирьомстам", "четыреста", "четырехсот", "четыремстам", "четырьмястами"]),
    (500.0, &["п'ятсот", "п'ятисот", "п'ятьмастами", "пятьсот", "пятисот", "пятьюстами"]),
    (600.0, &["шістсот", "шестисот", "шістьмастами", "шестьсот", "шестьюстами", "шестистами"]),
    (700.0, &["сімсот", "семисот", "семьсот", "семьюстами"]),
    (800.0, &["вісімсот", "восьмисот", "восемьсот", "восемьюстами"]),
    (900.0, &["дев'ятсот", "дев'ятисот", "девятьсот", "девятисот", "девятьюстами"]),
];

pub(super) const ADVERBS: &[(f64, &str)] =
    &[(2.0, "twice"), (3.0, "thrice"), (2.0, "двічі"), (3.0, "тричі"), (2.0, "дважды"), (3.0, "трижды")];

/// Magnitudes that stand for one of themselves: `мільйон снарядів`.
pub(super) const ALONE: &[&str] =
    &["тисяча", "тисячу", "тысяча", "тысячу", "мільйон", "миллион", "мільярд", "миллиард", "трильйон", "триллион"];

/// How many times a word takes the number before it: `dozen`, `hundred`, `десятків`.
pub(in super::super) fn times(word: &str) -> Option<f64> {
    match word {
        "hundred" | "сотня" | "сотню" | "сотні" | "сотень" | "сотни" | "сотен" | "сотнями" => {
            Some(100.0)
        }
        "dozen" => Some(12.0),
        "десяток" | "десятка" | "десятки" | "десятків" | "десятков" | "десятками" => {
            Some(10.0)
        }
        _ => None,
    }
}

/// Numbers and their words, and what these add.
type Forms = (&'static [(f64, &'static [&'static str])], fn(f64) -> Part);

/// What each word adds, by all its forms: every word of a text is looked up.
static PARTS: LazyLock<HashMap<String, Part>> = LazyLock::new(|| {
    let mut parts = HashMap::new();
    let mut add = |form: String, part: Part| {
        parts.entry(form).or_insert(part);
    };
    let tables: [Forms; 3] = [(UNITS, Part::Unit), (WHOLE_TENS, Part::Tens), (HUNDREDS, Part::Hundreds)];
    for ((value, forms), part) in tables.iter().flat_map(|(table, part)| table.iter().map(move |row| (row, part))) {
        forms.iter().for_each(|form| add((*form).to_owned(), part(*value)));
    }
    let tables: [Forms; 2] = [(TENS, Part::Tens), (TEENS, Part::Teen)];
    for ((value, stems), part) in tables.iter().flat_map(|(table, part)| table.iter().map(move |row| (row, part))) {
        let forms = stems.iter().flat_map(|stem| ENDINGS.iter().map(move |ending| format!("{stem}{ending}")));
        forms.for_each(|form| add(form, part(*value)));
    }
    ENGLISH_TEENS.iter().for_each(|(value, name)| add((*name).to_owned(), Part::Teen(*value)));
    parts
});

/// Words, and beginnings of words, at which a number in words begins.
pub(in super::super) fn beginnings() -> impl Iterator<Item = &'static str> {
    let others = ["a", "half", "пів", "пол", "десяток", "сотня", "півтора", "полтор", "полутора"];
    let adverbs = ADVERBS.iter().map(|(_, word)| *word);
    PARTS.keys().map(String::as_str).chain(adverbs).chain(ALONE.iter().copied()).chain(others)
}

/// What a word adds.
pub(super) fn part(word: &str) -> Option<Part> {
    if word.is_empty() {
        return None;
    }
    let other = || times(word).map(Part::Times).or_else(|| is_one_and_a_half(word).then_some(Part::OneAndAHalf));
    PARTS.get(word).copied().or_else(other)
}

fn is_one_and_a_half(word: &str) -> bool {
    matches!(word, "півтора" | "півтори" | "полтора" | "полторы" | "полутора")
}
