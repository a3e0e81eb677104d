//! Vintages in, as-of views out.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Params, params};

use super::error::Result;
use super::{Change, View, rows};
use crate::model::name::Name;
use crate::model::observation::{Observation, Status, Value};
use crate::model::quantity::Quantity;
use crate::model::time::{from_millis, millis};

impl View<'_> {
    /// The newest vintage of each key that rules may use at `as_of`, with an event time in `[from, to)`;
    /// by event time. Withdrawn values are left out.
    ///
    /// # Errors
    /// What the database refuses, or a row that this program cannot have written.
    pub fn observations(
        &self,
        indicator: &Name,
        as_of: Timestamp,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Observation>> {
        self.select(
            concat!(
                "SELECT * FROM observation o WHERE indicator = ?1 AND event_time >= ?3 AND event_time < ?4 \
                 AND withdrawn = 0 AND o.id = ",
                newest_as_of!("?2"),
                " ORDER BY event_time, id"
            ),
            params![indicator.to_string(), millis(as_of), millis(from), millis(to)],
        )
    }

    /// Of [`View::observations`], those that a person recorded.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn hand_made(
        &self,
        indicator: &Name,
        as_of: Timestamp,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Observation>> {
        self.select(
            concat!(
                "SELECT * FROM observation o WHERE indicator = ?1 AND event_time >= ?3 AND event_time < ?4 \
                 AND withdrawn = 0 AND feed IS NULL AND o.id = ",
                newest_as_of!("?2"),
                " ORDER BY event_time, id"
            ),
            params![indicator.to_string(), millis(as_of), millis(from), millis(to)],
        )
    }

    /// One vintage by its number.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn observation(&self, id: i64) -> Result<Option<Observation>> {
        Ok(self.select("SELECT * FROM observation WHERE id = ?1", [id])?.into_iter().next())
    }

    /// Every vintage of an indicator recorded by `as_of`, oldest first.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn vintages(&self, indicator: &Name, as_of: Timestamp) -> Result<Vec<Observation>> {
        self.select(
            "SELECT * FROM observation WHERE indicator = ?1 AND recorded_at <= ?2 ORDER BY recorded_at, id",
            params![indicator.to_string(), millis(as_of)],
        )
    }

    /// The newest vintage of one key, effective or not, withdrawn or not.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn newest_vintage(&self, indicator: &Name, key: &str) -> Result<Option<Observation>> {
        let found = self.select(
            "SELECT * FROM observation WHERE indicator = ?1 AND key = ?2 ORDER BY recorded_at DESC, id DESC LIMIT 1",
            params![indicator.to_string(), key],
        )?;
        Ok(found.into_iter().next())
    }

    /// The newest vintage of one key recorded by a moment, effective or not, withdrawn or not.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn vintage_known(&self, indicator: &Name, key: &str, known: Timestamp) -> Result<Option<Observation>> {
        let found = self.select(
            "SELECT * FROM observation WHERE indicator = ?1 AND key = ?2 AND recorded_at <= ?3 \
             ORDER BY recorded_at DESC, id DESC LIMIT 1",
            params![indicator.to_string(), key, millis(known)],
        )?;
        Ok(found.into_iter().next())
    }

    /// The newest vintage of one key that rules may use at `as_of`.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn effective_vintage(&self, indicator: &Name, key: &str, as_of: Timestamp) -> Result<Option<Observation>> {
        let found = self.select(
            "SELECT * FROM observation WHERE indicator = ?1 AND key = ?2 AND recorded_at <= ?3 AND effective_at <= ?3 \
             ORDER BY recorded_at DESC, id DESC LIMIT 1",
            params![indicator.to_string(), key, millis(as_of)],
        )?;
        Ok(found.into_iter().next())
    }

    /// When the newest value known at `as_of` was recorded, and when it happened.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn newest_times(&self, indicator: &Name, as_of: Timestamp) -> Result<Option<(Timestamp, Timestamp)>> {
        // Two questions, so that an index answers each: the history must not make it slower. A `+` keeps a column from
        // being looked up by the index of arrivals.
        let newest = |sql: &str| -> Result<Option<i64>> {
            let mut statement = self.connection.prepare_cached(sql)?;
            Ok(statement.query_row(params![indicator.to_string(), millis(as_of)], |row| row.get(0)).optional()?)
        };
        let recorded = newest(
            "SELECT recorded_at FROM observation WHERE indicator = ?1 AND recorded_at <= ?2 \
             ORDER BY recorded_at DESC LIMIT 1",
        )?;
        let happened = newest(
            "SELECT event_time FROM observation WHERE indicator = ?1 AND +recorded_at <= ?2 \
             ORDER BY event_time DESC LIMIT 1",
        )?;
        Ok(recorded.zip(happened).map(|(recorded, happened)| (from_millis(recorded), from_millis(happened))))
    }

    /// The first moment after `as_of` at which a vintage recorded since `since` becomes usable.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn next_effective(&self, indicator: &Name, since: Timestamp, as_of: Timestamp) -> Result<Option<Timestamp>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT min(effective_at) FROM observation WHERE indicator = ?1 AND effective_at > ?2 \
             AND recorded_at >= ?3 AND recorded_at <= ?2",
        )?;
        let given = params![indicator.to_string(), millis(as_of), millis(since)];
        let next: Option<i64> = statement.query_row(given, |row| row.get(0)).optional()?.flatten();
        Ok(next.map(from_millis))
    }

    /// Whether anything that happened up to a moment was learned after it: a correction, or late news.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn was_learned_later(&self, indicator: &Name, moment: Timestamp) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM observation WHERE indicator = ?1 AND event_time <= ?2 AND recorded_at > ?2)",
        )?;
        Ok(statement.query_row(params![indicator.to_string(), millis(moment)], |row| row.get(0))?)
    }

    /// How many vintages there are.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn count_observations(&self) -> Result<u32> {
        Ok(self.connection.query_row("SELECT count(*) FROM observation", [], |row| row.get(0))?)
    }

    pub(super) fn select(&self, sql: &str, parameters: impl Params) -> Result<Vec<Observation>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(rows::read(row)?);
        }
        Ok(found)
    }
}

impl Change<'_> {
    /// Adds a vintage and gives its number. `effective_at` is when rules may use it.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn add_observation(&self, observation: &Observation, effective_at: Timestamp) -> Result<i64> {
        let columns = Columns::of(&observation.value);
        let item = observation.item.as_ref();
        let flags: Vec<&str> = observation.flags.iter().map(|flag| flag.word()).collect();
        self.connection
            .prepare_cached(
                "INSERT INTO observation (indicator, key, event_time, recorded_at, effective_at, kind, value, low, high, \
                 bound, lat, lon, error_km, place, expected_from, expected_to, currency, role, status, feed, source, \
                 item_id, item_revision, item_title, item_link, method, evidence, evidence_from, evidence_to, grade, flags, \
                 supersedes, author, withdrawn, entered_at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,\
                 ?19,?20,?21,?22,?23,?24,?25,?26,?27,?28,?29,?30,?31,?32,?33,?34,?35)",
            )?
            .execute(params![
                observation.indicator.to_string(),
                observation.key,
                millis(observation.event_time),
                millis(observation.recorded_at),
                millis(effective_at),
                columns.kind,
                columns.value,
                columns.low,
                columns.high,
                columns.bound,
                columns.lat,
                columns.lon,
                columns.error_km,
                columns.place,
                columns.expected_from,
                columns.expected_to,
                columns.currency,
                columns.role,
                columns.status,
                observation.feed.as_ref().map(Name::to_string),
                observation.source,
                item.map(|item| item.id.as_str()),
                item.map(|item| item.revision),
                item.and_then(|item| item.title.as_deref()),
                item.and_then(|item| item.link.as_deref()),
                observation.method,
                observation.evidence.text,
                narrow(observation.evidence.span.0),
                narrow(observation.evidence.span.1),
                observation.grade.to_string(),
                flags.join(" "),
                observation.supersedes,
                observation.author,
                observation.withdrawn,
                observation.entered_at.map(millis),
            ])?;
        Ok(self.connection.last_insert_rowid())
    }
}

/// A value spread over the table's columns.
#[derive(Default)]
struct Columns<'v> {
    kind: &'static str,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    bound: Option<&'static str>,
    lat: Option<f64>,
    lon: Option<f64>,
    error_km: Option<f64>,
    place: Option<&'v str>,
    expected_from: Option<String>,
    expected_to: Option<String>,
    currency: Option<&'v str>,
    role: Option<&'v str>,
    status: Option<&'static str>,
}

impl<'v> Columns<'v> {
    fn of(value: &'v Value) -> Self {
        match value {
            Value::Quantity(quantity) => Self { kind: "quantity", ..Self::default() }.with(quantity),
            Value::Report(report) => Self {
                kind: "report",
                lat: Some(report.point.lat),
                lon: Some(report.point.lon),
                error_km: Some(report.error_km),
                place: report.place.as_deref(),
                ..Self::default()
            },
            Value::Statement(statement) => {
                let columns = Self {
                    kind: "statement",
                    expected_from: statement.expected.map(|window| window.from.to_string()),
                    expected_to: statement.expected.map(|window| window.to.to_string()),
                    status: statement.status.map(Status::word),
                    ..Self::default()
                };
                statement.amount.iter().fold(columns, |columns, amount| Self {
                    currency: Some(&amount.currency),
                    role: amount.role.as_deref(),
                    ..columns.with(&amount.quantity)
                })
            }
        }
    }

    fn with(self, quantity: &Quantity) -> Self {
        Self {
            value: Some(quantity.value),
            low: quantity.low,
            high: quantity.high,
            bound: Some(quantity.bound.word()),
            ..self
        }
    }
}

/// A place in an excerpt; excerpts are a few hundred characters long.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
