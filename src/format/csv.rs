//! CSV and TSV (RFC 4180 and what is near it): a header line, then a row an item.

use memchr::memchr;

use super::input::Input;
use super::plan::Plan;
use super::table::Table;
use super::{Format, FormatError, Language};
use crate::model::item::Parsed;
use crate::model::text::one_line;

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

/// How many records are looked at to tell a table, and within how many bytes.
const SAMPLE: usize = 10;
const SAMPLE_BYTES: usize = 256 * 1024;

fn recognise(text: &str) -> bool {
    let Some(delimiter) = delimiter_of(text).filter(|_| !text.trim_start().starts_with(['<', '{'])) else {
        return false;
    };
    let sample = text.get(..text.floor_char_boundary(SAMPLE_BYTES)).unwrap_or_default();
    let mut builder = ::csv::ReaderBuilder::new();
    let mut records = builder.delimiter(delimiter).flexible(true).has_headers(false).from_reader(sample.as_bytes());
    let sample: Vec<::csv::StringRecord> = records.records().map_while(Result::ok).take(SAMPLE).collect();
    if let [only] = sample.as_slice() {
        // A header alone: names. `12,345` is a figure, and in a sentence a blank follows each mark.
        let is_name = |name: &str| name.chars().any(char::is_alphabetic) && !name.starts_with(' ');
        return !ends_sentence(only)
            && only.len() > (if delimiter == b',' { 2 } else { 1 })
            && only.iter().all(is_name);
    }
    // A sentence is no header.
    let is_spaced = |header: &::csv::StringRecord| header.iter().skip(1).any(|name| name.starts_with(' '));
    if sample.first().is_some_and(|header| ends_sentence(header) && is_spaced(header)) {
        return false;
    }
    let widths: Vec<usize> = sample.iter().map(::csv::StringRecord::len).collect();
    let Some((width, rows)) = widths.split_first().filter(|(width, _)| **width > 1) else { return false };
    // Prose has commas too, but not as many in every line; it has no line of nothing but semicolons or tabs.
    let is_comma = delimiter == b',';
    let fits = rows.iter().filter(|row| *row == width || (!is_comma && **row > 1)).count();
    fits * 3 >= rows.len()
}

fn ends_sentence(record: &::csv::StringRecord) -> bool {
    record.iter().next_back().is_some_and(|last| last.trim_end().ends_with(['.', '!', '?']))
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
    refuse_other(&input.text)?;
    let delimiter = delimiter_of(&input.text).unwrap_or(b',');
    // From a quote that nobody closes on, the rest of the table would be one value.
    let open = unclosed(&input.text, delimiter);
    let (sound, rest) = input.text.split_at(open.as_ref().map_or(input.text.len(), |open| open.record));
    let mut records = reader(delimiter, plan, true).from_reader(sound.as_bytes());
    let first = records.headers().map_err(|error| FormatError::unreadable(format!("the header line: {error}")))?;
    let names: Vec<&str> = first.iter().collect();
    let width = names.len();
    let mut table = Table::new(FORMAT.word, &names, plan, input)?;
    let mut goes_on = add(&mut table, records.into_records(), 0);
    let count = table.len();
    if let Some(Unclosed { line, .. }) = open.as_ref().filter(|_| goes_on) {
        table.warn(format!("line {line}: a quoted value is never closed; from there on quotes are read as themselves"));
        let rest = reader(delimiter, plan, false).has_headers(false).from_reader(rest.as_bytes());
        goes_on = add(&mut table, rest.into_records(), line - 1);
    }
    if goes_on && width == 1 && count == 0 && !plan.without_header && open.is_none() {
        let shown = one_line(&input.text, 100);
        return Err(FormatError::unreadable(format!("the document is no table: it is one line, `{shown}`")));
    }
    Ok(table.finish())
}

/// A document of another kind would be a table without rows, and a quiet day.
fn refuse_other(text: &str) -> Result<(), FormatError> {
    let start = text.trim_start();
    if !start.starts_with(['<', '{', '[']) {
        return Ok(());
    }
    Err(FormatError::another("table", start))
}

fn reader(delimiter: u8, plan: &Plan, with_quotes: bool) -> ::csv::ReaderBuilder {
    let mut builder = ::csv::ReaderBuilder::new();
    builder.delimiter(delimiter).flexible(true).has_headers(!plan.without_header).quoting(with_quotes);
    builder
}

/// Adds records, the first of which is in the line after so many; says whether another may follow.
fn add(
    table: &mut Table<'_>,
    records: impl Iterator<Item = Result<::csv::StringRecord, ::csv::Error>>,
    lines_before: u64,
) -> bool {
    for record in records {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, ::csv::Position::line) + lines_before;
                if !table.row(&record.iter().collect::<Vec<_>>(), line) {
                    return false;
                }
            }
            Err(error) => table.warn(format!("a row was left out: {error}")),
        }
    }
    true
}

/// A quote that is never closed: where its record begins, in bytes, and in which line, from 1.
struct Unclosed {
    record: usize,
    line: u64,
}

/// The quote that opens a value and is never closed, if there is one. Only a quote at a value's beginning opens one,
/// and two within are one.
fn unclosed(text: &str, delimiter: u8) -> Option<Unclosed> {
    let bytes = text.as_bytes();
    let (mut at, mut line) = (0, 1);
    let (mut record, mut record_line) = (0, 1);
    let mut begins_value = true;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' if begins_value => {
                loop {
                    let Some(length) = memchr(b'"', bytes.get(at..)?) else {
                        return Some(Unclosed { record, line: record_line });
                    };
                    line += bytes.get(at..at + length)?.iter().filter(|byte| **byte == b'\n').count() as u64;
                    at += length + 1;
                    if bytes.get(at) != Some(&b'"') {
                        break;
                    }
                    at += 1;
                }
                begins_value = false;
            }
            b'\n' => {
                line += 1;
                (record, record_line, begins_value) = (at, line, true);
            }
            byte => begins_value = *byte == delimiter || *byte == b'\r',
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_told_from_prose() {
        for table in [
            "id;title;text\n1;a;\"two\nlines\"\n2;b;\"three\n\nlines, with; marks\"\n",
            "id;title;text\n1;a\n2;b;c;d\n",
            "date;value\n",
            "No.,date,value\n1,2026-01-01,5\n",
            "id, title, value in %\n1, a, 5\n",
            "date\tvalue\n",
            "date,value,source\n",
            "date,value\n2026-01-01,5\n",
            "\n\nid,title\n1,\"a\nb\"\n2,c\n",
        ] {
            assert!(recognise(table), "{table:?}");
        }
        for prose in [
            "Nothing was seen, he said.",
            "He came; he saw; he won",
            "One, two, three",
            "Error, quota exceeded.\nPlease, try later.",
            "12,345",
            "1,2,3",
            "Yes,no",
            "Twelve drones were shot down.\nTwo, perhaps three, fell near the river; nobody was hurt.\nMore, later.",
            "one\ntwo\n",
            "",
        ] {
            assert!(!recognise(prose), "{prose:?}");
        }
    }

    #[test]
    fn quotes_that_nobody_closes_are_found() {
        let at = |text: &str| unclosed(text, b',').map(|open| (open.record, open.line));
        assert_eq!(at("id,n\n1,5\n2,\"6\n3,7\n"), Some((9, 3)));
        assert_eq!(at("id,n\n\"1\n1\",5\n\"2,6\n"), Some((13, 4)));
        assert_eq!(at("\"a"), Some((0, 1)));
        for sound in ["id,n\n1,\"5\"\n", "a,5\" gun\n", "a,\"say \"\"x\"\"\"\n", "a,\"two\nlines\"\n", "", "\"\""] {
            assert_eq!(at(sound), None, "{sound}");
        }
    }
}
