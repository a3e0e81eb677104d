//! Rows of the table `observation`, read in the order of its columns.

use jiff::civil::Date;
use rusqlite::Row;
use rusqlite::types::FromSql;

use super::error::{Result, StoreError};
use crate::model::geo::Point;
use crate::model::name::Name;
use crate::model::observation::{
    Amount, DateWindow, Evidence, Flag, ItemRef, Observation, Report, Statement, Status, Value,
};
use crate::model::quantity::{Bound, Quantity};
use crate::model::source::Grade;
use crate::model::time::from_millis;

/// The cells of a row of the table, in their order: looking each up by its name costs more than reading it.
struct Cells<'r, 's> {
    row: &'r Row<'s>,
    place: usize,
}

impl Cells<'_, '_> {
    fn next<T: FromSql>(&mut self) -> Result<T> {
        let cell = self.row.get(self.place)?;
        self.place += 1;
        Ok(cell)
    }
}

/// Reads a vintage from a row that begins with all columns of the table, as `SELECT *` gives them: migrations only append.
///
/// # Errors
/// A row that this program cannot have written.
pub fn read(row: &Row<'_>) -> Result<Observation> {
    let mut cells = Cells { row, place: 0 };
    let (id, indicator, key, event_time) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    let (recorded_at, _effective_at): (i64, i64) = (cells.next()?, cells.next()?);
    let value = read_value(&mut cells)?;
    let (feed, source): (Option<String>, String) = (cells.next()?, cells.next()?);
    let item = read_item(&mut cells)?;
    let method = cells.next()?;
    let (text, from, to): (String, u32, u32) = (cells.next()?, cells.next()?, cells.next()?);
    let (grade, flags): (String, String) = (cells.next()?, cells.next()?);
    Ok(Observation {
        id,
        indicator: read_name(indicator)?,
        key,
        event_time: from_millis(event_time),
        value,
        recorded_at: from_millis(recorded_at),
        feed: feed.map(read_name).transpose()?,
        source,
        item,
        method,
        evidence: Evidence { text, span: (from as usize, to as usize) },
        grade: Grade::parse(&grade),
        flags: flags.split(' ').filter_map(Flag::parse).collect(),
        supersedes: cells.next()?,
        author: cells.next()?,
        withdrawn: cells.next()?,
        entered_at: cells.next::<Option<i64>>()?.map(from_millis),
    })
}

fn read_name(word: String) -> Result<Name> {
    Name::parse(&word).ok_or_else(|| unreadable(format!("`{word}` is no full name")))
}

fn read_item(cells: &mut Cells<'_, '_>) -> Result<Option<ItemRef>> {
    let (id, revision): (Option<String>, Option<u32>) = (cells.next()?, cells.next()?);
    let (title, link) = (cells.next()?, cells.next()?);
    Ok(id.map(|id| ItemRef { id, revision: revision.unwrap_or(1), title, link }))
}

fn read_value(cells: &mut Cells<'_, '_>) -> Result<Value> {
    let kind: String = cells.next()?;
    let quantity = read_quantity(cells)?;
    let (lat, lon): (Option<f64>, Option<f64>) = (cells.next()?, cells.next()?);
    let (error_km, place): (Option<f64>, Option<String>) = (cells.next()?, cells.next()?);
    let statement = read_statement(cells, quantity)?;
    match kind.as_str() {
        "quantity" => quantity.map(Value::Quantity).ok_or_else(|| unreadable("a quantity without a value".to_owned())),
        "report" => {
            let point = lat.zip(lon).and_then(|(lat, lon)| Point::new(lat, lon));
            let point = point.ok_or_else(|| unreadable("a report that is not on the globe".to_owned()))?;
            Ok(Value::Report(Report { point, error_km: error_km.unwrap_or(0.0), place }))
        }
        _ => Ok(Value::Statement(statement)),
    }
}

fn read_quantity(cells: &mut Cells<'_, '_>) -> Result<Option<Quantity>> {
    let (value, low, high): (Option<f64>, _, _) = (cells.next()?, cells.next()?, cells.next()?);
    let bound: Option<String> = cells.next()?;
    let bound = bound.and_then(|word| Bound::parse(&word)).unwrap_or(Bound::Exact);
    Ok(value.map(|value| Quantity { value, low, high, bound }))
}

fn read_statement(cells: &mut Cells<'_, '_>, quantity: Option<Quantity>) -> Result<Statement> {
    let date = |text: Option<String>| -> Result<Option<Date>> {
        text.map(|text| text.parse().map_err(|_| unreadable(format!("`{text}` is no date")))).transpose()
    };
    let (from, to) = (date(cells.next()?)?, date(cells.next()?)?);
    let (currency, role): (Option<String>, _) = (cells.next()?, cells.next()?);
    let status: Option<String> = cells.next()?;
    Ok(Statement {
        expected: from.zip(to).map(|(from, to)| DateWindow { from, to }),
        amount: quantity.zip(currency).map(|(quantity, currency)| Amount { quantity, currency, role }),
        status: status.and_then(|word| Status::parse(&word)),
    })
}

fn unreadable(why: String) -> StoreError {
    StoreError::Row { table: "observation", why }
}
