//! CSV and TSV (RFC 4180 and what is near it): a header line, then a row an item.

use super::input::Input;
use super::plan::Plan;
use super::table::Table;
use super::{Format, FormatError, Language};
use crate::model::item::Parsed;

/// The row of this format.
pub const FORMAT: Format = Format {
    word: "csv",
    doc: "comma, semicolon, tab or stroke separated values with a header line: a row is an item",
    language: Language::Name,
    is_feed: true,
    recognise,
    read,
};

/// What may stand between two columns, the likeliest first.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// How many lines are looked at to find the delimiter.
const SAMPLE: usize = 10;

fn recognise(text: &str) -> bool {
    let columns = |line: &str, delimiter| split(line, delimiter);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).take(SAMPLE);
    let Some(header) = lines.next().filter(|line| line.len() < 64 * 1024) else { return false };
    let Some(delimiter) = delimiter_of(text) else { return false };
    let width = columns(header, delimiter);
    // Prose has commas too, but not as many in every line.
    let rows: Vec<&str> = lines.collect();
    let even = rows.iter().filter(|line| columns(line, delimiter) == width).count();
    !text.trim_start().starts_with(['<', '{']) && width > 1 && even * 3 >= rows.len() && (!rows.is_empty() || width > 2)
}

/// How many columns a line has, quotes respected.
fn split(line: &str, delimiter: u8) -> usize {
    let mut is_quoted = false;
    let mut count = 1;
    for byte in line.bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            byte if byte == delimiter && !is_quoted => count += 1,
            _ => {}
        }
    }
    count
}

/// The delimiter that the header has most of.
fn delimiter_of(text: &str) -> Option<u8> {
    let header = text.lines().find(|line| !line.trim().is_empty())?;
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| split(header, *delimiter))?;
    (split(header, best) > 1).then_some(best)
}

fn read(input: &Input<'_>, plan: &Plan) -> Result<Parsed, FormatError> {
    let delimiter = delimiter_of(&input.text).unwrap_or(b',');
    let mut builder = ::csv::ReaderBuilder::new();
    let builder = builder.delimiter(delimiter).flexible(true).has_headers(!plan.without_header);
    let mut reader = builder.from_reader(input.text.as_bytes());
    let first = reader.headers().map_err(|error| FormatError::unreadable(format!("the header line: {error}")))?;
    let mut table = Table::new(FORMAT.word, &first.iter().collect::<Vec<_>>(), plan, input)?;
    for record in reader.into_records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, ::csv::Position::line);
                if !table.row(&record.iter().collect::<Vec<_>>(), line) {
                    break;
                }
            }
            Err(error) => table.warn(format!("a row was left out: {error}")),
        }
    }
    Ok(table.finish())
}
