//! The grammar's rules in cases of our own, and the known answers where they are at hand.

use super::*;
use crate::model::quantity::Bound;

/// One figure as `value unit bound`, a range as `low..high`, and `-` for none.
fn shown(text: &str) -> Vec<String> {
    let found = read(text).into_iter().filter(|found| found.quantity().is_some());
    found.map(|found| one(&found)).collect()
}

fn one(found: &Found) -> String {
    let quantity = found.quantity().unwrap();
    let figure = match (quantity.bound, quantity.low, quantity.high) {
        (Bound::Range | Bound::Vague, Some(low), Some(high)) => format!("{low}..{high}"),
        _ => quantity.value.to_string(),
    };
    let of = found.of.map(|of| format!("of {of}"));
    let zero = (found.reading == Reading::StatedZero).then(|| "zero".to_owned());
    let bound = (quantity.bound != Bound::Exact).then(|| quantity.bound.word().to_owned());
    let parts = [Some(figure), of, found.unit.clone(), bound, zero];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(shown(text), expected, "{text}: {:#?}", read(text));
}

#[test]
fn separators_follow_the_language() {
    check("12,345 flights", &["12345"]);
    check("12,345 вильотів", &["12.345"]);
    check("7 654 321 вылет", &["7654321"]);
    check("8’765 rounds", &["8765"]);
    check("1.234 sorties", &[]);
    check("у 2026 300 дронів", &["300"]);
}

#[test]
fn known_answers() {
    let Some(table) = shared("data/kat/numbers.tsv") else { return };
    let mut wrong = Vec::new();
    let rows = table.lines().skip(1).filter_map(|row| row.split_once('\t').map(|_| row));
    for row in rows {
        let columns: Vec<&str> = row.split('\t').collect();
        let expected: serde_json::Value = serde_json::from_str(columns[2]).unwrap();
        let expected: Vec<serde_json::Value> = expected.as_array().unwrap().clone();
        let found: Vec<Found> = read(columns[0]).into_iter().filter(|found| found.quantity().is_some()).collect();
        let is_right = found.len() == expected.len()
            && found.iter().zip(&expected).all(|(found, expected)| is_as_known(found, expected));
        if !is_right {
            wrong.push(format!("{}\n  expected {}\n  found {:?}", columns[0], columns[2], shown(columns[0])));
        }
    }
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether a figure is what a row of the table says. Of a range the table gives the ends, of a bound figure itself.
fn is_as_known(found: &Found, expected: &serde_json::Value) -> bool {
    let number = |key: &str| expected.get(key).and_then(serde_json::Value::as_f64);
    let word = |key: &str| expected.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
    let quantity = found.quantity().unwrap();
    let value = if quantity.bound == Bound::Range { quantity.low } else { Some(quantity.value) };
    let ends = [("lo", quantity.low), ("hi", quantity.high)];
    value == number("v")
        && Some(quantity.bound.word()) == word("bound").as_deref()
        && found.unit == word("cur").or_else(|| word("unit"))
        && found.of == number("of")
        && ends.into_iter().all(|(key, end)| number(key).is_none_or(|known| end == Some(known)))
}

/// Every memorandum names its sums; the table gives them as written, read by a person.
#[test]
fn sums_of_real_memoranda() {
    let Some(table) = shared("data/whitehouse/drawdown_memoranda.csv") else { return };
    let mut wrong = Vec::new();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    for record in reader.records() {
        let record = record.unwrap();
        let name = record[4].rsplit('/').next().unwrap().to_owned();
        let Some(text) = shared(&format!("data/whitehouse/memoranda/{name}")) else { return };
        let body = text.splitn(3, "---").nth(2).unwrap();
        let sums = |text: &str| -> Vec<f64> {
            let found = crate::extract::amounts::read(text).into_iter().filter_map(|found| found.amount.ok());
            found.map(|amount| amount.quantity.value).collect()
        };
        if sums(body) != sums(&record[2]) || sums(&record[2]).len() != record[2].matches('$').count() {
            wrong.push(format!("{name}: {} but {:?}", &record[2], sums(body)));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// A file of the figures that are measured elsewhere, where it is at hand.
fn shared(path: &str) -> Option<String> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    let text = std::fs::read_to_string(file).ok();
    if text.is_none() {
        println!("skipped {path}: ../shared is not here");
    }
    text
}
