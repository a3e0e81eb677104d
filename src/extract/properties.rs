//! What holds for every text: no panic, no value without evidence, no zero without a statement.

use proptest::prelude::*;

use super::*;
use crate::format::expression;
use crate::model::item::Item;
use crate::model::observation::Value;

/// Pieces that texts of sources are made of, so that figures come about often.
const PIECES: &[&str] = &[
    "12",
    "1",
    "234",
    "000",
    "2026",
    "0",
    "7.5",
    "1,2",
    " ",
    "\u{a0}",
    "\n",
    "-",
    "–",
    "/",
    ":",
    ".",
    ",",
    "%",
    "$",
    "€",
    "'",
    "’",
    "°",
    "K",
    "m",
    "bn",
    "million",
    "тис.",
    "млрд",
    "over ",
    "up to ",
    "понад ",
    "до ",
    "from ",
    " to ",
    "від ",
    "between ",
    " and ",
    "no ",
    "жодної ",
    "не ",
    "було",
    "sorties",
    "атак",
    "дронів",
    "km²",
    "кв. км",
    "March",
    "березня",
    "section ",
    "F",
    "T-",
    "мм",
    "two",
    "сто",
    "twenty",
    "five",
    "п'ять",
    "із",
    " of ",
    "half a ",
    "dozen",
    "several ",
    "hundred",
    "сотень",
    "минус ",
    "\u{ad}",
    "\u{301}",
    "½",
    "(",
    ")",
    "+",
    "~",
    "\u{202e}",
    "🛸",
    "ß",
    "ﬁ",
];

fn text() -> impl Strategy<Value = String> {
    let composed = prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat());
    prop_oneof![4 => composed, 1 => any::<String>()]
}

/// Compiled once: a pattern with Unicode classes costs more than what it reads here.
static EXTRACTOR: std::sync::LazyLock<Extractor> = std::sync::LazyLock::new(|| {
    let rules = Rules {
        kind: Kind::Level,
        matching: None,
        filters: vec![],
        value: Some(ValueRule::Regex(r"([\d\s.,']*\d|\w+)\s*\w*".into())),
        parts: None,
        date: None,
        amount: None,
        status: vec![],
        field: None,
        near: None,
        min_amount: None,
    };
    Extractor::new(rules).unwrap()
});

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Whether a text has the digits of a figure, or reads as the figure by itself: in words, or with a magnitude.
fn shows(text: &str, figure: f64) -> bool {
    let plain = digits(&figure.to_string());
    let reads = numbers::read(text, None).into_iter().any(|found| {
        let quantity = found.quantity();
        quantity.is_some_and(|quantity| [Some(quantity.value), quantity.low, quantity.high].contains(&Some(figure)))
    });
    digits(text).contains(plain.trim_matches('0')) && text.contains(|c: char| c.is_ascii_digit()) || reads
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_never_panic(text in text()) {
        let zone = jiff::tz::TimeZone::UTC;
        for found in numbers::read(&text, None) {
            let shown: String = text.chars().skip(found.span.0).take(found.span.1 - found.span.0).collect();
            prop_assert_eq!(shown, found.text);
        }
        let _ = amounts::read(&text, None);
        let _ = dates::read(&text, jiff::Timestamp::UNIX_EPOCH, &zone);
        let _ = pattern::captures("text", &text);
        let _ = expression::path(&text);
        let selector = expression::selector(&text).or_else(|_| expression::selector("b")).unwrap();
        let _ = css::texts(&text, &selector, None);
    }

    #[test]
    fn every_value_has_evidence(text in text()) {
        let item = Item { title: Some(text), ..Item::default() };
        let outcome = EXTRACTOR.read(&item, &jiff::tz::TimeZone::UTC);
        let Some(finding) = outcome.finding() else { return Ok(()) };
        let (from, to) = finding.evidence.span;
        let shown: String = finding.evidence.text.chars().skip(from).take(to - from).collect();
        prop_assert!(item.text().contains(&finding.evidence.text));
        if let (Value::Quantity(quantity), Outcome::Value(_)) = (&finding.value, &outcome) {
            prop_assert!(shows(&shown, quantity.value), "{} in `{shown}`", quantity.value);
        }
    }

    #[test]
    fn no_match_is_not_zero(text in "[a-zа-яіїє .,]{0,60}") {
        // A text without a figure and without a negation never gives a value, least of all a zero.
        let has_negation = ["no", "zero", "not", "не", "ни", "жодн", "ні", "нул", "нол"].iter().any(|word| text.contains(word));
        prop_assume!(!has_negation && numbers::read(&text, None).iter().all(|found| found.quantity().is_none()));
        let item = Item { title: Some(text), ..Item::default() };
        let outcome = EXTRACTOR.read(&item, &jiff::tz::TimeZone::UTC);
        prop_assert_eq!(outcome.word(), "no_match");
    }
}
