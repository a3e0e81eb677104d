//! Values as people type them, by the kind of the indicator.

use jiff::Timestamp;

use crate::config::plan::{Watch, WatchedIndicator};
use crate::extract::{amounts, dates};
use crate::model::geo::Point;
use crate::model::indicator::Kind;
use crate::model::observation::{Report, Statement, Status, Value};
use crate::model::quantity::Quantity;

/// Reads a value: a figure for `count` and `level`, a place or `lat,lon` for `report`, any of a date, a status and an
/// amount for `schedule`. `now` is the day that `next month` is read against.
///
/// # Errors
/// What is wrong with it and what was expected, as a sentence.
pub fn read(watch: &Watch, indicator: &WatchedIndicator, text: &str, now: Timestamp) -> Result<Value, String> {
    match indicator.spec.kind {
        Kind::Count | Kind::Level => figure(text).map(|value| Value::Quantity(Quantity::exact(value))),
        Kind::Report => report(watch, text).map(Value::Report),
        Kind::Schedule => statement(watch, text, now).map(Value::Statement),
    }
}

/// Reads a plain figure: digits with a point, no thousands and no unit.
///
/// # Errors
/// As [`read`].
pub fn figure(text: &str) -> Result<f64, String> {
    let value = text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    value.ok_or_else(|| format!("`{text}` is no figure; expected digits such as 1234.5, without thousands and unit"))
}

/// A value in the form in which [`read`] takes it.
pub fn written(value: &Value) -> String {
    match value {
        Value::Quantity(quantity) => quantity.value.to_string(),
        Value::Report(report) => format!("{},{}", report.point.lat, report.point.lon),
        Value::Statement(statement) => {
            let status = statement.status.map(|status| status.word().to_owned());
            let date = statement.expected.map(|window| window.to.to_string());
            let amount = statement.amount.as_ref();
            let amount = amount.map(|amount| format!("{} {}", amount.quantity.value, amount.currency));
            [status, date, amount].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    }
}

fn report(watch: &Watch, text: &str) -> Result<Report, String> {
    let named = |word: &str| {
        let is_meant = |name: &String| name.to_lowercase() == word.to_lowercase();
        watch.places.iter().find(|place| place.id == word || place.names.iter().any(is_meant))
    };
    if let Some(place) = named(text.trim()) {
        let name = place.names.first().unwrap_or(&place.id).clone();
        return Ok(Report { point: place.centre, error_km: place.reach_km(), place: Some(name) });
    }
    let point = text.split_once(',').and_then(|(lat, lon)| {
        let (lat, lon) = (lat.trim().parse().ok()?, lon.trim().parse().ok()?);
        Point::new(lat, lon)
    });
    point.map(|point| Report { point, error_km: 0.0, place: None }).ok_or_else(|| {
        format!("`{text}` is neither a place of the watch nor `latitude,longitude` in degrees, such as 49.71,37.62")
    })
}

fn statement(watch: &Watch, text: &str, now: Timestamp) -> Result<Statement, String> {
    let expected = match dates::read(text, now, &watch.zone).into_iter().next() {
        Some(found) => Some(found.window?),
        None => None,
    };
    let amount = match amounts::read(text, None).into_iter().next() {
        Some(found) => Some(found.amount?),
        None => None,
    };
    let status = text.split_whitespace().find_map(Status::parse);
    if expected.is_none() && amount.is_none() && status.is_none() {
        let words = Status::WORDS.join(", ");
        return Err(format!(
            "`{text}` names neither a date (2026-05-15), nor an amount (100 million USD), nor one of {words}"
        ));
    }
    Ok(Statement { expected, amount, status })
}
