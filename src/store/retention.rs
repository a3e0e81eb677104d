//! Fetched items are kept for a while; what a decision was read from, for ever.

use jiff::Timestamp;
use rusqlite::params;

use super::Change;
use super::error::Result;
use crate::model::time::millis;

/// Items looked at in one step: a long history is gone through little by little.
const EXAMINED: usize = 500;
/// Where the next step goes on.
const PLACE: &str = "retention";

/// An item's place in the order of recording.
type Place = (i64, String, String, u32);

impl Change<'_> {
    /// Lets go of items recorded before a moment, a bounded number in each step; gives how many were removed.
    ///
    /// What the evidence of a decision was read from stays whole. Of the newest revision of an entry that its feed may
    /// still list, the identity stays, else it would come back as new; its text goes. Values keep their own evidence.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn forget_items_before(&self, moment: Timestamp) -> Result<usize> {
        let begun = self.fact(PLACE)?;
        let place = begun.as_deref().and_then(|text| serde_json::from_str::<Place>(text).ok());
        let examined = self.items_after(place.unwrap_or((i64::MIN, String::new(), String::new(), 0)), moment)?;
        let mut removed = 0;
        for item in &examined {
            removed += self.forget_item(item)?;
        }
        // At the end it begins anew: what had to stay may be free by then.
        let next = examined.last().filter(|_| examined.len() == EXAMINED);
        let next = next.and_then(|place| serde_json::to_string(place).ok()).unwrap_or_default();
        if begun.unwrap_or_default() != next {
            self.set_fact(PLACE, &next)?;
        }
        Ok(removed)
    }

    fn items_after(&self, (at, feed, id, revision): Place, moment: Timestamp) -> Result<Vec<Place>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT recorded_at, feed, id, revision FROM item WHERE recorded_at < ?5 \
             AND (recorded_at, feed, id, revision) > (?1, ?2, ?3, ?4) \
             ORDER BY recorded_at, feed, id, revision LIMIT ?6",
        )?;
        let rows = statement.query_map(params![at, feed, id, revision, millis(moment), EXAMINED as i64], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Removes one item, or empties it; gives how many were removed.
    fn forget_item(&self, (_, feed, id, revision): &Place) -> Result<usize> {
        let removed = self
            .connection
            .prepare_cached(
                "DELETE FROM item WHERE feed = ?1 AND id = ?2 AND revision = ?3 \
                 AND NOT EXISTS (SELECT 1 FROM item_kept k WHERE k.feed = ?1 AND k.id = ?2 AND k.revision = ?3) \
                 AND (EXISTS (SELECT 1 FROM item newer WHERE newer.feed = ?1 AND newer.id = ?2 AND newer.revision > ?3) \
                      OR published < (SELECT covers_from FROM feed WHERE name = ?1))",
            )?
            .execute(params![feed, id, revision])?;
        if removed == 0 {
            self.connection
                .prepare_cached(
                    "UPDATE item SET title = NULL, link = NULL, body = '' \
                     WHERE feed = ?1 AND id = ?2 AND revision = ?3 AND (title IS NOT NULL OR link IS NOT NULL OR body <> '') \
                     AND NOT EXISTS (SELECT 1 FROM item_kept k WHERE k.feed = ?1 AND k.id = ?2 AND k.revision = ?3)",
                )?
                .execute(params![feed, id, revision])?;
        }
        Ok(removed)
    }
}
