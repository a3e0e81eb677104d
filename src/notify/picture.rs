//! Charts as inline pictures: painted from the same drawing as everywhere else.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::letter::Letter;
use crate::chart::{self, Size};

/// Pictures in one message; what further charts show stands in words.
const MOST: usize = 8;
/// Pixels for each CSS pixel: sharp on fine screens.
const SCALE: f64 = 2.0;

/// One inline picture.
pub(super) struct Picture {
    /// Its Content-ID, without angle brackets.
    pub id: String,
    /// PNG.
    pub bytes: Vec<u8>,
}

/// Paints a letter's charts and notes in the letter which picture is whose.
///
/// A chart that cannot be painted is only shown in words: never a reason not to send.
pub(super) fn paint(letter: &mut Letter) -> Vec<Picture> {
    let mut pictures = Vec::new();
    for chart in letter.conditions.iter_mut().filter_map(|condition| condition.chart.as_mut()).take(MOST) {
        match chart::png(&chart.drawing, Size::MAIL, SCALE) {
            Ok(bytes) => {
                let id = content_id(&bytes);
                chart.picture = Some(id.clone());
                if !pictures.iter().any(|picture: &Picture| picture.id == id) {
                    pictures.push(Picture { id, bytes });
                }
            }
            Err(error) => tracing::warn!(error, "a chart could not be painted; it is shown in words"),
        }
    }
    pictures
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
