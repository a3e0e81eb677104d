//! Dates as sources state them, as precisely as they state them: a day, a
//! month, a quarter, `by the end of March`.
//!
//! What is relative, or names no year, is read against the item's own time.
//! A date that has two readings (`03/04/2026`) is no match, with the reason.

mod grammar;
mod months;
mod resolve;
mod window;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::numbers::in_characters;
use super::text::lex::{Line, lines};
use crate::model::observation::DateWindow;

pub(crate) use grammar::{at, is_year_word};

/// One date of a text, or what looked like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The window, or why there is none.
    pub window: Result<DateWindow, String>,
    /// Where it stands, in characters of the text.
    pub span: (usize, usize),
    /// The text of the span.
    pub text: String,
}

/// Reads every date of a text in its order. `reference` is the item's own time, `zone` the watch's.
pub fn read(text: &str, reference: Timestamp, zone: &TimeZone) -> Vec<Found> {
    let today = zone.to_datetime(reference).date();
    let spots = spots(text, Some(today));
    let spans = in_characters(text, spots.iter().map(|(_, range)| range.clone()).collect());
    let found = spots.into_iter().zip(spans).map(|((window, range), span)| Found {
        window,
        span,
        text: text.get(range).unwrap_or_default().to_owned(),
    });
    found.collect()
}

/// A window or the reason against it, and its bytes.
type Spot = (Result<DateWindow, String>, std::ops::Range<usize>);

/// The dates of a text with their bytes. Without a day of reference only what names its year can be read.
pub(crate) fn spots(text: &str, today: Option<Date>) -> Vec<Spot> {
    let mut spots = Vec::new();
    for (offset, text) in lines(text) {
        let line = Line::new(text);
        let mut index = 0;
        while index < line.len() {
            let Some(parsed) = at(&line, index) else {
                index += 1;
                continue;
            };
            let (from, to) = line.bytes(index, parsed.to);
            let window = parsed.stated.and_then(|stated| resolve::window(&stated, parsed.is_deadline, today));
            spots.push((window, offset + from..offset + to));
            index = parsed.to.max(index + 1);
        }
    }
    spots
}
