//! Comma, semicolon and tab separated values with a header row (RFC 4180, read tolerantly).

use super::fields::{self, Mapping, Source};
use super::{MAX_ITEMS, entities, plain};
use crate::model::item::{Item, Parsed};

/// Whether a text looks like rows with a header: two lines or more with as many separators.
pub fn recognise(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let Some(header) = lines.next() else { return false };
    let count = |line: &str| line.matches(separator(header) as char).count();
    count(header) > 0 && !header.trim_start().starts_with('<') && lines.next().is_none_or(|line| count(line) >= 1)
}

/// Reads rows; the first one names the columns.
pub fn read(text: &str, mapping: &Mapping) -> Parsed {
    let mut parsed = Parsed::default();
    parsed.header.format = "csv".to_owned();
    let delimiter = separator(text.lines().next().unwrap_or_default());
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut columns: Option<Vec<String>> = None;
    let mut ragged = 0_usize;
    for record in reader.records() {
        let Ok(record) = record else {
            parsed.warnings.push("a row could not be read; it was passed over".to_owned());
            continue;
        };
        let Some(columns) = columns.as_ref() else {
            columns = Some(record.iter().map(|name| entities::decode(name).trim().to_owned()).collect());
            continue;
        };
        ragged += usize::from(record.len() != columns.len());
        if parsed.items.len() >= MAX_ITEMS {
            parsed.warnings.push(format!("only the first {MAX_ITEMS} items were read"));
            break;
        }
        parsed.items.push(item(columns, &record, mapping));
    }
    if ragged > 0 {
        parsed.warnings.push(format!("{ragged} rows have more or fewer columns than the header"));
    }
    parsed
}

fn separator(header: &str) -> u8 {
    let best = [b',', b';', b'\t', b'|'].into_iter().max_by_key(|byte| {
        // Of equally many, the earlier in the list is meant.
        (header.bytes().filter(|b| b == byte).count(), std::cmp::Reverse(*byte == b'|'))
    });
    best.unwrap_or(b',')
}

fn item(columns: &[String], record: &csv::StringRecord, mapping: &Mapping) -> Item {
    let mut item = Item::default();
    for (place, value) in record.iter().enumerate() {
        let name = columns
            .get(place)
            .filter(|name| !name.is_empty())
            .cloned()
            .unwrap_or_else(|| format!("column{}", place + 1));
        item.fields.push((name, value.to_owned()));
    }
    let row: Vec<&str> = record.iter().collect();
    item.content = Some(row.join(", "));
    let columns_of = item.clone();
    fields::fill(&mut item, mapping, plain::of_html, |source| match source {
        Source::Name(name) => columns_of.field(name).map(str::to_owned),
        Source::Path(_) | Source::Css(..) => None,
    });
    fields::fill_by_name(&mut item);
    item
}
