//! What reports and statements show of where they have their knowledge from.

use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::error::{Result, StoreError};
use super::{Change, View};
use crate::model::provenance::{Attribution, Language, Provenance, Script, Shingling, Sketch};

/// All but the sketch, as JSON; members may be added with a default.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct Form {
    page: Option<String>,
    cites: Vec<String>,
    media: Vec<String>,
    forwarded: Option<String>,
    /// Phrase, words before, words behind.
    attributions: Vec<(String, String, String)>,
    figures: Vec<f64>,
    language: Option<String>,
    script: Option<String>,
}

impl View<'_> {
    /// What a vintage shows of its origins; nothing where nothing was kept.
    ///
    /// # Errors
    /// What the database refuses, or a row that this program cannot have written.
    pub fn provenance(&self, observation: i64) -> Result<Provenance> {
        let mut statement =
            self.connection.prepare_cached("SELECT shown, shingling, sketch FROM provenance WHERE observation = ?1")?;
        let found = statement.query_row([observation], |row| Ok(read(row, 0))).optional()?;
        found.map_or_else(|| Ok(Provenance::default()), |found| found.map(Option::unwrap_or_default))
    }
}

impl Change<'_> {
    /// Keeps what a vintage shows; what shows nothing takes no row.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn add_provenance(&self, observation: i64, shown: &Provenance) -> Result<()> {
        if *shown == Provenance::default() {
            return Ok(());
        }
        let form = Form {
            page: shown.page.clone(),
            cites: shown.cites.clone(),
            media: shown.media.clone(),
            forwarded: shown.forwarded.clone(),
            attributions: shown
                .attributions
                .iter()
                .map(|one| (one.phrase.clone(), one.before.clone(), one.after.clone()))
                .collect(),
            figures: shown.figures.clone(),
            language: shown.language.tag.clone(),
            script: shown.language.script.map(|script| script.word().to_owned()),
        };
        let json = serde_json::to_string(&form).map_err(|error| unreadable(error.to_string()))?;
        let marks: Vec<u8> = shown.sketch.marks.iter().flat_map(|mark| mark.to_le_bytes()).collect();
        self.connection
            .prepare_cached("INSERT INTO provenance (observation, shown, shingling, sketch) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![observation, json, shown.sketch.shingling.word(), marks])?;
        Ok(())
    }
}

/// Reads the columns `shown`, `shingling` and `sketch`, of which the first has the number `place`; `None` where there is
/// no row beside the vintage.
pub(super) fn read(row: &Row<'_>, place: usize) -> Result<Option<Provenance>> {
    let Some(json) = row.get::<_, Option<String>>(place)? else { return Ok(None) };
    let form: Form = serde_json::from_str(&json).map_err(|error| unreadable(error.to_string()))?;
    let shingling: String = row.get(place + 1)?;
    let shingling =
        Shingling::parse(&shingling).ok_or_else(|| unreadable(format!("`{shingling}` is no way to cut a text")))?;
    let bytes: Vec<u8> = row.get(place + 2)?;
    let marks = bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
    let attribution = |(phrase, before, after)| Attribution { phrase, before, after };
    Ok(Some(Provenance {
        page: form.page,
        cites: form.cites,
        media: form.media,
        forwarded: form.forwarded,
        attributions: form.attributions.into_iter().map(attribution).collect(),
        figures: form.figures,
        language: Language { tag: form.language, script: form.script.as_deref().and_then(Script::parse) },
        sketch: Sketch { shingling, marks },
    }))
}

fn unreadable(why: String) -> StoreError {
    StoreError::Row { table: "provenance", why }
}
