//! What analysts did: acknowledgements, silences, drills. Append-only.

use jiff::Timestamp;
use rusqlite::{Params, Row, params};

use super::error::{Result, StoreError};
use super::{Change, View};
use crate::model::act::{Act, Doing};
use crate::model::name::Name;
use crate::model::scenario;
use crate::model::time::{from_millis, millis};

impl View<'_> {
    /// What was done about an alert, oldest first.
    ///
    /// # Errors
    /// What the database refuses, or a row that this program cannot have written.
    pub fn acts_of_alert(&self, alert: i64) -> Result<Vec<Act>> {
        self.acts("SELECT * FROM act WHERE alert = ?1 ORDER BY id", [alert])
    }

    /// The newest acts about a scenario, its alerts included, newest first.
    ///
    /// # Errors
    /// As [`View::acts_of_alert`].
    pub fn acts_of_scenario(&self, name: &Name, limit: u32) -> Result<Vec<Act>> {
        self.acts(
            "SELECT * FROM act WHERE scenario = ?1 OR alert IN (SELECT id FROM alert WHERE scenario = ?1) \
             ORDER BY id DESC LIMIT ?2",
            params![name.to_string(), limit],
        )
    }

    /// The silences in force: of each scope only the newest counts, so that a later one can also end one early.
    ///
    /// # Errors
    /// As [`View::acts_of_alert`].
    pub fn silences(&self, now: Timestamp) -> Result<Vec<Act>> {
        let newest = self.acts(
            "SELECT * FROM act WHERE id IN (SELECT max(id) FROM act WHERE kind = 'silence' AND at <= ?1 \
             GROUP BY scenario, feed) ORDER BY id",
            [millis(now)],
        )?;
        Ok(newest.into_iter().filter(|silence| silence.is_in_force(now)).collect())
    }

    /// The newest acknowledgement of an alert, unless it has escalated since; it may have run out.
    ///
    /// # Errors
    /// As [`View::acts_of_alert`].
    pub fn acknowledgement(&self, alert: i64) -> Result<Option<Act>> {
        let newest = self.acts(
            "SELECT * FROM act WHERE alert = ?1 AND kind = 'ack' AND at >= coalesce( \
             (SELECT max(at) FROM transition WHERE alert = ?1 AND change = ?2), 0) ORDER BY id DESC LIMIT 1",
            params![alert, scenario::Change::Escalated.word()],
        )?;
        Ok(newest.into_iter().next())
    }

    fn acts(&self, sql: &str, parameters: impl Params) -> Result<Vec<Act>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        let mut acts = Vec::new();
        while let Some(row) = rows.next()? {
            acts.push(read_act(row)?);
        }
        Ok(acts)
    }
}

fn read_act(row: &Row<'_>) -> Result<Act> {
    let kind: String = row.get("kind")?;
    let name = |column: &str| -> Result<Option<Name>> {
        Ok(row.get::<_, Option<String>>(column)?.as_deref().and_then(Name::parse))
    };
    Ok(Act {
        id: row.get("id")?,
        at: from_millis(row.get("at")?),
        author: row.get("author")?,
        doing: Doing::parse(&kind)
            .ok_or_else(|| StoreError::Row { table: "act", why: format!("`{kind}` is nothing that is done") })?,
        alert: row.get("alert")?,
        scenario: name("scenario")?,
        feed: name("feed")?,
        until: row.get::<_, Option<i64>>("until")?.map(from_millis),
        reason: row.get("reason")?,
    })
}

impl Change<'_> {
    /// Adds an act and gives its number; the act's own `id` is not looked at.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn add_act(&self, act: &Act) -> Result<i64> {
        self.connection
            .prepare_cached(
                "INSERT INTO act (at, author, kind, alert, scenario, feed, until, reason) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                millis(act.at),
                act.author,
                act.doing.word(),
                act.alert,
                act.scenario.as_ref().map(Name::to_string),
                act.feed.as_ref().map(Name::to_string),
                act.until.map(millis),
                act.reason,
            ])?;
        let number = self.connection.last_insert_rowid();
        if let (Doing::Ack, Some(alert)) = (act.doing, act.alert) {
            self.connection
                .prepare_cached("UPDATE alert SET acknowledged = ?2 WHERE id = ?1")?
                .execute(params![alert, millis(act.at)])?;
        }
        Ok(number)
    }
}
