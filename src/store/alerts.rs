//! Alerts and transitions: decisions that explain themselves for ever.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Params, Row, params};

use super::error::{Result, StoreError};
use super::{Change, View, wire};
use crate::model::alert::{Account, Alert, Transition};
use crate::model::name::Name;
use crate::model::scenario::{Change as Step, Path, Phase, State};
use crate::model::time::{from_millis, millis};

/// A change of a scenario to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewTransition<'a> {
    /// The alert it belongs to.
    pub alert: Option<i64>,
    /// Where the scenario stood.
    pub from: Phase,
    /// Where it stands.
    pub to: Phase,
    /// Whether it is blind now.
    pub blind: bool,
    /// What kind of change it is.
    pub change: Step,
    /// The frozen account; its scenario, moment and reason are the transition's.
    pub account: &'a Account,
}

impl View<'_> {
    /// Every alert, newest first.
    ///
    /// # Errors
    /// What the database refuses, or a row that this program cannot have written.
    pub fn alerts(&self) -> Result<Vec<Alert>> {
        let mut statement = self.connection.prepare_cached("SELECT * FROM alert ORDER BY id DESC")?;
        let mut rows = statement.query([])?;
        let mut alerts = Vec::new();
        while let Some(row) = rows.next()? {
            alerts.push(read_alert(row)?);
        }
        Ok(alerts)
    }

    /// One alert by its number.
    ///
    /// # Errors
    /// As [`View::alerts`].
    pub fn alert(&self, id: i64) -> Result<Option<Alert>> {
        let mut statement = self.connection.prepare_cached("SELECT * FROM alert WHERE id = ?1")?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(read_alert).transpose()
    }

    /// The transitions of one alert, oldest first.
    ///
    /// # Errors
    /// As [`View::alerts`].
    pub fn transitions_of(&self, alert: i64) -> Result<Vec<Transition>> {
        self.transitions("SELECT * FROM transition WHERE alert = ?1 ORDER BY id", [alert])
    }

    /// The newest transitions of a scenario, newest first.
    ///
    /// # Errors
    /// As [`View::alerts`].
    pub fn last_transitions(&self, scenario: &Name, limit: u32) -> Result<Vec<Transition>> {
        self.transitions(
            "SELECT * FROM transition WHERE scenario = ?1 ORDER BY id DESC LIMIT ?2",
            params![scenario.to_string(), limit],
        )
    }

    /// The number of the newest transition; 0 when there is none.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn last_transition_number(&self) -> Result<i64> {
        let mut statement = self.connection.prepare_cached("SELECT coalesce(max(id), 0) FROM transition")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// The transitions after one, oldest first.
    ///
    /// # Errors
    /// As [`View::alerts`].
    pub fn transitions_after(&self, number: i64) -> Result<Vec<Transition>> {
        self.transitions("SELECT * FROM transition WHERE id > ?1 ORDER BY id", [number])
    }

    fn transitions(&self, sql: &str, parameters: impl Params) -> Result<Vec<Transition>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        let mut transitions = Vec::new();
        while let Some(row) = rows.next()? {
            transitions.push(read_transition(row)?);
        }
        Ok(transitions)
    }

    /// Where a scenario stood at a moment, by its transitions; `None` when it had not changed by then.
    ///
    /// # Errors
    /// As [`View::alerts`].
    pub fn state_as_of(&self, scenario: &Name, at: Timestamp) -> Result<Option<State>> {
        let earlier = self.transitions(
            "SELECT * FROM transition WHERE scenario = ?1 AND at <= ?2 ORDER BY id DESC LIMIT 100",
            params![scenario.to_string(), millis(at)],
        )?;
        let Some(newest) = earlier.first() else { return Ok(None) };
        let entered = earlier.iter().find(|one| one.from != one.to).unwrap_or(newest);
        let went_blind = earlier.iter().take_while(|one| one.blind).last();
        Ok(Some(State {
            phase: newest.to,
            blind: went_blind.map(|one| one.at),
            alert: newest.alert.filter(|_| newest.to.is_alerting()),
            ..State::new(entered.at)
        }))
    }

    /// How often a scenario has triggered since a moment.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn activations(&self, scenario: &Name, since: Timestamp) -> Result<u32> {
        let mut statement =
            self.connection.prepare_cached("SELECT count(*) FROM alert WHERE scenario = ?1 AND opened > ?2")?;
        Ok(statement.query_row(params![scenario.to_string(), millis(since)], |row| row.get(0))?)
    }

    /// The alerts of a scenario, oldest first.
    ///
    /// # Errors
    /// As [`View::alerts`].
    pub fn alerts_of(&self, scenario: &Name) -> Result<Vec<Alert>> {
        let mut statement = self.connection.prepare_cached("SELECT * FROM alert WHERE scenario = ?1 ORDER BY id")?;
        let mut rows = statement.query([scenario.to_string()])?;
        let mut alerts = Vec::new();
        while let Some(row) = rows.next()? {
            alerts.push(read_alert(row)?);
        }
        Ok(alerts)
    }

    /// The reason of the scenario's newest transition up to a moment.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn last_reason(&self, scenario: &Name, as_of: Timestamp) -> Result<Option<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT reason FROM transition WHERE scenario = ?1 AND at <= ?2 ORDER BY id DESC LIMIT 1",
        )?;
        Ok(statement.query_row(params![scenario.to_string(), millis(as_of)], |row| row.get(0)).optional()?)
    }
}

fn read_alert(row: &Row<'_>) -> Result<Alert> {
    let time = |column: &str| row.get::<_, Option<i64>>(column).map(|at| at.map(from_millis));
    Ok(Alert {
        id: row.get("id")?,
        scenario: name(row.get("scenario")?, "alert")?,
        path: Path::parse(&row.get::<_, String>("path")?)
            .ok_or_else(|| StoreError::Row { table: "alert", why: "no such path".to_owned() })?,
        opened: from_millis(row.get("opened")?),
        resolved: time("resolved")?,
        resolution: row.get("resolution")?,
        acknowledged: time("acknowledged")?,
    })
}

fn read_transition(row: &Row<'_>) -> Result<Transition> {
    let phase = |column: &str| -> Result<Phase> {
        let word: String = row.get(column)?;
        Phase::parse(&word).ok_or_else(|| StoreError::Row { table: "transition", why: format!("`{word}` is no phase") })
    };
    Ok(Transition {
        id: row.get("id")?,
        scenario: name(row.get("scenario")?, "transition")?,
        alert: row.get("alert")?,
        at: from_millis(row.get("at")?),
        from: phase("from_phase")?,
        to: phase("to_phase")?,
        blind: row.get("blind")?,
        reason: row.get("reason")?,
        account: wire::read_account(&row.get::<_, String>("account")?)?,
        change: row.get("change")?,
    })
}

fn name(word: String, table: &'static str) -> Result<Name> {
    Name::parse(&word).ok_or_else(|| StoreError::Row { table, why: format!("`{word}` is no full name") })
}

impl Change<'_> {
    /// Opens an alert and gives its number.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn open_alert(&self, scenario: &Name, path: Path, now: Timestamp) -> Result<i64> {
        self.connection
            .prepare_cached("INSERT INTO alert (scenario, path, opened) VALUES (?1, ?2, ?3)")?
            .execute(params![scenario.to_string(), path.word(), millis(now)])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Closes an alert.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn resolve_alert(&self, id: i64, now: Timestamp, resolution: &str) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE alert SET resolved = ?2, resolution = ?3 WHERE id = ?1 AND resolved IS NULL")?
            .execute(params![id, millis(now), resolution])?;
        Ok(())
    }

    /// Adds a transition and gives its number.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn add_transition(&self, new: NewTransition<'_>) -> Result<i64> {
        self.connection
            .prepare_cached(
                "INSERT INTO transition (scenario, alert, at, from_phase, to_phase, blind, reason, account, change) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                new.account.scenario.to_string(),
                new.alert,
                millis(new.account.at),
                new.from.word(),
                new.to.word(),
                new.blind,
                new.account.reason,
                wire::write_account(new.account),
                new.change.word(),
            ])?;
        let number = self.connection.last_insert_rowid();
        self.keep_items_of(new.account)?;
        Ok(number)
    }

    /// Retention never removes the items that a decision was read from.
    fn keep_items_of(&self, account: &Account) -> Result<()> {
        let mut keep = self.connection.prepare_cached(
            "INSERT OR IGNORE INTO item_kept SELECT feed, item_id, item_revision FROM observation \
             WHERE id = ?1 AND feed IS NOT NULL AND item_id IS NOT NULL AND item_revision IS NOT NULL",
        )?;
        for vintage in account.conditions.iter().flat_map(|condition| &condition.vintages) {
            keep.execute([vintage])?;
        }
        Ok(())
    }
}
