//! Dates and amounts of money as announcements write them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::numbers;
use super::words::Folded;
use crate::model::observation::{Amount, DateWindow};

/// Month names by their first letters in English, Ukrainian and Russian.
const MONTHS: [&[&str]; 12] = [
    &["jan", "січ", "янв"],
    &["feb", "лют", "фев"],
    &["mar", "бер", "мар"],
    &["apr", "кві", "апр"],
    &["may", "тра", "мая", "май"],
    &["jun", "чер", "июн"],
    &["jul", "лип", "июл"],
    &["aug", "сер", "авг"],
    &["sep", "вер", "сен"],
    &["oct", "жов", "окт"],
    &["nov", "лис", "ноя"],
    &["dec", "гру", "дек"],
];

/// Words that are spelled like the start of a month and are none.
const NO_MONTHS: [&str; 6] = ["march on", "mark", "market", "marine", "seri", "серед"];

/// Reads one date, month, quarter or year as a window of dates. Without a year, the one nearest to `reference` is meant.
pub fn read(text: &str, reference: Timestamp, zone: &TimeZone) -> Option<DateWindow> {
    let folded = Folded::new(text);
    let today = zone.to_datetime(reference).date();
    let plain: String = folded.chars.iter().collect();
    if let Some(date) = plain.get(..).and_then(iso) {
        return Some(DateWindow { from: date, to: date });
    }
    let words: Vec<String> = (0..folded.words().len()).map(|place| folded.word(place)).collect();
    if let Some(date) = dotted(&words, &plain) {
        return Some(DateWindow { from: date, to: date });
    }
    let year = words.iter().find_map(|word| word.parse::<i16>().ok().filter(|year| (1990..2100).contains(year)));
    if let Some(quarter) = words
        .iter()
        .find_map(|word| word.strip_prefix('q').and_then(|n| n.parse::<i8>().ok()).filter(|n| (1..=4).contains(n)))
    {
        return window(year.unwrap_or(today.year()), quarter * 3 - 2, 3);
    }
    let Some((place, month)) =
        words.iter().enumerate().find_map(|(place, word)| month(word).map(|month| (place, month)))
    else {
        return year.and_then(|year| window(year, 1, 12));
    };
    let year = year.unwrap_or_else(|| nearest_year(month, today));
    let day = [place.checked_sub(1), Some(place + 1)].into_iter().flatten().find_map(|near| day(words.get(near)?));
    if let Some(date) = day.and_then(|day| Date::new(year, month, day).ok()) {
        return Some(DateWindow { from: date, to: date });
    }
    let whole = window(year, month, 1)?;
    let says = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    if says(&["end", "late", "кінця", "наприкінці", "конца", "конце"]) {
        return Some(DateWindow { from: Date::new(year, month, 21).ok()?, to: whole.to });
    }
    if says(&["early", "beginning", "початку", "начале"]) {
        return Some(DateWindow { from: whole.from, to: Date::new(year, month, 10).ok()? });
    }
    if says(&["mid", "середини", "середині", "середине"]) {
        return Some(DateWindow { from: Date::new(year, month, 11).ok()?, to: Date::new(year, month, 20).ok()? });
    }
    Some(whole)
}

fn iso(text: &str) -> Option<Date> {
    let place =
        text.char_indices().find(|(at, _)| text.get(*at..*at + 10).is_some_and(|part| part.parse::<Date>().is_ok()))?.0;
    text.get(place..place + 10)?.parse().ok()
}

/// `15.05.2026`
fn dotted(words: &[String], plain: &str) -> Option<Date> {
    words.windows(3).find_map(|three| {
        let [day, month, year] = three else { return None };
        if !plain.contains(&format!("{day}.{month}.{year}")) || year.len() != 4 {
            return None;
        }
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    })
}

fn month(word: &str) -> Option<i8> {
    if word.chars().count() < 3 || NO_MONTHS.contains(&word) || word.starts_with("серед") {
        return None;
    }
    let place = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    i8::try_from(place + 1).ok()
}

fn day(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| c.is_alphabetic());
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn nearest_year(month: i8, today: Date) -> i16 {
    let distance = |year: &i16| {
        let middle = Date::new(*year, month, 15).unwrap_or(today);
        today.until(middle).map_or(i32::MAX, |span| span.get_days().abs())
    };
    (today.year() - 1..=today.year() + 1).min_by_key(distance).unwrap_or(today.year())
}

fn window(year: i16, month: i8, months: i64) -> Option<DateWindow> {
    let from = Date::new(year, month, 1).ok()?;
    let to = from.checked_add(months.months()).ok()?.checked_sub(1.days()).ok()?;
    Some(DateWindow { from, to })
}

const CURRENCIES: [(&str, &[&str]); 12] = [
    ("EUR", &["€", "eur", "euro", "euros", "євро", "евро"]),
    ("GBP", &["£", "gbp", "pounds"]),
    ("CAD", &["c$", "cad"]),
    ("USD", &["us$", "$", "usd", "dollars", "dollar", "доларів", "долларов"]),
    ("NOK", &["nok"]),
    ("SEK", &["sek"]),
    ("DKK", &["dkk"]),
    ("PLN", &["pln"]),
    ("CZK", &["czk"]),
    ("UAH", &["₴", "uah", "грн", "гривень"]),
    ("RUB", &["₽", "rub", "руб", "рублей"]),
    ("JPY", &["¥", "jpy", "yen"]),
];

/// Reads one amount with its currency; `None` where there is no figure, more than one, or no currency.
pub fn read_amount(text: &str) -> Option<Amount> {
    let lower = text.to_lowercase();
    let named = |name: &&str| {
        if name.chars().any(char::is_alphabetic) && !name.contains('$') {
            Folded::new(&lower).find(&super::words::Phrase::new(name)?).map(|_| ())
        } else {
            lower.contains(name).then_some(())
        }
    };
    let currency = CURRENCIES.iter().find(|(_, names)| names.iter().any(|name| named(name).is_some()))?.0;
    let mut found = numbers::read(text);
    if found.len() != 1 {
        found = numbers::read_captured(text).into_iter().collect();
    }
    let [one] = found.as_slice() else { return None };
    Some(Amount { quantity: one.quantity, currency: currency.to_owned(), role: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &str)>) {
        let reference = "2026-01-20T12:00:00Z".parse().unwrap();
        let found =
            read(text, reference, &TimeZone::UTC).map(|window| (window.from.to_string(), window.to.to_string()));
        assert_eq!(found, expected.map(|(from, to)| (from.to_owned(), to.to_owned())), "{text}");
    }

    #[test]
    fn dates_and_windows() {
        check("31 March 2026", Some(("2026-03-31", "2026-03-31")));
        check("March 31", Some(("2026-03-31", "2026-03-31")));
        check("15 травня 2026", Some(("2026-05-15", "2026-05-15")));
        check("the end of March", Some(("2026-03-21", "2026-03-31")));
        check("до кінця березня", Some(("2026-03-21", "2026-03-31")));
        check("December", Some(("2025-12-01", "2025-12-31")));
        check("Q2 2026", Some(("2026-04-01", "2026-06-30")));
        check("2026-05-15", Some(("2026-05-15", "2026-05-15")));
        check("15.05.2026", Some(("2026-05-15", "2026-05-15")));
        check("soon", None);
    }

    #[test]
    fn amounts() {
        let cases = [
            ("€40 billion", Some((40e9, "EUR"))),
            ("USD 300 million", Some((3e8, "USD"))),
            ("40 млрд євро", Some((40e9, "EUR"))),
            ("$1.2bn", Some((1.2e9, "USD"))),
            ("40 billion", None),
            ("€1 and €2", None),
        ];
        for (text, expected) in cases {
            let found = read_amount(text).map(|amount| (amount.quantity.value, amount.currency));
            assert_eq!(found, expected.map(|(value, code)| (value, code.to_owned())), "{text}");
        }
    }
}
