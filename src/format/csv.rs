//! CSV and TSV (RFC 4180 and what is near it): a header line, then a row an item.
//!
//! Columns are found by name, whatever their order; all of them become fields.

use std::collections::HashSet;

use super::draft::Draft;
use super::identity::{self, Identities};
use super::input::Input;
use super::plan::Plan;
use super::warnings::Warnings;
use super::{Format, FormatError, Language, MOST_ITEMS};
use crate::model::item::{Header, Item, Parsed};
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

/// How many lines are looked at to find the delimiter.
const SAMPLE: usize = 10;

/// How many columns a table may have.
const MOST_COLUMNS: usize = 1000;

/// Columns that fill a member by themselves when the configuration names none.
const CUSTOMARY: [(&str, &str); 13] = [
    ("latitude", "lat"),
    ("lat", "lat"),
    ("longitude", "lon"),
    ("lon", "lon"),
    ("lng", "lon"),
    ("title", "title"),
    ("link", "link"),
    ("url", "link"),
    ("date", "published"),
    ("published", "published"),
    ("updated", "updated"),
    ("summary", "summary"),
    ("author", "author"),
];

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
    let mut reader = ::csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(input.text.as_bytes());
    let headers = reader.headers().map_err(|error| FormatError::unreadable(format!("the header line: {error}")))?;
    if headers.is_empty() {
        return Err(FormatError::unreadable("the document has no header line"));
    }
    if headers.len() > MOST_COLUMNS {
        return Err(FormatError::unreadable(format!("{} columns; at most {MOST_COLUMNS} are read", headers.len())));
    }
    let mut table = Table::new(headers, plan, input);
    for record in reader.into_records() {
        match record {
            Ok(record) => table.row(&record),
            Err(error) => table.warnings.say(format!("a row was left out: {error}")),
        }
        if table.parsed.items.len() >= MOST_ITEMS {
            table.warnings.say(format!("only the first {MOST_ITEMS} rows were read"));
            break;
        }
    }
    Ok(table.finish())
}

/// A table being read.
struct Table<'p> {
    columns: Vec<String>,
    index: Option<usize>,
    plan: &'p Plan,
    draft: Draft,
    identities: Identities,
    warnings: Warnings,
    parsed: Parsed,
}

impl<'p> Table<'p> {
    fn new(headers: &::csv::StringRecord, plan: &'p Plan, input: &Input<'_>) -> Self {
        let mut warnings = Warnings::default();
        let columns = names(headers, &mut warnings);
        for place in plan.places().filter(|place| !columns.contains(&place.written)) {
            let known = one_line(&columns.join(", "), 300);
            warnings.say(format!("there is no column `{}`; the columns are {known}", place.written));
        }
        let header = Header { format: FORMAT.word.to_owned(), encoding: input.label.clone(), ..Header::default() };
        Self {
            index: row_index(headers),
            columns,
            plan,
            draft: Draft::new(input.base.clone()),
            identities: Identities::default(),
            warnings,
            parsed: Parsed { header, ..Parsed::default() },
        }
    }

    fn row(&mut self, record: &::csv::StringRecord) {
        if record.iter().all(|value| value.trim().is_empty()) {
            return;
        }
        let line = record.position().map_or(0, ::csv::Position::line);
        self.compare_width(record.len(), line);
        let mut draft = Draft::new(self.draft.base.clone());
        for (index, (name, value)) in self.columns.iter().zip(record).enumerate() {
            if Some(index) != self.index {
                draft.item.fields.push((name.clone(), value.trim().to_owned()));
            }
        }
        self.fill(&mut draft);
        let mut item = draft.finish();
        // A row is what it says; its number in the file is not part of that.
        let values = record.iter().enumerate().filter(|(index, _)| Some(*index) != self.index);
        let hash = |_: &Item| identity::hash(values.map(|(_, value)| value));
        self.identities.settle_by(&mut item, hash, &mut self.warnings);
        self.parsed.items.push(item);
    }

    fn compare_width(&mut self, width: usize, line: u64) {
        let expected = self.columns.len();
        if width < expected {
            self.warnings.say(format!("line {line} has {width} columns instead of {expected}; the rest is missing"));
        } else if width > expected {
            self.warnings.say(format!("line {line} has {width} columns instead of {expected}; the rest was left out"));
        }
    }

    /// Fills the members, by custom and then by configuration.
    fn fill(&mut self, draft: &mut Draft) {
        let row = std::mem::take(&mut draft.item.fields);
        let value = |name: &str| row.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        for (column, member) in CUSTOMARY {
            let found = row.iter().find(|(known, _)| known.eq_ignore_ascii_case(column));
            if let Some((_, value)) = found {
                draft.set(member, value, &mut self.warnings);
            }
        }
        draft.item.fields.clone_from(&row);
        self.plan.fill(draft, &mut self.warnings, |place| value(&place.written));
    }

    fn finish(mut self) -> Parsed {
        self.parsed.warnings = self.warnings.into_inner();
        self.parsed
    }
}

/// The columns' names, each once; a column without one is named by its number.
fn names(headers: &::csv::StringRecord, warnings: &mut Warnings) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut names = Vec::new();
    for (index, name) in headers.iter().enumerate() {
        let mut name = name.trim().trim_start_matches('\u{feff}').to_owned();
        if name.is_empty() {
            name = format!("column {}", index + 1);
        }
        if !seen.insert(name.clone()) {
            warnings.say(format!(
                "two columns are named `{}`; the later is `{name} {}`",
                one_line(&name, 60),
                index + 1
            ));
            name = format!("{name} {}", index + 1);
        }
        names.push(name);
    }
    names
}

/// The column that only numbers the rows, as data frames write it: the first, without a name.
fn row_index(headers: &::csv::StringRecord) -> Option<usize> {
    let first = headers.get(0)?.trim();
    (headers.len() > 1 && (first.is_empty() || first == "Unnamed: 0")).then_some(0)
}
