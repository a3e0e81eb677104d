//! Where scenarios stand, and what their conditions have to remember.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

use super::error::Result;
use super::{Change, View};
use crate::model::name::Name;
use crate::model::scenario::{Clock, Phase, State};
use crate::model::time::{from_millis, millis};

/// A scenario's stored state, and when people were last told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScenarioMemory {
    /// Where it stands.
    pub state: State,
    /// When the last message about the open alert was decided: reminders count from here.
    pub last_told: Option<Timestamp>,
}

/// What one condition has to remember.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConditionMemory {
    /// Whether it was true at its last evaluation that could tell: hysteresis starts from here.
    pub latched: bool,
    /// How long it has been true, for its own `hold`.
    pub clock: Clock,
    /// Its value in words at the last decision that was mailed.
    pub told: Option<String>,
}

impl View<'_> {
    /// A scenario's stored state; `None` when it was never judged.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn scenario(&self, name: &Name) -> Result<Option<ScenarioMemory>> {
        let mut statement = self.connection.prepare_cached("SELECT * FROM scenario WHERE name = ?1")?;
        Ok(statement.query_row([name.to_string()], read_scenario).optional()?)
    }

    /// What the conditions of a scenario remember, by their keys.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn conditions(&self, scenario: &Name) -> Result<HashMap<String, ConditionMemory>> {
        let mut statement = self.connection.prepare_cached("SELECT * FROM condition WHERE scenario = ?1")?;
        let rows = statement.query_map([scenario.to_string()], |row| {
            let memory =
                ConditionMemory { latched: row.get("latched")?, clock: read_clock(row)?, told: row.get("told")? };
            Ok((row.get("key")?, memory))
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }
}

fn read_scenario(row: &Row<'_>) -> rusqlite::Result<ScenarioMemory> {
    let time = |column: &str| row.get::<_, Option<i64>>(column).map(|at| at.map(from_millis));
    Ok(ScenarioMemory {
        state: State {
            phase: Phase::parse(&row.get::<_, String>("phase")?).unwrap_or(Phase::Inactive),
            since: from_millis(row.get("since")?),
            clock: read_clock(row)?,
            blind: time("blind")?,
            met: row.get("met")?,
            alert: row.get("alert")?,
        },
        last_told: time("last_told")?,
    })
}

fn read_clock(row: &Row<'_>) -> rusqlite::Result<Clock> {
    Ok(Clock {
        accrued: SignedDuration::from_millis(row.get("accrued")?),
        running_since: row.get::<_, Option<i64>>("running_since")?.map(from_millis),
        releases: row.get("releases")?,
        last_release: row.get("last_release")?,
    })
}

impl Change<'_> {
    /// Stores where a scenario stands.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn set_scenario(&self, name: &Name, memory: &ScenarioMemory) -> Result<()> {
        let state = &memory.state;
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO scenario VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?
            .execute(params![
                name.to_string(),
                state.phase.word(),
                millis(state.since),
                whole(state.clock.accrued),
                state.clock.running_since.map(millis),
                state.clock.releases,
                state.clock.last_release,
                state.blind.map(millis),
                state.met,
                state.alert,
                memory.last_told.map(millis),
            ])?;
        Ok(())
    }

    /// Stores what a condition has to remember.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn set_condition(&self, scenario: &Name, key: &str, memory: &ConditionMemory) -> Result<()> {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO condition VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
            .execute(params![
                scenario.to_string(),
                key,
                memory.latched,
                whole(memory.clock.accrued),
                memory.clock.running_since.map(millis),
                memory.clock.releases,
                memory.clock.last_release,
                memory.told,
            ])?;
        Ok(())
    }
}

/// Whole milliseconds of a duration, clamped: no clock runs for 300 million years.
fn whole(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
