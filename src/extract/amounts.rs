//! Sums of money: figures of the number grammar with a currency, and what the text says the sum is.

use std::ops::Range;

use super::numbers::{Comma, Reading, figure_at, in_characters, scan};
use super::text::lex::fold_word;
use crate::model::observation::Amount;

/// Codes of currencies have three letters; other units do not.
const CODE_LENGTH: usize = 3;

/// One sum of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The sum, or why it has no one reading.
    pub amount: Result<Amount, String>,
    /// Where it stands, in characters of the text.
    pub span: (usize, usize),
    /// The text of the span.
    pub text: String,
}

/// Reads every sum of money of a text in its order; the language, where it is known, tells what a comma does.
pub fn read(text: &str, language: Option<&str>) -> Vec<Found> {
    let spots = scan(text, Comma::of(text, language)).into_iter().filter_map(|spot| {
        let amount = match (spot.reading, spot.unit) {
            (Reading::NoMatch { why, is_other: false }, _) if has_currency_sign(text, &spot.range) => Err(why),
            (reading, Some(unit)) if is_code(&unit) => Ok(amount(text, &spot.range, reading.quantity()?, unit)),
            _ => return None,
        };
        Some((amount, spot.range))
    });
    let spots: Vec<(Result<Amount, String>, Range<usize>)> = spots.collect();
    let spans = in_characters(text, spots.iter().map(|(_, range)| range.clone()).collect());
    let found = spots.into_iter().zip(spans).map(|((amount, range), span)| Found {
        amount,
        span,
        text: text.get(range).unwrap_or_default().to_owned(),
    });
    found.collect()
}

/// The sum in a part of a text, and the bytes it rests on.
///
/// # Errors
/// A sentence fragment, where there is none or it has no one reading.
pub(crate) fn amount_at(text: &str, part: &Range<usize>, comma: Comma) -> Result<(Amount, Range<usize>), String> {
    let captured = figure_at(text, part, comma);
    let shown = text.get(part.clone()).unwrap_or_default().trim();
    let quantity = captured.reading.quantity().ok_or_else(|| {
        format!("the amount `{shown}` cannot be read: {}", captured.reading.why().unwrap_or("no figure"))
    })?;
    match captured.unit {
        Some(unit) if is_code(&unit) => Ok((amount(text, &captured.range, quantity, unit), captured.range)),
        _ => Err(format!("the amount `{shown}` names no currency")),
    }
}

fn amount(text: &str, range: &Range<usize>, quantity: crate::model::quantity::Quantity, currency: String) -> Amount {
    Amount { quantity, currency, role: role(text, range).map(str::to_owned) }
}

fn is_code(unit: &str) -> bool {
    unit.len() == CODE_LENGTH && unit.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn has_currency_sign(text: &str, range: &Range<usize>) -> bool {
    text.get(range.clone()).is_some_and(|shown| shown.contains(['$', '€', '£', '₴', '₽']))
}

/// Beginnings of words and what they say a sum is.
const ROLES: &[(&str, &str)] = &[
    ("ceiling", "ceiling"),
    ("aggregate", "ceiling"),
    ("pledg", "commitment"),
    ("commit", "commitment"),
    ("зобов", "commitment"),
    ("обязат", "commitment"),
    ("allocat", "allocation"),
    ("виділ", "allocation"),
    ("выдел", "allocation"),
    ("deliver", "delivery"),
    ("disburs", "delivery"),
    ("loan", "loan"),
    ("credit", "loan"),
    ("кредит", "loan"),
    ("позик", "loan"),
    ("in-kind", "in-kind"),
];

/// What the words near a sum say it is, where they say one thing only.
fn role(text: &str, range: &Range<usize>) -> Option<&'static str> {
    let before = text.get(..range.start).unwrap_or_default();
    let before = before.get(end_of_sentence(before, true).unwrap_or(0)..).unwrap_or_default();
    let offset = range.start - before.len();
    let start = before.char_indices().rev().take(60).take_while(|(_, c)| !is_sentence_end(*c)).last();
    let after = text.get(range.end..).unwrap_or_default();
    let after = after.get(..end_of_sentence(after, false).unwrap_or(after.len())).unwrap_or_default();
    let end = after.char_indices().take(60).take_while(|(_, c)| !is_sentence_end(*c)).last();
    let from = start.map_or(range.start, |(at, _)| offset + at);
    let to = range.end + end.map_or(0, |(at, c)| at + c.len_utf8());
    let words = text.get(from..to).unwrap_or_default().split_whitespace().map(fold_word);
    let mut found = None;
    for word in words {
        let names = |stem: &str| word.starts_with(stem) && !word.starts_with("committee");
        let Some((_, role)) = ROLES.iter().find(|(stem, _)| names(stem)) else { continue };
        if found.is_some_and(|before| before != *role) {
            return None;
        }
        found = Some(*role);
    }
    found
}

/// Behind the last full stop of a text, or the first, that ends a sentence: a long word stands before it and a capital
/// behind it, so that `U.S. aid` and `Gen. Smith` go on.
fn end_of_sentence(text: &str, is_last: bool) -> Option<usize> {
    let ends = |(at, _): &(usize, &str)| {
        let word = text.get(..*at).unwrap_or_default().chars().rev().take_while(|c| c.is_alphanumeric()).count();
        let next = text.get(at + 1..).unwrap_or_default().trim_start().chars().next();
        word > 3 && next.is_some_and(char::is_uppercase)
    };
    let mut stops = text.match_indices(". ").filter(ends).map(|(at, _)| at + 1);
    if is_last { stops.last() } else { stops.next() }
}

fn is_sentence_end(c: char) -> bool {
    matches!(c, '!' | '?' | ';' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::quantity::Bound;

    #[track_caller]
    fn check(text: &str, expected: &[(f64, &str, Bound)]) {
        let found: Vec<(f64, String, Bound)> = read(text, None)
            .into_iter()
            .filter_map(|found| found.amount.ok())
            .map(|amount| (amount.quantity.value, amount.currency, amount.quantity.bound))
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|(value, code, bound)| (*value, (*code).to_owned(), *bound)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn sums_with_their_currency() {
        check("pledged €40 billion for 2026", &[(4e10, "EUR", Bound::Exact)]);
        check("$1.2bn and 40 tanks", &[(1.2e9, "USD", Bound::Exact)]);
        check("up to USD 300 million", &[(3e8, "USD", Bound::AtMost)]);
        check("40 млрд євро", &[(4e10, "EUR", Bound::Exact)]);
        check("85 billion Norwegian kroner", &[(8.5e10, "NOK", Bound::Exact)]);
        check("85 billion kroner", &[]);
        check("12 tanks", &[]);
    }

    #[test]
    fn a_role_only_where_one_is_named() {
        let role = |text: &str| read(text, None).remove(0).amount.unwrap().role;
        assert_eq!(role("a loan of €2 billion").as_deref(), Some("loan"));
        assert_eq!(role("allocated $5 million").as_deref(), Some("allocation"));
        assert_eq!(role("committed a loan of $5 million"), None);
        assert_eq!(role("$5 million"), None);
        assert_eq!(role("Germany has delivered 10 tanks. A further €2 billion was promised."), None);
        assert_eq!(role("The Commission disbursed €1 billion. Tomorrow more follow.").as_deref(), Some("delivery"));
        assert_eq!(role("€4 billion follow. Germany delivered tanks."), None);
        assert_eq!(role("a loan by the U.S. of $5 million").as_deref(), Some("loan"));
    }
}
