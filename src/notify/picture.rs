//! Charts as inline pictures: painted from the same drawing as everywhere else.

use std::collections::VecDeque;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::letter::Letter;
use crate::chart::{self, Chart, Size};

/// Pictures in one message; what further charts show stands in words.
const MOST: usize = 8;
/// Pixels for each CSS pixel: sharp on fine screens.
const SCALE: f64 = 2.0;

/// Painted pictures that are remembered.
const KEPT: usize = 32;

/// One inline picture.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    /// Its Content-ID, without angle brackets.
    pub id: String,
    /// PNG.
    pub bytes: Vec<u8>,
}

/// Paints charts and remembers the last: an alert goes to many recipients with the same pictures, and painting one
/// takes longer than sending it.
#[derive(Debug, Default)]
pub(super) struct Painter {
    kept: VecDeque<(Chart, Picture)>,
}

impl Painter {
    /// Paints a letter's charts and notes in the letter which picture is whose.
    ///
    /// A chart that cannot be painted is only shown in words: never a reason not to send.
    pub fn paint(&mut self, letter: &mut Letter) -> Vec<Picture> {
        let mut pictures: Vec<Picture> = Vec::new();
        for chart in letter.conditions.iter_mut().filter_map(|condition| condition.chart.as_mut()).take(MOST) {
            match self.picture(&chart.drawing) {
                Ok(picture) => {
                    chart.picture = Some(picture.id.clone());
                    if pictures.iter().all(|other| other.id != picture.id) {
                        pictures.push(picture);
                    }
                }
                Err(error) => tracing::warn!(error, "a chart could not be painted; it is shown in words"),
            }
        }
        pictures
    }

    fn picture(&mut self, drawing: &Chart) -> Result<Picture, String> {
        if let Some((_, picture)) = self.kept.iter().find(|(kept, _)| kept == drawing) {
            return Ok(picture.clone());
        }
        let bytes = chart::png(drawing, Size::MAIL, SCALE)?;
        let picture = Picture { id: content_id(&bytes), bytes };
        self.kept.truncate(KEPT - 1);
        self.kept.push_front((drawing.clone(), picture.clone()));
        Ok(picture)
    }
}

/// The same picture has the same name in every message, and no other has it.
fn content_id(bytes: &[u8]) -> String {
    let mut id = "chart.".to_owned();
    for byte in Sha256::digest(bytes).iter().take(12) {
        // Writing into a string cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id + "@watchfloor.invalid"
}
