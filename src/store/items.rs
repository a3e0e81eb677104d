//! Fetched entries and their revisions.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::error::Result;
use super::{Change, View};
use crate::model::name::Name;
use crate::model::time::millis;

/// What the store knows of an item: its newest revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownItem {
    /// Which revision, from 1.
    pub revision: u32,
    /// The hash of its content.
    pub hash: String,
    /// The hash of everything that was extracted from it, and how.
    pub recipe: String,
}

/// One revision of an item to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Its identity within the feed.
    pub id: String,
    /// Which revision, from 1.
    pub revision: u32,
    /// The hash of its content.
    pub hash: String,
    /// The hash of everything that is extracted from it, and how.
    pub recipe: String,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// Its title.
    pub title: Option<String>,
    /// Its link.
    pub link: Option<String>,
    /// All of it, as JSON.
    pub body: String,
}

impl View<'_> {
    /// The newest revisions of some items of a feed; unknown ones are left out.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn known_items<'a>(
        &self,
        feed: &Name,
        ids: impl Iterator<Item = &'a str>,
    ) -> Result<HashMap<String, KnownItem>> {
        let feed = feed.to_string();
        let mut statement = self.connection.prepare_cached(
            "SELECT revision, hash, recipe FROM item WHERE feed = ?1 AND id = ?2 ORDER BY revision DESC LIMIT 1",
        )?;
        let mut known = HashMap::new();
        for id in ids {
            let row = statement
                .query_row(params![feed, id], |row| {
                    Ok(KnownItem { revision: row.get(0)?, hash: row.get(1)?, recipe: row.get(2)? })
                })
                .optional()?;
            if let Some(row) = row {
                known.insert(id.to_owned(), row);
            }
        }
        Ok(known)
    }

    /// How many different items of a feed are kept.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn count_items(&self, feed: &Name) -> Result<u32> {
        let mut statement = self.connection.prepare_cached("SELECT count(DISTINCT id) FROM item WHERE feed = ?1")?;
        Ok(statement.query_row([feed.to_string()], |row| row.get(0))?)
    }
}

impl Change<'_> {
    /// Stores a revision of an item, or, where the revision is known, that it was read again by another recipe.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn put_item(&self, feed: &Name, item: &ItemRow, now: Timestamp) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO item (feed, id, revision, hash, recipe, recorded_at, published, title, link, body) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
                 ON CONFLICT (feed, id, revision) DO UPDATE SET recipe = excluded.recipe",
            )?
            .execute(params![
                feed.to_string(),
                item.id,
                item.revision,
                item.hash,
                item.recipe,
                millis(now),
                item.published.map(millis),
                item.title,
                item.link,
                item.body,
            ])?;
        Ok(())
    }

    /// Drops items recorded before a moment; observations keep their own evidence.
    ///
    /// The newest revision of an item stays, else it would come back as new while its feed still shows it.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn forget_items_before(&self, moment: Timestamp) -> Result<usize> {
        Ok(self
            .connection
            .prepare_cached(
                "DELETE FROM item WHERE recorded_at < ?1 AND EXISTS \
                 (SELECT 1 FROM item newer WHERE newer.feed = item.feed AND newer.id = item.id AND newer.revision > item.revision)",
            )?
            .execute([millis(moment)])?)
    }
}
