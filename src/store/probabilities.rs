//! Rules as scenarios were judged by them, and probabilities as they were shown. Append-only.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::error::Result;
use super::{Change, View};
use crate::model::name::Name;
use crate::model::time::{from_millis, millis};

/// A probability that was shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShownProbability {
    /// From when on.
    pub at: Timestamp,
    /// The log-odds behind it.
    pub log_odds: f64,
    /// The probability, 0.01 to 0.99.
    pub probability: f64,
    /// Whether the scenario was blind.
    pub blind: bool,
}

impl View<'_> {
    /// The probability that was shown at a moment; `None` before the first.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn probability_at(&self, scenario: &Name, at: Timestamp) -> Result<Option<ShownProbability>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM probability WHERE scenario = ?1 AND at <= ?2 ORDER BY at DESC, id DESC LIMIT 1",
        )?;
        Ok(statement.query_row(params![scenario.to_string(), millis(at)], read_probability).optional()?)
    }

    /// Every probability that was shown up to a moment, oldest first.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn probabilities(&self, scenario: &Name, until: Timestamp) -> Result<Vec<ShownProbability>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM probability WHERE scenario = ?1 AND at <= ?2 ORDER BY at, id")?;
        let rows = statement.query_map(params![scenario.to_string(), millis(until)], read_probability)?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// The rule by which a scenario was last judged, in words; `None` when it never was.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn rule(&self, scenario: &Name) -> Result<Option<String>> {
        let mut statement =
            self.connection.prepare_cached("SELECT words FROM rule WHERE scenario = ?1 ORDER BY id DESC LIMIT 1")?;
        Ok(statement.query_row([scenario.to_string()], |row| row.get(0)).optional()?)
    }
}

fn read_probability(row: &Row<'_>) -> rusqlite::Result<ShownProbability> {
    Ok(ShownProbability {
        at: from_millis(row.get("at")?),
        log_odds: row.get("log_odds")?,
        probability: row.get("probability")?,
        blind: row.get("blind")?,
    })
}

impl Change<'_> {
    /// Keeps a probability as it is shown from now on.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn add_probability(&self, scenario: &Name, shown: &ShownProbability) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO probability (scenario, at, log_odds, probability, blind) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![scenario.to_string(), millis(shown.at), shown.log_odds, shown.probability, shown.blind])?;
        Ok(())
    }

    /// Keeps the rule by which a scenario is judged from now on.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn add_rule(&self, scenario: &Name, words: &str, now: Timestamp) -> Result<()> {
        self.connection
            .prepare_cached("INSERT INTO rule (scenario, at, words) VALUES (?1, ?2, ?3)")?
            .execute(params![scenario.to_string(), millis(now), words])?;
        Ok(())
    }
}
