//! Notes of people on values, sources and alerts.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Params, Row, params};

use super::error::{Result, StoreError};
use super::{Change, View};
use crate::model::name::Name;
use crate::model::note::{Note, Subject};
use crate::model::observation::Observation;
use crate::model::time::{from_millis, millis};

impl View<'_> {
    /// Every note on a subject written by `as_of`, replaced ones included, oldest first.
    ///
    /// # Errors
    /// What the database refuses, or a row that this program cannot have written.
    pub fn notes(&self, subject: &Subject, as_of: Timestamp) -> Result<Vec<Note>> {
        self.select_notes(
            "SELECT * FROM note WHERE subject = ?1 AND target = ?2 AND at <= ?3 ORDER BY id",
            params![subject.word(), subject.target(), millis(as_of)],
        )
    }

    /// One note by its number.
    ///
    /// # Errors
    /// As [`View::notes`].
    pub fn note(&self, id: i64) -> Result<Option<Note>> {
        Ok(self.select_notes("SELECT * FROM note WHERE id = ?1", [id])?.pop())
    }

    /// Every note written by `as_of` on a value, on whichever of its vintages, oldest first.
    ///
    /// # Errors
    /// As [`View::notes`].
    pub fn notes_on_value(&self, value: &Observation, as_of: Timestamp) -> Result<Vec<Note>> {
        self.select_notes(
            "SELECT n.* FROM observation o JOIN note n ON n.subject = 'value' AND n.target = CAST(o.id AS TEXT) \
             WHERE o.indicator = ?1 AND o.key = ?2 AND n.at <= ?3 ORDER BY n.id",
            params![value.indicator.to_string(), value.key, millis(as_of)],
        )
    }

    /// Every note written by `as_of` on the vintages of an indicator, by their numbers, oldest first.
    ///
    /// # Errors
    /// As [`View::notes`].
    pub fn notes_on_values(&self, indicator: &Name, as_of: Timestamp) -> Result<HashMap<i64, Vec<Note>>> {
        let all = self.select_notes(
            "SELECT n.* FROM note n JOIN observation o ON o.id = CAST(n.target AS INTEGER) \
             WHERE n.subject = 'value' AND o.indicator = ?1 AND n.at <= ?2 ORDER BY n.id",
            params![indicator.to_string(), millis(as_of)],
        )?;
        let mut by_value: HashMap<i64, Vec<Note>> = HashMap::new();
        for note in all {
            if let Subject::Value(number) = note.subject {
                by_value.entry(number).or_default().push(note);
            }
        }
        Ok(by_value)
    }

    fn select_notes(&self, sql: &str, parameters: impl Params) -> Result<Vec<Note>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        let mut notes = Vec::new();
        while let Some(row) = rows.next()? {
            notes.push(read_note(row)?);
        }
        Ok(notes)
    }
}

fn read_note(row: &Row<'_>) -> Result<Note> {
    let (word, target): (String, String) = (row.get("subject")?, row.get("target")?);
    let subject = Subject::parse(&word, &target)
        .ok_or_else(|| StoreError::Row { table: "note", why: format!("`{word} {target}` is no subject") })?;
    Ok(Note {
        id: row.get("id")?,
        subject,
        at: from_millis(row.get("at")?),
        author: row.get("author")?,
        text: row.get("text")?,
        supersedes: row.get("supersedes")?,
    })
}

impl Change<'_> {
    /// Adds a note and gives its number.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn add_note(&self, note: &Note) -> Result<i64> {
        self.connection
            .prepare_cached(
                "INSERT INTO note (subject, target, at, author, text, supersedes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                note.subject.word(),
                note.subject.target(),
                millis(note.at),
                note.author,
                note.text,
                note.supersedes,
            ])?;
        Ok(self.connection.last_insert_rowid())
    }
}
