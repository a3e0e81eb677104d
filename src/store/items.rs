//! Fetched entries and their revisions.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::error::Result;
use super::{Change, View};
use crate::model::item::Item;
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
    /// What it said, where its hash is of an older form and cannot be compared.
    pub text: Option<StoredText>,
}

/// The part of what an item says that is stored as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredText {
    /// When it was published, in milliseconds.
    pub published: Option<i64>,
    /// Its title.
    pub title: Option<String>,
    /// Its link.
    pub link: Option<String>,
    /// Its content, else its summary.
    pub body: String,
}

impl StoredText {
    /// What would be stored of an item: of its text the content, and that of its page.
    pub fn of(item: &Item) -> Self {
        let content = item.content.as_deref().or(item.summary.as_deref());
        let parts: Vec<&str> = [content, item.page.as_deref()].into_iter().flatten().collect();
        Self {
            published: item.time().map(millis),
            title: item.title.clone(),
            link: item.link.clone(),
            body: parts.join("\n"),
        }
    }
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
    /// What it says, as far as it is stored.
    pub text: StoredText,
}

fn read_known(row: &Row<'_>, form: &str) -> rusqlite::Result<KnownItem> {
    let hash: String = row.get("hash")?;
    let is_comparable = hash.starts_with(form);
    let text = || -> rusqlite::Result<StoredText> {
        Ok(StoredText {
            published: row.get("published")?,
            title: row.get("title")?,
            link: row.get("link")?,
            body: row.get("body")?,
        })
    };
    let text = if is_comparable { None } else { Some(text()?) };
    Ok(KnownItem { revision: row.get("revision")?, recipe: row.get("recipe")?, hash, text })
}

impl View<'_> {
    /// The newest revisions of some items of a feed; unknown ones are left out. `form` is what a hash begins with
    /// that can be compared.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn known_items<'a>(
        &self,
        feed: &Name,
        form: &str,
        ids: impl Iterator<Item = &'a str>,
    ) -> Result<HashMap<String, KnownItem>> {
        let feed = feed.to_string();
        // One look at the file for all of them; within a change there is one already.
        let is_alone = self.connection.is_autocommit();
        let _one_look = is_alone.then(|| self.connection.unchecked_transaction()).transpose()?;
        let mut statement = self.connection.prepare_cached(
            "SELECT revision, hash, recipe, published, title, link, body FROM item WHERE feed = ?1 AND id = ?2 ORDER BY revision DESC LIMIT 1",
        )?;
        let mut known = HashMap::new();
        for id in ids {
            let row = statement.query_row(params![feed, id], |row| read_known(row, form)).optional()?;
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
        self.count_items_as_of(feed, Timestamp::MAX)
    }

    /// How many different items of a feed that were known at a moment are kept.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn count_items_as_of(&self, feed: &Name, at: Timestamp) -> Result<u32> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT count(DISTINCT id) FROM item WHERE feed = ?1 AND recorded_at <= ?2")?;
        Ok(statement.query_row(params![feed.to_string(), millis(at)], |row| row.get(0))?)
    }
}

impl Change<'_> {
    /// Stores a revision of an item, or, where the revision is known, that it was read again by another recipe or hashed in another form.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn put_item(&self, feed: &Name, item: &ItemRow, now: Timestamp) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO item (feed, id, revision, hash, recipe, recorded_at, published, title, link, body) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
                 ON CONFLICT (feed, id, revision) DO UPDATE SET \
                 hash = excluded.hash, recipe = excluded.recipe, body = excluded.body",
            )?
            .execute(params![
                feed.to_string(),
                item.id,
                item.revision,
                item.hash,
                item.recipe,
                millis(now),
                item.text.published,
                item.text.title,
                item.text.link,
                item.text.body,
            ])?;
        Ok(())
    }
}
