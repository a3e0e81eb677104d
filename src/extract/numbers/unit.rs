//! Currencies and the few units that change what a figure is.

use crate::extract::text::fold::is_hyphen;
use crate::extract::text::lex::Line;

/// What stands behind a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// An ISO 4217 code.
    Currency(&'static str),
    /// A unit of length or area.
    Measure(&'static str),
    /// A share.
    Percent,
    /// A span of time.
    Duration(&'static str),
    /// Millimetres: the figure names a weapon.
    Calibre,
    /// Crowns without a country, pounds without a state.
    UnknownCurrency,
}

/// A unit and the token behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) unit: Unit,
    pub(super) to: usize,
    /// `km² per day`.
    pub(super) is_per_day: bool,
}

const CODES: &[(&str, &str)] = &[
    ("usd", "USD"),
    ("eur", "EUR"),
    ("gbp", "GBP"),
    ("nok", "NOK"),
    ("sek", "SEK"),
    ("dkk", "DKK"),
    ("pln", "PLN"),
    ("czk", "CZK"),
    ("cad", "CAD"),
    ("aud", "AUD"),
    ("chf", "CHF"),
    ("jpy", "JPY"),
    ("uah", "UAH"),
    ("rub", "RUB"),
    ("nzd", "NZD"),
    ("hkd", "HKD"),
    ("sgd", "SGD"),
    ("krw", "KRW"),
    ("try", "TRY"),
];

const SYMBOLS: &[(char, &str)] = &[('$', "USD"), ('€', "EUR"), ('£', "GBP"), ('₴', "UAH"), ('₽', "RUB")];

/// Letters before `$`.
const DOLLARS: &[(&str, &str)] = &[
    ("us", "USD"),
    ("c", "CAD"),
    ("ca", "CAD"),
    ("can", "CAD"),
    ("cdn", "CAD"),
    ("a", "AUD"),
    ("au", "AUD"),
    ("nz", "NZD"),
    ("hk", "HKD"),
    ("s", "SGD"),
    ("sg", "SGD"),
    ("nt", "TWD"),
    ("r", "BRL"),
    ("mx", "MXN"),
    ("j", "JMD"),
];

/// Beginnings of the names of currencies, longest first where one begins another.
const NAMES: &[(&str, &str)] = &[
    ("dollar", "USD"),
    ("euro", "EUR"),
    ("hryvni", "UAH"),
    ("hryvnya", "UAH"),
    ("ruble", "RUB"),
    ("rouble", "RUB"),
    ("zlot", "PLN"),
    ("złot", "PLN"),
    ("євро", "EUR"),
    ("евро", "EUR"),
    ("долар", "USD"),
    ("доллар", "USD"),
    ("дол", "USD"),
    ("долл", "USD"),
    ("грн", "UAH"),
    ("гривен", "UAH"),
    ("гривн", "UAH"),
    ("гривень", "UAH"),
    ("руб", "RUB"),
    ("злот", "PLN"),
    ("yen", "JPY"),
    ("єн", "JPY"),
    ("иен", "JPY"),
    ("yuan", "CNY"),
    ("юан", "CNY"),
];

/// Beginnings of the words of a country before a currency that several have: word, currency, code.
const COUNTRIES: &[(&str, &str, &str)] = &[
    ("norwegian", "kr", "NOK"),
    ("swedish", "kr", "SEK"),
    ("danish", "kr", "DKK"),
    ("czech", "k", "CZK"),
    ("czech", "cr", "CZK"),
    ("norwegian", "cr", "NOK"),
    ("swedish", "cr", "SEK"),
    ("canadian", "dollar", "CAD"),
    ("australian", "dollar", "AUD"),
    ("us", "dollar", "USD"),
    ("british", "pound", "GBP"),
    ("фунт", "стерлінг", "GBP"),
    ("фунт", "стерлинг", "GBP"),
    ("норвезьк", "крон", "NOK"),
    ("норвежск", "крон", "NOK"),
    ("шведськ", "крон", "SEK"),
    ("шведск", "крон", "SEK"),
    ("данськ", "крон", "DKK"),
    ("датск", "крон", "DKK"),
    ("чеськ", "крон", "CZK"),
    ("чешск", "крон", "CZK"),
    ("канадськ", "долар", "CAD"),
    ("канадск", "доллар", "CAD"),
    ("австралійськ", "долар", "AUD"),
    ("австралийск", "доллар", "AUD"),
];

const CROWNS: &[&str] = &["kr", "kroner", "kronor", "krone", "krona", "koruna", "korunas", "крон", "крони", "кроны"];

/// Whole words and the unit of time.
const TIMES: &[(&str, &str)] = &[
    ("second", "s"),
    ("seconds", "s"),
    ("minute", "min"),
    ("minutes", "min"),
    ("hour", "h"),
    ("hours", "h"),
    ("hrs", "h"),
    ("год", "h"),
    ("час", "h"),
    ("часа", "h"),
    ("часов", "h"),
    ("day", "d"),
    ("days", "d"),
    ("доба", "d"),
    ("добу", "d"),
    ("доби", "d"),
    ("діб", "d"),
    ("день", "d"),
    ("дня", "d"),
    ("дні", "d"),
    ("днів", "d"),
    ("дней", "d"),
    ("сутки", "d"),
    ("суток", "d"),
    ("week", "wk"),
    ("weeks", "wk"),
    ("month", "mo"),
    ("months", "mo"),
    ("year", "y"),
    ("years", "y"),
    ("рік", "y"),
    ("роки", "y"),
    ("років", "y"),
    ("року", "y"),
    ("года", "y"),
    ("лет", "y"),
];

/// Beginnings of inflected words and the unit of time.
const TIME_STEMS: &[(&str, &str)] = &[
    ("секунд", "s"),
    ("хвилин", "min"),
    ("минут", "min"),
    ("годин", "h"),
    ("тижн", "wk"),
    ("тижден", "wk"),
    ("недел", "wk"),
    ("місяц", "mo"),
    ("месяц", "mo"),
];

/// A currency that stands before a figure, beginning at a token; and the token of the figure.
pub(super) fn prefix(line: &Line<'_>, index: usize) -> Option<(&'static str, usize)> {
    if let Some(code) = line.mark(index).and_then(symbol) {
        // Of letters before it that name no country nobody can say whose dollars they are.
        let is_glued = index.checked_sub(1).is_some_and(|before| line.is_word(before));
        return (!is_glued).then(|| (code, line.skip_blank(index + 1)));
    }
    let word = line.word(index);
    if line.mark(index + 1) == Some('$') {
        let (_, code) = DOLLARS.iter().find(|(letters, _)| *letters == word)?;
        return Some((code, line.skip_blank(index + 2)));
    }
    // Codes are written in capitals; `rub` and `sek` may be other words.
    let is_upper = line.is_capital(index) && line.raw(index).chars().all(char::is_uppercase);
    let code = if is_upper { code(word)? } else { return None };
    Some((code, line.skip_blank(index + 1)))
}

/// The unit behind a figure, at `at`: after a blank, a hyphen or nothing.
pub(super) fn after(line: &Line<'_>, at: usize) -> Option<At> {
    let index = line.skip_blank(at);
    let is_hyphenated = line.mark(at).is_some_and(is_hyphen);
    let plain = |unit, to| Some(At { unit, to, is_per_day: false });
    if let Some(to) = millimetres(line, if is_hyphenated { at + 1 } else { index }) {
        return plain(Unit::Calibre, to);
    }
    if is_hyphenated {
        return None;
    }
    if let Some(to) = percent(line, index) {
        return plain(Unit::Percent, to);
    }
    if let Some((unit, to)) = currency_after(line, index) {
        return plain(unit, to);
    }
    if let Some((name, to)) = length(line, index) {
        let per_day = per_day(line, to);
        return Some(At { unit: Unit::Measure(name), to: per_day.unwrap_or(to), is_per_day: per_day.is_some() });
    }
    duration(line.word(index)).and_then(|name| plain(Unit::Duration(name), index + 1))
}

/// `$2 billion Canadian`: whose dollars the sign stood for.
pub(super) fn dollars_of(line: &Line<'_>, at: usize) -> Option<At> {
    let index = line.skip_blank(at);
    let code = match line.word(index) {
        "canadian" => "CAD",
        "australian" => "AUD",
        _ => return None,
    };
    // `$2 billion Canadian aid` is the aid's.
    let ends = !line.is_word(line.skip_blank(index + 1));
    ends.then_some(At { unit: Unit::Currency(code), to: index + 1, is_per_day: false })
}

/// The code of a currency's sign.
pub(super) fn symbol(mark: char) -> Option<&'static str> {
    SYMBOLS.iter().find(|(symbol, _)| *symbol == mark).map(|(_, code)| *code)
}

fn code(word: &str) -> Option<&'static str> {
    CODES.iter().find(|(name, _)| *name == word).map(|(_, code)| *code)
}

fn percent(line: &Line<'_>, index: usize) -> Option<usize> {
    let word = line.word(index);
    if line.mark(index) == Some('%') || matches!(word, "percent" | "pct" | "percentage") {
        return Some(index + 1);
    }
    if word == "per" && line.word(line.skip_blank(index + 1)) == "cent" {
        return Some(line.skip_blank(index + 1) + 1);
    }
    ["відсот", "процент"].iter().any(|stem| word.starts_with(stem)).then_some(index + 1)
}

fn millimetres(line: &Line<'_>, index: usize) -> Option<usize> {
    let word = line.word(index);
    let stems = ["millimet", "міліметр", "миллиметр", "calib", "калібр", "калибр"];
    (matches!(word, "mm" | "мм" | "cal") || stems.iter().any(|stem| word.starts_with(stem))).then_some(index + 1)
}

fn currency_after(line: &Line<'_>, index: usize) -> Option<(Unit, usize)> {
    if let Some(code) = line.mark(index).and_then(symbol) {
        // `12 $400m` has two figures.
        let is_next = line.digits(line.skip_blank(index + 1)).is_some();
        return (!is_next).then_some((Unit::Currency(code), index + 1));
    }
    let word = line.word(index);
    let is_upper = line.raw(index).chars().all(char::is_uppercase);
    if let Some(code) = code(word).filter(|_| is_upper && line.digits(line.skip_blank(index + 1)).is_none()) {
        return Some((Unit::Currency(code), index + 1));
    }
    if let Some(found) = of_a_country(line, index) {
        return Some(found);
    }
    if CROWNS.contains(&word) {
        return Some((Unit::UnknownCurrency, index + 1));
    }
    let (_, code) = NAMES.iter().find(|(stem, _)| names_currency(word, stem))?;
    let point = matches!(word, "руб" | "дол" | "долл" | "грн") && line.mark(index + 1) == Some('.');
    Some((Unit::Currency(code), index + 1 + usize::from(point)))
}

/// `руб` and `дол` are abbreviations and stems; other words begin with them too (`рубіж`, `доля`).
fn names_currency(word: &str, stem: &str) -> bool {
    let Some(ending) = word.strip_prefix(stem) else { return false };
    match stem {
        "дол" | "долл" | "грн" | "євро" | "евро" => ending.is_empty(),
        "euro" => matches!(ending, "" | "s"),
        "yen" | "yuan" => ending.is_empty(),
        "єн" | "иен" => matches!(ending, "" | "и" | "ы" | "ах"),
        "руб" => ending.is_empty() || ending.starts_with('л'),
        _ => ending.chars().count() <= 4,
    }
}

fn of_a_country(line: &Line<'_>, index: usize) -> Option<(Unit, usize)> {
    let (country, next) = (line.word(index), line.skip_blank(index + 1));
    if country == "pounds" && line.word(next) == "sterling" {
        return Some((Unit::Currency("GBP"), next + 1));
    }
    if country == "u" && line.mark(index + 1) == Some('.') && line.word(index + 2) == "s" {
        let name = line.skip_blank(index + 3 + usize::from(line.mark(index + 3) == Some('.')));
        return line.word(name).starts_with("dollar").then_some((Unit::Currency("USD"), name + 1));
    }
    let fits = |(adjective, name, _): &&(&str, &str, &str)| {
        let is_adjective = if *adjective == "us" { country == "us" } else { country.starts_with(adjective) };
        is_adjective && line.word(next).starts_with(name)
    };
    COUNTRIES.iter().find(fits).map(|(_, _, code)| (Unit::Currency(code), next + 1))
}

/// `km²`, `sq km`, `кв. км`, `км кв.`, `km`, and the token behind.
fn length(line: &Line<'_>, index: usize) -> Option<(&'static str, usize)> {
    let word = line.word(index);
    if matches!(word, "km²" | "км²") {
        return Some(("km2", index + 1));
    }
    if is_square(word) {
        let point = usize::from(line.mark(index + 1) == Some('.'));
        let next = line.skip_blank(index + 1 + point);
        return is_kilometre(line.word(next)).then_some(("km2", next + 1));
    }
    if is_kilometre(word) {
        if line.digits(index + 1) == Some("2") {
            return Some(("km2", index + 2));
        }
        if line.word(line.skip_blank(index + 1)) == "кв" {
            return Some(("km2", line.skip_blank(index + 1) + 1));
        }
        return Some(("km", index + 1));
    }
    let is_metre = matches!(word, "m" | "м") || ["metre", "meter", "метр"].iter().any(|stem| word.starts_with(stem));
    // `300 M113` are vehicles.
    (is_metre && line.digits(index + 1).is_none()).then_some(("m", index + 1))
}

fn is_square(word: &str) -> bool {
    matches!(word, "sq" | "square" | "кв") || word.starts_with("квадратн")
}

fn is_kilometre(word: &str) -> bool {
    matches!(word, "km" | "км" | "kms") || ["kilomet", "кілометр", "километр"].iter().any(|stem| word.starts_with(stem))
}

fn per_day(line: &Line<'_>, at: usize) -> Option<usize> {
    let first = line.skip_blank(at);
    let is_slash = line.mark(first) == Some('/');
    let next = line.skip_blank(first + 1);
    let preposition = is_slash || matches!(line.word(first), "per" | "a" | "на" | "за" | "в");
    let is_day = matches!(line.word(next), "day" | "добу" | "день" | "сутки");
    (preposition && is_day).then_some(next + 1)
}

fn duration(word: &str) -> Option<&'static str> {
    let whole = TIMES.iter().find(|(name, _)| *name == word);
    let stem = || TIME_STEMS.iter().find(|(stem, _)| word.starts_with(stem));
    whole.or_else(stem).map(|(_, name)| *name)
}
