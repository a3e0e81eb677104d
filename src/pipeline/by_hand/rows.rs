//! A table of values → entries, or every row that cannot be one.
//!
//! `event_time,value[,key,recorded_at,low,high,bound,source,note]`, in any
//! order of columns. Nothing is guessed: a row is read whole or named.

use std::collections::HashMap;

use csv::StringRecord;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Entry, typed};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::observation::Value;
use crate::model::quantity::{Bound, Quantity};
use crate::model::time::whole_millis;

/// The columns that are known, the first two of which are needed.
pub const COLUMNS: [&str; 9] = ["event_time", "value", "key", "recorded_at", "low", "high", "bound", "source", "note"];

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1; 0 is the whole line.
    pub column: usize,
    /// The column's name.
    pub name: String,
    /// What is wrong, and what was expected.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column {
            0 => write!(f, "line {}: {}", self.line, self.message),
            column => write!(f, "line {}, column {column} ({}): {}", self.line, self.name, self.message),
        }
    }
}

/// Reads a table. Times without an offset are of the watch's zone; a date is its first instant.
///
/// # Errors
/// Every problem of every row, in their order.
pub fn read(
    watch: &Watch,
    indicator: &WatchedIndicator,
    text: &[u8],
    now: Timestamp,
) -> Result<Vec<Entry>, Vec<Problem>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text);
    let mut records = reader.records();
    let header = match records.next() {
        Some(header) => header.map_err(|error| vec![broken(&error)])?,
        None => return Err(vec![whole(1, "the file is empty; its first line names the columns".to_owned())]),
    };
    let columns = columns(&header)?;
    let mut table = Table { watch, indicator, now, columns: &columns, entries: Vec::new(), problems: Vec::new() };
    for record in records {
        match record {
            Ok(record) => table.add(&record),
            // What follows a broken line cannot be told from it.
            Err(error) => {
                table.problems.push(broken(&error));
                break;
            }
        }
    }
    table.finish()
}

fn broken(error: &csv::Error) -> Problem {
    let line = error.position().map_or(1, csv::Position::line);
    whole(line, format!("it cannot be read as CSV in UTF-8: {error}"))
}

fn whole(line: u64, message: String) -> Problem {
    Problem { line, column: 0, name: String::new(), message }
}

/// The place of each known column.
fn columns(header: &StringRecord) -> Result<HashMap<&'static str, usize>, Vec<Problem>> {
    let mut columns = HashMap::new();
    let mut problems = Vec::new();
    for (place, name) in header.iter().enumerate() {
        let problem = |message: String| Problem { line: 1, column: place + 1, name: name.to_owned(), message };
        match COLUMNS.into_iter().find(|known| *known == name.trim()) {
            None => problems.push(problem(format!("no such column; there are {}", COLUMNS.join(", ")))),
            Some(known) => {
                if columns.insert(known, place).is_some() {
                    problems.push(problem("the column stands twice".to_owned()));
                }
            }
        }
    }
    for needed in ["event_time", "value"] {
        if !columns.contains_key(needed) {
            problems.push(whole(1, format!("the column `{needed}` is missing")));
        }
    }
    if problems.is_empty() { Ok(columns) } else { Err(problems) }
}

/// A table while it is read.
struct Table<'a> {
    watch: &'a Watch,
    indicator: &'a WatchedIndicator,
    now: Timestamp,
    columns: &'a HashMap<&'static str, usize>,
    entries: Vec<(u64, Entry)>,
    problems: Vec<Problem>,
}

impl Table<'_> {
    fn add(&mut self, record: &StringRecord) {
        let line = record.position().map_or(0, csv::Position::line);
        let width = self.columns.len();
        if record.len() != width {
            self.problems.push(whole(line, format!("{} fields where the first line names {width}", record.len())));
            return;
        }
        match self.entry(record) {
            Ok(entry) => self.entries.push((line, entry)),
            Err(problems) => {
                let named = problems.into_iter().map(|(name, message)| Problem {
                    line,
                    column: self.columns.get(name).map_or(0, |place| place + 1),
                    name: name.to_owned(),
                    message,
                });
                self.problems.extend(named);
            }
        }
    }

    fn entry(&self, record: &StringRecord) -> Result<Entry, Vec<(&'static str, String)>> {
        let cell = |name: &str| {
            let text = self.columns.get(name).and_then(|place| record.get(*place)).map(str::trim);
            text.filter(|text| !text.is_empty())
        };
        let mut problems = Vec::new();
        let event_time = cell("event_time").ok_or_else(|| "it is empty".to_owned());
        let event_time = event_time.and_then(|text| self.moment(text));
        let event_time = event_time.map_err(|message| problems.push(("event_time", message))).ok();
        let recorded_at = match cell("recorded_at").map(|text| self.past(text)) {
            Some(Err(message)) => {
                problems.push(("recorded_at", message));
                None
            }
            Some(Ok(moment)) => Some(moment),
            None => None,
        };
        let sides = (cell("low"), cell("high"), cell("bound"));
        let value = cell("value").map(|text| self.value(text, sides)).transpose();
        let value = value.map_err(|(name, message)| problems.push((name, message))).ok();
        let (Some(event_time), Some(value), true) = (event_time, value, problems.is_empty()) else {
            return Err(problems);
        };
        let owned = |name: &str| cell(name).map(str::to_owned);
        let written = owned("value").unwrap_or_else(|| "no value".to_owned());
        let (key, source, note) = (owned("key"), owned("source"), owned("note"));
        Ok(Entry { key, event_time, value, written, source, note, recorded_at })
    }

    fn value(
        &self,
        text: &str,
        (low, high, bound): (Option<&str>, Option<&str>, Option<&str>),
    ) -> Result<Value, (&'static str, String)> {
        let value = typed::read(self.watch, self.indicator, text, self.now).map_err(|message| ("value", message))?;
        let Value::Quantity(plain) = value else { return Ok(value) };
        let side = |name: &'static str, text: Option<&str>| {
            text.map(typed::figure).transpose().map_err(|message| (name, message))
        };
        let (low, high) = (side("low", low)?, side("high", high)?);
        let bound = match bound {
            Some(word) => Bound::parse(word).ok_or_else(|| ("bound", format!("`{word}` is no bound")))?,
            None if low.is_some() || high.is_some() => Bound::Range,
            None => return Ok(Value::Quantity(plain)),
        };
        let quantity = bounded(plain.value, low, high, bound);
        if quantity.low.is_some_and(|low| low > plain.value) {
            return Err(("low", format!("it is above the value {}", plain.value)));
        }
        if quantity.high.is_some_and(|high| high < plain.value) {
            return Err(("high", format!("it is below the value {}", plain.value)));
        }
        Ok(Value::Quantity(quantity))
    }

    fn past(&self, text: &str) -> Result<Timestamp, String> {
        let moment = self.moment(text)?;
        if moment > self.now {
            return Err(format!("`{text}` lies in the future; nothing can have been known then"));
        }
        Ok(moment)
    }

    fn moment(&self, text: &str) -> Result<Timestamp, String> {
        moment(text, &self.watch.zone).ok_or_else(|| {
            format!(
                "`{text}` is no time; expected 2026-01-31, 2026-01, 2026-01-31T18:00 or with an offset as in RFC 3339"
            )
        })
    }

    /// Two values for one key and moment would make one of them a correction of the other by chance.
    fn finish(mut self) -> Result<Vec<Entry>, Vec<Problem>> {
        let mut first: HashMap<(String, Option<Timestamp>), u64> = HashMap::new();
        for (line, entry) in &self.entries {
            let key = entry.key.clone().unwrap_or_else(|| super::own_key(entry));
            let earlier = *first.entry((key, entry.recorded_at)).or_insert(*line);
            if earlier != *line {
                let message = format!(
                    "a second value for what line {earlier} gives; `key`, `source` or `recorded_at` has to tell them apart"
                );
                self.problems.push(whole(*line, message));
            }
        }
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        if self.problems.is_empty() {
            Ok(self.entries.into_iter().map(|(_, entry)| entry).collect())
        } else {
            Err(self.problems)
        }
    }
}

/// A figure with its sides: what is not given is the figure itself, or open where the bound says so.
fn bounded(value: f64, low: Option<f64>, high: Option<f64>, bound: Bound) -> Quantity {
    let (low, high) = match bound {
        Bound::AtLeast => (Some(low.unwrap_or(value)), high),
        Bound::AtMost => (low, Some(high.unwrap_or(value))),
        _ => (Some(low.unwrap_or(value)), Some(high.unwrap_or(value))),
    };
    Quantity { value, low, high, bound }
}

/// Reads a moment: with an offset, or as civil time, a date or a month of a zone.
pub fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Some(whole_millis(exact));
    }
    let month = format!("{text}-01");
    let civil = text.parse::<DateTime>().ok().or_else(|| month.parse().ok().filter(|_| text.len() == 7));
    civil.and_then(|civil| zone.to_timestamp(civil).ok()).map(whole_millis)
}
